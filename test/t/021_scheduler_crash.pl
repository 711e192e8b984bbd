# 021_scheduler_crash.pl - the postmaster is killed with SIGKILL while the
# scheduler and three loops of CALL flux.run_due() run tasks of one second;
# afterwards every slot is accounted for by its task's policy, none ran twice,
# and what is stored equals what SQL computes from the ledger.
#
# FLUX_TASKS and FLUX_SECONDS make it larger and longer (50 and 60, say).
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $tasks = $ENV{FLUX_TASKS} // 12;
my $seconds = $ENV{FLUX_SECONDS} // 8;
my @policies = qw(skip latest all);

my $node = FluxCluster->create('crash', preload => 1,
	conf => "max_worker_processes = 16\nfluxtask.max_workers = 3\nfsync = off\n");

# psql loops that drive beside the scheduler; a crash ends them
sub start_loops
{
	return map {
		my $file = "$PostgreSQL::Test::Utils::tmp_check/loop$_.sql";
		open my $out, '>', $file or die;
		print $out "CALL flux.run_due();\n\\watch 0.2\n";
		close $out;
		my $pid = fork();
		if ($pid == 0)
		{
			open STDOUT, '>', '/dev/null';
			open STDERR, '>', '/dev/null';
			exec('psql', '-X', '-q', '-d', $node->connstr('postgres'), '-f', $file);
		}
		$pid
	} 1 .. 3;
}

# The seed's shape: read what a loader wrote, aggregate the window, store it.
$node->safe_psql('postgres', qq{
	SELECT flux.create_bucket('raw'), flux.create_bucket('out');
	SELECT flux.write('raw', string_agg(format('m,host=h%s v=%s %s', h, i % 7,
		(extract(epoch FROM now())::bigint - 60 + i) * 1000000000::bigint), E'\n'))
	FROM generate_series(0, 600) AS i, generate_series(0, 1) AS h;
});
for my $i (1 .. $tasks)
{
	my $policy = $policies[$i % 3];
	$node->safe_psql('postgres', qq{SELECT flux.create_task(\$flux\$
option task = {name: "task $i", every: 1s}
from(bucket: "raw")
	|> range(start: -5s)
	|> filter(fn: (r) => r._measurement == "m" and r.host == "h0")
	|> aggregateWindow(every: 5s, fn: count)
	|> sum()
	|> map(fn: (r) => ({_time: now(), _measurement: "counts", _field: "n", _value: r._value, task: "$i"}))
	|> to(bucket: "out")
\$flux\$, catchup => '$policy')});
}
my @loops = start_loops();
usleep($seconds * 500_000);

my $killed = $node->safe_psql('postgres', 'SELECT clock_timestamp()');
my $pid_file = slurp_file($node->data_dir . '/postmaster.pid');
my ($postmaster) = $pid_file =~ /^(\d+)/;
kill 'KILL', $postmaster;
waitpid($_, 0) for @loops;
# The children notice the death of their parent; until then they hold memory.
usleep(100_000) while `ps -o pid= --ppid 1 -u \$(id -u) -o args=` =~ /postgres: crash/;
sleep 4;
unlink $node->data_dir . '/postmaster.pid';
$node->{_pid} = undef;
$node->start;
my $up = $node->safe_psql('postgres', 'SELECT clock_timestamp()');
@loops = start_loops();
usleep($seconds * 500_000);
kill 'TERM', @loops;
waitpid($_, 0) for @loops;
$node->safe_psql('postgres', q{SELECT flux.disable_task(task_id) FROM flux.tasks});
$node->await(q{SELECT count(*) = 0 FROM flux.runs WHERE status IN ('scheduled', 'started')},
	'everything comes to an end');

my $query = sub { return $node->safe_psql('postgres', $_[0]) };
is($query->(q{SELECT string_agg(DISTINCT status, ',') FROM flux.runs}), 'success', 'every run succeeded');
is($query->(q{SELECT count(*) FROM (SELECT FROM flux.runs GROUP BY task_id, scheduled_for
	HAVING count(*) > 1) AS twice}), '0', 'no slot ran twice');
cmp_ok($query->(q{SELECT count(DISTINCT worker_pid) FROM flux.runs}), '>', 4,
	'several processes took part');

# Slots that are missing between a task's first and last, and the policy's word on them.
$node->safe_psql('postgres', q{CREATE VIEW missing AS
	SELECT catchup, name, s AS slot FROM flux.tasks AS t,
	LATERAL (SELECT min(scheduled_for) AS first, max(scheduled_for) AS last FROM flux.runs AS r
		WHERE r.task_id = t.task_id) AS b,
	generate_series(first, last, '1 second') AS s
	WHERE NOT EXISTS (SELECT FROM flux.runs AS r WHERE r.task_id = t.task_id AND r.scheduled_for = s)});
is($query->(q{SELECT count(*) FROM missing WHERE catchup = 'all'}), '0', 'all: no slot is lost');
is($query->(qq{SELECT count(*) FROM missing
	WHERE slot <= timestamptz '$killed' - interval '2 s' OR slot > timestamptz '$up'}), '0',
	'skip, latest: only slots of the downtime are');
cmp_ok($query->(q{SELECT count(*) FROM missing WHERE catchup = 'skip'}), '>', 0, 'skip: they are');
is($query->(q{SELECT count(*) FROM flux.tasks AS t WHERE catchup = 'latest' AND 1 <> (SELECT count(*)
	FROM flux.runs AS r WHERE r.task_id = t.task_id AND kind = 'catchup')}), '0', 'latest: one is made up for');
is($query->(q{SELECT count(*) FROM flux.runs JOIN flux.tasks USING (task_id)
	WHERE catchup = 'skip' AND kind = 'catchup'}), '0', 'skip: none is');

# What is stored against what the ledger and the raw data say.
is($query->(q{SELECT count(*) FROM (
	(SELECT r.scheduled_for AS time, substr(task, 6) AS task, (SELECT count(*) FROM raw.m
		WHERE host = 'h0' AND m.time >= r.scheduled_for - interval '5 s' AND m.time < r.scheduled_for) AS n
	FROM flux.runs AS r
	EXCEPT SELECT time, task, n FROM out.counts)
	UNION ALL
	(SELECT time, task, n FROM out.counts
	EXCEPT SELECT scheduled_for, substr(task, 6), (SELECT count(*) FROM raw.m
		WHERE host = 'h0' AND m.time >= r.scheduled_for - interval '5 s' AND m.time < r.scheduled_for)
	FROM flux.runs AS r)) AS differences}), '0', 'the output equals the truth');
is($query->(q{SELECT count(*) FROM flux.stat_tasks AS s WHERE success_count <>
	(SELECT count(*) FROM flux.runs AS r WHERE r.task_id = s.task_id)}), '0', 'and so do the counters');
note($query->(q{SELECT count(*) || ' runs, started after ' || percentile_disc(0.5) WITHIN GROUP (ORDER BY started_at - run_at)
	|| ' (median), ' || percentile_disc(0.99) WITHIN GROUP (ORDER BY started_at - run_at) || ' (99 %)' FROM flux.runs}));
$node->stop;

done_testing();
