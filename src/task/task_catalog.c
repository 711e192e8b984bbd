/*
 * task_catalog.c
 *		The rows of tasks, and where each stands in its schedule.
 *
 * A task's state holds its next slot.  Everything that moves that pointer -
 * creating, changing, enabling, catching up here, claiming in run_record.c -
 * does so with the state's row locked.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/diagnostic.h"
#include "base/pg_compat.h"
#include "guc.h"
#include "script/script.h"
#include "task/run_record.h"
#include "task/late_data.h"
#include "task/sched_clock.h"
#include "task/task_catalog.h"
#include "task/task_dependency.h"
#include "catalog/catalog_sql.h"

/* At most this late a slot is run although nobody drove when it became due. */
#define LATE_START_MAX_S 60

/* Slots counted as missed, at most, per task and downtime. */
#define MISSED_COUNT_MAX 1000000

/* Slots of a task that were due before a downtime and are queued, at most. */
#define BACKLOG_MAX 1000

/* ---- finding ---- */

static FluxCatchup
catchup_of_text(const char *name)
{
	if (strcmp(name, "all") == 0)
		return FLUX_CATCHUP_ALL;
	return strcmp(name, "latest") == 0 ? FLUX_CATCHUP_LATEST : FLUX_CATCHUP_SKIP;
}

FluxTask *
flux_task_read(const FluxSqlScope *scope, int row, int first)
{
	FluxTask *task = MemoryContextAllocZero(scope->context, sizeof(FluxTask));
	char *catchup;

	task->task_id = flux_sql_get_int8(row, first);
	task->name = flux_sql_get_text(scope, row, first + 1);
	task->owner_oid = flux_sql_get_oid(row, first + 2);
	task->version = flux_sql_get_int4(row, first + 3);
	task->script = flux_sql_get_text(scope, row, first + 4);
	task->every = flux_sql_get_text(scope, row, first + 5);
	task->cron = flux_sql_get_text(scope, row, first + 6);
	task->offset_s = flux_sql_get_int8(row, first + 7);
	task->concurrency = flux_sql_get_int4(row, first + 8);
	task->time_zone = flux_sql_get_text(scope, row, first + 9);
	task->is_active = flux_sql_get_bool(row, first + 10);
	catchup = flux_sql_get_text(scope, row, first + 11);
	task->catchup = catchup == NULL ? (FluxCatchup) flux_guc_catchup : catchup_of_text(catchup);
	task->catchup_limit = flux_sql_get_int4(row, first + 12);
	if (task->catchup_limit == 0)
		task->catchup_limit = flux_guc_catchup_limit;
	task->flags = flux_sql_get_int4(row, first + 13);
	return task;
}

FluxTask *
flux_task_find_by_id(int64 task_id)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	FluxTask *task = NULL;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task_id);
	if (flux_sql_execute("SELECT " FLUX_TASK_COLUMNS
						 " FROM _flux_catalog.task AS t WHERE task_id = $1",
						 &args) > 0)
		task = flux_task_read(&scope, 1, 1);
	flux_sql_leave(&scope);

	if (task == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("task %lld does not exist", (long long) task_id),
						errhint("flux.tasks lists them.")));
	if (!has_privs_of_role(GetUserId(), task->owner_oid))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied for task %lld", (long long) task_id),
						errdetail("It belongs to another role.")));
	return task;
}

/* Raises "does not exist" with the nearest name that the user may see. */
static void
pg_attribute_noreturn() raise_unknown_name(const char *name)
{
	FluxSqlScope scope;
	FluxNearName near;
	Oid user_oid = GetUserId();
	uint64 count;
	const char *hint;

	flux_near_name_init(&near, flux_text_from_cstring(name));
	flux_sql_enter(&scope);
	count = flux_sql_execute("SELECT name, owner FROM _flux_catalog.task LIMIT 10000", NULL);
	for (uint64 row = 1; row <= count; row++)
		if (has_privs_of_role(user_oid, flux_sql_get_oid(row, 2)))
			flux_near_name_offer(&near, flux_text_from_cstring(flux_sql_get_text(&scope, row, 1)));
	flux_sql_leave(&scope);
	hint = flux_near_name_hint(&near);
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("task \"%s\" does not exist", name),
					errhint("%s", hint != NULL ? hint : "flux.tasks lists them.")));
}

