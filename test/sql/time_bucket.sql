-- flux.time_bucket: what it says, that date_bin, date_trunc and zones agree with it, and that storage answers groups of it.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET jit = off;
CREATE TEMP TABLE tb_times AS SELECT '2023-01-01'::timestamptz + i * interval '1 hour 47 minutes 13.5 seconds' AS t FROM generate_series(-3000, 9000) i;

-- without an origin weeks begin on Mondays, months and years as calendars have them
SELECT w AS width, flux.time_bucket(w, '2024-02-29 13:14:15.678') FROM unnest(ARRAY['1 second', '5 minutes', '1 hour', '1 day', '5 days', '1 week', '1 month', '5 months', '3 months', '1 year', '10 years']::interval[]) w;
SELECT w AS width, flux.time_bucket(w, '1969-02-28 13:14:15.678') FROM unnest(ARRAY['5 minutes', '1 week', '5 months']::interval[]) w;
SELECT flux.time_bucket('1 week', '2024-02-29', origin => '2024-01-03') AS from_wednesday,
    flux.time_bucket('1 day', '2024-02-29 05:00', "offset" => interval '6 hours') AS days_at_six,
    flux.time_bucket('1 month', '2024-02-29', "offset" => interval '-3 days') AS moved_month,
    flux.time_bucket('1 year', '2024-02-29', origin => '1990-04-06') AS british_tax_year;
SELECT flux.time_bucket('1 day', '2024-03-31 20:00', 'Europe/Berlin') AS berlin, flux.time_bucket('1 month', '2024-03-31 23:00', 'Europe/Berlin') AS berlin_april,
    flux.time_bucket('1 day', '2024-03-31 20:00', 'Europe/Berlin', "offset" => '9 hours') AS at_nine, flux.time_bucket('1 week', '2024-03-31', 'Europe/Berlin', origin => '2024-01-03 12:00+01') AS wednesday_noon;
-- null, infinite
SELECT flux.time_bucket(NULL, now()) IS NULL AS no_width, flux.time_bucket('1 day', NULL) IS NULL AS no_time, flux.time_bucket('1 day', now(), NULL::text) = flux.time_bucket('1 day', now()) AS no_zone,
    flux.time_bucket('1 day', 'infinity'), flux.time_bucket('1 month', '-infinity', 'Europe/Berlin');
-- refusals
SELECT flux.time_bucket('0', now());
SELECT flux.time_bucket('-1 day', now());
SELECT flux.time_bucket('1 month 1 day', now());
SELECT flux.time_bucket('1 day', now(), 'infinity'::timestamptz);
SELECT flux.time_bucket('1 day', now(), '1 month'::interval);
SELECT flux.time_bucket('1 day', now(), 'Nowhere/City');
SELECT flux.time_bucket('100000 years', '4000-01-01 BC');
SELECT flux.time_bucket('10000000 days', '4700-01-01 BC');

-- against the server's own
SELECT count(*), count(*) FILTER (WHERE flux.time_bucket('90 minutes', t) IS DISTINCT FROM date_bin('90 minutes', t, '2000-01-03')
    OR flux.time_bucket('1 hour', t) IS DISTINCT FROM date_trunc('hour', t) OR flux.time_bucket('1 day', t) IS DISTINCT FROM date_trunc('day', t)
    OR flux.time_bucket('1 week', t) IS DISTINCT FROM date_trunc('week', t) OR flux.time_bucket('1 month', t) IS DISTINCT FROM date_trunc('month', t)
    OR flux.time_bucket('3 months', t) IS DISTINCT FROM date_trunc('quarter', t) OR flux.time_bucket('1 year', t) IS DISTINCT FROM date_trunc('year', t)
    OR flux.time_bucket('10 days', t, '2001-02-03 04:05'::timestamptz) IS DISTINCT FROM date_bin('10 days', t, '2001-02-03 04:05')
    OR flux.time_bucket('6 hours', t, '-45 minutes'::interval) IS DISTINCT FROM date_bin('6 hours', t + '45 minutes', '2000-01-03') - interval '45 minutes') AS differ FROM tb_times;
