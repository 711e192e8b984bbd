-- How runs are executed: attempts with growing delays, time limits, priority, memory, one at a time.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET fluxtask.test_clock = '2024-05-15T10:00:30Z';
SELECT flux.create_bucket('policy_out') > 0 AS created;
CREATE TABLE weather (is_fine boolean);
INSERT INTO weather VALUES (false);
CREATE FUNCTION flaky(name text, options text) RETURNS text LANGUAGE sql RETURN format($$import "sql"
option task = {name: "%s", every: 1m%s}
sql.from(driverName: "postgres", dataSourceName: "",
	query: "SELECT 1 / is_fine::integer AS v FROM public.weather")
	|> map(fn: (r) => ({_time: now(), _measurement: "m", _field: "f", _value: r.v, task: "%1$s"}))
	|> to(bucket: "policy_out")$$, name, options);
CREATE VIEW policy_runs AS SELECT task, status, scheduled_for, attempt, failures, error, error_code,
	CASE WHEN status = 'scheduled' THEN
		(run_at - timestamptz '2024-05-15 10:01Z' BETWEEN interval '8 s' AND interval '12 s') END AS soon
FROM flux.runs ORDER BY run_id;

-- InfluxDB's default: a run that fails has failed
SELECT flux.create_task(flaky('once', '')) AS t \gset
SET fluxtask.test_clock = '2024-05-15T10:01:00Z';
CALL flux.run_due();
SELECT * FROM policy_runs WHERE task = 'once';
SELECT flux.drop_task('once');

-- "retry" says how many attempts; the delay doubles, give or take a fifth
SET fluxtask.test_clock = '2024-05-15T10:00:30Z';
SELECT flux.create_task(flaky('thrice', ', retry: 3')) AS t \gset
SELECT max_attempts, retry_delay, retry_delay_max, timeout, priority, work_mem FROM flux.tasks;
SET fluxtask.test_clock = '2024-05-15T10:01:00Z';
CALL flux.run_due();
SELECT * FROM policy_runs WHERE task = 'thrice';
-- not yet
SET fluxtask.test_clock = '2024-05-15T10:01:07Z';
CALL flux.run_due();
SELECT attempt FROM policy_runs WHERE task = 'thrice';
SET fluxtask.test_clock = '2024-05-15T10:01:13Z';
CALL flux.run_due();
SELECT attempt, failures, run_at - timestamptz '2024-05-15 10:01:13Z' BETWEEN interval '16 s' AND interval '24 s' AS later
FROM flux.runs WHERE task = 'thrice';
SELECT retried_count, failed_count, success_count, waiting_count, running_count FROM flux.stat_tasks;
SELECT last_run_status, last_run_error, latest_completed, latest_failure FROM flux.tasks;
-- the third attempt makes it: the same slot, once
UPDATE weather SET is_fine = true;
SET fluxtask.test_clock = '2024-05-15T10:01:40Z';
CALL flux.run_due();
SELECT task, status, scheduled_for, attempt, failures, error FROM policy_runs WHERE task = 'thrice';
SELECT time, task, f FROM policy_out.m;
SELECT regexp_replace(regexp_replace(message, 'next at [-+0-9:. ]+:', 'next at (time):'), 'from script.*', 'from script') AS message
FROM flux.run_logs WHERE task = 'thrice' ORDER BY "time";
SELECT retried_count, failed_count, success_count FROM flux.stat_tasks;
-- or it does not
UPDATE weather SET is_fine = false;
SELECT flux.set_run_policy('thrice', max_attempts => 2, retry_delay => '1 s', retry_delay_max => '1 min');
SET fluxtask.test_clock = '2024-05-15T10:02:00Z';
CALL flux.run_due();
SET fluxtask.test_clock = '2024-05-15T10:02:02Z';
CALL flux.run_due();
SELECT status, attempt, failures, error FROM flux.runs WHERE task = 'thrice' AND scheduled_for = '2024-05-15 10:02Z';
SELECT retried_count, failed_count, success_count FROM flux.stat_tasks;
-- a waiting attempt can be cancelled; what a user runs by hand is tried once
SET fluxtask.test_clock = '2024-05-15T10:03:00Z';
CALL flux.run_due();
SELECT flux.cancel_run(run_id) FROM flux.runs WHERE status = 'scheduled';
SELECT status, attempt FROM flux.runs WHERE scheduled_for = '2024-05-15 10:03Z';
\set VERBOSITY terse
SELECT flux.run_task('thrice');
\set VERBOSITY default
-- what will not go away by itself is not tried again
SELECT flux.alter_task('thrice', script => 'option task = {name: "thrice", every: 1m, retry: 5} from(bucket: "nowhere") |> range(start: -1m)');
SET fluxtask.test_clock = '2024-05-15T10:04:00Z';
CALL flux.run_due();
SELECT status, attempt, error FROM flux.runs WHERE scheduled_for = '2024-05-15 10:04Z';
SELECT flux.drop_task('thrice');
SELECT count(*) AS policies FROM _flux_catalog.task_policy;

