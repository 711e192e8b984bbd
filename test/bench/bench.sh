#!/bin/bash
# bench.sh - runs the benchmarks in test/bench on a private server.  T=x: NN_x.sh alone.
#
# Each benchmark is a shell file that is sourced here with a running server
# behind bench_psql.  It asks the same question of fluxtask and of hand-written
# SQL on an ordinary table, in one run over the same data, checks that the
# answers are equal, and prints ratios with bench_ratio.  The server keeps
# PostgreSQL's defaults but for memory: see bench_settings.
set -euo pipefail
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

"$ROOT/test/deps.sh"
stage_choose tmp_bench
stage_server
stage_extension || die "the build failed"

# Both sides fit in memory, both write durably, and neither is cut by checkpoints.
bench_settings=(
	"fsync = on" "shared_buffers = 2GB" "work_mem = 256MB" "maintenance_work_mem = 512MB"
	"max_wal_size = 16GB" "checkpoint_timeout = 1h" "autovacuum = off"
)
cluster_create bench "${bench_settings[@]}"
cluster_start bench
cluster_psql bench -q -d postgres -c 'CREATE DATABASE bench'

bench_psql() { cluster_psql bench -d bench -q -At -v ON_ERROR_STOP=1 "$@"; }

# bench_ms RUNS SQL: the median of so many runs in one session, in milliseconds.
# "prepare" statements go before each run: bench_ms 3 "SELECT 1" "TRUNCATE x".
bench_ms()
{
	local i
	{
		for ((i = 0; i < $1; i++)); do
			[ -z "${3:-}" ] || printf '%s;\n' "$3"
			# shellcheck disable=SC2028
			printf '\\timing on\n%s \\g /dev/null\n\\timing off\n' "$2"
		done
	} | bench_psql | sed -nE 's/^Time: ([0-9.]+) ms.*/\1/p' | sort -g |
		awk '{ t[NR] = $1 } END { if (NR == 0) exit 1; print t[int((NR + 1) / 2)] }'
}

# bench_ratio WHAT SQL-MS FLUXTASK-MS [AT-LEAST]
bench_ratio()
{
	awk -v what="$1" -v sql="$2" -v ours="$3" -v least="${4:-0}" 'BEGIN {
		ratio = sql / ours
		printf "%-44s SQL %9.1f ms   fluxtask %9.1f ms   %6.1f times faster", what, sql, ours, ratio
		if (least > 0) printf " (wanted: %s) %s", least, (ratio >= least ? "ok" : "MISSED")
		print ""
	}'
}

bench_fact() { printf '%-44s %s\n' "$1" "$2"; }

bench_same()
{
	local differences
	differences=$(bench_psql -c "$2")
	[ "$differences" = 0 ] || die "$1: $differences rows differ"
	bench_fact "$1" "equal"
}

echo "machine: $(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(awk '/MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo); $("$BIN/postgres" --version)"
found=
for file in "$ROOT"/test/bench/[0-9]*.sh; do
	name=$(basename "$file" .sh)
	[ -z "${T:-}" ] || [ "${name#*_}" = "$T" ] || [ "$name" = "$T" ] || continue
	found=1
	printf '\n== %s\n' "${name#*_}"
	# shellcheck disable=SC1090
	. "$file"
done
[ -n "$found" ] || die "no benchmark \"${T:-}\""
