/*
 * scheduler.c
 *		The process that sees to it that a database's tasks run in time.
 *
 * It runs no script.  Each round it asks the tables which roles have something
 * due and when the next slot comes, wakes or starts workers of those roles,
 * and sleeps until then, or until somebody sets its latch: a backend that
 * committed a change of a task, a worker that has nothing more to do, the
 * postmaster when a worker ends.
 *
 * Places for workers are few (fluxtask.max_workers).  A role that has work and
 * no place gets one from an idle worker of another role, or from a busy one
 * after its current run.
 *
 * It also starts the database's maintenance worker (maintenance_worker.c) and
 * takes it along when it ends.
 *
 * A role that no worker can act as (dropped, or not allowed to log in) has its
 * runs failed with that reason, so that its owner sees it in flux.runs.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_database.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "base/pg_compat.h"
#include "guc.h"
#include "scheduler/sched_process.h"
#include "scheduler/sched_wake.h"
#include "scheduler/scheduler.h"
#include "task/late_data.h"
#include "task/delivery.h"
#include "task/sched_clock.h"

#define SLEEP_MAX_MS 5000 /* without anything to do */
#define SLEEP_BUSY_MS 200 /* while something is due */
#define HOUSEKEEPING_US (60 * USECS_PER_SEC)
#define COMPLAINT_US (60 * USECS_PER_SEC)
#define BACKOFF_MAX_S 60
#define MAINTENANCE_RESTART_US (5 * USECS_PER_SEC)
#define REFUSALS_MAX 100 /* runs failed per round and role */

/* What a role's tasks need, as of one round. */
typedef struct RoleWork
{
	Oid role_oid;
	int64 due;        /* runs that could start now; 1 more for deliveries */
	bool has_orphans; /* runs of dead processes */
	char *obstacle;   /* why no worker can act as the role; NULL: none */
} RoleWork;

/* A worker of ours. */
typedef struct Worker
{
	BackgroundWorkerHandle *handle; /* NULL: the slot is free */
	Oid role_oid;
} Worker;

/* Roles whose workers ended by an error, and when to try again. */
typedef struct RoleBackoff
{
	Oid role_oid;
	int failures;
	TimestampTz not_before;
} RoleBackoff;

static FluxWorkerBoard *board;
static dsm_handle board_handle;
static Worker workers[FLUX_SCHED_WORKERS_MAX];
static List *backoffs = NIL;
static MemoryContext round_context;
static TimestampTz last_housekeeping = 0;
static TimestampTz last_complaint = 0;
static BackgroundWorkerHandle *maintenance = NULL; /* NULL: there is none */
static TimestampTz maintenance_not_before = 0;

/* ---- what there is to do ---- */

/* Why no worker could act as a role, or NULL. In a transaction. */
static char *
obstacle_of(Oid role_oid)
{
	HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role_oid));
	char *obstacle = NULL;

	if (!HeapTupleIsValid(tuple))
		return psprintf("owner of the task, role %u, does not exist any more", role_oid);
	if (FLUX_WORKER_NEEDS_LOGIN && !((Form_pg_authid) GETSTRUCT(tuple))->rolcanlogin)
		obstacle = psprintf("role \"%s\" is not permitted to log in",
							NameStr(((Form_pg_authid) GETSTRUCT(tuple))->rolname));
	else if (!flux_may_connect(MyDatabaseId, role_oid))
		obstacle = psprintf("role \"%s\" is not permitted to connect to the database",
							NameStr(((Form_pg_authid) GETSTRUCT(tuple))->rolname));
	ReleaseSysCache(tuple);
	return obstacle;
}

/* The list's entry of a role, made when it is not there. */
static RoleWork *
work_of(List **list, Oid role_oid)
{
	ListCell *cell;
	RoleWork *work;

	foreach (cell, *list)
	{
		work = lfirst(cell);
		if (work->role_oid == role_oid)
			return work;
	}
	work = palloc0(sizeof(RoleWork));
	work->role_oid = role_oid;
	*list = lappend(*list, work);
	return work;
}

/* The owners of waiting runs, of which there may be very many: from owner to owner. */
#define WAITING_OWNERS                                                                             \
	"WITH RECURSIVE w AS ((SELECT owner FROM _flux_catalog.run WHERE status = 'scheduled' "        \
	"ORDER BY owner LIMIT 1) UNION ALL SELECT (SELECT r.owner FROM _flux_catalog.run AS r "        \
	"WHERE r.status = 'scheduled' AND r.owner > w.owner ORDER BY r.owner LIMIT 1) "                \
	"FROM w WHERE w.owner IS NOT NULL) SELECT owner FROM w WHERE owner IS NOT NULL"

