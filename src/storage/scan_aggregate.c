/*
 * scan_aggregate.c
 *		Aggregates of one series after another, window by window.
 *
 * The pieces of a merge are taken apart into units, each within one window: a
 * run of decoded points, or a whole segment that is answered from its
 * statistics.  Units ascend, so one window is open at a time.
 *
 *		unit in window w  ->  rows for all windows before w  ->  add the unit to w
 *
 * Rows go to a buffer of fixed size; when it is full in the middle of this, the
 * unit waits and the next filling goes on from the same place.  So neither the
 * number of windows nor that of points takes memory.
 *
 * Where series are grouped, windows do not become rows as they close; their
 * totals are kept (scan_group.h) until the last series of the group is through.
 *
 * Floats are added in the order of time, so that the sum is what the executor
 * would have got, to the last bit, unless statistics of segments are added up.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "guc.h"
#include "storage/scan_aggregate.h"
#include "storage/scan_group.h"

struct FluxScanAggregator
{
	const FluxScanSpec *spec;

	/* the series */
	FluxScanPiece own_piece;
	FluxMergeVector own_vector;
	FluxScanPiece *piece; /* what it reads: its own, or one that others read as well */
	bool is_shared;
	bool is_offered; /* shared: the current piece was not taken yet */
	FluxColumnType type;
	FluxScanAggregate aggregate;
	bool use_statistics; /* for this aggregate and type */
	bool segment_waits;  /* the piece's segment, to be answered from statistics */
	int position;        /* first row of the piece not taken yet */
	int stop;            /* after the last */
	bool is_exhausted;   /* there is no more, or no more is wanted */
	bool has_any;        /* some point was found */

	/* windows */
	int64 last_index;  /* with create_empty: the last to emit */
	int64 next_index;  /* rows before it are out */
	bool window_known; /* window_* describe a window */
	int64 window_index;
	FluxBounds window; /* unclipped */

	/* the open window */
	bool is_open;
	int64 open_index;
	FluxBounds open_bounds; /* clipped */
	int64 count;
	FluxSegmentNumber number; /* sum, selected value, or the least for a spread */
	FluxSegmentNumber high;   /* and the greatest */
	int64 time_ns;            /* of the selected point */
	bool boolean;
	StringInfoData string; /* selected string */

	FluxScanGroup *group; /* NULL: series are not grouped */
};

FluxScanAggregator *
flux_scan_aggregator_create(const FluxScanSpec *spec, FluxScanStats *stats)
{
	FluxScanAggregator *aggregator = palloc0(sizeof(FluxScanAggregator));

	aggregator->spec = spec;
	flux_merge_vector_init(&aggregator->own_vector, CurrentMemoryContext);
	flux_scan_piece_init(&aggregator->own_piece, &aggregator->own_vector, stats);
	initStringInfo(&aggregator->string);
	if (spec->grouping != NULL)
		aggregator->group = flux_scan_group_create(spec);
	return aggregator;
}

FluxScanAggregate
flux_scan_aggregate_of(const FluxScanSpec *spec, FluxColumnType type)
{
	bool is_number =
		type == FLUX_COLUMN_INT || type == FLUX_COLUMN_UINT || type == FLUX_COLUMN_FLOAT;

	if (spec->first_if_unordered && !is_number &&
		(spec->aggregate == FLUX_SCAN_MIN || spec->aggregate == FLUX_SCAN_MAX))
		return FLUX_SCAN_FIRST;
	return spec->aggregate;
}

