"""Print where the time goes, ours beside Textual's floor: `python -m tests.bench.ui.profile NAME`.

The figures are processor time of the main thread, so that other programs on the machine matter
less. The floor does the same with nothing of ours: a bare app for the start, and the prototype of
a list for keys.
"""

import argparse
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tests.bench.ui import stores
from tests.bench.ui.phases import OTHER, THREADS
from tests.bench.ui.programs import (
    BARE,
    KEY_BAR,
    PROTOTYPE,
    MeasuredProgram,
    command_program,
    inbox_program,
)
from tests.bench.ui.terminal import LINES, Program

Phases = Mapping[str, float]
_PAUSE = 0.3
_LEAST_MS = 0.05
"""A phase that takes less in both columns is not shown."""


def profile_start(kind: MeasuredProgram) -> Phases:
    """Return the phases from exec to the real screen.

    Args:
        kind: Program, readable by what its real screen shows.
    """
    with _run_accounted(kind) as program:
        program.wait_until_readable(kind.readable)
        return _read_phases(program)


def profile_keys(kind: MeasuredProgram, keys: str, before: int, times: int = 30) -> Phases:
    """Return the phases of a key.

    Args:
        kind: Program with a list.
        keys: Keys whose mean is returned.
        before: How often `j` is pressed first.
        times: How often the keys are pressed.
    """
    with _run_accounted(kind) as program:
        program.wait_until_readable(kind.readable)
        program.wait_until_quiet(1.0)
        for _ in range(before):
            program.press("j")
        program.wait_until_quiet(1.0)
        program.send_signal(signal.SIGUSR1)
        time.sleep(_PAUSE)
        for _ in range(times):
            program.press(keys)
        return {name: spent / times for name, spent in _read_phases(program).items()}


def _run_accounted(kind: MeasuredProgram) -> Program:
    """Return the program below the one that accounts its time."""
    path = Path(tempfile.gettempdir()) / f"smsdesk-phases-{os.getpid()}.json"
    path.unlink(missing_ok=True)
    environ = {**(kind.environ or {}), "BENCH_PHASES": str(path)}
    arguments = (kind.module, *kind.arguments)
    return replace(
        kind, module="tests.bench.ui.phases", arguments=arguments, environ=environ
    ).create_program()


def _read_phases(program: Program) -> Phases:
    """Let the program write its phases and return them."""
    path = Path(tempfile.gettempdir()) / f"smsdesk-phases-{os.getpid()}.json"
    program.send_signal(signal.SIGUSR2)
    end = time.perf_counter() + 10
    while not path.exists() and time.perf_counter() < end:
        program.watch(0.02)
    found: Phases = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    return found


def list_pairs(*, small: bool) -> dict[str, tuple[str, Callable[[], Phases], Callable[[], Phases]]]:
    """Return for each table what the floor is, how to measure it, and how to measure ours.

    Args:
        small: Whether the inbox has 100 conversations in place of 100,000.
    """
    path = stores.prepare_inbox_file(stores.SMALL if small else stores.BIG)
    inbox, bottom = inbox_program(path), LINES
    desk = replace(command_program(path), readable=KEY_BAR)

    def scroll_prototype() -> Phases:
        """Return the phases of a key after which the prototype draws every line anew."""
        return profile_keys(PROTOTYPE, "j", bottom)

    def open_conversations() -> Phases:
        """Return the phases of going to a conversation of 10,000 and opening it."""
        return profile_keys(
            inbox_program(stores.prepare_inbox_file(stores.LONG)), "j\r", before=0, times=8
        )

    return {
        "start": ("bare Textual", lambda: profile_start(BARE), lambda: profile_start(desk)),
        "key": (
            "prototype",
            lambda: profile_keys(PROTOTYPE, "j", 0, 15),
            lambda: profile_keys(inbox, "j", 0, 15),
        ),
        "scroll": ("prototype", scroll_prototype, lambda: profile_keys(inbox, "j", bottom)),
        "open": ("prototype, scroll", scroll_prototype, open_conversations),
    }


def format_table(floor_name: str, floor: Phases, ours: Phases) -> str:
    """Return a table in Markdown.

    Args:
        floor_name: What the floor is.
        floor: Milliseconds of each phase of the floor.
        ours: Milliseconds of each phase of ours.
    """
    names = [name for name in {**ours, **floor} if name not in {OTHER, THREADS}]
    names.sort(key=lambda name: -ours.get(name, 0.0))
    rows = [f"| phase | {floor_name}, ms | ours, ms |", "| --- | ---: | ---: |"]
    for name in (*names, OTHER):
        values = floor.get(name, 0.0), ours.get(name, 0.0)
        if max(values) >= _LEAST_MS:
            rows.append(f"| {name} | {values[0]:.1f} | {values[1]:.1f} |")
    sums = [sum(found.values()) - found.get(THREADS, 0.0) for found in (floor, ours)]
    rows.append(f"| **main thread** | **{sums[0]:.1f}** | **{sums[1]:.1f}** |")
    rows.append(f"| {THREADS} | {floor.get(THREADS, 0.0):.1f} | {ours.get(THREADS, 0.0):.1f} |")
    return "\n".join(rows)


def _take_medians(runs: list[Phases]) -> Phases:
    """Return the median of each phase."""
    names = {name for run in runs for name in run}
    return {name: statistics.median(run.get(name, 0.0) for run in runs) for name in names}


def main() -> None:
    """Measure in turns and print the tables that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ui.profile", description=__doc__)
    choices = ("start", "key", "scroll", "open")
    parser.add_argument("names", nargs="*", choices=[*choices, []], metavar="|".join(choices))
    parser.add_argument("--rounds", type=int, default=5, help="turns of each program (5)")
    parser.add_argument("--small", action="store_true", help="100 conversations, to try it")
    arguments = parser.parse_args()
    pairs = list_pairs(small=arguments.small)
    for name in arguments.names or choices:
        floor_name, measure_floor, measure_ours = pairs[name]
        floor, ours = [], []
        for _ in range(arguments.rounds):
            floor.append(measure_floor())
            ours.append(measure_ours())
        print(f"\n{name}, on Python {sys.version.split()[0]}\n", flush=True)
        print(format_table(floor_name, _take_medians(floor), _take_medians(ours)), flush=True)


if __name__ == "__main__":
    main()
