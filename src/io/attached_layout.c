/*
 * attached_layout.c
 *		How the columns of existing relations stand for points.
 *
 * The options stand in _flux_catalog.bucket.options, by name, so that a dump
 * brings them back.  Columns are looked at in the system catalogs whenever the
 * bucket is used.  Roles that were not given are found like this:
 *
 *		time	the column "time", or the only timestamp
 *		tags	columns whose comment begins with the word "tag" (Telegraf's way);
 *				else a jsonb column "tags"; else, with a column tag_id, the table
 *				of the same name with "_tag" at the end; else the text columns
 *		fields	what is left and has a type that a field can have, and the keys of
 *				a jsonb column "fields" (Telegraf's fields_as_jsonb)
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "io/attached_layout.h"
#include "storage/catalog.h"

/* ---- options: to and from the catalog ---- */

static Datum
text_or_null(const char *value, char *is_null)
{
	*is_null = value == NULL ? 'n' : ' ';
	return value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

static Datum
texts_or_null(char **values, int count, char *is_null)
{
	Datum *items = palloc(sizeof(Datum) * Max(count, 1));

	*is_null = count < 0 ? 'n' : ' ';
	for (int i = 0; i < count; i++)
		items[i] = CStringGetTextDatum(values[i]);
	return count < 0 ? (Datum) 0 : flux_catalog_array(items, count, TEXTOID);
}

/* The options as jsonb text. */
static char *
options_to_json(const FluxAttachedOptions *options)
{
	static FluxCatalogStatement build = {
		"SELECT jsonb_strip_nulls(jsonb_build_object('schema', $1, 'relation', $2, 'time', $3,"
		" 'measurement', $4, 'measurement_column', $5, 'tag_columns', $6, 'tags_column', $7,"
		" 'tag_table_schema', $8, 'tag_table', $9, 'tag_id_column', $10, 'field_column', $11,"
		" 'value_columns', $12))::text",
		12,
		{TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID, TEXTOID, TEXTOID, TEXTOID,
		 TEXTOID, TEXTOID, TEXTARRAYOID}};
	char nulls[13] = "";
	Datum args[] = {text_or_null(options->schema_name, &nulls[0]),
					text_or_null(options->relation_name, &nulls[1]),
					text_or_null(options->time_column, &nulls[2]),
					text_or_null(options->measurement, &nulls[3]),
					text_or_null(options->measurement_column, &nulls[4]),
					texts_or_null(options->tag_columns, options->tag_column_count, &nulls[5]),
					text_or_null(options->tags_column, &nulls[6]),
					text_or_null(options->tag_table_schema, &nulls[7]),
					text_or_null(options->tag_table_name, &nulls[8]),
					text_or_null(options->tag_id_column, &nulls[9]),
					text_or_null(options->field_column, &nulls[10]),
					texts_or_null(options->value_columns, options->value_column_count, &nulls[11])};
	MemoryContext context = CurrentMemoryContext;
	FluxCatalogScope scope;
	char *json;

	flux_catalog_enter(&scope);
	SPI_connect();
	flux_catalog_execute(&build, args, nulls, true);
	json =
		MemoryContextStrdup(context, SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1));
	SPI_finish();
	flux_catalog_leave(&scope);
	return json;
}

static char *
fetched_text(int column, MemoryContext context)
{
	char *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);

	return value == NULL ? NULL : MemoryContextStrdup(context, value);
}

static char **
fetched_texts(int column, MemoryContext context, int *count)
{
	bool is_null;
	Datum array = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &is_null);
	Datum *items;
	bool *nulls;
	char **texts;

	*count = -1;
	if (is_null)
		return NULL;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls,
					  count);
	texts = MemoryContextAlloc(context, sizeof(char *) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
		texts[i] = MemoryContextStrdup(context, nulls[i] ? "" : TextDatumGetCString(items[i]));
	return texts;
}

#define TEXTS_OF(key)                                                                              \
	"CASE WHEN options ? '" key "' THEN"                                                           \
	" ARRAY(SELECT jsonb_array_elements_text(options->'" key "')) END"

