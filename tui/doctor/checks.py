"""Define the result of a check, and check this machine: Python, SQLite and the terminal."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum

from tui import __version__
from tui.domain.record_type import record
from tui.startup.wiring import is_ascii_terminal


class Verdict(StrEnum):
    """Outcome of a check."""

    GOOD = "good"
    NOTE = "note"
    """Works, but the user should know about it."""
    BAD = "bad"


@record
class CheckResult:
    """Result of one check."""

    subject: str
    verdict: Verdict
    line: str
    """State in one line; it may contain text from outside."""
    # The field's name is the key in `smsdesk doctor --json`.
    fix: str = ""
    """How to fix it; empty if nothing is to be done."""
    details: tuple[str, ...] = ()
    """Lines to be copied, each of them whole."""


def report_good(subject: str, line: str) -> CheckResult:
    """Return the result of a check that passed.

    Args:
        subject: What was checked.
        line: State in one line.
    """
    return CheckResult(subject, Verdict.GOOD, line)


def report_note(subject: str, line: str, fix: str = "") -> CheckResult:
    """Return a result that works but is worth knowing.

    Args:
        subject: What was checked.
        line: State in one line.
        fix: How to fix it; empty if nothing is to be done.
    """
    return CheckResult(subject, Verdict.NOTE, line, fix)


def report_bad(subject: str, line: str, fix: str = "") -> CheckResult:
    """Return the result of a check that failed.

    Args:
        subject: What was checked.
        line: State in one line.
        fix: How to fix it; empty if no fix is known.
    """
    return CheckResult(subject, Verdict.BAD, line, fix)


_FIXED_SQLITE = (3, 51, 3)
"""First version without the race between two connections that reset the write-ahead log."""
_MIN_SIZE = (80, 24)
"""Smallest terminal that the inbox is made for: columns and lines."""


def check_python() -> CheckResult:
    """Return which versions of Python and smsdesk run."""
    return report_good("python", f"smsdesk {__version__} on Python {platform.python_version()}")


def check_sqlite(version: str = sqlite3.sqlite_version) -> CheckResult:
    """Check whether SQLite has the WAL-reset race.

    Args:
        version: Version as SQLite reports it, such as "3.45.1".
    """
    if tuple(int(part) for part in version.split(".")[:3]) >= _FIXED_SQLITE:
        return report_good("sqlite", f"SQLite {version}")
    return report_note(
        "sqlite",
        f"SQLite {version} has the rare WAL-reset race of versions before 3.51.3; smsdesk keeps "
        "clear of it: only one process at a time checkpoints",
        "let no other program write to the inbox file; update Python's SQLite when you can",
    )


def check_terminal(environ: Mapping[str, str]) -> Iterator[CheckResult]:
    """Check what the terminal can show.

    Args:
        environ: Environment variables of the process.
    """
    if not sys.stdout.isatty():
        yield report_note(
            "terminal", "the output is no terminal: run it where the inbox is to be opened"
        )
        return
    name = environ.get("TERM", "")
    if name in ("", "dumb"):
        fix = "smsdesk --plain works in lines; for the screen set TERM to the terminal's name"
        yield report_note("terminal", f"TERM is {name or 'not set'}: no screen can be drawn", fix)
    yield _check_colours(environ, name)
    yield _check_encoding(environ)
    yield _check_size()


def _check_colours(environ: Mapping[str, str], name: str) -> CheckResult:
    """Return how many colours the terminal has."""
    if environ.get("NO_COLOR"):
        return report_note("colours", "NO_COLOR is set: the inbox is shown without colours")
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return report_good("colours", f"{name} with 16 million colours")
    if "256" in name:
        return report_good("colours", f"{name} with 256 colours")
    return report_good("colours", f"{name} with 16 colours; theme terminal suits it best")


def _check_encoding(environ: Mapping[str, str]) -> CheckResult:
    """Check whether characters outside ASCII can be shown."""
    if is_ascii_terminal(environ):
        fix = "set LANG to a UTF-8 locale, for example C.UTF-8"
        return report_note("characters", "no UTF-8: badges and borders are plain ASCII", fix)
    return report_good("characters", "UTF-8")


def _check_size() -> CheckResult:
    """Check whether the terminal is large enough for the inbox."""
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    if not columns or not lines:
        return report_note("size", "the terminal does not report its size")
    if columns < _MIN_SIZE[0] or lines < _MIN_SIZE[1]:
        return report_note("size", f"{columns}×{lines} cells: the inbox is made for 80×24 and more")
    return report_good("size", f"{columns}×{lines} cells")
