-- What storage answers is what the executor would have answered: every script
-- gives the same text with push-down and without, over segments, over hot points
-- and over both.
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fluxtask;
CREATE SCHEMA push_test;
SET search_path = push_test, public;
SET fluxtask.segment_statistics = off;	-- sums to the last digit
SELECT flux.create_bucket('push', chunk_interval => '7 days') > 0 AS created;

-- Half a year, irregular, in three measurements; gaps of days between.
CREATE FUNCTION lines(part int) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(CASE i % 3
        WHEN 0 THEN format('cpu,host=h%s,region=r%s load=%s,threads=%si,up=%s,state="s%s" %s',
            i % 5, i % 2, round((sin(i) * 100)::numeric, 2), i % 50 - 25, i % 4 = 0, i % 3, t)
        WHEN 1 THEN format('mem,host=h%s used=%s,pages=%su %s', i % 5, i * 0.37, i * 11, t)
        ELSE format('disk,Host=H%s,_x=1 free=%s %s', i % 3, i, t) END, E'\n')
    FROM (SELECT i, 1700000000 + i * 7919 + i % 13 * 311 + i / 500 * 400000 AS t FROM generate_series(1, 2000) i) x
    WHERE i % 4 = part OR part = 4
$$;

CREATE TABLE scripts (n int GENERATED ALWAYS AS IDENTITY, rest text);
-- windows on every kind of grid
INSERT INTO scripts (rest)
SELECT format('|> filter(fn: (r) => r._measurement == "cpu" and r._field == "load") |> aggregateWindow(every: %s, fn: %s, createEmpty: %s%s)',
    every, fn, empty, more)
FROM unnest(ARRAY['1d', '1mo', '1w', '1y', '31h17m', '36h']) every,
    unnest(ARRAY['mean', 'sum', 'count', 'min', 'max', 'first', 'last']) fn,
    (VALUES ('true', ''), ('false', ', offset: 5h')) e(empty, more);
INSERT INTO scripts (rest)
SELECT format('|> aggregateWindow(every: %s, fn: %s, createEmpty: false, location: {zone: "Europe/Berlin", offset: 0s})', every, fn)
FROM unnest(ARRAY['1d', '1mo', '6h']) every, unnest(ARRAY['count', 'first', 'last']) fn;
INSERT INTO scripts (rest)
SELECT format('|> filter(fn: (r) => r._field == "%s") |> aggregateWindow(every: 5d, fn: %s, createEmpty: true)', field, fn)
FROM unnest(ARRAY['threads', 'pages', 'used']) field,
    unnest(ARRAY['mean', 'sum', 'count', 'spread', 'min', 'max', 'first', 'last']) fn;
INSERT INTO scripts (rest)
SELECT format('|> filter(fn: (r) => r._field == "%s") |> aggregateWindow(every: 5d, fn: %s, createEmpty: true)', field, fn)
FROM unnest(ARRAY['up', 'state']) field, unnest(ARRAY['count', 'first', 'last']) fn;
-- bare aggregates and selectors
INSERT INTO scripts (rest)
SELECT format('|> filter(fn: (r) => r._field == "%s") |> %s()', field, fn)
FROM unnest(ARRAY['load', 'threads', 'pages', 'state']) field,
    unnest(ARRAY['mean', 'sum', 'count', 'spread', 'min', 'max', 'first', 'last']) fn;
