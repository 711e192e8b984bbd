# 053_outbox.pl - notifications of runs: stored with the run, delivered once it
# has committed, again when the receiver has no time, and never twice.
use strict;
use warnings;
use FluxCluster;
use FluxHttpServer;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

my %times;
my $server = FluxHttpServer->start(
	sub {
		my ($request) = @_;
		my $path = $request->{path};
		return (200, 'ok') if $path eq '/busy' && ++$times{$path} > 2;
		return (503, '') if $path eq '/busy' || $path eq '/never';
		return (404, '') if $path eq '/gone';
		return (201, 'made') if $path eq '/made';
		return (200, 'ok');
	});
my $node = FluxCluster->create('outbox', conf => "fluxtask.http_allow = '127.0.0.1'\nfluxtask.delivery_backoff = 0\n");
$node->safe_psql('postgres', q{CREATE ROLE alice; CREATE ROLE bob; SELECT flux.create_bucket('out'); GRANT INSERT ON out._points TO alice});

# What a role's task of a body does; run by hand, COMMIT or not.
sub run_task
{
	my ($body, %options) = @_;
	my $role = $options{role} // 'alice';
	my $end = $options{end} // 'COMMIT';
	my ($status, undef, $error) = $node->psql('postgres', qq{SET ROLE $role;
		SELECT flux.create_task(\$flux\$import "array"
import "http"
import "json"
import "slack"
import "pagerduty"
import "contrib/sranka/teams"
import "contrib/sranka/telegram"
import "contrib/chobbs/discord"
import "contrib/sranka/webexteams"
import "pushbullet"
import "http/requests"
option task = {name: "t", every: 1h}
rows = array.from(rows: [{_time: 2024-01-01T00:00:00Z, _measurement: "m", _field: "f", _value: 1, host: "a"}, {_time: 2024-01-01T00:00:01Z, _measurement: "m", _field: "f", _value: 2, host: "b"}])
$body\$flux\$, active => false);
		BEGIN; SELECT flux.run_task('t'); $end;});
	$node->psql('postgres', q{SELECT flux.drop_task('t')});
	return $error;
}

sub deliveries
{
	return $node->safe_psql('postgres', 'SELECT status, count(*) FROM flux.deliveries GROUP BY status ORDER BY status');
}
sub deliver { return $node->safe_psql('postgres', 'CALL flux.deliver()') }
sub forget { $node->safe_psql('postgres', 'DELETE FROM _flux_catalog.outbox'); $server->requests; return }

my $url = $server->url('/x');
my $endpoint = qq{|> http.endpoint(url: "$url?key=s3cret")(mapFn: (r) => ({headers: {h: "v", Authorization: "s3cret"}, data: json.encode(v: {host: r.host})}))()};

# ---- once, and only after the commit ----

is(run_task("rows $endpoint |> to(bucket: \"out\")"), '', 'a run with an endpoint');
is(scalar $server->requests, 0, 'sends nothing by itself');
is(deliveries(), 'pending|2', 'two notifications wait');
is($node->safe_psql('postgres', 'SELECT string_agg(DISTINCT _sent || _status, \' \') FROM out.m'), 'true200', 'the script sees them accepted')
	or diag($node->safe_psql('postgres', 'SELECT * FROM out.m'));
unlike($node->safe_psql('postgres', 'SELECT * FROM flux.deliveries'), qr/s3cret/, 'the view shows no secret');
deliver();
my @requests = $server->requests;
is(join(' ', map { $_->{body} } @requests), '{"host":"a"} {"host":"b"}', 'they arrive, in order');
is_deeply($requests[0]{query}, { key => 's3cret' }, 'at their URL');
is("$requests[0]{method} $requests[0]{headers}{h} $requests[0]{headers}{authorization}", 'POST v s3cret', 'with their headers');
is(deliveries(), 'delivered|2', 'and are done');
is($node->safe_psql('postgres', q{SELECT count(*) FROM _flux_catalog.outbox WHERE url <> '' OR headers <> '{}' OR body <> ''}), '0', 'their secrets are forgotten');
deliver();
is(scalar $server->requests, 0, 'nothing is sent twice');
is($node->safe_psql('postgres', 'SELECT count(*) FROM flux.deliveries WHERE attempts = 1 AND response = 200 AND error IS NULL AND next_attempt IS NULL AND finished_at >= created_at AND owner = \'alice\''), '2', 'the record');
forget();

