#!/usr/bin/env bash
# Makes the Python environment with the original in target/venv, when it is not there yet.
#
# Needs Python 3.11 or later with venv; the packages, in the exact versions of requirements.txt, come
# from the package index.
set -euo pipefail
cd "$(dirname "$0")"

venv=target/venv
cmp -s requirements.txt "$venv/installed" && exit 0
rm -rf "$venv"
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt
cp requirements.txt "$venv/installed"
