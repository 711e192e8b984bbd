# 043_memory.pl - a script over ten times fluxtask.work_mem stays inside the bound,
# whatever operator it uses.
#
# Each script runs in a backend of its own, with few shared buffers; the peak of
# resident memory (VmHWM) is compared with that of a script that only counts the
# same rows.  The difference may be work_mem and a slack for what is not buffers:
# batches on their way, the allocator's blocks, a temporary file's pages.
#
# Tables themselves (a group key each) and what a script holds in variables stay
# in memory: they have bounds of their own, and are refused beyond.
#
# The figures are in the log.  FLUX_ONLY=pattern runs some of the scripts.
use strict;
use warnings;
use FluxCluster;
use Test::More;
use Time::HiRes qw(time);

my $work_mem = 4;    # MB
my $slack = 12;      # MB; what is seen is up to 7
my $tables = 48;     # MB; for scripts of some ten thousand tables
my $most = 320;      # MB; tables and variables may take 256
my $node = FluxCluster->create('memory', conf => "log_min_messages = fatal\nshared_buffers = '2MB'\n"
	. "fluxtask.work_mem = '${work_mem}MB'\nwork_mem = '1MB'\njit = off\n");

# 2.6 million rows of 16 bytes; "v" has as many values, "r" few, "s" is a text.
my $rows = 2_600_000;
$node->safe_psql('postgres', qq{
SELECT flux.create_bucket('big');
SELECT flux.write('big', 'm v=0,r=0i 1' || E'\\n' || 't s="" 1' || E'\\n' || 'g,host=a v=0 1', 's');
INSERT INTO big.m (time, v, r) SELECT timestamptz '2023-11-15 00:00Z' + i * interval '100ms', i::bigint * 7919 % 15485863 / 8.0, i % 97
	FROM generate_series(1, $rows) i;
INSERT INTO big.t (time, s) SELECT timestamptz '2023-11-15 00:00Z' + i * interval '1s', 'text ' || i FROM generate_series(1, $rows / 3) i;
INSERT INTO big.g (time, host, v) SELECT timestamptz '2023-11-15 00:00Z' + i * interval '1s', 'h' || i % 3000, i / 8.0
	FROM generate_series(1, $rows / 4) i;
SELECT flux.compact('big');
});

