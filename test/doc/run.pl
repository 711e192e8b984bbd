#!/usr/bin/perl
# run.pl - runs the examples in the documentation and compares what they print.
#
#	run.pl [--scratch DIR] [--accept] [NAME...]		NAME: a page without .md
#
# A page is one psql session in a database of its own, with the extension.  A
# "sql" block is fed to psql; a "text" block that follows it directly is what
# psql must print ("..." in it stands for anything within a line; rows of
# dashes and blanks at line ends may differ in length, for widths follow
# values).  A "sql" block with no answer must raise no error.  A "flux" block
# must pass flux.check; with an answer it is run by flux.show.  Blocks of other
# languages are for people.
#
# <!-- example: skip --> before a block leaves it out; <!-- example: setup
# ... --> holds SQL that the page needs and does not show.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename;
use File::Path qw(make_path);
use Getopt::Long;

my $root = dirname(dirname(dirname(abs_path(__FILE__))));
my ($scratch, $accept) = ('/tmp/doc-examples', 0);
GetOptions('scratch=s' => \$scratch, 'accept' => \$accept) or exit 2;
make_path($scratch);

sub slurp
{
	my ($path) = @_;
	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	my $text = <$in>;
	return $text // '';
}

# The examples of a page: kind, text, line, answer (undef without one), and the
# answer's place in the page, to write it anew.
sub examples_of
{
	my ($page) = @_;
	my @examples;
	my ($skips, $last) = (0, undef);
	my @lines = split /^/, $page;
	for (my $i = 0; $i < @lines; $i++)
	{
		if ($lines[$i] =~ /^<!-- example: skip/) { $skips = 1; }
		elsif ($lines[$i] =~ /^<!-- example: setup$/)
		{
			my $sql = '';
			$sql .= $lines[$i] while ++$i < @lines && $lines[$i] !~ /-->/;
			push @examples, { kind => 'sql', text => $sql, line => $i };
		}
		elsif ($lines[$i] =~ /^```(\w*)/)
		{
			my ($kind, $start, $text) = ($1, $i + 1, '');
			$text .= $lines[$i] while ++$i < @lines && $lines[$i] !~ /^```/;
			if (($kind eq 'sql' || $kind eq 'flux') && !$skips)
			{
				$last = { kind => $kind, text => $text, line => $start };
				push @examples, $last;
			}
			elsif ($kind eq 'text' && $last && !defined $last->{answer})
			{
				@$last{qw(answer from to)} = ($text, $start, $i - 1);
				undef $last;
			}
			else { undef $last; }
			$skips = 0;
		}
		elsif ($lines[$i] =~ /\S/) { undef $last; }
	}
	return @examples;
}

# Widths of columns follow values, so runs of blanks and dashes count as one.
sub line_pattern
{
	my ($line) = @_;
	$line = squeezed($line);
	return join '.*', map { quotemeta } split /\.\.\./, $line, -1;
}

sub squeezed
{
	my ($line) = @_;
	$line =~ s/\s+$//;
	$line =~ s/-{2,}/--/g;
	$line =~ s/ {2,}/ /g;
	return $line;
}

