/*
 * run_execute.c
 *		Executes a claimed run.
 *
 *		transaction 1	claim: the run is "started"            (run_record.c)
 *		transaction 2	subtransaction: script, writes, "success", progress
 *						or, after its abort: "failed"
 *
 * The script's writes and the success record commit together or not at all.
 * Neither transaction needs to reach the disk at once: when a crash of the
 * machine loses the last of them, it loses whole runs with all they wrote, and
 * their slots are due again; whoever saw them and commits flushes them first.
 * So a driver with many short runs flushes every fluxtask.commit_delay, and
 * before it has nothing more to do, instead of after each.
 *
 * A script runs as its task's owner with settings of its own.  When the driver
 * is another role, the owner's script runs as a security-restricted operation,
 * so that nothing it leaves behind acts with the driver's rights.
 */
#include "postgres.h"

#include <limits.h>

#include "access/xact.h"
#include "access/xlog.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "replication/syncrep.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "storage/latch.h"
#include "utils/syscache.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

#include "guc.h"
#include "script/script.h"
#include "task/late_data.h"
#include "task/run_execute.h"
#include "task/run_policy.h"
#include "task/sched_clock.h"

/* Settings that a script's meaning must not depend on. */
static const struct
{
	const char *name;
	const char *value;
} pinned_settings[] = {
	{"search_path", "pg_catalog, pg_temp"}, {"TimeZone", "UTC"},         {"DateStyle", "ISO, YMD"},
	{"IntervalStyle", "postgres"},          {"extra_float_digits", "1"}, {"bytea_output", "hex"},
};

/* "while executing run 7 of task "x", scheduled for ...". */
static void
run_error_context(void *argument)
{
	const FluxRun *run = argument;

	errcontext("run %lld of task \"%s\", scheduled for %s", (long long) run->run_id,
			   run->task->name, timestamptz_to_str(run->scheduled_for));
}

/* What begin_as_owner() changed. */
typedef struct OwnerScope
{
	Oid user_oid;
	int security_context;
	int guc_level;
} OwnerScope;

