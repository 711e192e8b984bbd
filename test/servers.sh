#!/bin/bash
# servers.sh - builds and tests against other PostgreSQL versions, each in a
# small Debian of its own.  Root only; the first time it downloads some 200 MB
# a version.
#
#	test/servers.sh [VERSION...]	17 and 18 unless said
#
# SERVERS_DIR (/var/tmp/fluxtask-servers) holds the Debian trees, and SUITES which
# suites run there.
set -euo pipefail
# shellcheck source=test/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" -eq 0 ] || die "servers.sh needs root: it makes chroots"
directory=${SERVERS_DIR:-/var/tmp/fluxtask-servers}
suites=${SUITES:-regress flux isolation docs tap}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

command -v debootstrap >/dev/null || apt-get install -y -q debootstrap >/dev/null

# The Debian release that has a version of the server.
release_of()
{
	case $1 in
		15) echo bookworm ;;
		17) echo trixie ;;
		18) echo sid ;;
		*) die "no Debian release known for PostgreSQL $1" ;;
	esac
}

make_root()
{
	local version=$1 root=$directory/$1
	[ ! -f "$root/.done" ] || return 0
	echo "--- PostgreSQL $version: making a Debian $(release_of "$version") in $root"
	rm -rf "$root"
	mkdir -p "$root"
	debootstrap --variant=minbase --include="postgresql-$version,postgresql-server-dev-$version,build-essential,libpcre2-dev,libcurl4-openssl-dev,liblz4-dev,libzstd-dev,libssl-dev,libyaml-dev,libpq-dev,libipc-run-perl,procps" \
		"$(release_of "$version")" "$root" "$mirror" >"$root.log" 2>&1 || {
		tail -5 "$root.log" >&2
		die "debootstrap failed"
	}
	touch "$root/.done"
}

# Copies the tree to /src.  Objects stay from time to time, for they are of this
# version; so only files that differ are written, whatever their times say.
copy_sources()
{
	local root=$1 file
	rm -rf "$root/new"
	mkdir -p "$root/src" "$root/new"
	tar -C "$ROOT" --exclude='*.o' --exclude='*.d' --exclude='*.so' --exclude='./tmp_*' --exclude=.git \
		--exclude=bin --exclude='test/fuzz/corpus' -cf - . | tar -C "$root/new" -xf -
	(cd "$root/src" && find . -type f ! -name '*.[do]' ! -path '*/tmp_*' ! -path '*/bin/*' -print0) |
		while IFS= read -r -d '' file; do
			[ -e "$root/new/$file" ] || rm -f "$root/src/$file"
		done
	(cd "$root/new" && find . ! -type d -print0) |
		while IFS= read -r -d '' file; do
			cmp -s "$root/new/$file" "$root/src/$file" && continue
			mkdir -p "$(dirname "$root/src/$file")"
			cp -P --preserve=mode "$root/new/$file" "$root/src/$file"
		done
	rm -rf "$root/new"
}

versions=("$@")
[ $# -gt 0 ] || versions=(17 18)
failed=0
for version in "${versions[@]}"; do
	make_root "$version"
	root=$directory/$version
	copy_sources "$root"
	echo "--- PostgreSQL $version: $suites"
	# A mount namespace of its own, so that nothing stays mounted.
	unshare --mount bash -c "
		mount -t proc proc '$root/proc'
		mount -t tmpfs tmpfs '$root/dev/shm'
		exec chroot '$root' env CHECK_COPT= PG_CONFIG=/usr/lib/postgresql/$version/bin/pg_config T='${T:-}' \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin /src/test/check.sh $suites" || failed=1
done
exit $failed