/*
 * One look at the tables, in a transaction and the round's context.  *next_due
 * is when something will be due that is not yet; DT_NOEND when nothing.
 */
static List *
look(TimestampTz now, TimestampTz *next_due)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	List *list = NIL;
	ListCell *cell;
	uint64 count;

	*next_due = DT_NOEND;
	flux_sql_enter(&scope);
	flux_sql_time(&args, now);
	count = flux_sql_execute("SELECT owner, count(*) FILTER (WHERE next_due <= $1), "
							 "min(next_due) FILTER (WHERE next_due > $1) "
							 "FROM _flux_catalog.task_state WHERE next_due IS NOT NULL "
							 "GROUP BY owner UNION ALL "
							 "SELECT o.owner, "
							 "(SELECT count(*) FROM (SELECT FROM _flux_catalog.run AS r "
							 "WHERE r.owner = o.owner AND r.status = 'scheduled' "
							 "AND r.run_at <= $1 LIMIT 64) AS first), "
							 "(SELECT min(r.run_at) FROM _flux_catalog.run AS r "
							 "WHERE r.owner = o.owner AND r.status = 'scheduled' "
							 "AND r.run_at > $1) FROM (" WAITING_OWNERS ") AS o UNION ALL "
							 "SELECT owner, least(1, count(*) FILTER (WHERE next_attempt <= $1)), "
							 "min(next_attempt) FILTER (WHERE next_attempt > $1) "
							 "FROM _flux_catalog.outbox WHERE status = 'pending' GROUP BY owner",
							 &args);
	for (uint64 row = 1; row <= count; row++)
	{
		TimestampTz next = flux_sql_get_time(row, 3);
		MemoryContext spi = MemoryContextSwitchTo(scope.context);

		if (flux_sql_get_int8(row, 2) > 0)
			work_of(&list, flux_sql_get_oid(row, 1))->due += flux_sql_get_int8(row, 2);
		if (next != DT_NOBEGIN && next < *next_due)
			*next_due = next;
		MemoryContextSwitchTo(spi);
	}
	count = flux_sql_execute("SELECT owner, worker_pid FROM _flux_catalog.run "
							 "WHERE status = 'started'",
							 NULL);
	for (uint64 row = 1; row <= count; row++)
	{
		MemoryContext spi = MemoryContextSwitchTo(scope.context);

		if (BackendPidGetProc(flux_sql_get_int4(row, 2)) == NULL)
			work_of(&list, flux_sql_get_oid(row, 1))->has_orphans = true;
		MemoryContextSwitchTo(spi);
	}
	flux_sql_leave(&scope);
	foreach (cell, list)
	{
		RoleWork *work = lfirst(cell);

		work->obstacle = obstacle_of(work->role_oid);
	}
	return list;
}

/* Fails what is due of roles that no worker can act as. In the round's transaction. */
static void
refuse(const RoleWork *work, TimestampTz now)
{
	for (int i = 0; i < REFUSALS_MAX; i++)
	{
		FluxRun *run = flux_run_reclaim(work->role_oid, now);
		ErrorData error = {.elevel = ERROR,
						   .sqlerrcode = ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION};

		if (run == NULL)
			run = flux_run_claim(work->role_oid, now, now);
		if (run == NULL)
			return;
		error.message = work->obstacle;
		error.hint = "Give the role the right, or the task to another role: flux.alter_task(task, "
					 "owner => 'role').";
		flux_run_record_failure(run, &error, false);
		flux_run_release(run);
	}
}

/* ---- workers ---- */

static FluxWorkerState
state_of(int slot)
{
	return (FluxWorkerState) pg_atomic_read_u32(&board->slots[slot].state);
}

static RoleBackoff *
backoff_of(Oid role_oid, bool make)
{
	ListCell *cell;
	RoleBackoff *backoff;
	MemoryContext caller;

	foreach (cell, backoffs)
	{
		backoff = lfirst(cell);
		if (backoff->role_oid == role_oid)
			return backoff;
	}
	if (!make)
		return NULL;
	caller = MemoryContextSwitchTo(TopMemoryContext);
	backoff = palloc0(sizeof(RoleBackoff));
	backoff->role_oid = role_oid;
	backoffs = lappend(backoffs, backoff);
	MemoryContextSwitchTo(caller);
	return backoff;
}

