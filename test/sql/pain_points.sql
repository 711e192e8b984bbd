-- What users of InfluxDB's tasks complained about most, in the order of the complaints: each has a
-- section with its name that shows what happens here.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET fluxtask.test_clock = '2024-05-15T12:00:00Z';
SELECT flux.create_bucket('pain_raw') IS NOT NULL AND flux.create_bucket('pain_out') IS NOT NULL AS created;
SELECT flux.write('pain_raw', string_agg(format('m,host=h%s v=%s %s', i % 2, i, 1715731200 + 600 * i), E'\n'), 's')
FROM generate_series(0, 71) AS i;		-- 2024-05-15, every ten minutes until noon
CREATE FUNCTION pg_temp.pain(name text, options text DEFAULT 'every: 1h') RETURNS text LANGUAGE sql AS $$ SELECT format($f$
option task = {name: "%s", %s}
from(bucket: "pain_raw") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "m")
	|> aggregateWindow(every: 1h, fn: sum, createEmpty: false) |> set(key: "task", value: "%s") |> to(bucket: "pain_out")$f$,
	name, options, name) $$;

\echo == 1 missed_runs_are_lost
-- what passed while a task slept is made up for as its policy says: none, the last, all of them up to a limit
SELECT flux.create_task(pg_temp.pain('pain1 skip'), catchup => 'skip') > 0 AS a, flux.create_task(pg_temp.pain('pain1 latest'), catchup => 'latest') > 0 AS b,
	flux.create_task(pg_temp.pain('pain1 all'), catchup => 'all') > 0 AS c, flux.create_task(pg_temp.pain('pain1 two'), catchup => 'all', catchup_limit => 2) > 0 AS d;
SELECT flux.disable_task(task_id) FROM flux.tasks WHERE name ~ '^pain1';
SET fluxtask.test_clock = '2024-05-15T17:30:00Z';
SELECT flux.enable_task(task_id) FROM flux.tasks WHERE name ~ '^pain1';
CALL flux.run_due();
SELECT task, array_agg(to_char(scheduled_for, 'HH24:MI') ORDER BY scheduled_for) AS slots FROM flux.runs WHERE task ~ '^pain1' GROUP BY task ORDER BY task;
SELECT task, missed_count FROM flux.stat_tasks WHERE task ~ '^pain1' ORDER BY task;
SELECT flux.drop_task(task_id) FROM flux.tasks WHERE name ~ '^pain1';
SET fluxtask.test_clock = '2024-05-15T12:00:00Z';

\echo == 2 no_backfill_over_a_range
-- every slot of a stretch, also of an inactive task; counted first, cancelled when one likes
SELECT flux.create_task(pg_temp.pain('pain2'), active => false) > 0 AS created;
SELECT flux.backfill('pain2', '2024-05-15 00:00Z', '2024-05-15 12:00Z', dry_run => true) AS slots;
SELECT flux.backfill('pain2', '2024-05-15 00:00Z', '2024-05-15 12:00Z') AS queued;
CALL flux.run_due(5);
SELECT status, count(*) FROM flux.runs WHERE task = 'pain2' GROUP BY status ORDER BY status;
CALL flux.run_due();
SELECT (SELECT sum(v) FROM pain_out.m WHERE task = 'pain2') = (SELECT sum(v) FROM pain_raw.m) AS whole;

\echo == 3 concurrency_ignored_overlapping_and_stuck_runs
-- a run that does not end is ended, and its slot is not begun twice meanwhile
SELECT flux.create_task($$import "generate"
option task = {name: "pain3", every: 1h, concurrency: 1}
generate.from(count: 2000000000, fn: (n) => n, start: 2020-01-01T00:00:00Z, stop: 2021-01-01T00:00:00Z) |> map(fn: (r) => ({r with _value: r._value + 1})) |> sum()$$) > 0 AS created;
SELECT flux.set_run_policy('pain3', timeout => '300 ms', max_attempts => 1);
SET fluxtask.test_clock = '2024-05-15T13:00:00Z';
CALL flux.run_due();
SELECT status, error FROM flux.runs WHERE task = 'pain3';
SELECT flux.drop_task('pain3');
SET fluxtask.test_clock = '2024-05-15T12:00:00Z';

