/*
 * std_events.c
 *		contrib/tomhollingworth/events: how long each event lasts.
 *
 * A row lasts until the row after it, so the last one of a batch waits, copied,
 * for the next batch; the last one of the table lasts until "stop".
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "execute/operator_util.h"
#include "stdlib/registry.h"

typedef struct DurationSpec
{
	double unit_ns;
	FluxText time_column;
	FluxText stop_column;
	FluxText result_column;
	bool has_stop;
	int64 stop_ns; /* instead of the stop column */
} DurationSpec;

typedef struct DurationOperator
{
	FluxOperator op;
	const DurationSpec *spec;
	const FluxTableHead *head; /* with the column added */
	int time_column;
	int stop_column; /* -1 if the spec has the time */
	int result_column;
	FluxColumn *waiting; /* the row whose end is not known yet, or NULL */
	MemoryContext waiting_context;
} DurationOperator;

static void
duration_plan(FluxCall *call, FluxPlanNode *node)
{
	DurationSpec *spec = flux_spec_create(DurationSpec);
	int64 unit_ns = flux_duration_to_ns(flux_call_duration_or(call, "unit", flux_duration(0, 1)));

	if (unit_ns <= 0)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "unit must be greater than zero");
	spec->unit_ns = (double) unit_ns;
	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	spec->stop_column = flux_call_string_or(call, "stopColumn", "_stop");
	spec->result_column = flux_call_string_or(call, "columnName", "duration");
	spec->has_stop = flux_call_find(call, "stop") != NULL;
	if (spec->has_stop)
		spec->stop_ns = flux_call_instant(call, "stop");
	node->spec = spec;
}

static void
duration_begin(FluxOperator *op)
{
	DurationOperator *self = (DurationOperator *) op;

	self->spec = op->node->spec;
	self->waiting_context =
		AllocSetContextCreate(op->state_context, "flux waiting row", ALLOCSET_SMALL_SIZES);
}

/* Position of a column that must be there and of type time. */
static int
find_time_column(const FluxOperator *op, const FluxSchema *schema, FluxText label)
{
	int position = flux_operator_column(op, schema, label);

	if (schema->types[position] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "column \"%s\" is not of type time",
							flux_text_to_cstring(label));
	return position;
}

static void
duration_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	DurationOperator *self = (DurationOperator *) op;
	const DurationSpec *spec = self->spec;

	self->waiting = NULL;
	self->time_column = find_time_column(op, head->schema, spec->time_column);
	self->stop_column = spec->has_stop ? -1 : find_time_column(op, head->schema, spec->stop_column);
	self->head =
		flux_table_head_create(head->key, flux_schema_with(head->schema, spec->result_column,
														   FLUX_COLUMN_INT, &self->result_column));
	flux_emit_begin_table(op, self->head);
}

static int64
time_at(const DurationOperator *self, const FluxColumn *columns, int position, int row)
{
	const FluxColumn *column = &columns[position];

	if (flux_column_is_null(column, row))
		flux_operator_raise(&self->op, ERRCODE_NULL_VALUE_NOT_ALLOWED,
							"events.duration found null time in column \"%s\"",
							flux_text_to_cstring(self->head->schema->labels[position]));
	return column->values.times[flux_column_index(column, row)];
}

/* In doubles, as elapsed. */
static int64
units_between(const DurationOperator *self, int64 from_ns, int64 to_ns)
{
	return (int64) (((double) to_ns - (double) from_ns) / self->spec->unit_ns);
}

static void
emit_with_durations(DurationOperator *self, const FluxColumn *in, int64 *durations, int row_count)
{
	const FluxSchema *schema = self->head->schema;
	FluxColumn *columns = palloc(schema->count * sizeof(FluxColumn));

	for (int i = 0; i < schema->count; i++)
	{
		if (i != self->result_column)
			columns[i] = in[i];
	}
	columns[self->result_column] = (FluxColumn){.type = FLUX_COLUMN_INT, .values.ints = durations};
	flux_emit_columns(&self->op, self->head, columns, row_count);
}

/* The waiting row ends at a time. */
static void
emit_waiting(DurationOperator *self, int64 end_ns)
{
	int64 duration =
		units_between(self, time_at(self, self->waiting, self->time_column, 0), end_ns);

	emit_with_durations(self, self->waiting, &duration, 1);
	self->waiting = NULL;
}

static void
duration_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	DurationOperator *self = (DurationOperator *) op;
	int64 *durations = palloc(Max(batch->row_count, 1) * sizeof(int64));
	MemoryContext old;
	int64 time;

	if (batch->row_count == 0)
		return;
	time = time_at(self, batch->columns, self->time_column, 0);
	if (self->waiting != NULL)
		emit_waiting(self, time);
	for (int row = 1; row < batch->row_count; row++)
	{
		int64 next = time_at(self, batch->columns, self->time_column, row);

		durations[row - 1] = units_between(self, time, next);
		time = next;
	}
	emit_with_durations(self, batch->columns, durations, batch->row_count - 1);

	MemoryContextReset(self->waiting_context);
	old = MemoryContextSwitchTo(self->waiting_context);
	self->waiting = flux_batch_copy_row(batch, batch->row_count - 1);
	MemoryContextSwitchTo(old);
}

static void
duration_end_table(FluxOperator *op, int port)
{
	DurationOperator *self = (DurationOperator *) op;

	if (self->waiting != NULL)
		emit_waiting(self, self->stop_column < 0
							   ? self->spec->stop_ns
							   : time_at(self, self->waiting, self->stop_column, 0));
	flux_emit_end_table(op);
}

static const FluxOperatorOps duration_ops = {
	.state_size = sizeof(DurationOperator),
	.begin = duration_begin,
	.begin_table = duration_begin_table,
	.process = duration_process,
	.end_table = duration_end_table,
};

static const FluxPlanClass flux_plan_event_duration = {
	.name = "events.duration",
	.plan = duration_plan,
	.ops = &duration_ops,
	.keeps_bounds = flux_plan_keeps_bounds,
};

static const FluxBuiltin builtins[] = {
	{"contrib/tomhollingworth/events", "duration", FLUX_BUILTIN_TRANSFORM,
	 .plan_class = &flux_plan_event_duration},
};

void
flux_std_events_register(void)
{
	FLUX_REGISTER(builtins);
}
