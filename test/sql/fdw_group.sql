-- GROUP BY, HAVING and DISTINCT that storage answers: the same as the server's own answer,
-- out of hot rows, out of segments, and out of both.
SET timezone = 'Europe/Berlin';
SET datestyle = 'ISO';
SELECT flux.create_bucket('fg', chunk_interval => '1 day') > 0 AS created;
-- three weeks around the end of summer time; "n" and "u" beyond 64 bits when summed; "b" every 7th row
SELECT flux.write('fg', string_agg(format('m,host=h%s,rack=r%s v=%s,n=%si,u=%su%s %s', i % 5, i % 2, i * 0.5,
    CASE WHEN i % 5 = 0 THEN 9223372036854775807 - i WHEN i % 5 = 1 THEN -9223372036854775807 + i ELSE i - 700 END,
    CASE WHEN i % 3 = 0 THEN '18446744073709551615' ELSE i::text END,
    CASE WHEN i % 7 = 0 THEN ',b=t' ELSE '' END,
    1697500000000000000 + i * 1237000000000::bigint), E'\n'))
FROM generate_series(1, 1500) i;
SELECT flux.write('fg', string_agg(format('one,host=h%s v=%si %s', i % 5, i, 1697500000000000000 + i * 600000000000::bigint), E'\n'))
FROM generate_series(1, 3000) i;

