#!/usr/bin/env bash
# Records what Flyway does with the cases in flyway/ into their expected/ folders.
#
#   STILLWAY_TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:5432/postgres ./record.sh [case ...]
#
# The PostgreSQL user must be allowed to create databases; each case gets a fresh one, dropped
# afterwards. Without the variable only SQLite is recorded. Needs a JDK 17 and Maven.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C.UTF-8 TZ=UTC

mvn -q -B -f "$here/oracle/pom.xml" package

# The name holds letters only: Flyway reads wildcard locations as regular expressions.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/stillwayXXXXXXXX")
trap 'rm -rf "$scratch"' EXIT

java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    -Duser.language=en -Duser.country=US -Duser.timezone=UTC -Dfile.encoding=UTF-8 \
    -cp "$here/oracle/target/flyway-oracle.jar:$here/oracle/target/lib/*" \
    Recorder "$here/flyway" "$scratch" "$@"
