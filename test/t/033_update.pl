# 033_update.pl - for each way that ALTER EXTENSION ... UPDATE can go to the newest
# version: what an updated extension consists of is what a new one does.  With one
# version there is none, and the test only looks at what it would compare.
use strict;
use warnings;
use FluxCluster;
use Test::More;

my $node = FluxCluster->create('update', extension => 0);

# Members, and what they look like: columns, defaults, indexes, constraints,
# functions, views, rights, what is dumped.
my $describe = q{
WITH member AS (
	SELECT classid, objid, pg_describe_object(classid, objid, 0) AS name
	FROM pg_depend JOIN pg_extension e ON refclassid = 'pg_extension'::regclass AND refobjid = e.oid
	WHERE extname = 'fluxtask' AND deptype = 'e')
SELECT 'member ' || name FROM member
UNION ALL SELECT format('column %s %s %s %s %s', name, attname, format_type(atttypid, atttypmod), attnotnull,
	pg_get_expr(adbin, adrelid))
FROM member JOIN pg_attribute ON classid = 'pg_class'::regclass AND attrelid = objid AND attnum > 0 AND NOT attisdropped
	LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL SELECT pg_get_indexdef(indexrelid) FROM member JOIN pg_index ON classid = 'pg_class'::regclass AND indrelid = objid
UNION ALL SELECT format('constraint %s %s', name, pg_get_constraintdef(c.oid))
FROM member JOIN pg_constraint c ON classid = 'pg_class'::regclass AND conrelid = objid
UNION ALL SELECT pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') || coalesce(obj_description(p.oid, 'pg_proc'), '')
FROM member JOIN pg_proc p ON classid = 'pg_proc'::regclass AND p.oid = objid WHERE prokind IN ('f', 'p')
UNION ALL SELECT format('relation %s %s %s %s %s', name, relkind, reloptions, relacl,
	CASE WHEN relkind = 'v' THEN pg_get_viewdef(c.oid) END)
FROM member JOIN pg_class c ON classid = 'pg_class'::regclass AND c.oid = objid
UNION ALL SELECT format('schema %s %s', nspname, nspacl) FROM member JOIN pg_namespace n ON classid = 'pg_namespace'::regclass AND n.oid = objid
UNION ALL SELECT format('dumped %s %s', config::regclass, condition)
FROM pg_extension, unnest(extconfig, extcondition) AS x(config, condition) WHERE extname = 'fluxtask'
ORDER BY 1};

my $newest = $node->safe_psql('postgres',
	q{SELECT default_version FROM pg_available_extensions WHERE name = 'fluxtask'});
$node->safe_psql('postgres', 'CREATE EXTENSION fluxtask');
my $expected = $node->safe_psql('postgres', $describe);
cmp_ok(($expected =~ tr/\n//), '>', 200, 'there is a lot to compare');
like($expected, qr/member foreign-data wrapper fluxtask/, 'members');
like($expected, qr/dumped _flux_catalog\.bucket/, 'what is dumped');

# Versions that can be installed and lead to the newest.
my @old = split /\n/, $node->safe_psql('postgres', qq{
	SELECT DISTINCT source FROM pg_extension_update_paths('fluxtask')
	JOIN pg_available_extension_versions v ON v.name = 'fluxtask' AND v.version = source
	WHERE target = '$newest' AND path IS NOT NULL ORDER BY 1});
for my $version (@old)
{
	(my $database = "from_$version") =~ s/\W/_/g;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, qq{CREATE EXTENSION fluxtask VERSION '$version';
		SELECT flux.create_bucket('b'); SELECT flux.write('b', 'm,host=a f=1 1700000000', 's')});
	$node->safe_psql($database, 'ALTER EXTENSION fluxtask UPDATE');
	is($node->safe_psql($database, $describe), $expected, "updated from $version it is as new");
	is($node->safe_psql($database, 'SELECT v_float FROM b._points'), '1', 'with its points');
}
note(@old . ' versions to update from');
$node->stop;
done_testing();
