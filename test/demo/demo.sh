#!/bin/bash
# demo.sh - the real thing in under two minutes: a server with the built-in
# scheduler, this machine's memory figures going in, tasks downsampling them.
#
#	test/demo/demo.sh		run it; the server and the feeder stay
#	test/demo/demo.sh stop	end them and remove their files
#
# Everything lives in tmp_demo (or under /tmp, see lib.sh).  DEMO_SECONDS (45)
# is how long it watches, DEMO_STAGE another directory than tmp_demo.
set -uo pipefail
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

# The demo's server outlives this script.
trap - EXIT

stage_choose "${DEMO_STAGE:-tmp_demo}"
feeder_pid=$STAGE/feeder.pid

stop_demo()
{
	local pid
	if pid=$(cat "$feeder_pid" 2>/dev/null) && grep -q demo.sh "/proc/$pid/cmdline" 2>/dev/null; then
		kill "$pid"
	fi
	rm -f "$feeder_pid"
	if [ -d "$STAGE/pg" ]; then
		stage_server
		cluster_stop demo immediate
	fi
	rm -rf "${STAGE:?}/demo"
}

# Line protocol of the kernel's memory figures, now.
memory_line()
{
	awk -v time="$(date +%s%N)" '
		{ kb[$1] = $2 }
		END {
			total = kb["MemTotal:"]; available = kb["MemAvailable:"]
			printf "mem,host=myHost used_percent=%.3f,available_percent=%.3f,free=%.0fi,cached=%.0fi %s\n",
				100 * (total - available) / total, 100 * available / total,
				1024 * kb["MemFree:"], 1024 * kb["Cached:"], time
		}' /proc/meminfo
}

# One write a second until the server goes away.
feed()
{
	while sleep 1; do
		printf "SELECT FROM flux.write('example-bucket', '%s');\n" "$(memory_line)"
	done | cluster_psql demo -q -d demo >/dev/null 2>&1
}

demo_psql() { cluster_psql demo -d demo -q -P pager=off -v ON_ERROR_STOP=1 "$@"; }

say() { printf '\n== %s\n' "$*"; }

# Watches for so many seconds and says how it goes, so that nobody thinks it hangs.
watch_runs()
{
	local second rows runs
	for ((second = 5; second <= $1; second += 5)); do
		sleep 5
		rows=$(demo_psql -At -c "SELECT count(*) FROM \"example-bucket\".mem WHERE host = 'myHost'")
		runs=$(demo_psql -At -c "SELECT string_agg(line, ', ') FROM (SELECT task || ' ' || status || ' ' || count(*)
			FROM flux.runs GROUP BY task, status ORDER BY 1) AS t(line)")
		echo "$second of $1 s: $rows raw rows; runs: ${runs:-none yet}"
	done
}

case ${1:-} in
	stop)
		stop_demo
		echo "the demo is gone"
		exit
		;;
	feed)
		stage_server
		feed
		exit
		;;
esac
seconds=${DEMO_SECONDS:-45}

say "1/6 packages"
"$ROOT/test/deps.sh" || exit 1

say "2/6 build"
stop_demo
stage_server
stage_extension || die "the build failed"
"$BIN/pg_config" --version

say "3/6 a private server with the scheduler, on a socket in $STAGE/demo/s"
cluster_create demo "shared_preload_libraries = 'fluxtask'" || die "initdb failed"
cluster_start demo || die "the server did not start"
trap - EXIT
cluster_psql demo -q -d postgres -c 'CREATE DATABASE demo' || exit 1

say "4/6 two buckets, and two hours of history"
demo_psql -a <<'SQL' || exit 1
CREATE EXTENSION fluxtask;
SELECT flux.create_bucket('example-bucket');
SELECT flux.create_bucket('example-downsampled', retention => '1 year');
SQL
# Nobody recorded the last two hours: they sway around the present figure.  A
# second host is there to be filtered out.
used=$(memory_line | grep -oE 'used_percent=[0-9.]+' | cut -d= -f2)
demo_psql -v used="$used" <<'SQL' || exit 1
SELECT flux.write('example-bucket', string_agg(format(
		'mem,host=%s used_percent=%s,available_percent=%s %s', host, value, 100 - value,
		extract(epoch FROM time)::bigint), E'\n'), 's') AS points_written
FROM generate_series(date_trunc('second', now()) - interval '2 hours', now() - interval '1 second',
		interval '10 seconds') AS time,
	unnest(ARRAY['myHost', 'otherHost']) AS host,
	LATERAL (SELECT round((:used * (1 + 0.1 * sin(extract(epoch FROM time) / 600)))::numeric, 3)) AS v(value);
SQL

say "5/6 two tasks: InfluxDB's own example, unchanged, and a sibling that runs every 10 seconds"
cat "$ROOT/test/demo/cqinterval15m.flux"
# The first runs on the hour.  So that nobody has to wait for that, it is
# registered as of an hour ago and told to catch up with the last run it missed.
demo_psql -v hourly="$(cat "$ROOT/test/demo/cqinterval15m.flux")" \
	-v sibling="$(cat "$ROOT/test/demo/mem_10s.flux")" <<'SQL' || exit 1
SELECT to_char(date_trunc('hour', now() AT TIME ZONE 'UTC') - interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
	AS before_the_hour \gset
SET fluxtask.test_clock = :'before_the_hour';
SELECT flux.create_task(:'hourly', catchup => 'latest') AS hourly;
RESET fluxtask.test_clock;
SELECT flux.create_task(:'sibling') AS sibling;
SQL
setsid bash "$ROOT/test/demo/demo.sh" feed </dev/null >/dev/null 2>&1 8>&- &
echo $! >"$feeder_pid"

say "6/6 the scheduler works; memory figures come in each second"
watch_runs "$seconds"

say "tasks"
demo_psql -c 'SELECT task_id, name, every, status, latest_success, last_run_status FROM flux.tasks ORDER BY 1'
say "runs"
demo_psql -c 'SELECT run_id, task, kind, status, scheduled_for, started_at - scheduled_for AS after, duration,
	points_written FROM flux.runs ORDER BY run_id DESC LIMIT 12'
say "the raw measurement: the last rows"
demo_psql -c 'SELECT time, host, used_percent, available_percent, free, cached
	FROM "example-bucket".mem ORDER BY time DESC, host LIMIT 8'
say "downsampled by the hourly task: means of five minutes, myHost alone"
demo_psql -c 'SELECT time, host, used_percent, available_percent
	FROM "example-downsampled".mem ORDER BY time'
say "downsampled by the sibling: means of five seconds"
demo_psql -c 'SELECT time, host, used_percent, available_percent, free, cached
	FROM "example-downsampled".mem_10s ORDER BY time DESC LIMIT 8'

missing=$(demo_psql -At -c "SELECT string_agg(name, ', ') FROM flux.tasks WHERE latest_success IS NULL")
cat <<TEXT

The server goes on, and so does the feeder. To play:

    $BIN/psql -h $(cluster_host demo) -U postgres demo

    SELECT * FROM flux.runs ORDER BY run_id DESC LIMIT 5;
    SELECT flux.explain(script) FROM flux.tasks WHERE name = 'cqinterval15m';
    CALL flux.show('from(bucket: "example-bucket") |> range(start: -1m) |> filter(fn: (r) => r._field == "used_percent")');

To end it: make demo-stop
TEXT
[ -z "$missing" ] || die "these tasks had no successful run: $missing"
