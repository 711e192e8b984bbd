# shellcheck shell=bash
#
# 20_storage.sh - storage alone: means of five minutes and of a day over 1000
# hosts for a day at ten-second steps, read from segments and from hot rows,
# against date_bin() and avg() on an ordinary table; then bytes a point of
# several kinds of data.  BENCH_HOSTS makes it smaller.
#
# Neither side sends its rows anywhere: SQL adds them up, and so does
# _flux_catalog.scan_counts().

hosts=${BENCH_HOSTS:-1000}
points=$((hosts * 8640))
start=1704067200000000000
stop=1704153600000000000

# storage_scan BUCKET AGGREGATE EVERY_NS: the statement.
storage_scan() { printf "SELECT * FROM _flux_catalog.scan_counts('%s', %s, %s, '%s', %s)" "$1" $start $stop "$2" "$3"; }

bench_psql -v hosts="$hosts" <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fluxtask;
DROP TABLE IF EXISTS gauge;
CREATE TABLE gauge (time timestamptz NOT NULL, host text NOT NULL, value double precision NOT NULL);
SELECT setseed(0.5);
INSERT INTO gauge
SELECT time, 'host' || lpad(host::text, 4, '0'),
	(5000 + sum(step) OVER (PARTITION BY host ORDER BY time)) / 100.0
FROM (SELECT host, time, (random() * 10 - 5)::int AS step
	FROM generate_series(1, :hosts) AS host,
		generate_series(timestamptz '2024-01-01 00:00Z', '2024-01-01 23:59:50Z', interval '10 seconds') AS time) AS walk
ORDER BY time, host;
VACUUM ANALYZE gauge;
DO $$ BEGIN PERFORM flux.create_bucket('storage-bench'); END $$;
SQL

# The way it would come: all hosts, one instant after another.
lines="SELECT sum(n) FROM (SELECT flux.write('storage-bench', string_agg('cpu,host=' || host || ' value=' || value
	|| ' ' || extract(epoch FROM time)::bigint, E'\\n'), 's') AS n FROM gauge GROUP BY time) AS x"
built=$(bench_ms 1 "SELECT sum(length(x)) FROM (SELECT string_agg('cpu,host=' || host || ' value=' || value
	|| ' ' || extract(epoch FROM time)::bigint, E'\\n') AS x FROM gauge GROUP BY time) AS x")
written=$(bench_ms 1 "$lines")
bench_fact "line protocol, $hosts lines a call" "$(awk -v p="$points" -v ms="$written" -v b="$built" \
	'BEGIN { printf "%.2f million points/s (%.2f without building the text in SQL)", p / ms / 1000, p / (ms > b ? ms - b : 1) / 1000 }')"

five="SELECT sum(mean), count(*) FROM (SELECT host, date_bin('5 min', time, '2024-01-01Z'), avg(value) AS mean FROM gauge
	WHERE time >= '2024-01-01Z' AND time < '2024-01-02Z' GROUP BY 1, 2) AS x"
day="SELECT sum(mean), count(*) FROM (SELECT host, date_bin('1 day', time, '2024-01-01Z'), avg(value) AS mean FROM gauge
	WHERE time >= '2024-01-01Z' AND time < '2024-01-02Z' GROUP BY 1, 2) AS x"
sql_five=$(bench_ms 3 "$five")
sql_day=$(bench_ms 3 "$day")

# storage_same WHAT: the sums of means agree.
storage_same()
{
	bench_same "$1" "SELECT count(*) FROM ($five) AS a(s, n), ($(storage_scan storage-bench mean 300000000000)) AS b
		WHERE a.n <> b.result_rows OR abs(a.s - b.value_sum) > 1e-9 * abs(a.s)"
}

storage_same "means of 5 min, hot"
bench_ratio "5 min means from hot rows" "$sql_five" "$(bench_ms 3 "$(storage_scan storage-bench mean 300000000000)")"
compacted=$(bench_ms 1 "SELECT flux.compact('storage-bench')")
bench_fact "flux.compact" "$(awk -v p="$points" -v ms="$compacted" 'BEGIN { printf "%.2f million points/s", p / ms / 1000 }')"
storage_same "means of 5 min, segments"
bench_ratio "5 min means from segments" "$sql_five" "$(bench_ms 5 "$(storage_scan storage-bench mean 300000000000)")" 50
bench_ratio "day means from statistics" "$sql_day" "$(bench_ms 5 "$(storage_scan storage-bench mean 86400000000000)")" 300
bench_ratio "day means from segments, decoded" "$sql_day" \
	"$(bench_ms 3 "$(storage_scan storage-bench mean 86400000000000)" "SET fluxtask.segment_statistics = off")"
bench_psql -c "SELECT FROM flux.drop_bucket('storage-bench', true)" >/dev/null

# Bytes a point after compaction: both tables of the chunk with their indexes and
# TOAST, and the catalog's share.  The hot table is vacuumed, as autovacuum would.
# storage_bytes WHAT VALUE-EXPRESSION TIME-JITTER-NS AT-MOST
storage_bytes()
{
	local bytes
	bytes=$(
		bench_psql <<SQL | grep .
SET client_min_messages = warning;
SELECT FROM flux.create_bucket('storage-bytes');
SELECT setseed(0.25);
SELECT FROM (SELECT flux.write('storage-bytes', string_agg(format('m,host=%s v=%s %s', host, value,
		$start + i * 10000000000 + ((random() - 0.5) * 2 * $3)::bigint), E'\\n')) AS n
	FROM (SELECT host, i, $2 AS value FROM (
			SELECT host, i, sum(random() - 0.5) OVER (PARTITION BY host ORDER BY i) AS walk,
				sum((random() * 6)::int - 3) OVER (PARTITION BY host ORDER BY i) AS steps
			FROM generate_series(1, 100) AS host, generate_series(0, 8639) AS i) AS x) AS y
	GROUP BY host) AS z;
SELECT FROM flux.compact('storage-bytes');
SELECT format('VACUUM _flux_data.hot_%s', chunk_id) FROM _flux_catalog.chunk JOIN _flux_catalog.bucket USING (bucket_id)
WHERE name = 'storage-bytes' \gexec
SELECT round((sum(pg_total_relation_size(format('_flux_data.%s_%s', kind, chunk_id)::regclass))
	+ 100 * 400)::numeric / 864000, 2) -- a series takes less than 400 bytes of catalog
FROM _flux_catalog.chunk JOIN _flux_catalog.bucket USING (bucket_id), (VALUES ('hot'), ('seg')) AS k(kind)
WHERE name = 'storage-bytes';
SELECT FROM flux.drop_bucket('storage-bytes', true);
SQL
	)
	bench_fact "bytes a point: $1" "$(awk -v b="$bytes" -v most="$4" 'BEGIN {
		printf "%s", b
		if (most > 0) printf " (wanted: at most %s) %s", most, (b <= most ? "ok" : "MISSED") }')"
}

storage_bytes "two decimals, steps of 0.05" 'round((walk * 0.1)::numeric, 2)' 0 0.9
storage_bytes "two decimals, steps of 1" 'round((walk * 2)::numeric, 2)' 0 1.6
storage_bytes "integers, small steps" "steps || 'i'" 0 1.0
storage_bytes "integers, small steps, times +-5 ms" "steps || 'i'" 5000000 0
storage_bytes "full doubles" 'walk' 0 0
storage_bytes "full doubles, times +-5 ms" 'walk' 5000000 0
storage_bytes "one of five strings" "'\"state ' || (steps & 3) || '\"'" 0 0
storage_bytes "booleans, runs" '(steps > 0)' 0 0
