# shellcheck shell=bash
#
# lib.sh - what the test scripts share: the stage and private clusters.
#
# Sourced, never run.  The stage is a directory with a relocated copy of the
# PostgreSQL installation that PG_CONFIG names, with our extension installed
# in the copy alone: PostgreSQL finds its libraries and extensions relative to
# its own binaries, so nothing on the system is written to.  Clusters live in
# the stage too, listen on a unix socket only, and are stopped when the script
# that started them ends.
#
#	$STAGE/pg/...			the server tree; $BIN is its bin directory
#	$STAGE/NAME/data, log	cluster NAME
#	$STAGE/NAME/s			its socket directory (PGHOST)
#
# PostgreSQL refuses to run as root, so when we are root the servers run as
# the unprivileged user $RUN_USER; clients run as whoever we are.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export ROOT

# An environment made for somebody else's server must not reach ours.
unset PGHOST PGPORT PGUSER PGDATABASE PGDATA PGSERVICE PGOPTIONS PGPASSWORD PGSSLMODE PGAPPNAME
unset PGTZ PGDATESTYLE PGCLIENTENCODING
export PSQLRC=/dev/null LC_ALL=C.UTF-8 TZ=UTC

die()
{
	echo "$*" >&2
	exit 1
}

# The user that servers run as.
if [ "$(id -u)" -eq 0 ]; then
	RUN_USER=nobody
	getent passwd postgres >/dev/null && RUN_USER=postgres
else
	RUN_USER=$(id -un)
fi

# Runs a command as $RUN_USER, in a directory that this user can be in.
as_run_user()
{
	if [ "$(id -u)" -eq 0 ]; then
		(cd "${STAGE:-/}" && exec setpriv --reuid="$RUN_USER" --regid="$(id -g "$RUN_USER")" --init-groups -- "$@")
	else
		"$@"
	fi
}

find_pg_config()
{
	local candidate
	for candidate in "${PG_CONFIG:-pg_config}" /usr/lib/postgresql/15/bin/pg_config; do
		if "$candidate" --pgxs >/dev/null 2>&1 && [ -f "$("$candidate" --pgxs)" ]; then
			PG_CONFIG=$(command -v "$candidate")
			export PG_CONFIG
			return
		fi
	done
	die "no pg_config with server headers found: run \"make deps\" or set PG_CONFIG"
}

