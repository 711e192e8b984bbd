/*
 * scan_aggregate.c
 *		Aggregates of one series after another, window by window.
 *
 * The pieces of a merge are taken apart into units, each within the same windows
 * from its first point to its last: a run of decoded points, or a whole segment
 * that is answered from its statistics.  Units ascend, so one window is open at
 * a time, or, where windows overlap, as many as contain an instant.
 *
 *		unit in windows v to w  ->  rows for all before v  ->  add the unit to v to w
 *
 * Rows go to a buffer of fixed size; when it is full in the middle of this, the
 * unit waits and the next filling goes on from the same place.  So neither the
 * number of windows nor that of points takes memory; how many may be open at
 * once is to be asked before (flux_scan_windows_fit).
 *
 * Where series are grouped, windows do not become rows as they close; their
 * totals are kept (scan_group.h) until the last series of the group is through.
 *
 * Floats are added in the order of time, so that the sum is what the executor
 * would have got, to the last bit, unless statistics of segments are added up.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "guc.h"
#include "storage/scan_aggregate.h"
#include "storage/scan_group.h"
#include "storage/scan_window.h"

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
	bool has_any;        /* some point was found, perhaps in no window */

	/* windows */
	int64 last_index;    /* with create_empty: the last to emit */
	int64 next_index;    /* rows before it are out */
	bool stretch_known;  /* the next three describe a stretch of time and its windows */
	int64 stretch_first; /* they are [stretch_first, stretch_last], none in a gap */
	int64 stretch_last;
	FluxBounds stretch; /* unclipped */

	/* the open windows, [open_first, open_stop): all of them have points */
	int64 open_first;
	int64 open_stop;
	int64 depth;             /* the most that can be open */
	FluxScanWindow *windows; /* of them, each at its index modulo the depth */

	FluxScanGroup *group; /* NULL: series are not grouped */
};

