-- What a write may be at most, on both sides of each limit, and a measurement
-- with 5000 fields.  docs/operations.md has the table.
SET client_min_messages = error;
SELECT flux.create_bucket('limits') > 0 AS created;
SELECT flux.create_bucket(repeat('b', 63)) > 0 AS created;
SELECT FROM flux.drop_bucket(repeat('b', 63));
SELECT flux.create_bucket(repeat('b', 64));

-- names
\set VERBOSITY terse
SELECT flux.write('limits', repeat('m', 1024) || ' f=1 1');
SELECT flux.write('limits', repeat('m', 1025) || ' f=1 1');
SELECT flux.write('limits', 'names,' || repeat('t', 1024) || '=v f=1 1');
SELECT flux.write('limits', 'names,' || repeat('t', 1025) || '=v f=1 1');
SELECT flux.write('limits', 'names ' || repeat('f', 1024) || '=1 1');
SELECT flux.write('limits', 'names ' || repeat('f', 1025) || '=1 1');

-- a measurement and its tags together: 65 535 bytes as written
SELECT flux.write('limits', 'keys,t=' || repeat('v', 65535 - 7) || ' f=1 1');
SELECT flux.write('limits', 'keys,t=' || repeat('v', 65535 - 6) || ' f=1 1');

-- string values: the point that has a longer one is dropped and said
SELECT flux.write('limits', 'strings s="' || repeat('x', 1048576) || '" 1');
SET client_min_messages = warning;
SELECT flux.write('limits', 'strings s="' || repeat('x', 1048577) || '" 2' || E'\nstrings s="kept" 3');
SET client_min_messages = error;
SELECT time_ns, length(s) FROM limits.strings ORDER BY 1;

-- times
SELECT flux.write('limits', E'times f=1 -9223372036854775806\ntimes f=1 9223372036854775806');
SELECT flux.write('limits', 'times f=1 -9223372036854775807');
SELECT flux.write('limits', 'times f=1 9223372036854775807');

-- series
SELECT count(*) AS series FROM _flux_catalog.series \gset
SELECT set_config('fluxtask.max_series', (:series + 2)::text, false) = (:series + 2)::text AS set;
SELECT flux.write('limits', E'card,n=1 f=1 1\ncard,n=2 f=1 1');
SELECT flux.write('limits', 'card,n=1 f=2 2');
SELECT flux.write('limits', 'card,n=3 f=1 1');
INSERT INTO limits.card (time, n, f) VALUES ('2024-01-01', '3', 1);
RESET fluxtask.max_series;
SELECT count(*) FROM limits.card;

-- 5000 fields: the table has a column for each until it is full, "_points" and scripts have all
SELECT flux.write('limits', 'wide,host=a ' || string_agg('f' || i || '=' || i, ',' ORDER BY i) || ' 1704067200000000000')
FROM generate_series(1, 5000) i;
SELECT flux.write('limits', string_agg('wide,host=a f' || i || '=' || i || '.5 1704067260000000000', E'\n' ORDER BY i))
FROM generate_series(5000, 1, -1) i;
SELECT count(*) < 1600 AS fits, count(*) > 1000 AS many FROM pg_attribute WHERE attrelid = 'limits.wide'::regclass AND attnum > 0;
SELECT count(*), sum(v_float), min(time), max(time) FROM limits._points WHERE _measurement = 'wide';
SELECT v_float FROM limits._points WHERE _measurement = 'wide' AND _field = 'f4999' ORDER BY time;
SELECT chunks FROM flux.compact('limits');
SELECT count(*), sum(v_float) FROM limits._points WHERE _measurement = 'wide';
SELECT * FROM flux.query('from(bucket: "limits") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
	|> filter(fn: (r) => r._measurement == "wide" and r._field == "f5000") |> sum()') AS t(_field text, _value float8);
SELECT * FROM flux.query('from(bucket: "limits") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
	|> filter(fn: (r) => r._measurement == "wide") |> group() |> count()') AS t(_value int8);
SELECT FROM flux.drop_bucket('limits');
