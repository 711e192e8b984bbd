/*
 * scan_window.c
 *		What a window has come to, and how points and segments are added to it.
 *
 * Points are added in the order of time, run by run, so that a sum of floats is
 * the same to the last bit however the runs are cut.
 */
#include "postgres.h"

#include "storage/scan_window.h"

FluxScanWindow *
flux_scan_windows_create(int64 count)
{
	FluxScanWindow *windows = palloc_extended(count * sizeof(FluxScanWindow), MCXT_ALLOC_HUGE);

	for (int64 i = 0; i < count; i++)
		windows[i] = (FluxScanWindow){.context = CurrentMemoryContext};
	return windows;
}

void
flux_scan_window_open(FluxScanWindow *window, FluxBounds bounds)
{
	window->bounds = bounds;
	window->total.count = 0;
	window->total.number.uinteger = 0;
	window->time_ns = 0;
}

static void
keep_string(FluxScanWindow *window, FluxText text)
{
	if (window->string.data == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(window->context);

		initStringInfo(&window->string);
		MemoryContextSwitchTo(old);
	}
	resetStringInfo(&window->string);
	appendBinaryStringInfo(&window->string, text.data, text.size);
}

static void
select_row(FluxScanWindow *window, const FluxScanPiece *piece, int row)
{
	const void *values = piece->vector->values;

	window->time_ns = flux_scan_piece_time(piece, row);
	switch (piece->type)
	{
		case FLUX_COLUMN_BOOL:
			window->boolean = ((const bool *) values)[row];
			break;
		case FLUX_COLUMN_STRING:
			keep_string(window, ((const FluxText *) values)[row]);
			break;
		default:
			window->total.number.uinteger = ((const uint64 *) values)[row];
			break;
	}
}

/* The row of the least or greatest value in [first, stop), the first of equals. */
#define SELECT_EXTREME(TYPE, member, OP)                                                           \
	do                                                                                             \
	{                                                                                              \
		const TYPE *values = (const TYPE *) piece->vector->values;                                 \
		TYPE best = window->total.count > 0 ? window->total.number.member : values[first];         \
		int best_row = window->total.count > 0 ? -1 : first;                                       \
		for (int row = first; row < stop; row++)                                                   \
		{                                                                                          \
			if (values[row] OP best)                                                               \
			{                                                                                      \
				best = values[row];                                                                \
				best_row = row;                                                                    \
			}                                                                                      \
		}                                                                                          \
		if (best_row >= 0)                                                                         \
			select_row(window, piece, best_row);                                                   \
	} while (0)

static void
add_extreme(FluxScanWindow *window, bool is_min, const FluxScanPiece *piece, int first, int stop)
{
	switch (piece->type)
	{
		case FLUX_COLUMN_FLOAT:
			if (is_min)
				SELECT_EXTREME(double, floating, <);
			else
				SELECT_EXTREME(double, floating, >);
			break;
		case FLUX_COLUMN_INT:
			if (is_min)
				SELECT_EXTREME(int64, integer, <);
			else
				SELECT_EXTREME(int64, integer, >);
			break;
		default:
			if (is_min)
				SELECT_EXTREME(uint64, uinteger, <);
			else
				SELECT_EXTREME(uint64, uinteger, >);
			break;
	}
}

/* Widens the range of the window by values in [first, stop). */
#define WIDEN(TYPE, member)                                                                        \
	do                                                                                             \
	{                                                                                              \
		const TYPE *values = (const TYPE *) piece->vector->values;                                 \
		TYPE low = window->total.count > 0 ? window->total.number.member : values[first];          \
		TYPE high = window->total.count > 0 ? window->total.high.member : values[first];           \
		for (int row = first; row < stop; row++)                                                   \
		{                                                                                          \
			low = Min(low, values[row]);                                                           \
			high = Max(high, values[row]);                                                         \
		}                                                                                          \
		window->total.number.member = low;                                                         \
		window->total.high.member = high;                                                          \
	} while (0)

static void
add_range(FluxScanWindow *window, const FluxScanPiece *piece, int first, int stop)
{
	if (piece->type == FLUX_COLUMN_FLOAT)
		WIDEN(double, floating);
	else if (piece->type == FLUX_COLUMN_INT)
		WIDEN(int64, integer);
	else
		WIDEN(uint64, uinteger);
}

static void
add_sum(FluxScanWindow *window, const FluxScanPiece *piece, int first, int stop)
{
	if (piece->type == FLUX_COLUMN_FLOAT)
	{
		const double *values = piece->vector->values;
		double sum = window->total.number.floating;

		for (int row = first; row < stop; row++)
			sum += values[row];
		window->total.number.floating = sum;
	}
	else
	{
		const uint64 *values = piece->vector->values;
		uint64 sum = window->total.number.uinteger;

		for (int row = first; row < stop; row++)
			sum += values[row];
		window->total.number.uinteger = sum;
	}
}

/*
 * The 128 bits of a wide sum: the lower half is the number, the upper one stands
 * for the time.  Adds high * 2^32 + low.
 */
static void
add_wide(FluxScanWindow *window, int64 high, uint64 low)
{
	uint64 shifted = (uint64) high << 32;
	uint64 before = window->total.number.uinteger;

	window->total.number.uinteger += shifted;
	window->time_ns += (high >> 32) + (window->total.number.uinteger < before);
	before = window->total.number.uinteger;
	window->total.number.uinteger += low;
	window->time_ns += window->total.number.uinteger < before;
}

