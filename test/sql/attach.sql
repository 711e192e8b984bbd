-- Attached buckets: existing relations read as buckets.  The same points in a
-- native bucket and in relations of every layout give the same tables, to the
-- byte, with push-down and without.
SET client_min_messages = warning;
SET timezone = 'UTC';
SELECT flux.create_bucket('native') > 0 AS created;
SELECT flux.write('native', string_agg(format('mem,Host=h%s%s used=%s,n=%si,s="x%s",ok=%s %s', h,
	CASE WHEN h % 3 > 0 THEN ',region=r' || h % 3 ELSE '' END, (h * 37 + i * 11) % 101 + 0.5, (h * 7 + i) % 13, i % 5,
	i % 2 = 0, 1700000000 + i * 25), E'\n'), 's')
FROM generate_series(1, 5) h, generate_series(1, 120) i WHERE i NOT BETWEEN 40 AND 80;

CREATE SCHEMA plain;
CREATE TABLE plain.mem AS SELECT time, "Host", region, used, n, s, ok FROM native.mem;
UPDATE plain.mem SET region = '' WHERE region IS NULL AND n % 2 = 0;
INSERT INTO plain.mem (time, "Host", used) VALUES ('2023-11-14 22:30', 'h1', 'NaN'), ('2023-11-14 22:30', 'h1', 'Infinity'),
	('2023-11-14 22:30', 'nothing', NULL);
SELECT flux.attach_bucket('wide', 'plain.mem', tag_columns => '{Host,region}') > 0 AS attached;

CREATE TABLE plain.points AS SELECT time_ns, _measurement AS m, _field AS f, tags, v_float, v_int::int, v_str, v_bool FROM native._points;
SELECT flux.attach_bucket('narrow', 'plain.points', time_column => 'time_ns', measurement_column => 'm', field_column => 'f',
	tags_column => 'tags', value_columns => '{v_float,v_int,v_str,v_bool}') > 0 AS attached;

CREATE TABLE plain.parted (at timestamp, n smallint, ok boolean, s varchar, used numeric, "Host" varchar(20), region text)
PARTITION BY HASH ("Host");
CREATE TABLE plain.parted_0 PARTITION OF plain.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE plain.parted_1 PARTITION OF plain.parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO plain.parted SELECT time, n, ok, s, used, "Host", region FROM native.mem;
SELECT flux.attach_bucket('parted', 'plain.parted', measurement => 'mem', value_columns => '{used,n,s,ok}') > 0 AS attached;

-- Telegraf's layouts: tags in a table, as comments say, as jsonb.
CREATE SCHEMA telegraf_tables;
CREATE TABLE telegraf_tables.mem_tag AS SELECT row_number() OVER () AS tag_id, "Host", region FROM native.mem GROUP BY 2, 3;
CREATE TABLE telegraf_tables.mem AS SELECT m.time::timestamp AS time, t.tag_id, used, n, s, ok
FROM native.mem m JOIN telegraf_tables.mem_tag t ON t."Host" = m."Host" AND t.region IS NOT DISTINCT FROM m.region;
SELECT flux.attach_bucket('telegraf', in_schema => 'telegraf_tables') > 0 AS attached;
CREATE SCHEMA commented_tables;
CREATE TABLE commented_tables.mem AS SELECT * FROM plain.mem;
COMMENT ON COLUMN commented_tables.mem."Host" IS 'tag';
COMMENT ON COLUMN commented_tables.mem.region IS 'tag where it stands';
SELECT flux.attach_bucket('commented', in_schema => 'commented_tables') > 0 AS attached;
CREATE SCHEMA json_tables;
CREATE VIEW json_tables.mem AS SELECT time, jsonb_build_object('Host', "Host", 'region', region) AS tags, used, n, s, ok FROM plain.mem;
SELECT flux.attach_bucket('json', in_schema => 'json_tables') > 0 AS attached;