/* A worker is gone: frees its slot, and notes how it went. */
static void
bury(int slot)
{
	FluxWorkerSlot *place = &board->slots[slot];

	if (pg_atomic_read_u32(&place->has_failed) != 0 ||
		pg_atomic_read_u32(&place->has_connected) == 0)
	{
		RoleBackoff *backoff = backoff_of(workers[slot].role_oid, true);
		int seconds = Min(1 << Min(backoff->failures, 10), BACKOFF_MAX_S);

		backoff->failures++;
		backoff->not_before = GetCurrentTimestamp() + seconds * USECS_PER_SEC;
	}
	else
	{
		RoleBackoff *backoff = backoff_of(workers[slot].role_oid, false);

		if (backoff != NULL)
			backoff->failures = 0;
	}
	pfree(workers[slot].handle);
	workers[slot].handle = NULL;
	pg_atomic_write_u32(&place->state, FLUX_WORKER_FREE);
}

static void
bury_the_dead(void)
{
	for (int i = 0; i < FLUX_SCHED_WORKERS_MAX; i++)
	{
		pid_t pid;

		if (workers[i].handle != NULL &&
			GetBackgroundWorkerPid(workers[i].handle, &pid) == BGWH_STOPPED)
			bury(i);
	}
}

/* Sets a worker's latch, if it has one already. */
static void
wake(int slot)
{
	pid_t pid;
	PGPROC *process;

	if (GetBackgroundWorkerPid(workers[slot].handle, &pid) != BGWH_STARTED)
		return;
	process = BackendPidGetProc(pid);
	if (process != NULL)
		SetLatch(&process->procLatch);
}

/* Starts a worker in a free slot; false when the server has none for us. */
static bool
start_worker(int slot, Oid role_oid)
{
	FluxWorkerSlot *place = &board->slots[slot];
	FluxWorkerArguments arguments = {
		.database_oid = MyDatabaseId, .role_oid = role_oid, .board = board_handle, .slot = slot};
	BackgroundWorker worker;
	MemoryContext caller;
	bool is_registered;

	place->role_oid = role_oid;
	pg_atomic_write_u32(&place->state, FLUX_WORKER_STARTING);
	pg_atomic_write_u32(&place->should_recover, 1);
	pg_atomic_write_u32(&place->should_yield, 0);
	pg_atomic_write_u32(&place->has_connected, 0);
	pg_atomic_write_u32(&place->has_failed, 0);
	flux_sched_describe(&worker, "flux_run_worker_main", "fluxtask worker");
	worker.bgw_notify_pid = MyProcPid;
	StaticAssertStmt(sizeof(arguments) <= BGW_EXTRALEN, "worker arguments do not fit");
	memcpy(worker.bgw_extra, &arguments, sizeof(arguments));

	caller = MemoryContextSwitchTo(TopMemoryContext);
	is_registered = RegisterDynamicBackgroundWorker(&worker, &workers[slot].handle);
	MemoryContextSwitchTo(caller);
	workers[slot].role_oid = role_oid;
	if (!is_registered)
	{
		workers[slot].handle = NULL;
		pg_atomic_write_u32(&place->state, FLUX_WORKER_FREE);
	}
	return is_registered;
}

static void
complain_about_slots(TimestampTz now)
{
	if (now - last_complaint < COMPLAINT_US)
		return;
	last_complaint = now;
	ereport(LOG, (errmsg("fluxtask: no background worker slot is free; due runs wait"),
				  errhint("Raise max_worker_processes.")));
}

/* Makes room: an idle worker of a role without work goes, or a busy one after its run. */
static void
ask_for_place(const List *list, Oid role_oid)
{
	int busy = -1;

	for (int i = 0; i < FLUX_SCHED_WORKERS_MAX; i++)
	{
		if (workers[i].handle == NULL || workers[i].role_oid == role_oid)
			continue;
		if (pg_atomic_read_u32(&board->slots[i].should_yield) != 0)
			return; /* one is on its way */
		if (state_of(i) == FLUX_WORKER_IDLE)
		{
			pg_atomic_write_u32(&board->slots[i].should_yield, 1);
			wake(i);
			return;
		}
		if (state_of(i) == FLUX_WORKER_BUSY)
			busy = i;
	}
	if (busy >= 0)
		pg_atomic_write_u32(&board->slots[busy].should_yield, 1);
}

