# shellcheck shell=bash
#
# 10_seed.sh - the seed's aggregation: five-minute means of one field, written
# to a second bucket, over 1000 hosts for a day at ten-second steps.
#
# SQL: INSERT INTO means SELECT date_bin(...), host, avg(...) GROUP BY on an
# ordinary table with an index on (host, time).  fluxtask: a task whose run
# does the same with aggregateWindow() and to().  BENCH_HOSTS makes it smaller.

hosts=${BENCH_HOSTS:-1000}
points=$((hosts * 8640))

bench_psql -v hosts="$hosts" <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fluxtask;
DROP TABLE IF EXISTS raw, means;
CREATE TABLE raw (time timestamptz NOT NULL, host text NOT NULL, used_percent double precision);
-- A random walk of two decimals for each host, one row every ten seconds.
SELECT FROM setseed(0.5);
INSERT INTO raw
SELECT time, 'host' || lpad(host::text, 4, '0'),
	round((50 + sum(step) OVER (PARTITION BY host ORDER BY time))::numeric, 2)::float8
FROM (SELECT host, time, round((random() * 0.1 - 0.05)::numeric, 2) AS step
	FROM generate_series(1, :hosts) AS host,
		generate_series(timestamptz '2024-01-01 00:00Z', '2024-01-01 23:59:50Z', interval '10 seconds') AS time) AS walk
ORDER BY time, host;
CREATE INDEX ON raw (host, time);
VACUUM ANALYZE raw;
CREATE TABLE means (time timestamptz NOT NULL, host text NOT NULL, used_percent double precision);
SELECT FROM flux.create_bucket('bench');
SELECT FROM flux.create_bucket('bench-means');
SQL

echo "writing $points points into the bucket"
# One point first, so that the measurement and its table are there.
bench_psql <<'SQL'
SELECT FROM flux.write('bench', 'mem,host=host0001 used_percent=0 ' || extract(epoch FROM timestamptz '2024-01-01Z')::bigint, 's');
SQL
loaded=$(bench_ms 1 'INSERT INTO "bench".mem (time, host, used_percent) SELECT * FROM raw')
bench_fact "INSERT ... SELECT into the bucket" "$(awk -v p="$points" -v ms="$loaded" 'BEGIN { printf "%.2f million points/s", p / ms / 1000 }')"
compacted=$(bench_ms 1 "SELECT flux.compact('bench')")
bench_fact "flux.compact" "$compacted ms"
# What autovacuum would do by and by: the compacted rows leave the hot table.
bench_psql -c VACUUM
bench_fact "bytes a point" "$(bench_psql -c "SELECT format('table %s, bucket %s',
	round(pg_total_relation_size('raw')::numeric / $points, 1),
	round((SELECT sum(total_bytes) FROM flux.chunks WHERE bucket = 'bench')::numeric / $points, 2))")"

bench_psql <<'SQL'
SELECT FROM flux.create_task($flux$
option task = {name: "five_minute_means", every: 1d}

from(bucket: "bench")
  |> range(start: -task.every)
  |> filter(fn: (r) => r._measurement == "mem" and r._field == "used_percent")
  |> aggregateWindow(every: 5m, fn: mean)
  |> to(bucket: "bench-means")
$flux$, active => false);
SQL
day="time >= '2024-01-01Z' AND time < '2024-01-02Z'"
binned="date_bin('5 min', time, '2024-01-01Z') + interval '5 min'"

sql=$(bench_ms 3 "INSERT INTO means SELECT $binned, host, avg(used_percent) FROM raw WHERE $day GROUP BY 1, 2" "TRUNCATE means")
ours=$(bench_ms 3 "SELECT flux.run_task('five_minute_means', '2024-01-02Z')" \
	"SELECT FROM flux.drop_bucket('bench-means'); SELECT FROM flux.create_bucket('bench-means')")
bench_same "the means" "SELECT count(*) FROM means FULL JOIN \"bench-means\".mem AS ours USING (time, host)
	WHERE abs(means.used_percent - ours.used_percent) < 1e-9 IS NOT TRUE"
bench_fact "means written" "$(bench_psql -c 'SELECT count(*) FROM "bench-means".mem')"
bench_ratio "task: read, average, write" "$sql" "$ours" 10

binned="date_bin('5 min', time, '2024-01-01Z')"
sql=$(bench_ms 3 "SELECT $binned, host, avg(used_percent) FROM raw WHERE $day GROUP BY 1, 2")
ours=$(bench_ms 3 "SELECT $binned, host, avg(used_percent) FROM \"bench\".mem WHERE $day GROUP BY 1, 2")
bench_ratio "the same SQL on the bucket's table" "$sql" "$ours"
