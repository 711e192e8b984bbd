# 030_dump.pl - pg_dump of a database with buckets and tasks, restored into a
# new one: the same points, the same answers, ids go on, tasks run.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = FluxCluster->create('main');

sub script
{
	my ($sql, $database) = @_;
	return $node->safe_psql($database // 'postgres', $sql);
}

script(q{
	SELECT flux.create_bucket('raw');
	SELECT flux.create_bucket('means', retention => '100 years', description => 'five-minute means');
	SELECT flux.write('raw', string_agg(format(
		'mem,host=%s used=%s,count=%si,name="%s",ok=%s %s', h, i * 1.25 + length(h), i, h, i % 2 = 0,
		1700000000 + i * 10), E'\n'), 's')
	FROM generate_series(1, 2000) i, unnest(ARRAY['a', 'bb']) h;
	SELECT flux.compact('raw');
	SELECT flux.write('raw', 'mem,host=a used=-5 1700000010', 's');   -- hot over segment
	CREATE ROLE reader;
	GRANT USAGE ON SCHEMA raw TO reader;
	GRANT SELECT ON raw._points TO reader;
});
my $task = script(q{
	SELECT flux.create_task($$
		option task = {name: "means", every: 1h}
		from(bucket: "raw") |> range(start: -task.every)
			|> filter(fn: (r) => r._field == "used")
			|> aggregateWindow(every: 5m, fn: mean) |> to(bucket: "means")$$)});
script("SELECT flux.run_task($task, '2023-11-14 23:00+00')");

my $query = q{SELECT flux.query_csv($$from(bucket: "raw")
	|> range(start: 2023-11-14T22:00:00Z, stop: 2023-11-15T10:00:00Z)$$)};
my $points = q{SELECT md5(string_agg(p::text, ',' ORDER BY time_ns, _field, tags::text)) FROM raw._points p};
my $means = q{SELECT string_agg(m::text, ',' ORDER BY time, host) FROM means.mem m};

$node->safe_psql('postgres', 'CREATE DATABASE restored');
my $dump = $node->basedir . '/dump.sql';
command_ok([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ], 'pg_dump');
command_ok(
	[ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', $dump, $node->connstr('restored') ],
	'restore stops at no error');

for my $same ([ $query, 'a Flux query' ], [ $points, 'all points' ], [ $means, 'the means' ],
	[ 'SELECT bucket, measurement, tags, fields, series FROM flux.measurements', 'measurements' ],
	[ 'SELECT name, every, status, owner, script FROM flux.tasks', 'tasks' ],
	[ 'SELECT run_id, task, status, scheduled_for FROM flux.runs', 'runs' ],
	[ q{SELECT has_table_privilege('reader', 'raw._points', 'SELECT')}, 'rights' ])
{
	my ($sql, $what) = @$same;
	is(script($sql, 'restored'), script($sql), "$what came along");
}

# Life goes on: new ids, new chunks, new columns, runs.
script(q{
	SELECT flux.create_bucket('later');
	SELECT flux.write('raw', E'mem,host=ccc,zone=z used=7,extra=1 1800000000\ncpu,host=a load=1 1700000000', 's');
}, 'restored');
is(script(q{SELECT zone, extra FROM raw.mem WHERE host = 'ccc'}, 'restored'), 'z|1', 'writes go on');
script("SELECT flux.run_task('means', '2023-11-15 00:00+00')", 'restored');
is(script(q{SELECT count(*) > 12 FROM means.mem}, 'restored'), 't', 'tasks run');
is(script(q{SELECT status FROM flux.runs ORDER BY run_id DESC LIMIT 1}, 'restored'), 'success',
	'the run succeeded');
script(q{SELECT flux.compact('raw')}, 'restored');
is(script(q{SELECT used FROM raw.mem WHERE host = 'a' AND time_ns = 1700000010000000000}, 'restored'),
	'-5', 'the newest write still wins after compaction');

$node->stop;
done_testing();
