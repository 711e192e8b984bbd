/*
 * sched_wake.c
 *		Finds a database's scheduler and wakes it when a change commits.
 *
 * A scheduler holds a lock of its own on its database for as long as it lives:
 * that makes it the only one, and whoever wants its process finds it in
 * pg_locks, so that nothing here needs shared memory, and hence no preload.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"

#include "base/lock_class.h"
#include "catalog/catalog_sql.h"
#include "scheduler/sched_process.h"
#include "scheduler/sched_wake.h"
#include "scheduler/scheduler.h"

/* What to do when the current transaction commits. */
static bool is_change_noted = false;
static int pid_to_wake = 0;     /* 0: there is no scheduler; ask for one */
static bool must_start = false; /* register one where no launcher does it */

void
flux_sched_set_lock_tag(LOCKTAG *tag)
{
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, 0, 0, FLUX_LOCK_SCHEDULER);
}

int
flux_scheduler_pid(void)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	int pid = 0;

	flux_sql_enter(&scope);
	flux_sql_int4(&args, FLUX_LOCK_SCHEDULER);
	if (flux_sql_execute("SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory' "
						 "AND database = (SELECT oid FROM pg_catalog.pg_database "
						 "WHERE datname = pg_catalog.current_database()) "
						 "AND classid = 0 AND objid = 0 AND objsubid = $1 AND granted",
						 &args) > 0)
		pid = flux_sql_get_int4(1, 1);
	flux_sql_leave(&scope);
	return pid;
}

/* flux.start_scheduler() where no launcher exists. */
static void
start_by_hand(void)
{
	BackgroundWorkerHandle *handle;

	if (!flux_sched_register(MyDatabaseId, &handle))
		ereport(WARNING, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
						  errmsg("no background worker slot is free for the scheduler"),
						  errhint("Raise max_worker_processes.")));
}

static void
act_at_commit(XactEvent event, void *argument)
{
	if (!is_change_noted || (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT))
		return;
	is_change_noted = false;
	if (event == XACT_EVENT_ABORT)
		return;
	if (pid_to_wake != 0)
	{
		PGPROC *process = BackendPidGetProc(pid_to_wake);

		if (process != NULL)
			SetLatch(&process->procLatch);
	}
	else if (flux_sched_shared() != NULL)
		flux_sched_set_state(MyDatabaseId, FLUX_DATABASE_WANTED);
	else if (must_start)
		start_by_hand();
}

/* Registers the above once and looks for the scheduler. */
static void
note_change(void)
{
	static bool is_registered = false;

	if (!is_registered)
	{
		RegisterXactCallback(act_at_commit, NULL);
		is_registered = true;
	}
	if (!is_change_noted)
	{
		pid_to_wake = flux_scheduler_pid();
		must_start = false;
	}
	is_change_noted = true;
}

void
flux_scheduler_wake_at_commit(void)
{
	note_change();
}

bool
flux_scheduler_start_at_commit(void)
{
	note_change();
	must_start = true;
	return pid_to_wake == 0;
}
