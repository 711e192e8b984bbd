/*
 * backfill.c
 *		Backfills are rows of the ledger like any other run.
 *
 * They wait as "scheduled", survive restarts there, take turns with the task's
 * regular slots (run_record.c), and obey its concurrency.  The order of
 * execution is that of run_at, which counts on by a microsecond a slot.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "task/backfill.h"
#include "task/run_record.h"
#include "task/sched_clock.h"

/* The slots in (start, stop], counted; raises when there are too many. */
static int64
count_range(const FluxSchedule *schedule, int64 start_s, int64 stop_s)
{
	int64 count = 0;
	int64 slot_s = start_s;

	while (flux_schedule_next(schedule, slot_s, &slot_s) && slot_s <= stop_s)
	{
		CHECK_FOR_INTERRUPTS();
		if (++count > FLUX_BACKFILL_SLOTS_MAX)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
							errmsg("backfill of more than %d slots", FLUX_BACKFILL_SLOTS_MAX),
							errhint("Backfill a shorter stretch at a time.")));
	}
	return count;
}

/* Queues one slot unless it waits already; 1 or 0. In a scope. */
static int64
queue_slot(const FluxTask *task, int64 slot_s, TimestampTz run_at, TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, task->task_id);
	flux_sql_time(&args, flux_sched_timestamp(slot_s));
	flux_sql_time(&args, run_at);
	flux_sql_time(&args, now);
	return (int64) flux_sql_execute(
		"INSERT INTO _flux_catalog.run (task_id, task_name, owner, "
		"version, kind, status, scheduled_for, run_at, requested_at) "
		"SELECT task_id, name, owner, version, 'backfill', 'scheduled', "
		"$2, $3, $4 FROM _flux_catalog.task WHERE task_id = $1 "
		"ON CONFLICT DO NOTHING",
		&args);
}

int64
flux_backfill_queue(const FluxTask *task, TimestampTz start, TimestampTz stop, bool is_newest_first,
					bool is_dry_run)
{
	FluxSchedule schedule;
	FluxSqlScope scope;
	TimestampTz now = flux_sched_clock_now();
	int64 start_s = flux_sched_seconds(start);
	int64 stop_s = flux_sched_seconds(Min(stop, now));
	int64 slot_s = start_s;
	int64 count;
	int64 queued = 0;

	if (stop <= start)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("backfill must stop after it starts")));
	flux_task_schedule(task, &schedule);
	count = count_range(&schedule, start_s, stop_s);
	if (is_dry_run)
		return count;
	flux_sql_enter(&scope);
	for (int64 i = 0; i < count; i++)
	{
		int64 place = is_newest_first ? count - 1 - i : i;

		CHECK_FOR_INTERRUPTS();
		flux_schedule_next(&schedule, slot_s, &slot_s);
		queued += queue_slot(task, slot_s, now - count + place, now);
	}
	flux_sql_leave(&scope);
	return queued;
}

int64
flux_backfill_cancel(const FluxTask *task)
{
	return flux_run_cancel_all(task->task_id, "backfill", NULL);
}
