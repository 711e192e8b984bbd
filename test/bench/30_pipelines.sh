# shellcheck shell=bash
#
# 30_pipelines.sh - pipelines that storage does not answer by itself, over 8.64
# million points, or in part: arithmetic and a filter, derivatives, a pivot of ten
# fields, a join, a sort, quantiles, overlapping windows, several aggregates at
# once, reduce; each ends in one number a result, so that neither side is measured
# by what it prints.
#
# SQL works on ordinary tables with an index on (host, time), analyzed, with the
# work_mem of bench_settings.  BENCH_HOSTS (a multiple of 10) makes it smaller.

hosts=${BENCH_HOSTS:-1000}

bench_psql -v hosts="$hosts" <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fluxtask;
DROP TABLE IF EXISTS pipe, pipe_narrow;
SELECT setseed(0.25);
CREATE TABLE pipe AS
SELECT time, 'host' || lpad(host::text, 4, '0') AS host,
	round((50 + sum(step) OVER (PARTITION BY host ORDER BY time))::numeric, 2)::float8 AS v
FROM (SELECT host, time, round((random() * 0.1 - 0.05)::numeric, 2) AS step
	FROM generate_series(1, :hosts) AS host,
		generate_series(timestamptz '2024-01-01 00:00Z', '2024-01-01 23:59:50Z', interval '10 seconds') AS time) AS walk;
CREATE INDEX ON pipe (host, time);
CREATE TABLE pipe_narrow AS
SELECT time, 'host' || lpad(((substr(host, 5)::int - 1) / 10)::text, 4, '0') AS host,
	'f' || (substr(host, 5)::int - 1) % 10 AS field, v
FROM pipe;
CREATE INDEX ON pipe_narrow (host, time);
VACUUM ANALYZE pipe, pipe_narrow;
SELECT flux.create_bucket('pipe');
SELECT flux.write('pipe', 'walk,host=host0001 v=0 1704067200' || E'\n' || 'wide,host=host0000 '
	|| string_agg('f' || f || '=0', ',') || ' 1704067200', 's') FROM generate_series(0, 9) f;
INSERT INTO pipe.walk (time, host, v) SELECT time, host, v FROM pipe;
INSERT INTO pipe.wide (time, host, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9)
SELECT time, host, max(v) FILTER (WHERE field = 'f0'), max(v) FILTER (WHERE field = 'f1'),
	max(v) FILTER (WHERE field = 'f2'), max(v) FILTER (WHERE field = 'f3'),
	max(v) FILTER (WHERE field = 'f4'), max(v) FILTER (WHERE field = 'f5'),
	max(v) FILTER (WHERE field = 'f6'), max(v) FILTER (WHERE field = 'f7'),
	max(v) FILTER (WHERE field = 'f8'), max(v) FILTER (WHERE field = 'f9')
FROM pipe_narrow GROUP BY time, host;
SELECT flux.compact('pipe');
SQL

# pipeline_flux MEASUREMENT-FILTER PIPELINE: the script as a query of its numbers.
pipeline_flux()
{
	local source="from(bucket: \"pipe\") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)"
	echo "SELECT _value FROM flux.query(\$flux\$
read = (where) => $source |> filter(fn: where)
$1
$2\$flux\$) AS t(_value float8)"
}

# pipeline WHAT AT-LEAST MEASUREMENT-FILTER PIPELINE SQL: both give the same float8s, in order.
pipeline()
{
	local flux equal
	flux=$(pipeline_flux "$3" "$4")
	equal=$(bench_psql -c "SELECT bool_and(coalesce(abs(a - b) <= 1e-9 * abs(a), false))
		FROM ROWS FROM (unnest(ARRAY($5)), unnest(ARRAY($flux))) AS t(a, b)")
	[ "$equal" = t ] || die "$1: the answers differ"
	bench_ratio "$1" "$(bench_ms 3 "$5")" "$(bench_ms 3 "$flux")" "$2"
}

walk='data = read(where: (r) => r._measurement == "walk")'
pipeline "map and filter" 5 "$walk" \
	'data |> map(fn: (r) => ({r with _value: r._value * 1.8 + 32.0})) |> filter(fn: (r) => r._value > 122.0)
	|> group() |> sum()' \
	'SELECT sum(w) FROM (SELECT v * 1.8 + 32.0 AS w FROM pipe) AS p WHERE w > 122.0'
pipeline "derivative per series" 5 "$walk" \
	'data |> derivative(unit: 1m) |> map(fn: (r) => ({r with _value: r._value * r._value})) |> group() |> sum()' \
	'SELECT sum(d * d) FROM (SELECT (v - lag(v) OVER w) * 60 / extract(epoch FROM time - lag(time) OVER w)::float8 AS d
	FROM pipe WINDOW w AS (PARTITION BY host ORDER BY time)) AS p'
pipeline "quantile by series" 5 "$walk" \
	'data |> quantile(q: 0.9, method: "exact_mean") |> group() |> sum()' \
	'SELECT sum(q) FROM (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY v) AS q FROM pipe GROUP BY host) AS p'
