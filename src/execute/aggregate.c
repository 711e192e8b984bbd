/*
 * aggregate.c
 *		Kernels of the simple aggregates: count, sum, mean, spread, stddev,
 *		skew; and the choice of selectors' rows.
 *
 * Order of arithmetic is part of the answer: sums run in row order.
 */
#include "postgres.h"

#include <math.h>

#include "execute/aggregate.h"
#include "execute/operator_util.h"

FluxColumnType
flux_aggregate_result_type(const FluxOperator *op, const FluxAggregator *aggregator,
						   FluxColumnType type)
{
	FluxColumnType result = aggregator->result_type(type);

	if (result == 0)
		flux_operator_raise(op, ERRCODE_DATATYPE_MISMATCH, "unsupported aggregate column type %s",
							flux_column_type_name(type));
	return result;
}

int
flux_aggregate_column(const FluxOperator *op, const FluxTableHead *head, FluxText column)
{
	int position = flux_operator_column(op, head->schema, column);

	if (flux_group_key_find(head->key, column) >= 0)
		flux_operator_raise(op, ERRCODE_INVALID_PARAMETER_VALUE,
							"cannot aggregate columns that are part of the group key");
	return position;
}

static FluxColumnType
numeric_to_same(FluxColumnType type)
{
	return flux_type_is_numeric(type) ? type : 0;
}

static FluxColumnType
numeric_to_float(FluxColumnType type)
{
	return flux_type_is_numeric(type) ? FLUX_COLUMN_FLOAT : 0;
}

/* ---- count: nulls too ---- */

typedef struct CountState
{
	int64 count;
} CountState;

static FluxColumnType
count_result_type(FluxColumnType type)
{
	return type == FLUX_COLUMN_TIME ? 0 : FLUX_COLUMN_INT;
}

static void
count_add(void *state, const FluxAggregateSetup *setup, const FluxColumn *column, int first,
		  int count)
{
	((CountState *) state)->count += count;
}

static FluxValue
count_result(void *state, const FluxAggregateSetup *setup)
{
	return flux_value_int(((CountState *) state)->count);
}

const FluxAggregator flux_aggregator_count = {.name = "count",
											  .state_size = sizeof(CountState),
											  .result_type = count_result_type,
											  .add = count_add,
											  .result = count_result};

/* ---- sum and mean ---- */

/* Integers wrap, so signed and unsigned are added alike. */
typedef struct SumState
{
	int64 count; /* of values */
	uint64 integer;
	double floating;
} SumState;

static void
sum_add(void *state_pointer, const FluxAggregateSetup *setup, const FluxColumn *column, int first,
		int count)
{
	SumState *state = state_pointer;
	const bool *nulls = column->nulls;

	if (column->is_constant || nulls != NULL)
	{
		for (int row = first; row < first + count; row++)
		{
			int i = flux_column_index(column, row);

			if (nulls != NULL && nulls[i])
				continue;
			state->count++;
			if (column->type == FLUX_COLUMN_FLOAT)
				state->floating += column->values.floats[i];
			else
				state->integer += column->values.uints[i];
		}
		return;
	}

	state->count += count;
	if (column->type == FLUX_COLUMN_FLOAT)
	{
		double sum = state->floating;

		for (int row = first; row < first + count; row++)
			sum += column->values.floats[row];
		state->floating = sum;
	}
	else
	{
		uint64 sum = state->integer;

		for (int row = first; row < first + count; row++)
			sum += column->values.uints[row];
		state->integer = sum;
	}
}

static FluxValue
sum_result(void *state_pointer, const FluxAggregateSetup *setup)
{
	SumState *state = state_pointer;

	if (state->count == 0)
		return flux_value_null((FluxKind) setup->type);
	if (setup->type == FLUX_COLUMN_FLOAT)
		return flux_value_float(state->floating);
	if (setup->type == FLUX_COLUMN_UINT)
		return flux_value_uint(state->integer);
	return flux_value_int((int64) state->integer);
}

