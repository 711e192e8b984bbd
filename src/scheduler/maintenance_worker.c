/*
 * maintenance_worker.c
 *		A process that keeps a database's buckets in order.
 *
 * Started by the scheduler, one for each, and gone with it.  It does what
 * flux.maintain() does: asks what is due, does one step after another, each in
 * a transaction of its own, and naps.  After a step it rests for as long as
 * fluxtask.maintenance_share makes it, so that it takes no more than its share
 * of a core and of the disk.  No step waits for readers or writers, and none
 * keeps them waiting; where a lock of others is in the way (VACUUM FULL, say)
 * lock_timeout ends the step.
 *
 * A step that fails or cannot be done for now is tried again later and later;
 * what failed stands in _flux_catalog.maintenance_error until it succeeds.
 *
 * The steps are called through SQL as the extension's owner, a superuser: they
 * read and write fluxtask's own tables and run nothing that users wrote.
 */
#include "postgres.h"

#include <limits.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "base/lock_class.h"
#include "base/pg_compat.h"
#include "catalog/catalog_sql.h"
#include "guc.h"
#include "scheduler/sched_process.h"

#define NAP_BUSY_MS 1000 /* when the round had something to do */
#define REST_MAX_MS 10000
#define BACKOFF_MAX_S 3600
#define LOCK_TIMEOUT "2s"

/* A step as the list tells it, in the round's context. */
typedef struct Step
{
	char *action;
	char *bucket;
	int32 chunk_id; /* 0: the whole bucket */
} Step;

/* A step that did not succeed; names are hashed. */
typedef struct BackoffKey
{
	uint32 action;
	uint32 bucket;
	int32 chunk_id;
} BackoffKey;

typedef struct Backoff
{
	BackoffKey key;
	int failures;
	TimestampTz not_before;
} Backoff;

typedef enum Outcome
{
	STEP_DONE, /* and there was something to do */
	STEP_NOTHING,
	STEP_BUSY, /* somebody is in the way */
	STEP_FAILED
} Outcome;

static HTAB *backoffs;
static MemoryContext round_context;
static int scheduler_pid;

/* ---- trying again ---- */

static Backoff *
backoff_of(const Step *step, HASHACTION action)
{
	BackoffKey key = {string_hash(step->action, strlen(step->action) + 1),
					  string_hash(step->bucket, strlen(step->bucket) + 1), step->chunk_id};
	bool found;
	Backoff *backoff = hash_search(backoffs, &key, action, &found);

	if (action == HASH_ENTER && !found)
	{
		backoff->failures = 0;
		backoff->not_before = 0;
	}
	return backoff;
}

/* Waits that double: from a nap for what is busy, from ten for what failed. */
static void
note_outcome(const Step *step, Outcome outcome, TimestampTz began)
{
	Backoff *backoff;
	int64 wait_us;
	TimestampTz now = GetCurrentTimestamp();

	if (outcome == STEP_DONE || outcome == STEP_NOTHING)
	{
		(void) backoff_of(step, HASH_REMOVE);
		return;
	}
	backoff = backoff_of(step, HASH_ENTER);
	wait_us =
		(int64) flux_guc_maintenance_naptime_s * USECS_PER_SEC * (outcome == STEP_FAILED ? 10 : 1)
		<< Min(backoff->failures, 12);
	backoff->failures++;
	/* What took long in vain is not tried often. */
	wait_us = Max(wait_us, 20 * (now - began));
	backoff->not_before = now + Min(wait_us, BACKOFF_MAX_S * USECS_PER_SEC);
}

static bool
must_wait(const Step *step)
{
	const Backoff *backoff = backoff_of(step, HASH_FIND);

	return backoff != NULL && GetCurrentTimestamp() < backoff->not_before;
}

/* Forgets what is long past, chunks that are gone among it. */
static void
sweep_backoffs(void)
{
	HASH_SEQ_STATUS status;
	Backoff *backoff;
	TimestampTz long_ago = GetCurrentTimestamp() - 2 * BACKOFF_MAX_S * USECS_PER_SEC;

	hash_seq_init(&status, backoffs);
	while ((backoff = hash_seq_search(&status)) != NULL)
		if (backoff->not_before < long_ago)
			(void) hash_search(backoffs, &backoff->key, HASH_REMOVE, NULL);
}

/* ---- one step ---- */

static void
begin_transaction(void)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
}

