/*
 * run_policy.h
 *		How the runs of a task are executed: time limit, attempts, memory.
 *
 * Rows of _flux_catalog.task_policy over the settings fluxtask.run_timeout,
 * fluxtask.retry_delay and fluxtask.retry_delay_max.  Priority is no part of
 * it: it is used where runs are claimed, in SQL (run_record.c).
 *
 * A run that failed is started again for the same slot until it had
 * max_attempts, which is the script's "retry" option unless the policy says
 * otherwise.  Attempt n + 1 comes the delay times 2^(n-1) after the failure of
 * attempt n, give or take a fifth, so that what failed together does not come
 * back together.
 */
#ifndef FLUX_RUN_POLICY_H
#define FLUX_RUN_POLICY_H

#include "task/task_catalog.h"

typedef struct FluxRunPolicy
{
	int64 timeout_ms; /* 0: none */
	int max_attempts; /* at least 1 */
	int64 retry_delay_ms;
	int64 retry_delay_max_ms;
	int work_mem_kb;            /* 0: the session's */
	TimestampTz latest_success; /* slot of the last success; DT_NOBEGIN: none */
} FluxRunPolicy;

/* What flux.set_run_policy() changes: -1 and PG_INT32_MIN (priority) leave things. */
typedef struct FluxRunPolicyChange
{
	int64 timeout_ms;
	int max_attempts;
	int64 retry_delay_ms;
	int64 retry_delay_max_ms;
	int priority;
	int work_mem_kb;
} FluxRunPolicyChange;

#define FLUX_RUN_ATTEMPTS_LIMIT 100
#define FLUX_RUN_PRIORITY_MAX 100

/* The policy in force for a task, and where its successes stand. */
extern void flux_run_policy_get(const FluxTask *task, FluxRunPolicy *policy);

/* Changes a task's policy, or forgets it. */
extern void flux_run_policy_set(const FluxTask *task, const FluxRunPolicyChange *change);
extern void flux_run_policy_reset(const FluxTask *task);

/* How long to wait after failure number "failures" (1, 2, ...), with jitter. */
extern int64 flux_run_policy_delay_ms(const FluxRunPolicy *policy, int failures);

#endif /* FLUX_RUN_POLICY_H */