const FluxAggregator flux_aggregator_sum = {.name = "sum",
											.state_size = sizeof(SumState),
											.result_type = numeric_to_same,
											.add = sum_add,
											.result = sum_result};

static FluxValue
mean_result(void *state_pointer, const FluxAggregateSetup *setup)
{
	SumState *state = state_pointer;
	double sum;

	if (state->count == 0)
		return flux_value_null(FLUX_KIND_FLOAT);
	if (setup->type == FLUX_COLUMN_FLOAT)
		sum = state->floating;
	else if (setup->type == FLUX_COLUMN_UINT)
		sum = (double) state->integer;
	else
		sum = (double) (int64) state->integer;
	return flux_value_float(sum / (double) state->count);
}

const FluxAggregator flux_aggregator_mean = {.name = "mean",
											 .state_size = sizeof(SumState),
											 .result_type = numeric_to_float,
											 .add = sum_add,
											 .result = mean_result};

/* ---- spread ---- */

typedef struct SpreadState
{
	bool has_value;
	union
	{
		int64 integer;
		uint64 uinteger;
		double floating;
	} low, high;
} SpreadState;

#define SPREAD_ADD(member, value)                                                                  \
	do                                                                                             \
	{                                                                                              \
		if (!state->has_value || (value) < state->low.member)                                      \
			state->low.member = (value);                                                           \
		if (!state->has_value || (value) > state->high.member)                                     \
			state->high.member = (value);                                                          \
	} while (0)

static void
spread_add(void *state_pointer, const FluxAggregateSetup *setup, const FluxColumn *column,
		   int first, int count)
{
	SpreadState *state = state_pointer;

	for (int row = first; row < first + count; row++)
	{
		int i = flux_column_index(column, row);

		if (column->nulls != NULL && column->nulls[i])
			continue;
		if (column->type == FLUX_COLUMN_INT)
			SPREAD_ADD(integer, column->values.ints[i]);
		else if (column->type == FLUX_COLUMN_UINT)
			SPREAD_ADD(uinteger, column->values.uints[i]);
		else
			SPREAD_ADD(floating, column->values.floats[i]);
		state->has_value = true;
	}
}

static FluxValue
spread_result(void *state_pointer, const FluxAggregateSetup *setup)
{
	SpreadState *state = state_pointer;

	if (!state->has_value)
		return flux_value_null((FluxKind) setup->type);
	if (setup->type == FLUX_COLUMN_INT)
		return flux_value_int((int64) ((uint64) state->high.integer - (uint64) state->low.integer));
	if (setup->type == FLUX_COLUMN_UINT)
		return flux_value_uint(state->high.uinteger - state->low.uinteger);
	return flux_value_float(state->high.floating - state->low.floating);
}

const FluxAggregator flux_aggregator_spread = {.name = "spread",
											   .state_size = sizeof(SpreadState),
											   .result_type = numeric_to_same,
											   .add = spread_add,
											   .result = spread_result};

/* ---- stddev: Welford's recurrence ---- */

typedef struct DeviationState
{
	int64 count;
	double mean;
	double squares; /* sum of squared deviations */
} DeviationState;

static void
stddev_add(void *state_pointer, const FluxAggregateSetup *setup, const FluxColumn *column,
		   int first, int count)
{
	DeviationState *state = state_pointer;

	for (int row = first; row < first + count; row++)
	{
		double value;
		double delta;

		if (flux_column_is_null(column, row))
			continue;
		value = flux_column_double(column, row);
		state->count++;
		delta = value - state->mean;
		state->mean += delta / (double) state->count;
		state->squares += delta * (value - state->mean);
	}
}

static FluxValue
stddev_result(void *state_pointer, const FluxAggregateSetup *setup)
{
	DeviationState *state = state_pointer;
	double divisor = (double) state->count;

	if (state->count == 0)
		return flux_value_null(FLUX_KIND_FLOAT);
	if (!setup->arguments->is_population)
		divisor -= 1;
	return flux_value_float(sqrt(state->squares / divisor));
}

