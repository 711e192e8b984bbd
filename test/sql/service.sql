-- Around tasks: versions, filters, what others may watch, runs and statuses in Flux.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SET fluxtask.test_clock = '2024-05-15T12:00:00Z';
CREATE ROLE flux_service_ann;
CREATE ROLE flux_service_ben;
SELECT flux.create_bucket('service_out') IS NOT NULL AS created;
GRANT SELECT, INSERT ON service_out._points TO flux_service_ann;
SET ROLE flux_service_ann;

-- versions: diff and rollback
SELECT flux.create_task($$import "array"
option task = {name: "counts", every: 1h}
a = 1
b = 2
c = 3
d = 4
e = 5
f = 6
g = 7
array.from(rows: [{_time: now(), _measurement: "m", _field: "n", _value: a + g}])
	|> to(bucket: "service_out")$$, labels => '{blue,red}') IS NOT NULL AS created;
SELECT flux.alter_task('counts', script => replace(script, 'a = 1', E'a = 10\na2 = 11')) FROM flux.tasks WHERE name = 'counts';
SELECT flux.alter_task('counts', script => replace(script, E'g = 7\n', E'g = 70\n')) FROM flux.tasks WHERE name = 'counts';
SELECT * FROM flux.diff_task('counts', 1, 2) AS line;
SELECT * FROM flux.diff_task('counts', 1) AS line;
SELECT * FROM flux.diff_task('counts', 3, 2) AS line;
SELECT * FROM flux.diff_task('counts', 3) AS line;
SELECT flux.rollback_task('counts', 1) AS version;
SELECT * FROM flux.diff_task('counts', 1, 4) AS line;
SELECT flux.rollback_task('counts') AS version;
SELECT * FROM flux.diff_task('counts', 3, 5) AS line;
\set VERBOSITY sqlstate
SELECT * FROM flux.diff_task('counts', 9);
SELECT * FROM flux.diff_task('counts', NULL);
SELECT flux.rollback_task('counts', 9);
\set VERBOSITY default
SELECT flux.rollback_task('nobody');
SELECT flux.task_id(-1);
SELECT * FROM flux.text_diff('', E'a\nb') AS line;
SELECT * FROM flux.text_diff(E'a\nb\n', '') AS line;
SELECT * FROM flux.text_diff('same', 'same') AS line;
SELECT flux.run_task('counts', '2024-05-15 11:00Z') IS NOT NULL AS ran;
SELECT version, status FROM flux.runs WHERE task = 'counts';

-- filters
SELECT flux.create_task('option task = {name: "rests", every: 1h}', active => false, labels => '{red}') IS NOT NULL AS created;
SELECT name FROM flux.find_tasks(label => 'red');
SELECT name FROM flux.find_tasks(label => 'blue');
SELECT name FROM flux.find_tasks(status => 'inactive');
SELECT name FROM flux.find_tasks(name => 'counts', owner => 'flux_service_ann');
SELECT name FROM flux.find_tasks("limit" => 1);
SELECT name FROM flux.find_tasks("limit" => 1, after => (SELECT task_id FROM flux.find_tasks("limit" => 1)));
SELECT name FROM flux.find_tasks(status => 'asleep');
SELECT name FROM flux.find_tasks("limit" => 501);

-- figures, by task and for Prometheus
SELECT task, success_count, last_run_status, last_points_written, last_run_seconds FROM flux.stat_tasks ORDER BY task;
SELECT regexp_replace(line, 'task_id="\d+",', '') AS line FROM regexp_split_to_table(flux.prometheus(), E'\n') AS line
WHERE line ~ '^(# TYPE|task_executor|fluxtask_task_(runs_total|active|points))' ORDER BY line !~ '^#', regexp_replace(line, 'task_id="\d+",', '');
-- every line is a comment or a sample
SELECT count(*) FROM regexp_split_to_table(trim(trailing E'\n' FROM flux.prometheus()), E'\n') AS line
WHERE line !~ '^(# (HELP|TYPE) \S+ .+|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-z_]+="([^"\\]|\\["\\n])*",?)*\})? [0-9.e+-]+)$';
SELECT flux.create_task($$option task = {name: "odd \"name\" \\ here", every: 1h}$$, active => false) IS NOT NULL AS created;
SELECT DISTINCT substring(line FROM 'task=".*') FROM regexp_split_to_table(flux.prometheus(), E'\n') AS line WHERE line ~ 'active.*odd';
SELECT count(*) FROM flux.run_progress;

-- the runs in Flux: one's own, as InfluxDB shows them
SELECT flux.create_task('option task = {name: "broken", every: 1h} from(bucket: "nowhere") |> range(start: -1h) |> to(bucket: "service_out")') IS NOT NULL AS created;
RESET ROLE;
SET fluxtask.test_clock = '2024-05-15T13:00:00Z';
SET ROLE flux_service_ann;
CALL flux.run_due();
SELECT t._time, t.status, t.name, t."scheduledFor", t.logs FROM flux.query($$
import "strings"
from(bucket: "_tasks") |> range(start: 2024-05-15T00:00:00Z, stop: 2024-05-16T00:00:00Z)
	|> filter(fn: (r) => r._measurement == "runs" and r.status == "failed")
	|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
	|> map(fn: (r) => ({r with logs: if strings.containsStr(v: r.logs, substr: "Completed(failed)") then "failed" else r.logs}))
$$) AS t (_time timestamptz, status text, name text, "scheduledFor" text, logs text);
SELECT t.* FROM flux.query($$from(bucket: "_tasks") |> range(start: 2024-05-15T00:00:00Z, stop: 2024-05-16T00:00:00Z)
	|> filter(fn: (r) => r._field == "name") |> group(columns: ["status", "_value"]) |> count(column: "taskID")$$)
	AS t (status text, _value text, "taskID" bigint) ORDER BY 1, 2;
