# 041_random_pipelines.pl - every way to execute a pipeline gives the same answer:
# random pipelines over random tables (test/perl/FluxPipeline.pm) are run with
# push-down on and off, row functions compiled and evaluated, buffers in memory
# and spilled, points hot, compacted, and half of each.  Answers are compared as
# text, refusals by SQLSTATE and message.  Where several places of a script
# refuse what they get, which of them is told is not promised: it hangs on which
# tables are computed first.
#
# In every other round floats are such that their sums are exact, and the answers
# from segment statistics must be equal too; in the others floats are arbitrary,
# and statistics, which add in another order, may differ in the 12th digit.
#
# FLUX_SEED (1) says which pipelines, "any" others each time; FLUX_PIPELINES is how
# many (300), FLUX_SECONDS ends a run early.  A pipeline that answers differently is
# cut down as long as it still does, and logged; what it reads is in
# tmp_check/log/041_round_N.sql.
use strict;
use warnings;
use FluxCluster;
use FluxPipeline;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $seed = $ENV{FLUX_SEED} // 1;
$seed = time() % 1_000_000 if $seed eq 'any';
my $wanted = $ENV{FLUX_PIPELINES} // 300;
my $until = time() + ($ENV{FLUX_SECONDS} // ($wanted <= 300 ? 100 : 86400));
my $per_round = $wanted < 600 ? 100 : 200;
$seed = int($seed);
note("seed $seed, $wanted pipelines");

my $node = FluxCluster->create('random', conf => "log_min_messages = fatal\nrestart_after_crash = on\n");

# compare() gives the names of the paths that answer otherwise than the first,
# '' when all agree, with how the first answered: rows, empty, or SQLSTATE.
my $functions = q{
CREATE FUNCTION answer(script text, push text, vec text, mem text, stat text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('fluxtask.push_down', push, true), set_config('fluxtask.vectorize', vec, true),
		set_config('fluxtask.work_mem', mem, true), set_config('fluxtask.segment_statistics', stat, true);
	RETURN flux.query_csv(script);
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR ' || SQLSTATE || ': ' || SQLERRM;
END $$;
CREATE FUNCTION near(a text, b text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	x text;
	y text;
BEGIN
	FOR x, y IN SELECT * FROM ROWS FROM (regexp_split_to_table(a, '[,\n\r]'), regexp_split_to_table(b, '[,\n\r]')) LOOP
		CONTINUE WHEN x = y;
		IF x IS NULL OR y IS NULL OR x !~ '^[-+]?[0-9.]+(e[-+]?[0-9]+)?$' OR y !~ '^[-+]?[0-9.]+(e[-+]?[0-9]+)?$'
			OR abs(x::float8 - y::float8) > 1e-12 * abs(x::float8) THEN
			RETURN false;
		END IF;
	END LOOP;
	RETURN true;
END $$;
CREATE FUNCTION same(got text, expected text) RETURNS boolean LANGUAGE sql AS $$
	SELECT got = expected OR substring(got, '^ERROR.* at (\d+:\d+)$') <> substring(expected, '^ERROR.* at (\d+:\d+)$')
$$;
CREATE FUNCTION compare(script text, exact boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hot text := replace(script, '@bucket@', 'hot');
	cold text := replace(script, '@bucket@', 'cold');
	mixed text := replace(script, '@bucket@', 'mixed');
	expected text := answer(hot, 'off', 'off', '256MB', 'off');
	outcome text := CASE WHEN length(expected) > 50000000 THEN 'huge' WHEN expected ~ '^ERROR' THEN substr(expected, 7, 5) WHEN expected ~ '\n,,[0-9]' THEN 'rows' ELSE 'empty' END;
	differing text := '';
	got text;
BEGIN
	IF same(answer(hot, 'on', 'on', '256MB', 'off'), expected) IS NOT TRUE THEN differing := differing || ' default'; END IF;
	IF same(answer(hot, 'off', 'on', '256MB', 'off'), expected) IS NOT TRUE THEN differing := differing || ' vectorize'; END IF;
	IF same(answer(hot, 'on', 'off', '256MB', 'off'), expected) IS NOT TRUE THEN differing := differing || ' push_down'; END IF;
	IF same(answer(hot, 'off', 'on', '64kB', 'off'), expected) IS NOT TRUE THEN differing := differing || ' work_mem'; END IF;
	IF script ~ '@bucket@' THEN
		IF same(answer(cold, 'off', 'on', '256MB', 'off'), expected) IS NOT TRUE THEN differing := differing || ' cold_scan'; END IF;
		IF same(answer(cold, 'on', 'on', '64kB', 'off'), expected) IS NOT TRUE THEN differing := differing || ' cold'; END IF;
		IF same(answer(mixed, 'on', 'on', '256MB', 'off'), expected) IS NOT TRUE THEN differing := differing || ' mixed'; END IF;
		got := answer(cold, 'on', 'on', '256MB', 'on');
		IF same(got, expected) IS NOT TRUE AND (exact OR (array_length(regexp_split_to_array(script, '\|>'), 1) < 6 AND NOT near(got, expected))) THEN
			differing := differing || ' statistics';
		END IF;
		got := answer(mixed, 'on', 'off', '64kB', 'on');
		IF exact AND same(got, expected) IS NOT TRUE THEN differing := differing || ' mixed_statistics'; END IF;
	END IF;
	RETURN outcome || differing;
END $$;
};
$node->safe_psql('postgres', $functions);

sub literal
{
	my ($text) = @_;
	$text =~ s/'/''/g;
	return "'$text'";
}

# What each script gave: "rows path ...", "CRASH", or "none" after a timeout.  A
# script that ends its server ends the portion; what follows is sent again.
sub compare_all
{
	my ($exact, @scripts) = @_;
	my @answers;
	while (@answers < @scripts)
	{
		my $sql = "SET statement_timeout = '20s'; SET client_min_messages = error;\n";
		for my $i (@answers + 0 .. $#scripts)
		{
			$sql .= '\echo @' . "$i\nSELECT compare(" . literal($scripts[$i]) . ", $exact);\n";
		}
		my ($status, $output, $errors) = $node->psql('postgres', $sql, on_error_stop => 0, on_error_die => 0);
		my $crashed = $errors =~ /server closed the connection|connection to server was lost|terminating connection/;
		my @parts = split /^@\d+\n?/m, $output // '', -1;
		shift @parts;
		for (@parts)
		{
			chomp;
			push @answers, $_ ne '' ? $_ : 'none';
		}
		if ($crashed)
		{
			# psql ends with its connection: the last name said is the script that did it.
			push @answers, 'none' unless @parts;
			$answers[-1] = 'CRASH';
			$node->await_alive;
		}
		elsif (!@parts)
		{
			die "no answer: $errors";
		}
	}
	return @answers;
}

sub FluxCluster::await_alive
{
	my ($self) = @_;
	$self->poll_query_until('postgres', 'SELECT true') or die 'the server does not come back';
}

# The same kind of difference with as few steps as can be.
sub shrink
{
	my ($exact, $script, $answer) = @_;
	for (1 .. 40)
	{
		my @smaller = FluxPipeline::smaller($script);
		my ($better, $why);
		for my $less (@smaller)
		{
			my ($got) = compare_all($exact, FluxPipeline::text($less));
			next unless $got =~ / |CRASH/;
			next if ($answer eq 'CRASH') != ($got eq 'CRASH');
			($better, $why) = ($less, $got);
			last;
		}
		last unless $better;
		($script, $answer) = ($better, $why);
	}
	return ($script, $answer);
}

my ($run, $differences, %outcomes) = (0, 0);
for my $round (0 .. 1_000_000)
{
	last if $run >= $wanted || time() > $until;
	my $maker = FluxPipeline->new($seed * 1000 + $round);
	my $exact = $round % 2 == 0 ? 'true' : 'false';
	my $data = $maker->data($exact eq 'true');
	my $load = '';
	$load .= "DO \$\$ BEGIN PERFORM flux.drop_bucket('$_', true); EXCEPTION WHEN OTHERS THEN NULL; END \$\$;\n"
		. "SELECT flux.create_bucket('$_', chunk_interval => '1 hour');\n"
		. "SELECT flux.write('$_', " . literal($data->{lines}) . ", 's');\n"
		. ($_ eq 'mixed' ? "SELECT flux.compact('mixed');\n" : '')
		. "SELECT flux.write('$_', " . literal($data->{again}) . ", 's');\n"
		. ($_ eq 'cold' ? "SELECT flux.compact('cold');\n" : '')
		for 'hot', 'cold', 'mixed';
	append_to_file("$PostgreSQL::Test::Utils::log_path/041_round_$round.sql", $load);
	$node->safe_psql('postgres', $load);

	my @scripts = map { $maker->script } 1 .. ($wanted - $run < $per_round ? $wanted - $run : $per_round);
	my $started = time();
	my @answers = compare_all($exact, map { FluxPipeline::text($_) } @scripts);
	$run += @answers;
	for my $i (0 .. $#answers)
	{
		my ($outcome, @paths) = split ' ', $answers[$i];
		$outcomes{$outcome}++;
		note("seed $seed, round $round, pipeline $i takes too long\n" . FluxPipeline::text($scripts[$i]))
			if $outcome eq 'none';
		next unless @paths || $outcome =~ /CRASH/;
		$differences++;
		next if $differences > 40;
		my ($script, $answer) = shrink($exact, $scripts[$i], $answers[$i]);
		diag("seed $seed, round $round, pipeline $i: $answers[$i]; cut down: $answer\n" . FluxPipeline::text($script));
	}
	note(sprintf('round %d: %d pipelines, %.1f seconds', $round, scalar @answers, time() - $started));
	unlink("$PostgreSQL::Test::Utils::log_path/041_round_$round.sql")
		unless grep { / |CRASH/ } @answers;
}
note('outcomes: ' . join(', ', map { "$_ $outcomes{$_}" } sort { $outcomes{$b} <=> $outcomes{$a} } keys %outcomes));
is($differences, 0, "$run pipelines, seed $seed: every path gives the same answer");
# Most refusals come from the choice of columns; a test that is refused throughout tests nothing.
cmp_ok($outcomes{rows} // 0, '>', $run / 3, 'a good part of the pipelines gives rows');
done_testing();
