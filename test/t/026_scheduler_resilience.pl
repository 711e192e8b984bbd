# 026_scheduler_resilience.pl - a scheduler that cannot die quietly: no free
# process slot, roles that go, a clock that jumps, settings that change, a
# server that is being upgraded; and what runs may and may not do at a time.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

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
	return $node->safe_psql('postgres', 'SET ROLE ' . ($role // 'postgres') . ';'
		. 'SELECT flux.create_task($flux$' . script($name, $options, $slow // 0) . '$flux$)');
}

sub log_count
{
	my ($node, $pattern) = @_;
	my $log = slurp_file($node->logfile);
	return scalar(() = $log =~ /$pattern/g);
}

my $processes = q{SELECT count(*) = %d FROM pg_stat_activity WHERE backend_type = 'fluxtask %s'};

# --- without a free slot for a worker, runs wait: one line a minute says so
my $node = FluxCluster->create('full', preload => 1,
	conf => "max_worker_processes = 3\nmax_logical_replication_workers = 1\n");
my $query = sub { return $node->safe_psql('postgres', $_[0]) };
$node->await(sprintf($processes, 1, 'scheduler'), 'launcher and scheduler have their slots');
$query->(q{SELECT flux.create_bucket('out')});
create_task($node, 'waits', 'every: 1s');
sleep 4;
is($query->(q{SELECT count(*) FROM flux.runs}), '0', 'nobody can run it');
is(log_count($node, qr/fluxtask: no background worker slot is free; due runs wait/), 1, 'the log says so once');
is($query->(q{SELECT lag_seconds > 1 FROM flux.stat_tasks}), 't', 'and flux.stat_tasks how late it is');
$query->('CALL flux.run_due()');
is($query->(q{SELECT count(*) > 2 AND bool_and(status = 'success') FROM flux.runs}), 't', 'a human can');
$node->append_conf('postgresql.conf', "max_worker_processes = 8\n");
$node->restart;
my $runs = $query->('SELECT count(*) FROM flux.runs');
$node->await("SELECT count(*) > $runs FROM flux.runs WHERE status = 'success'", 'with slots it goes on');
is($query->(q{SELECT count(*) FROM (SELECT FROM flux.runs GROUP BY scheduled_for HAVING count(*) > 1) AS t}), '0',
	'no slot twice');

# --- settings, with a reload
$node->append_conf('postgresql.conf', "fluxtask.scheduler = off\n");
$node->reload;
sleep 1;
$runs = $query->('SELECT max(scheduled_for) FROM flux.runs');
sleep 2;
is($query->('SELECT max(scheduled_for) FROM flux.runs'), $runs, 'fluxtask.scheduler = off stops it');
$node->append_conf('postgresql.conf', "fluxtask.scheduler = on\nfluxtask.max_workers = 3\nfluxtask.max_workers_per_role = 1\n");
$node->reload;
$node->await("SELECT max(scheduled_for) > timestamptz '$runs' FROM flux.runs WHERE status = 'success'", 'on lets it go on');

# --- one owner has no more processes than it may
$query->(q{CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; GRANT INSERT ON out._points TO alice, bob});
create_task($node, "alice $_", 'every: 1s', 0.5, 'alice') for 1 .. 4;
create_task($node, 'bob', 'every: 1s', 0, 'bob');
$node->await(q{SELECT count(*) > 2 FROM flux.runs WHERE owner = 'bob' AND status = 'success'}, 'bob has his turns');
is($query->(q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'fluxtask worker' AND usename = 'alice'}), '1',
	'one worker of alice');
is($query->(q{SELECT count(DISTINCT task) FROM flux.runs WHERE owner = 'alice' AND status = 'success'}) > 1 ? 't' : 'f',
	't', 'and her tasks take turns');

# --- a role is dropped while its tasks are there
$query->(q{SELECT flux.drop_task(task_id) FROM flux.tasks WHERE owner = 'alice'});
$node->await(q{SELECT count(*) = 0 FROM flux.runs WHERE owner = 'alice' AND status = 'started'}, 'alice rests');
$query->(q{DROP OWNED BY bob; DROP ROLE bob});
$node->await(q{SELECT count(*) > 0 FROM flux.runs WHERE task = 'bob' AND status = 'failed'
	AND error ~ 'role [0-9]+, does not exist any more' AND error_hint LIKE '%owner =>%'}, 'a dropped owner is told of');
$query->(q{SELECT flux.alter_task('bob', owner => 'alice')});
$node->await(q{SELECT count(*) > 0 FROM flux.runs WHERE task = 'bob' AND owner = 'alice' AND status = 'success'},
	'the task runs again when somebody takes it');
$query->(q{ALTER ROLE alice NOLOGIN});
$query->(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'alice'});
SKIP:
{
	skip 'workers need no LOGIN', 1 if $query->('SHOW server_version_num') >= 170000;
	$node->await(q{SELECT count(*) > 0 FROM flux.runs WHERE task = 'bob' AND status = 'failed'
		AND error = 'role "alice" is not permitted to log in'}, 'so is one that may not log in');
}
$query->(q{SELECT flux.drop_task('bob')});
cmp_ok(log_count($node, qr/fluxtask: scheduler started/), '>=', 0, 'the scheduler lives');
$node->await(sprintf($processes, 1, 'scheduler'), 'through all this');

