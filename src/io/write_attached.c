/*
 * write_attached.c
 *		Points into the relations of an attached bucket.
 *
 * A point becomes one row of its measurement's relation (wide), or a row for
 * each of its fields (narrow), by INSERT under the rights of whoever runs the
 * script.  Where a unique index covers exactly what tells points apart (time,
 * tags, and names that columns hold), an older point is updated, so that last
 * write wins and fields merge, as in a native bucket; otherwise rows are added.
 *
 * With such an index an absent tag is written as the empty string, which reads
 * the same: nulls would never meet in the index.
 *
 * Statements are prepared once for each relation and set of fields.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/bitmapset.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/timestamp.h"

#include "base/diagnostic.h"
#include "base/flux_time.h"
#include "base/pg_compat.h"
#include "io/sql_remote.h"
#include "io/write_attached.h"
#include "storage/catalog.h"

/* An INSERT into a relation of some of its fields. */
typedef struct WriteStatement
{
	const FluxAttachedRelation *relation;
	int *fields; /* positions in relation->fields */
	int field_count;
	bool has_unique_index;
	SPIPlanPtr plan;
	int parameter_count;
} WriteStatement;

struct FluxAttachedWriter
{
	MemoryContext context;
	MemoryContext row_context;
	const FluxOperator *op;
	FluxAttachedLayout *layout;
	List *statements; /* of WriteStatement; the last used first */
	int64 points_written;
};

FluxAttachedWriter *
flux_attached_writer_create(const FluxOperator *op, const FluxBucket *bucket)
{
	MemoryContext context;
	MemoryContext old_context;
	FluxAttachedWriter *writer;

	flux_bucket_check_acl(bucket, ACL_INSERT);
	context = AllocSetContextCreate(CurrentMemoryContext, "fluxtask attached writer",
									ALLOCSET_DEFAULT_SIZES);
	old_context = MemoryContextSwitchTo(context);
	writer = palloc0(sizeof(FluxAttachedWriter));
	writer->context = context;
	writer->row_context =
		AllocSetContextCreate(context, "fluxtask attached row", ALLOCSET_DEFAULT_SIZES);
	writer->op = op;
	writer->layout = flux_attached_layout(bucket);
	MemoryContextSwitchTo(old_context);
	return writer;
}

/* ---- where a point goes ---- */

static const FluxAttachedRelation *
find_relation(const FluxAttachedWriter *writer, FluxText measurement)
{
	const FluxAttachedLayout *layout = writer->layout;
	const FluxAttachedRelation *found = NULL;
	FluxNearName near;
	const char *hint;

	flux_near_name_init(&near, measurement);
	for (int i = 0; i < layout->relation_count; i++)
	{
		const FluxAttachedRelation *relation = &layout->relations[i];

		if (relation->measurement_column != NULL ||
			flux_text_equal(relation->measurement, measurement))
			found = relation;
		else
			flux_near_name_offer(&near, relation->measurement);
	}
	if (found == NULL)
	{
		hint = flux_near_name_hint(&near);
		flux_operator_raise_hint(
			writer->op, ERRCODE_UNDEFINED_TABLE,
			hint != NULL ? hint : "Create the relation, or set _measurement to the name of one.",
			"attached bucket \"%s\" has no relation for measurement \"%.*s\"", layout->bucket->name,
			FLUX_NAME_ARGS(measurement));
	}
	if (OidIsValid(found->tag_table_oid))
		flux_operator_raise_hint(writer->op, ERRCODE_FEATURE_NOT_SUPPORTED,
								 "Attach a view with an INSTEAD OF trigger, or a relation that"
								 " has its tags in columns.",
								 "writing to relation %s, whose tags stand in %s, is not supported",
								 found->sql_name, found->tag_table);
	if (found->fields_column != NULL)
		flux_operator_raise_hint(writer->op, ERRCODE_FEATURE_NOT_SUPPORTED,
								 "Attach a view with an INSTEAD OF trigger, or a relation that"
								 " has its fields in columns.",
								 "writing to relation %s, whose fields are keys of column \"%s\","
								 " is not supported",
								 found->sql_name, found->fields_column);
	return found;
}

