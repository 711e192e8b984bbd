# 020_scheduler.pl - the built-in scheduler: with and without preload, woken by
# changes, as the owner, stopped and started; runs that are cancelled or whose
# task is dropped; commands that need the database alone.
use strict;
use warnings;
use FluxCluster;
use Test::More;
use Time::HiRes qw(time usleep);

# A task that writes one point at its now(); "slow" seconds of work before.
sub script
{
	my ($name, $options, $slow) = @_;
	my $work = $slow
		? qq{sql.from(driverName: "postgres", dataSourceName: "", query: "SELECT 1::bigint AS one FROM pg_sleep($slow)")
	|> map(fn: (r) => ({_time: now(), _measurement: "m", _field: "n", _value: r.one, task: "$name"}))}
		: qq{array.from(rows: [{_time: now(), _measurement: "m", _field: "n", _value: 1, task: "$name"}])};
	return qq{import "array"
import "sql"
option task = {name: "$name", $options}
$work
	|> to(bucket: "out")};
}

sub create_task
{
	my ($node, $name, $options, $slow) = @_;
	return $node->safe_psql('postgres',
		'SELECT flux.create_task($flux$' . script($name, $options, $slow) . '$flux$)');
}

my $processes = q{SELECT count(*) = %d FROM pg_stat_activity WHERE backend_type = 'fluxtask %s'};

my $node = FluxCluster->create('sched', preload => 1, conf => "max_worker_processes = 16\n");
$node->await(sprintf($processes, 1, 'scheduler'), 'CREATE EXTENSION brings a scheduler');
$node->safe_psql('postgres', q{SELECT flux.create_bucket('out')});

# --- runs, promptly
my $begin = time();
create_task($node, 'beat', 'every: 1s');
$node->await(q{SELECT count(*) >= 3 FROM flux.runs WHERE task = 'beat' AND status = 'success'},
	'a task of one second runs each second');
cmp_ok(time() - $begin, '<', 6, 'in about three seconds');
is($node->safe_psql('postgres', q{SELECT max(started_at - run_at) < interval '500 ms' FROM flux.runs}),
	't', 'runs begin when they are due');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM (SELECT scheduled_for FROM flux.runs WHERE task = 'beat' AND status = 'success'
		EXCEPT SELECT time FROM out.m) AS lost}), '0', 'what they wrote is there');
$node->safe_psql('postgres', q{SELECT flux.disable_task('beat')});
my $runs = $node->safe_psql('postgres', 'SELECT count(*) FROM flux.runs');
sleep 2;
is($node->safe_psql('postgres', 'SELECT count(*) FROM flux.runs'), $runs, 'a disabled task is quiet');

# --- a change wakes it: no polling delay of seconds
my $retried = $node->safe_psql('postgres', 'SELECT flux.retry_run(min(run_id)) FROM flux.runs');
usleep(700_000);
is($node->safe_psql('postgres', "SELECT status FROM flux.runs WHERE run_id = $retried"), 'success',
	'a retry starts at once');

# --- cancel while it runs
my $slow = create_task($node, 'slow', 'every: 1s', 30);
$node->await(q{SELECT count(*) = 1 FROM flux.runs WHERE task = 'slow' AND status = 'started'},
	'a slow run has started');
sleep 2;
is($node->safe_psql('postgres', q{SELECT count(*) FROM flux.runs WHERE task = 'slow'}), '1',
	'runs of one task do not overlap');
