/*
 * run_record.c
 *		Claiming: which run comes next, and that it is nobody else's.
 *
 * Lock order: a run's row before its task's state row.  Claims take both with
 * SKIP LOCKED and wait for neither.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "common/pg_prng.h"
#include "nodes/pg_list.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "base/lock_class.h"
#include "base/pg_compat.h"
#include "task/run_announce.h"
#include "task/run_record.h"
#include "task/sched_clock.h"
#include "task/task_dependency.h"

/* ---- the session lock ---- */

static void
set_run_tag(LOCKTAG *tag, int64 run_id)
{
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, (uint32) (run_id >> 32), (uint32) run_id,
						 FLUX_LOCK_RUN);
}

/*
 * A run that the current transaction claims.  Session locks outlive an abort,
 * so a claim that does not commit must let its lock go here.
 */
static int64 claimed_run_id = 0;

static void
end_claim(XactEvent event, void *argument)
{
	LOCKTAG tag;

	if (claimed_run_id == 0 || (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT))
		return;
	if (event == XACT_EVENT_ABORT)
	{
		set_run_tag(&tag, claimed_run_id);
		LockRelease(&tag, ExclusiveLock, true);
	}
	claimed_run_id = 0;
}

bool
flux_run_try_lock(int64 run_id)
{
	static bool is_registered = false;
	LOCKTAG tag;

	if (!is_registered)
	{
		RegisterXactCallback(end_claim, NULL);
		is_registered = true;
	}
	set_run_tag(&tag, run_id);
	switch (LockAcquire(&tag, ExclusiveLock, true, true))
	{
		case LOCKACQUIRE_OK:
			claimed_run_id = run_id;
			return true;
		case LOCKACQUIRE_NOT_AVAIL:
			return false;
		default:
			LockRelease(&tag, ExclusiveLock, true);
			return false;
	}
}

void
flux_run_release(FluxRun *run)
{
	LOCKTAG tag;

	if (!run->is_locked)
		return;
	set_run_tag(&tag, run->run_id);
	LockRelease(&tag, ExclusiveLock, true);
	run->is_locked = false;
	if (claimed_run_id == run->run_id)
		claimed_run_id = 0;
}

/* ---- claiming ---- */

static FluxRun *
make_run(const FluxSqlScope *scope, FluxTask *task, int64 run_id, TimestampTz scheduled_for,
		 TimestampTz now, int attempt)
{
	FluxRun *run = MemoryContextAllocZero(scope->context, sizeof(FluxRun));

	run->run_id = run_id;
	run->task = task;
	run->scheduled_for = scheduled_for;
	run->started_at = now;
	run->attempt = attempt;
	run->is_locked = flux_run_try_lock(run_id);
	flux_run_announce(task->task_id, run_id, "started");
	return run;
}

/*
 * Whether a task whose state row we hold may start one more run.  The claim's
 * own condition saw the ledger as it was before it got the lock.
 */
static bool
may_start(const FluxTask *task)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, task->task_id);
	flux_sql_execute("SELECT count(*) FROM _flux_catalog.run "
					 "WHERE task_id = $1 AND status = 'started'",
					 &args);
	return flux_sql_get_int8(1, 1) < task->concurrency;
}

/* Where a task stood when it was locked. */
typedef struct DueSlot
{
	TimestampTz scheduled_for;
	TimestampTz due;
	TimestampTz latest_scheduled;
	TimestampTz driving_since; /* since when somebody drives without a break */
} DueSlot;

/*
 * What is due, as of a moment ago: ids to try, oldest first.  Looking for the
 * one most urgent task costs as much as looking for many, so a look serves
 * many claims; each id is locked and checked again before it is used.
 */
#define CANDIDATES_MAX 1024

/* So many tries in vain in a row say that others were faster: look anew. */
#define CANDIDATES_STALE 8

typedef struct Candidates
{
	const char *statement; /* ids of a role ($1) due by a time ($2), at most $3 */
	Oid owner_oid;
	int count;
	int first; /* where to begin: not all workers with the same */
	int tried;
	int misses; /* in a row */
	int64 ids[CANDIDATES_MAX];
} Candidates;

