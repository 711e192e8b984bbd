/*
 * merge.c
 *		Segments overlaid by hot points.
 *
 * Going through a series, hot points [hot_first, hot_stop) are those not given
 * out yet; going forward they are taken from the front, going backward from
 * the end.  A segment waits in "segment" while hot points before it (after it,
 * backward) go first.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "storage/codec_vector.h"
#include "storage/merge.h"
#include "storage/series_index.h"

/* A chunk's reader, opened when first needed. */
typedef struct MergeChunk
{
	const FluxChunk *chunk;
	bool is_opened;
	FluxSegmentReader *reader; /* NULL: gone */
	int32 *field_ids;          /* fields that it may hold, sorted */
	int field_count;
	int32 expected_field_id; /* that the reader was told of last */
} MergeChunk;

/* How many series of a field are expected. */
typedef struct FieldSeries
{
	int32 field_id; /* hash key */
	int64 count;
} FieldSeries;

struct FluxMerge
{
	MemoryContext context;
	Snapshot snapshot;
	MergeChunk *chunks;
	int chunk_count;
	FluxMergeVector decoded; /* a segment about to be overlaid */
	int64 segments_overlaid;
	HTAB *expected; /* FieldSeries, or NULL */

	/* the series and field */
	FluxHotTarget target;
	FluxBounds bounds;
	bool descending;
	const FluxHotPoint *points;
	int hot_first;
	int hot_stop;
	int chunk_at;   /* the one being read */
	bool is_seeked; /* its reader stands at the series */
	bool has_segment;
	FluxSegment segment;
};

/* ---- vectors ---- */

void
flux_merge_vector_init(FluxMergeVector *vector, MemoryContext context)
{
	memset(vector, 0, sizeof(*vector));
	vector->context = context;
	vector->strings = AllocSetContextCreate(context, "fluxtask strings", ALLOCSET_DEFAULT_SIZES);
}

void
flux_merge_vector_reserve(FluxMergeVector *vector, int count)
{
	if (count <= vector->capacity)
		return;
	if (vector->times_ns != NULL)
	{
		vector->times_ns = repalloc_huge(vector->times_ns, sizeof(int64) * (Size) count);
		vector->values = repalloc_huge(vector->values, sizeof(FluxText) * (Size) count);
	}
	else
	{
		vector->times_ns = MemoryContextAllocHuge(vector->context, sizeof(int64) * (Size) count);
		vector->values = MemoryContextAllocHuge(vector->context, sizeof(FluxText) * (Size) count);
	}
	vector->capacity = count;
}

static void
start_filling(FluxMergeVector *vector)
{
	vector->count = 0;
	MemoryContextReset(vector->strings);
}

/* Moves one value within or between arrays of a type. */
static inline void
copy_value(FluxColumnType type, void *to, int to_row, const void *from, int from_row)
{
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			((bool *) to)[to_row] = ((const bool *) from)[from_row];
			break;
		case FLUX_COLUMN_STRING:
			((FluxText *) to)[to_row] = ((const FluxText *) from)[from_row];
			break;
		default:
			((uint64 *) to)[to_row] = ((const uint64 *) from)[from_row];
			break;
	}
}

static inline void
append_point(FluxMergeVector *vector, FluxColumnType type, const FluxHotPoint *point)
{
	vector->times_ns[vector->count] = point->time_ns;
	switch (type)
	{
		case FLUX_COLUMN_BOOL:
			((bool *) vector->values)[vector->count] = point->value.boolean;
			break;
		case FLUX_COLUMN_STRING:
			((FluxText *) vector->values)[vector->count] = *point->value.string;
			break;
		default:
			((uint64 *) vector->values)[vector->count] = point->value.bits;
			break;
	}
	vector->count++;
}

void
flux_merge_vector_filter(FluxMergeVector *vector, FluxColumnType type, const bool *keep)
{
	int kept = 0;

	for (int row = 0; row < vector->count; row++)
	{
		if (!keep[row])
			continue;
		vector->times_ns[kept] = vector->times_ns[row];
		copy_value(type, vector->values, kept, vector->values, row);
		kept++;
	}
	vector->count = kept;
}

void
flux_merge_append_points(FluxMergeVector *vector, FluxColumnType type, const FluxHotPoint *points,
						 int point_count)
{
	flux_merge_vector_reserve(vector, vector->count + point_count);
	for (int i = 0; i < point_count; i++)
		append_point(vector, type, &points[i]);
}

void
flux_merge_overlay(FluxMergeVector *out, FluxColumnType type, const FluxMergeVector *segment,
				   const FluxHotPoint *points, int point_count)
{
	int row = 0;

	flux_merge_vector_reserve(out, segment->count + point_count);
	for (int i = 0; i < point_count; i++)
	{
		for (; row < segment->count && segment->times_ns[row] < points[i].time_ns; row++)
		{
			out->times_ns[out->count] = segment->times_ns[row];
			copy_value(type, out->values, out->count++, segment->values, row);
		}
		if (row < segment->count && segment->times_ns[row] == points[i].time_ns)
			row++; /* the hot point replaces it */
		append_point(out, type, &points[i]);
	}
	for (; row < segment->count; row++)
	{
		out->times_ns[out->count] = segment->times_ns[row];
		copy_value(type, out->values, out->count++, segment->values, row);
	}
}

