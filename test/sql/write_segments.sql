-- Window aggregates written straight into segments: a bucket that is written so
-- and one that is written to hot alone always hold the same points, whatever
-- was there before.
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fluxtask;
CREATE SCHEMA direct_test;
SET search_path = direct_test, public;
SELECT count(flux.create_bucket(name)) FROM unnest(ARRAY['ws-source', 'ws-direct', 'ws-hot']) AS name;
SELECT flux.write('ws-source', string_agg(format('cpu,host=h%s load=%s,n=%si %s', i % 7, round((sin(i) * 100)::numeric, 2),
    i % 50, 1700000000 + i * 20), E'\n'), 's') FROM generate_series(1, 20000) AS i;
SELECT segments_written > 0 FROM flux.compact('ws-source');

-- The script as it is, and with the rule off; @ is the bucket.
CREATE PROCEDURE run_both(script text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('fluxtask.disabled_rules', '', true);
    PERFORM flux.query_csv(replace(script, '@', 'ws-direct'));
    PERFORM set_config('fluxtask.disabled_rules', 'write_segments', true);
    PERFORM flux.query_csv(replace(script, '@', 'ws-hot'));
    PERFORM set_config('fluxtask.disabled_rules', '', true);
END $$;
CREATE FUNCTION points(bucket text) RETURNS SETOF text LANGUAGE sql VOLATILE AS $$
    SELECT line FROM regexp_split_to_table(flux.query_csv(format(
        'from(bucket: "%s") |> range(start: 2023-11-01T00:00:00Z, stop: 2024-01-01T00:00:00Z)', bucket)), E'\n') AS line $$;
CREATE FUNCTION rows_in(bucket_name text, OUT segments bool, OUT hot bool) LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    id int;
BEGIN
    segments := false; hot := false;
    FOR id IN SELECT chunk_id FROM _flux_catalog.chunk JOIN _flux_catalog.bucket USING (bucket_id) WHERE name = bucket_name LOOP
        EXECUTE format('SELECT count(*) FROM _flux_data.seg_%s', id) INTO n;
        segments := segments OR n > 0;
        EXECUTE format('SELECT count(*) FROM _flux_data.hot_%s', id) INTO n;
        hot := hot OR n > 0;
    END LOOP;
END $$;
CREATE FUNCTION compared(OUT differences bigint, OUT lines bool, OUT direct record, OUT hot record) LANGUAGE sql VOLATILE AS $$
    SELECT (SELECT count(*) FROM (SELECT * FROM points('ws-direct') EXCEPT ALL SELECT * FROM points('ws-hot')) AS a)
        + (SELECT count(*) FROM (SELECT * FROM points('ws-hot') EXCEPT ALL SELECT * FROM points('ws-direct')) AS b),
        (SELECT count(*) FROM points('ws-direct')) > 1000, rows_in('ws-direct'), rows_in('ws-hot') $$;
\set source 'from(bucket: "ws-source") |> range(start: 2023-11-14T00:00:00Z, stop: 2023-11-20T00:00:00Z)'

-- A fresh bucket: segments alone.
SELECT line FROM flux.explain(:'source' || '|> aggregateWindow(every: 10m, fn: mean) |> set(key: "_measurement", value: "m") |> to(bucket: "ws-direct")') AS line;
CALL run_both(:'source' || '|> filter(fn: (r) => r._field == "load") |> aggregateWindow(every: 10m, fn: mean, createEmpty: false) |> to(bucket: "@")');
SELECT * FROM compared();

-- The same again: the points are there, so the new ones go to hot and win.
CALL run_both(:'source' || '|> filter(fn: (r) => r._field == "load") |> aggregateWindow(every: 10m, fn: max, createEmpty: false) |> to(bucket: "@")');
SELECT * FROM compared();

-- A longer run than a batch, several fields, over points in hot and in segments.
CALL run_both(:'source' || '|> aggregateWindow(every: 3m, fn: sum, createEmpty: false) |> to(bucket: "@")');
SELECT * FROM compared();
SELECT count(*) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b, flux.compact(b);
SELECT * FROM compared();

-- Points that an earlier statement of the transaction has written to hot.
CREATE PROCEDURE fresh() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM flux.drop_bucket(b, true), flux.create_bucket(b) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
END $$;
CALL fresh();
BEGIN;
SELECT sum(flux.write(b, 'cpu,host=h1 load=1e6 1700002800' || E'\n' || 'cpu,host=h3 load=1e6,n=5i 1700003400', 's')) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
CALL run_both(:'source' || '|> aggregateWindow(every: 10m, fn: last, createEmpty: false) |> to(bucket: "@")');
SELECT sum(flux.write(b, 'cpu,host=h2 load=2e6 1700002800', 's')) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
COMMIT;
SELECT * FROM compared();
SELECT count(*) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b, flux.compact(b);
SELECT * FROM compared();

-- One script that writes the same series twice, in one stream and in two.
CALL fresh();
CALL run_both('data = ' || :'source' || ' |> filter(fn: (r) => r._field == "load")
  a = data |> aggregateWindow(every: 10m, fn: min, createEmpty: false)
  b = data |> aggregateWindow(every: 5m, fn: max, createEmpty: false)
  a |> drop(columns: ["host"]) |> to(bucket: "@")
  a |> to(bucket: "@")
  b |> filter(fn: (r) => r.host == "h4") |> to(bucket: "@")
  b |> set(key: "host", value: "h9") |> to(bucket: "@")');
SELECT * FROM compared();

-- What a rolled back statement wrote is not there, and does not count.
CALL fresh();
BEGIN;
SAVEPOINT s;
CALL run_both(:'source' || '|> aggregateWindow(every: 10m, fn: mean, createEmpty: false) |> to(bucket: "@")');
ROLLBACK TO s;
CALL run_both(:'source' || '|> aggregateWindow(every: 10m, fn: count, createEmpty: false) |> to(bucket: "@")');
COMMIT;
SELECT * FROM compared();

-- After a deletion, and into many chunks.
SELECT count(flux.delete(b, '2023-11-15T00:00:00Z', '2023-11-16T00:00:00Z', 'host="h1"')) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
CALL run_both(:'source' || '|> aggregateWindow(every: 10m, fn: count, createEmpty: false) |> to(bucket: "@")');
SELECT * FROM compared();
SELECT count(flux.drop_bucket(b, true)) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
SELECT count(flux.create_bucket(b, chunk_interval => '1 day')) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
CALL run_both(:'source' || '|> aggregateWindow(every: 1m, fn: mean, createEmpty: false) |> to(bucket: "@")');
SELECT * FROM compared();

-- Short runs go to hot.
CALL fresh();
CALL run_both(:'source' || '|> aggregateWindow(every: 6h, fn: mean, createEmpty: false) |> to(bucket: "@")');
SELECT differences, direct, hot FROM compared();

-- Runs that go back and forth between chunks are what their points are one by one.
SELECT count(flux.drop_bucket(b, true)) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
SELECT count(flux.create_bucket(b, chunk_interval => '6 hours')) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
SELECT length(flux.query_csv(:'source' || '|> filter(fn: (r) => r._field == "load") |> sort() |> to(bucket: "ws-direct")')) > 0;
SELECT length(flux.query_csv(:'source' || '|> filter(fn: (r) => r._field == "load") |> sort()
  |> to(bucket: "ws-hot", fieldFn: (r) => ({load: r._value}))')) > 0;
SELECT * FROM compared();

-- All of a run past the retention, and the older part of one.
SELECT count(flux.drop_bucket(b, true)) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
SELECT count(flux.create_bucket(b, retention => '1 day')) FROM unnest(ARRAY['ws-direct', 'ws-hot']) AS b;
CALL run_both(:'source' || '|> filter(fn: (r) => r._field == "load" and r.host == "h1") |> to(bucket: "@")');
CALL run_both('import "generate"
  generate.from(count: 200, fn: (n) => n, start: today(), stop: 2100-01-01T00:00:00Z)
    |> map(fn: (r) => ({r with _time: if r._value < 150 then 2000-01-01T00:00:00Z else r._time,
        _measurement: "m", _field: "f"}))
    |> group(columns: ["_measurement", "_field"]) |> to(bucket: "@")');

SELECT count(flux.drop_bucket(b, true)) FROM unnest(ARRAY['ws-source', 'ws-direct', 'ws-hot']) AS b;
DROP SCHEMA direct_test CASCADE;
