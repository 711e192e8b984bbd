#!/usr/bin/perl
# random.pl - random pipelines over random tables, each in several ways that
# must answer the same.
#
#	random.pl [--seed N] [--count N] [--show]
#
# A server with the extension's files must answer under PGHOST; a database of
# its own is made and dropped.  Pipelines grow step by step: a step that fails is
# mostly given up for another, so that pipelines are long and most of them give
# rows; where one fails, it must fail everywhere.  A difference is printed with
# its script, and the seed that leads back to it; --show prints every script.
#
# The seed repeats a run against the same library: which steps fail decides what
# is tried next.
#
# The last line is "N passed, N failed".
use strict;
use warnings;
use Getopt::Long;

my ($seed, $count, $show) = (time ^ $$, 200, 0);
GetOptions('seed=i' => \$seed, 'count=i' => \$count, 'show' => \$show) or exit 2;
srand $seed;

# Every way must answer what the first does.
my @ways = (
	'default',
	"vectorize = 'off'",
	"push_down = 'off'",
	"work_mem = '64kB'",
	"disabled_rules = 'fuse_aggregate_window, fuse_group_aggregate'",
	"disabled_rules = 'fuse_aggregate_window, fuse_group_aggregate', vectorize = 'off', "
	  . "push_down = 'off', work_mem = '64kB'");

sub pick { return $_[ int rand @_ ]; }
sub chance { return rand() < shift; }

# ---- tables ----

my @strings = ('"a"', '"b"', '"ab"', '""', '"x y"');

sub literal
{
	my ($type) = @_;
	return sprintf('debug.null(type: "%s")', $type) if chance(0.12);
	return pick('0.0', '1.5', '-2.25', '3.0', '100.125', '10000000000.0', '-0.5') if $type eq 'float';
	return pick('0', '1', '-7', '3', '42', '9223372036854775807') if $type eq 'int';
	return sprintf('uint(v: %d)', pick(0, 1, 7, 300)) if $type eq 'uint';
	return pick('true', 'false') if $type eq 'bool';
	return pick(@strings);
}

my %column_types = (_value => 'float', n => 'int', u => 'uint', b => 'bool', s => 'string', host => 'string');

sub time_literal
{
	my ($second) = @_;
	return sprintf('2024-01-01T%02d:%02d:%02dZ', int($second / 3600) % 24, int($second / 60) % 60, $second % 60);
}

sub array_source
{
	my @labels = grep { $_ eq '_value' || chance(0.6) } sort keys %column_types;
	my %types = %column_types;
	$types{_value} = pick('float', 'float', 'int', 'uint', 'string');
	my $second = 0;
	my @rows;
	for (1 .. 1 + int rand 14)
	{
		$second += pick(0, 1, 10, 10, 10, 61);
		push @rows, '{' . join(', ', '_time: ' . time_literal(chance(0.05) ? int rand 600 : $second),
			map { "$_: " . literal($types{$_}) } @labels) . '}';
	}
	my $source = "array.from(rows: [\n    " . join(",\n    ", @rows) . ",\n]) |> drop(columns: [\"zz\"])";
	$source .= ' |> group(columns: [' . join(', ', map { "\"$_\"" } grep { chance(0.4) } 'host', 's', 'b', 'n') . '])'
	  if chance(0.7);
	$source .= ' |> range(start: 2024-01-01T00:00:00Z, stop: ' . time_literal(pick(60, 95, 300)) . ')' if chance(0.8);
	return $source;
}

# Enough rows to pass a small work_mem.
sub generated_source
{
	my $modulus = pick(3, 7, 100);
	return "generate.from(count: " . pick(500, 3000) . ", start: 2024-01-01T00:00:00Z, stop: 2024-01-01T01:00:00Z, "
	  . "fn: (n) => n * " . pick(7, 31, 101) . " % 1009)\n"
	  . "    |> map(fn: (r) => ({_time: r._time, n: r._value, _value: float(v: r._value) / 4.0, "
	  . "host: \"h\" + string(v: r._value % $modulus), s: \"s\" + string(v: r._value % 5), b: r._value % 2 == 0}))"
	  . (chance(0.7) ? ' |> group(columns: ["host"])' : '')
	  . (chance(0.8) ? ' |> range(start: 2024-01-01T00:00:00Z, stop: 2024-01-01T00:30:00Z)' : '');
}

