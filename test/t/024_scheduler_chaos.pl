# 024_scheduler_chaos.pl - workers, schedulers, drivers and the postmaster get
# SIGTERM, SIGINT and SIGKILL at random while tasks of a second run; the server
# is stopped and started, and half-way a standby is promoted and goes on.
# Afterwards every slot of every task is accounted for by its policy, each has
# one successful output at most, and what is stored equals what SQL computes.
#
# FLUX_CHAOS_SECONDS (24), FLUX_CHAOS_TASKS (9) and FLUX_CHAOS_SEED make it
# longer, larger, and the same again.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $seconds = $ENV{FLUX_CHAOS_SECONDS} // 24;
my $tasks = $ENV{FLUX_CHAOS_TASKS} // 9;
my $seed = $ENV{FLUX_CHAOS_SEED} // time() % 100_000;
my @policies = qw(skip latest all);
my %done;
srand($seed);
note("FLUX_CHAOS_SEED=" . int($seed));

my $node = FluxCluster->create('chaos', preload => 1, streaming => 1, conf => <<'CONF');
max_worker_processes = 16
fluxtask.max_workers = 3
restart_after_crash = on
CONF
$node->safe_psql('postgres', qq{
	CREATE ROLE alice LOGIN;
	CREATE TABLE effects (task text, slot timestamptz);
	SELECT flux.create_bucket('raw'), flux.create_bucket('out');
	SELECT flux.write('raw', string_agg(format('m,host=h%s v=%s %s', h, i % 7,
		(extract(epoch FROM now())::bigint - 60 + i) * 1000000000::bigint), E'\n'))
	FROM generate_series(0, 180 + $seconds * 2) AS i, generate_series(0, 1) AS h;
	GRANT SELECT ON raw._points TO alice;
	GRANT INSERT, SELECT ON out._points TO alice;
	GRANT INSERT, SELECT ON effects TO alice;
	GRANT CREATE ON SCHEMA public TO alice});
for my $i (1 .. $tasks)
{
	my $role = $i % 2 ? 'postgres' : 'alice';
	my $policy = $policies[$i % 3];
	# every fourth takes its time, so that signals meet it at work
	my $slow = $i % 4 ? '' : 'sql.from(driverName: "postgres", dataSourceName: "", query: "SELECT 1 AS one FROM pg_sleep(0.3)")
	|> yield(name: "slow")';
	$node->safe_psql('postgres', qq{SET ROLE $role; SELECT flux.create_task(\$flux\$import "sql"
option task = {name: "task $i", every: 1s, retry: 3}
data = from(bucket: "raw")
	|> range(start: -5s)
	|> filter(fn: (r) => r._measurement == "m" and r.host == "h0")
	|> aggregateWindow(every: 5s, fn: count)
	|> sum()
	|> map(fn: (r) => ({_time: now(), _measurement: "counts", _field: "n", _value: r._value, task: "task $i"}))
data |> to(bucket: "out")
data |> map(fn: (r) => ({task: r.task, slot: r._time}))
	|> sql.to(driverName: "postgres", dataSourceName: "", table: "public.effects")
$slow
\$flux\$, catchup => '$policy', catchup_limit => 100000)});
}
$node->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('chaos_standby');
$standby->init_from_backup($node, 'copy', has_streaming => 1);
$standby->start;
bless $standby, 'FluxCluster';

# --- what goes wrong

# A psql that drives again and again until its connection goes.
my $loop;

sub start_loop
{
	my $file = "$PostgreSQL::Test::Utils::tmp_check/chaos.sql";
	open my $out, '>', $file or die;
	print $out "CALL flux.run_due();\n\\watch 0.3\n";
	close $out;
	$loop = fork();
	return if $loop;
	open STDOUT, '>', '/dev/null';
	open STDERR, '>', '/dev/null';
	exec('psql', '-X', '-q', '-d', $node->connstr('postgres'), '-f', $file);
}

sub end_loop
{
	return unless $loop;
	kill 'TERM', $loop;
	waitpid($loop, 0);
	$loop = undef;
}