const FluxAggregator flux_aggregator_stddev = {.name = "stddev",
											   .state_size = sizeof(DeviationState),
											   .result_type = numeric_to_float,
											   .add = stddev_add,
											   .result = stddev_result};

/* ---- skew: third central moment, updated value by value ---- */

typedef struct SkewState
{
	double count;
	double mean;
	double moment2;
	double moment3;
} SkewState;

static void
skew_add(void *state_pointer, const FluxAggregateSetup *setup, const FluxColumn *column, int first,
		 int count)
{
	SkewState *state = state_pointer;

	for (int row = first; row < first + count; row++)
	{
		double before = state->count;
		double delta;
		double step;
		double term;

		if (flux_column_is_null(column, row))
			continue;
		state->count += 1;
		delta = flux_column_double(column, row) - state->mean;
		step = delta / state->count;
		term = delta * step * before;
		state->mean += step;
		state->moment3 += term * step * (state->count - 2) - 3 * step * state->moment2;
		state->moment2 += term;
	}
}

static FluxValue
skew_result(void *state_pointer, const FluxAggregateSetup *setup)
{
	SkewState *state = state_pointer;

	if (state->count == 0)
		return flux_value_null(FLUX_KIND_FLOAT);
	if (state->count < 2)
		return flux_value_float(NAN);
	return flux_value_float(sqrt(state->count) * state->moment3 / pow(state->moment2, 1.5));
}

const FluxAggregator flux_aggregator_skew = {.name = "skew",
											 .state_size = sizeof(SkewState),
											 .result_type = numeric_to_float,
											 .add = skew_add,
											 .result = skew_result};

/* ---- selectors ---- */

void
flux_selector_check_type(const FluxOperator *op, FluxAggregateFunction function,
						 FluxColumnType type)
{
	if (function != FLUX_AGGREGATE_MIN && function != FLUX_AGGREGATE_MAX)
		return;
	if (!flux_type_is_numeric(type) && type != FLUX_COLUMN_TIME)
		flux_operator_raise(
			op, ERRCODE_DATATYPE_MISMATCH,
			"invalid use of function: *universe.%s has no implementation for type %s",
			function == FLUX_AGGREGATE_MIN ? "MinSelector" : "MaxSelector",
			flux_column_type_name(type));
}

/* Is row a strictly better than row b? NaN beats nothing and is beaten by nothing. */
static bool
selector_beats(bool want_max, const FluxColumn *a, int row_a, const FluxColumn *b, int row_b)
{
	int i = flux_column_index(a, row_a);
	int j = flux_column_index(b, row_b);

	switch (a->type)
	{
		case FLUX_COLUMN_UINT:
			return want_max ? a->values.uints[i] > b->values.uints[j]
							: a->values.uints[i] < b->values.uints[j];
		case FLUX_COLUMN_FLOAT:
			return want_max ? a->values.floats[i] > b->values.floats[j]
							: a->values.floats[i] < b->values.floats[j];
		default:
			return want_max ? a->values.ints[i] > b->values.ints[j]
							: a->values.ints[i] < b->values.ints[j];
	}
}

int
flux_selector_choose(FluxAggregateFunction function, const FluxColumn *column, int first, int count,
					 const FluxColumn *best_column, int best_row)
{
	int chosen = -1;

	if (function == FLUX_AGGREGATE_FIRST && best_column != NULL)
		return -1;
	if (function == FLUX_AGGREGATE_LAST)
	{
		for (int row = first + count - 1; row >= first; row--)
		{
			if (!flux_column_is_null(column, row))
				return row;
		}
		return -1;
	}
	for (int row = first; row < first + count; row++)
	{
		if (flux_column_is_null(column, row))
			continue;
		if (function == FLUX_AGGREGATE_FIRST)
			return row;
		if (best_column == NULL ||
			selector_beats(function == FLUX_AGGREGATE_MAX, column, row, best_column, best_row))
		{
			chosen = row;
			best_column = column;
			best_row = row;
		}
	}
	return chosen;
}
