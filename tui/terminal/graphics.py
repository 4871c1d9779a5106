"""Whether this terminal draws real pictures, asked only when one is about to be shown.

The library that draws them asks the terminal while it is imported, so the app steps aside for
that moment; where no such terminal is to be expected it is not even imported.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual.app import App, SuspendNotSupported

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.widget import Widget

Drawer = Callable[["Image"], "Widget"]
"""Makes a widget that shows a picture."""

_GRAPHIC_TERMS = ("kitty", "ghostty", "foot", "mlterm", "sixel", "contour", "wezterm")
_GRAPHIC_PROGRAMS = frozenset({"WezTerm", "iTerm.app", "ghostty", "mintty"})
_GRAPHIC_VARIABLES = ("KITTY_WINDOW_ID", "KONSOLE_VERSION", "WT_SESSION", "WEZTERM_PANE")


def can_draw_graphics(environ: Mapping[str, str]) -> bool:
    """Return whether the environment suggests Sixel or kitty graphics; never in tmux or screen.

    Args:
        environ: Environment variables.
    """
    if environ.get("TMUX") or environ.get("STY"):
        return False
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    return (
        any(part in term for part in _GRAPHIC_TERMS)
        or program in _GRAPHIC_PROGRAMS
        or any(environ.get(name) for name in _GRAPHIC_VARIABLES)
    )


def find_drawer(app: "App[object]", environ: Mapping[str, str]) -> Drawer | None:
    """Return a maker of widgets that draw real pictures; None to draw with half blocks.

    Args:
        app: App whose terminal is queried.
        environ: Environment variables.
    """
    if not can_draw_graphics(environ):
        return None
    # The library queries the terminal while it is imported, so the app must not read keys then.
    with contextlib.suppress(SuspendNotSupported), app.suspend():
        from textual_image import renderable, widget

        if renderable.Image in (renderable.SixelImage, renderable.TGPImage):
            return widget.Image
    return None
