# 012_storage_model.pl - storage against a plain table, point by point, under
# concurrent overlapping writers, deletes, savepoints, aborts, compactions, retention,
# dropped buckets, the maintenance worker and SIGKILL.
#
# Every writer first upserts its points into the table "model", whose row locks
# put concurrent writers of a point in order, then writes the same points to the
# bucket, in one transaction.  So at any moment and in any one snapshot both must
# hold the same.  Deletes keep writers out while they run, for the two DELETEs
# have two snapshots.  Readers check that all the time; compactions run all the time;
# the server is killed in the middle of each round but the last.
#
# Retention takes points from snapshots that still see them.  In bucket "model" it is
# a transaction like a delete that keeps those out who compare.  Bucket "churn" keeps
# an hour in chunks of a minute and has the worker drop them meanwhile; younger points
# must equal those of table "churn_log" at any time.  It is also dropped and made again.
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
my $node = FluxCluster->create('model', preload => 1, conf => "deadlock_timeout = 20ms\n"
	. "fluxtask.maintenance_naptime = 1s\nfluxtask.compact_interval = 2s\n");

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

-- Retention takes the first chunk, or both; gives way where somebody uses them.
CREATE TABLE done (expired int, dropped int);
INSERT INTO done VALUES (0, 0);
CREATE FUNCTION expire_points() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	stop bigint := 1700006400 + (1 + random())::int * 3600;
BEGIN
	PERFORM pg_advisory_xact_lock(43);
	PERFORM pg_advisory_xact_lock(42);
	DELETE FROM model WHERE time_s < stop;
	PERFORM flux.alter_bucket('model', retention => clock_timestamp() - to_timestamp(stop) - '1 s'::interval);
	IF (SELECT chunks_busy > 0 FROM flux.apply_retention('model')) THEN
		RAISE lock_not_available;
	END IF;
	PERFORM flux.alter_bucket('model', retention => '0');
	UPDATE done SET expired = expired + 1;
EXCEPTION WHEN lock_not_available THEN
	NULL;
END $$;

CREATE TABLE churn_log (host text, time_s bigint, value float8, PRIMARY KEY (host, time_s));
CREATE FUNCTION create_churn() RETURNS void LANGUAGE sql AS $$
	SELECT flux.create_bucket('churn', retention => '1 hour', chunk_interval => '1 minute') $$;
SELECT create_churn();

