"""Words on a widget's border: with every word that is set, Textual paints all of the widget anew.

A conversation's border holds everything that is painted while an agent types, so that words are
set only when they differ.
"""

from textual.content import Content
from textual.widget import Widget


def write_above(widget: Widget, words: Content | None) -> None:
    """Put words on the upper border; None for none."""
    if _reads(words) != widget.border_title:
        widget.border_title = words


def write_below(widget: Widget, words: Content | None) -> None:
    """Put words on the lower border; None for none."""
    if _reads(words) != widget.border_subtitle:
        widget.border_subtitle = words


def _reads(words: Content | None) -> str | None:
    """What a border gives back for words that were put there."""
    return None if words is None else words.markup
