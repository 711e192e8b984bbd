-- The seed's task, byte for byte, over an hour of ten-second data for two hosts
-- and two measurements: twelve rows, those of myHost and mem alone, stamped
-- with the window ends, equal to date_bin and avg over the same data; the same
-- again from compacted segments, and with push-down off.
SET TimeZone = 'UTC';
SET client_min_messages = warning;
SELECT flux.create_bucket('example-bucket') > 0 AS created;
SELECT flux.create_bucket('example-downsampled', retention => '100 years') > 0 AS created;

-- A plain table is the truth.
CREATE TABLE seed_truth AS
SELECT m AS measurement, h AS host, t AS time,
	round((50 + 20 * sin(extract(epoch FROM t) / 700) + length(h) + length(m))::numeric, 2)::float8 AS v
FROM unnest(ARRAY['mem', 'cpu']) m, unnest(ARRAY['myHost', 'other']) h,
	generate_series('2024-05-15 11:00+00'::timestamptz, '2024-05-15 11:59:50+00', '10 s') t;
SELECT flux.write('example-bucket', string_agg(format('%s,host=%s used_percent=%s %s', measurement,
		host, v, extract(epoch FROM time)::bigint), E'\n'), "precision" => 's')
FROM seed_truth;

\set script `cat test/data/seed.flux`
SELECT flux.create_task(:'script') AS task_id \gset
SELECT name, every, "offset", status FROM flux.tasks;

-- The plan: filters, range and window are storage's.
SELECT flux.run_task(:task_id, '2024-05-15 12:00+00') > 0 AS ran;
SELECT scheduled_for, status, error FROM flux.runs WHERE task_id = :task_id;
SELECT time, host, round(used_percent::numeric, 6) AS used_percent
FROM "example-downsampled".mem ORDER BY time;

-- The truth in SQL, stamped with the window's end.
CREATE VIEW seed_expected AS
SELECT date_bin('5 min', time, 'epoch') + '5 min'::interval AS time, host, avg(v) AS used_percent
FROM seed_truth WHERE measurement = 'mem' AND host = 'myHost' GROUP BY 1, 2;
SELECT count(*) AS rows,
	count(*) FILTER (WHERE abs(d.used_percent - e.used_percent) < 1e-9) AS equal
FROM "example-downsampled".mem d FULL JOIN seed_expected e USING (time, host);

-- Once more from segments, and once more without push-down: same points, same answer.
SELECT flux.compact('example-bucket') IS NOT NULL AS compacted;
SELECT flux.run_task(:task_id, '2024-05-15 12:00+00') > 0 AS ran;
SET fluxtask.push_down = off;
SELECT flux.run_task(:task_id, '2024-05-15 12:00+00') > 0 AS ran;
RESET fluxtask.push_down;
SELECT count(*) AS rows,
	count(*) FILTER (WHERE abs(d.used_percent - e.used_percent) < 1e-9) AS equal
FROM "example-downsampled".mem d FULL JOIN seed_expected e USING (time, host);
SELECT count(*) FROM "example-downsampled"._points;
SELECT count(*) FROM "example-bucket"._points;

SELECT flux.drop_task(:task_id);
DROP VIEW seed_expected;
DROP TABLE seed_truth;
SELECT flux.drop_bucket('example-bucket', true), flux.drop_bucket('example-downsampled', true);