sub bucket_source
{
	my $source = 'from(bucket: "random") |> range(start: ' . time_literal(pick(0, 10, 65)) . ', stop: '
	  . time_literal(pick(120, 300, 600)) . ')';
	$source .= ' |> filter(fn: (r) => ' . pick('r._measurement == "m"', 'r._field == "v"', 'r._field == "v" or r._field == "w"',
		'r.host == "a"', 'r.host != "a"', 'exists r.dc', 'r._value > 2.0', 'r._field == "v" and r._value < 5.0',
		'r.host =~ /a/ and r._field == "w"') . ')' for 1 .. int rand 3;
	return $source;
}

sub source { return pick(\&array_source, \&array_source, \&bucket_source, \&generated_source)->(); }

# ---- expressions over a row ----

sub number
{
	my ($depth) = @_;
	return pick('r._value', 'r._value', 'float(v: r.n)', '1.5', '0.0', '2.0', 'r.nothing') if $depth <= 0 || chance(0.3);
	my $d = $depth - 1;
	return pick(
		sub { '(' . number($d) . pick(' + ', ' - ', ' * ', ' / ', ' % ', ' ^ ') . number($d) . ')' },
		sub { '-' . number($d) },
		sub { '(if ' . condition($d) . ' then ' . number($d) . ' else ' . number($d) . ')' },
		sub { 'float(v: ' . integer($d) . ')' },
		sub { 'math.' . pick(qw(abs floor ceil round trunc sqrt cbrt exp exp2 log log2 log10 sin cos tan atan tanh sinh cosh erf)) . '(x: ' . number($d) . ')' },
		sub { 'math.' . pick(qw(mMax mMin pow mod dim hypot atan2 copysign)) . '(x: ' . number($d) . ', y: ' . number($d) . ')' })->();
}

sub integer
{
	my ($depth) = @_;
	return pick('r.n', 'r.n', '3', '0', '-2', 'int(v: r.u)') if $depth <= 0 || chance(0.3);
	my $d = $depth - 1;
	return pick(
		sub { '(' . integer($d) . pick(' + ', ' - ', ' * ') . integer($d) . ')' },
		sub { '(' . integer($d) . pick(' / ', ' % ') . pick('2', '-3', integer($d)) . ')' },
		sub { 'int(v: ' . number($d) . ')' },
		sub { 'int(v: ' . condition($d) . ')' },
		sub { 'strings.strlen(v: ' . text($d) . ')' },
		sub { 'int(v: ' . instant($d) . ')' },
		sub { 'date.' . pick(qw(second minute hour weekDay monthDay yearDay month year week quarter millisecond nanosecond)) . '(t: ' . instant($d) . ')' },
		sub { 'strings.' . pick('countStr', 'index', 'lastIndex') . '(v: ' . text($d) . ', substr: ' . text(0) . ')' })->();
}

sub instant
{
	my ($depth) = @_;
	return pick('r._time', 'r._time', '2024-01-01T00:00:30Z') if $depth <= 0 || chance(0.4);
	my $d = $depth - 1;
	return pick(
		sub { 'date.truncate(t: ' . instant($d) . ', unit: ' . pick('10s', '1m', '1h', '1w', '1mo') . ')' },
		sub { 'date.' . pick('add', 'sub') . '(d: ' . pick('10s', '1h', '1mo') . ', ' . 'to: ' . instant($d) . ')' },
		sub { 'time(v: ' . integer($d) . ')' },
		sub { '(if ' . condition($d) . ' then ' . instant($d) . ' else ' . instant($d) . ')' })->();
}

sub text
{
	my ($depth) = @_;
	return pick('r.s', 'r.host', '"t"', '""') if $depth <= 0 || chance(0.4);
	my $d = $depth - 1;
	return pick(
		sub { '(' . text($d) . ' + ' . text($d) . ')' },
		sub { 'string(v: ' . pick(number($d), integer($d), condition($d)) . ')' },
		sub { '"<${' . integer($d) . '}>"' },
		sub { '(if ' . condition($d) . ' then ' . text($d) . ' else ' . text($d) . ')' },
		sub { 'string(v: ' . instant($d) . ')' },
		sub { 'strings.' . pick(qw(toUpper toLower trimSpace title)) . '(v: ' . text($d) . ')' },
		sub { 'strings.' . pick('trimPrefix(v: ' . text($d) . ', prefix: "a")', 'trimSuffix(v: ' . text($d) . ', suffix: "b")',
			'trim(v: ' . text($d) . ', cutset: "ax")', 'repeat(v: ' . text($d) . ', i: 2)',
			'replaceAll(v: ' . text($d) . ', t: "a", u: "zz")', 'replace(v: ' . text($d) . ', t: "b", u: "", i: 1)',
			'substring(v: ' . text($d) . ', start: 0, end: 2)') })->();
}