# Once the server answers, after a restart or a recovery from a crash.
sub await_server
{
	my $until = time() + 60;
	while (time() < $until)
	{
		my ($status) = $node->psql('postgres', 'SELECT 1');
		return if $status == 0;
		usleep(50_000);
	}
	BAIL_OUT('the server does not come back');
}

# One signal to one process of that kind; none if there is none.
sub hit
{
	my ($condition, $signal) = @_;
	my ($status, $pids) = $node->psql('postgres', qq{SELECT pid FROM pg_stat_activity
		WHERE datname = 'postgres' AND pid <> pg_backend_pid() AND $condition});
	my @pids = split /\n/, $pids // '';
	return unless @pids;
	kill $signal, $pids[ rand @pids ];
	return if $signal ne 'KILL';
	usleep(100_000);
	await_server();
}

sub kill_postmaster
{
	my ($pid) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	kill 'KILL', $pid;
	my $name = $node->name;
	usleep(50_000) while `ps -o args= -u \$(id -u)` =~ /postgres: \Q$name\E: /;
	unlink $node->data_dir . '/postmaster.pid', $node->host . '/.s.PGSQL.' . $node->port . '.lock';
	$node->{_pid} = undef;
	$node->start;
}

# The standby takes over; the primary dies first, without a word.
sub fail_over
{
	$node->kill9;
	my $name = $node->name;
	usleep(50_000) while `ps -o args= -u \$(id -u)` =~ /postgres: \Q$name\E: /;
	sleep 3;
	$standby->promote;
	$node = $standby;
}

my %worker = (worker => q{backend_type = 'fluxtask worker'}, scheduler => q{backend_type = 'fluxtask scheduler'},
	driver => q{backend_type = 'client backend'});
my @events = (
	(map { [ "TERM $_", 3, sub { hit($worker{$_[0]}, 'TERM') }, $_ ] } qw(worker scheduler driver)),
	(map { [ "INT $_", 2, sub { hit($worker{$_[0]}, 'INT') }, $_ ] } qw(worker scheduler driver)),
	(map { [ "KILL $_", 1, sub { hit($worker{$_[0]}, 'KILL') }, $_ ] } qw(worker scheduler driver)),
	[ 'stop fast', 1, sub { end_loop(); $node->stop('fast'); usleep(rand 3_000_000); $node->start } ],
	[ 'stop immediate', 1, sub { end_loop(); $node->stop('immediate'); usleep(rand 3_000_000); $node->start } ],
	[ 'KILL postmaster', 1, sub { end_loop(); kill_postmaster() } ],
	[ 'reload', 1, sub { $node->reload } ]);
my @lots = map { my $event = $_; ($event) x $event->[1] } @events;

my $until = time() + $seconds;
my $half = time() + $seconds / 2;
start_loop();
while (time() < $until)
{
	usleep(100_000 + rand 500_000);
	my $event = $lots[ rand @lots ];
	if ($half && time() > $half)
	{
		$event = [ 'fail over', 1, sub { end_loop(); fail_over() } ];
		$half = 0;
	}
	$event->[2]->($event->[3]);
	$done{$event->[0]}++;
	if (!$loop || waitpid($loop, 1) != 0)
	{
		await_server();
		start_loop();
	}
}
end_loop();
note(join ', ', map { "$_: $done{$_}" } sort keys %done);

# --- peace: everything due is run, then the tasks stop
await_server();
$node->await(q{SELECT bool_and(latest_success > now() - interval '15 s') FROM flux.tasks}, 'all tasks run again',
	seconds => 120);
$node->safe_psql('postgres', q{SELECT flux.disable_task(task_id) FROM flux.tasks});
$node->await(q{SELECT count(*) = 0 FROM flux.runs WHERE status IN ('scheduled', 'started')}, 'everything comes to an end',
	seconds => 120);

my $query = sub { return $node->safe_psql('postgres', $_[0]) };
is($query->(q{SELECT string_agg(DISTINCT status || coalesce(': ' || error, ''), ', ') FROM flux.runs
	WHERE status NOT IN ('success', 'canceled') AND error NOT LIKE 'run was interrupted%'}), '',
	'nothing failed of itself');
