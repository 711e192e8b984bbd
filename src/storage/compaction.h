/*
 * compaction.h
 *		Moves hot points into segments.
 */
#ifndef FLUX_COMPACTION_H
#define FLUX_COMPACTION_H

#include "storage/bucket.h"
#include "storage/chunk.h"

/* What a compaction did; counters add up over chunks. */
typedef struct FluxCompactionReport
{
	int64 chunks;        /* that had something to move */
	int64 chunks_busy;   /* left alone: somebody else rewrites them */
	int64 hot_rows;      /* consumed */
	int64 hot_rows_kept; /* younger than some running transaction */
	int64 segments_written;
	int64 segments_replaced;
	int64 points_written; /* values in the written segments */
} FluxCompactionReport;

/*
 * Compacts one chunk in the current transaction.  With wait false a chunk that
 * is being rewritten by another transaction is left alone.
 */
extern void flux_compaction_compact_chunk(const FluxChunk *chunk, bool wait,
										  FluxCompactionReport *report);

/* All chunks of a bucket, oldest first, waiting for others. Checks INSERT rights. */
extern void flux_compaction_compact_bucket(const FluxBucket *bucket, FluxCompactionReport *report);

/*
 * Whether a chunk is worth compacting: what is hot is large
 * (fluxtask.compact_hot_size), or there is something and the last compaction
 * was some time ago (fluxtask.compact_interval).
 */
extern bool flux_compaction_is_due(const FluxChunk *chunk);

/* Those of a bucket, if the current user may write to it; palloc'd or NULL. */
extern FluxChunk *flux_compaction_list_due(const FluxBucket *bucket, int *count);

/* How many values are hot for the active snapshot, overwritten ones included. */
extern int64 flux_compaction_hot_points(const FluxChunk *chunk);

/*
 * Whoever deletes or replaces rows of a chunk's tables holds this lock until the
 * end of the transaction, and reads them under a snapshot taken after it.
 * False when it was not to wait and another has it.
 */
extern bool flux_compaction_lock_chunk(const FluxChunk *chunk, bool wait);

/* Keeps all of these out of a bucket's chunks, if there are none now. */
extern bool flux_compaction_lock_bucket(int32 bucket_id);

#endif /* FLUX_COMPACTION_H */