CREATE FUNCTION fg_check(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE pushed text[]; plain text[]; plan text; is_pushed boolean := false;
BEGIN
    FOR plan IN EXECUTE 'EXPLAIN ' || query LOOP is_pushed := is_pushed OR plan LIKE '%Storage Aggregate%'; END LOOP;
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q', query) INTO pushed;
    PERFORM set_config('fluxtask.push_down', 'off', true);
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q', query) INTO plain;
    PERFORM set_config('fluxtask.push_down', 'on', true);
    RETURN format('%s, %s rows, %s', CASE WHEN is_pushed THEN 'pushed' ELSE 'not pushed' END, cardinality(plain),
        CASE WHEN pushed IS NOT DISTINCT FROM plain THEN 'same' ELSE 'different: ' || left(pushed::text, 300) || ' instead of ' || left(plain::text, 300) END);
END $$;
CREATE TEMP TABLE fg_queries (id int GENERATED ALWAYS AS IDENTITY, q text);
INSERT INTO fg_queries (q) VALUES
-- rows
('SELECT count(*) FROM fg.m'), ('SELECT count(*) FROM fg.one'),
('SELECT count(*), count(b), count(v), sum(v) FROM fg.m'),
('SELECT host, count(*), max(v) FROM fg.m GROUP BY host'),
($$SELECT count(*) FROM fg.m WHERE host <> 'h1' AND time >= '2023-10-20 12:34' AND time < '2023-11-01'$$),
('SELECT count(*) FROM fg.m WHERE b IS NOT NULL'), ('SELECT rack, count(*), count(b) FROM fg.m WHERE b IS NOT NULL GROUP BY rack'),
('SELECT count(*), avg(v) FROM fg.m WHERE b IS NOT NULL'),
('SELECT host FROM fg.m WHERE b IS NOT NULL GROUP BY host'), ('SELECT DISTINCT host, time::date FROM fg.m WHERE b IS NOT NULL'),
($$SELECT host, count(*) FROM fg.one WHERE host IN ('h1', 'h2') GROUP BY host$$),
-- integers
('SELECT sum(n), avg(n), sum(u), avg(u) FROM fg.m'), ('SELECT host, sum(n), avg(n), sum(u), avg(u), count(*) FROM fg.m GROUP BY host'),
('SELECT host, rack, sum(n) FROM fg.m WHERE n IS NOT NULL GROUP BY host, rack'),
('SELECT host, avg(v), sum(v), min(v), count(*) FROM fg.one GROUP BY host'),
('SELECT _field, sum(v_int), avg(v_uint), count(*) FROM fg._points GROUP BY _field'),
-- HAVING
('SELECT host, avg(v) FROM fg.one GROUP BY host HAVING avg(v) > 1500'),
('SELECT host FROM fg.m GROUP BY host HAVING count(b) > 42 AND max(v) > 1'),
('SELECT host, count(*) FROM fg.m GROUP BY host HAVING length(host) < count(*)'),
('SELECT sum(v) FROM fg.one HAVING count(*) > 1'), ('SELECT sum(v) FROM fg.one HAVING count(*) < 1'),
('SELECT host FROM fg.one GROUP BY host HAVING sum(v) > (SELECT avg(v) FROM fg.one)'),
('SELECT host, upper(host) || max(v) FROM fg.one GROUP BY host HAVING min(v) IS NOT NULL ORDER BY host LIMIT 2'),
-- DISTINCT
('SELECT DISTINCT host FROM fg.m'), ('SELECT DISTINCT host, rack FROM fg.m WHERE v IS NOT NULL OR true'),
($$SELECT DISTINCT rack FROM fg.m WHERE host = 'h3' AND time > '2023-10-25'$$),
($$SELECT DISTINCT _field, tags ->> 'host' AS h FROM fg._points ORDER BY 1, 2$$),
($$SELECT DISTINCT date_bin('1 day', time, '2000-01-01') AS d FROM fg.one$$),
('SELECT DISTINCT _measurement FROM fg._points'), ('SELECT DISTINCT ON (host) host, v FROM fg.one ORDER BY host, time'),
('SELECT DISTINCT v FROM fg.one'), ('SELECT count(DISTINCT host) FROM fg.m'),
-- windows
($$SELECT date_trunc('hour', time) AS t, count(*), sum(n) FROM fg.m GROUP BY t$$),
($$SELECT host, date_trunc('hour', time) AS t, avg(v) FROM fg.one GROUP BY host, t$$),
($$SELECT host, date_trunc('minute', time) AS t, max(v) FROM fg.one GROUP BY host, t$$),
($$SELECT date_trunc('second', time) AS t, count(*) FROM fg.m GROUP BY t$$),
($$SELECT host, date_trunc('day', time) AS t, sum(v), count(*) FROM fg.one GROUP BY host, t$$),
($$SELECT date_trunc('week', time) AS t, min(v) FROM fg.m GROUP BY t$$),
($$SELECT date_trunc('month', time, 'America/New_York') AS t, count(*) FROM fg.m GROUP BY t$$),
($$SELECT date_trunc('quarter', time) AS t, date_trunc('quarter', time) + '1 day' AS u, count(v) FROM fg.m GROUP BY t$$),
($$SELECT date_trunc('year', time, 'UTC') AS t, avg(n) FROM fg.m GROUP BY t$$),
($$SELECT date_trunc('hour', time AT TIME ZONE 'Europe/Berlin') AS t, host, count(*) FROM fg.one GROUP BY t, host$$),
($$SELECT date_trunc('day', time AT TIME ZONE 'Australia/Lord_Howe') AS t, avg(v) FROM fg.m GROUP BY t$$),
($$SELECT time::date AS t, sum(v) FROM fg.one GROUP BY t$$), ($$SELECT DISTINCT time::date FROM fg.m$$),
($$SELECT host, date_trunc('day', time) AS t, count(*) FROM fg.one WHERE time >= '2023-10-28 13:00' AND time < '2023-10-30 01:30' GROUP BY host, t HAVING count(*) > 3$$),
($$SELECT date_bin('90 minutes', time, '2001-02-03 04:05:06') AS t, avg(v), sum(n) FROM fg.m GROUP BY t$$),
-- conditions on series, which the server asks once for each
($$SELECT count(*), sum(n) FROM fg.m WHERE host LIKE 'h%' AND host !~ '[13]'$$), ($$SELECT rack, max(v), count(*) FROM fg.m WHERE host > 'h1' AND rack IS NOT NULL GROUP BY rack$$),
($$SELECT host, count(*) FROM fg.one WHERE host NOT IN ('h1', 'h2') GROUP BY host$$), ($$SELECT date_trunc('day', time) AS t, count(*) FROM fg.m WHERE upper(host) = 'H2' OR rack = 'r0' AND host ILIKE 'H_' GROUP BY t$$),
($$SELECT count(*) FROM fg.m WHERE coalesce(rack, '-') || host = 'r1h3'$$), ($$SELECT count(*) FROM fg.m WHERE rack IS DISTINCT FROM 'r1'$$), ($$SELECT count(*) FROM fg.m WHERE rack = host$$), ($$SELECT DISTINCT rack FROM fg.m WHERE (host, rack) > ('h2', 'r0')$$),
($$SELECT tags ->> 'host' AS h, count(*) FROM fg._points WHERE tags ->> 'host' LIKE 'h%' AND tags ->> 'rack' < 'r1' GROUP BY h$$), ($$SELECT _field, count(*) FROM fg._points WHERE tags ? 'rack' AND _field ~ '^[vn]' AND _measurement LIKE '_' GROUP BY _field$$),
($$SELECT series_id, count(*) FROM fg._points WHERE series_id % 2 = 0 GROUP BY series_id$$), ($$SELECT count(*) FROM fg._points WHERE tags @> '{"host": "h1"}' AND _field LIKE 'v'$$),
($$SELECT count(*) FROM fg.m WHERE host LIKE (SELECT min(host) FROM fg.one) || '%'$$), ($$SELECT h, c FROM unnest(ARRAY['h1', 'h3', NULL]) h, LATERAL (SELECT count(*) AS c FROM fg.m WHERE host > h OFFSET 0) q$$),
-- times of other types, and what is never null
($$SELECT count(*) FROM fg.one WHERE time >= date '2023-10-20' AND date '2023-10-29' > time$$), ($$SELECT count(*) FROM fg.one WHERE time < timestamp '2023-10-29 02:30' AND timestamp '2023-10-20 12:00' <= time$$),
($$SELECT count(*) FROM fg.one WHERE time = date '2023-10-21' OR false$$), ($$SELECT count(*) FROM fg.one WHERE time < date '5000000-01-01' AND time > date '-infinity' AND time <> date '2023-10-21'$$),
($$SELECT count(*) FROM fg.one WHERE time <= date '5000000-01-01' AND time >= timestamp '-infinity'$$), ('SELECT count(*) FROM fg.m WHERE time IS NOT NULL AND time_ns IS NOT NULL'), ('SELECT count(*), max(v) FROM fg.m WHERE time IS NULL'),
('SELECT count(*) FROM fg._points WHERE tags IS NOT NULL AND _measurement IS NOT NULL AND series_id IS NOT NULL'),
-- the first and the last time, and what is never null
('SELECT host, min(time), max(time), max(time_ns), count(v) FROM fg.m GROUP BY host'), ('SELECT max(time), min(time_ns), count(1), count(time), count(*) FROM fg.m'), ('SELECT host, max(time), max(v) FROM fg.one GROUP BY host'),
('SELECT rack, min(time) FROM fg.m WHERE b IS NOT NULL GROUP BY rack'), ('SELECT _field, min(time), max(time_ns), count(series_id) FROM fg._points GROUP BY _field'), ($$SELECT date_trunc('day', time) AS t, rack, max(time), min(time) FROM fg.m GROUP BY t, rack$$),
-- FILTER on tags, and on a field's being there
($$SELECT rack, count(*) FILTER (WHERE host = 'h1'), sum(n) FILTER (WHERE host LIKE '%2'), max(time) FILTER (WHERE host > 'h2'), avg(v) FROM fg.m GROUP BY rack$$), ($$SELECT host, sum(v) FILTER (WHERE host = 'h1'), count(v) FROM fg.one GROUP BY host$$),
($$SELECT count(*) FILTER (WHERE host = 'nobody'), max(v) FILTER (WHERE host = 'nobody') FROM fg.m$$), ('SELECT host, count(*) FILTER (WHERE b IS NOT NULL), max(v), sum(n) FILTER (WHERE n IS NOT NULL) FROM fg.m GROUP BY host'),
($$SELECT _field, count(*) FILTER (WHERE tags ->> 'host' = 'h1') FROM fg._points GROUP BY _field$$), ($$SELECT count(*) FILTER (WHERE v > 3) FROM fg.m$$), ('SELECT max(v) FILTER (WHERE n IS NOT NULL) FROM fg.m'), ('SELECT count(*) FILTER (WHERE host = random()::text) FROM fg.m'),
-- aggregates that equal rows do not change
('SELECT rack, count(DISTINCT host) FROM fg.m GROUP BY rack'), ($$SELECT date_trunc('day', time) AS t, count(DISTINCT host) FILTER (WHERE rack = 'r1'), max(host) FROM fg.m GROUP BY t HAVING count(DISTINCT rack) > 1$$),
('SELECT max(host || rack), array_agg(DISTINCT host ORDER BY host DESC) FROM fg.m WHERE b IS NOT NULL'), ($$SELECT count(DISTINCT host), min(rack) FROM fg.m WHERE host = 'nobody'$$), ('SELECT _measurement, count(DISTINCT series_id), count(DISTINCT _field) FROM fg._points GROUP BY _measurement'),
($$SELECT host, count(DISTINCT date_trunc('day', time)) FROM fg.one GROUP BY host$$), ($$SELECT rack, count(DISTINCT host) FROM fg.m WHERE rack = 'r1' GROUP BY rack$$), ('SELECT bool_or(host = rack), max(length(host)) FROM fg.m'), ('SELECT count(DISTINCT host), count(*) FROM fg.m'), ('SELECT host, count(DISTINCT v) FROM fg.one GROUP BY host'), ('SELECT string_agg(host, rack) IS NULL FROM fg.m'),
-- conditions on the values of the one field that is asked for
('SELECT count(*), sum(v), max(v) FROM fg.one WHERE v > 2000'), ('SELECT host, count(*), avg(v), max(time) FROM fg.one WHERE v BETWEEN 100 AND 2000 AND v <> 1000 GROUP BY host'), ('SELECT count(*) FROM fg.m WHERE v > 300.5'),
($$SELECT date_trunc('day', time) AS t, rack, min(v), count(v) FROM fg.m WHERE 600 > v AND rack = 'r1' GROUP BY t, rack$$), ('SELECT host, sum(n) FROM fg.m WHERE n < 0 GROUP BY host'), ('SELECT DISTINCT host FROM fg.m WHERE n = 7 - 700'), ('SELECT host, count(*) FROM fg.m WHERE b GROUP BY host'), ('SELECT count(*) FROM fg.m WHERE NOT b'),
('SELECT max(v) FROM fg.m WHERE v > 3 AND n > 5'), ('SELECT max(n) FROM fg.m WHERE v > 3'), ('SELECT max(u) FROM fg.m WHERE u > 300'), ('SELECT count(*) FROM fg.m WHERE v > 3 OR v IS NULL'), ($$SELECT count(*), max(v) FROM fg.m WHERE v < 'NaN' AND v <> 'NaN'$$), ($$SELECT count(*), max(v) FROM fg.m WHERE v >= 'NaN'$$),
('SELECT count(*) FROM fg.m WHERE v > NULL'), ('SELECT rack, count(DISTINCT host) FROM fg.m WHERE v > 700 GROUP BY rack'), ('SELECT count(*), max(v) FROM fg.m WHERE v > (SELECT avg(v) FROM fg.one) / 10'), ('SELECT host, v FROM fg.m WHERE v > 740'), ('SELECT host, v, b FROM fg.m WHERE v > 740'), ('SELECT count(*) FROM fg.m a JOIN fg.one b USING (host) WHERE a.v > 745 AND b.v < 10'),
('SELECT count(*) FROM fg.m WHERE b IS NOT TRUE'), ('SELECT x, (SELECT count(*) FROM fg.one WHERE v < x) FROM unnest(ARRAY[5, 70, NULL]) x'), ('SELECT time, v FROM fg.one WHERE v > 2990 ORDER BY time DESC LIMIT 3'),
-- more than one, or none that a grid has
($$SELECT date_trunc('day', time) AS d, date_trunc('hour', time) AS h, count(v) FROM fg.m GROUP BY d, h$$),
($$SELECT date_trunc('decade', time) AS t, count(v) FROM fg.m GROUP BY t$$),
($$SELECT date_trunc('day', time, 'CET') AS t, count(v) FROM fg.m GROUP BY t$$),
($$SELECT extract(hour FROM time) AS t, count(v) FROM fg.m GROUP BY t$$);

SELECT q AS query, fg_check(q) AS hot FROM fg_queries ORDER BY id;
SELECT flux.compact('fg') IS NOT NULL AS compacted;
SELECT q AS query, result AS segments FROM (SELECT id, q, fg_check(q) AS result FROM fg_queries) r WHERE result NOT LIKE '%same' ORDER BY id;
-- segments with some hot points over them, of one field alone too
SELECT flux.write('fg', string_agg(format('m,host=h%s,rack=r%s %s %s', i % 5, i % 2, CASE i % 3 WHEN 0 THEN 'v=-1' WHEN 1 THEN 'n=3i' ELSE 'u=7u,b=f' END,
    1697500000000000000 + i * 1237000000000::bigint + i % 4 / 3), E'\n')) FROM generate_series(5, 1600, 3) i;
SELECT q AS query, result AS both FROM (SELECT id, q, fg_check(q) AS result FROM fg_queries) r WHERE result NOT LIKE '%same' ORDER BY id;
-- in little memory, groups go through a sort
SET fluxtask.work_mem = '64kB';
SELECT q AS query, result AS spilled FROM (SELECT id, q, fg_check(q) AS result FROM fg_queries) r WHERE result NOT LIKE '%same' ORDER BY id;
RESET fluxtask.work_mem;
-- zones that move their clocks by half an hour, at midnight, or repeat it
SELECT flux.create_bucket('fl', chunk_interval => '60 days') > 0 AS created;
SELECT flux.write('fl', string_agg(format('long v=%si %s', i, 1530000000000000000 + i * 1790000000000::bigint), E'\n')) FROM generate_series(1, 20000) i;
CREATE TEMP TABLE fg_zones (zone text, result text);
DO $$
DECLARE z text; u text;
BEGIN
    FOREACH z IN ARRAY ARRAY['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'America/Havana', 'Asia/Kathmandu', 'Africa/Casablanca', 'Pacific/Apia', 'Asia/Tehran'] LOOP
        PERFORM set_config('timezone', z, true);
        FOREACH u IN ARRAY ARRAY['hour', 'day', 'week', 'month', 'year'] LOOP
            INSERT INTO fg_zones SELECT z, fg_check(format('SELECT date_trunc(%L, time) AS t, count(*), sum(v) FROM fl.long GROUP BY t', u));
            INSERT INTO fg_zones SELECT z, fg_check(format('SELECT date_trunc(%L, time AT TIME ZONE %L) AS t, count(*) FROM fl.long GROUP BY t', u, z));
        END LOOP;
        INSERT INTO fg_zones SELECT z, fg_check('SELECT time::date AS t, min(v), max(v) FROM fl.long GROUP BY t');
    END LOOP;
END $$;
SELECT count(*), count(*) FILTER (WHERE result LIKE 'pushed%same') AS same FROM fg_zones;
SELECT * FROM fg_zones WHERE result NOT LIKE 'pushed%same';
-- how it is planned
SET timezone = 'UTC';
EXPLAIN (COSTS OFF) SELECT host, date_trunc('day', time) AS day, avg(n) FROM fg.m GROUP BY host, day HAVING count(*) > 2;
EXPLAIN (COSTS OFF) SELECT rack, bool_or(host = rack) FROM fg.m WHERE host LIKE 'h%' GROUP BY rack HAVING max(host) > 'h';
EXPLAIN (COSTS OFF) SELECT host, max(time), sum(v) FILTER (WHERE rack <> 'r1') FROM fg.m GROUP BY host;
EXPLAIN (COSTS OFF) SELECT host, max(v) FROM fg.m WHERE v > 3 AND 20 <= time_ns GROUP BY host;
EXPLAIN (COSTS OFF) SELECT DISTINCT host FROM fg.m WHERE rack = 'r1' ORDER BY host;
DROP FUNCTION fg_check;
SELECT flux.drop_bucket('fg'), flux.drop_bucket('fl');
