/*
 * retention.h
 *		Dropping chunks that a bucket need not keep, and series without points.
 */
#ifndef FLUX_RETENTION_H
#define FLUX_RETENTION_H

#include "storage/bucket.h"
#include "storage/chunk.h"

typedef struct FluxRetentionReport
{
	int64 chunks_dropped;
	int64 chunks_busy; /* due, but somebody reads or writes them */
	int64 series_dropped;
} FluxRetentionReport;

/*
 * Drops the chunks whose last instant is past the bucket's retention.  A chunk in
 * use is left for the next time: never waits.  Needs the owner's rights.
 */
extern void flux_retention_apply(const FluxBucket *bucket, FluxRetentionReport *report);

/*
 * The same in steps: which chunks are due (palloc'd or NULL), and dropping one,
 * false when it is in use.  The caller has checked rights.
 */
extern FluxChunk *flux_retention_list_due(const FluxBucket *bucket, int *count);
extern bool flux_retention_drop_chunk(const FluxBucket *bucket, const FluxChunk *chunk);

/*
 * Removes series that no chunk has points of, and tag pairs that no series has.
 * False when not all are gone: somebody writes to the bucket all the time or
 * rewrites one of its chunks, or there are more than may go at once.  Needs the
 * owner's rights.
 */
extern bool flux_retention_collect_series(const FluxBucket *bucket, FluxRetentionReport *report);

/* Some series of the bucket may have lost their last points; are there such? */
extern void flux_retention_note_garbage(int32 bucket_id);
extern bool flux_retention_has_garbage(const FluxBucket *bucket);

#endif /* FLUX_RETENTION_H */
