# 025_schedule_year.pl - a year of every and cron: thirty specifications in five
# time zones, against a computation that shares nothing with ours but the rules
# (C library's time zones, minute by minute); and the same tasks driven through
# the days around changes of daylight saving by a clock of the test's own.
use strict;
use warnings;
use FluxCluster;
use POSIX qw(tzset);
use Test::More;
use Time::Local qw(timegm);

my @zones = qw(UTC Europe/Berlin America/New_York Australia/Lord_Howe Asia/Kathmandu);
my @every = ('5m', '45m', '1h', '7h', '1d12h', '1d', '3d', '1w', '2w', '1mo', '5mo', '1y');
my @cron = ('*/15 * * * *', '7 * * * *', '30 */6 * * *', '30 2 * * *', '0 0 * * *', '15 1,2,3 * * *', '59 23 * * *',
	'0 9 * * 1-5', '30 2 * * SUN', '0 0 1 * *', '0 12 15 1,4,7,10 *', '0 0 29 2 *', '10-50/20 4-6 * * TUE',
	'0 22 * * FRI,SAT', '45 1 * MAR,OCT,NOV SUN', '0 0 13 * FRI', '0 3 1-7 * MON', '5 0 31 * *');
is(@every + @cron, 30, 'thirty specifications');
my $begin = timegm(0, 0, 0, 1, 0, 2024);
my $end = timegm(0, 0, 0, 1, 0, 2025);

# --- the computation
# Of a zone: the instants of each minute's reading, and readings in order of time.
my (%instants, @readings);

sub look_at_zone
{
	my ($zone) = @_;
	local $ENV{TZ} = $zone;
	tzset();
	%instants = ();
	@readings = ();
	for (my $at = $begin - 86400; $at < $end + 86400; $at += 60)
	{
		my @local = localtime($at);
		my $reading = timegm(0, @local[ 1 .. 5 ]);
		push @{ $instants{$reading} }, $at;
		push @readings, [ $at, $reading ];
	}
}

