/*
 * window_util.h
 *		What window, aggregateWindow and its fused form share.
 */
#ifndef FLUX_WINDOW_UTIL_H
#define FLUX_WINDOW_UTIL_H

#include "execute/operator_util.h"

/* Windows one table may have: bounds what createEmpty and long periods make. */
#define FLUX_WINDOWS_MAX INT64CONST(10000000)

/* Reads every, period, offset, location of a call; raises at its place. */
extern void flux_window_read_grid(const FluxCall *call, FluxWindowSpec *spec);

/*
 * Raises unless the operator's input has time bounds; gives them.
 */
extern FluxBounds flux_window_bounds(const FluxOperator *op);

/* Position of the time column, or the error about it. */
extern int flux_window_time_column(const FluxOperator *op, const FluxSchema *schema,
								   FluxText time_column);

/*
 * A batch's rows taken apart into runs that lie in the same windows.  Rows in no
 * window, for a gap of the grid or for a null, are in no run.
 */
typedef struct FluxWindowRuns
{
	const FluxOperator *op;
	const FluxWindowGrid *grid;
	const FluxColumn *times;
	int total; /* of the batch's rows */

	/* the current run */
	int row;
	int row_count;
	int64 first; /* its windows are [first, last] */
	int64 last;
} FluxWindowRuns;

/* Makes the next run the current one; false after the last.  Zeroed otherwise to begin with. */
extern bool flux_window_next_run(FluxWindowRuns *runs);

extern void flux_window_raise_too_many(const FluxOperator *op) pg_attribute_noreturn();

/* The windows that touch bounds, counted against FLUX_WINDOWS_MAX. */
extern bool flux_window_range(const FluxOperator *op, const FluxWindowGrid *grid, FluxBounds bounds,
							  int64 *first, int64 *last);

/* A window cut to bounds. */
static inline FluxBounds
flux_window_clipped(const FluxWindowGrid *grid, FluxBounds bounds, int64 index)
{
	return flux_bounds_intersect(flux_grid_window(grid, index), bounds);
}

#endif /* FLUX_WINDOW_UTIL_H */