/* A task "s" of the role with a due slot and room for a run. */
#define CAN_START                                                                                  \
	"s.owner = $1 AND s.next_due <= $2 "                                                           \
	"AND NOT (s.waits AND _flux_catalog.is_blocked(s.task_id, s.next_slot)) "                      \
	"AND s.concurrency > (SELECT count(*) FROM _flux_catalog.run AS r "                            \
	"WHERE r.task_id = s.task_id AND r.status = 'started') "

/*
 * What priority is worth: a step lets a run go before those that became due up
 * to ten seconds earlier.  So whoever waits long enough has his turn.
 */
#define HEAD_START "coalesce(p.priority, 0) * interval '10 seconds'"

/*
 * Not more than so many of the longest due are put in order: the index gives
 * them, and the backlog behind them costs nothing.
 */
#define BACKLOG_SORTED "4096"

static Candidates due_tasks = {
	.statement =
		"SELECT s.task_id, s.next_due - " HEAD_START " <= interval '1 s' "
		"+ min(s.next_due - " HEAD_START ") OVER () FROM ("
		"(SELECT s.task_id, s.next_due FROM _flux_catalog.task_state AS s WHERE " CAN_START
		"ORDER BY s.owner, s.next_due LIMIT " BACKLOG_SORTED ") UNION "
		"SELECT s.task_id, s.next_due FROM _flux_catalog.task_policy AS p "
		"JOIN _flux_catalog.task_state AS s USING (task_id) WHERE p.priority > 0 AND " CAN_START
		") AS s LEFT JOIN _flux_catalog.task_policy AS p USING (task_id) "
		"ORDER BY s.next_due - " HEAD_START " LIMIT $3"};

/*
 * Of each task with waiting runs only as many as it has room for: a backfill
 * of a year must not be looked through again and again.  The recursion walks
 * the index from task to task.
 */
static Candidates waiting_runs = {
	.statement =
		"WITH RECURSIVE w AS ("
		"(SELECT task_id FROM _flux_catalog.run WHERE owner = $1 AND status = 'scheduled' "
		"ORDER BY owner, task_id LIMIT 1) UNION ALL "
		"SELECT (SELECT r.task_id FROM _flux_catalog.run AS r WHERE r.owner = $1 "
		"AND r.status = 'scheduled' AND r.task_id > w.task_id ORDER BY r.owner, r.task_id LIMIT 1) "
		"FROM w WHERE w.task_id IS NOT NULL) "
		"SELECT x.run_id, x.run_at - " HEAD_START " <= interval '1 s' "
		"+ min(x.run_at - " HEAD_START ") OVER () FROM w "
		"JOIN _flux_catalog.task_state AS s USING (task_id) "
		"LEFT JOIN _flux_catalog.task_policy AS p USING (task_id) "
		"CROSS JOIN LATERAL (SELECT r.run_id, r.run_at FROM _flux_catalog.run AS r "
		"WHERE r.owner = $1 AND r.task_id = s.task_id AND r.status = 'scheduled' "
		"AND r.run_at <= $2 "
		"AND NOT (s.waits AND _flux_catalog.is_blocked(s.task_id, r.scheduled_for)) "
		"ORDER BY r.owner, r.task_id, r.run_at "
		"LIMIT greatest(0, s.concurrency - (SELECT count(*) FROM _flux_catalog.run AS o "
		"WHERE o.task_id = s.task_id AND o.status = 'started'))) AS x "
		"ORDER BY x.run_at - " HEAD_START " LIMIT $3"};

static void
refill(Candidates *candidates, Oid owner_oid, TimestampTz due_until)
{
	FluxSqlArgs args = {0};
	int equals = 0; /* at the front, none more urgent than the others */

	flux_sql_role(&args, owner_oid);
	flux_sql_time(&args, due_until);
	flux_sql_int8(&args, CANDIDATES_MAX);
	candidates->owner_oid = owner_oid;
	candidates->count = (int) flux_sql_execute(candidates->statement, &args);
	for (int i = 0; i < candidates->count; i++)
	{
		candidates->ids[i] = flux_sql_get_int8(i + 1, 1);
		if (flux_sql_get_bool(i + 1, 2))
			equals = i + 1;
	}
	candidates->first = equals > 1 && MyBackendType == B_BG_WORKER
							? (int) pg_prng_uint64_range(&pg_global_prng_state, 0, equals - 1)
							: 0;
	candidates->tried = candidates->misses = 0;
}