FluxTask *
flux_task_find_by_name(const char *name)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	FluxTask *task = NULL;
	Oid user_oid = GetUserId();
	uint64 count;

	flux_sql_enter(&scope);
	flux_sql_text(&args, name);
	count = flux_sql_execute("SELECT " FLUX_TASK_COLUMNS " FROM _flux_catalog.task AS t "
							 "WHERE name = $1 ORDER BY task_id",
							 &args);
	for (uint64 row = 1; row <= count; row++)
	{
		if (!has_privs_of_role(user_oid, flux_sql_get_oid(row, 3)))
			continue;
		if (task != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_AMBIGUOUS_ALIAS),
					 errmsg("more than one task is named \"%s\"", name),
					 errdetail("Among them are tasks %lld and %lld.", (long long) task->task_id,
							   (long long) flux_sql_get_int8(row, 1)),
					 errhint("Name it by its id.")));
		task = flux_task_read(&scope, row, 1);
	}
	flux_sql_leave(&scope);
	if (task == NULL)
		raise_unknown_name(name);
	return task;
}

void
flux_task_schedule(const FluxTask *task, FluxSchedule *schedule)
{
	const char *reason = flux_schedule_init(schedule, task->every, task->cron, task->time_zone);

	if (reason != NULL)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("schedule of task \"%s\" cannot be read: %s", task->name, reason)));
}

/* ---- where a task stands ---- */

void
flux_task_next_slot(const FluxSchedule *schedule, int64 offset_s, int64 after_s, TimestampTz *slot,
					TimestampTz *due)
{
	int64 slot_s;

	*slot = *due = DT_NOBEGIN;
	if (flux_schedule_next(schedule, after_s, &slot_s))
	{
		*slot = flux_sched_timestamp(slot_s);
		*due = flux_sched_timestamp(slot_s + offset_s);
	}
}

void
flux_task_store_position(int64 task_id, TimestampTz base, TimestampTz slot, TimestampTz due)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, task_id);
	flux_sql_time(&args, base);
	flux_sql_time(&args, slot);
	flux_sql_time(&args, due);
	flux_sql_execute("UPDATE _flux_catalog.task_state "
					 "SET latest_scheduled = coalesce($2, latest_scheduled), next_slot = $3, "
					 "next_due = $4 WHERE task_id = $1",
					 &args);
}

bool
flux_task_try_schedule(const FluxTask *task, FluxSchedule *schedule)
{
	const char *reason = flux_schedule_init(schedule, task->every, task->cron, task->time_zone);
	FluxSqlArgs args = {0};

	if (reason == NULL)
		return true;
	flux_sql_int8(&args, task->task_id);
	flux_sql_text(&args, reason);
	flux_sql_execute("UPDATE _flux_catalog.task_state SET next_slot = NULL, next_due = NULL, "
					 "last_run_status = 'failed', last_run_error = $2 WHERE task_id = $1",
					 &args);
	ereport(WARNING, (errmsg("fluxtask: task \"%s\" (%lld) is no longer scheduled: %s", task->name,
							 (long long) task->task_id, reason)));
	return false;
}

/*
 * How many slots lie in (from, to], counted up to a bound; *first is the
 * earliest of the last "keep" of them.
 */
static int64
count_slots(const FluxSchedule *schedule, int64 from_s, int64 to_s, int64 keep, int64 *first)
{
	int64 count = 0;
	int64 slot;
	int64 at = from_s;

	while (count < MISSED_COUNT_MAX && flux_schedule_next(schedule, at, &slot) && slot <= to_s)
	{
		count++;
		at = slot;
	}
	*first = PG_INT64_MAX;
	at = to_s;
	for (int64 i = 0;
		 i < Min(keep, count) && flux_schedule_previous(schedule, at, from_s + 1, &slot); i++)
	{
		*first = slot;
		at = slot - 1;
	}
	return count;
}

