"""Decode pictures from customers within limits, and find out how this terminal can draw them.

A file that arrives by MMS is hostile input. Whether the terminal draws real pictures is checked
only when one is about to be shown: the library for it queries the terminal while it is imported,
so the app steps aside for that moment; where no such terminal is likely it is not even imported.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

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
