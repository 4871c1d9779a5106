#!/bin/sh
# Every check there is, in the order of how soon each tells something.
set -eu
cd "$(dirname "$0")/.."
ruff format --check .
ruff check .
mypy
lint-imports
python -m pytest -q -n auto --dist loadfile -m "not bench" "$@"
python -m pytest -q -m bench tests/bench
