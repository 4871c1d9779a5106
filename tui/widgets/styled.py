"""Provide a widget that caches its styles, as Textual computes them again after every repaint."""

import functools

from rich.style import Style
from textual.widget import Widget


@functools.lru_cache(maxsize=512)
def overlay_style(base: Style, part: Style) -> Style:
    """Return a part's style on that of its row.

    Args:
        base: Style of the row.
        part: Style of a part of the row.
    """
    # On a reversed row a colour of its own would become a patch of background.
    if base.reverse:
        return base + Style(bold=part.bold)
    return base + Style(color=part.color, bold=part.bold, dim=part.dim, italic=part.italic)


class StyledWidget(Widget):
    """Look up each style once, until the theme or the widget's own state changes."""

    def __init__(self, *, id: str | None = None) -> None:
        """Create the widget with an empty cache."""
        super().__init__(id=id)
        self._cached_styles: dict[str, Style] = {}

    def find_style(self, name: str = "") -> Style:
        """Return the style of a component class.

        Args:
            name: Name of the component class; empty for the widget itself.
        """
        style = self._cached_styles.get(name)
        if style is None:
            style = self.get_component_rich_style(name) if name else self.rich_style
            self._cached_styles[name] = style
        return style

    def notify_style_update(self) -> None:
        """Empty the cache, as the theme may have changed."""
        super().notify_style_update()
        self._cached_styles.clear()
