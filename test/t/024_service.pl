# 024_service.pl - secrets in dumps, logs and under other keys; what the server
# tells of runs: notifications and log lines.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = FluxCluster->create('service', conf => "log_statement = none\n");
my $dump = "$PostgreSQL::Test::Utils::tmp_check/secrets.sql";

# Whether a script that reads the secret sees its value.
sub reads_secret
{
	my ($database) = @_;
	my ($status, $out, $err) = $node->psql($database, q{SELECT record ->> 'v' FROM flux.query_json($$
		import "array"
		import "influxdata/influxdb/secrets"
		array.from(rows: [{v: secrets.get(key: "token")}])$$)});
	return $status == 0 ? $out : $err;
}

$node->safe_psql('postgres', q{SELECT flux.set_secret('token', 'hush-hush-42')});
is(reads_secret('postgres'), 'hush-hush-42', 'a script reads its secret');
unlike($node->safe_psql('postgres', q{SELECT key, encode(value, 'escape') FROM _flux_catalog.secret}), qr/hush/,
	'the table does not show it');
my $key = $node->data_dir . '/fluxtask.key';
is((stat $key)[2] & 07777, 0600, 'the key is nobody else\'s');

command_ok([ 'pg_dump', '-f', $dump, '-d', $node->connstr('postgres') ], 'pg_dump');
unlike(slurp_file($dump), qr/hush-hush/, 'a dump does not show it');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('restored') ], 'restored');
is(reads_secret('restored'), 'hush-hush-42', 'and with the same key it is there again');

rename $key, "$key.old" or die;
like(reads_secret('restored'), qr/secret "token" cannot be decrypted with this server's key/, 'without the key it is not');
$node->safe_psql('postgres', q{SELECT flux.set_secret('other', 'x')});
like(reads_secret('restored'), qr/cannot be decrypted.*Store it anew/s, 'nor with another key');
unlike(reads_secret('restored'), qr/hush/, 'and the error does not show it');
chmod 0644, $key;
my ($status, $out, $err) = $node->psql('postgres', q{SELECT flux.set_secret('token', 'hush-hush-43')});
like($err, qr/is open to others/, 'a key that others can read is refused');
rename "$key.old", $key or die;
($status, $out, $err) = $node->psql('postgres', q{SELECT flux.set_secret('', 'hush-hush-44')});
like($err, qr/key of a secret must have/, 'a secret needs a key');
$node->safe_psql('postgres', q{UPDATE _flux_catalog.secret SET key = 'renamed' WHERE key = 'other'});
($status, $out, $err) = $node->psql('postgres', q{SELECT record FROM flux.query_json($$
	import "array"
	import "influxdata/influxdb/secrets"
	array.from(rows: [{v: secrets.get(key: "renamed")}])$$)});
like($err, qr/cannot be decrypted/, 'a secret put in another\'s place is refused');
unlike(slurp_file($node->logfile), qr/hush-hush/, 'the server\'s log does not show any');

# who wants to know
$node->safe_psql('postgres', q{SELECT flux.create_bucket('out');
	SELECT flux.create_task($$import "array"
option task = {name: "told", every: 1h}
array.from(rows: [{_time: now(), _measurement: "m", _field: "n", _value: 1}]) |> to(bucket: "out")$$, active => false)});
$out = $node->safe_psql('postgres', q{LISTEN fluxtask; SET fluxtask.notify = on; SET fluxtask.log_runs = on;
	SELECT flux.run_task('told', '2024-05-15 14:00Z') > 0; BEGIN; SELECT flux.run_task('told', '2024-05-15 15:00Z') > 0; ROLLBACK});
is(() = $out =~ /Asynchronous notification "fluxtask" with payload "\{"task_id": \d+, "run_id": \d+, "status": "success"\}"/g,
	1, 'one notification, of the run that is committed');
like(slurp_file($node->logfile), qr/LOG:  fluxtask: run \d+ of task "told" \(\d+\), scheduled for 2024-05-15 14:00:00\S*( UTC)?, success: 1 points in/,
	'a log line with run and task');
# the scheduler finds late data, and what goes down from it, by itself
$node->safe_psql('postgres', q{SELECT flux.create_bucket('raw'), flux.create_bucket('hourly'), flux.create_bucket('sums')});
my $hour = $node->safe_psql('postgres', q{SELECT extract(epoch FROM date_trunc('hour', now()) - interval '2 hours')::bigint});
$node->safe_psql('postgres', "SELECT flux.write('raw', string_agg(format('m v=1 %s', $hour + i), chr(10)), 's')
	FROM generate_series(1, 100) AS i");
for ([ 'hours', 'raw', 'hourly', '-1h' ], [ 'all', 'hourly', 'sums', '-3h' ])
{
	my ($name, $from, $to, $start) = @$_;
	$node->safe_psql('postgres', qq{SELECT flux.create_task('option task = {name: "$name", every: 1h}
from(bucket: "$from") |> range(start: $start, stop: 2100-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "m" and r._time <= now())
	|> sum() |> map(fn: (r) => ({r with _time: now()})) |> to(bucket: "$to")')});
}
$node->safe_psql('postgres', q{SELECT flux.watch_late_data('hours', '1 day'), flux.add_dependency('all', 'hours')});
$node->safe_psql('postgres', "SELECT flux.run_task('hours', to_timestamp($hour + 3600))");
$node->safe_psql('postgres', "SELECT flux.run_task('all', to_timestamp($hour + 7200))");
is($node->safe_psql('postgres', q{SELECT v FROM sums.m}), '100', 'the sum of sums');
$node->safe_psql('postgres', q{SELECT flux.start_scheduler()});
$node->await(q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'fluxtask maintenance'},
	'maintenance is at work, too');
$node->safe_psql('postgres', "SELECT flux.write('raw', 'm v=1000 ' || $hour + 200, 's')");
$node->await(q{SELECT (SELECT sum(v) FROM sums.m) = 1100}, 'late data arrives at the end of the chain', seconds => 60);
is($node->safe_psql('postgres', q{SELECT string_agg(task || ' ' || n, ', ' ORDER BY task) FROM
	(SELECT task, count(*) AS n FROM flux.runs WHERE kind = 'late' GROUP BY task) AS t}), 'all 1, hours 1', 'each slot once');
$node->stop;
done_testing();