-- conditions
INSERT INTO scripts (rest) VALUES
    ('|> filter(fn: (r) => r.host == "h1")'),
    ('|> filter(fn: (r) => r.host != "h1")'),
    ('|> filter(fn: (r) => r.host =~ /h[12]/ and r._field !~ /^[su]/)'),
    ('|> filter(fn: (r) => r.host == "h1" or r.region == "r0")'),
    ('|> filter(fn: (r) => exists r.region)'),
    ('|> filter(fn: (r) => not exists r.region)'),
    ('|> filter(fn: (r) => r._field == "load" and r._value > 50.0)'),
    ('|> filter(fn: (r) => r._field == "load" and (r._value > 90.0 or r._value < -90.0))'),
    ('|> filter(fn: (r) => r._field == "threads" and r._value >= 20 and r._value != 22)'),
    ('|> filter(fn: (r) => r._field == "state" and r._value == "s0")'),
    ('|> filter(fn: (r) => r._field == "state" and r._value =~ /[12]/)'),
    ('|> filter(fn: (r) => r._field == "up" and r._value == true)'),
    ('|> filter(fn: (r) => r._field == "load" and r._value > 1000.0) |> count()'),
    ('|> filter(fn: (r) => r._field == "load" and r._value > 0.0) |> aggregateWindow(every: 1mo, fn: mean)'),
    ('|> filter(fn: (r) => r._measurement == "disk")'),
    ('|> limit(n: 3)'),
    ('|> filter(fn: (r) => r._field == "load") |> limit(n: 3, offset: 2)'),
    ('|> filter(fn: (r) => r._field == "load") |> tail(n: 3)'),
    ('|> filter(fn: (r) => r._field == "load") |> sort(columns: ["_time"], desc: true) |> limit(n: 4)'),
    ('|> filter(fn: (r) => r._field == "load") |> group(columns: ["region"]) |> sum()'),
    ('|> group() |> count()');

-- groups of series, added up: keys, windows, and the refusals, which name the same types
INSERT INTO scripts (rest)
SELECT format('|> filter(fn: (r) => r._field =~ /^(%s)$/) |> group(%s) |> %s', field, columns, fn)
FROM unnest(ARRAY['load|used', 'threads', 'state', 'load|pages']) field,
    unnest(ARRAY['', 'columns: ["region"]', 'columns: ["_measurement", "region", "_field"]',
    'mode: "except", columns: ["_time", "_value", "host", "_start"]']) columns,
    unnest(ARRAY['mean()', 'sum()', 'count()', 'spread()', 'aggregateWindow(every: 5d, fn: mean)',
    'aggregateWindow(every: 31h17m, fn: sum, createEmpty: false, timeSrc: "_start")',
    'aggregateWindow(every: 12h, fn: count, location: {zone: "Europe/Berlin", offset: 0h})',
    'aggregateWindow(every: 1mo, fn: spread)']) fn;
INSERT INTO scripts (rest) VALUES
    ('|> group(columns: ["host"]) |> mean()'),
    ('|> filter(fn: (r) => r._field == "pages") |> group(columns: ["nothing", "_start", "host"]) |> mean()'),
    ('|> group(columns: ["host"]) |> aggregateWindow(every: 30d, fn: mean)'),
    ('|> group(columns: ["_field"]) |> count()'),
    ('|> filter(fn: (r) => r._field == "load" and r._value > 50.0) |> group(columns: ["region"]) |> mean()'),
    ('|> filter(fn: (r) => r._field == "load" and r._value > 500.0) |> group(columns: ["region"]) |> mean()');

-- "not" over comparisons and over "and" and "or", where tags may be absent
INSERT INTO scripts (rest)
SELECT format('|> filter(fn: (r) => r._field =~ /load|used|free/ and %s) |> count()',
    replace(replace(shape, 'A', a), 'B', b))
FROM unnest(ARRAY['not A', 'not (A and B)', 'not (A or B)', 'not (not A and B)', 'not (A and not B)',
    'not (A or not (B and A))', 'A and not B', 'not (not (A and B) or B)', '(not A or B)']) shape,
    unnest(ARRAY['r.region == "r0"', 'r.region != "r0"', 'r.nothing == "x"', 'r.host =~ /h[12]/', 'exists r.region',
    'r._value > 50.0', '"cpu" == r._measurement', 'exists r._value', 'r.host < "h2"']) WITH ORDINALITY x(a, i),
    unnest(ARRAY['r.region == "r0"', 'r.Host !~ /H1/', 'not exists r.host', 'r._value <= 12.5']) WITH ORDINALITY y(b, j)
WHERE (i + j) % 3 = 0;

