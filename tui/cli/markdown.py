"""Render the Markdown of the documentation as text for a terminal.

Only what the pages use is understood: headings, paragraphs, lists, tables, blocks of code, `code`,
**bold** and links. A library would cost an import of 0.2 s and would squeeze a table of five
columns into 80 cells; here a table that is too wide becomes a list of its rows.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from tui.cli.show import count_cells

_BOLD, _NORMAL = "\x1b[1m", "\x1b[22m"
_ESCAPE = re.compile(r"\x1b\[\d+m")
_COMMENT = re.compile(r"<!--.*-->\s*$")
_HEADING = re.compile(r"#+ (.*)")
_LIST_ITEM = re.compile(r"(- |\d+\. )(.*)")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|!?\[([^\]]*)\]\([^)]*\)")
_INDENT = "    "
_GAP = 2
"""Blanks between two columns of a table."""
_MIN_TEXT_COLUMN, _MIN_COLUMN, _LONG_TEXT = 18, 10, 24
"""Cells that a column needs with and without a cell of more than `_LONG_TEXT` cells.

If the columns of a table need more than there is, its rows become a list.
"""


def render_markdown(text: str, width: int, *, styled: bool) -> str:
    """Return a page as lines of text that end with a line break.

    Args:
        text: Page in Markdown.
        width: Cells in which paragraphs and tables have to fit; code is never wrapped.
        styled: Whether the terminal shows bold text.
    """
    return _Renderer(width, styled).render(text.splitlines())


class _Renderer:
    """Renders the blocks of one page."""

    def __init__(self, width: int, styled: bool) -> None:
        """Create a renderer for one width."""
        self._width = width
        self._styled = styled
        self._blocks: list[list[str]] = []

    def render(self, lines: Sequence[str]) -> str:
        """Return the rendered page with one empty line between its blocks."""
        position = 0
        while position < len(lines):
            position += self._render_block(lines[position:])
        return "".join(f"{line}\n" for line in _join_blocks(self._blocks))

    def _render_block(self, lines: Sequence[str]) -> int:
        """Render the block that begins here and return its number of lines."""
        first = lines[0]
        if not first.strip() or _COMMENT.match(first):
            return 1
        if first.startswith("```"):
            code = _take_while(lines[1:], lambda line: not line.startswith("```"))
            self._blocks.append([_INDENT + line for line in code])
            return len(code) + 2
        if heading := _HEADING.match(first):
            title = heading[1].replace("`", "")
            self._blocks.append(_wrap_words(self._embolden(title), self._width))
            return 1
        if first.startswith("|"):
            rows = _take_while(lines, lambda line: line.startswith("|"))
            self._blocks.append(self._render_table([_split_row(row) for row in rows]))
            return len(rows)
        return self._render_text(lines)

    def _render_text(self, lines: Sequence[str]) -> int:
        """Render a paragraph or an item of a list and return its number of lines."""
        item = _LIST_ITEM.match(lines[0])
        rest = _take_while(lines[1:], _continues_paragraph)
        text = " ".join([item[2] if item else lines[0], *(line.strip() for line in rest)])
        marker = item[1] if item else ""
        block = self._wrap(text, marker, " " * len(marker))
        if item and self._blocks and _LIST_ITEM.match(self._blocks[-1][0]):
            self._blocks[-1].extend(block)  # the items of a list stand close together
        else:
            self._blocks.append(block)
        return 1 + len(rest)

    def _render_table(self, rows: list[list[str]]) -> list[str]:
        """Render a table in columns, or as a list of its rows if it is too wide."""
        heading, _, *body = rows
        cells = [[self._style(cell) for cell in row] for row in (heading, *body)]
        widths = _fit_columns(list(zip(*cells, strict=True)), self._width)
        if widths is None:
            return self._render_rows(heading, body)
        lines = self._lay_out([self._embolden(cell) for cell in heading], widths)
        lines.append("  ".join("-" * width for width in widths))
        for row in body:
            lines.extend(self._lay_out(row, widths))
        return lines

    def _lay_out(self, row: Sequence[str], widths: Sequence[int]) -> list[str]:
        """Return the lines of one row; a cell that is too wide takes several."""
        columns = [
            _wrap_words(self._style(cell), width) for cell, width in zip(row, widths, strict=True)
        ]
        height = max(map(len, columns))
        padded = [column + [""] * (height - len(column)) for column in columns]
        return [
            "".join(
                part + " " * (width + _GAP - _count_visible(part))
                for part, width in zip(parts, widths, strict=True)
            ).rstrip()
            for parts in zip(*padded, strict=True)
        ]

    def _render_rows(self, heading: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
        """Return each row as its first cell with the other cells named below it."""
        lines: list[str] = []
        for name, *values in body:
            named = [
                f"{title}: {value}" if title else value
                for title, value in zip(heading[1:], values, strict=True)
                if value
            ]
            lines.extend(self._wrap(name, "", ""))
            if named[:-1]:
                lines.extend(self._wrap("; ".join(named[:-1]), _INDENT, _INDENT))
            lines.extend(self._wrap("".join(named[-1:]), _INDENT, _INDENT))
        return lines

    def _wrap(self, text: str, first: str, rest: str) -> list[str]:
        """Return the lines of a text, the first one and the others behind their indents."""
        lines = _wrap_words(self._style(text), self._width - len(first))
        return [(rest if number else first) + line for number, line in enumerate(lines)]

    def _style(self, text: str) -> str:
        """Replace Markdown within a line by bold words, or by plain ones."""
        return _INLINE.sub(self._style_span, text).replace("\\|", "|")

    def _style_span(self, span: re.Match[str]) -> str:
        """Return one span as the terminal shows it."""
        code, strong, link = span.groups()
        if code is not None:
            # Without bold, the backticks show where something to type begins and ends.
            return self._embolden(code) if self._styled else f"`{code}`"
        return self._embolden(strong) if strong is not None else str(link)

    def _embolden(self, text: str) -> str:
        """Return a text with each word bold, so that a line break never falls into an escape."""
        if not self._styled:
            return text
        return " ".join(f"{_BOLD}{word}{_NORMAL}" if word else "" for word in text.split(" "))


def _take_while(lines: Sequence[str], belongs: Callable[[str], bool]) -> list[str]:
    """Return the first lines that belong to a block."""
    for position, line in enumerate(lines):
        if not belongs(line):
            return list(lines[:position])
    return list(lines)


def _continues_paragraph(line: str) -> bool:
    """Return whether a line goes on with the paragraph or list item above it."""
    is_new_block = line.startswith(("|", "```", "#", "<!--")) or _LIST_ITEM.match(line)
    return bool(line.strip()) and not is_new_block


def _split_row(line: str) -> list[str]:
    """Return the cells of a table's row; an escaped bar does not end a cell."""
    return [cell.strip() for cell in _CELL_BORDER.split(line.strip())[1:-1]]


