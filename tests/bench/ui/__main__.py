"""Measure everything and print it beside its goal: `python -m tests.bench.ui [name ...]`."""

import sys
from collections.abc import Callable

from tests.bench.ui import measures, stores
from tests.bench.ui.measures import ResponseTimes

_SENTENCE = "the quick brown fox jumps over the lazy dog "
_LOAD = 1_000
"""Status changes per second."""


def start_up() -> None:
    """Measure the start; goal: 1.35 x bare, at any size."""
    kinds = {"bare": measures.BARE, "prototype": measures.PROTOTYPE}
    for name, size in (("small", stores.SMALL), ("big", stores.BIG)):
        path = stores.prepare_inbox_file(size)
        kinds |= {
            f"first rows, {name}": measures.command_program(path),
            f"desk, {name}": measures.desk_program(path),
        }
    found = dict(zip(kinds, measures.measure_start_up(list(kinds.values())), strict=True))
    for name, milliseconds in found.items():
        print(f"  {name:20} {milliseconds:6.0f} ms  {milliseconds / found['bare']:.2f} x bare")


def next_row() -> None:
    """Measure one row down; goal: p50 1.5 x prototype, p95 16 ms, 1.2 kB, scrolling 14 kB."""
    kinds = {"prototype": measures.PROTOTYPE}
    for name, size in (("small", stores.SMALL), ("big", stores.BIG)):
        kinds[f"inbox, {name}"] = measures.inbox_program(stores.prepare_inbox_file(size))
    for name, kind in kinds.items():
        inside, scrolling = measures.measure_next_row(kind)
        _print_result(name, inside)
        _print_result(f"{name}, scrolling", scrolling)


def long_conversation() -> None:
    """Measure 10,000 messages; goal: p95 25 ms to open, 16 ms per page."""
    kind = measures.inbox_program(stores.prepare_inbox_file(stores.LONG))
    _print_result("open", measures.measure_opening(kind, 8))
    _print_result("page", measures.measure_paging(kind))


def typing() -> None:
    """Measure typing; goal: p95 12 ms, 400 bytes; p95 16 ms, 20 % CPU at 1,000 changes/s."""
    path = stores.prepare_inbox_file(stores.BIG)
    answers, _ = measures.measure_typing(measures.inbox_program(path), _SENTENCE * 2)
    _print_result("a character", answers)
    load = ("tests.bench.ui.load", str(path), str(_LOAD), "1")
    answers, share = measures.measure_typing(measures.inbox_program(path), "qzx" * 20, load)
    _print_result("under load", answers)
    print(f"  {'under load, CPU':20} {share * 100:6.1f} %")


def colleagues() -> None:
    """Measure changes by colleagues; goal: p95 60 ms, 300 bytes per badge."""
    path = stores.prepare_inbox_file(stores.BIG)
    _print_result("renamed, 1 inbox", measures.measure_changes_by_colleague(path, 1))
    _print_result("renamed, 8 inboxes", measures.measure_changes_by_colleague(path, 8))
    _print_result("one badge", measures.measure_badge_change(path))


def idle() -> None:
    """Measure idling; goal: 0.3 % CPU, 0 bytes, 100 per minute, 2 x the memory of bare."""
    kind = measures.inbox_program(stores.prepare_inbox_file(stores.BIG))
    for name, found in (
        ("bare", measures.measure_idle(measures.BARE)),
        ("inbox", measures.measure_idle(kind)),
    ):
        print(
            f"  {name:20} {found.cpu_percent:.2f} % CPU, {found.wakeups:.1f} wake-ups a second,"
            f" {found.quiet_bytes} bytes, {found.tick_bytes} as the minute turns"
        )
    bare, ours = measures.measure_peak_memory(measures.BARE), measures.measure_peak_memory(kind)
    print(f"  {'memory':20} {ours:.0f} MB, {ours / bare:.2f} x bare")


def _print_result(name: str, found: ResponseTimes) -> None:
    """Print one line of the report."""
    times = f"{found.p50_ms:6.1f} / {found.p95_ms:5.1f} ms"
    print(f"  {name:20} {times}  {found.size:7.0f} bytes")


PARTS: tuple[Callable[[], None], ...] = (
    start_up,
    next_row,
    long_conversation,
    typing,
    colleagues,
    idle,
)


if __name__ == "__main__":
    for part in PARTS:
        if part.__name__ in sys.argv[1:] or not sys.argv[1:]:
            print(f"{part.__name__}: {part.__doc__}")
            part()