my $from = 'from(bucket: "big") |> range(start: 2023-11-15T00:00:00Z, stop: 2023-12-15T00:00:00Z)';
my $v = "$from |> filter(fn: (r) => r._measurement == \"m\" and r._field == \"v\")";
my $r = "$from |> filter(fn: (r) => r._measurement == \"m\" and r._field == \"r\")";
my $s = "$from |> filter(fn: (r) => r._measurement == \"t\")";
my $g = "$from |> filter(fn: (r) => r._measurement == \"g\")";
my %scripts = (
	'' => "$v |> map(fn: (r) => ({r with _value: r._value})) |> count()",
	group => "$v |> group(columns: [\"_field\"]) |> group() |> count()",
	'group by value' => "$r |> duplicate(column: \"_value\", as: \"x\") |> group(columns: [\"_value\"]) |> max(column: \"x\")",
	sort => "$v |> sort()",
	'sort descending' => "$v |> sort(columns: [\"_time\"], desc: true) |> limit(n: 1)",
	'sort texts' => "$s |> sort()",
	tail => "$v |> tail(n: 2000000)",
	'tail of few' => "$v |> tail(n: 2)",
	distinct => "$v |> distinct()",
	'distinct texts' => "$s |> distinct()",
	unique => "$v |> unique()",
	mode => "$v |> mode()",
	'mode of texts' => "$s |> mode()",
	'mode of few' => "$r |> mode()",
	median => "$v |> median()",
	'exact mean' => "$v |> quantile(q: 0.9, method: \"exact_mean\")",
	'exact selector' => "$v |> quantile(q: 0.9, method: \"exact_selector\")",
	'median by host' => "$g |> median()",
	'exact mean by window' => "$v |> aggregateWindow(every: 2h, fn: (tables=<-, column) => tables |> quantile(q: 0.5, method: \"exact_mean\"))",
	'exact selector by window' => "$v |> aggregateWindow(every: 2h, fn: (tables=<-, column) => tables |> quantile(q: 0.5, method: \"exact_selector\"))",
	'median by window' => "$v |> aggregateWindow(every: 1m, fn: median)",
	'mean by window' => "$v |> aggregateWindow(every: 1s, fn: mean)",
	'mean by empty windows' => "$v |> aggregateWindow(every: 40ms, fn: mean)",
	window => "$v |> window(every: 10m) |> mean() |> duplicate(column: \"_stop\", as: \"_time\") |> window(every: inf)",
	'mean by many windows' => "$v |> map(fn: (r) => ({r with _value: r._value + 1.0})) |> aggregateWindow(every: 200ms, fn: mean, createEmpty: false)",
	'max by many windows' => "$v |> map(fn: (r) => ({r with _value: r._value + 1.0})) |> aggregateWindow(every: 200ms, fn: max, createEmpty: false)",
	'mean by overlapping windows' => "$v |> map(fn: (r) => ({r with _value: r._value + 1.0})) |> aggregateWindow(every: 200ms, period: 700ms, fn: mean, createEmpty: false)",
	'median by many windows' => "$v |> aggregateWindow(every: 1s, fn: median, createEmpty: false)",
	'group then median' => "$g |> group(columns: [\"host\"]) |> median()",
	'group then exact means' => "$g |> group(columns: [\"host\"]) |> quantile(q: 0.5, method: \"exact_mean\")",
	'small windows' => "$v |> window(every: 10s) |> sum()",
	'group then exact mean' => "$v |> group(columns: [\"_field\"]) |> quantile(q: 0.9, method: \"exact_mean\")",
	'group then mode' => "$r |> group(columns: [\"_field\"]) |> mode()",
	movingAverage => "$v |> movingAverage(n: 10)",
	'long movingAverage' => "$v |> movingAverage(n: 1000000)",
	timedMovingAverage => "$v |> timedMovingAverage(every: 1m, period: 5m)",
	exponentialMovingAverage => "$v |> exponentialMovingAverage(n: 10)",
	doubleEMA => "$v |> doubleEMA(n: 10)",
	tripleEMA => "$v |> tripleEMA(n: 10)",
	tripleExponentialDerivative => "$v |> tripleExponentialDerivative(n: 10)",
	relativeStrengthIndex => "$v |> relativeStrengthIndex(n: 10)",
	chandeMomentumOscillator => "$v |> chandeMomentumOscillator(n: 10)",
	kaufmansAMA => "$v |> kaufmansAMA(n: 10)",
	kaufmansER => "$v |> kaufmansER(n: 10)",
	holtWinters => "$v |> holtWinters(n: 10, interval: 100ms)",
	difference => "$v |> difference()",
	derivative => "$v |> derivative()",
	increase => "$v |> increase()",
	elapsed => "$v |> elapsed()",
	cumulativeSum => "$v |> cumulativeSum()",
	fill => "$v |> fill(usePrevious: true)",
	'interpolate.linear' => "import \"interpolate\" $v |> interpolate.linear(every: 30ms)",
	integral => "$v |> integral(interpolate: \"linear\")",
	timeWeightedAvg => "$v |> timeWeightedAvg(unit: 1s)",
	histogram => "$v |> histogram(bins: linearBins(start: 0.0, width: 1000.0, count: 2000))",
	covariance => "$v |> map(fn: (r) => ({r with w: r._value * 2.0})) |> covariance(columns: [\"_value\", \"w\"])",
	top => "$v |> top(n: 10)",
	'top of many' => "$v |> top(n: 2000000)",
	highestMax => "$v |> highestMax(n: 10, groupColumns: [\"_field\"])",
	sample => "$v |> sample(n: 3)",
	keep => "$v |> keep(columns: [\"_time\", \"_value\"])",
	'keep into one table' => "$g |> keep(columns: [\"_value\", \"_time\"])",
	'drop from the key' => "$g |> drop(columns: [\"host\"]) |> sort(columns: [\"_time\"])",
	rename => "$v |> rename(columns: {_value: \"x\"})",
	'duplicate and set' => "$v |> duplicate(column: \"_value\", as: \"x\") |> set(key: \"k\", value: \"v\")",
	filter => "$v |> filter(fn: (r) => r._value > 3.0, onEmpty: \"keep\")",
	map => "$v |> map(fn: (r) => ({r with s: string(v: r._value)}))",
	'map of the key' => "$v |> map(fn: (r) => ({r with _field: if r._value > 1000.0 then \"a\" else \"b\"}))",
	reduce => "$v |> reduce(fn: (r, accumulator) => ({s: accumulator.s + r._value}), identity: {s: 0.0})",
	stateDuration => "$v |> stateDuration(fn: (r) => r._value > 3.0)",
	stateTracking => "$v |> stateCount(fn: (r) => r._value > 3.0)",
	timeShift => "$v |> timeShift(duration: 1h)",
	truncateTimeColumn => "$v |> truncateTimeColumn(unit: 1h)",
	hourSelection => "$v |> hourSelection(start: 3, stop: 20)",
	'columns and keys' => "$v |> columns() $v |> keys() |> yield(name: \"k\")",
	keyValues => "$v |> keyValues(keyColumns: [\"_value\"])",
	'keyValues of few' => "$r |> keyValues(keyColumns: [\"_value\"])",
	pivot => "$from |> filter(fn: (r) => r._measurement == \"m\") |> toFloat() |> pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], valueColumn: \"_value\")",
	'pivot by series' => "$from |> filter(fn: (r) => r._measurement == \"m\") |> pivot(rowKey: [\"_time\"], columnKey: [\"_field\"], valueColumn: \"_value\")",
	'schema.fieldsAsCols' => "import \"influxdata/influxdb/schema\" $from |> filter(fn: (r) => r._measurement == \"m\") |> toFloat() |> schema.fieldsAsCols() |> count(column: \"v\")",
	unpivot => "import \"experimental\" $v |> drop(columns: [\"_field\"]) |> rename(columns: {_value: \"x\"}) |> experimental.unpivot()",
	union => "union(tables: [$v, $r |> toFloat()]) |> group()",
	'join' => "join(tables: {a: $v, b: $r}, on: [\"_time\"])",
	'join.inner' => "import \"join\" join.inner(left: $v |> group(), right: $r |> group(), on: (l, r) => l._time == r._time, as: (l, r) => ({l with b: r._value}))",
	'join.full' => "import \"join\" join.full(left: $v |> group(), right: $r |> group(), on: (l, r) => l._time == r._time, as: (l, r) => ({_time: l._time, b: r._value}))",
	'join.time' => "import \"join\" join.time(left: $v, right: $r, as: (l, r) => ({l with b: r._value}))",
	'experimental.join' => "import \"experimental\" experimental.join(left: $v |> drop(columns: [\"_field\"]), right: $r |> drop(columns: [\"_field\"]), fn: (left, right) => ({left with b: right._value}))",
	'testing.diff' => "import \"testing\" testing.diff(got: $v, want: $v)",
	'two results' => "a = $v a |> sort() |> yield(name: \"a\") a |> yield(name: \"b\")",
	toString => "$v |> toString()",
	'experimental.group' => "import \"experimental\" $r |> map(fn: (r) => ({r with h: string(v: r._value)})) |> experimental.group(mode: \"extend\", columns: [\"h\"])",
	'findColumn' => "x = $v |> findColumn(fn: (key) => true, column: \"_value\") $r |> filter(fn: (r) => r._value > length(arr: x))",
	'array.from' => "import \"array\" x = $v |> findColumn(fn: (key) => true, column: \"_value\") array.from(rows: x |> array.map(fn: (x) => ({a: x})))",
	'generate.from' => "import \"generate\" generate.from(count: 1000000, fn: (n) => n, start: 2023-11-15T00:00:00Z, stop: 2023-11-17T00:00:00Z) |> sort(desc: true)",
	'many tables' => "$g |> window(every: 10s) |> count()",
	'group by time' => "$v |> limit(n: 300000) |> group(columns: [\"_time\"]) |> max()");