static void
add_wide_sum(FluxScanWindow *window, const FluxScanPiece *piece, int first, int stop)
{
	uint64 low = 0;
	int64 high = 0;

	/* A segment has too few points for the halves to overflow. */
	if (piece->type == FLUX_COLUMN_INT)
	{
		const int64 *values = piece->vector->values;

		for (int row = first; row < stop; row++)
		{
			low += (uint32) values[row];
			high += values[row] >> 32;
		}
	}
	else
	{
		const uint64 *values = piece->vector->values;

		for (int row = first; row < stop; row++)
		{
			low += (uint32) values[row];
			high += (int64) (values[row] >> 32);
		}
	}
	add_wide(window, high, low);
}

/* The true sum is count * min and what its lower half is ahead of that. */
static void
add_wide_segment(FluxScanWindow *window, const FluxSegment *segment)
{
	int64 min_high = segment->type == FLUX_COLUMN_INT ? segment->min.integer >> 32
													  : (int64) (segment->min.uinteger >> 32);
	uint64 base = segment->min.uinteger * (uint64) segment->count;

	add_wide(window, min_high * segment->count,
			 (uint64) (uint32) segment->min.uinteger * (uint64) segment->count);
	add_wide(window, 0, segment->sum.uinteger - base);
}

void
flux_scan_window_add_points(FluxScanWindow *window, FluxScanAggregate aggregate,
							const FluxScanPiece *piece, int first, int stop)
{
	switch (aggregate)
	{
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_MEAN:
			add_sum(window, piece, first, stop);
			break;
		case FLUX_SCAN_SUM_WIDE:
			add_wide_sum(window, piece, first, stop);
			break;
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
			add_extreme(window, aggregate == FLUX_SCAN_MIN, piece, first, stop);
			break;
		case FLUX_SCAN_SPREAD:
			add_range(window, piece, first, stop);
			break;
		case FLUX_SCAN_FIRST:
			if (window->total.count == 0)
				select_row(window, piece, first);
			break;
		case FLUX_SCAN_LAST:
			select_row(window, piece, stop - 1);
			break;
		case FLUX_SCAN_COUNT:
		case FLUX_SCAN_RAW:
			break;
	}
	window->total.count += stop - first;
}

bool
flux_scan_window_is_improved(const FluxScanWindow *window, FluxScanAggregate aggregate,
							 const FluxScanPiece *piece)
{
	const FluxSegment *segment = piece->segment;
	FluxSegmentNumber best = window->total.number;

	if (window->total.count == 0)
		return true;
	if (aggregate == FLUX_SCAN_MIN)
		return piece->type == FLUX_COLUMN_FLOAT ? segment->min.floating < best.floating
			   : piece->type == FLUX_COLUMN_INT ? segment->min.integer < best.integer
												: segment->min.uinteger < best.uinteger;
	return piece->type == FLUX_COLUMN_FLOAT ? segment->max.floating > best.floating
		   : piece->type == FLUX_COLUMN_INT ? segment->max.integer > best.integer
											: segment->max.uinteger > best.uinteger;
}

/* Widens the range of the window by that of the piece's segment. */
static void
add_segment_range(FluxScanWindow *window, const FluxScanPiece *piece)
{
	const FluxSegment *segment = piece->segment;
	FluxSegmentNumber *low = &window->total.number;
	FluxSegmentNumber *high = &window->total.high;

	if (window->total.count == 0)
	{
		*low = segment->min;
		*high = segment->max;
	}
	else if (piece->type == FLUX_COLUMN_FLOAT)
	{
		low->floating = Min(low->floating, segment->min.floating);
		high->floating = Max(high->floating, segment->max.floating);
	}
	else if (piece->type == FLUX_COLUMN_INT)
	{
		low->integer = Min(low->integer, segment->min.integer);
		high->integer = Max(high->integer, segment->max.integer);
	}
	else
	{
		low->uinteger = Min(low->uinteger, segment->min.uinteger);
		high->uinteger = Max(high->uinteger, segment->max.uinteger);
	}
}

void
flux_scan_window_add_segment(FluxScanWindow *window, FluxScanAggregate aggregate,
							 const FluxScanPiece *piece)
{
	const FluxSegment *segment = piece->segment;

	switch (aggregate)
	{
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_MEAN:
			if (piece->type == FLUX_COLUMN_FLOAT)
				window->total.number.floating += segment->sum.floating;
			else
				window->total.number.uinteger += segment->sum.uinteger;
			break;
		case FLUX_SCAN_SUM_WIDE:
			add_wide_segment(window, segment);
			break;
		case FLUX_SCAN_SPREAD:
			add_segment_range(window, piece);
			break;
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
			if (flux_scan_window_is_improved(window, aggregate, piece))
				window->total.number = aggregate == FLUX_SCAN_MIN ? segment->min : segment->max;
			break;
		case FLUX_SCAN_FIRST:
			if (window->total.count > 0)
				break;
			window->total.number = segment->first;
			window->boolean = segment->first.integer != 0;
			window->time_ns = segment->tmin_ns;
			break;
		case FLUX_SCAN_LAST:
			window->total.number = segment->last;
			window->boolean = segment->last.integer != 0;
			window->time_ns = segment->tmax_ns;
			break;
		case FLUX_SCAN_COUNT:
		case FLUX_SCAN_RAW:
			break;
	}
	window->total.count += segment->count;
}
