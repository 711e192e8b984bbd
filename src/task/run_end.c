/*
 * run_end.c
 *		What becomes of a run: recorded in its row, its log, its task's state.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/diagnostic.h"
#include "base/pg_compat.h"
#include "task/run_announce.h"
#include "task/run_policy.h"
#include "task/run_record.h"
#include "task/sched_clock.h"

/* Raises why a run that should be "started" is not. */
static void
pg_attribute_noreturn() raise_not_started(const FluxRun *run)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	char *reason = NULL;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, run->run_id);
	if (flux_sql_execute("SELECT error FROM _flux_catalog.run WHERE run_id = $1", &args) > 0)
		reason = flux_sql_get_text(&scope, 1, 1);
	flux_sql_leave(&scope);
	ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED),
					reason != NULL ? errmsg("%s while it ran", reason)
								   : errmsg("run %lld of task \"%s\" was canceled",
											(long long) run->run_id, run->task->name)));
}

void
flux_run_record_success(const FluxRun *run, int64 points_written)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	TimestampTz now = flux_sched_clock_now();
	bool is_recorded;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, run->run_id);
	flux_sql_time(&args, now);
	flux_sql_int8(&args, points_written);
	flux_sql_int4(&args, MyProcPid);
	is_recorded = flux_sql_execute("UPDATE _flux_catalog.run SET status = 'success', "
								   "finished_at = $2, points_written = $3, error = NULL, "
								   "error_code = NULL, error_detail = NULL, error_hint = NULL "
								   "WHERE run_id = $1 AND status = 'started' AND worker_pid = $4",
								   &args) > 0;
	if (is_recorded)
	{
		memset(&args, 0, sizeof(args));
		flux_sql_int8(&args, run->task->task_id);
		flux_sql_time(&args, run->scheduled_for);
		flux_sql_int8(&args, run->run_id);
		flux_sql_int8(&args, points_written);
		flux_sql_float8(&args, (now - run->started_at) / 1e6);
		is_recorded = flux_sql_execute("UPDATE _flux_catalog.task_state SET "
									   "latest_completed = greatest(latest_completed, $2), "
									   "latest_success = greatest(latest_success, $2), "
									   "last_run_id = $3, last_run_status = 'success', "
									   "last_run_error = NULL, success_count = success_count + 1, "
									   "points_written = points_written + $4, "
									   "run_seconds = run_seconds + $5 WHERE task_id = $1",
									   &args) > 0;
	}
	flux_sql_leave(&scope);
	if (!is_recorded)
		raise_not_started(run);
	flux_run_announce(run->task->task_id, run->run_id, "success");
	flux_run_log_success(run->task->task_id, run->task->name, run->run_id, run->scheduled_for,
						 points_written, (now - run->started_at) / 1e6);
}

/* A script whose failure will not go away by itself, in InfluxDB's eyes. */
static bool
is_unrecoverable(const ErrorData *error)
{
	return error->sqlerrcode == FLUX_ERRCODE_UNDEFINED_BUCKET ||
		   error->sqlerrcode == ERRCODE_SYNTAX_ERROR;
}

/*
 * Whether a run that we execute gets another attempt after an error, and when:
 * DT_NOBEGIN if not.  Its row gets locked.  False: it is no longer ours.
 */
static bool
find_next_attempt(const FluxRun *run, const ErrorData *error, bool is_canceled, TimestampTz now,
				  TimestampTz *next_at)
{
	FluxSqlArgs args = {0};
	FluxRunPolicy policy;
	int failures;

	*next_at = DT_NOBEGIN;
	flux_sql_int8(&args, run->run_id);
	flux_sql_int4(&args, MyProcPid);
	if (flux_sql_execute("SELECT failures + 1 FROM _flux_catalog.run WHERE run_id = $1 "
						 "AND status = 'started' AND worker_pid = $2 FOR UPDATE",
						 &args) == 0)
		return false;
	failures = flux_sql_get_int4(1, 1);
	flux_run_policy_get(run->task, &policy);
	if (!is_canceled && !is_unrecoverable(error) && failures < policy.max_attempts)
	{
		*next_at = now + flux_run_policy_delay_ms(&policy, failures) * 1000;
		flux_run_log(run->run_id,
					 psprintf("Attempt %d of %d failed, next at %s: %s", failures,
							  policy.max_attempts, timestamptz_to_str(*next_at), error->message));
	}
	return true;
}

