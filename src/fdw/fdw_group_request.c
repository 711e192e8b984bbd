/*
 * fdw_group_request.c
 *		Which storage scans the aggregates of an answer need, and how their rows
 *		become values of SQL.
 *
 *		output			takes
 *		count			COUNT, of rows or of a field
 *		sum				SUM, and SUM_WIDE of integers, which SQL does not let wrap
 *		mean			MEAN in step; else SUM and COUNT
 *		mean, wide		SUM_WIDE and COUNT
 *		min, max		MIN, MAX
 *		first, last time	FIRST, LAST: their times, of all fields where no one is meant
 */
#include "postgres.h"

#include "executor/tuptable.h"
#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "base/pg_compat.h"
#include "fdw/fdw_group.h"

static const FluxFdwColumn *
field_of(const FluxFdwGroupScan *state, const FluxFdwGroupOutput *output)
{
	return output->attribute == 0 ? NULL : &state->table->columns[output->attribute - 1];
}

/* Whether an output takes values of scans of that kind. */
static bool
needs_kind(const FluxFdwGroupScan *state, FluxFdwOutput output, FluxScanAggregate kind)
{
	switch (output)
	{
		case FLUX_FDW_OUTPUT_COUNT:
			return kind == FLUX_SCAN_COUNT;
		case FLUX_FDW_OUTPUT_SUM:
			return kind == FLUX_SCAN_SUM;
		case FLUX_FDW_OUTPUT_SUM_WIDE:
			return kind == FLUX_SCAN_SUM_WIDE;
		case FLUX_FDW_OUTPUT_MEAN:
			if (state->in_step)
				return kind == FLUX_SCAN_MEAN;
			return kind == FLUX_SCAN_SUM || kind == FLUX_SCAN_COUNT;
		case FLUX_FDW_OUTPUT_MEAN_WIDE:
			return kind == FLUX_SCAN_SUM_WIDE || kind == FLUX_SCAN_COUNT;
		case FLUX_FDW_OUTPUT_MIN:
			return kind == FLUX_SCAN_MIN;
		case FLUX_FDW_OUTPUT_MAX:
			return kind == FLUX_SCAN_MAX;
		case FLUX_FDW_OUTPUT_FIRST_TIME:
		case FLUX_FDW_OUTPUT_FIRST_TIME_NS:
			return kind == FLUX_SCAN_FIRST;
		case FLUX_FDW_OUTPUT_LAST_TIME:
		case FLUX_FDW_OUTPUT_LAST_TIME_NS:
			return kind == FLUX_SCAN_LAST;
		default:
			return false;
	}
}

/* Scans whose rows' times count, not the values. */
static bool
gives_times(FluxScanAggregate kind)
{
	return kind == FLUX_SCAN_FIRST || kind == FLUX_SCAN_LAST;
}

/* The request for an aggregate of a field, shared with others that fit. */
static void
request(FluxFdwGroupScan *state, FluxScanAggregate kind, int attribute, bool counts_rows)
{
	const FluxFdwColumn *field = attribute == 0 ? NULL : &state->table->columns[attribute - 1];
	FluxColumnType type =
		field == NULL || kind == FLUX_SCAN_COUNT || gives_times(kind) ? 0 : field->type;
	FluxFdwRequest *found = NULL;

	for (int i = 0; i < state->request_count && found == NULL; i++)
		if (state->requests[i].kind == kind && state->requests[i].type == type &&
			state->requests[i].counts_rows == counts_rows)
			found = &state->requests[i];
	if (found == NULL)
	{
		found = &state->requests[state->request_count++];
		memset(found, 0, sizeof(*found));
		found->state = state;
		found->kind = kind;
		found->type = type;
		found->counts_rows = counts_rows;
		found->fields = palloc0_array(bool, Max(1, state->table->column_count));
	}
	if (field == NULL || field->role == FLUX_FDW_VALUE)
		found->all_fields = true;
	else
		found->fields[attribute - 1] = true;
}

/* Requests that look at all fields of the table. */
static void
request_all(FluxFdwGroupScan *state, FluxScanAggregate kind, bool counts_rows)
{
	if (state->table->is_points)
		request(state, kind, 0, counts_rows);
	for (int i = 0; i < state->table->column_count; i++)
		if (state->table->columns[i].role == FLUX_FDW_FIELD)
			request(state, kind, i + 1, counts_rows);
}

