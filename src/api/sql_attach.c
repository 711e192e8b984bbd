/*
 * sql_attach.c
 *		flux.attach_bucket(): the SQL function, thin.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "io/attached_layout.h"

/* Arguments by position. */
enum
{
	ARG_NAME, ARG_RELATION, ARG_IN_SCHEMA, ARG_TIME_COLUMN, ARG_MEASUREMENT,
	ARG_MEASUREMENT_COLUMN, ARG_TAG_COLUMNS, ARG_TAGS_COLUMN, ARG_TAG_TABLE, ARG_TAG_ID_COLUMN,
	ARG_FIELD_COLUMN, ARG_VALUE_COLUMNS, ARG_DESCRIPTION
};

static char *
cstring_argument(FunctionCallInfo fcinfo, int i)
{
	return PG_ARGISNULL(i) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(i));
}

static char **
texts_argument(FunctionCallInfo fcinfo, int i, int *count)
{
	Datum	   *items;
	bool	   *nulls;
	char	  **texts;

	*count = -1;
	if (PG_ARGISNULL(i))
		return NULL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(i), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls,
					  count);
	texts = palloc(sizeof(char *) * Max(*count, 1));
	for (int j = 0; j < *count; j++)
	{
		if (nulls[j])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a column's name must not be null")));
		texts[j] = TextDatumGetCString(items[j]);
	}
	return texts;
}

/* Schema and name of a relation, by which the bucket knows it. */
static void
name_relation(Oid oid, const char **schema_name, const char **relation_name)
{
	*relation_name = get_rel_name(oid);
	if (*relation_name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", oid)));
	*schema_name = get_namespace_name(get_rel_namespace(oid));
}

PG_FUNCTION_INFO_V1(fluxtask_attach_bucket);
PGDLLEXPORT Datum
fluxtask_attach_bucket(PG_FUNCTION_ARGS)
{
	FluxAttachedOptions options = {0};

	if (PG_ARGISNULL(ARG_NAME))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("bucket name must not be null")));
	if (PG_ARGISNULL(ARG_RELATION) == PG_ARGISNULL(ARG_IN_SCHEMA))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("name either a relation or, with in_schema, a schema")));
	if (PG_ARGISNULL(ARG_RELATION))
		options.schema_name = cstring_argument(fcinfo, ARG_IN_SCHEMA);
	else
		name_relation(PG_GETARG_OID(ARG_RELATION), &options.schema_name, &options.relation_name);
	if (!PG_ARGISNULL(ARG_TAG_TABLE))
		name_relation(PG_GETARG_OID(ARG_TAG_TABLE), &options.tag_table_schema,
					  &options.tag_table_name);
	options.time_column = cstring_argument(fcinfo, ARG_TIME_COLUMN);
	options.measurement = cstring_argument(fcinfo, ARG_MEASUREMENT);
	options.measurement_column = cstring_argument(fcinfo, ARG_MEASUREMENT_COLUMN);
	options.tag_columns = texts_argument(fcinfo, ARG_TAG_COLUMNS, &options.tag_column_count);
	options.tags_column = cstring_argument(fcinfo, ARG_TAGS_COLUMN);
	options.tag_id_column = cstring_argument(fcinfo, ARG_TAG_ID_COLUMN);
	options.field_column = cstring_argument(fcinfo, ARG_FIELD_COLUMN);
	options.value_columns = texts_argument(fcinfo, ARG_VALUE_COLUMNS,
										   &options.value_column_count);
	PG_RETURN_INT64(flux_attached_create(flux_text_from_cstring(cstring_argument(fcinfo, ARG_NAME)),
										 &options, cstring_argument(fcinfo, ARG_DESCRIPTION)));
}
