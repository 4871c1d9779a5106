"""An app in one of our themes, whose style sheets are read once as it starts.

Textual reads them for its own theme first, and all of them again as soon as another one is set.
"""

from textual.app import App

from tui.themes import THEMES, named


class Themed(App[int]):
    """Begins in a theme."""

    def __init__(self, look: str, *, ansi_color: bool | None) -> None:
        """`look` is what the settings call a theme."""
        super().__init__(ansi_color=ansi_color)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._read_for = named(look)
        self.stylesheet.set_variables(self.get_css_variables())

    def refresh_css(self, animate: bool = True) -> None:
        """Read the style sheets anew, except that they are about to be read for this theme."""
        if self.theme != self._read_for:
            super().refresh_css(animate)
        self._read_for = ""
