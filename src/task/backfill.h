/*
 * backfill.h
 *		Queues the slots of a stretch of the past as runs.
 */
#ifndef FLUX_BACKFILL_H
#define FLUX_BACKFILL_H

#include "task/task_catalog.h"

/* Slots that one call may queue. */
#define FLUX_BACKFILL_SLOTS_MAX 1000000

/*
 * Queues every slot S of a task with start < S <= stop and S not in the
 * future, so that windows that end at S tile [start, stop).  Slots that wait
 * already are left alone.  Returns how many were queued, or with "is_dry_run"
 * would be.
 */
extern int64 flux_backfill_queue(const FluxTask *task, TimestampTz start, TimestampTz stop,
								 bool is_newest_first, bool is_dry_run);

/* Cancels what of a task's backfill waits or executes; returns how many runs. */
extern int64 flux_backfill_cancel(const FluxTask *task);

#endif /* FLUX_BACKFILL_H */