CREATE FUNCTION answer_of(rest text, push boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM set_config('fluxtask.push_down', push::text, true);
    BEGIN
        answer := flux.query_csv('import "timezone" from(bucket: "push")
            |> range(start: 2023-11-20T03:04:05Z, stop: 2024-06-11T12:13:14.5Z) ' || rest);
    EXCEPTION WHEN OTHERS THEN
        answer := SQLERRM;
    END;
    RETURN answer;
END $$;
CREATE FUNCTION differing() RETURNS TABLE (rest text) LANGUAGE sql AS $$
    SELECT s.rest FROM scripts s WHERE answer_of(s.rest, true) IS DISTINCT FROM answer_of(s.rest, false) ORDER BY n
$$;
CREATE FUNCTION compact_all() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WHILE (SELECT hot_rows_kept > 0 FROM flux.compact('push')) LOOP PERFORM pg_sleep(0.05); END LOOP;
END $$;

-- hot alone
SELECT flux.write('push', lines(0), 's') > 0 AS written;
SELECT * FROM differing();
SELECT compact_all();
-- segments alone
SELECT * FROM differing();
-- both, overlapping
SELECT flux.write('push', lines(1), 's') > 0 AS written;
SELECT flux.write('push', replace(lines(0), ',region=r1 load=', ',region=r1 load=1'), 's') > 0 AS written;
SELECT * FROM differing();
SELECT compact_all();
SELECT * FROM differing();
-- All of them answered something.
SELECT rest FROM scripts WHERE answer_of(rest, true) !~ '^#datatype' AND rest !~ 'and .*not |group' ORDER BY n;

-- Groups of types that differ are refused, and nothing else of groups.
SELECT rest FROM scripts WHERE rest LIKE '%group%' AND answer_of(rest, true) !~ '^(#datatype|schema collision|unsupported aggregate)'
ORDER BY n;
-- No group stays above the leaf.
SELECT rest FROM scripts WHERE rest LIKE '%group%' AND (SELECT string_agg(line, E'\n') FROM
    flux.explain('from(bucket: "push") |> range(start: 2023-11-20T00:00:00Z, stop: 2024-06-11T00:00:00Z) ' || scripts.rest) line)
    LIKE '%group%(%' ORDER BY n;
-- Except where there is no memory for its windows.
SET fluxtask.work_mem = '64kB';
SELECT flux.explain('from(bucket: "push") |> range(start: 2023-11-20T00:00:00Z, stop: 2024-06-11T00:00:00Z)
    |> filter(fn: (r) => r._field == "load") |> group() |> aggregateWindow(every: 1m, fn: mean)');
RESET fluxtask.work_mem;
-- A group that several read is added up for each of them.
SELECT flux.explain('data = from(bucket: "push") |> range(start: 2023-11-20T00:00:00Z, stop: 2024-06-11T00:00:00Z)
        |> filter(fn: (r) => r._field == "load") |> group(columns: ["region"])
    data |> mean() |> yield(name: "mean")
    data |> max() |> yield(name: "max")');
-- Nothing of those with "not" stays above the leaf.
SELECT rest FROM scripts WHERE rest LIKE '%not%' AND (SELECT string_agg(line, E'\n') FROM
    flux.explain('from(bucket: "push") |> range(start: 2023-11-20T00:00:00Z, stop: 2024-06-11T00:00:00Z) ' || scripts.rest) line)
    LIKE '%filter(%' ORDER BY n;

-- Statistics change at most the last digits of float sums.
SET fluxtask.segment_statistics = on;
SELECT rest FROM differing() WHERE rest !~ '(mean|sum)\(?';
-- They answer groups, too.
SELECT regexp_replace(line, '; [^;]*ms.*', '') FROM flux.explain('from(bucket: "push") |> range(start: 2023-11-01T00:00:00Z, stop: 2024-07-11T00:00:00Z)
    |> filter(fn: (r) => r._field == "threads") |> group(columns: ["region"]) |> spread()', true) line;

SELECT flux.drop_bucket('push', true);
DROP SCHEMA push_test CASCADE;