/* Queues the slots of [first, to] as runs of that kind; those known already stay. */
static int64
queue_slots(const FluxTask *task, const FluxSchedule *schedule, int64 first, int64 to_s,
			const char *kind, TimestampTz now)
{
	int64 queued = 0;
	int64 slot = first;

	while (slot <= to_s)
	{
		FluxSqlArgs args = {0};

		flux_sql_int8(&args, task->task_id);
		flux_sql_text(&args, kind);
		flux_sql_time(&args, flux_sched_timestamp(slot));
		flux_sql_time(&args, Min(now, flux_sched_timestamp(slot + task->offset_s)));
		queued += flux_sql_execute("INSERT INTO _flux_catalog.run AS r (task_id, task_name, owner, "
								   "version, kind, status, scheduled_for, run_at) "
								   "SELECT task_id, name, owner, version, $2, 'scheduled', $3, $4 "
								   "FROM _flux_catalog.task WHERE task_id = $1 "
								   "ON CONFLICT DO NOTHING",
								   &args);
		if (!flux_schedule_next(schedule, slot, &slot))
			break;
	}
	return queued;
}

/*
 * What the policy says about the slots in (from, to] that nobody ran: queues
 * them or counts them as missed.
 */
static void
apply_catchup(const FluxTask *task, const FluxSchedule *schedule, int64 from_s, int64 to_s,
			  TimestampTz now)
{
	FluxSqlArgs args = {0};
	int64 keep = task->catchup == FLUX_CATCHUP_SKIP     ? 0
				 : task->catchup == FLUX_CATCHUP_LATEST ? 1
														: task->catchup_limit;
	int64 first;
	int64 count = count_slots(schedule, from_s, to_s, keep, &first);
	int64 queued = 0;

	if (count == 0)
		return;
	if (keep > 0)
		queued = queue_slots(task, schedule, first, to_s, "catchup", now);
	if (count <= queued)
		return;
	flux_sql_int8(&args, task->task_id);
	flux_sql_int8(&args, count - queued);
	flux_sql_execute("UPDATE _flux_catalog.task_state SET missed_count = missed_count + $2 "
					 "WHERE task_id = $1",
					 &args);
}

/* The slot that "due" belongs to was due when a run may only be a little late. */
static bool
is_only_late(const FluxTask *task, const FluxSchedule *schedule, int64 slot_s, int64 now_s)
{
	int64 next_s;
	int64 late_s = now_s - (slot_s + task->offset_s);

	if (!flux_schedule_next(schedule, slot_s, &next_s))
		return late_s <= LATE_START_MAX_S;
	return late_s <= Min(LATE_START_MAX_S, (next_s - slot_s) / 10);
}

/* One task whose next slot became due while nobody drove. */
static void
note_downtime_of(const FluxTask *task, TimestampTz base, TimestampTz since, TimestampTz now)
{
	FluxSchedule schedule;
	int64 base_s = flux_sched_seconds(base);
	int64 since_s = flux_sched_seconds(since) - task->offset_s;
	int64 now_s = flux_sched_seconds(now) - task->offset_s;
	int64 slot_s;
	TimestampTz slot;
	TimestampTz due;

	if (!flux_task_try_schedule(task, &schedule))
		return;

	/* due while somebody drove, but not begun: run, whatever the policy */
	if (since_s > base_s)
	{
		int64 first;

		if (count_slots(&schedule, base_s, since_s, BACKLOG_MAX, &first) > 0)
			queue_slots(task, &schedule, first, since_s, "schedule", now);
		base_s = since_s;
	}

	/* the last of them may only be late */
	if (flux_schedule_previous(&schedule, now_s, base_s + 1, &slot_s) &&
		is_only_late(task, &schedule, slot_s, flux_sched_seconds(now)))
	{
		apply_catchup(task, &schedule, base_s, slot_s - 1, now);
		queue_slots(task, &schedule, slot_s, slot_s, "schedule", now);
	}
	else
		apply_catchup(task, &schedule, base_s, now_s, now);

	/* from here on every slot is due later than now */
	base_s = Max(base_s, now_s);
	flux_task_next_slot(&schedule, task->offset_s, base_s, &slot, &due);
	flux_task_store_position(task->task_id, flux_sched_timestamp(base_s), slot, due);
}