/*
 * The next id to try, 0 when there is none.  *has_looked says whether this
 * claim looked at the tables already: it does so once.
 */
static int64
next_candidate(Candidates *candidates, Oid owner_oid, TimestampTz due_until, bool *has_looked)
{
	if (candidates->owner_oid != owner_oid)
		candidates->count = candidates->tried = 0;
	if (candidates->tried >= candidates->count ||
		(candidates->misses >= CANDIDATES_STALE && !*has_looked))
	{
		if (*has_looked)
			return 0;
		*has_looked = true;
		refill(candidates, owner_oid, due_until);
		if (candidates->count == 0)
			return 0;
	}
	candidates->misses++;
	return candidates->ids[(candidates->first + candidates->tried++) % candidates->count];
}

/*
 * Locks a task if it has a due slot and room for a run and nobody else has it;
 * else NULL.  The statement names the row by its key alone, so that no plan
 * made when the table was small looks through all that is due.
 */
static FluxTask *
lock_due_task(const FluxSqlScope *scope, int64 task_id, Oid owner_oid, TimestampTz due_until,
			  DueSlot *slot)
{
	FluxSqlArgs args = {0};
	FluxTask *task;

	flux_sql_int8(&args, task_id);
	if (flux_sql_execute("SELECT " FLUX_TASK_COLUMNS ", s.next_slot, s.next_due, "
						 "s.latest_scheduled, (SELECT driving_since FROM _flux_catalog.driver), "
						 "s.owner "
						 "FROM _flux_catalog.task_state AS s "
						 "JOIN _flux_catalog.task AS t USING (task_id) "
						 "WHERE s.task_id = $1 FOR UPDATE OF s SKIP LOCKED",
						 &args) == 0)
		return NULL;
	if (flux_sql_get_oid(1, FLUX_TASK_COLUMN_COUNT + 5) != owner_oid)
		return NULL;
	task = flux_task_read(scope, 1, 1);
	slot->scheduled_for = flux_sql_get_time(1, FLUX_TASK_COLUMN_COUNT + 1);
	slot->due = flux_sql_get_time(1, FLUX_TASK_COLUMN_COUNT + 2);
	slot->latest_scheduled = flux_sql_get_time(1, FLUX_TASK_COLUMN_COUNT + 3);
	slot->driving_since = flux_sql_get_time(1, FLUX_TASK_COLUMN_COUNT + 4);
	if (slot->due == DT_NOBEGIN || slot->due > due_until)
		return NULL;
	if (flux_dependency_is_blocked(task, slot->scheduled_for))
		return NULL;
	return may_start(task) ? task : NULL;
}

/* A slot's row in the ledger, "started" by us; 0 when the slot has one already. */
static int64
insert_slot(const FluxTask *task, TimestampTz slot, TimestampTz due, TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, task->task_id);
	flux_sql_text(&args, task->name);
	flux_sql_role(&args, task->owner_oid);
	flux_sql_int4(&args, task->version);
	flux_sql_time(&args, slot);
	flux_sql_time(&args, due);
	flux_sql_time(&args, now);
	flux_sql_int4(&args, MyProcPid);
	if (flux_sql_execute("INSERT INTO _flux_catalog.run (task_id, task_name, owner, version, "
						 "kind, status, scheduled_for, run_at, started_at, attempt, "
						 "worker_pid) VALUES ($1, $2, $3, $4, 'schedule', 'started', $5, $6, "
						 "$7, 1, $8) ON CONFLICT DO NOTHING RETURNING run_id",
						 &args) == 0)
		return 0;
	return flux_sql_get_int8(1, 1);
}

/*
 * Claims the slot that a locked task's pointer stands on, and moves the
 * pointer.  NULL when there turns out to be nothing to run.
 */
