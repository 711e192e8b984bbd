#!/usr/bin/perl
# support.pl - the table of library functions in docs/flux-support.md.
#
#	support.pl DATABASE			says what differs; exit status 1 when something does
#	support.pl DATABASE --write	writes it
#
# The whole library is src/semantic/builtin_list.h, what can be called is
# flux.functions in DATABASE.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename;

my ($database, $write) = @ARGV;
my $root = dirname(dirname(dirname(abs_path(__FILE__))));
my $page_path = "$root/docs/flux-support.md";

sub slurp
{
	my ($path) = @_;
	open my $in, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar <$in>;
}

my (%known, %callable);
my $list = slurp("$root/src/semantic/builtin_list.h");
$known{$1}{$2} = 1 while $list =~ /^X\("([^"]*)", "([^"]*)", \w+, \d+,/mg;
for my $row (split /\n/, `psql -X -At -F '|' -d $database -c "SELECT package, name FROM flux.functions"`)
{
	my ($package, $name) = split /\|/, $row;
	$callable{$package}{$name} = 1;
}
die "flux.functions is empty\n" unless %callable;

my $table = "| package | can be called | not there yet |\n|---|---|---|\n";
my ($there, $all) = (0, 0);
my %packages = (%known, %callable);
for my $package (sort keys %packages)
{
	my %names = (%{ $known{$package} // {} }, %{ $callable{$package} // {} });
	my @yes = sort grep { $callable{$package}{$_} } keys %names;
	my @no = sort grep { !$callable{$package}{$_} } keys %names;
	$there += @yes;
	$all += keys %names;
	$table .= "| `$package` | " . join(', ', map { "`$_`" } @yes) . ' | '
		. join(', ', map { "`$_`" } @no) . " |\n";
}
$table = "$there of $all names:\n\n$table";

my $page = slurp($page_path);
my $found = $page;
$found =~ s/(<!-- begin functions -->\n).*?(<!-- end functions -->)/$1$table$2/s
	or die "$page_path: no place for the table\n";
exit 0 if $found eq $page;
if ($write)
{
	open my $out, '>:raw', $page_path or die "$page_path: $!\n";
	print $out $found;
	close $out or die "$page_path: $!\n";
	print "wrote the table of functions in flux-support.md\n";
	exit 0;
}
print "not ok docs/flux-support.md does not list the functions that there are: make accept-docs\n";
exit 1;
