/*
 * task_dependency.c
 *		The edges between tasks.
 */
#include "postgres.h"

#include "task/late_data.h"
#include "task/sched_clock.h"
#include "task/task_dependency.h"

/* Slots looked at to find how far apart they are. */
#define WINDOW_SLOTS 32

/* The longest stretch between two slots to come: what a slot's window may span. */
static int64
window_of(const FluxTask *task)
{
	FluxSchedule schedule;
	int64 at_s = flux_sched_seconds(flux_sched_clock_now());
	int64 window_s = 1;
	int64 slot_s;

	flux_task_schedule(task, &schedule);
	if (!flux_schedule_next(&schedule, at_s, &at_s))
		return window_s;
	for (int i = 0; i < WINDOW_SLOTS && flux_schedule_next(&schedule, at_s, &slot_s); i++)
	{
		window_s = Max(window_s, slot_s - at_s);
		at_s = slot_s;
	}
	return window_s;
}

/* The way from "from" up to "to", as names; NULL when there is none. In a scope. */
static char *
find_path(const FluxSqlScope *scope, int64 from, int64 to)
{
	FluxSqlArgs args = {0};

	flux_sql_int8(&args, from);
	flux_sql_int8(&args, to);
	if (flux_sql_execute(
			"WITH RECURSIVE up AS ("
			"SELECT t.task_id, '\"' || t.name || '\"' AS path, ARRAY[t.task_id] AS ids "
			"FROM _flux_catalog.task AS t WHERE t.task_id = $1 UNION ALL "
			"SELECT t.task_id, up.path || ' -> \"' || t.name || '\"', up.ids || t.task_id "
			"FROM up JOIN _flux_catalog.task_dependency AS d USING (task_id) "
			"JOIN _flux_catalog.task AS t ON t.task_id = d.depends_on "
			"WHERE t.task_id <> ALL (up.ids)) "
			"SELECT path FROM up WHERE task_id = $2 ORDER BY length(path) LIMIT 1",
			&args) == 0)
		return NULL;
	return flux_sql_get_text(scope, 1, 1);
}

void
flux_dependency_add(const FluxTask *task, const FluxTask *depends_on)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	char *path;

	flux_sql_enter(&scope);
	flux_sql_execute("LOCK TABLE _flux_catalog.task_dependency IN SHARE ROW EXCLUSIVE MODE", NULL);
	path = find_path(&scope, depends_on->task_id, task->task_id);
	if (path != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
				 errmsg("task \"%s\" cannot wait for task \"%s\": they would wait for each other",
						task->name, depends_on->name),
				 errdetail("The circle is \"%s\" -> %s.", task->name, path),
				 errhint("flux.task_dependencies lists what waits for what.")));
	flux_sql_int8(&args, task->task_id);
	flux_sql_int8(&args, depends_on->task_id);
	flux_sql_int8(&args, window_of(task));
	flux_sql_execute("INSERT INTO _flux_catalog.task_dependency (task_id, depends_on, window_s) "
					 "VALUES ($1, $2, $3) ON CONFLICT (task_id, depends_on) "
					 "DO UPDATE SET window_s = excluded.window_s",
					 &args);
	flux_task_refresh_flags();
	flux_sql_leave(&scope);
	if (flux_task_find_by_id(task->task_id)->flags & FLUX_TASK_KEEPS_READS)
		flux_late_watch_buckets(task);
}

bool
flux_dependency_drop(const FluxTask *task, const FluxTask *depends_on)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};
	bool is_found;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	flux_sql_int8(&args, depends_on->task_id);
	is_found = flux_sql_execute("DELETE FROM _flux_catalog.task_dependency "
								"WHERE task_id = $1 AND depends_on = $2",
								&args) > 0;
	flux_task_refresh_flags();
	flux_sql_leave(&scope);
	return is_found;
}

bool
flux_dependency_is_blocked(const FluxTask *task, TimestampTz slot)
{
	FluxSqlArgs args = {0};

	if ((task->flags & FLUX_TASK_WAITS) == 0)
		return false;
	flux_sql_int8(&args, task->task_id);
	flux_sql_time(&args, slot);
	flux_sql_execute("SELECT _flux_catalog.is_blocked($1, $2)", &args);
	return flux_sql_get_bool(1, 1);
}

void
flux_dependency_refresh(const FluxTask *task)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	if ((task->flags & FLUX_TASK_WAITS) == 0)
		return;
	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	flux_sql_int8(&args, window_of(task));
	flux_sql_execute("UPDATE _flux_catalog.task_dependency SET window_s = $2 WHERE task_id = $1",
					 &args);
	flux_sql_leave(&scope);
}
