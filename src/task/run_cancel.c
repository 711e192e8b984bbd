/*
 * run_cancel.c
 *		What users do to runs by name: retry and cancel; and old runs that go.
 */
#include "postgres.h"

#include <signal.h>

#include "access/xact.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "storage/procarray.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "guc.h"
#include "task/run_announce.h"
#include "task/run_record.h"
#include "task/sched_clock.h"

/* ---- by hand ---- */

/* What retry and cancel need to know of a run that the user names. */
typedef struct NamedRun
{
	int64 task_id;
	Oid owner_oid;
	char *status;
	TimestampTz scheduled_for;
	int worker_pid;
} NamedRun;

/* Finds a run and locks its row; raises when there is none or it is another's. */
static void
lock_run_row(const FluxSqlScope *scope, int64 run_id, NamedRun *run)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, run_id);
	if (flux_sql_execute("SELECT task_id, owner, status, scheduled_for, worker_pid "
						 "FROM _flux_catalog.run WHERE run_id = $1 FOR UPDATE",
						 &args) == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("run %lld does not exist", (long long) run_id),
						errhint("flux.runs lists them.")));
	run->task_id = flux_sql_get_int8(1, 1);
	run->owner_oid = flux_sql_get_oid(1, 2);
	run->status = flux_sql_get_text(scope, 1, 3);
	run->scheduled_for = flux_sql_get_time(1, 4);
	run->worker_pid = flux_sql_get_int4(1, 5);
	if (!has_privs_of_role(scope->owner.user_oid, run->owner_oid))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied for run %lld", (long long) run_id),
						errdetail("It belongs to another role.")));
}

int64
flux_run_retry(int64 run_id)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	NamedRun run;
	int64 new_run_id;

	flux_sql_enter(&scope);
	lock_run_row(&scope, run_id, &run);
	if (strcmp(run.status, "started") == 0 || strcmp(run.status, "scheduled") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("run %lld has not ended", (long long) run_id),
				 errdetail("Its status is \"%s\".", run.status),
				 errhint("Cancel it first: SELECT flux.cancel_run(%lld).", (long long) run_id)));
	flux_sql_int8(&args, run_id);
	flux_sql_time(&args, flux_sched_clock_now());
	if (flux_sql_execute("INSERT INTO _flux_catalog.run (task_id, task_name, owner, version, kind, "
						 "status, scheduled_for, run_at, requested_at, retry_of) "
						 "SELECT t.task_id, t.name, t.owner, t.version, 'retry', 'scheduled', "
						 "r.scheduled_for, $2, $2, r.run_id FROM _flux_catalog.run AS r "
						 "JOIN _flux_catalog.task AS t USING (task_id) WHERE r.run_id = $1 "
						 "RETURNING run_id",
						 &args) == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("task of run %lld does not exist any more", (long long) run_id)));
	new_run_id = flux_sql_get_int8(1, 1);
	flux_sql_leave(&scope);
	return new_run_id;
}

/* ---- cancelling ---- */

/* Processes to interrupt when the transaction commits. */
static List *pids_to_signal = NIL;

/*
 * Interrupts the processes whose runs this transaction cancelled.  Until its
 * row locks go, which is after this, they cannot have gone on to another run:
 * recording any end of the run waits for us.
 */
static void
signal_at_commit(XactEvent event, void *argument)
{
	ListCell *cell;

	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT)
		return;
	if (event == XACT_EVENT_COMMIT)
		foreach (cell, pids_to_signal)
			if (BackendPidGetProc(lfirst_int(cell)) != NULL)
				kill(lfirst_int(cell), SIGINT);
	list_free(pids_to_signal);
	pids_to_signal = NIL;
}

/* Remembers the process that executes a run, if it does. */
static void
interrupt_executor(int64 run_id, int pid)
{
	static bool is_registered = false;
	FluxRun lock = {.run_id = run_id};
	MemoryContext caller;

	if (pid == 0 || pid == MyProcPid)
		return;
	lock.is_locked = flux_run_try_lock(run_id);
	if (lock.is_locked)
	{
		flux_run_release(&lock); /* nobody executes it */
		return;
	}
	if (!is_registered)
	{
		RegisterXactCallback(signal_at_commit, NULL);
		is_registered = true;
	}
	caller = MemoryContextSwitchTo(TopMemoryContext);
	pids_to_signal = lappend_int(pids_to_signal, pid);
	MemoryContextSwitchTo(caller);
}