CREATE TEMP TABLE cases (id int GENERATED ALWAYS AS IDENTITY, pipeline text);
INSERT INTO cases (pipeline) VALUES
($$$$),
($$ |> tail(n: 3)$$),
($$ |> tail(n: 1)$$),
($$ |> limit(n: 2)$$),
($$ |> filter(fn: (r) => r._field != "s") |> group(columns: ["region"]) |> max()$$),
($$ |> filter(fn: (r) => r._field == "used") |> group(columns: ["region"]) |> max()$$),
($$ |> filter(fn: (r) => r._field == "used") |> group(columns: ["region"]) |> last()$$),
($$ |> filter(fn: (r) => r._field == "used") |> group(columns: ["region"]) |> aggregateWindow(every: 10m, fn: max)$$),
($$ |> filter(fn: (r) => r._field == "n") |> group(columns: ["region"]) |> aggregateWindow(every: 10m, fn: first, createEmpty: false)$$),
($$ |> filter(fn: (r) => r._field == "n") |> group(columns: ["region", "Host"]) |> aggregateWindow(every: 7m, fn: last)$$),
($$ |> keys()$$),
($$ |> keep(columns: ["Host"]) |> group() |> distinct(column: "Host")$$),
($$ |> keep(columns: ["region"]) |> distinct(column: "region")$$),
($$ |> filter(fn: (r) => r._field == "used" and (r._value > 50.0 or r.Host == "h3")) |> aggregateWindow(every: 10m, fn: mean, location: {zone: "Europe/Berlin", offset: 0h})$$),
($$ |> aggregateWindow(every: 1mo, fn: count)$$),
($$ |> aggregateWindow(every: 90s, fn: count)$$),
($$ |> aggregateWindow(every: 90s, offset: 7s, fn: count, createEmpty: false)$$),
($$ |> filter(fn: (r) => r._field == "used" or r._field == "n") |> aggregateWindow(every: 5m, fn: mean)$$),
($$ |> filter(fn: (r) => r._field == "used" or r._field == "n") |> aggregateWindow(every: 5m, fn: sum, createEmpty: false)$$),
($$ |> filter(fn: (r) => r._field == "used" or r._field == "n") |> aggregateWindow(every: 5m, fn: min)$$),
($$ |> filter(fn: (r) => r._field == "used" or r._field == "n") |> aggregateWindow(every: 1h, fn: max, timeSrc: "_start")$$),
($$ |> filter(fn: (r) => r._field == "used" or r._field == "n") |> window(every: 5m) |> max()$$),
($$ |> first()$$),
($$ |> last()$$),
($$ |> count()$$),
($$ |> min()$$),
($$ |> mean()$$),
($$ |> filter(fn: (r) => r._field == "n") |> sum()$$),
($$ |> filter(fn: (r) => r._field == "used") |> mean()$$),
($$ |> filter(fn: (r) => r.Host =~ /h[1-3]/ and exists r.region and r._field != "s" and r._measurement == "mem" and "r1" == r.region)$$),
($$ |> filter(fn: (r) => r.Host =~ /^h\d$/ and r.Host !~ /h(1|2)$/ and r._field == "n") |> aggregateWindow(every: 10m, fn: sum)$$),
($$ |> filter(fn: (r) => r._field =~ /^(n|used)$/ and r.region != "r1") |> count()$$),
($$ |> filter(fn: (r) => not exists r.region and r._field == "ok")$$),
($$ |> filter(fn: (r) => (r.region == "r1" and r._value > 60) or not exists r.region)$$),
($$ |> filter(fn: (r) => not (r.region == "r1" or r.Host =~ /h[12]/) and r._field == "ok")$$),
($$ |> filter(fn: (r) => r._field == "n" and not (r.region == "r1" and r._value > 60)) |> count()$$),
($$ |> filter(fn: (r) => r._field == "n") |> group(columns: ["region"]) |> mean()$$),
($$ |> filter(fn: (r) => r._field == "n") |> group(columns: ["region"]) |> aggregateWindow(every: 5m, fn: sum)$$),
($$ |> filter(fn: (r) => r._field == "n" or r._field == "used") |> aggregateWindow(every: 5m, fn: spread)$$),
($$ |> filter(fn: (r) => r._value =~ /x[12]/) |> count()$$),
($$ |> filter(fn: (r) => r._value =~ /x\d/ and r._value >= "x2") |> count()$$),
($$ |> filter(fn: (r) => r._field == "ok" and r._value == true) |> count()$$),
($$ |> filter(fn: (r) => r._field == "n" and r._value >= 3.5 and r._value != 7) |> count()$$),
($$ |> filter(fn: (r) => r._field == "s" and r._value == "x2") |> count()$$),
($$ |> filter(fn: (r) => r._field == "s") |> aggregateWindow(every: 10m, fn: last, timeSrc: "_start")$$),
($$ |> filter(fn: (r) => r._field == "s") |> sum()$$),
($$ |> filter(fn: (r) => r._measurement == "cpu")$$),
($$ |> filter(fn: (r) => r.Host == "it's \\ \"h1\"")$$),
($$ |> filter(fn: (r) => r._field == "n" and r._value >= 3 and r._time > 2023-11-14T22:50:00Z)$$),
($$ |> range(start: 2023-11-14T22:20:00.000000001Z, stop: 2023-11-14T22:21:00.000000001Z)$$);