/* ---- chunks ---- */

FluxMerge *
flux_merge_create(const FluxChunk *chunks, int chunk_count, Snapshot snapshot)
{
	FluxMerge *merge = palloc0(sizeof(FluxMerge));

	merge->context = CurrentMemoryContext;
	merge->snapshot = snapshot;
	merge->chunks = palloc0(sizeof(MergeChunk) * Max(chunk_count, 1));
	merge->chunk_count = chunk_count;
	for (int i = 0; i < chunk_count; i++)
		merge->chunks[i].chunk = &chunks[i];
	flux_merge_vector_init(&merge->decoded, CurrentMemoryContext);
	return merge;
}

void
flux_merge_expect(FluxMerge *merge, const FluxHotTarget *targets, int count)
{
	HASHCTL control = {
		.keysize = sizeof(int32), .entrysize = sizeof(FieldSeries), .hcxt = merge->context};
	FieldSeries *field = NULL;

	merge->expected = hash_create("fluxtask expected fields", 16, &control,
								  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	for (int i = 0; i < count; i++)
	{
		bool found = field != NULL && field->field_id == targets[i].field_id;

		if (!found)
			field = hash_search(merge->expected, &targets[i].field_id, HASH_ENTER, &found);
		if (!found)
			field->count = 0;
		field->count++;
	}
}

/* Lets the chunk's reader know how many series of the field are to come. */
static void
expect_field(FluxMerge *merge, MergeChunk *chunk)
{
	FieldSeries *field =
		merge->expected == NULL
			? NULL
			: hash_search(merge->expected, &merge->target.field_id, HASH_FIND, NULL);

	if (field != NULL)
		flux_segment_reader_expect(chunk->reader, field->field_id, field->count,
								   chunk->field_count);
}

static bool
chunk_has_field(const MergeChunk *chunk, int32 field_id)
{
	int low = 0;
	int high = chunk->field_count;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (chunk->field_ids[middle] < field_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < chunk->field_count && chunk->field_ids[low] == field_id;
}

/* The chunk's reader, standing at the series; NULL when it has nothing of it. */
static FluxSegmentReader *
seek_chunk(FluxMerge *merge, MergeChunk *chunk)
{
	if (!chunk->is_opened)
	{
		MemoryContext old_context = MemoryContextSwitchTo(merge->context);

		chunk->is_opened = true;
		chunk->field_ids = flux_series_chunk_fields(chunk->chunk->chunk_id, &chunk->field_count);
		chunk->reader = flux_segment_reader_open(chunk->chunk, merge->snapshot);
		MemoryContextSwitchTo(old_context);
	}
	if (chunk->reader == NULL || !chunk_has_field(chunk, merge->target.field_id))
		return NULL;
	if (merge->target.field_id != chunk->expected_field_id)
	{
		expect_field(merge, chunk);
		chunk->expected_field_id = merge->target.field_id;
	}
	flux_segment_reader_seek(chunk->reader, merge->target.field_id, merge->target.series_id,
							 merge->bounds, merge->descending);
	return chunk->reader;
}

/* Fetches the next segment of the series, from chunk to chunk. */
static bool
fetch_segment(FluxMerge *merge)
{
	while (merge->chunk_at >= 0 && merge->chunk_at < merge->chunk_count)
	{
		MergeChunk *chunk = &merge->chunks[merge->chunk_at];
		FluxSegmentReader *reader = merge->is_seeked ? chunk->reader : seek_chunk(merge, chunk);

		merge->is_seeked = reader != NULL;
		if (reader != NULL && flux_segment_reader_next(reader, &merge->segment))
		{
			if (merge->segment.type != merge->target.type)
				flux_bits_report_corrupted("it has another type than its field");
			merge->has_segment = true;
			return true;
		}
		merge->is_seeked = false;
		merge->chunk_at += merge->descending ? -1 : 1;
	}
	return false;
}

void
flux_merge_begin(FluxMerge *merge, const FluxHotTarget *target, FluxBounds bounds,
				 const FluxHotPoint *points, int point_count, bool descending)
{
	merge->target = *target;
	merge->bounds = bounds;
	merge->descending = descending;
	merge->points = points;
	merge->hot_first = 0;
	merge->hot_stop = point_count;
	merge->chunk_at = descending ? merge->chunk_count - 1 : 0;
	merge->is_seeked = false;
	merge->has_segment = false;
}

/* ---- decoding ---- */

/* Drops what lies outside the bounds; times ascend. */
static void
clip(FluxMergeVector *vector, FluxColumnType type, FluxBounds bounds)
{
	int width = flux_column_type_size(type);
	int first = 0;
	int stop = vector->count;

	while (first < stop && vector->times_ns[first] < bounds.start_ns)
		first++;
	while (stop > first && vector->times_ns[stop - 1] >= bounds.stop_ns)
		stop--;
	vector->count = stop - first;
	if (first == 0)
		return;
	memmove(vector->times_ns, vector->times_ns + first, sizeof(int64) * vector->count);
	memmove(vector->values, (char *) vector->values + (Size) first * width,
			(Size) vector->count * width);
}

/* Decodes a segment, clipped to the bounds; strings' bytes go to a context. */
static void
decode_segment(FluxMerge *merge, const FluxSegment *segment, FluxMergeVector *vector,
			   MemoryContext strings)
{
	MemoryContext old_context;

	CHECK_FOR_INTERRUPTS();
	flux_merge_vector_reserve(vector, segment->count);
	flux_segment_decode_times(segment, vector->times_ns);
	old_context = MemoryContextSwitchTo(strings);
	if (segment->type == FLUX_COLUMN_STRING)
	{
		/* Strings may point into the bytes, and these go with the buffer's pin. */
		FluxSegment copy = *segment;
		Size size = segment->values.end - segment->values.next;
		char *bytes = palloc(Max(size, 1));

		memcpy(bytes, segment->values.next, size);
		copy.values = flux_byte_reader(bytes, size);
		flux_segment_decode_values(&copy, vector->values);
	}
	else
		flux_segment_decode_values(segment, vector->values);
	MemoryContextSwitchTo(old_context);
	vector->count = segment->count;
	clip(vector, segment->type, merge->bounds);
}

void
flux_merge_decode(FluxMerge *merge, const FluxSegment *segment, FluxMergeVector *vector)
{
	start_filling(vector);
	decode_segment(merge, segment, vector, vector->strings);
}

/* ---- the pieces ---- */

/* First hot point at or after an instant, or after it. */
static int
find_point(const FluxMerge *merge, int64 time_ns, bool after)
{
	int low = merge->hot_first;
	int high = merge->hot_stop;

	while (low < high)
	{
		int middle = low + (high - low) / 2;
		int64 middle_ns = merge->points[middle].time_ns;

		if (middle_ns < time_ns || (after && middle_ns == time_ns))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Gives out hot points [first, stop), a vector full at a time. */
static void
give_points(FluxMerge *merge, int first, int stop, FluxMergeVector *vector)
{
	start_filling(vector);
	if (merge->descending)
	{
		first = Max(first, stop - FLUX_BATCH_ROWS);
		merge->hot_stop = first;
	}
	else
	{
		stop = Min(stop, first + FLUX_BATCH_ROWS);
		merge->hot_first = stop;
	}
	flux_merge_append_points(vector, merge->target.type, merge->points + first, stop - first);
}

/* The waiting segment with the hot points [first, stop) that lie within it. */
static void
give_overlaid(FluxMerge *merge, int first, int stop, FluxMergeVector *vector)
{
	/* The caller may hold strings of the vector before this one: bytes go to this. */
	start_filling(vector);
	decode_segment(merge, &merge->segment, &merge->decoded, vector->strings);
	flux_merge_overlay(vector, merge->target.type, &merge->decoded, merge->points + first,
					   stop - first);
	if (merge->descending)
		merge->hot_stop = first;
	else
		merge->hot_first = stop;
	merge->has_segment = false;
	merge->segments_overlaid++;
}

bool
flux_merge_next(FluxMerge *merge, const FluxSegment **segment, FluxMergeVector *vector)
{
	int first;
	int stop;

	*segment = NULL;
	if (!merge->has_segment && !fetch_segment(merge))
	{
		if (merge->hot_first == merge->hot_stop)
			return false;
		give_points(merge, merge->hot_first, merge->hot_stop, vector);
		return true;
	}
	if (merge->hot_first == merge->hot_stop)
	{
		merge->has_segment = false;
		*segment = &merge->segment;
		return true;
	}
	first = find_point(merge, merge->segment.tmin_ns, false);
	stop = find_point(merge, merge->segment.tmax_ns, true);
	if (!merge->descending && first > merge->hot_first)
		give_points(merge, merge->hot_first, first, vector);
	else if (merge->descending && stop < merge->hot_stop)
		give_points(merge, stop, merge->hot_stop, vector);
	else if (first < stop)
		give_overlaid(merge, first, stop, vector);
	else
	{
		merge->has_segment = false;
		*segment = &merge->segment;
	}
	return true;
}

int64
flux_merge_segments_overlaid(const FluxMerge *merge)
{
	return merge->segments_overlaid;
}

void
flux_merge_destroy(FluxMerge *merge)
{
	for (int i = 0; i < merge->chunk_count; i++)
	{
		if (merge->chunks[i].reader != NULL)
			flux_segment_reader_close(merge->chunks[i].reader);
	}
}
