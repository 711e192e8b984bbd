# 032_replica.pl - copies of a whole server answer as it does: a streaming standby
# while the first server writes, compacts and expires, also after promotion; a base
# backup; a restore to a point in time; pg_upgrade.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = FluxCluster->create('first', preload => 1, streaming => 1, archiving => 1,
	conf => "fluxtask.maintenance_naptime = 1s\nfluxtask.compact_interval = 1h\nmax_worker_processes = 16\n"
		. "autovacuum = off\nwal_receiver_status_interval = 1s\n");	# removing dead rows ends looks on a standby
sub sql { return $node->safe_psql('postgres', $_[0]) }

# Points in segments, hot ones over them, both kinds of chunk, all types.
sub write_points
{
	my ($from, $to) = @_;
	sql(qq{SELECT flux.write('b', string_agg(format(
		'mem,host=%s used=%s,count=%si,size=%su,name="%s",ok=%s %s', h, i * 1.25, i, i, h, i % 2 = 0,
		1700000000 + i * 60), E'\\n'), 's')
		FROM generate_series($from, $to) i, unnest(ARRAY['a', 'bb', 'c']) h});
}
sql(q{SELECT flux.create_bucket('b', chunk_interval => '1 day')});
write_points(1, 4000);
sql(q{SELECT flux.compact('b')});
write_points(3000, 5000);

my %questions = (
	points => q{SELECT md5(string_agg(p::text, ',' ORDER BY time_ns, _field, tags::text)) FROM b._points p},
	table => q{SELECT md5(string_agg(m::text, ',' ORDER BY time_ns, host)) FROM b.mem m},
	windows => q{SELECT md5(flux.query_csv($$from(bucket: "b") |> range(start: 2023-11-14T00:00:00Z, stop: 2023-11-20T00:00:00Z)
		|> filter(fn: (r) => r._field == "used") |> aggregateWindow(every: 1h, fn: mean)$$))},
	grouped => q{SELECT flux.query_csv($$from(bucket: "b") |> range(start: 2023-11-14T00:00:00Z, stop: 2023-11-20T00:00:00Z)
		|> filter(fn: (r) => r._field == "count") |> group(columns: ["host"]) |> sum()$$)},
	joined => q{SELECT flux.query_csv($$a = from(bucket: "b") |> range(start: 2023-11-14T00:00:00Z, stop: 2023-11-20T00:00:00Z)
		|> filter(fn: (r) => r._field == "used") |> last()
		join(tables: {a: a, b: a}, on: ["host"]) |> yield()$$)},
	tags => q{SELECT flux.query_csv($$import "influxdata/influxdb/schema"
		schema.tagValues(bucket: "b", tag: "host", start: 2023-11-14T00:00:00Z)$$)},
	buckets => q{SELECT name, measurements, chunks, hot_points FROM flux.buckets},
	chunks => q{SELECT bucket, chunk_start, chunk_end, hot_points > 0 FROM flux.chunks ORDER BY 2},
	names => q{SELECT measurement, tags, fields, series FROM flux.measurements});

sub answers
{
	my ($server) = @_;
	return { map { $_ => $server->safe_psql('postgres', $questions{$_}) } keys %questions };
}

sub refused
{
	my ($server, $sql, $message, $what) = @_;
	my ($status, $stdout, $stderr) = $server->psql('postgres', $sql);
	like($stderr, $message, $what);
}

# --- a standby
$node->backup('base');
my $standby = FluxCluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;

sub same_on_standby
{
	my ($what) = @_;
	$node->wait_for_catchup($standby, 'replay', $node->lsn('write'));
	is_deeply(answers($standby), answers($node), $what);
}
same_on_standby('a standby answers the same');
write_points(4500, 6000);
sql(q{SELECT flux.write('b', 'disk,path=/ free=1 1700000000', 's')});
same_on_standby('so it does after writes, with new tables');
sql(q{SELECT flux.delete('b', '2023-11-15', '2023-11-15 12:00', 'host="c"')});
same_on_standby('after a delete');
sql(q{SELECT flux.compact('b')});
same_on_standby('after a compaction');

# A look that is older than a compaction and a vacuum: the same where the standby
# tells of it (hot_standby_feedback), else told why not.
sub look_back
{
	my $reader = $standby->background_psql('postgres', on_error_stop => 0);
	$reader->query('BEGIN ISOLATION LEVEL REPEATABLE READ');
	return ($reader, $reader->query($questions{points}));
}
sub standby_setting
{
	my ($setting) = @_;
	$standby->append_conf('postgresql.conf', "$setting\n");
	$standby->reload;
}
sub compact_and_vacuum
{
	my ($from, $to) = @_;
	write_points($from, $to);
	sql(q{SELECT flux.compact('b')});
	sql('VACUUM (TRUNCATE false)');
	$node->wait_for_catchup($standby, 'replay', $node->lsn('write'));
}
standby_setting('hot_standby_feedback = on');
my ($reader, $seen) = look_back();
$node->await('SELECT backend_xmin IS NOT NULL FROM pg_stat_replication', 'the standby tells what it looks at');
compact_and_vacuum(100, 900);
is($reader->query($questions{points}), $seen, 'an older snapshot sees what it saw');
$reader->query('COMMIT');
$reader->quit;
standby_setting("hot_standby_feedback = off\nmax_standby_streaming_delay = 0");
$node->await('SELECT backend_xmin IS NULL FROM pg_stat_replication', 'it tells no longer');
($reader) = look_back();
compact_and_vacuum(200, 700);
eval { $reader->query($questions{points}) };
like($reader->{stderr}, qr/conflict with recovery/, 'one that a vacuum passed is ended');
standby_setting('max_standby_streaming_delay = 30s');

