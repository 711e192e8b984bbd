-- Buckets as SQL tables: reading with and without push-down, INSERT, COPY, refusals.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT flux.create_bucket('tf', chunk_interval => '1 hour') > 0 AS created;
SELECT flux.write('tf', string_agg(format('mem,host=%s,region=%s used=%s%s %s', h, r, i, f, 1700000000000000000 + i * 600000000000), E'\n'))
FROM (SELECT i, chr(97 + i % 3) AS h, CASE WHEN i % 2 = 0 THEN 'eu' ELSE 'us' END AS r,
        CASE WHEN i % 4 = 0 THEN format(',free=%si', i * 10) ELSE '' END AS f
      FROM generate_series(0, 23) i) v;
SELECT flux.write('tf', 'cpu,host=a load=0.5 1700000000000000001');

SELECT * FROM tf.mem ORDER BY time, host;
SELECT * FROM tf._points ORDER BY time_ns, _field LIMIT 4;
SELECT count(*), count(used), count(free), sum(free) FROM tf.mem;
-- whole rows
SELECT mem FROM tf.mem WHERE host = 'a' AND free IS NOT NULL ORDER BY time;

-- what goes to storage
EXPLAIN (COSTS OFF) SELECT used FROM tf.mem WHERE host = 'a' AND time >= '2023-11-15' AND time < '2023-11-16';
EXPLAIN (COSTS OFF) SELECT used FROM tf.mem WHERE 'a' <> host AND time_ns <= 1700000000000000000 AND used > 3;
EXPLAIN (COSTS OFF) SELECT used FROM tf.mem WHERE (host IN ('a', 'b') OR region IS NULL) AND region IS NOT NULL;
EXPLAIN (COSTS OFF) SELECT used FROM tf.mem WHERE time > now() - interval '1 hour';
EXPLAIN (COSTS OFF) SELECT v_float FROM tf._points WHERE _measurement = 'mem' AND _field = 'used' AND tags ->> 'host' = 'b';
-- and what does not
EXPLAIN (COSTS OFF) SELECT used FROM tf.mem WHERE NOT host = 'a' AND host LIKE 'a%' AND host < 'b' AND (host = 'a' OR time < now()) AND host = region;
EXPLAIN (COSTS OFF) SELECT used FROM tf.mem WHERE host = random()::text;

