/*
 * op_time.c
 *		timeShift, truncateTimeColumn, hourSelection: operators on times.
 */
#include "postgres.h"

#include "execute/operator_util.h"
#include "execute/plan_classes.h"

/* ---- timeShift and truncateTimeColumn: times replaced by a function of them ---- */

typedef struct TimeSpec
{
	FluxTimeShiftSpec shift; /* first: planning rules look into it */
	bool is_truncate;
	FluxWindowGrid grid; /* truncate */
} TimeSpec;

typedef struct TimeOperator
{
	FluxOperator op;
	FluxTableSet *set; /* tables whose key changes, when that can merge them */
	FluxTableBuffer *target;
	const FluxTableHead *out_head;
	bool *is_listed; /* per column */
} TimeOperator;

static void
time_shift_plan(FluxCall *call, FluxPlanNode *node)
{
	TimeSpec *spec = flux_spec_create(TimeSpec);
	static const char *const defaults[] = {"_start", "_stop", "_time"};

	spec->shift.duration = flux_call_duration(call, "duration");
	spec->shift.columns = flux_call_strings_or(call, "columns", NULL, &spec->shift.column_count);
	if (flux_call_find(call, "columns") == NULL)
	{
		FluxText *columns = palloc(sizeof(FluxText) * lengthof(defaults));

		for (int i = 0; i < lengthof(defaults); i++)
			columns[i] = flux_text_from_cstring(defaults[i]);
		spec->shift.columns = columns;
		spec->shift.column_count = lengthof(defaults);
	}
	node->spec = spec;
}

static void
time_shift_explain(const FluxPlanNode *node, StringInfo out)
{
	const TimeSpec *spec = node->spec;

	appendStringInfo(out, "duration: %s, ", flux_duration_format(spec->shift.duration));
	flux_explain_columns(out, spec->shift.columns, spec->shift.column_count);
}

/* Always reads and writes _time, whatever timeColumn says, as in InfluxDB. */
static void
truncate_plan(FluxCall *call, FluxPlanNode *node)
{
	TimeSpec *spec = flux_spec_create(TimeSpec);
	FluxText *column = palloc(sizeof(FluxText));
	FluxDuration unit = flux_call_duration(call, "unit");
	const char *problem = flux_grid_init(&spec->grid, unit, unit, flux_duration(0, 0),
										 flux_call_location(call, "location"));

	if (problem != NULL)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "%s", problem);
	*column = flux_text_from_cstring("_time");
	spec->shift.columns = column;
	spec->shift.column_count = 1;
	spec->is_truncate = true;
	node->spec = spec;
}

static void
time_begin(FluxOperator *op)
{
	((TimeOperator *) op)->set = flux_table_set_create(op);
}

static int64
changed_time(const TimeSpec *spec, int64 time)
{
	if (spec->is_truncate)
		return flux_grid_window(&spec->grid, flux_grid_index(&spec->grid, time)).start_ns;
	return flux_time_add(time, spec->shift.duration);
}

static void
time_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	TimeOperator *self = (TimeOperator *) op;
	const TimeSpec *spec = op->node->spec;
	const FluxGroupKey *key = head->key;

	self->is_listed = palloc0(Max(head->schema->count, 1) * sizeof(bool));
	for (int i = 0; i < head->schema->count; i++)
	{
		FluxText label = head->schema->labels[i];
		int in_key = flux_group_key_find(head->key, label);

		self->is_listed[i] =
			flux_texts_contain(spec->shift.columns, spec->shift.column_count, label);
		if (!self->is_listed[i])
			continue;
		if (head->schema->types[i] != FLUX_COLUMN_TIME)
			flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH,
								"column \"%.*s\" is not of type time", label.size, label.data);
		if (in_key >= 0 && !key->values[in_key].is_null)
			key = flux_group_key_with(
				key, label, flux_value_time(changed_time(spec, key->values[in_key].as.time_ns)));
	}
	if (spec->is_truncate && flux_schema_find(head->schema, spec->shift.columns[0]) < 0)
		flux_operator_column(op, head->schema, spec->shift.columns[0]);
	self->out_head = flux_table_head_create(key, head->schema);
	self->target = NULL;
	/* shifted keys stay apart; truncated ones may meet */
	if (spec->is_truncate && !flux_group_key_equal(key, head->key))
		self->target = flux_table_set_get(self->set, self->out_head);
	else
		flux_emit_begin_table(op, self->out_head);
}

static FluxColumn
changed_column(const TimeSpec *spec, const FluxColumn *column, int row_count)
{
	int count = column->is_constant ? 1 : row_count;
	int64 *times = palloc(Max(count, 1) * sizeof(int64));
	FluxColumn changed = *column;

	for (int row = 0; row < count; row++)
	{
		bool is_null = column->nulls != NULL && column->nulls[row];

		times[row] = is_null ? 0 : changed_time(spec, column->values.times[row]);
	}
	changed.values.times = times;
	return changed;
}