-- a time limit
SELECT flux.create_task('import "sql" option task = {name: "slow", every: 1m}
sql.from(driverName: "postgres", dataSourceName: "", query: "SELECT 1::bigint AS v FROM pg_sleep(20)")
	|> map(fn: (r) => ({_time: now(), _measurement: "m", _field: "f", _value: r.v, task: "slow"}))
	|> to(bucket: "policy_out")') AS t \gset
SELECT flux.set_run_policy('slow', timeout => '0.2 s');
SELECT timeout FROM flux.tasks;
SET fluxtask.test_clock = '2024-05-15T10:05:00Z';
CALL flux.run_due();
SELECT status, scheduled_for, error, error_code, error_hint FROM flux.runs WHERE task = 'slow';
SELECT message FROM flux.run_logs WHERE task = 'slow' AND message LIKE 'run took%';
\set VERBOSITY terse
SELECT flux.run_task('slow');
\set VERBOSITY default
-- it is a failure like any other: tried again
SELECT flux.set_run_policy('slow', max_attempts => 2);
SET fluxtask.test_clock = '2024-05-15T10:06:00Z';
CALL flux.run_due();
SELECT status, attempt, failures, error FROM flux.runs WHERE task = 'slow' AND scheduled_for = '2024-05-15 10:06Z';
-- the setting serves those who say nothing; 0 is no limit
SELECT flux.reset_run_policy('slow');
SET fluxtask.run_timeout = '100 ms';
SELECT timeout FROM flux.tasks;
\set VERBOSITY terse
SELECT flux.run_task('slow');
\set VERBOSITY default
SELECT flux.set_run_policy('slow', timeout => '0');
SELECT timeout FROM flux.tasks;
SELECT flux.alter_task('slow', script => replace(script, 'pg_sleep(20)', 'pg_sleep(0.3)')) FROM flux.tasks;
SELECT flux.run_task('slow') > 0 AS ran;
RESET fluxtask.run_timeout;
SELECT flux.drop_task('slow');

-- memory: the script's own fluxtask.work_mem, and only while it runs
SELECT flux.create_task('import "sql" option task = {name: "memory", every: 1m}
sql.from(driverName: "postgres", dataSourceName: "", query: "SELECT current_setting(''fluxtask.work_mem'') AS v")
	|> map(fn: (r) => ({_time: now(), _measurement: "memory", _field: "work_mem", _value: r.v}))
	|> to(bucket: "policy_out")') AS t \gset
SELECT flux.set_run_policy('memory', work_mem => '256kB');
SELECT work_mem FROM flux.tasks;
SELECT flux.run_task('memory') > 0 AS ran;
SELECT work_mem FROM policy_out.memory;
SHOW fluxtask.work_mem;
SELECT flux.drop_task('memory');

-- priority: a step is worth ten seconds of waiting
SET fluxtask.test_clock = '2024-05-15T10:10:30Z';
SELECT count(flux.create_task(format('import "array" option task = {name: "%s", every: 1m, offset: %ss}
array.from(rows: [{_time: now(), _measurement: "m", _field: "f", _value: 1, task: "%s"}]) |> to(bucket: "policy_out")', n, s, n)))
FROM (VALUES ('first', 1), ('second', 5), ('third', 9), ('last', 12)) AS t(n, s);
SELECT flux.set_run_policy('third', priority => 1), flux.set_run_policy('first', priority => -1);
SET fluxtask.test_clock = '2024-05-15T10:11:20Z';
CALL flux.run_due();
SELECT task, run_at FROM flux.runs WHERE scheduled_for = '2024-05-15 10:11Z' ORDER BY run_id;
SELECT count(flux.drop_task(task_id)) FROM flux.tasks;

-- refusals
SELECT flux.create_task(flaky('x', '')) AS t \gset
SELECT flux.set_run_policy('x', timeout => '-1 s');
SELECT flux.set_run_policy('x', timeout => '1 month');
SELECT flux.set_run_policy('x', max_attempts => 0);
SELECT flux.set_run_policy('x', max_attempts => 101);
SELECT flux.set_run_policy('x', priority => 101);
SELECT flux.set_run_policy('x', work_mem => 'much');
SELECT flux.set_run_policy('x', work_mem => '1kB');
SELECT flux.set_run_policy('y', priority => 1);
SELECT flux.set_run_policy(NULL::text, priority => 1);
CREATE ROLE policy_stranger;
SET ROLE policy_stranger;
\set VERBOSITY sqlstate
SELECT set_config('policy.stranger', '1', false) FROM flux.set_run_policy(:t, priority => 1);
RESET ROLE;
DROP ROLE policy_stranger;
SELECT flux.drop_task('x');
DROP VIEW policy_runs;
DROP FUNCTION flaky;
DROP TABLE weather;
SELECT flux.drop_bucket('policy_out');
