#!/usr/bin/perl
# house.pl - the house rules that no compiler knows.  Prints "ok RULE" or
# "not ok RULE" with the places, one line a rule; the exit status says nothing.
#
# The rule on includes is the table in src/README.md.
use strict;
use warnings;

chdir $ARGV[0] or die "$ARGV[0]: $!\n";

my %texts;
for my $path (split /\0/, `git ls-files -z 2>/dev/null || find . -type f -printf '%P\\0'`)
{
	next unless -f $path && $path !~ m{^(expected/|test/.*\.(out|lp|csv)$|test/fuzz/corpus/)};
	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	$texts{$path} = <$in> // '';
}
my @c_files = sort grep { m{^src/.*\.[ch]$} } keys %texts;
my @code = sort grep { m{^(src|test)/.*\.[ch]$} } keys %texts;
my @written = sort grep { m{\.([ch]|pl|pm|sh|sql|md|json|flux|spec|conf|control)$|Makefile|^\.} } keys %texts;

# ---- who may include whom ----

# Reads "| folder | what it may include |" lines.
sub include_table
{
	my (%direct, %inherits, %without, %all);
	my ($section) = $texts{'src/README.md'} =~ /^## Who may include whom\n(.*)/ms
		or die "src/README.md has no include table\n";
	while ($section =~ /^\| `(\w+)` \| (.*?) \|$/mg)
	{
		my ($folder, $may) = ($1, $2);
		$without{$folder} = [$1] if $may =~ s/ *\(not (\w+)\)//;
		$all{$folder} = 1 if $may eq 'all';
		$inherits{$folder} = $may =~ s/ and what (it|they) may include//;
		# "execute and what it may include, storage": the words between stay.
		$direct{$folder} = [ grep { $_ ne 'and' && $_ ne 'all' } $may =~ /\b([a-z]+)\b/g ];
	}
	my %may;
	my $reach;
	$reach = sub {
		my ($folder) = @_;
		my %seen = map { $_ => 1 } @{ $direct{$folder} // [] };
		if ($inherits{$folder})
		{
			for my $other (@{ $direct{$folder} })
			{
				$seen{$_} = 1 for keys %{ $reach->($other) };
			}
		}
		delete $seen{$_} for @{ $without{$folder} // [] };
		return \%seen;
	};
	for my $folder (keys %direct)
	{
		$may{$folder} = $reach->($folder);
		$may{$folder}{base} = $may{$folder}{$folder} = 1;
		$may{$folder} = { map { $_ => 1 } keys %direct, 'base' } if $all{$folder};
	}
	$may{base} = { base => 1 };
	return \%may;
}

sub wrong_includes
{
	my $may = include_table();
	my @wrong;
	for my $path (@c_files)
	{
		my ($folder) = $path =~ m{^src/(\w+)/} or next;
		push @wrong, "src/README.md does not list $folder" unless $may->{$folder};
		while ($texts{$path} =~ /^#include "([^"]+)"/mg)
		{
			my $name = $1;
			my ($other) = $name =~ m{^(\w+)/} or next;
			next unless $texts{"src/$name"};
			push @wrong, "$path includes $name" unless $may->{$folder}{$other};
		}
	}
	return @wrong;
}

# ---- files ----

sub shared_basenames
{
	my %seen;
	my @wrong;
	for my $path (grep { /\.c$/ } @c_files)
	{
		my ($name) = $path =~ m{([^/]+)$};
		push @wrong, "$path and $seen{$name}" if $seen{$name};
		$seen{$name} = $path;
	}
	return @wrong;
}

# A file opens with its name and what it is for.
sub missing_headers
{
	my @wrong;
	for my $path (@code)
	{
		my ($name) = $path =~ m{([^/]+)$};
		push @wrong, $path unless $texts{$path} =~ m{\A/\*\n \* \Q$name\E\n \*\t+\S};
	}
	for my $path (grep { /\.(sh|pl|pm)$/ } @written)
	{
		my ($name) = $path =~ m{([^/]+)$};
		push @wrong, $path unless $texts{$path} =~ m{\A(#.*\n){0,3}# \Q$name\E - \S};
	}
	return @wrong;
}

sub misplaced_postgres_h
{
	my @wrong;
	for my $path (@code)
	{
		my @includes = $texts{$path} =~ /^#include ["<]([^">]+)[">]/mg;
		if ($path =~ /\.h$/)
		{
			push @wrong, "$path includes it" if grep { $_ eq 'postgres.h' } @includes;
			push @wrong, "$path has no include guard"
				unless $texts{$path} =~ /^#ifndef (\w+_H)\n#define \1$/m || $path =~ /_list\.h$/;
		}
		elsif (@includes && $includes[0] ne 'postgres.h' && $includes[0] ne 'postgres_fe.h')
		{
			push @wrong, "$path includes $includes[0] first";
		}
	}
	return @wrong;
}

# ---- lines ----

# matching_lines(PATHS, PATTERN): "path:line: text" of each line that matches.
sub matching_lines
{
	my ($paths, $pattern) = @_;
	my @found;
	for my $path (@$paths)
	{
		next unless $texts{$path} =~ $pattern;
		my $number = 0;
		for my $line (split /\n/, $texts{$path})
		{
			$number++;
			push @found, "$path:$number: $line" if $line =~ $pattern;
		}
	}
	return @found;
}

# Lines are meant to end at 100 columns; a trailing comment may pass that.
sub overlong_lines
{
	my @wrong;
	for my $path (@code)
	{
		my $number = 0;
		for my $line (split /\n/, $texts{$path})
		{
			$number++;
			1 while $line =~ s/^([^\t]*)\t/$1 . ' ' x (4 - length($1) % 4)/e;
			utf8::decode($line);
			# A string literal is not broken for the width's sake.
			push @wrong, "$path:$number: " . length($line) . " columns"
				if length($line) > 120 && $line !~ /^\s*"|"[^"]{60,}"/;
		}
	}
	return @wrong;
}

sub ragged_lines
{
	my @texts = grep { !/\.md$/ } @written;
	my @wrong = matching_lines(\@texts, qr/[ \t]+$/);
	push @wrong, matching_lines(\@written, qr/\r/);
	push @wrong, matching_lines(\@code, qr/^ {2,}(?!\*)\S/);
	push @wrong, map { "$_: no newline at the end" }
		grep { length $texts{$_} && $texts{$_} !~ /\n\z/ } @written;
	return @wrong;
}

# What a finished file has none of.  Spelt so that this file does not match.
sub left_behind
{
	my @texts = grep { $_ ne 'test/lint/house.pl' } @written;
	return (
		matching_lines(\@texts, qr/\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/),
		matching_lines(\@c_files, qr/^\s*#\s*if 0\b/),
		matching_lines(\@c_files, qr/\b(printf|puts|putchar)\s*\(|\bfprintf\s*\(\s*std/),
		matching_lines(\@c_files, qr/\belog\s*\(\s*(NOTICE|WARNING|INFO|LOG)\b/),
		matching_lines(\@c_files, qr{^\s*//.*[;{}]\s*$}));
}

# The product does not know where or how it was made.
sub out_of_place
{
	my @texts = grep { $_ ne 'test/lint/house.pl' } @written;
	return matching_lines(\@texts, qr{
		/work/ | \bworktree | \bengine-study | \bflux-language\.md | \bshared/(design|reference|seed)
		| \bhttp-api\.md | \bdesign\.md | \bstyle\.md | \bBRIEF\b | \bissue-[0-9]
		| \b(this|another|earlier|previous|next|the[ ]lead)[ ]session[ ](of|will|built|wrote)
		| \b(language[ ]model|LLM|chatbot|AI[ ]assistant)\b }xi);
}

sub sql_replaces
{
	my @parts = grep { m{^sql/} } keys %texts;
	return matching_lines(\@parts, qr/CREATE OR REPLACE/i);
}

my @rules = (
	[ 'includes follow src/README.md', \&wrong_includes ],
	[ 'basenames are unique', \&shared_basenames ],
	[ 'files open with name and purpose', \&missing_headers ],
	[ 'postgres.h comes first, headers are guarded', \&misplaced_postgres_h ],
	[ 'lines fit', \&overlong_lines ],
	[ 'tabs indent, nothing trails', \&ragged_lines ],
	[ 'nothing is left behind', \&left_behind ],
	[ 'nothing is out of place', \&out_of_place ],
	[ 'install scripts create, not replace', \&sql_replaces ],
);
for my $rule (@rules)
{
	my ($title, $check) = @$rule;
	my @wrong = $check->();
	print @wrong ? "not ok $title\n" : "ok $title\n";
	print map { "    $_\n" } @wrong > 40 ? (@wrong[ 0 .. 39 ], '... and ' . (@wrong - 40) . ' more') : @wrong;
}
