# 042_cancel.pl - statement_timeout ends a script soon, whatever operator is at
# work, and so it ends writing, compaction and what reads scripts.
#
# Each script runs much longer than its timeout, and a statement sleeps when it is
# done.  On a quiet machine it ends
# within 100 ms of it, freeing memory included; the bound here allows for a busy
# one.  A loop that does not look at interrupts, or a context per table that must
# be freed, takes many times as long.  The latencies are in the log.
use strict;
use warnings;
use FluxCluster;
use Test::More;
use Time::HiRes qw(time);

my $bound = 1;     # of the median; no single one more than five times that
my @timeouts = (0.2, 0.3, 0.6);
my $node = FluxCluster->create('cancel', conf => "log_min_messages = fatal\n");
$node->safe_psql('postgres', q{
SELECT flux.create_bucket('long');
SELECT flux.write('long', string_agg(format('m,host=h%s a=%s,b=%si %s',
	i % 10, i::bigint * 7919 % 1000003, i % 777, 1700006400 + i / 10), E'\n'), 's') FROM generate_series(1, 500000) i;
SELECT flux.compact('long');
CREATE TABLE lines AS SELECT string_agg(format('m,host=h%s a=%s,b=%si,s="some text" %s', i % 10, i, i % 777, 1700006400 + i), E'\n') AS text
	FROM generate_series(1, 500000) i;
CREATE TABLE series AS SELECT string_agg(format('m,host=h%s a=%s %s', i, i, 1700006400 + i), E'\n') AS text FROM generate_series(1, 200000) i;
SELECT flux.create_bucket('hot'), flux.create_bucket('new', chunk_interval => '10 days');
SELECT flux.write('hot', text, 's') FROM lines;
SELECT flux.create_bucket('many series'), flux.create_bucket('unordered');
SELECT flux.write('unordered', string_agg(format('m a=%s %s', i, 1700006400 + i * 7919 % 1500007), E'\n'), 's')
	FROM generate_series(1::bigint, 1500000) i;
SELECT flux.write('many series', text, 's') FROM series;
CREATE TABLE script AS SELECT string_agg(format(E'x%s = (a, b=<-) => {\n return a + %s * b.c[%s]\n}', i, i, i), E'\n') AS text
	FROM generate_series(1, 100000) i;
});

