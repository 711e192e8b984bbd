# 012_storage_model.pl - storage against a plain table, point by point, under
# concurrent overlapping writers, deletes, savepoints, aborts, compactions and SIGKILL.
#
# Every writer first upserts its points into the table "model", whose row locks
# put concurrent writers of a point in order, then writes the same points to the
# bucket, in one transaction.  So at any moment and in any one snapshot both must
# hold the same.  Deletes keep writers out while they run, for the two DELETEs
# have two snapshots.  Readers check that all the time; compactions run all the time;
# the server is killed in the middle of each round but the last.
#
# FLUX_MODEL_SECONDS is how long the load runs altogether (36); FLUX_MODEL_SEED
# repeats a choice of pgbench's.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $seconds = $ENV{FLUX_MODEL_SECONDS} // 36;
my $seed = $ENV{FLUX_MODEL_SEED} // time() % 1_000_000;
my $round_seconds = $seconds < 60 ? $seconds / 3 : 20;
my $rounds = int($seconds / $round_seconds + 0.5);
note("seed " . int($seed) . ", $rounds rounds of $round_seconds seconds");

# Transactions that write twice meet in the model in any order: deadlocks are part
# of it, found soon and tried again.
my $node = FluxCluster->create('model', conf => "deadlock_timeout = 20ms\n");