run_task("rows $endpoint |> to(bucket: \"out\")", end => 'ROLLBACK');
is(deliveries(), '', 'a rollback notifies nobody');
like(run_task("rows $endpoint |> to(bucket: \"out\")\nrows |> yield(name: \"x\") |> map(fn: (r) => ({r with y: die(msg: \"enough\")})) |> to(bucket: \"out\")"), qr/enough/, 'a run that fails');
is(deliveries(), '', 'notifies nobody');

# ---- what is a notification ----

my %calls = (
	slack => qq{slack.endpoint(url: "$url")(mapFn: (r) => ({channel: "c", text: r.host, color: "good"}))()},
	teams => qq{teams.endpoint(url: "$url")(mapFn: (r) => ({title: "t", text: r.host, summary: ""}))()},
	telegram => qq{telegram.endpoint(url: "$url", token: "t")(mapFn: (r) => ({channel: "c", text: r.host, silent: true}))()},
	webexteams => qq{webexteams.endpoint(url: "$url", token: "t")(mapFn: (r) => ({roomId: "c", text: r.host, markdown: ""}))()},
	pushbullet => qq{pushbullet.endpoint(url: "$url")(mapFn: (r) => ({title: "c", text: r.host}))()},
	pagerduty => qq{pagerduty.endpoint(url: "$url")(mapFn: (r) => ({routingKey: "k", client: "c", clientURL: "u", class: "c", eventAction: "trigger", group: "g", severity: "info", source: "s", summary: r.host, timestamp: string(v: r._time)}))()},
);
for my $package (sort keys %calls)
{
	is(run_task("rows |> $calls{$package} |> to(bucket: \"out\")"), '', $package);
	is(deliveries() . ' ' . scalar(() = $server->requests), 'pending|2 0', "$package.endpoint waits");
	deliver();
	is(deliveries() . ' ' . scalar(() = $server->requests), 'delivered|2 2', 'and arrives');
	forget();
}
is(run_task("option discord.discordURL = \"$url\"\n" . 'rows |> discord.endpoint(username: "u", webhookID: "i", webhookToken: "t")(mapFn: (r) => ({content: r.host}))() |> to(bucket: "out")'), '', 'discord');
is(deliveries(), 'pending|2', 'waits too');
forget();
my $post = qq{http.post(url: "$url", headers: {}, data: bytes(v: "now"))};
my $to = 'rows |> to(bucket: "out")';
is(run_task("$post\n$to"), '', 'a post as a statement');
is(deliveries() . ' ' . scalar(() = $server->requests), 'pending|1 0', 'waits');
forget();
is(run_task("slack.message(url: \"$url\", channel: \"c\", text: \"t\", color: \"good\")\n$to"), '', 'a message as a statement');
is(deliveries() . ' ' . scalar(() = $server->requests), 'pending|1 0', 'waits');
forget();
is(run_task("requests.post(url: \"$url\", headers: [\"h\": \"v\"], params: [\"a\": [\"b c\"]], body: bytes(v: \"x\"))\n$to"), '', 'a request as a statement');
is(deliveries() . ' ' . scalar(() = $server->requests), 'pending|1 0', 'waits');
deliver();
my ($asked) = $server->requests;
is("$asked->{query}{a} $asked->{headers}{h} $asked->{body}", 'b c v x', 'with all it says');
forget();
my %direct = (
	'a request with a name' => "answer = requests.post(url: \"$url\")\n$to",
	'a request to read as a statement' => "requests.get(url: \"$url\")\n$to",
	'a post with a name' => "status = $post\n$to",
	'a post in a row function' => "rows |> limit(n: 1) |> map(fn: (r) => ({r with _value: $post})) |> to(bucket: \"out\")",
	'a message in a row function' => "rows |> limit(n: 1) |> map(fn: (r) => ({r with _value: slack.message(url: \"$url\", channel: \"c\", text: \"t\", color: \"good\")})) |> to(bucket: \"out\")",
	'a post as an argument of a call' => "array.map(arr: [1], fn: (x) => $post)\n$to",
	'a post inside a function of the script' => "tell = () => { status = $post return if status == 200 then status else die(msg: \"no\") }\ntell()\n$to",
);
for my $what (sort keys %direct)
{
	is(run_task($direct{$what}), '', $what);
	is(deliveries() . ' ' . scalar(() = $server->requests), ' 1', 'is sent at once');
	forget();
}
$node->safe_psql('postgres', qq{SELECT flux.query_csv(\$flux\$import "array" import "http" import "json"
array.from(rows: [{host: "a"}]) $endpoint\$flux\$)});
is(deliveries() . ' ' . scalar(() = $server->requests), ' 1', 'a query has no run and sends at once');
$node->safe_psql('postgres', qq{SELECT flux.create_task(\$flux\$import "array" import "http" import "json"
option task = {name: "p", every: 1h}
array.from(rows: [{_time: now(), _measurement: "m", _field: "f", _value: 1, host: "a"}]) $endpoint |> to(bucket: "out")\$flux\$, active => false);
	SELECT FROM flux.preview('p')});