CREATE FUNCTION pg_temp.answer(bucket text, pipeline text) RETURNS text LANGUAGE plpgsql AS $f$
BEGIN
	RETURN flux.query_csv(format('from(bucket: "%s") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-14T23:14:00Z)',
		bucket) || pipeline);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || regexp_replace(SQLERRM, ' at 1:.*', '');
END $f$;
CREATE TEMP TABLE buckets AS SELECT unnest('{native,wide,narrow,parted,telegraf,commented,json}'::text[]) AS bucket;
CREATE TEMP TABLE answers AS SELECT id, bucket, 'on' AS push_down, pg_temp.answer(bucket, pipeline) AS csv FROM cases, buckets;
SET fluxtask.push_down = off;
INSERT INTO answers SELECT id, bucket, 'off', pg_temp.answer(bucket, pipeline) FROM cases, buckets;
SET fluxtask.push_down = on;

SELECT pipeline, length(n.csv) AS size, bool_and(a.csv = n.csv) AS same,
	string_agg(a.bucket, ', ') FILTER (WHERE a.csv <> n.csv) AS differ
FROM cases JOIN answers n USING (id) JOIN answers a USING (id, push_down)
WHERE n.bucket = 'native' GROUP BY id, push_down, pipeline, n.csv ORDER BY id, push_down;

-- What goes into SQL.
CREATE FUNCTION pg_temp.plan(bucket text, pipeline text) RETURNS SETOF text LANGUAGE sql AS $f$
	SELECT flux.explain(format('from(bucket: "%s") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-14T23:14:00Z)', bucket) || pipeline)
$f$;
SELECT pg_temp.plan('wide', $$ |> filter(fn: (r) => r._field == "used" and r.Host == "h1" and r.region =~ /r./) |> aggregateWindow(every: 5m, fn: mean)$$);
SELECT pg_temp.plan('telegraf', $$ |> filter(fn: (r) => r._field == "n" and r._value > 3) |> aggregateWindow(every: 5m, fn: sum)$$);
SELECT pg_temp.plan('json', $$ |> filter(fn: (r) => r._field == "s") |> last()$$);
SELECT pg_temp.plan('wide', $$ |> filter(fn: (r) => r._measurement == "cpu") |> count()$$);
SELECT pg_temp.plan('wide', $$ |> filter(fn: (r) => r._field == "n") |> group(columns: ["region"]) |> mean()$$);

