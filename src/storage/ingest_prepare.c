/*
 * ingest_prepare.c
 *		What is new in a batch of points, looked up or created all at once.
 *
 *		names -> chunks -> the types that chunks know of fields
 *
 * Once that is done, nothing that the points need is missing, and they are
 * written without looking anything up.
 */
#include "postgres.h"

#include "access/table.h"
#include "miscadmin.h"

#include "storage/chunk_types.h"
#include "storage/ingest_batch.h"
#include "storage/series_resolve.h"

/* The chunk of an instant if it is known; "last" is the one looked at last. */
static inline const FluxChunk *
known_chunk(FluxPointWriter *writer, const FluxChunk *last, int64 time_ns)
{
	if (last != NULL && flux_chunk_contains(last, time_ns))
		return last;
	return flux_chunk_if_known(&writer->bucket, time_ns);
}

/* Goes on to the next time of a point that retention keeps; false when there is none. */
static inline bool
skip_expired(const FluxPointWriter *writer, const FluxPendingPoint *point, int *at)
{
	int count = flux_ingest_time_count(point);

	if (*at < count && flux_ingest_time(point, *at) < writer->oldest_ns)
		*at = flux_ingest_stretch(point, *at, PG_INT64_MIN, writer->oldest_ns - 1);
	return *at < count;
}

/* Whether a point has a chunk or, in its chunk, a field that is not known. */
static bool
is_new_to_chunks(FluxPointWriter *writer, const FluxPendingPoint *point, const FluxChunk **chunk)
{
	const FluxPendingField *fields = &writer->fields[point->first_field];

	for (int i = 0; skip_expired(writer, point, &i);
		 i = flux_ingest_stretch_of_chunk(writer, point, i, *chunk))
	{
		*chunk = known_chunk(writer, *chunk, flux_ingest_time(point, i));
		if (*chunk == NULL || (point->run != NULL && !flux_series_cache_is_accepted(
														 point->run->field, (*chunk)->chunk_id)))
			return true;
		for (int j = 0; j < point->field_count; j++)
			if (!flux_series_cache_is_accepted(fields[j].field, (*chunk)->chunk_id))
				return true;
	}
	return false;
}

bool
flux_ingest_brings_new(FluxPointWriter *writer)
{
	const FluxChunk *chunk = NULL;
	bool is_new = false;

	for (int i = 0; i < writer->point_count; i++)
	{
		FluxPendingPoint *point = &writer->points[i];

		flux_ingest_want_series(writer, point->series);
		if (point->run != NULL)
			flux_ingest_want_field(writer, point->run->field);
		for (int j = 0; j < point->field_count; j++)
			flux_ingest_want_field(writer, writer->fields[point->first_field + j].field);
		is_new = is_new || is_new_to_chunks(writer, point, &chunk);
	}
	return is_new || writer->new_series_count > 0 || writer->new_field_count > 0;
}

static int
compare_times(const void *a, const void *b)
{
	int64 left = *(const int64 *) a;
	int64 right = *(const int64 *) b;

	return (left > right) - (left < right);
}

/*
 * The instants for which the batch lacks chunks, one of each: what the chunk
 * takes that was looked at last, be it there or missing, is not looked at again.
 */
static int64 *
find_missing_chunks(FluxPointWriter *writer, int *count)
{
	int64 tmin_ns = PG_INT64_MAX;
	int64 tmax_ns = PG_INT64_MIN;
	int64 *missing = NULL;
	int capacity = 0;

	*count = 0;
	for (int i = 0; i < writer->point_count; i++)
	{
		const FluxPendingPoint *point = &writer->points[i];

		for (int j = 0; skip_expired(writer, point, &j);
			 j = flux_ingest_stretch(point, j, Max(tmin_ns, writer->oldest_ns), tmax_ns))
		{
			int64 time_ns = flux_ingest_time(point, j);
			const FluxChunk *chunk;

			if (tmin_ns <= time_ns && time_ns <= tmax_ns)
				continue;
			chunk = flux_chunk_if_known(&writer->bucket, time_ns);
			if (chunk != NULL)
			{
				tmin_ns = chunk->tmin_ns;
				tmax_ns = chunk->tmax_ns;
				continue;
			}
			flux_chunk_range(writer->bucket.chunk_ns, time_ns, &tmin_ns, &tmax_ns);
			FLUX_INGEST_ROOM(writer, missing, *count, capacity, int64);
			missing[(*count)++] = time_ns;
		}
	}
	return missing;
}

