/*
 * sql_attach.c
 *		flux.attach_bucket(), and what flux.measurements shows of attached buckets.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "io/attached_layout.h"
#include "storage/catalog.h"

/* Arguments by position. */
enum
{
	ARG_NAME,
	ARG_RELATION,
	ARG_IN_SCHEMA,
	ARG_TIME_COLUMN,
	ARG_MEASUREMENT,
	ARG_MEASUREMENT_COLUMN,
	ARG_TAG_COLUMNS,
	ARG_TAGS_COLUMN,
	ARG_TAG_TABLE,
	ARG_TAG_ID_COLUMN,
	ARG_FIELD_COLUMN,
	ARG_VALUE_COLUMNS,
	ARG_DESCRIPTION
};

static char *
cstring_argument(FunctionCallInfo fcinfo, int i)
{
	return PG_ARGISNULL(i) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(i));
}

static char **
texts_argument(FunctionCallInfo fcinfo, int i, int *count)
{
	Datum *items;
	bool *nulls;
	char **texts;

	*count = -1;
	if (PG_ARGISNULL(i))
		return NULL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(i), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls,
					  count);
	texts = palloc(sizeof(char *) * Max(*count, 1));
	for (int j = 0; j < *count; j++)
	{
		if (nulls[j])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
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
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
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
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("bucket name must not be null")));
	if (PG_ARGISNULL(ARG_RELATION) == PG_ARGISNULL(ARG_IN_SCHEMA))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
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
	options.value_columns = texts_argument(fcinfo, ARG_VALUE_COLUMNS, &options.value_column_count);
	PG_RETURN_INT64(flux_attached_create(flux_text_from_cstring(cstring_argument(fcinfo, ARG_NAME)),
										 &options, cstring_argument(fcinfo, ARG_DESCRIPTION)));
}

/* ---- flux.measurements ---- */

/* The tags of a relation; "column.*" where the keys of a jsonb column are. */
static Datum
tags_of(const FluxAttachedRelation *relation)
{
	Datum *items = palloc_array(Datum, relation->tag_count + 1);
	int count = 0;

	for (int i = 0; i < relation->tag_count; i++)
		items[count++] = PointerGetDatum(
			cstring_to_text_with_len(relation->tags[i].label.data, relation->tags[i].label.size));
	if (relation->json_column != NULL)
		items[count++] = CStringGetTextDatum(psprintf("%s.*", relation->json_column));
	return flux_catalog_array(items, count, TEXTOID);
}

/* Its fields with their types; of a narrow one "column.*" and the types of values. */
static Datum
fields_of(const FluxAttachedRelation *relation)
{
	Datum *items = palloc_array(Datum, relation->field_count + 1);
	int count = 0;

	for (int i = 0; i < relation->field_count; i++)
	{
		const FluxAttachedField *field = &relation->fields[i];
		const char *name = relation->field_column != NULL
							   ? psprintf("%s.*", relation->field_column)
							   : flux_text_to_cstring(flux_attached_field_name(field));

		items[count++] =
			CStringGetTextDatum(psprintf("%s %s", name, flux_column_type_name(field->type)));
	}
	if (relation->fields_column != NULL)
		items[count++] = CStringGetTextDatum(psprintf("%s.*", relation->fields_column));
	return flux_catalog_array(items, count, TEXTOID);
}

/* The layout, or NULL when the relations are not what the bucket says any more. */
static FluxAttachedLayout *
layout_or_null(const FluxBucket *bucket)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	FluxAttachedLayout *volatile layout = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		layout = flux_attached_layout(bucket);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		if (geterrcode() == ERRCODE_QUERY_CANCELED)
			PG_RE_THROW();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return layout;
}

/* _flux_catalog.attached_measurements(bucket_id) */
PG_FUNCTION_INFO_V1(fluxtask_attached_measurements);
PGDLLEXPORT Datum
fluxtask_attached_measurements(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const FluxBucket *bucket = flux_bucket_get_by_id(PG_GETARG_INT32(0), true);
	const FluxAttachedLayout *layout;

	InitMaterializedSRF(fcinfo, 0);
	layout = bucket == NULL || !bucket->is_attached ||
					 pg_class_aclcheck(bucket->points_oid, GetUserId(), ACL_SELECT) != ACLCHECK_OK
				 ? NULL
				 : layout_or_null(bucket);
	for (int i = 0; layout != NULL && i < layout->relation_count; i++)
	{
		const FluxAttachedRelation *relation = &layout->relations[i];
		Oid schema_oid = get_rel_namespace(relation->relation_oid);
		Datum values[5];
		bool nulls[5] = {relation->measurement_column != NULL};

		values[0] = PointerGetDatum(
			cstring_to_text_with_len(relation->measurement.data, relation->measurement.size));
		values[1] = CStringGetTextDatum(get_namespace_name(schema_oid));
		values[2] = CStringGetTextDatum(get_rel_name(relation->relation_oid));
		values[3] = tags_of(relation);
		values[4] = fields_of(relation);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
