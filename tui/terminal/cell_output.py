"""Write cells at their places with as few bytes as possible.

Where the cursor is and which style is set is known from one frame to the next. Cells of one style
are written together, wherever they are: a move takes fewer bytes than a colour.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.terminal.cell_styles import DEFAULT_STYLE, CellStyle, change_style

_SAVE, _RESTORE = "\x1b7", "\x1b8"
"""DECSC and DECRC: place and style of the cursor."""
_RESET = "\x1b[0m\x1b[r"
"""Default style, and the whole screen as the part that scrolls: others may leave another one."""
_LEAST_ERASED = 6
"""Blanks at the end of a text that are cheaper to erase than to write."""
_ERASABLE = re.compile(rf" {{{_LEAST_ERASED},}}$")
_CHEAP_STYLE = 8
"""Bytes of a colour up to which it is not worth a move to write cells by their style."""
Place = tuple[int, int]
"""Column and line, from 0."""


class Piece(NamedTuple):
    """Cells of one style beside each other."""

    y: int
    x: int
    text: str
    style: CellStyle | None
    """Style of the cells; None for a complete sequence that ends in the default style."""


class CellOutput:
    """What is written to the terminal in one frame after another."""

    def __init__(self, width: int, *, xterm_like: bool) -> None:
        """Create the output of a terminal in an unknown state.

        Args:
            width: Columns of the terminal.
            xterm_like: Whether erased cells get the background that is set, and the cursor can be
                saved without harm to the one that is saved with the alternate screen.
        """
        self._width = width
        self._xterm_like = xterm_like
        self._parts: list[str] = [_RESET]
        self._style = DEFAULT_STYLE
        self._place: Place | None = None

    def scroll_lines(self, top: int, bottom: int, by: int) -> None:
        """Move the lines of a part of the screen; which cells are new there is not defined.

        Args:
            top: First line.
            bottom: Last line.
            by: Lines to move up; negative for down.
        """
        move = f"\x1b[{by}S" if by > 0 else f"\x1b[{-by}T"
        self._parts.append(f"\x1b[{top + 1};{bottom + 1}r{move}\x1b[r")
        self._place = None

    def write_pieces(self, pieces: Sequence[Piece], cursor: Place | None) -> None:
        """Write pieces, and put the cursor where it is seen.

        The line of the cursor comes first. What else has changed is written from there, so that
        place and style need not be written again for the next character.

        Args:
            pieces: Pieces by line and column.
            cursor: Where the cursor stays; None if that does not matter.
        """
        if cursor is None or not self._xterm_like:
            self._write_by_style(pieces)
            if cursor is not None:
                self._move_cursor(*cursor)
            return
        for piece in (one for one in pieces if one.y == cursor[1]):
            self._write_piece(piece)
        self._move_cursor(*cursor)
        others = [one for one in pieces if one.y != cursor[1]]
        if others:
            style = self._style
            self._parts.append(_SAVE)
            self._write_by_style(others)
            self._parts.append(_RESTORE)
            self._style, self._place = style, cursor

    def take_output(self) -> str:
        """Return what was written since the last time."""
        output, self._parts = "".join(self._parts), []
        return output

    def _write_by_style(self, pieces: Iterable[Piece]) -> None:
        """Write pieces of the same style together, beginning with the one that is set."""
        groups: dict[CellStyle | None, list[Piece]] = {}
        for piece in pieces:
            groups.setdefault(piece.style, []).append(piece)
        for group in self._order_groups(groups):
            for piece in group:
                self._write_piece(piece)

    def _order_groups(self, groups: dict[CellStyle | None, list[Piece]]) -> Iterable[list[Piece]]:
        """Return the groups so that few colours change; cheap colours need no groups."""
        styles = [style for style in groups if style is not None]
        if all(len(s.foreground) + len(s.background) <= _CHEAP_STYLE for s in styles):
            return [sorted(piece for group in groups.values() for piece in group)]
        now = self._style
        styles.sort(
            key=lambda s: (s is not now, s.background != now.background, s.background, s.attributes)
        )
        return [groups.get(None, []), *(groups[style] for style in styles)]

    def _write_piece(self, piece: Piece) -> None:
        """Write one piece at its place."""
        if piece.style is None:
            self._set_style(DEFAULT_STYLE)
            self._move_cursor(piece.x, piece.y)
            self._parts.append(piece.text)
            self._place = None
            return
        self._move_cursor(piece.x, piece.y)
        self._set_style(piece.style)
        text = piece.text
        # Erased cells get the background that is set, also while that is reversed or underlined.
        if self._xterm_like and not (piece.style.shows_blanks or self._style.shows_blanks):
            text = _ERASABLE.sub("", text)
        self._parts.append(text)
        end = piece.x + len(text)
        # After the last column terminals disagree about where the cursor is.
        self._place = (end, piece.y) if end < self._width else None
        if len(text) < len(piece.text):
            self._parts.append(f"\x1b[{len(piece.text) - len(text)}X")

    def _move_cursor(self, x: int, y: int) -> None:
        """Move the cursor to a place by the shortest sequence."""
        if self._place == (x, y):
            return
        move = f"\x1b[{y + 1};{x + 1}H"
        if self._place is not None and self._place[1] == y:
            by = x - self._place[0]
            count = "" if abs(by) == 1 else str(abs(by))
            move = f"\x1b[{count}{'C' if by > 0 else 'D'}"
        self._parts.append(move)
        self._place = (x, y)

    def _set_style(self, wanted: CellStyle) -> None:
        """Set the style of the next cells."""
        if wanted is not self._style:
            sequence, self._style = change_style(self._style, wanted)
            self._parts.append(sequence)