-- Fields in jsonb, as Telegraf's fields_as_jsonb has them; a materialized view; several types of one key.
CREATE SCHEMA jsonb_tables;
CREATE TABLE jsonb_tables.mem AS SELECT m.time, t.tag_id, jsonb_strip_nulls(jsonb_build_object('used', used, 's', s, 'ok', ok, 'none', NULL)) AS fields
FROM native.mem m JOIN telegraf_tables.mem_tag t ON t."Host" = m."Host" AND t.region IS NOT DISTINCT FROM m.region;
CREATE TABLE jsonb_tables.mem_tag AS SELECT tag_id, jsonb_strip_nulls(jsonb_build_object('Host', "Host", 'region', region)) AS tags FROM telegraf_tables.mem_tag;
SELECT flux.attach_bucket('jsonb_fields', in_schema => 'jsonb_tables') > 0 AS attached;
CREATE MATERIALIZED VIEW plain.mem_view AS SELECT time AT TIME ZONE 'UTC' AS at, "Host", region, used, n, s, ok FROM plain.mem;
SELECT flux.attach_bucket('matview', 'plain.mem_view', measurement => 'mem', tag_columns => '{Host,region}') > 0 AS attached;
CREATE TEMP TABLE few AS SELECT push_down, id, bucket, pg_temp.answer(bucket, $$ |> filter(fn: (r) => r._field != "n")$$ || pipeline) AS csv
FROM cases, unnest('{native,jsonb_fields,matview}'::text[]) bucket, unnest('{on,off}'::text[]) push_down
WHERE set_config('fluxtask.push_down', push_down, true) IS NOT NULL AND pipeline NOT LIKE '%"n"%';
SELECT a.bucket, count(*), bool_and(a.csv = n.csv) AS same, string_agg(pipeline, E'\n') FILTER (WHERE a.csv <> n.csv) AS differ
FROM few n JOIN few a USING (id, push_down) JOIN cases USING (id) WHERE n.bucket = 'native' GROUP BY 1 ORDER BY 1;
SELECT pg_temp.plan('jsonb_fields', $$ |> filter(fn: (r) => r._field == "used" and r._value > 50.0) |> aggregateWindow(every: 5m, fn: mean)$$);
SELECT pg_temp.plan('jsonb_fields', $$ |> filter(fn: (r) => r._measurement == "cpu")$$);
UPDATE jsonb_tables.mem SET fields = '{"used": "much", "": 1, "list": [1], "it''s": true}' WHERE time = '2023-11-14 22:15:50' AND tag_id = 1;
SELECT result, record->>'_field' AS field, record->>'_value' AS value FROM flux.query_json($$from(bucket: "jsonb_fields") |> range(start: 2023-11-14T22:13:00Z)
	|> filter(fn: (r) => r.Host == "h1" and (r._field == "used" or r._field == "it's")) |> last()$$) ORDER BY 2, 3;
SELECT record->>'_value' AS value FROM flux.query_json($$from(bucket: "jsonb_fields") |> range(start: 2023-11-14T22:13:00Z) |> filter(fn: (r) => r._field == "it's")$$);
SELECT pg_temp.answer('jsonb_fields', $$ |> limit(n: 1) |> to(bucket: "jsonb_fields")$$);
-- How many series there are, and what flux.measurements shows.
SELECT b.bucket, flux.query_csv(format($$import "influxdata/influxdb" influxdb.cardinality(bucket: "%s", start: 2023-11-14T22:13:00Z, stop: 2023-11-14T23:14:00Z,
	predicate: (r) => r._field != "s" and r.Host != "h1") |> keep(columns: ["_value"])$$, b.bucket)) = flux.query_csv($$import "influxdata/influxdb"
	influxdb.cardinality(bucket: "native", start: 2023-11-14T22:13:00Z, stop: 2023-11-14T23:14:00Z,
	predicate: (r) => r._field != "s" and r.Host != "h1") |> keep(columns: ["_value"])$$) AS same FROM buckets b;
SELECT * FROM flux.measurements ORDER BY bucket COLLATE "C", measurement;
DROP TABLE jsonb_tables.mem CASCADE;
SELECT count(*) FROM flux.measurements WHERE bucket = 'jsonb_fields';

-- A column added later is a field at once; what is gone is missed.
ALTER TABLE commented_tables.mem ADD COLUMN later int;
UPDATE commented_tables.mem SET later = 7 WHERE "Host" = 'h1' AND n = 1;
SELECT result, record->>'_value' AS value FROM flux.query_json($$from(bucket: "commented") |> range(start: 2023-11-14T22:13:00Z)
	|> filter(fn: (r) => r._field == "later") |> sum()$$);
ALTER TABLE commented_tables.mem ADD COLUMN unsigned numeric;
UPDATE commented_tables.mem SET unsigned = 18446744073709551615 WHERE "Host" = 'h1' AND n = 1;
SELECT flux.query_csv($$from(bucket: "commented") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-14T22:33:00Z)
	|> filter(fn: (r) => r._field == "unsigned" and r._value > 1) |> first()$$);
SELECT flux.query_csv($$from(bucket: "commented") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-14T22:33:00Z)
	|> filter(fn: (r) => r._field == "unsigned") |> sum()$$);
