# shellcheck shell=bash
#
# 40_ingest.sh - writing: line protocol by the batch against upserts of the same
# rows, one point a statement against a plain INSERT, and a million series.
#
# write_client.c sends over one connection, each batch or point a transaction
# of its own, fsync and synchronous_commit on.  BENCH_SERIES, BENCH_LINES and
# BENCH_STATEMENTS make it smaller.

series=${BENCH_SERIES:-1000000}
statements=${BENCH_STATEMENTS:-2000}
lines=${BENCH_LINES:-2000000}
client=$STAGE/write_client
"${CC:-cc}" -O2 -I"$("$PG_CONFIG" --includedir)" -I"$("$PG_CONFIG" --includedir-server)" \
	"$ROOT/test/bench/write_client.c" -o "$client" -L"$("$PG_CONFIG" --libdir)" \
	-L"$("$PG_CONFIG" --pkglibdir)" -lpq -lpgcommon -lpgport -lm

# ingest_run MODE POINTS FIELDS SERIES BATCH: values/s, points/s, median and 99 % of a batch in us.
ingest_run() { "$client" "host=$(cluster_host bench) user=postgres dbname=bench" "$@"; }

# ingest_reset FIELDS: an empty bucket and an empty table with as many columns.
ingest_reset()
{
	bench_psql -v columns="$(seq -s, -f 'f%g float8' 0 $(($1 - 1)))" <<-'SQL'
		SET client_min_messages = error;
		CREATE EXTENSION IF NOT EXISTS fluxtask;
		SELECT FROM flux.drop_bucket('ingest', true) WHERE EXISTS (SELECT FROM flux.buckets WHERE name = 'ingest');
		DROP TABLE IF EXISTS plain;
		CREATE TABLE plain (time timestamptz NOT NULL, host text NOT NULL, region text NOT NULL, :columns,
			PRIMARY KEY (host, region, time));
		SELECT FROM flux.create_bucket('ingest');
		CHECKPOINT;
	SQL
}

# word N WORDS...
word() { shift "$1"; echo "$1"; }

for fields in 10 1; do
	ingest_reset "$fields"
	ingest_run lines 5000 "$fields" 1000 5000 >/dev/null
	# shellcheck disable=SC2046
	ours=$(word 1 $(ingest_run lines $((fields == 1 ? lines : lines / 4)) "$fields" 1000 5000))
	# shellcheck disable=SC2046
	upsert=$(word 1 $(ingest_run upsert $((lines / 20)) "$fields" 1000 5000))
	bench_fact "line protocol, 5000 lines, $fields field(s)" "$(awk -v a="$ours" -v b="$upsert" 'BEGIN {
		printf "%.2f million values/s (wanted: 1.5) %s; COPY and upsert %.2f: %.1f times (wanted: 5) %s",
			a / 1e6, (a >= 1.5e6 ? "ok" : "MISSED"), b / 1e6, a / b, (a >= 5 * b ? "ok" : "MISSED") }')"
done

# One point a statement: the modes in turn, the best median of seven each, so that
# where the scheduler put the two processes counts for none of them.
for fsync in on off; do
	bench_psql -c "ALTER SYSTEM SET fsync = $fsync" -c "SELECT pg_reload_conf()" >/dev/null
	ingest_reset 1
	ingest_run lines 1000 1 1000 1000 >/dev/null
	: >"$STAGE/points"
	for _ in 1 2 3 4 5 6 7; do
		for mode in insert point foreign; do
			# shellcheck disable=SC2046
			echo "$mode $(word 3 $(ingest_run "$mode" "$statements" 1 100 1))" >>"$STAGE/points"
		done
		bench_psql -c "TRUNCATE plain" >/dev/null
	done
	sort -k2g "$STAGE/points" | awk -v f="$fsync" '!($1 in us) { us[$1] = $2 } END {
		printf "%-44s INSERT %.1f us; flux.write %.1f us: %.2f times; foreign table %.1f us: %.2f times (wanted: 1.3) %s\n",
			"one point a statement, fsync " f, us["insert"], us["point"], us["point"] / us["insert"], us["foreign"],
			us["foreign"] / us["insert"], (us["foreign"] <= 1.3 * us["insert"] && us["point"] <= 1.3 * us["insert"] ? "ok" : "MISSED") }'
done
bench_psql -c "ALTER SYSTEM RESET fsync" -c "SELECT pg_reload_conf()" >/dev/null
bench_fact "tiny writes, compacted away" "$(bench_psql -c "SELECT hot_rows || ' hot rows became ' || points_written || ' values in '
	|| segments_written || ' segments' FROM flux.compact('ingest')")"

# A million series, one point each; then all of them once more.
ingest_reset 1
# shellcheck disable=SC2046
created=$(word 2 $(ingest_run lines "$series" 1 "$series" 5000))
# shellcheck disable=SC2046
known=$(word 2 $(ingest_run lines "$series" 1 "$series" 5000))
bench_fact "$series series" "$(awk -v a="$created" -v b="$known" 'BEGIN {
	printf "created %.0f/s; points of known series by a new backend %.0f/s", a, b }')"
bench_psql -c "VACUUM ANALYZE" >/dev/null
bench_fact "catalog bytes a series" "$(bench_psql -c "SELECT round(sum(pg_total_relation_size(c.oid)) / $series) FROM pg_class c
	WHERE relnamespace = '_flux_catalog'::regnamespace AND relkind = 'r'")"
bench_fact "names that a backend keeps, of $series" "$(bench_psql <<SQL | tail -1
SET client_min_messages = error;
SELECT FROM (SELECT flux.write('ingest', string_agg('cpu,host=host' || lpad(i::text, 7, '0') || ',region=r' || i % 10 || ' f0=1 1704067200000000000', E'\\n'))
	FROM generate_series(0, $series - 1) i GROUP BY i / 5000) x;
SELECT pg_size_pretty(sum(total_bytes)) FROM pg_backend_memory_contexts WHERE name LIKE 'fluxtask%';
SQL
)"
bench_psql -c "SELECT FROM flux.compact('ingest')" >/dev/null
read_of() { printf "SELECT * FROM flux.query('from(bucket: \"ingest\") |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
	|> filter(fn: (r) => r._measurement == \"cpu\" and %s)%s') AS t(_value float8)" "$1" "$2"; }
bench_fact "one of $series series" "$(bench_ms 9 "$(read_of 'r.host == "host0000077"' '')") ms"
bench_fact "a tenth of them by a tag, summed" "$(bench_ms 3 "$(read_of 'r.region == "r3"' ' |> group() |> sum()')") ms"
bench_fact "one point written, all series known" "$(bench_ms 9 "SELECT flux.write('ingest', 'cpu,host=host0000077,region=r7 f0=1 1704067200000000000')") ms"
bench_psql -c "SELECT FROM flux.drop_bucket('ingest', true)" -c "DROP TABLE plain" >/dev/null
