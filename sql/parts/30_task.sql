
/* ---- tasks and runs ---- */

CREATE SEQUENCE _flux_catalog.task_id_seq;
CREATE SEQUENCE _flux_catalog.run_id_seq;
CREATE SEQUENCE _flux_catalog.run_log_id_seq;

/*
 * What a task is.  name, every, cron, "offset", concurrency and retry are
 * copies of what the script's task option says.
 */
CREATE TABLE _flux_catalog.task (
    task_id bigint PRIMARY KEY DEFAULT nextval('_flux_catalog.task_id_seq'),
    name text COLLATE "C" NOT NULL,
    owner regrole NOT NULL,
    version integer NOT NULL DEFAULT 1,
    script text NOT NULL,
    every text,
    cron text,
    "offset" text,
    offset_s bigint NOT NULL DEFAULT 0,
    concurrency integer NOT NULL DEFAULT 1,
    retry integer NOT NULL DEFAULT 1,
    time_zone text,                             -- NULL: UTC
    active boolean NOT NULL DEFAULT true,
    catchup text CHECK (catchup IN ('skip', 'latest', 'all')),   -- NULL: fluxtask.catchup
    catchup_limit integer CHECK (catchup_limit >= 1),            -- NULL: fluxtask.catchup_limit
    description text,
    labels text[] NOT NULL DEFAULT '{}',
    flags integer NOT NULL DEFAULT 0,           -- FLUX_TASK_..., see task/task_catalog.h
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX task_name_idx ON _flux_catalog.task (name);

/* Every script that a task ever had; kept while runs of the task are kept. */
CREATE TABLE _flux_catalog.task_version (
    task_id bigint NOT NULL,
    version integer NOT NULL,
    script text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by regrole NOT NULL,
    PRIMARY KEY (task_id, version)
);

/*
 * How far a task has come: narrow rows, for every run changes one.  next_slot
 * is what now() will be, next_due when that run may start; both are NULL for a
 * task that is not to run.  Whoever locks this row decides about the task.
 */
CREATE TABLE _flux_catalog.task_state (
    task_id bigint PRIMARY KEY,
    owner regrole NOT NULL,
    concurrency integer NOT NULL,
    next_slot timestamptz,
    next_due timestamptz,
    waits boolean NOT NULL DEFAULT false,       -- for other tasks
    latest_scheduled timestamptz NOT NULL,      -- the next slot comes after this
    latest_completed timestamptz,
    latest_success timestamptz,
    latest_failure timestamptz,
    last_run_id bigint,
    last_run_status text,
    last_run_error text,
    success_count bigint NOT NULL DEFAULT 0,
    failed_count bigint NOT NULL DEFAULT 0,
    canceled_count bigint NOT NULL DEFAULT 0,
    missed_count bigint NOT NULL DEFAULT 0,
    retried_count bigint NOT NULL DEFAULT 0,
    points_written bigint NOT NULL DEFAULT 0,
    run_seconds double precision NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
ALTER TABLE _flux_catalog.task_state SET (autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX task_state_due_idx ON _flux_catalog.task_state (owner, next_due)
    WHERE next_due IS NOT NULL;

/*
 * The ledger.  A slot of a task has one row here, ever: run_slot_idx.  Manual
 * runs and retries of a slot are rows of their own kind.
 */
CREATE TABLE _flux_catalog.run (
    run_id bigint PRIMARY KEY DEFAULT nextval('_flux_catalog.run_id_seq'),
    task_id bigint NOT NULL,
    task_name text NOT NULL,
    owner regrole NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('schedule', 'catchup', 'manual', 'retry', 'backfill', 'late')),
    status text NOT NULL
        CHECK (status IN ('scheduled', 'started', 'success', 'failed', 'canceled')),
    scheduled_for timestamptz NOT NULL,
    run_at timestamptz NOT NULL,                -- not to be started before
    requested_at timestamptz,                   -- by hand: when
    started_at timestamptz,
    finished_at timestamptz,
    attempt integer NOT NULL DEFAULT 0,         -- starts so far
    failures integer NOT NULL DEFAULT 0,        -- of them, those that ended with an error
    worker_pid integer,
    points_written bigint,
    error text,
    error_code text,
    error_detail text,
    error_hint text,
    retry_of bigint
);
CREATE UNIQUE INDEX run_slot_idx ON _flux_catalog.run (task_id, scheduled_for)
    WHERE kind IN ('schedule', 'catchup');
CREATE UNIQUE INDEX run_backfill_idx ON _flux_catalog.run (task_id, scheduled_for)
    WHERE kind = 'backfill' AND status IN ('scheduled', 'started');
CREATE INDEX run_waiting_idx ON _flux_catalog.run (owner, run_at) WHERE status = 'scheduled';
CREATE INDEX run_waiting_task_idx ON _flux_catalog.run (owner, task_id, run_at)
    WHERE status = 'scheduled';
CREATE INDEX run_started_idx ON _flux_catalog.run (task_id) WHERE status = 'started';

/* Each run leaves a dead row behind: before there are millions of them, please. */
ALTER TABLE _flux_catalog.run SET (autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.05);

/* Only what the run's own row does not tell: flux.run_logs adds the rest. */
CREATE TABLE _flux_catalog.run_log (
    log_id bigint PRIMARY KEY DEFAULT nextval('_flux_catalog.run_log_id_seq'),
    run_id bigint NOT NULL,
    "time" timestamptz NOT NULL,
    message text NOT NULL
);
CREATE INDEX run_log_run_idx ON _flux_catalog.run_log (run_id);

/*
 * One row: since when, and until when, somebody is known to have driven the
 * tasks.  Not part of a dump: in the restored database nobody drove before.
 */
CREATE TABLE _flux_catalog.driver (
    only_row boolean PRIMARY KEY CHECK (only_row),
    driving_since timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    scheduler_enabled boolean NOT NULL DEFAULT true     -- false after flux.stop_scheduler()
) WITH (fillfactor = 10);
INSERT INTO _flux_catalog.driver (only_row, driving_since, last_seen)
VALUES (true, pg_catalog.now(), '-infinity');         -- nobody was seen yet, whatever a dump brings

SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.task', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.task_version', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.task_state', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.run', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.run_log', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.task_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.run_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.run_log_id_seq', '');

/* ---- tasks: functions ---- */

CREATE FUNCTION flux.schedule_instants(every text DEFAULT NULL, cron text DEFAULT NULL,
    after timestamptz DEFAULT now(), n integer DEFAULT 10, time_zone text DEFAULT NULL)
RETURNS SETOF timestamptz
LANGUAGE c STABLE PARALLEL SAFE ROWS 10
AS 'MODULE_PATHNAME', 'fluxtask_schedule_instants';
COMMENT ON FUNCTION flux.schedule_instants IS
    'the next n slots after an instant of a task with that every or cron';

CREATE FUNCTION flux.create_task(script text, name text DEFAULT NULL, every text DEFAULT NULL,
    cron text DEFAULT NULL, "offset" text DEFAULT NULL, description text DEFAULT NULL,
    active boolean DEFAULT true, dry_run boolean DEFAULT false, catchup text DEFAULT NULL,
    catchup_limit integer DEFAULT NULL, time_zone text DEFAULT NULL, labels text[] DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_create_task';
COMMENT ON FUNCTION flux.create_task IS 'registers a script as a task of the current role';

CREATE FUNCTION flux.alter_task(task bigint, script text DEFAULT NULL, name text DEFAULT NULL,
    every text DEFAULT NULL, cron text DEFAULT NULL, "offset" text DEFAULT NULL,
    description text DEFAULT NULL, active boolean DEFAULT NULL, catchup text DEFAULT NULL,
    catchup_limit integer DEFAULT NULL, time_zone text DEFAULT NULL, labels text[] DEFAULT NULL,
    owner regrole DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_alter_task';

CREATE FUNCTION flux.alter_task(task text, script text DEFAULT NULL, name text DEFAULT NULL,
    every text DEFAULT NULL, cron text DEFAULT NULL, "offset" text DEFAULT NULL,
    description text DEFAULT NULL, active boolean DEFAULT NULL, catchup text DEFAULT NULL,
    catchup_limit integer DEFAULT NULL, time_zone text DEFAULT NULL, labels text[] DEFAULT NULL,
    owner regrole DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_alter_task';

CREATE FUNCTION flux.drop_task(task bigint) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_drop_task';

CREATE FUNCTION flux.drop_task(task text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_drop_task';

CREATE FUNCTION flux.enable_task(task bigint) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_enable_task';

CREATE FUNCTION flux.enable_task(task text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_enable_task';

CREATE FUNCTION flux.disable_task(task bigint) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_disable_task';

CREATE FUNCTION flux.disable_task(task text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_disable_task';

CREATE FUNCTION flux.run_task(task bigint, scheduled_for timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_run_task';

CREATE FUNCTION flux.run_task(task text, scheduled_for timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_run_task';

CREATE FUNCTION flux.preview(task bigint, scheduled_for timestamptz DEFAULT NULL)
RETURNS TABLE (result text, "table" bigint, record jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_preview';

CREATE FUNCTION flux.preview(task text, scheduled_for timestamptz DEFAULT NULL)
RETURNS TABLE (result text, "table" bigint, record jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_preview';

CREATE FUNCTION flux.retry_run(run bigint) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_retry_run';
COMMENT ON FUNCTION flux.retry_run IS
    'queues another run for the same slot with the task''s current script; gives its id';

CREATE FUNCTION flux.cancel_run(run bigint) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_cancel_run';

CREATE FUNCTION flux.backfill(task bigint, start timestamptz, stop timestamptz,
    newest_first boolean DEFAULT false, dry_run boolean DEFAULT false) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_backfill';
COMMENT ON FUNCTION flux.backfill(bigint, timestamptz, timestamptz, boolean, boolean) IS
    'queues a run for each slot after start and up to stop; gives how many';

CREATE FUNCTION flux.backfill(task text, start timestamptz, stop timestamptz,
    newest_first boolean DEFAULT false, dry_run boolean DEFAULT false) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_backfill';

CREATE FUNCTION flux.cancel_backfill(task bigint) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_cancel_backfill';

CREATE FUNCTION flux.cancel_backfill(task text) RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_cancel_backfill';

CREATE PROCEDURE flux.run_due(max_runs integer DEFAULT NULL)
LANGUAGE c
AS 'MODULE_PATHNAME', 'fluxtask_run_due';
COMMENT ON PROCEDURE flux.run_due IS
    'claims and runs what is due, each run in a transaction of its own';

/* ---- tasks: views ---- */

CREATE VIEW flux.tasks WITH (security_barrier) AS
SELECT t.task_id, t.name, t.every, t.cron, t."offset",
       CASE WHEN t.active THEN 'active' ELSE 'inactive' END AS status,
       t.owner::text AS owner, t.script, t.description, t.concurrency, t.retry,
       s.latest_scheduled, s.latest_completed, s.latest_success, s.latest_failure,
       s.last_run_status, s.last_run_error, s.last_run_id,
       s.next_slot AS next_scheduled_for, s.next_due,
       coalesce(t.catchup, current_setting('fluxtask.catchup', true), 'skip') AS catchup,
       coalesce(t.catchup_limit, current_setting('fluxtask.catchup_limit', true)::integer, 100)
           AS catchup_limit,
       t.time_zone, t.labels, t.version, t.created_at, t.updated_at,
       coalesce(p.priority, 0) AS priority,
       coalesce(p.max_attempts, t.retry) AS max_attempts,
       coalesce(p.timeout_ms * interval '1 millisecond',
           current_setting('fluxtask.run_timeout', true)::interval, interval '0') AS timeout,
       coalesce(p.retry_delay_ms * interval '1 millisecond',
           current_setting('fluxtask.retry_delay', true)::interval) AS retry_delay,
       coalesce(p.retry_delay_max_ms * interval '1 millisecond',
           current_setting('fluxtask.retry_delay_max', true)::interval) AS retry_delay_max,
       pg_catalog.pg_size_pretty(p.work_mem_kb * 1024::bigint) AS work_mem
FROM _flux_catalog.task AS t JOIN _flux_catalog.task_state AS s USING (task_id)
    LEFT JOIN _flux_catalog.task_policy AS p USING (task_id)
WHERE pg_catalog.pg_has_role(t.owner, 'USAGE');

CREATE VIEW flux.task_versions WITH (security_barrier) AS
SELECT t.task_id, t.name AS task, v.version, v.script, v.changed_at, v.changed_by::text AS changed_by
FROM _flux_catalog.task_version AS v JOIN _flux_catalog.task AS t USING (task_id)
WHERE pg_catalog.pg_has_role(t.owner, 'USAGE');

CREATE VIEW flux.runs WITH (security_barrier) AS
SELECT r.run_id, r.task_id, coalesce(t.name, r.task_name) AS task, r.status, r.scheduled_for,
       r.started_at, r.finished_at, r.error, r.error_code, r.error_detail, r.error_hint, r.kind,
       r.requested_at, r.run_at, r.attempt, r.version, r.points_written,
       r.finished_at - r.started_at AS duration, r.worker_pid, r.retry_of, r.owner::text AS owner,
       r.failures
FROM _flux_catalog.run AS r LEFT JOIN _flux_catalog.task AS t USING (task_id)
WHERE pg_catalog.pg_has_role(r.owner, 'USAGE');

CREATE VIEW flux.run_logs WITH (security_barrier) AS
SELECT r.run_id, r.task_id, r.task, l."time", l.message
FROM flux.runs AS r
CROSS JOIN LATERAL (
    SELECT r.started_at AS "time", 'Started task from script: "'
           || replace(replace(replace(replace(v.script, '\', '\\'), '"', '\"'), E'\n', '\n'), E'\t', '\t')
           || '"' AS message, 1 AS step
    FROM _flux_catalog.task_version AS v
    WHERE v.task_id = r.task_id AND v.version = r.version AND r.started_at IS NOT NULL
    UNION ALL
    SELECT r.finished_at, 'Completed(' || r.status || ')', 3
    WHERE r.status IN ('success', 'failed')
    UNION ALL
    SELECT r.finished_at, 'Run canceled', 3 WHERE r.status = 'canceled'
    UNION ALL
    SELECT r.finished_at, r.error, 4 WHERE r.error IS NOT NULL
    UNION ALL
    SELECT g."time", g.message, CASE WHEN g."time" >= r.finished_at THEN 5 ELSE 2 END
    FROM _flux_catalog.run_log AS g WHERE g.run_id = r.run_id
) AS l
ORDER BY r.run_id, l."time", l.step;

CREATE VIEW flux.stat_tasks WITH (security_barrier) AS
SELECT t.task_id, t.name AS task, s.success_count, s.failed_count, s.canceled_count, s.missed_count,
       s.points_written, s.run_seconds,
       s.run_seconds / nullif(s.success_count + s.failed_count, 0) AS run_seconds_mean,
       s.latest_success,
       extract(epoch FROM pg_catalog.clock_timestamp() - s.latest_success)::double precision
           AS staleness_seconds,
       greatest(extract(epoch FROM pg_catalog.clock_timestamp() - s.next_due), 0)::double precision
           AS lag_seconds,
       s.retried_count,
       (SELECT count(*) FROM _flux_catalog.run AS r
        WHERE r.task_id = t.task_id AND r.status = 'started') AS running_count,
       (SELECT count(*) FROM _flux_catalog.run AS r
        WHERE r.owner = t.owner AND r.task_id = t.task_id AND r.status = 'scheduled') AS waiting_count,
       s.last_run_status,
       extract(epoch FROM r.finished_at - r.started_at)::double precision AS last_run_seconds,
       r.points_written AS last_points_written
FROM _flux_catalog.task AS t JOIN _flux_catalog.task_state AS s USING (task_id)
LEFT JOIN _flux_catalog.run AS r ON r.run_id = s.last_run_id
WHERE pg_catalog.pg_has_role(t.owner, 'USAGE');

GRANT SELECT ON flux.tasks, flux.task_versions, flux.runs, flux.run_logs, flux.stat_tasks TO PUBLIC;