UPDATE commented_tables.mem SET unsigned = -1 WHERE "Host" = 'h1' AND n = 1;
SELECT flux.query_csv($$from(bucket: "commented") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-14T22:33:00Z)
	|> filter(fn: (r) => r._field == "unsigned")$$);
ALTER TABLE plain.mem RENAME TO mem_renamed;
SELECT flux.query_csv('from(bucket: "wide") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-15T00:00:00Z)');
ALTER TABLE plain.mem_renamed RENAME TO mem;
ALTER TABLE plain.mem RENAME COLUMN region TO regions;
SELECT flux.query_csv('from(bucket: "wide") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-15T00:00:00Z)');
ALTER TABLE plain.mem RENAME COLUMN regions TO region;

-- Refusals.
CREATE TABLE plain.two (a timestamptz, b timestamptz, tags text, v float8, i interval, _value text);
CREATE SCHEMA empty;
SELECT flux.attach_bucket(NULL, 'plain.mem');
SELECT flux.attach_bucket('x');
SELECT flux.attach_bucket('x', 'plain.mem', in_schema => 'plain');
SELECT flux.attach_bucket('x', 'plain.nothing');
SELECT flux.attach_bucket('x', in_schema => 'nothing');
SELECT flux.attach_bucket('x', in_schema => 'empty');
SELECT flux.attach_bucket('wide', 'plain.mem');
SELECT flux.attach_bucket('plain', 'plain.mem');
SELECT flux.attach_bucket('x', 'plain.two');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'c');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'v');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', tags_column => 'tags');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', tag_columns => '{_value}');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', tag_columns => '{tags,tags}');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', tag_columns => '{tag}');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', tag_columns => '{tags}', value_columns => '{i}');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', tag_columns => '{tags}', value_columns => '{tags}');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', tag_columns => '{tags,_value,v}');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', field_column => 'tags');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', field_column => 'v', value_columns => '{v}');
SELECT flux.attach_bucket('x', 'plain.two', time_column => 'a', measurement => 'm', measurement_column => 'tags');
SELECT flux.attach_bucket('x', 'plain.mem', tag_table => 'telegraf_tables.mem_tag');
SELECT flux.attach_bucket('x', 'plain.parted_0_pkey');
SELECT flux.alter_bucket('wide', retention => '1 day');
SELECT flux.write('wide', 'mem used=1');
SELECT flux.delete('wide', '-infinity', 'infinity');
SELECT count(*) FROM wide._points;
INSERT INTO wide._points (time, _measurement, _field, v_int) VALUES (now(), 'm', 'f', 1);

-- Writing: to() and wideTo() insert rows, and update where a unique index tells points apart.
CREATE TABLE plain.target (time timestamptz NOT NULL, "Host" text, region varchar(3), used float8, n int, ok boolean, s text,
	UNIQUE (region, "Host", time));
SELECT flux.attach_bucket('target', 'plain.target', measurement => 'mem', tag_columns => '{Host,region}') > 0 AS attached;
CREATE TABLE plain.log (ns bigint, m text, f text, tags jsonb, v float8, i bigint, u numeric(20));
SELECT flux.attach_bucket('log', 'plain.log', time_column => 'ns', measurement_column => 'm', field_column => 'f',
	value_columns => '{v,i,u}') > 0 AS attached;
CREATE FUNCTION pg_temp.run(pipeline text) RETURNS text LANGUAGE plpgsql AS $f$
DECLARE rows bigint;
BEGIN
	SELECT count(*) INTO rows FROM flux.query_json('from(bucket: "native") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-14T22:23:20Z)'
		|| pipeline);
	RETURN rows || ' rows';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $f$;
SELECT pg_temp.run($$ |> to(bucket: "target")$$), pg_temp.run($$ |> to(bucket: "target")$$);
SELECT (SELECT count(*) FROM plain.target) AS rows, NOT EXISTS (SELECT time, "Host", coalesce(region, ''), used, n, ok, s
	FROM native.mem WHERE time < '2023-11-14 22:23:20' EXCEPT SELECT time, "Host", region, used, n, ok, s FROM plain.target) AS all_there;