$begin = time();
$node->safe_psql('postgres', q{SELECT flux.disable_task('slow')});
$node->safe_psql('postgres', q{SELECT flux.cancel_run(run_id) FROM flux.runs WHERE status = 'started'});
$node->await(q{SELECT count(*) = 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'},
	'cancelling interrupts the script', seconds => 10);
cmp_ok(time() - $begin, '<', 10, 'soon');
is($node->safe_psql('postgres', q{SELECT status FROM flux.runs WHERE task = 'slow' AND started_at IS NOT NULL ORDER BY run_id LIMIT 1}),
	'canceled', 'the run is canceled');
is($node->safe_psql('postgres', q{SELECT message FROM flux.run_logs WHERE task = 'slow' ORDER BY time DESC LIMIT 1}),
	'Run canceled', 'and its log says so');

# --- drop while it runs: a clear end, nothing half-written
create_task($node, 'doomed', 'every: 1s', 2);
$node->await(q{SELECT count(*) = 1 FROM flux.runs WHERE task = 'doomed' AND status = 'started'},
	'a run has started');
$node->safe_psql('postgres', q{SELECT flux.drop_task('doomed')});
is($node->safe_psql('postgres', q{SELECT status || ': ' || error FROM flux.runs WHERE task = 'doomed'}),
	'canceled: task "doomed" was dropped', 'the run of a dropped task says why it ended');
sleep 3;
is($node->safe_psql('postgres', q{SELECT count(*) FROM out.m WHERE task IN ('doomed', 'slow')}), '0',
	'neither wrote anything');

# --- the owner's rights, and no more
$node->safe_psql('postgres', q{CREATE ROLE alice LOGIN; CREATE ROLE nologin});
for my $role ('alice', 'nologin')
{
	$node->safe_psql('postgres', "SET ROLE $role; SELECT flux.create_task(\$flux\$"
		. script("of $role", 'every: 1s') . '$flux$)');
}
$node->await(q{SELECT count(*) > 0 FROM flux.runs WHERE task = 'of alice' AND status = 'failed'
	AND error LIKE 'permission denied%' AND worker_pid IS NOT NULL}, 'a role without rights cannot write');
$node->safe_psql('postgres', 'GRANT INSERT ON out._points TO alice');
$node->await(q{SELECT count(*) > 0 FROM flux.runs WHERE task = 'of alice' AND status = 'success'},
	'with them it can');
is($node->safe_psql('postgres', q{SELECT bool_or(usename = 'alice') FROM pg_stat_activity
	WHERE backend_type = 'fluxtask worker'}), 't', 'in a process of its own');
SKIP:
{
	skip 'workers need no LOGIN', 1
		if $node->safe_psql('postgres', 'SHOW server_version_num') >= 170000;
	$node->await(q{SELECT count(*) > 0 FROM flux.runs WHERE task = 'of nologin'
		AND error = 'role "nologin" is not permitted to log in' AND error_hint <> ''},
		'an owner that cannot log in is told');
}
$node->safe_psql('postgres', q{SELECT flux.drop_task(task_id) FROM flux.tasks WHERE name LIKE 'of %'});

# --- stop and start
is($node->safe_psql('postgres', 'SELECT flux.stop_scheduler()'), 't', 'it can be stopped');
$node->await(sprintf($processes, 0, 'scheduler'), 'and is gone');
$node->await(sprintf($processes, 0, 'worker'), 'with its workers');
$node->restart;
sleep 1;
is($node->safe_psql('postgres', sprintf($processes, 0, 'scheduler')), 't', 'also after a restart');
is($node->safe_psql('postgres', 'SELECT flux.start_scheduler()'), 't', 'it can be started');
$node->await(sprintf($processes, 1, 'scheduler'), 'and is there');
is($node->safe_psql('postgres', 'SELECT flux.start_scheduler()'), 'f', 'once');

# --- one's database for oneself
$node->safe_psql('postgres', q{SELECT flux.enable_task('beat')});
$node->await(sprintf($processes, 1, 'worker'), 'a worker is busy');
$begin = time();
$node->safe_psql('template1', 'CREATE DATABASE copy TEMPLATE postgres');
$node->await(q{SELECT count(*) > 1 FROM flux.runs WHERE task = 'beat' AND started_at > now() - interval '3 s'},
	'a copy of a database runs the copies of its tasks', database => 'copy');
$node->safe_psql('postgres', 'ALTER DATABASE copy RENAME TO copied');
$node->await(q{SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = 'copied' AND backend_type = 'fluxtask scheduler'},
	'a renamed database gets its scheduler back');
$node->safe_psql('postgres', 'DROP DATABASE copied');
cmp_ok(time() - $begin, '<', 20, 'none of these hangs');
$node->await(q{SELECT count(*) > 1 FROM flux.runs WHERE task = 'beat' AND started_at > now() - interval '2 s'},
	'the template goes on');
my ($stdout, $stderr);
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('other', 'CREATE EXTENSION fluxtask');
$node->await(q{SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = 'other' AND backend_type = 'fluxtask scheduler'},
	'each database has its own');
$node->safe_psql('other', 'DROP EXTENSION fluxtask');
$node->await(q{SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = 'other' AND backend_type LIKE 'fluxtask%'},
	'which goes with the extension');

# --- a fake clock: due only when the clock says so
$node->safe_psql('postgres', q{SELECT flux.drop_task('beat')});
$node->append_conf('postgresql.conf', "fluxtask.test_clock = '2024-05-15T10:37:00Z'");
$node->reload;
create_task($node, 'hourly', 'every: 1h, offset: 5m');
sleep 1;
for my $clock ('2024-05-15T11:04:59Z', '2024-05-15T11:05:00Z')
{
	$node->append_conf('postgresql.conf', "fluxtask.test_clock = '$clock'");
	$node->reload;
	usleep(500_000);
	$node->await(sprintf(q{SELECT count(*) = %d FROM flux.runs WHERE task = 'hourly'}, $clock =~ /05:00Z/),
		"at $clock");
}
is($node->safe_psql('postgres', q{SET timezone = 'UTC'; SELECT scheduled_for, time FROM flux.runs, out.m
	WHERE runs.task = 'hourly' AND m.task = 'hourly'}),
	'2024-05-15 11:00:00+00|2024-05-15 11:00:00+00', 'now() stays on the hour');
$node->stop;

# --- without preload
my $plain = FluxCluster->create('plain_sched');
$plain->safe_psql('postgres', q{SELECT flux.create_bucket('out')});
create_task($plain, 'beat', 'every: 1s');
sleep 2;
is($plain->safe_psql('postgres', 'SELECT count(*) FROM flux.runs'), '0', 'nothing runs by itself');
is($plain->safe_psql('postgres', 'SELECT flux.start_scheduler()'), 't', 'started by hand');
$plain->await(q{SELECT count(*) >= 2 FROM flux.runs WHERE status = 'success'}, 'it runs tasks');
is($plain->safe_psql('postgres', 'SELECT flux.start_scheduler()'), 'f', 'and is alone');
is($plain->safe_psql('postgres', 'SELECT flux.stop_scheduler()'), 't', 'stopped by hand');
$plain->await(sprintf($processes, 0, 'scheduler'), 'it is gone');
$plain->stop;

done_testing();