static void
load_options(const FluxBucket *bucket, FluxAttachedOptions *options)
{
	static FluxCatalogStatement load = {
		"SELECT options->>'schema', options->>'relation', options->>'time',"
		" options->>'measurement', options->>'measurement_column', " TEXTS_OF(
			"tag_columns") ", options->>'tags_column', options->>'tag_table_schema',"
						   " options->>'tag_table', options->>'tag_id_column', "
						   "options->>'field_column', " TEXTS_OF(
							   "value_columns") " FROM _flux_catalog.bucket WHERE bucket_id = $1",
		1,
		{INT4OID}};
	Datum args[] = {Int32GetDatum(bucket->bucket_id)};
	MemoryContext context = CurrentMemoryContext;
	FluxCatalogScope scope;

	flux_catalog_enter(&scope);
	SPI_connect();
	if (flux_catalog_execute(&load, args, NULL, true) != 1)
		elog(ERROR, "bucket %d is gone", bucket->bucket_id);
	options->schema_name = fetched_text(1, context);
	options->relation_name = fetched_text(2, context);
	options->time_column = fetched_text(3, context);
	options->measurement = fetched_text(4, context);
	options->measurement_column = fetched_text(5, context);
	options->tag_columns = fetched_texts(6, context, &options->tag_column_count);
	options->tags_column = fetched_text(7, context);
	options->tag_table_schema = fetched_text(8, context);
	options->tag_table_name = fetched_text(9, context);
	options->tag_id_column = fetched_text(10, context);
	options->field_column = fetched_text(11, context);
	options->value_columns = fetched_texts(12, context, &options->value_column_count);
	SPI_finish();
	flux_catalog_leave(&scope);
	if (options->schema_name == NULL)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("attached bucket \"%s\" does not say what it is attached to",
							   bucket->name)));
}

/* ---- columns ---- */

/* Resolving one relation. */
typedef struct Resolution
{
	const FluxAttachedOptions *options;
	FluxAttachedRelation *out;
	Relation rel;
	TupleDesc desc;
	bool *taken;      /* by attribute: it has a role */
	bool is_telegraf; /* comments or a tag table tell so */
} Resolution;

static void
raise_column(Relation rel, const char *column, TupleDesc desc)
{
	FluxNearName near;
	const char *hint;

	flux_near_name_init(&near, flux_text_from_cstring(column));
	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped)
			flux_near_name_offer(&near,
								 flux_text_from_cstring(NameStr(TupleDescAttr(desc, i)->attname)));
	hint = flux_near_name_hint(&near);
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("column \"%s\" of relation \"%s\" does not exist", column,
						   RelationGetRelationName(rel)),
					hint != NULL ? errhint("%s", hint) : 0));
}

/* Position of a column, from 0; -1 when there is none. */
static int
find_column(TupleDesc desc, const char *name)
{
	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped &&
			strcmp(NameStr(TupleDescAttr(desc, i)->attname), name) == 0)
			return i;
	return -1;
}

static int
need_column(const Resolution *resolution, const char *name)
{
	int column = find_column(resolution->desc, name);

	if (column < 0)
		raise_column(resolution->rel, name, resolution->desc);
	return column;
}

static Oid
column_type(TupleDesc desc, int column)
{
	return getBaseType(TupleDescAttr(desc, column)->atttypid);
}

static char *
column_name(TupleDesc desc, int column)
{
	return pstrdup(NameStr(TupleDescAttr(desc, column)->attname));
}

static bool
is_text_type(Oid type_oid)
{
	return type_oid == TEXTOID || type_oid == VARCHAROID || type_oid == BPCHAROID ||
		   type_oid == NAMEOID;
}

/* Is it a column of text, or of an enumeration? */
static bool
is_tag_type(Oid type_oid)
{
	return is_text_type(type_oid) || get_typtype(type_oid) == TYPTYPE_ENUM;
}

