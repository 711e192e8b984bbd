/*
 * scan_piece.c
 *		The points of one series, piece by piece, for one reader or several.
 *
 * Between the merge, which knows of hot points and segments, and what is made
 * of the points.  What is left of a predicate is applied here: to statistics,
 * which may tell that no value of a segment passes, and to decoded values.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "storage/predicate_eval.h"
#include "storage/scan_piece.h"

void
flux_scan_piece_init(FluxScanPiece *piece, FluxMergeVector *vector, FluxScanStats *stats)
{
	memset(piece, 0, sizeof(*piece));
	piece->vector = vector;
	piece->stats = stats;
	piece->scratch =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask piece", ALLOCSET_DEFAULT_SIZES);
}

static void
begin_series(FluxScanPiece *piece, FluxColumnType type, FluxBounds bounds,
			 const FluxPredicate *rest)
{
	piece->type = type;
	piece->bounds = bounds;
	piece->rest = rest;
	piece->needs_times = piece->needs_values = true;
	piece->segment = NULL;
	piece->is_decoded = false;
}

void
flux_scan_piece_begin(FluxScanPiece *piece, FluxMerge *merge, FluxColumnType type,
					  FluxBounds bounds, const FluxPredicate *rest)
{
	piece->merge = merge;
	piece->source = NULL;
	begin_series(piece, type, bounds, rest);
}

void
flux_scan_piece_begin_source(FluxScanPiece *piece, FluxScanPieceSource source, void *argument,
							 FluxColumnType type, FluxBounds bounds)
{
	piece->merge = NULL;
	piece->source = source;
	piece->source_argument = argument;
	begin_series(piece, type, bounds, NULL);
}

/* Keeps the points of the vector that pass the rest of the predicate. */
static void
filter_vector(FluxScanPiece *piece)
{
	FluxMergeVector *vector = piece->vector;
	MemoryContext old_context = MemoryContextSwitchTo(piece->scratch);
	bool *passes = palloc(Max(vector->count, 1));

	flux_predicate_test_values(piece->rest, piece->type, vector->values, vector->count, passes);
	flux_merge_vector_filter(vector, piece->type, passes);
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(piece->scratch);
}

/* The vector holds the points, times included, clipped to the bounds. */
static void
take_vector(FluxScanPiece *piece)
{
	if (piece->rest != NULL)
		filter_vector(piece);
	piece->is_decoded = true;
	piece->has_step = false;
	piece->first = 0;
	piece->stop = piece->vector->count;
}

/* Whether the statistics of the segment tell that nothing in it passes. */
static bool
is_ruled_out(const FluxScanPiece *piece)
{
	const FluxSegment *segment = piece->segment;

	return piece->rest != NULL && segment->has_range &&
		   !flux_predicate_may_pass(piece->rest, segment->type, segment->min, segment->max);
}

bool
flux_scan_piece_next(FluxScanPiece *piece)
{
	for (;;)
	{
		if (piece->source != NULL
				? !piece->source(piece->source_argument, &piece->segment, piece->vector)
				: !flux_merge_next(piece->merge, &piece->segment, piece->vector))
			return false;
		piece->is_decoded = piece->is_counted = false;
		if (piece->segment == NULL)
			take_vector(piece);
		else if (is_ruled_out(piece))
		{
			piece->stats->segments_skipped++;
			continue;
		}
		return true;
	}
}

/* Times by arithmetic, for whoever wants them as an array. */
static void
write_times(FluxScanPiece *piece)
{
	int64 *times_ns = piece->vector->times_ns;
	int64 first_ns = piece->first_ns;
	int64 step_ns = piece->step_ns;

	for (int row = piece->first; row < piece->stop; row++)
		times_ns[row] = first_ns + step_ns * row;
}

/*
 * Decodes a segment at a fixed step: its cut is known by arithmetic, and times
 * and values are not made where nobody needs them.
 */
static bool
decode_stepped(FluxScanPiece *piece)
{
	const FluxSegment *segment = piece->segment;

	if (piece->rest != NULL || segment->type == FLUX_COLUMN_STRING ||
		!flux_segment_has_step(segment, &piece->step_ns))
		return false;
	flux_merge_vector_reserve(piece->vector, segment->count);
	if (piece->needs_values)
		flux_segment_decode_values(segment, piece->vector->values);
	piece->has_step = true;
	piece->first_ns = segment->tmin_ns;
	piece->first = flux_scan_piece_find(piece, 0, segment->count, piece->bounds.start_ns);
	piece->stop = flux_scan_piece_find(piece, piece->first, segment->count, piece->bounds.stop_ns);
	if (piece->needs_times)
		write_times(piece);
	piece->is_decoded = true;
	return true;
}

void
flux_scan_piece_decode(FluxScanPiece *piece)
{
	if (piece->is_decoded)
		return;
	piece->stats->segments_read++;
	piece->stats->points_decoded += piece->segment->count;
	if (piece->is_counted)
		piece->stats->segments_from_statistics--;
	if (decode_stepped(piece))
		return;
	if (piece->merge != NULL)
		flux_merge_decode(piece->merge, piece->segment, piece->vector);
	else
	{
		flux_merge_vector_reserve(piece->vector, piece->segment->count);
		flux_segment_decode_times(piece->segment, piece->vector->times_ns);
		piece->vector->count = piece->segment->count;
	}
	take_vector(piece);
}

void
flux_scan_piece_count_statistics(FluxScanPiece *piece)
{
	if (piece->is_decoded || piece->is_counted)
		return;
	piece->is_counted = true;
	piece->stats->segments_from_statistics++;
}

int
flux_scan_piece_find(const FluxScanPiece *piece, int low, int high, int64 time_ns)
{
	int width = 16;

	if (low >= high)
		return high;
	if (piece->has_step)
	{
		uint64 distance;

		if (time_ns > flux_scan_piece_time(piece, high - 1))
			return high;
		if (time_ns <= flux_scan_piece_time(piece, low))
			return low;
		/* between two rows of a segment: the difference fits */
		distance = (uint64) time_ns - (uint64) piece->first_ns;
		return (int) ((distance + (uint64) piece->step_ns - 1) / (uint64) piece->step_ns);
	}
	/* Windows are short as a rule: widen the search from the front. */
	while (low + width < high && piece->vector->times_ns[low + width] < time_ns)
	{
		low += width;
		width *= 2;
	}
	high = Min(high, low + width + 1);
	while (low < high)
	{
		int middle = (low + high) / 2;

		if (piece->vector->times_ns[middle] < time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
