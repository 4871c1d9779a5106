"""Measures everything and prints it beside its goal: `python -m tests.bench.ui [name ...]`."""

import sys
from collections.abc import Callable

from tests.bench.ui import measures, stores
from tests.bench.ui.measures import Answers

_SENTENCE = "the quick brown fox jumps over the lazy dog "
_LOAD = 1_000
"""Badges a second."""


def start_up() -> None:
    """Goal: 1.35 x bare, at any size."""
    kinds = {"bare": measures.BARE, "prototype": measures.PROTOTYPE}
    for name, size in (("small", stores.SMALL), ("big", stores.BIG)):
        path = stores.inbox_file(size)
        kinds |= {
            f"first rows, {name}": measures.command(path),
            f"desk, {name}": measures.desk(path),
        }
    found = dict(zip(kinds, measures.start_up(list(kinds.values())), strict=True))
    for name, milliseconds in found.items():
        print(f"  {name:20} {milliseconds:6.0f} ms  {milliseconds / found['bare']:.2f} x bare")


def next_row() -> None:
    """Goal: p50 1.5 x prototype, p95 16 ms, 1,200 bytes; 14,000 when it scrolls."""
    kinds = {"prototype": measures.PROTOTYPE}
    for name, size in (("small", stores.SMALL), ("big", stores.BIG)):
        kinds[f"inbox, {name}"] = measures.inbox(stores.inbox_file(size))
    for name, kind in kinds.items():
        inside, scrolling = measures.next_row(kind)
        _say(name, inside)
        _say(f"{name}, scrolling", scrolling)


def long_thread() -> None:
    """Goal: p95 25 ms to open one of 10,000 messages, 16 ms a page."""
    kind = measures.inbox(stores.inbox_file(stores.LONG))
    _say("open", measures.open_thread(kind, 8))
    _say("page", measures.page(kind))


def typing() -> None:
    """Goal: p95 12 ms and 400 bytes; p95 16 ms and 20 % CPU at 1,000 badges a second."""
    path = stores.inbox_file(stores.BIG)
    answers, _ = measures.typing(measures.inbox(path), _SENTENCE * 2)
    _say("a character", answers)
    load = ("tests.bench.ui.load", str(path), str(_LOAD), "1")
    answers, share = measures.typing(measures.inbox(path), "qzx" * 20, load)
    _say("under load", answers)
    print(f"  {'under load, CPU':20} {share * 100:6.1f} %")


def others() -> None:
    """Goal: p95 60 ms; 300 bytes a badge."""
    path = stores.inbox_file(stores.BIG)
    _say("renamed, 1 inbox", measures.others_change(path, 1))
    _say("renamed, 8 inboxes", measures.others_change(path, 8))
    _say("one badge", measures.one_badge(path))


def rest() -> None:
    """Goal: 0.3 % CPU, 0 bytes, 100 for the minute; 2 x the bare app's memory."""
    kind = measures.inbox(stores.inbox_file(stores.BIG))
    for name, found in (("bare", measures.idle(measures.BARE)), ("inbox", measures.idle(kind))):
        print(
            f"  {name:20} {found.cpu_percent:.2f} % CPU, {found.wakeups:.1f} wake-ups a second,"
            f" {found.quiet_bytes} bytes, {found.tick_bytes} as the minute turns"
        )
    bare, ours = measures.peak_mb(measures.BARE), measures.peak_mb(kind)
    print(f"  {'memory':20} {ours:.0f} MB, {ours / bare:.2f} x bare")


def _say(name: str, found: Answers) -> None:
    """One line."""
    times = f"{found.p50_ms:6.1f} / {found.p95_ms:5.1f} ms"
    print(f"  {name:20} {times}  {found.size:7.0f} bytes")


PARTS: tuple[Callable[[], None], ...] = (start_up, next_row, long_thread, typing, others, rest)


if __name__ == "__main__":
    for part in PARTS:
        if part.__name__ in sys.argv[1:] or not sys.argv[1:]:
            print(f"{part.__name__}: {part.__doc__}")
            part()