# --- runs of one task never overlap, by hand neither
$query->(q{SELECT flux.disable_task('waits')});
create_task($node, 'long', 'every: 1s', 1.5);
$node->await(q{SELECT count(*) = 1 FROM flux.runs WHERE task = 'long' AND status = 'started'}, 'a long run is under way');
$query->(q{SELECT flux.run_task('long', '2024-01-01Z')});
$node->await(q{SELECT count(*) > 3 FROM flux.runs WHERE task = 'long' AND status = 'success'}, 'and others follow');
is($query->(q{SELECT count(*) FROM flux.runs AS a JOIN flux.runs AS b ON a.run_id < b.run_id AND a.task = b.task
	WHERE a.task = 'long' AND a.started_at < b.finished_at AND b.started_at < a.finished_at}), '0', 'no two at a time');
my ($status, $stdout, $stderr);
for (1 .. 10)
{
	($status, $stdout, $stderr) = $node->psql('postgres', q{BEGIN ISOLATION LEVEL REPEATABLE READ;
		SELECT count(*) FROM flux.runs; SELECT flux.run_task('long', '2024-01-02Z'); ROLLBACK});
	last if $stderr =~ /ERROR/;
}
like($stderr, qr/task "long" is running/, 'who cannot see it end is refused');
$query->(q{SELECT flux.drop_task('long')});

# --- a run that takes too long, in a worker
create_task($node, 'stuck', 'every: 1s', 60);
$query->(q{SELECT flux.set_run_policy('stuck', timeout => '0.3 s')});
$node->await(q{SELECT count(*) > 1 AND bool_and(error = 'run took longer than its limit of 0.3 s and was canceled')
	FROM flux.runs WHERE task = 'stuck' AND status = 'failed'}, 'a time limit ends a stuck run, and the next has its turn');
$query->(q{SELECT flux.drop_task('stuck')});

# --- attempts, in a worker
$query->(q{CREATE TABLE tries (at timestamptz)});
$query->('SELECT flux.create_task($flux$import "sql"
option task = {name: "fails", cron: "@yearly", retry: 3}
sql.from(driverName: "postgres", dataSourceName: "", query: "SELECT 1 / 0 AS one") |> yield()$flux$)');
$query->(q{SELECT flux.set_run_policy('fails', retry_delay => '0.2 s')});
$query->(q{SELECT flux.backfill('fails', '2020-06-01Z', '2021-06-01Z')});
$node->await(q{SELECT count(*) = 1 FROM flux.runs WHERE task = 'fails' AND status = 'failed' AND attempt = 3 AND failures = 3},
	'three attempts, then it has failed', seconds => 20);
is($query->(q{SELECT count(*) FROM flux.run_logs WHERE task = 'fails' AND message LIKE 'Attempt _ of 3 failed, next at %'}),
	'2', 'the log tells of the first two');
$query->(q{SELECT flux.drop_task('fails')});

# --- a clock that jumps: forward, every slot is run once; back, none again
$node->append_conf('postgresql.conf', "fluxtask.test_clock = '2024-05-15T10:00:30Z'\n");
$node->restart;
create_task($node, 'minutes', 'every: 1m');
for my $clock ('2024-05-15T10:05:00Z', '2024-05-15T08:00:00Z', '2024-05-15T10:05:30Z', '2024-05-15T13:00:00Z')
{
	$node->append_conf('postgresql.conf', "fluxtask.test_clock = '$clock'\n");
	$node->reload;
	sleep 2;
}
$node->await(q{SELECT count(*) = 180 AND count(DISTINCT scheduled_for) = 180 AND bool_and(status = 'success')
	FROM flux.runs WHERE task = 'minutes'}, 'each minute once, through jumps of the clock');
$query->(q{SELECT flux.drop_task('minutes')});
$node->append_conf('postgresql.conf', "fluxtask.test_clock = ''\n");
$node->restart;

# --- while the server is being upgraded nothing runs
$query->(q{SELECT flux.enable_task('waits')});
$node->stop;
command_ok([ 'pg_ctl', '-D', $node->data_dir, '-l', $node->logfile, '-w', '-o', '-b', 'start' ], 'started for pg_upgrade');
sleep 2;
is($query->(q{SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'fluxtask%'}), '0', 'no process of ours');
command_ok([ 'pg_ctl', '-D', $node->data_dir, '-w', 'stop' ], 'and stopped');
$node->start;
$runs = $query->('SELECT count(*) FROM flux.runs');
$node->await("SELECT count(*) > $runs FROM flux.runs WHERE status = 'success'", 'afterwards it runs again');
$node->stop;

# --- pg_cron that knows seconds, and one that knows minutes only
$node = FluxCluster->create('cron_versions', extension => 0);
SKIP:
{
	skip 'pg_cron is not installed', 3 unless -e $node->config_data('--pkglibdir') . '/pg_cron.so';
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fluxtask, pg_cron'\ncron.database_name = 'postgres'\n"
		. "cron.host = '" . $node->host . "'\n");
	$node->restart;
	$query->('CREATE EXTENSION fluxtask; CREATE EXTENSION pg_cron');
	$query->(q{UPDATE pg_extension SET extversion = '1.4-1' WHERE extname = 'pg_cron'});
	($status, $stdout, $stderr) = $node->psql('postgres', q{SELECT flux.use_pg_cron('10 seconds')});
	like($stderr, qr/pg_cron 1.4-1 knows no schedules in seconds.*HINT:  Use a cron schedule/s, 'minutes only: said so');
	is($query->(q{SELECT flux.use_pg_cron() > 0}), 't', 'each minute will do');
	$query->(q{CREATE OR REPLACE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint LANGUAGE sql
		RETURN CASE WHEN $2 = '10 seconds' AND $3 = 'CALL flux.run_due()' THEN 7 END;
		UPDATE pg_extension SET extversion = '1.6' WHERE extname = 'pg_cron'});
	is($query->(q{SELECT flux.use_pg_cron('10 seconds')}), '7', 'seconds where they are known');
}
$node->stop;

done_testing();