void
flux_task_note_downtime_of(const FluxTask *task, TimestampTz base, TimestampTz until)
{
	note_downtime_of(task, base, DT_NOBEGIN, until);
}

void
flux_task_note_downtime(TimestampTz since, TimestampTz now)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	uint64 count;
	FluxTask **tasks;
	TimestampTz *bases;

	flux_sql_enter(&scope);
	flux_sql_time(&args, now);
	count = flux_sql_execute("SELECT " FLUX_TASK_COLUMNS ", s.latest_scheduled "
							 "FROM _flux_catalog.task_state AS s "
							 "JOIN _flux_catalog.task AS t USING (task_id) "
							 "WHERE s.next_due <= $1 ORDER BY t.task_id FOR UPDATE OF s",
							 &args);
	tasks = MemoryContextAlloc(scope.context, (count + 1) * sizeof(FluxTask *));
	bases = MemoryContextAlloc(scope.context, (count + 1) * sizeof(TimestampTz));
	for (uint64 row = 1; row <= count; row++)
	{
		tasks[row - 1] = flux_task_read(&scope, row, 1);
		bases[row - 1] = flux_sql_get_time(row, FLUX_TASK_COLUMN_COUNT + 1);
	}
	for (uint64 i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		note_downtime_of(tasks[i], bases[i], since, now);
	}
	flux_sql_leave(&scope);
}

/* ---- creating ---- */

/* The form's fields in the script's text, if there are any. */
static char *
apply_form(const char *script, const FluxTaskForm *form)
{
	if (form->name == NULL && form->every == NULL && form->cron == NULL && form->offset == NULL)
		return pstrdup(script);
	return flux_task_options_edit(script, form);
}

/* Checks what stands outside the script. */
static void
check_settings(const FluxTaskChange *change)
{
	if (change->catchup != NULL && change->catchup[0] != '\0' &&
		strcmp(change->catchup, "skip") != 0 && strcmp(change->catchup, "latest") != 0 &&
		strcmp(change->catchup, "all") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("catchup \"%s\" is unknown", change->catchup),
						errhint("It is skip, latest or all.")));
	if (change->catchup_limit < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("catchup_limit must be at least 1")));
}

static void
check_name(const char *name)
{
	if (strlen(name) > FLUX_TASK_NAME_SIZE_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("task name of %zu bytes is longer than %d bytes", strlen(name),
							   FLUX_TASK_NAME_SIZE_MAX)));
}

/* A zone must be known and there must be a slot to come. */
static void
check_schedule(const FluxTaskOptions *options, const char *zone, FluxSchedule *schedule)
{
	const char *reason = flux_schedule_init(schedule, options->every, options->cron, zone);
	int64 slot_s;

	if (reason != NULL)
		ereport(ERROR, (errcode(FLUX_ERRCODE_TASK_OPTIONS), errmsg("invalid options: %s", reason),
						zone != NULL && schedule->location.zone == NULL
							? errhint("pg_timezone_names lists time zones.")
							: 0));
	if (!flux_schedule_next(schedule, flux_sched_seconds(flux_sched_clock_now()), &slot_s))
		ereport(ERROR, (errcode(FLUX_ERRCODE_TASK_OPTIONS),
						errmsg("invalid options: cron invalid: \"%s\" never matches from now on",
							   options->cron != NULL ? options->cron : options->every)));
}

/* What a script's types have to say, as loud as fluxtask.check_on_create wants. */
static void
check_types(const char *script)
{
	if (flux_guc_check_on_create == FLUX_CHECK_ERROR)
		flux_script_check(flux_text_from_cstring(script), ERROR);
	else if (flux_guc_check_on_create == FLUX_CHECK_WARNING)
		flux_script_check(flux_text_from_cstring(script), WARNING);
}

