/*
 * op_generate.c
 *		generate.from: a table of times and computed values.
 *
 * "count" rows, evenly spaced from start towards stop; _value is fn(n: row).  The key
 * is empty.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

typedef struct GenerateSpec
{
	int64		count;
	FluxBounds	bounds;
	const FluxFunction *function;
} GenerateSpec;

typedef struct GenerateOperator
{
	FluxOperator op;
	FluxTableHead *head;
	int64		next_row;
} GenerateOperator;

static void
generate_plan(FluxCall *call, FluxPlanNode *node)
{
	GenerateSpec *spec = flux_spec_create(GenerateSpec);

	spec->count = flux_call_int(call, "count");
	spec->bounds.start_ns = flux_call_instant(call, "start");
	spec->bounds.stop_ns = flux_call_instant(call, "stop");
	spec->function = flux_call_function(call, "fn");
	node->spec = spec;
	node->has_bounds = true;
	node->bounds = spec->bounds;
}

static void
generate_begin(FluxOperator *op)
{
	GenerateOperator *self = (GenerateOperator *) op;
	FluxSchema *schema = flux_schema_create(2);

	flux_schema_add(schema, flux_text_from_cstring("_time"), FLUX_COLUMN_TIME);
	flux_schema_add(schema, flux_text_from_cstring("_value"), FLUX_COLUMN_INT);
	self->head = flux_table_head_create(flux_group_key_create(NULL, NULL, 0), schema);
}

static bool
generate_produce(FluxOperator *op)
{
	GenerateOperator *self = (GenerateOperator *) op;
	const GenerateSpec *spec = op->node->spec;
	int			count = (int) Min(spec->count - self->next_row, FLUX_BATCH_ROWS);
	int64		step = spec->count > 0
		? (spec->bounds.stop_ns - spec->bounds.start_ns) / spec->count : 0;
	FluxColumn *columns = flux_columns_of_key(self->head);
	int64	   *times = palloc(FLUX_BATCH_ROWS * sizeof(int64));
	int64	   *values = palloc(FLUX_BATCH_ROWS * sizeof(int64));

	if (self->next_row == 0)
		flux_emit_begin_table(op, self->head);
	for (int i = 0; i < count; i++)
	{
		FluxValue	value = flux_operator_call1(op, spec->function, "n",
												flux_value_int(self->next_row + i));

		if (value.kind != FLUX_KIND_INT || value.is_null)
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"generate.from: fn must return an int, not %s",
								flux_kind_name(value.kind));
		times[i] = spec->bounds.start_ns + step * (self->next_row + i);
		values[i] = value.as.integer;
	}
	columns[0].values.times = times;
	columns[1].values.ints = values;
	if (count > 0)
		flux_emit_columns(op, self->head, columns, count);
	self->next_row += Max(count, 0);
	if (self->next_row < spec->count)
		return true;
	flux_emit_end_table(op);
	return false;
}

static const FluxOperatorOps generate_ops = {
	.state_size = sizeof(GenerateOperator),
	.begin = generate_begin,
	.produce = generate_produce
};

const FluxPlanClass flux_plan_generate_from = {
	.name = "generate.from",
	.plan = generate_plan,
	.ops = &generate_ops
};
