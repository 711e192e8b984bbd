# 022_task_drivers.pl - tasks in a dump and in its copy; pg_cron as a driver
# beside the scheduler and loops of psql.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

sub create_task
{
	my ($node, $name, $options, $arguments) = @_;
	return $node->safe_psql('postgres', qq{SELECT flux.create_task(\$flux\$import "array"
option task = {name: "$name", $options}
array.from(rows: [{_time: now(), _measurement: "m", _field: "n", _value: 1, task: "$name"}])
	|> to(bucket: "out")\$flux\$$arguments)});
}

my $node = FluxCluster->create('dumped', preload => 1, conf => "max_worker_processes = 16\n");
$node->safe_psql('postgres', q{CREATE ROLE alice LOGIN; SELECT flux.create_bucket('out');
	GRANT INSERT ON out._points TO alice});
create_task($node, 'skips', 'every: 1s', q{, catchup => 'skip'});
create_task($node, 'takes the latest', 'every: 1s', q{, catchup => 'latest'});
create_task($node, 'takes all', 'every: 1s', q{, catchup => 'all'});
create_task($node, 'rests', 'every: 1s', q{, active => false});
$node->safe_psql('postgres', q{SELECT flux.alter_task('takes all', owner => 'alice')});
$node->await(q{SELECT min(success_count) > 1 FROM flux.stat_tasks WHERE task <> 'rests'}, 'tasks run');
my $dump = "$PostgreSQL::Test::Utils::tmp_check/dump.sql";
command_ok([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ], 'pg_dump');
my $dumped = $node->safe_psql('postgres', 'SELECT clock_timestamp()');
sleep 3;
$node->safe_psql('postgres', 'CREATE DATABASE restored');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('restored') ],
	'restored');
$node->await(qq{SELECT min(success_count) > 4 FROM flux.stat_tasks AS s
	WHERE task <> 'rests' AND EXISTS (SELECT FROM flux.runs AS r WHERE r.task_id = s.task_id
		AND scheduled_for > timestamptz '$dumped' + interval '5 s')},
	'the tasks of the copy run', database => 'restored');
$node->safe_psql('restored', q{SELECT flux.disable_task(task_id) FROM flux.tasks});
sleep 1;
my $restored = sub { return $node->safe_psql('restored', $_[0]) };
is($restored->(q{SELECT count(*) FROM (SELECT FROM flux.runs GROUP BY task_id, scheduled_for HAVING count(*) > 1) AS t}),
	'0', 'no slot twice');
is($restored->(q{SELECT string_agg(task, ', ' ORDER BY task) FROM (SELECT task FROM flux.runs
	GROUP BY task HAVING count(*) = extract(epoch FROM max(scheduled_for) - min(scheduled_for)) + 1) AS t}),
	'takes all', 'what passed between dump and copy is the policy\'s affair');
is($restored->(q{SELECT string_agg(task || ': ' || n, ', ' ORDER BY task) FROM (SELECT task, count(*) AS n
	FROM flux.runs WHERE kind = 'catchup' AND task <> 'takes all' GROUP BY task) AS t}), 'takes the latest: 1',
	'one is made up for, or none');
is($restored->(q{SELECT count(*) FROM flux.runs WHERE task = 'rests'}), '0', 'an inactive task stays so');
is($restored->(q{SELECT count(*) FROM (SELECT scheduled_for, task FROM flux.runs EXCEPT SELECT time, task FROM out.m) AS t}),
	'0', 'what they wrote is there');
is($restored->(q{SELECT owner FROM flux.tasks WHERE name = 'takes all'}), 'alice', 'owners are kept');
$node->stop;

SKIP:
{
	my $available = -e $node->config_data('--pkglibdir') . '/pg_cron.so';
	skip 'pg_cron is not installed', 5 unless $available;
	my $cron = FluxCluster->create('cron', extension => 0);
	$cron->append_conf('postgresql.conf', "shared_preload_libraries = 'fluxtask, pg_cron'\n"
		. "cron.database_name = 'postgres'\ncron.host = '" . $cron->host . "'\nmax_worker_processes = 16\n");
	$cron->restart;
	$cron->safe_psql('postgres', q{CREATE EXTENSION fluxtask; CREATE EXTENSION pg_cron;
		SELECT flux.create_bucket('out')});
	create_task($cron, "task $_", 'every: 1s', '') for 1 .. 10;
	is($cron->safe_psql('postgres', q{SELECT flux.use_pg_cron() > 0}), 't', 'pg_cron is asked');
	my @loops;
	for my $i (1 .. 3)
	{
		my $file = "$PostgreSQL::Test::Utils::tmp_check/cron$i.sql";
		open my $out, '>', $file or die;
		print $out "CALL flux.run_due();\n\\watch 0.3\n";
		close $out;
		my $pid = fork();
		if ($pid == 0)
		{
			open STDOUT, '>', '/dev/null';
			open STDERR, '>', '/dev/null';
			exec('psql', '-X', '-q', '-d', $cron->connstr('postgres'), '-f', $file);
		}
		push @loops, $pid;
	}
	$cron->await(q{SELECT count(*) > 0 FROM cron.job_run_details WHERE status = 'succeeded'},
		'pg_cron drove', seconds => 90);
	kill 'TERM', @loops;
	waitpid($_, 0) for @loops;
	is($cron->safe_psql('postgres', 'SELECT flux.unuse_pg_cron()'), 't', 'and is dismissed');
	$cron->safe_psql('postgres', q{SELECT flux.disable_task(task_id) FROM flux.tasks});
	sleep 1;
	is($cron->safe_psql('postgres', q{SELECT count(*) FROM (SELECT FROM flux.runs
		GROUP BY task_id HAVING count(*) <> extract(epoch FROM max(scheduled_for) - min(scheduled_for)) + 1
			OR count(*) <> count(DISTINCT scheduled_for) OR bool_or(status <> 'success')) AS t}), '0',
		'each slot ran once, none was left out');
	is($cron->safe_psql('postgres', q{SELECT count(*) FROM (SELECT scheduled_for, task FROM flux.runs
		EXCEPT SELECT time, task FROM out.m) AS t}), '0', 'and each wrote what it should');
	$cron->stop;
}

done_testing();
