-- Writing: last write wins, type conflicts, retention, transactions.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT flux.create_bucket('tw', chunk_interval => '1 day') > 0 AS created;

-- overwriting and merging, within a call and between calls
SELECT flux.write('tw', E'm,h=a x=1,y=1 100\nm,h=a x=2 100\nm,h=b x=9 100');
SELECT flux.write('tw', 'm,h=a y=5,z="new" 100');
SELECT * FROM tw.m ORDER BY h;

-- one type per field and chunk; the first wins; the other points are written
SELECT flux.write('tw', E'm,h=a x=3i 200\nm,h=a x=3.5 201\nm,h=a y=t,z="dropped" 202');
SELECT * FROM tw.m WHERE time_ns > 200;
-- another chunk may have another type: the table shows both
SELECT flux.write('tw', 'm,h=a x=7i 172800000000000');
SELECT * FROM tw.m WHERE time_ns > 1000;
SELECT _field, v_float, v_int FROM tw._points WHERE _field = 'x' ORDER BY time_ns, v_float;
-- both at once in a new chunk
SELECT flux.write('tw', E'm,h=a n=1,n=2i 200\nm,h=c n=1 300\nm,h=c n=2i 301');
SELECT h, n FROM tw.m WHERE n IS NOT NULL;
-- what was dropped left no field behind
SELECT fields FROM flux.measurements WHERE bucket = 'tw';

-- a tag and a field of one name; names of system columns
SELECT flux.write('tw', 'odd,a=tag,xmin=t,time_ns=u a=1,ctid=2,tableoid=3i 1');
SELECT * FROM tw.odd;
SELECT attname, attfdwoptions FROM pg_attribute
WHERE attrelid = 'tw.odd'::regclass AND attnum > 0 ORDER BY attnum;
-- a measurement of the name of the bucket's own table
SELECT flux.write('tw', '_points f=1 1');
SELECT table_name ~ '^_points_[0-9a-f]{8}$' AS renamed FROM flux.measurements
WHERE bucket = 'tw' AND measurement = '_points';

-- retention
SELECT flux.create_bucket('tw keep', retention => '1 day') > 0 AS created;
\set VERBOSITY sqlstate
SELECT flux.write('tw keep', E'm f=1\nm f=2 1000\nm f=3 2000');
\set VERBOSITY default
SELECT f FROM "tw keep".m;
INSERT INTO "tw keep".m (time, f) VALUES ('2001-01-01', 1);
SELECT flux.drop_bucket('tw keep');

-- rollback takes names and tables back, and what the session remembers of them
BEGIN;
SELECT flux.write('tw', 'gone,h=a f=1 1');
SELECT f FROM tw.gone;
ROLLBACK;
SELECT to_regclass('tw.gone');
SELECT flux.write('tw', 'gone,h=a f="text now" 1');
SELECT f FROM tw.gone;
BEGIN;
SELECT flux.write('tw', 'sub,h=a f=0 1');
SAVEPOINT one;
SELECT flux.write('tw', E'sub,h=b g=1 1\nsub,h=a f=1 900000000000000');
SAVEPOINT two;
SELECT flux.write('tw', E'sub,h=c i=1i 1\nsub,h=a f=2 1');
ROLLBACK TO two;
SELECT flux.write('tw', 'sub,h=c i=2.5 2');
ROLLBACK TO one;
SELECT flux.write('tw', E'sub,h=b g="other type" 1\nsub,h=a f="text" 900000000000000');
COMMIT;
SELECT * FROM tw.sub ORDER BY time_ns, h;
SELECT count(*), count(DISTINCT chunk_start) FROM flux.chunks WHERE bucket = 'tw';
SELECT tags, fields, series FROM flux.measurements WHERE bucket = 'tw' AND measurement = 'sub';
-- later in a transaction wins, whatever subtransaction it was
BEGIN;
SELECT flux.write('tw', 'ord v=1 1');
SAVEPOINT s;
SELECT flux.write('tw', 'ord v=2 1');
RELEASE s;
SELECT flux.write('tw', 'ord v=3 1');
COMMIT;
SELECT v FROM tw.ord;

