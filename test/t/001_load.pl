# 001_load.pl - the library loads with and without preload, and the extension
# comes and goes without a trace.
use strict;
use warnings;
use FluxCluster;
use Test::More;

my $left_over = q{SELECT count(*) FROM pg_namespace WHERE nspname ~ 'flux'};

my $node = FluxCluster->create('plain');
is($node->safe_psql('postgres', q{SHOW shared_preload_libraries}), '', 'no preload is needed');
$node->safe_psql('postgres', 'DROP EXTENSION fluxtask');
is($node->safe_psql('postgres', $left_over), '0', 'dropping the extension leaves nothing');
$node->safe_psql('postgres', 'CREATE EXTENSION fluxtask');
$node->stop;

$node = FluxCluster->create('preloaded', preload => 1);
like($node->safe_psql('postgres', 'SHOW fluxtask.work_mem'), qr/^\d+\w?B$/, 'settings are known');
$node->restart;
is($node->safe_psql('postgres', $left_over) > 0 ? 1 : 0, 1, 'the extension survives a restart');
$node->stop('immediate');
$node->start;
$node->safe_psql('postgres', 'DROP EXTENSION fluxtask');
is($node->safe_psql('postgres', $left_over), '0', 'dropping it under preload leaves nothing');
$node->stop;

done_testing();