/* Sees to it that a role's due work is in somebody's hands. */
static void
staff(const List *list, const RoleWork *work, TimestampTz now)
{
	int places = Min(flux_guc_max_workers, FLUX_SCHED_WORKERS_MAX);
	int64 wanted = Max(work->due, work->has_orphans ? 1 : 0);
	RoleBackoff *backoff = backoff_of(work->role_oid, false);
	int total = 0;
	int64 have = 0;

	for (int i = 0; i < FLUX_SCHED_WORKERS_MAX; i++)
	{
		if (workers[i].handle == NULL)
			continue;
		total++;
		if (workers[i].role_oid != work->role_oid)
			continue;
		if (work->has_orphans)
			pg_atomic_write_u32(&board->slots[i].should_recover, 1);
		if (state_of(i) == FLUX_WORKER_IDLE && have < wanted)
			wake(i);
		have++;
	}
	if (backoff != NULL && backoff->failures > 0 && now < backoff->not_before)
		return;
	if (flux_guc_workers_per_role_max > 0)
		wanted = Min(wanted, flux_guc_workers_per_role_max);
	for (int i = 0; i < places && have < wanted && total < places; i++)
	{
		if (workers[i].handle != NULL)
			continue;
		if (!start_worker(i, work->role_oid))
		{
			complain_about_slots(now);
			return;
		}
		have++;
		total++;
	}
	if (have == 0)
		ask_for_place(list, work->role_oid);
}

/* ---- the maintenance worker ---- */

/* Sees to it that there is one, if one is wanted; it ends by itself when not. */
static void
tend_maintenance(void)
{
	TimestampTz now = GetCurrentTimestamp();
	MemoryContext caller;
	pid_t pid;

	if (maintenance != NULL && GetBackgroundWorkerPid(maintenance, &pid) == BGWH_STOPPED)
	{
		pfree(maintenance);
		maintenance = NULL;
		maintenance_not_before = now + MAINTENANCE_RESTART_US;
	}
	if (maintenance != NULL || !flux_guc_maintenance || now < maintenance_not_before)
		return;
	maintenance_not_before = now + COMPLAINT_US;
	caller = MemoryContextSwitchTo(TopMemoryContext);
	if (!flux_sched_register_maintenance(&maintenance))
	{
		maintenance = NULL;
		ereport(LOG, (errmsg("fluxtask: no background worker slot is free for maintenance"),
					  errhint("Raise max_worker_processes.")));
	}
	MemoryContextSwitchTo(caller);
}

/* ---- rounds ---- */

/* Leaves for good; the launcher does not start us again unless asked. */
static void
pg_attribute_noreturn() retire(void)
{
	flux_sched_set_state(MyDatabaseId, FLUX_DATABASE_UNWANTED);
	proc_exit(0);
}

/* Whether there is an extension with a scheduler wanted. In a transaction. */
static bool
is_wanted(void)
{
	FluxSqlScope scope;
	bool is_enabled;

	if (!OidIsValid(get_extension_oid("fluxtask", true)))
		return false;
	flux_sql_enter(&scope);
	is_enabled =
		flux_sql_execute("SELECT FROM _flux_catalog.driver WHERE scheduler_enabled", NULL) > 0;
	flux_sql_leave(&scope);
	return is_enabled;
}

