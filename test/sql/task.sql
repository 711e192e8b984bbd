-- Tasks: options and their errors, the form, runs by hand and by run_due, on a clock of the test's own.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET client_min_messages = warning;
SET fluxtask.test_clock = '2024-05-15T10:37:31.4Z';

-- what is wrong with the options of a script
CREATE FUNCTION pg_temp.refusal(script text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	PERFORM flux.create_task(script);
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ': ' || SQLERRM || coalesce(' / ' || nullif(hint, ''), '');
END $$;
SELECT script, pg_temp.refusal(script) FROM unnest(ARRAY[
	'', E' \n', 'x = 1', 'option now = () => 2020-01-01T00:00:00Z',
	'option task = {name: "a", every: 1h} option task = {name: "b", every: 1h}',
	'option task = r', 'option task = () => ({name: "a", every: 1h})',
	'option task = {every: 1h}', 'option task = {nme: "a", every: 1h}',
	'option task = {name: "", every: 1h}', 'option task = {name: 1, every: 1h}',
	'option task = {name: "a" + "b", every: 1h}', 'option task = {name: "a ${b}", every: 1h}',
	'option task = {name: "a"}', 'option task = {name: "a", everyy: 1h}',
	'option task = {name: "a", every: 1h, cron: "0 * * * *"}',
	'option task = {name: "a", every: "1h"}', 'option task = {name: "a", every: -1h}',
	'option task = {name: "a", every: duration(v: "1h")}', 'option task = {name: "a", every}',
	'option task = {name: "a", every: 0s}', 'option task = {name: "a", every: 500ms}',
	'option task = {name: "a", every: 1500ms}', 'option task = {name: "a", cron: 5}',
	'option task = {name: "a", cron: "61 * * * *"}', 'option task = {name: "a", cron: "0 0 0 1 1 * 2020"}',
	'option task = {name: "a", every: 1h, offset: 10ms}', 'option task = {name: "a", every: 1h, offset: "5m"}',
	'option task = {name: "a", every: 1h, offset: 1mo}',
	'option task = {name: "a", every: 1h, concurrency: 0}', 'option task = {name: "a", every: 1h, concurrency: 101}',
	'option task = {name: "a", every: 1h, retry: 0}', 'option task = {name: "a", every: 1h, retry: 11}',
	'option task = {name: "a", every: 1h, retry: 1.5}',
	E'option task = {\n  name: "",\n  every: 10ms,\n  offset: 10ms, retry: 0}',
	E'option task = {name: "a", every: 1h}\nfrom(bucket: "b"', E'option task = {name: "a", every: 1h}\nx = ="',
	'option task = {name: "a", every: 1h'
]) WITH ORDINALITY AS t(script, n) ORDER BY n;
SELECT flux.create_task(NULL);
SELECT flux.create_task('option task = {name: "a", every: 1h, colour: 1}', catchup => 'later');
SELECT flux.create_task('option task = {name: "a", every: 1h}', catchup_limit => 0);
SELECT flux.create_task('option task = {name: "a", every: 1h}', time_zone => 'Mars/Olympus');
SELECT count(*) FROM flux.tasks WHERE name = 'a';

-- the form fills or replaces options, and leaves every other byte alone
CREATE FUNCTION pg_temp.edited(script text, name text DEFAULT NULL, every text DEFAULT NULL,
	cron text DEFAULT NULL, "offset" text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	id bigint;
	answer text;
BEGIN
	id := flux.create_task(script, name, every, cron, "offset");
	SELECT t.script INTO answer FROM flux.tasks AS t WHERE task_id = id;
	PERFORM flux.drop_task(id);
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLERRM;
END $$;
SELECT pg_temp.edited('x = 1', name => 'a', every => '1h');
SELECT pg_temp.edited(E'// top\nimport "math"\nimport "array" // last\n\nx = 1', name => 'it "is" \ ${so}', cron => '@daily', "offset" => ' -90s ');
SELECT pg_temp.edited(E'option task = {  // options\n\tname: "a",  every:1h ,\n\toffset: 5m,\n}\nx   =  1 // keep', every => '2h');
SELECT pg_temp.edited(E'option task = {name: "a", every: 1h, offset: 5m, foo: 1}', cron => '0 * * * *', "offset" => '0s');
SELECT pg_temp.edited(E'option task = {name: "a", every: 1h, offset: 5m}', "offset" => '0m', name => 'b');
SELECT pg_temp.edited(E'option task = {cron: "0 * * * *", name: "a",}', every => '1h30m', "offset" => '1m');
SELECT pg_temp.edited(E'option task = {offset: 5m}', "offset" => '0s', name => 'b', every => '1d');
SELECT pg_temp.edited(E'option task = {}', name => 'b', every => '1d');
SELECT pg_temp.edited(E'option task = {"name": "a", "every": 1h}', name => 'b');
SELECT pg_temp.edited('option task = {name: "a", every: 1h}', every => '1h', cron => '@daily');
SELECT pg_temp.edited('option task = {name: "a", every: 1h}', every => '1 hour');
SELECT pg_temp.edited('option task = {name: "a", every: 1h}', every => '-1h');
SELECT pg_temp.edited('option task = {name: "a", every: 1h}', "offset" => 'soon');
SELECT pg_temp.edited('option task = {name: "a", every: 1h}', cron => 'soon');

-- a script that stores when it thinks it is
SELECT flux.create_bucket('task_out') IS NOT NULL AS created;
CREATE FUNCTION pg_temp.script(name text, options text) RETURNS text LANGUAGE sql AS $$
SELECT format($f$import "array"
option task = {name: "%s", %s}
array.from(rows: [{_time: now(), _measurement: "m", _field: "n", _value: 1, task: "%s"}])
	|> to(bucket: "task_out")$f$, name, options, name) $$;
CREATE VIEW pg_temp.told AS
	SELECT task, status, kind, scheduled_for, run_at, attempt, points_written, error
	FROM flux.runs WHERE task IN ('late', 'early') ORDER BY run_id;
CREATE VIEW pg_temp.standing AS
	SELECT name, every, cron, "offset", status, latest_scheduled, latest_completed, latest_success,
		last_run_status, last_run_error, next_scheduled_for, next_due FROM flux.tasks ORDER BY task_id;

-- every: 1h, offset: 5m runs five minutes late with now() on the hour
SELECT flux.create_task(pg_temp.script('late', 'every: 1h, offset: 5m')) IS NOT NULL AS created;
SELECT flux.create_task(pg_temp.script('early', 'cron: "0 12 * * *", offset: -5m')) IS NOT NULL AS created;
SELECT * FROM pg_temp.standing;
CALL flux.run_due();
SELECT * FROM pg_temp.told;
SET fluxtask.test_clock = '2024-05-15T11:04:59Z';
CALL flux.run_due();
SELECT * FROM pg_temp.told;
SET fluxtask.test_clock = '2024-05-15T11:05:00Z';
CALL flux.run_due();
SELECT * FROM pg_temp.told;
SET fluxtask.test_clock = '2024-05-15T11:55:00Z';
CALL flux.run_due();
CALL flux.run_due();
-- nobody drove for hours, but the server was up: nothing is left out
SET fluxtask.test_clock = '2024-05-15T14:20:00Z';
CALL flux.run_due(1);
CALL flux.run_due();
SELECT * FROM pg_temp.told;
SELECT * FROM pg_temp.standing;
SELECT time, task, n FROM task_out.m ORDER BY time, task;

-- by hand: now() is the given instant, or this second
SELECT flux.run_task('late') IS NOT NULL AS ran;
SELECT flux.run_task('late', '2024-01-01 00:00:00.7Z') IS NOT NULL AS ran;
SELECT * FROM pg_temp.told WHERE kind = 'manual';
SELECT time, task, n FROM task_out.m WHERE time < '2024-05-15Z' OR time > '2024-05-15 14:10Z' ORDER BY time;
-- it is part of the caller's transaction
BEGIN;
SELECT flux.run_task('late', '2023-01-01Z') IS NOT NULL AS ran;
ROLLBACK;
SELECT count(*) FROM task_out.m WHERE time < '2024-01-01Z';
SELECT result, "table", record FROM flux.preview('late', '2022-01-01Z');
SELECT count(*) FROM task_out.m WHERE time < '2024-01-01Z';
SELECT flux.run_task('late', 'infinity');
SELECT flux.run_task('lat');
SELECT flux.run_task(NULL::text);
SELECT flux.preview(-1);
BEGIN;
CALL flux.run_due();
ROLLBACK;

-- a run that fails: its message verbatim, the state, the log; nothing half-written
SELECT flux.create_task($$import "array"
option task = {name: "fails", every: 1h}
array.from(rows: [{_time: now(), _measurement: "half", _field: "n", _value: 1}]) |> to(bucket: "task_out")
array.from(rows: [{_time: now(), _measurement: "half", _field: "n", _value: 1}]) |> to(bucket: "task_oout")$$) IS NOT NULL AS created;
SET fluxtask.test_clock = '2024-05-15T15:00:00Z';
CALL flux.run_due();
SELECT task, status, error, error_code, error_hint FROM flux.runs WHERE task = 'fails';
SELECT message FROM flux.run_logs WHERE task = 'fails';
SELECT name, last_run_status, last_run_error, latest_completed, latest_success, latest_failure
FROM flux.tasks WHERE name = 'fails';
SELECT task, success_count, failed_count, points_written FROM flux.stat_tasks ORDER BY task_id;
SELECT count(*) FROM pg_tables WHERE schemaname = 'task_out' AND tablename = 'half';

-- retry: the same slot, a new run, the script as it is now
SELECT flux.alter_task('fails', script => pg_temp.script('fails', 'every: 1h'));
SELECT flux.retry_run((SELECT run_id FROM flux.runs WHERE task = 'fails')) IS NOT NULL AS queued;
\set VERBOSITY sqlstate
SELECT flux.retry_run((SELECT max(run_id) FROM flux.runs WHERE task = 'fails'));
\set VERBOSITY default
CALL flux.run_due();
SELECT task, kind, status, scheduled_for, version, retry_of IS NOT NULL AS is_retry FROM flux.runs
WHERE task = 'fails' ORDER BY run_id;
SELECT flux.retry_run(-1);
-- cancel: what waits; what has ended cannot be
SELECT flux.retry_run((SELECT min(run_id) FROM flux.runs WHERE task = 'fails')) IS NOT NULL AS queued;
SELECT flux.cancel_run((SELECT max(run_id) FROM flux.runs WHERE task = 'fails'));
CALL flux.run_due();
SELECT kind, status FROM flux.runs WHERE task = 'fails' ORDER BY run_id;
DO $$
BEGIN
	PERFORM flux.cancel_run((SELECT min(run_id) FROM flux.runs WHERE task = 'fails'));
EXCEPTION WHEN object_not_in_prerequisite_state THEN
	RAISE WARNING '%', regexp_replace(SQLERRM, '\d+', 'N');
END $$;

-- altering: empty, by form, and from there the schedule goes on
SELECT flux.alter_task('late');
SELECT flux.alter_task('late', every => '1x');
SELECT flux.alter_task('late', every => '10m', "offset" => '0s', description => 'often');
SELECT every, "offset", description, version, latest_scheduled, next_scheduled_for
FROM flux.tasks WHERE name = 'late';
SET fluxtask.test_clock = '2024-05-15T15:00:00Z';
CALL flux.run_due();
SELECT scheduled_for FROM flux.runs WHERE task = 'late' AND kind = 'schedule' ORDER BY run_id DESC LIMIT 7;
SELECT version, script ~ 'every: 10m' AS often FROM flux.task_versions WHERE task = 'late' ORDER BY version;

-- inactive: nothing is due; active again: by the policy
SELECT flux.disable_task('late');
SET fluxtask.test_clock = '2024-05-15T16:05:00Z';
CALL flux.run_due();
SELECT status, next_due FROM flux.tasks WHERE name = 'late';
SELECT flux.enable_task('late');
CALL flux.run_due();
SELECT count(*) FROM flux.runs WHERE task = 'late' AND scheduled_for > '2024-05-15 15:00Z';
SELECT flux.disable_task('late');
SET fluxtask.test_clock = '2024-05-15T17:05:00Z';
SELECT flux.alter_task('late', catchup => 'latest', active => true);
CALL flux.run_due();
SELECT kind, scheduled_for FROM flux.runs WHERE task = 'late' AND scheduled_for > '2024-05-15 16:05Z';
SELECT flux.disable_task('late');
SET fluxtask.test_clock = '2024-05-15T18:05:00Z';
SELECT flux.alter_task('late', catchup => 'all', catchup_limit => 3, active => true);
CALL flux.run_due();
SELECT kind, scheduled_for FROM flux.runs WHERE task = 'late' AND scheduled_for > '2024-05-15 17:05Z' ORDER BY scheduled_for;
SELECT missed_count FROM flux.stat_tasks WHERE task = 'late';

-- backfill: the slots of a stretch of the past, each once, in either order
SELECT flux.create_task(pg_temp.script('past', 'every: 1h, offset: 5m'), active => false) IS NOT NULL AS created;
SELECT flux.backfill('past', '2024-05-01 00:00Z', '2024-05-01 06:00Z', dry_run => true);
SELECT flux.backfill('past', '2024-05-01 00:00Z', '2024-05-01 06:00Z');
SELECT flux.backfill('past', '2024-05-01 04:00Z', '2024-05-01 08:00Z', newest_first => true);
CALL flux.run_due(3);
SELECT kind, status, scheduled_for FROM flux.runs WHERE task = 'past' ORDER BY started_at, run_id;
CALL flux.run_due();
SELECT flux.backfill('past', '2024-05-01 00:00Z', '2024-05-01 02:00Z');
SELECT flux.cancel_backfill('past');
SELECT status, count(*) FROM flux.runs WHERE task = 'past' GROUP BY status ORDER BY status;
SELECT count(*) FROM task_out.m WHERE task = 'past';
SELECT flux.backfill('past', '2024-05-15 16:30Z', '2024-06-01 00:00Z', dry_run => true) AS not_the_future;
SELECT flux.backfill('past', '2024-05-02Z', '2024-05-01Z');
SELECT flux.backfill('past', '-infinity', '2024-05-01Z');
CALL flux.run_due(-1);

-- names: near ones, several of one name, ids
SELECT flux.drop_task('eearly');
SELECT flux.create_task(pg_temp.script('twin', 'every: 1h'), active => false) IS NOT NULL,
	flux.create_task(pg_temp.script('twin', 'every: 1h'), active => false) IS NOT NULL;
\set VERBOSITY terse
SELECT flux.drop_task('twin');
\set VERBOSITY default
SELECT flux.drop_task(task_id) FROM flux.tasks WHERE name = 'twin';
SELECT count(*) FROM flux.tasks WHERE name = 'twin';

-- dry run: checked, planned, not created
SELECT flux.create_task(pg_temp.script('dry', 'every: 1h'), dry_run => true) IS NULL AS checked;
SELECT flux.create_task('option task = {name: "dry", every: 1h} x = y', dry_run => true);
SELECT count(*) FROM flux.tasks WHERE name = 'dry';

-- one's own tasks only; a task runs as its owner
CREATE ROLE flux_alice;
CREATE ROLE flux_bob;
GRANT flux_alice TO flux_bob;
SET ROLE flux_alice;
SELECT flux.create_task(pg_temp.script('hers', 'every: 1h'), labels => '{a,b}') IS NOT NULL AS created;
SELECT name, owner, labels FROM flux.tasks;
SELECT count(*) FROM flux.runs;
SELECT flux.drop_task('late');
SELECT flux.start_scheduler();
SELECT * FROM _flux_catalog.task;
SET ROLE flux_bob;
SELECT name, owner FROM flux.tasks;
SELECT flux.alter_task('hers', owner => 'flux_bob');
SELECT name, owner FROM flux.tasks;
\set VERBOSITY sqlstate
SELECT flux.alter_task('hers', owner => 'pg_monitor');
\set VERBOSITY default
SET ROLE flux_alice;
SELECT count(*) FROM flux.tasks;
RESET ROLE;
SET fluxtask.test_clock = '2024-05-15T19:00:00Z';
CALL flux.run_due();
SELECT status, error, owner FROM flux.runs WHERE task = 'hers';
GRANT INSERT ON task_out._points TO flux_bob;
SET fluxtask.test_clock = '2024-05-15T20:00:00Z';
CALL flux.run_due();
SELECT status, error, owner FROM flux.runs WHERE task = 'hers' ORDER BY run_id;
SELECT current_user = session_user AS restored, current_setting('timezone') AS timezone;

-- run_due serves those that the caller may act for
SET fluxtask.test_clock = '2024-05-15T21:00:00Z';
SET ROLE flux_alice;
CALL flux.run_due();
RESET ROLE;
SELECT count(*) FROM flux.runs WHERE scheduled_for = '2024-05-15 21:00Z';

-- an owner that is gone
SELECT flux.drop_task(task_id) FROM flux.tasks WHERE name <> 'hers';
REVOKE ALL ON task_out._points FROM flux_bob;
DROP ROLE flux_bob;
CALL flux.run_due();
SELECT status, regexp_replace(error, '\d+', 'N', 'g') AS error FROM flux.runs WHERE scheduled_for = '2024-05-15 21:00Z';
SELECT flux.alter_task('hers', owner => 'flux_alice');
SELECT name, owner FROM flux.tasks;
SELECT flux.drop_task('hers');
DROP ROLE flux_alice;
-- the history of dropped tasks stays
SELECT task, count(*) FROM flux.runs WHERE task IN ('late', 'early', 'fails', 'hers') GROUP BY task ORDER BY task;
SELECT flux.drop_bucket('task_out');
RESET fluxtask.test_clock;
SET fluxtask.test_clock = 'tomorrow';

-- What the type check finds can be refused, reported, or left to the runs;
-- syntax is never let through.
SET fluxtask.check_on_create = warning;
SELECT flux.create_task('option task = {name: "typo", every: 1h} fron(bucket: "a") |> rang(start: -1h)', active => false) > 0 AS created;
SELECT flux.create_task('option task = {name: "syntax", every: 1h} from(bucket:', active => false) > 0 AS created;
SET fluxtask.check_on_create = off;
SELECT flux.alter_task('typo', script => 'option task = {name: "typo", every: 2h} fron(bucket: "a")');
SELECT flux.alter_task('typo', script => 'import "kafka" option task = {name: "typo", every: 2h} f = kafka.to');
SET fluxtask.check_on_create = warning;
SELECT flux.alter_task('typo', script => 'import "kafka" option task = {name: "typo", every: 3h} f = kafka.to');
RESET fluxtask.check_on_create;
SELECT flux.alter_task('typo', script => 'option task = {name: "typo", every: 2h} fron(bucket: "a")');
SELECT flux.alter_task('typo', script => 'import "kafka" option task = {name: "typo", every: 4h} f = kafka.to');
SELECT every FROM flux.tasks WHERE name = 'typo';
SELECT flux.drop_task('typo');
