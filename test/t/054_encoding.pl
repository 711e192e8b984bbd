# 054_encoding.pl - a database that is not UTF-8: scripts, their errors, and
# what comes from outside.
use strict;
use warnings;
use FluxCluster;
use FluxHttpServer;
use PostgreSQL::Test::Utils;
use Test::More;

my $e = "\xC3\xA9";
my $node = FluxCluster->create('latin', conf => "fluxtask.http_allow = '127.0.0.1'\n");
$node->safe_psql('postgres', q{CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0});
$node->safe_psql('latin', 'CREATE EXTENSION fluxtask');
my $server = FluxHttpServer->start(
	sub {
		my ($request) = @_;
		return (200, $request->{path} eq '/euro' ? "a\n\xE2\x82\xAC\n" : "a\n$e\n");
	});

# Status, answer and error of a statement, all as UTF-8 bytes.
sub ask
{
	my ($sql) = @_;
	my ($status, $out, $error) = $node->psql('latin', "SET client_encoding = 'UTF8'; $sql");
	utf8::encode($_) for grep { utf8::is_utf8($_) } $out, $error;
	return ($status, $out, $error);
}

is((ask("SELECT flux.format('x=\"$e\"')"))[1], "x = \"$e\"\n", 'format');
like((ask("SELECT flux.parse('x=\"$e\"')"))[1], qr/"$e"/, 'parse');
for my $function ('parse', 'format')
{
	like((ask("SELECT flux.$function('x = \"$e\" + ')"))[2],
		qr/ at 1:\d+.*^LINE 1: x = "$e" \+ .*^QUERY:  x = "$e" \+ /ms, "the error of flux.$function is readable");
}
like((ask("SELECT flux.query_csv('import \"csv\" csv.from(mode: \"raw\", url: \"@{[$server->url('/e')]}\")')"))[1], qr/,,0,$e/,
	'CSV from a URL is converted');
like((ask("SELECT flux.query_csv('import \"csv\" csv.from(mode: \"raw\", url: \"@{[$server->url('/euro')]}\")')"))[2],
	qr/has no equivalent in encoding "LATIN1"/, 'or refused');
for my $call ('check', 'query_csv')
{
	like((ask("SELECT flux.$call('x = \"$e\"')"))[2], qr/script is not valid UTF-8: byte 0xe9 at 1:6/,
		"flux.$call takes letters of ASCII alone");
}

$server->stop;
$node->stop;
done_testing();
