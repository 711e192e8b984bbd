/*
 * write_bucket.c
 *		to(): writes tables into a bucket and passes them on.
 *
 * Each row becomes one point: measurement, time, tags (by default every string
 * column that is not the measurement, _field, _value or read by fieldFn), and
 * one field (_field, _value) or those of fieldFn's record.  Rows without a time
 * are neither written nor passed on; null, NaN and infinite values and empty
 * tags are left out; a row without fields is not written.
 *
 * When everything but time and value is constant in a batch, as after an
 * aggregate, the whole column goes to the writer at once.
 *
 * All writes are part of the caller's transaction.  A type conflict or a point
 * beyond the retention is an error here: a run that loses data has failed.
 */
#include "postgres.h"

#include <math.h>

#include "utils/memutils.h"

#include "execute/exec_run.h"
#include "execute/row_function.h"
#include "io/io_classes.h"
#include "io/write_point.h"

typedef struct WriteOperator
{
	FluxOperator base;
	const FluxToSpec *spec;
	FluxPointSink *sink;
	FluxRowFunction *field_function;
	const FluxText *function_columns; /* columns that fieldFn reads as r.x */
	int function_column_count;

	/* of the current table */
	int time_column;
	int measurement_column;
	int field_column; /* -1 with fieldFn */
	int value_column;
	int *tag_columns;
	int tag_column_count;
	FluxTag *tags; /* scratch, tag_column_count of them */
} WriteOperator;

/* ---- arguments ---- */

static void
to_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxToSpec *spec = palloc0(sizeof(FluxToSpec));

	flux_io_target_arguments(call, &spec->target);
	flux_io_check_token(call, &spec->target);
	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	spec->measurement_column = flux_call_string_or(call, "measurementColumn", "_measurement");
	spec->has_tag_columns = flux_call_find(call, "tagColumns") != NULL;
	spec->tag_columns = flux_call_strings_or(call, "tagColumns", NULL, &spec->tag_column_count);
	if (flux_call_find(call, "fieldFn") != NULL)
		spec->field_function = flux_call_function(call, "fieldFn");
	node->spec = spec;
}

static void
to_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxToSpec *spec = node->spec;

	flux_io_target_explain(&spec->target, out);
}

/* ---- which columns are what ---- */

typedef struct MemberSearch
{
	FluxText row; /* fieldFn's parameter */
	FluxText *names;
	int count;
} MemberSearch;

/* Collects x of every r.x. */
static bool
collect_member(const FluxAst *node, void *argument)
{
	MemberSearch *search = argument;
	const FluxMemberExpression *member = (const FluxMemberExpression *) node;

	if (node->kind == FLUX_AST_MEMBER_EXPRESSION && member->object->kind == FLUX_AST_IDENTIFIER &&
		flux_text_equal(((const FluxIdentifier *) member->object)->name, search->row))
	{
		search->names = search->names == NULL
							? palloc(sizeof(FluxText))
							: repalloc(search->names, (search->count + 1) * sizeof(FluxText));
		search->names[search->count++] = flux_ast_key_text(member->property);
	}
	return true;
}

static void
to_begin(FluxOperator *op)
{
	WriteOperator *write = (WriteOperator *) op;
	const FluxToSpec *spec = op->node->spec;

	write->spec = spec;
	write->sink = flux_point_sink_create(op, &spec->target);
	if (spec->forms_segments && write->sink->writer != NULL)
		flux_writer_form_segments(write->sink->writer);
	if (spec->field_function != NULL)
	{
		write->field_function = flux_row_function_create(op, spec->field_function, "r");
		if (spec->field_function->lambda != NULL)
		{
			MemberSearch search = {flux_text_from_cstring("r")};

			flux_ast_walk(spec->field_function->lambda->body, collect_member, &search);
			write->function_columns = search.names;
			write->function_column_count = search.count;
		}
	}
}

static bool
is_among(FluxText label, const FluxText *labels, int count)
{
	for (int i = 0; i < count; i++)
		if (flux_text_equal(label, labels[i]))
			return true;
	return false;
}

/* Does the column become a tag? */
static bool
is_tag_column(const WriteOperator *write, const FluxSchema *schema, int column)
{
	const FluxToSpec *spec = write->spec;
	FluxText label = schema->labels[column];

	if (spec->has_tag_columns)
	{
		if (!is_among(label, spec->tag_columns, spec->tag_column_count))
			return false;
		if (schema->types[column] != FLUX_COLUMN_STRING)
			flux_operator_raise_hint(&write->base, ERRCODE_DATATYPE_MISMATCH,
									 "Tags are strings: convert the column with string() in map().",
									 "invalid type for tag column \"%.*s\": %s", label.size,
									 label.data, flux_column_type_name(schema->types[column]));
		return true;
	}
	return schema->types[column] == FLUX_COLUMN_STRING && column != write->measurement_column &&
		   !flux_text_equal_cstring(label, "_measurement") &&
		   !flux_text_equal_cstring(label, "_field") && !flux_text_equal_cstring(label, "_value") &&
		   !is_among(label, write->function_columns, write->function_column_count);
}

