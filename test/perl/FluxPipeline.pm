# FluxPipeline.pm - random data and random pipelines over it, for 041.
#
#	my $maker = FluxPipeline->new($seed);
#	my $data = $maker->data($exact);	# {lines}, {again}: line protocol, in two portions
#	my $script = $maker->script;		# a tree that text() prints and smaller() cuts
#	FluxPipeline::text($script);		# Flux; the bucket is called @bucket@
#	FluxPipeline::smaller($script);		# every script with one step less
#
# The same seed gives the same, on every machine: the random numbers are our own.
#
# A script is {streams => [{name, source, steps}], combine, steps, yields}.  While
# it grows, the maker knows roughly which columns a table has and of what type
# ("cols": f i u s b t, or x where tables differ), so that most pipelines run and
# some do not: a refusal must be the same on every path too.
package FluxPipeline;

use strict;
use warnings;

sub new
{
	my ($class, $seed) = @_;
	return bless { state => ($seed * 2654435761 + 12345) & 0xffffffff }, $class;
}

# ---- random numbers ----

# xorshift of 32 bits
sub next_random
{
	my ($self) = @_;
	my $x = $self->{state} || 88172645;
	$x ^= ($x << 13) & 0xffffffff;
	$x ^= $x >> 17;
	$x ^= ($x << 5) & 0xffffffff;
	return $self->{state} = $x;
}

sub below { my ($self, $n) = @_; return $n <= 1 ? 0 : ($self->next_random >> 3) % $n; }
sub chance { my ($self, $percent) = @_; return $self->below(100) < $percent; }
sub pick { my ($self, @of) = @_; return $of[$self->below(scalar @of)]; }

# Some of them, in their order, at least one.
sub some
{
	my ($self, $most, @of) = @_;
	my %taken;
	return unless @of;
	$taken{ $self->below(scalar @of) } = 1 for 0 .. $self->below($most);
	return map { $of[$_] } sort { $a <=> $b } keys %taken;
}

sub flux_list { return '[' . join(', ', map { "\"$_\"" } @_) . ']'; }

# ---- tables ----

my $epoch = 1700006400;    # 2023-11-15T00:00:00Z
my $span = 5 * 3600;

