#!/usr/bin/env bash
# Installs what the tests need and runs all of them.
#
#   tests/run.sh [arguments for cargo test]
#
# Needs Rust, a C compiler, make and perl. On Debian and Ubuntu, as root, missing servers and tools
# (PostgreSQL, PgBouncer, Java, Maven, Python) are installed; elsewhere the tests that need a missing one are
# reported as ignored, and as failures when the variable CI is set. A PostgreSQL of the tests' own
# is started in a temporary folder, unless STILLWAY_TEST_POSTGRES_URL names one whose user may
# create databases and roles.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

# Python itself, and what makes environments of it.
has_python() {
    python3 -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

install_packages() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    local wanted=()
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted+=(postgresql)
    command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || wanted+=(pgbouncer)
    command -v java >/dev/null || wanted+=(default-jdk-headless)
    command -v mvn >/dev/null || wanted+=(maven)
    has_python || wanted+=(python3-venv)
    for tool in cc:gcc make:make perl:perl; do
        command -v "${tool%%:*}" >/dev/null || wanted+=("${tool##*:}")
    done
    [ ${#wanted[@]} -gt 0 ] || return 0
    say "installing ${wanted[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
}

start_postgres() {
    [ -z "${STILLWAY_TEST_POSTGRES_URL:-}" ] || return 0
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
    [ -n "$bin" ] || bin=$(dirname "$(command -v initdb || true)")
    [ -x "$bin/initdb" ] || { say "no PostgreSQL server: its tests are left out"; return 0; }
    data=$(mktemp -d "${TMPDIR:-/tmp}/stillway-postgres-XXXXXX")
    as=()
    if [ "$(id -u)" = 0 ]; then
        # The server refuses to run as root.
        chown postgres "$data"
        as=(runuser -u postgres --)
    fi
    port=$(( 20000 + RANDOM % 20000 ))
    "${as[@]}" "$bin/initdb" -D "$data/cluster" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
    cat >> "$data/cluster/postgresql.conf" <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$data'
fsync = off
max_connections = 200
timezone = 'UTC'
CONF
    "${as[@]}" "$bin/pg_ctl" -D "$data/cluster" -l "$data/log" -w start >/dev/null
    # Ends with the script, so its variables are not local.
    stop_postgres() {
        "${as[@]}" "$bin/pg_ctl" -D "$data/cluster" -m immediate stop >/dev/null 2>&1 || true
        rm -rf "$data"
    }
    trap stop_postgres EXIT
    export STILLWAY_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
}

build_oracle() {
    command -v mvn >/dev/null && command -v java >/dev/null || {
        say "no Java or Maven: comparisons with the running Flyway are left out"
        return 0
    }
    say "fetching the original Flyway"
    mvn -q -B -f compat-fixtures/oracle/pom.xml package
}

install_alembic() {
    has_python || {
        say "no Python 3.11 with venv: comparisons with the running Alembic are left out"
        return 0
    }
    say "fetching the original Alembic"
    compat-fixtures/oracle-alembic/install.sh || say "not to be had: comparisons with it are left out"
}

install_packages
start_postgres
build_oracle
install_alembic
if [ $# -eq 0 ]; then
    say "formatting"
    cargo fmt --check
    say "lints"
    cargo clippy --quiet --all-targets --all-features -- -D warnings
    say "documentation"
    RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps
fi
say "tests"
cargo test "$@"