/* Creates the chunks that the batch lacks, in the order of time. */
static void
prepare_chunks(FluxPointWriter *writer)
{
	int count;
	int64 *missing = find_missing_chunks(writer, &count);

	if (count == 0)
		return;
	qsort(missing, count, sizeof(int64), compare_times);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		(void) flux_chunk_for_write(&writer->bucket, missing[i]);
	}
	pfree(missing);
}

/* A field that its chunk has not accepted so far. */
typedef struct NewChunkField
{
	const FluxChunk *chunk;
	FluxCachedField *field;
	int order; /* of coming: the first type of a name is the chunk's */
} NewChunkField;

typedef struct NewChunkFields
{
	NewChunkField *list;
	int count;
	int capacity;
} NewChunkFields;

static void
note_chunk_field(FluxPointWriter *writer, NewChunkFields *new, const FluxChunk *chunk,
				 FluxCachedField *field)
{
	if (flux_series_cache_is_accepted(field, chunk->chunk_id) ||
		(field->noted_stamp == writer->batch_stamp && field->noted_chunk_id == chunk->chunk_id))
		return;
	field->noted_stamp = writer->batch_stamp;
	field->noted_chunk_id = chunk->chunk_id;
	FLUX_INGEST_ROOM(writer, new->list, new->count, new->capacity, NewChunkField);
	new->list[new->count] = (NewChunkField){chunk, field, new->count};
	new->count++;
}

static int
compare_chunk_fields(const void *a, const void *b)
{
	const NewChunkField *left = a;
	const NewChunkField *right = b;

	if (left->chunk->chunk_id != right->chunk->chunk_id)
		return left->chunk->chunk_id < right->chunk->chunk_id ? -1 : 1;
	if (left->field->measurement->m_id != right->field->measurement->m_id)
		return left->field->measurement->m_id < right->field->measurement->m_id ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

/* Makes fields of one chunk and measurement known to the chunk. */
static void
accept_fields(const NewChunkField *list, int count)
{
	/* What retention has dropped stays without rows; the lock keeps it away from the rest. */
	Relation hot = flux_chunk_open_hot(list->chunk, RowExclusiveLock);
	FluxCachedField **fields = palloc_array(FluxCachedField *, count);
	FluxColumnType *types = palloc_array(FluxColumnType, count);

	if (hot == NULL)
		return;
	table_close(hot, NoLock);
	for (int i = 0; i < count; i++)
		fields[i] = list[i].field;
	flux_chunk_types_get(list->chunk->chunk_id, fields, count, types);
	pfree(fields);
	pfree(types);
}

/* Makes the fields of the batch known to their chunks, in one order. */
static void
prepare_types(FluxPointWriter *writer)
{
	const FluxChunk *chunk = NULL;
	NewChunkFields new = {NULL};
	int next;

	for (int i = 0; i < writer->point_count; i++)
	{
		const FluxPendingPoint *point = &writer->points[i];

		for (int j = 0; skip_expired(writer, point, &j);
			 j = flux_ingest_stretch_of_chunk(writer, point, j, chunk))
		{
			int64 time_ns = flux_ingest_time(point, j);

			if (chunk == NULL || !flux_chunk_contains(chunk, time_ns))
				chunk = flux_chunk_for_write(&writer->bucket, time_ns);
			if (point->run != NULL)
				note_chunk_field(writer, &new, chunk, point->run->field);
			for (int k = 0; k < point->field_count; k++)
				note_chunk_field(writer, &new, chunk, writer->fields[point->first_field + k].field);
		}
	}
	if (new.count == 0)
		return;
	qsort(new.list, new.count, sizeof(NewChunkField), compare_chunk_fields);
	for (int i = 0; i < new.count; i = next)
	{
		for (next = i + 1; next < new.count; next++)
			if (new.list[next].chunk->chunk_id != new.list[i].chunk->chunk_id ||
				new.list[next].field->measurement != new.list[i].field->measurement)
				break;
		accept_fields(new.list + i, next - i);
	}
	pfree(new.list);
}

void
flux_ingest_prepare(FluxPointWriter *writer)
{
	if (writer->new_series_count > 0 || writer->new_field_count > 0)
		flux_series_resolve(&writer->bucket, writer->new_series, writer->new_series_count,
							writer->new_fields, writer->new_field_count);
	prepare_chunks(writer);
	prepare_types(writer);
}
