#!/bin/sh
# Every check there is, in the order of how soon each tells something. The benches, which want a
# quiet machine, are run by hand: python -m pytest -m bench
set -eu
cd "$(dirname "$0")/.."
ruff format --check .
ruff check .
mypy
lint-imports
python -m pytest -q -n auto --dist worksteal -m "not bench" --durations=20 --durations-min=0.5 "$@"
