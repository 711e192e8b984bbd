/*
 * op_window.c
 *		window: rows grouped by the time windows they lie in.
 *
 * Every window, cut to the stream's bounds, is a table: _start and _stop join
 * the key.  The windows of one input table come out in time order, one input
 * table after the other.
 *
 * Two input tables that differ only in their old _start and _stop share
 * windows, so in general nothing can go out before the end.  Where all input
 * tables are known to have the same bounds (flux_plan_has_uniform_bounds) this
 * cannot be, and each input table's windows go out at its end.
 *
 * every: inf is one window equal to the bounds, into which every row goes
 * whatever its time.  Rows with a null time lie in no window of a finite grid.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/diagnostic.h"
#include "execute/plan_classes.h"
#include "execute/window_util.h"

typedef struct WindowOperator
{
	FluxOperator op;
	FluxBounds bounds; /* of the stream */
	bool is_streaming;
	FluxTableSet *set;
	int first_table; /* in the set, of the current input table */
	const FluxTableHead *in_head;
	FluxSchema *out_schema; /* of the current table */
	int time_column;        /* in the input */
	int start_column;       /* in the output */
	int stop_column;
	FluxBounds last_window;       /* of last_buffer */
	FluxTableBuffer *last_buffer; /* window used last, or NULL */
	int32 rows[FLUX_BATCH_ROWS];
} WindowOperator;

/* ---- planning ---- */

void
flux_window_read_grid(const FluxCall *call, FluxWindowSpec *spec)
{
	FluxDuration every = flux_call_duration_or(call, "every", flux_duration(0, 0));
	FluxDuration period = flux_call_duration_or(call, "period", flux_duration(0, 0));
	FluxDuration offset = flux_call_duration_or(call, "offset", flux_duration(0, 0));
	const char *problem;

	spec->is_infinite = every.months == 0 && every.ns == PG_INT64_MAX;
	if (spec->is_infinite)
		return;
	problem =
		flux_grid_init(&spec->grid, every, period, offset, flux_call_location(call, "location"));
	if (problem != NULL)
		flux_call_raise(call, ERRCODE_INVALID_PARAMETER_VALUE, "%s", problem);
}

static void
window_plan(FluxCall *call, FluxPlanNode *node)
{
	FluxWindowSpec *spec = flux_spec_create(FluxWindowSpec);

	flux_window_read_grid(call, spec);
	spec->time_column = flux_call_string_or(call, "timeColumn", "_time");
	spec->start_column = flux_call_string_or(call, "startColumn", "_start");
	spec->stop_column = flux_call_string_or(call, "stopColumn", "_stop");
	spec->create_empty = flux_call_bool_or(call, "createEmpty", false);
	node->spec = spec;
}

static void
window_explain(const FluxPlanNode *node, StringInfo out)
{
	const FluxWindowSpec *spec = node->spec;

	if (spec->is_infinite)
		appendStringInfoString(out, "every: inf");
	else
		appendStringInfo(out, "every: %s, period: %s", flux_duration_format(spec->grid.every),
						 flux_duration_format(spec->grid.period));
	if (spec->create_empty)
		appendStringInfoString(out, ", createEmpty: true");
}

FluxBounds
flux_window_bounds(const FluxOperator *op)
{
	const FluxPlanNode *input = op->node->input_count > 0 ? op->node->inputs[0] : op->node;

	if (!input->has_bounds)
		flux_operator_raise_hint(op, ERRCODE_INVALID_PARAMETER_VALUE,
								 "Put range(start: ..., stop: ...) before it.",
								 "nil bounds passed to window; use range to set the window range");
	return input->bounds;
}

int
flux_window_time_column(const FluxOperator *op, const FluxSchema *schema, FluxText time_column)
{
	int column = flux_schema_find(schema, time_column);

	if (column < 0)
		flux_operator_raise_hint(
			op, ERRCODE_UNDEFINED_COLUMN, flux_schema_near_hint(schema, time_column),
			"missing time column \"%.*s\"", time_column.size, time_column.data);
	if (schema->types[column] != FLUX_COLUMN_TIME)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "column \"%.*s\" is not of type time",
							time_column.size, time_column.data);
	return column;
}

/* ---- windows of a time ---- */

void
flux_window_raise_too_many(const FluxOperator *op)
{
	flux_operator_raise_hint(op, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "Use a longer \"every\" or a shorter range.",
							 "more than " INT64_FORMAT " windows", FLUX_WINDOWS_MAX);
}