FluxColumnType
flux_scan_aggregate_type(FluxScanAggregate aggregate, FluxColumnType type)
{
	bool is_number =
		type == FLUX_COLUMN_INT || type == FLUX_COLUMN_UINT || type == FLUX_COLUMN_FLOAT;

	switch (aggregate)
	{
		case FLUX_SCAN_COUNT:
			return FLUX_COLUMN_INT;
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_MEAN:
		case FLUX_SCAN_SPREAD:
			if (!is_number)
				ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
								errmsg("unsupported input type for %s aggregate: %s",
									   aggregate == FLUX_SCAN_SUM    ? "sum"
									   : aggregate == FLUX_SCAN_MEAN ? "mean"
																	 : "spread",
									   flux_column_type_name(type))));
			return aggregate == FLUX_SCAN_MEAN ? FLUX_COLUMN_FLOAT : type;
		case FLUX_SCAN_SUM_WIDE:
			if (type != FLUX_COLUMN_INT && type != FLUX_COLUMN_UINT)
				elog(ERROR, "wide sums are of integers, not of %s", flux_column_type_name(type));
			return type;
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
			if (!is_number)
				ereport(
					ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg(
						 "invalid use of function: *universe.%s has no implementation for type %s",
						 aggregate == FLUX_SCAN_MIN ? "MinSelector" : "MaxSelector",
						 flux_column_type_name(type))));
			return type;
		default:
			return type;
	}
}

void
flux_scan_check_type(const FluxScanSpec *spec, FluxColumnType type)
{
	if (spec->check_type != NULL)
		spec->check_type(spec->check_argument, type);
	(void) flux_scan_aggregate_type(flux_scan_aggregate_of(spec, type), type);
}

bool
flux_scan_aggregate_takes(FluxScanAggregate aggregate, FluxColumnType type)
{
	switch (aggregate)
	{
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_SUM_WIDE:
		case FLUX_SCAN_MEAN:
		case FLUX_SCAN_SPREAD:
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
			return type != FLUX_COLUMN_BOOL && type != FLUX_COLUMN_STRING;
		default:
			return true;
	}
}

bool
flux_scan_aggregate_descends(const FluxScanSpec *spec)
{
	return spec->aggregate == FLUX_SCAN_LAST && spec->grid == NULL;
}

/* What a series begins with, wherever its pieces come from. */
static void
begin_series(FluxScanAggregator *aggregator, FluxScanPiece *piece, FluxColumnType type)
{
	const FluxScanSpec *spec = aggregator->spec;

	aggregator->piece = piece;
	aggregator->is_shared = piece != &aggregator->own_piece;
	aggregator->is_offered = false;
	aggregator->type = type;
	aggregator->aggregate = flux_scan_aggregate_of(spec, type);
	/* Of values that it cannot take it matters only whether there are any. */
	if (!flux_scan_aggregate_takes(aggregator->aggregate, type))
		aggregator->aggregate = FLUX_SCAN_COUNT;
	aggregator->segment_waits = false;
	aggregator->position = aggregator->stop = 0;
	aggregator->is_exhausted = false;
	aggregator->has_any = false;
	aggregator->is_open = false;
	aggregator->window_known = false;
	aggregator->next_index = PG_INT64_MIN;
	aggregator->last_index = PG_INT64_MIN;
	if (spec->create_empty && spec->grid != NULL)
	{
		int64 first;

		if (flux_grid_range(spec->grid, spec->bounds, &first, &aggregator->last_index))
			aggregator->next_index = first;
	}
}

void
flux_scan_aggregator_begin(FluxScanAggregator *aggregator, FluxMerge *merge, FluxColumnType type,
						   const FluxPredicate *rest)
{
	FluxScanPiece *piece = &aggregator->own_piece;

	flux_scan_piece_begin(piece, merge, type, aggregator->spec->bounds, rest);
	begin_series(aggregator, piece, type);
	aggregator->use_statistics = flux_guc_segment_statistics && rest == NULL;
	piece->needs_times = false;
	piece->needs_values = flux_scan_aggregator_needs_values(aggregator);
}

void
flux_scan_aggregator_begin_source(FluxScanAggregator *aggregator, FluxScanPieceSource source,
								  void *argument, FluxColumnType type)
{
	FluxScanPiece *piece = &aggregator->own_piece;

	flux_scan_piece_begin_source(piece, source, argument, type, aggregator->spec->bounds);
	begin_series(aggregator, piece, type);
	piece->needs_times = piece->needs_values = false;
	aggregator->use_statistics = true; /* there is nothing else behind its segments */
}