char *
flux_task_prepare(const FluxTaskChange *change, FluxTaskOptions *options)
{
	char *script = apply_form(change->script, &change->form);
	FluxSchedule schedule;

	check_settings(change);
	flux_task_options_extract(script, options);
	check_name(options->name);
	check_schedule(options,
				   change->time_zone != NULL && change->time_zone[0] != '\0' ? change->time_zone
																			 : NULL,
				   &schedule);
	check_types(script);
	return script;
}

static void
store_version(int64 task_id, int version, const char *script, Oid user_oid, TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, task_id);
	flux_sql_int4(&args, version);
	flux_sql_text(&args, script);
	flux_sql_time(&args, now);
	flux_sql_role(&args, user_oid);
	flux_sql_execute("INSERT INTO _flux_catalog.task_version "
					 "(task_id, version, script, changed_at, changed_by) "
					 "VALUES ($1, $2, $3, $4, $5)",
					 &args);
}

/* $n and on: the options of a script. */
static void
option_args(FluxSqlArgs *args, const char *script, const FluxTaskOptions *options)
{
	flux_sql_text(args, options->name);
	flux_sql_text(args, script);
	flux_sql_text(args, options->every);
	flux_sql_text(args, options->cron);
	flux_sql_text(args, options->offset);
	flux_sql_int8(args, options->offset_s);
	flux_sql_int4(args, options->concurrency);
	flux_sql_int4(args, options->retry);
}

/* "" and NULL are both "not set". */
static const char *
or_null(const char *value)
{
	return value == NULL || value[0] == '\0' ? NULL : value;
}

static int64
insert_task(const FluxTaskChange *change, const char *script, const FluxTaskOptions *options,
			Oid owner_oid, TimestampTz now)
{
	FluxSqlArgs args = {0};

	option_args(&args, script, options);
	flux_sql_role(&args, owner_oid);
	flux_sql_text(&args, or_null(change->description));
	flux_sql_bool(&args, !change->has_active || change->is_active);
	flux_sql_text(&args, or_null(change->catchup));
	flux_sql_datum(&args, INT4OID, Int32GetDatum(change->catchup_limit),
				   change->catchup_limit == 0);
	flux_sql_text(&args, or_null(change->time_zone));
	flux_sql_datum(&args, TEXTARRAYOID, change->labels, !change->has_labels);
	flux_sql_time(&args, now);
	flux_sql_execute("INSERT INTO _flux_catalog.task (name, script, every, cron, \"offset\", "
					 "offset_s, concurrency, retry, owner, description, active, catchup, "
					 "catchup_limit, time_zone, labels, created_at, updated_at) "
					 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
					 "coalesce($15, '{}'), $16, $16) RETURNING task_id",
					 &args);
	return flux_sql_get_int8(1, 1);
}

int64
flux_task_create(const FluxTaskChange *change)
{
	FluxTaskOptions options;
	char *script = flux_task_prepare(change, &options);
	TimestampTz now = flux_sched_clock_now();
	TimestampTz base = flux_sched_timestamp(flux_sched_seconds(now));
	TimestampTz slot = DT_NOBEGIN;
	TimestampTz due = DT_NOBEGIN;
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	int64 task_id;

	if (!change->has_active || change->is_active)
	{
		FluxSchedule schedule;

		check_schedule(&options, or_null(change->time_zone), &schedule);
		flux_task_next_slot(&schedule, options.offset_s, flux_sched_seconds(base), &slot, &due);
	}
	flux_sql_enter(&scope);
	task_id = insert_task(change, script, &options, scope.owner.user_oid, now);
	store_version(task_id, 1, script, scope.owner.user_oid, now);
	flux_sql_int8(&args, task_id);
	flux_sql_role(&args, scope.owner.user_oid);
	flux_sql_int4(&args, options.concurrency);
	flux_sql_time(&args, base);
	flux_sql_time(&args, slot);
	flux_sql_time(&args, due);
	flux_sql_execute("INSERT INTO _flux_catalog.task_state "
					 "(task_id, owner, concurrency, latest_scheduled, next_slot, next_due) "
					 "VALUES ($1, $2, $3, $4, $5, $6)",
					 &args);
	flux_sql_leave(&scope);
	return task_id;
}

/* ---- changing ---- */