/* One round; gives how long to sleep. */
static long
run_round(void)
{
	TimestampTz now = flux_sched_clock_now();
	TimestampTz real_now = GetCurrentTimestamp();
	TimestampTz next_due;
	List *list;
	ListCell *cell;
	bool is_busy = false;

	MemoryContextReset(round_context);
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	if (!is_wanted())
	{
		CommitTransactionCommand();
		retire();
	}
	MemoryContextSwitchTo(round_context);
	flux_late_collect();
	list = look(now, &next_due);
	if (list != NIL)
		flux_driver_heartbeat();
	foreach (cell, list)
	{
		const RoleWork *work = lfirst(cell);

		if (work->obstacle == NULL)
			continue;
		refuse(work, now);
		flux_delivery_refuse(work->role_oid, work->obstacle);
	}
	if (real_now - last_housekeeping > HOUSEKEEPING_US || real_now < last_housekeeping)
	{
		last_housekeeping = real_now;
		flux_driver_heartbeat();
		if (flux_run_purge(now))
			last_housekeeping -= HOUSEKEEPING_US; /* the next round goes on */
		flux_delivery_purge(now);
	}
	CommitTransactionCommand();
	pgstat_report_stat(true);
	MemoryContextSwitchTo(round_context);

	foreach (cell, list)
	{
		const RoleWork *work = lfirst(cell);

		if (work->obstacle == NULL && (work->due > 0 || work->has_orphans))
		{
			staff(list, work, real_now);
			is_busy = true;
		}
	}
	if (is_busy)
		return SLEEP_BUSY_MS;
	if (next_due == DT_NOEND || flux_sched_clock_is_fixed())
		return SLEEP_MAX_MS;
	return Min(SLEEP_MAX_MS, Max(1, (next_due - flux_sched_clock_now()) / 1000 + 1));
}

/* run_round(), where an error is reported and waited out. */
static long
run_round_guarded(void)
{
	volatile long sleep_ms = 1000;

	PG_TRY();
	{
		sleep_ms = run_round();
	}
	PG_CATCH();
	{
		HOLD_INTERRUPTS();
		EmitErrorReport();
		FlushErrorState();
		AbortCurrentTransaction();
		RESUME_INTERRUPTS();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(TopMemoryContext);
	return sleep_ms;
}

/* ---- life ---- */

/* The workers go with the scheduler. */
static void
dismiss(int code, Datum argument)
{
	for (int i = 0; i < FLUX_SCHED_WORKERS_MAX; i++)
		if (workers[i].handle != NULL)
			TerminateBackgroundWorker(workers[i].handle);
	if (maintenance != NULL)
		TerminateBackgroundWorker(maintenance);
}

/* Takes the database's scheduler lock; without it there is another one. */
static void
take_lock(void)
{
	LOCKTAG tag;

	flux_sched_set_lock_tag(&tag);
	if (LockAcquire(&tag, ExclusiveLock, true, true) == LOCKACQUIRE_NOT_AVAIL)
		proc_exit(0);
}

static void
create_board(void)
{
	dsm_segment *segment = dsm_create(sizeof(FluxWorkerBoard), 0);

	dsm_pin_mapping(segment);
	board = dsm_segment_address(segment);
	board_handle = dsm_segment_handle(segment);
	memset(board, 0, sizeof(FluxWorkerBoard));
	board->scheduler_pid = MyProcPid;
	for (int i = 0; i < FLUX_SCHED_WORKERS_MAX; i++)
	{
		FluxWorkerSlot *place = &board->slots[i];

		pg_atomic_init_u32(&place->state, FLUX_WORKER_FREE);
		pg_atomic_init_u32(&place->should_recover, 0);
		pg_atomic_init_u32(&place->should_yield, 0);
		pg_atomic_init_u32(&place->has_connected, 0);
		pg_atomic_init_u32(&place->has_failed, 0);
	}
}

/* First transaction: is there something to schedule, and what was missed? */
static void
begin(void)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	take_lock();
	create_board();
	if (!is_wanted())
	{
		CommitTransactionCommand();
		retire();
	}
	flux_sched_set_state(MyDatabaseId, FLUX_DATABASE_RUNNING);
	flux_driver_begin(true);
	CommitTransactionCommand();
}

void
flux_scheduler_main(Datum main_argument)
{
	flux_sched_install_signals(false);
	if (IsBinaryUpgrade)
		proc_exit(0);
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(main_argument), InvalidOid, 0);
	flux_sched_pin_settings();
	round_context =
		AllocSetContextCreate(TopMemoryContext, "fluxtask scheduler round", ALLOCSET_DEFAULT_SIZES);
	begin();
	before_shmem_exit(dismiss, 0);
	pgstat_report_activity(STATE_IDLE, NULL);
	ereport(LOG, (errmsg("fluxtask: scheduler started")));

	for (;;)
	{
		long sleep_ms = SLEEP_MAX_MS;

		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		flux_sched_reload_if_asked();
		bury_the_dead();
		tend_maintenance();
		if (flux_guc_scheduler)
			sleep_ms = run_round_guarded();
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, sleep_ms,
						 FLUX_WAIT_EVENT("FluxtaskScheduler"));
	}
}