/* What a column gives as a field, 0 when nothing. */
static FluxColumnType
field_type(Oid type_oid)
{
	switch (type_oid)
	{
		case BOOLOID:
			return FLUX_COLUMN_BOOL;
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return FLUX_COLUMN_INT;
		case FLOAT4OID:
		case FLOAT8OID:
			return FLUX_COLUMN_FLOAT;
		case NUMERICOID:
			return FLUX_COLUMN_FLOAT;
		default:
			return is_tag_type(type_oid) || type_oid == UUIDOID ? FLUX_COLUMN_STRING : 0;
	}
}

/*
 * numeric without digits after the point holds unsigned integers, and so does
 * bare numeric in Telegraf's tables, which have no other use for it.
 */
static FluxColumnType
field_type_of(const Resolution *resolution, int column)
{
	Oid type_oid = column_type(resolution->desc, column);
	int32 typmod = TupleDescAttr(resolution->desc, column)->atttypmod;

	if (type_oid == NUMERICOID &&
		(typmod < (int32) VARHDRSZ ? resolution->is_telegraf : ((typmod - VARHDRSZ) & 0x7ff) == 0))
		return FLUX_COLUMN_UINT;
	return field_type(type_oid);
}

static bool
time_kind(Oid type_oid, FluxAttachedTime *kind)
{
	switch (type_oid)
	{
		case TIMESTAMPTZOID:
			*kind = FLUX_ATTACHED_TIMESTAMPTZ;
			return true;
		case TIMESTAMPOID:
			*kind = FLUX_ATTACHED_TIMESTAMP;
			return true;
		case INT8OID:
			*kind = FLUX_ATTACHED_NANOSECONDS;
			return true;
		default:
			return false;
	}
}

static bool
is_timestamp(Oid type_oid)
{
	return type_oid == TIMESTAMPTZOID || type_oid == TIMESTAMPOID;
}

/* The column "time", or the only timestamp; -1 when there is none or several. */
static int
guess_time_column(TupleDesc desc)
{
	int found = find_column(desc, "time");
	int count = 0;

	if (found >= 0 && is_timestamp(column_type(desc, found)))
		return found;
	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped && is_timestamp(column_type(desc, i)))
		{
			found = i;
			count++;
		}
	return count == 1 ? found : -1;
}

static void
resolve_time(Resolution *resolution)
{
	const char *given = resolution->options->time_column;
	int column =
		given != NULL ? need_column(resolution, given) : guess_time_column(resolution->desc);

	if (column < 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("relation \"%s\" has no column that is clearly its time",
							   RelationGetRelationName(resolution->rel)),
						errhint("Name it with time_column.")));
	if (!time_kind(column_type(resolution->desc, column), &resolution->out->time_kind))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("time column \"%s\" of relation \"%s\" is of type %s", given,
							   RelationGetRelationName(resolution->rel),
							   format_type_be(column_type(resolution->desc, column))),
						errhint("A time is a timestamp with or without time zone, or a bigint of"
								" nanoseconds since 1970.")));
	resolution->out->time_column = column_name(resolution->desc, column);
	resolution->taken[column] = true;
}

/* A column of text that has a role of its own: measurement, field. */
static const char *
take_text_column(Resolution *resolution, const char *name)
{
	int column;

	if (name == NULL)
		return NULL;
	column = need_column(resolution, name);
	if (!is_text_type(column_type(resolution->desc, column)))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" of relation \"%s\" is of type %s, not text", name,
							   RelationGetRelationName(resolution->rel),
							   format_type_be(column_type(resolution->desc, column)))));
	resolution->taken[column] = true;
	return column_name(resolution->desc, column);
}

/* ---- tags ---- */

static bool
is_reserved_label(const char *label)
{
	static const char *const reserved[] = {"_time",        "_value", "_field",
										   "_measurement", "_start", "_stop"};

	for (int i = 0; i < lengthof(reserved); i++)
		if (strcmp(label, reserved[i]) == 0)
			return true;
	return false;
}

