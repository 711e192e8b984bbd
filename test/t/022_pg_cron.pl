# 022_pg_cron.pl - pg_cron drives the tasks: beside the scheduler and three
# loops of CALL flux.run_due(), where each slot still runs once, and alone.
#
# Debian 12's pg_cron knows minutes only, so this waits for marks of a minute.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $node = FluxCluster->create('cron', extension => 0, conf => <<'CONF');
shared_preload_libraries = 'fluxtask,pg_cron'
cron.database_name = 'postgres'
cron.use_background_workers = on
max_worker_processes = 20
fluxtask.max_workers = 3
CONF

sub query { return $node->safe_psql('postgres', $_[0]) }

query('CREATE EXTENSION fluxtask');
my ($status, $out, $error) = $node->psql('postgres', 'SELECT flux.use_pg_cron()');
like($error, qr/extension "pg_cron" is not installed/, 'without pg_cron: what to do');
query('CREATE EXTENSION pg_cron; SELECT flux.use_pg_cron()');
is(query(q{SELECT count(*) FROM cron.job WHERE command ~ 'flux.run_due' AND active}), '1', 'the job is registered');

query(q{SELECT flux.create_bucket('out')});
query(qq{SELECT flux.create_task('import "array"
option task = {name: "t$_", every: 1s}
array.from(rows: [{_time: now(), _measurement: "m", _field: "f", _value: $_, task: "$_"}]) |> to(bucket: "out")')})
	for 1 .. 20;

# All three kinds of driver for a little more than a minute.
my $file = "$PostgreSQL::Test::Utils::tmp_check/run_due.sql";
open my $sql, '>', $file or die;
print $sql "CALL flux.run_due();\n\\watch 0.3\n";
close $sql;
my @loops = map {
	my $pid = fork();
	if ($pid == 0)
	{
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		exec('psql', '-X', '-q', '-d', $node->connstr('postgres'), '-f', $file);
	}
	$pid
} 1 .. 3;
$node->await(q{SELECT count(*) > 0 FROM cron.job_run_details WHERE status = 'succeeded'},
	'pg_cron called flux.run_due()', seconds => 90);
kill 'TERM', @loops;
waitpid($_, 0) for @loops;
query('SELECT flux.disable_task(task_id) FROM flux.tasks');
$node->await(q{SELECT count(*) = 0 FROM flux.runs WHERE status IN ('scheduled', 'started')}, 'all runs end');
is(query(q{SELECT string_agg(DISTINCT status, ',') FROM flux.runs}), 'success', 'every run succeeded');
is(query(q{SELECT count(*) FROM (SELECT FROM flux.runs GROUP BY task_id, scheduled_for HAVING count(*) > 1) t}),
	'0', 'no slot ran twice');
is(query(q{SELECT count(*) FROM (
	(SELECT substr(task, 2), scheduled_for FROM flux.runs EXCEPT SELECT task, time FROM out.m) UNION ALL
	(SELECT task, time FROM out.m EXCEPT SELECT substr(task, 2), scheduled_for FROM flux.runs)) t}),
	'0', 'one point for each slot');

# pg_cron alone.
query('SELECT flux.stop_scheduler()');
my $task = query(q{SELECT flux.create_task('import "array"
option task = {name: "alone", every: 1m}
array.from(rows: [{_time: now(), _measurement: "m", _field: "f", _value: 1, task: "alone"}]) |> to(bucket: "out")')});
$node->await("SELECT count(*) > 0 FROM flux.runs WHERE task_id = $task AND status = 'success'",
	'pg_cron alone runs a task', seconds => 130);
query('SELECT flux.unuse_pg_cron()');
is(query(q{SELECT count(*) FROM cron.job}), '0', 'the job is gone');

$node->stop;
done_testing();
