-- Late data: slots whose windows were written to after their run are run again, once.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SET fluxtask.test_clock = '2024-05-15T12:00:00Z';
SELECT flux.create_bucket('raw') IS NOT NULL AND flux.create_bucket('hourly') IS NOT NULL
	AND flux.create_bucket('daily') IS NOT NULL AS created;
CREATE FUNCTION pg_temp.rollup(name text, options text, source text, target text) RETURNS bigint
LANGUAGE sql AS $$ SELECT flux.create_task(format($f$
option task = {name: "%s", %s}
from(bucket: "%s") |> range(start: -task.every) |> filter(fn: (r) => r._measurement == "m")
	|> aggregateWindow(every: task.every, fn: sum, createEmpty: false) |> to(bucket: "%s")$f$, name, options, source, target)) $$;
SELECT pg_temp.rollup('hours', 'every: 1h', 'raw', 'hourly') IS NOT NULL AS created;
-- a point a minute from 08:00 on
SELECT flux.write('raw', string_agg(format('m,host=a v=1 %s', 1715760000 + 60 * i), E'\n'), 's') FROM generate_series(0, 239) AS i;
SELECT flux.watch_late_data('hours', '6 hours');
SELECT task, lateness, replace, is_inherited, slots_remembered, slots_waiting FROM flux.late_data;
CREATE VIEW pg_temp.late AS SELECT task, kind, status, scheduled_for FROM flux.runs WHERE kind = 'late' ORDER BY run_id;
SELECT flux.backfill('hours', '2024-05-15 07:00Z', '2024-05-15 12:00Z');
CALL flux.run_due();
SELECT time, v FROM hourly.m ORDER BY time;
SELECT slots_remembered FROM flux.late_data;

-- what comes in time touches nothing
SELECT flux.write('raw', 'm,host=a v=1 1715774400', 's');
CALL flux.run_due();
SELECT * FROM pg_temp.late;
-- a thousand late points of two windows, in several statements: each slot once
SELECT flux.write('raw', string_agg(format('m,host=a v=2 %s', 1715760001 + 5 * i), E'\n'), 's') FROM generate_series(0, 699) AS i;
INSERT INTO raw.m (time, host, v) SELECT timestamptz '2024-05-15 08:10:00.5Z' + i * interval '1 s', 'a', 3 FROM generate_series(1, 10) AS i;
SELECT flux.write('raw', 'm,host=a v=5 1715767201', 's');
SELECT flux.collect_late_data() AS queued;
SELECT flux.collect_late_data() AS queued_again;
SELECT * FROM pg_temp.late;
CALL flux.run_due();
SELECT * FROM pg_temp.late;
SELECT time, v FROM hourly.m ORDER BY time;
SELECT (SELECT sum(v) FROM raw.m WHERE time < '2024-05-15 12:00Z') = (SELECT sum(v) FROM hourly.m) AS equal;
CALL flux.run_due();
SELECT count(*) FROM pg_temp.late;

-- other measurements, other buckets, too old: nothing
SELECT flux.write('raw', 'other,host=a v=5 1715767201', 's');
SELECT flux.write('daily', 'm,host=a v=5 1715767201', 's');
SELECT flux.collect_late_data() AS queued;
SET fluxtask.test_clock = '2024-05-15T15:30:00Z';
SELECT flux.write('raw', 'm,host=a v=5 1715760002', 's');
SELECT flux.collect_late_data() AS queued;
SET fluxtask.test_clock = '2024-05-15T12:00:00Z';
-- a write that is rolled back: nothing
BEGIN;
SELECT flux.write('raw', 'm,host=a v=5 1715770802', 's');
ROLLBACK;
SELECT flux.collect_late_data() AS queued;
-- deletes count, too
SELECT flux.delete('raw', '2024-05-15 11:00Z', '2024-05-15 11:10Z') > 0 AS deleted;
SELECT flux.collect_late_data() AS queued;
CALL flux.run_due();
SELECT time, v FROM hourly.m WHERE time = '2024-05-15 12:00Z';

