# RandomFlux.pm - a grammar of Flux: sources, transformations and ends at random, for random.pl.
#
#	srand $seed;
#	RandomFlux::points()			# line protocol, seconds: what the buckets hold
#	RandomFlux::script()			# a script that has yet to grow: {end, streams => [{text, left}]}
#	RandomFlux::transformation()	# a step
#	RandomFlux::alone($text)		# a stream as a script
#	RandomFlux::ended($script)		# all of its streams together, as a script
#	RandomFlux::pieces($text)		# [offset, length] of what may be cut out of a script
#
# Nothing here knows the columns of a table: random.pl tries steps and keeps those
# that run.  The labels are few, so that most steps meet a column they can use.
#
# Every step starts with "\n    |> ", and every row of a table stands in a line of
# its own: these are the pieces.
package RandomFlux;

use strict;
use warnings;

sub pick { return $_[ int rand @_ ]; }
sub chance { return rand() < shift; }
sub some { my @some = grep { chance(0.4) } @_; return @some ? @some : (pick(@_)); }
sub list { return '[' . join(', ', map { "\"$_\"" } @_) . ']'; }

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

# Line protocol of about 220 points: floats whose sums are exact in any order, the
# other types in fewer points, and a measurement whose "v" is of another type.
sub points
{
	return map {
		my $host = pick('a', 'b', 'ab', 'c');
		my @fields = map { "$_=" . pick('1', '2.5', '-3', '7.25', '100') } some('v', 'w');
		push @fields, 'n=' . pick(0, 1, -7, 42) . 'i' if chance(0.3);
		push @fields, 'u=' . pick(0, 7, 300) . 'u' if chance(0.2);
		push @fields, 'b=' . pick('true', 'false') if chance(0.2);
		push @fields, 's="' . pick('a', 'b', 'ab', '', 'x y') . '"' if chance(0.2);
		my ($measurement, $fields) = chance(0.1) ? ('k', 'v=' . int(rand 20) . 'i') : ('m', join(',', @fields));
		sprintf('%s,host=%s%s %s %d', $measurement, $host, chance(0.5) ? ',dc=' . pick('x', 'x', 'y') : '', $fields, 1704067200 + int rand 400)
	} 1 .. 220;
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
	$source .= bounds() if chance(0.8);
	return $source;
}

sub bounds
{
	return ' |> range(start: 2024-01-01T00:00:00Z, stop: ' . time_literal(pick(60, 95, 300)) . ')';
}

# Annotated CSV of a few tables whose columns differ, some without rows.
my %csv_types = (float => 'double', int => 'long', uint => 'unsignedLong', bool => 'boolean', string => 'string');

sub csv_value
{
	my ($type) = @_;
	return '' if chance(0.15);
	return pick('0', '1.5', '-2.25', '100.125', 'NaN', '+Inf') if $type eq 'float';
	return pick(0, 1, -7, 42) if $type eq 'int';
	return pick(0, 1, 7, 300) if $type eq 'uint';
	return pick('true', 'false') if $type eq 'bool';
	return pick('a', 'b', 'ab', 'x y');
}

