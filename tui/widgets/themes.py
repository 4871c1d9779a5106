"""Define the themes: dark, light, high contrast, and the terminal's own sixteen colours."""

from textual.theme import Theme

from tui.terminal.private_api import HookedApp
from tui.terminal.private_styles import FastStylesheet

DARK = Theme(
    name="smsdesk-dark",
    primary="#5AA9E6",
    secondary="#7FC8A9",
    accent="#F4A259",
    foreground="#D8DEE9",
    background="#12161C",
    surface="#1D242E",
    panel="#232C38",
    success="#7FC8A9",
    warning="#EBCB8B",
    error="#E8697D",
    dark=True,
    variables={
        "text-muted": "#BAC3CF",
        "text-disabled": "#BAC3CF",
        "rule": "#73808F",
        "input-selection-background": "#2F5F86",
    },
)
LIGHT = Theme(
    name="smsdesk-light",
    primary="#1F6FB2",
    secondary="#2E7D5B",
    accent="#B4540A",
    foreground="#20262E",
    background="#FAFBFC",
    surface="#EDF1F5",
    panel="#E1E7ED",
    success="#2E7D5B",
    warning="#8A6100",
    error="#B3263E",
    dark=False,
    variables={
        "text-muted": "#48505A",
        "text-disabled": "#48505A",
        "rule": "#79838F",
        "input-selection-background": "#A9C9E6",
    },
)
HIGH_CONTRAST = Theme(
    name="smsdesk-high-contrast",
    primary="#00C8FF",
    secondary="#00FF9C",
    accent="#FFD400",
    foreground="#FFFFFF",
    background="#000000",
    surface="#1A1A1A",
    panel="#262626",
    success="#00FF9C",
    warning="#FFD400",
    error="#FF6B7A",
    dark=True,
    variables={
        "text-muted": "#D4D4D4",
        "text-disabled": "#D4D4D4",
        "rule": "#8C8C8C",
        "input-selection-background": "#00506B",
    },
)
TERMINAL = Theme(
    name="smsdesk-terminal",
    primary="ansi_blue",
    secondary="ansi_green",
    accent="ansi_yellow",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    dark=True,
    ansi=True,
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_blue",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "rule": "ansi_default",
        "primary-muted": "ansi_default",
        "warning-muted": "ansi_default",
        "error-muted": "ansi_default",
        "surface": "ansi_default",
        "panel": "ansi_default",
        "boost": "ansi_default",
        "block-cursor-background": "ansi_blue",
        "block-cursor-foreground": "ansi_bright_white",
        "input-selection-background": "ansi_blue",
        "input-selection-foreground": "ansi_bright_white",
        "screen-selection-background": "ansi_blue",
        "screen-selection-foreground": "ansi_bright_white",
    },
)
"""Uses the terminal's own colours; emphasis is reverse, bold and dim (see `looks.tcss`)."""
THEMES = (DARK, LIGHT, HIGH_CONTRAST, TERMINAL)


def to_theme_name(setting: str) -> str:
    """Return Textual's name of a theme for its name in the settings: "dark" is "smsdesk-dark"."""
    return f"smsdesk-{setting}"


def to_theme_setting(theme: str) -> str:
    """Return the name of a theme in the settings."""
    return theme.removeprefix("smsdesk-")


class ThemedApp(HookedApp[int]):
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
        self.stylesheet = FastStylesheet(variables=self.get_css_variables())

    def refresh_css(self, animate: bool = True) -> None:
        """Read the stylesheets again, unless they are about to be read for this theme anyway."""
        if self.theme != self._parsed_theme:
            super().refresh_css(animate)
        self._parsed_theme = ""
