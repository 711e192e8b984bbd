# 024_maintenance.pl - the maintenance worker: it compacts, drops what has expired
# and collects series by itself, visibly, beside readers and writers that never
# wait; it survives errors, being killed and dropped buckets, and goes with its
# database; without preload and switched off there are calls.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = FluxCluster->create('maintain', preload => 1,
	conf => "fluxtask.maintenance_naptime = 1s\nfluxtask.compact_interval = 2s\nmax_worker_processes = 16\n");

sub sql { return $node->safe_psql($_[1] // 'postgres', $_[0]) }
my $worker = q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'fluxtask maintenance' AND datname = current_database()};

$node->await("SELECT count(*) = 1 FROM ($worker) AS w", 'CREATE EXTENSION brings a worker');
sql(q{SELECT flux.create_bucket('b', chunk_interval => '1 hour')});
sql(q{SELECT flux.create_bucket('other')});
my $lines = q{SELECT flux.write('%s', string_agg(format('m,host=h%%s v=%%s %%s', i %% 10, i, 1700000000 + i), E'\n'), 's')
	FROM generate_series(1, 10000) AS i};
sql(sprintf($lines, 'b'));
is(sql(q{SELECT hot_points FROM flux.buckets WHERE name = 'b'}), '10000', 'points are hot at first');

# --- compaction, by time and by size
$node->await(q{SELECT hot_points = 0 AND compaction_lag IS NULL FROM flux.buckets WHERE name = 'b'},
	'they are compacted by themselves');
$node->await(q{SELECT bool_and(compacted_at IS NOT NULL AND hot_points = 0) FROM flux.chunks WHERE bucket = 'b'},
	'each chunk says when');
like(sql(q{SELECT query FROM pg_stat_activity WHERE backend_type = 'fluxtask maintenance'}), qr/^maintenance: /,
	'its activity shows');
is(sql(q{SELECT count(*), sum(v) FROM b.m}), '10000|50005000', 'nothing is lost');

# --- an open transaction holds points hot, and that shows; nobody waits for it
sql(q{SELECT flux.write('b', 'm,host=h3 v=0 1800000000', 's')});	# the chunk
my $old = $node->background_psql('postgres');
$old->query_safe('BEGIN');
$old->query_safe(q{SELECT flux.write('b', 'm,host=h1 v=1 1800000000', 's')});
my $begin = time();
sql(q{SELECT flux.write('b', 'm,host=h2 v=2 1800000000', 's')});
sleep 6;
is(sql(q{SELECT hot_points || ' ' || (compaction_lag > '4 s') FROM flux.buckets WHERE name = 'b'}), '1 true',
	'what must wait shows, and how long it has');
$old->query_safe('COMMIT');
$old->quit;
$node->await(q{SELECT hot_points = 0 FROM flux.buckets WHERE name = 'b'}, 'it goes when the transaction ends',
	seconds => 120);
is(sql(q{SELECT count(*) FROM b.m}), '10003', 'with what that wrote');

# --- retention and series, while somebody reads the chunk
$old = $node->background_psql('postgres');
$old->query_safe('BEGIN');
$old->query_safe(q{SELECT count(*) FROM b.m WHERE time < '2024-01-01'});
sql(q{SELECT flux.write('b', 'm,host=h1 v=1', 's')});
sql(q{SELECT flux.alter_bucket('b', retention => '30 days')});
sleep 3;
is(sql(q{SELECT retention_lag > '0 s' FROM flux.buckets WHERE name = 'b'}), 't', 'a chunk in use stays, and that shows');
$begin = time();
is(sql(q{SELECT count(*) FROM b.m WHERE time < '2024-01-01'}), '10000', 'other readers read on');
cmp_ok(time() - $begin, '<', 3, 'at once');
$old->query_safe('COMMIT');
$old->quit;
$node->await(q{SELECT retention_lag IS NULL AND NOT series_due FROM flux.buckets WHERE name = 'b'},
	'then it goes', seconds => 120);
is(sql(q{SELECT count(*) || ' ' || (SELECT series FROM flux.measurements WHERE bucket = 'b') FROM b.m}), '4 3',
	'and the series with it that have no other points');
sql(q{SELECT flux.delete('b', '2027-01-01', '2028-01-01')});
$node->await(q{SELECT series = 1 FROM flux.measurements WHERE bucket = 'b'}, 'deleted series go, too', seconds => 120);

# --- errors: shown where they belong, others unharmed, gone when mended
sql(sprintf($lines, 'other'));
my $chunk = sql(q{SELECT chunk_id FROM flux.chunks WHERE bucket = 'other'});
$node->await(q{SELECT hot_points = 0 FROM flux.buckets WHERE name = 'other'}, 'the other bucket is compacted');
sql("ALTER INDEX _flux_data.seg_${chunk}_idx RENAME TO hidden; DROP INDEX _flux_data.hidden");
sql(q{SELECT flux.write('other', 'm,host=h1 v=1 1700000000', 's')});
$node->await(q{SELECT maintenance_error LIKE 'compact: %index%' FROM flux.buckets WHERE name = 'other'},
	'a step that fails shows in flux.buckets');
sql(q{SELECT flux.write('b', 'm,host=h1 v=2', 's')});
$node->await(q{SELECT hot_points = 0 AND maintenance_error IS NULL FROM flux.buckets WHERE name = 'b'},
	'and stops no other');
sql("CREATE INDEX seg_${chunk}_idx ON _flux_data.seg_$chunk (field_id, series_id, tmin)");
$node->await(q{SELECT hot_points = 0 AND maintenance_error IS NULL FROM flux.buckets WHERE name = 'other'},
	'mended, it succeeds and is forgotten', seconds => 120);

# --- signals: a canceled step, a terminated worker
my $pid = sql($worker);
sql("SELECT pg_cancel_backend($pid)");
sleep 2;
is(sql($worker), $pid, 'canceling an idle worker does it no harm');
sql("SELECT pg_terminate_backend($pid)");
$node->await("SELECT count(*) = 1 FROM ($worker AND pid <> $pid) AS w", 'a terminated worker comes again');

# --- buckets that come and go all the time
for my $i (1 .. 15)
{
	sql("SELECT flux.create_bucket('gone')");
	sql(sprintf($lines, 'gone'));
	usleep(300_000);
	sql("SELECT flux.drop_bucket('gone')");
}
is(sql("SELECT count(*) FROM ($worker) AS w"), '1', 'the worker lives through dropped buckets');

# --- switched off and on
$pid = sql($worker);
$node->append_conf('postgresql.conf', 'fluxtask.maintenance = off');
$node->reload;
$node->await("SELECT count(*) = 0 FROM ($worker) AS w", 'switched off it ends');
sql(q{SELECT flux.write('b', 'm,host=h1 v=3', 's')});
sleep 4;
is(sql(q{SELECT hot_points FROM flux.buckets WHERE name = 'b'}), '1', 'and nothing is compacted');
$node->safe_psql('postgres', 'SET fluxtask.compact_interval = 0; CALL flux.maintain()');
is(sql(q{SELECT hot_points FROM flux.buckets WHERE name = 'b'}), '0', 'but by call');
$node->append_conf('postgresql.conf', 'fluxtask.maintenance = on');
$node->reload;
$node->await("SELECT count(*) = 1 FROM ($worker) AS w", 'switched on it comes');

# --- it goes with the database, and with the extension
$begin = time();
sql('CREATE DATABASE copy TEMPLATE postgres', 'template1');
$node->await("SELECT count(*) = 1 FROM ($worker) AS w", 'a copy has its own', database => 'copy');
sql('DROP DATABASE copy');
cmp_ok(time() - $begin, '<', 30, 'DROP DATABASE does not hang');
sql('DROP EXTENSION fluxtask CASCADE');
$node->await("SELECT count(*) = 0 FROM ($worker) AS w", 'it goes with the extension');
unlike(slurp_file($node->logfile), qr/PANIC|TRAP|signal 11/, 'nothing crashed');
$node->stop;

# --- without preload: with a scheduler that was started by hand, or by call
$node = FluxCluster->create('byhand', conf => "fluxtask.maintenance_naptime = 1s\nfluxtask.compact_interval = 2s\n");
is(sql("SELECT count(*) FROM ($worker) AS w"), '0', 'without preload there is none');
sql(q{SELECT flux.start_scheduler()});
$node->await("SELECT count(*) = 1 FROM ($worker) AS w", 'a scheduler started by hand brings one');
sql(q{SELECT flux.stop_scheduler()});
$node->await("SELECT count(*) = 0 FROM ($worker) AS w", 'and takes it along');
$node->stop;
done_testing();