sub csv_source
{
	my $value_type = pick('float', 'float', 'int', 'string');
	my @blocks;
	for my $table (0 .. int rand 4)
	{
		my %types = (%column_types, _value => chance(0.9) ? $value_type : pick('float', 'int', 'uint'));
		my @labels = grep { $_ ne 'host' && ($_ eq '_value' || chance(0.5)) } sort keys %types;
		my $key = chance(0.9) ? pick('a', 'b', 'ab') . (chance(0.8) ? $table : '') : '';
		my $second = int rand 30;
		push @blocks, join("\n", '#datatype,string,long,string,dateTime:RFC3339,' . join(',', map { $csv_types{ $types{$_} } } @labels),
			'#group,false,false,true,false,' . join(',', map { 'false' } @labels), "#default,_result,$table,$key,," . ',' x $#labels,
			',result,table,host,_time,' . join(',', @labels),
			map { $second += pick(0, 1, 10, 10, 61); ",,$table,$key," . time_literal($second) . ',' . join(',', map { csv_value($types{$_}) } @labels) }
			  1 .. (chance(0.15) ? 0 : 1 + int rand 10));
	}
	return 'csv.from(csv: "' . join("\n\n", @blocks) . "\n\") |> drop(columns: [\"zz\"])" . (chance(0.7) ? bounds() : '');
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

# A predicate that storage may answer.
sub read_predicate
{
	my ($depth) = @_;
	return pick('r._measurement == "m"', 'r._field == "v"', 'r._field != "w"', 'r.host == "a"', 'r.host != "a"', 'r["host"] == "ab"',
		'r.host =~ /a/', 'r.host !~ /^a/', 'r._field =~ /[vw]/', 'exists r.dc', 'not exists r.dc', 'r.dc == "x"', 'r.host > "a"', 'r.host <= "b"',
		'r._value > 2.0', 'r._value != 7.25', 'r._value <= 1.0', 'r._time >= 2024-01-01T00:00:30Z', 'true', 'r.nothing == "x"', 'exists r._value',
		'r._value + 1.0 > 3.0', 'strings.hasPrefix(v: r.host, prefix: "a")', 'contains(value: r.host, set: ["a", "c"])') if $depth <= 0 || chance(0.3);
	my $d = $depth - 1;
	return pick(
		sub { '(' . read_predicate($d) . pick(' and ', ' or ') . read_predicate($d) . ')' },
		sub { '(' . read_predicate($d) . pick(' and ', ' or ') . read_predicate($d) . ')' },
		sub { 'not ' . read_predicate($d) })->();
}

# Mostly floats.  Values of other types end where storage could compare them: it
# drops what does not compare, and the executor refuses.
sub pivot_of_fields
{
	return 'pivot(rowKey: ' . list(some('_time', 'host', '_measurement')) . ', columnKey: '
	  . list('_field', chance(0.4) ? some('_value', '_time', 'host', 'dc') : ()) . ', valueColumn: "'
	  . pick('_value', '_value', '_time') . '")';
}

sub bucket_source
{
	my $source = 'from(bucket: "random") |> range(start: ' . time_literal(pick(0, 10, 65)) . ', stop: '
	  . time_literal(pick(120, 300, 600)) . ')';
	return $source . ' |> filter(fn: (r) => r._field == "' . pick(qw(s b n u)) . '"' . pick('', ' and r.host != "c"') . ')'
	  . pick('', ' |> first()', ' |> last()', ' |> count()', ' |> limit(n: 3)', ' |> tail(n: 2)', ' |> distinct()', ' |> unique()',
		' |> group(columns: ["host"]) |> last()', ' |> aggregateWindow(every: 1m, fn: ' . pick('count', 'last', 'first') . ')') . ' |> debug.opaque()'
	  if chance(0.1);
	return $source . pick('', ' |> filter(fn: (r) => r._measurement == "m")', ' |> filter(fn: (r) => r.host + r._field != "aw")',
		' |> limit(n: 3)', ' |> aggregateWindow(every: 25s, fn: last)', ' |> aggregateWindow(every: 1m, fn: count)', ' |> sort()')
	  . ' |> ' . pivot_of_fields() if chance(0.12);
	$source .= ' |> filter(fn: (r) => r._measurement == "m" and (r._field == "v" or r._field == "w"))';
	$source .= ' |> filter(fn: (r) => ' . read_predicate(2) . (chance(0.1) ? ', onEmpty: "keep"' : '') . ')' for 1 .. int rand 3;
	return $source;
}

# What a bucket holds, and other tables of the library.
sub library_source
{
	my $range = 'start: 2024-01-01T00:00:00Z, stop: ' . time_literal(pick(120, 600));
	my $predicate = '(r) => ' . pick('true', 'r._measurement == "m"', 'r.host == "a"', 'r._field == "v" and r.host =~ /a/', 'exists r.dc');
	return pick(
		sub { 'sampledata.' . pick(qw(float int uint string bool numericBool)) . '(includeNull: ' . pick('true', 'false') . ')'
			. ' |> range(start: sampledata.start, stop: sampledata.stop)' },
		sub { 'query.inBucket(bucket: "random", ' . $range . ', measurement: "m", fields: ["v"' . pick('', ', "w"') . ']' . pick('', ", predicate: $predicate") . ')' },
		sub { 'query.fromRange(bucket: "random", ' . $range . ') |> query.filterMeasurement(measurement: "m") |> query.filterFields(fields: ["w"])' },
		sub { pick('schema', 'v1') . '.' . pick("fieldKeys(bucket: \"random\", predicate: $predicate, $range)", "tagKeys(bucket: \"random\", predicate: $predicate, $range)",
			'tagValues(bucket: "random", tag: "' . pick('host', 'dc') . "\", predicate: $predicate, $range)", "measurements(bucket: \"random\", $range)",
			"measurementTagValues(bucket: \"random\", measurement: \"m\", tag: \"host\", $range)", "measurementFieldKeys(bucket: \"random\", measurement: \"m\", $range)",
			"measurementTagKeys(bucket: \"random\", measurement: \"k\", $range)") },
		sub { "influxdb.cardinality(bucket: \"random\", $range, predicate: $predicate)" })->() . ' |> drop(columns: ["zz"])';
}

# Two sources of other columns as one stream.
sub mixed_source
{
	my ($a, $b) = map { pick(\&array_source, \&csv_source)->() } 1, 2;
	return "union(tables: [\n$a,\n$b,\n])";
}

my @sources = ((\&array_source) x 7, (\&csv_source) x 4, (\&bucket_source) x 7, (\&generated_source) x 4, \&library_source, \&mixed_source);
sub source { return pick(@sources)->(); }

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
		sub { 'bitwise.' . pick(qw(sand sor sxor sclear)) . '(a: ' . integer($d) . ', b: ' . integer($d) . ')' },
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
		sub { 'date.truncate(t: ' . instant($d) . ', unit: 1d, location: timezone.location(name: "America/New_York"))' },
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
		sub { 'regexp.' . pick('replaceAllString(r: /[ab]/, v: ' . text($d) . ', t: "_")', 'findString(r: /b+/, v: ' . text($d) . ')') },
		sub { 'strings.joinStr(arr: strings.split(v: ' . text($d) . ', t: "b"), v: "-")' },
		sub { 'hash.' . pick('md5', 'b64') . '(v: ' . text($d) . ')' },
		sub { 'display(v: ' . pick(number($d), integer($d), condition($d), text($d)) . ')' },
		sub { 'string(v: json.encode(v: ' . pick(number($d), text($d)) . '))' },
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
		sub { 'regexp.matchRegexpString(r: /^[ab ]+$/, v: ' . text($d) . ')' },
		sub { 'types.isType(v: ' . pick('r._value', 'r.n', 'r.b') . ', type: "' . pick('float', 'int', 'string') . '")' },
		sub { 'contains(value: ' . pick('r.host, set: ["a", "b"]', 'r.n, set: [1, 3]') . ')' },
		sub { 'math.' . pick('isNaN(f: ' . number($d) . ')', 'isInf(f: ' . number($d) . ', sign: 0)') },
		sub { 'exists ' . pick('r._value', 'r.n', 'r.b', number($d)) })->();
}

