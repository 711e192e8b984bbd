-- Deleting points, dropping expired chunks, collecting series.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT flux.create_bucket('td', chunk_interval => '1 hour') > 0 AS created;

-- Every step is done to an ordinary table, too, and both must stay the same.
CREATE TABLE td_truth (t bigint, m text, h text, r text, f float8, g bigint, PRIMARY KEY (t, m, h, r));
CREATE FUNCTION td_fill(first int, last int) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO td_truth SELECT i * 10000000000::bigint, 'm' || i % 2, 'h' || i % 3, 'r' || i % 5, i, i
    FROM generate_series(first, last) i
    ON CONFLICT (t, m, h, r) DO UPDATE SET f = EXCLUDED.f, g = EXCLUDED.g;
    SELECT flux.write('td', string_agg(format('m%s,h=h%s,r=r%s f=%s,g=%si %s', i % 2, i % 3, i % 5, i, i, i * 10000000000::bigint), E'\n'))
    FROM generate_series(first, last) i $$;
CREATE FUNCTION td_check() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (
    WITH stored AS (SELECT time_ns, 'm0', h, r, f, g FROM td.m0 UNION ALL SELECT time_ns, 'm1', h, r, f, g FROM td.m1)
    SELECT format('%s rows, %s missing, %s too many', (SELECT count(*) FROM stored),
        (SELECT count(*) FROM (TABLE td_truth EXCEPT ALL TABLE stored) x),
        (SELECT count(*) FROM (TABLE stored EXCEPT ALL TABLE td_truth) y))); END $$;
SELECT td_fill(1, 1500);
SELECT td_check();

-- from hot rows
SELECT flux.delete('td', 'epoch', 'epoch'::timestamptz + interval '100 seconds');
DELETE FROM td_truth WHERE t <= 100e9;
SELECT td_check();
SELECT flux.delete('td', '-infinity', 'infinity', $$_measurement="m1" AND h='h2'$$);
DELETE FROM td_truth WHERE m = 'm1' AND h = 'h2';
SELECT td_check();

-- from segments, in whole and in part, and from both at once
SELECT chunks > 0 AS compacted, hot_rows_kept FROM flux.compact('td');
SELECT td_check();
SELECT flux.delete('td', 'epoch'::timestamptz + interval '1000 seconds', 'epoch'::timestamptz + interval '1500 seconds', '(h!="h1") and (r = r2)');
DELETE FROM td_truth WHERE t BETWEEN 1000e9 AND 1500e9 AND h <> 'h1' AND r = 'r2';
SELECT td_check();
SELECT td_fill(700, 800);
SELECT td_check();
SELECT flux.delete('td', 'epoch'::timestamptz + interval '7500 seconds', 'epoch'::timestamptz + interval '7700 seconds') > 0;
DELETE FROM td_truth WHERE t BETWEEN 7500e9 AND 7700e9;
SELECT td_check();
-- written again after that
SELECT td_fill(755, 760);
SELECT td_check();
SELECT chunks > 0 AS compacted, hot_rows_kept FROM flux.compact('td');
SELECT td_check();
-- nothing there
SELECT flux.delete('td', '2000-01-01', '2001-01-01'), flux.delete('td', '2001-01-01', '2000-01-01'),
    flux.delete('td', '-infinity', 'infinity', 'h="nobody"'), flux.delete('td', '-infinity', 'infinity', 'nokey!="x"');
-- rolled back
BEGIN;
SELECT flux.delete('td', '-infinity', 'infinity') > 0;
SELECT count(*) FROM td.m0;
ROLLBACK;
SELECT td_check();
-- what this transaction wrote before
BEGIN;
SELECT flux.write('td', 'm0,h=h0,r=r0 f=1 5');
SELECT flux.delete('td', 'epoch', 'epoch');
SELECT count(*) FROM td.m0 WHERE time_ns = 5;
COMMIT;
SELECT td_check();
-- strings and one-series batches
SELECT flux.write('td', E'txt s="one",n=1 1\ntxt s="two" 2000\ntxt s="three",n=3 3000');
SELECT flux.delete('td', 'epoch'::timestamptz + interval '2 microseconds', 'epoch'::timestamptz + interval '2 microseconds');
SELECT time_ns, s, n FROM td.txt ORDER BY time_ns;

-- predicates that are none
SELECT flux.delete('td', '-infinity', 'infinity', 'h');
SELECT flux.delete('td', '-infinity', 'infinity', 'h=');
SELECT flux.delete('td', '-infinity', 'infinity', '="x"');
SELECT flux.delete('td', '-infinity', 'infinity', 'h="x');
SELECT flux.delete('td', '-infinity', 'infinity', 'h="x" OR h="y"');
SELECT flux.delete('td', '-infinity', 'infinity', 'h="x" h="y"');
SELECT flux.delete('td', '-infinity', 'infinity', '(h="x"');
SELECT flux.delete('td', '-infinity', 'infinity', 'h=~/x/');
SELECT flux.delete('td', '-infinity', 'infinity', 'h>"x"');
SELECT flux.delete('td', '-infinity', 'infinity', '_field="f"');
SELECT flux.delete('td', '-infinity', 'infinity', '_time="x"');
\set VERBOSITY terse
SELECT flux.delete('td', '-infinity', 'infinity', repeat('(', 100000));
\set VERBOSITY default
SELECT flux.delete('td', NULL, 'infinity');
SELECT flux.delete('td9', '-infinity', 'infinity');
CREATE ROLE regress_flux_deleter;
GRANT INSERT ON td._points TO regress_flux_deleter;
SET ROLE regress_flux_deleter;
SELECT flux.delete('td', '-infinity', 'infinity');
SELECT * FROM flux.apply_retention('td');
RESET ROLE;
SELECT td_check();

-- escapes and quotes
SELECT flux.write('td', $$esc,ta\ g=a"b\ c f=1 1$$);
SELECT flux.delete('td', 'epoch', 'epoch', $$"ta g"='a"b c' AND ("_measurement" = "esc")$$);
SELECT flux.write('td', $$esc,ta\ g=a"b\ c f=1 1$$);
SELECT flux.delete('td', 'epoch', 'epoch', $$"ta g"="a\"b c"$$);

-- retention: chunks go, then the series that lost all their points
SELECT flux.create_bucket('td old') > 0 AS created;
SELECT flux.write('td old', E'm,h=gone f=1 1700000000000000000\nm,h=stays f=1 1700000000000000000\nm,h=stays f=2\nm,h=new f=3');
SELECT * FROM flux.apply_retention('td old');
SELECT flux.alter_bucket('td old', retention => '365 days');
SELECT * FROM flux.apply_retention('td old');
SELECT h, f FROM "td old".m ORDER BY h;
SELECT series FROM flux.measurements WHERE bucket = 'td old';
SELECT DISTINCT key, value FROM _flux_catalog.tag_pair JOIN _flux_catalog.bucket USING (bucket_id) WHERE name = 'td old' ORDER BY 1, 2;
-- a series that was collected may come back
SELECT flux.write('td old', 'm,h=gone f=4');
SELECT h, f FROM "td old".m ORDER BY h, f;
SELECT flux.delete('td old', '-infinity', 'infinity', 'h=stays');
-- while a snapshot may still see its points a series stays
SELECT chunks_dropped, series_dropped <= 1 FROM flux.apply_retention('td old');
SELECT count(*) >= 0 FROM flux.apply_retention();
SELECT flux.drop_bucket('td old');
SELECT flux.drop_bucket('td');
DROP TABLE td_truth CASCADE;
DROP FUNCTION td_fill, td_check;
DROP ROLE regress_flux_deleter;
