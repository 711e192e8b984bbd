
/* ---- late data and dependencies ---- */

/*
 * Who wants late data: see task/late_data.h.  lateness NULL: nothing is
 * queued, re-runs only replace.
 */
CREATE TABLE _flux_catalog.late_policy (
    task_id bigint PRIMARY KEY,
    lateness interval,
    replaces boolean NOT NULL,
    delay interval NOT NULL
);

/* "task_id" waits for the runs of "depends_on"; window_s: how far back from a slot. */
CREATE TABLE _flux_catalog.task_dependency (
    task_id bigint NOT NULL,
    depends_on bigint NOT NULL,
    window_s bigint NOT NULL,
    PRIMARY KEY (task_id, depends_on)
);
CREATE INDEX task_dependency_depends_on_idx ON _flux_catalog.task_dependency (depends_on);

SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.late_policy', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.task_dependency', '');

/*
 * What was written to watched buckets and not looked at yet (storage/dirty.h).
 * Transaction ids mean nothing in another cluster: not part of a dump, nor are
 * the two tables below.
 */
CREATE TABLE _flux_catalog.dirty (
    bucket_id integer NOT NULL,
    m_id integer,                               -- NULL: any
    tmin_ns bigint NOT NULL,
    tmax_ns bigint NOT NULL,                    -- inclusive
    task_id bigint,                             -- whose run wrote it
    xid xid8 NOT NULL
);

/* What the last run of a slot read, and what it could see. */
CREATE TABLE _flux_catalog.task_read (
    task_id bigint NOT NULL,
    scheduled_for timestamptz NOT NULL,
    bucket_id integer NOT NULL,
    measurement text COLLATE "C",               -- NULL: any
    start_ns bigint NOT NULL,
    stop_ns bigint NOT NULL,                    -- exclusive
    snapshot pg_snapshot NOT NULL,
    run_xid xid8 NOT NULL,
    queued pg_snapshot                          -- what was known when it was queued again
);
CREATE INDEX task_read_bucket_idx ON _flux_catalog.task_read (bucket_id, stop_ns);
CREATE INDEX task_read_slot_idx ON _flux_catalog.task_read (task_id, scheduled_for);

/* The series that the last run of a slot wrote to, of tasks that replace. */
CREATE TABLE _flux_catalog.task_write (
    task_id bigint NOT NULL,
    scheduled_for timestamptz NOT NULL,
    bucket_id integer NOT NULL,
    tmin_ns bigint NOT NULL,
    tmax_ns bigint NOT NULL,                    -- inclusive
    series_ids bigint[] NOT NULL,
    PRIMARY KEY (task_id, scheduled_for, bucket_id)
);

CREATE UNIQUE INDEX run_late_idx ON _flux_catalog.run (task_id, scheduled_for)
    WHERE kind = 'late' AND status = 'scheduled';

/* Lateness of every task: its own, or else that of the tasks it waits for. */
CREATE VIEW _flux_catalog.late_policy_of AS
WITH RECURSIVE down AS (
    SELECT p.task_id, p.lateness, p.delay, true AS is_own
    FROM _flux_catalog.late_policy AS p WHERE p.lateness IS NOT NULL
    UNION
    SELECT d.task_id, w.lateness, w.delay, false
    FROM down AS w JOIN _flux_catalog.task_dependency AS d ON d.depends_on = w.task_id
)
SELECT DISTINCT ON (task_id) task_id, lateness, delay, is_own
FROM down ORDER BY task_id, is_own DESC, lateness DESC, delay;

/*
 * Whether a slot of a task has to wait: a task that it waits for has slots up
 * to it that were not begun, or runs of the window that did not end.
 */
CREATE FUNCTION _flux_catalog.is_blocked(task bigint, slot timestamptz) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
SELECT EXISTS (
    SELECT FROM _flux_catalog.task_dependency AS d
    JOIN _flux_catalog.task_state AS u ON u.task_id = d.depends_on
    WHERE d.task_id = task AND (u.next_slot <= slot
        OR EXISTS (SELECT FROM _flux_catalog.run AS r WHERE r.task_id = u.task_id
            AND r.status = 'started' AND r.scheduled_for <= slot
            AND r.scheduled_for > slot - d.window_s * interval '1 s')
        OR EXISTS (SELECT FROM _flux_catalog.run AS r WHERE r.owner = u.owner
            AND r.task_id = u.task_id AND r.status = 'scheduled' AND r.scheduled_for <= slot
            AND r.scheduled_for > slot - d.window_s * interval '1 s')))
$$;