is(deliveries() . ' ' . scalar(() = $server->requests), ' 0', 'a preview sends nothing');

# ---- when it does not arrive ----

sub endpoint { return 'rows |> limit(n: 1) |> http.endpoint(url: "' . $_[0] . '")(mapFn: (r) => ({headers: {}, data: bytes(v: "x")}))() |> to(bucket: "out")' }
run_task(endpoint($server->url('/busy')));
deliver();
is(deliveries() . ' ' . scalar(() = $server->requests), 'delivered|1 3', 'a busy receiver is asked again');
is($node->safe_psql('postgres', 'SELECT attempts, response FROM flux.deliveries'), '3|200', 'which is on record');
forget();
$node->safe_psql('postgres', q{ALTER SYSTEM SET fluxtask.delivery_backoff = 60; SELECT pg_reload_conf()});
run_task(endpoint($server->url('/never')));
deliver();
is($node->safe_psql('postgres', q{SELECT status, attempts, response, error, next_attempt - now() BETWEEN '50 s' AND '61 s' FROM flux.deliveries}),
	'pending|1|503|the server answered with HTTP status 503|t', 'the next attempt has time');
$node->safe_psql('postgres', q{UPDATE _flux_catalog.outbox SET next_attempt = now(), attempts = 3});
deliver();
is($node->safe_psql('postgres', q{SELECT attempts, next_attempt - now() BETWEEN '470 s' AND '481 s' FROM flux.deliveries}), '4|t', 'more each time');
$node->safe_psql('postgres', q{UPDATE _flux_catalog.outbox SET next_attempt = now(), attempts = 9});
deliver();
is($node->safe_psql('postgres', q{SELECT status, attempts, finished_at IS NOT NULL, next_attempt IS NULL FROM flux.deliveries}), 'failed|10|t|t', 'until it is given up');
my $id = $node->safe_psql('postgres', 'SELECT delivery_id FROM flux.deliveries');
like(($node->psql('postgres', "SET ROLE bob; SELECT flux.retry_delivery($id)"))[2], qr/no failed delivery $id of yours/, 'another role cannot retry it');
is($node->safe_psql('postgres', "SET ROLE alice; SELECT flux.retry_delivery($id); SELECT status, attempts FROM flux.deliveries"), "\npending|0", 'its owner can');
is($node->safe_psql('postgres', 'SET ROLE bob; SELECT count(*) FROM flux.deliveries'), '0', 'another role does not see it');
$server->requests;
$node->safe_psql('postgres', 'SET ROLE bob; CALL flux.deliver()');
is(scalar $server->requests, 0, 'nor delivers it');
forget();
run_task(endpoint($server->url('/gone')));
deliver();
is($node->safe_psql('postgres', 'SELECT status, attempts, response FROM flux.deliveries'), 'failed|1|404', 'a refusal is final');
forget();
run_task(endpoint('http://127.0.0.1:1/'));
deliver();
is($node->safe_psql('postgres', q{SELECT status, attempts, response IS NULL, error LIKE 'HTTP request to %failed%' FROM flux.deliveries}), 'pending|1|t|t', 'nobody there: later');
forget();
run_task(endpoint($server->url('/made')));
$node->safe_psql('postgres', q{SET fluxtask.http_allow = 'example.com'; CALL flux.deliver()});
is($node->safe_psql('postgres', 'SELECT status, error FROM flux.deliveries') . scalar(() = $server->requests),
	'failed|host "127.0.0.1" is not allowed0', 'the allow-list is asked again');
forget();
like(run_task(endpoint('http://example.com/')), qr/host "example.com" is not allowed at \d+:\d+/, 'and at the run');
is(deliveries(), '', 'which leaves nothing');
like(($node->psql('postgres', 'BEGIN; CALL flux.deliver()'))[2], qr/cannot be called inside a transaction block/, 'not in a transaction');
like(($node->psql('postgres', 'CALL flux.deliver(-1)'))[2], qr/must not be negative/, 'a number below zero');

# ---- several at a time, and one that dies ----

