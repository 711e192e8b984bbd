/*
 * run_end.c
 *		What becomes of a run: recorded in its row, its log, its task's state.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "base/pg_compat.h"
#include "guc.h"
#include "task/run_record.h"
#include "task/sched_clock.h"

TimestampTz
flux_run_last_success(const FluxTask *task)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	TimestampTz last = DT_NOBEGIN;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	if (flux_sql_execute("SELECT latest_success FROM _flux_catalog.task_state WHERE task_id = $1",
						 &args) > 0)
		last = flux_sql_get_time(1, 1);
	flux_sql_leave(&scope);
	return last;
}

/* Raises why a run that should be "started" is not. */
static void pg_attribute_noreturn()
raise_not_started(const FluxRun *run)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	char	   *reason = NULL;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, run->run_id);
	if (flux_sql_execute("SELECT error FROM _flux_catalog.run WHERE run_id = $1", &args) > 0)
		reason = flux_sql_get_text(&scope, 1, 1);
	flux_sql_leave(&scope);
	ereport(ERROR,
			(errcode(ERRCODE_QUERY_CANCELED),
			 reason != NULL ? errmsg("%s while it ran", reason)
			 : errmsg("run %lld of task \"%s\" was canceled", (long long) run->run_id,
					  run->task->name)));
}

void
flux_run_record_success(const FluxRun *run, int64 points_written)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	TimestampTz now = flux_sched_clock_now();
	bool		is_recorded;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, run->run_id);
	flux_sql_time(&args, now);
	flux_sql_int8(&args, points_written);
	flux_sql_int4(&args, MyProcPid);
	is_recorded = flux_sql_execute("UPDATE _flux_catalog.run SET status = 'success', "
								   "finished_at = $2, points_written = $3 WHERE run_id = $1 "
								   "AND status = 'started' AND worker_pid = $4", &args) > 0;
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
}

/* A script whose failure will not go away by itself, in InfluxDB's eyes. */
static bool
is_unrecoverable(const ErrorData *error)
{
	return error->sqlerrcode == FLUX_ERRCODE_UNDEFINED_BUCKET ||
		error->sqlerrcode == ERRCODE_SYNTAX_ERROR;
}

bool
flux_run_record_failure(const FluxRun *run, const ErrorData *error, bool is_canceled)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	TimestampTz now = flux_sched_clock_now();
	const char *status = is_canceled ? "canceled" : "failed";
	bool		is_recorded;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, run->run_id);
	flux_sql_text(&args, status);
	flux_sql_time(&args, now);
	flux_sql_text(&args, error->message);
	flux_sql_text(&args, unpack_sql_state(error->sqlerrcode));
	flux_sql_text(&args, error->detail);
	flux_sql_text(&args, error->hint);
	flux_sql_int4(&args, MyProcPid);
	is_recorded = flux_sql_execute("UPDATE _flux_catalog.run SET status = $2, finished_at = $3, "
								   "error = $4, error_code = $5, error_detail = $6, "
								   "error_hint = $7 WHERE run_id = $1 AND status = 'started' "
								   "AND worker_pid = $8", &args) > 0;
	if (is_recorded)
	{
		memset(&args, 0, sizeof(args));
		flux_sql_int8(&args, run->task->task_id);
		flux_sql_time(&args, run->scheduled_for);
		flux_sql_int8(&args, run->run_id);
		flux_sql_text(&args, status);
		flux_sql_text(&args, error->message);
		flux_sql_float8(&args, (now - run->started_at) / 1e6);
		flux_sql_bool(&args, is_canceled);
		flux_sql_execute("UPDATE _flux_catalog.task_state SET "
						 "latest_completed = greatest(latest_completed, $2), latest_failure = "
						 "CASE WHEN $7 THEN latest_failure ELSE greatest(latest_failure, $2) END, "
						 "last_run_id = $3, last_run_status = $4, last_run_error = $5, "
						 "failed_count = failed_count + CASE WHEN $7 THEN 0 ELSE 1 END, "
						 "canceled_count = canceled_count + CASE WHEN $7 THEN 1 ELSE 0 END, "
						 "run_seconds = run_seconds + $6 WHERE task_id = $1", &args);
		if (is_unrecoverable(error))
			flux_run_log(run->run_id,
						 psprintf("Task encountered unrecoverable error, requires admin action: %s",
								  error->message));
	}
	flux_sql_leave(&scope);
	return is_recorded;
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
					 "VALUES ($1, $2, $3)", &args);
	flux_sql_leave(&scope);
}

void
flux_run_give_up(int64 run_id, int attempt, TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, run_id);
	flux_sql_time(&args, now);
	flux_sql_text(&args, psprintf("run was interrupted %d times by the end of its process", attempt));
	flux_sql_execute("WITH r AS (UPDATE _flux_catalog.run SET status = 'failed', finished_at = $2, "
					 "error = $3 WHERE run_id = $1 RETURNING task_id, run_id, scheduled_for) "
					 "UPDATE _flux_catalog.task_state AS s SET "
					 "latest_completed = greatest(s.latest_completed, r.scheduled_for), "
					 "latest_failure = greatest(s.latest_failure, r.scheduled_for), "
					 "last_run_id = r.run_id, last_run_status = 'failed', last_run_error = $3, "
					 "failed_count = failed_count + 1 FROM r WHERE s.task_id = r.task_id", &args);
}
