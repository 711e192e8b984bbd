/*
 * ingest_batch.h
 *		The points that wait in a writer, for the files that deal with them.
 *
 *		ingest.c			gathers them
 *		ingest_prepare.c	finds out what is new in a batch and makes it known
 *		ingest_write.c		takes them to the outputs
 */
#ifndef FLUX_INGEST_BATCH_H
#define FLUX_INGEST_BATCH_H

#include "storage/direct_write.h"
#include "storage/dirty.h"
#include "storage/hot_output.h"
#include "storage/ingest.h"
#include "storage/series_cache.h"

/* A field of a waiting point. */
typedef struct FluxPendingField
{
	FluxCachedField *field;
	union
	{
		bool boolean;
		int64 integer;
		uint64 uinteger;
		double floating;
		FluxText string;
	} value;
} FluxPendingField;

/* Many values of one series and field. */
typedef struct FluxPendingRun
{
	FluxCachedField *field;
	int64 *times_ns;
	FluxColumn values;
	int count;    /* at least one */
	bool ascends; /* no time is before the one in front of it */
} FluxPendingRun;

/* A waiting point, or a run of them when "run" is not NULL. */
typedef struct FluxPendingPoint
{
	FluxCachedSeries *series;
	int64 time_ns;
	FluxPendingRun *run;
	int first_field;
	int field_count;
} FluxPendingPoint;

struct FluxPointWriter
{
	MemoryContext context;
	MemoryContext batch_context;
	FluxBucket bucket;
	int64 oldest_ns; /* points before it are past the retention */

	/* the batch */
	FluxPendingPoint *points;
	int point_count;
	int point_capacity;
	FluxPendingField *fields;
	int field_count;
	int field_capacity;
	FluxCachedSeries **new_series; /* of the batch, without an id so far */
	int new_series_count;
	int new_series_capacity;
	FluxCachedField **new_fields;
	int new_field_count;
	int new_field_capacity;
	Size batch_bytes;
	int batch_points_max;
	uint64 batch_stamp;
	uint64 point_stamp;

	FluxHotOutputs *outputs;
	FluxHotField *hot_fields; /* scratch */
	FluxCachedField **point_fields;
	int hot_field_capacity;
	FluxCachedMeasurement **touched; /* measurements whose table wants a look */
	int touched_count;
	int touched_capacity;
	FluxDirectWriter *direct; /* NULL: everything goes to hot */
	FluxDirtyLog *dirty;      /* NULL: nobody wants to know */

	FluxWriteReport report;
};

/* Makes room for one more element of an array in the writer's context. */
#define FLUX_INGEST_ROOM(writer, array, count, capacity, type)                                     \
	do                                                                                             \
	{                                                                                              \
		if ((count) == (capacity))                                                                 \
		{                                                                                          \
			(capacity) = Max(16, 2 * (capacity));                                                  \
			(array) = (array) == NULL                                                              \
						  ? (type *) MemoryContextAlloc((writer)->context,                         \
														mul_size((capacity), sizeof(type)))        \
						  : (type *) repalloc((array), mul_size((capacity), sizeof(type)));        \
		}                                                                                          \
	} while (0)

/* ---- the times of a waiting point ---- */

static inline int
flux_ingest_time_count(const FluxPendingPoint *point)
{
	return point->run != NULL ? point->run->count : 1;
}

static inline int64
flux_ingest_time(const FluxPendingPoint *point, int at)
{
	return point->run != NULL ? point->run->times_ns[at] : point->time_ns;
}

/* Where the stretch ends of times that lie in a range as the one at "first" does. */
static inline int
flux_ingest_stretch(const FluxPendingPoint *point, int first, int64 tmin_ns, int64 tmax_ns)
{
	const FluxPendingRun *run = point->run;
	int next = first + 1;

	if (run == NULL)
		return next;
	if (run->ascends && run->times_ns[run->count - 1] <= tmax_ns)
		return run->count;
	while (next < run->count && tmin_ns <= run->times_ns[next] && run->times_ns[next] <= tmax_ns)
		next++;
	return next;
}

/* The same in a chunk, without what is past the retention. */
static inline int
flux_ingest_stretch_of_chunk(const FluxPointWriter *writer, const FluxPendingPoint *point,
							 int first, const FluxChunk *chunk)
{
	return flux_ingest_stretch(point, first, Max(chunk->tmin_ns, writer->oldest_ns),
							   chunk->tmax_ns);
}

/* ---- what is dropped, new, written ---- */

/* The first thing that was dropped is described; what comes later is not. */
extern void flux_ingest_conflict(FluxPointWriter *writer, int sqlstate, const char *format, ...)
	pg_attribute_printf(3, 4);

/* Series and fields of the batch that have no ids so far. */
static inline void
flux_ingest_want_series(FluxPointWriter *writer, FluxCachedSeries *series)
{
	if (series->is_resolved || series->batch_stamp == writer->batch_stamp)
		return;
	series->batch_stamp = writer->batch_stamp;
	FLUX_INGEST_ROOM(writer, writer->new_series, writer->new_series_count,
					 writer->new_series_capacity, FluxCachedSeries *);
	writer->new_series[writer->new_series_count++] = series;
}

static inline void
flux_ingest_want_field(FluxPointWriter *writer, FluxCachedField *field)
{
	if (field->field_id != 0 || field->batch_stamp == writer->batch_stamp)
		return;
	field->batch_stamp = writer->batch_stamp;
	FLUX_INGEST_ROOM(writer, writer->new_fields, writer->new_field_count,
					 writer->new_field_capacity, FluxCachedField *);
	writer->new_fields[writer->new_field_count++] = field;
}

/*
 * Whether anything in the batch must be looked up or created.  Entries that had
 * ids when they were gathered may have lost them since, by the abort of a
 * subtransaction that ran in between: they are wanted again.
 */
extern bool flux_ingest_brings_new(FluxPointWriter *writer);

/*
 * Looks up or creates all that the batch needs: names, then chunks, then what
 * chunks know of fields, each in a fixed order, so that writers of the same new
 * things do not wait for each other in a circle.
 */
extern void flux_ingest_prepare(FluxPointWriter *writer);

/* Takes the points of the batch to their chunks, or drops and counts them. */
extern void flux_ingest_write(FluxPointWriter *writer);

#endif /* FLUX_INGEST_BATCH_H */
