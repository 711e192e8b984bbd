#!/bin/bash
# check.sh - runs test suites against private clusters and counts.
#
#	test/check.sh			every suite, dependencies first: what "make check" does
#	test/check.sh SUITE...	lint unit flux random regress isolation docs tap demo fuzz
#
# T narrows a suite to one test or more (make check-flux T=window/every).  The
# last line says "N passed, N failed" over all suites; the exit status is zero
# only when nothing failed and something ran.
set -uo pipefail
# shellcheck source=test/lib.sh
. "$(dirname "$0")/lib.sh"

ALL_SUITES=(lint unit flux regress isolation docs tap demo fuzz)
T=${T:-}
passed=0
failed=0
failures=()

# tally SUITE PASSED FAILED [what failed]
tally()
{
	passed=$((passed + $2))
	failed=$((failed + $3))
	[ "$3" -eq 0 ] || failures+=("$1: ${4:-$3 failed}")
	printf -- '--- %s: %d passed, %d failed (%d s)\n' "$1" "$2" "$3" $((SECONDS - suite_start))
}

# tally_log SUITE LOG: for runners that end with their own "... N passed, N failed".
# "crashed" is non-empty when the runner died without saying so.
tally_log()
{
	local line
	line=$(grep -E '[0-9]+ passed, [0-9]+ failed$' "$2" | tail -1)
	if [[ $line =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		tally "$1" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
	else
		tally "$1" 0 1 "the runner did not finish"
	fi
}

# pg_regress of either kind prints one line a test and stops short of counting.
tally_regress()
{
	local ok bad
	ok=$(grep -cE '^(test|ok) .*( ok +[0-9]+ ms$| [0-9]+ ms$)' "$2")
	bad=$(grep -cE '(^not ok|\.\.\. FAILED)' "$2")
	ok=$((ok - $(grep -cE '\.\.\. FAILED.* ms$' "$2")))
	if [ "$3" -ne 0 ] && [ "$bad" -eq 0 ]; then
		bad=1
	fi
	tally "$1" "$ok" "$bad" "$(sed -nE 's/^(test|not ok [0-9]+ +[-+]) +([A-Za-z0-9_]+).*FAILED.*/\2/p' "$2" | tr '\n' ' ')"
}

# One server for every suite that needs no preload, made on first use.
need_server()
{
	[ -z "${server_ready:-}" ] || return 0
	need_build
	if ! cluster_create main || ! cluster_start main; then
		die "the test cluster did not start"
	fi
	PGHOST=$(cluster_host main)
	export PGHOST PGUSER=postgres
	PATH=$BIN:$PATH
	server_ready=1
}

need_build()
{
	[ -z "${build_ready:-}" ] || return 0
	echo "--- build"
	stage_server
	stage_extension || die "the build failed"
	build_ready=1
}

suite_lint()
{
	"$ROOT/test/lint/lint.sh" 2>&1 | tee "$STAGE/lint.log"
	tally_log lint "$STAGE/lint.log"
}

suite_unit()
{
	"$ROOT/test/unit/run.sh" 2>&1 | tee "$STAGE/unit.log"
	tally_log unit "$STAGE/unit.log"
}

# Replays the corpora and fuzzes a few seconds each; "make fuzz" is the long one.
suite_fuzz()
{
	FUZZ_SECONDS=${FUZZ_SECONDS:-5} "$ROOT/test/fuzz/run.sh" 2>&1 | tee "$STAGE/fuzz.log"
	tally_log fuzz "$STAGE/fuzz.log"
}

suite_flux()
{
	need_server
	perl "$ROOT/test/flux/run.pl" --scratch "$STAGE/flux" --modes 2>&1 | tee "$STAGE/flux.log"
	tally_log flux "$STAGE/flux.log"
	[ -n "${T:-}" ] || SEED=${SEED:-1} suite_random
}

# Part of flux, with the same seed each time; alone for many pipelines, with another
# seed each time, or for those of a seed.
suite_random()
{
	need_server
	perl "$ROOT/test/flux/random.pl" --count "${RANDOM_PIPELINES:-300}" --jobs "${JOBS:-2}" \
		${SEED:+--seed "$SEED"} ${BATCH:+--from "$BATCH"} 2>&1 | tee "$STAGE/random.log"
	tally_log "random pipelines" "$STAGE/random.log"
}

suite_docs()
{
	need_server
	perl "$ROOT/test/doc/run.pl" --scratch "$STAGE/docs" 2>&1 | tee "$STAGE/docs.log"
	tally_log docs "$STAGE/docs.log"
}

# Writes the answers of Flux cases anew, for review with git diff.
suite_accept-flux()
{
	need_server
	perl "$ROOT/test/flux/run.pl" --scratch "$STAGE/flux" --accept 2>&1 | tee "$STAGE/flux.log"
	tally_log accept-flux "$STAGE/flux.log"
}

# Writes the answers in the documentation anew, for review with git diff.
suite_accept-docs()
{
	need_server
	perl "$ROOT/test/doc/run.pl" --scratch "$STAGE/docs" --accept 2>&1 | tee "$STAGE/docs.log"
	tally_log accept-docs "$STAGE/docs.log"
}

# regress_tests DIRECTORY SUFFIX: the names to run.
regress_tests()
{
	local name
	if [ -n "$T" ]; then
		for name in $T; do
			[ ! -f "$1/$name.$2" ] || echo "$name"
		done
	else
		find "$1" -name "*.$2" -printf '%f\n' 2>/dev/null | sed "s/\.$2\$//" | sort
	fi
}

# From 16 on the answers' directory is an option; before, it was searched for.
regress_options()
{
	if [ "$("$PG_CONFIG" --version | grep -oE '[0-9]+' | head -1)" -ge 16 ]; then
		echo "--expecteddir=."
	fi
}

# regress_expected DIRECTORY TEST...: the answers, copied here; a test that has
# none yet gets an empty one, because pg_regress gives up where there is none.
regress_expected()
{
	local name
	mkdir -p expected
	cp "$1"/*.out expected/ 2>/dev/null
	shift
	for name; do
		[ -f "expected/$name.out" ] || : >"expected/$name.out"
	done
}

# After "make check-regress T=x": takes what it answered as what it should, for
# review with git diff.
suite_accept-regress()
{
	local name
	for name in ${T:?say which test: T=name}; do
		cp "$STAGE/regress/results/$name.out" "$ROOT/expected/" 2>/dev/null ||
			cp "$STAGE/isolation/results/$name.out" "$ROOT/test/isolation/expected/" ||
			die "run \"make check-regress T=$name\" first"
	done
	passed=$((passed + 1))
}

suite_regress()
{
	local tests status
	mapfile -t tests < <(regress_tests "$ROOT/test/sql" sql)
	[ ${#tests[@]} -gt 0 ] || { tally regress 0 0; return; }
	need_server
	rm -rf "$STAGE/regress" && mkdir -p "$STAGE/regress" && cd "$STAGE/regress" || return
	ln -s "$ROOT/test" test
	regress_expected "$ROOT/expected" "${tests[@]}"
	# shellcheck disable=SC2046
	"$("$STAGE_PG_CONFIG" --pkglibdir)/pgxs/src/test/regress/pg_regress" --inputdir="$ROOT/test" \
		--outputdir=. --bindir="$BIN" --dbname=regress --load-extension=fluxtask \
		$(regress_options) "${tests[@]}" >"$STAGE/regress.log" 2>&1
	status=$?
	cd "$ROOT" || return
	grep -E '^(test|ok|not ok)' "$STAGE/regress.log"
	if [ $status -ne 0 ]; then
		cat "$STAGE/regress/regression.diffs" 2>/dev/null || tail -20 "$STAGE/regress.log"
	fi
	tally_regress regress "$STAGE/regress.log" $status
}

suite_isolation()
{
	local tests status
	mapfile -t tests < <(regress_tests "$ROOT/test/isolation/specs" spec)
	[ ${#tests[@]} -gt 0 ] || { tally isolation 0 0; return; }
	need_server
	rm -rf "$STAGE/isolation" && mkdir -p "$STAGE/isolation" && cd "$STAGE/isolation" || return
	# What a compaction may move hangs on every open transaction: none but the specs' own.
	cluster_psql main -q -c "ALTER SYSTEM SET autovacuum = off" -c "SELECT pg_reload_conf()" >/dev/null
	regress_expected "$ROOT/test/isolation/expected" "${tests[@]}"
	# shellcheck disable=SC2046
	"$("$STAGE_PG_CONFIG" --pkglibdir)/pgxs/src/test/isolation/pg_isolation_regress" \
		--inputdir="$ROOT/test/isolation" --outputdir=. --bindir="$BIN" --dbname=isolation \
		--load-extension=fluxtask $(regress_options) \
		"${tests[@]}" >"$STAGE/isolation.log" 2>&1
	status=$?
	cd "$ROOT" || return
	grep -E '^(test|ok|not ok)' "$STAGE/isolation.log"
	if [ $status -ne 0 ]; then
		cat "$STAGE/isolation/regression.diffs" 2>/dev/null || tail -20 "$STAGE/isolation.log"
	fi
	cluster_psql main -q -c "ALTER SYSTEM RESET autovacuum" -c "SELECT pg_reload_conf()" >/dev/null
	tally_regress isolation "$STAGE/isolation.log" $status
}

# TAP tests start servers of their own, so they run as the user that may, from
# a copy that this user may read.
suite_tap()
{
	local scripts ok bad log
	need_build
	rm -rf "$STAGE/tap" && mkdir -p "$STAGE/tap"
	cp -r "$ROOT/test/t" "$ROOT/test/perl" "$ROOT/test/fluxtask.conf" "$ROOT/test/demo" \
		"$ROOT/src/semantic/builtin_list.h" "$STAGE/tap/" 2>/dev/null
	scripts=$(cd "$STAGE/tap" && find t -name "${T:-}*.pl" | sort)
	[ -n "$scripts" ] || { tally tap 0 0; return; }
	chown -R "$RUN_USER" "$STAGE/tap"
	(
		cd "$STAGE/tap" || exit
		unset PGHOST PGUSER
		# A short directory for sockets: their paths must fit 107 bytes.
		export TESTDIR=$STAGE/tap PATH=$BIN:$PATH TMPDIR=/tmp
		# What 16 and later ask for instead; paths in settings must not be relative.
		export TESTDATADIR=$STAGE/tap/tmp_check TESTLOGDIR=$STAGE/tap/tmp_check/log
		PG_REGRESS=$("$STAGE_PG_CONFIG" --pkglibdir)/pgxs/src/test/regress/pg_regress
		export PG_REGRESS
		# shellcheck disable=SC2086
		as_run_user env -C "$STAGE/tap" prove -j"${TAP_JOBS:-2}" -v --merge --timer \
			-I perl -I "$("$STAGE_PG_CONFIG" --pkglibdir)/pgxs/src/test/perl" $scripts
	) >"$STAGE/tap.log" 2>&1
	grep -E '^t/.*(ok$|ok +[0-9]+ ms|Dubious|Failed)|^ *not ok|^# +(Failed|got|expected|at )|^Files=|skipped:' "$STAGE/tap.log" |
		grep -v '# TO[D]O'
	# Why a script ended before its time is told in its own log.
	sed -nE 's|^t/([^ ]+)\.pl +\(Wstat.*|regress_log_\1|p' "$STAGE/tap.log" | while read -r log; do
		grep -vE '^(#|waiting |server )' "$STAGE/tap/tmp_check/log/$log" | tail -n 8
	done
	ok=$(grep -cE '^ok [0-9]+' "$STAGE/tap.log")
	bad=$(grep -cE '^not ok [0-9]+|^  ?(Parse errors|Non-zero exit)' "$STAGE/tap.log")
	grep -qE '^Result: PASS' "$STAGE/tap.log" || [ "$bad" -gt 0 ] || bad=1
	tally tap "$ok" "$bad"
}

# The demo, shorter and in a stage of its own: both tasks must have succeeded
# under the scheduler, with values from this machine's kernel.
suite_demo()
{
	local status=0
	DEMO_STAGE=tmp_check_demo DEMO_SECONDS=15 "$ROOT/test/demo/demo.sh" >"$STAGE/demo.log" 2>&1 || status=1
	DEMO_STAGE=tmp_check_demo "$ROOT/test/demo/demo.sh" stop >>"$STAGE/demo.log" 2>&1 || status=1
	[ $status -eq 0 ] || cat "$STAGE/demo.log"
	tally demo $((1 - status)) $status
}

suites=("$@")
if [ ${#suites[@]} -eq 0 ]; then
	suites=("${ALL_SUITES[@]}")
	"$ROOT/test/deps.sh" || exit 1
fi
stage_choose "tmp_check${CHECKED:+_$CHECKED}"
# One check at a time in a stage.
exec 8>"$STAGE/lock"
flock -n 8 || die "another check is running in $STAGE"
find_pg_config

[ $# -eq 0 ] && need_build
for suite in "${suites[@]}"; do
	suite_start=$SECONDS
	[ "$(type -t "suite_$suite")" = function ] || die "no suite \"$suite\": there are ${ALL_SUITES[*]}"
	echo "--- $suite"
	"suite_$suite"
done

# What sanitizer or valgrind wrote counts, whatever the tests made of it.
if [ -n "${CHECKED:-}" ]; then
	suite_start=$SECONDS
	clusters_stop fast
	reports=$(find "$STAGE" -path '*/s/found.*' -size +0 | wc -l)
	find "$STAGE" -path '*/s/found.*' -size +0 -exec head -40 {} \;
	tally "$CHECKED" $((reports == 0)) "$reports" "$reports reports"
fi

[ ${#failures[@]} -eq 0 ] || printf 'FAILED %s\n' "${failures[@]}"
[ "$passed" -gt 0 ] || echo "no test ran"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
