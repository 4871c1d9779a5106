"""Paint the list once before anything that draws screens is imported.

Importing that code takes longer than all the rest together. Meanwhile the agent sees who is
waiting, cell for cell as the app will show it, and typed keys are neither lost nor echoed: they
stay in the terminal until the desk can read them.
"""

import contextlib
import json
import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from tui.desk import thread_row
from tui.desk.cells import fit_cells
from tui.desk.thread_row import RowPart, RowState
from tui.domain.conversation import ListGlimpse, View
from tui.domain.views import describe_empty_view, format_view_name
from tui.settings.public import Preferences
from tui.startup.kept_shapes import use_kept_shapes
from tui.startup.wiring import is_ascii_terminal
from tui.store.sqlite.glimpse import is_outdated, read_open_list
from tui.terminal import modes
from tui.terminal.ascii_text import to_ascii
from tui.terminal.modes import ENTER_SCREEN, MODES, keep_terminal

_LIST_WIDTHS = ((150, 56), (104, 42))
"""Columns of the list, by the least width of a terminal that has more than the list."""
_BORDER_LINES = 2
_LINES_AROUND_LIST = 4
"""Lines that do not belong to the list: status, keys, and its border."""
STYLES_FILE = Path(__file__).with_name("list_styles.json")
"""Styles of the list in each theme; `python -m tests.startup.list_styles` prints them."""
_VIEW = View()
"""The list that the app begins with."""


@contextlib.contextmanager
def show_first_paint(
    preferences: Preferences, now: int, environ: Mapping[str, str]
) -> Iterator[None]:
    """Show the top of the list, and restore the terminal at the end of the block.

    Show nothing if the schema has to be brought up to date: its progress needs the terminal. The
    list of an inbox on a server is the one that the last desk of this agent has kept.

    Args:
        preferences: Settings of the desk, which name the database and the theme.
        now: Current time in milliseconds since 1970, UTC.
        environ: Environment variables.
    """
    read = _find_list(preferences, now, environ) if _can_paint(preferences, environ) else None
    if read is None:
        yield
        return
    with keep_terminal():
        show = partial(_show_list, read, preferences, now, environ)
        # Until the app has its own: a stop gives the terminal back, and a new size is painted.
        signal.signal(signal.SIGTSTP, lambda *_: _stop())
        signal.signal(signal.SIGCONT, lambda *_: show())
        signal.signal(signal.SIGWINCH, lambda *_: show())
        show()
        yield


def _can_paint(preferences: Preferences, environ: Mapping[str, str]) -> bool:
    """Return whether there is a terminal that can show the list, and an account to show."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and not modes.has_other_driver(environ)
    return terminal and bool(preferences.accounts) and environ.get("TERM", "dumb") != "dumb"


def _find_list(
    preferences: Preferences, now: int, environ: Mapping[str, str]
) -> Callable[[int], ListGlimpse] | None:
    """Return what reads a number of rows of the list, or None if it cannot be shown yet."""
    database = preferences.database
    if isinstance(database, Path):
        if is_outdated(database):
            return None
        return partial(read_open_list, database, preferences.agent)
    from tui.store.postgres.kept_window import find_kept_file, read_kept_list

    file = find_kept_file(database, preferences.agent, environ)
    kept = read_kept_list(file, now) if file is not None else None
    return None if kept is None else lambda limit: kept._replace(rows=kept.rows[:limit])


def _show_list(
    read: Callable[[int], ListGlimpse],
    preferences: Preferences,
    now: int,
    environ: Mapping[str, str],
) -> None:
    """Take the terminal and paint the list in its present size."""
    # Recorded first, so that a signal that comes in between finds something to give back.
    MODES.has_screen = True
    with contextlib.suppress(termios.error, OSError):  # the terminal has vanished
        _hold_keys()
        size = os.get_terminal_size(sys.stdout.fileno())
        glimpse = read(size.lines)
        with use_kept_shapes(environ):
            picture = render_list(glimpse, preferences, size, now, environ)
        _write_now(ENTER_SCREEN + picture)


def _stop() -> None:
    """Give the terminal back and stop until SIGCONT comes."""
    MODES.restore()
    os.kill(os.getpid(), signal.SIGSTOP)


def _hold_keys() -> None:
    """Switch off the echo of typed keys, and keep each as it was typed."""
    attributes: modes.Attributes = termios.tcgetattr(sys.stdin)
    input_flags, local_flags = attributes[0], attributes[3]
    assert isinstance(input_flags, int) and isinstance(local_flags, int)
    # Without ICRNL, which would turn Enter into Ctrl+J, and IXON, by which Ctrl+S stops output.
    attributes[0] = input_flags & ~(
        termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF
    )
    attributes[3] = local_flags & ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    # TCSANOW, not TCSAFLUSH: keys that were typed already must not be lost.
    termios.tcsetattr(sys.stdin, termios.TCSANOW, attributes)


def _write_now(sequence: str) -> None:
    """Write to the terminal at once; replace characters its encoding does not have."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.flush()
    os.write(sys.stdout.fileno(), sequence.encode(encoding, "replace"))


