-- Work that is split between the leaf and what stands above it: each pipeline
-- gives the same answer with push-down and without, over hot points and over
-- segments, and with any one of the rules left out.
SET client_min_messages = warning;
SET fluxtask.segment_statistics = off;	-- sums to the last digit
SELECT flux.create_bucket('push-split') > 0 AS created;
-- Hosts with and without a region; all at the same instants, which ties every sort.
SELECT flux.write('push-split', string_agg(format('mem,host=h%s%s used=%s,n=%si,s="x%s" %s', h,
	CASE WHEN h % 3 > 0 THEN ',region=r' || h % 2 END, round((sin(h * 37 + i) * 1000)::numeric) / 7, (h * 7 + i) % 13 - 5, i % 5,
	1700000000 + i * 10), E'\n'), 's') > 0 AS written
FROM generate_series(1, 6) h, generate_series(1, 1100) i;
SELECT flux.write('push-split', 'cpu,host=h1 n=1.5 1700000050', 's') > 0 AS written;

CREATE TEMP TABLE cases (id int GENERATED ALWAYS AS IDENTITY, pipeline text);
INSERT INTO cases (pipeline)
SELECT format('data |> filter(fn: (r) => %s) |> %s |> %s', condition, between, last)
FROM unnest(ARRAY['r._field == "used"', 'r._measurement == "mem" and r._field != "s"', 'true']) condition,
	unnest(ARRAY['keep(columns: ["_time", "_value", "host"])', 'drop(columns: ["host"])', 'drop(columns: ["host", "_time"])',
	'keep(columns: ["_value", "_stop", "region", "_measurement"])', 'drop(columns: ["_start", "_stop", "host"])',
	'keep(columns: ["host"])', 'group(columns: ["region"]) |> drop(columns: ["_time"])',
	'group(columns: ["region"]) |> keep(columns: ["_time", "_value", "_field"])', 'yield(name: "read")']) between,
	unnest(ARRAY['mean()', 'count()', 'max()', 'last()', 'aggregateWindow(every: 50m, fn: mean)',
	'aggregateWindow(every: 47m, fn: max, createEmpty: false, timeSrc: "_start")', 'max(column: "_time")',
	'sort(columns: ["_time"], desc: true) |> limit(n: 2, offset: 1)', 'keys()', 'distinct(column: "host")']) last;
INSERT INTO cases (pipeline)
SELECT format('data %s |> %s', grouped, last)
FROM unnest(ARRAY['', '|> filter(fn: (r) => r._field == "n") |> group(columns: ["region"])', '|> group()']) grouped,
	unnest(ARRAY['max(column: "_time")', 'min(column: "_time")', 'first(column: "_time")', 'last(column: "_time")',
	'sort(columns: ["_time"]) |> last()', 'sort(columns: ["_time"], desc: true) |> first()',
	'sort(columns: ["_time"], desc: true) |> last()', 'sort(columns: ["_time"]) |> first()', 'sort(columns: ["_time"]) |> limit(n: 3)',
	'sort(columns: ["_time"], desc: true) |> limit(n: 3, offset: 2)', 'limit(n: 3)', 'tail(n: 3)', 'limit(n: 3, offset: 2)', 'tail(n: 3, offset: 2)',
	'limit(n: 3, offset: 5000)', 'tail(n: 3, offset: 1090)', 'tail(n: 3, offset: 900)', 'keys()', 'distinct(column: "region")',
	'distinct(column: "nothing")', 'distinct(column: "_field")', 'filter(fn: (r) => true and r.host == "h1") |> count()',
	'filter(fn: (r) => r.host == "h1" and true) |> count()', 'filter(fn: (r) => false) |> count()',
	'yield(name: "read") |> limit(n: 1) |> yield(name: "one") |> first()', 'sort(columns: ["_time"]) |> last(column: "host")',
	'sort(columns: ["_time"]) |> max()']) last;
-- windows whose tables stay apart, come together, or overlap
INSERT INTO cases (pipeline)
SELECT format('data |> filter(fn: (r) => r._measurement == "mem" and r._field == "%s") |> window(%s) |> %s', field, grid, last)
FROM unnest(ARRAY['n', 's']) field,
	unnest(ARRAY['every: 1h', 'every: 50m, createEmpty: true', 'every: 35m, offset: 7m', 'every: 1mo, createEmpty: true',
	'every: 1h, location: {zone: "Europe/Berlin", offset: 0h}', 'every: 1h, period: 2h', 'every: 1h, startColumn: "a"']) grid,
	unnest(ARRAY['mean()', 'count()', 'spread()', 'max()', 'first() |> group()', 'last(column: "_time")',
	'count() |> duplicate(column: "_stop", as: "_time") |> window(every: inf)',
	'max() |> duplicate(column: "_stop", as: "x") |> window(every: inf, timeColumn: "x")', 'mean() |> window(every: 1d)']) last;