/*
 * Where a task goes on after its schedule changed: after its last slot, so
 * that no stretch of time is left out, but with no more slots to make up for
 * than its catch-up limit.
 */
static void
reposition(const FluxTask *task, TimestampTz base)
{
	FluxSchedule schedule;
	int64 base_s = flux_sched_seconds(base);
	int64 now_s = flux_sched_seconds(flux_sched_clock_now()) - task->offset_s;
	int64 first;
	TimestampTz slot = DT_NOBEGIN;
	TimestampTz due = DT_NOBEGIN;

	if (task->is_active)
	{
		flux_task_schedule(task, &schedule);
		if (count_slots(&schedule, base_s, now_s, task->catchup_limit, &first) >
			task->catchup_limit)
			base_s = first - 1;
		flux_task_next_slot(&schedule, task->offset_s, base_s, &slot, &due);
	}
	flux_task_store_position(task->task_id, DT_NOBEGIN, slot, due);
}

/* A task becomes active: the time that it slept is a downtime of its own. */
static void
activate(const FluxTask *task, TimestampTz base)
{
	FluxSchedule schedule;
	TimestampTz now = flux_sched_clock_now();
	int64 base_s = flux_sched_seconds(base);
	int64 now_s = flux_sched_seconds(now);
	TimestampTz slot;
	TimestampTz due;

	flux_task_schedule(task, &schedule);
	if (task->catchup == FLUX_CATCHUP_SKIP)
		base_s = now_s;
	else
	{
		int64 reached_s = Max(base_s, now_s - task->offset_s);

		apply_catchup(task, &schedule, base_s, reached_s, now);
		base_s = reached_s;
	}
	flux_task_next_slot(&schedule, task->offset_s, base_s, &slot, &due);
	flux_task_store_position(task->task_id, flux_sched_timestamp(base_s), slot, due);
}

/* Locks a task's state and gives its last slot; raises when it is gone. */
static TimestampTz
lock_state(const FluxTask *task)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, task->task_id);
	if (flux_sql_execute("SELECT latest_scheduled FROM _flux_catalog.task_state "
						 "WHERE task_id = $1 FOR UPDATE",
						 &args) == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("task \"%s\" was dropped meanwhile", task->name)));
	return flux_sql_get_time(1, 1);
}

static void
update_script(const FluxTask *task, const char *script, const FluxTaskOptions *options,
			  Oid user_oid, TimestampTz now)
{
	FluxSqlArgs args = {0};

	option_args(&args, script, options);
	flux_sql_int8(&args, task->task_id);
	flux_sql_int4(&args, task->version + 1);
	flux_sql_execute("UPDATE _flux_catalog.task SET name = $1, script = $2, every = $3, cron = $4, "
					 "\"offset\" = $5, offset_s = $6, concurrency = $7, retry = $8, version = $10 "
					 "WHERE task_id = $9",
					 &args);
	store_version(task->task_id, task->version + 1, script, user_oid, now);

	memset(&args, 0, sizeof(args));
	flux_sql_int8(&args, task->task_id);
	flux_sql_int4(&args, options->concurrency);
	flux_sql_execute("UPDATE _flux_catalog.task_state SET concurrency = $2 WHERE task_id = $1",
					 &args);
}

static void
update_settings(const FluxTask *task, const FluxTaskChange *change, Oid owner_oid, TimestampTz now)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, task->task_id);
	flux_sql_text(&args, change->description);
	flux_sql_bool(&args, change->has_active ? change->is_active : task->is_active);
	flux_sql_text(&args, change->catchup);
	flux_sql_int4(&args, change->catchup_limit);
	flux_sql_text(&args, change->time_zone);
	flux_sql_datum(&args, TEXTARRAYOID, change->labels, !change->has_labels);
	flux_sql_role(&args, owner_oid);
	flux_sql_time(&args, now);
	flux_sql_execute("UPDATE _flux_catalog.task SET "
					 "description = CASE WHEN $2 IS NULL THEN description ELSE nullif($2, '') END, "
					 "active = $3, "
					 "catchup = CASE WHEN $4 IS NULL THEN catchup ELSE nullif($4, '') END, "
					 "catchup_limit = coalesce(nullif($5, 0), catchup_limit), "
					 "time_zone = CASE WHEN $6 IS NULL THEN time_zone ELSE nullif($6, '') END, "
					 "labels = coalesce($7, labels), owner = $8, updated_at = $9 "
					 "WHERE task_id = $1",
					 &args);
	memset(&args, 0, sizeof(args));
	flux_sql_int8(&args, task->task_id);
	flux_sql_role(&args, owner_oid);
	flux_sql_execute("UPDATE _flux_catalog.task_state SET owner = $2 WHERE task_id = $1", &args);
	flux_sql_execute("UPDATE _flux_catalog.run SET owner = $2 WHERE task_id = $1 AND owner <> $2",
					 &args);
}