# stage_choose NAME: sets STAGE to the directory ROOT/NAME, or to one in /tmp
# where the run user cannot reach the former or socket paths would grow too
# long for the kernel (107 bytes).
stage_choose()
{
	STAGE=$ROOT/$1
	if [ ${#STAGE} -gt 60 ] || ! as_run_user test -x "$ROOT" 2>/dev/null; then
		STAGE=${TMPDIR:-/tmp}/fluxtask-$(id -u)-$(printf %s "$STAGE" | cksum | cut -d' ' -f1)
	fi
	mkdir -p "$STAGE"
	# An unprivileged server must be able to walk through; others need not write.
	chmod 755 "$STAGE"
	export STAGE
}

# stage_server: copies the server installation unless an equal copy is there.
# Sets BIN.
stage_server()
{
	find_pg_config
	local stamp dir
	# A PATH that leads into the stage would have it copied over itself.
	[[ $PG_CONFIG != "$STAGE"/* ]] || die "$PG_CONFIG is the stage's own: set PG_CONFIG to the installed one"
	stamp="$("$PG_CONFIG" --version) $("$PG_CONFIG" --bindir) $(stat -c %Y "$("$PG_CONFIG" --bindir)/postgres")"
	BIN=$STAGE/pg$("$PG_CONFIG" --bindir)
	STAGE_PG_CONFIG=$BIN/pg_config
	export BIN STAGE_PG_CONFIG
	[ "$(cat "$STAGE/pg/stamp" 2>/dev/null)" = "$stamp" ] && return

	rm -rf "$STAGE/pg"
	for dir in --bindir --pkglibdir --sharedir; do
		dir=$("$PG_CONFIG" $dir)
		[ -d "$dir" ] || die "$PG_CONFIG does not say where the server is"
		mkdir -p "$STAGE/pg$dir"
		cp -a "$dir/." "$STAGE/pg$dir/"
	done
	dir=$("$PG_CONFIG" --includedir-server)
	mkdir -p "$STAGE/pg$(dirname "$dir")"
	ln -sfn "$dir" "$STAGE/pg$dir"
	[ "$("$STAGE_PG_CONFIG" --sharedir)" = "$STAGE/pg$("$PG_CONFIG" --sharedir)" ] ||
		die "$PG_CONFIG cannot be relocated"
	echo "$stamp" >"$STAGE/pg/stamp"
}

# stage_extension: builds and installs into the stage.  A warning is an error.
# With CHECKED set, a copy of the sources is built in the stage with assertions
# and the undefined-behaviour sanitizer.  (The address sanitizer cannot be
# loaded into the packaged server: it hangs in bindtextdomain().)
stage_extension()
{
	local source=$ROOT flags=${CHECK_COPT--Werror}
	if [ -n "${CHECKED:-}" ]; then
		source=$STAGE/source
		flags="-O1 -fsanitize=undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DUSE_ASSERT_CHECKING=1"
		[ "$CHECKED" != valgrind ] || flags+=" -DFLUX_REGEXP_JIT_AFTER=INT_MAX"
		mkdir -p "$source"
		# What was taken away since goes; times are kept, so that little is built anew.
		find "$source" -type f ! -name '*.o' ! -name '*.d' ! -name .flags -delete
		tar -C "$ROOT" --exclude='*.o' --exclude='*.d' --exclude='*.so' -cf - \
			Makefile fluxtask.control sql src | tar -C "$source" -xf -
	fi
	make -s -C "$source" -j"$(nproc)" PG_CONFIG="$PG_CONFIG" COPT="$flags" all </dev/null &&
		make -s -C "$source" PG_CONFIG="$STAGE_PG_CONFIG" COPT="$flags" install >/dev/null
}

CLUSTERS=()

cluster_data() { echo "$STAGE/$1/data"; }
cluster_host() { echo "$STAGE/$1/s"; }

# cluster_create NAME ["setting = value" ...]: a new cluster, not started; one
# left over from a killed run is stopped and removed.
cluster_create()
{
	local name=$1 dir=$STAGE/$1
	shift
	if [ -f "$dir/data/postmaster.pid" ]; then
		as_run_user "$BIN/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
	fi
	rm -rf "$dir"
	mkdir -p "$dir"
	chown "$RUN_USER" "$dir"
	as_run_user mkdir -m 755 "$dir/s"
	as_run_user "$BIN/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 \
		--no-sync --no-instructions >/dev/null || return 1
	as_run_user tee -a "$dir/data/postgresql.conf" >/dev/null <"$ROOT/test/fluxtask.conf"
	{
		echo "unix_socket_directories = '$dir/s'"
		printf '%s\n' "$@"
	} | as_run_user tee -a "$dir/data/postgresql.conf" >/dev/null
}

# cluster_start NAME: starts it; it is stopped when this script ends.  With
# CHECKED, what the sanitizer finds goes to $STAGE/NAME/s/found.* and ends the
# backend; CHECKED=valgrind runs every server process under memcheck besides.
cluster_start()
{
	local dir=$STAGE/$1 options=(-w -t 300)
	if [ "${CHECKED:-}" = valgrind ]; then
		cat >"$BIN/postgres-valgrind" <<-WRAPPER
			#!/bin/sh
			exec valgrind -q --leak-check=no --trace-children=yes --error-exitcode=0 \
			--suppressions="$ROOT/test/valgrind.supp" --log-file="$dir/s/found.%p" "$BIN/postgres" "\$@"
		WRAPPER
		chmod 755 "$BIN/postgres-valgrind"
		# Code that the server compiles as it runs has no symbols to go by.
		options+=(-p "$BIN/postgres-valgrind" -o "-c jit=off")
	fi
	as_run_user env "UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1:log_path=$dir/s/found" \
		"$BIN/pg_ctl" -D "$dir/data" -l "$dir/log" "${options[@]}" start >/dev/null 8>&- || {
		tail -20 "$dir/log" >&2
		return 1
	}
	CLUSTERS+=("$1")
}

cluster_stop()
{
	local dir=$STAGE/$1
	[ -f "$dir/data/postmaster.pid" ] || return 0
	as_run_user "$BIN/pg_ctl" -D "$dir/data" -m "${2:-fast}" -w stop >/dev/null
}

clusters_stop()
{
	local name
	for name in "${CLUSTERS[@]}"; do
		cluster_stop "$name" "${1:-immediate}" || true
	done
	CLUSTERS=()
}
trap clusters_stop EXIT

# cluster_psql NAME [psql arguments]
cluster_psql()
{
	local name=$1
	shift
	"$BIN/psql" -X -h "$(cluster_host "$name")" -U postgres "$@"
}