def render_list(
    glimpse: ListGlimpse,
    preferences: Preferences,
    size: os.terminal_size,
    now: int,
    environ: Mapping[str, str],
) -> str:
    """Return the sequence that paints the list where the app will show it.

    The cursor ends in the top left corner.

    Args:
        glimpse: What the list shows.
        preferences: Settings of the desk: agent, theme and ASCII.
        size: Size of the terminal in columns and lines.
        now: Current time in milliseconds since 1970, UTC.
        environ: Environment variables, which say what the terminal can show.
    """
    ascii = preferences.ascii if preferences.ascii is not None else is_ascii_terminal(environ)
    painter = _Painter(preferences.theme, environ, ascii=ascii)
    width = next((w for least, w in _LIST_WIDTHS if size.columns >= least), size.columns)
    height = size.lines - _LINES_AROUND_LIST
    parts = [f"{painter.start_style('')}\x1b[2J"]
    if height > 0 and width > _BORDER_LINES:
        lines = _render_lines(glimpse, painter, width - _BORDER_LINES, height, now)
        title = format_view_name(_VIEW, preferences.agent, glimpse.total)
        framed = _frame_lines(lines, painter, width, title, _VIEW.order.value)
        parts += [f"\x1b[{line};1H{text}" for line, text in enumerate(framed, 2)]
    return "".join([*parts, "\x1b[0m\x1b[H"])