/* The column of a label, or the error that InfluxDB users know. */
static int
need_column(const WriteOperator *write, const FluxSchema *schema, FluxText label,
			const char *complaint, const char *hint)
{
	int column = flux_schema_find(schema, label);

	if (column < 0)
		flux_operator_raise_hint(&write->base, ERRCODE_UNDEFINED_COLUMN, hint, "%s", complaint);
	return column;
}

static void
find_time_column(WriteOperator *write, const FluxSchema *schema)
{
	const FluxToSpec *spec = write->spec;

	write->time_column = need_column(write, schema, spec->time_column, "no time column detected",
									 "An aggregate drops _time: use aggregateWindow(), or add "
									 "|> duplicate(column: \"_stop\", as: \"_time\").");
	if (schema->types[write->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(&write->base, ERRCODE_DATATYPE_MISMATCH,
							"time column \"%.*s\" is of type %s, not time", spec->time_column.size,
							spec->time_column.data,
							flux_column_type_name(schema->types[write->time_column]));
}

static void
find_columns(WriteOperator *write, const FluxSchema *schema)
{
	const FluxToSpec *spec = write->spec;

	write->measurement_column =
		need_column(write, schema, spec->measurement_column,
					psprintf("no column with label %.*s exists", spec->measurement_column.size,
							 spec->measurement_column.data),
					"Add it with |> set(key: \"_measurement\", value: ...).");
	if (schema->types[write->measurement_column] != FLUX_COLUMN_STRING)
		flux_operator_raise(&write->base, ERRCODE_DATATYPE_MISMATCH,
							"measurement column \"%.*s\" is of type %s, not string",
							spec->measurement_column.size, spec->measurement_column.data,
							flux_column_type_name(schema->types[write->measurement_column]));
	find_time_column(write, schema);
	write->field_column = write->value_column = -1;
	if (write->field_function == NULL)
	{
		write->field_column = need_column(
			write, schema, flux_text_from_cstring("_field"), "table has no _field column",
			"Name the field with |> set(key: \"_field\", value: ...) or use fieldFn.");
		write->value_column = need_column(write, schema, flux_text_from_cstring("_value"),
										  "table has no _value column",
										  "For pivoted tables use fieldFn, or wideTo().");
		if (schema->types[write->field_column] != FLUX_COLUMN_STRING)
			flux_operator_raise(&write->base, ERRCODE_DATATYPE_MISMATCH,
								"column \"_field\" is of type %s, not string",
								flux_column_type_name(schema->types[write->field_column]));
	}
}

static void
to_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	WriteOperator *write = (WriteOperator *) op;
	MemoryContext previous = MemoryContextSwitchTo(op->table_context);

	find_columns(write, head->schema);
	write->tag_columns = palloc(head->schema->count * sizeof(int));
	write->tags = palloc(head->schema->count * sizeof(FluxTag));
	write->tag_column_count = 0;
	for (int i = 0; i < head->schema->count; i++)
		if (is_tag_column(write, head->schema, i))
			write->tag_columns[write->tag_column_count++] = i;
	MemoryContextSwitchTo(previous);
	if (write->field_function != NULL)
		flux_row_function_bind(write->field_function, head);
	flux_emit_begin_table(op, head);
}

/* ---- rows to points ---- */

/* Fills write->tags from a row; returns how many have a value. */
static int
row_tags(WriteOperator *write, const FluxBatch *batch, int row)
{
	int count = 0;

	for (int i = 0; i < write->tag_column_count; i++)
	{
		int index = write->tag_columns[i];
		const FluxColumn *column = &batch->columns[index];

		if (flux_column_is_null(column, row) || flux_string_at(column, row).size == 0)
			continue;
		write->tags[count].key = batch->head->schema->labels[index];
		write->tags[count].value = flux_string_at(column, row);
		count++;
	}
	return count;
}

/* Fields of one row, from _field/_value or fieldFn's record. */
static int
row_fields(WriteOperator *write, const FluxBatch *batch, int row, const FluxValue *records,
		   FluxFieldValue **fields)
{
	const FluxRecord *record;
	int count = 0;

	if (records == NULL)
	{
		const FluxColumn *name = &batch->columns[write->field_column];

		*fields = palloc(sizeof(FluxFieldValue));
		if (flux_column_is_null(name, row))
			return 0;
		return flux_field_from_value(
			&write->base, *fields, flux_string_at(name, row),
			flux_value_from_column(&batch->columns[write->value_column], row));
	}
	if (records[row].kind != FLUX_KIND_RECORD)
		flux_operator_raise(&write->base, ERRCODE_DATATYPE_MISMATCH,
							"fieldFn must return a record, not %s",
							flux_kind_name(records[row].kind));
	record = records[row].as.record;
	*fields = palloc(Max(record->count, 1) * sizeof(FluxFieldValue));
	for (int i = 0; i < record->count; i++)
		count += flux_field_from_value(&write->base, &(*fields)[count], record->keys[i],
									   record->values[i]);
	return count;
}

static void
write_rows(WriteOperator *write, const FluxBatch *batch)
{
	const FluxColumn *times = &batch->columns[write->time_column];
	const FluxColumn *measurements = &batch->columns[write->measurement_column];
	FluxValue *records = NULL;

	if (write->field_function != NULL)
	{
		records = palloc(batch->row_count * sizeof(FluxValue));
		flux_row_function_values(write->field_function, batch, records);
	}
	for (int row = 0; row < batch->row_count; row++)
	{
		FluxPoint point = {0};
		FluxFieldValue *fields;

		point.field_count = row_fields(write, batch, row, records, &fields);
		if (point.field_count == 0)
			continue;
		if (flux_column_is_null(measurements, row) || flux_string_at(measurements, row).size == 0)
			flux_operator_raise(&write->base, ERRCODE_NULL_VALUE_NOT_ALLOWED,
								"a row has no measurement");
		point.measurement = flux_string_at(measurements, row);
		point.tags = write->tags;
		point.tag_count = row_tags(write, batch, row);
		point.fields = fields;
		point.time_ns = times->values.times[flux_column_index(times, row)];
		flux_point_sink_add(write->sink, &point);
	}
}

/* Is the batch one series and one field, with plain numbers to write? */
static bool
is_one_series(const WriteOperator *write, const FluxBatch *batch)
{
	const FluxColumn *values;

	if (write->field_function != NULL || !batch->columns[write->field_column].is_constant ||
		!batch->columns[write->measurement_column].is_constant ||
		batch->columns[write->time_column].is_constant ||
		flux_column_is_null(&batch->columns[write->field_column], 0) ||
		flux_column_is_null(&batch->columns[write->measurement_column], 0))
		return false;
	for (int i = 0; i < write->tag_column_count; i++)
		if (!batch->columns[write->tag_columns[i]].is_constant)
			return false;
	values = &batch->columns[write->value_column];
	return !values->is_constant && values->type != FLUX_COLUMN_TIME;
}

/* Rows whose value can be stored; NULL when that is all of them. */
static int32 *
storable_rows(const FluxColumn *values, int row_count, int *count)
{
	int32 *rows = palloc(row_count * sizeof(int32));

	*count = 0;
	for (int i = 0; i < row_count; i++)
	{
		if (values->nulls != NULL && values->nulls[i])
			continue;
		if (values->type == FLUX_COLUMN_FLOAT && !isfinite(values->values.floats[i]))
			continue;
		rows[(*count)++] = i;
	}
	return *count == row_count ? NULL : rows;
}

static void
write_series(WriteOperator *write, const FluxBatch *batch)
{
	FluxColumn times = batch->columns[write->time_column];
	FluxColumn values = batch->columns[write->value_column];
	int tag_count = row_tags(write, batch, 0);
	int count;
	int32 *rows = storable_rows(&values, batch->row_count, &count);
	FluxText measurement = flux_string_at(&batch->columns[write->measurement_column], 0);
	FluxText field = flux_string_at(&batch->columns[write->field_column], 0);

	if (count == 0)
		return;
	if (field.size == 0)
		flux_operator_raise(&write->base, ERRCODE_INVALID_PARAMETER_VALUE,
							"all fields must have non-empty names");
	if (rows != NULL)
	{
		times = flux_column_gather(&times, rows, count);
		values = flux_column_gather(&values, rows, count);
	}
	values.nulls = NULL;
	flux_writer_add_column(write->sink->writer, measurement, write->tags, tag_count, field,
						   times.values.times, &values, count);
}

static void
to_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	WriteOperator *write = (WriteOperator *) op;
	MemoryContext previous = MemoryContextSwitchTo(op->batch_context);
	FluxBatch kept = flux_batch_with_times(batch, write->time_column);

	if (kept.row_count > 0)
	{
		if (op->exec->capture_write != NULL)
			op->exec->capture_write(op->exec, write->sink->name, &kept);
		else if (write->sink->writer != NULL && is_one_series(write, &kept))
			write_series(write, &kept);
		else
			write_rows(write, &kept);
		flux_emit_batch(op, &kept);
	}
	MemoryContextSwitchTo(previous);
}

static void
to_end_table(FluxOperator *op, int port)
{
	flux_emit_end_table(op);
}

static void
to_finish(FluxOperator *op, int port)
{
	WriteOperator *write = (WriteOperator *) op;

	flux_point_sink_finish(write->sink);
	flux_emit_finish(op);
}

static const FluxOperatorOps to_ops = {.state_size = sizeof(WriteOperator),
									   .begin = to_begin,
									   .begin_table = to_begin_table,
									   .process = to_process,
									   .end_table = to_end_table,
									   .finish = to_finish};

const FluxPlanClass flux_plan_to = {
	.name = "to", .kind = FLUX_PLAN_TO, .plan = to_plan, .explain = to_explain, .ops = &to_ops};
