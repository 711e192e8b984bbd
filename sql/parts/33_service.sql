
/* ---- versions, filters, observability ---- */

CREATE FUNCTION flux.task_id(task text) RETURNS bigint
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'fluxtask_task_id';
COMMENT ON FUNCTION flux.task_id(text) IS 'the id of the task of that name';

CREATE FUNCTION flux.task_id(task bigint) RETURNS bigint
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
AS 'MODULE_PATHNAME', 'fluxtask_task_id';

CREATE FUNCTION flux.text_diff(old text, new text) RETURNS SETOF text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 20
AS 'MODULE_PATHNAME', 'fluxtask_text_diff';
COMMENT ON FUNCTION flux.text_diff IS 'the unified diff of two texts, a row a line';

CREATE FUNCTION flux.diff_task(task bigint, from_version integer, to_version integer DEFAULT NULL)
RETURNS SETOF text
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    id bigint := flux.task_id(task);
    new_version integer := coalesce(to_version, (SELECT t.version FROM flux.tasks AS t
                                                 WHERE t.task_id = id));
    scripts text[];
    missing integer;
BEGIN
    SELECT array_agg(v.script ORDER BY w.place), min(w.version) FILTER (WHERE v.script IS NULL)
    INTO scripts, missing
    FROM unnest(ARRAY[from_version, new_version]) WITH ORDINALITY AS w (version, place)
    LEFT JOIN flux.task_versions AS v ON v.task_id = id AND v.version = w.version;
    IF missing IS NOT NULL OR from_version IS NULL THEN
        RAISE EXCEPTION 'task % has no version %', id, coalesce(missing::text, 'null') USING
            ERRCODE = 'undefined_object', HINT = 'flux.task_versions lists them.';
    END IF;
    RETURN QUERY
    SELECT d.line FROM (VALUES (format('--- version %s', from_version)),
                               (format('+++ version %s', new_version))) AS d (line)
    WHERE scripts[1] <> scripts[2];
    RETURN QUERY SELECT * FROM flux.text_diff(scripts[1], scripts[2]);
END
$function$;
COMMENT ON FUNCTION flux.diff_task(bigint, integer, integer) IS
    'what changed in a task''s script from one version to another (the current one), a row a line';

CREATE FUNCTION flux.diff_task(task text, from_version integer, to_version integer DEFAULT NULL)
RETURNS SETOF text
LANGUAGE sql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$ SELECT * FROM flux.diff_task(flux.task_id(task), from_version, to_version) $$;

