# 040_attach_fdw.pl - a bucket attached to a table that is partitioned by series
# over two postgres_fdw servers: the whole aggregate is computed there, answers
# are those of a native bucket, and to() reaches the right server.
use strict;
use warnings;
use FluxCluster;
use Test::More;

my $node = FluxCluster->create('main');
my @shards = map { FluxCluster->create("shard$_", extension => 0) } (0, 1);

sub sql
{
	my ($sql) = @_;
	return $node->safe_psql('postgres', $sql);
}

my $columns = 'time timestamptz NOT NULL, host text NOT NULL, region text, used float8, n bigint';

sql(qq{
	CREATE EXTENSION postgres_fdw;
	CREATE SCHEMA shards;
	CREATE TABLE shards.mem ($columns) PARTITION BY HASH (host);
	CREATE TABLE shards.target (time timestamptz, host text, mean float8) PARTITION BY HASH (host);
});
for my $i (0, 1)
{
	my $shard = $shards[$i];
	my ($host, $port) = ($shard->host, $shard->port);

	$shard->safe_psql('postgres', qq{
		CREATE TABLE mem ($columns);
		CREATE TABLE target (time timestamptz, host text, mean float8);
		CREATE INDEX ON mem (host, time);
	});
	sql(qq{
		CREATE SERVER shard$i FOREIGN DATA WRAPPER postgres_fdw
			OPTIONS (host '$host', port '$port', dbname 'postgres', async_capable 'true');
		CREATE USER MAPPING FOR CURRENT_USER SERVER shard$i;
		CREATE FOREIGN TABLE shards.mem_$i PARTITION OF shards.mem
			FOR VALUES WITH (MODULUS 2, REMAINDER $i) SERVER shard$i OPTIONS (schema_name 'public', table_name 'mem');
		CREATE FOREIGN TABLE shards.target_$i PARTITION OF shards.target
			FOR VALUES WITH (MODULUS 2, REMAINDER $i) SERVER shard$i OPTIONS (schema_name 'public', table_name 'target');
	});
}
sql(q{
	SELECT flux.create_bucket('native');
	SELECT flux.write('native', string_agg(format('mem,host=h%s,region=r%s used=%s,n=%si %s',
		h, h % 3, (h * 37 + i * 11) % 101 + 0.5, (h * 7 + i) % 13, 1700000000 + i * 10), E'\n'), 's')
	FROM generate_series(1, 20) h, generate_series(1, 500) i;
	INSERT INTO shards.mem SELECT time, host, region, used, n FROM native.mem;
	SELECT flux.attach_bucket('sharded', 'shards.mem', tag_columns => '{host,region}');
	SELECT flux.attach_bucket('target', 'shards.target', measurement => 'mem', tag_columns => '{host}');
});
for my $shard (@shards)
{
	cmp_ok($shard->safe_psql('postgres', 'SELECT count(*) FROM mem'), '>', 0, $shard->name . ' has points');
}

my $range = 'range(start: 2023-11-14T22:13:00Z, stop: 2023-11-15T22:14:00Z)';
my $field = 'filter(fn: (r) => r._field == "used")';

sub script
{
	my ($bucket, $pipeline) = @_;
	return qq{from(bucket: "$bucket") |> $range |> $pipeline};
}

for my $pipeline (
	"$field |> aggregateWindow(every: 5m, fn: mean)",
	"aggregateWindow(every: 5m, fn: count, createEmpty: false)",
	"$field |> aggregateWindow(every: 7m, offset: 10s, fn: max)",
	"$field |> group(columns: [\"region\"]) |> aggregateWindow(every: 10m, fn: min)",
	"filter(fn: (r) => r._field == \"n\" and r.host =~ /^h1/) |> sum()",
	"filter(fn: (r) => r.host == \"h3\" and r._value > 5)",
	"$field |> last()",
	"tail(n: 2)",
	"keep(columns: [\"host\"]) |> group() |> distinct(column: \"host\")")
{
	my $native = sql('SELECT flux.query_csv($f$' . script('native', $pipeline) . '$f$)');
	my $sharded = sql('SELECT flux.query_csv($f$' . script('sharded', $pipeline) . '$f$)');

	ok(length $native > 100, "answers: $pipeline");
	is($sharded, $native, "as a native bucket: $pipeline");
}

# The leaf's SQL, as flux.explain shows it and the scan runs it.
sub remote_sql
{
	my ($pipeline) = @_;
	my $plan = sql('SELECT flux.explain($f$' . script('sharded', $pipeline) . '$f$)');
	my ($leaf) = $plan =~ /sql: (.*)/ or return "no SQL in: $plan";

	return sql("SET enable_partitionwise_aggregate = on; EXPLAIN (VERBOSE, COSTS OFF) $leaf");
}

my $plan = remote_sql("$field |> aggregateWindow(every: 5m, fn: mean)");
my @remote = $plan =~ /Remote SQL: (.*)/g;
is(scalar @remote, 2, 'one query for each server') or diag($plan);
like($_, qr/count\(.*sum\(.*GROUP BY/, 'the whole aggregate is in it') for @remote;
unlike($plan, qr/(?:Hash|Group)Aggregate/, 'nothing is aggregated here');

$plan = remote_sql("filter(fn: (r) => r._field == \"used\" and r.host == \"h3\") |> aggregateWindow(every: 5m, fn: mean)");
@remote = $plan =~ /Remote SQL: (.*)/g;
is(scalar @remote, 1, 'a tag picks its server') or diag($plan);

# Writing: the shards take what hashes to them.
sql('SELECT count(*) FROM flux.query_json($f$' . script('sharded',
	"$field |> aggregateWindow(every: 5m, fn: mean, createEmpty: false) |> set(key: \"_field\", value: \"mean\")"
	. ' |> drop(columns: ["region"]) |> to(bucket: "target")') . '$f$)');
is(sql('SELECT count(*), count(DISTINCT host) FROM shards.target'),
	sql(q{SELECT count(*), count(DISTINCT host) FROM (SELECT DISTINCT host, date_bin('5 min', time, 'epoch') FROM native.mem) w}),
	'all windows are written');
is(sql('SELECT DISTINCT host FROM shards.target_0 ORDER BY 1'), sql('SELECT DISTINCT host FROM shards.mem_0 ORDER BY 1'),
	'each to its server');

# A server that is away is an error, not a shorter answer.
$shards[1]->stop;
my ($status, $out, $error) = $node->psql('postgres',
	'SELECT flux.query_csv($f$' . script('sharded', "$field |> count()") . '$f$)');
ok($status != 0, 'a missing server fails the query');
like($error, qr/could not connect to server "shard1"|connection/, 'and says so');
$shards[1]->start;
is(sql('SELECT flux.query_csv($f$' . script('sharded', "$field |> count()") . '$f$)'),
	sql('SELECT flux.query_csv($f$' . script('native', "$field |> count()") . '$f$)'), 'and when it is back all is well');

done_testing();
