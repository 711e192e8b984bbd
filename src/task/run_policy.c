/*
 * run_policy.c
 *		How the runs of a task are executed: time limit, attempts, memory.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/pg_prng.h"

#include "guc.h"
#include "task/run_policy.h"

/* A value of a policy's row, or what stands in for its NULL, given as -1. */
static int64
or_else(int64 value, int64 absent)
{
	return value < 0 ? absent : value;
}

void
flux_run_policy_get(const FluxTask *task, FluxRunPolicy *policy)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	policy->timeout_ms = flux_guc_run_timeout_ms;
	policy->max_attempts = 1;
	policy->retry_delay_ms = flux_guc_retry_delay_ms;
	policy->retry_delay_max_ms = flux_guc_retry_delay_max_ms;
	policy->work_mem_kb = 0;
	policy->latest_success = DT_NOBEGIN;

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	if (flux_sql_execute("SELECT s.latest_success, coalesce(p.max_attempts, t.retry), "
						 "coalesce(p.timeout_ms, -1), coalesce(p.retry_delay_ms, -1), "
						 "coalesce(p.retry_delay_max_ms, -1), coalesce(p.work_mem_kb, 0) "
						 "FROM _flux_catalog.task_state AS s "
						 "JOIN _flux_catalog.task AS t USING (task_id) "
						 "LEFT JOIN _flux_catalog.task_policy AS p USING (task_id) "
						 "WHERE s.task_id = $1",
						 &args) > 0)
	{
		policy->latest_success = flux_sql_get_time(1, 1);
		policy->max_attempts = flux_sql_get_int4(1, 2);
		policy->timeout_ms = or_else(flux_sql_get_int8(1, 3), policy->timeout_ms);
		policy->retry_delay_ms = or_else(flux_sql_get_int8(1, 4), policy->retry_delay_ms);
		policy->retry_delay_max_ms = or_else(flux_sql_get_int8(1, 5), policy->retry_delay_max_ms);
		policy->work_mem_kb = flux_sql_get_int4(1, 6);
	}
	flux_sql_leave(&scope);
}

/* Appends a number as $n, -1 as NULL. */
static void
optional_int8(FluxSqlArgs *args, int64 value)
{
	flux_sql_datum(args, INT8OID, Int64GetDatum(value), value < 0);
}

static void
optional_int4(FluxSqlArgs *args, int value, bool is_absent)
{
	flux_sql_datum(args, INT4OID, Int32GetDatum(value), is_absent);
}

void
flux_run_policy_set(const FluxTask *task, const FluxRunPolicyChange *change)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	optional_int4(&args, change->priority, change->priority == PG_INT32_MIN);
	optional_int8(&args, change->timeout_ms);
	optional_int4(&args, change->max_attempts, change->max_attempts < 0);
	optional_int8(&args, change->retry_delay_ms);
	optional_int8(&args, change->retry_delay_max_ms);
	optional_int4(&args, change->work_mem_kb, change->work_mem_kb < 0);
	flux_sql_execute("INSERT INTO _flux_catalog.task_policy AS p (task_id, priority, timeout_ms, "
					 "max_attempts, retry_delay_ms, retry_delay_max_ms, work_mem_kb) "
					 "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (task_id) DO UPDATE SET "
					 "priority = coalesce(excluded.priority, p.priority), "
					 "timeout_ms = coalesce(excluded.timeout_ms, p.timeout_ms), "
					 "max_attempts = coalesce(excluded.max_attempts, p.max_attempts), "
					 "retry_delay_ms = coalesce(excluded.retry_delay_ms, p.retry_delay_ms), "
					 "retry_delay_max_ms = coalesce(excluded.retry_delay_max_ms, "
					 "p.retry_delay_max_ms), "
					 "work_mem_kb = coalesce(excluded.work_mem_kb, p.work_mem_kb)",
					 &args);
	flux_sql_leave(&scope);
}

void
flux_run_policy_reset(const FluxTask *task)
{
	FluxSqlScope scope;
	FluxSqlArgs args = {0};

	flux_sql_enter(&scope);
	flux_sql_int8(&args, task->task_id);
	flux_sql_execute("DELETE FROM _flux_catalog.task_policy WHERE task_id = $1", &args);
	flux_sql_leave(&scope);
}

int64
flux_run_policy_delay_ms(const FluxRunPolicy *policy, int failures)
{
	double delay = (double) policy->retry_delay_ms;

	for (int i = 1; i < failures && delay < policy->retry_delay_max_ms; i++)
		delay *= 2;
	delay = Min(delay, (double) Max(policy->retry_delay_ms, policy->retry_delay_max_ms));
	return (int64) (delay * (0.8 + 0.4 * pg_prng_double(&pg_global_prng_state)));
}