SELECT zone, count(*) FILTER (WHERE flux.time_bucket('1 day', t, zone) IS DISTINCT FROM date_trunc('day', t, zone)
    OR flux.time_bucket('1 month', t, zone) IS DISTINCT FROM date_trunc('month', t, zone)
    OR flux.time_bucket('90 minutes', t, zone) IS DISTINCT FROM flux.time_bucket('90 minutes', (t AT TIME ZONE zone) AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AT TIME ZONE zone) AS differ
FROM tb_times, unnest(ARRAY['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Kathmandu']) zone GROUP BY zone ORDER BY zone;

-- storage answers groups of it, and of what dashboards write
SELECT flux.create_bucket('tb', chunk_interval => '30 days') > 0 AS created;
SELECT flux.write('tb', string_agg(format('m,host=h%s v=%s,n=%si %s', i % 3, i % 100, i, 1664582400000000000 + i * 5417000000000::bigint), E'\n')) FROM generate_series(0, 8000) i;
SELECT flux.compact('tb') IS NOT NULL AS compacted;
SELECT flux.write('tb', string_agg(format('m,host=h%s v=%s %s', i % 3, i % 10, -100000000000000000 + i * 54170000000000::bigint), E'\n')) FROM generate_series(0, 50) i;
CREATE FUNCTION tb_check(query text) RETURNS text LANGUAGE plpgsql AS $$
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
CREATE TEMP TABLE tb_forms (id int GENERATED ALWAYS AS IDENTITY, form text);
INSERT INTO tb_forms (form) VALUES ($$flux.time_bucket('1 hour', time)$$), ($$flux.time_bucket('7 minutes 30 seconds', time)$$), ($$flux.time_bucket('1 day', time)$$), ($$flux.time_bucket('1 week', time)$$),
    ($$flux.time_bucket('1 month', time)$$), ($$flux.time_bucket('5 months', time)$$), ($$flux.time_bucket('1 year', time, '2001-07-01'::timestamptz)$$),
    ($$flux.time_bucket('100 milliseconds', time, '0.05 seconds'::interval)$$), ($$flux.time_bucket('1 day', time, '6 hours'::interval)$$), ($$flux.time_bucket('10 days', time, origin => '2022-12-25')$$),
    ($$flux.time_bucket('1 day', time, 'Europe/Berlin')$$), ($$flux.time_bucket('2 weeks', time, 'Europe/Berlin')$$), ($$flux.time_bucket('1 month', time, 'Europe/Berlin')$$), ($$flux.time_bucket('2 months', time, 'Europe/Berlin', '2000-02-01 00:00+01')$$),
    ($$flux.time_bucket('1 hour', time, 'Australia/Lord_Howe')$$), ($$flux.time_bucket('6 hours', time, 'Europe/Berlin')$$), ($$flux.time_bucket('7 minutes', time, 'Asia/Kathmandu')$$), ($$flux.time_bucket('90 minutes', time, 'America/New_York', "offset" => '10 minutes')$$),
    ($$flux.time_bucket('1 day', time, 'Asia/Kathmandu', "offset" => '-1 day')$$), ($$flux.time_bucket('4 hours', time, 'UTC')$$),
    ($$floor(extract(epoch FROM time) / 300) * 300$$), ($$floor(extract(epoch FROM time) / 86400) * 86400$$),
    -- what grids do not have
    ($$flux.time_bucket('1 month', time, '2000-01-15'::timestamptz)$$), ($$flux.time_bucket('1 day', time, 'Europe/Berlin', "offset" => '9 hours')$$), ($$flux.time_bucket('0.5 seconds', time, 'Europe/Berlin')$$),
    ($$flux.time_bucket('1 day', time, 'CET')$$), ($$flux.time_bucket(('1 hour' || left(host, 0))::interval, time)$$), ($$floor(extract(epoch FROM time) / 300) * 301$$), ($$floor(extract(epoch FROM time) / 0.5) * 0.5$$);
SELECT form, tb_check(format('SELECT %s AS t, host, count(*), sum(n) FROM tb.m GROUP BY t, host', form)) AS with_host,
    tb_check(format('SELECT %s AS t, max(v) FROM tb.m WHERE time >= %L AND time < %L GROUP BY t', form, '2023-02-03 04:05', '2023-04-05 06:07')) AS clipped FROM tb_forms ORDER BY id;
SELECT tb_check($$SELECT flux.time_bucket('0', time) AS t, count(*) FROM tb.m GROUP BY t$$);
SET fluxtask.push_down = off;
SELECT flux.time_bucket('1 month', time) AS t, count(*) FROM tb.m WHERE time > '2022-11-11' AND time < '2023-02-02' GROUP BY t ORDER BY t;
RESET fluxtask.push_down;
SELECT flux.time_bucket('1 month', time) AS t, count(*) FROM tb.m WHERE time > '2022-11-11' AND time < '2023-02-02' GROUP BY t ORDER BY t;
EXPLAIN (COSTS OFF) SELECT flux.time_bucket('1 month', time, 'Europe/Berlin') AS t, host, avg(v) FROM tb.m GROUP BY t, host;
EXPLAIN (COSTS OFF) SELECT floor(extract(epoch FROM time) / 300) * 300 AS "time", host AS metric, max(v) FROM tb.m WHERE time BETWEEN '2023-01-01' AND '2023-01-02' GROUP BY 1, 2 ORDER BY 1, 2;
DROP FUNCTION tb_check;
SELECT flux.drop_bucket('tb');
