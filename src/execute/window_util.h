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
 * The windows of a time that touch bounds; false when there are none.  Raises
 * when there are more than FLUX_WINDOWS_MAX.
 */
extern bool flux_window_containing(const FluxOperator *op, const FluxWindowGrid *grid,
								   FluxBounds bounds, int64 time_ns, int64 *first, int64 *last);

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
