-- Every push-down rule gives what the general operators give: each pipeline
-- runs with and without push-down, over hot points and over segments, and the
-- CSV must be the same to the byte.  Then the plans, one per rule.
SET client_min_messages = warning;
SELECT flux.create_bucket('push-down') > 0 AS created;
SELECT flux.write('push-down', string_agg(format('mem,host=h%s,region=r%s used=%s,n=%si,s="x%s" %s', h, h % 3,
	(h * 37 + i * 11) % 101 + 0.5, (h * 7 + i) % 13, i % 5, 1700000000 + i * 10), E'\n'), 's')
FROM generate_series(1, 7) h, generate_series(1, 500) i;

CREATE TEMP TABLE cases (id int GENERATED ALWAYS AS IDENTITY, pipeline text);
INSERT INTO cases (pipeline) values
($$ |> tail(n: 3)$$),
($$ |> limit(n: 2)$$),
($$ |> filter(fn: (r) => r._field != "s") |> group(columns: ["region"]) |> max()$$),
($$ |> filter(fn: (r) => r._field == "used") |> group(columns: ["region"]) |> max()$$),
($$ |> filter(fn: (r) => r._field == "used") |> group(columns: ["region"]) |> last()$$),
($$ |> filter(fn: (r) => r._field == "used") |> group(columns: ["region"]) |> aggregateWindow(every: 10m, fn: max)$$),
($$ |> filter(fn: (r) => r._field == "n") |> group(columns: ["region"]) |> aggregateWindow(every: 10m, fn: first, createEmpty: false)$$),
($$ |> filter(fn: (r) => r._field == "n") |> group(columns: ["region", "host"]) |> aggregateWindow(every: 7m, fn: last)$$),
($$ |> keys()$$),
($$ |> keep(columns: ["host"]) |> group() |> distinct(column: "host")$$),
($$ |> keep(columns: ["region"]) |> distinct(column: "region")$$),
($$ |> filter(fn: (r) => r._field == "used" and (r._value > 50.0 or r.host == "h3")) |> aggregateWindow(every: 10m, fn: mean, location: {zone: "Europe/Berlin", offset: 0h})$$),
($$ |> aggregateWindow(every: 1mo, fn: count)$$),
($$ |> first()$$),
($$ |> min()$$),
($$ |> mean()$$),
($$ |> filter(fn: (r) => r._field == "n") |> sum()$$),
($$ |> filter(fn: (r) => r.host =~ /h[1-3]/ and exists r.region and r._field != "s" and r._measurement == "mem" and "r1" == r.region)$$),
($$ |> filter(fn: (r) => not exists r.region)$$),
($$ |> filter(fn: (r) => not (r.region == "r1" or r.host == "h2") and exists r._value) |> count()$$),
($$ |> filter(fn: (r) => r._field == "s" and r._value == "x2") |> count()$$),
($$ |> filter(fn: (r) => r._field == "s") |> aggregateWindow(every: 10m, fn: last, timeSrc: "_start")$$),
($$ |> filter(fn: (r) => r._field == "s") |> sum()$$),
($$ |> filter(fn: (r) => r._field == "n" and r._value >= 3 and r._time > 2023-11-14T23:00:00Z)$$),
($$ |> filter(fn: (r) => r._field == "used") |> group(columns: ["region"]) |> mean()$$),
($$ |> filter(fn: (r) => r._field == "n") |> group(columns: ["_time", "_value", "host"], mode: "except") |> aggregateWindow(every: 10m, fn: spread)$$),
($$ |> filter(fn: (r) => contains(value: r.host, set: ["h1", "h3", "nobody"]) and r._field == "used") |> mean()$$),
($$ |> filter(fn: (r) => contains(set: ["used", "n"], value: r._field) and not contains(value: r.region, set: ["r1"])) |> count()$$),
($$ |> filter(fn: (r) => not contains(value: r.nosuch, set: ["x"]) and r._field == "n") |> count()$$),
($$ |> filter(fn: (r) => contains(value: r.nosuch, set: ["x"])) |> count()$$),
($$ |> filter(fn: (r) => contains(value: r.host, set: ["h1", ""]) or contains(value: r.host, set: [])) |> count()$$),
($$ |> filter(fn: (r) => r._field == "n" and contains(value: r._value, set: [3, 4])) |> count()$$),
($$ |> filter(fn: (r) => r._measurement == "mem" and (r.host == "h1" or r.host == "h9" or r.region == "r2") and r._field == "n") |> count()$$),
($$ |> filter(fn: (r) => r.region == "r1" and (r.host == "h1" or r.host == "h2") and (r.host == "h4" or r.host == "h1")) |> count()$$),
($$ |> filter(fn: (r) => r.host == "h8" or r.host == "h9") |> count()$$),
($$ |> filter(fn: (r) => r.host =~ /^(h1|h3|nobody)$/ and r._field =~ /^(n|used)$/) |> count()$$),
($$ |> filter(fn: (r) => (r.host =~ /^h2$/ or r.host == "h5" or r.region =~ /^(?:r0)$/) and r._measurement =~ /^mem$/) |> count()$$),
($$ |> filter(fn: (r) => r.host !~ /^(h1|h3)$/ and r.region =~ /^(r1|)$/) |> count()$$),
($$ |> filter(fn: (r) => r._measurement =~ /^(mem|cpu)$/ and r.host =~ /^(h1|h2)/ and r.nosuch !~ /^$/) |> count()$$),
($$ |> filter(fn: (r) => r._measurement =~ /^disk$/ or r.host =~ /^(h8|h9)$/) |> count()$$);

