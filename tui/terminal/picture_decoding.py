"""Decode pictures from customers within limits, and find out how this terminal can draw them.

A file that arrives by MMS is hostile input. Whether the terminal draws real pictures is checked
only when one is about to be shown: the library for it queries the terminal while it is imported,
so the app steps aside for that moment; where no such terminal is likely it is not even imported.
"""

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.app import App, SuspendNotSupported

if TYPE_CHECKING:
    from PIL.Image import Image
    from textual.widget import Widget


MAX_FILE_BYTES = 12_000_000
"""Size of the largest file that is decoded."""
_MAX_PIXELS = 40_000_000
_MAX_SIDE_PIXELS = 1_600
"""Pixels a decoded picture is reduced to on each side, whatever the terminal."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_DECODE_ERRORS = (OSError, ValueError, SyntaxError, EOFError, LookupError, OverflowError, TypeError)

Pixel = tuple[int, int, int]
Cells = Sequence[Sequence[tuple[Pixel, Pixel]]]


class BadPicture(Exception):
    """The file shows no picture; the text can be shown to an agent."""


def decode_picture(data: bytes) -> "Image":
    """Return the first frame as RGB, at most 1600 pixels a side.

    Args:
        data: Bytes of the file.

    Raises:
        BadPicture: The file is too large or no picture of a known format.
    """
    # Only formats that phones send are tried. The header gives the size before anything is
    # unpacked, so a small file cannot expand to gigabytes.
    from PIL import Image

    if len(data) > MAX_FILE_BYTES:
        raise BadPicture("too large to be shown here; it can be saved")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            _check_size(*picture.size)
            picture.draft("RGB", (_MAX_SIDE_PIXELS, _MAX_SIDE_PIXELS))
            picture.thumbnail((_MAX_SIDE_PIXELS, _MAX_SIDE_PIXELS))
            return _rotate_upright(picture).convert("RGB")
    except Image.DecompressionBombError as error:
        raise BadPicture("too large to be shown here; it can be saved") from error
    except (struct.error, zlib.error, *_DECODE_ERRORS) as error:
        raise BadPicture("no picture that can be shown here; it can be saved") from error


def _check_size(width: int, height: int) -> None:
    """Raise `BadPicture` for a picture that is too large to unpack."""
    if width * height > _MAX_PIXELS:
        raise BadPicture(f"too large to be shown here ({width}×{height}); it can be saved")


def _rotate_upright(picture: "Image") -> "Image":
    """Return the picture rotated as the phone was held."""
    from PIL import ImageOps

    return ImageOps.exif_transpose(picture)


def to_half_blocks(
    picture: "Image", width: int, height: int
) -> Sequence[Sequence[tuple[Pixel, Pixel]]]:
    """Return the picture as rows of cells, each with its upper and lower pixel.

    Args:
        picture: Picture in RGB.
        width: Largest width in cells.
        height: Largest height in cells.
    """
    across, down = fit_size(picture.size, width, height * 2)
    small = picture.resize((across, down + down % 2))
    data = small.tobytes()
    rows = [
        [
            (data[offset], data[offset + 1], data[offset + 2])
            for offset in range(begin, begin + across * 3, 3)
        ]
        for begin in range(0, len(data), across * 3)
    ]
    return [
        list(zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def fit_size(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """Return the largest size of the same shape that fits, at least one pixel each way.

    Args:
        size: Width and height of the picture.
        width: Largest width.
        height: Largest height.
    """
    scale = min(width / size[0], height / size[1])
    return max(1, min(width, round(size[0] * scale))), max(1, min(height, round(size[1] * scale)))


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