\echo == 4 schedules_only_utc
-- nine in the morning in Berlin on both sides of daylight saving; a time that the clock skips or repeats: once
SELECT * FROM flux.schedule_instants(cron => '0 9 * * *', after => '2024-03-30 00:00Z', n => 3, time_zone => 'Europe/Berlin') AS slot;
SELECT * FROM flux.schedule_instants(cron => '30 2 * * *', after => '2024-03-30 12:00Z', n => 2, time_zone => 'Europe/Berlin') AS slot;
SELECT * FROM flux.schedule_instants(cron => '30 2 * * *', after => '2024-10-26 12:00Z', n => 2, time_zone => 'Europe/Berlin') AS slot;

\echo == 5 late_data_never_recomputed
SELECT flux.watch_late_data('pain2', '12 hours');
SELECT flux.enable_task('pain2');
SELECT flux.run_task('pain2', '2024-05-15 06:00Z') > 0 AS ran;
SELECT flux.write('pain_raw', string_agg(format('m,host=h0 v=1000 %s', 1715749200 + i), E'\n'), 's') FROM generate_series(1, 100) AS i;
CALL flux.run_due();
SELECT kind, scheduled_for, count(*) FROM flux.runs WHERE task = 'pain2' AND kind = 'late' GROUP BY kind, scheduled_for;
SELECT (SELECT sum(v) FROM pain_out.m WHERE task = 'pain2') = (SELECT sum(v) FROM pain_raw.m) AS whole;

\echo == 6 memory_unbounded
-- a limit per task, and what does not fit goes to disk: a million bytes sorted in 64 kB
SELECT flux.write('pain_raw', string_agg(format('big,host=h%s v=%s %s', i % 50, i * 7919 % 20011, 1715774400 + i), E'\n'), 's') FROM generate_series(1, 20000) AS i;
SELECT flux.create_task($$option task = {name: "pain6", every: 1d}
from(bucket: "pain_raw") |> range(start: -1d) |> filter(fn: (r) => r._measurement == "big") |> group() |> sort(desc: true) |> limit(n: 1) |> to(bucket: "pain_out")$$, active => false) > 0 AS created;
SELECT flux.set_run_policy('pain6', work_mem => '64kB');
SELECT flux.run_task('pain6', '2024-05-16 12:00Z') > 0 AS ran;
SELECT v FROM pain_out.big;

\echo == 7 failures_invisible
SELECT flux.create_task($$option task = {name: "pain7", every: 1h} from(bucket: "pain_row") |> range(start: -1h) |> to(bucket: "pain_out")$$) > 0 AS created;
SET fluxtask.test_clock = '2024-05-15T13:00:00Z';
CALL flux.run_due();
SELECT last_run_status, last_run_error FROM flux.tasks WHERE name = 'pain7';
SELECT error, error_hint, points_written FROM flux.runs WHERE task = 'pain7';
SELECT failed_count FROM flux.stat_tasks WHERE task = 'pain7';

\echo == 8 no_automatic_retry
SELECT flux.create_task($$import "array"
option task = {name: "pain8", every: 1h}
array.from(rows: [{_time: now(), _measurement: "retried", _field: "v", _value: 1 / int(v: "0")}]) |> to(bucket: "pain_out")$$) > 0 AS created;
SELECT flux.set_run_policy('pain8', max_attempts => 3, retry_delay => '10 s');
SET fluxtask.test_clock = '2024-05-15T14:00:00Z';
CALL flux.run_due();
SELECT status, attempt, scheduled_for, run_at > '2024-05-15 14:00Z' AS is_put_off FROM flux.runs WHERE task = 'pain8';
SELECT flux.alter_task('pain8', script => replace(script, '"0"', '"1"')) FROM flux.tasks WHERE name = 'pain8';
SET fluxtask.test_clock = '2024-05-15T14:01:00Z';
CALL flux.run_due();
SELECT status, attempt, scheduled_for FROM flux.runs WHERE task = 'pain8';

\echo == 9 last_success_never_works
SELECT flux.create_task($$import "array" import "influxdata/influxdb/tasks"
option task = {name: "pain9", every: 1h}
array.from(rows: [{_time: now(), _measurement: "mark", _field: "since", _value: string(v: tasks.lastSuccess(orTime: 2000-01-01T00:00:00Z))}])
	|> to(bucket: "pain_out")$$) > 0 AS created;
SELECT flux.run_task('pain9', '2024-05-15 10:00Z') > 0 AND flux.run_task('pain9', '2024-05-15 13:00Z') > 0 AS ran;
SELECT time, since FROM pain_out.mark ORDER BY time;

