/*
 * window_grid.c
 *		Where windows begin and end.
 *
 * All arithmetic happens on the wall clock of the zone (which is UTC itself
 * without one); only the boundaries are converted to instants.  Both
 * boundaries of window i grow with i, so every question "which windows touch
 * this stretch of time" is a pair of searches.  The search starts at a guess
 * that is nearly always right.
 *
 * One case differs from InfluxDB: a grid of months that starts after day 28.
 * A month too short for that day starts its window at its last day, and the
 * time between that and the grid's day belongs to this window; InfluxDB loses
 * such rows.  The gap at the end of a clamped window remains.
 */
#include "postgres.h"

#include "common/int.h"

#include "base/window_grid.h"

/* More than any zone has ever turned its clocks: a day, where the date line was moved. */
#define CLOCK_CHANGE_MAX_NS (26 * FLUX_NS_PER_HOUR)

static inline int64
floor_div(int64 a, int64 b)
{
	int64 quotient = a / b;

	return (a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

/* The grid's zone without the fixed offset, which zero_ns holds already. */
static FluxLocation
grid_zone(const FluxWindowGrid *grid)
{
	FluxLocation zone = {grid->location.zone, {0, 0}};

	return zone;
}

const char *
flux_grid_init(FluxWindowGrid *grid, FluxDuration every, FluxDuration period, FluxDuration offset,
			   FluxLocation location)
{
	if (flux_duration_is_zero(every))
		every = period;
	if (flux_duration_is_zero(period))
		period = every;
	if (flux_duration_is_zero(every))
		return "\"every\" and \"period\" must not both be zero";
	if (flux_duration_is_negative(every))
		return "parameter \"every\" must be non-negative";
	if (every.months != 0 && every.ns != 0)
		return "duration used as an interval cannot mix month and nanosecond units";

	grid->every = every;
	grid->period = period;
	grid->offset = offset;
	grid->location = location;
	grid->zero_ns = flux_time_add(0, flux_duration_negate(location.offset));
	grid->zero_ns = flux_time_add(grid->zero_ns, offset);
	if (every.months == 0)
	{
		/* any grid point serves; a small one keeps the divisions from overflowing */
		grid->zero_ns %= every.ns;
		if (grid->zero_ns < 0)
			grid->zero_ns += every.ns;
	}
	grid->is_simple =
		every.months == 0 && location.zone == NULL && period.months == 0 && period.ns == every.ns;
	return NULL;
}

/* How far a window's start is from zero; saturates. */
static FluxDuration
steps_to(const FluxWindowGrid *grid, int64 index)
{
	int64 steps;
	int64 unit = grid->every.months != 0 ? grid->every.months : grid->every.ns;

	if (pg_mul_s64_overflow(index, unit, &steps))
		steps = index < 0 ? PG_INT64_MIN : PG_INT64_MAX;
	return grid->every.months != 0 ? flux_duration(steps, 0) : flux_duration(0, steps);
}

/* Start of a window on the wall clock; saturates. */
static int64
local_start(const FluxWindowGrid *grid, int64 index)
{
	return flux_time_add(grid->zero_ns, steps_to(grid, index));
}

/*
 * Where the period that starts there ends.  A start before the beginning of
 * time would add the period to the wrong instant: then both are added at once.
 */
static int64
local_stop(const FluxWindowGrid *grid, int64 index, int64 start)
{
	FluxDuration total;

	if (start > FLUX_TIME_MIN)
		return flux_time_add(start, grid->period);
	total = steps_to(grid, index);
	if (pg_add_s64_overflow(total.months, grid->period.months, &total.months) ||
		pg_add_s64_overflow(total.ns, grid->period.ns, &total.ns))
		return FLUX_TIME_MIN;
	return flux_time_add(grid->zero_ns, total);
}

FluxBounds
flux_grid_window(const FluxWindowGrid *grid, int64 index)
{
	int64 start = local_start(grid, index);
	int64 stop = local_stop(grid, index, start);
	FluxBounds window;

	if (flux_duration_is_negative(grid->period))
	{
		window.start_ns = stop;
		window.stop_ns = start;
	}
	else
	{
		window.start_ns = start;
		window.stop_ns = stop;
	}
	if (grid->location.zone != NULL)
	{
		FluxLocation zone = grid_zone(grid);

		window.start_ns = flux_time_from_local(window.start_ns, &zone);
		window.stop_ns = flux_time_from_local(window.stop_ns, &zone);
	}
	return window;
}

/* Months since 1970-01. */
static int64
month_number(int64 time_ns)
{
	FluxCivilTime civil = flux_time_to_civil(time_ns);

	return (civil.year - 1970) * 12 + civil.month - 1;
}

/* Index of the latest grid point at or before an instant. */
int64
flux_grid_index(const FluxWindowGrid *grid, int64 time_ns)
{
	int64 local = time_ns;
	int64 index;

	if (grid->location.zone != NULL)
	{
		FluxLocation zone = grid_zone(grid);

		local = flux_time_to_local_latest(time_ns, &zone);
	}
	if (grid->every.months == 0)
	{
		int64 distance;

		if (pg_sub_s64_overflow(local, grid->zero_ns, &distance))
			return floor_div(local, grid->every.ns) - 1;
		return floor_div(distance, grid->every.ns);
	}

	/* the month of the grid that holds the instant, or the one before */
	index = floor_div(month_number(local) - month_number(grid->zero_ns), grid->every.months);
	while (local_start(grid, index) > local && index > PG_INT64_MIN)
		index--;
	return index;
}

/*
 * The smallest index whose window passes "test", given that the test is false
 * up to some index and true from there on.  Steps away from the guess in
 * doubling strides, then halves.
 */
typedef bool (*GridTest)(const FluxWindowGrid *grid, int64 index, int64 time_ns);

static bool
stops_after(const FluxWindowGrid *grid, int64 index, int64 time_ns)
{
	return flux_grid_window(grid, index).stop_ns > time_ns;
}

static bool
starts_at_or_after(const FluxWindowGrid *grid, int64 index, int64 time_ns)
{
	return flux_grid_window(grid, index).start_ns >= time_ns;
}

static int64
search_windows(const FluxWindowGrid *grid, GridTest test, int64 time_ns, int64 guess)
{
	int64 stride = 1;
	int64 no;
	int64 yes;

	if (test(grid, guess, time_ns))
	{
		for (yes = guess, no = guess - 1; test(grid, no, time_ns); stride *= 2)
		{
			yes = no;
			if (pg_sub_s64_overflow(no, stride, &no) || stride > PG_INT64_MAX / 4)
				return yes;
		}
	}
	else
	{
		for (no = guess, yes = guess + 1; !test(grid, yes, time_ns); stride *= 2)
		{
			no = yes;
			if (pg_add_s64_overflow(yes, stride, &yes) || stride > PG_INT64_MAX / 4)
				return no;
		}
	}
	while (yes - no > 1)
	{
		int64 middle = no + (yes - no) / 2;

		if (test(grid, middle, time_ns))
			yes = middle;
		else
			no = middle;
	}
	return yes;
}

bool
flux_grid_range(const FluxWindowGrid *grid, FluxBounds bounds, int64 *first, int64 *last)
{
	if (bounds.start_ns >= bounds.stop_ns)
		return false;
	if (grid->is_simple)
	{
		*first = flux_grid_index(grid, bounds.start_ns);
		*last = flux_grid_index(grid, bounds.stop_ns - 1);
		return true;
	}
	*first =
		search_windows(grid, stops_after, bounds.start_ns, flux_grid_index(grid, bounds.start_ns));
	*last = search_windows(grid, starts_at_or_after, bounds.stop_ns,
						   flux_grid_index(grid, bounds.stop_ns)) -
			1;

	/* at the ends of time all further windows saturate to the same bounds */
	*first = Max(*first, flux_grid_index(grid, FLUX_TIME_MIN));
	*last = Min(*last, flux_grid_index(grid, FLUX_TIME_MAX) + 1);
	return *first <= *last;
}

bool
flux_grid_containing(const FluxWindowGrid *grid, int64 time_ns, int64 *first, int64 *last)
{
	FluxBounds instant = {time_ns, Min(time_ns, PG_INT64_MAX - 1) + 1};

	return flux_grid_range(grid, instant, first, last);
}

bool
flux_grid_repeats(const FluxWindowGrid *grid, int64 index)
{
	FluxBounds window;
	FluxBounds before;

	if (grid->location.zone == NULL)
		return false;
	window = flux_grid_window(grid, index);
	before = flux_grid_window(grid, index - 1);
	return window.start_ns >= window.stop_ns && before.start_ns == window.start_ns &&
		   before.stop_ns == window.stop_ns;
}

FluxBounds
flux_grid_stretch(const FluxWindowGrid *grid, int64 time_ns, int64 *first, int64 *last)
{
	FluxBounds stretch;

	if (flux_grid_is_seamless(grid))
	{
		*first = *last = flux_grid_index(grid, time_ns);
		stretch = flux_grid_window(grid, *first);
		if (time_ns >= stretch.start_ns && time_ns < stretch.stop_ns)
			return stretch;
	}
	if (flux_grid_containing(grid, time_ns, first, last))
	{
		stretch.start_ns = flux_grid_window(grid, *last).start_ns;
		stretch.stop_ns =
			Min(flux_grid_window(grid, *first).stop_ns, flux_grid_window(grid, *last + 1).start_ns);
	}
	else
	{
		*last = *first - 1;
		stretch.start_ns = time_ns;
		stretch.stop_ns = flux_grid_window(grid, *first).start_ns;
	}
	/* where the bounds of windows saturate, the instant alone is sure */
	stretch.start_ns = Min(stretch.start_ns, time_ns);
	stretch.stop_ns = Max(stretch.stop_ns, Min(time_ns, PG_INT64_MAX - 1) + 1);
	return stretch;
}

/* The most nanoseconds that so many months and nanoseconds can be, of either sign; saturates. */
static int64
longest_ns(FluxDuration duration)
{
	int64 months_ns;
	int64 sum;

	if (duration.ns == PG_INT64_MIN ||
		pg_mul_s64_overflow(duration.months, 31 * FLUX_NS_PER_DAY, &months_ns) ||
		months_ns == PG_INT64_MIN ||
		pg_add_s64_overflow(duration.ns < 0 ? -duration.ns : duration.ns,
							months_ns < 0 ? -months_ns : months_ns, &sum))
		return PG_INT64_MAX;
	return sum;
}

int64
flux_grid_depth(const FluxWindowGrid *grid)
{
	int64 longest = longest_ns(grid->period);
	int64 every_ns = grid->every.ns; /* at least */

	if (flux_grid_is_seamless(grid))
		return 1;
	if (grid->every.months > 0 &&
		pg_mul_s64_overflow(grid->every.months, 28 * FLUX_NS_PER_DAY, &every_ns))
		every_ns = PG_INT64_MAX;
	/* a change of clocks moves a boundary, and may move many to one instant */
	if (grid->location.zone != NULL &&
		pg_add_s64_overflow(longest, 2 * CLOCK_CHANGE_MAX_NS, &longest))
		longest = PG_INT64_MAX;
	return (longest - 1) / every_ns + 1;
}

bool
flux_grid_tells_apart(const FluxWindowGrid *grid, FluxBounds bounds)
{
	int64 first;
	int64 last;

	if (flux_grid_is_seamless(grid))
		return true;
	/* Two windows may begin in one skipped hour and end in another. */
	if (grid->location.zone != NULL && longest_ns(grid->period) > 7 * FLUX_NS_PER_DAY)
		return false;
	if (flux_grid_containing(grid, bounds.start_ns, &first, &last))
	{
		for (int64 i = first; i < last; i++)
		{
			if (flux_grid_window(grid, i).stop_ns >=
				Min(bounds.stop_ns, flux_grid_window(grid, i + 1).stop_ns))
				return false;
		}
	}
	if (flux_grid_containing(grid, bounds.stop_ns - 1, &first, &last))
	{
		for (int64 i = first; i < last; i++)
		{
			if (flux_grid_window(grid, i + 1).start_ns <= flux_grid_window(grid, i).start_ns)
				return false;
		}
	}
	return true;
}
