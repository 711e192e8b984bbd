/*
 * fdw_group_step.c
 *		Answers in step: when no two series share a group, each bin is one window,
 *		and all aggregates are of one field, a scan per aggregate gives the same
 *		series and windows in the same order, and each row of them is a row of the
 *		answer.  Nothing is kept.
 */
#include "postgres.h"

#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "fdw/fdw_group.h"

/* All aggregates of one field of a measurement's table, of all series, and no other to look for? */
static bool
is_of_one_field(const FluxFdwGroupScan *state)
{
	if (state->table->is_points || state->needs_others || state->aggregate_count == 0 ||
		state->aggregates[0]->attribute == 0)
		return false;
	for (int i = 0; i < state->aggregate_count; i++)
		if (state->aggregates[i]->attribute != state->aggregates[0]->attribute ||
			state->aggregates[i]->filter != NULL)
			return false;
	return true;
}

bool
flux_fdw_group_can_step(FluxFdwGroupScan *state)
{
	if (state->is_plain || !is_of_one_field(state) ||
		(state->window_output != NIL && !state->window.is_exact))
		return false;
	/* One request alone tells: all are of the same field. */
	return flux_fdw_group_number_all(state, 1);
}

void
flux_fdw_group_begin_steps(FluxFdwGroupScan *state)
{
	state->step_values = palloc_array(FluxFdwAccumulator, Max(1, state->aggregate_count));
	for (int i = 0; i < state->request_count; i++)
	{
		FluxScanSpec spec = flux_fdw_group_spec(state, &state->requests[i], state->bounds);

		state->requests[i].scan = flux_scan_begin(&spec);
	}
}

/* Goes to the next row of a request's scan; false at the end. */
static bool
step(FluxFdwGroupScan *state, FluxFdwRequest *of)
{
	if (of->scan == NULL)
		return false;
	of->row++;
	while (of->batch.series == NULL || of->row >= of->batch.row_count)
	{
		CHECK_FOR_INTERRUPTS();
		if (!flux_scan_next(of->scan, &of->batch))
		{
			flux_fdw_group_end_request(state, of);
			return false;
		}
		of->row = 0;
	}
	return true;
}

/* Takes the values of an aggregate from the requests' current rows. */
static void
take_values(FluxFdwGroupScan *state, int aggregate)
{
	FluxFdwAccumulator *accumulator = &state->step_values[aggregate];
	const FluxFdwGroupOutput *output = state->aggregates[aggregate];

	memset(accumulator, 0, sizeof(*accumulator));
	for (int i = 0; i < state->request_count; i++)
	{
		const FluxFdwRequest *of = &state->requests[i];

		if (flux_fdw_group_takes(state, output, of, NULL))
			flux_fdw_group_accumulate(accumulator, output, of, of->row);
	}
}

bool
flux_fdw_group_step(FluxFdwGroupScan *state, TupleTableSlot *slot)
{
	MemoryContext old_context = MemoryContextSwitchTo(state->scan_context);
	const FluxFdwRequest *first = &state->requests[0];
	bool has_row = true;
	bool is_new;
	int64 bin = 0;

	for (int i = 0; i < state->request_count; i++)
		has_row &= step(state, &state->requests[i]);
	for (int i = 1; i < state->request_count && has_row; i++)
		if (state->requests[i].batch.series->series_id != first->batch.series->series_id ||
			state->requests[i].batch.starts_ns[state->requests[i].row] !=
				first->batch.starts_ns[first->row])
			elog(ERROR, "aggregates of one field are out of step");
	if (has_row && first->batch.is_first && first->row == 0)
		state->current_group = flux_fdw_group_of_series(state, first->batch.series, &is_new);
	MemoryContextSwitchTo(old_context);
	if (!has_row)
		return false;
	if (state->window_output != NIL)
		bin = flux_fdw_window_bin(&state->window, first->batch.starts_ns[first->row],
								  first->batch.stops_ns[first->row]);
	flux_fdw_group_fill(state, slot, state->current_group, bin);
	for (int i = 0; i < state->aggregate_count; i++)
		take_values(state, i);
	flux_fdw_group_fill_aggregates(state, slot, state->step_values);
	return true;
}