sub deliver_beside
{
	my ($count) = @_;
	return map { IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c', 'CALL flux.deliver()' ],
			'2>', '/dev/null') } 1 .. $count;
}
$node->safe_psql('postgres', qq{SELECT flux.create_task(\$flux\$import "generate" import "http"
option task = {name: "forty", every: 1h}
generate.from(count: 40, fn: (n) => n, start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
	|> set(key: "_measurement", value: "m") |> set(key: "_field", value: "f")
	|> http.endpoint(url: "$url")(mapFn: (r) => ({headers: {}, data: bytes(v: string(v: r._value))}))()
	|> to(bucket: "out")\$flux\$, active => false); SELECT flux.run_task('forty')});
$_->finish for deliver_beside(4);
is(join(' ', sort { $a <=> $b } map { $_->{body} } $server->requests), join(' ', 0 .. 39), 'four drivers, each notification once');
forget();
my $slow = FluxHttpServer->start(sub { sleep 2; return (200, '') });
run_task(endpoint($slow->url('/')));
my ($dying) = deliver_beside(1);
$node->await(q{SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE 'CALL flux.deliver%' AND xact_start < now() - interval '300 ms'}, 'a delivery is under way');
$node->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL flux.deliver%' AND pid <> pg_backend_pid()});
$dying->finish;
is($node->safe_psql('postgres', 'SELECT status, attempts FROM flux.deliveries'), 'pending|0', 'a driver that dies leaves it pending');
deliver();
is(deliveries(), 'delivered|1', 'for the next one');
$slow->stop;
forget();

# ---- the limits ----

$node->safe_psql('postgres', q{CREATE FUNCTION many(n int, size int) RETURNS text LANGUAGE sql AS $$
	SELECT format('import "generate" import "http" import "strings"
option task = {name: "many", every: 1h}
generate.from(count: %s, fn: (n) => n, start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
	|> set(key: "_measurement", value: "m") |> set(key: "_field", value: "f")
	|> http.endpoint(url: "http://127.0.0.1:1/")(mapFn: (r) => ({headers: {}, data: bytes(v: strings.repeat(v: "x", i: %s))}))()
	|> to(bucket: "out")', n, size) $$});
for my $case ([ 10000, 1, '' ], [ 10001, 1, qr/more than 10000 notifications/ ], [ 1, 1048576, '' ], [ 1, 1048577, qr/takes 1048577 bytes, more than 1048576/ ])
{
	my ($count, $size, $expected) = @$case;
	my (undef, undef, $error) = $node->psql('postgres', qq{BEGIN; SELECT flux.create_task(many($count, $size), active => false); SELECT flux.run_task('many'); ROLLBACK});
	$expected eq '' ? is($error, '', "$count of $size bytes") : like($error, $expected, "not $count of $size bytes");
}

# ---- run_due and the scheduler deliver too; a dead receiver holds up nobody ----

forget();
$node->safe_psql('postgres', qq{SELECT flux.create_task(\$flux\$import "array" import "http"
option task = {name: "due", every: 1s}
array.from(rows: [{_time: now(), _measurement: "m", _field: "f", _value: 1}])
	|> http.endpoint(url: "$url")(mapFn: (r) => ({headers: {}, data: bytes(v: string(v: r._time))}))() |> to(bucket: "out")\$flux\$)});
sleep 2;
$node->safe_psql('postgres', q{CALL flux.run_due()});
cmp_ok(scalar(() = $server->requests), '>', 0, 'flux.run_due() delivers');
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'fluxtask'\n");
$node->safe_psql('postgres', q{ALTER SYSTEM SET fluxtask.delivery_backoff = 1});
$node->restart;
$node->await(q{SELECT count(*) > 3 FROM flux.deliveries WHERE status = 'delivered' AND created_at > pg_postmaster_start_time()}, 'the scheduler delivers');
$node->safe_psql('postgres', q{SELECT flux.disable_task('due')});
$node->await(q{SELECT count(*) = 0 FROM flux.deliveries WHERE status = 'pending'}, 'everything');
my %seen;
$seen{ $_->{body} }++ for $server->requests;
is(join(' ', grep { $seen{$_} > 1 } sort keys %seen), '', 'each of them once');
%times = ();
my $busy = FluxHttpServer->start(sub { our $calls; return (++$calls > 2 ? 200 : 503, '') });
$node->safe_psql('postgres', 'DELETE FROM _flux_catalog.outbox');
run_task(endpoint($busy->url('/busy')), role => 'postgres');
$node->await(q{SELECT count(*) = 1 FROM flux.deliveries WHERE status = 'delivered' AND attempts = 3}, 'the scheduler tries again in time');

$_->stop for $server, $busy;
$node->stop;
done_testing();