\echo == 10 no_dependencies
SELECT flux.create_task(pg_temp.pain('pain10 below', 'every: 2h')) > 0 AND flux.create_task(pg_temp.pain('pain10 above', 'every: 1h')) > 0 AS created;
SELECT flux.add_dependency('pain10 below', 'pain10 above');
SELECT flux.add_dependency('pain10 above', 'pain10 below');
SET fluxtask.test_clock = '2024-05-15T16:00:00Z';
CALL flux.run_due();
SELECT task, scheduled_for FROM flux.runs WHERE task ~ '^pain10' ORDER BY run_id;

\echo == 11 bound_to_their_creator
CREATE ROLE flux_pain_owner;
SELECT flux.alter_task('pain9', owner => 'flux_pain_owner');
SELECT name, owner FROM flux.tasks WHERE name = 'pain9';
SELECT flux.run_task('pain9', '2024-05-15 14:00Z');
GRANT INSERT ON pain_out._points TO flux_pain_owner;
SELECT flux.run_task('pain9', '2024-05-15 14:00Z') > 0 AS ran;
SELECT flux.alter_task('pain9', owner => current_user::regrole);

\echo == 12 alerts_lose_state_changes
-- one notification for each change into crit, none for staying there: check and rule due at the same second
SELECT flux.create_bucket('_monitoring') IS NOT NULL AS created;
SELECT flux.create_task($$import "influxdata/influxdb/monitor" import "array"
option task = {name: "pain12 check", every: 1m}
minute = int(v: now()) / 60000000000 % 60
array.from(rows: [{_time: now(), _measurement: "cpu", host: "a", used: if minute % 10 >= 5 then 95.0 else 5.0}])
	|> group(columns: ["_measurement", "host"])
	|> monitor.check(data: {_check_id: "1", _check_name: "cpu", _type: "threshold", tags: {}},
		crit: (r) => r.used > 90.0, messageFn: (r) => r._level)$$, catchup => 'all') > 0 AS created;
SELECT flux.create_task($$import "influxdata/influxdb/monitor"
option task = {name: "pain12 rule", every: 1m}
monitor.from(start: -119s, stop: 2030-01-01T00:00:00Z, fn: (r) => r._check_id == "1")
	|> filter(fn: (r) => r._time <= now()) |> monitor.stateChanges(toLevel: "crit") |> filter(fn: (r) => r._time >= now())
	|> monitor.notify(data: {_notification_rule_id: "2", _notification_rule_name: "r", _notification_endpoint_id: "3", _notification_endpoint_name: "e"},
		endpoint: (tables=<-) => tables |> map(fn: (r) => ({r with _sent: "true"})))$$, catchup => 'all') > 0 AS created;
SELECT flux.add_dependency('pain12 rule', 'pain12 check');
SET fluxtask.test_clock = '2024-05-15T16:30:00Z';
CALL flux.run_due();
SELECT count(*) FILTER (WHERE _level = 'crit') AS crit, count(*) AS statuses FROM _monitoring.statuses;
SELECT to_char(time, 'HH24:MI') AS sent FROM _monitoring.notifications ORDER BY time;
SELECT flux.drop_task(task_id) FROM flux.tasks WHERE name ~ '^pain12';
SELECT flux.drop_bucket('_monitoring');

\echo == 13 downsampling_all_fields
-- fields of all types at once: numbers by mean, the others by last
SELECT flux.write('pain_raw', 'mixed f=1.5,i=2i,s="x",b=true 1715774400', 's');
SELECT flux.create_task($$import "types"
option task = {name: "pain13", every: 1d}
data = from(bucket: "pain_raw") |> range(start: -1d) |> filter(fn: (r) => r._measurement == "mixed")
isNumber = (v) => types.isType(v: v, type: "float") or types.isType(v: v, type: "int")
data |> filter(fn: (r) => isNumber(v: r._value)) |> toFloat() |> aggregateWindow(every: 1d, fn: mean, createEmpty: false) |> to(bucket: "pain_out")
data |> filter(fn: (r) => not isNumber(v: r._value)) |> aggregateWindow(every: 1d, fn: last, createEmpty: false) |> to(bucket: "pain_out")$$, active => false) > 0 AS created;
SELECT flux.run_task('pain13', '2024-05-16 00:00Z') > 0 AS ran;
SELECT time, f, i, s, b FROM pain_out.mixed;

\echo == 14 windows_against_schedule
-- the slots of 1mo are the first of the month, and a slot of one's choice is a whole window
SELECT * FROM flux.schedule_instants(every => '1mo', after => '2024-05-15 12:00Z', n => 3) AS slot;
SELECT * FROM flux.schedule_instants(every => '1w', after => '2024-05-15 12:00Z', n => 1) AS slot;
SELECT count(*) AS windows FROM flux.preview('pain2', '2024-05-15 06:00Z');

