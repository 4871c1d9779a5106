"""An app in one of our themes, whose style sheets are read once as it starts.

Textual reads them for its own theme first, and all of them again as soon as another one is set.
"""

from textual.app import App

from tui.themes import THEMES, to_theme_name


class ThemedApp(App[int]):
    """An app that starts in one of our themes."""

    def __init__(self, theme_setting: str, *, ansi_color: bool | None) -> None:
        """Create the app and set its theme.

        Args:
            theme_setting: Name of the theme in the settings.
            ansi_color: Whether to use the terminal's own colours; None to let Textual decide.
        """
        super().__init__(ansi_color=ansi_color)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._parsed_theme = to_theme_name(theme_setting)
        self.stylesheet.set_variables(self.get_css_variables())

    def refresh_css(self, animate: bool = True) -> None:
        """Read the stylesheets again, unless they are about to be read for this theme anyway."""
        if self.theme != self._parsed_theme:
            super().refresh_css(animate)
        self._parsed_theme = ""
