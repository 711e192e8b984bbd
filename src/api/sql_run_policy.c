/*
 * sql_run_policy.c
 *		flux.set_run_policy and flux.reset_run_policy.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "scheduler/scheduler.h"
#include "task/run_policy.h"

PG_FUNCTION_INFO_V1(fluxtask_set_run_policy);
PG_FUNCTION_INFO_V1(fluxtask_reset_run_policy);

/* Longest timeout and delay: a year of 365 days. */
#define INTERVAL_MAX_MS (INT64CONST(365) * 86400 * 1000)

/* The task that the first argument, an id or a name, means. */
static FluxTask *
task_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("task must not be null")));
	if (get_fn_expr_argtype(fcinfo->flinfo, 0) == TEXTOID)
		return flux_task_find_by_name(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	return flux_task_find_by_id(PG_GETARG_INT64(0));
}

/* An interval without months, in milliseconds; -1 when NULL. */
static int64
interval_argument(FunctionCallInfo fcinfo, int index, const char *name)
{
	Interval *interval;
	double ms;

	if (PG_ARGISNULL(index))
		return -1;
	interval = PG_GETARG_INTERVAL_P(index);
	ms = interval->time / 1000.0 + interval->day * 86400000.0;
	if (interval->month != 0 || ms < 0 || ms > INTERVAL_MAX_MS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be between 0 and 365 days, without months or years", name)));
	return (int64) ms;
}

/* An integer between bounds; "absent" when NULL. */
static int
integer_argument(FunctionCallInfo fcinfo, int index, const char *name, int least, int most,
				 int absent)
{
	int value;

	if (PG_ARGISNULL(index))
		return absent;
	value = PG_GETARG_INT32(index);
	if (value < least || value > most)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be between %d and %d", name, least, most)));
	return value;
}

/* Memory as in SET fluxtask.work_mem, in kB; -1 when NULL. */
static int
memory_argument(FunctionCallInfo fcinfo, int index)
{
	const char *hint = NULL;
	char *amount;
	int kb;

	if (PG_ARGISNULL(index))
		return -1;
	amount = text_to_cstring(PG_GETARG_TEXT_PP(index));
	if (!parse_int(amount, &kb, GUC_UNIT_KB, &hint) || kb < 64)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("work_mem \"%s\" is no amount of memory of at least 64kB", amount),
				 errhint("%s", hint != NULL ? hint : "Give it as for the setting: '64MB'.")));
	return kb;
}

PGDLLEXPORT Datum
fluxtask_set_run_policy(PG_FUNCTION_ARGS)
{
	FluxTask *task = task_argument(fcinfo);
	FluxRunPolicyChange change = {
		.timeout_ms = interval_argument(fcinfo, 1, "timeout"),
		.max_attempts = integer_argument(fcinfo, 2, "max_attempts", 1, FLUX_RUN_ATTEMPTS_LIMIT, -1),
		.retry_delay_ms = interval_argument(fcinfo, 3, "retry_delay"),
		.retry_delay_max_ms = interval_argument(fcinfo, 4, "retry_delay_max"),
		.priority = integer_argument(fcinfo, 5, "priority", -FLUX_RUN_PRIORITY_MAX,
									 FLUX_RUN_PRIORITY_MAX, PG_INT32_MIN),
		.work_mem_kb = memory_argument(fcinfo, 6)};

	flux_run_policy_set(task, &change);
	PG_RETURN_VOID();
}

PGDLLEXPORT Datum
fluxtask_reset_run_policy(PG_FUNCTION_ARGS)
{
	flux_run_policy_reset(task_argument(fcinfo));
	PG_RETURN_VOID();
}