/* Appends a tag that is a column of a tuple descriptor. */
static void
add_tag(FluxAttachedRelation *out, Relation rel, TupleDesc desc, int column)
{
	FluxAttachedTag *tag = &out->tags[out->tag_count++];

	tag->column = column_name(desc, column);
	tag->label = flux_text_from_cstring(tag->column);
	tag->type_oid = TupleDescAttr(desc, column)->atttypid;
	tag->is_text = tag->type_oid == TEXTOID;
	if (is_reserved_label(tag->column))
		ereport(ERROR,
				(errcode(ERRCODE_RESERVED_NAME),
				 errmsg("column \"%s\" of relation \"%s\" cannot be a tag: Flux has a column of"
						" this name",
						tag->column, RelationGetRelationName(rel)),
				 errhint("Attach a view that gives it another name.")));
}

static int
compare_tags(const void *a, const void *b)
{
	return flux_text_compare(((const FluxAttachedTag *) a)->label,
							 ((const FluxAttachedTag *) b)->label);
}

/* Does the comment of a column begin with the word "tag"? */
static bool
is_commented_tag(Relation rel, int column)
{
	char *comment = GetComment(RelationGetRelid(rel), RelationRelationId, column + 1);

	return comment != NULL && strncmp(comment, "tag", 3) == 0 &&
		   (comment[3] == '\0' || comment[3] == ' ');
}

/* A jsonb column by name, or "tags" if there is one; -1 without. */
static int
find_json_column(Relation rel, TupleDesc desc, const char *given)
{
	int column = find_column(desc, given != NULL ? given : "tags");

	if (given != NULL && column < 0)
		raise_column(rel, given, desc);
	if (column >= 0 && column_type(desc, column) != JSONBOID)
	{
		if (given != NULL)
			ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
							errmsg("column \"%s\" of relation \"%s\" is of type %s, not jsonb",
								   given, RelationGetRelationName(rel),
								   format_type_be(column_type(desc, column)))));
		column = -1;
	}
	return column;
}

/* The tag table's relation oid, or invalid when there is none. */
static Oid
find_tag_table(const Resolution *resolution)
{
	const FluxAttachedOptions *options = resolution->options;
	Oid namespace_oid = RelationGetNamespace(resolution->rel);

	if (options->tag_table_name != NULL)
	{
		Oid oid = InvalidOid;

		namespace_oid = get_namespace_oid(options->tag_table_schema, true);
		if (OidIsValid(namespace_oid))
			oid = get_relname_relid(options->tag_table_name, namespace_oid);
		if (!OidIsValid(oid))
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
							errmsg("tag table \"%s.%s\" does not exist", options->tag_table_schema,
								   options->tag_table_name)));
		return oid;
	}
	if (options->tag_column_count >= 0 || options->tags_column != NULL ||
		find_column(resolution->desc, "tag_id") < 0)
		return InvalidOid;
	return get_relname_relid(psprintf("%s_tag", RelationGetRelationName(resolution->rel)),
							 namespace_oid);
}

static char *
relation_sql_name(Relation rel)
{
	return quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
									  RelationGetRelationName(rel));
}

/* Tags that stand in a table of their own: all its columns but the id. */
static void
resolve_tag_table(Resolution *resolution, Oid table_oid)
{
	FluxAttachedRelation *out = resolution->out;
	const char *id = resolution->options->tag_id_column;
	Relation rel = relation_open(table_oid, AccessShareLock);
	TupleDesc desc = RelationGetDescr(rel);
	int json;

	if (id == NULL)
		id = "tag_id";
	if (find_column(desc, id) < 0)
		raise_column(rel, id, desc);
	resolution->taken[need_column(resolution, id)] = true;
	out->tag_id_column = pstrdup(id);
	out->tag_table_oid = table_oid;
	out->tag_table = relation_sql_name(rel);
	out->tags = palloc0(sizeof(FluxAttachedTag) * Max(desc->natts, 1));
	json = find_json_column(rel, desc, resolution->options->tags_column);
	if (json >= 0)
		out->json_column = column_name(desc, json);
	else
		for (int i = 0; i < desc->natts; i++)
			if (!TupleDescAttr(desc, i)->attisdropped &&
				strcmp(NameStr(TupleDescAttr(desc, i)->attname), id) != 0)
				add_tag(out, rel, desc, i);
	relation_close(rel, NoLock);
}