sub condition
{
	my ($depth) = @_;
	return pick('r.b', 'true', 'exists r.s', 'exists r.nothing', 'r._value > 1.0', 'r.n < 5') if $depth <= 0 || chance(0.2);
	my $d = $depth - 1;
	my $op = pick(' == ', ' != ', ' < ', ' <= ', ' > ', ' >= ');
	return pick(
		sub { '(' . number($d) . $op . number($d) . ')' },
		sub { '(' . integer($d) . $op . pick(integer($d), number($d)) . ')' },
		sub { '(' . text($d) . $op . text($d) . ')' },
		sub { '(' . text($d) . pick(' =~ ', ' !~ ') . pick('/a/', '/^b/', '/x y$/') . ')' },
		sub { '(' . condition($d) . pick(' and ', ' or ') . condition($d) . ')' },
		sub { '(not ' . condition($d) . ')' },
		sub { '(' . instant($d) . ' ' . pick('<', '>=') . ' 2024-01-01T00:00:30Z)' },
		sub { 'strings.' . pick('hasPrefix(v: ' . text($d) . ', prefix: "a")', 'hasSuffix(v: ' . text($d) . ', suffix: "b")',
			'containsStr(v: ' . text($d) . ', substr: "b")') },
		sub { 'contains(value: ' . pick('r.host, set: ["a", "b"]', 'r.n, set: [1, 3]') . ')' },
		sub { 'math.' . pick('isNaN(f: ' . number($d) . ')', 'isInf(f: ' . number($d) . ', sign: 0)') },
		sub { 'exists ' . pick('r._value', 'r.n', 'r.b', number($d)) })->();
}

# ---- transformations ----

sub list { return '[' . join(', ', map { "\"$_\"" } @_) . ']'; }
sub some { my @some = grep { chance(0.4) } @_; return @some ? @some : (pick(@_)); }

my @columns = ('_time', '_value', 'n', 'u', 'b', 's', 'host', 'nothing');