my %bounds = ('small windows' => $tables, 'group by time' => $most, findColumn => $most, 'array.from' => $most);
my %refusals = (
	'long movingAverage' => 'movingAverage has to keep more than 4 MB of one table',
	holtWinters => 'holtWinters has to keep more than 4 MB of one table',
	keyValues => 'keyValues has to keep more than 4 MB of one table',
	'array.from' => 'the script takes more than 256 MB while it is evaluated');

# Peak memory in MB, seconds, and the error if there was one.
sub peak
{
	my ($script) = @_;
	my $started = time();
	my ($status, $output, $errors) = $node->psql('postgres', "SELECT count(*) FROM flux.explain(\$q\$$script\$q\$, true);\n"
		. "SELECT (regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\\s+(\\d+)'))[1];\n", on_error_stop => 0, on_error_die => 0);
	my $elapsed = time() - $started;
	my ($peak) = $output =~ /(\d+)\s*$/;
	return ($peak / 1024, $elapsed, $errors);
}

my ($base) = peak($scripts{''});
note(sprintf('a script that counts: %.1f MB', $base));
for my $name (grep { $_ ne '' } sort keys %scripts)
{
	next if defined $ENV{FLUX_ONLY} && $name !~ /$ENV{FLUX_ONLY}/;
	my ($peak, $elapsed, $errors) = peak($scripts{$name});
	my ($refusal) = $errors =~ /ERROR:\s*(.*?)(?: at \d+:\d+)?$/m;
	my $more = $peak - $base;
	note(sprintf('%-28s %6.1f MB more %7.2f s  %s', $name, $more, $elapsed, $refusal // ''));
	cmp_ok($more, '<', $bounds{$name} // $work_mem + $slack, "$name: inside the bound");
	is($refusal // '', $refusals{$name} // '', "$name: " . ($refusals{$name} ? 'refused' : 'done'));
}
done_testing();