sub answers_match
{
	my ($expected, $found) = @_;
	my @expected = split /\n/, $expected;
	my @found = split /\n/, $found;
	pop @found while @found && $found[-1] !~ /\S/;
	pop @expected while @expected && $expected[-1] !~ /\S/;
	return 0 if @expected != @found;
	for my $i (0 .. $#expected)
	{
		my $pattern = line_pattern($expected[$i]);
		return 0 unless squeezed($found[$i]) =~ /^$pattern$/;
	}
	return 1;
}

sub quoted
{
	my ($text) = @_;
	my $tag = 'doc';
	$tag .= 'c' while index($text, "\$$tag\$") >= 0;
	return "\$$tag\$$text\$$tag\$";
}

sub commands_for
{
	my ($example) = @_;
	return $example->{text} if $example->{kind} eq 'sql';
	my $script = quoted($example->{text});
	return defined $example->{answer} ? "CALL flux.show($script);\n"
		: "SELECT FROM flux.check($script) \\g /dev/null\n";
}

my ($passed, $failed) = (0, 0);
my %wanted = map { s{^docs/}{}r =~ s/\.md$//r => 1 } @ARGV ? @ARGV : split ' ', $ENV{T} // '';
for my $path ("$root/README.md", sort glob "$root/docs/*.md")
{
	my $name = basename($path, '.md');
	next if %wanted && !$wanted{$name};
	my $page = slurp($path);
	my @examples = examples_of($page) or next;
	my $database = 'docs_' . lc($name) =~ s/\W/_/gr;

	my $sql = "SET TimeZone = 'UTC';\nSET DateStyle = 'ISO, YMD';\n";
	for my $i (0 .. $#examples)
	{
		$sql .= "\\echo '\@\@\@ $i'\n" . commands_for($examples[$i]) . "\n";
	}
	$sql .= "\\echo '\@\@\@ end'\n";
	open my $out, '>:raw', "$scratch/$name.sql" or die "$scratch/$name.sql: $!\n";
	print $out $sql;
	close $out;
	my $uses_own = $page =~ /^CREATE EXTENSION fluxtask/m;
	system("psql -X -q -d postgres -c 'DROP DATABASE IF EXISTS $database' -c 'CREATE DATABASE $database' >/dev/null 2>&1");
	system("psql -X -q -d $database -c 'CREATE EXTENSION fluxtask'") unless $uses_own;
	my $output = `psql -X -q -P pager=off -d $database <$scratch/$name.sql 2>&1`;

	my %answers = $output =~ /^\@\@\@ (\w+)\n(.*?)(?=^\@\@\@ |\z)/msg;
	my @lines = split /^/, $page;
	for my $i (reverse 0 .. $#examples)
	{
		my $example = $examples[$i];
		my $answer = $answers{$i};
		my $is_right = defined $answer
			&& (defined $example->{answer} ? answers_match($example->{answer}, $answer)
				: $answer !~ /^(ERROR|FATAL|invalid command|connection)/m);
		if ($is_right) { $passed++; }
		elsif ($accept && defined $example->{answer} && defined $answer)
		{
			$answer =~ s/\s+\z/\n/;
			splice @lines, $example->{from}, $example->{to} - $example->{from} + 1, $answer;
			print "wrote the answer of $name.md:$example->{line}\n";
		}
		else
		{
			$failed++;
			print "not ok $name.md:$example->{line}\n$example->{text}";
			print "expected\n$example->{answer}" if defined $example->{answer};
			print "found\n", $answer // "nothing: the session had ended\n";
		}
	}
	if ($accept && join('', @lines) ne $page)
	{
		open my $page_out, '>:raw', $path or die "$path: $!\n";
		print $page_out @lines;
		close $page_out;
	}
}
# What is there must be written about.
sub must_mention
{
	my ($page, $what, $query) = @_;
	return if %wanted && !$wanted{$page};
	my $text = slurp("$root/docs/$page.md");
	my @missing = grep { $text !~ /\b\Q$_\E\b/ }
		split /\n/, `psql -X -At -d docs_reference -c "LOAD 'fluxtask'" -c "$query" | grep -v '^LOAD'`;
	if (@missing) { $failed++; print "not ok docs/$page.md says nothing of $what: @missing\n"; }
	else { $passed++; }
	return;
}
system("psql -X -q -d postgres -c 'DROP DATABASE IF EXISTS docs_reference' -c 'CREATE DATABASE docs_reference' >/dev/null 2>&1");
system("psql -X -q -d docs_reference -c 'CREATE EXTENSION fluxtask'");
must_mention('sql-reference', 'functions',
	"SELECT DISTINCT 'flux.' || proname FROM pg_proc WHERE pronamespace = 'flux'::regnamespace");
must_mention('sql-reference', 'views',
	"SELECT 'flux.' || relname FROM pg_class WHERE relnamespace = 'flux'::regnamespace AND relkind = 'v'");
must_mention('configuration', 'settings', "SELECT name FROM pg_settings WHERE name LIKE 'fluxtask.%'");
if (!%wanted || $wanted{'flux-support'})
{
	my $status = system($^X, "$root/test/doc/support.pl", 'docs_reference', $accept ? '--write' : ());
	if ($status == 0) { $passed++; }
	else { $failed++; }
}

print "$passed passed, $failed failed\n";
exit($failed > 0);