sub instant
{
	my ($self, $seconds) = @_;
	my @t = gmtime($epoch + $seconds);
	return sprintf('%04d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0]);
}

my %field_types = (ff => 'f', fg => 'f', fi => 'i', fu => 'u', fb => 'b', fs => 's');
my @words = ('', 'a', 'b', 'abc', 'on', 'off', 'x y', 'ünï', 'A-1', '10', '2.5', 'true');

# A value of a type as line protocol says it.  "exact": sums of floats come out
# the same in any order.
sub line_value
{
	my ($self, $type, $exact) = @_;
	if ($type eq 'f')
	{
		return $self->below(41) / 4 - 5 if $exact || $self->chance(40);
		return ($self->below(200000) - 100000) / 1000;
	}
	return ($self->chance(3) ? $self->pick('9223372036854775807', '-9223372036854775808', '0')
		: $self->below(40) - 15) . 'i' if $type eq 'i';
	return ($self->chance(3) ? '18446744073709551615' : $self->below(30)) . 'u' if $type eq 'u';
	return $self->pick('true', 'false') if $type eq 'b';
	return '"' . $self->pick(@words) . '"';
}

sub data
{
	my ($self, $exact) = @_;
	my %lines = (lines => [], again => []);
	for my $measurement ('m0', 'm1')
	{
		my @fields = $measurement eq 'm0' ? sort keys %field_types : ('ff', 'fi');
		my $series = 3 + $self->below(6);
		for my $number (1 .. $series)
		{
			my $tags = '';
			$tags .= ',host=h' . $self->below(4) if $self->chance(90);
			$tags .= ',rack=' . $self->pick('r1', 'r2', 'a\ b') if $self->chance(40);
			my @of = $self->some(scalar @fields, @fields);
			# One series now and then is longer than a batch of the executor.
			my $is_long = $self->chance(4);
			my $points = $self->chance(10) ? 1 : $is_long ? 2500 : 5 + $self->below($self->chance(15) ? 400 : 60);
			my $step = $is_long ? $self->pick(3, 7) : $self->pick(15, 60, 60, 300, 7);
			my $time = $self->below($span);
			for (1 .. $points)
			{
				$time = ($time + $step * (1 + $self->below(4))) % $span;
				my @values = map { "$_=" . $self->line_value($field_types{$_}, $exact) }
					grep { $self->chance(80) } @of;
				next unless @values;
				push @{ $lines{ $self->chance(50) ? 'lines' : 'again' } },
					"$measurement$tags " . join(',', @values) . ' ' . ($epoch + $time);
			}
		}
	}
	return { map { $_ => join("\n", @{ $lines{$_} }) } keys %lines };
}

my %csv_types = (f => 'double', i => 'long', u => 'unsignedLong', s => 'string', b => 'boolean', t => 'dateTime:RFC3339');

sub csv_value
{
	my ($self, $type) = @_;
	return '' if $self->chance(15);
	return $self->chance(5) ? $self->pick('NaN', '+Inf', '-Inf', '0', '-0')
		: $self->below(41) / 4 - 5 if $type eq 'f';
	return $self->below(30) - 10 if $type eq 'i';
	return $self->below(30) if $type eq 'u';
	return $self->pick('true', 'false') if $type eq 'b';
	return $self->instant($self->below($span)) if $type eq 't';
	return $self->pick(grep { $_ ne '' } @words);
}

# csv.from of one to four tables, of schemas that may differ, some empty.
sub csv_source
{
	my ($self, $stream) = @_;
	my $value_type = $self->pick('f', 'f', 'f', 'i', 'u', 's', 'b');
	my (@blocks, %cols);
	my $tables = 1 + $self->below(4);
	for my $table (0 .. $tables - 1)
	{
		my $type = $self->chance(6) ? $self->pick('f', 'i', 's') : $value_type;
		my @columns = (['_time', 't', 0], ['_value', $type, 0], ['g', 's', 1], ['k', 's', 1]);
		push @columns, ['v', $self->chance(90) ? 'f' : 'i', 0] if $self->chance(60);
		push @columns, ['w', $self->chance(90) ? 'i' : 's', 0] if $self->chance(40);
		push @columns, ['s', 's', 0] if $self->chance(40);
		splice(@columns, 3, 1) if $self->chance(15);
		splice(@columns, 0, 1) if $self->chance(4);
		for (@columns)
		{
			my ($label, $t) = @$_;
			$cols{$label} = ($cols{$label} // $t) eq $t ? $t : 'x';
		}
		my %key = (g => 'g' . $self->below(3), k => $table);
		my $block = '#datatype,string,long,' . join(',', map { $csv_types{ $_->[1] } } @columns)
			. "\n#group,false,false," . join(',', map { $_->[2] ? 'true' : 'false' } @columns)
			. "\n#default,_result,$table," . join(',', map { $key{ $_->[0] } // '' } @columns)
			. "\n,result,table," . join(',', map { $_->[0] } @columns);
		my $rows = $self->chance(15) ? 0 : 1 + $self->below($self->chance(10) ? 300 : 20);
		my $time = $self->below($span);
		for (1 .. $rows)
		{
			$time += $self->below(200);
			$block .= "\n,,$table," . join(',', map { $key{ $_->[0] }
				// ($_->[0] eq '_time' && !$self->chance(3) ? $self->instant($time)
					: $self->csv_value($_->[1])) } @columns);
		}
		push @blocks, $block;
	}
	$stream->{cols} = \%cols;
	$stream->{key} = [grep { $cols{$_} } 'g', 'k'];
	return 'csv.from(csv: "' . join("\n\n", @blocks) . "\n\")";
}

sub array_source
{
	my ($self, $stream) = @_;
	my $rows = 1 + $self->below(20);
	my %cols = (_time => 't', _value => $self->pick('f', 'i', 's'), g => 's', v => 'f');
	$stream->{cols} = \%cols;
	$stream->{key} = [];
	return 'array.from(rows: [' . join(', ', map
		{ '{' . join(', ', map { "$_: " . ($_ eq '_time' ? $self->instant($self->below($span))
			: $self->literal($cols{$_})) } sort keys %cols) . '}' } 1 .. $rows) . '])';
}

sub bucket_source
{
	my ($self, $stream) = @_;
	my ($start, $stop) = (0, $span);
	if ($self->chance(40))
	{
		$start = $self->below($span);
		$stop = $start + 1 + $self->below($span);
	}
	my $text = 'from(bucket: "@bucket@") |> range(start: ' . $self->instant($start) . ', stop: '
		. $self->instant($stop) . ')';
	$text =~ s/start: \S+,/start: 2023-11-14T20:00:00Z,/ if $self->chance(4);
	$stream->{cols} = { _start => 't', _stop => 't', _time => 't', _measurement => 's', _field => 's',
		host => 's', rack => 's', _value => 'x' };
	$stream->{key} = ['_start', '_stop', '_measurement', '_field', 'host', 'rack'];
	if ($self->chance(85))
	{
		my $field = $self->pick('ff', 'ff', 'ff', 'fg', 'fi', 'fi', 'fu', 'fb', 'fs');
		$text .= "\n\t|> filter(fn: (r) => r._field == \"$field\""
			. ($self->chance(30) ? ' and r._measurement == "m0"' : '')
			. ($self->chance(10) ? ' and r.host ' . $self->pick('==', '!=', '<') . ' "h1"' : '') . ')';
		$stream->{cols}{_value} = $field_types{$field};
	}
	elsif ($self->chance(50))
	{
		$text .= "\n\t|> filter(fn: (r) => r._field == \"ff\" or r._field == \"fg\")";
		$stream->{cols}{_value} = 'f';
	}
	return $text;
}

# ---- expressions ----

sub columns_of
{
	my ($self, $stream, $types) = @_;
	return grep { index($types, $stream->{cols}{$_}) >= 0 } sort keys %{ $stream->{cols} };
}

# A column of one of the types, mostly; _value before others.
sub column
{
	my ($self, $stream, $types) = @_;
	my @of = $self->columns_of($stream, $types);
	return '_value' if (grep { $_ eq '_value' } @of) && $self->chance(60);
	@of = sort keys %{ $stream->{cols} } if !@of || $self->chance(3);
	return 'missing' if !@of || $self->chance(2);
	return $self->pick(@of);
}

sub literal
{
	my ($self, $type) = @_;
	if ($type eq 'f')
	{
		my $value = $self->below(41) / 4 - 5;
		return ($value =~ /\./ ? $value : "$value.0");
	}
	return $self->below(20) - 6 if $type eq 'i';
	return 'uint(v: ' . $self->below(20) . ')' if $type eq 'u';
	return $self->pick('true', 'false') if $type eq 'b';
	return $self->instant($self->below($span)) if $type eq 't';
	return '"' . $self->pick(@words, 'h1', 'h2', 'r1', 'g1') . '"';
}

# An expression of a type over r.
sub expression
{
	my ($self, $stream, $type, $depth) = @_;
	my @of = $self->columns_of($stream, $type);
	my $sub = sub { return $self->expression($stream, $_[0], $depth - 1); };

	if ($depth <= 0 || $self->chance(25))
	{
		return @of && $self->chance(75) ? 'r.' . $self->pick(@of) : $self->literal($type);
	}
	return '(if ' . $self->predicate($stream, $depth - 1) . ' then ' . $sub->($type) . ' else ' . $sub->($type) . ')'
		if $self->chance(12);
	return 'float(v: ' . $sub->($self->pick('i', 'u', 'f', 'b')) . ')' if $type eq 'f' && $self->chance(20);
	return 'math.' . $self->pick(qw(abs sqrt floor ceil round trunc exp sin log)) . '(x: ' . $sub->('f') . ')'
		if $type eq 'f' && $self->chance(20);
	return 'math.' . $self->pick(qw(pow mMax mMin)) . '(x: ' . $sub->('f') . ', y: ' . $sub->('f') . ')'
		if $type eq 'f' && $self->chance(10);
	return '(' . $sub->('f') . ' ' . $self->pick('+', '-', '*', '/', '^', '%') . ' ' . $sub->('f') . ')'
		if $type eq 'f';
	return 'int(v: ' . $sub->($self->pick('f', 'u', 'b', 't')) . ')' if $type eq 'i' && $self->chance(25);
	return 'strings.strlen(v: ' . $sub->('s') . ')' if $type eq 'i' && $self->chance(15);
	return '(' . $sub->('i') . ' ' . $self->pick('+', '-', '*', '+', '-', '*', '/', '%') . ' ' . $sub->('i') . ')'
		if $type eq 'i';
	return 'uint(v: ' . $sub->($self->pick('f', 'i', 'b')) . ')' if $type eq 'u' && $self->chance(40);
	return '(' . $sub->('u') . ' ' . $self->pick('+', '-', '*') . ' ' . $sub->('u') . ')' if $type eq 'u';
	return 'string(v: ' . $sub->($self->pick('f', 'i', 'b', 't', 'u')) . ')' if $type eq 's' && $self->chance(30);
	return 'strings.' . $self->pick('toUpper', 'trimSpace', 'title') . '(v: ' . $sub->('s') . ')'
		if $type eq 's' && $self->chance(30);
	return '(' . $sub->('s') . ' + ' . $sub->('s') . ')' if $type eq 's';
	return 'date.truncate(t: ' . $sub->('t') . ', unit: ' . $self->pick('1m', '1h', '7m') . ')' if $type eq 't';
	return $self->predicate($stream, $depth - 1);
}

sub predicate
{
	my ($self, $stream, $depth) = @_;
	my $type = $self->pick('f', 'f', 'i', 's', 's', 'b', 't', 'u');
	my @of = $self->columns_of($stream, $type);
	my $sub = sub { return $self->predicate($stream, $depth - 1); };

	return 'exists r.' . $self->column($stream, 'fiusbtx') if $self->chance(8);
	return 'not (' . $sub->() . ')' if $depth > 0 && $self->chance(10);
	return '(' . $sub->() . ' ' . $self->pick('and', 'or', 'or') . ' ' . $sub->() . ')' if $depth > 0 && $self->chance(35);
	if (!@of)
	{
		$type = $stream->{cols}{_value} // 's';
		$type = 's' if $type eq 'x';
		@of = $self->columns_of($stream, $type);
	}
	my $column = @of ? 'r.' . $self->pick(@of) : $self->literal($type);
	return $column if $type eq 'b' && $self->chance(60);
	return "$column " . $self->pick('=~', '!~') . ' /' . $self->pick('^h[12]', 'a|b', 'f[fi]', '^$', '[0-9]', '(?i)ON', '1$') . '/'
		if $type eq 's' && $self->chance(30);
	my $operator = $type eq 'b' ? $self->pick('==', '!=') : $self->pick('==', '!=', '<', '<=', '>', '>=', '>', '<');
	my $other = $depth > 0 && $self->chance(20) ? $self->expression($stream, $type, $depth)
		: $type =~ /[fi]/ && $self->chance(10) ? $self->literal($type eq 'f' ? 'i' : 'f') : $self->literal($type);
	return $self->chance(10) ? "$other $operator $column" : "$column $operator $other";
}

# ---- steps ----

my $durations = ['1m', '5m', '7m', '10m', '1h', '30s', '1d', '1mo', '90m'];

# What is left of a table whose rows an aggregate summed up.
sub aggregated
{
	my ($self, $stream, $column, $type) = @_;
	my %cols = map { $_ => $stream->{cols}{$_} } grep { $stream->{cols}{$_} } @{ $stream->{key} };
	$cols{$column} = $type;
	$stream->{cols} = \%cols;
}

sub forget
{
	my ($self, $stream, @columns) = @_;
	my %gone = map { $_ => 1 } @columns;
	delete $stream->{cols}{$_} for @columns;
	$stream->{key} = [grep { !$gone{$_} } @{ $stream->{key} }];
}

# What windows need: bounds in the group key; mostly given when they are not there.
sub bounds_first
{
	my ($self, $stream) = @_;
	return '' if (grep { $_ eq '_start' } @{ $stream->{key} }) || $self->chance(5);
	@{ $stream->{cols} }{ '_start', '_stop' } = ('t', 't');
	push @{ $stream->{key} }, '_start', '_stop';
	return 'range(start: ' . $self->instant(0) . ', stop: ' . $self->instant($span) . ") |> ";
}

my @step_table;

# Weight, needed columns (pattern of types; '' none), maker.
sub step { push @step_table, [@_]; }

step 9, '', sub {
	my ($m, $s) = @_;
	my $fn = $m->predicate($s, 2);
	return "filter(fn: (r) => $fn" . ($m->chance(15) ? ', onEmpty: "keep"' : '') . ')';
};
step 3, '', sub {
	my ($m, $s) = @_;
	my $start = $m->below($span);
	@{ $s->{cols} }{ '_start', '_stop' } = ('t', 't');
	push @{ $s->{key} }, '_start', '_stop';
	return 'range(start: ' . $m->instant($start) . ', stop: ' . $m->instant($start + 1 + $m->below($span)) . ')';
};
step 12, '', sub {
	my ($m, $s) = @_;
	my %made;
	for (0 .. $m->below(3))
	{
		my $type = $m->pick('f', 'f', 'i', 's', 'b', 't', 'u');
		my $name = $m->chance(30) ? '_value' : $m->pick('x', 'y', 'z', 'g');
		next if $made{$name};
		$made{$name} = [$m->expression($s, $type, 3), $type];
	}
	my @names = sort keys %made;
	my $text = join(', ', map { "$_: $made{$_}[0]" } @names);
	if ($m->chance(80))
	{
		$s->{cols}{$_} = $made{$_}[1] for @names;
		return "map(fn: (r) => ({r with $text}))";
	}
	my %cols = map { $_ => $s->{cols}{$_} } grep { $s->{cols}{$_} } @{ $s->{key} };
	$cols{$_} = $made{$_}[1] for @names;
	if ($s->{cols}{_time} && !$made{_time})
	{
		$text .= ', _time: r._time';
		$cols{_time} = 't';
	}
	$s->{cols} = \%cols;
	return "map(fn: (r) => ({$text}))";
};
step 12, '', sub {
	my ($m, $s) = @_;
	return 'group()' if $m->chance(25) && (($s->{key} = []) || 1);
	if ($m->chance(20))
	{
		my @except = $m->some(3, '_time', '_value', $m->columns_of($s, 'stbf'));
		my %except = map { $_ => 1 } @except, '_time', '_value';
		push @except, '_time', '_value';
		$s->{key} = [grep { !$except{$_} } sort keys %{ $s->{cols} }];
		return 'group(mode: "except", columns: ' . flux_list(@except) . ')';
	}
	my @by = $m->some(3, grep { $m->chance(30) || $_ !~ /^_(time|value)$/ } $m->columns_of($s, 'fiusbt'));
	$s->{key} = [@by];
	return 'group(columns: ' . flux_list(@by) . ')';
};
step 5, 't', sub {
	my ($m, $s) = @_;
	my $text = $m->bounds_first($s) . 'window(every: ' . $m->pick(@$durations, 'inf');
	$text .= ', period: ' . $m->pick('1m', '5m', '20m', '-5m') if $m->chance(20);
	$text .= ', offset: ' . $m->pick('30s', '-30s', '2m') if $m->chance(20);
	$text .= ', createEmpty: ' . $m->pick('true', 'false', 'false') if $m->chance(30);
	@{ $s->{cols} }{ '_start', '_stop' } = ('t', 't');
	return "$text)";
};
step 14, 't', sub {
	my ($m, $s) = @_;
	my $type = $s->{cols}{_value} // 'f';
	my @fns = $type =~ /[fiux]/ ? qw(mean sum min max count first last median spread stddev mode mean sum max)
		: qw(count first last mode);
	my $fn = $m->pick(@fns);
	$fn = '(column, tables=<-) => tables |> quantile(q: 0.9, column: column)' if $type eq 'f' && $m->chance(10);
	my $text = $m->bounds_first($s) . 'aggregateWindow(every: ' . $m->pick(@$durations) . ", fn: $fn";
	$text .= ', createEmpty: ' . $m->pick('true', 'false', 'false') if $m->chance(70);
	$text .= ', offset: ' . $m->pick('30s', '-30s', '2m') if $m->chance(20);
	$text .= ', period: ' . $m->pick('1m', '5m', '20m') if $m->chance(10);
	$text .= ', timeSrc: "_start"' if $m->chance(20);
	$text .= ', location: timezone.location(name: "Europe/Berlin")' if $m->chance(5);
	my $is_selector = $fn =~ /^(min|max|first|last|median)$/;
	my $new = $fn =~ /^(mean|median|stddev)$|quantile/ ? 'f' : $fn eq 'count' ? 'i' : $type;
	if (!$is_selector)
	{
		$m->aggregated($s, '_value', $new);
	}
	$s->{cols}{_time} = 't';
	return "$text)";
};
for my $fn (qw(mean sum min max count first last))
{
	step 3, '', sub {
		my ($m, $s) = @_;
		my $column = $m->column($s, $fn =~ /mean|sum/ ? 'fiu' : $fn =~ /min|max/ ? 'fiut' : 'fiusbt');
		my $type = $s->{cols}{$column} // 'f';
		$m->aggregated($s, $column, $fn eq 'mean' ? 'f' : $fn eq 'count' ? 'i' : $type)
			unless $fn =~ /min|max|first|last/;
		return $column eq '_value' ? "$fn()" : "$fn(column: \"$column\")";
	};
}
for my $fn (qw(spread stddev skew mode median))
{
	step 1, '', sub {
		my ($m, $s) = @_;
		my $column = $m->column($s, $fn eq 'mode' ? 'fiusb' : $fn =~ /spread/ ? 'fiu' : 'fiu');
		my $type = $s->{cols}{$column} // 'f';
		my $text = "$fn(column: \"$column\"";
		$text .= ', mode: "population"' if $fn eq 'stddev' && $m->chance(40);
		$text .= ', method: "' . $m->pick('exact_mean', 'exact_selector', 'estimate_tdigest') . '"' if $fn eq 'median' && $m->chance(60);
		$m->aggregated($s, $column, $fn =~ /spread|mode/ ? $type : 'f') unless $text =~ /selector/;
		return "$text)";
	};
}
step 2, 'f', sub {
	my ($m, $s) = @_;
	my $column = $m->column($s, 'f');
	my $method = $m->pick('exact_mean', 'exact_selector', 'estimate_tdigest');
	$m->aggregated($s, $column, 'f') unless $method =~ /selector/;
	return 'quantile(q: ' . $m->pick('0.5', '0.9', '0.25', '0.0', '1.0') . ", column: \"$column\", method: \"$method\")";
};
step 5, '', sub {
	my ($m, $s) = @_;
	my @by = $m->some(2, $m->columns_of($s, 'fiusbt'));
	return 'sort(' . (@by && $m->chance(80) ? 'columns: ' . flux_list(@by) : '')
		. (@by && $m->chance(40) ? '' : '') . ')' unless $m->chance(40);
	return 'sort(desc: true' . (@by ? ', columns: ' . flux_list(@by) : '') . ')';
};
step 5, '', sub {
	my ($m, $s) = @_;
	return $m->pick('limit', 'limit', 'tail') . '(n: ' . (1 + $m->below(10)) . ($m->chance(20) ? ', offset: ' . $m->below(4) : '') . ')';
};
step 3, '', sub {
	my ($m, $s) = @_;
	my %kept = map { $_ => 1 } $m->some(5, sort keys %{ $s->{cols} });
	$kept{$_} = 1 for grep { $s->{cols}{$_} && $m->chance(80) } '_time', '_value';
	return 'keep(fn: (column) => column =~ /^_/)'
		if $m->chance(10) && ($m->forget($s, grep { !/^_/ } keys %{ $s->{cols} }) || 1);
	$m->forget($s, grep { !$kept{$_} } keys %{ $s->{cols} });
	return 'keep(columns: ' . flux_list(sort keys %kept) . ')';
};
step 4, '', sub {
	my ($m, $s) = @_;
	my @gone = $m->some(2, grep { $m->chance(20) || !/^_(time|value)$/ } sort keys %{ $s->{cols} });
	$m->forget($s, @gone);
	return 'drop(columns: ' . flux_list(@gone) . ')';
};
step 2, '', sub {
	my ($m, $s) = @_;
	my ($from) = $m->column($s, 'fiusbtx');
	my $to = $m->pick('renamed', 'v2', '_value', 'host');
	my $type = delete $s->{cols}{$from};
	return 'limit(n: 5)' if !defined $type;
	$s->{cols}{$to} = $type;
	$s->{key} = [map { $_ eq $from ? $to : $_ } @{ $s->{key} }];
	return "rename(columns: {$from: \"$to\"})";
};
step 2, '', sub {
	my ($m, $s) = @_;
	my $from = $m->column($s, 'fiusbtx');
	my $to = $m->pick('twice', '_time', 'g', 'v');
	$s->{cols}{$to} = $s->{cols}{$from} // 'x';
	return "duplicate(column: \"$from\", as: \"$to\")";
};
step 2, '', sub {
	my ($m, $s) = @_;
	my $to = $m->pick('mark', 'host', 'g');
	$s->{cols}{$to} = 's';
	return "set(key: \"$to\", value: \"" . $m->pick(@words) . '")';
};
step 4, '', sub {
	my ($m, $s) = @_;
	my $column = $m->column($s, 'fiusb');
	return "fill(column: \"$column\", usePrevious: true)" if $m->chance(50);
	my $type = $s->{cols}{$column} // 'f';
	return "fill(column: \"$column\", value: " . $m->literal($type eq 'x' ? 'f' : $type) . ')';
};
step 3, 'fiu', sub {
	my ($m, $s) = @_;
	my $column = $m->column($s, 'fiu');
	return "difference(columns: [\"$column\"]" . ($m->chance(30) ? ', nonNegative: true' : '')
		. ($m->chance(20) ? ', keepFirst: true' : '') . ($m->chance(10) ? ', initialZero: true' : '') . ')';
};
step 3, 'fiu', sub {
	my ($m, $s) = @_;
	my $column = $m->column($s, 'fiu');
	$s->{cols}{$column} = 'f';
	return 'derivative(unit: ' . $m->pick('1s', '1m', '1h') . ($m->chance(30) ? ', nonNegative: true' : '')
		. ($column eq '_value' ? '' : ", columns: [\"$column\"]") . ')';
};
step 3, 'fiu', sub {
	my ($m, $s) = @_;
	my $column = $m->column($s, 'fiu');
	return $m->pick('increase', 'cumulativeSum', 'cumulativeSum') . "(columns: [\"$column\"])";
};
step 2, 't', sub {
	my ($m, $s) = @_;
	$s->{cols}{elapsed} = 'i';
	return 'elapsed(unit: ' . $m->pick('1s', '1m', '1ms') . ')';
};
step 3, 'fiu', sub {
	my ($m, $s) = @_;
	my $fn = $m->pick(qw(movingAverage exponentialMovingAverage doubleEMA tripleEMA tripleExponentialDerivative
		chandeMomentumOscillator kaufmansAMA kaufmansER relativeStrengthIndex timedMovingAverage));
	$s->{cols}{_value} = 'f';
	return 'timedMovingAverage(every: ' . $m->pick('1m', '5m') . ', period: ' . $m->pick('5m', '10m') . ')'
		if $fn eq 'timedMovingAverage';
	return "$fn(n: " . (1 + $m->below(6)) . ')';
};
step 3, '', sub {
	my ($m, $s) = @_;
	my $column = $m->column($s, 'fiusbt');
	my $type = $s->{cols}{$column} // 's';
	return "unique(column: \"$column\")" if $m->chance(50);
	$m->aggregated($s, '_value', $type);
	return "distinct(column: \"$column\")";
};
step 4, '', sub {
	my ($m, $s) = @_;
	my @keys = grep { my $key = $_; @$key == grep { $s->{cols}{$_} } @$key }
		(['_time'], ['_time'], ['_time', 'host'], ['_time', 'g'], ['_time', 'rack'], ['host'], ['_measurement'], ['g'], ['_value']);
	my $key = $m->pick(@keys);
	$key //= ['_time'];
	my $by = $m->pick((grep { my $c = $_; !grep { $_ eq $c } @$key } $m->columns_of($s, 's')), $m->chance(10) ? 'missing' : ());
	$by //= 'missing';
	my $value = $m->column($s, 'fiusb');
	my $type = $s->{cols}{$value} // 'x';
	my %cols = map { $_ => $s->{cols}{$_} } grep { $s->{cols}{$_} && $_ ne $by && $_ ne $value } @{ $s->{key} }, @$key;
	$cols{$_} = $type for $by eq '_field' ? ('ff', 'fi') : $by =~ /host/ ? ('h0', 'h1', 'h2') : ('a', 'g0');
	$s->{cols} = \%cols;
	$s->{key} = [grep { $cols{$_} } @{ $s->{key} }];
	return 'pivot(rowKey: ' . flux_list(@$key) . ", columnKey: [\"$by\"], valueColumn: \"$value\")";
};
step 3, 'fi', sub {
	my ($m, $s) = @_;
	my $column = $m->column($s, 'fi');
	my $type = $s->{cols}{$column} // 'f';
	my ($zero, $one) = $type eq 'i' ? ('0', '1') : ('0.0', '1.0');
	$m->aggregated($s, 'total', $type eq 'i' ? 'i' : 'f');
	$s->{cols}{n} = 'i';
	return "reduce(fn: (r, accumulator) => ({total: accumulator.total + r.$column, n: accumulator.n + 1}),"
		. " identity: {total: $zero, n: 0})";
};
step 3, '', sub {
	my ($m, $s) = @_;
	my $fn = $m->predicate($s, 1);
	my $kind = $m->below(3);
	$s->{cols}{stateCount} = 'i' if $kind == 0;
	return "stateCount(fn: (r) => $fn)" if $kind == 0;
	$s->{cols}{stateDuration} = 'i' if $kind == 1;
	return "stateDuration(fn: (r) => $fn, unit: 1m)" if $kind == 1;
	@{ $s->{cols} }{ 'n', 'd' } = ('i', 'i');
	return "stateTracking(fn: (r) => $fn, countColumn: \"n\", durationColumn: \"d\")";
};
step 3, 'fiu', sub {
	my ($m, $s) = @_;
	my $n = 1 + $m->below(5);
	my $column = $m->column($s, 'fiu');
	return $m->pick('top', 'bottom') . "(n: $n, columns: [\"$column\"])" if $m->chance(60);
	my @by = $m->some(2, $m->columns_of($s, 's'));
	my $fn = $m->pick(qw(highestMax lowestMin highestAverage lowestAverage highestCurrent lowestCurrent));
	$s->{key} = [];
	$s->{cols} = { '_value' => 'f', map { $_ => 's' } @by } if $fn =~ /Average/;
	return "$fn(n: $n, column: \"$column\", groupColumns: " . flux_list(@by) . ')';
};
step 3, 't', sub {
	my ($m, $s) = @_;
	return $m->pick('timeShift(duration: 1h)', 'timeShift(duration: -7m, columns: ["_time"])', 'timeShift(duration: 1mo)',
		'truncateTimeColumn(unit: 1m)', 'truncateTimeColumn(unit: 1h)', 'hourSelection(start: 1, stop: 3)');
};
step 2, '', sub {
	my ($m, $s) = @_;
	my $fn = $m->pick(qw(toFloat toInt toString toUInt toBool toTime));
	my %to = (toFloat => 'f', toInt => 'i', toString => 's', toUInt => 'u', toBool => 'b', toTime => 't');
	$s->{cols}{_value} = $to{$fn};
	return "$fn()";
};
step 2, 'fiu', sub {
	my ($m, $s) = @_;
	my $before = $m->bounds_first($s);
	my $text = 'integral(unit: ' . $m->pick('1s', '1m') . ($m->chance(30) ? ', interpolate: "linear"' : '') . ')';
	$text = 'timeWeightedAvg(unit: 1m)' if $m->chance(20);
	$m->aggregated($s, '_value', 'f');
	return $before . $text;
};
step 2, 'f', sub {
	my ($m, $s) = @_;
	my $column = $m->column($s, 'f');
	$m->aggregated($s, '_value', 'f');
	$s->{cols}{le} = 'f';
	return "histogram(column: \"$column\", bins: [-2.0, 0.0, 2.0, 4.0]" . ($m->chance(30) ? ', normalize: true' : '') . ')';
};
step 1, '', sub {
	my ($m, $s) = @_;
	my $text = $m->pick('columns()', 'keys()', 'sample(n: 3, pos: 1)', 'sample(n: 2, pos: 0)', 'keyValues(keyColumns: ["host"])',
		'interpolate.linear(every: 1m)', 'covariance(columns: ["_value", "v"])', 'experimental.unpivot()',
		'kaufmansAMA(n: 3)', 'holtWinters(n: 3, interval: 5m)', 'count() |> fill(value: 0)', 'table.fill()',
		'cumulativeSum() |> limit(n: 3)', 'experimental.group(mode: "extend", columns: ["_field"])',
		'rename(fn: (column) => column + "_x")', 'drop(fn: (column) => column =~ /st/)',
		'schema.fieldsAsCols()', 'tail(n: 2000)', 'group(columns: ["_field"]) |> sort(columns: ["_time"]) |> first()');
	if ($text =~ /^(columns|keys|keyV)/) { $m->aggregated($s, '_value', 's'); }
	if ($text =~ /^rename/) { %{ $s->{cols} } = map { ("${_}_x" => $s->{cols}{$_}) } keys %{ $s->{cols} }; $s->{key} = [map { "${_}_x" } @{ $s->{key} }]; }
	return $text;
};

step 2, '', sub {
	my ($m, $s) = @_;
	my $fn = $m->predicate($s, 1);
	my $least = $m->literal('f');
	return $m->pick("filter(fn: (r) => $fn) |> " . $m->pick('limit(n: 2)', 'tail(n: 3)', 'first()', 'last()', 'count()', 'distinct(column: "host")'),
		# Storage leaves out fields of types that do not compare, as InfluxDB's does,
		# where the executor refuses them: such a filter over numbers only.
		($s->{cols}{_value} // 'x') !~ /[fiu]/ ? 'limit(n: 7)'
		: "filter(fn: (r) => r._value > $least) |> " . $m->pick('limit(n: 2)', 'tail(n: 3)', 'max()', 'min()', 'mean()', 'sum()', 'count()'),
		'keep(columns: ["_value", "host", "_time"]) |> group() |> ' . $m->pick('sort(columns: ["_time", "_value", "host"])', 'max()', 'top(n: 4)', 'distinct(column: "host")'),
		'keep(columns: ["host"]) |> group() |> distinct(column: "host")', 'keep(columns: ["host", "rack"]) |> distinct(column: "host")',
		'group(columns: ["host"]) |> ' . $m->pick('first()', 'last()', 'min()', 'max()', 'count()', 'mean()', 'sum()'),
		'group(columns: ["_measurement", "rack"]) |> aggregateWindow(every: ' . $m->pick(@$durations) . ', fn: ' . $m->pick('min', 'max', 'first', 'last', 'mean', 'count')
			. $m->pick('', ', createEmpty: false', ', timeSrc: "_start"', ', offset: 1m', ', period: 7m') . ')');
};
# The end of the grammar: what all of it weighs.
my $weights = 0;
$weights += $_->[0] for @step_table;

# A step that the columns allow; three steps that must follow each other are one.
sub make_step
{
	my ($self, $stream) = @_;
	for (1 .. 10)
	{
		my $at = $self->below($weights);
		my $chosen;
		for (@step_table)
		{
			$chosen = $_;
			last if ($at -= $_->[0]) < 0;
		}
		my ($weight, $needs, $maker) = @$chosen;
		next if $needs ne '' && !$self->columns_of($stream, $needs) && !$self->chance(5);
		next if !%{ $stream->{cols} };
		return $maker->($self, $stream);
	}
	return 'limit(n: 100)';
}

# ---- scripts ----

sub make_stream
{
	my ($self, $name, $most) = @_;
	my %stream = (name => $name, steps => []);
	my $kind = $self->below(100);
	$stream{source} = $kind < 65 ? $self->bucket_source(\%stream) : $kind < 92 ? $self->csv_source(\%stream)
		: $self->array_source(\%stream);
	push @{ $stream{steps} }, $self->make_step(\%stream) for 1 .. $self->below($most + 1);
	return \%stream;
}

sub script
{
	my ($self) = @_;
	my %script = (streams => [], steps => [], yields => []);
	if ($self->chance(75))
	{
		my $stream = $self->make_stream('a', 6);
		$script{streams} = [$stream];
		if ($self->chance(20))
		{
			# several readers of one stream
			for (0 .. 1 + $self->below(2))
			{
				my %copy = (cols => { %{ $stream->{cols} } }, key => [@{ $stream->{key} }]);
				push @{ $script{yields} }, [map { $self->make_step(\%copy) } 0 .. $self->below(2)];
			}
		}
		return \%script;
	}
	my ($a, $b) = ($self->make_stream('a', 3), $self->make_stream('b', 3));
	if ($self->chance(40))
	{
		# two views of one stream
		%$b = (%$b, source => $a->{source}, cols => { %{ $a->{cols} } }, key => [@{ $a->{key} }]);
		$b->{steps} = [@{ $a->{steps} }];
		push @{ $b->{steps} }, $self->make_step($b);
	}
	$script{streams} = [$a, $b];
	my $kind = $self->below(100);
	my @common = grep { $b->{cols}{$_} && $_ ne '_value' } sort keys %{ $a->{cols} };
	my %both = (%{ $b->{cols} }, %{ $a->{cols} });
	if ($kind < 45 || !@common)
	{
		$script{combine} = 'union(tables: [a, b])';
	}
	elsif ($kind < 75)
	{
		my @on = $self->some(3, @common);
		@on = ('_time', grep { $_ ne '_time' } @on) if $both{_time} && $self->chance(60);
		$script{combine} = 'join(tables: {a: a, b: b}, on: ' . flux_list(@on) . ')';
		%both = map { $a->{cols}{$_} && $b->{cols}{$_} && !(join(' ', '', @on, '') =~ / $_ /)
			? ("${_}_a" => $a->{cols}{$_}, "${_}_b" => $b->{cols}{$_}) : ($_ => $both{$_}) } keys %both;
	}
	else
	{
		my @on = grep { !/^_(start|stop)$/ } $self->some(2, @common);
		@on = ('_time') if !@on;
		my $method = $self->pick('inner', 'left', 'right', 'full');
		my $on = join(' and ', map { "l.$_ == r.$_" } @on);
		my @left = grep { $a->{cols}{$_} } '_value', @on;
		my $as = $method eq 'inner' || $method eq 'left' ? '{l with other: r._value}' : $method eq 'right' ? '{r with other: l._value}'
			: '{' . join(', ', map { "$_: if exists l.$_ then l.$_ else r.$_" } @on) . ', other: r._value, _value: l._value}';
		$script{combine} = 'join.tables(method: "' . $method . "\", left: a, right: b, on: (l, r) => $on, as: (l, r) => ($as))";
		$script{combine} =~ s/tables\(method: "time",/time(/;
	}
	my %result = (cols => \%both, key => [@{ $a->{key} }]);
	push @{ $script{steps} }, $self->make_step(\%result) for 1 .. $self->below(4);
	return \%script;
}

my @packages = ([array => qr/array\./], [csv => qr/csv\./], [date => qr/date\./], [experimental => qr/experimental\./],
	['experimental/table' => qr/\|> table\./], ['influxdata/influxdb/schema' => qr/schema\./],
	[interpolate => qr/interpolate\./], [join => qr/join\./], [math => qr/math\./], [strings => qr/strings\./],
	[timezone => qr/timezone\./]);

sub text
{
	my ($script) = @_;
	my $text = '';
	my $pipe = sub { return join('', map { "\n\t|> $_" } @_); };
	for (@{ $script->{streams} })
	{
		$text .= "$_->{name} = $_->{source}" . $pipe->(@{ $_->{steps} }) . "\n";
	}
	my $number = 0;
	if (@{ $script->{yields} })
	{
		$text .= 'a' . $pipe->(@$_) . "\n\t|> yield(name: \"y" . $number++ . "\")\n" for @{ $script->{yields} };
	}
	else
	{
		$text .= ($script->{combine} // 'a') . $pipe->(@{ $script->{steps} }) . "\n";
	}
	my $head = '';
	for (@packages)
	{
		my ($package, $pattern) = @$_;
		$head .= "import \"$package\"\n" if $text =~ $pattern;
	}
	return $head . $text;
}

# Copies with one step, one reader or one stream less.
sub smaller
{
	my ($script) = @_;
	my @smaller;
	my $copy = sub {
		return { %$script, streams => [map { { %$_, steps => [@{ $_->{steps} }] } } @{ $script->{streams} }],
			steps => [@{ $script->{steps} }], yields => [map { [@$_] } @{ $script->{yields} }] };
	};
	if (@{ $script->{streams} } == 2)
	{
		for my $gone (0, 1)
		{
			my $less = $copy->();
			splice(@{ $less->{streams} }, $gone, 1);
			$less->{streams}[0]{name} = 'a';
			delete $less->{combine};
			push @smaller, $less;
		}
	}
	for my $i (0 .. $#{ $script->{yields} })
	{
		if (@{ $script->{yields} } > 1)
		{
			my $less = $copy->();
			splice(@{ $less->{yields} }, $i, 1);
			push @smaller, $less;
		}
		for my $j (0 .. $#{ $script->{yields}[$i] })
		{
			my $less = $copy->();
			splice(@{ $less->{yields}[$i] }, $j, 1);
			push @smaller, $less;
		}
	}
	for my $j (reverse 0 .. $#{ $script->{steps} })
	{
		my $less = $copy->();
		splice(@{ $less->{steps} }, $j, 1);
		push @smaller, $less;
	}
	for my $i (0 .. $#{ $script->{streams} })
	{
		for my $j (reverse 0 .. $#{ $script->{streams}[$i]{steps} })
		{
			my $less = $copy->();
			splice(@{ $less->{streams}[$i]{steps} }, $j, 1);
			push @smaller, $less;
		}
	}
	return @smaller;
}

1;