/* The column that takes a field's value; its type must be the value's. */
static int
find_field(const FluxAttachedWriter *writer, const FluxAttachedRelation *relation,
		   const FluxFieldValue *value)
{
	bool is_narrow = relation->field_column != NULL;
	FluxNearName near;

	flux_near_name_init(&near, value->name);
	for (int i = 0; i < relation->field_count; i++)
	{
		const FluxAttachedField *field = &relation->fields[i];

		if (is_narrow ? field->type == value->type
					  : flux_text_equal_cstring(value->name, field->column))
		{
			if (field->type != value->type)
				flux_operator_raise_hint(
					writer->op, FLUX_ERRCODE_FIELD_TYPE, "Convert the value in map().",
					"field \"%.*s\" is of type %s, but column \"%s\" of"
					" relation %s takes %s",
					FLUX_NAME_ARGS(value->name), flux_column_type_name(value->type), field->column,
					relation->sql_name, flux_column_type_name(field->type));
			return i;
		}
		flux_near_name_offer(&near, flux_text_from_cstring(field->column));
	}
	if (is_narrow)
		flux_operator_raise(writer->op, FLUX_ERRCODE_FIELD_TYPE,
							"relation %s has no value column of type %s for field \"%.*s\"",
							relation->sql_name, flux_column_type_name(value->type),
							FLUX_NAME_ARGS(value->name));
	flux_operator_raise_hint(writer->op, ERRCODE_UNDEFINED_COLUMN, flux_near_name_hint(&near),
							 "relation %s has no column for field \"%.*s\"", relation->sql_name,
							 FLUX_NAME_ARGS(value->name));
}

/* Every tag of a point needs a column. */
static void
check_tags(const FluxAttachedWriter *writer, const FluxAttachedRelation *relation,
		   const FluxPoint *point)
{
	if (relation->json_column != NULL)
		return;
	for (int i = 0; i < point->tag_count; i++)
	{
		bool found = false;

		for (int j = 0; j < relation->tag_count && !found; j++)
			found = flux_text_equal(point->tags[i].key, relation->tags[j].label);
		if (!found)
			flux_operator_raise_hint(writer->op, ERRCODE_UNDEFINED_COLUMN,
									 "Leave it out with |> drop(columns: [...]), or add the"
									 " column.",
									 "relation %s has no column for tag \"%.*s\"",
									 relation->sql_name, FLUX_NAME_ARGS(point->tags[i].key));
	}
}

/* ---- statements ---- */

/* The columns that tell points apart, by attribute number. */
static Bitmapset *
identity_columns(const FluxAttachedRelation *relation)
{
	Oid oid = relation->relation_oid;
	Bitmapset *columns = bms_make_singleton(get_attnum(oid, relation->time_column));

	for (int i = 0; i < relation->tag_count; i++)
		if (relation->tags[i].column != NULL)
			columns = bms_add_member(columns, get_attnum(oid, relation->tags[i].column));
	if (relation->json_column != NULL)
		columns = bms_add_member(columns, get_attnum(oid, relation->json_column));
	if (relation->field_column != NULL)
		columns = bms_add_member(columns, get_attnum(oid, relation->field_column));
	if (relation->measurement_column != NULL)
		columns = bms_add_member(columns, get_attnum(oid, relation->measurement_column));
	return columns;
}

/* Has the relation a plain unique index over exactly these columns? */
static bool
find_unique_index(Oid relation_oid, const Bitmapset *columns)
{
	Relation rel = relation_open(relation_oid, AccessShareLock);
	List *indexes = RelationGetIndexList(rel);
	ListCell *cell;
	bool found = false;

	foreach (cell, indexes)
	{
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		Form_pg_index form = index->rd_index;
		Bitmapset *keys = NULL;

		for (int i = 0; i < form->indnkeyatts; i++)
			if (form->indkey.values[i] > 0)
				keys = bms_add_member(keys, form->indkey.values[i]);
		found |= form->indisunique && form->indimmediate && form->indisvalid &&
				 RelationGetIndexPredicate(index) == NIL &&
				 bms_num_members(keys) == form->indnkeyatts && bms_equal(keys, columns);
		index_close(index, AccessShareLock);
	}
	relation_close(rel, NoLock);
	return found;
}

/* Text of the statement under construction. */
typedef struct StatementText
{
	StringInfoData columns;
	StringInfoData values;
	StringInfoData conflict; /* columns of the unique index */
	Oid *types;
	int count; /* of parameters */
} StatementText;

/* Adds a column and its parameter; text goes into other types by a cast. */
static void
add_parameter(StatementText *text, const char *column, Oid parameter_oid, Oid column_oid,
			  bool is_identity)
{
	Oid base_oid = getBaseType(column_oid);

	text->types[text->count++] = parameter_oid;
	appendStringInfo(&text->columns, "%s%s", text->count > 1 ? ", " : "", quote_identifier(column));
	appendStringInfo(&text->values, "%s$%d", text->count > 1 ? ", " : "", text->count);
	if (parameter_oid == TEXTOID && base_oid != TEXTOID && base_oid != VARCHAROID &&
		base_oid != BPCHAROID && base_oid != NAMEOID)
		appendStringInfo(&text->values, "::%s", format_type_be_qualified(column_oid));
	if (is_identity)
		appendStringInfo(&text->conflict, "%s%s", text->conflict.len > 0 ? ", " : "",
						 quote_identifier(column));
}

