"""Words on a widget's border: with every word that is set, Textual paints all of the widget anew.

A conversation's border holds everything that is painted while an agent types and goes from one to
the next. So words are set only when they differ, and then the line they stand on is painted.
"""

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


def write_above(widget: Widget, words: Content | None) -> None:
    """Put words on the upper border; None for none."""
    if _reads(words) != widget.border_title:
        widget._border_title = words
        _paint_line(widget, 0)


def write_below(widget: Widget, words: Content | None) -> None:
    """Put words on the lower border; None for none."""
    if _reads(words) != widget.border_subtitle:
        widget._border_subtitle = words
        _paint_line(widget, widget.outer_size.height - 1)


def _paint_line(widget: Widget, y: int) -> None:
    """Paint one line of a widget, its border counted."""
    edge = widget.gutter
    widget.refresh(Region(-edge.left, y - edge.top, widget.outer_size.width, 1))


def _reads(words: Content | None) -> str | None:
    """What a border gives back for words that were put there."""
    return None if words is None else words.markup
