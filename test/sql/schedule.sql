-- Slots of every and cron: InfluxDB's grid and cron dialect, calendar units, time zones.
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
CREATE FUNCTION pg_temp.instants(every text, cron text, after timestamptz, n int,
	zone text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(to_char(i, 'Dy YYYY-MM-DD HH24:MI:SS'), ', '), 'none')
	FROM flux.schedule_instants(every, cron, after, n, zone) AS i $$;

-- every: the grid counts from 0001-01-01T00:00Z, so a week starts on Monday
SELECT every, pg_temp.instants(every, NULL, '2024-05-15 10:37Z', 3)
FROM unnest('{1s,90s,1h,45m,7h,1d,3d,1w,2w,1mo,2mo,1y,1d12h,1mo1d}'::text[])
	WITH ORDINALITY AS t(every, n) ORDER BY n;
-- a slot is never its own successor
SELECT pg_temp.instants('1h', NULL, '2024-05-15 10:00Z', 1);
-- far away, and at the ends
SELECT pg_temp.instants('1h', NULL, '1700-01-01 00:00Z', 1);
SELECT pg_temp.instants('1mo', NULL, '2262-01-30 00:00Z', 5);

-- cron: 5, 6 and 7 fields, names, lists, ranges, steps, macros
SELECT cron, pg_temp.instants(NULL, cron, '2024-05-15 10:37:30Z', 3)
FROM unnest(ARRAY['0 * * * *', '*/25 * * * *', '5/20 * * * *', '0 4 * * *', '0 0 1 * *',
	'0 0 * * MON', '0 0 * * sun', '0 0 * * 1-7', '0 0 13 * FRI', '0 0 1,15 jan-MAR *',
	'10-20/5 * * * *', '15 30 4 * * *', '*/30 * * * * *', '0 0 0 1 1 * 2030-2031',
	'@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly',
	'@every_minute', '@every_second', '@every 90s', '@every 2hr', '@every 1mo',
	'0 0 29 2 *', '0 0 31 2 *', '0 0 0 1 1 * 2020']) WITH ORDINALITY AS t(cron, n) ORDER BY n;

-- what is no cron expression
CREATE FUNCTION pg_temp.refusal(every text, cron text, zone text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM flux.schedule_instants(every, cron, '2024-05-15 10:37Z', 1, zone);
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
SELECT cron, pg_temp.refusal(NULL, cron)
FROM unnest(ARRAY['', '* * * *', '* * * * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *',
	'* * * 13 *', '* * * * 7', '* * * * 8', '* * * foo *', '5-1 * * * *', '*/0 * * * *',
	'*/x * * * *', '1,,2 * * * *', '1- * * * *', '? * * * *', '0 0 L * *', '0 0 * * 1#2',
	'CRON_TZ=UTC * * * * *', '@reboot', '@every', '@every x', '@every 500ms', '0 0 0 1 1 * 2100',
	'99999999999999999999 * * * *']) WITH ORDINALITY AS t(cron, n) ORDER BY n;
SELECT every, pg_temp.refusal(every, NULL)
FROM unnest('{1,h,1x,-1h,0s,999ms,1500ms,1h1ns,10000y}'::text[])
	WITH ORDINALITY AS t(every, n) ORDER BY n;
SELECT pg_temp.refusal('1h', '* * * * *'), pg_temp.refusal(NULL, NULL),
	pg_temp.refusal('1h', NULL, 'Mars/Olympus');

-- zones: spring forward 2024-03-31 02:00 -> 03:00, fall back 2024-10-27 03:00 -> 02:00 in Berlin
SELECT what, pg_temp.instants(every, cron, after, 4, 'Europe/Berlin')
FROM (VALUES
	(1, 'a day is a day on the wall', '1d', NULL, '2024-03-30 00:00Z'::timestamptz),
	(2, 'hours are hours', '6h', NULL, '2024-03-30 20:00Z'),
	(3, 'a skipped reading runs at the transition', NULL, '30 2 * * *', '2024-03-29 12:00Z'),
	(4, 'a repeated reading runs once', NULL, '30 2 * * *', '2024-10-25 12:00Z'),
	(5, 'every hour, forward', NULL, '0 * * * *', '2024-03-30 23:00Z'),
	(6, 'every hour, back', NULL, '0 * * * *', '2024-10-26 23:00Z'),
	(7, 'quarters, back', NULL, '*/15 * * * *', '2024-10-27 00:20Z'),
	(8, 'months', '1mo', NULL, '2024-03-30 12:00Z'),
	(9, 'no change near', NULL, '0 9 * * MON-FRI', '2024-06-14 12:00Z')
) AS t(n, what, every, cron, after) ORDER BY n;
-- across the fall back, whatever the base, a reading that repeats is not run again
SELECT count(*), count(DISTINCT i) FROM generate_series('2024-10-26 00:00Z'::timestamptz,
	'2024-10-28 00:00Z', '7 minutes') AS b,
	LATERAL flux.schedule_instants(cron => '30 2 * * *', after => b, n => 1, time_zone => 'Europe/Berlin') AS i;

-- against an independent computation: a year of hours, days, weeks and a cron
SELECT count(*) FROM (
	(SELECT i FROM flux.schedule_instants('1h', NULL, '2023-12-31 23:59Z', 8784) AS i
	EXCEPT SELECT generate_series('2024-01-01 00:00Z'::timestamptz, '2024-12-31 23:00Z', '1 hour'))
	UNION ALL
	(SELECT i FROM flux.schedule_instants('1w', NULL, '2023-12-31 23:59Z', 53) AS i
	EXCEPT SELECT generate_series('2024-01-01 00:00Z'::timestamptz, '2024-12-31 23:00Z', '1 week'))
	UNION ALL
	(SELECT i FROM flux.schedule_instants('1mo', NULL, '2023-12-31 23:59Z', 12) AS i
	EXCEPT SELECT generate_series('2024-01-01 00:00Z'::timestamptz, '2024-12-31 23:00Z', '1 month'))
	UNION ALL
	(SELECT i FROM flux.schedule_instants(NULL, '*/7 3-5 * 2,8 TUE', '2023-12-31 23:59Z', 1000) AS i
	WHERE i < '2025-01-01Z'
	EXCEPT SELECT m FROM generate_series('2024-01-01 00:00Z'::timestamptz, '2024-12-31 23:59Z',
		'1 minute') AS m
	WHERE extract(minute FROM m)::int % 7 = 0 AND extract(hour FROM m) BETWEEN 3 AND 5
		AND extract(month FROM m) IN (2, 8) AND extract(dow FROM m) = 2)) AS differences;
SELECT count(*) = (SELECT count(*) FROM generate_series('2024-01-01 00:00Z'::timestamptz,
		'2024-12-31 23:59Z', '1 minute') AS m
	WHERE extract(minute FROM m)::int % 7 = 0 AND extract(hour FROM m) BETWEEN 3 AND 5
		AND extract(month FROM m) IN (2, 8) AND extract(dow FROM m) = 2) AS complete
FROM flux.schedule_instants(NULL, '*/7 3-5 * 2,8 TUE', '2023-12-31 23:59Z', 1000) AS i
WHERE i < '2025-01-01Z';

-- bounds
SELECT count(*) FROM flux.schedule_instants('1s', NULL, '2024-01-01Z', 0);
SELECT flux.schedule_instants('1s', NULL, '2024-01-01Z', -1);
SELECT flux.schedule_instants('1s', NULL, 'infinity', 1);
