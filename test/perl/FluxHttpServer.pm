# FluxHttpServer.pm - an HTTP server on loopback, for scripts to talk to.
#
#	my $server = FluxHttpServer->start(sub { my ($request) = @_; ... });
#	$server->url('/path')	$server->port
#	$server->requests		what was asked so far, then forgotten
#	$server->stop
#
# A request is {method, path, query => {name => value}, headers => {lower-case
# name => value}, body}; the handler returns status, body, headers as a hash.
# It runs in a child process, one request at a time.
package FluxHttpServer;

use strict;
use warnings;
use File::Temp qw(tempfile);
use IO::Socket::INET;
use JSON::PP ();

sub start
{
	my ($class, $handler) = @_;
	my $socket = IO::Socket::INET->new(
		LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 20, ReuseAddr => 1) or die "listen: $!\n";
	my (undef, $log) = tempfile(UNLINK => 1);
	my $self = bless { port => $socket->sockport, log => $log }, $class;
	$self->{pid} = fork() // die "fork: $!\n";
	return $self if $self->{pid};

	$SIG{TERM} = sub { require POSIX; POSIX::_exit(0) };
	while (1)
	{
		my $client = $socket->accept or next;
		eval { serve($client, $handler, $log); 1 } or warn $@;
		close $client;
	}
}

sub serve
{
	my ($client, $handler, $log) = @_;
	my $first = <$client> // return;
	my ($method, $target) = $first =~ m{^(\S+) (\S+) HTTP/} or return;
	my (%headers, %query);
	while (defined(my $line = <$client>))
	{
		$line =~ s/\r?\n\z//;
		last if $line eq '';
		my ($name, $value) = split /:\s*/, $line, 2;
		$headers{ lc $name } = $value;
	}
	my $body = '';
	read $client, $body, $headers{'content-length'} if $headers{'content-length'};
	my ($path, $parameters) = split /\?/, $target, 2;
	for my $pair (split /&/, $parameters // '')
	{
		my ($name, $value) = map { s/%(..)/chr hex $1/ger } split /=/, $pair, 2;
		$query{$name} = $value;
	}
	my $request = { method => $method, path => $path, query => \%query, headers => \%headers,
		body => $body };
	open my $out, '>>', $log or die "$log: $!\n";
	print $out JSON::PP->new->latin1->canonical->encode($request), "\n";
	close $out;

	my ($status, $answer, $more) = $handler->($request);
	return unless defined $status;
	$answer //= '';
	my %all = ('Content-Length' => length $answer, Connection => 'close', %{ $more // {} });
	print $client "HTTP/1.1 $status X\r\n", map({ "$_: $all{$_}\r\n" } sort keys %all), "\r\n", $answer;
	return;
}

sub port { return $_[0]{port} }
sub url { return "http://127.0.0.1:$_[0]{port}" . ($_[1] // '') }

sub requests
{
	my ($self) = @_;
	open my $in, '<', $self->{log} or return;
	my @requests = map { JSON::PP->new->latin1->decode($_) } <$in>;
	close $in;
	open my $empty, '>', $self->{log} or die "$self->{log}: $!\n";
	close $empty;
	return @requests;
}

sub stop
{
	my ($self) = @_;
	return unless $self->{pid};
	kill 'TERM', $self->{pid};
	waitpid $self->{pid}, 0;
	$self->{pid} = undef;
	return;
}

sub DESTROY { local $?; $_[0]->stop if defined $_[0]{pid} && $_[0]{pid} > 0; return }

1;
