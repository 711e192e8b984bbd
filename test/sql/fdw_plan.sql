-- Plans of the foreign tables: estimates with and without ANALYZE, joins, parallel scans.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET jit = off;
SELECT flux.create_bucket('fp', chunk_interval => '1 day') > 0 AS created;
SELECT flux.write('fp', string_agg(format('cpu,host=h%s,dc=d%s usage=%s,n=%si %s', s, s % 4, s + t % 10, t, 1704067200000000000 + t * 600000000000::bigint), E'\n'))
FROM generate_series(0, 431) t, generate_series(0, 99) s;
SELECT flux.write('fp', E'tiny v=1 1704067200000000000\ntiny v=2 1704067300000000000');
SELECT flux.compact('fp') IS NOT NULL AS compacted;
SELECT flux.write('fp', string_agg(format('cpu,host=h%s,dc=d%s usage=%s,n=%si %s', s, s % 4, s, t, 1704326400000000000 + t * 600000000000::bigint), E'\n'))
FROM generate_series(0, 43) t, generate_series(0, 99) s;

CREATE FUNCTION fp_rows(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
CREATE FUNCTION fp_close(query text, factor float8) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE guess float8 := fp_rows(query); n float8;
BEGIN
    EXECUTE format('SELECT count(*) FROM (%s) q', query) INTO n;
    IF guess BETWEEN n / factor AND n * factor THEN RETURN true; END IF;
    RAISE NOTICE '% rows instead of %: %', guess, n, query;
    RETURN false;
END $$;
CREATE TEMP TABLE fp_queries (q text, factor float8);
INSERT INTO fp_queries VALUES ('SELECT * FROM fp.cpu', 1.5), ('SELECT * FROM fp._points', 1.5), ($$SELECT * FROM fp.cpu WHERE host = 'h7'$$, 1.5),
    ($$SELECT * FROM fp.cpu WHERE dc IN ('d1', 'd2')$$, 1.5),
    ($$SELECT * FROM fp.cpu WHERE time >= '2024-01-02' AND time < '2024-01-03'$$, 1.5),
    ($$SELECT * FROM fp.cpu WHERE time_ns < 1704110400000000000 AND dc = 'd1'$$, 1.6),
    ('SELECT host FROM fp.cpu GROUP BY host', 1.1), ('SELECT DISTINCT dc FROM fp.cpu', 1.1);
SELECT q AS query, fp_close(q, factor) AS without_analyze FROM fp_queries;
ANALYZE fp.cpu, fp._points;
SELECT q AS query, fp_close(q, factor) AS with_analyze FROM fp_queries;
SELECT attname, n_distinct, null_frac FROM pg_stats WHERE schemaname = 'fp' AND tablename = 'cpu' AND attname IN ('host', 'dc', 'time') ORDER BY attname;
SELECT reltuples FROM pg_class WHERE oid = 'fp.cpu'::regclass;
-- since then it grew
SELECT flux.write('fp', string_agg(format('cpu,host=h%s,dc=d%s usage=1,n=1i %s', s, s % 4, 1704500000000000000 + t * 600000000000::bigint), E'\n'))
FROM generate_series(0, 431) t, generate_series(0, 99) s;
SELECT fp_rows('SELECT * FROM fp.cpu') > 60000 AS grows;
ANALYZE fp.cpu;
SELECT reltuples FROM pg_class WHERE oid = 'fp.cpu'::regclass;
ANALYZE fp.tiny;
SELECT reltuples FROM pg_class WHERE oid = 'fp.tiny'::regclass;

-- joins with ordinary tables: some series, row by row; all of them, at once
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE fp_hosts AS SELECT 'h' || i AS name, i / 2 AS rack FROM generate_series(0, 99) i;
CREATE TEMP TABLE fp_events AS SELECT 'h' || i AS name, timestamptz '2024-01-01' + i * interval '5 hours' AS at FROM generate_series(0, 7) i;
CREATE INDEX ON fp_hosts (rack);
ANALYZE fp_hosts, fp_events;
EXPLAIN (COSTS OFF) SELECT sum(usage) FROM fp_hosts JOIN fp.cpu ON host = name WHERE rack = 7;
EXPLAIN (COSTS OFF) SELECT sum(usage) FROM fp_hosts JOIN fp.cpu ON host = name;
EXPLAIN (COSTS OFF) SELECT e.name, max(c.usage) FROM fp_events e JOIN fp.cpu c ON c.host = e.name AND c.time >= e.at AND c.time < e.at + interval '1 hour' GROUP BY e.name;
EXPLAIN (COSTS OFF) SELECT * FROM fp_events e LEFT JOIN fp.cpu c ON c.host = e.name AND c.time = e.at AND c.usage > length(e.name);
EXPLAIN (COSTS OFF) SELECT p.v_float FROM fp_events e, fp._points p WHERE p._field = 'usage' AND p.tags ->> 'host' = e.name AND p.time = e.at;

CREATE FUNCTION fp_same(query text, expects text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE pushed text[]; plain text[]; plan text; is_so boolean := false;
BEGIN
    FOR plan IN EXECUTE 'EXPLAIN ' || query LOOP is_so := is_so OR plan LIKE '%' || expects || '%'; END LOOP;
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q', query) INTO pushed;
    PERFORM set_config('fluxtask.push_down', 'off', true);
    EXECUTE format('SELECT array_agg(q::text ORDER BY q::text) FROM (%s) q', query) INTO plain;
    PERFORM set_config('fluxtask.push_down', 'on', true);
    RETURN format('%s, %s rows, %s', CASE WHEN is_so THEN 'as expected' ELSE 'another plan' END, cardinality(plain),
        CASE WHEN pushed IS NOT DISTINCT FROM plain THEN 'same' ELSE 'different: ' || left(pushed::text, 300) || ' instead of ' || left(plain::text, 300) END);
END $$;
SELECT q AS query, fp_same(q, 'Nested Loop') FROM unnest(ARRAY[
    'SELECT rack, sum(usage), count(*) FROM fp_hosts JOIN fp.cpu ON host = name WHERE rack IN (7, 8) GROUP BY rack',
    $$SELECT e.name, max(c.usage), count(*) FROM fp_events e JOIN fp.cpu c ON c.host = e.name AND c.time >= e.at AND c.time < e.at + interval '1 hour' GROUP BY e.name$$,
    'SELECT * FROM fp_events e LEFT JOIN fp.cpu c ON c.host = e.name AND c.time = e.at AND c.usage > length(e.name)',
    'SELECT e.*, l.* FROM fp_events e, LATERAL (SELECT n, usage FROM fp.cpu c WHERE c.host = e.name AND c.time <= e.at ORDER BY c.time DESC LIMIT 2) l',
    $$SELECT e.name, p.v_int FROM fp_events e, fp._points p WHERE p._field = 'n' AND p.tags ->> 'host' = e.name AND p.time = e.at$$,
    'SELECT a.n, b.n FROM fp_events e JOIN fp.cpu a ON a.host = e.name AND a.time = e.at JOIN fp.cpu b ON b.host = a.host AND b.time = a.time']) q;
SELECT fp_same('SELECT h.name, (SELECT count(*) FROM fp.cpu WHERE host = h.name) FROM fp_hosts h', 'SubPlan');

-- parallel scans give every row once: hot rows, segments, several chunks, conditions, our own rows
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT dc, stddev(usage) FROM fp.cpu WHERE time >= '2024-01-02' GROUP BY dc;
BEGIN;
SELECT flux.write('fp', 'cpu,host=own,dc=d9 usage=-1 1704100000000000000');
SELECT q AS query, fp_same(q, 'Parallel Foreign Scan') FROM unnest(ARRAY[
    'SELECT dc, round(stddev(usage)::numeric, 6), count(*) FROM fp.cpu WHERE usage < 1000 GROUP BY dc',
    $$SELECT count(*), sum(n), count(DISTINCT host) FROM fp.cpu WHERE time >= '2024-01-02 03:04' AND time < '2024-01-06' AND n >= 0$$,
    'SELECT count(*), max(v_float) FROM fp._points WHERE v_float > 3',
    'SELECT rack, sum(usage) FROM fp_hosts JOIN fp.cpu ON host = name WHERE usage > 1 GROUP BY rack',
    $$SELECT host, time, n FROM fp.cpu WHERE n % 100 = 3 AND host || n < 'h2'$$]) q;
ROLLBACK;
-- again and again, and stopped early
SET enable_material = off;
SELECT count(*) FROM generate_series(1, 3) i, LATERAL (SELECT count(*) FROM fp.cpu WHERE usage > i OFFSET 0) c;
SELECT count(*) FROM (SELECT 1 FROM fp.cpu WHERE usage > 5 LIMIT 10) l;
RESET enable_material;
-- the counters are of all workers
CREATE FUNCTION fp_decoded() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE $q$EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF) SELECT stddev(usage) FROM fp.cpu WHERE time < '2024-01-03' AND usage < 1000$q$ LOOP
        IF line LIKE '%Points Decoded%' THEN RETURN substring(line FROM '\d+'); END IF;
    END LOOP;
END $$;
SELECT fp_decoded() BETWEEN 28800 AND 28800 * 2 AS parallel;
SET max_parallel_workers_per_gather = 0;
SELECT fp_decoded() BETWEEN 28800 AND 28800 * 2 AS serial;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP FUNCTION fp_rows, fp_close, fp_same, fp_decoded;
SELECT flux.drop_bucket('fp');