my @transformations = (
	sub { 'filter(fn: (r) => ' . condition(3) . (chance(0.3) ? ', onEmpty: "keep"' : '') . ')' },
	sub { 'filter(fn: (r) => ' . condition(2) . ')' },
	sub { 'map(fn: (r) => ({r with ' . pick('x', '_value', 'host') . ': ' . pick(number(3), integer(2), text(2), condition(2)) . '}))' },
	sub { 'map(fn: (r) => ({_time: r._time, _value: ' . number(2) . ', host: r.host, n: ' . integer(2) . '}))' },
	sub { "map(fn: (r) => {\n        x = " . number(2) . "\n        y = " . condition(2) . "\n\n        return {r with _value: x, b: y}\n    })" },
	sub { 'group(columns: ' . list(some(@columns)) . (chance(0.2) ? ', mode: "except"' : '') . ')' },
	sub { 'group()' },
	sub { 'sort(columns: ' . list(some(@columns)) . (chance(0.4) ? ', desc: true' : '') . ')' },
	sub { pick('limit', 'tail') . '(n: ' . pick(0, 1, 2, 5) . (chance(0.3) ? ', offset: ' . pick(1, 3) : '') . ')' },
	sub { pick('keep', 'drop') . '(columns: ' . list(some(@columns)) . ')' },
	sub { 'drop(fn: (column) => column == "' . pick(@columns) . '")' },
	sub { 'rename(columns: {' . pick('n', 'host', '_value') . ': "renamed"})' },
	sub { 'duplicate(column: "' . pick(@columns) . '", as: "' . pick('copy', 'host', 'n') . '")' },
	sub { 'set(key: "' . pick('host', 's', 'new') . '", value: "v")' },
	sub { pick('count', 'sum', 'mean', 'spread', 'stddev', 'skew', 'min', 'max', 'first', 'last', 'median', 'mode',
			'distinct', 'unique') . '(' . (chance(0.5) ? 'column: "' . pick('_value', 'n', 'u', 's') . '"' : '') . ')' },
	sub { 'quantile(q: ' . pick('0.0', '0.3', '0.9') . ', method: "' . pick('estimate_tdigest', 'exact_mean', 'exact_selector') . '")' },
	sub { 'window(every: ' . pick('10s', '1m', '7s', '1h') . pick('', ', period: 20s', ', offset: 3s', ', createEmpty: true') . ')' },
	sub { 'window(every: inf)' },
	sub { 'aggregateWindow(every: ' . pick('10s', '1m', '25s') . ', fn: ' . pick('mean', 'sum', 'count', 'min', 'max', 'first', 'last',
			'median', 'spread', 'stddev', 'distinct', 'mode') . pick('', '', ', createEmpty: false', ', timeSrc: "_start"', ', offset: 4s',
			', period: 30s') . ')' },
	sub { 'difference(' . pick('', 'nonNegative: true', 'keepFirst: true', 'columns: ["n", "_value"]') . ')' },
	sub { 'derivative(' . pick('', 'unit: 1m', 'nonNegative: true') . ')' },
	sub { pick('increase', 'cumulativeSum', 'elapsed') . '()' },
	sub { pick('movingAverage', 'exponentialMovingAverage', 'doubleEMA', 'relativeStrengthIndex', 'chandeMomentumOscillator',
			'kaufmansAMA') . '(n: ' . pick(1, 2, 3) . ')' },
	sub { 'fill(' . pick('value: 0.0', 'usePrevious: true', 'column: "s", value: "f"', 'column: "n", value: 0') . ')' },
	sub { 'stateCount(fn: (r) => ' . condition(2) . ')' },
	sub { 'stateDuration(fn: (r) => ' . condition(1) . ')' },
	sub { 'timeShift(duration: ' . pick('1m', '-10s', '1mo') . ')' },
	sub { 'truncateTimeColumn(unit: ' . pick('1m', '20s') . ')' },
	sub { 'pivot(rowKey: ' . list(some('_time', 'n')) . ', columnKey: ' . list(some('host', 's', 'b')) . ', valueColumn: "_value")' },
	sub { 'reduce(fn: (r, accumulator) => ({t: accumulator.t + r._value, c: accumulator.c + 1}), identity: {t: 0.0, c: 0})' },
	sub { 'histogram(bins: [0.0, 1.0, 10.0, float(v: "+Inf")])' },
	sub { pick('top', 'bottom') . '(n: 2)' },
	sub { pick('highestMax', 'lowestMin', 'highestCurrent') . '(n: 2, groupColumns: ["host"])' },
	sub { pick('columns', 'keys') . '()' },
	sub { pick('toInt', 'toString', 'toFloat', 'toBool', 'toUInt') . '()' },
	sub { 'integral(unit: 10s' . pick('', ', interpolate: "linear"') . ')' },
	sub { 'range(start: 2024-01-01T00:00:05Z, stop: 2024-01-01T00:01:40Z)' },
	sub { 'sample(n: 2, pos: 0)' },
	sub { 'hourSelection(start: 0, stop: 0)' },
	sub { 'experimental.group(mode: "extend", columns: ["host"])' },
	sub { 'experimental.set(o: {n: 5, extra: "e"})' },
	sub { 'window(every: ' . pick('1mo', '1w', '1d') . ')' },
	sub { 'aggregateWindow(every: ' . pick('10s', '1m', '7s') . ', fn: ' . pick('(column, tables=<-) => tables |> quantile(q: 0.3, column: column)',
			'(column, tables=<-) => tables |> quantile(q: 0.7, column: column, method: "exact_mean")',
			'(column, tables=<-) => tables |> top(n: 1)', 'skew', 'integral', 'unique') . pick('', ', createEmpty: false') . ')' },
	sub { pick('highestAverage', 'lowestAverage', 'lowestCurrent') . '(n: 2, groupColumns: ["host"])' },
	sub { pick('doubleEMA', 'tripleEMA', 'tripleExponentialDerivative', 'kaufmansER') . '(n: ' . pick(1, 2, 3) . ')' },
	sub { 'timedMovingAverage(every: ' . pick('10s', '1m') . ', period: ' . pick('30s', '2m') . ')' },
	sub { 'limit(n: 6) |> group() |> sort(columns: ["_time"]) |> holtWinters(n: 3, interval: 10s' . pick('', ', seasonality: 2', ', withFit: true') . ')' },
	sub { 'interpolate.linear(every: ' . pick('5s', '30s') . ')' },
	sub { 'experimental.unpivot()' },
	sub { 'drop(columns: ["s", "b", "n", "u"]) |> experimental.unpivot()' },
	sub { 'rename(columns: {_value: "x"}) |> drop(columns: ["_field", "_measurement", "_start", "_stop", "s"]) |> experimental.unpivot()' },
	sub { 'keyValues(keyColumns: ' . list(some('s', 'host')) . ')' },
	sub { 'map(fn: (r) => ({r with le: ' . pick('0.5', 'float(v: r.n)') . '})) |> group(columns: ["host"]) |> histogramQuantile(quantile: 0.4)' },
	sub { 'histogram(bins: linearBins(start: -10.0, width: 5.0, count: 8), normalize: ' . pick('true', 'false') . ')' },
	sub { 'map(fn: (r) => ({r with x: float(v: r.n), y: float(v: r._value)})) |> covariance(columns: ["x", "y"]' . pick('', ', pearsonr: true') . ')' },
	sub { 'stateTracking(fn: (r) => ' . condition(1) . ', countColumn: "c", durationColumn: "d", durationUnit: 1s)' },
	sub { 'timeWeightedAvg(unit: 10s)' },
	sub { pick('toTime', 'toInt') . '()' },
	sub { 'elapsed(unit: 1s, columnName: "e")' },
	sub { 'schema.fieldsAsCols()' },
	sub { 'experimentalTable.fill()' },
	sub { 'experimental.window(every: ' . pick('10s', '1m') . ')' },
	sub { 'experimental.' . pick('count', 'sum', 'mean', 'min', 'max', 'first', 'last', 'spread', 'stddev', 'skew', 'mode', 'unique', 'distinct') . '()' },
	sub { 'experimental.quantile(q: ' . pick('0.2', '0.5') . ', method: "' . pick('estimate_tdigest', 'exact_mean', 'exact_selector') . '")' },
	sub { 'experimental.' . pick('fill(value: 0.0)', 'fill(usePrevious: true)', 'integral(unit: 10s)', 'kaufmansAMA(n: 2)') },
	sub { 'experimental.histogram(bins: [0.0, 2.0, 50.0])' },
	sub { 'experimental.alignTime()' },
	sub { 'aggregate.rate(every: ' . pick('30s', '1m') . ', unit: 1s' . pick('', ', groupColumns: ["host"]') . ')' },
	sub { 'debug.' . pick('pass', 'slurp', 'opaque') . '()' },
	sub { 'rename(fn: (column) => column + "_2")' },
	sub { 'keep(fn: (column) => column =~ /^(_|h)/)' },
	sub { 'filter(fn: (r) => exists r.' . pick(@columns) . ')' },
	sub { 'increase(columns: ' . list(some('_value', 'n')) . ')' },
	sub { 'pivot(rowKey: ["_time"], columnKey: ["host"], valueColumn: "' . pick('_value', 'n') . '")' },
	sub { 'bottom(n: 3, columns: ' . list(some('_value', 'n', '_time')) . ')' },
	sub { 'median(method: "' . pick('estimate_tdigest', 'exact_mean', 'exact_selector') . '")' },
	sub { 'group(columns: ["host"]) |> ' . pick('sum', 'mean', 'count', 'min', 'median', 'spread') . '()' },
	sub { 'sort(columns: ["_time"])' });