static void
time_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	TimeOperator *self = (TimeOperator *) op;
	const TimeSpec *spec = op->node->spec;
	int column_count = batch->head->schema->count;
	FluxColumn *columns = palloc(Max(column_count, 1) * sizeof(FluxColumn));
	FluxBatch out = {.head = self->out_head, .row_count = batch->row_count, .columns = columns};

	for (int i = 0; i < column_count; i++)
		columns[i] = self->is_listed[i] ? changed_column(spec, &batch->columns[i], batch->row_count)
										: batch->columns[i];
	if (self->target != NULL)
		flux_table_buffer_append(self->target, &out);
	else
		flux_emit_batch(op, &out);
}

static void
time_end_table(FluxOperator *op, int port)
{
	if (((TimeOperator *) op)->target == NULL)
		flux_emit_end_table(op);
}

static void
time_finish(FluxOperator *op, int port)
{
	flux_table_set_emit(((TimeOperator *) op)->set, op, true);
	flux_emit_finish(op);
}

static const FluxOperatorOps time_ops = {.state_size = sizeof(TimeOperator),
										 .begin = time_begin,
										 .begin_table = time_begin_table,
										 .process = time_process,
										 .end_table = time_end_table,
										 .finish = time_finish};

const FluxPlanClass flux_plan_time_shift = {.name = "timeShift",
											.kind = FLUX_PLAN_TIME_SHIFT,
											.plan = time_shift_plan,
											.explain = time_shift_explain,
											.ops = &time_ops};

const FluxPlanClass flux_plan_truncate_time_column = {.name = "truncateTimeColumn",
													  .plan = truncate_plan,
													  .ops = &time_ops,
													  .keeps_bounds = flux_plan_keeps_bounds};

/* ---- hourSelection ---- */

typedef struct HourSpec
{
	int64 start; /* 0..23, inclusive */
	int64 stop;  /* 0..23, inclusive */
	FluxText time_column;
	FluxLocation location;
} HourSpec;

typedef struct HourOperator
{
	FluxOperator op;
	const FluxTableHead *head;
	int time_column;
	int32 rows[FLUX_BATCH_ROWS];
} HourOperator;

static void
hour_selection_plan(FluxCall *call, FluxPlanNode *node)
{
	HourSpec *spec = flux_spec_create(HourSpec);

	spec->start = flux_call_int(call, "start");
	spec->stop = flux_call_int(call, "stop");
	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	spec->location = flux_call_location(call, "location");
	if (spec->start < 0 || spec->start > 23)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "start must be between 0 and 23");
	if (spec->stop < 0 || spec->stop > 23)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "stop must be between 0 and 23");
	node->spec = spec;
}

static void
hour_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	HourOperator *self = (HourOperator *) op;

	self->head = head;
	self->time_column =
		flux_schema_find(head->schema, ((const HourSpec *) op->node->spec)->time_column);
	if (self->time_column < 0 || head->schema->types[self->time_column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_UNDEFINED_COLUMN, "invalid time column");
	flux_emit_begin_table(op, head);
}

static void
hour_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	HourOperator *self = (HourOperator *) op;
	const HourSpec *spec = op->node->spec;
	const FluxColumn *times = &batch->columns[self->time_column];
	int count = 0;

	for (int row = 0; row < batch->row_count; row++)
	{
		int64 local;
		int64 in_day;
		int hour;
		bool is_inside;

		if (flux_column_is_null(times, row))
			continue;
		local =
			flux_time_to_local(times->values.times[flux_column_index(times, row)], &spec->location);
		in_day = local % FLUX_NS_PER_DAY;
		if (in_day < 0)
			in_day += FLUX_NS_PER_DAY;
		hour = (int) (in_day / FLUX_NS_PER_HOUR);
		if (spec->start <= spec->stop)
			is_inside = hour >= spec->start && hour <= spec->stop;
		else
			is_inside = hour >= spec->start || hour <= spec->stop;
		if (is_inside)
			self->rows[count++] = row;
	}
	flux_emit_rows(op, self->head, batch, self->rows, count);
}

static const FluxOperatorOps hour_ops = {.state_size = sizeof(HourOperator),
										 .begin_table = hour_begin_table,
										 .process = hour_process,
										 .end_table = flux_pass_end_table};

const FluxPlanClass flux_plan_hour_selection = {.name = "hourSelection",
												.plan = hour_selection_plan,
												.ops = &hour_ops,
												.keeps_bounds = flux_plan_keeps_bounds};
