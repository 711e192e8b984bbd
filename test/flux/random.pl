#!/usr/bin/perl
# random.pl - random pipelines over random tables, each in several ways that
# must answer the same.
#
#	random.pl [--seed N] [--count N] [--from BATCH] [--jobs N] [--show]
#
# A server with the extension's files must answer under PGHOST; a database of
# its own is made and dropped.  Pipelines (RandomFlux.pm) grow step by step: a
# step that fails is mostly given up for another, so that pipelines are long and
# most of them give rows; where one fails, it must fail everywhere.  A difference,
# or a script that ends its server, is cut down as long as it stays one, and
# printed; --show prints every script.
#
# Pipelines come in batches of 50, each with random numbers of its own, made from
# the seed and its number: --seed 7 --from 23 --count 50 repeats that one alone.
# It repeats it against the same library, since which steps fail decides what is
# tried next.
#
# The last line is "N passed, N failed".
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename;
use File::Temp qw(tempfile);
use Getopt::Long;
use lib dirname(abs_path(__FILE__));
use RandomFlux;

my ($seed, $count, $from, $jobs, $show) = ((time ^ $$) % 1_000_000, 200, 0, 1, 0);
GetOptions('seed=i' => \$seed, 'count=i' => \$count, 'from=i' => \$from, 'jobs=i' => \$jobs, 'show' => \$show) or exit 2;

my $batch_size = 50;
my $answer_max = 300_000;    # bytes: a step that says more is given up

# Every way must answer what the first does: settings, and the bucket that is read.
my $unfused = "disabled_rules = 'fuse_aggregate_window, fuse_group_aggregate'";
my @ways = (
	[''],
	["vectorize = 'off'"],
	["push_down = 'off'"],
	["work_mem = '64kB'"],
	[$unfused],
	["$unfused, vectorize = 'off', push_down = 'off', work_mem = '64kB'"]);
my @bucket_ways = (['', 'random_compacted'], ["work_mem = '64kB'", 'random_mixed'], ["segment_statistics = 'off'", 'random_mixed']);
my @rules = qw(skip_yield read_filter fuse_aggregate_window read_aggregate_window read_aggregate read_limit read_tail
	read_group_aggregate read_group_window fuse_group_aggregate split_group_selector split_group_window split_limit split_sort
	read_keys read_window read_tag_values);

# The ways of one script; where it reads, one leaves out rules at random.
sub ways_of
{
	my ($text) = @_;
	my $disabled = join ', ', grep { rand() < 0.4 } @rules;
	return (@ways, $text =~ /bucket: "random"/ ? (["disabled_rules = '$disabled'"], @bucket_ways) : ());
}

# ---- running ----

my $database = "flux_random_$$";

# Runs SQL; gives whether the session lived to its end, and what it said.
sub psql
{
	my ($where, $sql) = @_;
	my ($out, $file) = tempfile("${database}_XXXXXX", SUFFIX => '.sql', TMPDIR => 1);
	print $out $sql;
	close $out;
	my $answer = `psql -X -q -A -t -v ON_ERROR_STOP=1 -d $where -f $file 2>&1`;
	my $status = $? >> 8;
	unlink $file;
	die "psql failed:\n$answer\n" if $status != 0 && $answer !~ /server closed the connection|connection to server|terminating connection/;
	return ($status == 0, $answer);
}

