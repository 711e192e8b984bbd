#!/bin/bash
# lint.sh - compiler warnings, symbols, house rules, shell, Perl and spelling.
set -uo pipefail
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
find_pg_config
cd "$ROOT" || exit

passed=0
failed=0

# rule TITLE OUTPUT: kept when there is no output.
rule()
{
	if [ -z "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'not ok %s\n%s\n' "$1" "$2"
	fi
}

# Global symbols of objects and library must be recognisably ours.
foreign_symbols()
{
	nm --defined-only -g -A "$@" 2>/dev/null | awk '$NF !~ /^(flux_|fluxtask_|pg_finfo_fluxtask_|_PG_init$|Pg_magic_func$|_init$|_fini$)/ { print "    " $0 }'
}

# What the library shows to the server must be meant for it.
exported_symbols()
{
	nm -D --defined-only -g fluxtask.so |
		awk '$NF !~ /^(fluxtask_|pg_finfo_fluxtask_|_PG_init$|Pg_magic_func$|flux_[a-z_]+_main$|_init$|_fini$)/ { print "    " $0 }'
}

# Everything the library needs must be in the server or the libraries it links.
missing_symbols()
{
	nm -D --undefined-only fluxtask.so | awk '{ print $NF }' | grep -E '^flux' | sed 's/^/    undefined: /'
}

mapfile -t scripts < <(git ls-files '*.sh' .ci/run 2>/dev/null)
[ ${#scripts[@]} -gt 0 ] || mapfile -t scripts < <(find test .ci -name '*.sh' -o -name run -path '.ci/*')
mapfile -t perls < <(find test src -name '*.pl' -o -name '*.pm')

rule "the build is free of warnings" \
	"$(make -s -j"$(nproc)" PG_CONFIG="$PG_CONFIG" COPT=-Werror all 2>&1 </dev/null | head -40)"
rule "symbols of the objects begin with flux_ or fluxtask_" "$(foreign_symbols src/*.o src/*/*.o)"
rule "the library exports SQL functions and worker entries alone" "$(exported_symbols)"
rule "the library defines what it calls" "$(missing_symbols)"
rule "shellcheck is content" "$(shellcheck -x "${scripts[@]}" 2>&1 | head -60)"
rule "the Perl compiles" "$(
	for file in "${perls[@]}"; do
		perl -I test/perl -I "$("$PG_CONFIG" --pkglibdir)/pgxs/src/test/perl" -wc "$file" 2>&1 |
			grep -v 'syntax OK$'
	done
)"
rule "clang-format has nothing to change (make format)" "$(make -s format-check 2>&1 </dev/null | grep 'error:' | head -20)"
rule "the words are spelt right" "$(codespell -I test/lint/words.txt \
	--skip='./test/lint/words.txt,test/lint/words.txt,*.o,*.so,*.d,*.out,./test/fuzz/corpus,test/sql,test/flux,test/unit/test_*.c,./tmp_*,./test/*/bin,test/*/bin,test/fuzz/corpus,./expected,./.git' \
	README.md CHANGELOG.md docs src sql test Makefile 2>&1 | head -40)"
rule "META.json is JSON" "$(perl -MJSON::PP -e 'local $/; decode_json(<>)' META.json 2>&1)"

house=$(perl test/lint/house.pl "$ROOT")
printf '%s\n' "$house" | grep -v '^ok '
passed=$((passed + $(grep -c '^ok ' <<<"$house")))
failed=$((failed + $(grep -c '^not ok ' <<<"$house")))

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
