# 051_remote.pl - buckets on another host: from(host:), to(host:) and their kin,
# and csv.from(url:), against a server that answers InfluxDB's HTTP API with
# this database's own buckets.  What it answers must be what a local read gives.
use strict;
use warnings;
use FluxCluster;
use FluxHttpServer;
use JSON::PP ();
use PostgreSQL::Test::Utils;
use Test::More;

my $node = FluxCluster->create('remote', conf => "fluxtask.http_allow = '127.0.0.1, localhost'\n");
my $csv = "#datatype,string,long,string,double\n#group,false,false,true,false\n#default,x,,,\n"
	. ",result,table,host,_value\n,,0,a,1.5\n,,0,a,2\n,,1,b,\n";
my %files = (
	'/data.csv' => [ 200, $csv ],
	'/raw.csv' => [ 200, "a,b\n1,\xC3\xA9\n" ],
	'/latin1.csv' => [ 200, "a,b\n1,\xE9\n" ],
	'/large.csv' => [ 200, 'x' x 5000 ],
	'/moved.csv' => [ 302, '', { Location => '/data.csv' } ],
	'/loop' => [ 302, '', { Location => '/loop' } ],
	'/file' => [ 302, '', { Location => 'file:///etc/passwd' } ],
	'/headed' => [ 200, 'x', { 'content-TYPE' => 'text/plain', 'x-left' => 3, 'X-Left' => 4, ETag => '"a-b"' } ],
	'/gone/api/v2/query' => [ 404, '{"code":"not found","message":"no such path"}' ],
	'/html/api/v2/query' => [ 200, '<html>hello</html>' ],
	'/broken/api/v2/query' => [ 200, "#datatype,string,long,string\r\n" ],
	'/error/api/v2/query' => [ 200, "#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n"
			. ",error,reference\r\n,out of memory over there,\r\n" ],
	'/busy/api/v2/write' => [ 503, '', { 'Retry-After' => 5 } ],
	'/partial/api/v2/write' => [ 422, '{"code":"unprocessable entity","message":"partial write: dropped=1"}' ],
	'/silent/api/v2/query' => [undef],
);