static void
end_transaction(void)
{
	CommitTransactionCommand();
	pgstat_report_stat(true);
}

/* Arguments of statements on a step's row of maintenance_error. */
static FluxSqlArgs
error_arguments(const Step *step)
{
	FluxSqlArgs args = {0};

	flux_sql_text(&args, step->bucket);
	flux_sql_text(&args, step->action);
	flux_sql_int4(&args, step->chunk_id);
	return args;
}

static void
forget_error(const Step *step)
{
	FluxSqlArgs args = error_arguments(step);

	(void) flux_sql_execute("DELETE FROM _flux_catalog.maintenance_error AS e "
							"USING _flux_catalog.bucket AS b WHERE b.name = $1 "
							"AND e.bucket_id = b.bucket_id AND action = $2 AND chunk_id = $3",
							&args);
}

/* In a transaction of its own. */
static Outcome
do_step(const Step *step)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	bool is_null = true;
	int64 done = 0;

	begin_transaction();
	flux_sql_enter(&scope);
	flux_sql_text(&args, step->action);
	flux_sql_text(&args, step->bucket);
	flux_sql_datum(&args, INT4OID, Int32GetDatum(step->chunk_id), step->chunk_id == 0);
	if (flux_sql_execute("SELECT flux.maintenance_step($1, $2, $3)", &args) > 0)
		done =
			DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null));
	if (!is_null)
		forget_error(step);
	flux_sql_leave(&scope);
	end_transaction();
	return is_null ? STEP_BUSY : done > 0 ? STEP_DONE : STEP_NOTHING;
}

/* Writes down why a step fails, for flux.buckets. */
static void
record_error(const Step *step, const char *message)
{
	FluxSqlScope scope;
	FluxSqlArgs args = error_arguments(step);

	begin_transaction();
	flux_sql_enter(&scope);
	flux_sql_text(&args, message);
	(void) flux_sql_execute(
		"INSERT INTO _flux_catalog.maintenance_error "
		"(bucket_id, action, chunk_id, message) "
		"SELECT bucket_id, $2, $3, $4 FROM _flux_catalog.bucket WHERE name = $1 "
		"ON CONFLICT (bucket_id, action, chunk_id) DO UPDATE "
		"SET message = excluded.message, failed_at = excluded.failed_at",
		&args);
	flux_sql_leave(&scope);
	end_transaction();
}

/* After an error: reports it, aborts, and gives its message in the round's context. */
static char *
recover(void)
{
	ErrorData *error;

	MemoryContextSwitchTo(round_context);
	HOLD_INTERRUPTS();
	error = CopyErrorData();
	EmitErrorReport();
	FlushErrorState();
	AbortCurrentTransaction();
	RESUME_INTERRUPTS();
	MemoryContextSwitchTo(round_context);
	pgstat_report_stat(true);
	return error->message;
}