-- replacing: what the run before wrote and this one does not goes
SELECT flux.watch_late_data('hours', '6 hours', replace => true);
SELECT flux.run_task('hours', '2024-05-15 12:00Z') IS NOT NULL AS ran;
SELECT flux.delete('raw', '2024-05-15 11:00Z', '2024-05-15 11:59:59Z') > 0 AS deleted;
CALL flux.run_due();
SELECT time, v FROM hourly.m ORDER BY time;
SELECT task, replace FROM flux.late_data;

-- refusals
SELECT flux.watch_late_data('hours', NULL);
SELECT flux.watch_late_data('hours', '-1 hour');
SELECT flux.watch_late_data('hours', '1 hour', delay => '-1 s');
SELECT flux.watch_late_data('hour', '1 hour');
SELECT flux.watch_late_data(NULL::text, '1 hour');
CREATE ROLE flux_late_carol;
SET ROLE flux_late_carol;
SELECT flux.watch_late_data('hours', '1 hour');
SELECT flux.collect_late_data();
SELECT count(*) FROM flux.late_data;
RESET ROLE;
DROP ROLE flux_late_carol;

-- dependencies: a circle is refused and named
SELECT pg_temp.rollup('days', 'every: 2h', 'hourly', 'daily') IS NOT NULL AS created;
SELECT pg_temp.rollup('weeks', 'every: 4h', 'daily', 'daily') IS NOT NULL AS created;
SELECT flux.add_dependency('days', 'hours');
SELECT flux.add_dependency('weeks', 'days');
SELECT flux.add_dependency('hours', 'weeks');
SELECT flux.add_dependency('hours', 'hours');
SELECT flux.add_dependency('hours', 'nobody');
SELECT task, depends_on, is_waiting FROM flux.task_dependencies ORDER BY task_id;
SELECT task, lateness, is_inherited FROM flux.late_data ORDER BY task_id;

-- the later task waits, though it is due first
SET fluxtask.test_clock = '2024-05-15T14:00:00Z';
SELECT flux.write('raw', string_agg(format('m,host=a v=1 %s', 1715774400 + 60 * i), E'\n'), 's') FROM generate_series(0, 119) AS i;
SELECT task, depends_on, is_waiting FROM flux.task_dependencies ORDER BY task_id;
CALL flux.run_due();
SELECT task, kind, status, scheduled_for FROM flux.runs WHERE scheduled_for > '2024-05-15 12:00Z' AND task IN ('hours', 'days', 'weeks') ORDER BY run_id;
SELECT time, v FROM daily.m WHERE time >= '2024-05-15 12:00Z' ORDER BY time;
-- late data goes down the chain
SELECT flux.write('raw', 'm,host=a v=1000 1715774401', 's');
SELECT flux.collect_late_data() AS queued;
CALL flux.run_due();
SELECT flux.collect_late_data() AS queued_below;
CALL flux.run_due();
SELECT task, kind, status, scheduled_for FROM flux.runs WHERE kind = 'late' AND scheduled_for > '2024-05-15 12:00Z' ORDER BY run_id;
SELECT time, v FROM daily.m WHERE time >= '2024-05-15 12:00Z' ORDER BY time;
-- an inactive task holds nobody up
SELECT flux.disable_task('hours');
SET fluxtask.test_clock = '2024-05-15T16:00:00Z';
CALL flux.run_due();
SELECT task, scheduled_for FROM flux.runs WHERE scheduled_for > '2024-05-15 14:00Z' AND task IN ('hours', 'days', 'weeks') ORDER BY task, scheduled_for;
SELECT flux.drop_dependency('weeks', 'days'), flux.drop_dependency('weeks', 'days');
SELECT flux.unwatch_late_data('hours'), flux.unwatch_late_data('hours');
SELECT count(*) FROM flux.late_data;
SELECT flux.drop_task('hours');
SELECT count(*) FROM flux.task_dependencies;
SELECT flux.drop_task('days'), flux.drop_task('weeks');
SELECT count(*) FROM _flux_catalog.task_read;
SELECT flux.drop_bucket('raw'), flux.drop_bucket('hourly'), flux.drop_bucket('daily');