static FluxRun *
take_slot(const FluxSqlScope *scope, FluxTask *task, const DueSlot *slot, TimestampTz now)
{
	TimestampTz next_slot;
	TimestampTz next_due;
	FluxSchedule schedule;
	int64 run_id;

	if (!flux_task_try_schedule(task, &schedule))
		return NULL;
	if (slot->due < slot->driving_since && !flux_sched_clock_is_fixed())
	{
		flux_task_note_downtime_of(task, slot->latest_scheduled, slot->driving_since);
		return NULL;
	}
	flux_task_next_slot(&schedule, task->offset_s, flux_sched_seconds(slot->scheduled_for),
						&next_slot, &next_due);
	flux_task_store_position(task->task_id, slot->scheduled_for, next_slot, next_due);
	run_id = insert_slot(task, slot->scheduled_for, slot->due, now);
	return run_id == 0 ? NULL : make_run(scope, task, run_id, slot->scheduled_for, now, 1);
}

/* Claims a slot of some task of a role. */
static FluxRun *
claim_slot(const FluxSqlScope *scope, Oid owner_oid, TimestampTz due_until, TimestampTz now)
{
	bool has_looked = false;
	int64 task_id;

	while ((task_id = next_candidate(&due_tasks, owner_oid, due_until, &has_looked)) != 0)
	{
		DueSlot slot;
		FluxTask *task = lock_due_task(scope, task_id, owner_oid, due_until, &slot);
		FluxRun *run = NULL;

		CHECK_FOR_INTERRUPTS();
		if (task == NULL)
			continue;
		run = take_slot(scope, task, &slot, now);
		due_tasks.misses = 0;
		if (run != NULL)
			return run;
		has_looked = false; /* the pointer moved: there may be more */
	}
	return NULL;
}

/* Makes a run row that we hold "started" by us. */
static void
start_row(int64 run_id, const FluxTask *task, TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, run_id);
	flux_sql_int4(&args, task->version);
	flux_sql_time(&args, now);
	flux_sql_int4(&args, MyProcPid);
	flux_sql_execute("UPDATE _flux_catalog.run SET status = 'started', version = $2, "
					 "started_at = $3, attempt = attempt + 1, worker_pid = $4 "
					 "WHERE run_id = $1",
					 &args);
}

/* Claims a certain run that waits, if its task has room for it; else NULL. */
static FluxRun *
take_waiting(const FluxSqlScope *scope, int64 run_id, Oid owner_oid, TimestampTz due_until,
			 TimestampTz now)
{
	FluxSqlArgs args = {0};
	FluxTask *task;
	TimestampTz slot;
	int attempt;

	flux_sql_int8(&args, run_id);
	if (flux_sql_execute("SELECT " FLUX_TASK_COLUMNS ", r.scheduled_for, r.attempt, r.owner, "
						 "r.status = 'scheduled', r.run_at "
						 "FROM _flux_catalog.run AS r "
						 "JOIN _flux_catalog.task_state AS s USING (task_id) "
						 "JOIN _flux_catalog.task AS t USING (task_id) "
						 "WHERE r.run_id = $1 FOR UPDATE OF r, s SKIP LOCKED",
						 &args) == 0)
		return NULL;
	if (flux_sql_get_oid(1, FLUX_TASK_COLUMN_COUNT + 3) != owner_oid ||
		!flux_sql_get_bool(1, FLUX_TASK_COLUMN_COUNT + 4) ||
		flux_sql_get_time(1, FLUX_TASK_COLUMN_COUNT + 5) > due_until)
		return NULL;
	task = flux_task_read(scope, 1, 1);
	slot = flux_sql_get_time(1, FLUX_TASK_COLUMN_COUNT + 1);
	attempt = flux_sql_get_int4(1, FLUX_TASK_COLUMN_COUNT + 2);
	if (!may_start(task) || flux_dependency_is_blocked(task, slot))
		return NULL;
	start_row(run_id, task, now);
	return make_run(scope, task, run_id, slot, now, attempt + 1);
}

