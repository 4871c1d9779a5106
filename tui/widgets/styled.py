"""Provide a widget that caches its styles, as Textual computes them again after every repaint."""

import functools
from abc import abstractmethod
from typing import final

from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
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
    """Draw lines; look up each style once, until the theme or the widget's own state changes."""

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

    @abstractmethod
    def draw_line(self, y: int, size: Size) -> Strip:
        """Return one line of the widget, in its whole width and with its background.

        Args:
            y: Line, from 0.
            size: Size of the widget in cells, looked up once for all lines.
        """

    @final
    def render_line(self, y: int) -> Strip:
        """Return one line of the widget."""
        return self.draw_line(y, self.size)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region as they are drawn.

        Textual would look at each of them for a border, padding and tint with every repaint; that
        takes longer than to draw a line from the cache.

        Args:
            crop: Region of the widget.
        """
        if any(self.gutter):
            return super().render_lines(crop)
        size = self.size
        strips = [self.draw_line(y, size) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            background = self.background_colors[1]
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        first, last = crop.column_span
        if (first, last) != (0, size.width):
            strips = [strip.crop(first, last) for strip in strips]
        return strips

    def notify_style_update(self) -> None:
        """Empty the cache, as the theme may have changed."""
        super().notify_style_update()
        self._cached_styles.clear()
