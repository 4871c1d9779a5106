"""This machine: Python, SQLite, and the terminal the inbox is to be shown on."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterator, Mapping

from tui import __version__
from tui.doctor.finding import Finding, good, note
from tui.wiring import plain_terminal

_SOUND_SQLITE = (3, 51, 3)
"""From here on without the race between two connections that reset the write-ahead log."""
_SMALLEST = (80, 24)


def python() -> Finding:
    """Which Python and which smsdesk run."""
    return good("python", f"smsdesk {__version__} on Python {platform.python_version()}")


def sqlite(version: str = sqlite3.sqlite_version) -> Finding:
    """Whether SQLite has the WAL-reset race."""
    if tuple(int(part) for part in version.split(".")[:3]) >= _SOUND_SQLITE:
        return good("sqlite", f"SQLite {version}")
    return note(
        "sqlite",
        f"SQLite {version} has the rare WAL-reset race of versions before 3.51.3; smsdesk keeps "
        "clear of it: only one process at a time checkpoints",
        "let no other program write to the inbox file; update Python's SQLite when you can",
    )


def terminal(environ: Mapping[str, str]) -> Iterator[Finding]:
    """What the terminal can show."""
    if not sys.stdout.isatty():
        yield note("terminal", "the output is no terminal: run it where the inbox is to be opened")
        return
    name = environ.get("TERM", "")
    if name in ("", "dumb"):
        mend = "smsdesk --plain works in lines; for the screen set TERM to the terminal's name"
        yield note("terminal", f"TERM is {name or 'not set'}: no screen can be drawn", mend)
    yield _colours(environ, name)
    yield _letters(environ)
    yield _size()


def _colours(environ: Mapping[str, str], name: str) -> Finding:
    """How many colours there are."""
    if environ.get("NO_COLOR"):
        return note("colours", "NO_COLOR is set: the inbox is shown without colours")
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return good("colours", f"{name} with 16 million colours")
    if "256" in name:
        return good("colours", f"{name} with 256 colours")
    return good("colours", f"{name} with 16 colours; theme terminal suits it best")


def _letters(environ: Mapping[str, str]) -> Finding:
    """Whether more than ASCII can be shown."""
    if plain_terminal(environ):
        mend = "set LANG to a UTF-8 locale, for example C.UTF-8"
        return note("letters", "no UTF-8: badges and borders are plain ASCII", mend)
    return good("letters", "UTF-8")


def _size() -> Finding:
    """Whether the inbox has room."""
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    if not columns or not lines:
        return note("size", "the terminal does not tell its size")
    if columns < _SMALLEST[0] or lines < _SMALLEST[1]:
        return note("size", f"{columns}×{lines} cells: the inbox is made for 80×24 and more")
    return good("size", f"{columns}×{lines} cells")
