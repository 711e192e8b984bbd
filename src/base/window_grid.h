/*
 * window_grid.h
 *		Where windows begin and end.
 *
 * A grid has windows i = ..., -1, 0, 1, ...: window i is
 * [zero + i * every, zero + i * every + period) with zero = epoch - location
 * offset + offset, computed on the wall clock of a named zone.  "every" is
 * either months or nanoseconds.  The one algorithm serves window(),
 * aggregateWindow(), date.truncate(), storage push-down and SQL.
 */
#ifndef FLUX_WINDOW_GRID_H
#define FLUX_WINDOW_GRID_H

#include "base/flux_time.h"

typedef struct FluxWindowGrid
{
	FluxDuration every;  /* > 0, months or ns, not both */
	FluxDuration period; /* may be negative or mixed; never zero */
	FluxDuration offset;
	FluxLocation location;

	/* derived by flux_grid_init() */
	int64 zero_ns;  /* on the wall clock */
	bool is_simple; /* ns grid in UTC with period == every: plain division */
} FluxWindowGrid;

typedef struct FluxBounds
{
	int64 start_ns; /* inclusive */
	int64 stop_ns;  /* exclusive */
} FluxBounds;

/* NULL if fine, else why not (a message without position, static text). */
extern const char *flux_grid_init(FluxWindowGrid *grid, FluxDuration every, FluxDuration period,
								  FluxDuration offset, FluxLocation location);

/* Index of the latest window whose start is <= time (positive period). */
extern int64 flux_grid_index(const FluxWindowGrid *grid, int64 time_ns);
extern FluxBounds flux_grid_window(const FluxWindowGrid *grid, int64 index);

/*
 * The windows that touch bounds: indexes [*first, *last]; false when none.
 * Those are what createEmpty makes.  Their number is not bounded (1ns windows
 * of a year): the caller counts.  A window that a DST gap swallows is among
 * them with start = stop.
 */
extern bool flux_grid_range(const FluxWindowGrid *grid, FluxBounds bounds, int64 *first,
							int64 *last);

/* Was the window swallowed like the one before?  All such are one together. */
extern bool flux_grid_repeats(const FluxWindowGrid *grid, int64 index);

/*
 * The windows that contain an instant: indexes [*first, *last]; false when it
 * lies in a gap, and then *first is the next one.
 */
extern bool flux_grid_containing(const FluxWindowGrid *grid, int64 time_ns, int64 *first,
								 int64 *last);

/*
 * The time around an instant, and always with it, that lies in the same windows,
 * [*first, *last].  In a gap *last is less than *first, the next one; and the
 * stretch begins with the instant.
 */
extern FluxBounds flux_grid_stretch(const FluxWindowGrid *grid, int64 time_ns, int64 *first,
									int64 *last);

/* The most windows that contain an instant, or somewhat more; may be PG_INT64_MAX. */
extern int64 flux_grid_depth(const FluxWindowGrid *grid);

/*
 * Do the windows with time in them remain different ones when they are clipped
 * to bounds?  False also where that is not known.  Takes time by the depth.
 */
extern bool flux_grid_tells_apart(const FluxWindowGrid *grid, FluxBounds bounds);

/* Does each window begin where the one before ends? */
static inline bool
flux_grid_is_seamless(const FluxWindowGrid *grid)
{
	return grid->period.months == grid->every.months && grid->period.ns == grid->every.ns;
}

static inline FluxBounds
flux_bounds_intersect(FluxBounds a, FluxBounds b)
{
	FluxBounds both = {Max(a.start_ns, b.start_ns), Min(a.stop_ns, b.stop_ns)};

	return both;
}

#endif /* FLUX_WINDOW_GRID_H */
