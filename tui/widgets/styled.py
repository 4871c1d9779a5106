"""A widget that remembers its styles: Textual finds them out anew after every repaint."""

import functools

from rich.style import Style
from textual.widget import Widget


@functools.lru_cache(maxsize=512)
def over(base: Style, part: Style) -> Style:
    """A part's style on its row's; on a reversed row a colour would turn into a patch."""
    if base.reverse:
        return base + Style(bold=part.bold)
    return base + Style(color=part.color, bold=part.bold, dim=part.dim, italic=part.italic)


class Styled(Widget):
    """Asks for each style once, until the theme or its own state changes."""

    def __init__(self, *, id: str | None = None) -> None:
        """Nothing is remembered yet."""
        super().__init__(id=id)
        self._styles_of: dict[str, Style] = {}

    def style_of(self, name: str = "") -> Style:
        """The style of a component class, or of the widget itself."""
        style = self._styles_of.get(name)
        if style is None:
            style = self.get_component_rich_style(name) if name else self.rich_style
            self._styles_of[name] = style
        return style

    def notify_style_update(self) -> None:
        """Another theme perhaps."""
        super().notify_style_update()
        self._styles_of.clear()
