/*
 * aggregate.h
 *		Aggregate functions as kernels: state, add rows, result.
 *
 * One set of kernels serves the operators that aggregate whole tables
 * (op_aggregate.c) and those that aggregate windows (op_aggregate_window.c).
 * A state is plain memory of state_size bytes, zeroed and then initialised;
 * whatever else it needs it takes from "context".
 */
#ifndef FLUX_AGGREGATE_H
#define FLUX_AGGREGATE_H

#include "execute/operator.h"

struct FluxAggregateArguments;

/* What a state needs to know about the aggregation it belongs to. */
typedef struct FluxAggregateSetup
{
	FluxOperator *op; /* for errors, and to spill */
	const struct FluxAggregateArguments *arguments;
	FluxColumnType type; /* of the column */
	MemoryContext context;
} FluxAggregateSetup;

typedef struct FluxAggregator
{
	const char *name;
	size_t state_size;

	/* Type of the result for a column type; 0 when it is not supported. */
	FluxColumnType (*result_type)(FluxColumnType type);

	/* Prepares a zeroed state. May be NULL. */
	void (*init)(void *state, const FluxAggregateSetup *setup);

	/* Adds rows [first, first + count). */
	void (*add)(void *state, const FluxAggregateSetup *setup, const FluxColumn *column, int first,
				int count);

	/* Keeps values, or summaries of them, and computes with floats. */
	bool keeps_values;

	/* The result, a null of the right type when there is none; asked for once,
	 * as it frees what the state has taken. */
	FluxValue (*result)(void *state, const FluxAggregateSetup *setup);
} FluxAggregator;

/* FluxAggregateSpec.arguments of every class of kind AGGREGATE. */
typedef struct FluxAggregateArguments
{
	const FluxAggregator *aggregator; /* NULL for selectors */
	bool is_population;               /* stddev */
	double quantile;                  /* quantile, median */
	double compression;
} FluxAggregateArguments;

/* Result type, or the error "unsupported aggregate column type". */
extern FluxColumnType flux_aggregate_result_type(const FluxOperator *op,
												 const FluxAggregator *aggregator,
												 FluxColumnType type);

/*
 * Position of the column to aggregate; raises when it is missing or part of
 * the key.
 */
extern int flux_aggregate_column(const FluxOperator *op, const FluxTableHead *head,
								 FluxText column);

extern const FluxAggregator flux_aggregator_count;
extern const FluxAggregator flux_aggregator_sum;
extern const FluxAggregator flux_aggregator_mean;
extern const FluxAggregator flux_aggregator_spread;
extern const FluxAggregator flux_aggregator_stddev;
extern const FluxAggregator flux_aggregator_skew;
extern const FluxAggregator flux_aggregator_tdigest;
extern const FluxAggregator flux_aggregator_exact_mean;

/* ---- selectors: which row ---- */

/*
 * Of rows [first, first + count): the row that beats the one selected so far
 * (best_column, best_row; NULL when none is), or -1.  The column's type has
 * been checked.
 */
extern int flux_selector_choose(FluxAggregateFunction function, const FluxColumn *column, int first,
								int count, const FluxColumn *best_column, int best_row);

/* Raises unless the selector can take the type. */
extern void flux_selector_check_type(const FluxOperator *op, FluxAggregateFunction function,
									 FluxColumnType type);

#endif /* FLUX_AGGREGATE_H */