# ---- transformations ----


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
	\&pivot_of_fields,
	sub { 'bottom(n: 3, columns: ' . list(some('_value', 'n', '_time')) . ')' },
	sub { 'median(method: "' . pick('estimate_tdigest', 'exact_mean', 'exact_selector') . '")' },
	sub { 'group(columns: ["host"]) |> ' . pick('sum', 'mean', 'count', 'min', 'median', 'spread', 'first', 'last', 'max') . '()' },
	sub { 'group(columns: ' . list(some('host', 'dc', '_field')) . ') |> aggregateWindow(every: ' . pick('1m', '20s') . ', fn: ' . pick('min', 'max', 'first', 'last', 'count', 'sum') . ')' },
	sub { 'sort(columns: ["_time"])' },
	sub { 'window(every: ' . pick('1d', '12h', '1mo') . ', ' . pick('location: timezone.location(name: "America/New_York")', 'location: timezone.fixed(offset: -3h)', 'period: -6h', 'offset: 2h') . ')' },
	sub { 'window(every: ' . pick('20s', '1m') . ', ' . pick('startColumn: "from", stopColumn: "to"', 'timeColumn: "_stop"', 'period: 1m30s', 'offset: -7s, period: 10s', 'createEmpty: true, period: 25s') . ')' },
	sub { 'aggregateWindow(every: ' . pick('1d', '1h', '1mo') . ', fn: ' . pick('mean', 'count', 'last') . ', location: timezone.location(name: "' . pick('America/New_York', 'Asia/Kolkata') . '"))' },
	sub { 'aggregateWindow(every: ' . pick('10s', '1m') . ', fn: ' . pick('sum', 'max', 'count') . pick(', timeDst: "at"', ', timeSrc: "_start", timeDst: "n"', ', column: "n"', ', timeSrc: "host"', ', period: 2m, offset: 5s') . ')' },
	sub { 'aggregateWindow(every: ' . pick('15s', '1m') . ', createEmpty: ' . pick('true', 'false') . ', fn: (column, tables=<-) => tables |> '
		. pick('filter(fn: (r) => exists r._value) |> mean(column: column)', 'last(column: "n")', 'sort(columns: ["_value"]) |> limit(n: 2)', 'increase() |> last()', 'median(method: "exact_selector")') . ')' },
	sub { 'filter(fn: (r) => false' . pick('', ', onEmpty: "keep"') . ')' },
	sub { 'filter(fn: (r) => r.host != "a", onEmpty: "keep")' },
	sub { 'filter(fn: (r) => ' . read_predicate(2) . ')' },
	sub { 'map(fn: (r) => ({r with ' . pick('host', 's') . ': if ' . condition(1) . ' then "p" else "q"}))' },
	sub { 'map(fn: (r) => ({r with _time: ' . instant(2) . '}))' },
	sub { 'map(fn: (r) => ({' . pick('_value', 'v') . ': ' . number(1) . '}))' },
	sub { 'reduce(fn: (r, accumulator) => ({most: if r.n > accumulator.most then r.n else accumulator.most, any: accumulator.any or not (r.n > 3),'
		. ' share: accumulator.share + r.n / (accumulator.c + 1), f: accumulator.f * 0.5 - float(v: r.n), c: accumulator.c + 1}),'
		. ' identity: {most: -100, any: false, share: 0, f: 1.0, c: 0})' },
	sub { 'reduce(fn: (r, accumulator) => ({last: r.host, most: if r.n > accumulator.most then r.n else accumulator.most}), identity: {last: "", most: -100})' },
	sub { 'group(columns: ["_time", "host"]) |> ' . pick('sum', 'count', 'max') . '()' },
	sub { 'group(columns: ' . list(some(@columns)) . ', mode: "except") |> ' . pick('last()', 'count()', 'limit(n: 1)') },
	sub { 'distinct(column: "' . pick(@columns) . '")' },
	sub { 'unique(column: "' . pick(@columns) . '")' },
	sub { 'spread(column: "' . pick('_value', 'n', 'u') . '")' },
	sub { 'pivot(rowKey: ["_time", "host"], columnKey: ["' . pick('_field', 's', 'b') . '"], valueColumn: "_value")' },
	sub { 'pivot(rowKey: ["_time"], columnKey: ["host", "' . pick('_field', 's') . '"], valueColumn: "' . pick('_value', 's') . '")' },
	sub { 'v1.fieldsAsCols()' },
	sub { 'fill(column: "' . pick(@columns) . '", usePrevious: true)' },
	sub { 'derivative(columns: ["n", "_value"]' . pick('', ', initialZero: true, nonNegative: true', ', unit: 10s', ', timeColumn: "_start"') . ')' },
	sub { 'difference(' . pick('nonNegative: true, initialZero: true', 'nonNegative: true, columns: ["n"]', 'keepFirst: true, nonNegative: true', 'columns: ["u"]') . ')' },
	sub { pick('top', 'bottom') . '(n: 2, columns: ["n", "_value"])' },
	sub { pick('columns', 'keys') . '(column: "label")' },
	sub { 'elapsed(unit: 1ms, timeColumn: "' . pick('_time', '_start') . '")' },
	sub { 'stateCount(fn: (r) => ' . condition(1) . ', column: "host")' },
	sub { 'hourSelection(start: 18, stop: 20, location: timezone.location(name: "America/New_York"))' },
	sub { 'sort(columns: ["host", "_time"], desc: true) |> ' . pick('first()', 'last()', 'limit(n: 3, offset: 1)', 'tail(n: 2, offset: 1)') },
	sub { 'stddev(mode: "population")' },
	sub { 'experimental.preview(nrows: 3, ntables: 2)' },
	sub { 'experimental.alignTime(alignTo: 2024-02-01T00:00:00Z)' },
	sub { 'experimental.group(mode: "extend", columns: ' . list(some('_time', '_value', 's')) . ')' },
	sub { 'experimental.window(every: ' . pick('30s', '1m') . ', ' . pick('period: 2m', 'createEmpty: true', 'offset: 7s') . ')' },
	sub { 'experimental.distinct() |> sort()' },
	sub { 'experimental.histogram(bins: [-10.0, 0.0, 2.0, 50.0, 2000.0]) |> experimental.histogramQuantile(quantile: ' . pick('0.5', '0.9') . ')' },
	sub { 'experimental.unpivot(otherColumns: ["n"])' },
	sub { 'query.filterFields(fields: ["v"])' },
	sub { 'promql.' . pick('changes()', 'resets()', 'timestamp()', 'instantRate(isRate: true)', 'extrapolatedRate(isCounter: true, isRate: true)', 'linearRegression(predict: true, fromNow: 10.0)',
		'quantile(q: 0.4)', 'labelReplace(source: "host", destination: "s", regex: "(.).*", replacement: "$1x")', 'holtWinters(smoothingFactor: 0.5, trendFactor: 0.5)') },
	sub { 'map(fn: (r) => ({r with _level: if r._value > 1.0 then "crit" else "ok"})) |> monitor.' . pick('stateChangesOnly()', 'stateChanges(fromLevel: "ok", toLevel: "any")') },
	sub { 'map(fn: (r) => ({r with _time: 2024-01-01T00:02:00Z})) |> monitor.deadman(t: 2024-01-01T00:01:00Z)' },
	sub { 'pagerduty.dedupKey()' },
	sub { 'rename(columns: {_time: "at", _value: "v"}) |> sort(columns: ["v", "at"])' },
	sub { 'tail(n: ' . pick(3, 20) . ') |> sort(columns: ["_value"], desc: true)' },
	sub { 'limit(n: ' . pick(1, 3) . ') |> group(columns: ["host"]) |> limit(n: 4, offset: 1)' },
	sub { 'interpolate.linear(every: 1m) |> last()' },
	sub { 'kaufmansAMA(n: 2, column: "' . pick('_value', 'n') . '")' },
	sub { 'timeShift(duration: 1d, columns: ' . list(some('_time', '_start', '_stop')) . ')' },
	sub { 'histogram(column: "n", bins: logarithmicBins(start: 1.0, factor: 2.0, count: 5), countColumn: "c", upperBoundColumn: "le2")' });