my $all = 'from(bucket: "long") |> range(start: 2023-11-15T00:00:00Z, stop: 2023-11-16T00:00:00Z)';
my $fa = "$all |> filter(fn: (r) => r._field == \"a\")";
my $fb = "$all |> filter(fn: (r) => r._field == \"b\")";
my $again = '|> sort(columns: ["_value"]) |> sort(columns: ["_time"])' x 20;
my %scripts = (
	sort => "$fa |> group() $again",
	'join' => "a = $fa |> group() b = $fb |> group() join(tables: {a: a, b: b}, on: [\"host\"])",
	'join.inner' => "import \"join\" a = $fa |> group() b = $fb |> group()"
		. ' join.inner(left: a, right: b, on: (l, r) => l.host == r.host, as: (l, r) => ({l with b: r._value}))',
	pivot => "$all |> toFloat() |> group() |> pivot(rowKey: [\"_time\", \"_value\"], columnKey: [\"host\"], valueColumn: \"_value\") $again",
	window => "$fa |> group() |> timedMovingAverage(every: 1s, period: 6h)",
	'overlapping windows' => "$fa |> map(fn: (r) => ({r with _value: r._value + 1.0})) |> group() |> timedMovingAverage(every: 1s, period: 6h)",
	'empty windows' => "$fa |> group() |> aggregateWindow(every: 20ms, fn: median) $again",
	'linear interpolation' => "import \"interpolate\" $fa |> interpolate.linear(every: 1us)",
	generate => 'import "generate" generate.from(count: 2000000000, fn: (n) => n * n, start: 2023-11-15T00:00:00Z, stop: 2023-11-17T00:00:00Z) |> sum()',
	'regular expression' => "import \"regexp\" import \"strings\" $fa |> map(fn: (r) => ({r with z: regexp.replaceAllString(r: /(.*)(.*)(.*)(.*)(.*)x/,"
		. ' v: strings.repeat(v: string(v: r._time), i: 20), t: "")}))',
	holtWinters => "$fa |> holtWinters(n: 1000, interval: 1s, seasonality: 100)",
	'row by row' => "$fa |> group() |> map(fn: (r) => ({r with s: string(v: r._time) + r.host + string(v: r._value)}))"
		. ' |> map(fn: (r) => ({r with s: r.s + string(v: r._time)}))' x 10,
	reduce => "$fa |> group() |> reduce(fn: (r, accumulator) => ({s: accumulator.s + string(v: r._value)}), identity: {s: \"\"})",
	'a table per row' => "$fa |> group(columns: [\"_time\", \"_value\"]) |> sort() |> group(columns: [\"_value\"])" . ' |> group(columns: ["_time"]) |> group(columns: ["_value"])' x 10,
	'join a table per row' => "join(tables: {a: $fa |> group(columns: [\"_time\", \"host\"]), b: $fb |> group(columns: [\"_time\", \"host\"])}, on: [\"_time\"]) $again",
	'union of a table per row' => "union(tables: [$fa |> group(columns: [\"_time\", \"_value\"]), $fb |> toFloat() |> group(columns: [\"_time\", \"_value\"])])"
		. ' |> rename(columns: {_value: "x"})' x 20,
	'many results' => "x = $fa |> group(columns: [\"_time\", \"_value\"])" . join('', map { " x |> sort() |> yield(name: \"$_\")" } 1 .. 12),
	'many columns' => "import \"strings\" $fa |> limit(n: 2000) |> group() |> map(fn: (r) => ({r with u: string(v: r._value)}))"
		. ' |> pivot(rowKey: ["_value", "_time"], columnKey: ["u"], valueColumn: "_value")' . $again,
	mode => "$fa |> group() |> mode()" . join('', map { " $fa |> group() |> mode() |> yield(name: \"$_\")" } 1 .. 20),
	unique => "$fa |> group()" . ' |> unique()' x 30,
	quantile => join('', map { " $fa |> group() |> quantile(q: 0.$_, method: \"exact_selector\") |> yield(name: \"$_\")" } 1 .. 20),
	'long periods' => "$fa |> group() |> movingAverage(n: 1000)" . ' |> movingAverage(n: 1000)' x 5,
	'testing.diff' => "import \"testing\" testing.diff(got: $fa |> group(), want: $fb |> group() |> toFloat()) $again",
	'script values' => "import \"array\" x = $fa |> group() |> findColumn(fn: (key) => true, column: \"_value\")"
		. " array.from(rows: [{n: length(arr: array.map(arr: array.map(arr: x, fn: (x) => string(v: x) + \"a\"), fn: (x) => ({a: x, b: x + \"b\"})))}])",
	'set of values' => "x = $fa |> group() |> limit(n: 100000) |> findColumn(fn: (key) => true, column: \"_value\") $fa |> filter(fn: (r) => contains(value: r._value + 0.5, set: x))",
	csv => "import \"csv\" import \"strings\" csv.from(csv: \"#datatype,string,long,double\\n#group,false,false,false\\n#default,_result,,\\n,result,table,a\\n\""
		. " + strings.repeat(v: \",,0,1.5\\n\", i: 5000000)) |> sort(columns: [\"a\"]) $again",
	'JSON' => 'import "array" import "experimental/dynamic" import "experimental/json" import "strings" '
		. 'x = bytes(v: "[" + strings.repeat(v: "[{\"b\": 1.5, \"a\": \"text\\\\n\"}],", i: 500000) + "[]]") array.from(rows: [{v: length(arr: ['
		. join(', ', ('json.parse(data: x)', 'json.parse(data: dynamic.jsonEncode(v: dynamic.jsonParse(data: x)))') x 3) . '])}])',
	'keys of JSON' => "import \"array\" import \"experimental/json\" import \"strings\" "
		. "keys = $fa |> group() |> map(fn: (r) => ({k: \"\\\"\" + string(v: r._value) + \" is a key\\\": 1\"})) |> findColumn(fn: (key) => true, column: \"k\")"
		. ' x = bytes(v: "{" + strings.joinStr(arr: keys, v: ",") + "}") array.from(rows: [{v: length(arr: [' . join(', ', ('json.parse(data: x)') x 10) . '])}])',
	'long strings' => 'import "array" import "contrib/qxip/hash" import fromJSON "experimental/json" import "json" import "strings" x = strings.repeat(v: "ab cd ", i: 4000000) '
		. join(' ', map { "v$_ = string(v: length(arr: [" . join(', ', 'strings.toUpper(v: x)', 'strings.title(v: x)', 'strings.replaceAll(v: x, t: "b", u: "zz")',
			'strings.trim(v: x, cutset: " abcd")', 'strings.joinStr(arr: strings.split(v: x, t: " "), v: "")', 'strings.substring(v: x, start: 9, end: 23999999)',
			'string(v: strings.strlen(v: x) + strings.countStr(v: x, substr: "b c") + strings.lastIndex(v: x, substr: "q") + strings.indexAny(v: x, chars: "q"))',
			'string(v: strings.equalFold(v: x, t: x))', 'string(v: json.encode(v: x))', 'fromJSON.parse(data: json.encode(v: x))', 'hash.sha256(v: x)', 'hash.b64(v: x)', 'display(v: bytes(v: x))') . ']))' } 1 .. 10) . ' array.from(rows: [{v: v1}])',
	'regular expressions on a long string' => 'import "array" import "regexp" import "strings" x = strings.repeat(v: "ab cd ", i: 1000000) '
		. join(' ', map { "v$_ = length(arr: regexp.splitRegexp(r: /[ b]/, v: regexp.replaceAllString(r: /[a-c]+ /, v: x, t: \"-\"), i: -1))" } 1 .. 10)
		. ' array.from(rows: [{v: v1}])',
	group => "$fa |> map(fn: (r) => ({r with u: string(v: r._value)})) |> group(columns: [\"u\"]) |> group(columns: [\"_time\"]) |> group(columns: [\"u\"])");

