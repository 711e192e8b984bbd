/*
 * run_record.h
 *		The ledger of runs: claiming (run_record.c), recording the end
 *		(run_end.c), retrying and cancelling by hand (run_cancel.c).
 *
 *		    +-- failed, with attempts left --+
 *		    v                                |
 *		scheduled ----------------------> started ---> success | failed
 *		    |                                |
 *		    +-----------> canceled <---------+
 *
 * A claim makes a run "started" in a short transaction of its own, with the
 * state row of its task locked (SKIP LOCKED: two drivers never wait for each
 * other).  A slot of a task can be in the ledger only once (run_slot_idx), so
 * whoever drives, no slot is run twice.
 *
 * Whoever executes a run holds a session lock on its id until the end is
 * recorded.  A "started" run whose lock is free belonged to a process that is
 * dead: flux_run_reclaim() starts it again.
 *
 * The end is recorded with "WHERE status = 'started'" in the transaction that
 * holds what the script wrote.  Cancelling changes the status first, so that
 * update then finds nothing, fails, and takes the script's writes with it.
 */
#ifndef FLUX_RUN_RECORD_H
#define FLUX_RUN_RECORD_H

#include "nodes/pg_list.h"

#include "task/task_catalog.h"

/* A claimed run, in the memory of whoever claimed it. */
typedef struct FluxRun
{
	int64 run_id;
	FluxTask *task;
	TimestampTz scheduled_for;
	TimestampTz started_at;
	int attempt;
	bool is_locked; /* the session lock is held */
} FluxRun;

/* A run is started again at most this often after its process died. */
#define FLUX_RUN_INTERRUPTIONS_MAX 5

/*
 * The next thing that a role's tasks have to do by "due_until", "started" now,
 * or NULL.  In a transaction of the caller's, who commits soon.
 */
extern FluxRun *flux_run_claim(Oid owner_oid, TimestampTz due_until, TimestampTz now);

/* The owners of tasks with something due by then or left by a dead process. */
extern List *flux_run_due_owners(TimestampTz due_until);

/* The same for a run that a dead process left; NULL when there is none. */
extern FluxRun *flux_run_reclaim(Oid owner_oid, TimestampTz now);

/* A run by hand that the caller executes in its own transaction. */
extern FluxRun *flux_run_begin_manual(FluxTask *task, TimestampTz scheduled_for);

/* In the transaction of the run; raises if it was cancelled or its task dropped. */
extern void flux_run_record_success(const FluxRun *run, int64 points_written);

/*
 * After the run's writes are gone: it failed, or waits for its next attempt.
 * False: it was cancelled, and stays so.
 */
extern bool flux_run_record_failure(const FluxRun *run, const ErrorData *error, bool is_canceled);

/*
 * Takes the session lock of a run; an abort of the transaction lets it go.
 * False when another process, or this one, executes the run.
 */
extern bool flux_run_try_lock(int64 run_id);

/* Lets the session lock go; after the end is committed. */
extern void flux_run_release(FluxRun *run);

/* Ends a run that has killed its process too often. */
extern void flux_run_give_up(int64 run_id, int attempt, TimestampTz now);

/* Adds a line to a run's log. */
extern void flux_run_log(int64 run_id, const char *message);

/* Queues another run of the slot of an ended run; returns its id. */
extern int64 flux_run_retry(int64 run_id);

/* Cancels a run that is waiting or executing. */
extern void flux_run_cancel(int64 run_id);

/*
 * Cancels what a task has waiting or executing, of one kind or (NULL) of all;
 * "reason" (or NULL) becomes their error.  Returns how many.
 */
extern int64 flux_run_cancel_all(int64 task_id, const char *kind, const char *reason);

/*
 * Deletes ended runs older than the setting says, a bounded number; in a
 * transaction.  Whether there may be more.
 */
extern bool flux_run_purge(TimestampTz now);

#endif /* FLUX_RUN_RECORD_H */
