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
-- what the server asks once for each series, and what of each row
EXPLAIN (COSTS OFF) SELECT used FROM tf.mem WHERE NOT host = 'a' AND host LIKE 'a%' AND host < 'b' AND (host = 'a' OR time < now()) AND host = region;
EXPLAIN (COSTS OFF) SELECT used FROM tf.mem WHERE host = random()::text;
-- conditions on series wait for those of a view with a security barrier
CREATE FUNCTION tf_leak(text) RETURNS boolean LANGUAGE plpgsql STABLE COST 0.0001 AS $$BEGIN RAISE NOTICE 'leaks %', $1; RETURN true; END$$;
CREATE VIEW tf_barred WITH (security_barrier) AS SELECT * FROM tf.mem WHERE used = 4;
CREATE VIEW tf_open AS SELECT * FROM tf.mem WHERE used = 4;
SELECT count(*) FROM tf_barred WHERE tf_leak(host);
EXPLAIN (COSTS OFF) SELECT used FROM tf_open WHERE tf_leak(host);
DROP VIEW tf_barred, tf_open;
DROP FUNCTION tf_leak;

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

-- in order of time, for LIMIT; so little would be sorted otherwise
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT time, host, used FROM tf.mem ORDER BY time DESC LIMIT 3;
SELECT time, host, used FROM tf.mem ORDER BY time DESC LIMIT 3;
SELECT time, host, used FROM tf.mem WHERE host = 'b' AND time < '2023-11-15 01:00' ORDER BY time DESC LIMIT 2;
EXPLAIN (COSTS OFF) SELECT time_ns, _field FROM tf._points ORDER BY time_ns, _field LIMIT 3;
SELECT time_ns, _field FROM tf._points ORDER BY time_ns, _field LIMIT 3;
SELECT time, used FROM tf.mem WHERE host = 'nobody' ORDER BY time LIMIT 1;
RESET enable_sort;
-- far apart, and the same instant often; all of it
SELECT flux.write('tf', string_agg(format('gaps,h=%s v=%s %s', i % 3, i, (i / 3) * (i / 3) * (i / 3) * 1000000000000), E'\n')) FROM generate_series(1, 600) i;
CREATE FUNCTION tf_order(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ordered text[]; plain text[]; plan text; is_pushed boolean := false;
BEGIN
    SET LOCAL enable_sort = off;
    SET LOCAL enable_incremental_sort = off;
    FOR plan IN EXECUTE 'EXPLAIN ' || query LOOP is_pushed := is_pushed OR plan LIKE '%Storage Order%'; END LOOP;
    EXECUTE format('SELECT array_agg(q.t) FROM (%s) q', query) INTO ordered;
    SET LOCAL fluxtask.push_down = off;
    EXECUTE format('SELECT array_agg(q.t) FROM (%s) q', query) INTO plain;
    SET LOCAL fluxtask.push_down = on;
    RETURN format('%s, %s rows, %s', CASE WHEN is_pushed THEN 'pushed' ELSE 'not pushed' END, cardinality(plain), ordered IS NOT DISTINCT FROM plain);
END $$;
SELECT tf_order('SELECT time AS t FROM tf.gaps ORDER BY time'), tf_order('SELECT time_ns AS t FROM tf._points ORDER BY time_ns DESC'),
    tf_order($$SELECT time AS t FROM tf.gaps WHERE h = '1' ORDER BY time DESC OFFSET 7$$), tf_order('SELECT h AS t FROM tf.gaps ORDER BY h');
DROP FUNCTION tf_order;
SELECT flux.delete('tf', '-infinity', 'infinity', '_measurement=gaps');

-- aggregates: what goes to storage gives the same as without
EXPLAIN (COSTS OFF) SELECT host, date_bin('1 hour', time, '2000-01-01') AS hour, avg(used), max(used) - min(used)
FROM tf.mem WHERE region = 'eu' AND used IS NOT NULL GROUP BY host, hour;
EXPLAIN (COSTS OFF) SELECT count(*) FROM tf._points;
CREATE FUNCTION tf_group_differs(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE pushed text[]; plain text[]; plan text; is_pushed boolean := false;
BEGIN
    FOR plan IN EXECUTE 'EXPLAIN ' || query LOOP is_pushed := is_pushed OR plan LIKE '%Storage Aggregate%'; END LOOP;
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q', query) INTO pushed;
    PERFORM set_config('fluxtask.push_down', 'off', true);
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q', query) INTO plain;
    PERFORM set_config('fluxtask.push_down', 'on', true);
    RETURN format('%s, %s rows, %s', CASE WHEN is_pushed THEN 'pushed' ELSE 'not pushed' END, cardinality(plain),
        CASE WHEN pushed IS NOT DISTINCT FROM plain THEN 'same' ELSE 'different: ' || pushed::text || ' instead of ' || plain::text END);
END $$;
SELECT flux.write('tf', E'mem,host=z,region=eu note="only text",flag=t,big=18446744073709551615u 1700000000000000000');
SELECT q AS query, tf_group_differs(q) FROM unnest(ARRAY[
    'SELECT host, count(used), sum(used), avg(used), min(used), max(used) FROM tf.mem GROUP BY host',
    'SELECT host, region, avg(used) FROM tf.mem WHERE used IS NOT NULL GROUP BY host, region',
    'SELECT host, region, avg(used), min(used) FROM tf.mem GROUP BY host, region',
    'SELECT region, min(free), max(free), count(free), count(note), count(flag), max(big), min(big) FROM tf.mem GROUP BY region',
    'SELECT host, avg(used) * 2 + min(free) AS x FROM tf.mem GROUP BY host',
    'SELECT upper(host), avg(used) FROM tf.mem GROUP BY host',
    'SELECT host FROM tf.mem GROUP BY host', 'SELECT DISTINCT host FROM tf.mem',
    $$SELECT date_bin('1 hour', time, '2000-01-01') AS t, avg(used) FROM tf.mem GROUP BY t$$,
    $$SELECT date_bin('1 hour', time, '2000-01-01 00:17:11') AS t, host, region, avg(used), max(used) FROM tf.mem WHERE used IS NOT NULL GROUP BY t, host, region$$,
    $$SELECT date_bin('1 day 30 minutes', time, '2100-01-01') AS t, region, sum(used), max(free) FROM tf.mem GROUP BY t, region$$,
    $$SELECT date_bin('7 microseconds', time, '2000-01-01') AS t, count(used) FROM tf.mem GROUP BY t$$,
    $$SELECT date_bin('1 hour', time, '2000-01-01') AS t, avg(used) FROM tf.mem WHERE time >= '2023-11-14 22:30' AND time < '2023-11-15 01:10' AND host <> 'a' GROUP BY t$$,
    'SELECT avg(used), min(used), count(free) FROM tf.mem', $$SELECT avg(used), count(used) FROM tf.mem WHERE host = 'none'$$,
    $$SELECT avg(used) FROM tf.mem WHERE time > 'infinity'$$, $$SELECT host, avg(used) FROM tf.mem WHERE host = 'none' GROUP BY host$$,
    'SELECT count(*) FROM tf._points', 'SELECT _measurement, _field, count(*), avg(v_float), max(v_int) FROM tf._points GROUP BY 1, 2',
    $$SELECT tags ->> 'host' AS h, sum(v_float) FROM tf._points GROUP BY h$$, 'SELECT series_id, count(v_int) FROM tf._points GROUP BY series_id',
    'SELECT count(*) FROM tf.mem', 'SELECT sum(free) FROM tf.mem', 'SELECT avg(free) FROM tf.mem', 'SELECT max(note) FROM tf.mem',
    'SELECT host, avg(used) FROM tf.mem WHERE free > 10 GROUP BY host', 'SELECT host, avg(used) FROM tf.mem GROUP BY host HAVING avg(used) > 11',
    'SELECT avg(used) FILTER (WHERE used > 1), count(DISTINCT used) FROM tf.mem', 'SELECT host, avg(used) FROM tf.mem GROUP BY ROLLUP (host)',
    $$SELECT date_bin(interval '1 hour' * 2, time, now()) IS NULL AS t, avg(used) FROM tf.mem GROUP BY t$$,
    'SELECT host, avg(used) FROM tf.mem GROUP BY host ORDER BY 2 DESC LIMIT 1']) q;
-- in slices, when memory is short
SET fluxtask.work_mem = '256kB';
SELECT flux.write('tf', string_agg(format('slices,host=h%s,x=%s v=%s %s', i % 7, i % 11, i, i * 1000000000::bigint), E'\n')) FROM generate_series(1, 4000) i;
SELECT tf_group_differs($$SELECT host, date_bin('10 seconds', time, '2000-01-01') AS t, avg(v), max(v) FROM tf.slices GROUP BY host, t$$);
RESET fluxtask.work_mem;
DROP FUNCTION tf_group_differs;
SELECT flux.delete('tf', '-infinity', 'infinity', 'host=z') > 0;

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
INSERT INTO tf.mem (time, host, region, used) VALUES ('2023-11-14 22:13:20', 'a', 'eu', 100) RETURNING time, time_ns, host, used;
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
-- prepared, with another answer each time, and in a loop
PREPARE tf_grouped(text) AS SELECT region, count(used) FROM tf.mem WHERE host = $1 GROUP BY region ORDER BY region;
SET plan_cache_mode = force_generic_plan;
EXECUTE tf_grouped('a');
EXECUTE tf_grouped('b');
RESET plan_cache_mode;
SELECT n, (SELECT max(used) FROM tf.mem WHERE host = n) FROM unnest(ARRAY['a', 'b', 'none']) n ORDER BY n;

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