$scripts{$_} = "SELECT count(*) FROM flux.explain(\$q\$$scripts{$_}\$q\$, true)" for keys %scripts;

# Statements of other kinds.
my %statements = (
	# Not one large script: its tree becomes jsonb in one go.
	'parse' => q{SELECT sum(length(flux.parse('a' || i || ' = 1 ' || few)::text)) FROM (SELECT string_agg(format('x%s = (a, b=<-) => a + b.c[%s]', i, i), E'\n') AS few FROM generate_series(1, 500) i) f, generate_series(1, 100000) i},
	'format' => 'SELECT length(flux.format(text)) FROM script',
	'check' => 'SELECT flux.check(text)::text FROM script',
	'diagnose' => 'SELECT count(*) FROM script, flux.diagnose(text)',
	'check a chain' => q{SELECT flux.check('x0 = 1 ' || string_agg(format('x%s = x%s + 1', i, i - 1), ' '))::text FROM generate_series(1, 200000) i},
	'check wide records' => q{SELECT flux.check('f = (r) => ({r with ' || string_agg(format('a%s: r.b%s + r.b%s', i, i, i % 7), ', ') || '}) g = (r) => f(r: r) '
		|| (SELECT string_agg('x' || i || ' = (r) => g(r: r)', ' ') FROM generate_series(1, 200) i))::text FROM generate_series(1, 1000) i},
	'write' => q{SELECT flux.write('new', text, 's') FROM lines},
	'write series' => q{SELECT flux.write('new', text, 's') FROM series},
	'compact' => q{SELECT flux.compact('hot')::text},
	'delete a series' => q{SELECT flux.delete('long', '2023-11-15 00:00', '2023-11-15 20:00', 'host="h1"')},
	'delete rows not compacted' => q{SELECT flux.delete('hot', '2020-01-01', '2026-01-01')},
	'points in no order' => q{SELECT sum(length(flux.query_csv('from(bucket: "unordered") |> range(start: 2023-01-01T00:00:00Z)
		|> sum() |> yield(name: "' || i || '")'))) FROM generate_series(1, 30) i},
	'cardinality' => q{SELECT count(*) FROM generate_series(1, 100) i, flux.query_csv('import "influxdata/influxdb"
		influxdb.cardinality(bucket: "many series", start: ' || 2000 + i % 2 || '-01-01T00:00:00Z, stop: 2030-01-01T00:00:00Z)')},
	'query_csv' => "SELECT length(flux.query_csv('$all'))",
	'query_json' => "SELECT count(*) FROM flux.query_json('$all')",
	'SQL' => q{SELECT count(*) FROM (SELECT time, host, max(a), min(b) FROM "long".m GROUP BY time, host) s});
$scripts{"SQL: $_"} = "SELECT s, pg_sleep(10) FROM ($statements{$_} OFFSET 0) s" for keys %statements;

# Milliseconds from the timeout to the end of the statement.
sub latency
{
	my ($name, $timeout) = @_;
	my ($status, $output, $errors) = $node->psql('postgres',
		"SET fluxtask.vectorize = off;\nSELECT flux.check('x = 1') IS NULL;\n"
		. "SELECT format('started %s', extract(epoch FROM clock_timestamp()));\n"
		. "SET statement_timeout = '" . $timeout * 1000 . "ms';\n"
		. "$scripts{$name};\n"
		. "SELECT format('ended %s', extract(epoch FROM clock_timestamp()));\n", on_error_stop => 0, on_error_die => 0);
	like($errors, qr/canceling statement due to statement timeout/, "$name: cancelled after $timeout s");
	my ($started) = $output =~ /started ([\d.]+)/;
	my ($ended) = $output =~ /ended ([\d.]+)/;
	return ($ended - $started - $timeout) * 1000;
}

my @all;
for my $name (sort keys %scripts)
{
	my @latencies = sort { $a <=> $b } map { latency($name, $_) } @timeouts;
	note(sprintf('%-36s %s ms', $name, join(' ', map { sprintf('%5.0f', $_) } @latencies)));
	cmp_ok($latencies[1], '<', $bound * 1000, "$name: soon");
	cmp_ok($latencies[2], '<', $bound * 5000, "$name: always");
	push @all, @latencies;
}
@all = sort { $a <=> $b } @all;
note(sprintf('%d latencies: median %.0f ms, 90 of 100 within %.0f ms, longest %.0f ms', scalar @all, $all[@all / 2], $all[@all * 0.9], $all[-1]));
done_testing();
