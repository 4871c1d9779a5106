"""Set the text on a widget's border without repainting all of the widget.

Textual repaints the whole widget with every text that is set. The border of a conversation
surrounds everything that is painted while an agent types and moves from one conversation to the
next. So a text is set only when it differs, and then only its line is painted.
"""

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from tui.terminal.private_api import set_subtitle_unpainted, set_title_unpainted


def set_border_title(widget: Widget, text: Content | None) -> None:
    """Set the text on the upper border.

    Args:
        widget: Widget with a border.
        text: New text; None for none.
    """
    if _to_markup(text) != widget.border_title:
        set_title_unpainted(widget, text)
        _repaint_line(widget, 0)


def set_border_subtitle(widget: Widget, text: Content | None) -> None:
    """Set the text on the lower border.

    Args:
        widget: Widget with a border.
        text: New text; None for none.
    """
    if _to_markup(text) != widget.border_subtitle:
        set_subtitle_unpainted(widget, text)
        _repaint_line(widget, widget.outer_size.height - 1)


def _repaint_line(widget: Widget, y: int) -> None:
    """Repaint one line of a widget; line 0 is its upper border."""
    edge = widget.gutter
    widget.refresh(Region(-edge.left, y - edge.top, widget.outer_size.width, 1))


def _to_markup(text: Content | None) -> str | None:
    """Return a text in the form in which Textual returns it from a border."""
    return None if text is None else text.markup
