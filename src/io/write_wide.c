/*
 * write_wide.c
 *		wideTo(), also known as experimental.to(): writes pivoted tables, one
 *		point a row, one field a column, and passes the rows on.
 *
 * The measurement and the tags come from the group key; every column outside
 * it but _time is a field.  Rows without a time are neither written nor passed
 * on (InfluxDB would write them at 1970-01-01).
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "execute/exec_run.h"
#include "io/io_classes.h"
#include "io/write_point.h"

typedef struct WideOperator
{
	FluxOperator base;
	FluxPointSink *sink;

	/* of the current table */
	FluxText measurement;
	FluxTag *tags;
	int tag_count;
	int time_column;
	int *field_columns;
	int field_column_count;
} WideOperator;

static void
wide_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxFromSpec *spec = palloc0(sizeof(FluxFromSpec));

	flux_io_target_arguments(call, spec);
	flux_io_check_token(call, spec);
	node->spec = spec;
}

static void
wide_explain(const FluxPlanNode *node, StringInfo out)
{
	flux_io_target_explain(node->spec, out);
}

static void
wide_begin(FluxOperator *op)
{
	WideOperator *wide = (WideOperator *) op;

	wide->sink = flux_point_sink_create(op, op->node->spec);
}

/* Is it a column that carries neither a tag nor a field? */
static bool
is_bounds_column(FluxText label)
{
	return flux_text_equal_cstring(label, "_start") || flux_text_equal_cstring(label, "_stop");
}

/* Measurement and tags from the group key. */
static void
take_key(WideOperator *wide, const FluxGroupKey *key)
{
	int measurement = flux_group_key_find(key, flux_text_from_cstring("_measurement"));

	if (measurement < 0 || key->values[measurement].kind != FLUX_KIND_STRING ||
		key->values[measurement].is_null)
		flux_operator_raise_hint(&wide->base, ERRCODE_UNDEFINED_COLUMN,
								 "wideTo() takes the measurement from the group key.",
								 "required column \"_measurement\" not in group key");
	if (flux_group_key_find(key, flux_text_from_cstring("_field")) >= 0)
		flux_operator_raise_hint(&wide->base, ERRCODE_INVALID_PARAMETER_VALUE,
								 "Use to(), or pivot() first.",
								 "found column \"_field\" in the group key; wideTo() expects "
								 "pivoted data");
	wide->measurement = key->values[measurement].as.string;
	wide->tags = palloc(key->count * sizeof(FluxTag));
	wide->tag_count = 0;
	for (int i = 0; i < key->count; i++)
	{
		FluxValue value = key->values[i];

		if (i == measurement || is_bounds_column(key->labels[i]))
			continue;
		if (value.kind != FLUX_KIND_STRING)
			flux_operator_raise(&wide->base, ERRCODE_DATATYPE_MISMATCH,
								"group key column \"%.*s\" is of type %s; tags are strings",
								key->labels[i].size, key->labels[i].data,
								flux_kind_name(value.kind));
		if (value.is_null || value.as.string.size == 0)
			continue;
		wide->tags[wide->tag_count].key = key->labels[i];
		wide->tags[wide->tag_count].value = value.as.string;
		wide->tag_count++;
	}
}

static void
wide_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	WideOperator *wide = (WideOperator *) op;
	MemoryContext previous = MemoryContextSwitchTo(op->table_context);
	FluxGroupKey *key = flux_group_key_copy(head->key);

	take_key(wide, key);
	wide->time_column = flux_schema_find(head->schema, flux_text_from_cstring("_time"));
	if (wide->time_column < 0 || head->schema->types[wide->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_UNDEFINED_COLUMN,
							"input table is missing required column \"_time\"");
	wide->field_columns = palloc((head->schema->count + 1) * sizeof(int));
	wide->field_column_count = 0;
	for (int i = 0; i < head->schema->count; i++)
		if (i != wide->time_column && !is_bounds_column(head->schema->labels[i]) &&
			flux_group_key_find(key, head->schema->labels[i]) < 0)
			wide->field_columns[wide->field_column_count++] = i;
	MemoryContextSwitchTo(previous);
	flux_emit_begin_table(op, head);
}

static void
write_wide_rows(WideOperator *wide, const FluxBatch *batch)
{
	const FluxColumn *times = &batch->columns[wide->time_column];
	FluxFieldValue *fields = palloc((wide->field_column_count + 1) * sizeof(FluxFieldValue));

	for (int row = 0; row < batch->row_count; row++)
	{
		FluxPoint point = {.measurement = wide->measurement,
						   .tags = wide->tags,
						   .tag_count = wide->tag_count,
						   .fields = fields};

		for (int i = 0; i < wide->field_column_count; i++)
		{
			int column = wide->field_columns[i];

			point.field_count += flux_field_from_value(
				&wide->base, &fields[point.field_count], batch->head->schema->labels[column],
				flux_value_from_column(&batch->columns[column], row));
		}
		point.time_ns = times->values.times[flux_column_index(times, row)];
		if (point.field_count > 0)
			flux_point_sink_add(wide->sink, &point);
	}
}

static void
wide_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	WideOperator *wide = (WideOperator *) op;
	MemoryContext previous = MemoryContextSwitchTo(op->batch_context);
	FluxBatch kept = flux_batch_with_times(batch, wide->time_column);

	if (kept.row_count > 0)
	{
		if (op->exec->capture_write != NULL)
			op->exec->capture_write(op->exec, wide->sink->name, &kept);
		else
			write_wide_rows(wide, &kept);
		flux_emit_batch(op, &kept);
	}
	MemoryContextSwitchTo(previous);
}

static void
wide_end_table(FluxOperator *op, int port)
{
	flux_emit_end_table(op);
}

static void
wide_finish(FluxOperator *op, int port)
{
	WideOperator *wide = (WideOperator *) op;

	flux_point_sink_finish(wide->sink);
	flux_emit_finish(op);
}

static const FluxOperatorOps wide_ops = {.state_size = sizeof(WideOperator),
										 .begin = wide_begin,
										 .begin_table = wide_begin_table,
										 .process = wide_process,
										 .end_table = wide_end_table,
										 .finish = wide_finish};

const FluxPlanClass flux_plan_wide_to = {
	.name = "wideTo", .plan = wide_plan, .explain = wide_explain, .ops = &wide_ops};
