-- Windows whose period is not every: storage gives what window() would have
-- given, over hot points, over segments and over both, with gaps and overlaps,
-- for every aggregate and every type of value.
SET TimeZone = 'UTC';
SET client_min_messages = warning;
SET fluxtask.segment_statistics = off;	-- sums to the last digit
SELECT flux.create_bucket('push-window', chunk_interval => '1 hour') > 0 AS created;
-- Twelve hours, one series dense with a hole, one sparse; f is never exact, g always.
-- In Berlin clocks are turned back on the second day, and forward on the third.
CREATE FUNCTION pg_temp.lines(part int) RETURNS text LANGUAGE sql AS $f$
	SELECT string_agg(format('m,host=%s f=%s,g=%s,i=%si,u=%su,b=%s,s="s%s" %s', host, round((sin(i * 37) * 1000)::numeric) / 7, i % 17 * 0.25,
		i * 7919 % 101 - 50, i * 31 % 57, i % 3 = 0, i * 13 % 41, t), E'\n')
	FROM (SELECT 'a' AS host, i, 1700006400 + i * 30 AS t FROM generate_series(0, 1439) i WHERE i NOT BETWEEN 500 AND 640
		UNION ALL SELECT 'b', i, 1700006400 + i * 1733 + i % 5 FROM generate_series(0, 24) i
		UNION ALL SELECT 'c', i, day + i * 130 FROM unnest(ARRAY[1698537600, 1711843200]) day, generate_series(0, 100) i) x
	WHERE i % 2 = part
$f$;
SELECT flux.write('push-window', pg_temp.lines(0), 's') > 0 AS written;

CREATE TEMP TABLE cases (id int GENERATED ALWAYS AS IDENTITY, field text, fn text, pipeline text);
INSERT INTO cases (field, fn, pipeline)
SELECT field, fn, format('data |> filter(fn: (r) => r._field =~ /^(%s)$/) |> ', field) || format(
	CASE WHEN form THEN 'aggregateWindow(%s, createEmpty: %s, fn: %s)' ELSE 'window(%s, createEmpty: %s) |> %s()' END, grid, empty, fn)
FROM unnest(ARRAY['every: 20m, period: 7m', 'every: 1h, period: 1m, offset: 90s', 'every: 1mo, period: 3d', 'every: 13m, period: 1h',
	'every: 1h, period: 2h', 'every: 5h, period: 8h', 'every: 7m, period: 31m, offset: 3m', 'every: 1mo, period: 45d', 'every: 1mo, period: 2mo',
	'every: 3h, period: 2d', 'every: 1h, period: -30m', 'every: 1w, period: 1mo', 'every: 30s, period: 2m30s',
	'every: 20m, period: 50m, location: {zone: "Europe/Berlin", offset: 0h}', 'every: 20m, period: 5m, location: {zone: "UTC", offset: 3m}'])
	WITH ORDINALITY a(grid, n),
	unnest(ARRAY['true', 'false']) WITH ORDINALITY b(empty, e),
	unnest(ARRAY['count', 'sum', 'mean', 'spread', 'min', 'max', 'first', 'last']) WITH ORDINALITY c(fn, f),
	unnest(ARRAY['f', 'g|i|u', 'b|s']) WITH ORDINALITY d(field, i), unnest(ARRAY[true, false]) form
WHERE (n + e + f + i + form::int) % 3 = 0;
-- On a zone's clock, on days when clocks change, and in ranges that begin in the change.
INSERT INTO cases (field, fn, pipeline)
SELECT 'i', fn, format(CASE WHEN form THEN '%s |> filter(fn: (r) => r._field == "i") |> aggregateWindow(%s, createEmpty: %s, fn: %s)'
	ELSE '%s |> filter(fn: (r) => r._field == "i") |> window(%s, createEmpty: %s) |> %s()' END, day, grid, empty, fn)
