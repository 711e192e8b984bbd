# 042_cancel.pl - statement_timeout ends a script soon, whatever operator is at
# work.
#
# Each script runs much longer than its timeout.  The bound here allows for a
# busy machine; a loop that does not look at interrupts takes many times as long.
use strict;
use warnings;
use FluxCluster;
use Test::More;
use Time::HiRes qw(time);

my $timeout = 0.3;
my $bound = 8;
my $node = FluxCluster->create('cancel', conf => "log_min_messages = fatal\nfluxtask.work_mem = '1GB'\n");
$node->safe_psql('postgres', q{
SELECT flux.create_bucket('long');
SELECT flux.write('long', string_agg(format('m,host=h%s a=%s,b=%si %s',
	i % 10, i::bigint * 7919 % 1000003, i % 777, 1700006400 + i / 10), E'\n'), 's') FROM generate_series(1, 500000) i;
SELECT flux.compact('long');
});

my $all = 'from(bucket: "long") |> range(start: 2023-11-15T00:00:00Z, stop: 2023-11-16T00:00:00Z)';
my $a = "$all |> filter(fn: (r) => r._field == \"a\")";
my $b = "$all |> filter(fn: (r) => r._field == \"b\")";
my $again = '|> sort(columns: ["_value"]) |> sort(columns: ["_time"])' x 20;
my %scripts = (
	sort => "$a |> group() $again",
	'join' => "a = $a |> group() b = $b |> group() join(tables: {a: a, b: b}, on: [\"host\"])",
	'join.inner' => "import \"join\" a = $a |> group() b = $b |> group()"
		. ' join.inner(left: a, right: b, on: (l, r) => l.host == r.host, as: (l, r) => ({l with b: r._value}))',
	pivot => "$all |> toFloat() |> group() |> pivot(rowKey: [\"_time\", \"_value\"], columnKey: [\"host\"], valueColumn: \"_value\") $again",
	window => "$a |> group() |> timedMovingAverage(every: 1s, period: 6h)",
	'empty windows' => "$a |> group() |> aggregateWindow(every: 20ms, fn: median) $again",
	'linear interpolation' => "import \"interpolate\" $a |> interpolate.linear(every: 1us)",
	generate => 'import "generate" generate.from(count: 2000000000, fn: (n) => n * n, start: 2023-11-15T00:00:00Z, stop: 2023-11-17T00:00:00Z) |> sum()',
	'regular expression' => "import \"regexp\" import \"strings\" $a |> map(fn: (r) => ({r with z: regexp.replaceAllString(r: /(.*)(.*)(.*)(.*)(.*)x/,"
		. ' v: strings.repeat(v: string(v: r._time), i: 20), t: "")}))',
	holtWinters => "$a |> holtWinters(n: 1000, interval: 1s, seasonality: 100)",
	'row by row' => "$a |> group() |> map(fn: (r) => ({r with s: string(v: r._time) + r.host + string(v: r._value)}))"
		. ' |> map(fn: (r) => ({r with s: r.s + string(v: r._time)}))' x 10,
	reduce => "$a |> group() |> reduce(fn: (r, accumulator) => ({s: accumulator.s + string(v: r._value)}), identity: {s: \"\"})",
	group => "$a |> map(fn: (r) => ({r with u: string(v: r._value)})) |> group(columns: [\"u\"]) |> group(columns: [\"_time\"]) |> group(columns: [\"u\"])");

for my $name (sort keys %scripts)
{
	my $started = time();
	my ($status, $output, $errors) = $node->psql('postgres',
		"SET fluxtask.vectorize = off; SET statement_timeout = '" . $timeout * 1000 . "ms';\n"
		. "SELECT count(*) FROM flux.explain(\$q\$$scripts{$name}\$q\$, true)", on_error_die => 0);
	my $elapsed = time() - $started;
	like($errors, qr/canceling statement due to statement timeout/, "$name: cancelled");
	cmp_ok($elapsed, '<', $timeout + $bound, "$name: soon");
	note(sprintf('%s: %.0f ms', $name, $elapsed * 1000));
}
done_testing();
