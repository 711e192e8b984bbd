-- Buckets: what creating, changing and dropping does, and what is refused.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT flux.create_bucket('tb') > 0 AS created;
SELECT flux.create_bucket('tb short', retention => '1 day', description => 'kept a day') > 0 AS created;
SELECT flux.create_bucket('tb-month', '30 days', chunk_interval => '6 hours') > 0 AS created;
SELECT name, owner = current_user AS mine, retention, chunk_interval, kind, measurements, chunks,
    description
FROM flux.buckets WHERE name LIKE 'tb%' ORDER BY name;
\d tb._points

-- chunk intervals by InfluxDB's rule: below 2 days, below 180 days, longer
SELECT flux.create_bucket('tb_r' || i, r::interval) > 0
FROM (VALUES (1, '47 hours'), (2, '2 days'), (3, '179 days'), (4, '180 days')) v(i, r);
SELECT name, chunk_interval FROM flux.buckets WHERE name LIKE 'tb\_r%' ORDER BY name;
SELECT flux.drop_bucket('tb_r' || i) FROM generate_series(1, 4) i;

-- names that cannot be
CREATE SCHEMA tb_taken;
SELECT flux.create_bucket('tb_taken');
SELECT flux.create_bucket('tb');
SELECT flux.create_bucket('');
SELECT flux.create_bucket('_mine');
SELECT flux.create_bucket('pg_mine');
SELECT flux.create_bucket('a"b');
SELECT flux.create_bucket(repeat('x', 64));
SELECT flux.create_bucket(NULL);
SELECT flux.create_bucket('tb_short', retention => '10 minutes');
SELECT flux.create_bucket('tb_short', retention => '-1 day');
SELECT flux.create_bucket('tb_short', chunk_interval => '1 second');
SELECT flux.create_bucket('tb_short', retention => '2000 years');
DROP SCHEMA tb_taken;

-- changing
SELECT flux.write('tb', 'm,host=a f=1 1700000000000000000');
SELECT flux.alter_bucket('tb', retention => '0', description => 'all of it');
SELECT flux.alter_bucket('tb', new_name => 'tb2', chunk_interval => '1 day');
SELECT name, retention, chunk_interval, description FROM flux.buckets WHERE name = 'tb2';
SELECT time_ns, host, f FROM tb2.m;
SELECT flux.alter_bucket('tb2', new_name => 'tb-month');
SELECT flux.alter_bucket('tb2', new_name => 'public');
SELECT flux.alter_bucket('tb2', retention => '1 minute');
SELECT flux.alter_bucket('tb3');

-- a chunk made with another interval is not overlapped by new ones
SELECT flux.write('tb2', E'm,host=a f=2 1700100000000000000\nm,host=a f=3 1699000000000000000');
SELECT chunk_start, chunk_end FROM flux.chunks WHERE bucket = 'tb2' ORDER BY 1;

-- the ends of time
SELECT flux.write('tb2', E'm f=4 -9223372036854775806\nm f=5 9223372036854775806');
SELECT time_ns, f FROM tb2.m WHERE host IS NULL ORDER BY time_ns;
SELECT flux.write('tb2', 'm f=5 9223372036854775807');

-- rights
CREATE ROLE regress_flux_reader;
CREATE ROLE regress_flux_owner;
SET ROLE regress_flux_reader;
\set VERBOSITY terse
SELECT flux.create_bucket('tb_mine');
\set VERBOSITY default
SELECT flux.write('tb2', 'm f=6 1');
SELECT * FROM tb2.m;
SELECT * FROM tb2._points;
SELECT flux.drop_bucket('tb2');
SELECT flux.alter_bucket('tb2', retention => '0');
SELECT name FROM flux.buckets WHERE name LIKE 'tb%';
SELECT measurement FROM flux.measurements WHERE bucket LIKE 'tb%';
SELECT * FROM _flux_catalog.bucket;
RESET ROLE;
GRANT SELECT ON tb2._points TO regress_flux_reader;
SET ROLE regress_flux_reader;
SELECT name FROM flux.buckets WHERE name LIKE 'tb%';
SELECT count(*) FROM tb2.m;
SELECT count(*) FROM tb2._points;
INSERT INTO tb2.m (time_ns, f) VALUES (7, 7);
INSERT INTO tb2._points (time_ns, _measurement, _field, v_float) VALUES (7, 'm', 'f', 7);
SELECT flux.write('tb2', 'm f=7 7');
RESET ROLE;
GRANT INSERT ON tb2._points TO regress_flux_reader;
SET ROLE regress_flux_reader;
SELECT flux.write('tb2', 'new,by=reader f=7 7');
INSERT INTO tb2.m (time_ns, f) VALUES (7, 7);
SELECT time_ns, f FROM tb2.m WHERE time_ns = 7;
RESET ROLE;
-- the table that the reader's write made belongs to the bucket's owner
SELECT relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) AS owned
FROM pg_class WHERE oid = 'tb2.new'::regclass;
-- a view gives its owner's rights
REVOKE ALL ON tb2._points FROM regress_flux_reader;
CREATE VIEW tb_view AS SELECT time_ns, f FROM tb2.m WHERE time_ns = 7;
GRANT SELECT, INSERT ON tb_view TO regress_flux_reader;
SET ROLE regress_flux_reader;
SELECT * FROM tb_view;
INSERT INTO tb_view VALUES (8, 8);
SELECT * FROM tb2.m;
RESET ROLE;
SELECT time_ns, f FROM tb2.m WHERE time_ns = 8;

-- an owner that is no superuser
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_flux_owner', current_database()); END $$;
SET ROLE regress_flux_owner;
SELECT flux.create_bucket('tb_own') > 0 AS created;
SELECT flux.write('tb_own', 'm,host=a f=1,g="x" 1');
SELECT * FROM tb_own.m;
SELECT * FROM _flux_data.hot_1;
SELECT flux.drop_bucket('tb_own');
RESET ROLE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_flux_owner', current_database()); END $$;

-- dropping: a view over a table stops it, unless it is to go as well
SELECT flux.drop_bucket('tb2');
SELECT flux.drop_bucket('tb2', "cascade" => true);
SELECT flux.drop_bucket('tb2');
SELECT to_regclass('tb_view');
-- a schema that somebody dropped: only the rest is left to drop
DROP SCHEMA "tb-month" CASCADE;
SELECT flux.write('tb-month', 'm f=1');
SELECT flux.drop_bucket('tb-month');
-- in a transaction that is rolled back
BEGIN;
SELECT flux.drop_bucket('tb short');
ROLLBACK;
SELECT flux.write('tb short', 'm f=1');
SELECT flux.drop_bucket('tb short');
SELECT count(*) FROM flux.buckets WHERE name LIKE 'tb%';
DROP ROLE regress_flux_reader, regress_flux_owner;