is($query->(q{SELECT count(*) FROM (SELECT FROM flux.runs GROUP BY task_id, scheduled_for
	HAVING count(*) > 1) AS twice}), '0', 'no slot is in the ledger twice');
is($query->(q{SELECT count(*) FROM (SELECT FROM effects GROUP BY task, slot HAVING count(*) > 1) AS twice}), '0',
	'no slot has two outputs');
is($query->(q{SELECT count(*) FROM (
	(SELECT task, scheduled_for FROM flux.runs WHERE status = 'success' EXCEPT SELECT task, slot FROM effects)
	UNION ALL
	(SELECT task, slot FROM effects EXCEPT SELECT task, scheduled_for FROM flux.runs WHERE status = 'success')) AS t}),
	'0', 'each success has its output, and nothing else has one');

# Slots between a task's first and last that have no run are the policy's affair, and counted.
$query->(q{CREATE VIEW missing AS
	SELECT task_id, catchup, s AS slot FROM flux.tasks AS t,
	LATERAL (SELECT min(scheduled_for) AS first, max(scheduled_for) AS last FROM flux.runs AS r
		WHERE r.task_id = t.task_id) AS b,
	generate_series(first, last, '1 second') AS s
	WHERE NOT EXISTS (SELECT FROM flux.runs AS r WHERE r.task_id = t.task_id AND r.scheduled_for = s)});
is($query->(q{SELECT count(*) FROM missing WHERE catchup = 'all'}), '0', 'all: no slot is left out');
is($query->(q{SELECT string_agg(task || ': ' || missed_count || ' <> ' || n, ', ') FROM (SELECT task, missed_count,
	(SELECT count(*) FROM missing AS m WHERE m.task_id = s.task_id) AS n FROM flux.stat_tasks AS s) AS t
	WHERE missed_count <> n}), '', 'what is left out is counted as missed');
is($query->(q{SELECT count(*) FROM flux.runs JOIN flux.tasks USING (task_id) WHERE catchup = 'skip' AND kind = 'catchup'}),
	'0', 'skip: nothing is made up for');
cmp_ok($query->(q{SELECT count(*) FROM flux.runs JOIN flux.tasks USING (task_id)
	WHERE catchup = 'all' AND kind = 'catchup'}), '>', 0, 'all: much is');

# What is stored against the raw data.
is($query->(q{SELECT count(*) FROM (
	(SELECT scheduled_for AS time, task, (SELECT count(*) FROM raw.m
		WHERE host = 'h0' AND m.time >= r.scheduled_for - interval '5 s' AND m.time < r.scheduled_for) AS n
	FROM flux.runs AS r WHERE status = 'success'
	EXCEPT SELECT time, task, n FROM out.counts)
	UNION ALL
	(SELECT time, task, n FROM out.counts
	EXCEPT SELECT scheduled_for, task, (SELECT count(*) FROM raw.m
		WHERE host = 'h0' AND m.time >= r.scheduled_for - interval '5 s' AND m.time < r.scheduled_for)
	FROM flux.runs AS r WHERE status = 'success')) AS differences}), '0', 'the output equals the truth');
is($query->(q{SELECT count(*) FROM flux.stat_tasks AS s WHERE (success_count, canceled_count) <>
	(SELECT count(*) FILTER (WHERE status = 'success'), count(*) FILTER (WHERE status = 'canceled')
		FROM flux.runs AS r WHERE r.task_id = s.task_id)}), '0', 'and so do the counters');
is($query->(q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 18008}), '0', 'no lock of a run is left');
note($query->(q{SELECT count(*) || ' runs, ' || count(*) FILTER (WHERE attempt > 1) || ' more than once started, '
	|| count(*) FILTER (WHERE kind = 'catchup') || ' made up for, ' || count(*) FILTER (WHERE status = 'canceled')
	|| ' canceled, ' || (SELECT count(*) FROM missing) || ' slots left out' FROM flux.runs}));
$node->stop;

done_testing();