# A script that grows: sources with their steps, and how they end.
sub new_script
{
	my $kind = rand;
	my @ends = ($kind < 0.7 ? 'one' : $kind < 0.8 ? 'results' : $kind < 0.88 ? 'union' : $kind < 0.92 ? 'join'
		: $kind < 0.94 ? 'time' : $kind < 0.96 ? 'diff' : 'package join');
	my @streams = map { { text => source(), left => 1 + int rand 5 } } 1 .. ($ends[0] eq 'one' ? 1 : 2);
	return { end => $ends[0], streams => \@streams, is_ended => $ends[0] eq 'one' };
}

my $imports = join '', map { "import \"$_\"\n" } 'array', 'date', 'experimental', 'experimental/aggregate', 'generate', 'internal/debug',
	'interpolate', 'math', 'strings', 'testing', 'influxdata/influxdb/schema';
$imports .= "import experimentalTable \"experimental/table\"\n";

sub with_end
{
	my ($script) = @_;
	my ($a, $b) = map { $_->{text} } @{ $script->{streams} };
	my $end = $script->{end};
	my $text = "$imports\na = $a\n\nb = $b\n\n";
	return $text . 'a |> ' . pick(@transformations)->() . " |> yield(name: \"1\")\na |> yield(name: \"2\")\nb |> yield(name: \"3\")\n"
	  if $end eq 'results';
	return $text . "union(tables: [a |> drop(columns: [\"zz\"]), b |> drop(columns: [\"zz\"])])\n" if $end eq 'union';
	return $text . 'join(tables: {a: a, b: b}, on: ' . list(some('_time', 'host', 'n')) . ")\n" if $end eq 'join';
	return $text . "testing.diff(got: a, want: b)\n" if $end eq 'diff';
	my $by = list(some('host', 's'));
	$text = "import \"join\"\n$text";
	return $text . 'join.time(left: a |> group(columns: ' . $by . "), right: b |> group(columns: $by), as: (l, r) => ({l with v2: r._value}))\n"
	  if $end eq 'time';
	my $on = join ' and ', map { "l.$_ == r.$_" } some('_time', 'n', '_value');
	return $text . 'join.' . pick('inner', 'left', 'right', 'full') . "(left: a |> group(columns: $by), "
	  . "right: b |> group(columns: $by), on: (l, r) => $on, as: (l, r) => ({" . pick('l', 'r') . ' with v2: '
	  . pick('r._value', 'l._value', 'r.n') . "}))\n";
}

