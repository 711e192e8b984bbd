/*
 * run_announce.c
 *		Notifications and log lines about runs.
 */
#include "postgres.h"

#include "commands/async.h"
#include "utils/timestamp.h"

#include "guc.h"
#include "task/run_announce.h"

void
flux_run_announce(int64 task_id, int64 run_id, const char *status)
{
	if (flux_guc_notify)
		Async_Notify("fluxtask",
					 psprintf("{\"task_id\": %lld, \"run_id\": %lld, \"status\": \"%s\"}",
							  (long long) task_id, (long long) run_id, status));
}

void
flux_run_log_success(int64 task_id, const char *task_name, int64 run_id, TimestampTz scheduled_for,
					 int64 points_written, double seconds)
{
	if (flux_guc_log_runs)
		ereport(LOG,
				(errmsg("fluxtask: run %lld of task \"%s\" (%lld), scheduled for %s, success: "
						"%lld points in %.3f s",
						(long long) run_id, task_name, (long long) task_id,
						timestamptz_to_str(scheduled_for), (long long) points_written, seconds),
				 errhidestmt(true)));
}
