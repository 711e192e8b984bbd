/*
 * scan_rows.c
 *		The instants at which a series has a point of any of its fields.
 *
 * Fields that are written together have segments with the same times, encoded
 * to the same bytes.  So the pieces of the first field are kept undecoded, and
 * those of each other field are held against them, one by one.  As long as they
 * are equal, or the other field ends early, the first field stands for all.  At
 * the first difference everything is decoded, and from there on the instants of
 * fields are merged.
 *
 * The memory is that of a series' times within the bounds: callers with much to
 * read go chunk by chunk.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "storage/scan_rows.h"

/* A segment with a copy of its encoded times, or times. */
typedef struct TimesPiece
{
	bool is_segment;
	FluxSegment segment;
	int64 *times_ns;
	int count;
} TimesPiece;

/* Ascending instants. */
typedef struct Instants
{
	int64 *times_ns;
	int64 count;
	int64 capacity;
} Instants;

struct FluxScanRowTimes
{
	FluxBounds bounds;
	FluxScanStats *stats;
	MemoryContext context;  /* of the series; reset at each */
	FluxMergeVector vector; /* piece that is being looked at */
	bool has_field;         /* the first field was taken */

	/* fields so far agree: */
	TimesPiece *pieces;
	int piece_count;
	int piece_capacity;

	/* or not: */
	bool is_merged;
	Instants merged;

	/* what was given */
	int64 next;
};

FluxScanRowTimes *
flux_scan_row_times_create(FluxBounds bounds, FluxScanStats *stats)
{
	FluxScanRowTimes *times = palloc0(sizeof(FluxScanRowTimes));

	times->bounds = bounds;
	times->stats = stats;
	times->context =
		AllocSetContextCreate(CurrentMemoryContext, "fluxtask row times", ALLOCSET_DEFAULT_SIZES);
	flux_merge_vector_init(&times->vector, CurrentMemoryContext);
	return times;
}

void
flux_scan_row_times_begin(FluxScanRowTimes *times)
{
	MemoryContextReset(times->context);
	times->has_field = false;
	times->pieces = NULL;
	times->piece_count = 0;
	times->piece_capacity = 0;
	times->is_merged = false;
	memset(&times->merged, 0, sizeof(times->merged));
	times->next = 0;
}

/* ---- instants ---- */

static void
append_instants(Instants *instants, const int64 *times_ns, int count)
{
	if (instants->count + count > instants->capacity)
	{
		instants->capacity =
			Max(Max(FLUX_BATCH_ROWS, 2 * instants->capacity), instants->count + count);
		instants->times_ns =
			instants->times_ns == NULL
				? palloc_extended(sizeof(int64) * instants->capacity, MCXT_ALLOC_HUGE)
				: repalloc_huge(instants->times_ns, sizeof(int64) * instants->capacity);
	}
	memcpy(instants->times_ns + instants->count, times_ns, sizeof(int64) * count);
	instants->count += count;
}

/* Appends the instants of a segment that lie within the bounds. */
static void
append_segment(FluxScanRowTimes *times, Instants *instants, const FluxSegment *segment)
{
	FluxMergeVector *vector = &times->vector;
	int first = 0;
	int stop = segment->count;

	flux_merge_vector_reserve(vector, segment->count);
	flux_segment_decode_times(segment, vector->times_ns);
	times->stats->segments_read++;
	times->stats->points_decoded += segment->count;
	while (first < stop && vector->times_ns[first] < times->bounds.start_ns)
		first++;
	while (stop > first && vector->times_ns[stop - 1] >= times->bounds.stop_ns)
		stop--;
	append_instants(instants, vector->times_ns + first, stop - first);
}

/* What either of two has. */
static Instants
merge_instants(const Instants *left, const Instants *right)
{
	Instants both = {.capacity = left->count + right->count};
	int64 l = 0;
	int64 r = 0;

	if (both.capacity == 0)
		return both;
	both.times_ns = palloc_extended(sizeof(int64) * both.capacity, MCXT_ALLOC_HUGE);
	while (l < left->count && r < right->count)
	{
		int64 left_ns = left->times_ns[l];
		int64 right_ns = right->times_ns[r];

		both.times_ns[both.count++] = Min(left_ns, right_ns);
		l += left_ns <= right_ns;
		r += right_ns <= left_ns;
	}
	for (; l < left->count; l++)
		both.times_ns[both.count++] = left->times_ns[l];
	for (; r < right->count; r++)
		both.times_ns[both.count++] = right->times_ns[r];
	return both;
}

/* ---- pieces ---- */

/* Whether all of a segment counts. */
static bool
is_within(const FluxScanRowTimes *times, const FluxSegment *segment)
{
	return segment->tmin_ns >= times->bounds.start_ns && segment->tmax_ns < times->bounds.stop_ns;
}