/* Ends a run whose row we hold and which has not ended. */
static void
cancel_row(int64 run_id, int pid, const char *reason)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, run_id);
	flux_sql_time(&args, flux_sched_clock_now());
	flux_sql_text(&args, reason);
	if (flux_sql_execute(
			"WITH r AS (UPDATE _flux_catalog.run SET status = 'canceled', "
			"finished_at = $2, error = $3 WHERE run_id = $1 "
			"RETURNING task_id, run_id, scheduled_for) "
			"UPDATE _flux_catalog.task_state AS s SET canceled_count = canceled_count + 1, "
			"latest_completed = greatest(s.latest_completed, r.scheduled_for), "
			"last_run_id = r.run_id, last_run_status = 'canceled', last_run_error = NULL "
			"FROM r WHERE s.task_id = r.task_id RETURNING s.task_id",
			&args) > 0)
		flux_run_announce(flux_sql_get_int8(1, 1), run_id, "canceled");
	interrupt_executor(run_id, pid);
}

void
flux_run_cancel(int64 run_id)
{
	FluxSqlScope scope;
	NamedRun run;

	flux_sql_enter(&scope);
	lock_run_row(&scope, run_id, &run);
	if (strcmp(run.status, "started") != 0 && strcmp(run.status, "scheduled") != 0)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("run %lld has ended already", (long long) run_id),
						errdetail("Its status is \"%s\".", run.status)));
	cancel_row(run_id, run.worker_pid, NULL);
	flux_sql_leave(&scope);
}

int64
flux_run_cancel_all(int64 task_id, const char *kind, const char *reason)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	uint64 count;
	int64 *run_ids;
	int *pids;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task_id);
	flux_sql_text(&args, kind);
	count = flux_sql_execute("SELECT run_id, worker_pid FROM _flux_catalog.run WHERE task_id = $1 "
							 "AND status IN ('scheduled', 'started') AND kind = coalesce($2, kind) "
							 "ORDER BY run_id FOR UPDATE",
							 &args);
	run_ids = palloc((count + 1) * sizeof(int64));
	pids = palloc((count + 1) * sizeof(int));
	for (uint64 i = 0; i < count; i++)
	{
		run_ids[i] = flux_sql_get_int8(i + 1, 1);
		pids[i] = flux_sql_get_int4(i + 1, 2);
	}
	for (uint64 i = 0; i < count; i++)
		cancel_row(run_ids[i], pids[i], reason);
	flux_sql_leave(&scope);
	return (int64) count;
}

/* ---- old runs ---- */

#define PURGE_RUNS_MAX 5000
#define PURGE_VERSIONS_US (60 * 60 * USECS_PER_SEC)

/* Scripts of dropped tasks none of whose runs is left: looks through all runs, so seldom. */
static void
purge_versions(void)
{
	static TimestampTz last_purge = 0;
	TimestampTz now = GetCurrentTimestamp();

	if (now >= last_purge && now - last_purge < PURGE_VERSIONS_US)
		return;
	last_purge = now;
	flux_sql_execute("DELETE FROM _flux_catalog.task_version AS v WHERE NOT EXISTS "
					 "(SELECT FROM _flux_catalog.task AS t WHERE t.task_id = v.task_id) "
					 "AND NOT EXISTS (SELECT FROM _flux_catalog.run AS r "
					 "WHERE r.task_id = v.task_id)",
					 NULL);
}

bool
flux_run_purge(TimestampTz now)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	bool has_more;

	if (flux_guc_run_retention_min <= 0)
		return false;
	flux_sql_enter(&scope);
	flux_sql_time(&args, now - flux_guc_run_retention_min * USECS_PER_MINUTE);
	flux_sql_int4(&args, PURGE_RUNS_MAX);
	flux_sql_execute("WITH old AS (DELETE FROM _flux_catalog.run WHERE run_id IN "
					 "(SELECT run_id FROM (SELECT run_id, finished_at FROM _flux_catalog.run "
					 "ORDER BY run_id LIMIT $2) AS first WHERE finished_at < $1) "
					 "RETURNING run_id), "
					 "logs AS (DELETE FROM _flux_catalog.run_log "
					 "WHERE run_id IN (SELECT run_id FROM old)) "
					 "SELECT count(*) FROM old",
					 &args);
	has_more = flux_sql_get_int8(1, 1) >= PURGE_RUNS_MAX;
	purge_versions();
	flux_sql_leave(&scope);
	return has_more;
}
