"""Measure a key that is held down: how far the list is behind, and what a key costs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.ui.emulator import Area, Emulator
from tests.bench.ui.programs import MeasuredProgram
from tests.bench.ui.terminal import COLUMNS, LINES, Program

HERTZ = 30
FRAME_MS = 1_000 / 60
_ROWS, _PEER_ROWS = Area(6, 44), Area(6, COLUMNS)
"""Where the text of a row is; beside our list is a conversation."""
_SAMPLE = range(3, LINES - 5)
"""Lines by which a movement of the list is recognized; the marked row is below them."""
_MOST_LINES = 34
"""How far the list can move in one picture and still be recognized."""


@dataclass(frozen=True, slots=True)
class HeldKey:
    """What a held key did."""

    lags: list[float]
    """Milliseconds from each key to the list that shows it."""
    most_behind: int
    """Keys that the list did not show yet, at most, when the next key came."""
    cpu_ms: float
    """Milliseconds of the processor for each key."""


def measure_held_key(kind: MeasuredProgram, keys: int = 90) -> HeldKey:
    """Hold the key for the next row while the list scrolls.

    Args:
        kind: Program with a list.
        keys: How many keys arrive, 30 a second.
    """
    down = kind.get_key("down", "j")
    with kind.run_settled() as program:
        for _ in range(LINES):
            program.press(down)
        program.wait_until_quiet(0.6)
        begin, cpu = len(program.arrivals), program.read_cpu_seconds()
        pressed = _hold_key(program, down, keys)
        cost = (program.read_cpu_seconds() - cpu) / keys
        program.wait_until_quiet(0.4)
        area = _PEER_ROWS if kind.command else _ROWS
        return _judge_lags(_find_movements(program, begin, area), pressed, cost)


def _hold_key(program: Program, key: str, count: int) -> list[float]:
    """Press a key at the pace of a keyboard; return the moments."""
    pressed, due = [], time.perf_counter()
    for _ in range(count):
        pressed.append(program.send(key))
        due += 1 / HERTZ
        program.watch(due - time.perf_counter())
    return pressed


def _judge_lags(
    shown: Sequence[tuple[float, int]], pressed: Sequence[float], cpu_seconds: float
) -> HeldKey:
    """Compare the moments of the keys with the moments at which the list had moved.

    Args:
        shown: When the list moved, and by how many lines.
        pressed: Moment of each key.
        cpu_seconds: Cost of a key.
    """
    per_row = 2 if sum(by for _, by in shown) > 1.5 * len(pressed) else 1
    moments: list[float] = []
    moved = 0
    for moment, by in shown:
        moved += by
        moments += [moment] * (moved // per_row - len(moments))
    lags = [(seen - key) * 1_000 for key, seen in zip(pressed, moments, strict=False)]
    behind = [
        sum(key < now for key in pressed) - sum(seen <= now for seen in moments)
        for now in pressed[1:]
    ]
    assert len(moments) >= len(pressed) * 0.95, f"{len(moments)} of {len(pressed)} keys were seen"
    return HeldKey(lags, max(behind), cpu_seconds * 1_000)


def _find_movements(program: Program, begin: int, area: Area) -> list[tuple[float, int]]:
    """Return when the list moved, and by how many lines."""
    emulator, done = Emulator(), program.arrivals[begin - 1][1]
    emulator.feed(bytes(program.written[:done]))
    known, found = emulator.read_lines(area), []
    for moment, end in program.arrivals[begin:]:
        emulator.feed(bytes(program.written[done:end]))
        done, now = end, emulator.read_lines(area)
        by = _find_shift(known, now)
        if by:
            found.append((moment, by))
            known = now
    return found


def _find_shift(old: Sequence[str], new: Sequence[str]) -> int:
    """Return by how many lines the list moved up; 0 also while only a part of it is drawn."""
    for by in range(_MOST_LINES):
        if all(new[y] == old[y + by] for y in _SAMPLE if y + by in _SAMPLE):
            return by
    return 0
