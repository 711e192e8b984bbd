/*
 * sql_scheduler.c
 *		SQL functions about the built-in scheduler.
 */
#include "postgres.h"

#include "fmgr.h"

#include "scheduler/scheduler.h"
#include "catalog/catalog_sql.h"

PG_FUNCTION_INFO_V1(fluxtask_start_scheduler);
PG_FUNCTION_INFO_V1(fluxtask_stop_scheduler);
PG_FUNCTION_INFO_V1(fluxtask_request_scheduler);

/* Remembers across restarts whether the database wants its scheduler. */
static void
set_enabled(bool is_enabled)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	flux_sql_enter(&scope);
	flux_sql_bool(&args, is_enabled);
	flux_sql_execute("UPDATE _flux_catalog.driver SET scheduler_enabled = $1 "
					 "WHERE scheduler_enabled <> $1",
					 &args);
	flux_sql_leave(&scope);
}

PGDLLEXPORT Datum
fluxtask_start_scheduler(PG_FUNCTION_ARGS)
{
	set_enabled(true);
	PG_RETURN_BOOL(flux_scheduler_start_at_commit());
}

/* The scheduler sees that it is not wanted when it is woken, and retires. */
PGDLLEXPORT Datum
fluxtask_stop_scheduler(PG_FUNCTION_ARGS)
{
	bool is_running = flux_scheduler_pid() != 0;

	set_enabled(false);
	if (is_running)
		flux_scheduler_wake_at_commit();
	PG_RETURN_BOOL(is_running);
}

PGDLLEXPORT Datum
fluxtask_request_scheduler(PG_FUNCTION_ARGS)
{
	flux_scheduler_wake_at_commit();
	PG_RETURN_VOID();
}
