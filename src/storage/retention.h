/*
 * retention.h
 *		Dropping chunks that a bucket need not keep, and series without points.
 */
#ifndef FLUX_RETENTION_H
#define FLUX_RETENTION_H

#include "storage/bucket.h"

typedef struct FluxRetentionReport
{
	int64		chunks_dropped;
	int64		chunks_busy;	/* due, but somebody reads or writes them */
	int64		series_dropped;
} FluxRetentionReport;

/*
 * Drops the chunks whose last instant is past the bucket's retention.  A chunk in
 * use is left for the next time: never waits.  Needs the owner's rights.
 */
extern void flux_retention_apply(const FluxBucket *bucket, FluxRetentionReport *report);

/*
 * Removes series that no chunk has points of, and tag pairs that no series has.
 * Does nothing while somebody writes to the bucket or rewrites one of its chunks.
 * Needs the owner's rights.
 */
extern void flux_retention_collect_series(const FluxBucket *bucket, FluxRetentionReport *report);

#endif							/* FLUX_RETENTION_H */
