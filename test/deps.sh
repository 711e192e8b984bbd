#!/bin/bash
# deps.sh - installs the Debian packages that building and testing need.
#
# Says what is missing before it installs it, and does nothing when nothing is
# missing.  Needs root or sudo only in the first case.
set -euo pipefail

# To build and run.
packages=(
	build-essential postgresql-15 postgresql-server-dev-15 libpq-dev
	libpcre2-dev libcurl4-openssl-dev libzstd-dev libssl-dev libyaml-dev
)
# To test: pg_cron beside us, TAP, sanitizers and fuzzers, style.
packages+=(
	postgresql-15-cron libipc-run-perl clang clang-format valgrind shellcheck codespell
	perl procps util-linux
)

missing=()
for package in "${packages[@]}"; do
	status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
	[ "$status" = "install ok installed" ] || missing+=("$package")
done

if [ ${#missing[@]} -eq 0 ]; then
	echo "deps: all ${#packages[@]} packages are there"
	exit 0
fi

echo "deps: installing ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "deps: run this as root, or install sudo" >&2
		exit 1
	}
	as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt()
{
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@" >"$log" 2>&1 || {
		cat "$log" >&2
		echo "deps: apt-get $1 failed" >&2
		exit 1
	}
}
apt update
apt install -y "${missing[@]}"
echo "deps: done"