-- Some are past the retention already, and come to nothing.
CREATE FUNCTION write_churn(n int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	hosts text[];
	times bigint[];
	vals float8[];
	lines text;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(44);
	SELECT array_agg(host), array_agg(t), array_agg(v),
		string_agg(format('c,host=%s v=%s %s', host, v, t), E'\n')
	INTO hosts, times, vals, lines
	FROM (SELECT DISTINCT ON (host, t) * FROM (
		SELECT 'c' || (random() * 500)::int AS host,
			(extract(epoch FROM clock_timestamp()) - random() * random() * 60 - 3570 * (random() * 1.2)::int)::bigint AS t,
			(random() * 1e6)::int / 100.0 AS v
		FROM generate_series(1, n)) x ORDER BY host, t) y;
	INSERT INTO churn_log SELECT * FROM unnest(hosts, times, vals)
	ON CONFLICT (host, time_s) DO UPDATE SET value = excluded.value;
	PERFORM flux.write('churn', lines, 's');
END $$;
-- Takes all points of some hosts, and so their series.
CREATE FUNCTION delete_churn() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	one text;
BEGIN
	PERFORM pg_advisory_xact_lock(44);
	FOR i IN 1 .. 5 LOOP
		one := 'c' || (random() * 500)::int;
		DELETE FROM churn_log WHERE host = one;
		PERFORM flux.delete('churn', '-infinity', 'infinity', 'host="' || one || '"');
	END LOOP;
END $$;
CREATE FUNCTION drop_churn() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(45);
	PERFORM pg_advisory_xact_lock(44);
	DELETE FROM churn_log;
	PERFORM flux.drop_bucket('churn');
	PERFORM create_churn();
	UPDATE done SET dropped = dropped + 1;
END $$;
CREATE FUNCTION check_churn() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	cut bigint := extract(epoch FROM now() - '59 minutes'::interval)::bigint;
	wrong text;
	count bigint;
BEGIN
	SELECT count(*), min(format('%s %s: stored %s, log %s', host, time_s, s.value, l.value))
	INTO count, wrong
	FROM (SELECT host, extract(epoch FROM _time)::bigint AS time_s, _value AS value
		FROM flux.query(format($q$from(bucket: "churn") |> range(start: %s, stop: 1h)$q$, cut))
			AS q(host text, _time timestamptz, _value float8)) s
	FULL JOIN (SELECT * FROM churn_log WHERE time_s >= cut) l USING (host, time_s)
	WHERE s.value IS DISTINCT FROM l.value;
	IF count > 0 THEN
		RAISE EXCEPTION '% young points differ, such as %', count, wrong;
	END IF;
	-- Nothing older comes back that was deleted or never written.
	SELECT count(*) INTO count FROM churn._points p LEFT JOIN churn_log l
	ON l.host = p.tags ->> 'host' AND l.time_s = p.time_ns / 1000000000
	WHERE l.value IS NULL;
	IF count > 0 THEN
		RAISE EXCEPTION '% points that nobody wrote differ', count;
	END IF;
END $$;
-- Whatever is dropped or expires meanwhile, a reader gets an answer or is told.
CREATE FUNCTION look() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM count(*) FROM stored;
	PERFORM count(*) FROM flux.query('from(bucket: "churn") |> range(start: 0)') AS q(_value float8);
	PERFORM count(*) FROM flux.buckets;
	PERFORM count(*) FROM flux.chunks;
EXCEPTION WHEN OTHERS THEN
	IF SQLERRM NOT LIKE 'bucket "churn" does not exist%' THEN
		RAISE;
	END IF;
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

# Retention waits for those who compare: what they see may not vanish.
sub comparing { return "SELECT pg_advisory_lock_shared(43);\n$_[0]\nSELECT pg_advisory_unlock_shared(43);" }

my %scripts = (
	# one statement, small or of a few hundred points
	write => ['SELECT write_points(:n);', 20],
	insert => ['SELECT insert_points(:n);', 6],
	tables => [comparing('SELECT check_tables();'), 6],
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
	check => [comparing('SELECT check_equal();'), 10],
	means => [comparing('SELECT check_means();'), 4],
	# two looks through one snapshot, compactions in between
	repeatable => [comparing("BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT check_equal();\n\\sleep :ms ms\n"
		. "SELECT check_equal();\nCOMMIT;"), 4],
	expire => ["\\if :n < 100\nBEGIN;\nSELECT expire_points();\nCOMMIT;\n\\endif", 2],
	churn_write => ['SELECT write_churn(:n / 3 + 1);', 10],
	churn_abort => ["BEGIN;\nSELECT write_churn(20);\nSAVEPOINT a;\nSELECT write_churn(20);\nROLLBACK TO a;\n"
		. "SELECT write_churn(20);\nCOMMIT;", 3],
	churn_delete => ['SELECT delete_churn();', 2],
	churn_drop => ["\\if :n < 15\nSELECT drop_churn();\n\\endif", 1],
	churn_check => ["SELECT pg_advisory_lock_shared(45);\nSELECT check_churn();\nSELECT pg_advisory_unlock_shared(45);", 6],
	look => ['SELECT look();', 4],
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
		$ENV{PGOPTIONS} = '-c client_min_messages=error';
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
		is($node->psql('postgres', 'SELECT check_equal(), check_means(), check_tables(), check_churn()'), 0,
			"equal after SIGKILL in round $round");
	}
}
my $text = slurp_file($log);
unlike($text, qr/differ|damaged|ERROR/, 'no client saw an error');
$node->safe_psql('postgres', q{SELECT flux.compact('model')});
$node->await(q{SELECT hot_rows_kept = 0 FROM flux.compact('model')},
	'everything can be compacted when nobody writes');
is($node->psql('postgres', 'SELECT check_equal(), check_means(), check_tables(), check_churn()'), 0,
	'equal at the end');
is($node->safe_psql('postgres', 'SELECT count(*) FROM flux.buckets WHERE maintenance_error IS NOT NULL'), '0',
	'the worker is content');
note($node->safe_psql('postgres', q{SELECT format('%s and %s points at the end, retention took chunks %s times, '
	'the bucket was dropped %s times', (SELECT count(*) FROM model), (SELECT count(*) FROM churn_log), expired, dropped)
	FROM done}));
my ($transactions, %runs) = (0);
$transactions += $1 while $text =~ /number of transactions actually processed: (\d+)/g;
note("$transactions transactions");
$runs{$1} += $2 while $text =~ /SQL script \d+: \S*?(\w+)\.sql\n.*\n - (\d+) transactions/g;
note("$_: $runs{$_}") for sort keys %runs;
$node->stop;
done_testing();