# ---- running ----

my $database = "flux_random_$$";

# Runs SQL, gives the output.
sub psql
{
	my ($where, $sql) = @_;
	my $file = "/tmp/$database.sql";
	open my $out, '>', $file or die "$file: $!\n";
	print $out $sql;
	close $out;
	my $answer = `psql -X -q -A -t -v ON_ERROR_STOP=1 -d $where -f $file 2>&1`;
	my $status = $?;
	unlink $file;
	die "psql failed:\n$answer\n" if $status != 0;
	return $answer;
}

my $setup = <<'SQL';
SET client_min_messages = warning;
CREATE EXTENSION fluxtask;
SELECT FROM flux.create_bucket('random');
CREATE TABLE script (id int PRIMARY KEY, source text);
CREATE FUNCTION answer(source text, way text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	setting text;
BEGIN
	RESET fluxtask.vectorize; RESET fluxtask.push_down; RESET fluxtask.work_mem; RESET fluxtask.disabled_rules;
	IF way <> 'default' THEN
		FOREACH setting IN ARRAY string_to_array(replace(way, ''', ', '''|'), '|') LOOP
			EXECUTE 'SET fluxtask.' || setting;
		END LOOP;
	END IF;
	SET statement_timeout = '60s';
	RETURN flux.query_csv(source);
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR ' || SQLSTATE || ': ' || SQLERRM;
END $$;
-- Where several things are wrong, which is found first is open: any error equals any other.
CREATE FUNCTION same(a text, b text) RETURNS bool LANGUAGE sql AS
	$$ SELECT a = b OR (a LIKE 'ERROR %' AND b LIKE 'ERROR %' AND a NOT LIKE 'ERROR XX%' AND b NOT LIKE 'ERROR XX%') $$;
SQL
my $points = join "\n", map {
	my $host = pick('a', 'b', 'ab', 'c');
	sprintf('m,host=%s%s %s %d', $host, chance(0.5) ? ',dc=x' : '', join(',', map { "$_=" . pick('1', '2.5', '-3', '7.25', '100') }
		some('v', 'w')), 1704067200 + int rand 400);
} 1 .. 150;
$setup .= "SELECT FROM flux.write('random', \$lp\$$points\$lp\$, 's');\n";

# Does each of the scripts fail (in the default way), or take long? By position.
sub failing
{
	my @texts = @_;
	my $sql = "SET client_min_messages = error; TRUNCATE script;\n";
	$sql .= "INSERT INTO script VALUES ($_, \$flux\$$texts[$_]\$flux\$);\n" for 0 .. $#texts;
	$sql .= "\\set ON_ERROR_STOP off\nSET statement_timeout = '200ms';\n";
	$sql .= "SELECT 'RESULT', $_, answer(source, 'default') LIKE 'ERROR %' FROM script WHERE id = $_;\n" for 0 .. $#texts;
	my %done = psql($database, $sql) =~ /^RESULT\|(\d+)\|([tf])$/gm;
	return map { ($done{$_} // 't') eq 't' } 0 .. $#texts;
}

# One more step for each script that wants one; false when none does.  A step that
# fails is given up, up to three times, or now and then kept as the last one.
sub grow
{
	my ($scripts) = @_;
	my (@candidates, @texts);
	for my $script (@$scripts)
	{
		next if defined $script->{text};
		my ($stream) = grep { $_->{left} > 0 } @{ $script->{streams} };
		if ($stream)
		{
			my $text = "$stream->{text}\n    |> " . pick(@transformations)->();
			push @candidates, { script => $script, stream => $stream, text => $text };
			push @texts, "$imports\n$text\n";
		}
		else
		{
			my $text = $script->{is_ended} ? "$imports\n$script->{streams}[0]{text}\n" : with_end($script);
			push @candidates, { script => $script, text => $text };
			push @texts, $text;
		}
	}
	return 0 unless @candidates;
	my @failed = failing(@texts);
	for my $candidate (@candidates)
	{
		my ($script, $stream) = @$candidate{ 'script', 'stream' };
		my $is_failed = shift @failed;
		if ($is_failed && !chance(0.02) && $script->{tries}++ < 12)
		{
			next;
		}
		if (!$stream || $is_failed)
		{
			# failed ones end here, alone
			$script->{text} = $stream ? "$imports\n$candidate->{text}\n" : $candidate->{text};
			next;
		}
		$stream->{text} = $candidate->{text};
		$stream->{left}--;
	}
	return 1;
}

print "seed $seed, $count pipelines, " . scalar(@ways) . " ways each\n";
psql('postgres', "CREATE DATABASE $database;");
my ($passed, $failed, $errors) = (0, 0, 0);
eval {
	psql($database, $setup);
	my $id = 0;
	while ($id < $count)
	{
		my %scripts;
		my @growing = map { new_script() } 1 .. ($count - $id < 50 ? $count - $id : 50);
		1 while grow(\@growing);
		$scripts{ ++$id } = $_->{text} for @growing;
		my $sql = "SET client_min_messages = error; TRUNCATE script;\n";
		$sql .= "INSERT INTO script VALUES ($_, \$flux\$$scripts{$_}\$flux\$);\n" for sort { $a <=> $b } keys %scripts;
		my $array = 'ARRAY[' . join(', ', map { my $way = $_; $way =~ s/'/''/g; "'$way'" } @ways) . ']';
		$sql .= "SELECT 'RESULT', id, way, CASE WHEN a LIKE 'ERROR %' THEN translate(left(a, 150), E'|\n', '  ') END, CASE WHEN same(a, b) THEN 'same' ELSE a || E'\\n-- but --\\n' || b END || E'\\001'
			FROM (SELECT id, source, answer(source, 'default') AS a FROM script ORDER BY id OFFSET 0) s,
			unnest($array) way, answer(source, way) b ORDER BY id;\n";
		my $answer = psql($database, $sql);
		my %is_different;
		my %is_error;
		for my $result (split /\001\n?/, $answer)
		{
			my ($mark, $number, $way, $error, $verdict) = split /\|/, $result, 5;
			die "unexpected answer: $result\n" if $mark ne 'RESULT';
			$is_error{$number} = $error if $error ne '';
			next if $verdict eq 'same' || $is_different{$number};
			$is_different{$number} = 1;
			print "---- pipeline $number of seed $seed differs with $way\n$scripts{$number}\n$verdict\n";
		}
		for my $number (sort { $a <=> $b } keys %scripts)
		{
			print "---- $number\n$scripts{$number}" if $show;
			$is_different{$number} ? $failed++ : $passed++;
			$errors++ if $is_error{$number};
			print "$number: $is_error{$number}\n" if $show && $is_error{$number};
		}
	}
	1;
} or do { print $@; $failed++; };
eval { psql('postgres', "DROP DATABASE $database WITH (FORCE);") };
print "seed $seed: $errors of the pipelines fail, everywhere alike\n";
print "$passed passed, $failed failed\n";
exit($failed > 0);
