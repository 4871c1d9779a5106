"""Fit text into terminal cells: cut, fill, wrap.

Kept apart from `format`, because measuring cells needs a library whose import takes longer than
a whole command like `smsdesk threads`.
"""

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells, set_cell_size

from tui.desk.format import MAX_BODY_LENGTH
from tui.domain.text import one_line, to_printable

MAX_BODY_LINES = 120
"""Lines of one message that a view shows."""


def fit_cells(text: str, width: int) -> str:
    """Return a text in exactly `width` cells, cut with "…" or filled with blanks.

    Args:
        text: Text on one line, already safe.
        width: Width in terminal cells.
    """
    if width <= 0:
        return ""
    if cell_len(text) > width:
        # Cells, not characters: East Asian characters and emoji take two.
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width)


def format_labels(labels: Sequence[str], width: int) -> str:
    """Return the labels that fit, with a blank before each: " #vip #late +1".

    Args:
        labels: Labels of a conversation.
        width: Width in terminal cells.
    """
    tags = [f" #{one_line(label, 12)}" for label in labels]
    shown = len(tags)
    while shown and cell_len(_join_tags(tags, shown)) > width:
        shown -= 1
    if tags and not shown:
        rest = f" +{len(tags) - 1}" if len(tags) > 1 else ""
        return fit_cells(tags[0], width - len(rest)).rstrip() + rest
    return _join_tags(tags, shown)


def _join_tags(tags: Sequence[str], shown: int) -> str:
    """Return the first few tags and how many more there are."""
    hidden = len(tags) - shown
    return "".join(tags[:shown]) + (f" +{hidden}" if hidden else "")


def wrap_body(text: str, width: int) -> list[str]:
    """Return the text of a message in lines.

    Args:
        text: Text of the message (outside text).
        width: Width in terminal cells.

    Returns:
        At most `MAX_BODY_LINES` lines, and one more if the rest was cut.
    """
    lines: list[str] = []
    for paragraph in to_printable(text, limit=MAX_BODY_LENGTH).split("\n"):
        lines.extend(_wrap_paragraph(paragraph, max(width, 1)))
        if len(lines) > MAX_BODY_LINES:
            return [*lines[:MAX_BODY_LINES], "(the timeline shows all of it)"]
    return lines


def _wrap_paragraph(paragraph: str, width: int) -> list[str]:
    """Break one paragraph at blanks; text without blanks is cut at the width."""
    if cell_len(paragraph) <= width:
        return [paragraph]
    lines: list[str] = []
    line = ""
    for word in paragraph.split(" "):
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) or [""]
        lines.extend(full)
    return [*lines, line]


def center_text(text: str, width: int, height: int) -> list[str]:
    """Return all lines of a box with a text in its middle, broken at blanks.

    Args:
        text: Text to show.
        width: Width of the box in terminal cells.
        height: Lines of the box.
    """
    lines = wrap_body(text, width - 2)[:height]
    above = [""] * (height // 2 - (len(lines) - 1) // 2)
    box = [*above, *(line.center(width) for line in lines), *[""] * height][:height]
    return [line or " " * width for line in box]