sub answer
{
	my ($request) = @_;
	my $path = $request->{path};
	return @{ $files{$path} } if $files{$path};
	return (401, '{"code":"unauthorized","message":"unauthorized access"}')
		if ($request->{headers}{authorization} // '') ne 'Token s3cret';
	my ($sql, $text);
	if ($path eq '/api/v2/query')
	{
		$text = JSON::PP->new->utf8(0)->decode($request->{body})->{query};
		$sql = "SELECT flux.query_csv(\$flux\$$text\$flux\$)";
	}
	elsif ($path eq '/api/v2/write')
	{
		$sql = "SELECT flux.write('$request->{query}{bucket}', \$lines\$$request->{body}\$lines\$)";
	}
	else { return (404, '{"code":"not found","message":"path not found"}') }
	my ($status, $out, $error) = $node->psql('postgres', $sql);
	return (400, JSON::PP->new->encode({ code => 'invalid', message => $error })) if $status != 0;
	return $path eq '/api/v2/write' ? (204, '') : (200, $out . "\r\n");
}

my $server = FluxHttpServer->start(\&answer);
my $host = $server->url;
my $args = qq{host: "$host", org: "my org", token: "s3cret"};

sub csv_of
{
	my ($script, @settings) = @_;
	my ($status, $out, $error) = $node->psql('postgres',
		join('', map { "SET $_;" } @settings) . "SELECT flux.query_csv(\$flux\$$script\$flux\$)");
	return $status == 0 ? $out : $error =~ s/^psql:<stdin>:\d+: //r =~ s/\n.*//sr;
}

sub full_error
{
	my ($script) = @_;
	my (undef, undef, $error) = $node->psql('postgres', "SELECT flux.query_csv(\$flux\$$script\$flux\$)");
	return $error;
}

$node->safe_psql('postgres', q{
	SELECT flux.create_bucket('src');
	SELECT flux.create_bucket('dst');
	SELECT flux.create_bucket('copy');
	SELECT flux.write('src', string_agg(format(E'm,host=h%s,rack=r\\\\ %s,a\\\\,b=c\\\\=d f=%s,i=%si,u=%su,b=%s,s="t, \\\\"%s\\\\"\n%s" %s',
		i % 3, i % 2, i * 0.25, i, i, i % 2 = 0, i, i, 1700000000000000000 + i * 60000000000), E'\n'))
	FROM generate_series(0, 200) AS i;
	SELECT flux.write('src', 'n f=1 1700000000000000000');
});

# ---- reading ----

my $range = '|> range(start: 2023-11-14T22:00:00Z, stop: 2023-11-15T02:00:00Z)';
my @pipelines = (
	'',
	'|> filter(fn: (r) => r._measurement == "n")',
	'|> filter(fn: (r) => r._field == "f" and r._value > 10.0 and r.rack == "r 1")',
	'|> filter(fn: (r) => r._field == "i" and (r._value < -1 or r._value >= 42))',
	'|> filter(fn: (r) => r._field == "u" and r._value > uint(v: "18446744073709551614"))',
	'|> filter(fn: (r) => r._field == "b" and r._value == true)',
	'|> filter(fn: (r) => r._field == "s" and r._value != "t, \"3\"\n3")',
	'|> filter(fn: (r) => r.host =~ /h[12]$/ and r["a,b"] !~ /a\/b\\\\/)',
	'|> filter(fn: (r) => exists r.rack and not exists r.nothing and r._field == "f")',
	'|> filter(fn: (r) => r.rack == "${1}" or r.rack == "a\"b\\\\c" or r.host == "h1")',
	'|> filter(fn: (r) => r._field == "f") |> filter(fn: (r) => r._value * 2.0 > 30.0)',
	'|> filter(fn: (r) => r._field == "f") |> mean()',
	'|> filter(fn: (r) => r._field == "f") |> last()',
	'|> count()',
	'|> filter(fn: (r) => r._field == "i") |> aggregateWindow(every: 1h, fn: max)',
	'|> filter(fn: (r) => r._field == "i") |> aggregateWindow(every: 30m, period: 1h, offset: 5m, fn: sum, createEmpty: false, timeSrc: "_start")',
	'|> limit(n: 2)',
	'|> tail(n: 3)',
	'|> filter(fn: (r) => r._field == "i") |> group(columns: ["rack"]) |> max()',
	'|> filter(fn: (r) => r._field == "f") |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> limit(n: 3)',
	'|> keys()',
	'|> filter(fn: (r) => r._measurement == "nowhere")',
);
for my $pipeline (@pipelines)
{
	my $local = csv_of(qq{from(bucket: "src") $range $pipeline});
	$local =~ s/^ERROR:\s+//;
	for my $push_down ('on', 'off')
	{
		is(csv_of(qq{from(bucket: "src", $args) $range $pipeline}, "fluxtask.push_down = $push_down"),
			$local, "push-down $push_down: $pipeline");
	}
}
like(csv_of(qq{from(bucket: "src") $range}), qr/t, ""7""/, 'the strings are awkward');
is(csv_of(qq{option location = {zone: "Europe/Berlin", offset: 0h}
from(bucket: "src", $args) $range |> filter(fn: (r) => r._field == "i") |> aggregateWindow(every: 1d, fn: sum)}),
	csv_of(qq{option location = {zone: "Europe/Berlin", offset: 0h}
from(bucket: "src") $range |> filter(fn: (r) => r._field == "i") |> aggregateWindow(every: 1d, fn: sum)}),
	'windows by the wall clock of a zone');
$server->requests;
csv_of(qq{from(bucketID: "0000000000000001", host: "$host/", orgID: "00000000000000aa", token: "s3cret") $range
	|> filter(fn: (r) => r._field == "f") |> mean()});
my ($asked) = $server->requests;
is($asked->{path}, '/api/v2/query', 'where it is asked');
is_deeply($asked->{query}, { orgID => '00000000000000aa' }, 'for which organisation');
is(JSON::PP->new->utf8(0)->decode($asked->{body})->{query}, qq{from(bucketID: "0000000000000001")
	|> range(start: 2023-11-14T22:00:00.000000000Z, stop: 2023-11-15T02:00:00.000000000Z)
	|> filter(fn: (r) => r["_field"] == "f")
	|> mean()}, 'what is asked');
like($node->safe_psql('postgres', qq{SELECT flux.explain(\$\$from(bucket: "src", $args) $range |> sum()\$\$)}),
	qr/read remote.*host: "\Q$host\E".*\|> sum\(\)/s, 'explain shows the script');
unlike($node->safe_psql('postgres', qq{SELECT flux.explain(\$\$from(bucket: "src", $args) $range |> sum()
	|> set(key: "_time", value: "x") |> to(bucket: "dst", $args)\$\$)}), qr/s3cret/, 'explain shows no token');
is(scalar $server->requests, 0, 'explain asks nobody');
is(csv_of(qq{buckets($args) |> keep(columns: ["name"]) |> sort(columns: ["name"])}),
	csv_of(q{buckets() |> keep(columns: ["name"]) |> sort(columns: ["name"])}), 'buckets(host:)');
is(csv_of(qq{import "influxdata/influxdb/v1"
v1.databases($args) |> keep(columns: ["databaseName"]) |> sort(columns: ["databaseName"])}),
	csv_of(q{import "influxdata/influxdb/v1"
v1.databases() |> keep(columns: ["databaseName"]) |> sort(columns: ["databaseName"])}), 'v1.databases(host:)');
is(csv_of(qq{import "influxdata/influxdb"
influxdb.cardinality(bucket: "src", start: 2023-01-01T00:00:00Z, stop: 2024-01-01T00:00:00Z, predicate: (r) => r.host == "h1", $args)}),
	csv_of(q{import "influxdata/influxdb"
influxdb.cardinality(bucket: "src", start: 2023-01-01T00:00:00Z, stop: 2024-01-01T00:00:00Z, predicate: (r) => r.host == "h1")}),
	'cardinality(host:)');

# ---- writing ----

sub points
{
	my ($bucket) = @_;
	return $node->safe_psql('postgres', qq{SELECT flux.query_csv(\$\$from(bucket: "$bucket") |> range(start: 0)\$\$)})
		=~ s/\r?\n[^\n]*T[^\n]*Z,(\d{4}-)/\n$1/gr =~ s/^,,(\d+),[^,]+,[^,]+,/,,$1,/gmr;
}
is(csv_of(qq{from(bucket: "src") $range |> to(bucket: "dst", $args) |> count() |> sum() |> keep(columns: ["host"])}),
	csv_of(qq{from(bucket: "src") $range |> to(bucket: "copy") |> count() |> sum() |> keep(columns: ["host"])}),
	'to(host:) passes rows on');
is_deeply(($server->requests)[-1]{query}, { org => 'my org', bucket => 'dst', precision => 'ns' }, 'where it writes');
is(points('dst'), points('copy'), 'and writes what to() writes here');
$node->safe_psql('postgres', q{SELECT flux.delete(b, '-infinity', 'infinity') FROM unnest('{dst,copy}'::text[]) AS b});
csv_of(qq{from(bucket: "src") $range |> filter(fn: (r) => r._field == "f" or r._field == "i")
	|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> wideTo(bucket: "$_->[0]"$_->[1])})
	for (['dst', ", $args"], ['copy', '']);
is(points('dst'), points('copy'), 'wideTo(host:)');
$server->requests;
csv_of(qq{import "generate"
generate.from(count: 20000, fn: (n) => n, start: 2024-01-01T00:00:00Z, stop: 2024-01-02T00:00:00Z)
	|> set(key: "_measurement", value: "many") |> set(key: "_field", value: "v") |> to(bucket: "dst", $args)});
is(join(' ', map { scalar(() = $_->{body} =~ /\n/g) } $server->requests), '16384 3616', 'points travel in batches');
$node->safe_psql('postgres', qq{SELECT flux.create_task(\$flux\$import "array"
option task = {name: "far", every: 1h}
array.from(rows: [{_time: now(), _measurement: "far", _field: "v", _value: 1}]) |> to(bucket: "dst", $args)\$flux\$, active => false)});
like($node->safe_psql('postgres', q{SELECT record FROM flux.preview('far')}), qr/"far"/, 'a preview shows the points');
is(scalar $server->requests, 0, 'and sends nothing');
$node->safe_psql('postgres', q{SELECT flux.run_task('far')});
is($node->safe_psql('postgres', q{SELECT count(*) FROM dst.far}), '1', 'a run sends them');

# ---- csv.from(url:) ----

my $given = $csv =~ s/"/\\"/gr;
is(csv_of(qq{import "csv"\ncsv.from(url: "$host/data.csv")}), csv_of(qq{import "csv"\ncsv.from(csv: "$given")}),
	'csv.from(url:)');
is(csv_of(qq{import "experimental/csv"\ncsv.from(url: "$host/moved.csv")}),
	csv_of(qq{import "csv"\ncsv.from(csv: "$given")}), 'experimental/csv.from, redirected');
like(csv_of(qq{import "csv"\ncsv.from(url: "$host/raw.csv", mode: "raw")}), qr/1,\xC3\xA9|1,\x{e9}/, 'raw text');

# ---- refusals ----

sub refused
{
	my ($script, $expected, $what) = @_;
	like(full_error($script), $expected, $what);
	return;
}
my $csv_from = qq{import "csv"\ncsv.from(url: "$host};
refused(qq{$csv_from/nothing.csv")}, qr/csv\.from: the server answered with HTTP status 401 at 2:1/, 'a missing file');
refused(qq{$csv_from/latin1.csv", mode: "raw")}, qr/invalid byte sequence/, 'bytes that are no text');
refused(qq{$csv_from/loop")}, qr/HTTP status 302/, 'endless redirects');
refused(qq{$csv_from/file")}, qr/invalid URL "file:|unsupported|failed/i, 'a redirect to a file');
refused(qq{$csv_from/data.csv", csv: "a")}, qr/cannot provide both "csv" and "url" at 2:1/, 'text and url');
refused(qq{import "csv"\ncsv.from(url: "http://user:pass\@example.com/x?key=s3cret")},
	qr/host "example.com" is not allowed at 2:1.*A superuser can add it/s, 'a host that is not allowed');
unlike(full_error(qq{import "csv"\ncsv.from(url: "http://user:s3cret\@127.0.0.1:1/x?key=s3cret")}), qr/s3cret[^"]*"\s*failed/,
	'no secret in the text of an error');
like((split /\n/, full_error(qq{import "csv"\ncsv.from(url: "http://user:s3cret\@127.0.0.1:1/x?key=s3cret")}))[0],
	qr{HTTP request to "http://127.0.0.1/x" failed: .* at 2:1$}, 'a port nobody listens on');
{
	my (undef, undef, $error) = $node->psql('postgres',
		qq{SET fluxtask.http_response_max = '4kB'; SELECT flux.query_csv(\$\$$csv_from/large.csv")\$\$)});
	like($error, qr/HTTP response is larger than 4 kB at 2:1/, 'a large answer');
	(undef, undef, $error) = $node->psql('postgres',
		qq{SET fluxtask.http_allow = '*'; SELECT flux.query_csv(\$\$$csv_from/data.csv")\$\$)});
	like($error, qr/the address of .* is private at 2:1/, 'a wildcard allows no private address');
	(undef, undef, $error) = $node->psql('postgres', qq{CREATE ROLE nobody; SET ROLE nobody; SELECT flux.check('1'); SET fluxtask.http_allow = '*'});
	like($error, qr/permission denied to set parameter/, 'only a superuser allows hosts');
}

sub from { return qq{from(bucket: "src", host: "$_[0]", org: "o", token: "s3cret") $range} }
refused(qq{from(bucket: "src", $args)}, qr/unbounded|range/, 'from(host:) without range');
refused(qq{from(bucket: "src", host: "$host", token: "wrong") $range},
	qr/server "\Q$host\E" refused with HTTP status 401 at 1:\d+.*unauthorized access.*Check the argument "token"/s, 'a wrong token');
refused(qq{from(bucket: "nosuch", $args) $range}, qr/HTTP status 400.*could not find bucket/s, 'a bucket that is not there');
refused(from("$host/gone"), qr/HTTP status 404.*no such path.*Check the bucket/s, 'no such path');
refused(from("$host/html"), qr/error in the answer of .*missing expected annotation/, 'no CSV');
refused(from("$host/broken"), qr/error in the answer of .*annotations without a header/, 'half an answer');
refused(from("$host/error"), qr/reports an error: out of memory over there/, 'an error in the midst of the answer');
refused(from("$host/silent"), qr/failed: .* at 1:/, 'no answer');
refused(from('localhost:8086'), qr/invalid URL/, 'a host without a scheme');
refused(from('ftp://127.0.0.1'), qr/invalid URL "ftp:/, 'a host of another scheme');
refused(q{from(bucket: "a", bucketID: "b", host: "http://127.0.0.1") |> range(start: 0)}, qr/cannot provide both/, 'two buckets');
my $rows = q{import "array"
array.from(rows: [{_time: 2024-01-01T00:00:00Z, _measurement: "m", _field: "f", _value: 1, t: "x"}])};
refused(qq{$rows |> to(bucket: "b", host: "$host")}, qr/to: "token" is required where "host" is given at 2:/, 'to(host:) without a token');
refused(qq{$rows |> to(bucket: "b", host: "$host/busy", token: "s3cret")}, qr/HTTP status 503.*try again later/s, 'a busy server');
refused(qq{$rows |> to(bucket: "b", host: "$host/partial", token: "s3cret")}, qr/HTTP status 422.*partial write: dropped=1/s, 'a partial write');
refused(qq{$rows |> set(key: "t", value: "x\\\\") |> to(bucket: "b", $args)}, qr/ends in a backslash at 2:/, 'a tag that line protocol cannot hold');
refused(qq{$rows |> set(key: "_measurement", value: "a\nb") |> to(bucket: "b", $args)}, qr/has a line break at 3:/, 'a line break in a name');

# A header has one name, however the server writes it.
like(csv_of(qq{import "array" import "dict" import "http/requests" import old "experimental/http"
headers = requests.get(url: "$host/headed").headers
array.from(rows: [{left: dict.get(dict: headers, key: "X-Left", default: ""), all: display(v: headers),
	record: old.get(url: "$host/headed").headers["Content-Type"]}])}) =~ s/\s+/ /gr,
	qr/,,0,3,"\[ Connection: close, Content-Length: 1, Content-Type: text.plain, Etag: ""a-b"", X-Left: 3 \]",text.plain/, 'headers of an answer');

# What identifies the sender does not follow a redirect to another host.
my $other = FluxHttpServer->start(sub { return (204, '') });
$files{'/away/api/v2/write'} = [ 307, '', { Location => $other->url('/there') } ];
my $redirecting = FluxHttpServer->start(\&answer);
csv_of(qq{$rows |> to(bucket: "b", host: "} . $redirecting->url('/away') . q{", token: "s3cret")});
my ($followed) = $other->requests;
is($followed->{path}, '/there', 'a redirect is followed');
like($followed->{body}, qr/^m,t=x f=1i /, 'with the body');
is($followed->{headers}{authorization}, undef, 'without the token');

$_->stop for $server, $other, $redirecting;
$node->stop;
done_testing();
