# 052_sql_remote.pl - sql.from and sql.to with a data source name: another
# cluster by libpq, who may reach it, and what becomes of it with the transaction.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $far = FluxCluster->create('far', extension => 0, conf => "listen_addresses = '127.0.0.1'\n");
append_to_file($far->data_dir . '/pg_hba.conf', '');
open my $hba, '>', $far->data_dir . '/pg_hba.conf' or die;
print $hba "local all all trust\nhost all trusted 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
close $hba;
$far->reload;
$far->safe_psql('postgres', q{
	SET password_encryption = 'scram-sha-256';
	CREATE ROLE reader LOGIN PASSWORD 's3cret';
	CREATE ROLE trusted LOGIN;
	CREATE SCHEMA reader AUTHORIZATION reader;
	CREATE TABLE kinds (b bool, i2 int2, i8 int8, f4 float4, f8 float8, n numeric, t text, d date, ts timestamp,
		tz timestamptz, tm time, j jsonb, a int[]);
	INSERT INTO kinds VALUES (true, -2, 9007199254740993, 0.1, 1e300, 12.50, E'x "x"\\n', '2024-02-29',
		'2024-01-01 10:00:00.123456', '2024-01-01 10:00:00+02', '23:59:59.25', '{"a": 1}', '{1,2}'),
		(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
	GRANT SELECT ON kinds TO reader;
	GRANT CREATE ON SCHEMA public TO reader});
my $near = FluxCluster->create('near');
$near->safe_psql('postgres', 'CREATE ROLE mortal LOGIN; CREATE ROLE admin SUPERUSER');
my $port = $far->port;
my $dsn = "postgresql://reader:s3cret\@127.0.0.1:$port/postgres";
my $socket = 'host=' . $far->host . " port=$port dbname=postgres";

# The answer, or the error, of a script that MORTAL or another role runs.
sub run_as
{
	my ($role, $script, $after) = @_;
	my ($status, $out, $error) = $near->psql('postgres',
		"SET ROLE $role; BEGIN; SELECT flux.query_csv(\$flux\$import \"sql\" import \"array\"\n$script\$flux\$); " . ($after // 'COMMIT'));
	return $status == 0 ? $out : $error;
}

sub from
{
	my ($query, $source) = @_;
	return 'sql.from(driverName: "postgres", dataSourceName: "' . ($source // $dsn) . qq{", query: "$query")};
}

sub to
{
	my ($table, $rows, $source) = @_;
	return "array.from(rows: [$rows]) |> " . 'sql.to(driverName: "postgres", dataSourceName: "'
		. ($source // $dsn) . qq{", table: "$table", batchSize: 3)};
}

# ---- reading ----

is(run_as('mortal', from('SELECT * FROM kinds ORDER BY i2')) =~ s/\r//gr =~ s/\s+\z//r, '#datatype,string,long,boolean,long,long,double,double,string,string,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,string,string
#group,false,false,false,false,false,false,false,false,false,false,false,false,false,false,false
#default,_result,,,,,,,,,,,,,,
,result,table,b,i2,i8,f4,f8,n,t,d,ts,tz,tm,j,a
,,0,true,-2,9007199254740993,0.1,1' . '0' x 300 . qq{,12.50,"x ""x""
",2024-02-29T00:00:00Z,2024-01-01T10:00:00.123456Z,2024-01-01T08:00:00Z,1970-01-01T23:59:59.25Z,"{""a"": 1}","{1,2}"
,,0,,,,,,,,,,,,,}, 'every kind of value');
like(run_as('mortal', from("SELECT g, 'x' || g AS t FROM generate_series(1, 100000) AS g") . ' |> sum(column: "g")'),
	qr/,,0,5000050000/, 'a long answer');
like(run_as('mortal', from('SELECT 1 AS a WHERE false')), qr/,result,table,a/, 'no rows are an empty table');
like(run_as('mortal', from('INSERT INTO reader.log VALUES (1) RETURNING x')), qr/42P01|does not exist/, 'no such table');

# ---- who may ----

sub refused
{
	my ($role, $script, $expected, $what) = @_;
	my $answer = run_as($role, $script);
	like($answer, $expected, $what);
	unlike($answer =~ s/^(?:LINE|QUERY|sql\.from|array\.from).*$//mgr, qr/s3cret|wr0ng/, "$what: no password in the error");
	return;
}
refused('mortal', from('SELECT 1', $socket), qr/who is no superuser needs a password at 2:1/, 'the socket that trusts this server');
refused('mortal', from('SELECT 1', "$socket password=s3cret user=reader"), qr/did not ask for the password at 2:1/,
	'a password that nobody asks for');
refused('mortal', from('SELECT 1', "host=127.0.0.1 port=$port dbname=postgres user=trusted password=s3cret"),
	qr/did not ask for the password/, 'a host that trusts');
refused('mortal', from('SELECT 1', "host=127.0.0.1 port=$port dbname=postgres user=reader password=''"),
	qr/needs a password/, 'an empty password');
for my $word ('passfile=/etc/passwd', 'service=x', 'sslkey=/x', 'sslcert=/x', 'sslrootcert=/x')
{
	refused('mortal', from('SELECT 1', "host=127.0.0.1 port=$port user=reader password=s3cret $word"),
		qr/only a superuser may set "\w+" in dataSourceName/, $word);
}
like(run_as('admin', from('SELECT current_user::text AS u', "$socket user=trusted")), qr/,,0,trusted/, 'a superuser needs no password');
refused('mortal', from('SELECT 1', "postgresql://reader:wr0ng\@127.0.0.1:$port/postgres"),
	qr/cannot be reached at 2:1.*It said: .*password authentication failed for user "reader"/s, 'a wrong password');
refused('mortal', from('SELECT 1', 's3cret'), qr/invalid dataSourceName at 2:1/, 'no data source name');
refused('mortal', from('SELECT 1', 'postgresql://reader:s3cret@127.0.0.1:1/postgres'), qr/cannot be reached/, 'nobody there');
refused('mortal', from('SELECT 1/0'), qr/refuses the query at 2:1.*It said: division by zero/s, 'an error over there');
like(run_as('mortal', from('SELECT 1; SELECT 2')), qr/multiple commands/, 'one statement only');
like(run_as('mortal', from('SET work_mem = 64')), qr/the statement returns no rows/, 'a statement without rows');
like(run_as('mortal', from('SELECT 1 AS a, 2 AS a')), qr/two columns named "a"/, 'two columns of one name');
like(run_as('mortal', 'sql.from(driverName: "mysql", dataSourceName: "x", query: "x")'), qr/driver "mysql" is not supported/, 'another driver');

# ---- writing ----

my $row = '{_time: 2024-01-01T00:00:00Z, i: 1, f: 0.5, b: true, u: uint(v: "18446744073709551615"), s: "a\"b,{}\\\\c"}';
run_as('mortal', to('reader.log', join(', ', ($row) x 5)));
is($far->safe_psql('postgres', 'SELECT count(*), min(_time), sum(i), sum(f), bool_and(b), min(u), min(s) FROM reader.log'),
	'5|2024-01-01 00:00:00+00|5|2.5|t|18446744073709551615|a"b,{}\c', 'a table is made and filled');
run_as('mortal', to('reader.log', $row), 'ROLLBACK');
is($far->safe_psql('postgres', 'SELECT count(*) FROM reader.log'), '5', 'a rollback here is one there');
like(run_as('mortal', to('reader.log', $row) . "\n" . from('SELECT 1/0') . ' |> yield(name: "x")'), qr/division by zero/, 'a script that fails');
is($far->safe_psql('postgres', 'SELECT count(*) FROM reader.log'), '5', 'has written nothing');
run_as('mortal', to('reader.two', '{a: 1}') . ' |> yield(name: "a")' . "\n" . to('reader.two', '{a: 2}') . ' |> yield(name: "b")');
is($far->safe_psql('postgres', 'SELECT string_agg(a::text, \' \' ORDER BY a) FROM reader.two'), '1 2', 'two writers of one table');
$near->safe_psql('postgres', qq{BEGIN; SAVEPOINT s;
	SELECT flux.query_csv(\$flux\$import "sql" import "array"\n@{[to('reader.two', '{a: 3}')]}\$flux\$);
	ROLLBACK TO s; SELECT flux.query_csv(\$flux\$import "sql" import "array"\n@{[to('reader.two', '{a: 4}')]}\$flux\$);
	SAVEPOINT t; SELECT flux.query_csv(\$flux\$import "sql" import "array"\n@{[to('reader.two', '{a: 5}')]}\$flux\$);
	RELEASE t; COMMIT});
is($far->safe_psql('postgres', 'SELECT string_agg(a::text, \' \' ORDER BY a) FROM reader.two'), '1 2 4 5', 'savepoints');
$near->safe_psql('postgres', qq{SET ROLE mortal; SELECT flux.create_task(\$flux\$import "sql" import "array"
option task = {name: "far", every: 1h}
@{[to('reader.two', '{a: 6}')]}\$flux\$, active => false)});
is($near->safe_psql('postgres', q{SELECT count(*) FROM flux.preview('far')}), '1', 'a preview');
is($far->safe_psql('postgres', 'SELECT max(a) FROM reader.two'), '5', 'writes nothing');
$near->safe_psql('postgres', q{SELECT flux.run_task('far')});
is($far->safe_psql('postgres', 'SELECT max(a) FROM reader.two'), '6', 'a run of a superuser, as its owner, does');
refused('mortal', to('reader.two', '{a: "x"}'), qr/refuses.* at 2:\d+.*It said: column "a" is of type bigint but expression/s, 'a row that does not fit');
refused('mortal', to('reader.two', '{a: 7}', $socket), qr/needs a password/, 'writing needs a password too');
like($near->psql('postgres', '') // '', qr/0/, 'the session goes on');

# A statement that takes long is given up at once, here and there.
my ($status, undef, $error) = $near->psql('postgres',
	qq{SET statement_timeout = '500ms'; SELECT flux.query_csv(\$flux\$import "sql"\n@{[from('SELECT pg_sleep(60)::text AS s')]}\$flux\$)});
like($error, qr/canceling statement due to statement timeout/, 'a timeout is answered');
ok($far->poll_query_until('postgres', q{SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid())}),
	'and the other server stops too');
is($far->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader'}), '0', 'no connection is left open');

$_->stop for $near, $far;
done_testing();
