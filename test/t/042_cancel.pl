# 042_cancel.pl - statement_timeout ends a script soon, whatever operator is at
# work.
#
# Each script runs much longer than its timeout.  On a quiet machine it ends
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
	group => "$fa |> map(fn: (r) => ({r with u: string(v: r._value)})) |> group(columns: [\"u\"]) |> group(columns: [\"_time\"]) |> group(columns: [\"u\"])");

# Milliseconds from the timeout to the end of the statement.
sub latency
{
	my ($name, $timeout) = @_;
	my ($status, $output, $errors) = $node->psql('postgres',
		"SET fluxtask.vectorize = off;\nSELECT flux.check('x = 1') IS NULL;\n"
		. "SELECT format('started %s', extract(epoch FROM clock_timestamp()));\n"
		. "SET statement_timeout = '" . $timeout * 1000 . "ms';\n"
		. "SELECT count(*) FROM flux.explain(\$q\$$scripts{$name}\$q\$, true);\n"
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
	note(sprintf('%-26s %s ms', $name, join(' ', map { sprintf('%5.0f', $_) } @latencies)));
	cmp_ok($latencies[1], '<', $bound * 1000, "$name: soon");
	cmp_ok($latencies[2], '<', $bound * 5000, "$name: always");
	push @all, @latencies;
}
@all = sort { $a <=> $b } @all;
note(sprintf('%d latencies: median %.0f ms, 90 of 100 within %.0f ms, longest %.0f ms', scalar @all, $all[@all / 2], $all[@all * 0.9], $all[-1]));
done_testing();