-- each condition gives what the server would filter by itself
CREATE TEMP TABLE tf_mem AS SELECT * FROM tf.mem;
CREATE FUNCTION tf_differs(condition text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; m bigint;
BEGIN
    EXECUTE format('WITH a AS (SELECT * FROM tf.mem WHERE %1$s), b AS (SELECT * FROM tf_mem WHERE %1$s)
        SELECT (SELECT count(*) FROM (TABLE a EXCEPT ALL TABLE b) x) + (SELECT count(*) FROM (TABLE b EXCEPT ALL TABLE a) y),
            (SELECT count(*) FROM a)', condition) INTO n, m;
    RAISE NOTICE '% rows: %', m, condition;
    RETURN n;
END $$;
SELECT sum(tf_differs(c)) AS differences FROM unnest(ARRAY[
    $$host = 'a'$$, $$host <> 'a'$$, $$host = 'nobody'$$, $$host = NULL$$, $$host IN ('a', 'c', NULL)$$,
    $$host = ANY (NULL::text[])$$, $$host IS NULL$$, $$region IS NOT NULL$$, $$host = ''$$,
    $$host = 'a' OR region = 'us'$$, $$host = 'a' AND (region = 'us' OR host = 'b')$$,
    $$time = '2023-11-14 22:13:20'$$, $$time < '2023-11-14 22:23:20'$$, $$time <= '2023-11-14 22:23:20'$$,
    $$time > '2023-11-15 01:33:20'$$, $$time >= '2023-11-15 01:33:20'$$, $$'2023-11-15 01:33:20' <= time$$,
    $$time BETWEEN '2023-11-14 23:00' AND '2023-11-15 00:30'$$, $$time > '2023-11-15' AND time < '2023-11-15'$$,
    $$time < 'infinity'$$, $$time > '-infinity'$$, $$time > 'infinity'$$, $$time < '0044-03-15 BC'$$, $$time < '3000-01-01'$$,
    $$time < NULL$$, $$time_ns < 1700000600000000000$$, $$time_ns <= 1700000600000000000$$, $$time_ns = 1700000600000000000$$,
    $$time_ns > 9223372036854775807$$, $$time_ns >= (-9223372036854775807 - 1)$$, $$used > 20$$, $$free > 20$$, $$free IS NULL$$,
    $$used IS NOT NULL AND free = 40$$, $$coalesce(free, 0) = 0 AND host = 'b'$$]) c;
-- nanoseconds below a microsecond
SELECT time_ns, load FROM tf.cpu WHERE time = '2023-11-14 22:13:20';
SELECT time_ns FROM tf.cpu WHERE time > '2023-11-14 22:13:20';
SELECT time_ns FROM tf.cpu WHERE time_ns > 1700000000000000000 AND time_ns < 1700000000000000002;

-- a table with only some columns asked for still has all its rows
SELECT count(*) FROM (SELECT free FROM tf.mem) f;
SELECT count(*) FROM (SELECT free FROM tf.mem WHERE free IS NOT NULL) f;

-- joins, parameters, rescans, cursors
CREATE TEMP TABLE tf_hosts (name text, rack int);
INSERT INTO tf_hosts VALUES ('a', 1), ('c', 3), ('z', 9);
SELECT rack, count(*), sum(used) FROM tf_hosts JOIN tf.mem ON host = name GROUP BY rack ORDER BY rack;
SELECT name, (SELECT count(*) FROM tf.mem WHERE host = name) FROM tf_hosts ORDER BY name;
SELECT name, l.* FROM tf_hosts, LATERAL (SELECT used FROM tf.mem WHERE host = name ORDER BY time DESC LIMIT 1) l ORDER BY name;
PREPARE tf_prepared(text, timestamptz) AS SELECT count(*) FROM tf.mem WHERE host = $1 AND time >= $2;
SET plan_cache_mode = force_generic_plan;
EXECUTE tf_prepared('a', '2023-11-15');
EXECUTE tf_prepared('b', '-infinity');
RESET plan_cache_mode;
BEGIN;
DECLARE tf_cursor CURSOR FOR SELECT used FROM tf.mem WHERE host = 'a' ORDER BY time;
FETCH 2 FROM tf_cursor;
SELECT flux.write('tf', 'mem,host=a,region=eu used=1000 1700000000000000000');
FETCH 1 FROM tf_cursor;
ROLLBACK;

-- inserting
INSERT INTO tf.mem (time, host, region, used) VALUES ('2023-11-14 22:13:20', 'a', 'eu', 100) RETURNING host, used;
INSERT INTO tf.mem (time_ns, host, free) VALUES (1700000000000000005, 'a', 7), (1700000000000000006, '', 8);
SELECT * FROM tf.mem WHERE time = '2023-11-14 22:13:20' ORDER BY time_ns;
INSERT INTO tf._points (time, _measurement, _field, tags, v_str) VALUES ('2023-11-14', 'notes', 'text', '{"by": "me"}', 'hello');
SELECT * FROM tf.notes;
COPY tf.mem (time, host, used) FROM stdin;
2023-11-20 00:00:00+00	copied	1
2023-11-20 00:00:01+00	copied	2
\.
SELECT time, host, used FROM tf.mem WHERE host = 'copied' ORDER BY time;
COPY (SELECT host, used FROM tf.mem WHERE host = 'copied' ORDER BY time) TO stdout;
INSERT INTO tf.mem (time, host, used) SELECT time + interval '1 day', host, used * 2 FROM tf.mem WHERE host = 'copied';
SELECT time, used FROM tf.mem WHERE host = 'copied' ORDER BY time;
-- without a time: now
INSERT INTO tf.mem (host, used) VALUES ('clock', 1);
SELECT abs(extract(epoch FROM time - clock_timestamp())) < 60 AS is_now FROM tf.mem WHERE host = 'clock';

-- what is refused, wholly
INSERT INTO tf.mem (time, host) VALUES ('2023-11-14', 'x');
INSERT INTO tf.mem (time, time_ns, used) VALUES ('2023-11-14', 1, 1);
INSERT INTO tf.mem (time, used) VALUES ('2023-11-14', 'NaN');
INSERT INTO tf.mem (time, used) VALUES ('infinity', 1);
INSERT INTO tf.mem (time, used) VALUES ('2500-01-01', 1);
INSERT INTO tf._points (time, _measurement, _field, v_int) VALUES ('2023-11-14 22:13:20', 'mem', 'free', 1), ('2023-11-14 22:13:20', 'mem', 'used', 1);
INSERT INTO tf._points (time, _measurement, _field) VALUES ('2023-11-14', 'mem', 'used');
INSERT INTO tf._points (time, _measurement, _field, v_int, v_float) VALUES ('2023-11-14', 'mem', 'x', 1, 1);
INSERT INTO tf._points (time, _measurement, v_int) VALUES ('2023-11-14', 'mem', 1);
INSERT INTO tf._points (time, _measurement, _field, tags, v_int) VALUES ('2023-11-14', 'mem', 'n', '{"a": 1}', 1);
INSERT INTO tf._points (time, _measurement, _field, tags, v_int) VALUES ('2023-11-14', 'mem', 'n', '[]', 1);
INSERT INTO tf._points (time, _measurement, _field, tags, v_int) VALUES ('2023-11-14', 'mem', 'n', '{"time": "x"}', 1);
INSERT INTO tf._points (time, _measurement, _field, v_uint) VALUES ('2023-11-14', 'mem', 'u', -1);
INSERT INTO tf._points (time, _measurement, _field, v_uint) VALUES ('2023-11-14', 'mem', 'u', 1.5);
INSERT INTO tf._points (series_id, _measurement, _field, v_int) VALUES (1, 'mem', 'n', 1);
INSERT INTO tf.mem (time, used) VALUES ('2023-11-14', 1) ON CONFLICT DO NOTHING;
UPDATE tf.mem SET used = 0;
DELETE FROM tf.mem;
TRUNCATE tf.mem;
SELECT fields FROM flux.measurements WHERE bucket = 'tf' AND measurement = 'mem';

-- a column added by hand; options that are none; a table elsewhere
ALTER FOREIGN TABLE tf.mem ADD COLUMN extra int;
INSERT INTO tf.mem (time, used, extra) VALUES ('2023-11-14', 1, 1);
SELECT count(*), count(extra) FROM tf.mem WHERE time < '2023-11-15';
ALTER FOREIGN TABLE tf.mem DROP COLUMN extra;
ALTER FOREIGN TABLE tf.mem ADD COLUMN swap float8 OPTIONS (field 'swap');
ALTER FOREIGN TABLE tf.mem RENAME COLUMN host TO server;
INSERT INTO tf.mem (time, server, swap) VALUES ('2023-11-13', 'renamed', 5);
SELECT * FROM tf.mem WHERE server = 'renamed';
ALTER FOREIGN TABLE tf.mem ADD COLUMN bad text OPTIONS (tagg 'x');
CREATE FOREIGN TABLE tf_elsewhere (time timestamptz) SERVER fluxtask;
SELECT * FROM tf_elsewhere;
DROP FOREIGN TABLE tf_elsewhere;
DROP TABLE tf_mem, tf_hosts;
DROP FUNCTION tf_differs;
SELECT flux.drop_bucket('tf');