INSERT INTO cases (pipeline)
SELECT format('schema.%s(bucket: "push-split", start: 2023-11-14T22:33:00Z%s)', f, more)
FROM (VALUES ('measurements', ''), ('tagKeys', ''), ('fieldKeys', ''), ('tagValues', ', tag: "host"'),
	('tagValues', ', tag: "region", predicate: (r) => r._field == "n"')) v(f, more);

CREATE FUNCTION pg_temp.script(pipeline text) RETURNS text LANGUAGE sql AS $f$
	SELECT 'import "influxdata/influxdb/schema" option now = () => 2023-11-16T00:00:00Z
	data = from(bucket: "push-split") |> range(start: 2023-11-14T22:33:00Z, stop: 2023-11-15T02:04:00Z) ' || pipeline
$f$;
CREATE FUNCTION pg_temp.answer(pipeline text) RETURNS text LANGUAGE plpgsql AS $f$
BEGIN
	RETURN flux.query_csv(pg_temp.script(pipeline));
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $f$;
SET fluxtask.push_down = off;
CREATE TEMP TABLE general AS SELECT id, pg_temp.answer(pipeline) AS csv FROM cases;
SET fluxtask.push_down = on;
SELECT count(*) AS pipelines, count(*) FILTER (WHERE csv LIKE '#%') > 150 AS many_answer FROM general;
SELECT pipeline, pg_temp.answer(pipeline), csv FROM cases JOIN general USING (id) WHERE pg_temp.answer(pipeline) <> csv ORDER BY id;
SELECT (flux.compact('push-split')) IS NOT NULL AS compacted;
SELECT pipeline, pg_temp.answer(pipeline), csv FROM cases JOIN general USING (id) WHERE pg_temp.answer(pipeline) <> csv ORDER BY id;

-- Each rule applies to some, and to none when it is left out; then others take over.
CREATE FUNCTION pg_temp.uses(rule text) RETURNS bigint LANGUAGE sql AS $f$
	SELECT count(*) FROM cases, flux.explain(pg_temp.script(pipeline)) line WHERE line LIKE '%[' || rule || ']%'
$f$;
CREATE FUNCTION pg_temp.try_without(rules text[]) RETURNS TABLE (rule text, used bool, left_uses bigint, differ bigint) LANGUAGE plpgsql AS $f$
BEGIN
	FOREACH rule IN ARRAY rules LOOP
		used := pg_temp.uses(rule) > 0;
		PERFORM set_config('fluxtask.disabled_rules', rule, true);
		left_uses := pg_temp.uses(rule);
		differ := (SELECT count(*) FROM cases JOIN general USING (id) WHERE id % 13 = 0 AND pg_temp.answer(pipeline) <> csv);
		PERFORM set_config('fluxtask.disabled_rules', '', true);
		RETURN NEXT;
	END LOOP;
END $f$;
SELECT * FROM pg_temp.try_without(string_to_array('skip_yield read_filter read_aggregate read_aggregate_window read_limit read_tail read_group_aggregate '
	'read_group_window split_group_selector split_group_window split_limit split_sort read_keys read_tag_values read_window', ' '));

SELECT flux.explain(pg_temp.script(pipeline)) AS plan
FROM unnest(ARRAY['data |> keep(columns: ["_time", "_value", "host"]) |> aggregateWindow(every: 1h, fn: mean)',
	'data |> drop(columns: ["host"]) |> last()', 'data |> group() |> sort(columns: ["_time"], desc: true) |> limit(n: 5, offset: 2)',
	'data |> window(every: 1h) |> mean()', 'data |> yield(name: "all") |> mean()', 'schema.tagKeys(bucket: "push-split", start: 2023-11-14T22:33:00Z)',
	'data |> group(columns: ["host"]) |> max(column: "_time")', 'data |> tail(n: 3, offset: 2)']) pipeline;
-- What it takes to know the values of a tag.
SET fluxtask.segment_statistics = on;
SELECT regexp_replace(line, '; [^;]*ms.*', '') FROM flux.explain(pg_temp.script(
	'schema.tagValues(bucket: "push-split", tag: "host", predicate: (r) => r._field == "used", start: 2023-11-14T22:00:00Z)'), true) line
	WHERE line NOT LIKE '%out:%';
SELECT flux.drop_bucket('push-split', true);