SELECT replace(flux.query_csv(q), 'native', 'target') = flux.query_csv(replace(q, 'native', 'target')) AS same
FROM (VALUES ('from(bucket: "native") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-14T22:23:20Z)')) v(q);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n" and r.Host == "h1") |> map(fn: (r) => ({r with _value: r._value + 100})) |> to(bucket: "target")$$);
SELECT count(*), sum(n), count(used) FROM plain.target WHERE "Host" = 'h1';
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n" or r._field == "used") |> limit(n: 2) |> to(bucket: "log")$$);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n") |> last() |> map(fn: (r) => ({r with _value: uint(v: r._value), _field: "u"})) |> to(bucket: "log")$$);
SELECT * FROM plain.log WHERE tags->>'Host' = 'h1' ORDER BY ns, f;
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n" or r._field == "used") |> first()
	|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> wideTo(bucket: "target")$$);
SELECT min(time), sum(n) FROM plain.target WHERE n < 100;
SELECT flux.create_task($$option task = {name: "attached", every: 1h}
from(bucket: "native") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-14T22:14:00Z) |> filter(fn: (r) => r._field == "n")
	|> count() |> duplicate(column: "_stop", as: "_time") |> to(bucket: "log")$$) > 0 AS created;
SELECT flux.run_task('attached') > 0 AS ran;
SELECT count(*), sum(i) FROM plain.log WHERE ns = 1700000040000000000 AND f = 'n';
SELECT flux.drop_task('attached');
SELECT pg_temp.run($$ |> first() |> set(key: "_measurement", value: "men") |> to(bucket: "target")$$);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n") |> set(key: "_field", value: "used") |> to(bucket: "target")$$);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n") |> set(key: "_field", value: "use") |> to(bucket: "target")$$);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n") |> set(key: "rack", value: "a") |> to(bucket: "target")$$);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n") |> set(key: "region", value: "long") |> to(bucket: "target")$$);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n") |> map(fn: (r) => ({r with _value: 5000000000})) |> to(bucket: "target")$$);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "s") |> to(bucket: "log")$$);
SELECT pg_temp.run($$ |> filter(fn: (r) => r._field == "n") |> to(bucket: "telegraf")$$);

-- Rights: those on the bucket and one's own on the relations.
CREATE ROLE attach_reader;
GRANT USAGE ON SCHEMA plain TO attach_reader;
SET ROLE attach_reader;
SELECT flux.attach_bucket('mine', 'plain.mem');
SELECT flux.query_csv('from(bucket: "wide") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-15T00:00:00Z)');
RESET ROLE;
GRANT SELECT ON wide._points TO attach_reader;
SET ROLE attach_reader;
SELECT flux.query_csv('from(bucket: "wide") |> range(start: 2023-11-14T22:13:00Z, stop: 2023-11-15T00:00:00Z)');
RESET ROLE;
GRANT SELECT ON plain.mem TO attach_reader;
SET ROLE attach_reader;
SELECT record->>'_value' AS value FROM flux.query_json($$from(bucket: "wide") |> range(start: 2023-11-14T22:13:00Z)
	|> filter(fn: (r) => r._field == "n" and r.Host == "h1") |> count()$$);
SELECT flux.query_csv('import "array" array.from(rows: [{_time: 2024-01-01T00:00:00Z, _measurement: "mem", _field: "n", _value: 1}])
	|> to(bucket: "wide")');
RESET ROLE;
GRANT INSERT ON wide._points TO attach_reader;
SET ROLE attach_reader;
SELECT flux.query_csv('import "array" array.from(rows: [{_time: 2024-01-01T00:00:00Z, _measurement: "mem", _field: "n", _value: 1}])
	|> to(bucket: "wide")');
RESET ROLE;
REVOKE ALL ON plain.mem, wide._points FROM attach_reader;
REVOKE ALL ON SCHEMA plain FROM attach_reader;
DROP ROLE attach_reader;

SELECT name, kind, measurements, chunks FROM flux.buckets WHERE kind = 'attached' ORDER BY name;
SELECT flux.drop_bucket(name) FROM flux.buckets WHERE kind = 'attached' ORDER BY name;
SELECT count(*) > 0 AS still_there FROM plain.mem;
SELECT flux.drop_bucket('native');
DROP SCHEMA plain, telegraf_tables, commented_tables, json_tables, jsonb_tables, empty CASCADE;
