"""Measure the start: first rows, the complete screen, and the first key that has an effect."""

from collections.abc import Callable

from tests.bench.ui.emulator import Emulator, find_moment
from tests.bench.ui.programs import KEY_BAR, MeasuredProgram
from tests.bench.ui.terminal import Program

_COMPLETE = 0.95
"""Share of the final characters from which on the screen counts as complete."""
_REST = 0.7
"""Seconds without output after which the screen is final."""


def measure_first_rows(kind: MeasuredProgram) -> float:
    """Return the ms from exec to the text that shows that a program can be read.

    Args:
        kind: Program.
    """
    with kind.create_program() as program:
        return program.wait_until_readable(kind.readable) * 1_000


def measure_complete_screen(kind: MeasuredProgram) -> float:
    """Return the ms from exec to the real screen, with its key bar and all panes filled.

    The first picture shows only the list. So the screen that is there when the program rests is
    the measure: it counts as complete when its key bar is drawn and nearly all of its text.

    Args:
        kind: Inbox that is started by the command.
    """
    with kind.create_program() as program:
        program.wait_until_readable(KEY_BAR)
        program.wait_until_quiet(_REST, timeout=5.0)
        final = Emulator()
        final.feed(bytes(program.written))
        lines = final.read_lines()
        wanted = {
            (x, y): character
            for y, line in enumerate(lines)
            for x, character in enumerate(line)
            if character != " "
        }

        def is_complete(emulator: Emulator) -> bool:
            """Return whether the key bar and nearly all other text is there."""
            shown = emulator.read_lines()
            if KEY_BAR not in shown[-1]:
                return False
            same = sum(shown[y][x : x + 1] == text for (x, y), text in wanted.items())
            return same >= _COMPLETE * len(wanted)

        return _find_milliseconds(program, is_complete)


def measure_first_key(kind: MeasuredProgram) -> float:
    """Return the ms from exec to the effect of a `j` that is pressed as soon as rows are readable.

    Args:
        kind: Inbox that is started by the command.
    """
    with kind.create_program() as program:
        program.wait_until_readable(kind.readable)
        program.send("j")
        program.wait_until_readable(KEY_BAR)
        program.wait_until_quiet(_REST, timeout=5.0)

        def is_on_second_row(emulator: Emulator) -> bool:
            """Return whether only the second row of the list is marked by its background."""
            first, second, third = (emulator.read_background(3, y) for y in (2, 4, 6))
            return KEY_BAR in emulator.read_lines()[-1] and first == third != second

        return _find_milliseconds(program, is_on_second_row)


def _find_milliseconds(program: Program, is_reached: Callable[[Emulator], bool]) -> float:
    """Return the ms from exec until the screen fulfils a condition."""
    moment = find_moment(bytes(program.written), program.arrivals, is_reached)
    assert moment is not None, "the screen never became what was expected"
    return (moment - program.started) * 1_000