FROM unnest(ARRAY['back', 'forward', 'inside', 'after']) day,
	unnest(ARRAY['every: 20m', 'every: 20m, period: 50m', 'every: 10m, period: 3h', 'every: 7m, period: 3m', 'every: 1h, period: 25m, offset: 40m',
		'every: 1d, period: 2h, offset: 90m', 'every: 15m, period: -40m', 'every: 1m, period: 1m30s']) grid,
	unnest(ARRAY['count', 'sum', 'last']) fn, unnest(ARRAY['true', 'false']) empty, unnest(ARRAY[true, false]) form;
UPDATE cases SET pipeline = regexp_replace(pipeline, '([wW]indow\(.*?), create', '\1, location: berlin, create') WHERE pipeline !~ '^data';
-- Groups of series.
INSERT INTO cases (field, fn, pipeline)
SELECT field, fn, format('data |> filter(fn: (r) => r._field == "%s") |> %s |> window(%s, createEmpty: %s) |> %s()', field, grouped, grid, empty, fn)
FROM unnest(ARRAY['f', 'i']) field, unnest(ARRAY['sum', 'count', 'mean', 'spread', 'max']) fn,
	unnest(ARRAY['group()', 'group(columns: ["_field", "_start"])', 'drop(columns: ["host"])', 'keep(columns: ["_time", "_value", "_field"])']) grouped,
	unnest(ARRAY['every: 1h', 'every: 20m, period: 7m', 'every: 20m, period: 50m', 'every: 50m, period: -2h']) grid, unnest(ARRAY['true', 'false']) empty;
INSERT INTO cases (field, fn, pipeline)
SELECT field, 'mean', format('data |> filter(fn: (r) => r._field == "%s"%s) |> %s', field, more, last)
FROM unnest(ARRAY['f', 'i']) field, unnest(ARRAY['', ' and r._value > 20']) more,
	unnest(ARRAY['timedMovingAverage(every: 10m, period: 45m)', 'aggregateWindow(every: 1h, period: 20m, fn: max, timeSrc: "_start")',
	'group() |> aggregateWindow(every: 1h, period: 20m, fn: mean)', 'group() |> aggregateWindow(every: 1h, period: 20m, fn: last)',
	'group() |> aggregateWindow(every: 20m, period: 1h, fn: sum)', 'window(every: 1h, period: 90m) |> mean() |> group() |> sum()',
	'aggregateWindow(every: 10m, period: 1h, fn: (tables=<-, column) => tables |> quantile(q: 0.9))',
	'aggregateWindow(every: 1h, period: 10m, fn: (tables=<-, column) => tables |> stddev(column: column))']) last;

CREATE FUNCTION pg_temp.script(pipeline text) RETURNS text LANGUAGE sql AS $f$
	SELECT 'import "timezone"
		berlin = timezone.location(name: "Europe/Berlin")
		points = from(bucket: "push-window")
		data = points |> range(start: 2023-11-15T00:05:00Z, stop: 2023-11-15T11:40:00Z)
		back = points |> range(start: 2023-10-29T00:05:00Z, stop: 2023-10-29T03:00:00Z)
		forward = points |> range(start: 2024-03-31T00:05:00Z, stop: 2024-03-31T03:00:00Z)
		inside = points |> range(start: 2023-10-29T00:30:00Z, stop: 2023-10-29T01:10:00Z)
		after = points |> range(start: 2024-03-31T01:00:00Z, stop: 2024-03-31T01:20:00Z)
		' || pipeline
$f$;
CREATE FUNCTION pg_temp.answer(pipeline text) RETURNS text LANGUAGE plpgsql AS $f$
BEGIN
	RETURN flux.query_csv(pg_temp.script(pipeline));
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $f$;
CREATE TEMP TABLE general (id int, csv text);
CREATE FUNCTION pg_temp.answer_generally() RETURNS void LANGUAGE sql
	SET fluxtask.disabled_rules = 'read_window, read_aggregate_window, read_group_window, split_group_window, fuse_aggregate_window' AS $f$
	TRUNCATE general;
	INSERT INTO general SELECT id, pg_temp.answer(pipeline) FROM cases;
