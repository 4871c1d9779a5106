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

_TERMS = ("kitty", "ghostty", "foot", "mlterm", "sixel", "contour", "wezterm")
_PROGRAMS = frozenset({"WezTerm", "iTerm.app", "ghostty", "mintty"})
_VARIABLES = ("KITTY_WINDOW_ID", "KONSOLE_VERSION", "WT_SESSION", "WEZTERM_PANE")


def may_draw(environ: Mapping[str, str]) -> bool:
    """Whether the environment hints at Sixel or kitty graphics; not inside tmux or screen."""
    if environ.get("TMUX") or environ.get("STY"):
        return False
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    return (
        any(word in term for word in _TERMS)
        or program in _PROGRAMS
        or any(environ.get(name) for name in _VARIABLES)
    )


def drawer(app: "App[object]", environ: Mapping[str, str]) -> Drawer | None:
    """What makes a widget of a picture by Sixel or kitty graphics; None: draw with half blocks."""
    if not may_draw(environ):
        return None
    with contextlib.suppress(SuspendNotSupported), app.suspend():
        from textual_image import renderable, widget

        if renderable.Image in (renderable.SixelImage, renderable.TGPImage):
            return widget.Image
    return None