static Outcome
do_step_guarded(const Step *step)
{
	volatile Outcome outcome = STEP_FAILED;
	char *volatile message = NULL;

	PG_TRY();
	{
		outcome = do_step(step);
	}
	PG_CATCH();
	{
		message = recover();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(round_context);
	if (message == NULL)
		return outcome;
	PG_TRY();
	{
		record_error(step, message);
	}
	PG_CATCH();
	{
		(void) recover();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(round_context);
	return outcome;
}

/* ---- rounds ---- */

static void
report_step(const Step *step)
{
	char *what = step->chunk_id == 0
					 ? psprintf("maintenance: %s of bucket %s", step->action, step->bucket)
					 : psprintf("maintenance: %s chunk %d of bucket %s", step->action,
								step->chunk_id, step->bucket);

	pgstat_report_activity(STATE_RUNNING, what);
}

/* Ends the process when it is not wanted any more. */
static void
check_still_wanted(void)
{
	QueryCancelPending = false; /* there is nothing to cancel now */
	CHECK_FOR_INTERRUPTS();
	flux_sched_reload_if_asked();
	if (!flux_guc_maintenance || BackendPidGetProc(scheduler_pid) == NULL)
		proc_exit(0);
}

static void
sleep_for(long ms, uint32 wait_event)
{
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, ms, wait_event);
	ResetLatch(MyLatch);
	check_still_wanted();
}

/* So that work and rest are as maintenance_share to what is left of 100. */
static void
rest_after(TimestampTz began)
{
	int64 worked_us = GetCurrentTimestamp() - began;
	int64 rest_ms =
		worked_us * (100 - flux_guc_maintenance_share) / flux_guc_maintenance_share / 1000;
	TimestampTz until = GetCurrentTimestamp() + Min(rest_ms, REST_MAX_MS) * 1000;

	pgstat_report_activity(STATE_IDLE, NULL);
	check_still_wanted();
	for (;;)
	{
		long left_ms = (long) ((until - GetCurrentTimestamp()) / 1000);

		if (left_ms <= 0)
			return;
		sleep_for(left_ms, FLUX_WAIT_EVENT("FluxtaskMaintenanceThrottle"));
	}
}

/* What is due, in the round's context; NIL where there is no extension. */
static List *
list_steps(void)
{
	FluxSqlScope scope;
	List *steps = NIL;
	uint64 count;

	begin_transaction();
	if (!OidIsValid(get_extension_oid("fluxtask", true)))
	{
		end_transaction();
		proc_exit(0);
	}
	MemoryContextSwitchTo(round_context);
	flux_sql_enter(&scope);
	count = flux_sql_execute("SELECT action, bucket, chunk_id FROM flux.maintenance_due()", NULL);
	for (uint64 row = 1; row <= count; row++)
	{
		MemoryContext spi = MemoryContextSwitchTo(scope.context);
		Step *step = palloc(sizeof(Step));

		step->action = flux_sql_get_text(&scope, row, 1);
		step->bucket = flux_sql_get_text(&scope, row, 2);
		step->chunk_id = flux_sql_get_int4(row, 3);
		steps = lappend(steps, step);
		MemoryContextSwitchTo(spi);
	}
	flux_sql_leave(&scope);
	end_transaction();
	return steps;
}

static List *
list_steps_guarded(void)
{
	List *volatile steps = NIL;

	pgstat_report_activity(STATE_RUNNING, "maintenance: looking for what is due");
	PG_TRY();
	{
		steps = list_steps();
	}
	PG_CATCH();
	{
		(void) recover();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(round_context);
	return steps;
}

/* Does what is due; gives how long to nap. */
static long
run_round(void)
{
	TimestampTz began = GetCurrentTimestamp();
	List *steps;
	ListCell *cell;
	bool had_work = false;

	MemoryContextReset(round_context);
	MemoryContextSwitchTo(round_context);
	sweep_backoffs();
	steps = list_steps_guarded();
	rest_after(began);
	foreach (cell, steps)
	{
		const Step *step = lfirst(cell);
		Outcome outcome;

		if (must_wait(step))
			continue;
		began = GetCurrentTimestamp();
		report_step(step);
		outcome = do_step_guarded(step);
		note_outcome(step, outcome, began);
		had_work |= outcome == STEP_DONE;
		rest_after(began);
	}
	pgstat_report_activity(STATE_IDLE, NULL);
	return Min(had_work ? NAP_BUSY_MS : LONG_MAX, flux_guc_maintenance_naptime_s * 1000L);
}

/* ---- life ---- */

/* One such process in a database: another ends only after its step. */
static void
take_lock(void)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, FLUX_LOCK_MAINTENANCE);
	begin_transaction();
	if (LockAcquire(&tag, ExclusiveLock, true, true) == LOCKACQUIRE_NOT_AVAIL)
	{
		end_transaction();
		proc_exit(0);
	}
	end_transaction();
}

static void
create_backoffs(void)
{
	HASHCTL control = {
		.keysize = sizeof(BackoffKey), .entrysize = sizeof(Backoff), .hcxt = TopMemoryContext};

	backoffs = hash_create("fluxtask maintenance waits", 64, &control,
						   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void
flux_maintenance_worker_main(Datum main_argument)
{
	flux_sched_install_signals(true);
	memcpy(&scheduler_pid, MyBgworkerEntry->bgw_extra, sizeof(scheduler_pid));
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(main_argument), InvalidOid, 0);
	flux_sched_pin_settings();
	SetConfigOption("lock_timeout", LOCK_TIMEOUT, PGC_USERSET, PGC_S_SESSION);
	round_context = AllocSetContextCreate(TopMemoryContext, "fluxtask maintenance round",
										  ALLOCSET_DEFAULT_SIZES);
	create_backoffs();
	take_lock();
	for (;;)
	{
		long nap_ms = run_round();

		sleep_for(nap_ms, FLUX_WAIT_EVENT("FluxtaskMaintenanceNap"));
	}
}