# Five hosts, two fields, 400 instants in two chunks: writes collide all the time.
$node->safe_psql('postgres', q{
SELECT flux.create_bucket('model', chunk_interval => '1 hour');
CREATE TABLE model (host text, field text, time_s bigint, value float8, PRIMARY KEY (host, field, time_s));
INSERT INTO model VALUES ('h0', 'a', 1700006400, 0), ('h0', 'b', 1700006400, 0);
SELECT flux.write('model', 'm,host=h0 a=0,b=0 1700006400', 's');

-- Writes n random points: into the model in the order of its key, then into the
-- bucket, a line of line protocol each.
CREATE FUNCTION write_points(n int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	hosts text[];
	fields text[];
	times bigint[];
	vals float8[];
	lines text;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(42);
	SELECT array_agg(host), array_agg(field), array_agg(t), array_agg(v),
		string_agg(format('m,host=%s %s=%s %s', host, field, v, t), E'\n')
	INTO hosts, fields, times, vals, lines
	FROM (SELECT DISTINCT ON (host, field, t) * FROM (
		SELECT 'h' || (random() * 4)::int AS host, CASE WHEN random() < 0.5 THEN 'a' ELSE 'b' END AS field,
			1700006400 + (random() * 399)::int * 15 AS t, (random() * 1e6)::int / 100.0 AS v
		FROM generate_series(1, n)) x ORDER BY host, field, t) y;
	INSERT INTO model SELECT * FROM unnest(hosts, fields, times, vals)
	ON CONFLICT (host, field, time_s) DO UPDATE SET value = excluded.value;
	PERFORM flux.write('model', lines, 's');
END $$;

-- The same through the foreign table.
CREATE FUNCTION insert_points(n int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(42);
	WITH points AS MATERIALIZED (SELECT DISTINCT ON (host, field, t) * FROM (
		SELECT 'h' || (random() * 4)::int AS host, CASE WHEN random() < 0.5 THEN 'a' ELSE 'b' END AS field,
			1700006400 + (random() * 399)::int * 15 AS t, (random() * 1e6)::int / 100.0 AS v
		FROM generate_series(1, n)) x ORDER BY host, field, t),
	modelled AS MATERIALIZED (INSERT INTO model SELECT * FROM points ORDER BY host, field, t
		ON CONFLICT (host, field, time_s) DO UPDATE SET value = excluded.value RETURNING *)
	INSERT INTO model._points (time_ns, _measurement, _field, tags, v_float)
	SELECT time_s * 1000000000, 'm', field, jsonb_build_object('host', host), value FROM modelled;
END $$;

-- Deletes a random stretch of time, of one host or of all.
CREATE FUNCTION delete_points() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	start bigint := 1700006400 + (random() * 399)::int * 15;
	stop bigint := start + (random() * 20)::int * 15;
	one text := CASE WHEN random() < 0.7 THEN 'h' || (random() * 4)::int END;
BEGIN
	PERFORM pg_advisory_xact_lock(42);
	DELETE FROM model WHERE time_s BETWEEN start AND stop AND (one IS NULL OR host = one);
	PERFORM flux.delete('model', to_timestamp(start), to_timestamp(stop), 'host="' || one || '"');
END $$;

CREATE VIEW stored AS
SELECT host, _field AS field, extract(epoch FROM _time)::bigint AS time_s, _value AS value
FROM flux.query($$from(bucket: "model") |> range(start: 0)$$)
	AS q(host text, _field text, _time timestamptz, _value float8);

-- One statement, one snapshot.  Points, and means of ten minutes.
CREATE FUNCTION check_equal() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	wrong text;
	count bigint;
BEGIN
	SELECT count(*), min(format('%s %s %s: stored %s, model %s', host, field, time_s, s.value, m.value))
	INTO count, wrong
	FROM stored s FULL JOIN model m USING (host, field, time_s)
	WHERE s.value IS DISTINCT FROM m.value;
	IF count > 0 THEN
		RAISE EXCEPTION '% points differ, such as %', count, wrong;
	END IF;
END $$;
-- As SQL sees it: the measurement's table, and grouped by storage.
CREATE FUNCTION check_tables() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	count bigint;
BEGIN
	SELECT count(*) INTO count
	FROM (SELECT host, time_ns / 1000000000 AS time_s, a, b FROM model.m) s
	FULL JOIN (SELECT host, time_s, max(value) FILTER (WHERE field = 'a') AS a,
		max(value) FILTER (WHERE field = 'b') AS b FROM model GROUP BY 1, 2) m USING (host, time_s)
	WHERE s.a IS DISTINCT FROM m.a OR s.b IS DISTINCT FROM m.b;
	IF count > 0 THEN
		RAISE EXCEPTION '% rows differ', count;
	END IF;
	SELECT count(*) INTO count
	FROM (SELECT host, date_bin('7 minutes', time, 'epoch') AS t, count(a) AS a, max(b) AS b FROM model.m GROUP BY 1, 2) s
	FULL JOIN (SELECT host, date_bin('7 minutes', to_timestamp(time_s), 'epoch') AS t,
		count(*) FILTER (WHERE field = 'a') AS a, max(value) FILTER (WHERE field = 'b') AS b
		FROM model GROUP BY 1, 2) m USING (host, t)
	WHERE s.a IS DISTINCT FROM m.a OR s.b IS DISTINCT FROM m.b;
	IF count > 0 THEN
		RAISE EXCEPTION '% groups differ', count;
	END IF;
END $$;
CREATE FUNCTION check_means() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	count bigint;
BEGIN
	SELECT count(*) INTO count
	FROM flux.query($q$from(bucket: "model") |> range(start: 0)
		|> aggregateWindow(every: 10m, fn: mean, createEmpty: false)$q$)
		AS s(host text, _field text, _time timestamptz, _value float8)
	FULL JOIN (SELECT host, field AS _field, to_timestamp((time_s / 600 + 1) * 600) AS _time, avg(value) AS mean
		FROM model GROUP BY 1, 2, 3) m USING (host, _field, _time)
	WHERE abs(s._value - m.mean) < 1e-6 IS NOT TRUE;
	IF count > 0 THEN
		RAISE EXCEPTION '% means differ', count;
	END IF;
END $$;
});

my %scripts = (
	# one statement, small or of a few hundred points
	write => ['SELECT write_points(:n);', 20],
	insert => ['SELECT insert_points(:n);', 6],
	tables => ['SELECT check_tables();', 6],
	# two writes in one transaction, open for a while
	open => ["BEGIN;\nSELECT write_points(20);\n\\sleep :ms ms\nSELECT write_points(20);\nCOMMIT;", 10],
	# savepoints: one kept, one rolled back, one more write after both
	savepoint => ["BEGIN;\nSELECT write_points(5);\nSAVEPOINT a;\nSELECT write_points(20);\nRELEASE a;\n"
		. "SAVEPOINT b;\nSELECT write_points(20);\nROLLBACK TO b;\nSELECT write_points(10);\nCOMMIT;", 10],
	abort => ["BEGIN;\nSELECT write_points(50);\n\\sleep :ms ms\nROLLBACK;", 6],
	compact => ["SELECT flux.compact('model');", 8],
	compact_abort => ["BEGIN;\nSELECT flux.compact('model');\nROLLBACK;", 2],
	# a compaction in a transaction that writes before and after
	compact_write => ["BEGIN;\nSELECT write_points(10);\nSELECT flux.compact('model');\nSELECT write_points(10);\nCOMMIT;", 2],
	check => ['SELECT check_equal();', 10],
	means => ['SELECT check_means();', 4],
	# two looks through one snapshot, compactions in between
	repeatable => ["BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT check_equal();\n\\sleep :ms ms\n"
		. "SELECT check_equal();\nCOMMIT;", 4],
	delete => ["BEGIN;\nSELECT delete_points();\nCOMMIT;", 5],
	delete_abort => ["BEGIN;\nSELECT write_points(10);\nSAVEPOINT a;\nSELECT delete_points();\nROLLBACK TO a;\n"
		. "SELECT write_points(10);\nCOMMIT;", 2],
	vacuum => ['VACUUM (SKIP_LOCKED);', 1]);
my $dir = $PostgreSQL::Test::Utils::tmp_check;
my @files;
for my $name (sort keys %scripts)
{
	my ($text, $weight) = @{ $scripts{$name} };
	append_to_file("$dir/$name.sql", "\\set n random(1, 300)\n\\set ms random(1, 60)\n$text\n");
	push @files, '-f', "$dir/$name.sql\@$weight";
}

# Children notice the death of their parent; until then they hold memory.
sub kill_server
{
	my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;
	kill 'KILL', $postmaster;
	my $until = time() + 30;
	usleep(100_000)
		while time() < $until && (kill(0, $postmaster) || `ps -eo args=` =~ /^postgres: model/m);
	unlink $node->data_dir . '/postmaster.pid';
	$node->{_pid} = undef;
}

my $log = "$dir/pgbench.log";
for my $round (1 .. $rounds)
{
	my $is_last = $round == $rounds;
	my $pid = fork();
	if ($pid == 0)
	{
		open STDOUT, '>>', $log;
		open STDERR, '>>', $log;
		exec('pgbench', '-n', '-c', 8, '-j', 2, '-T', int($round_seconds) + ($is_last ? 0 : 30),
			'--max-tries', 1000, '--random-seed', int($seed) + $round, @files, $node->connstr('postgres'));
	}
	if ($is_last)
	{
		waitpid($pid, 0);
		is($?, 0, 'the last round saw no difference');
	}
	else
	{
		usleep($round_seconds * 1_000_000);
		is(waitpid($pid, 1), 0, "round $round saw no difference");
		kill_server();
		waitpid($pid, 0);
		$node->start;
		is($node->psql('postgres', 'SELECT check_equal(), check_means(), check_tables()'), 0,
			"equal after SIGKILL in round $round");
	}
}
my $text = slurp_file($log);
unlike($text, qr/differ|damaged|ERROR/, 'no client saw an error');
$node->safe_psql('postgres', q{SELECT flux.compact('model')});
is($node->safe_psql('postgres', q{SELECT hot_rows_kept FROM flux.compact('model')}), '0',
	'everything can be compacted when nobody writes');
is($node->psql('postgres', 'SELECT check_equal(), check_means(), check_tables()'), 0, 'equal at the end');
note($node->safe_psql('postgres', 'SELECT count(*) FROM model') . ' points at the end');
note($1) if $text =~ /.*(number of transactions actually processed: \d+)/s;
note($1) while $text =~ /(SQL script \d+: .*?\n.*\n - \d+ transactions.*)/g;
$node->stop;
done_testing();
