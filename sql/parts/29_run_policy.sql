/* ---- how the runs of a task are executed ---- */

/* A task without a row, or with NULLs, goes by the settings and its script's options. */
CREATE TABLE _flux_catalog.task_policy (
    task_id bigint PRIMARY KEY,
    priority integer,
    timeout_ms bigint,                          -- 0: none
    max_attempts integer,
    retry_delay_ms bigint,
    retry_delay_max_ms bigint,
    work_mem_kb integer
);
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.task_policy', '');

CREATE FUNCTION flux.set_run_policy(task bigint, timeout interval DEFAULT NULL,
    max_attempts integer DEFAULT NULL, retry_delay interval DEFAULT NULL,
    retry_delay_max interval DEFAULT NULL, priority integer DEFAULT NULL,
    work_mem text DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_set_run_policy';
COMMENT ON FUNCTION flux.set_run_policy(bigint, interval, integer, interval, interval, integer, text) IS
    'how the runs of a task are executed: time limit, attempts, priority, memory; NULL leaves things';

CREATE FUNCTION flux.set_run_policy(task text, timeout interval DEFAULT NULL,
    max_attempts integer DEFAULT NULL, retry_delay interval DEFAULT NULL,
    retry_delay_max interval DEFAULT NULL, priority integer DEFAULT NULL,
    work_mem text DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_set_run_policy';

CREATE FUNCTION flux.reset_run_policy(task bigint) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_reset_run_policy';
COMMENT ON FUNCTION flux.reset_run_policy(bigint) IS
    'takes back what flux.set_run_policy() said about a task';

CREATE FUNCTION flux.reset_run_policy(task text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_reset_run_policy';