CREATE FUNCTION flux.watch_late_data(task bigint, lateness interval,
    replace boolean DEFAULT false, delay interval DEFAULT '0 s') RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_watch_late_data';
COMMENT ON FUNCTION flux.watch_late_data(bigint, interval, boolean, interval) IS
    'runs slots of a task again when points come to windows that it has processed';

CREATE FUNCTION flux.watch_late_data(task text, lateness interval,
    replace boolean DEFAULT false, delay interval DEFAULT '0 s') RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_watch_late_data';

CREATE FUNCTION flux.unwatch_late_data(task bigint) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_unwatch_late_data';
COMMENT ON FUNCTION flux.unwatch_late_data(bigint) IS 'takes that back; false when there was nothing';

CREATE FUNCTION flux.unwatch_late_data(task text) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_unwatch_late_data';

CREATE FUNCTION flux.collect_late_data() RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_collect_late_data';
COMMENT ON FUNCTION flux.collect_late_data IS
    'queues what late data touched, as the scheduler and flux.run_due() do by themselves';
REVOKE EXECUTE ON FUNCTION flux.collect_late_data() FROM PUBLIC;

CREATE FUNCTION flux.add_dependency(task bigint, depends_on bigint) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_add_dependency';
COMMENT ON FUNCTION flux.add_dependency(bigint, bigint) IS
    'a run of the task waits for the other task''s runs up to its slot';

CREATE FUNCTION flux.add_dependency(task text, depends_on text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_add_dependency';

CREATE FUNCTION flux.drop_dependency(task bigint, depends_on bigint) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_drop_dependency';
COMMENT ON FUNCTION flux.drop_dependency(bigint, bigint) IS
    'takes that back; false when there was nothing';

CREATE FUNCTION flux.drop_dependency(task text, depends_on text) RETURNS boolean
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_drop_dependency';

CREATE VIEW flux.late_data WITH (security_barrier) AS
SELECT t.task_id, t.name AS task, p.lateness, coalesce(o.replaces, false) AS replace, p.delay,
       NOT p.is_own AS is_inherited,
       (SELECT count(DISTINCT r.scheduled_for) FROM _flux_catalog.task_read AS r
        WHERE r.task_id = t.task_id) AS slots_remembered,
       (SELECT count(*) FROM _flux_catalog.run AS r
        WHERE r.task_id = t.task_id AND r.owner = t.owner AND r.status = 'scheduled'
            AND r.kind = 'late') AS slots_waiting
FROM _flux_catalog.task AS t JOIN _flux_catalog.late_policy_of AS p USING (task_id)
LEFT JOIN _flux_catalog.late_policy AS o USING (task_id)
WHERE pg_catalog.pg_has_role(t.owner, 'USAGE')
UNION ALL
SELECT t.task_id, t.name, NULL, o.replaces, NULL, false, 0, 0
FROM _flux_catalog.task AS t JOIN _flux_catalog.late_policy AS o USING (task_id)
WHERE o.lateness IS NULL AND pg_catalog.pg_has_role(t.owner, 'USAGE')
    AND NOT EXISTS (SELECT FROM _flux_catalog.late_policy_of AS p WHERE p.task_id = t.task_id);

CREATE VIEW flux.task_dependencies WITH (security_barrier) AS
SELECT t.task_id, t.name AS task, d.depends_on AS depends_on_id, u.name AS depends_on,
       s.next_slot AS next_scheduled_for, us.next_slot AS depends_on_next_scheduled_for,
       coalesce(us.next_slot <= s.next_slot, false)
           OR EXISTS (SELECT FROM _flux_catalog.run AS r WHERE r.task_id = d.depends_on
               AND r.status = 'started' AND r.scheduled_for <= s.next_slot
               AND r.scheduled_for > s.next_slot - d.window_s * interval '1 s')
           OR EXISTS (SELECT FROM _flux_catalog.run AS r WHERE r.owner = us.owner
               AND r.task_id = d.depends_on AND r.status = 'scheduled'
               AND r.scheduled_for <= s.next_slot
               AND r.scheduled_for > s.next_slot - d.window_s * interval '1 s') AS is_waiting
FROM _flux_catalog.task_dependency AS d
JOIN _flux_catalog.task AS t USING (task_id)
JOIN _flux_catalog.task_state AS s USING (task_id)
JOIN _flux_catalog.task AS u ON u.task_id = d.depends_on
JOIN _flux_catalog.task_state AS us ON us.task_id = d.depends_on
WHERE pg_catalog.pg_has_role(t.owner, 'USAGE');

GRANT SELECT ON flux.late_data, flux.task_dependencies TO PUBLIC;