SELECT length(t."taskID"), t."taskID" = lpad(to_hex(flux.task_id('broken')), 16, '0') AS hexadecimal FROM flux.query($$
from(bucket: "_tasks") |> range(start: 2024-05-15T00:00:00Z, stop: 2024-05-16T00:00:00Z)
	|> filter(fn: (r) => r._field == "name" and r._value == "broken")$$) AS t ("taskID" text);
SET ROLE flux_service_ben;
SELECT count(*) FROM flux.query($$from(bucket: "_tasks") |> range(start: 2024-05-15T00:00:00Z, stop: 2024-05-16T00:00:00Z)$$) AS t (_time timestamptz);
SELECT count(*) FROM flux.influx_runs;
SELECT flux.prometheus() ~ 'counts' AS sees;
RESET ROLE;
SELECT * FROM flux.query_json($$import "array" array.from(rows: [{_time: now(), _measurement: "runs", _field: "n", _value: 1}]) |> to(bucket: "_tasks")$$);
SELECT flux.create_bucket('_tasks');
SELECT flux.write('_tasks', 'runs v=1');
SELECT flux.drop_bucket('_tasks');

-- the bucket of statuses is there when somebody needs it
SELECT count(*) FROM flux.query($$import "influxdata/influxdb/monitor" monitor.from(start: -1h)$$) AS t (_level text);
SELECT name, retention FROM flux.buckets WHERE name = '_monitoring';
SELECT flux.drop_bucket('_monitoring');
SELECT flux.create_bucket('_monitoring') IS NOT NULL AS created;
-- checks: statuses are written and read, a rule tells of each change once
SELECT flux.write('service_out', string_agg(format('cpu,host=a used=%s %s', v, 1715778000 + 600 * i), E'\n'), 's')
FROM unnest(ARRAY[10, 95, 96, 20, 20, 97]) WITH ORDINALITY AS t (v, i);
SELECT flux.create_task($$
import "influxdata/influxdb/monitor"
import "influxdata/influxdb/v1"
option task = {name: "check", every: 10m}
from(bucket: "service_out") |> range(start: -9m59s, stop: 2030-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "cpu" and r._time <= now())
	|> v1.fieldsAsCols()
	|> monitor.check(data: {_check_id: "1", _check_name: "cpu", _type: "threshold", tags: {}},
		crit: (r) => r.used > 90.0, messageFn: (r) => "cpu of ${r.host} is ${r._level}")$$) IS NOT NULL AS created;
SELECT flux.create_task($$
import "influxdata/influxdb/monitor"
option task = {name: "rule", every: 10m}
monitor.from(start: -19m59s, stop: 2030-01-01T00:00:00Z, fn: (r) => r._check_id == "1")
	|> filter(fn: (r) => r._time <= now())
	|> monitor.stateChanges(toLevel: "crit")
	|> filter(fn: (r) => r._time >= now())
	|> monitor.notify(data: {_notification_rule_id: "2", _notification_rule_name: "rule",
			_notification_endpoint_id: "3", _notification_endpoint_name: "nobody"},
		endpoint: (tables=<-) => tables |> map(fn: (r) => ({r with _sent: "true"})))$$) IS NOT NULL AS created;
SELECT flux.add_dependency('rule', 'check');
SELECT flux.disable_task(task_id) FROM flux.tasks WHERE name IN ('counts', 'broken');
SET fluxtask.test_clock = '2024-05-15T13:00:30Z';
SELECT flux.alter_task('check', catchup => 'all'), flux.alter_task('rule', catchup => 'all');
SET fluxtask.test_clock = '2024-05-15T13:10:00Z';
CALL flux.run_due();
SET fluxtask.test_clock = '2024-05-15T14:10:00Z';
CALL flux.run_due();
SELECT task, status, count(*), max(error) FROM flux.runs WHERE task IN ('check', 'rule') GROUP BY task, status ORDER BY task;
SELECT time, host, _level, _message FROM _monitoring.statuses ORDER BY time;
SELECT time, host, _level, _sent FROM _monitoring.notifications ORDER BY time;

-- lastSuccess: a failed slot is made up for by the next
SELECT flux.create_task($$
import "array"
import "influxdata/influxdb/tasks"
option task = {name: "mark", every: 1h}
array.from(rows: [{_time: now(), _measurement: "mark", _field: "since", _value: string(v: tasks.lastSuccess(orTime: 2000-01-01T00:00:00Z))}])
	|> to(bucket: "service_out")$$) IS NOT NULL AS created;
SELECT flux.run_task('mark', '2024-05-15 10:00Z') IS NOT NULL AND flux.run_task('mark', '2024-05-15 12:00Z') IS NOT NULL
	AND flux.run_task('mark', '2024-05-15 13:00Z') IS NOT NULL AS ran;
SELECT time, since FROM service_out.mark ORDER BY time;

SELECT flux.drop_task(task_id) FROM flux.tasks WHERE name IN ('counts', 'rests', 'broken', 'check', 'rule', 'mark') OR name ~ '^odd';
SELECT flux.drop_bucket('service_out'), flux.drop_bucket('_monitoring');
DROP ROLE flux_service_ann, flux_service_ben;
