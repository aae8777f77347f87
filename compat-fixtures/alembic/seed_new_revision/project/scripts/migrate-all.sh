#!/bin/bash
# scripts/migrate-all.sh

set -e

DOMAINS=("character" "users" "auth")

for domain in "${DOMAINS[@]}"; do
    if [ -d "migrations/$domain" ]; then
        echo "Migrating $domain..."
        cd migrations/$domain
        alembic upgrade head
        cd ../..
    fi
done