/* The row of a run that ended with an error; "next_at" as above. In a scope. */
static void
store_failure(const FluxRun *run, const ErrorData *error, const char *status, TimestampTz now,
			  TimestampTz next_at)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, run->run_id);
	flux_sql_text(&args, next_at != DT_NOBEGIN ? "scheduled" : status);
	flux_sql_time(&args, next_at != DT_NOBEGIN ? DT_NOBEGIN : now);
	flux_sql_text(&args, error->message);
	flux_sql_text(&args, unpack_sql_state(error->sqlerrcode));
	flux_sql_text(&args, error->detail);
	flux_sql_text(&args, error->hint);
	flux_sql_time(&args, next_at);
	flux_sql_execute("UPDATE _flux_catalog.run SET status = $2, finished_at = $3, error = $4, "
					 "error_code = $5, error_detail = $6, error_hint = $7, "
					 "failures = failures + 1, run_at = coalesce($8, run_at) WHERE run_id = $1",
					 &args);
}

/* What a task's state says of a run that ended with an error. In a scope. */
static void
count_failure(const FluxRun *run, const ErrorData *error, const char *status, TimestampTz now,
			  bool is_final)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, run->task->task_id);
	flux_sql_time(&args, run->scheduled_for);
	flux_sql_int8(&args, run->run_id);
	flux_sql_text(&args, status);
	flux_sql_text(&args, error->message);
	flux_sql_float8(&args, (now - run->started_at) / 1e6);
	if (is_final)
		flux_sql_execute("UPDATE _flux_catalog.task_state SET "
						 "latest_completed = greatest(latest_completed, $2), latest_failure = "
						 "CASE $4 WHEN 'failed' THEN greatest(latest_failure, $2) "
						 "ELSE latest_failure END, "
						 "last_run_id = $3, last_run_status = $4, last_run_error = $5, "
						 "failed_count = failed_count + ($4 = 'failed')::integer, "
						 "canceled_count = canceled_count + ($4 = 'canceled')::integer, "
						 "run_seconds = run_seconds + $6 WHERE task_id = $1",
						 &args);
	else
		flux_sql_execute("UPDATE _flux_catalog.task_state SET last_run_id = $3, "
						 "last_run_status = $4, last_run_error = $5, "
						 "retried_count = retried_count + 1, run_seconds = run_seconds + $6 "
						 "WHERE task_id = $1 AND $2 IS NOT NULL",
						 &args);
}

bool
flux_run_record_failure(const FluxRun *run, const ErrorData *error, bool is_canceled)
{
	FluxSqlScope scope;
	TimestampTz now = flux_sched_clock_now();
	TimestampTz next_at;
	const char *status = is_canceled ? "canceled" : "failed";
	bool is_ours;

	flux_sql_enter(&scope);
	is_ours = find_next_attempt(run, error, is_canceled, now, &next_at);
	if (is_ours)
	{
		store_failure(run, error, status, now, next_at);
		count_failure(run, error, status, now, next_at == DT_NOBEGIN);
		flux_run_announce(run->task->task_id, run->run_id,
						  next_at == DT_NOBEGIN ? status : "scheduled");
		if (is_unrecoverable(error))
			flux_run_log(run->run_id,
						 psprintf("Task encountered unrecoverable error, requires admin action: %s",
								  error->message));
	}
	flux_sql_leave(&scope);
	return is_ours;
}

void
flux_run_log(int64 run_id, const char *message)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	flux_sql_enter(&scope);
	flux_sql_int8(&args, run_id);
	flux_sql_time(&args, flux_sched_clock_now());
	flux_sql_text(&args, message);
	flux_sql_execute("INSERT INTO _flux_catalog.run_log (run_id, \"time\", message) "
					 "VALUES ($1, $2, $3)",
					 &args);
	flux_sql_leave(&scope);
}

void
flux_run_give_up(int64 run_id, int attempt, TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, run_id);
	flux_sql_time(&args, now);
	flux_sql_text(&args,
				  psprintf("run was interrupted %d times by the end of its process", attempt));
	flux_sql_execute("WITH r AS (UPDATE _flux_catalog.run SET status = 'failed', finished_at = $2, "
					 "error = $3 WHERE run_id = $1 RETURNING task_id, run_id, scheduled_for) "
					 "UPDATE _flux_catalog.task_state AS s SET "
					 "latest_completed = greatest(s.latest_completed, r.scheduled_for), "
					 "latest_failure = greatest(s.latest_failure, r.scheduled_for), "
					 "last_run_id = r.run_id, last_run_status = 'failed', last_run_error = $3, "
					 "failed_count = failed_count + 1 FROM r WHERE s.task_id = r.task_id",
					 &args);
}
