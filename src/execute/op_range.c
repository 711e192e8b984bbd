/*
 * op_range.c
 *		range: rows between two instants, and the bounds that windows clip to.
 *
 * Adds _start and _stop to columns and key, in front, or overwrites them where
 * they are.  A table that already had both in its key and overlaps the new
 * bounds gets the intersection.
 */
#include "postgres.h"

#include "base/diagnostic.h"
#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct RangeOperator
{
	FluxOperator op;
	const FluxTableHead *out_head;
	FluxBounds bounds; /* of the current table's _start and _stop */
	FluxColumn start_column;
	FluxColumn stop_column;
	int time_column; /* in the input */
	int start_in;    /* in the input, or -1 */
	int stop_in;
	int lead; /* columns put in front: 0, 1 or 2 */
	int start_out;
	int stop_out;
	int32 rows[FLUX_BATCH_ROWS];
} RangeOperator;

static FluxText
label_start(void)
{
	return flux_text_from_cstring("_start");
}

static FluxText
label_stop(void)
{
	return flux_text_from_cstring("_stop");
}

static void
range_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxRangeSpec *spec = flux_spec_create(FluxRangeSpec);

	spec->bounds.start_ns = flux_call_instant(call, "start");
	spec->bounds.stop_ns = flux_call_instant_or(call, "stop", flux_evaluator_now(call->evaluator));
	if (spec->bounds.start_ns >= spec->bounds.stop_ns)
		flux_raise_full(ERRCODE_INVALID_PARAMETER_VALUE, call->source, call->span, NULL,
						"The start of a range must lie before its stop.",
						"cannot query an empty range");
	node->spec = spec;
}

static void
range_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxRangeSpec *spec = node->spec;
	char start[FLUX_TIME_TEXT_SIZE];
	char stop[FLUX_TIME_TEXT_SIZE];
	int start_size = flux_time_format(spec->bounds.start_ns, false, start);
	int stop_size = flux_time_format(spec->bounds.stop_ns, false, stop);

	appendStringInfo(out, "start: %.*s, stop: %.*s", start_size, start, stop_size, stop);
}

/* What _start and _stop of this table become. */
static FluxBounds
table_bounds(FluxBounds bounds, const FluxGroupKey *key)
{
	int start = flux_group_key_find(key, label_start());
	int stop = flux_group_key_find(key, label_stop());
	FluxBounds old;

	if (start < 0 || stop < 0 || key->values[start].is_null || key->values[stop].is_null ||
		key->values[start].kind != FLUX_KIND_TIME || key->values[stop].kind != FLUX_KIND_TIME)
		return bounds;
	old.start_ns = key->values[start].as.time_ns;
	old.stop_ns = key->values[stop].as.time_ns;
	old = flux_bounds_intersect(old, bounds);
	return old.start_ns < old.stop_ns ? old : bounds;
}

/* The key with both bounds: new ones in front, old ones overwritten. */
static FluxGroupKey *
range_key(const FluxGroupKey *key, FluxBounds bounds)
{
	FluxText *labels = palloc((key->count + 2) * sizeof(FluxText));
	FluxValue *values = palloc((key->count + 2) * sizeof(FluxValue));
	int count = 0;

	if (flux_group_key_find(key, label_start()) < 0)
	{
		labels[count] = label_start();
		values[count++] = flux_value_time(bounds.start_ns);
	}
	if (flux_group_key_find(key, label_stop()) < 0)
	{
		labels[count] = label_stop();
		values[count++] = flux_value_time(bounds.stop_ns);
	}
	for (int i = 0; i < key->count; i++)
	{
		labels[count] = key->labels[i];
		values[count] = key->values[i];
		if (flux_text_equal(labels[count], label_start()))
			values[count] = flux_value_time(bounds.start_ns);
		else if (flux_text_equal(labels[count], label_stop()))
			values[count] = flux_value_time(bounds.stop_ns);
		count++;
	}
	return flux_group_key_create(labels, values, count);
}

static void
range_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	RangeOperator *range = (RangeOperator *) op;
	const FluxSchema *in = head->schema;
	FluxSchema *schema = flux_schema_create(in->count + 2);

	range->time_column = flux_schema_find(in, flux_text_from_cstring("_time"));
	if (range->time_column < 0)
		flux_operator_raise(op, ERRCODE_UNDEFINED_COLUMN,
							"range error: supplied time column _time doesn't exist");
	if (in->types[range->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
							"range error: provided time column _time is not of type time");

	range->bounds = table_bounds(((const FluxRangeSpec *) op->node->spec)->bounds, head->key);
	range->start_column = flux_column_constant_int(FLUX_COLUMN_TIME, range->bounds.start_ns);
	range->stop_column = flux_column_constant_int(FLUX_COLUMN_TIME, range->bounds.stop_ns);
	range->start_in = flux_schema_find(in, label_start());
	range->stop_in = flux_schema_find(in, label_stop());

	if (range->start_in < 0)
		flux_schema_add(schema, label_start(), FLUX_COLUMN_TIME);
	if (range->stop_in < 0)
		flux_schema_add(schema, label_stop(), FLUX_COLUMN_TIME);
	range->lead = schema->count;
	for (int i = 0; i < in->count; i++)
		flux_schema_add(schema, in->labels[i],
						i == range->start_in || i == range->stop_in ? FLUX_COLUMN_TIME
																	: in->types[i]);
	range->start_out = flux_schema_find(schema, label_start());
	range->stop_out = flux_schema_find(schema, label_stop());
	range->out_head = flux_table_head_create(range_key(head->key, range->bounds), schema);
	flux_emit_begin_table(op, range->out_head);
}

static void
range_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	RangeOperator *range = (RangeOperator *) op;
	const FluxBounds *bounds = &((const FluxRangeSpec *) op->node->spec)->bounds;
	const FluxColumn *times = &batch->columns[range->time_column];
	int column_count = range->out_head->schema->count;
	FluxColumn *columns = palloc(column_count * sizeof(FluxColumn));
	FluxBatch out = {.head = range->out_head, .row_count = batch->row_count, .columns = columns};
	int count = 0;

	for (int row = 0; row < batch->row_count; row++)
	{
		int64 time = times->values.times[flux_column_index(times, row)];

		if (time >= bounds->start_ns && time < bounds->stop_ns && !flux_column_is_null(times, row))
			range->rows[count++] = row;
	}
	for (int i = range->lead; i < column_count; i++)
		columns[i] = batch->columns[i - range->lead];
	columns[range->start_out] = range->start_column;
	columns[range->stop_out] = range->stop_column;
	flux_emit_rows(op, range->out_head, &out, range->rows, count);
}

static const FluxOperatorOps range_ops = {.state_size = sizeof(RangeOperator),
										  .begin_table = range_begin_table,
										  .process = range_process,
										  .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_range = {.name = "range",
									   .kind = FLUX_PLAN_RANGE,
									   .plan = range_plan,
									   .explain = range_explain,
									   .ops = &range_ops};
