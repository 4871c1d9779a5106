#!/bin/sh
# All checks, the quickest first. The benches, which want a
# quiet machine, are run by hand: python -m pytest -m bench
set -eu
cd "$(dirname "$0")/.."
ruff format --check .
ruff check .
mypy
lint-imports
python -m pytest -q -n auto --dist worksteal -m "not bench and not slow" --durations=20 --durations-min=0.5 "$@"
