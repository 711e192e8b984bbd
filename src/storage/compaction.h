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
	int64		chunks;			/* that had something to move */
	int64		chunks_busy;	/* left alone: somebody else rewrites them */
	int64		hot_rows;		/* consumed */
	int64		hot_rows_kept;	/* younger than some running transaction */
	int64		segments_written;
	int64		segments_replaced;
	int64		points_written; /* values in the written segments */
} FluxCompactionReport;

/*
 * Compacts one chunk in the current transaction.  With wait false a chunk that
 * is being rewritten by another transaction is left alone.
 */
extern void flux_compaction_compact_chunk(const FluxChunk *chunk, bool wait,
										  FluxCompactionReport *report);

/* All chunks of a bucket, oldest first, waiting for others. Checks INSERT rights. */
extern void flux_compaction_compact_bucket(const FluxBucket *bucket,
										   FluxCompactionReport *report);

/*
 * Chunks worth compacting, of buckets that the current user may write to: the
 * hot table is large (fluxtask.compact_hot_size), or not empty and its last
 * compaction some time ago (fluxtask.compact_interval).
 */
extern FluxChunk *flux_compaction_list_due(int *count);

/*
 * Whoever deletes or replaces rows of a chunk's tables holds this lock until the
 * end of the transaction, and reads them under a snapshot taken after it.
 * False when it was not to wait and another has it.
 */
extern bool flux_compaction_lock_chunk(const FluxChunk *chunk, bool wait);

#endif							/* FLUX_COMPACTION_H */
