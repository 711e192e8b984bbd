#!/usr/bin/perl
# embed.pl - prints C source that registers each Flux file given as an
# embedded package. date_boundaries.flux is package "date/boundaries"; the
# first line of a file is "// package <import path>".
use strict;
use warnings;

print "/*\n * embedded_sources.c\n *\t\tPackages of the library that are written in Flux.\n *\n";
print " * Made by embed.pl from src/stdlib/flux; do not edit.\n */\n";
print "#include \"postgres.h\"\n\n#include \"stdlib/embedded_sources.h\"\n\n";
print "const FluxEmbeddedSource flux_embedded_sources[] = {\n";
my $count = 0;
for my $path (@ARGV)
{
	open my $in, '<', $path or die "$path: $!";
	my @lines = <$in>;
	close $in;
	$lines[0] =~ m{^// package (\S+)} or die "$path: the first line must name the import path";
	print "\t{\"$1\",\n";
	for my $line (@lines)
	{
		chomp $line;
		$line =~ s/([\\"])/\\$1/g;
		$line =~ s/\?\?/?\\?/g;
		print "\t\t\"$line\\n\"\n";
	}
	print "\t},\n";
	$count++;
}
print "\t{NULL, NULL}\n};\n\nconst int flux_embedded_source_count = $count;\n";
