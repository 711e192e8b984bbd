#!/usr/bin/perl
# run.pl - runs the Flux cases under test/flux; README.md there says what a case is.
#
#	run.pl [--modes] [--accept] [--scratch DIR] [--jobs N] [CASE...]
#
# A server with the extension's files must answer under PGHOST.  The cases go
# through a few psql processes, each with a database of its own; a case is one
# transaction that is rolled back.  A backend that dies fails its case, and the
# next goes on.
#
# The last line is "N passed, N failed"; each case counts once per mode.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename;
use File::Find;
use File::Path qw(make_path);
use Getopt::Long;

my $here = dirname(abs_path(__FILE__));
my ($modes, $accept, $scratch, $jobs, $timeout) = (0, 0, '/tmp/flux-cases', 2, '60s');
GetOptions(
	'modes' => \$modes,
	'accept' => \$accept,
	'scratch=s' => \$scratch,
	'jobs=i' => \$jobs,
	'timeout=s' => \$timeout) or exit 2;

# What a case's "run:" may say: an expression over $1, the script.
my %calls = (
	csv => q{SELECT flux.query_csv($1)},
	json => q{SELECT string_agg(result || ' ' || "table" || ' ' || record, E'\n')
		FROM flux.query_json($1)},
	check => q{SELECT flux.check($1)::text || 'ok'},
	parse => q{SELECT jsonb_pretty(flux.parse($1))},
	format => q{SELECT flux.format($1)},
	diagnose => q{SELECT coalesce(string_agg(format('%s %s:%s-%s:%s %s %s', severity, line, col,
		end_line, end_col, code, message), E'\n'), 'nothing to say') FROM flux.diagnose($1)},
	test => q{SELECT string_agg(concat_ws(' ', CASE WHEN passed THEN 'passed' ELSE 'failed' END,
		testcase, message), E'\n') FROM flux.test($1)},
	explain => q{SELECT string_agg(line, E'\n') FROM flux.explain($1) AS t(line)},
);

# Every answer must be the same in all of them.
my @modes = (
	{ name => 'default', settings => '' },
	{ name => 'no push-down', settings => q{SET fluxtask.push_down = off;} },
	{ name => 'row by row', settings => q{SET fluxtask.vectorize = off;} },
	{ name => 'spilling', settings => q{SET fluxtask.work_mem = '64kB';} },
	{ name => 'compacted', settings => '', compact => 1 });
@modes = ($modes[0]) unless $modes;

sub slurp
{
	my ($path) = @_;
	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	my $text = <$in>;
	return $text // '';
}

sub spew
{
	my ($path, $text) = @_;
	open my $out, '>:raw', $path or die "$path: $!\n";
	print $out $text;
	close $out or die "$path: $!\n";
	return;
}

# An SQL literal that no text can break out of.
sub quoted
{
	my ($text) = @_;
	my $tag = 'q';
	$tag .= 'q' while index($text, "\$$tag\$") >= 0;
	return "\$$tag\$$text\$$tag\$";
}

# Cases named on the command line (area, area/name, with or without .flux), or all.
sub find_cases
{
	my @wanted = map { s{^test/flux/}{}r =~ s{\.flux$}{}r } @_;
	my @found;
	find(
		{   no_chdir => 1,
			wanted => sub {
				return unless m{^\Q$here\E/(.+)\.flux$};
				push @found, $1;
			} },
		$here);
	my @cases;
	for my $name (sort @found)
	{
		push @cases, read_case($name)
			if !@wanted || grep { $name eq $_ || index($name, "$_/") == 0 } @wanted;
	}
	return @cases;
}