refused($standby, q{SELECT flux.write('b', 'mem used=1', 's')}, qr/read-only|recovery/, 'a standby does not write');
refused($standby, q{SELECT flux.query_csv('from(bucket: "b") |> range(start: 0) |> last() |> to(bucket: "b")')},
	qr/read-only|recovery/, 'nor do scripts there');
refused($standby, q{SELECT flux.compact('b')}, qr/read-only|recovery/, 'nor does it compact');
refused($standby, q{SELECT flux.delete('b', '-infinity', 'infinity')}, qr/read-only|recovery/, 'delete');
refused($standby, q{SELECT flux.apply_retention('b')}, qr/read-only|recovery/, 'or drop chunks');
refused($standby, q{SELECT flux.create_bucket('x')}, qr/read-only|recovery/, 'or create buckets');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'fluxtask%'}),
	'0', 'no process of fluxtask runs there');

# --- restore to a point in time, and of the backup alone
sql(q{SELECT pg_create_restore_point('before')});
my $before = answers($node);
write_points(1, 500);
sql(q{SELECT flux.alter_bucket('b', retention => '1 hour')});
$node->await(q{SELECT chunks = 0 FROM flux.buckets}, 'the worker drops all chunks');
same_on_standby('so they are on the standby');
sql('SELECT pg_switch_wal()');

my $restored = FluxCluster->new('restored');
$restored->init_from_backup($node, 'base', has_restoring => 1);
$restored->append_conf('postgresql.conf', "recovery_target_name = 'before'\nrecovery_target_action = promote\n"
	. "fluxtask.maintenance = off\n");
$restored->start;
$restored->await('SELECT NOT pg_is_in_recovery()', 'a restore to a point in time ends');
is_deeply(answers($restored), $before, 'and answers as then');
$restored->safe_psql('postgres', q{SELECT flux.write('b', 'mem,host=a used=1 1700000000
new,host=z f=1 1500000000', 's')});
is($restored->safe_psql('postgres', q{SELECT hot_rows_kept FROM flux.compact('b')}), '0', 'it can be compacted');
is($restored->safe_psql('postgres', q{SELECT count(*) FROM b._points WHERE series_id IN
	(SELECT series_id FROM b._points WHERE _measurement = 'new')}), '1', 'and written to');

# --- promotion
$node->stop;
$standby->promote;
$standby->await(q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'fluxtask maintenance'},
	'a promoted standby gets a maintenance worker');
$standby->safe_psql('postgres', q{SELECT flux.write('b', 'mem,host=a used=7', 's')});
is($standby->safe_psql('postgres', q{SELECT used FROM b.mem}), '7', 'and takes points');
$standby->stop;

# --- pg_upgrade: no worker starts meanwhile; the new server has it all
my $expected = answers($restored);
$restored->stop;
my $upgraded = FluxCluster->new('upgraded');
$upgraded->init;
$upgraded->append_conf('postgresql.conf', "shared_preload_libraries = 'fluxtask'\nmax_worker_processes = 16\n"
	. "fluxtask.maintenance = off\n");
my $bin = $upgraded->config_data('--bindir');
chdir $PostgreSQL::Test::Utils::tmp_check;
command_ok([ 'pg_upgrade', '--no-sync', '--retain', '-d', $restored->data_dir, '-D', $upgraded->data_dir, '-b', $bin, '-B', $bin,
	'-s', $restored->host, '-p', $restored->port, '-P', $upgraded->port ], 'pg_upgrade');
my $logs = join '', map { slurp_file($_) } glob($upgraded->data_dir . '/pg_upgrade_output.d/*/log/*');
like($logs, qr/database system is ready/, 'its servers ran');
unlike($logs, qr/fluxtask: scheduler started/, 'without a scheduler');
$upgraded->start;
is_deeply(answers($upgraded), $expected, 'answers the same');
$upgraded->safe_psql('postgres', q{SELECT flux.write('b', 'mem,host=a used=8 1700000000
more,host=z f=1 1400000000', 's')});
is($upgraded->safe_psql('postgres', q{SELECT used FROM b.mem WHERE host = 'a' AND time = 'epoch'::timestamptz + '1700000000 s'}),
	'8', 'and takes points');
$upgraded->await(q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'fluxtask scheduler'},
	'it has its scheduler');
$upgraded->stop;
done_testing();
