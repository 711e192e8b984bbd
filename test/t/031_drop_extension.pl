# 031_drop_extension.pl - DROP EXTENSION loses no points unless told to with
# CASCADE; what it leaves behind can be used again; a session that drops and
# creates the extension remembers nothing of the old one.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = FluxCluster->create('dropped');
sub sql { return $node->safe_psql('postgres', $_[0]) }

sub refused
{
	my ($sql, $message, $what) = @_;
	my ($status, $stdout, $stderr) = $node->psql('postgres', $sql);
	cmp_ok($status, '!=', 0, $what);
	like($stderr, $message, "$what: the reason");
}

sql(q{CREATE ROLE alice; GRANT CREATE ON DATABASE postgres TO alice});
sql(q{SELECT flux.create_bucket('b'); SELECT flux.write('b', 'm,host=a f=1 1700000000', 's')});
sql(q{SET ROLE alice; SELECT flux.create_bucket('hers'); SELECT flux.write('hers', 'm,host=a f=2 1700000000', 's');
	CREATE TABLE hers.notes AS SELECT 'keep' AS note; CREATE VIEW hers.shown AS SELECT f FROM hers.m});

# --- without CASCADE
refused('DROP EXTENSION fluxtask', qr/cannot drop extension fluxtask because other objects depend on it/,
	'buckets keep the extension');
is(sql('SELECT v_float FROM b._points'), '1', 'their points are there');
is(sql('BEGIN; DROP EXTENSION fluxtask CASCADE; ROLLBACK; SELECT v_float FROM b._points'), '1',
	'also when the drop is rolled back');

# --- with it
my (undef, undef, $notices) = $node->psql('postgres', 'DROP EXTENSION fluxtask CASCADE');
like($notices, qr/drop cascades to .*other objects/, 'CASCADE says what goes');
is(sql(q{SELECT string_agg(nspname, ',' ORDER BY nspname) FROM pg_namespace WHERE nspname IN ('b', 'hers', 'flux', '_flux_data', '_flux_catalog')}),
	'b,hers', 'only schemas of buckets stay');
is(sql(q{SELECT note FROM hers.notes}), 'keep', "for others' tables may be in them");

# --- anew
sql('CREATE EXTENSION fluxtask');
is(sql('SELECT count(*) FROM flux.buckets'), '0', 'a new extension has no buckets');
is(sql(q{SELECT flux.create_bucket('b') > 0}), 't', 'a schema that was left takes a new bucket');
refused(q{SELECT flux.create_bucket('hers')}, qr/schema named "hers" already exists/, "others' schemas do not");
is(sql(q{SET ROLE alice; SELECT flux.create_bucket('hers') > 0}), 't', 'but for their owners');
is(sql(q{SELECT note FROM hers.notes}), 'keep', 'who keep what was in them');
sql(q{SELECT flux.write('b', 'm,host=a f=3i 1700000000', 's')});
is(sql('SELECT v_int FROM b._points'), '3', 'it works');
sql('CREATE SCHEMA mine');
refused(q{SELECT flux.create_bucket('mine')}, qr/does not take over/, "a schema of somebody's own is not taken");
refused(q{SELECT flux.create_bucket('b')}, qr/bucket "b" already exists/, 'nor a bucket twice');
is(sql(q{SELECT flux.drop_bucket('b'); SELECT count(*) FROM pg_namespace WHERE nspname = 'b'}), "\n0",
	'dropped, the schema goes');

# --- all in one session: ids count anew, and what is remembered must not
my $again = 'DROP EXTENSION fluxtask CASCADE; CREATE EXTENSION fluxtask;'
	. q{SELECT flux.create_bucket('s') > 0;};
is(sql(qq{SET client_min_messages = error; $again
	SELECT flux.write('s', 'm,host=a f=1,g="x" 1700000000', 's');
	SELECT flux.write('s', 'm,host=a f=2,g="y" 1700000001', 's');
	$again
	SELECT flux.write('s', 'n,site=b h=1i 1600000000', 's');
	SELECT flux.write('s', 'm,host=a g=1,f="x" 1700000000', 's');
	SELECT string_agg(format('%s %s %s %s%s%s', _measurement, _field, tags, v_int, v_float, v_str), ';' ORDER BY 1)
	FROM (SELECT * FROM s._points ORDER BY time, _field) AS p}),
	join("\n", 't', 1, 1, 't', 1, 1, 'n h {"site": "b"} 1;m f {"host": "a"} x;m g {"host": "a"} 1'),
	'a session sees only the new one');
is(sql(qq{SET client_min_messages = error;
	SELECT flux.write('s', 'm,host=a g=2 1700000000', 's');
	BEGIN; $again SELECT flux.write('s', 'm,host=a g="other" 1700000000', 's'); ROLLBACK;
	SELECT flux.write('s', 'm,host=a g=3 1700000000', 's');
	SELECT v_float FROM s._points WHERE _field = 'g'}), join("\n", 1, 't', 1, 1, 3),
	'and the old one after a rollback');
$node->stop;
done_testing();