/* From here on, the owner acts, with a script's settings.  An error undoes it. */
static void
begin_as_owner(const FluxTask *task, const FluxRunPolicy *policy, OwnerScope *scope)
{
	scope->guc_level = NewGUCNestLevel();
	GetUserIdAndSecContext(&scope->user_oid, &scope->security_context);
	if (!SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(task->owner_oid)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("owner of task \"%s\" does not exist any more", task->name),
				 errhint("Give the task to another role: SELECT flux.alter_task(%lld, owner => "
						 "'role').",
						 (long long) task->task_id)));
	if (task->owner_oid != scope->user_oid)
		SetUserIdAndSecContext(task->owner_oid, scope->security_context |
													SECURITY_LOCAL_USERID_CHANGE |
													SECURITY_RESTRICTED_OPERATION);
	for (int i = 0; i < lengthof(pinned_settings); i++)
		(void) set_config_option(pinned_settings[i].name, pinned_settings[i].value, PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	if (policy->work_mem_kb > 0)
		(void) set_config_option("fluxtask.work_mem", psprintf("%d", policy->work_mem_kb),
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	PushActiveSnapshot(GetTransactionSnapshot());
}

static void
end_as_owner(const OwnerScope *scope)
{
	PopActiveSnapshot();
	AtEOXact_GUC(false, scope->guc_level);
	SetUserIdAndSecContext(scope->user_oid, scope->security_context);
}

/* Compiles, runs and forgets a task's script. Returns the points written. */
static int64
run_script(const FluxTask *task, const FluxRunPolicy *policy, FluxScriptOptions *options)
{
	FluxScript *script;
	int64 points_written;

	if (policy->latest_success != DT_NOBEGIN)
	{
		options->has_last_success = true;
		options->last_success_ns = flux_time_from_timestamptz(policy->latest_success);
	}
	script = flux_script_create(flux_text_from_cstring(task->script));
	points_written = flux_script_run(script, options, NULL);
	flux_script_destroy(script);
	return points_written;
}

/* ---- the time limit of a run ---- */

static volatile sig_atomic_t has_timed_out = false;

static void
handle_timeout(void)
{
	has_timed_out = true;
	InterruptPending = true;
	QueryCancelPending = true;
	SetLatch(MyLatch);
}

/* Starts the clock of a run; 0 is no limit. */
static TimeoutId
start_timeout(int64 timeout_ms)
{
	static TimeoutId timeout = MAX_TIMEOUTS;

	if (timeout == MAX_TIMEOUTS)
		timeout = RegisterTimeout(USER_TIMEOUT, handle_timeout);
	has_timed_out = false;
	if (timeout_ms > 0)
		enable_timeout_after(timeout, (int) Min(timeout_ms, INT_MAX));
	return timeout;
}

/*
 * In the handler of an error that ended a run: raises the time limit instead
 * if that is what the interrupt meant.
 */
static void
raise_timeout(const FluxRunPolicy *policy)
{
	if (!has_timed_out || geterrcode() != ERRCODE_QUERY_CANCELED)
		return;
	FlushErrorState();
	ereport(
		ERROR,
		(errcode(FLUX_ERRCODE_RUN_TIMEOUT),
		 errmsg("run took longer than its limit of %s s and was canceled",
				psprintf("%.10g", policy->timeout_ms / 1000.0)),
		 errhint("flux.set_run_policy(task, timeout => ...) and fluxtask.run_timeout set it.")));
}

/* run_script() within the time that its policy gives it. */
static int64
run_script_in_time(const FluxTask *task, const FluxRunPolicy *policy, FluxScriptOptions *options)
{
	MemoryContext caller = CurrentMemoryContext;
	TimeoutId timeout = start_timeout(policy->timeout_ms);
	volatile int64 points_written = 0;

	PG_TRY();
	{
		points_written = run_script(task, policy, options);
		disable_timeout(timeout, false);
	}
	PG_CATCH();
	{
		disable_timeout(timeout, false);
		MemoryContextSwitchTo(caller);
		raise_timeout(policy);
		PG_RE_THROW();
	}
	PG_END_TRY();
	if (has_timed_out)
		QueryCancelPending = false; /* it made it after all */
	return points_written;
}

void
flux_run_execute_here(FluxRun *run)
{
	ErrorContextCallback callback = {
		.callback = run_error_context, .arg = run, .previous = error_context_stack};
	FluxScriptOptions options = {.now_ns = flux_time_from_timestamptz(run->scheduled_for),
								 .run_id = run->run_id};
	FluxRunPolicy policy;
	OwnerScope scope;
	FluxLateRun late;
	volatile int64 points_written = 0;

	error_context_stack = &callback;
	flux_run_policy_get(run->task, &policy);
	begin_as_owner(run->task, &policy, &scope);
	PG_TRY();
	{
		flux_late_begin_run(&late, run, &options);
		points_written = run_script_in_time(run->task, &policy, &options);
		flux_late_end_run(&late);
	}
	PG_CATCH();
	{
		flux_late_abandon_run();
		PG_RE_THROW();
	}
	PG_END_TRY();
	end_as_owner(&scope);
	flux_run_record_success(run, points_written);
	error_context_stack = callback.previous;
}

void
flux_run_preview(const FluxTask *task, TimestampTz scheduled_for, FluxCaptureWrite capture,
				 void *argument)
{
	FluxScriptOptions options = {.now_ns = flux_time_from_timestamptz(scheduled_for),
								 .is_dry_run = true,
								 .capture_write = capture,
								 .capture_argument = argument};
	FluxRunPolicy policy;
	OwnerScope scope;

	flux_run_policy_get(task, &policy);
	begin_as_owner(task, &policy, &scope);
	(void) run_script_in_time(task, &policy, &options);
	end_as_owner(&scope);
}

/*
 * Executes a run in a subtransaction.  NULL when it went well; else its error,
 * and nothing is left of what it did.
 */
static ErrorData *
execute_guarded(FluxRun *run)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorContextCallback *error_stack = error_context_stack;
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		flux_run_execute_here(run);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	error_context_stack = error_stack;
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
	return error;
}

/* ---- commits that wait for each other ---- */

static TimestampTz last_flush = 0;
static bool has_unflushed = false; /* commits of ours that nobody waited for */

/* From here to its end the transaction need not wait for the disk. */
static void
commit_later(void)
{
	(void) set_config_option("synchronous_commit", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_LOCAL, true, 0, false);
}

void
flux_run_flush(void)
{
	if (has_unflushed && synchronous_commit > SYNCHRONOUS_COMMIT_OFF)
	{
		HOLD_INTERRUPTS();
		XLogFlush(XactLastCommitEnd);
		SyncRepWaitForLSN(XactLastCommitEnd, true);
		RESUME_INTERRUPTS();
	}
	has_unflushed = false;
	last_flush = GetCurrentTimestamp();
}

/* Whether the next commit may wait; one that comes after a pause does not. */
static bool
may_wait_with_flush(void)
{
	TimestampTz now = GetCurrentTimestamp();

	return flux_guc_commit_delay_ms > 0 && now >= last_flush &&
		   now - last_flush < flux_guc_commit_delay_ms * INT64CONST(1000);
}

