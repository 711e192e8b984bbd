-- Parts of a script that read one source together: each answers as it does when
-- it reads alone, over hot points, over segments and over both, at steps or not,
-- wherever the bounds cut.
SET client_min_messages = warning;
SET fluxtask.segment_statistics = off;	-- sums to the last digit
SELECT flux.create_bucket('push-share') > 0 AS created;
-- Hosts h1 and h2 at a step, of h3 with a gap, h4 at no step at all.
CREATE TEMP TABLE lines AS
SELECT format('mem,host=h%s,region=r%s used=%s,n=%si,u=%su,up=%s,s="x%s" %s', h, h % 2, round((sin(h * 37 + i) * 1000)::numeric) / 7,
	(h * 7 + i) % 13 - 5, i % 11, i % 4 = 0, i % 5,
	1700000000 + i * (6 + h) + CASE h WHEN 3 THEN i / 700 * 100 WHEN 4 THEN i * i % 6 ELSE 0 END) AS line, i
FROM generate_series(1, 4) h, generate_series(1, 1500) i;
SELECT flux.write('push-share', string_agg(line, E'\n'), 's') > 0 AS written FROM lines;

CREATE TEMP TABLE cases (id int GENERATED ALWAYS AS IDENTITY, script text);
INSERT INTO cases (script)
SELECT format('data = from(bucket: "push-share") |> range(start: %s, stop: %s) |> filter(fn: (r) => %s) %s', start, stop, condition, parts)
FROM (VALUES ('2023-11-14T22:00:00Z', '2023-11-15T03:00:00Z'), ('2023-11-14T22:33:05Z', '2023-11-14T23:55:01.5Z'),
	('2023-11-14T22:13:27Z', '2023-11-14T22:13:28Z'), ('2023-11-14T22:40:01Z', '2023-11-14T22:40:02Z'), ('2023-11-15T00:00:00Z', '2023-11-15T09:00:00Z')) b(start, stop),
	unnest(ARRAY['r._field == "used"', 'r._field == "n" or r._field == "u"', 'r._field == "used" and r._value > 100.0']) condition,
	unnest(ARRAY['data |> quantile(q: 0.9) |> yield(name: "a") data |> mean() |> yield(name: "b") data |> count() |> yield(name: "c")',
	'data |> aggregateWindow(every: 5m, fn: min) |> yield(name: "a") data |> aggregateWindow(every: 5m, fn: max) |> yield(name: "b")
	data |> aggregateWindow(every: 5m, fn: mean) |> yield(name: "c") data |> aggregateWindow(every: 7m, fn: median) |> yield(name: "d")',
	'data |> stddev() |> yield(name: "a") data |> elapsed() |> max(column: "elapsed") |> yield(name: "b") data |> spread() |> yield(name: "c")',
	'data |> aggregateWindow(every: 9m, fn: sum, createEmpty: false) |> yield(name: "a") data |> derivative() |> last() |> yield(name: "b")',
	'union(tables: [data |> first(), data |> last(), data |> max(), data |> top(n: 2) |> map(fn: (r) => ({r with top: true}))])',
	'grouped = data |> group(columns: ["region"]) grouped |> mean() |> yield(name: "a") grouped |> count() |> yield(name: "b") grouped |> spread() |> yield(name: "c")
	grouped |> aggregateWindow(every: 5m, fn: sum) |> yield(name: "d") grouped |> window(every: 7m, period: 20m) |> mean() |> yield(name: "e")',
	'grouped = data |> group(columns: ["region", "_field"]) grouped |> aggregateWindow(every: 5m, fn: mean) |> yield(name: "a")
	grouped |> aggregateWindow(every: 9m, fn: count, createEmpty: false) |> yield(name: "b") grouped |> sum() |> yield(name: "c") grouped |> sum() |> yield(name: "d")',
	'kept = data |> keep(columns: ["_time", "_value", "region"]) kept |> sum() |> yield(name: "a") kept |> count() |> yield(name: "b") data |> mean() |> yield(name: "c") data |> count() |> yield(name: "d")']) parts;
INSERT INTO cases (script)
SELECT format('data = from(bucket: "push-share") |> range(start: 2023-11-14T22:33:05Z, stop: 2023-11-15T00:10:01Z) |> filter(fn: (r) => r._field == "%s")
	data |> mode() |> yield(name: "a") data |> count() |> yield(name: "b") data |> aggregateWindow(every: 10m, fn: last) |> yield(name: "c")', field)
FROM unnest(ARRAY['up', 's']) field;
INSERT INTO cases (script)
SELECT format('data = from(bucket: "push-share") |> range(start: 2023-11-14T22:33:05Z, stop: 2023-11-15T00:10:01Z) |> filter(fn: (r) => %s)
	|> group(columns: ["host"]) data |> count() |> yield(name: "a") data |> %s() |> yield(name: "b")', condition, fn)
FROM unnest(ARRAY['r._field == "up"', 'r._field == "s"', 'r._field == "n"', 'r._field == "n" and r.host == "h1" or r._field == "u"']) condition,
	unnest(ARRAY['sum', 'mean', 'spread']) fn;

CREATE FUNCTION pg_temp.answer(script text) RETURNS text LANGUAGE plpgsql AS $f$
BEGIN
	RETURN flux.query_csv(script);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $f$;
CREATE FUNCTION pg_temp.differ() RETURNS TABLE (shared bigint, alone bigint) LANGUAGE plpgsql AS $f$
BEGIN
	shared := (SELECT count(*) FROM cases JOIN general USING (id) WHERE pg_temp.answer(script) <> csv);
	PERFORM set_config('fluxtask.disabled_rules', 'share_scan', true);
	alone := (SELECT count(*) FROM cases JOIN general USING (id) WHERE pg_temp.answer(script) <> csv);
	PERFORM set_config('fluxtask.disabled_rules', '', true);
	RETURN NEXT;
END $f$;
SET fluxtask.push_down = off;
CREATE TEMP TABLE general AS SELECT id, pg_temp.answer(script) AS csv FROM cases;
SET fluxtask.push_down = on;
SELECT count(*) AS scripts, count(*) FILTER (WHERE csv LIKE '#%') > 50 AS many_answer FROM general;
SELECT count(*) FROM cases WHERE NOT EXISTS (SELECT FROM flux.explain(script) line WHERE line LIKE '%[share_scan%');
SELECT * FROM pg_temp.differ();
SELECT flux.compact('push-share') IS NOT NULL AS compacted;
SELECT * FROM pg_temp.differ();
-- the same points once more, some of them: hot ones lie over segments
SELECT flux.write('push-share', string_agg(line, E'\n'), 's') > 0 AS written FROM lines WHERE i BETWEEN 500 AND 510;
SELECT * FROM pg_temp.differ();
SELECT flux.drop_bucket('push-share', true);
