#!/bin/sh
# All checks, the quickest first. The benches, which want a
# quiet machine, are run by hand: python -m pytest -m bench
set -eu
cd "$(dirname "$0")/.."
ruff format --check .
ruff check .
# While mypy keeps one core busy, another compiles the tests: every worker imports all of them.
# What fails in them fails again below, with its reason.
export PYTHONDONTWRITEBYTECODE=
python -m pytest -q --collect-only >/dev/null 2>&1 &
compiled=$!
trap 'kill "$compiled" 2>/dev/null || true' EXIT
mypy
lint-imports
wait "$compiled" || true
python -m pytest -q -n auto --dist worksteal -m "not bench and not slow" --durations=20 --durations-min=0.5 "$@"
