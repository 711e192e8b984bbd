/*
 * direct_write.h
 *		Writing long runs of points straight into segments.
 *
 * What a window aggregate gives is series after series, ascending, often
 * hundreds of points each: just what a segment wants.  Where nothing stands in
 * the way, such a run becomes segments at once instead of hot rows that a
 * compaction would have to make segments of.
 */
#ifndef FLUX_DIRECT_WRITE_H
#define FLUX_DIRECT_WRITE_H

#include "storage/chunk.h"
#include "vector/column.h"

typedef struct FluxDirectWriter FluxDirectWriter;

/* Every writer of hot rows says that it is there, until its context is deleted. */
extern void flux_direct_announce_writer(MemoryContext context);

/* For a writer that has just been announced; in its context, which is current. */
extern FluxDirectWriter *flux_direct_create(void);

/*
 * Takes points [first, first + count), if the rules allow; else they must be
 * written to hot, and the caller does so.
 */
extern bool flux_direct_add(FluxDirectWriter *direct, const FluxChunk *chunk, int64 series_id,
							int32 field_id, const int64 *times_ns, const FluxColumn *values,
							int first, int count);

/* A point of the series and field that is written to hot without having been offered. */
extern void flux_direct_note_hot(FluxDirectWriter *direct, int32 chunk_id, int64 series_id,
								 int32 field_id);

/* Writes what is left; gives how many segments there were. */
extern int64 flux_direct_finish(FluxDirectWriter *direct);

#endif /* FLUX_DIRECT_WRITE_H */
