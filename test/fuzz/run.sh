#!/bin/bash
# run.sh - builds and runs the fuzz targets for FUZZ_SECONDS each.  T=x: fuzz_x.c alone.
#
# test/fuzz/corpus/x holds the inputs kept in the tree (each small, each there
# for a reason); test/fuzz/bin/corpus_x is where new ones gather.
set -uo pipefail
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
find_pg_config
cd "$ROOT/test/fuzz" || exit

seconds=${FUZZ_SECONDS:-60}
passed=0
failed=0
for source in fuzz_*.c; do
	name=${source#fuzz_}
	name=${name%.c}
	[ -f "$source" ] || continue
	[ -z "${T:-}" ] || [ "$T" = "$name" ] || continue
	mkdir -p bin "bin/corpus_$name" "corpus/$name"
	dictionary=()
	[ -f "$name.dict" ] && dictionary=(-dict="$name.dict")
	if ! make -s -C ../unit -j"$(nproc)" KIND=fuzz "../fuzz/bin/fuzz_$name" >"bin/$name.log" 2>&1; then
		cat "bin/$name.log"
		echo "fuzz_$name: does not build"
		failed=$((failed + 1))
		continue
	fi
	if bin/fuzz_"$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
		-print_final_stats=1 "${dictionary[@]}" -artifact_prefix="bin/$name-" "bin/corpus_$name" "corpus/$name" \
		>"bin/$name.log" 2>&1; then
		echo "fuzz_$name: $(grep -oE 'number_of_executed_units: [0-9]+' "bin/$name.log" | grep -oE '[0-9]+$') executions," \
			"$(grep -oE 'cov: [0-9]+' "bin/$name.log" | tail -1)"
		passed=$((passed + 1))
	else
		tail -40 "bin/$name.log"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
