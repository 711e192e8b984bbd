/*
 * sql_late_data.c
 *		SQL functions about late data and dependencies.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "scheduler/scheduler.h"
#include "task/late_data.h"
#include "task/task_dependency.h"

PG_FUNCTION_INFO_V1(fluxtask_watch_late_data);
PG_FUNCTION_INFO_V1(fluxtask_unwatch_late_data);
PG_FUNCTION_INFO_V1(fluxtask_collect_late_data);
PG_FUNCTION_INFO_V1(fluxtask_add_dependency);
PG_FUNCTION_INFO_V1(fluxtask_drop_dependency);

/* The task that an argument, an id or a name, means. */
static FluxTask *
task_argument(FunctionCallInfo fcinfo, int index)
{
	if (PG_ARGISNULL(index))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("task must not be null")));
	if (get_fn_expr_argtype(fcinfo->flinfo, index) == TEXTOID)
		return flux_task_find_by_name(text_to_cstring(PG_GETARG_TEXT_PP(index)));
	return flux_task_find_by_id(PG_GETARG_INT64(index));
}

PGDLLEXPORT Datum
fluxtask_watch_late_data(PG_FUNCTION_ARGS)
{
	FluxTask *task = task_argument(fcinfo, 0);
	Interval *lateness = PG_ARGISNULL(1) ? NULL : PG_GETARG_INTERVAL_P(1);
	bool replaces = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
	Interval at_once = {0};
	Interval *delay = PG_ARGISNULL(3) ? &at_once : PG_GETARG_INTERVAL_P(3);

	flux_late_set_policy(task, lateness, replaces, delay);
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_unwatch_late_data(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(flux_late_drop_policy(task_argument(fcinfo, 0)));
}

PGDLLEXPORT Datum
fluxtask_collect_late_data(PG_FUNCTION_ARGS)
{
	int64 count = flux_late_collect();

	if (count > 0)
		flux_scheduler_wake_at_commit();
	PG_RETURN_INT64(count);
}

PGDLLEXPORT Datum
fluxtask_add_dependency(PG_FUNCTION_ARGS)
{
	flux_dependency_add(task_argument(fcinfo, 0), task_argument(fcinfo, 1));
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_drop_dependency(PG_FUNCTION_ARGS)
{
	bool is_found = flux_dependency_drop(task_argument(fcinfo, 0), task_argument(fcinfo, 1));

	flux_scheduler_wake_at_commit();
	PG_RETURN_BOOL(is_found);
}