FluxScanAggregator *
flux_scan_aggregator_create(const FluxScanSpec *spec, FluxScanStats *stats)
{
	FluxScanAggregator *aggregator = palloc0(sizeof(FluxScanAggregator));

	aggregator->spec = spec;
	flux_merge_vector_init(&aggregator->own_vector, CurrentMemoryContext);
	flux_scan_piece_init(&aggregator->own_piece, &aggregator->own_vector, stats);
	aggregator->depth = spec->grid == NULL ? 1 : flux_grid_depth(spec->grid);
	aggregator->windows = flux_scan_windows_create(aggregator->depth);
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
	aggregator->open_first = aggregator->open_stop = 0;
	aggregator->stretch_known = false;
	aggregator->next_index = PG_INT64_MIN;
	aggregator->last_index = PG_INT64_MIN;
	if (spec->create_empty && spec->grid != NULL)
	{
		int64 first;

		if (flux_grid_range(spec->grid, spec->bounds, &first, &aggregator->last_index))
			aggregator->next_index = first;
		else
			aggregator->next_index = PG_INT64_MAX; /* no window, no row */
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

/* The next stretch of a plain grid is that of the next window: mostly it is the one wanted. */
static bool
step_stretch(FluxScanAggregator *aggregator, int64 time_ns)
{
	int64 every_ns = aggregator->spec->grid->every.ns;
	FluxBounds *stretch = &aggregator->stretch;

	if (!aggregator->spec->grid->is_simple || time_ns < stretch->stop_ns ||
		time_ns - every_ns >= stretch->stop_ns || stretch->stop_ns >= PG_INT64_MAX - every_ns)
		return false;
	aggregator->stretch_first = ++aggregator->stretch_last;
	stretch->start_ns = stretch->stop_ns;
	stretch->stop_ns += every_ns;
	return true;
}

/*
 * Makes the stretch that an instant lies in the current one; false when that is
 * a gap of the grid.
 */
static bool
find_stretch(FluxScanAggregator *aggregator, int64 time_ns)
{
	const FluxWindowGrid *grid = aggregator->spec->grid;
	FluxBounds *stretch = &aggregator->stretch;

	if (grid == NULL)
	{
		aggregator->stretch_first = aggregator->stretch_last = 0;
		*stretch = aggregator->spec->bounds;
		return true;
	}
	if (!aggregator->stretch_known ||
		(!(time_ns >= stretch->start_ns && time_ns < stretch->stop_ns) &&
		 !step_stretch(aggregator, time_ns)))
	{
		*stretch =
			flux_grid_stretch(grid, time_ns, &aggregator->stretch_first, &aggregator->stretch_last);
		aggregator->stretch_known = true;
		if (aggregator->stretch_last - aggregator->stretch_first >= aggregator->depth)
			elog(ERROR, "more windows overlap than their grid says");
	}
	return aggregator->stretch_first <= aggregator->stretch_last;
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

/* Whether a segment may stand for its points: it lies in one stretch. */
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
	return find_stretch(aggregator, segment->tmin_ns) &&
		   segment->tmax_ns < aggregator->stretch.stop_ns;
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
 * Makes sure that a unit waits and its stretch is the current one; false when
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
			return find_stretch(aggregator, piece->segment->tmin_ns);
		if (find_stretch(aggregator, flux_scan_piece_time(piece, aggregator->position)))
			return true;
		/* a gap of the grid: go on where the next window begins */
		aggregator->has_any = true;
		aggregator->position = flux_scan_piece_find(piece, aggregator->position, aggregator->stop,
													aggregator->stretch.stop_ns);
	}
	return false;
}

/* ---- the open windows ---- */

static FluxScanWindow *
window_at(const FluxScanAggregator *aggregator, int64 index)
{
	int64 place = aggregator->depth == 1 ? 0 : index % aggregator->depth;

	return &aggregator->windows[place < 0 ? place + aggregator->depth : place];
}

static bool
has_open(const FluxScanAggregator *aggregator)
{
	return aggregator->open_first < aggregator->open_stop;
}

/* The window goes on from what the group's earlier series have come to. */
static void
take_up_total(FluxScanAggregator *aggregator, int64 index)
{
	const FluxScanGroup *group = aggregator->group;

	window_at(aggregator, index)->total = group->totals[index - group->first_index];
}

/* Closes the open windows before an index for the time being. */
static void
put_back_totals(FluxScanAggregator *aggregator, int64 index)
{
	FluxScanGroup *group = aggregator->group;

	for (; has_open(aggregator) && aggregator->open_first < index; aggregator->open_first++)
		group->totals[aggregator->open_first - group->first_index] =
			window_at(aggregator, aggregator->open_first)->total;
}

/* Opens those windows of the stretch that are not; none before it is open. */
static void
open_windows(FluxScanAggregator *aggregator)
{
	const FluxScanSpec *spec = aggregator->spec;

	if (!has_open(aggregator))
		aggregator->open_first = aggregator->open_stop = aggregator->stretch_first;
	for (; aggregator->open_stop <= aggregator->stretch_last; aggregator->open_stop++)
	{
		FluxBounds bounds = aggregator->depth == 1
								? aggregator->stretch
								: flux_grid_window(spec->grid, aggregator->open_stop);

		flux_scan_window_open(window_at(aggregator, aggregator->open_stop),
							  flux_bounds_intersect(bounds, spec->bounds));
		if (aggregator->group != NULL)
			take_up_total(aggregator, aggregator->open_stop);
	}
}

/* Must the waiting segment be decoded for the time of a new extreme? */
static bool
wants_extreme(const FluxScanAggregator *aggregator)
{
	if (aggregator->spec->times_unused ||
		(aggregator->aggregate != FLUX_SCAN_MIN && aggregator->aggregate != FLUX_SCAN_MAX))
		return false;
	for (int64 i = aggregator->stretch_first; i <= aggregator->stretch_last; i++)
	{
		if (flux_scan_window_is_improved(window_at(aggregator, i), aggregator->aggregate,
										 aggregator->piece))
			return true;
	}
	return false;
}

/* Adds the waiting unit to the windows of its stretch, which is the current one. */
static void
take_unit(FluxScanAggregator *aggregator)
{
	const FluxScanSpec *spec = aggregator->spec;
	FluxScanPiece *piece = aggregator->piece;
	int stop;

	CHECK_FOR_INTERRUPTS(); /* many windows may overlap */
	aggregator->has_any = true;
	open_windows(aggregator);
	if (aggregator->segment_waits && wants_extreme(aggregator))
	{
		aggregator->segment_waits = false;
		take_points(aggregator);
	}
	if (aggregator->segment_waits)
	{
		aggregator->segment_waits = false;
		for (int64 i = aggregator->stretch_first; i <= aggregator->stretch_last; i++)
			flux_scan_window_add_segment(window_at(aggregator, i), aggregator->aggregate, piece);
		flux_scan_piece_count_statistics(piece);
	}
	else
	{
		stop = flux_scan_piece_find(piece, aggregator->position, aggregator->stop,
									aggregator->stretch.stop_ns);
		for (int64 i = aggregator->stretch_first; i <= aggregator->stretch_last; i++)
			flux_scan_window_add_points(window_at(aggregator, i), aggregator->aggregate, piece,
										aggregator->position, stop);
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
emit_spread(FluxColumnType type, const FluxScanTotal *total, FluxScanRows *rows, int row)
{
	if (type == FLUX_COLUMN_FLOAT)
		((double *) rows->values)[row] = total->high.floating - total->number.floating;
	else
		((uint64 *) rows->values)[row] = total->high.uinteger - total->number.uinteger;
}

/* The row of a window; NULL: of one without points. */
static void
emit_row(const FluxScanAggregator *aggregator, FluxScanRows *rows, FluxBounds bounds,
		 const FluxScanWindow *window)
{
	int row = rows->count++;
	bool is_null = window == NULL;

	rows->starts_ns[row] = bounds.start_ns;
	rows->stops_ns[row] = bounds.stop_ns;
	rows->times_ns[row] = is_null ? bounds.start_ns : window->time_ns;
	if (aggregator->aggregate == FLUX_SCAN_COUNT)
	{
		((int64 *) rows->values)[row] = is_null ? 0 : window->total.count;
		rows->nulls[row] = false;
		return;
	}
	rows->nulls[row] = is_null;
	rows->has_nulls |= is_null;
	if (aggregator->aggregate == FLUX_SCAN_MEAN)
	{
		double sum = is_null                                 ? 0
					 : aggregator->type == FLUX_COLUMN_FLOAT ? window->total.number.floating
					 : aggregator->type == FLUX_COLUMN_INT   ? (double) window->total.number.integer
														   : (double) window->total.number.uinteger;

		((double *) rows->values)[row] = is_null ? 0 : sum / (double) window->total.count;
	}
	else if (aggregator->type == FLUX_COLUMN_BOOL)
		((bool *) rows->values)[row] = !is_null && window->boolean;
	else if (aggregator->type == FLUX_COLUMN_STRING)
	{
		MemoryContext old_context = MemoryContextSwitchTo(rows->strings);

		rows->values[row] =
			is_null ? flux_text("", 0)
					: flux_text_copy(flux_text(window->string.data, window->string.len));
		MemoryContextSwitchTo(old_context);
	}
	else if (aggregator->aggregate == FLUX_SCAN_SPREAD && !is_null)
		emit_spread(aggregator->type, &window->total, rows, row);
	else
		((uint64 *) rows->values)[row] = is_null ? 0 : window->total.number.uinteger;
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
			if (!has_open(aggregator) || aggregator->open_first >= index)
				break;
			aggregator->next_index = aggregator->open_first;
		}
		if (rows->count == FLUX_BATCH_ROWS)
			return false;
		if (has_open(aggregator) && aggregator->open_first == aggregator->next_index)
		{
			const FluxScanWindow *window = window_at(aggregator, aggregator->open_first++);

			emit_row(aggregator, rows, window->bounds, window);
		}
		else if (!flux_grid_repeats(spec->grid, aggregator->next_index))
			emit_row(aggregator, rows,
					 flux_bounds_intersect(flux_grid_window(spec->grid, aggregator->next_index),
										   spec->bounds),
					 NULL);
		aggregator->next_index++;
	}
	return true;
}

/* Adds the points of the series, as far as they are there, to the group. */
static void
add_to_group(FluxScanAggregator *aggregator)
{
	while (next_unit(aggregator))
	{
		put_back_totals(aggregator, aggregator->stretch_first);
		take_unit(aggregator);
	}
	if (!aggregator->is_exhausted)
		return;
	put_back_totals(aggregator, PG_INT64_MAX);
	aggregator->group->has_any |= aggregator->has_any;
}

bool
flux_scan_aggregator_continue(FluxScanAggregator *aggregator, FluxScanRows *rows)
{
	if (aggregator->group != NULL)
	{
		add_to_group(aggregator);
		return false;
	}
	while (next_unit(aggregator))
	{
		if (!emit_until(aggregator, rows, aggregator->stretch_first))
			return true;
		take_unit(aggregator);
	}
	if (!aggregator->is_exhausted)
		return false;
	if (aggregator->has_any)
		(void) emit_until(aggregator, rows,
						  Max(aggregator->last_index,
							  has_open(aggregator) ? aggregator->open_stop - 1 : PG_INT64_MIN) +
							  1);
	return rows->count > 0;
}

/* ---- groups ---- */

void
flux_scan_aggregator_begin_group(FluxScanAggregator *aggregator)
{
	flux_scan_group_clear(aggregator->group);
}

bool
flux_scan_aggregator_give_group(FluxScanAggregator *aggregator, FluxScanRows *rows)
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

		CHECK_FOR_INTERRUPTS();
		if (group->totals[group->given].count == 0 &&
			(!gives_empty || flux_grid_repeats(spec->grid, index)))
			continue;
		take_up_total(aggregator, index);
		emit_row(aggregator, rows, flux_bounds_intersect(window, spec->bounds),
				 group->totals[group->given].count > 0 ? window_at(aggregator, index) : NULL);
	}
	return rows->count > 0;
}

bool
flux_scan_aggregator_has_points(const FluxScanAggregator *aggregator)
{
	return aggregator->has_any;
}

bool
flux_scan_aggregator_fill(FluxScanAggregator *aggregator, FluxScanRows *rows)
{
	flux_scan_rows_clear(rows);
	return aggregator->group != NULL ? flux_scan_aggregator_give_group(aggregator, rows)
									 : flux_scan_aggregator_continue(aggregator, rows);
}
