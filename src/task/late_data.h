/*
 * late_data.h
 *		Points that come after the windows they belong to were processed.
 *
 * A task with a policy remembers, for each slot of the last while (its
 * lateness), what its run read and under which snapshot.  What was written
 * since and touches such a window, and which that snapshot did not see, queues
 * the slot again, once: kind "late".  Comparing snapshots with the writing
 * transactions leaves no gap: neither a write that commits while a run reads,
 * nor one that is open for hours, is missed or counted twice.
 *
 * Tasks that wait for another task inherit its lateness: what a run of the
 * latter writes anew is read anew.
 */
#ifndef FLUX_LATE_DATA_H
#define FLUX_LATE_DATA_H

#include "task/run_record.h"
#include "script/script.h"
#include "storage/dirty.h"

/* What is gathered while a run executes. */
typedef struct FluxLateRun
{
	const FluxRun *run;
	MemoryContext context;
	List *reads;
	char *snapshot; /* that the script reads under, as text */
	FluxDirtyRun writes;
} FluxLateRun;

/*
 * Around the script, as the task's owner with its snapshot active.  Deletes
 * what the last run of the slot wrote if the task replaces.  *late lives until
 * the end; an error in between needs flux_late_abandon_run().
 */
extern void flux_late_begin_run(FluxLateRun *late, const FluxRun *run, FluxScriptOptions *options);
extern void flux_late_end_run(FluxLateRun *late);
extern void flux_late_abandon_run(void);

/*
 * Queues the slots that late data touched; returns how many.  In a transaction
 * of its own that sees what is committed; does nothing when another process is
 * at it.
 */
extern int64 flux_late_collect(void);

/* A task's policy; lateness NULL: only replaces.  Raises for nonsense. */
extern void flux_late_set_policy(const FluxTask *task, const Interval *lateness, bool replaces,
								 const Interval *delay);

/* False when there was none. */
extern bool flux_late_drop_policy(const FluxTask *task);

/* The buckets that a task's script reads are watched from here on. */
extern void flux_late_watch_buckets(const FluxTask *task);

/* Sets the flags of all tasks from policies and dependencies. In a scope. */
extern void flux_task_refresh_flags(void);

#endif /* FLUX_LATE_DATA_H */