# When a reading of the wall clock comes first; skipped, when the clock jumps over it.
sub instant_of
{
	my ($reading) = @_;
	return $instants{$reading}[0] if $instants{$reading};
	my ($low, $high) = (0, $#readings);
	while ($low < $high)
	{
		my $middle = int(($low + $high) / 2);
		if ($readings[$middle][1] > $reading) { $high = $middle }
		else { $low = $middle + 1 }
	}
	return $readings[$low][0];
}

my %names = (SUN => 0, MON => 1, TUE => 2, WED => 3, THU => 4, FRI => 5, SAT => 6, JAN => 1, FEB => 2, MAR => 3,
	APR => 4, MAY => 5, JUN => 6, JUL => 7, AUG => 8, SEP => 9, OCT => 10, NOV => 11, DEC => 12);

# The values that a field of cron names, as keys.
sub field
{
	my ($text, $least, $most) = @_;
	my %set;
	for my $part (split /,/, $text)
	{
		my ($range, $step) = split m{/}, $part;
		my ($from, $to) = $range eq '*' ? ($least, $most) : map { $names{$_} // $_ } split /-/, $range;
		$to //= defined $step ? $most : $from;
		for (my $i = $from; $i <= $to; $i += $step // 1) { $set{$i} = 1 }
	}
	return \%set;
}

# The readings of the wall clock that a cron names, zone or no zone.
sub cron_readings
{
	my ($cron) = @_;
	my @fields = split / /, $cron;
	my ($minute, $hour, $day, $month, $weekday) = (field($fields[0], 0, 59), field($fields[1], 0, 23),
		field($fields[2], 1, 31), field($fields[3], 1, 12), field($fields[4], 0, 6));
	my @found;
	for (my $midnight = $begin - 86400; $midnight < $end + 86400; $midnight += 86400)
	{
		my @at = gmtime($midnight);
		next unless $day->{ $at[3] } && $month->{ $at[4] + 1 } && $weekday->{ $at[6] };
		for my $h (keys %$hour) { push @found, map { $midnight + 3600 * $h + 60 * $_ } keys %$minute }
	}
	return @found;
}

my %cron_readings = map { $_ => [ cron_readings($_) ] } @cron;

sub cron_slots
{
	my ($cron) = @_;
	my @readings_of_it = @{ $cron_readings{$cron} };
	# any hour: each real minute counts; certain hours: each reading of the wall clock
	return map { @{ $instants{$_} // [] } } @readings_of_it if (split / /, $cron)[1] =~ /^\*/;
	return map { instant_of($_) } @readings_of_it;
}

sub every_slots
{
	my ($every) = @_;
	my ($months, $seconds, $is_wall) = (0, 0, $every !~ /[hs]|m(?!o)/);
	my %unit = (m => 60, h => 3600, d => 86400, w => 604800);
	while ($every =~ /(\d+)(mo|y|[mhdw])/g)
	{
		if ($2 eq 'mo') { $months += $1 }
		elsif ($2 eq 'y') { $months += 12 * $1 }
		else { $seconds += $1 * $unit{$2} }
	}
	my @found;
	my $zero = -62135596800;    # 0001-01-01T00:00Z
	if ($months)
	{
		for my $month (2023 * 12 - 12 .. 2025 * 12)
		{
			push @found, timegm(0, 0, 0, 1, $month % 12, int($month / 12) + 1) if $month % $months == 0;
		}
	}
	else
	{
		my $first = $begin - 86400 * 2 - ($begin - 86400 * 2 - $zero) % $seconds;
		for (my $at = $first; $at < $end + 86400; $at += $seconds) { push @found, $at }
	}
	@found = grep { $_ >= $begin - 86400 && $_ < $end + 86400 } @found;
	return $is_wall ? map { instant_of($_) } @found : @found;
}

# {zone}{specification} = slots of the year in order, each once.
my %expected;
for my $zone (@zones)
{
	look_at_zone($zone);
	for my $specification (@every, @cron)
	{
		my %seen;
		my @slots = $specification =~ / / ? cron_slots($specification) : every_slots($specification);
		$expected{$zone}{$specification} =
			[ sort { $a <=> $b } grep { $_ > $begin && $_ < $end && !$seen{$_}++ } @slots ];
	}
}

# --- a year of each, asked for
my $node = FluxCluster->create('year', conf => "fluxtask.run_retention = 0\n");
for my $zone (@zones)
{
	my @wrong;
	for my $specification (@every, @cron)
	{
		my $kind = $specification =~ / / ? 'cron' : 'every';
		my $answer = $node->safe_psql('postgres', qq{SELECT string_agg(extract(epoch FROM i)::bigint::text, ',' ORDER BY i)
			FROM flux.schedule_instants($kind => '$specification', after => '2024-01-01 00:00Z', n => 110000,
				time_zone => '$zone') AS i WHERE i < '2025-01-01 00:00Z'});
		my $truth = join ',', @{ $expected{$zone}{$specification} };
		push @wrong, $specification if $answer ne $truth;
	}
	is("@wrong", '', "a year in $zone");
}

# --- tasks, driven by a clock that jumps from day to day
my @sparse = grep { !/^(5m|\*.15)/ } @every, @cron;
my @stretches = ([ '2024-03-30', 3 ], [ '2024-10-26', 2 ], [ '2024-11-02', 2 ]);
for my $stretch (@stretches)
{
	my ($first, $days) = @$stretch;
	my ($year, $month, $day) = split /-/, $first;
	my $from = timegm(0, 0, 0, $day, $month - 1, $year);
	my @steps = map { POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime($from + 43200 * $_)) } 1 .. 2 * $days;
	my $tasks = join ', ', map { my $zone = $_; map { sprintf "('%s', '%s')", $_, $zone } @sparse } @zones;
	$node->safe_psql('postgres', qq{SET fluxtask.test_clock = '${first}T00:00:00Z';
		SELECT count(flux.create_task(format('import "array" option task = {name: "%s|%s", %s} array.from(rows: [{a: 1}])',
			s, z, CASE WHEN s LIKE '% %' THEN format('cron: "%s"', s) ELSE 'every: ' || s END), time_zone => z))
		FROM (VALUES $tasks) AS t(s, z)});
	$node->safe_psql('postgres', join '', map { "SET fluxtask.test_clock = '$_';\nCALL flux.run_due();\n" } @steps);
	my %got;
	for my $line (split /\n/, $node->safe_psql('postgres', q{SELECT task || '|' || extract(epoch FROM scheduled_for)::bigint
		FROM flux.runs WHERE status = 'success' ORDER BY scheduled_for}))
	{
		my ($specification, $zone, $slot) = split /\|/, $line;
		push @{ $got{$zone}{$specification} }, $slot;
	}
	my @wrong;
	for my $zone (@zones)
	{
		for my $specification (@sparse)
		{
			my $truth = join ',', grep { $_ > $from && $_ <= $from + 86400 * $days } @{ $expected{$zone}{$specification} };
			push @wrong, "$specification in $zone" if $truth ne join ',', @{ $got{$zone}{$specification} // [] };
		}
	}
	is(join('; ', @wrong), '', "$days days from $first, run");
	$node->safe_psql('postgres', 'SELECT count(flux.drop_task(task_id)) FROM flux.tasks; TRUNCATE _flux_catalog.run');
}
$node->stop;

done_testing();