# The leading comment may hold directives: "// key: value".
sub read_case
{
	my ($name) = @_;
	my $base = "$here/$name";
	my %case = (name => $name, base => $base, script => slurp("$base.flux"),
		run => 'csv', then => [], set => [], modes => 1);
	for my $line (split /\n/, $case{script})
	{
		last unless $line =~ m{^//};
		if ($line =~ m{^// (run|then|set|modes): (.*?)\s*$})
		{
			my ($key, $value) = ($1, $2);
			if ($key eq 'run') { $case{run} = $value; }
			elsif ($key eq 'modes') { $case{modes} = $value ne 'no'; }
			else { push @{ $case{$key} }, $value; }
		}
	}
	die "$name: run: must be one of " . join(', ', sort keys %calls) . "\n"
		unless $calls{ $case{run} };
	$case{lines} = slurp("$base.lp") if -e "$base.lp";
	$case{setup} = slurp("$base.sql") if -e "$base.sql";
	$case{expected} = -e "$base.out" ? slurp("$base.out") : undef;
	return \%case;
}

# Once a session: a function that turns an error into text as a client sees it.
my $prelude = <<'SQL';
\set QUIET on
\pset pager off
\pset format unaligned
\pset tuples_only on
SET client_min_messages = error;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
CREATE EXTENSION IF NOT EXISTS fluxtask;
CREATE FUNCTION pg_temp.flux_case(call text, script text, afterwards text[]) RETURNS text
LANGUAGE plpgsql AS $function$
DECLARE
	answer text;
	more text;
	query text;
	said_message text;
	said_detail text;
	said_hint text;
BEGIN
	EXECUTE call INTO answer USING script;
	FOREACH query IN ARRAY afterwards LOOP
		EXECUTE format('SELECT string_agg(t::text, E''\n'') FROM (%s) AS t', query) INTO more;
		answer := concat_ws(E'\n', rtrim(answer, E'\r\n'), 'then', more);
	END LOOP;
	RETURN answer;
EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
	GET STACKED DIAGNOSTICS said_message = MESSAGE_TEXT, said_detail = PG_EXCEPTION_DETAIL,
		said_hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', format('ERROR %s: %s', SQLSTATE, said_message),
		'DETAIL: ' || nullif(said_detail, ''), 'HINT: ' || nullif(said_hint, ''));
END
$function$;
SQL

# psql's commands for one case.  $number marks its answer in the output.
sub case_commands
{
	my ($case, $mode, $number) = @_;
	my $compacts = $mode->{compact} && defined $case->{lines};
	my $sql = "\\echo '\@\@\@ begin $number'\n";
	$sql .= "BEGIN;\n" unless $compacts;
	$sql .= "$case->{setup}\n" if defined $case->{setup};
	$sql .= "SELECT FROM flux.write('test', " . quoted($case->{lines}) . ");\n"
		if defined $case->{lines};
	$sql .= "SELECT FROM flux.compact('test');\nBEGIN;\n" if $compacts;
	$sql .= "$mode->{settings}\n" =~ s/^SET /SET LOCAL /r;
	$sql .= "SET LOCAL $_;\n" for @{ $case->{set} };
	my $then = @{ $case->{then} } ? join(', ', map { quoted($_) } @{ $case->{then} }) : '';
	$sql .= "\\echo '\@\@\@ answer'\n";
	$sql .= "SELECT pg_temp.flux_case(" . quoted($calls{ $case->{run} }) . ", "
		. quoted($case->{script}) . ", ARRAY[$then]::text[]);\n";
	$sql .= "\\echo '\@\@\@ end'\nROLLBACK;\n";
	$sql .= "SELECT FROM flux.drop_bucket('test');\nSELECT FROM flux.create_bucket('test');\n"
		if $compacts;
	return $sql;
}

# Runs cases in one database, a new psql after each death; calls back with each
# case's answer (undef: the backend died).
sub run_cases
{
	my ($database, $mode, $cases, $answered) = @_;
	my $next = 0;
	while ($next < @$cases)
	{
		my $file = "$scratch/$database.sql";
		my $sql = $prelude . "SET statement_timeout = '$timeout';\n";
		$sql .= case_commands($cases->[$_], $mode, $_) for $next .. $#$cases;
		spew($file, $sql);
		open my $psql, '-|:raw', "psql -X -d $database -f $file 2>&1" or die "psql: $!\n";
		my ($number, $answer, $noise) = (undef, undef, '');
		while (my $line = <$psql>)
		{
			if ($line =~ /^\@\@\@ begin (\d+)$/) { ($number, $answer, $noise) = ($1, undef, ''); }
			elsif ($line eq "\@\@\@ answer\n") { $answer = ''; }
			elsif ($line eq "\@\@\@ end\n")
			{
				$answered->($cases->[$number], $noise . $answer);
				$next = $number + 1;
				$number = undef;
			}
			elsif (defined $answer) { $answer .= $line; }
			elsif (defined $number) { $noise .= $line; }
			else { print "$database: $line" unless $line =~ /already exists/; }
		}
		close $psql;
		next if $next >= @$cases;

		# Died within a case, or before the first.
		die "psql cannot work in database $database\n" unless defined $number;
		$answered->($cases->[$number], undef);
		$next = $number + 1;
		sleep 1 while system("psql -X -q -d $database -c '' >/dev/null 2>&1") != 0 && $timeout;
	}
	return;
}

# What a case should look like on disk: line ends of one kind, one at the end.
sub normal
{
	my ($text) = @_;
	$text =~ s/\r\n/\n/g;
	$text =~ s/\n+\z//;
	return length $text ? "$text\n" : '';
}

sub difference
{
	my ($expected, $found) = @_;
	spew("$scratch/expected.$$", $expected);
	spew("$scratch/found.$$", $found);
	my $diff = `diff -u --label expected --label found $scratch/expected.$$ $scratch/found.$$`;
	unlink "$scratch/expected.$$", "$scratch/found.$$";
	return $diff;
}

# One process: its share of the cases in every mode.  Prints what fails; exits
# after writing its counts.
sub work
{
	my ($worker, @cases) = @_;
	my ($passed, $failed) = (0, 0);
	my $database = "flux_cases_$worker";
	system("psql -X -q -d postgres -c 'DROP DATABASE IF EXISTS $database' -c 'CREATE DATABASE $database' >/dev/null 2>&1") == 0
		or die "cannot make database $database\n";
	system("psql -X -q -d $database -c 'CREATE EXTENSION fluxtask' -c \"SELECT FROM flux.create_bucket('test')\" >/dev/null");
	for my $mode (@modes)
	{
		my @share = $mode->{name} eq 'default' ? @cases : grep { $_->{modes} } @cases;
		@share = grep { defined $_->{lines} } @share if $mode->{compact};
		run_cases($database, $mode, \@share, sub {
			my ($case, $answer) = @_;
			my $title = "$case->{name}" . ($mode->{name} eq 'default' ? '' : " ($mode->{name})");
			my $found = defined $answer ? normal($answer) : undef;
			if ($accept && defined $found && $mode->{name} eq 'default')
			{
				my $is_new = !defined $case->{expected} || $case->{expected} ne $found;
				spew("$case->{base}.out", $found) if $is_new;
				print(($is_new ? 'wrote ' : 'same  '), "$case->{name}.out\n");
				$case->{expected} = $found;
			}
			if (!defined $found)
			{
				$failed++;
				print "not ok $title: the backend died\n";
			}
			elsif (!defined $case->{expected})
			{
				$failed++;
				print "not ok $title: no answer $case->{name}.out; it said\n$found";
			}
			elsif ($found ne $case->{expected})
			{
				$failed++;
				print "not ok $title\n", difference($case->{expected}, $found);
			}
			else { $passed++; }
			return;
		});
	}
	spew("$scratch/count.$worker", "$passed $failed");
	return;
}

make_path($scratch);
my @cases = find_cases(@ARGV ? @ARGV : split ' ', $ENV{T} // '');
if (!@cases)
{
	print "no case\n0 passed, 0 failed\n";
	exit 0;
}
$jobs = @cases if $jobs > @cases;
my @children;
for my $worker (0 .. $jobs - 1)
{
	unlink "$scratch/count.$worker";
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0)
	{
		$| = 1;
		work($worker, @cases[ grep { $_ % $jobs == $worker } 0 .. $#cases ]);
		exit 0;
	}
	push @children, $pid;
}
my ($passed, $failed) = (0, 0);
for my $worker (0 .. $jobs - 1)
{
	waitpid $children[$worker], 0;
	my ($good, $bad) = -e "$scratch/count.$worker" ? split(' ', slurp("$scratch/count.$worker")) : (0, 1);
	$passed += $good;
	$failed += $bad;
}
printf "%d cases, %d modes: %d passed, %d failed\n", scalar @cases, scalar @modes, $passed, $failed;
exit($failed > 0);