sub quoted { my ($text) = @_; $text =~ s/'/''/g; return "'$text'"; }

my $setup = <<'SQL';
SET client_min_messages = warning;
CREATE EXTENSION fluxtask;
SELECT FROM unnest('{random, random_compacted, random_mixed}'::text[]) name, flux.create_bucket(name);
CREATE FUNCTION answer(source text, settings text, bucket text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	setting text;
BEGIN
	RESET fluxtask.vectorize; RESET fluxtask.push_down; RESET fluxtask.work_mem; RESET fluxtask.disabled_rules;
	RESET fluxtask.segment_statistics;
	IF settings <> '' THEN
		FOREACH setting IN ARRAY string_to_array(replace(settings, ''', ', '''|'), '|') LOOP
			EXECUTE 'SET fluxtask.' || setting;
		END LOOP;
	END IF;
	RETURN flux.query_csv(CASE WHEN bucket = '' THEN source ELSE replace(source, 'bucket: "random"', format('bucket: "%s"', bucket)) END);
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR ' || SQLSTATE || ': ' || SQLERRM;
END $$;
-- Where several things are wrong, which is found first is open: any error equals any other.
CREATE FUNCTION same(a text, b text) RETURNS bool LANGUAGE sql AS
	$$ SELECT a = b OR (a LIKE 'ERROR %' AND b LIKE 'ERROR %' AND a NOT LIKE 'ERROR XX%' AND b NOT LIKE 'ERROR XX%') $$;
-- The first line in which they differ, with some that follow.
CREATE FUNCTION difference(a text, b text) RETURNS text LANGUAGE sql AS $$
	WITH lines AS (SELECT * FROM ROWS FROM (regexp_split_to_table(a, '\r?\n'), regexp_split_to_table(b, '\r?\n')) WITH ORDINALITY AS t(a, b, n)),
		start AS (SELECT min(n) AS n FROM lines WHERE a IS DISTINCT FROM b)
	SELECT format(E'line %s\n%s\n-- but --\n%s', start.n, string_agg(a, E'\n' ORDER BY l.n), string_agg(b, E'\n' ORDER BY l.n))
	FROM lines l, start WHERE l.n BETWEEN start.n AND start.n + 8 GROUP BY start.n $$;
SQL

# The same points in three buckets: not compacted, compacted, and half of them.
sub setup
{
	my @points = RandomFlux::points();
	my $half = join "\n", @points[0 .. @points / 2];
	my $rest = join "\n", @points[@points / 2 + 1 .. $#points];
	my $sql = $setup;
	for my $bucket ('random', 'random_compacted', 'random_mixed')
	{
		$sql .= "SELECT FROM flux.write('$bucket', " . quoted($half) . ", 's');\n";
		$sql .= "SELECT FROM flux.compact('$bucket');\n" if $bucket eq 'random_mixed';
		$sql .= "SELECT FROM flux.write('$bucket', " . quoted($rest) . ", 's');\n";
		$sql .= "SELECT FROM flux.compact('$bucket');\n" if $bucket eq 'random_compacted';
	}
	my ($is_alive, $answer) = psql($database, $sql);
	die "no setup: $answer\n" unless $is_alive;
}

# For each text what $ask->(position, text) selects; undef for one that the server
# did not survive.  Those are found by halving.
sub ask
{
	my ($ask, @texts) = @_;
	return unless @texts;
	my $sql = "SET client_min_messages = error;\n";
	$sql .= $ask->($_, $texts[$_]) . ";\n" for 0 .. $#texts;
	my ($is_alive, $answer) = psql($database, $sql);
	if (!$is_alive)
	{
		for (1 .. 60) { last if (psql($database, "SELECT 1;\n"))[0]; sleep 1; }
		return undef if @texts == 1;
		my $middle = int(@texts / 2);
		return (ask($ask, @texts[0 .. $middle - 1]), ask($ask, @texts[$middle .. $#texts]));
	}
	my @answers = map { '' } @texts;
	for my $result (split /\001\n?/, $answer)
	{
		$answers[$1] = $2 if $result =~ /(?:\A|\n)(\d+)\|(.*)\|\z/s;
	}
	return @answers;
}

# Does each of the texts fail (in the first way), or say too much?  't', 'f', ''
# where it took too long, or undef where the server does not survive it.
sub failing
{
	return ask(sub {
		my ($number, $text) = @_;
		return "SET statement_timeout = '5s';\n\\set ON_ERROR_STOP off\n"
		  . "SELECT $number, a LIKE 'ERROR %' OR length(a) > $answer_max, E'\\001' FROM answer(" . quoted($text) . ", '', '') a";
	}, @_);
}

# Where each of the texts answers differently from the first way: '' nowhere, else
# the way and the two answers; what starts with "ERROR" says how all fail.
sub differing
{
	return map { $_ // 'the server ends' } ask(sub {
		my ($number, $text) = @_;
		my $source = quoted($text);
		my ($first, @others) = ways_of($text);
		my $ways = join ', ', map { '(' . quoted($_->[0]) . ', ' . quoted($_->[1] // '') . ')' } @others;
		return "SET statement_timeout = '180s';\nSELECT $number, coalesce((SELECT format(E'with %s %s: %s', settings, bucket, difference(a, b))
			FROM (VALUES $ways) w(settings, bucket), answer($source, settings, bucket) b WHERE NOT same(a, b) LIMIT 1),
			CASE WHEN a LIKE 'ERROR %' THEN translate(left(a, 150), E'\\n', ' ') ELSE '' END), E'\\001' FROM answer($source, '', '') a";
	}, @_);
}

sub is_difference { return $_[0] ne '' && $_[0] !~ /^ERROR /; }

# ---- pipelines ----

# One more step for each script that wants one; false when none does.  A step that
# fails is given up, some times, or now and then kept as the last one.
sub grow
{
	my ($scripts) = @_;
	my (@candidates, @texts);
	for my $script (@$scripts)
	{
		next if defined $script->{text};
		my ($stream) = grep { $_->{left} > 0 } @{ $script->{streams} };
		my $text = $stream ? "$stream->{text}\n    |> " . RandomFlux::transformation() : undef;
		push @candidates, { script => $script, stream => $stream, text => $text };
		push @texts, $stream ? RandomFlux::alone($text) : RandomFlux::ended($script);
	}
	return 0 unless @candidates;
	my @failed = failing(@texts);
	for my $i (0 .. $#candidates)
	{
		my ($script, $stream, $text) = @{ $candidates[$i] }{ 'script', 'stream', 'text' };
		my $is_crash = !defined $failed[$i];
		my $is_failed = $is_crash || $failed[$i] ne 'f';
		next if $is_failed && !$is_crash && rand() > 0.015 && $script->{tries}++ < 20;
		if (!$stream || $is_failed)
		{
			# failed ones end here, alone
			$script->{text} = $texts[$i];
			next;
		}
		$stream->{text} = $text;
		$stream->{left}--;
	}
	return 1;
}

# The same kind of difference in fewer pieces.
sub cut_down
{
	my ($text, $verdict) = @_;
	my $tries = 0;
	my $is_smaller = 1;
	while ($is_smaller)
	{
		$is_smaller = 0;
		for my $piece (RandomFlux::pieces($text))
		{
			return ($text, $verdict) if $tries++ > 200;
			my $less = $text;
			substr($less, $piece->[0], $piece->[1]) = '';
			my ($new) = differing($less);
			next unless is_difference($new) && ($new eq 'the server ends') == ($verdict eq 'the server ends');
			($text, $verdict, $is_smaller) = ($less, $new, 1);
			last;
		}
	}
	return ($text, $verdict);
}

# Runs one batch; gives how many differ and how many fail.
sub run_batch
{
	my ($batch, $size) = @_;
	my ($different, $errors) = (0, 0);
	srand($seed * 7919 + $batch);
	my @growing = map { RandomFlux::script() } 1 .. $size;
	1 while grow(\@growing);
	my @texts = map { $_->{text} } @growing;
	my @verdicts = differing(@texts);
	for my $i (0 .. $#texts)
	{
		print "---- batch $batch, $i: $verdicts[$i]\n$texts[$i]" if $show;
		$errors++ if $verdicts[$i] =~ /^ERROR /;
		next unless is_difference($verdicts[$i]);
		$different++;
		my ($text, $verdict) = cut_down($texts[$i], $verdicts[$i]);
		print "---- seed $seed, batch $batch, pipeline $i differs $verdict\n$text\n";
	}
	return ($different, $errors);
}

# Every job takes each $jobs-th batch and prints what it found: the numbers last.
sub run_job
{
	my ($job) = @_;
	my ($run, $different, $errors) = (0, 0, 0);
	for (my $batch = $job; $batch * $batch_size < $count; $batch += $jobs)
	{
		my $size = $count - $batch * $batch_size;
		$size = $batch_size if $size > $batch_size;
		my ($d, $e) = run_batch($from + $batch, $size);
		$run += $size;
		$different += $d;
		$errors += $e;
	}
	print "JOB $run $different $errors\n";
}

$| = 1;
print "seed $seed, $count pipelines in batches of $batch_size, up to " . (@ways + @bucket_ways + 1) . " ways each\n";
psql('postgres', "CREATE DATABASE $database;\n");
my ($run, $different, $errors) = (0, 0, 0);
eval {
	srand $seed;
	setup();
	my @pipes = map {
		my $job = $_;
		my $child = open(my $pipe, '-|') // die "fork: $!\n";
		if (!$child)
		{
			eval { run_job($job); 1 } or print $@;
			exit 0;
		}
		$pipe;
	} 0 .. $jobs - 1;
	for my $pipe (@pipes)
	{
		my $is_finished = 0;
		while (my $line = <$pipe>)
		{
			if ($line =~ /^JOB (\d+) (\d+) (\d+)$/)
			{
				($run, $different, $errors, $is_finished) = ($run + $1, $different + $2, $errors + $3, 1);
				next;
			}
			print $line;
		}
		$different++ unless $is_finished;
	}
	1;
} or do { print $@; $different++; };
eval { psql('postgres', "DROP DATABASE $database WITH (FORCE);\n") };
printf "seed %d: %d pipelines (%.1f %%) fail, everywhere alike\n", $seed, $errors, 100 * $errors / ($run || 1);
printf "%d passed, %d failed\n", $run > $different ? $run - $different : 0, $different;
exit($different > 0);