void
flux_scan_aggregator_begin_shared(FluxScanAggregator *aggregator, FluxScanPiece *piece)
{
	begin_series(aggregator, piece, piece->type);
	aggregator->use_statistics = flux_guc_segment_statistics && piece->rest == NULL;
}

bool
flux_scan_aggregator_needs_values(const FluxScanAggregator *aggregator)
{
	return aggregator->aggregate != FLUX_SCAN_COUNT || aggregator->piece->rest != NULL;
}

void
flux_scan_aggregator_offer(FluxScanAggregator *aggregator, bool is_end)
{
	if (is_end)
		aggregator->is_exhausted = true;
	else
		aggregator->is_offered = true;
}

/* ---- windows ---- */

/* Sets the current window to one of the grid. */
static void
set_window(FluxScanAggregator *aggregator, int64 index)
{
	aggregator->window_index = index;
	aggregator->window = flux_grid_window(aggregator->spec->grid, index);
	aggregator->window_known = true;
}

/*
 * Makes the window that contains an instant the current one; false when the
 * instant lies in a gap of the grid, and then the current one begins after it.
 */
static bool
find_window(FluxScanAggregator *aggregator, int64 time_ns)
{
	const FluxWindowGrid *grid = aggregator->spec->grid;
	int64 first;
	int64 last;

	if (grid == NULL)
	{
		aggregator->window_index = 0;
		aggregator->window = aggregator->spec->bounds;
		return true;
	}
	if (aggregator->window_known)
	{
		if (time_ns >= aggregator->window.start_ns && time_ns < aggregator->window.stop_ns)
			return true;
		/* mostly it is the next one */
		if (grid->is_simple && time_ns >= aggregator->window.stop_ns &&
			time_ns - grid->every.ns < aggregator->window.stop_ns &&
			aggregator->window.stop_ns < PG_INT64_MAX - grid->every.ns)
		{
			aggregator->window_index++;
			aggregator->window.start_ns = aggregator->window.stop_ns;
			aggregator->window.stop_ns += grid->every.ns;
			return true;
		}
	}
	if (grid->is_simple)
	{
		set_window(aggregator, flux_grid_index(grid, time_ns));
		return true;
	}
	if (flux_grid_containing(grid, time_ns, &first, &last))
	{
		set_window(aggregator, first);
		return true;
	}
	set_window(aggregator, flux_grid_index(grid, time_ns) + 1);
	return false;
}

/* ---- the source of units ---- */

/*
 * Whether the sum that a segment says, which wraps, can come of one true sum
 * alone: that is at least count * min and at most count * max.
 */
static bool
sum_is_unique(const FluxSegment *segment)
{
	return (segment->max.uinteger - segment->min.uinteger) <
		   PG_UINT64_MAX / (uint64) segment->count;
}

/* Whether a segment may stand for its points: it lies in one window. */
static bool
answered_by_statistics(FluxScanAggregator *aggregator, const FluxSegment *segment)
{
	FluxBounds bounds = aggregator->spec->bounds;

	if (!aggregator->use_statistics || segment->tmin_ns < bounds.start_ns ||
		segment->tmax_ns >= bounds.stop_ns)
		return false;
	switch (aggregator->aggregate)
	{
		case FLUX_SCAN_COUNT:
			break;
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_MEAN:
			if (!segment->has_sum)
				return false;
			break;
		case FLUX_SCAN_SUM_WIDE:
			if (!segment->has_sum || !segment->has_range || !sum_is_unique(segment))
				return false;
			break;
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
		case FLUX_SCAN_SPREAD:
			if (!segment->has_range)
				return false;
			break;
		default:
			if (!segment->has_ends)
				return false;
			break;
	}
	return find_window(aggregator, segment->tmin_ns) &&
		   segment->tmax_ns < aggregator->window.stop_ns;
}

/* The points of the piece become what units are made of. */
static void
take_points(FluxScanAggregator *aggregator)
{
	flux_scan_piece_decode(aggregator->piece);
	aggregator->position = aggregator->piece->first;
	aggregator->stop = aggregator->piece->stop;
}