-- an inner write that fails while an outer statement is writing the same names
CREATE FUNCTION tw_try(host text) RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
    PERFORM flux.write('tw', format('nest,h=%s f=1 1', host));
    RAISE EXCEPTION 'undone';
EXCEPTION WHEN raise_exception THEN
    RETURN 7;
END $$;
SELECT flux.write('tw', 'nest,h=first f=0 1');
INSERT INTO tw.nest (time_ns, h, f) SELECT 2, 'h' || i, tw_try('h' || i) FROM generate_series(1, 3) i;
SELECT time_ns, h, f FROM tw.nest ORDER BY time_ns, h;
SELECT series FROM flux.measurements WHERE bucket = 'tw' AND measurement = 'nest';
DROP FUNCTION tw_try;

-- many series and fields in one call, again from a cold cache
SELECT flux.write('tw', string_agg(format('many,host=h%s,dc=d%s f%s=%s 1', i, i % 7, i % 5, i), E'\n'))
FROM generate_series(1, 3000) i;
SELECT count(*), count(f0), sum(f0), sum(f1), sum(f2), sum(f3), sum(f4) FROM tw.many;
SELECT series, tags, fields FROM flux.measurements WHERE bucket = 'tw' AND measurement = 'many';
\c -
SELECT flux.write('tw', string_agg(format('many,host=h%s,dc=d%s f%s=%s 2', i, i % 7, i % 5, i), E'\n'))
FROM generate_series(2990, 3010) i;
SELECT count(*), count(DISTINCT host) FROM tw.many;

-- many chunks in one call
SELECT flux.write('tw', string_agg(format('wide f=%s %s', i, i * 86400000000000::bigint), E'\n'))
FROM generate_series(100, 139) i;
SELECT count(*), sum(f) FROM tw.wide;

-- series in the order of the call before, which is guessed, and not quite in it
CREATE TEMP TABLE said (at serial, lines text);
INSERT INTO said (lines) VALUES
	(E'g,h=a f=1 10\ng,h=ab f=2 10\ng,h=a\\ b f=3 10\ng,h=c f=4 11\ng f=5 11\n'),
	(E'g,h=a f=11 20\ng,h=ab f=12 20\ng,h=a\\ b f=13 20\ng,h=c f=14 21\ng f=15 21\n'),
	(E'g,h=a f=21 30\ng,h=c f=24 31\ng,h=a\\ b f=23 30\n\n# nothing\ng,h=abc f=26 3000\ng,h=ab f=22 300\r\ng f=25 30 \n'),
	(E'g,h=a f=31 40\ng,h=c f=34 40\ng,h=a\\ b f=33 40\ng,h=a f=31.5 40\ng,h=abc f=36 40\ng,h=ab,i=1 f=37 4\ng,h=ab f=32 40');
SELECT flux.create_bucket('ty') IS NOT NULL;
SELECT flux.write('tw', lines), flux.write('ty', replace(lines, 'f=', 'f=9')) FROM said ORDER BY at;
SELECT h, i, string_agg(format('%s:%s', time_ns, f), ' ' ORDER BY time_ns) FROM tw.g GROUP BY h, i ORDER BY h, i;
SELECT h, i, string_agg(format('%s:%s', time_ns, f), ' ' ORDER BY time_ns) FROM ty.g GROUP BY h, i ORDER BY h, i;
SELECT flux.drop_bucket('ty');

-- no writing where one may not
BEGIN READ ONLY;
SELECT flux.write('tw', 'm x=1 1');
ROLLBACK;
SELECT flux.write('nowhere', 'm x=1 1');
SELECT flux.write('tx', 'm x=1 1');
SELECT flux.drop_bucket('tw');