void
flux_fdw_group_make_requests(FluxFdwGroupScan *state)
{
	state->request_count = 0;
	state->requests = palloc0_array(FluxFdwRequest, 2 * state->aggregate_count + 2);
	for (int i = 0; i < state->aggregate_count; i++)
	{
		const FluxFdwGroupOutput *output = state->aggregates[i];

		for (int kind = FLUX_SCAN_COUNT; kind <= FLUX_SCAN_SUM_WIDE; kind++)
		{
			if (!needs_kind(state, output->kind, (FluxScanAggregate) kind))
				continue;
			if (output->attribute == 0)
				request_all(state, (FluxScanAggregate) kind,
							kind == FLUX_SCAN_COUNT && !state->table->is_points);
			else
				request(state, (FluxScanAggregate) kind, output->attribute, false);
		}
	}
	if (state->aggregate_count == 0 && state->required != 0)
		request(state, FLUX_SCAN_COUNT, state->required, false);
	else if (state->needs_others || state->aggregate_count == 0)
		request_all(state, FLUX_SCAN_COUNT, false);
}

/* Whether a series and field is one of the request's: the scan's callback. */
static bool
accepts(void *argument, const FluxScanSeries *series)
{
	const FluxFdwRequest *of = argument;
	const FluxFdwTable *table = of->state->table;

	if (of->all_fields)
		return flux_fdw_series_filter_passes(of->state->filter, series);
	for (int i = 0; i < table->column_count; i++)
		if (of->fields[i] && table->columns[i].type == series->type &&
			flux_text_equal(table->columns[i].name, series->field))
			return flux_fdw_series_filter_passes(of->state->filter, series);
	return false;
}

FluxScanSpec
flux_fdw_group_spec(FluxFdwGroupScan *state, FluxFdwRequest *of, FluxBounds bounds)
{
	FluxScanSpec spec = {.bucket = state->table->bucket,
						 .bounds = bounds,
						 .predicate = state->predicate,
						 .aggregate = of->kind,
						 .grid = state->window_output != NIL ? &state->window.grid : NULL,
						 .times_unused = true,
						 .user_oid = state->user_oid,
						 .field_type = of->type,
						 .accepts = accepts,
						 .accepts_argument = of,
						 .counts_rows = of->counts_rows};

	return spec;
}

void
flux_fdw_group_end_request(FluxFdwGroupScan *state, FluxFdwRequest *of)
{
	if (of->scan == NULL)
		return;
	flux_fdw_stats_add(&state->stats, flux_scan_stats(of->scan));
	flux_scan_end(of->scan);
	of->scan = NULL;
}

/* ---- accumulating ---- */

bool
flux_fdw_group_takes(const FluxFdwGroupScan *state, const FluxFdwGroupOutput *output,
					 const FluxFdwRequest *of, const FluxScanSeries *series)
{
	const FluxFdwColumn *field = field_of(state, output);

	if (!needs_kind(state, output->kind, of->kind))
		return false;
	if (series == NULL)
		return true;
	if (!flux_fdw_series_filter_passes(output->filter, series))
		return false;
	if (field == NULL)
		return gives_times(of->kind) || of->counts_rows != state->table->is_points;
	return !of->counts_rows && field->type == series->type &&
		   (field->role == FLUX_FDW_VALUE || flux_text_equal(field->name, series->field));
}

/* Is the left number of a type before the right one? */
static bool
is_less(FluxColumnType type, int64 left, int64 right)
{
	double left_float;
	double right_float;

	switch (type)
	{
		case FLUX_COLUMN_INT:
			return left < right;
		case FLUX_COLUMN_UINT:
			return (uint64) left < (uint64) right;
		default:
			memcpy(&left_float, &left, sizeof(double));
			memcpy(&right_float, &right, sizeof(double));
			return left_float < right_float;
	}
}

static void
add_wide(FluxFdwAccumulator *accumulator, int64 high, uint64 low)
{
	uint64 before = accumulator->value.uinteger;

	accumulator->value.uinteger += low;
	accumulator->high += high + (accumulator->value.uinteger < before);
}

/* Keeps the lesser or the greater value. */
static void
keep_extreme(FluxFdwAccumulator *accumulator, bool is_min, FluxColumnType type, int64 bits)
{
	if (accumulator->count == 0 || (is_min ? is_less(type, bits, accumulator->value.integer)
										   : is_less(type, accumulator->value.integer, bits)))
		accumulator->value.integer = bits;
	accumulator->count = 1;
}

void
flux_fdw_group_accumulate(FluxFdwAccumulator *accumulator, const FluxFdwGroupOutput *output,
						  const FluxFdwRequest *of, int row)
{
	int64 bits;
	double sum;

	if (gives_times(of->kind))
	{
		keep_extreme(accumulator, of->kind == FLUX_SCAN_FIRST, FLUX_COLUMN_INT,
					 of->batch.times_ns[row]);
		return;
	}
	bits = of->batch.values.values.ints[flux_column_index(&of->batch.values, row)];
	switch (of->kind)
	{
		case FLUX_SCAN_COUNT:
			accumulator->count += bits;
			break;
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_MEAN:
			memcpy(&sum, &bits, sizeof(double));
			accumulator->value.floating += sum;
			if (output->kind == FLUX_FDW_OUTPUT_SUM || of->kind == FLUX_SCAN_MEAN)
				accumulator->count = 1;
			break;
		case FLUX_SCAN_SUM_WIDE:
			add_wide(accumulator, of->batch.times_ns[row], (uint64) bits);
			if (output->kind == FLUX_FDW_OUTPUT_SUM_WIDE)
				accumulator->count = 1;
			break;
		default:
			keep_extreme(accumulator, of->kind == FLUX_SCAN_MIN, of->batch.series->type, bits);
			break;
	}
}