/* Claims a run that waits in the ledger: by hand, retry, catch-up, backfill. */
static FluxRun *
claim_waiting(const FluxSqlScope *scope, Oid owner_oid, TimestampTz due_until, TimestampTz now)
{
	bool has_looked = false;
	FluxRun *run = NULL;
	int64 run_id;

	while (run == NULL &&
		   (run_id = next_candidate(&waiting_runs, owner_oid, due_until, &has_looked)) != 0)
	{
		CHECK_FOR_INTERRUPTS();
		run = take_waiting(scope, run_id, owner_oid, due_until, now);
	}
	if (run != NULL)
		waiting_runs.misses = 0;
	return run;
}

FluxRun *
flux_run_claim(Oid owner_oid, TimestampTz due_until, TimestampTz now)
{
	static bool waiting_first = false;
	FluxSqlScope scope;
	FluxRun *run = NULL;

	/* by turns, so that neither a long backfill nor a busy schedule starves the other */
	waiting_first = !waiting_first;
	flux_sql_enter(&scope);
	for (int turn = 0; turn < 2 && run == NULL; turn++)
		run = (turn == 0) == waiting_first ? claim_waiting(&scope, owner_oid, due_until, now)
										   : claim_slot(&scope, owner_oid, due_until, now);
	flux_sql_leave(&scope);
	return run;
}

List *
flux_run_due_owners(TimestampTz due_until)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	List *owners = NIL;
	uint64 count;

	flux_sql_enter(&scope);
	flux_sql_time(&args, due_until);
	count =
		flux_sql_execute("SELECT owner FROM _flux_catalog.task_state WHERE next_due <= $1 UNION "
						 "SELECT owner FROM _flux_catalog.run "
						 "WHERE status = 'scheduled' AND run_at <= $1 UNION "
						 "SELECT owner FROM _flux_catalog.run WHERE status = 'started'",
						 &args);
	MemoryContextSwitchTo(scope.context);
	for (uint64 row = 1; row <= count; row++)
		owners = lappend_oid(owners, flux_sql_get_oid(row, 1));
	flux_sql_leave(&scope);
	return owners;
}

/*
 * Takes over one run that is "started" while nobody executes it.  The lock
 * comes first: whoever has it may look at the row and trust what it says.
 */
static FluxRun *
reclaim_one(const FluxSqlScope *scope, int64 run_id, TimestampTz now)
{
	FluxSqlArgs args = {0};
	FluxTask *task;
	FluxRun *run;
	TimestampTz slot;
	int attempt;
	int interrupted;

	flux_sql_int8(&args, run_id);
	if (flux_sql_execute("SELECT " FLUX_TASK_COLUMNS ", r.scheduled_for, r.attempt, r.failures "
						 "FROM _flux_catalog.run AS r "
						 "JOIN _flux_catalog.task AS t USING (task_id) "
						 "WHERE r.run_id = $1 AND r.status = 'started' FOR UPDATE OF r SKIP LOCKED",
						 &args) == 0)
		return NULL;
	task = flux_task_read(scope, 1, 1);
	slot = flux_sql_get_time(1, FLUX_TASK_COLUMN_COUNT + 1);
	attempt = flux_sql_get_int4(1, FLUX_TASK_COLUMN_COUNT + 2);
	interrupted = attempt - flux_sql_get_int4(1, FLUX_TASK_COLUMN_COUNT + 3);
	if (interrupted >= FLUX_RUN_INTERRUPTIONS_MAX)
	{
		flux_run_give_up(run_id, interrupted, now);
		return NULL;
	}
	flux_run_log(run_id, psprintf("Run interrupted: its process ended; started again, attempt %d",
								  attempt + 1));
	start_row(run_id, task, now);
	run = make_run(scope, task, run_id, slot, now, attempt + 1);
	run->is_locked = true;
	return run;
}