/* Makes the next piece the current one; false when there is none, or none as yet. */
static bool
fetch_piece(FluxScanAggregator *aggregator)
{
	if (aggregator->is_shared)
	{
		bool is_offered = aggregator->is_offered;

		aggregator->is_offered = false;
		return is_offered;
	}
	aggregator->is_exhausted = !flux_scan_piece_next(aggregator->piece);
	return !aggregator->is_exhausted;
}

/* The same for a piece with at least one point. */
static bool
next_piece(FluxScanAggregator *aggregator)
{
	while (fetch_piece(aggregator))
	{
		const FluxSegment *segment = aggregator->piece->segment;

		if (segment != NULL && answered_by_statistics(aggregator, segment))
		{
			aggregator->segment_waits = true;
			return true;
		}
		take_points(aggregator);
		if (aggregator->position < aggregator->stop)
			return true;
	}
	return false;
}

/*
 * Makes sure that a unit waits and its window is the current one; false when
 * there is none, or none as yet.
 */
static bool
next_unit(FluxScanAggregator *aggregator)
{
	const FluxScanPiece *piece = aggregator->piece;

	while (!aggregator->is_exhausted)
	{
		if (!aggregator->segment_waits && aggregator->position >= aggregator->stop)
		{
			if (!next_piece(aggregator))
				break;
		}
		if (aggregator->segment_waits)
			return find_window(aggregator, piece->segment->tmin_ns);
		if (find_window(aggregator, flux_scan_piece_time(piece, aggregator->position)))
			return true;
		/* a gap of the grid: go on where the next window begins */
		aggregator->position = flux_scan_piece_find(piece, aggregator->position, aggregator->stop,
													aggregator->window.start_ns);
	}
	return false;
}

/* ---- accumulating ---- */

static void
select_row(FluxScanAggregator *aggregator, int row)
{
	const void *values = aggregator->piece->vector->values;

	aggregator->time_ns = flux_scan_piece_time(aggregator->piece, row);
	switch (aggregator->type)
	{
		case FLUX_COLUMN_BOOL:
			aggregator->boolean = ((const bool *) values)[row];
			break;
		case FLUX_COLUMN_STRING:
			resetStringInfo(&aggregator->string);
			appendBinaryStringInfo(&aggregator->string, ((const FluxText *) values)[row].data,
								   ((const FluxText *) values)[row].size);
			break;
		default:
			aggregator->number.uinteger = ((const uint64 *) values)[row];
			break;
	}
}

/* The row of the least or greatest value in [first, stop), the first of equals. */
#define SELECT_EXTREME(TYPE, member, OP)                                                           \
	do                                                                                             \
	{                                                                                              \
		const TYPE *values = (const TYPE *) aggregator->piece->vector->values;                     \
		TYPE best = aggregator->count > 0 ? aggregator->number.member : values[first];             \
		int best_row = aggregator->count > 0 ? -1 : first;                                         \
		for (int row = first; row < stop; row++)                                                   \
		{                                                                                          \
			if (values[row] OP best)                                                               \
			{                                                                                      \
				best = values[row];                                                                \
				best_row = row;                                                                    \
			}                                                                                      \
		}                                                                                          \
		if (best_row >= 0)                                                                         \
			select_row(aggregator, best_row);                                                      \
	} while (0)