CREATE FUNCTION pg_temp.answer(pipeline text) RETURNS text LANGUAGE plpgsql AS $f$
BEGIN
	RETURN flux.query_csv('from(bucket: "push-down") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-15T22:14:00Z)'
		|| pipeline);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $f$;
CREATE TEMP TABLE hot_pushed AS SELECT id, pg_temp.answer(pipeline) AS csv FROM cases;
SET fluxtask.push_down = off;
CREATE TEMP TABLE hot_general AS SELECT id, pg_temp.answer(pipeline) AS csv FROM cases;
SELECT (flux.compact('push-down')) IS NOT NULL AS compacted;
CREATE TEMP TABLE segment_general AS SELECT id, pg_temp.answer(pipeline) AS csv FROM cases;
SET fluxtask.push_down = on;
CREATE TEMP TABLE segment_pushed AS SELECT id, pg_temp.answer(pipeline) AS csv FROM cases;

SELECT pipeline, length(hg.csv) AS size, hp.csv = hg.csv AS hot, sg.csv = hg.csv AS segments, sp.csv = hg.csv AS pushed,
	CASE WHEN hg.csv !~ '^#' AND hg.csv <> '' THEN hg.csv END AS error
FROM cases JOIN hot_general hg USING (id) JOIN hot_pushed hp USING (id)
	JOIN segment_general sg USING (id) JOIN segment_pushed sp USING (id) ORDER BY id;

SELECT id, flux.explain('from(bucket: "push-down") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-15T22:14:00Z)'
	|| pipeline) AS plan
FROM cases WHERE id IN (1, 2, 4, 6, 9, 10, 12, 16, 18, 20, 25, 26, 27, 28) ORDER BY id;

-- contains() is pushed with up to a thousand strings.
SELECT count, line LIKE '%where%' AS is_pushed
FROM unnest(ARRAY[1000, 1001]) count, LATERAL flux.explain(format('from(bucket: "push-down") |> range(start: 0)
	|> filter(fn: (r) => contains(value: r.host, set: [%s]))',
	(SELECT string_agg(format('"h%s"', i), ', ') FROM generate_series(1, count) i))) line
WHERE line LIKE '%read(%';

-- A rule can be left out by its name.
SET fluxtask.disabled_rules = 'read_filter, read_aggregate_window';
SELECT flux.explain('from(bucket: "push-down") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-15T22:14:00Z)
	|> filter(fn: (r) => r.host == "h1") |> aggregateWindow(every: 1h, fn: mean)') AS plan;
RESET fluxtask.disabled_rules;

SELECT flux.drop_bucket('push-down', true);
