"""Measure the start, idle programs, memory and the search; list all parts."""

import sqlite3
import statistics
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tests.bench.ui import idle, key_parts, searching, start_up
from tests.bench.ui.key_parts import list_missing
from tests.bench.ui.measures import measure_in_turns, summarize_times
from tests.bench.ui.programs import (
    BARE,
    KEY_BAR,
    PROTOTYPE,
    MeasuredProgram,
    command_program,
    demo_program,
    run_sandbox,
)
from tests.bench.ui.report import OURS, Figure, compare_programs
from tests.bench.ui.setting import Setting

FLOOR = "bare Textual"
_SERVICE_SECONDS = 8.0
"""Seconds until the service of a desk runs with all that it imports."""


def start(setting: Setting) -> list[Figure]:
    """Start: first rows, the complete screen, and the first key that has an effect."""
    part = start.__name__
    ours = command_program(setting.prepare_inbox())
    programs = {FLOOR: BARE, "prototype": PROTOTYPE, OURS: ours, **setting.list_installed_peers()}
    rounds = max(2, setting.rounds) + 1
    first: dict[str, list[float]] = {name: [] for name in programs}
    complete: list[float] = []
    key: list[float] = []
    for _ in range(rounds):
        for name, kind in programs.items():
            first[name].append(start_up.measure_first_rows(kind))
        complete.append(start_up.measure_complete_screen(ours))
        key.append(start_up.measure_first_key(ours))
    medians = {name: statistics.median(times[1:]) for name, times in first.items()}
    figures = [Figure(part, "first rows", name, value, "ms") for name, value in medians.items()]
    figures += list_missing(setting, part, "first rows", "ms")
    figures += compare_programs(part, "first rows", medians, FLOOR, 0.35)
    for what, times in (("complete screen", complete), ("effect of the first key", key)):
        value = statistics.median(times[1:])
        figures.append(Figure(part, what, OURS, value, "ms"))
        both = {OURS: value, FLOOR: medians[FLOOR]}
        figures += compare_programs(part, what, both, FLOOR, 1.5)
    return figures


def demo(setting: Setting) -> list[Figure]:
    """Start the demo: from the command to a complete screen that takes keys."""
    found = measure_in_turns(
        {OURS: demo_program()}, start_up.measure_complete_screen, setting.rounds + 1
    )
    value = statistics.median(found[OURS][1:])
    return [Figure(demo.__name__, "usable screen", OURS, value, "ms", 900.0)]


def resting(setting: Setting) -> list[Figure]:
    """Rest: CPU and bytes with a healthy account, with one that retries, and of bare Textual."""
    part, path = resting.__name__, setting.prepare_inbox()
    with run_sandbox() as url:
        found = idle.measure_idle(
            {
                FLOOR: BARE,
                "healthy": _wait_for_desk(command_program(path, url)),
                "retrying": _wait_for_desk(command_program(path)),
                **setting.list_installed_peers(),
            },
            setting.seconds,
        )
    goals: Mapping[str, tuple[float, float]] = {
        "healthy": (found[FLOOR].cpu_percent + 0.05, 0.0),
        "retrying": (0.4, 5.0),
    }
    figures = []
    for name, result in found.items():
        is_ours = name in goals
        program, what = (OURS, f"{name} account") if is_ours else (name, "idle")
        cpu, size = goals.get(name, (None, None))
        rate = result.quiet_bytes / result.seconds
        figures += [
            Figure(part, f"{what}, cpu", program, result.cpu_percent, "%", cpu),
            Figure(part, f"{what}, size", program, rate, "bytes/s", size),
            Figure(part, f"{what}, minute", program, result.tick_bytes, "bytes"),
            Figure(part, f"{what}, wake-ups", program, result.wakeups, "/s"),
        ]
    return figures


def _wait_for_desk(kind: MeasuredProgram) -> MeasuredProgram:
    """Return the program as ready only with its real screen."""
    return replace(kind, readable=KEY_BAR)


def memory(setting: Setting) -> list[Figure]:
    """Use memory: the desk with its service after scrolling, beside bare Textual."""
    part, path = memory.__name__, setting.prepare_inbox()
    found = {FLOOR: idle.measure_peak_memory(BARE)}
    with run_sandbox() as url:
        kind = _wait_for_desk(command_program(path, url))
        with kind.run_settled():
            pass  # the address of the sandbox is new: the first start validates the settings
        found[OURS] = idle.measure_peak_memory(kind, _SERVICE_SECONDS)
    for name, peer in setting.list_installed_peers().items():
        found[name] = idle.measure_peak_memory(peer)
    return [
        *(Figure(part, "peak", name, value, "MB") for name, value in found.items()),
        *list_missing(setting, part, "peak", "MB"),
        *compare_programs(part, "peak", found, FLOOR, 1.9),
    ]


def search(setting: Setting) -> list[Figure]:
    """Search while typing, and one character: from the key to the list of hits."""
    figures = []
    for path in (setting.prepare_inbox(), *setting.sizes):
        figures += _measure_size(path)
    return figures


def _measure_size(path: Path) -> list[Figure]:
    """Return the figures of one inbox."""
    part, messages = search.__name__, _count_messages(path)
    size = f"{messages:,} messages"
    shown = searching.measure_search(path, rest=0.45 if messages < 5_000_000 else 1.2)
    queries = searching.measure_queries(path)
    goals = (10.0 if messages < 5_000_000 else 25.0, 30.0)
    figures = []
    for what, on_screen, alone, goal in (
        ("words", shown.words, queries[0], goals[0]),
        ("one character", shown.characters, queries[1], goals[1]),
    ):
        middle, late = summarize_times(on_screen)
        figures += [
            Figure(part, f"{what}, p50", OURS, middle, "ms", note=size),
            Figure(part, f"{what}, p95", OURS, late, "ms", goal, size),
            Figure(part, f"{what}, query, p95", OURS, summarize_times(alone)[1], "ms", note=size),
        ]
    return figures


def _count_messages(path: Path) -> int:
    """Return how many messages an inbox has, rounded."""
    connection = sqlite3.connect(path)
    try:
        count = int(connection.execute("select count(*) from messages").fetchone()[0])
    finally:
        connection.close()
    return round(count, 1 - len(str(count)))


PARTS: Mapping[str, Callable[[Setting], list[Figure]]] = {
    part.__name__: part
    for part in (
        start,
        demo,
        key_parts.next_row,
        key_parts.held,
        key_parts.end,
        key_parts.opening,
        key_parts.typing,
        key_parts.changes,
        resting,
        memory,
        search,
    )
}
