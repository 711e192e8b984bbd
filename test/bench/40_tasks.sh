# shellcheck shell=bash
#
# 40_tasks.sh - the task service: runs a second, what an empty run costs, how
# soon runs start that are due on one mark, and thousands of active tasks.
#
# On a server of its own with the scheduler, fsync and autovacuum on.  Each task
# downsamples: it reads a window of one series, computes means, writes them.
# TASKS_MINUTE (10000) tasks of a minute run for TASKS_MINUTE_SECONDS (120),
# TASKS_SECOND (1000) tasks of a second for TASKS_SECOND_SECONDS (30).

tasks_minute=${TASKS_MINUTE:-10000}
tasks_minute_seconds=${TASKS_MINUTE_SECONDS:-120}
tasks_second=${TASKS_SECOND:-1000}
tasks_second_seconds=${TASKS_SECOND_SECONDS:-30}

cluster_create tasks "shared_preload_libraries = 'fluxtask'" "fsync = on" "shared_buffers = 512MB" \
	"max_wal_size = 8GB" "checkpoint_timeout = 30min"
cluster_start tasks
tasks_psql() { cluster_psql tasks -d postgres -q -At -v ON_ERROR_STOP=1 "$@"; }

# tasks_cpu: seconds of processor that the scheduler and its workers took so far.
tasks_cpu()
{
	local pid total=0
	for pid in $(tasks_psql -c "SELECT pid FROM pg_stat_activity WHERE backend_type LIKE 'fluxtask%'"); do
		total=$((total + $(awk '{ print $14 + $15 }' "/proc/$pid/stat" 2>/dev/null || echo 0)))
	done
	awk -v ticks="$total" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", ticks / hz }'
}

# tasks_create COUNT NAME OPTIONS SCRIPT [ACTIVE [IMPORTS]]: "%1$s" in the script is the task's number, "%2$s" that modulo 100.
tasks_create()
{
	tasks_psql -v options="$3" -v script="$4" -v name="$2" -v count="$1" -v active="${5:-true}" -v imports="${6:-}" <<-'SQL' >/dev/null
		SELECT count(flux.create_task(format(:'imports' || E'\noption task = {name: "' || :'name' || ' %1$s", ' || :'options' || E'}\n' || :'script', n, n % 100),
			active => :active)) FROM generate_series(1, :count) AS n;
	SQL
}

tasks_settle()
{
	while [ "$(tasks_psql -c "SELECT EXISTS (SELECT FROM flux.runs WHERE status IN ('scheduled', 'started'))")" = t ]; do
		sleep 0.2
	done
}

# tasks_burst WHAT: queues a backfill of every inactive task, waits, prints runs a second and processor a run.
tasks_burst()
{
	local before after figures
	tasks_psql -c "SELECT flux.backfill(task_id, '2024-01-01 00:00Z', '2024-01-01 01:00Z') FROM flux.tasks" >/dev/null
	tasks_settle
	before=$(tasks_cpu)
	tasks_psql -c "SELECT flux.backfill(task_id, '2024-01-02 00:00Z', '2024-01-09 00:00Z') FROM flux.tasks" >/dev/null
	tasks_settle
	after=$(tasks_cpu)
	figures=$(tasks_psql -v cpu="$(awk -v a="$after" -v b="$before" 'BEGIN { print a - b }')" <<-'SQL'
		SELECT format('%s runs, %s a second, %s ms of processor a run, %s ms from start to end, %s failed', count(*),
			round(count(*) / extract(epoch FROM max(finished_at) - min(started_at))),
			round(:cpu * 1000 / count(*), 2),
			round(1000 * avg(extract(epoch FROM finished_at - started_at)), 2), count(*) FILTER (WHERE status <> 'success'))
		FROM flux.runs WHERE scheduled_for > '2024-01-02 00:00Z'
	SQL
	)
	bench_fact "$1" "$figures"
	tasks_psql -c "SELECT flux.drop_task(task_id) FROM flux.tasks" >/dev/null
	tasks_psql -c "TRUNCATE _flux_catalog.run, _flux_catalog.run_log"
}

