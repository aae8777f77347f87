#!/usr/bin/env bash
# Records what Alembic does with the cases in alembic/ into their expected/ folders.
#
#   STILLWAY_TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:5432/postgres ./record-alembic.sh [case ...]
#
# The PostgreSQL user must be allowed to create databases; each case that runs migrations gets a
# fresh one, dropped afterwards. Needs what oracle-alembic/install.sh needs.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C.UTF-8 TZ=UTC

"$here/oracle-alembic/install.sh"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/stillwayXXXXXXXX")
trap 'rm -rf "$scratch"' EXIT

"$here/oracle-alembic/target/venv/bin/python" "$here/oracle-alembic/record.py" "$scratch" "$@"