\echo == 15 run_history_of_three_days
SELECT current_setting('fluxtask.run_retention') AS kept, count(*) > 20 AS queryable FROM flux.runs WHERE task ~ '^pain';

\echo == 16 no_email
-- a row in a table of outgoing mail, in the transaction of the run: sent once if and only if the run is
CREATE TABLE pain_outbox (host text, subject text);
SELECT flux.create_task($$import "array" import "sql"
option task = {name: "pain16", every: 1h}
array.from(rows: [{host: "a", subject: "cpu of a is crit"}]) |> sql.to(driverName: "postgres", dataSourceName: "", table: "public.pain_outbox")$$, active => false) > 0 AS created;
SELECT flux.run_task('pain16', '2024-05-15 12:00Z') > 0 AS ran;
SELECT * FROM pain_outbox;
DROP TABLE pain_outbox;

\echo == 17 duplicate_execution
-- a slot is in the ledger once, whoever runs it and how often they ask
CALL flux.run_due();
CALL flux.run_due();
SELECT count(*) AS twice FROM (SELECT FROM flux.runs WHERE task ~ '^pain' AND kind IN ('schedule', 'catchup') GROUP BY task_id, scheduled_for HAVING count(*) > 1) AS t;
INSERT INTO _flux_catalog.run (task_id, task_name, owner, version, kind, status, scheduled_for, run_at)
SELECT task_id, task_name, owner, version, kind, 'scheduled', scheduled_for, run_at FROM _flux_catalog.run WHERE kind = 'schedule' AND task_name = 'pain10 above' ORDER BY run_id LIMIT 1
ON CONFLICT DO NOTHING;
SELECT count(*) FROM flux.runs WHERE task = 'pain10 above' AND status = 'scheduled';

\echo == 18 tasks_as_code
SELECT kind, name, action FROM flux.apply(E'kind: Task\nmetadata: {name: p}\nspec:\n  name: pain18\n  every: 1h\n  query: |-\n    option task = {name: "pain18",   every: 1h}  // kept as it is\n    from(bucket: "pain_raw") |> range(start: -1h) |> yield()');
SELECT script FROM flux.tasks WHERE name = 'pain18';
SELECT flux.alter_task('pain18', every => '2h');
SELECT * FROM flux.diff_task('pain18', 1) AS line;

\echo == 19 listing_limits
SELECT count(*) FROM (SELECT flux.create_task(format('option task = {name: "pain19 %s", every: 1h}', i), active => false, labels => '{many}') FROM generate_series(1, 1200) AS i) AS t;
SELECT count(*) FROM flux.tasks WHERE 'many' = ANY (labels);
SELECT count(*) FROM flux.find_tasks(label => 'many', "limit" => 500);
SELECT count(flux.drop_task(task_id)::text) FROM flux.tasks WHERE 'many' = ANY (labels);

\echo == 20 no_test_mode
-- what a run would write, without writing; and a check before there is a task
SELECT record ->> '_time' AS time, record ->> 'host' AS host, record ->> '_value' AS value FROM flux.preview('pain2', '2024-05-15 03:00Z') ORDER BY 2;
SELECT flux.create_task('option task = {name: "pain20", every: 1h} from(bucket: "x") |> rnage(start: -1h)', dry_run => true);

\echo == 21 why_has_it_not_started
-- a waiting run says until when, a waiting task for whom
SELECT flux.backfill('pain2', '2024-05-15 00:00Z', '2024-05-15 01:00Z') AS queued;
SELECT r.status, r.run_at IS NOT NULL AS says_when, r.error FROM flux.runs AS r WHERE task = 'pain2' AND status = 'scheduled';
SELECT count(*) FROM flux.run_logs AS l JOIN flux.runs AS r USING (run_id) WHERE r.task = 'pain2' AND r.status = 'scheduled';
SELECT flux.disable_task('pain10 above'), flux.enable_task('pain10 above');
SELECT task, depends_on, is_waiting FROM flux.task_dependencies WHERE task ~ '^pain10';

SELECT count(flux.drop_task(task_id)::text) > 0 AS dropped FROM flux.tasks WHERE name ~ '^pain';
REVOKE ALL ON pain_out._points FROM flux_pain_owner;
SELECT flux.drop_bucket('pain_raw'), flux.drop_bucket('pain_out');
DROP ROLE flux_pain_owner;