def _render_lines(
    glimpse: ListGlimpse, painter: "_Painter", width: int, height: int, now: int
) -> list[str]:
    """Return the lines of the list, each in `width` cells with the scroll bar in the last one."""
    bar = _render_scroll_bar(glimpse.total, painter, height)
    lines: list[str] = []
    for place, row in enumerate(glimpse.rows[: (height + 1) // 2]):
        state = RowState(now, painter.ascii, has_draft=row.id in glimpse.drafted_ids)
        base = "list--cursor" if place == 0 else ""
        for line in (thread_row.format_title_line, thread_row.format_preview_line):
            lines.append(painter.draw(line(row, state, width - 1), base))
    lines += [painter.draw([(" " * (width - 1), "")])] * (height - len(lines))
    shown = [line + cell for line, cell in zip(lines[:height], bar, strict=True)]
    if not glimpse.rows:
        text = describe_empty_view(_VIEW).center(width)
        shown[height // 2] = painter.draw([(fit_cells(text, width), "thread--preview")])
    return shown


def _render_scroll_bar(total: int, painter: "_Painter", height: int) -> list[str]:
    """Return the cells that show how much of the list is visible."""
    visible = max(1, height // 2)
    if total <= visible:
        return [painter.draw([(" ", "")])] * height
    thumb = max(1, height * visible // total)
    track = painter.draw([(" ", "list--track")])
    return [painter.draw([(" ", "list--thumb")])] * thumb + [track] * (height - thumb)


def _frame_lines(
    lines: Sequence[str], painter: "_Painter", width: int, title: str, subtitle: str
) -> list[str]:
    """Return the lines with the border of the list around them."""
    corners, across, down = ("++++", "-", "|") if painter.ascii else ("╭╮╰╯", "─", "│")
    side = painter.draw([(down, "border")])
    texts = [f" {text} " if len(text) + 6 <= width else "" for text in (title, subtitle)]
    fill = [across * (width - 3 - len(text)) for text in texts]
    top = [(corners[0] + across, "border"), (texts[0], "title"), (fill[0] + corners[1], "border")]
    bottom = [
        (corners[2] + fill[1], "border"),
        (texts[1], "subtitle"),
        (across + corners[3], "border"),
    ]
    # At its place: terminals disagree about the width of emoji before it.
    end = f"\x1b[{width}G{side}"
    return [painter.draw(top), *(f"{side}{line}{end}" for line in lines), painter.draw(bottom)]


class _Painter:
    """Draw texts in the styles of a theme, as far as the terminal has colours."""

    def __init__(self, theme: str, environ: Mapping[str, str], *, ascii: bool) -> None:
        """Create a painter.

        Args:
            theme: Name of the theme in the settings.
            environ: Environment variables, which say which colours the terminal has.
            ascii: Whether to write our own characters in ASCII.
        """
        self.ascii = ascii
        self._has_colours = not environ.get("NO_COLOR")
        themes: dict[str, dict[str, str]] = json.loads(STYLES_FILE.read_text("utf-8"))
        self._styles = themes.get(theme if self._has_colours else "terminal", {})
        self._depth = find_colour_depth(environ)

    def draw(self, parts: Sequence[RowPart], base: str = "") -> str:
        """Return the sequence that writes texts in their styles.

        Args:
            parts: Texts with their styles.
            base: Style of the row.
        """
        return "".join(
            self.start_style(style, base) + (to_ascii(text) if self.ascii else text)
            for text, style in parts
            if text
        )

    def start_style(self, name: str, base: str = "") -> str:
        """Return the sequence that sets a style on that of the row.

        Args:
            name: Name of the style; empty for the row's own.
            base: Style of the row.
        """
        row_codes = self._parse(base)
        attributes, foreground, background = self._parse(name) if name else row_codes
        if name and base:
            background = row_codes[2]
            if "7" in row_codes[0]:
                # As in `widgets.styled.overlay_style`: on a reversed row only bold is kept.
                foreground = row_codes[1]
                attributes = [*(["1"] if "1" in attributes else []), *row_codes[0]]
        return f"\x1b[{';'.join(['0', *attributes, *foreground, *background])}m"

    def _parse(self, name: str) -> tuple[list[str], list[str], list[str]]:
        """Return the SGR codes of a style: attributes, foreground and background."""
        front, _, background = self._styles.get(name, "default on default").partition(" on ")
        *words, foreground = front.split(" ")
        return (
            [_ATTRIBUTES[word] for word in words],
            self._to_codes(foreground, is_foreground=True),
            self._to_codes(background, is_foreground=False),
        )

    def _to_codes(self, colour: str, *, is_foreground: bool) -> list[str]:
        """Return the SGR codes of a colour, reduced to those that the terminal has."""
        if not self._has_colours or colour == "default":
            return []
        if self._depth == "truecolor" and colour.startswith("#"):
            values = (str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))
            return ["38" if is_foreground else "48", "2", *values]
        # Late, as its import takes longer than the whole picture on most terminals.
        from rich.color import Color, ColorSystem

        system = {"standard": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}.get(self._depth)
        found = Color.parse(colour).downgrade(system or ColorSystem.TRUECOLOR)
        return list(found.get_ansi_codes(is_foreground))


_ATTRIBUTES = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "reverse": "7"}


def find_colour_depth(environ: Mapping[str, str]) -> str:
    """Return "truecolor", "256" or "standard", as the app's library decides it.

    Args:
        environ: Environment variables.
    """
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return "truecolor"
    kind = environ.get("TERM", "").strip().lower().rpartition("-")[2]
    return "256" if kind in ("256color", "kitty") else "standard"