# tasks_watch WHAT SECONDS: lets the active tasks run and prints how they fared.
tasks_watch()
{
	local begin before after
	begin=$(tasks_psql -c "SELECT clock_timestamp()")
	before=$(tasks_cpu)
	sleep "$2"
	after=$(tasks_cpu)
	bench_fact "$1" "$(tasks_psql -v begin="$begin" -v cpu="$(awk -v a="$after" -v b="$before" -v s="$2" 'BEGIN { printf "%.1f", 100 * (a - b) / s }')" <<-'SQL'
		WITH r AS (SELECT *, extract(epoch FROM started_at - run_at) * 1000 AS late FROM flux.runs
			WHERE run_at > :'begin'::timestamptz AND run_at <= clock_timestamp() - interval '2 s')
		SELECT format('%s tasks, %s runs, %s failed, %s slots missed; started after %s ms (median), %s ms (99 %%); %s %% of a processor',
			(SELECT count(*) FROM flux.tasks WHERE status = 'active'), count(*), count(*) FILTER (WHERE status IN ('failed', 'canceled')),
			(SELECT coalesce(sum(n), 0) FROM (SELECT extract(epoch FROM max(scheduled_for) - min(scheduled_for)) /
				(CASE WHEN (SELECT every FROM flux.tasks LIMIT 1) = '1m' THEN 60 WHEN (SELECT every FROM flux.tasks LIMIT 1) = '5s' THEN 5 ELSE 1 END)
				+ 1 - count(*) AS n FROM r GROUP BY task_id) AS gaps)::integer
				+ (SELECT sum(missed_count) FROM flux.stat_tasks),
			round(percentile_cont(0.5) WITHIN GROUP (ORDER BY late)::numeric, 1),
			round(percentile_cont(0.99) WITHIN GROUP (ORDER BY late)::numeric, 1), :cpu)
		FROM r
	SQL
	)"
}

tasks_psql >/dev/null <<'SQL'
CREATE EXTENSION fluxtask;
SELECT flux.create_bucket('example-bucket'), flux.create_bucket('example-downsampled');
SELECT flux.write('example-bucket', string_agg(format('mem,host=myHost used_percent=%s %s', 50 + i % 100 / 10.0,
	1704067200 + 10 * i), E'\n'), 's') FROM generate_series(0, 8 * 8640 - 1) AS i;
SELECT flux.write('example-bucket', string_agg(format('live,host=h%s v=%s %s', h, i, extract(epoch FROM now())::bigint + 10 * i), E'\n'), 's')
FROM generate_series(0, 99) AS h, generate_series(-60, 120) AS i;
SELECT flux.compact('example-bucket');
SQL

# shellcheck disable=SC2016
seed='from(bucket: "example-bucket")
  |> range(start: -task.every)
  |> filter(fn: (r) => r._measurement == "mem" and r.host == "myHost")
  |> aggregateWindow(every: 5m, fn: mean)
  |> set(key: "task", value: "%1$s")
  |> to(bucket: "example-downsampled")'
# shellcheck disable=SC2016
small='from(bucket: "example-bucket")
  |> range(start: -1m)
  |> filter(fn: (r) => r._measurement == "live" and r.host == "h%2$s")
  |> aggregateWindow(every: 1m, fn: mean, createEmpty: false)
  |> set(key: "task", value: "%1$s")
  |> to(bucket: "example-downsampled")'

tasks_create 50 seed 'every: 1h' "$seed" false
tasks_burst "seed-sized runs"
# shellcheck disable=SC2016
tasks_create 50 empty 'every: 1h' 'array.from(rows: [{a: %1$s}])' false 'import "array"'
tasks_burst "empty runs"

tasks_create 100 mark 'every: 5s' "$small"
sleep 6
tasks_watch "100 tasks due on one mark" 21
tasks_psql -c "SELECT flux.drop_task(task_id) FROM flux.tasks" >/dev/null

tasks_create "$tasks_second" second 'every: 1s' "$small"
sleep 3
tasks_watch "each second" "$tasks_second_seconds"
tasks_psql -c "SELECT flux.drop_task(task_id) FROM flux.tasks" >/dev/null
tasks_psql -c "TRUNCATE _flux_catalog.run, _flux_catalog.run_log"

tasks_create "$tasks_minute" minute 'every: 1m' "$small"
sleep $((62 - $(date +%-S)))
tasks_watch "each minute" "$tasks_minute_seconds"
idle=$(tasks_cpu)
sleep $((55 - $(date +%-S) > 5 ? 40 - $(date +%-S) > 0 ? 40 - $(date +%-S) : 1 : 60))
tasks_settle
idle=$(tasks_cpu)
sleep 8
bench_fact "between two marks" "$(awk -v a="$(tasks_cpu)" -v b="$idle" 'BEGIN { printf "%.2f %% of a processor", 100 * (a - b) / 8 }')"
bench_fact "size of the ledger and of the tasks' states" "$(tasks_psql -c "SELECT pg_size_pretty(pg_total_relation_size('_flux_catalog.run')) || ', '
	|| pg_size_pretty(pg_total_relation_size('_flux_catalog.task_state')) || ' for ' || (SELECT count(*) FROM flux.runs) || ' runs'")"
cluster_stop tasks
