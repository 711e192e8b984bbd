# FluxCluster.pm - a PostgreSQL::Test::Cluster with fluxtask on it.
#
#	use FluxCluster;
#	my $node = FluxCluster->create('name', preload => 1, conf => "fluxtask.x = 1\n");
#	$node->safe_psql('postgres', ...);
#	$node->await("SELECT count(*) > 3 FROM flux.runs", "three runs");
#
# create() runs initdb, starts the server and creates the extension in database
# postgres.  Options: preload (the library at server start, so the built-in
# scheduler runs), conf (more settings), streaming (allows standbys), archiving
# (of WAL), extension (0: do not create it).
package FluxCluster;

use strict;
use warnings;
use parent -norequire, 'PostgreSQL::Test::Cluster';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

sub create
{
	my ($class, $name, %options) = @_;
	my $self = PostgreSQL::Test::Cluster->new($name);
	bless $self, $class;
	$self->init(allows_streaming => $options{streaming} ? 1 : 0, has_archiving => $options{archiving} ? 1 : 0);
	$self->append_conf('postgresql.conf', PostgreSQL::Test::Utils::slurp_file('fluxtask.conf'));
	# The harness chose where to listen; ours would close its TCP port alone.
	$self->append_conf('postgresql.conf', "shared_preload_libraries = 'fluxtask'\n")
		if $options{preload};
	$self->append_conf('postgresql.conf', $options{conf}) if defined $options{conf};
	$self->start;
	$self->safe_psql('postgres', 'CREATE EXTENSION fluxtask') unless ($options{extension} // 1) == 0;
	return $self;
}

# Asks until the query gives "t"; fails the test named WHAT after SECONDS (60).
sub await
{
	my ($self, $query, $what, %options) = @_;
	my $database = $options{database} // 'postgres';
	my $until = time() + ($options{seconds} // 60);
	my ($status, $answer, $error);
	do
	{
		($status, $answer, $error) = $self->psql($database, $query);
		if ($status == 0 && $answer eq 't')
		{
			pass($what);
			return 1;
		}
		usleep(100_000);
	} while (time() < $until);
	fail($what);
	diag("$query: last answer \"$answer\" $error");
	return 0;
}

1;
