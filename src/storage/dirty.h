/*
 * dirty.h
 *		Which stretches of time were written to, for tasks that look for late data.
 *
 * A bucket is watched when some task wants to know (_flux_catalog.bucket.is_watched).
 * A statement that writes to a watched bucket leaves a few rows in
 * _flux_catalog.dirty: bucket, measurement, first and last instant, and the
 * transaction, so that a later look can tell whether the snapshot of a run saw
 * it.  Points close to each other make one row; there are never more than some
 * dozens, however many points came.  In a bucket that nobody watches this
 * costs one look at its catalog row.
 *
 * While a task runs, what it writes bears its id, and when asked the series
 * that it writes to are remembered for the next run of the same slot.
 */
#ifndef FLUX_DIRTY_H
#define FLUX_DIRTY_H

#include "nodes/pg_list.h"
#include "utils/hsearch.h"

#include "storage/bucket.h"

typedef struct FluxDirtyLog FluxDirtyLog;

/* What a run wrote to one bucket. */
typedef struct FluxDirtyOutput
{
	int32 bucket_id;
	HTAB *series; /* ids */
	int64 tmin_ns;
	int64 tmax_ns;
} FluxDirtyOutput;

/* Of a run that keeps what it writes; lives in "context". */
typedef struct FluxDirtyRun
{
	MemoryContext context;
	List *outputs;      /* of FluxDirtyOutput */
	bool has_overflown; /* there were more series than can be remembered */
} FluxDirtyRun;

/* Series that a run of a task that replaces can write to. */
#define FLUX_DIRTY_SERIES_MAX 100000

/*
 * Begins a statement's log; NULL when nobody wants to know.  The caller holds
 * RowExclusiveLock on "_points".  In the current memory context.
 */
extern FluxDirtyLog *flux_dirty_begin(const FluxBucket *bucket);

/* Points of a series; m_id 0: of any measurement, series_id 0: of any series. */
extern void flux_dirty_add(FluxDirtyLog *log, int32 m_id, int64 series_id, int64 tmin_ns,
						   int64 tmax_ns);

/* Stores the log in the current transaction. */
extern void flux_dirty_finish(FluxDirtyLog *log);

/* From here until flux_dirty_end_run() writes are a task's; run may be NULL. */
extern void flux_dirty_begin_run(int64 task_id, FluxDirtyRun *run);
extern void flux_dirty_end_run(void);

/*
 * Makes a bucket watched; waits for the writers that may not know it yet if
 * the current user may write, too.  The caller has checked the right to read.
 */
extern void flux_dirty_watch(const FluxBucket *bucket);

#endif /* FLUX_DIRTY_H */