/* Keeps a piece of the first field. */
static void
keep_piece(FluxScanRowTimes *times, const FluxSegment *segment)
{
	TimesPiece *piece;
	Instants instants = {0};

	if (times->piece_count == times->piece_capacity)
	{
		times->piece_capacity = Max(16, 2 * times->piece_capacity);
		times->pieces =
			times->pieces == NULL
				? palloc_array(TimesPiece, times->piece_capacity)
				: repalloc_huge(times->pieces, sizeof(TimesPiece) * times->piece_capacity);
	}
	piece = &times->pieces[times->piece_count++];
	memset(piece, 0, sizeof(*piece));
	if (segment != NULL && is_within(times, segment))
	{
		Size size = segment->times.end - segment->times.next;
		char *bytes = palloc(Max(size, 1));

		memcpy(bytes, segment->times.next, size);
		piece->is_segment = true;
		piece->segment = *segment;
		piece->segment.type = FLUX_COLUMN_INT; /* nobody reads values */
		piece->segment.times = flux_byte_reader(bytes, size);
		piece->count = segment->count;
		return;
	}
	if (segment != NULL)
		append_segment(times, &instants, segment);
	else
		append_instants(&instants, times->vector.times_ns, times->vector.count);
	piece->times_ns = instants.times_ns;
	piece->count = (int) instants.count;
}

/* Whether a piece of another field has the times of one that was kept. */
static bool
equals_piece(const FluxScanRowTimes *times, const TimesPiece *piece, const FluxSegment *segment)
{
	Size size;

	if (segment == NULL)
		return !piece->is_segment && piece->count == times->vector.count &&
			   memcmp(piece->times_ns, times->vector.times_ns, sizeof(int64) * piece->count) == 0;
	size = segment->times.end - segment->times.next;
	return piece->is_segment && piece->segment.tmin_ns == segment->tmin_ns &&
		   piece->segment.tmax_ns == segment->tmax_ns && piece->segment.count == segment->count &&
		   (Size) (piece->segment.times.end - piece->segment.times.next) == size &&
		   memcmp(piece->segment.times.next, segment->times.next, size) == 0;
}

/* Fields differ: from now on instants alone. */
static void
decode_pieces(FluxScanRowTimes *times)
{
	times->is_merged = true;
	for (int i = 0; i < times->piece_count; i++)
	{
		const TimesPiece *piece = &times->pieces[i];

		if (piece->is_segment)
			append_segment(times, &times->merged, &piece->segment);
		else
			append_instants(&times->merged, piece->times_ns, piece->count);
	}
}

void
flux_scan_row_times_add(FluxScanRowTimes *times, FluxMerge *merge)
{
	MemoryContext old_context = MemoryContextSwitchTo(times->context);
	const FluxSegment *segment;
	Instants others = {0};
	int at = 0;

	while (flux_merge_next(merge, &segment, &times->vector))
	{
		CHECK_FOR_INTERRUPTS();
		if (!times->has_field)
		{
			keep_piece(times, segment);
			continue;
		}
		if (!times->is_merged && others.count == 0 && at < times->piece_count &&
			equals_piece(times, &times->pieces[at], segment))
		{
			at++;
			continue;
		}
		at = times->piece_count; /* what comes is decoded, too */
		if (segment != NULL)
			append_segment(times, &others, segment);
		else
			append_instants(&others, times->vector.times_ns, times->vector.count);
	}
	times->has_field |= times->piece_count > 0;
	if (others.count > 0)
	{
		Instants old;

		if (!times->is_merged)
			decode_pieces(times);
		old = times->merged;
		times->merged = merge_instants(&old, &others);
		if (old.times_ns != NULL)
			pfree(old.times_ns);
		pfree(others.times_ns);
	}
	MemoryContextSwitchTo(old_context);
}

bool
flux_scan_row_times_next(void *argument, const FluxSegment **segment, FluxMergeVector *vector)
{
	FluxScanRowTimes *times = argument;
	const int64 *from;
	int count;

	*segment = NULL;
	if (times->is_merged)
	{
		count = (int) Min(times->merged.count - times->next, FLUX_BATCH_ROWS);
		from = times->merged.times_ns + times->next;
		times->next += count;
	}
	else
	{
		const TimesPiece *piece;

		if (times->next == times->piece_count)
			return false;
		piece = &times->pieces[times->next++];
		if (piece->is_segment)
		{
			*segment = &piece->segment;
			return true;
		}
		count = piece->count;
		from = piece->times_ns;
	}
	vector->count = 0;
	if (count == 0)
		return !times->is_merged;
	flux_merge_vector_reserve(vector, count);
	memcpy(vector->times_ns, from, sizeof(int64) * count);
	vector->count = count;
	return true;
}