static void
check_window_count(const FluxOperator *op, int64 first, int64 last)
{
	if (last - first >= FLUX_WINDOWS_MAX || last - first < 0)
		flux_window_raise_too_many(op);
}

/* How many rows from "first" on have times within the stretch. */
static int
rows_within(const FluxWindowRuns *runs, int first, FluxBounds stretch)
{
	int row = first;

	for (; row < runs->total && !flux_column_is_null(runs->times, row); row++)
	{
		int64 time_ns = runs->times->values.times[flux_column_index(runs->times, row)];

		if (time_ns < stretch.start_ns || time_ns >= stretch.stop_ns)
			break;
	}
	return row - first;
}

bool
flux_window_next_run(FluxWindowRuns *runs)
{
	runs->row += runs->row_count;
	for (; runs->row < runs->total; runs->row += runs->row_count)
	{
		const FluxColumn *times = runs->times;
		FluxBounds stretch;

		runs->row_count = 1;
		if (flux_column_is_null(times, runs->row))
			continue;
		stretch =
			flux_grid_stretch(runs->grid, times->values.times[flux_column_index(times, runs->row)],
							  &runs->first, &runs->last);
		runs->row_count = rows_within(runs, runs->row, stretch);
		if (runs->first > runs->last)
			continue;
		check_window_count(runs->op, runs->first, runs->last);
		return true;
	}
	return false;
}

bool
flux_window_range(const FluxOperator *op, const FluxWindowGrid *grid, FluxBounds bounds,
				  int64 *first, int64 *last)
{
	if (!flux_grid_range(grid, bounds, first, last))
		return false;
	check_window_count(op, *first, *last);
	return true;
}

/* ---- running ---- */

static void
window_begin(FluxOperator *op)
{
	WindowOperator *window = (WindowOperator *) op;

	window->bounds = flux_window_bounds(op);
	window->is_streaming = flux_plan_has_uniform_bounds(op->node->inputs[0]);
	window->set = flux_table_set_create(op);
}

/* The head of one window of the current table. */
static FluxTableHead
window_head(WindowOperator *window, FluxBounds bounds)
{
	const FluxWindowSpec *spec = window->op.node->spec;
	FluxTableHead head = {.schema = window->out_schema};

	head.key = flux_group_key_with(window->in_head->key, spec->start_column,
								   flux_value_time(bounds.start_ns));
	head.key = flux_group_key_with(head.key, spec->stop_column, flux_value_time(bounds.stop_ns));
	return head;
}

/* The buffer of one window of the current table. */
static FluxTableBuffer *
window_buffer(WindowOperator *window, FluxBounds bounds)
{
	FluxTableHead head;

	if (window->last_buffer != NULL && bounds.start_ns == window->last_window.start_ns &&
		bounds.stop_ns == window->last_window.stop_ns)
		return window->last_buffer;
	head = window_head(window, bounds);
	window->last_buffer = flux_table_set_get(window->set, &head);
	window->last_window = bounds;
	return window->last_buffer;
}

/* With createEmpty each window that touches the bounds is a table. */
static void
create_empty_windows(WindowOperator *window)
{
	const FluxWindowSpec *spec = window->op.node->spec;
	int64 first;
	int64 last;

	if (!spec->create_empty || spec->is_infinite ||
		window->bounds.start_ns >= window->bounds.stop_ns ||
		!flux_window_range(&window->op, &spec->grid, window->bounds, &first, &last))
		return;
	for (int64 i = first; i <= last; i++)
	{
		CHECK_FOR_INTERRUPTS();
		window_buffer(window, flux_window_clipped(&spec->grid, window->bounds, i));
	}
}

static void
window_begin_table(FluxOperator *op, int port, const FluxTableHead *head)
{
	WindowOperator *window = (WindowOperator *) op;
	const FluxWindowSpec *spec = op->node->spec;
	const FluxSchema *schema;

	window->in_head = head;
	window->time_column = flux_window_time_column(op, head->schema, spec->time_column);
	schema =
		flux_schema_with(head->schema, spec->start_column, FLUX_COLUMN_TIME, &window->start_column);
	window->out_schema =
		flux_schema_with(schema, spec->stop_column, FLUX_COLUMN_TIME, &window->stop_column);
	window->first_table = flux_table_set_count(window->set);
	window->last_buffer = NULL;
	create_empty_windows(window);
}

