# 050_library_names.pl - every name of the library: what is there is accepted by
# flux.check and flux.create_task, what is known by type alone is refused.
use strict;
use warnings;
use FluxCluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = FluxCluster->create('names');
my $list = slurp_file("builtin_list.h");
my @values;
push @values, "('$1', '$2')" while $list =~ /^X\("([^"]*)", "([^"]*)", \w+, \d+,/mg;
cmp_ok(scalar @values, '>', 600, 'the list of names is read');

# A name of the prelude stands alone, any other behind its package; "task" is
# for scripts to set and cannot be used before.
$node->safe_psql('postgres', 'CREATE TABLE names (package text, name text);
	INSERT INTO names VALUES ' . join(', ', @values) . q{;
	DELETE FROM names WHERE name = 'task' AND package = 'universe';
	CREATE VIEW cases AS
		SELECT n.*, EXISTS (SELECT FROM flux.functions AS f
			WHERE (f.package, f.name) = (n.package, n.name)) AS is_there,
			CASE WHEN package IN ('universe', 'influxdata/influxdb')
				THEN format(E'option task = {name: "x", every: 1h}\nx =\n  %s\nbuckets()', name)
				ELSE format(E'import p "%s"\noption task = {name: "x", every: 1h}\nx =  p["%s"]\nbuckets()',
					package, name) END AS script
		FROM names AS n;
	CREATE FUNCTION refusal(statement text, script text) RETURNS text LANGUAGE plpgsql AS $$
		DECLARE state text; message text;
		BEGIN
			EXECUTE statement USING script;
			RETURN 'accepted';
		EXCEPTION WHEN OTHERS THEN
			RETURN SQLSTATE || ' ' || SQLERRM;
		END $$;
});

for my $statement ('SELECT flux.check($1)', 'SELECT flux.create_task($1, dry_run => true)')
{
	my $wrong = $node->safe_psql('postgres', qq{
		SELECT package, name, answer FROM cases, refusal('$statement', script) AS answer
		WHERE answer IS DISTINCT FROM CASE WHEN is_there THEN 'accepted'
			ELSE format('0A000 "%s" of package "%s" is not supported at 3:%s', name, package,
				CASE WHEN package IN ('universe', 'influxdata/influxdb') THEN 3 ELSE 6 END) END});
	is($wrong, '', "$statement tells what is there from what is not");
}
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM cases WHERE is_there'), '>', 500,
	'most names are there');

done_testing();