pipeline "sort" 1 "$walk" \
	'data |> sort(columns: ["_value"]) |> limit(n: 100) |> group() |> sum()' \
	'SELECT sum(v) FROM (SELECT v, row_number() OVER (PARTITION BY host ORDER BY v) AS n FROM pipe) AS p WHERE n <= 100'
pipeline "pivot of ten fields" 5 'data = read(where: (r) => r._measurement == "wide")' \
	'data |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
	|> map(fn: (r) => ({_value: r.f0 + 2.0 * r.f1 + 3.0 * r.f2 + 4.0 * r.f9})) |> sum()' \
	"SELECT sum(f0 + 2.0 * f1 + 3.0 * f2 + 4.0 * f9) FROM (SELECT max(v) FILTER (WHERE field = 'f0') AS f0,
	max(v) FILTER (WHERE field = 'f1') AS f1, max(v) FILTER (WHERE field = 'f2') AS f2,
	max(v) FILTER (WHERE field = 'f3') AS f3, max(v) FILTER (WHERE field = 'f4') AS f4,
	max(v) FILTER (WHERE field = 'f5') AS f5, max(v) FILTER (WHERE field = 'f6') AS f6,
	max(v) FILTER (WHERE field = 'f7') AS f7, max(v) FILTER (WHERE field = 'f8') AS f8,
	max(v) FILTER (WHERE field = 'f9') AS f9 FROM pipe_narrow GROUP BY host, time) AS p"
pipeline "join of two series sets on time" 1 'wide = read(where: (r) => r._measurement == "wide")' \
	'a = wide |> filter(fn: (r) => r._field == "f0") |> group(columns: ["host"])
b = wide |> filter(fn: (r) => r._field == "f1") |> group(columns: ["host"])
join(tables: {a: a, b: b}, on: ["_time", "host"]) |> map(fn: (r) => ({_value: r._value_a * r._value_b})) |> sum()' \
	"SELECT sum(a.v * b.v) FROM pipe_narrow a JOIN pipe_narrow b USING (host, time)
	WHERE a.field = 'f0' AND b.field = 'f1'"

# Each of the last windows ends with the range, each of the first begins with it.
pipeline "means of 30 min, every 5" 5 "$walk" \
	'data |> aggregateWindow(every: 5m, period: 30m, fn: mean, createEmpty: false) |> group() |> sum()' \
	"SELECT sum(mean) + sum(head) FROM (
	SELECT sum(s) OVER f / sum(n) OVER f AS mean,
		CASE WHEN row_number() OVER o <= 5 THEN sum(s) OVER p / sum(n) OVER p END AS head
	FROM (SELECT host, date_bin('5 minutes', time, '2024-01-01 00:00Z') AS start, sum(v) AS s, count(*) AS n
		FROM pipe GROUP BY 1, 2) AS bins
	WINDOW o AS (PARTITION BY host ORDER BY start), f AS (o ROWS BETWEEN CURRENT ROW AND 5 FOLLOWING),
		p AS (o ROWS UNBOUNDED PRECEDING)) AS windows"

# Four results of one source, which are read together; SQL makes them in one pass, too.
four='fives = (fn) => data |> aggregateWindow(every: 5m, fn: fn, createEmpty: false) |> group() |> sum()
fives(fn: max) |> yield(name: "a") fives(fn: mean) |> yield(name: "b")
fives(fn: min) |> yield(name: "c") fives(fn: sum) |> yield(name: "d")'
pipeline "four aggregates of 5 min" 5 "$walk" "$four" \
	"SELECT unnest(ARRAY[sum(high), sum(mean), sum(low), sum(total)]) FROM (
	SELECT max(v) AS high, avg(v) AS mean, min(v) AS low, sum(v) AS total
	FROM pipe GROUP BY host, date_bin('5 minutes', time, '2024-01-01 00:00Z')) AS p"
four=$(pipeline_flux "$walk" "$four")
bench_fact "four aggregates, read together" "$(printf '%.1f ms (share_scan off: %.1f ms)' "$(bench_ms 3 "$four")" \
	"$(bench_ms 3 "$four" "SET fluxtask.disabled_rules = 'share_scan'")")"

reduced=$(pipeline_flux "$walk" 'data
	|> reduce(fn: (r, accumulator) => ({_value: accumulator._value + r._value, n: accumulator.n + 1}), identity: {_value: 0.0, n: 0})
	|> group() |> sum()')
bench_fact "reduce, compiled" "$(printf '%.1f ms (vectorize off: %.1f ms)' "$(bench_ms 3 "$reduced")" \
	"$(bench_ms 1 "$reduced" "SET fluxtask.vectorize = off")")"
digest=$(pipeline_flux "$walk" 'data |> quantile(q: 0.9) |> group() |> sum()')
bench_fact "quantile by t-digest" "$(printf '%.1f ms' "$(bench_ms 3 "$digest")")"
