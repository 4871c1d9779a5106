"""Let robots use the inbox: python -m tests.robot [--steps N] [--seed N]."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.robot.run import run_robots


def main() -> int:
    """Run the robots, print every fault, and return 1 if there is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.robot", description=__doc__)
    parser.add_argument(
        "--steps", type=int, default=10_000, help="packets of keys to send; default 10,000"
    )
    parser.add_argument("--seed", type=int, default=1, help="makes everything by chance the same")
    parser.add_argument("--keep", type=Path, help="empty directory for the inbox and its logs")
    options = parser.parse_args()
    started = time.monotonic()

    def show_progress(done: int, faults: int) -> None:
        rate = done / (time.monotonic() - started)
        print(f"\r{done} steps, {rate:.1f} a second, {faults} faults", end="", file=sys.stderr)

    with tempfile.TemporaryDirectory() as temporary:
        home = options.keep or Path(temporary)
        outcome = asyncio.run(
            run_robots(home, options.steps, options.seed, show_progress=show_progress)
        )
    print(file=sys.stderr)
    for fault in outcome.faults:
        print(fault)
    print(
        f"{outcome.steps} steps: {outcome.words} words written, {outcome.sent} texts sent, "
        f"{len(outcome.faults)} faults"
    )
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