CREATE FUNCTION flux.rollback_task(task bigint, version integer DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    id bigint := flux.task_id(task);
    wanted integer := coalesce(version, (SELECT t.version - 1 FROM flux.tasks AS t
                                         WHERE t.task_id = id));
    old_script text := (SELECT v.script FROM flux.task_versions AS v
                        WHERE v.task_id = id AND v.version = wanted);
BEGIN
    IF old_script IS NULL THEN
        RAISE EXCEPTION 'task % has no version %', id, wanted USING
            ERRCODE = 'undefined_object', HINT = 'flux.task_versions lists them.';
    END IF;
    PERFORM flux.alter_task(id, script => old_script);
    RETURN (SELECT t.version FROM flux.tasks AS t WHERE t.task_id = id);
END
$function$;
COMMENT ON FUNCTION flux.rollback_task(bigint, integer) IS
    'gives a task the script of an earlier version (the one before); the number of the new version';

CREATE FUNCTION flux.rollback_task(task text, version integer DEFAULT NULL) RETURNS integer
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT flux.rollback_task(flux.task_id(task), version) $$;

CREATE FUNCTION flux.find_tasks(name text DEFAULT NULL, owner text DEFAULT NULL,
    status text DEFAULT NULL, label text DEFAULT NULL, "limit" integer DEFAULT 100,
    after bigint DEFAULT NULL) RETURNS SETOF flux.tasks
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
BEGIN
    IF "limit" NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'limit must be between 1 and 500' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF status NOT IN ('active', 'inactive') THEN
        RAISE EXCEPTION 'status "%" is unknown', status USING
            ERRCODE = 'invalid_parameter_value', HINT = 'It is active or inactive.';
    END IF;
    RETURN QUERY
    SELECT t.* FROM flux.tasks AS t
    WHERE (name IS NULL OR t.name = name) AND (owner IS NULL OR t.owner = owner)
        AND (status IS NULL OR t.status = status) AND (label IS NULL OR label = ANY (t.labels))
        AND (after IS NULL OR t.task_id > after)
    ORDER BY t.task_id LIMIT "limit";
END
$function$;
COMMENT ON FUNCTION flux.find_tasks IS
    'tasks by name, owner, status, label; pages as InfluxDB''s API does: after the last id seen';

/* Runs that execute now. */
CREATE VIEW flux.run_progress WITH (security_barrier) AS
SELECT r.run_id, r.task_id, r.task, r.scheduled_for, r.started_at,
       pg_catalog.clock_timestamp() - r.started_at AS elapsed,
       (s.run_seconds / nullif(s.success_count + s.failed_count, 0)) * interval '1 s'
           AS usual_duration,
       r.worker_pid, a.wait_event_type, a.wait_event, a.backend_start
FROM flux.runs AS r JOIN _flux_catalog.task_state AS s USING (task_id)
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = r.worker_pid
WHERE r.status = 'started';

/* A text as a label's value in the exposition format. */
CREATE FUNCTION flux.prometheus() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
WITH task AS (
    SELECT s.*, t.status, format('task_id="%s",task="%s"', t.task_id,
        replace(replace(replace(t.name, '\', '\\'), '"', '\"'), E'\n', '\n')) AS labels
    FROM flux.stat_tasks AS s JOIN flux.tasks AS t USING (task_id)
), waiting AS (
    SELECT kind, count(*) FILTER (WHERE status = 'scheduled') AS scheduled,
        count(*) FILTER (WHERE status = 'started') AS started
    FROM flux.runs WHERE status IN ('scheduled', 'started') GROUP BY kind
), sample (place, metric, kind, help, labels, value) AS (
    SELECT 1, 'task_executor_total_runs_complete', 'counter', 'Runs that ended, by how.',
        format('task_type="system",status="%s"', e.status), e.value::double precision
    FROM (SELECT sum(success_count), sum(failed_count), sum(canceled_count) FROM task) AS t (s, f, c)
    CROSS JOIN LATERAL (VALUES ('success', coalesce(t.s, 0)), ('failed', coalesce(t.f, 0)),
        ('canceled', coalesce(t.c, 0))) AS e (status, value)
    UNION ALL
    SELECT 2, 'task_executor_total_runs_active', 'gauge', 'Runs that execute now.', NULL,
        coalesce(sum(started), 0) FROM waiting
    UNION ALL
    SELECT 3, 'fluxtask_runs_waiting', 'gauge', 'Runs that wait, by kind.',
        format('kind="%s"', kind), scheduled FROM waiting
    UNION ALL
    SELECT 4, 'fluxtask_task_runs_total', 'counter', 'Runs of a task that ended, by how.',
        format('%s,status="%s"', labels, e.status), e.value
    FROM task CROSS JOIN LATERAL (VALUES ('success', success_count), ('failed', failed_count),
        ('canceled', canceled_count)) AS e (status, value)
    UNION ALL
    SELECT e.place, 'fluxtask_task_' || e.metric, e.kind, e.help, labels, e.value
    FROM task CROSS JOIN LATERAL (VALUES
        (5, 'missed_slots_total', 'counter', 'Slots that nobody ran.', missed_count),
        (6, 'points_written_total', 'counter', 'Points that runs wrote.', points_written),
        (7, 'run_seconds_total', 'counter', 'Time that runs took.', run_seconds),
        (8, 'last_run_seconds', 'gauge', 'Time that the last run took.', last_run_seconds),
        (9, 'staleness_seconds', 'gauge', 'Age of the last slot that succeeded.', staleness_seconds),
        (10, 'lag_seconds', 'gauge', 'How long the next slot is overdue.', lag_seconds),
        (11, 'active', 'gauge', 'Whether the task is active.', (status = 'active')::integer)
        ) AS e (place, metric, kind, help, value)
    WHERE e.value IS NOT NULL
)
SELECT coalesce(string_agg(block, '' ORDER BY place), '')
FROM (SELECT place, format(E'# HELP %s %s\n# TYPE %s %s\n', metric, min(help), metric, min(kind))
          || string_agg(metric || coalesce('{' || labels || '}', '') || ' ' || value || E'\n', ''
                        ORDER BY labels) AS block
      FROM sample GROUP BY place, metric) AS b
$function$;
COMMENT ON FUNCTION flux.prometheus IS
    'what flux.stat_tasks says, in Prometheus'' text format; of the tasks that the caller may see';

/* ---- the bucket "_tasks" ---- */

/* Ended runs as InfluxDB stores them; from(bucket: "_tasks") reads this view. */
CREATE VIEW flux.influx_runs WITH (security_barrier) AS
SELECT r.started_at AS "time", lpad(to_hex(r.task_id), 16, '0') AS "taskID", r.status,
       lpad(to_hex(r.run_id), 16, '0') AS "runID", r.task AS name,
       to_char(r.scheduled_for AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "scheduledFor",
       to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "startedAt",
       to_char(r.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "finishedAt",
       to_char(r.requested_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "requestedAt",
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'runID', lpad(to_hex(l.run_id), 16, '0'),
            'time', to_char(l."time" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'message', l.message))::text
        FROM flux.run_logs AS l WHERE l.run_id = r.run_id) AS logs,
       ''::text AS flux
FROM flux.runs AS r
WHERE r.status IN ('success', 'failed', 'canceled') AND r.started_at IS NOT NULL;

GRANT SELECT ON flux.run_progress, flux.influx_runs TO PUBLIC;
