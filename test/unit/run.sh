#!/bin/bash
# run.sh - builds and runs the unit tests.  T=x: test_x.c alone; T="x name": its test "name".
set -uo pipefail
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
find_pg_config
cd "$ROOT/test/unit" || exit

read -r -a wanted <<<"${T:-}"
programs=()
for source in test_*.c; do
	name=${source#test_}
	name=${name%.c}
	[ ${#wanted[@]} -eq 0 ] || [ "$name" = "${wanted[0]}" ] || continue
	[ -f "$source" ] && programs+=("bin/test_$name")
done
[ ${#programs[@]} -gt 0 ] || { echo "no unit test \"${T:-}\"; 0 passed, 0 failed"; exit 0; }

mkdir -p bin
passed=0
failed=0
for program in "${programs[@]}"; do
	if ! make -s -j"$(nproc)" KIND=unit "$program" >"$program.log" 2>&1; then
		cat "$program.log"
		echo "$program: does not build"
		failed=$((failed + 1))
		continue
	fi
	# -v in T's place would be louder; errors come on stderr either way.
	if ! output=$(timeout "${UNIT_TIMEOUT:-300}" "$program" "${wanted[@]:1}" 2>&1); then
		printf '%s\n' "$output"
	fi
	if [[ $output =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		echo "${program#bin/}: ${BASH_REMATCH[0]}"
	else
		echo "${program#bin/}: died"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
