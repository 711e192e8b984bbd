/*
 * op_state.c
 *		stateTracking: how many rows, and for how long, a predicate has held.
 *
 * stateCount and stateDuration are its two halves.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"
#include "execute/row_function.h"

typedef struct StateSpec
{
	const FluxFunction *function;
	FluxText count_column;    /* empty: none */
	FluxText duration_column; /* empty: none */
	FluxText time_column;
	int64 unit_ns;
} StateSpec;

typedef struct StateOperator
{
	FluxOperator op;
	FluxRowFunction *function;
	const FluxTableHead *out_head;
	int time_column;
	int count_column; /* in the output, -1: none */
	int duration_column;
	int64 count; /* rows of the current state, 0: not in it */
	int64 since; /* its first row's time */
	bool has_time;
	int64 previous_time;
	int32 rows[FLUX_BATCH_ROWS];
} StateOperator;

static StateSpec *
plan_state(FluxCall *call, FluxPlanNode *node, const char *unit_name)
{
	StateSpec *spec = flux_spec_create(StateSpec);
	FluxDuration unit =
		flux_call_duration_or(call, unit_name, flux_duration(0, FLUX_NS_PER_SECOND));

	spec->function = flux_call_function(call, "fn");
	spec->count_column = flux_text("", 0);
	spec->duration_column = flux_text("", 0);
	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	spec->unit_ns = flux_duration_to_ns(unit);
	if (spec->unit_ns <= 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE,
						"state tracking duration unit must be greater than zero");
	node->spec = spec;
	return spec;
}

static void
state_tracking_plan(FluxCall *call, FluxPlanNode *node)
{
	StateSpec *spec = plan_state(call, node, "durationUnit");

	spec->count_column = flux_call_string_or(call, "countColumn", "");
	spec->duration_column = flux_call_string_or(call, "durationColumn", "");
}

static void
state_count_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_state(call, node, "unit")->count_column =
		flux_call_string_or(call, "column", "stateCount");
}

static void
state_duration_plan(FluxCall *call, FluxPlanNode *node)
{
	plan_state(call, node, "unit")->duration_column =
		flux_call_string_or(call, "column", "stateDuration");
}

static void
state_begin(FluxOperator *op)
{
	StateOperator *self = (StateOperator *) op;

	self->function =
		flux_row_function_create(op, ((const StateSpec *) op->node->spec)->function, "r");
}

static void
state_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	StateOperator *self = (StateOperator *) op;
	const StateSpec *spec = op->node->spec;
	const FluxSchema *schema = head->schema;

	flux_row_function_bind(self->function, head);
	self->time_column = flux_operator_column(op, schema, spec->time_column);
	if (spec->duration_column.size > 0 && schema->types[self->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "column \"%.*s\" is not of type time",
							spec->time_column.size, spec->time_column.data);
	self->count_column = -1;
	self->duration_column = -1;
	self->count = 0;
	self->has_time = false;
	flux_operator_check_result(op, head->key, spec->count_column);
	flux_operator_check_result(op, head->key, spec->duration_column);
	if (spec->count_column.size > 0)
		schema = flux_schema_with(schema, spec->count_column, FLUX_COLUMN_INT, &self->count_column);
	if (spec->duration_column.size > 0)
		schema = flux_schema_with(schema, spec->duration_column, FLUX_COLUMN_INT,
								  &self->duration_column);
	self->out_head = flux_table_head_create(head->key, schema);
	flux_emit_begin_table(op, self->out_head);
}

/* The time of a row, which must not be null nor before the last one. */
static int64
next_time(StateOperator *self, const FluxColumn *times, int row)
{
	int64 time = times->values.times[flux_column_index(times, row)];

	if (flux_column_is_null(times, row))
		flux_operator_raise(&self->op, ERRCODE_NULL_VALUE_NOT_ALLOWED, "got a null timestamp");
	if (self->has_time && time < self->previous_time)
		flux_operator_raise_hint(&self->op, ERRCODE_INVALID_PARAMETER_VALUE,
								 "Put sort(columns: [\"_time\"]) before it.",
								 "got an out-of-order timestamp");
	self->has_time = true;
	self->previous_time = time;
	return time;
}

static void
state_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	StateOperator *self = (StateOperator *) op;
	const StateSpec *spec = op->node->spec;
	int selected = flux_row_function_select(self->function, batch, self->rows);
	int64 *counts = palloc(Max(batch->row_count, 1) * sizeof(int64));
	int64 *durations = palloc(Max(batch->row_count, 1) * sizeof(int64));
	FluxColumn *columns = palloc(self->out_head->schema->count * sizeof(FluxColumn));
	int next = 0;

	for (int row = 0; row < batch->row_count; row++)
	{
		bool holds = next < selected && self->rows[next] == row;
		int64 time = 0;

		next += holds;
		if (self->duration_column >= 0)
			time = next_time(self, &batch->columns[self->time_column], row);
		self->count = holds ? self->count + 1 : 0;
		if (self->count == 1)
			self->since = time;
		counts[row] = holds ? self->count : -1;
		durations[row] = holds ? (time - self->since) / spec->unit_ns : -1;
	}
	memcpy(columns, batch->columns, batch->head->schema->count * sizeof(FluxColumn));
	if (self->count_column >= 0)
		columns[self->count_column] = (FluxColumn){.type = FLUX_COLUMN_INT, .values.ints = counts};
	if (self->duration_column >= 0)
		columns[self->duration_column] =
			(FluxColumn){.type = FLUX_COLUMN_INT, .values.ints = durations};
	flux_emit_columns(op, self->out_head, columns, batch->row_count);
}

static const FluxOperatorOps state_ops = {.state_size = sizeof(StateOperator),
										  .begin = state_begin,
										  .begin_table = state_begin_table,
										  .process = state_process,
										  .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_state_tracking = {.name = "stateTracking",
												.plan = state_tracking_plan,
												.ops = &state_ops,
												.keeps_bounds = flux_plan_keeps_bounds};

const FluxPlanClass flux_plan_state_count = {.name = "stateCount",
											 .plan = state_count_plan,
											 .ops = &state_ops,
											 .keeps_bounds = flux_plan_keeps_bounds};

const FluxPlanClass flux_plan_state_duration = {.name = "stateDuration",
												.plan = state_duration_plan,
												.ops = &state_ops,
												.keeps_bounds = flux_plan_keeps_bounds};
