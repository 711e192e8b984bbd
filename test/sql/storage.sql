-- Storage reads back what was written, last write wins and fields merge,
-- whatever of it is hot and whatever was compacted: after every round of random
-- writes and compactions points and aggregates equal those of a plain table.
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fluxtask;
CREATE SCHEMA storage_test;
SET search_path = storage_test, public;
SELECT flux.create_bucket('storage', chunk_interval => '1 hour') > 0 AS created;

-- The truth.  One column per type; a point has one of them.
CREATE TABLE model (
    host text, field text, time timestamptz, f float8, i bigint, s text, b boolean,
    PRIMARY KEY (host, field, time));

-- Pseudo-random, the same in every run: 0 .. n - 1.
CREATE FUNCTION pick(i bigint, seed bigint, n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(i, seed) & 4611686018427387903) % n;

-- Writes n random points in one call of flux.write and into the model.  Times are
-- multiples of step seconds within three hours, so that many collide.
CREATE FUNCTION write_points(seed bigint, n int, step int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    lines text;
BEGIN
    CREATE TEMP TABLE fresh AS
    SELECT g AS ordinal, 'h' || pick(g, seed, 3) AS host,
        (ARRAY['f', 'i', 's', 'b'])[pick(g, seed + 1, 4) + 1] AS field,
        timestamptz '2024-01-01 00:00+00' + make_interval(secs => step * pick(g, seed + 2, 10800 / step)) AS time,
        round((pick(g, seed + 3, 20000) / 100.0 - 100)::numeric, 2)::float8 AS f,
        pick(g, seed + 4, 2000) - 1000 AS i,
        'state ' || pick(g, seed + 5, 7) AS s,
        pick(g, seed + 6, 2) = 1 AS b
    FROM generate_series(1, n) g;
    SELECT string_agg(format('m,host=%s %s=%s %s', host, field,
        CASE field WHEN 'f' THEN f::text WHEN 'i' THEN i || 'i' WHEN 's' THEN '"' || s || '"'
            ELSE b::text END, extract(epoch FROM time)::bigint), E'\n' ORDER BY ordinal)
    INTO lines FROM fresh;
    PERFORM flux.write('storage', lines, 's');
    INSERT INTO model
    SELECT DISTINCT ON (host, field, time) host, field, time,
        CASE WHEN field = 'f' THEN f END, CASE WHEN field = 'i' THEN i END,
        CASE WHEN field = 's' THEN s END, CASE WHEN field = 'b' THEN b END
    FROM fresh ORDER BY host, field, time, ordinal DESC
    ON CONFLICT (host, field, time) DO UPDATE
    SET f = excluded.f, i = excluded.i, s = excluded.s, b = excluded.b;
    DROP TABLE fresh;
    RETURN n;
END $$;

-- Points of the bucket, through a script.
CREATE FUNCTION stored(field text) RETURNS TABLE (host text, "time" timestamptz, v text)
LANGUAGE plpgsql AS $$
BEGIN
    IF field = 'f' THEN
        RETURN QUERY SELECT q.host, _time, _value::text FROM flux.query(format(
            'from(bucket: "storage") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
             |> filter(fn: (r) => r._field == "%s")', field)) AS q(host text, _time timestamptz, _value float8);
    ELSIF field = 'i' THEN
        RETURN QUERY SELECT q.host, _time, _value::text FROM flux.query(format(
            'from(bucket: "storage") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
             |> filter(fn: (r) => r._field == "%s")', field)) AS q(host text, _time timestamptz, _value bigint);
    ELSIF field = 's' THEN
        RETURN QUERY SELECT q.host, _time, _value FROM flux.query(format(
            'from(bucket: "storage") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
             |> filter(fn: (r) => r._field == "%s")', field)) AS q(host text, _time timestamptz, _value text);
    ELSE
        RETURN QUERY SELECT q.host, _time, _value::text FROM flux.query(format(
            'from(bucket: "storage") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
             |> filter(fn: (r) => r._field == "%s")', field)) AS q(host text, _time timestamptz, _value boolean);
    END IF;
END $$;

-- Points that differ between bucket and model.
CREATE FUNCTION point_differences() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM (
        SELECT x.field, s.* FROM (VALUES ('f'), ('i'), ('s'), ('b')) x(field), stored(x.field) s
    ) s FULL JOIN model m USING (host, field, time)
    WHERE s.v IS DISTINCT FROM coalesce(m.f::text, m.i::text, m.s, m.b::text)
$$;

-- Windows that differ between aggregateWindow() and the same in SQL; a row's
-- time is the stop of its window, clipped to the range.
CREATE FUNCTION window_differences(fn text, every interval) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    differences bigint;
BEGIN
    EXECUTE format($q$
        SELECT count(*) FROM (
            SELECT host, _time AS time, _value AS v FROM flux.query(%1$L) AS q(host text, _time timestamptz, _value float8)
        ) ours FULL JOIN (
            SELECT host, least(date_bin(%2$L, time, '1970-01-01Z') + %2$L::interval, '2024-01-01 02:31:05Z') AS time,
                (%3$s)::float8 AS v
            FROM model WHERE field = 'f' AND time >= '2024-01-01 00:07:13Z' AND time < '2024-01-01 02:31:05Z'
            GROUP BY 1, 2
        ) truth USING (host, time)
        WHERE abs(ours.v - truth.v) <= 1e-9 * greatest(1, abs(truth.v)) IS NOT TRUE$q$,
        format('from(bucket: "storage") |> range(start: 2024-01-01T00:07:13Z, stop: 2024-01-01T02:31:05Z)
            |> filter(fn: (r) => r._field == "f")
            |> aggregateWindow(every: %s, fn: %s, createEmpty: false)
            |> toFloat()', extract(epoch FROM every)::bigint || 's', fn),
        every,
        CASE fn WHEN 'mean' THEN 'avg(f)' WHEN 'first' THEN '(array_agg(f ORDER BY time))[1]'
            WHEN 'last' THEN '(array_agg(f ORDER BY time DESC))[1]' ELSE fn || '(f)' END)
    INTO differences;
    RETURN differences;
END $$;

-- Compacts until nothing is kept back: some other transaction, autovacuum's say,
-- may be older than our last.  True if anything moved.
CREATE FUNCTION compact_all() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    done record;
    moved boolean := false;
BEGIN
    LOOP
        SELECT * INTO done FROM flux.compact('storage');
        moved := moved OR done.hot_rows > 0;
        EXIT WHEN done.hot_rows_kept = 0;
        PERFORM pg_sleep(0.05);
    END LOOP;
    RETURN moved;
END $$;

-- How a statement is refused; chunk numbers are left out.
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || regexp_replace(SQLERRM, '_\d+', '_N');
END $$;

CREATE FUNCTION all_window_differences() RETURNS bigint LANGUAGE sql AS $$
    SELECT sum(window_differences(fn, every))
    FROM unnest(ARRAY['mean', 'sum', 'count', 'min', 'max', 'first', 'last']) fn,
        unnest(ARRAY['10 s', '5 min', '47 min', '3 days']::interval[]) every
$$;

-- ---- rounds ----
CREATE TABLE rounds (round int, what text, points bigint, windows bigint);
DO $$
BEGIN
    FOR round IN 1..6 LOOP
        PERFORM write_points(round * 100, 3000, CASE round % 3 WHEN 0 THEN 1 WHEN 1 THEN 7 ELSE 60 END);
        INSERT INTO rounds VALUES (round, 'hot over segments', point_differences(), all_window_differences());
        PERFORM flux.compact('storage');
        INSERT INTO rounds VALUES (round, 'compacted', point_differences(), all_window_differences());
    END LOOP;
END $$;
-- DO ran in one transaction, so nothing could be compacted: its own rows are not
-- older than it.
SELECT what, sum(points) AS points, sum(windows) AS windows FROM rounds GROUP BY what ORDER BY what;
SELECT compact_all() AS moved;
SELECT point_differences(), all_window_differences();

-- Again, a transaction for each step.
TRUNCATE rounds;
SELECT write_points(1000, 5000, 1);
SELECT point_differences(), all_window_differences();
SELECT compact_all() AS moved;
SELECT point_differences(), all_window_differences();
SELECT write_points(2000, 500, 1);
SELECT write_points(3000, 500, 60);
SELECT point_differences(), all_window_differences();
SELECT compact_all() AS moved;
SELECT point_differences(), all_window_differences();
SELECT compact_all() AS moved;
SELECT sum(write_points(4000 + g * 10, 20, 1)) FROM generate_series(1, 50) g;
SELECT point_differences(), all_window_differences();
SELECT compact_all() AS moved;
SELECT point_differences(), all_window_differences();

-- The same answers without statistics, and without push-down.
SET fluxtask.segment_statistics = off;
SELECT all_window_differences();
SET fluxtask.push_down = off;
SELECT point_differences(), all_window_differences();
RESET fluxtask.push_down;
RESET fluxtask.segment_statistics;

-- Little memory: hot points are gathered in portions.
SET fluxtask.work_mem = '64kB';
SELECT write_points(5000, 40000, 1);
SELECT point_differences(), all_window_differences();
RESET fluxtask.work_mem;
SELECT point_differences();

-- VACUUM FULL and CLUSTER move rows about and freeze them; seq keeps the order.
SELECT write_points(7000, 500, 60) > 0 AS written;
\set ECHO none
SELECT format(statement, 'hot_' || chunk_id), format(statement, 'seg_' || chunk_id)
FROM (VALUES ('VACUUM FULL _flux_data.%1$s'), ('CLUSTER _flux_data.%1$s USING %1$s_idx')) s(statement),
    _flux_catalog.chunk JOIN _flux_catalog.bucket USING (bucket_id) WHERE name = 'storage' \gexec
\set ECHO all
SELECT point_differences(), all_window_differences();
SELECT compact_all() AS moved;
SELECT point_differences(), all_window_differences();
SELECT write_points(8000, 500, 60) > 0 AS written;

-- Segments of a series and field are disjoint, ascend, and say what they hold.
DO $$
DECLARE
    chunk int;
    wrong bigint;
BEGIN
    PERFORM compact_all();
    FOR chunk IN SELECT chunk_id FROM _flux_catalog.chunk JOIN _flux_catalog.bucket USING (bucket_id)
        WHERE name = 'storage' LOOP
        EXECUTE format('SELECT count(*) FROM (SELECT tmin, tmax, npoints,
            lag(tmax) OVER (PARTITION BY series_id, field_id ORDER BY tmin) AS before FROM _flux_data.seg_%s) x
            WHERE before >= tmin OR tmin > tmax OR npoints > 1024', chunk) INTO wrong;
        IF wrong > 0 THEN
            RAISE EXCEPTION 'chunk % has % wrong segments', chunk, wrong;
        END IF;
    END LOOP;
END $$;

-- Upkeep takes the chunks that are due; what was compacted a moment ago is not.
CREATE VIEW due AS SELECT chunk_id FROM _flux_catalog.chunk JOIN _flux_catalog.bucket USING (bucket_id)
WHERE name = 'storage' AND chunk_id = ANY (flux.chunks_due());
SELECT count(*) FROM due;
SELECT write_points(6000, 500, 1) > 0 AS written;
SELECT count(*) FROM due;
SET fluxtask.compact_interval = 0;
SELECT count(*) FROM due;
CALL flux.maintain();
RESET fluxtask.compact_interval;
SELECT point_differences(), all_window_differences();
SELECT flux.compact_chunk(-1);

-- Windows that cover whole segments need no decoding.
SELECT compact_all() IS NOT NULL AS compacted;
SELECT (c).segments_from_statistics > 0 AS from_statistics, (c).points_decoded AS decoded, (c).value_sum =
    (SELECT count(*) FROM model WHERE field <> 'none') AS counted
FROM (SELECT _flux_catalog.scan_counts('storage', 1704067200000000000, 1704153600000000000, 'count', 0) AS c) x;

-- first, last, limit and sort from the ends.
SELECT count(*) FROM (
    SELECT host, _time AS time, _value AS f FROM flux.query($$
        from(bucket: "storage") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
        |> filter(fn: (r) => r._field == "f") |> last()$$) AS q(host text, _time timestamptz, _value float8)
) ours FULL JOIN (
    SELECT DISTINCT ON (host) host, time, f FROM model WHERE field = 'f' ORDER BY host, time DESC
) truth USING (host, time, f) WHERE ours.host IS NULL OR truth.host IS NULL;
SELECT count(*) FROM (
    SELECT host, _time AS time, _value AS f FROM flux.query($$
        from(bucket: "storage") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
        |> filter(fn: (r) => r._field == "f" and r._value > 99.0) |> limit(n: 5)$$) AS q(host text, _time timestamptz, _value float8)
) ours FULL JOIN (
    SELECT host, time, f FROM (SELECT *, row_number() OVER (PARTITION BY host ORDER BY time) AS n
        FROM model WHERE field = 'f' AND f > 99.0) x WHERE n <= 5
) truth USING (host, time, f) WHERE ours.host IS NULL OR truth.host IS NULL;

-- Damaged bytes are told, not believed.
SELECT 'seg_' || chunk_id AS seg FROM _flux_catalog.chunk JOIN _flux_catalog.bucket USING (bucket_id)
WHERE name = 'storage' ORDER BY tmin LIMIT 1 \gset
BEGIN;
UPDATE _flux_data.:"seg" SET vdata = substring(vdata FROM 1 FOR 20);
SELECT refusal($$SELECT count(*) FROM stored('f')$$);
ROLLBACK;
BEGIN;
UPDATE _flux_data.:"seg" SET flags = flags | 32;
SELECT refusal($$SELECT count(*) FROM stored('f')$$);
ROLLBACK;
BEGIN;
UPDATE _flux_data.:"seg" SET tmax = tmax + 1;
SELECT refusal($$SELECT count(*) FROM stored('f')$$);
ROLLBACK;

-- Many series at once find their segments otherwise than one alone does: the same points.
SELECT flux.create_bucket('storage many', chunk_interval => '1 hour') > 0 AS created;
SELECT flux.write('storage many', string_agg(format('m,host=h%s f=%s,s="%s",b=%s %s', host, pick(i, host, 1000) / 10.0,
    pick(i, host, 9), CASE WHEN pick(i, host, 2) = 0 THEN 'true' ELSE 'false' END, 1704067200 + i * 3), E'\n'), 's')
FROM generate_series(1, 30) AS host, generate_series(1, 2000) AS i;
SELECT segments_written > 100 AS many FROM flux.compact('storage many');
SELECT flux.delete('storage many', '2024-01-01T00:20:00Z', '2024-01-01T00:30:00Z', 'host="h7"') > 0 AS deleted;
SELECT flux.write('storage many', string_agg(format('m,host=h%s f=%s %s', host, host, 1704067200 + i * 45), E'\n'), 's')
FROM generate_series(1, 20) AS host, generate_series(1, 80) AS i;
CREATE FUNCTION points_of(condition text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT concat_ws('','', host, time, f, s, b) FROM "storage many".m WHERE %s', condition);
END $$;
CREATE FUNCTION unlike(condition text, OUT differences bigint, OUT points bigint) LANGUAGE sql AS $$
    WITH at_once AS MATERIALIZED (SELECT * FROM points_of(condition)),
        alone AS MATERIALIZED (SELECT p FROM generate_series(1, 30) AS i, points_of(format('host = ''h%s'' AND %s', i, condition)) AS p)
    SELECT (SELECT count(*) FROM (TABLE at_once EXCEPT ALL TABLE alone) AS a)
        + (SELECT count(*) FROM (TABLE alone EXCEPT ALL TABLE at_once) AS b), (SELECT count(*) FROM at_once) $$;
SELECT * FROM unlike('true');
SELECT * FROM unlike($$time >= '2024-01-01T00:21:07Z' AND time < '2024-01-01T01:05:00Z'$$);
SELECT segments_written > 0 AS some FROM flux.compact('storage many');
SELECT * FROM unlike('true');
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT * FROM unlike($$time >= '2024-01-01T00:40:00Z'$$);
COMMIT;
SELECT flux.drop_bucket('storage many', true);

-- Refusals.
SELECT flux.compact('no such bucket');
SELECT _flux_catalog.scan_counts('storage', 0, 1, 'median', 0);
SELECT _flux_catalog.scan_counts('storage', 1704067200000000000, 1704153600000000000, 'sum', 0);
CREATE ROLE storage_reader;
SET ROLE storage_reader;
SELECT flux.compact('storage');
SELECT count(*) FROM flux.query($$from(bucket: "storage") |> range(start: 0)$$) AS q(_time timestamptz);
RESET ROLE;
BEGIN READ ONLY;
SELECT flux.compact('storage');
ROLLBACK;

SELECT flux.drop_bucket('storage', true);
DROP ROLE storage_reader;
DROP SCHEMA storage_test CASCADE;