/* Only a role that one could be oneself may be made the owner. */
static Oid
check_new_owner(const FluxTask *task, const FluxTaskChange *change)
{
	if (!OidIsValid(change->owner_oid))
		return task->owner_oid;
	check_is_member_of_role(GetUserId(), change->owner_oid);
	return change->owner_oid;
}

void
flux_task_alter(const FluxTask *task, const FluxTaskChange *change)
{
	FluxTaskChange whole = *change;
	FluxTaskOptions options;
	FluxSqlScope scope;
	TimestampTz now = flux_sched_clock_now();
	TimestampTz base;
	Oid owner_oid = check_new_owner(task, change);
	bool has_script = change->script != NULL || change->form.name != NULL ||
					  change->form.every != NULL || change->form.cron != NULL ||
					  change->form.offset != NULL;
	char *script = NULL;
	FluxTask *changed;

	if (whole.script == NULL)
		whole.script = task->script;
	if (whole.time_zone == NULL)
		whole.time_zone = task->time_zone;
	check_settings(change);
	if (has_script || change->time_zone != NULL)
		script = flux_task_prepare(&whole, &options);

	flux_sql_enter(&scope);
	base = lock_state(task);
	if (script != NULL && strcmp(script, task->script) != 0)
		update_script(task, script, &options, scope.owner.user_oid, now);
	update_settings(task, change, owner_oid, now);
	flux_sql_leave(&scope);

	flux_sql_enter(&scope);
	{
		FluxSqlArgs args = {0};

		flux_sql_int8(&args, task->task_id);
		flux_sql_execute(
			"SELECT " FLUX_TASK_COLUMNS " FROM _flux_catalog.task AS t WHERE task_id = $1", &args);
		changed = flux_task_read(&scope, 1, 1);
	}
	if (changed->is_active && !task->is_active)
		activate(changed, base);
	else if (changed->is_active != task->is_active || script != NULL)
		reposition(changed, base);
	flux_sql_leave(&scope);
	if (script != NULL)
	{
		flux_dependency_refresh(changed);
		if ((changed->flags & FLUX_TASK_KEEPS_READS) != 0)
			flux_late_watch_buckets(changed);
	}
}

void
flux_task_drop(const FluxTask *task)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	/* Runs first: whoever executes one locks its run before the task's state. */
	flux_run_cancel_all(task->task_id, NULL, psprintf("task \"%s\" was dropped", task->name));
	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	flux_sql_execute("DELETE FROM _flux_catalog.task_state WHERE task_id = $1", &args);
	flux_sql_execute("DELETE FROM _flux_catalog.task_policy WHERE task_id = $1", &args);
	flux_sql_execute("DELETE FROM _flux_catalog.task WHERE task_id = $1", &args);
	if (flux_sql_execute("DELETE FROM _flux_catalog.task_dependency "
						 "WHERE task_id = $1 OR depends_on = $1",
						 &args) > 0)
		flux_task_refresh_flags();
	flux_sql_execute("DELETE FROM _flux_catalog.late_policy WHERE task_id = $1", &args);
	flux_sql_execute("DELETE FROM _flux_catalog.task_read WHERE task_id = $1", &args);
	flux_sql_execute("DELETE FROM _flux_catalog.task_write WHERE task_id = $1", &args);
	flux_sql_leave(&scope);
}