/* Tags that are columns of the relation itself. */
static void
resolve_tag_columns(Resolution *resolution)
{
	const FluxAttachedOptions *options = resolution->options;
	FluxAttachedRelation *out = resolution->out;
	TupleDesc desc = resolution->desc;
	bool any_commented = false;

	for (int i = 0; i < options->tag_column_count; i++)
	{
		int column = need_column(resolution, options->tag_columns[i]);

		if (resolution->taken[column])
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
							errmsg("column \"%s\" has two roles", options->tag_columns[i])));
		resolution->taken[column] = true;
		add_tag(out, resolution->rel, desc, column);
	}
	if (options->tag_column_count >= 0)
		return;
	for (int i = 0; i < desc->natts; i++)
		any_commented |=
			!TupleDescAttr(desc, i)->attisdropped && is_commented_tag(resolution->rel, i);
	resolution->is_telegraf = any_commented;
	if (!any_commented)
	{
		int json = find_json_column(resolution->rel, desc, NULL);

		if (json >= 0)
		{
			resolution->taken[json] = true;
			out->json_column = column_name(desc, json);
			return;
		}
	}
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		bool is_value = false;

		for (int v = 0; v < options->value_column_count; v++)
			is_value |= strcmp(options->value_columns[v], NameStr(attribute->attname)) == 0;
		if (attribute->attisdropped || resolution->taken[i] || is_value)
			continue;
		if (any_commented ? !is_commented_tag(resolution->rel, i)
						  : !is_tag_type(column_type(desc, i)))
			continue;
		resolution->taken[i] = true;
		add_tag(out, resolution->rel, desc, i);
	}
}

static void
resolve_tags(Resolution *resolution)
{
	const FluxAttachedOptions *options = resolution->options;
	FluxAttachedRelation *out = resolution->out;
	Oid table_oid = find_tag_table(resolution);

	if (OidIsValid(table_oid))
	{
		resolution->is_telegraf = options->tag_table_name == NULL;
		resolve_tag_table(resolution, table_oid);
	}
	else
	{
		out->tags = palloc0(sizeof(FluxAttachedTag) *
							Max(Max(resolution->desc->natts, options->tag_column_count), 1));
		if (options->tags_column != NULL)
		{
			int json = find_json_column(resolution->rel, resolution->desc, options->tags_column);

			resolution->taken[json] = true;
			out->json_column = column_name(resolution->desc, json);
		}
		else
			resolve_tag_columns(resolution);
	}
	qsort(out->tags, out->tag_count, sizeof(FluxAttachedTag), compare_tags);
	for (int i = 1; i < out->tag_count; i++)
		if (flux_text_equal(out->tags[i - 1].label, out->tags[i].label))
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
							errmsg("tag \"%s\" is named twice", out->tags[i].column)));
}

/* ---- fields ---- */

static void
add_field(Resolution *resolution, int column, FluxColumnType type)
{
	FluxAttachedField *field = &resolution->out->fields[resolution->out->field_count++];

	field->column = column_name(resolution->desc, column);
	field->type_oid = column_type(resolution->desc, column);
	field->type = type;
	resolution->taken[column] = true;
}

/* Takes a jsonb column whose keys are fields; false when it is none, or a second. */
static bool
take_fields_column(Resolution *resolution, int column)
{
	if (column_type(resolution->desc, column) != JSONBOID || resolution->taken[column] ||
		resolution->out->fields_column != NULL)
		return false;
	resolution->out->fields_column = column_name(resolution->desc, column);
	resolution->taken[column] = true;
	return true;
}