/* The jsonb column gets its object from two arrays. */
static void
add_json_parameters(StatementText *text, const char *column)
{
	text->types[text->count++] = TEXTARRAYOID;
	text->types[text->count++] = TEXTARRAYOID;
	appendStringInfo(&text->columns, ", %s", quote_identifier(column));
	appendStringInfo(&text->values, ", pg_catalog.jsonb_object($%d, $%d)", text->count - 1,
					 text->count);
	appendStringInfo(&text->conflict, ", %s", quote_identifier(column));
}

static Oid
time_type(FluxAttachedTime kind)
{
	return kind == FLUX_ATTACHED_TIMESTAMPTZ ? TIMESTAMPTZOID
		   : kind == FLUX_ATTACHED_TIMESTAMP ? TIMESTAMPOID
											 : INT8OID;
}

/* What an older point takes over of the new one. */
static void
append_update(StringInfo sql, const WriteStatement *statement)
{
	const FluxAttachedRelation *relation = statement->relation;
	const char *separator = "";

	appendStringInfoString(sql, " DO UPDATE SET ");
	for (int i = 0; i < relation->field_count; i++)
	{
		const char *column = quote_identifier(relation->fields[i].column);
		bool is_written = false;

		for (int j = 0; j < statement->field_count; j++)
			is_written |= statement->fields[j] == i;
		if (is_written)
			appendStringInfo(sql, "%s%s = excluded.%s", separator, column, column);
		else if (relation->field_column != NULL)
			appendStringInfo(sql, "%s%s = NULL", separator, column);
		else
			continue;
		separator = ", ";
	}
}

static void
prepare_statement(WriteStatement *statement)
{
	const FluxAttachedRelation *relation = statement->relation;
	StatementText text = {0};
	StringInfoData sql;

	initStringInfo(&sql);
	initStringInfo(&text.columns);
	initStringInfo(&text.values);
	initStringInfo(&text.conflict);
	text.types = palloc(sizeof(Oid) * (relation->tag_count + statement->field_count + 5));
	add_parameter(&text, relation->time_column, time_type(relation->time_kind),
				  time_type(relation->time_kind), true);
	if (relation->measurement_column != NULL)
		add_parameter(&text, relation->measurement_column, TEXTOID, TEXTOID, true);
	if (relation->field_column != NULL)
		add_parameter(&text, relation->field_column, TEXTOID, TEXTOID, true);
	for (int i = 0; i < relation->tag_count; i++)
		add_parameter(&text, relation->tags[i].column, TEXTOID, relation->tags[i].type_oid, true);
	if (relation->json_column != NULL)
		add_json_parameters(&text, relation->json_column);
	for (int i = 0; i < statement->field_count; i++)
	{
		const FluxAttachedField *field = &relation->fields[statement->fields[i]];

		add_parameter(&text, field->column, flux_sql_type_oid(field->type), field->type_oid, false);
	}
	appendStringInfo(&sql, "INSERT INTO %s (%s) VALUES (%s)", relation->sql_name, text.columns.data,
					 text.values.data);
	if (statement->has_unique_index)
	{
		appendStringInfo(&sql, " ON CONFLICT (%s)", text.conflict.data);
		append_update(&sql, statement);
	}
	statement->parameter_count = text.count;
	statement->plan = SPI_prepare(sql.data, text.count, text.types);
	if (statement->plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", sql.data, SPI_result_code_string(SPI_result));
	SPI_keepplan(statement->plan);
}

/* The statement for a relation and fields, prepared at first use. */
static WriteStatement *
find_statement(FluxAttachedWriter *writer, const FluxAttachedRelation *relation, const int *fields,
			   int field_count)
{
	MemoryContext old_context;
	WriteStatement *statement;
	ListCell *cell;

	foreach (cell, writer->statements)
	{
		statement = lfirst(cell);
		if (statement->relation == relation && statement->field_count == field_count &&
			memcmp(statement->fields, fields, sizeof(int) * field_count) == 0)
			return statement;
	}
	old_context = MemoryContextSwitchTo(writer->context);
	statement = palloc0(sizeof(WriteStatement));
	statement->relation = relation;
	statement->fields = palloc(sizeof(int) * field_count);
	memcpy(statement->fields, fields, sizeof(int) * field_count);
	statement->field_count = field_count;
	statement->has_unique_index =
		find_unique_index(relation->relation_oid, identity_columns(relation));
	MemoryContextSwitchTo(old_context);
	prepare_statement(statement);
	old_context = MemoryContextSwitchTo(writer->context);
	writer->statements = lcons(statement, writer->statements);
	MemoryContextSwitchTo(old_context);
	return statement;
}

/* ---- rows ---- */

static Datum
text_datum(FluxText text)
{
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.size));
}