sub transformation { return pick(@transformations)->(); }

# ---- scripts ----

# A script that grows: sources with their steps, and how they end.
sub script
{
	my $kind = rand;
	my $end = $kind < 0.66 ? 'one' : $kind < 0.75 ? 'results' : $kind < 0.82 ? 'union' : $kind < 0.86 ? 'join' : $kind < 0.94 ? 'package join'
	  : $kind < 0.96 ? 'diff' : $kind < 0.98 ? 'values' : 'cov';
	my @streams = map { { text => source(), left => 1 + int rand 5 } } 1 .. ($end eq 'one' ? 1 : 2);
	# Often two views of one stream: only then keys and columns meet.
	$streams[1]{text} = $streams[0]{text} if @streams == 2 && chance(0.4);
	return { end => $end, streams => \@streams };
}

my $imports = join('', map { "import \"$_\"\n" } 'array', 'bitwise', 'contrib/qxip/hash', 'csv', 'date', 'experimental', 'experimental/aggregate',
	'experimental/query', 'generate', 'influxdata/influxdb', 'influxdata/influxdb/monitor', 'influxdata/influxdb/schema', 'influxdata/influxdb/v1',
	'internal/debug', 'internal/promql', 'interpolate', 'json', 'math', 'pagerduty', 'regexp', 'sampledata', 'strings', 'testing',
	'timezone', 'types') . "import experimentalTable \"experimental/table\"\n\n";

