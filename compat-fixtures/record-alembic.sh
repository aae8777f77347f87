#!/usr/bin/env bash
# Records what Alembic does with the cases in alembic/ into their expected/ folders.
#
#   STILLWAY_TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:5432/postgres ./record-alembic.sh [case ...]
#
# The PostgreSQL user must be allowed to create databases; each case that runs migrations gets a
# fresh one, dropped afterwards. Needs Python 3.11 with venv; the packages, in the exact versions of
# oracle-alembic/requirements.txt, come from the package index.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C.UTF-8 TZ=UTC

venv=$here/oracle-alembic/target/venv
if ! cmp -s "$here/oracle-alembic/requirements.txt" "$venv/installed"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$here/oracle-alembic/requirements.txt"
    cp "$here/oracle-alembic/requirements.txt" "$venv/installed"
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/stillwayXXXXXXXX")
trap 'rm -rf "$scratch"' EXIT

"$venv/bin/python" "$here/oracle-alembic/record.py" "$scratch" "$@"
