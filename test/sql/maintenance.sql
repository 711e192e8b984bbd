-- Upkeep by call: what is due, step by step; lag as the views show it; series
-- that lost their points, and such that only look so; steps that fail.
SET timezone = 'UTC';
SELECT flux.create_bucket('mt', retention => '100 years') > 0 AS created;
CREATE VIEW lag AS SELECT hot_points, compaction_lag IS NULL AS no_lag, retention_lag IS NULL AS no_retention_lag,
    chunks, series_due FROM flux.buckets WHERE name = 'mt';
CREATE VIEW due AS SELECT action, bucket, chunk_id IS NOT NULL AS of_chunk FROM flux.maintenance_due()
WHERE bucket LIKE 'mt%';

-- Until nothing is due: a transaction elsewhere may be in the way for a moment.
CREATE PROCEDURE mt_settle() LANGUAGE plpgsql AS $$
BEGIN
    LOOP
        CALL flux.maintain();
        EXIT WHEN NOT EXISTS (SELECT FROM flux.maintenance_due());
        PERFORM pg_sleep(0.05);
        COMMIT;
    END LOOP;
END $$;

-- Young and little: nothing is due, yet it shows.
SELECT flux.write('mt', 'm,host=a f=1 1700000000
m,host=b f=2 1700000000
n,host=a f=3 1300000000', 's');
SELECT * FROM lag;
SELECT sum(hot_points) AS points, bool_and(compaction_lag < '1 hour') AS young FROM flux.chunks WHERE bucket = 'mt';
SELECT * FROM due;

-- Due by time.
SET fluxtask.compact_interval = 0;
SELECT * FROM due;
CALL mt_settle();
SELECT * FROM lag;
SELECT * FROM due;
SELECT _measurement, tags ->> 'host' AS host, v_float FROM mt._points ORDER BY 1, 2;
RESET fluxtask.compact_interval;

-- Due by size; what was moved leaves the file large, which counts for nothing.
SET fluxtask.compact_hot_size = '64kB';
SELECT flux.write('mt', string_agg(format('m,host=a f=%s %s', i % 7, 1700000000 + i), E'\n'), 's')
FROM generate_series(1, 10000) AS i;
SELECT * FROM due;
CALL mt_settle();
SELECT pg_relation_size('_flux_data.hot_' || chunk_id) > 65536 AS is_large, hot_points FROM flux.chunks
WHERE bucket = 'mt' AND hot_bytes > 65536;
SELECT * FROM due;
RESET fluxtask.compact_hot_size;

-- A series without points goes, its tags with it; that of others stays.
SELECT flux.delete('mt', '-infinity', 'infinity', 'host="b"');
SELECT * FROM lag;
SELECT * FROM due;
CALL mt_settle();
SELECT * FROM lag;
SELECT measurement, series FROM flux.measurements WHERE bucket = 'mt' ORDER BY 1;
SELECT key, value FROM _flux_catalog.tag_pair JOIN _flux_catalog.bucket USING (bucket_id) WHERE name = 'mt';
SELECT flux.write('mt', 'm,host=b f=4 1700000001', 's');
SELECT v_float FROM mt._points WHERE tags ->> 'host' = 'b';
SELECT flux.delete('mt', '-infinity', 'infinity', '_measurement="n"');
SELECT flux.write('mt', 'n,host=a f=5 1300000000', 's');
CALL mt_settle();
SELECT measurement, series FROM flux.measurements WHERE bucket = 'mt' ORDER BY 1;

-- Retention.
SELECT flux.alter_bucket('mt', retention => '12 years');
SELECT no_retention_lag, chunks FROM lag;
SELECT retention_lag BETWEEN '300 days' AND '50 years' AS plausible FROM flux.buckets WHERE name = 'mt';
SELECT * FROM due;
CALL mt_settle();
SELECT no_retention_lag, chunks FROM lag;
SELECT measurement, series FROM flux.measurements WHERE bucket = 'mt' ORDER BY 1;

-- Steps say how much they did, and nothing where nothing is due.
SELECT flux.maintenance_step('compact', 'mt', -1), flux.maintenance_step('expire', 'mt', -1),
    flux.maintenance_step('series', 'mt') >= 0, flux.maintenance_step('columns', 'mt'),
    flux.maintenance_step('compact', 'no such bucket', 1), flux.maintenance_step(NULL, 'mt');
SELECT flux.maintenance_step('tidy', 'mt');

-- A bucket that somebody damaged keeps no other from its upkeep.
SELECT flux.create_bucket('mt_damaged', retention => '100 years') > 0 AS created;
SELECT flux.write('mt_damaged', 'm f=1 1700000000', 's');
DROP SCHEMA mt_damaged CASCADE;
SET fluxtask.compact_interval = 0;
SELECT * FROM due;
CALL mt_settle();
SELECT * FROM due;

-- Only one's own.
CREATE ROLE mt_other;
SET ROLE mt_other;
SELECT count(*) FROM flux.maintenance_due();
SELECT flux.maintenance_step('series', 'mt');
CALL flux.maintain();
RESET ROLE;
DROP ROLE mt_other;

SELECT flux.drop_bucket('mt_damaged');
SELECT flux.drop_bucket('mt');
SELECT count(*) FROM _flux_catalog.series_garbage;
DROP VIEW lag, due;
DROP PROCEDURE mt_settle();