static bool
is_time(FluxFdwOutput output)
{
	return output >= FLUX_FDW_OUTPUT_FIRST_TIME;
}

static bool
is_least(FluxFdwOutput output)
{
	return output == FLUX_FDW_OUTPUT_MIN || output == FLUX_FDW_OUTPUT_FIRST_TIME ||
		   output == FLUX_FDW_OUTPUT_FIRST_TIME_NS;
}

void
flux_fdw_group_combine(const FluxFdwGroupScan *state, FluxFdwAccumulator *accumulators,
					   const FluxFdwAccumulator *others)
{
	for (int i = 0; i < state->aggregate_count; i++)
	{
		const FluxFdwGroupOutput *output = state->aggregates[i];
		FluxFdwAccumulator *accumulator = &accumulators[i];
		const FluxFdwAccumulator *other = &others[i];

		switch (output->kind)
		{
			case FLUX_FDW_OUTPUT_COUNT:
				accumulator->count += other->count;
				break;
			case FLUX_FDW_OUTPUT_SUM:
				accumulator->value.floating += other->value.floating;
				accumulator->count |= other->count;
				break;
			case FLUX_FDW_OUTPUT_MEAN:
				accumulator->value.floating += other->value.floating;
				accumulator->count += other->count;
				break;
			case FLUX_FDW_OUTPUT_SUM_WIDE:
				add_wide(accumulator, other->high, other->value.uinteger);
				accumulator->count |= other->count;
				break;
			case FLUX_FDW_OUTPUT_MEAN_WIDE:
				add_wide(accumulator, other->high, other->value.uinteger);
				accumulator->count += other->count;
				break;
			default:
				if (other->count > 0)
					keep_extreme(accumulator, is_least(output->kind),
								 is_time(output->kind) ? FLUX_COLUMN_INT
													   : field_of(state, output)->type,
								 other->value.integer);
				break;
		}
	}
}

/* The value of an aggregate that is not null. */
static Datum
aggregate_datum(const FluxFdwGroupScan *state, const FluxFdwGroupOutput *output,
				const FluxFdwAccumulator *accumulator)
{
	FluxColumn column = {.is_constant = true, .values.any = &accumulator->value};
	Datum sum;

	switch (output->kind)
	{
		case FLUX_FDW_OUTPUT_COUNT:
			return Int64GetDatum(accumulator->count);
		case FLUX_FDW_OUTPUT_FIRST_TIME:
		case FLUX_FDW_OUTPUT_LAST_TIME:
			return TimestampTzGetDatum(flux_time_to_timestamptz(accumulator->value.integer));
		case FLUX_FDW_OUTPUT_FIRST_TIME_NS:
		case FLUX_FDW_OUTPUT_LAST_TIME_NS:
			return Int64GetDatum(accumulator->value.integer);
		case FLUX_FDW_OUTPUT_MEAN:
			return Float8GetDatum(accumulator->value.floating / (double) accumulator->count);
		case FLUX_FDW_OUTPUT_SUM_WIDE:
		case FLUX_FDW_OUTPUT_MEAN_WIDE:
			/* All bits of a sum of uints are its value; it is never negative. */
			sum = flux_fdw_wide_datum(accumulator->high, accumulator->value.uinteger);
			if (output->kind == FLUX_FDW_OUTPUT_SUM_WIDE)
				return sum;
			return DirectFunctionCall2(numeric_div, sum,
									   NumericGetDatum(int64_to_numeric(accumulator->count)));
		default:
			column.type = field_of(state, output)->type;
			return flux_fdw_value_datum(&column, 0);
	}
}

void
flux_fdw_group_fill_aggregates(const FluxFdwGroupScan *state, TupleTableSlot *slot,
							   const FluxFdwAccumulator *accumulators)
{
	for (int i = 0; i < state->output_count; i++)
	{
		const FluxFdwGroupOutput *output = &state->outputs[i];
		const FluxFdwAccumulator *accumulator;

		if (output->kind < FLUX_FDW_OUTPUT_COUNT)
			continue;
		accumulator = &accumulators[output->aggregate];
		slot->tts_isnull[i] = output->kind != FLUX_FDW_OUTPUT_COUNT && accumulator->count == 0;
		if (!slot->tts_isnull[i])
			slot->tts_values[i] = aggregate_datum(state, output, accumulator);
	}
}