static void
add_extreme(FluxScanAggregator *aggregator, int first, int stop)
{
	bool is_min = aggregator->aggregate == FLUX_SCAN_MIN;

	switch (aggregator->type)
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

/* Widens the range of the open window by values in [first, stop). */
#define WIDEN(TYPE, member)                                                                        \
	do                                                                                             \
	{                                                                                              \
		const TYPE *values = (const TYPE *) aggregator->piece->vector->values;                     \
		TYPE low = aggregator->count > 0 ? aggregator->number.member : values[first];              \
		TYPE high = aggregator->count > 0 ? aggregator->high.member : values[first];               \
		for (int row = first; row < stop; row++)                                                   \
		{                                                                                          \
			low = Min(low, values[row]);                                                           \
			high = Max(high, values[row]);                                                         \
		}                                                                                          \
		aggregator->number.member = low;                                                           \
		aggregator->high.member = high;                                                            \
	} while (0)

static void
add_range(FluxScanAggregator *aggregator, int first, int stop)
{
	if (aggregator->type == FLUX_COLUMN_FLOAT)
		WIDEN(double, floating);
	else if (aggregator->type == FLUX_COLUMN_INT)
		WIDEN(int64, integer);
	else
		WIDEN(uint64, uinteger);
}

static void
add_sum(FluxScanAggregator *aggregator, int first, int stop)
{
	if (aggregator->type == FLUX_COLUMN_FLOAT)
	{
		const double *values = aggregator->piece->vector->values;
		double sum = aggregator->number.floating;

		for (int row = first; row < stop; row++)
			sum += values[row];
		aggregator->number.floating = sum;
	}
	else
	{
		const uint64 *values = aggregator->piece->vector->values;
		uint64 sum = aggregator->number.uinteger;

		for (int row = first; row < stop; row++)
			sum += values[row];
		aggregator->number.uinteger = sum;
	}
}

/*
 * The 128 bits of a wide sum: the lower half is the number, the upper one stands
 * for the time.  Adds high * 2^32 + low.
 */
static void
add_wide(FluxScanAggregator *aggregator, int64 high, uint64 low)
{
	uint64 shifted = (uint64) high << 32;
	uint64 before = aggregator->number.uinteger;

	aggregator->number.uinteger += shifted;
	aggregator->time_ns += (high >> 32) + (aggregator->number.uinteger < before);
	before = aggregator->number.uinteger;
	aggregator->number.uinteger += low;
	aggregator->time_ns += aggregator->number.uinteger < before;
}

static void
add_wide_sum(FluxScanAggregator *aggregator, int first, int stop)
{
	uint64 low = 0;
	int64 high = 0;

	/* A segment has too few points for the halves to overflow. */
	if (aggregator->type == FLUX_COLUMN_INT)
	{
		const int64 *values = aggregator->piece->vector->values;

		for (int row = first; row < stop; row++)
		{
			low += (uint32) values[row];
			high += values[row] >> 32;
		}
	}
	else
	{
		const uint64 *values = aggregator->piece->vector->values;

		for (int row = first; row < stop; row++)
		{
			low += (uint32) values[row];
			high += (int64) (values[row] >> 32);
		}
	}
	add_wide(aggregator, high, low);
}

/* The true sum is count * min and what its lower half is ahead of that. */
static void
add_wide_segment(FluxScanAggregator *aggregator, const FluxSegment *segment)
{
	int64 min_high = segment->type == FLUX_COLUMN_INT ? segment->min.integer >> 32
													  : (int64) (segment->min.uinteger >> 32);
	uint64 base = segment->min.uinteger * (uint64) segment->count;

	add_wide(aggregator, min_high * segment->count,
			 (uint64) (uint32) segment->min.uinteger * (uint64) segment->count);
	add_wide(aggregator, 0, segment->sum.uinteger - base);
}

/* Adds points [first, stop) of the source to the open window. */
static void
add_points(FluxScanAggregator *aggregator, int first, int stop)
{
	switch (aggregator->aggregate)
	{
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_MEAN:
			add_sum(aggregator, first, stop);
			break;
		case FLUX_SCAN_SUM_WIDE:
			add_wide_sum(aggregator, first, stop);
			break;
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
			add_extreme(aggregator, first, stop);
			break;
		case FLUX_SCAN_SPREAD:
			add_range(aggregator, first, stop);
			break;
		case FLUX_SCAN_FIRST:
			if (aggregator->count == 0)
				select_row(aggregator, first);
			break;
		case FLUX_SCAN_LAST:
			select_row(aggregator, stop - 1);
			break;
		case FLUX_SCAN_COUNT:
		case FLUX_SCAN_RAW:
			break;
	}
	aggregator->count += stop - first;
}

/* Whether a segment holds a better extreme than the open window has so far. */
static bool
improves(const FluxScanAggregator *aggregator, const FluxSegment *segment)
{
	FluxSegmentNumber best = aggregator->number;

	if (aggregator->count == 0)
		return true;
	if (aggregator->aggregate == FLUX_SCAN_MIN)
		return aggregator->type == FLUX_COLUMN_FLOAT ? segment->min.floating < best.floating
			   : aggregator->type == FLUX_COLUMN_INT ? segment->min.integer < best.integer
													 : segment->min.uinteger < best.uinteger;
	return aggregator->type == FLUX_COLUMN_FLOAT ? segment->max.floating > best.floating
		   : aggregator->type == FLUX_COLUMN_INT ? segment->max.integer > best.integer
												 : segment->max.uinteger > best.uinteger;
}

/* Widens the range of the open window by that of a segment. */
static void
add_segment_range(FluxScanAggregator *aggregator, const FluxSegment *segment)
{
	FluxSegmentNumber *low = &aggregator->number;
	FluxSegmentNumber *high = &aggregator->high;

	if (aggregator->count == 0)
	{
		*low = segment->min;
		*high = segment->max;
	}
	else if (aggregator->type == FLUX_COLUMN_FLOAT)
	{
		low->floating = Min(low->floating, segment->min.floating);
		high->floating = Max(high->floating, segment->max.floating);
	}
	else if (aggregator->type == FLUX_COLUMN_INT)
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

/*
 * Adds a whole segment to the open window.  Where an extreme's time is wanted
 * and the segment has a new one, its points must be looked at after all.
 */
static void
add_segment(FluxScanAggregator *aggregator, const FluxSegment *segment)
{
	switch (aggregator->aggregate)
	{
		case FLUX_SCAN_SUM:
		case FLUX_SCAN_MEAN:
			if (aggregator->type == FLUX_COLUMN_FLOAT)
				aggregator->number.floating += segment->sum.floating;
			else
				aggregator->number.uinteger += segment->sum.uinteger;
			break;
		case FLUX_SCAN_SUM_WIDE:
			add_wide_segment(aggregator, segment);
			break;
		case FLUX_SCAN_SPREAD:
			add_segment_range(aggregator, segment);
			break;
		case FLUX_SCAN_MIN:
		case FLUX_SCAN_MAX:
			if (!improves(aggregator, segment))
				break;
			if (aggregator->spec->times_unused)
			{
				aggregator->number =
					aggregator->aggregate == FLUX_SCAN_MIN ? segment->min : segment->max;
				break;
			}
			take_points(aggregator);
			add_points(aggregator, aggregator->position, aggregator->stop);
			aggregator->position = aggregator->stop;
			return;
		case FLUX_SCAN_FIRST:
			if (aggregator->count > 0)
				break;
			aggregator->number = segment->first;
			aggregator->boolean = segment->first.integer != 0;
			aggregator->time_ns = segment->tmin_ns;
			break;
		case FLUX_SCAN_LAST:
			aggregator->number = segment->last;
			aggregator->boolean = segment->last.integer != 0;
			aggregator->time_ns = segment->tmax_ns;
			break;
		case FLUX_SCAN_COUNT:
		case FLUX_SCAN_RAW:
			break;
	}
	aggregator->count += segment->count;
	flux_scan_piece_count_statistics(aggregator->piece);
}

/* The open window goes on from what the group's earlier series have come to. */
static void
take_up_total(FluxScanAggregator *aggregator)
{
	const FluxScanGroup *group = aggregator->group;
	const FluxScanTotal *total = &group->totals[aggregator->open_index - group->first_index];

	aggregator->count = total->count;
	aggregator->number = total->number;
	aggregator->high = total->high;
}

static void
put_back_total(FluxScanAggregator *aggregator)
{
	FluxScanGroup *group = aggregator->group;

	group->totals[aggregator->open_index - group->first_index] = (FluxScanTotal){
		.count = aggregator->count, .number = aggregator->number, .high = aggregator->high};
	aggregator->is_open = false;
}

/* Adds the waiting unit to its window, which is the current one. */
static void
take_unit(FluxScanAggregator *aggregator)
{
	const FluxScanSpec *spec = aggregator->spec;
	int stop;

	aggregator->has_any = true;
	if (!aggregator->is_open)
	{
		aggregator->is_open = true;
		aggregator->open_index = aggregator->window_index;
		aggregator->open_bounds = flux_bounds_intersect(aggregator->window, spec->bounds);
		aggregator->count = 0;
		aggregator->number.uinteger = 0;
		aggregator->time_ns = 0;
		if (aggregator->group != NULL)
			take_up_total(aggregator);
	}
	if (aggregator->segment_waits)
	{
		aggregator->segment_waits = false;
		add_segment(aggregator, aggregator->piece->segment);
	}
	else
	{
		stop = flux_scan_piece_find(aggregator->piece, aggregator->position, aggregator->stop,
									aggregator->window.stop_ns);
		add_points(aggregator, aggregator->position, stop);
		aggregator->position = stop;
	}
	/* The first (or, backward, the last) point of all was what was wanted. */
	if (spec->grid == NULL && !aggregator->is_shared &&
		(aggregator->aggregate == FLUX_SCAN_FIRST || aggregator->aggregate == FLUX_SCAN_LAST))
		aggregator->is_exhausted = true;
}

/* ---- rows ---- */

FluxScanRows *
flux_scan_rows_create(void)
{
	FluxScanRows *rows = palloc(sizeof(FluxScanRows));

	rows->count = 0;
	rows->has_nulls = false;
	rows->strings =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask scan strings", ALLOCSET_SMALL_SIZES);
	return rows;
}

void
flux_scan_rows_clear(FluxScanRows *rows)
{
	rows->count = 0;
	rows->has_nulls = false;
	MemoryContextReset(rows->strings);
}

/* Differences of integers wrap, so signed and unsigned are alike. */
static void
emit_spread(const FluxScanAggregator *aggregator, FluxScanRows *rows, int row)
{
	if (aggregator->type == FLUX_COLUMN_FLOAT)
		((double *) rows->values)[row] = aggregator->high.floating - aggregator->number.floating;
	else
		((uint64 *) rows->values)[row] = aggregator->high.uinteger - aggregator->number.uinteger;
}

static void
emit_row(FluxScanAggregator *aggregator, FluxScanRows *rows, FluxBounds bounds)
{
	int row = rows->count++;
	bool is_null = !aggregator->is_open;

	rows->starts_ns[row] = bounds.start_ns;
	rows->stops_ns[row] = bounds.stop_ns;
	rows->times_ns[row] = is_null ? bounds.start_ns : aggregator->time_ns;
	if (aggregator->aggregate == FLUX_SCAN_COUNT)
	{
		((int64 *) rows->values)[row] = is_null ? 0 : aggregator->count;
		rows->nulls[row] = false;
		return;
	}
	rows->nulls[row] = is_null;
	rows->has_nulls |= is_null;
	if (aggregator->aggregate == FLUX_SCAN_MEAN)
	{
		double sum = is_null                                 ? 0
					 : aggregator->type == FLUX_COLUMN_FLOAT ? aggregator->number.floating
					 : aggregator->type == FLUX_COLUMN_INT   ? (double) aggregator->number.integer
															 : (double) aggregator->number.uinteger;

		((double *) rows->values)[row] = is_null ? 0 : sum / (double) aggregator->count;
	}
	else if (aggregator->type == FLUX_COLUMN_BOOL)
		((bool *) rows->values)[row] = !is_null && aggregator->boolean;
	else if (aggregator->type == FLUX_COLUMN_STRING)
	{
		MemoryContext old_context = MemoryContextSwitchTo(rows->strings);

		rows->values[row] =
			is_null ? flux_text("", 0)
					: flux_text_copy(flux_text(aggregator->string.data, aggregator->string.len));
		MemoryContextSwitchTo(old_context);
	}
	else if (aggregator->aggregate == FLUX_SCAN_SPREAD && !is_null)
		emit_spread(aggregator, rows, row);
	else
		((uint64 *) rows->values)[row] = is_null ? 0 : aggregator->number.uinteger;
}

/*
 * Emits the rows of windows before an index; false when the buffer is full
 * before all are out.
 */
static bool
emit_until(FluxScanAggregator *aggregator, FluxScanRows *rows, int64 index)
{
	const FluxScanSpec *spec = aggregator->spec;

	while (aggregator->next_index < index)
	{
		if (!spec->create_empty || spec->grid == NULL)
		{
			if (!aggregator->is_open || aggregator->open_index >= index)
				break;
			aggregator->next_index = aggregator->open_index;
		}
		if (rows->count == FLUX_BATCH_ROWS)
			return false;
		if (aggregator->is_open && aggregator->open_index == aggregator->next_index)
		{
			emit_row(aggregator, rows, aggregator->open_bounds);
			aggregator->is_open = false;
		}
		else
		{
			bool is_open = aggregator->is_open;
			FluxBounds window = flux_grid_window(spec->grid, aggregator->next_index);

			aggregator->is_open = false;
			emit_row(aggregator, rows, flux_bounds_intersect(window, spec->bounds));
			aggregator->is_open = is_open;
		}
		aggregator->next_index++;
	}
	return true;
}

bool
flux_scan_aggregator_continue(FluxScanAggregator *aggregator, FluxScanRows *rows)
{
	while (next_unit(aggregator))
	{
		if (!emit_until(aggregator, rows, aggregator->window_index))
			return true;
		take_unit(aggregator);
	}
	if (!aggregator->is_exhausted)
		return false;
	if (aggregator->has_any)
		(void) emit_until(aggregator, rows,
						  Max(aggregator->last_index,
							  aggregator->is_open ? aggregator->open_index : PG_INT64_MIN) +
							  1);
	return rows->count > 0;
}

/* The next rows of the group, from its totals. */
static bool
give_group(FluxScanAggregator *aggregator, FluxScanRows *rows)
{
	const FluxScanSpec *spec = aggregator->spec;
	FluxScanGroup *group = aggregator->group;
	bool gives_empty = spec->create_empty && spec->grid != NULL;

	if (!group->has_any)
		return false;
	for (; group->given < group->window_count && rows->count < FLUX_BATCH_ROWS; group->given++)
	{
		int64 index = group->first_index + group->given;
		FluxBounds window = spec->grid == NULL ? spec->bounds : flux_grid_window(spec->grid, index);

		if (group->totals[group->given].count == 0 && !gives_empty)
			continue;
		aggregator->open_index = index;
		aggregator->is_open = group->totals[group->given].count > 0;
		if (aggregator->is_open)
			take_up_total(aggregator);
		emit_row(aggregator, rows, flux_bounds_intersect(window, spec->bounds));
	}
	aggregator->is_open = false;
	return rows->count > 0;
}

bool
flux_scan_aggregator_fill(FluxScanAggregator *aggregator, FluxScanRows *rows)
{
	flux_scan_rows_clear(rows);
	if (aggregator->group != NULL)
		return give_group(aggregator, rows);
	return flux_scan_aggregator_continue(aggregator, rows);
}

/* ---- groups ---- */

void
flux_scan_aggregator_begin_group(FluxScanAggregator *aggregator)
{
	flux_scan_group_clear(aggregator->group);
}

bool
flux_scan_aggregator_add_series(FluxScanAggregator *aggregator, FluxMerge *merge,
								FluxColumnType type, const FluxPredicate *rest)
{
	flux_scan_aggregator_begin(aggregator, merge, type, rest);
	while (next_unit(aggregator))
	{
		if (aggregator->is_open && aggregator->open_index != aggregator->window_index)
			put_back_total(aggregator);
		take_unit(aggregator);
	}
	if (aggregator->is_open)
		put_back_total(aggregator);
	aggregator->group->has_any |= aggregator->has_any;
	return aggregator->has_any;
}