FluxRun *
flux_run_reclaim(Oid owner_oid, TimestampTz now)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	FluxRun *run = NULL;
	uint64 count;
	int64 *run_ids;

	flux_sql_enter(&scope);
	flux_sql_role(&args, owner_oid);
	count = flux_sql_execute("SELECT run_id FROM _flux_catalog.run "
							 "WHERE owner = $1 AND status = 'started' ORDER BY run_id",
							 &args);
	run_ids = palloc((count + 1) * sizeof(int64));
	for (uint64 i = 0; i < count; i++)
		run_ids[i] = flux_sql_get_int8(i + 1, 1);
	for (uint64 i = 0; i < count && run == NULL; i++)
	{
		FluxRun lock = {.run_id = run_ids[i]};

		lock.is_locked = flux_run_try_lock(run_ids[i]);
		if (!lock.is_locked)
			continue;
		run = reclaim_one(&scope, run_ids[i], now);
		if (run == NULL)
			flux_run_release(&lock);
	}
	flux_sql_leave(&scope);
	return run;
}

/* ---- by hand ---- */

#define ROOM_POLL_MS 50

/*
 * How many runs of a task others execute.  One whose lock is free is not
 * executed: its process is dead.
 */
static int
count_running(const FluxTask *task)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	uint64 count;
	int64 *run_ids;
	int running = 0;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	flux_sql_int4(&args, MyProcPid);
	count = flux_sql_execute("SELECT run_id FROM _flux_catalog.run WHERE task_id = $1 "
							 "AND status = 'started' AND worker_pid <> $2",
							 &args);
	run_ids = palloc((count + 1) * sizeof(int64));
	for (uint64 i = 0; i < count; i++)
		run_ids[i] = flux_sql_get_int8(i + 1, 1);
	for (uint64 i = 0; i < count; i++)
	{
		FluxRun run = {.run_id = run_ids[i]};

		run.is_locked = flux_run_try_lock(run.run_id);
		if (!run.is_locked)
			running++;
		flux_run_release(&run);
	}
	flux_sql_leave(&scope);
	return running;
}

/* Locks a task's state, so that no run of it is claimed until the transaction ends. */
static void
lock_task_state(const FluxTask *task)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	flux_sql_execute("SELECT FROM _flux_catalog.task_state WHERE task_id = $1 FOR UPDATE", &args);
	flux_sql_leave(&scope);
}

/* Tries to be the one who runs a task; the lock of its state stays if so. */
static bool
try_room(const FluxTask *task)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	bool has_room;

	BeginInternalSubTransaction(NULL);
	lock_task_state(task);
	has_room = count_running(task) < task->concurrency;
	if (has_room)
		ReleaseCurrentSubTransaction();
	else
		RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
	return has_room;
}

/*
 * Waits until a run by hand is one of no more than the task's "concurrency".
 * A transaction with one snapshot would never see the others end.
 */
static void
wait_for_room(const FluxTask *task)
{
	while (count_running(task) >= task->concurrency || !try_room(task))
	{
		if (IsolationUsesXactSnapshot())
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_IN_USE), errmsg("task \"%s\" is running", task->name),
					 errhint("Its option \"concurrency\" says how many runs may overlap; "
							 "in a READ COMMITTED transaction flux.run_task() waits.")));
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, ROOM_POLL_MS,
						 FLUX_WAIT_EVENT("FluxtaskRoom"));
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
}

FluxRun *
flux_run_begin_manual(FluxTask *task, TimestampTz scheduled_for)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	TimestampTz now;
	FluxRun *run;

	wait_for_room(task);
	now = flux_sched_clock_now();
	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	flux_sql_text(&args, task->name);
	flux_sql_role(&args, task->owner_oid);
	flux_sql_int4(&args, task->version);
	flux_sql_time(&args, scheduled_for);
	flux_sql_time(&args, now);
	flux_sql_int4(&args, MyProcPid);
	flux_sql_execute(
		"INSERT INTO _flux_catalog.run (task_id, task_name, owner, version, kind, "
		"status, scheduled_for, run_at, requested_at, started_at, attempt, worker_pid) "
		"VALUES ($1, $2, $3, $4, 'manual', 'started', $5, $6, $6, $6, 1, $7) "
		"RETURNING run_id",
		&args);
	run = MemoryContextAllocZero(scope.context, sizeof(FluxRun));
	run->run_id = flux_sql_get_int8(1, 1);
	run->task = task;
	run->scheduled_for = scheduled_for;
	run->started_at = now;
	run->attempt = 1;
	flux_sql_leave(&scope);
	return run;
}
