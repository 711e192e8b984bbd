# 023_run_due.pl - CALL flux.run_due() that is cancelled, interrupted, killed;
# workers that are killed; one place for workers of several roles; a standby.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

sub script
{
	my ($name, $options, $slow) = @_;
	return qq{import "sql"
option task = {name: "$name", $options}
sql.from(driverName: "postgres", dataSourceName: "", query: "SELECT 1::bigint AS one FROM pg_sleep($slow)")
	|> map(fn: (r) => ({_time: now(), _measurement: "m", _field: "n", _value: r.one, task: "$name"}))
	|> to(bucket: "out")};
}

sub create_task
{
	my ($node, $name, $options, $slow, $role) = @_;
	return $node->safe_psql('postgres', "SET ROLE $role;"
		. 'SELECT flux.create_task($flux$' . script($name, $options, $slow) . '$flux$)');
}

# A psql that drives, in the background; what it says goes to a file.
sub drive
{
	my ($node, $number) = @_;
	my $pid = fork();
	if ($pid == 0)
	{
		open STDOUT, '>', "$PostgreSQL::Test::Utils::tmp_check/drive$number";
		open STDERR, '>&', \*STDOUT;
		exec('psql', '-X', '-qAt', '-d', $node->connstr('postgres'), '-c', 'CALL flux.run_due(1)',
			'-c', q{SELECT 'done'});
	}
	return $pid;
}

my $node = FluxCluster->create('driver');
my $query = sub { return $node->safe_psql('postgres', $_[0]) };
$query->(q{SELECT flux.create_bucket('out')});
$node->safe_psql('postgres', 'SELECT flux.create_task($flux$' . script('slow', 'every: 1s', 4) . '$flux$)');
sleep 1;

# --- cancelled by flux.cancel_run(): the driver goes on
my $pid = drive($node, 1);
$node->await(q{SELECT count(*) = 1 FROM flux.runs WHERE status = 'started'}, 'a run has started');
$query->(q{SELECT flux.cancel_run(run_id) FROM flux.runs WHERE status = 'started'});
waitpid($pid, 0);
is(slurp_file("$PostgreSQL::Test::Utils::tmp_check/drive1"), "done\n", 'a cancelled run does not end its driver');
is($query->(q{SELECT string_agg(status, ',') FROM flux.runs}), 'canceled', 'the run is canceled');

# --- the driver's own statement is cancelled: it ends, and the run with it
sleep 1;
$pid = drive($node, 2);
$node->await(q{SELECT count(*) = 1 FROM flux.runs WHERE status = 'started'}, 'a run has started');
$query->(q{SELECT pg_cancel_backend(worker_pid) FROM flux.runs WHERE status = 'started'});
waitpid($pid, 0);
like(slurp_file("$PostgreSQL::Test::Utils::tmp_check/drive2"),
	qr/ERROR:  canceling statement due to user request\nCONTEXT:  run \d+ of task "slow"/, 'it says so');
is($query->(q{SELECT string_agg(status || coalesce(': ' || error, ''), ',' ORDER BY run_id) FROM flux.runs}),
	'canceled,canceled: canceling statement due to user request', 'and so does the run');

# --- the driver dies: the run is taken over by the next
sleep 1;
$pid = drive($node, 3);
$node->await(q{SELECT count(*) = 1 FROM flux.runs WHERE status = 'started'}, 'a run has started');
$query->(q{SELECT pg_terminate_backend(worker_pid) FROM flux.runs WHERE status = 'started'});
waitpid($pid, 0);
is($query->(q{SELECT status, attempt FROM flux.runs ORDER BY run_id DESC LIMIT 1}), 'started|1',
	'a run whose process died');
$query->(q{CALL flux.run_due(1)});
is($query->(q{SELECT status, attempt FROM flux.runs ORDER BY run_id DESC LIMIT 1}), 'success|2', 'runs again');
is($query->(q{SELECT count(*) FROM flux.run_logs WHERE message LIKE 'Run interrupted%'}), '1',
	'its log tells');
is($query->(q{SELECT count(*) FROM out.m}), '1', 'and wrote once');
is($query->(q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'}), '0', 'no lock is left');
$node->stop;

# --- workers that are killed, and one place for two roles
$node = FluxCluster->create('workers', preload => 1, conf => "fluxtask.max_workers = 1\n");
$query->(q{CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; SELECT flux.create_bucket('out');
	GRANT INSERT ON out._points TO alice, bob});
create_task($node, "of $_", 'every: 1s', 0.2, $_) for qw(alice bob);
$node->await(q{SELECT count(*) = 2 AND min(success_count) > 1 FROM flux.stat_tasks}, 'both roles have their turn');
is($query->(q{SELECT count(*) < 2 FROM pg_stat_activity WHERE backend_type = 'fluxtask worker'}), 't',
	'in one place');
for (1 .. 5)
{
	$query->(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'fluxtask worker'});
	usleep(300_000);
}
$query->(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'fluxtask scheduler'});
$node->await(q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'fluxtask scheduler'},
	'the scheduler comes back');
my $count = $query->(q{SELECT count(*) FROM flux.runs WHERE status = 'success'});
$node->await("SELECT count(*) > $count + 2 FROM flux.runs WHERE status = 'success'", 'and runs go on');
$query->(q{SELECT flux.disable_task(task_id) FROM flux.tasks});
$node->await(q{SELECT count(*) = 0 FROM flux.runs WHERE status IN ('scheduled', 'started')}, 'to their ends');
is($query->(q{SELECT string_agg(DISTINCT status, ',') FROM flux.runs}), 'success', 'no run is lost');
is($query->(q{SELECT count(*) FROM (SELECT scheduled_for, task FROM flux.runs EXCEPT ALL SELECT time, task FROM out.m) AS t}),
	'0', 'or ran twice');
$node->stop;

# --- a standby runs nothing; promoted, it does
$node = FluxCluster->create('primary', preload => 1, streaming => 1);
$query->(q{SELECT flux.create_bucket('out')});
$query->('SELECT flux.create_task($flux$' . script('beat', 'every: 1s', 0) . '$flux$)');
$node->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'copy', has_streaming => 1);
$standby->start;
sleep 2;
is($standby->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'fluxtask%'}),
	'0', 'a standby has no scheduler');
$node->stop;
$standby->promote;
bless $standby, 'FluxCluster';
$standby->await(q{SELECT count(*) > 1 FROM flux.runs WHERE status = 'success'
	AND started_at > (SELECT driving_since FROM _flux_catalog.driver)}, 'promoted, it runs tasks');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM (SELECT FROM flux.runs
	GROUP BY task_id, scheduled_for HAVING count(*) > 1) AS t}), '0', 'none of them twice');
$standby->stop;

done_testing();
