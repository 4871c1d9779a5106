"""Measure a search over all messages while the text is typed."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.ui import stores
from tests.bench.ui.emulator import Area, Emulator
from tests.bench.ui.measures import measure_area
from tests.bench.ui.programs import inbox_program
from tests.bench.ui.terminal import Program

_WORDS = ("order 312", "invoice 125", "zamow 23", "code 30", "appointment 24")
"""The numbers make every key find other messages."""
_CHARACTERS = "aeioustrnlcdpmb"
_REST = 0.45
"""Seconds after a key within which a search has to end."""
_BACKSPACE = "\x7f"


@dataclass(frozen=True, slots=True)
class SearchTimes:
    """Milliseconds from each key to the last change of the list of hits."""

    words: list[float]
    characters: list[float]
    """Of the first character in an empty field."""


def measure_search(path: Path, rest: float = _REST) -> SearchTimes:
    """Type words, and single characters, into the search over all messages.

    Args:
        path: File of the inbox.
        rest: Seconds from one key to the next.
    """
    with inbox_program(path).run_settled() as program:
        program.press_and_watch("g/", 1.5)
        area = _find_hits(program)
        words, characters = [], []
        for text in _WORDS:
            typed = [program.press_and_watch(key, rest) for key in text]
            words += typed[1:]
            program.press_and_watch(_BACKSPACE * len(text), rest)
        for character in _CHARACTERS:
            characters.append(program.press_and_watch(character, rest))
            program.press_and_watch(_BACKSPACE, rest)
        return SearchTimes(
            measure_area(program, words, area), measure_area(program, characters, area)
        )


def _find_hits(program: Program) -> Area:
    """Return where the hits are: below the field and the line of filters, within the frame."""
    emulator = Emulator()
    emulator.feed(bytes(program.written))
    lines = emulator.read_lines()
    top = next(y for y, line in enumerate(lines) if "─ Search ─" in line)
    left = lines[top].index("╭─ Search ─")
    bottom = next(y for y in range(top + 1, len(lines)) if lines[y][left] == "╰")
    return Area(left + 1, lines[top].index("╮", left), top + 3, bottom)


def measure_queries(path: Path) -> tuple[list[float], list[float]]:
    """Return the ms of the queries alone: of the typed words, and of single characters.

    Args:
        path: File of the inbox.
    """
    return asyncio.run(_time_queries(path))


async def _time_queries(path: Path) -> tuple[list[float], list[float]]:
    """Run each query that typing would run."""
    texts = [text[:end] for text in _WORDS for end in range(2, len(text) + 1)]
    async with stores.open_store(path) as store:

        async def time_query(text: str) -> float:
            """Return the ms of one search."""
            begun = time.perf_counter()
            await store.messages.search_text(text, limit=20)
            return (time.perf_counter() - begun) * 1_000

        await time_query("warm")
        words = [await time_query(text) for text in texts]
        return words, [await time_query(character) for character in _CHARACTERS]