static void
resolve_fields(Resolution *resolution)
{
	const FluxAttachedOptions *options = resolution->options;
	TupleDesc desc = resolution->desc;

	resolution->out->fields =
		palloc0(sizeof(FluxAttachedField) * Max(Max(desc->natts, options->value_column_count), 1));
	for (int i = 0; i < options->value_column_count; i++)
	{
		int column = need_column(resolution, options->value_columns[i]);
		FluxColumnType type = field_type_of(resolution, column);

		if (options->field_column == NULL && take_fields_column(resolution, column))
			continue;
		if (type == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of relation \"%s\" is of type %s, which no field can"
							" have",
							options->value_columns[i], RelationGetRelationName(resolution->rel),
							format_type_be(column_type(desc, column))),
					 errhint("Attach a view that converts it.")));
		if (resolution->taken[column])
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
							errmsg("column \"%s\" has two roles", options->value_columns[i])));
		add_field(resolution, column, type);
	}
	for (int i = 0; options->value_column_count < 0 && i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped && !resolution->taken[i] &&
			field_type_of(resolution, i) != 0)
			add_field(resolution, i, field_type_of(resolution, i));
	if (options->value_column_count < 0 && find_column(desc, "fields") >= 0)
		(void) take_fields_column(resolution, find_column(desc, "fields"));
	if (resolution->out->field_count == 0 && resolution->out->fields_column == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("relation \"%s\" has no column that can be a field",
							   RelationGetRelationName(resolution->rel)),
						errhint("Fields are booleans, numbers and text; name them with"
								" value_columns.")));
}

static void
resolve_relation(FluxAttachedRelation *out, Relation rel, const FluxAttachedOptions *options)
{
	TupleDesc desc = RelationGetDescr(rel);
	Resolution resolution = {options, out, rel, desc};

	resolution.taken = palloc0(sizeof(bool) * Max(desc->natts, 1));
	out->relation_oid = RelationGetRelid(rel);
	out->sql_name = relation_sql_name(rel);
	out->measurement = flux_text_from_cstring(options->measurement != NULL
												  ? pstrdup(options->measurement)
												  : pstrdup(RelationGetRelationName(rel)));
	resolve_time(&resolution);
	out->measurement_column = take_text_column(&resolution, options->measurement_column);
	out->field_column = take_text_column(&resolution, options->field_column);
	resolve_tags(&resolution);
	resolve_fields(&resolution);
}

/* ---- the layout ---- */

/* Can points stand in relations of this kind? */
static bool
is_readable_kind(char kind)
{
	return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE || kind == RELKIND_VIEW ||
		   kind == RELKIND_MATVIEW || kind == RELKIND_FOREIGN_TABLE;
}

static Oid
need_schema(const FluxAttachedOptions *options)
{
	Oid schema_oid = get_namespace_oid(options->schema_name, true);

	if (!OidIsValid(schema_oid))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_SCHEMA),
						errmsg("schema \"%s\" does not exist", options->schema_name)));
	return schema_oid;
}

/* The one relation that the options name. */
static void
layout_of_relation(FluxAttachedLayout *layout, const FluxAttachedOptions *options)
{
	Oid schema_oid = need_schema(options);
	Oid oid = get_relname_relid(options->relation_name, schema_oid);
	Relation rel;

	if (!OidIsValid(oid))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation \"%s.%s\" does not exist", options->schema_name,
							   options->relation_name),
						errhint("A bucket is attached to it; flux.drop_bucket lets go of it.")));
	rel = relation_open(oid, AccessShareLock);
	if (!is_readable_kind(rel->rd_rel->relkind))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is not a table or view", options->relation_name)));
	layout->relations = palloc0(sizeof(FluxAttachedRelation));
	resolve_relation(&layout->relations[0], rel, options);
	layout->relation_count = 1;
	relation_close(rel, NoLock);
}

/* Relations of a schema, partitions not counted, by name. */
static Oid *
relations_of_schema(Oid schema_oid, int *count)
{
	static FluxCatalogStatement list = {
		"SELECT oid FROM pg_class WHERE relnamespace = $1 AND relkind IN ('r', 'p', 'v', 'm', 'f')"
		" AND NOT relispartition ORDER BY relname COLLATE \"C\"",
		1,
		{OIDOID}};
	Datum args[] = {ObjectIdGetDatum(schema_oid)};
	MemoryContext context = CurrentMemoryContext;
	FluxCatalogScope scope;
	Oid *oids;

	flux_catalog_enter(&scope);
	SPI_connect();
	*count = (int) flux_catalog_execute(&list, args, NULL, true);
	oids = MemoryContextAlloc(context, sizeof(Oid) * Max(*count, 1));
	for (int i = 0; i < *count; i++)
	{
		bool is_null;

		oids[i] = DatumGetObjectId(
			SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &is_null));
	}
	SPI_finish();
	flux_catalog_leave(&scope);
	return oids;
}