def _fit_columns(columns: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Return the widths of columns that fit together, or None if they cannot.

    Args:
        columns: Cells of each column.
        width: Cells for all columns and the gaps between them.
    """
    available = width - _GAP * (len(columns) - 1)
    widths = [max(map(_count_visible, column)) for column in columns]
    floors = [
        max(
            _MIN_TEXT_COLUMN if natural > _LONG_TEXT else _MIN_COLUMN,
            *(_count_visible(word) for cell in column for word in cell.split()),
        )
        for column, natural in zip(columns, widths, strict=True)
    ]
    while sum(widths) > available:
        shrinkable = [n for n, used in enumerate(widths) if used > floors[n]]
        if not shrinkable:
            return None
        widths[max(shrinkable, key=widths.__getitem__)] -= 1
    return widths


def _join_blocks(blocks: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of all blocks with an empty line between two blocks."""
    lines: list[str] = []
    for block in blocks:
        lines.extend(["", *block] if lines else block)
    return lines


def _wrap_words(text: str, width: int) -> list[str]:
    """Return the text in lines of at most this width; a longer word has a line of its own."""
    lines = [""]
    for word in text.split():
        if lines[-1] and _count_visible(lines[-1]) + 1 + _count_visible(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def _count_visible(text: str) -> int:
    """Return the width of a text without its escape sequences."""
    return count_cells(_ESCAPE.sub("", text))