$f$;
CREATE FUNCTION pg_temp.differing() RETURNS TABLE (pipeline text) LANGUAGE sql AS $f$
	SELECT pipeline FROM cases JOIN general USING (id) WHERE pg_temp.answer(pipeline) IS DISTINCT FROM csv
		AND (field <> 'f' OR fn NOT IN ('sum', 'mean') OR current_setting('fluxtask.segment_statistics') = 'off') ORDER BY id
$f$;

-- hot points alone
SELECT pg_temp.answer_generally();
SELECT substring(pipeline, '^\w+') AS range, pipeline ~ 'group|drop|keep' AS grouped, count(*) AS pipelines, count(*) FILTER (WHERE csv LIKE '#%') AS answer,
	count(*) FILTER (WHERE csv ~ '\n,,') AS with_rows, count(*) FILTER (WHERE plan ~ 'aggregate: ') AS pushed
FROM general JOIN cases USING (id), LATERAL (SELECT string_agg(line, E'\n') FROM flux.explain(pg_temp.script(pipeline)) line) l(plan)
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT * FROM pg_temp.differing();
-- points, windows computed by one operator, which is soon out of memory
SET fluxtask.push_down = off;
SELECT * FROM pg_temp.differing();
SET fluxtask.work_mem = '64kB';
SELECT * FROM pg_temp.differing();
RESET fluxtask.work_mem;
RESET fluxtask.push_down;
-- segments alone
SELECT (flux.compact('push-window')) IS NOT NULL AS compacted;
SELECT pg_temp.answer_generally();
SELECT * FROM pg_temp.differing();
SET fluxtask.segment_statistics = on;
SELECT * FROM pg_temp.differing();
-- both, overlapping
SELECT flux.write('push-window', pg_temp.lines(1), 's') > 0 AS written;
SET fluxtask.segment_statistics = off;
SELECT pg_temp.answer_generally();
SELECT * FROM pg_temp.differing();
SET fluxtask.segment_statistics = on;
SELECT * FROM pg_temp.differing();
SELECT (flux.compact('push-window')) IS NOT NULL AS compacted;
SELECT pg_temp.answer_generally();
SELECT * FROM pg_temp.differing();

-- Who answers what: windows that contain the whole range are one table, and stay above the leaf.
SELECT grid, position('window(' IN lower(plan)) = 0 AS is_read, position('aggregate: mean' IN plan) > 0 AS by_storage
FROM unnest(ARRAY['every: 20m, period: 7m', 'every: 20m, period: 1h', 'every: 1mo, period: 3d', 'every: 1mo, period: 45d', 'every: 1mo, period: 2mo',
	'every: 3h, period: 2d', 'every: 1h, period: -30m', 'every: 1w, period: 1mo', 'every: 5w, period: 1mo', 'every: 1m, period: 1mo',
	'every: 20m, period: 5m, location: {zone: "Europe/Berlin", offset: 0h}', 'every: 20m, period: 5m, location: {zone: "UTC", offset: 3m}']) grid,
	LATERAL (SELECT string_agg(line, E'\n') FROM flux.explain(pg_temp.script(format('data |> window(%s) |> mean()', grid))) line) l(plan);
SELECT flux.explain(pg_temp.script('data |> timedMovingAverage(every: 10m, period: 45m)')) AS plan;
SELECT flux.explain(pg_temp.script('data |> aggregateWindow(every: 1h, period: 20m, fn: mean)')) AS plan;
-- Open windows need memory.
SET fluxtask.work_mem = '64kB';
SELECT flux.explain(pg_temp.script('data |> window(every: 1m, period: 1h) |> mean()')) AS plan;
RESET fluxtask.work_mem;
-- What lies whole in the same windows is answered from statistics, for each of them.
SELECT regexp_replace(line, '; [^;]*ms.*', '') FROM flux.explain(pg_temp.script(
	'data |> filter(fn: (r) => r._field == "i" and r.host == "a") |> window(every: 5h, period: 8h) |> sum()'), true) line;
SELECT flux.drop_bucket('push-window', true);