/* The commit itself; its error when it failed (a deferred constraint, say). */
static ErrorData *
commit_guarded(const FluxRunDriver *driver)
{
	ErrorData *volatile error = NULL;
	bool may_wait = may_wait_with_flush();

	if (may_wait)
		commit_later();
	PG_TRY();
	{
		driver->commit();
		has_unflushed = may_wait;
		if (!may_wait)
			last_flush = GetCurrentTimestamp();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(driver->context);
		error = CopyErrorData();
		FlushErrorState();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(driver->context);
	return error;
}

/* One line in the server's log for each run that failed. */
static void
log_failure(const FluxRun *run, const ErrorData *error, bool is_canceled)
{
	ereport(LOG, (errcode(error->sqlerrcode),
				  errmsg("fluxtask: run %lld of task \"%s\" (%lld), scheduled for %s, %s: %s",
						 (long long) run->run_id, run->task->name, (long long) run->task->task_id,
						 timestamptz_to_str(run->scheduled_for),
						 is_canceled ? "was canceled" : "failed", error->message),
				  error->detail != NULL ? errdetail_internal("%s", error->detail) : 0,
				  error->hint != NULL ? errhint("%s", error->hint) : 0));
}

/*
 * Records the failure.  A cancel request that arrives now is meant for the run
 * that has just ended, so it waits, and the caller decides about it.
 */
static bool
record_failure(const FluxRunDriver *driver, const FluxRun *run, const ErrorData *error,
			   bool is_canceled)
{
	bool is_recorded;

	HOLD_CANCEL_INTERRUPTS();
	is_recorded = flux_run_record_failure(run, error, is_canceled);
	driver->commit();
	RESUME_CANCEL_INTERRUPTS();
	return is_recorded;
}

/*
 * Executes a claimed run and records its end.  When the driver's own user
 * interrupted it (and not flux.cancel_run()), raises that again afterwards.
 */
static void
execute_claimed(const FluxRunDriver *driver, FluxRun *run)
{
	ErrorData *error;
	bool is_interrupted;
	bool is_recorded;

	if (MyBackendType == B_BG_WORKER)
		pgstat_report_activity(STATE_RUNNING, psprintf("fluxtask: run %lld of task \"%s\"",
													   (long long) run->run_id, run->task->name));
	error = execute_guarded(run);
	if (error == NULL)
		error = commit_guarded(driver);
	if (error != NULL)
	{
		is_interrupted = error->sqlerrcode == ERRCODE_QUERY_CANCELED;
		is_recorded = record_failure(driver, run, error, is_interrupted);
		log_failure(run, error, is_interrupted);
		if (!is_recorded)
			QueryCancelPending = false; /* it was cancelled by flux.cancel_run() */
		flux_run_release(run);
		if (is_interrupted && is_recorded && MyBackendType != B_BG_WORKER)
			ReThrowError(error);
	}
	flux_run_release(run);
}

/* ---- drivers ---- */

void
flux_driver_begin(bool is_scheduler)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	TimestampTz now = flux_sched_clock_now();
	TimestampTz last_seen = DT_NOBEGIN;
	TimestampTz until = is_scheduler ? now : Min(now, PgStartTime);

	if (flux_sched_clock_is_fixed())
		return; /* no time passes, so none was missed */
	flux_sql_enter(&scope);
	if (flux_sql_execute("SELECT last_seen FROM _flux_catalog.driver FOR UPDATE", NULL) > 0)
		last_seen = flux_sql_get_time(1, 1);
	if (last_seen < until)
	{
		flux_task_note_downtime(last_seen, until);
		flux_sql_time(&args, until);
		flux_sql_time(&args, now);
		flux_sql_execute("UPDATE _flux_catalog.driver SET driving_since = $1, last_seen = $2",
						 &args);
	}
	flux_sql_leave(&scope);
	flux_driver_heartbeat();
}

void
flux_driver_heartbeat(void)
{
	static TimestampTz last_beat = 0;
	TimestampTz now = flux_sched_clock_now();
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	if (flux_sched_clock_is_fixed() || (now >= last_beat && now - last_beat < USECS_PER_SEC))
		return;
	last_beat = now;
	flux_sql_enter(&scope);
	flux_sql_time(&args, now);
	flux_sql_execute("UPDATE _flux_catalog.driver SET last_seen = $1 WHERE only_row IN "
					 "(SELECT only_row FROM _flux_catalog.driver WHERE last_seen < $1 "
					 "FOR UPDATE SKIP LOCKED)",
					 &args);
	flux_sql_leave(&scope);
}

int
flux_run_recover(const FluxRunDriver *driver, Oid owner_oid)
{
	int count = 0;

	for (;;)
	{
		FluxRun *run;

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(driver->context);
		run = flux_run_reclaim(owner_oid, flux_sched_clock_now());
		driver->commit();
		MemoryContextSwitchTo(driver->context);
		if (run == NULL)
			return count;
		execute_claimed(driver, run);
		MemoryContextReset(driver->context);
		count++;
	}
}

bool
flux_run_next(const FluxRunDriver *driver, Oid owner_oid, TimestampTz due_until)
{
	FluxRun *run;

	CHECK_FOR_INTERRUPTS();
	MemoryContextSwitchTo(driver->context);
	commit_later();
	run = flux_run_claim(owner_oid, due_until, flux_sched_clock_now());
	driver->commit();
	MemoryContextSwitchTo(driver->context);
	if (run == NULL)
	{
		flux_run_flush();
		return false;
	}
	execute_claimed(driver, run);
	MemoryContextReset(driver->context);
	return true;
}
