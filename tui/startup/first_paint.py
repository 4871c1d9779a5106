"""Paint the list once before anything that draws screens is imported.

Importing that code takes longer than all the rest together. Meanwhile the agent sees who is
waiting, and typed keys are neither lost nor echoed: they stay in the terminal until the desk can
read them.
"""

import contextlib
import os
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence

from tui.desk import cells, format
from tui.desk.badges import UNREAD_MARK
from tui.domain.text import one_line
from tui.settings.public import Preferences
from tui.store.glimpse import ConversationPreview, is_outdated, read_top_conversations
from tui.terminal.ascii_fallback import to_ascii

_ENTER_SCREEN = "\x1b[?1049h\x1b[?25l"
_LEAVE_SCREEN = "\x1b[?1049l\x1b[?25h"
COLOURS = {
    "dark": ("#D8DEE9", "#12161C"),
    "light": ("#20262E", "#FAFBFC"),
    "high-contrast": ("#FFFFFF", "#000000"),
}
"""Foreground and background of each theme; other themes use the terminal's own."""
_LIST_WIDTH = 42
_WIDE_COLUMNS = 104
"""Columns from which on there is room for a conversation beside the list."""
_LINES_AROUND_LIST = 4
"""Lines that do not belong to the list: status, keys, and its border."""


@contextlib.contextmanager
def show_first_paint(
    preferences: Preferences, now: int, environ: Mapping[str, str]
) -> Iterator[None]:
    """Show the top of the list, and restore the terminal at the end of the block.

    Show nothing if the schema has to be brought up to date: its progress needs the terminal.

    Args:
        preferences: Settings of the desk, which name the database and the theme.
        now: Current time in milliseconds since 1970, UTC.
        environ: Environment variables.
    """
    if not _can_paint(preferences, environ) or is_outdated(preferences.database):
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        _disable_echo(before)
        size = os.get_terminal_size(sys.stdout.fileno())
        rows = read_top_conversations(preferences.database, (size.lines - _LINES_AROUND_LIST) // 2)
        _write_now(
            _ENTER_SCREEN
            + render_rows(rows, preferences.theme, size, now, ascii=bool(preferences.ascii))
        )
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
        _write_now(_LEAVE_SCREEN)


def _can_paint(preferences: Preferences, environ: Mapping[str, str]) -> bool:
    """Return whether there is a terminal that can show the list, and an account to show."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return terminal and bool(preferences.accounts) and environ.get("TERM", "dumb") != "dumb"


def _disable_echo(before: list[int | list[bytes | int]]) -> None:
    """Switch off the echo of typed keys, and pass them on without waiting for Enter."""
    attributes = termios.tcgetattr(sys.stdin)
    assert isinstance(before[3], int)
    attributes[3] = before[3] & ~(termios.ECHO | termios.ICANON)
    # TCSANOW, not TCSAFLUSH: keys that were typed already must not be lost.
    termios.tcsetattr(sys.stdin, termios.TCSANOW, attributes)


def _write_now(sequence: str) -> None:
    """Write to the terminal at once; replace characters its encoding does not have."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.flush()
    os.write(sys.stdout.fileno(), sequence.encode(encoding, "replace"))


def render_rows(
    rows: Sequence[ConversationPreview],
    theme: str,
    size: os.terminal_size,
    now: int,
    *,
    ascii: bool = False,
) -> str:
    """Return the sequence that paints the rows where the list will show them.

    The cursor ends in the top left corner.

    Args:
        rows: First conversations of the list.
        theme: Name of the theme in the settings.
        size: Size of the terminal in columns and lines.
        now: Current time in milliseconds since 1970, UTC.
        ascii: Whether to write ASCII only.
    """
    width = (_LIST_WIDTH if size.columns >= _WIDE_COLUMNS else size.columns) - 2
    colours = _colour_sequence(theme)
    parts = [f"\x1b[0m{colours}\x1b[2J"]
    for place, row in enumerate(rows[: (size.lines - _LINES_AROUND_LIST) // 2]):
        line = 3 + place * 2
        title, preview = _format_row(row, width, now)
        if ascii:
            title, preview = to_ascii(title), to_ascii(preview)
        weight = "\x1b[1m" if row.unread else ""
        parts.append(f"\x1b[{line};2H{weight}{title}\x1b[0m{colours}\x1b[{line + 1};2H{preview}")
    return "".join([*parts, "\x1b[0m\x1b[H"])


def _format_row(row: ConversationPreview, width: int, now: int) -> tuple[str, str]:
    """Return the two lines of a conversation: title with age, and preview."""
    age = f" {format.format_age(row.since, now):>4} "
    title = cells.fit_cells(one_line(row.title, 60), width - 3 - len(age))
    text = one_line(("You: " if row.ours else "") + row.preview, 160)
    return (
        f" {UNREAD_MARK.shape if row.unread else ' '} {title}{age}",
        f"   {cells.fit_cells(text, width - 4)} ",
    )


def _colour_sequence(theme: str) -> str:
    """Return the sequence that sets a theme's colours; empty for an unknown theme."""
    if theme not in COLOURS:
        return ""
    codes = [
        f"{layer};2;{';'.join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))}"
        for layer, colour in zip((38, 48), COLOURS[theme], strict=True)
    ]
    return f"\x1b[{';'.join(codes)}m"
