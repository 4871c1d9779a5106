"""A first picture of the list, before anything that draws screens is imported.

Importing that takes longer than all else together. Meanwhile the agent sees who waits, and what is
typed already is neither lost nor echoed: it waits in the terminal until the desk can take it.
"""

import contextlib
import os
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence

from tui import present
from tui.domain.text import one_line
from tui.settings.desk import Desk
from tui.store.glimpse import Glimpse, glimpse
from tui.terminal.signs import plain

_ENTER = "\x1b[?1049h\x1b[?25l"
_LEAVE = "\x1b[?1049l\x1b[?25h"
COLOURS = {
    "dark": ("#D8DEE9", "#12161C"),
    "light": ("#20262E", "#FAFBFC"),
    "high-contrast": ("#FFFFFF", "#000000"),
}
"""Foreground and background of the themes; of others the terminal's own."""
_LIST_WIDTH = 42
_WIDE = 104
"""From so many columns on there is room for a conversation beside the list."""
_AROUND = 4
"""Lines that are not the list's: status, keys, and its border."""


@contextlib.contextmanager
def glance(desk: Desk, now: int, environ: Mapping[str, str]) -> Iterator[None]:
    """Show the top of the list; at the end of the block the terminal is as it was."""
    if not _can_show(desk, environ):
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        _keep_quiet(before)
        size = os.get_terminal_size(sys.stdout.fileno())
        rows = glimpse(desk.database, (size.lines - _AROUND) // 2)
        _write(_ENTER + picture(rows, desk.theme, size, now, ascii=bool(desk.ascii)))
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
        _write(_LEAVE)


def _can_show(desk: Desk, environ: Mapping[str, str]) -> bool:
    """Whether there is a terminal that can show it, and a desk to be shown."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return terminal and bool(desk.accounts) and environ.get("TERM", "dumb") != "dumb"


def _keep_quiet(before: list[int | list[bytes | int]]) -> None:
    """Do not echo what is typed, and do not wait for the end of its line."""
    quiet = termios.tcgetattr(sys.stdin)
    assert isinstance(before[3], int)
    quiet[3] = before[3] & ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(sys.stdin, termios.TCSANOW, quiet)


def _write(sequence: str) -> None:
    """Write to the terminal now; what its locale cannot say is replaced."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.flush()
    os.write(sys.stdout.fileno(), sequence.encode(encoding, "replace"))


def picture(
    rows: Sequence[Glimpse], theme: str, size: os.terminal_size, now: int, *, ascii: bool = False
) -> str:
    """The sequence that paints the rows where the list will have them, the cursor at home."""
    width = (_LIST_WIDTH if size.columns >= _WIDE else size.columns) - 2
    pen = _pen(theme)
    parts = [f"\x1b[0m{pen}\x1b[2J"]
    for place, row in enumerate(rows[: (size.lines - _AROUND) // 2]):
        line = 3 + place * 2
        title, preview = _row(row, width, now)
        if ascii:
            title, preview = plain(title), plain(preview)
        weight = "\x1b[1m" if row.unread else ""
        parts.append(f"\x1b[{line};2H{weight}{title}\x1b[0m{pen}\x1b[{line + 1};2H{preview}")
    return "".join([*parts, "\x1b[0m\x1b[H"])


def _row(row: Glimpse, width: int, now: int) -> tuple[str, str]:
    """Title with age, and preview."""
    age = f" {present.age(row.since, now):>4} "
    title = present.fit(one_line(row.title, 60), width - 3 - len(age))
    words = one_line(("You: " if row.ours else "") + row.preview, 160)
    return f" {'●' if row.unread else ' '} {title}{age}", f"   {present.fit(words, width - 4)} "


def _pen(theme: str) -> str:
    """The sequence for a theme's colours."""
    if theme not in COLOURS:
        return ""
    codes = [
        f"{layer};2;{';'.join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))}"
        for layer, colour in zip((38, 48), COLOURS[theme], strict=True)
    ]
    return f"\x1b[{';'.join(codes)}m"
