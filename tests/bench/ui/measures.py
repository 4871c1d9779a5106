"""Measure how programs respond to keys: one measurement per function."""

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

from tests.bench.ui.emulator import Area, count_changed_cells, find_last_changes
from tests.bench.ui.programs import MeasuredProgram
from tests.bench.ui.terminal import LINES, Burst, Program

T = TypeVar("T")

LIST = Area(0, 50, 1, LINES - 1)
"""Where our list of conversations is, and a part of the list of every other program."""
MESSAGES = Area(57, 118, 2, 36)
"""Where our messages are."""
_PAUSE = 0.6


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Summarize how a program responded to a series of keys."""

    p50_ms: float
    p95_ms: float
    size: float
    """Median of the bytes written per response."""


def summarize_bursts(bursts: Sequence[Burst]) -> ResponseTimes:
    """Return median and 95th percentile; every key must have a response.

    Args:
        bursts: Responses to keys.
    """
    assert all(burst.data for burst in bursts), "a question without an answer"
    p50, p95 = summarize_times([burst.milliseconds for burst in bursts])
    return ResponseTimes(p50, p95, statistics.median(len(burst.data) for burst in bursts))


def summarize_times(times: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile.

    Args:
        times: At least one time.
    """
    ordered = sorted(times)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.95)]


def measure_in_turns(
    kinds: Mapping[str, MeasuredProgram], measure: Callable[[MeasuredProgram], T], rounds: int
) -> dict[str, list[T]]:
    """Return what each round found for each program; the programs take turns.

    Args:
        kinds: Programs by name.
        measure: Starts a program once, measures and ends it.
        rounds: How often each program has its turn.
    """
    found: dict[str, list[T]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, kind in kinds.items():
            found[name].append(measure(kind))
    return found


@dataclass(frozen=True, slots=True)
class RowKeys:
    """Responses to the key for the next row."""

    inside: list[Burst]
    scrolling: list[Burst]
    changed: list[int]
    """Cells that each response that scrolled has changed."""


def join_row_keys(rounds: Sequence[RowKeys]) -> RowKeys:
    """Return the responses of several rounds as one.

    Args:
        rounds: At least one round.
    """
    return RowKeys(
        [burst for found in rounds for burst in found.inside],
        [burst for found in rounds for burst in found.scrolling],
        [count for found in rounds for count in found.changed],
    )


def measure_next_row(kind: MeasuredProgram) -> RowKeys:
    """Measure `j` inside the screen and `j` that scrolls.

    Args:
        kind: Program with a list.
    """
    down = kind.get_key("down", "j")
    with kind.run_settled() as program:
        inside = [program.press(down) for _ in range(15)]
        for _ in range(LINES - 15):  # to the lower end also where a row is one line
            program.press(down)
        scrolling = [program.press(down) for _ in range(40)]
        places = [burst.place for burst in scrolling]
        return RowKeys(inside, scrolling, count_changed_cells(bytes(program.written), places))


def measure_end(kind: MeasuredProgram, times: int = 8) -> list[float]:
    """Return the ms from `G` to the end of the list, each time from its begin.

    Args:
        kind: Program with a list.
        times: How often to go to the end.
    """
    with kind.run_settled() as program:
        bursts = []
        for _ in range(times):
            bursts.append(_press_and_rest(program, "G"))
            program.press(kind.get_key("top", "\x1b[H"), quiet=0.3)
        return measure_area(program, bursts, LIST)


def measure_area(program: Program, bursts: Sequence[Burst], area: Area) -> list[float]:
    """Return the ms from each key to the last change of an area, without keys that changed nothing.

    Args:
        program: Program that wrote the responses.
        bursts: Responses whose `first` and `last` count from their key.
        area: Part of the screen.
    """
    written, places = bytes(program.written), [burst.place for burst in bursts]
    moments = find_last_changes(written, program.arrivals, places, area)
    begun = [_find_key(program, burst) for burst in bursts]
    return [
        (moment - key) * 1_000
        for moment, key in zip(moments, begun, strict=True)
        if moment is not None
    ]


def _find_key(program: Program, burst: Burst) -> float:
    """Return the moment of the key that a burst is the response to."""
    first = next(moment for moment, length in program.arrivals if length > burst.begin)
    return first - burst.first


def _press_and_rest(program: Program, keys: str) -> Burst:
    """Press keys and wait until all that follows is drawn."""
    return program.press(keys, quiet=0.3)


def measure_opening(kind: MeasuredProgram, threads: int = 8) -> list[float]:
    """Go down one row and open its conversation, each for the first time.

    Opening marks the conversation as read, which changes the list a moment later; only
    the drawing of the messages counts.

    Args:
        kind: Program with a list of long conversations.
        threads: How many to open.

    Returns:
        Milliseconds for each conversation.
    """
    with kind.run_settled() as program:
        bursts = [_press_and_rest(program, "j\r") for _ in range(threads)]
        return measure_area(program, bursts, MESSAGES)


def measure_opening_of_peer(kind: MeasuredProgram, times: int = 8) -> list[float]:
    """Open the first mail again and again.

    Args:
        kind: Program whose first mail has 10,000 lines.
        times: How often to open it.

    Returns:
        Milliseconds for each time.
    """
    with kind.run_settled() as program:
        found = []
        for _ in range(times):
            found.append(_press_and_rest(program, "\r").milliseconds)
            program.press(kind.get_key("close", "q"), quiet=0.3)
        return found


def measure_paging(kind: MeasuredProgram, pages: int = 20) -> list[Burst]:
    """Page up through a long conversation.

    Args:
        kind: Program with a list of long conversations.
        pages: How many pages.
    """
    with kind.run_settled() as program:
        program.press("\r")
        program.wait_until_quiet(_PAUSE)
        return [program.press("\x1b[5~") for _ in range(pages)]


def measure_typing(
    kind: MeasuredProgram, text: str, load: Sequence[str] = ()
) -> tuple[list[Burst], float]:
    """Type into the composer, optionally under load; return the CPU share too.

    Args:
        kind: Inbox.
        text: What to type.
        load: Module that changes the inbox meanwhile, with its arguments.
    """
    with kind.run_settled() as program:
        program.press("r")
        program.wait_until_quiet(_PAUSE)
        with ExitStack() as stack:
            if load:
                stack.enter_context(Program([sys.executable, "-m", *load]))
                program.watch(2.0)
            begun, cpu = time.perf_counter(), program.read_cpu_seconds()
            found = [_type_character(program, key, bool(load)) for key in text]
            share = (program.read_cpu_seconds() - cpu) / (time.perf_counter() - begun)
            return found, share


def _type_character(program: Program, key: str, under_load: bool) -> Burst:
    """Type one character; under load count only the write that shows it."""
    if under_load:
        begun = time.perf_counter()
        return program.press_until(key, key.encode(), rest=max(0.0, 0.11 - (begun % 0.03)))
    return program.press(key)