sub alone { return "$imports$_[0]\n"; }

sub package_join
{
	my $by = list(some('host', 's'));
	my ($left, $right) = map { "$_ |> group(columns: $by)" } 'a', 'b';
	my $as = 'as: (l, r) => (' . pick('{l with v2: r._value}', '{r with v2: l._value}', '{l with v2: r.n}',
		'{host: if exists l.host then l.host else r.host, s: if exists l.s then l.s else r.s, _time: l._time, x: l._value, y: r._value}') . ')';
	my $method = pick('inner', 'left', 'right', 'full');
	my $on = 'on: (l, r) => ' . join(' and ', map { "l.$_ == r.$_" } some('_time', 'n', '_value', 's'));
	return pick("join.$method(left: $left, right: $right, $on, $as)", "join.$method(left: $left, right: $right, $on, $as)",
		"join.tables(method: \"$method\", left: $left, right: $right, $on, $as)", "join.time(method: \"$method\", left: $left, right: $right, $as)",
		"experimental.join(left: $left, right: $right, fn: (left, right) => ({left with v2: right._value}))");
}

# All streams of a script together.
sub ended
{
	my ($script) = @_;
	my $end = $script->{end};
	my ($a, $b) = map { $_->{text} } @{ $script->{streams} };
	return alone($a) if $end eq 'one';
	my $text = "${imports}a = $a\n\nb = $b\n\n";
	return $text . 'a |> ' . transformation() . " |> yield(name: \"1\")\na |> yield(name: \"2\")\na |> " . transformation()
	  . " |> yield(name: \"3\")\nb |> yield(name: \"4\")\n" if $end eq 'results';
	return $text . "union(tables: [a |> drop(columns: [\"zz\"]), b |> drop(columns: [\"zz\"])])\n    |> " . transformation() . "\n" if $end eq 'union';
	return $text . 'join(tables: {a: a, b: b}, on: ' . list(some('_time', 'host', 'n')) . ")\n" if $end eq 'join';
	# The package's name hides the function's.
	return "import \"join\"\n$text" . package_join() . "\n" if $end eq 'package join';
	return $text . pick("testing.diff(got: a, want: b)\n", "experimental.diff(got: a, want: b)\n") if $end eq 'diff';
	return $text . 'cov(x: a, y: b, on: ' . list(some('_time', 'host')) . pick(')', ', pearsonr: true)') . "\n" if $end eq 'cov';
	return $text . pick(
		'array.from(rows: [{n: length(arr: a |> findColumn(fn: (key) => true, column: "_value")), of: display(v: b |> findRecord(fn: (key) => true, idx: 0))}])',
		'array.from(rows: [{a: display(v: a |> tableFind(fn: (key) => key.host == "a") |> getRecord(idx: 0))}])',
		'x = a |> findColumn(fn: (key) => true, column: "' . pick('host', 's') . '")' . "\n\nb |> filter(fn: (r) => contains(value: r.host, set: x))",
		'x = a |> findColumn(fn: (key) => true, column: "host")' . "\n\narray.map(arr: x, fn: (x) => ({v: x, n: strings.strlen(v: x)})) |> array.from()") . "\n";
}

# What may be cut out of a script: whole steps, and rows of tables.
sub pieces
{
	my ($text) = @_;
	my @pieces;
	push @pieces, [$-[0], $+[0] - $-[0]] while $text =~ /\n    \|> .*?(?=\n    \|> |\n*\n\S|\n*\z)/sg;
	@pieces = reverse @pieces;
	push @pieces, [$-[0], $+[0] - $-[0]]
	  while $text =~ /\n    \{_time: .*|\n,,\d+,.*|(?<=\S) \|> [^|\n]*(?= \|> |\n)|\nimport .*|\nb = (?:.|\n\S|\n    )*\n/g;
	return @pieces;
}

1;