static Datum
time_datum(const FluxAttachedRelation *relation, int64 time_ns)
{
	return relation->time_kind == FLUX_ATTACHED_NANOSECONDS
			   ? Int64GetDatum(time_ns)
			   : TimestampTzGetDatum(flux_time_to_timestamptz(time_ns));
}

static Datum
value_datum(const FluxFieldValue *value)
{
	switch (value->type)
	{
		case FLUX_COLUMN_BOOL:
			return BoolGetDatum(value->value.boolean);
		case FLUX_COLUMN_INT:
			return Int64GetDatum(value->value.integer);
		case FLUX_COLUMN_UINT:
			return DirectFunctionCall3(
				numeric_in, CStringGetDatum(psprintf(UINT64_FORMAT, value->value.uinteger)),
				ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
		case FLUX_COLUMN_FLOAT:
			return Float8GetDatum(value->value.floating);
		default:
			return text_datum(value->value.string);
	}
}

/* A tag's value; absent: null, or empty where a unique index must see it. */
static Datum
tag_datum(const WriteStatement *statement, const FluxAttachedTag *tag, const FluxPoint *point,
		  char *is_null)
{
	*is_null = ' ';
	for (int i = 0; i < point->tag_count; i++)
		if (flux_text_equal(point->tags[i].key, tag->label))
			return text_datum(point->tags[i].value);
	if (statement->has_unique_index && (tag->is_text || getBaseType(tag->type_oid) == VARCHAROID))
		return text_datum(flux_text("", 0));
	*is_null = 'n';
	return (Datum) 0;
}

/* Inserts one row with some of a point's fields. */
static void
insert_row(FluxAttachedWriter *writer, const FluxAttachedRelation *relation, const FluxPoint *point,
		   const FluxFieldValue *values, const int *fields, int field_count)
{
	WriteStatement *statement = find_statement(writer, relation, fields, field_count);
	Datum *args = palloc(sizeof(Datum) * statement->parameter_count);
	char *nulls = palloc(statement->parameter_count + 1);
	int at = 0;
	int result;

	memset(nulls, ' ', statement->parameter_count);
	args[at++] = time_datum(relation, point->time_ns);
	if (relation->measurement_column != NULL)
		args[at++] = text_datum(point->measurement);
	if (relation->field_column != NULL)
		args[at++] = text_datum(values[0].name);
	for (int i = 0; i < relation->tag_count; i++, at++)
		args[at] = tag_datum(statement, &relation->tags[i], point, &nulls[at]);
	if (relation->json_column != NULL)
	{
		Datum *keys = palloc(sizeof(Datum) * Max(point->tag_count, 1));
		Datum *texts = palloc(sizeof(Datum) * Max(point->tag_count, 1));

		for (int i = 0; i < point->tag_count; i++)
		{
			keys[i] = text_datum(point->tags[i].key);
			texts[i] = text_datum(point->tags[i].value);
		}
		args[at++] = flux_catalog_array(keys, point->tag_count, TEXTOID);
		args[at++] = flux_catalog_array(texts, point->tag_count, TEXTOID);
	}
	for (int i = 0; i < field_count; i++)
		args[at++] = value_datum(&values[i]);
	result = SPI_execute_plan(statement->plan, args, nulls, false, 0);
	if (result != SPI_OK_INSERT)
		elog(ERROR, "could not insert a point: %s", SPI_result_code_string(result));
}

void
flux_attached_writer_add(FluxAttachedWriter *writer, const FluxPoint *point)
{
	MemoryContext old_context = MemoryContextSwitchTo(writer->row_context);
	const FluxAttachedRelation *relation = find_relation(writer, point->measurement);
	int *fields = palloc(sizeof(int) * Max(point->field_count, 1));

	check_tags(writer, relation, point);
	for (int i = 0; i < point->field_count; i++)
		fields[i] = find_field(writer, relation, &point->fields[i]);
	SPI_connect();
	if (relation->field_column == NULL)
		insert_row(writer, relation, point, point->fields, fields, point->field_count);
	else
		for (int i = 0; i < point->field_count; i++)
			insert_row(writer, relation, point, &point->fields[i], &fields[i], 1);
	SPI_finish();
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(writer->row_context);
	writer->points_written++;
}

int64
flux_attached_writer_finish(FluxAttachedWriter *writer)
{
	int64 points_written = writer->points_written;
	ListCell *cell;

	foreach (cell, writer->statements)
		SPI_freeplan(((WriteStatement *) lfirst(cell))->plan);
	MemoryContextDelete(writer->context);
	return points_written;
}