/* Puts rows into one window, each as often as it lies in windows with these bounds. */
static void
window_add_rows(WindowOperator *window, FluxBatch *out, FluxColumn *columns, FluxBounds bounds,
				int first_row, int count, int64 times)
{
	FluxTableBuffer *buffer = window_buffer(window, bounds);
	int waiting = 0;

	columns[window->start_column].values.times = &bounds.start_ns;
	columns[window->stop_column].values.times = &bounds.stop_ns;
	for (int i = 0; i < count; i++)
	{
		for (int64 j = 0; j < times; j++)
		{
			window->rows[waiting++] = first_row + i;
			if (waiting < FLUX_BATCH_ROWS)
				continue;
			CHECK_FOR_INTERRUPTS();
			flux_table_buffer_append_rows(buffer, out, window->rows, waiting);
			waiting = 0;
		}
	}
	flux_table_buffer_append_rows(buffer, out, window->rows, waiting);
}

/* How many windows from "first" on, up to "last", the stream's bounds cut to the same. */
static int64
count_alike(const WindowOperator *window, const FluxWindowGrid *grid, int64 first, int64 last)
{
	FluxBounds bounds = flux_window_clipped(grid, window->bounds, first);
	int64 next = first + 1;

	for (; next <= last; next++)
	{
		FluxBounds other = flux_window_clipped(grid, window->bounds, next);

		CHECK_FOR_INTERRUPTS();
		if (other.start_ns != bounds.start_ns || other.stop_ns != bounds.stop_ns)
			break;
	}
	return next - first;
}

/* Puts the rows of a run where they belong. */
static void
window_add_run(WindowOperator *window, FluxBatch *out, FluxColumn *columns,
			   const FluxWindowRuns *run)
{
	const FluxWindowGrid *grid = &((const FluxWindowSpec *) window->op.node->spec)->grid;
	int64 alike;

	for (int64 i = run->first; i <= run->last; i += alike)
	{
		FluxBounds bounds = flux_window_clipped(grid, window->bounds, i);

		CHECK_FOR_INTERRUPTS();
		alike = count_alike(window, grid, i, run->last);
		if (bounds.start_ns < bounds.stop_ns)
			window_add_rows(window, out, columns, bounds, run->row, run->row_count, alike);
	}
}

static void
window_process(FluxOperator *op, int port, const FluxBatch *batch)
{
	WindowOperator *window = (WindowOperator *) op;
	const FluxWindowSpec *spec = op->node->spec;
	const FluxColumn *times = &batch->columns[window->time_column];
	FluxColumn *columns = palloc(window->out_schema->count * sizeof(FluxColumn));
	FluxTableHead head = {.schema = window->out_schema};
	FluxBatch out = {.head = &head, .row_count = batch->row_count, .columns = columns};
	FluxWindowRuns runs = {
		.op = op, .grid = &spec->grid, .times = times, .total = batch->row_count};

	memcpy(columns, batch->columns, batch->head->schema->count * sizeof(FluxColumn));
	columns[window->start_column] = (FluxColumn){.type = FLUX_COLUMN_TIME, .is_constant = true};
	columns[window->stop_column] = (FluxColumn){.type = FLUX_COLUMN_TIME, .is_constant = true};
	if (spec->is_infinite)
	{
		window_add_rows(window, &out, columns, window->bounds, 0, batch->row_count, 1);
		return;
	}
	while (flux_window_next_run(&runs))
		window_add_run(window, &out, columns, &runs);
}

static void
window_end_table(FluxOperator *op, int port)
{
	WindowOperator *window = (WindowOperator *) op;

	window->last_buffer = NULL;
	flux_table_set_sort_from(window->set, window->first_table);
	if (window->is_streaming)
		flux_table_set_emit(window->set, op, false);
}

static void
window_finish(FluxOperator *op, int port)
{
	flux_table_set_emit(((WindowOperator *) op)->set, op, false);
	flux_emit_finish(op);
}

static const FluxOperatorOps window_ops = {.state_size = sizeof(WindowOperator),
										   .begin = window_begin,
										   .begin_table = window_begin_table,
										   .process = window_process,
										   .end_table = window_end_table,
										   .finish = window_finish};

const FluxPlanClass flux_plan_window = {.name = "window",
										.kind = FLUX_PLAN_WINDOW,
										.plan = window_plan,
										.explain = window_explain,
										.ops = &window_ops};