/* Every relation of the schema that has a time. */
static void
layout_of_schema(FluxAttachedLayout *layout, const FluxAttachedOptions *options)
{
	int count;
	Oid *oids = relations_of_schema(need_schema(options), &count);

	layout->relations = palloc0(sizeof(FluxAttachedRelation) * Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		Relation rel = try_relation_open(oids[i], AccessShareLock);
		TupleDesc desc;
		bool has_time;

		if (rel == NULL)
			continue;
		desc = RelationGetDescr(rel);
		has_time = options->time_column != NULL ? find_column(desc, options->time_column) >= 0
												: guess_time_column(desc) >= 0;
		if (has_time)
			resolve_relation(&layout->relations[layout->relation_count++], rel, options);
		relation_close(rel, NoLock);
	}
}

static FluxAttachedLayout *
build_layout(const FluxBucket *bucket, const FluxAttachedOptions *options)
{
	FluxAttachedLayout *layout = palloc0(sizeof(FluxAttachedLayout));

	layout->bucket = bucket;
	if (options->relation_name != NULL)
		layout_of_relation(layout, options);
	else
		layout_of_schema(layout, options);
	return layout;
}

FluxAttachedLayout *
flux_attached_layout(const FluxBucket *bucket)
{
	FluxAttachedOptions options = {0};
	static char *task_tags[] = {"status", "taskID"};

	if (bucket->is_tasks)
	{
		options.schema_name = "flux";
		options.relation_name = "influx_runs";
		options.measurement = "runs";
		options.time_column = "time";
		options.tag_columns = task_tags;
		options.tag_column_count = lengthof(task_tags);
		options.value_column_count = -1;
	}
	else
		load_options(bucket, &options);
	return build_layout(bucket, &options);
}

/* ---- attaching ---- */

/* Whoever attaches may read what is attached. */
static void
check_rights(const FluxAttachedLayout *layout)
{
	for (int i = 0; i < layout->relation_count; i++)
	{
		const FluxAttachedRelation *relation = &layout->relations[i];
		Oid oids[] = {relation->relation_oid, relation->tag_table_oid};

		for (int j = 0; j < lengthof(oids); j++)
			if (OidIsValid(oids[j]) &&
				pg_class_aclcheck(oids[j], GetUserId(), ACL_SELECT) != ACLCHECK_OK &&
				pg_attribute_aclcheck_all(oids[j], GetUserId(), ACL_SELECT, ACLMASK_ANY) !=
					ACLCHECK_OK)
				aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(oids[j]));
	}
}

static void
check_options(const FluxAttachedOptions *options)
{
	const char *wrong = NULL;

	if (options->measurement != NULL && options->measurement_column != NULL)
		wrong = "measurement and measurement_column exclude each other";
	else if (options->measurement != NULL && options->relation_name == NULL)
		wrong = "measurement names one relation; in_schema takes the relations' own names";
	else if (options->measurement != NULL && options->measurement[0] == '\0')
		wrong = "measurement must not be empty";
	else if (options->tag_column_count >= 0 &&
			 (options->tags_column != NULL || options->tag_table_name != NULL))
		wrong = "tag_columns excludes tags_column and tag_table";
	else if (options->tag_table_name != NULL && options->relation_name == NULL)
		wrong = "tag_table goes with one relation; in_schema finds the tables that end with _tag";
	else if (options->field_column != NULL && options->value_column_count <= 0)
		wrong = "field_column needs value_columns: where the field's value stands";
	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", wrong)));
}

int32
flux_attached_create(FluxText name, const FluxAttachedOptions *options, const char *description)
{
	FluxBucket bucket = {.name = flux_text_to_cstring(name)};
	FluxAttachedLayout *layout;

	check_options(options);
	layout = build_layout(&bucket, options);
	if (layout->relation_count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("no relation of schema \"%s\" has a time column", options->schema_name),
				 errhint("Name the column with time_column.")));
	check_rights(layout);
	return flux_bucket_attach(name, options_to_json(options), description);
}
