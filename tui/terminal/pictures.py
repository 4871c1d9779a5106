"""Pictures that customers send, decoded within bounds: what comes in by MMS is hostile input."""

import io
import struct
import warnings
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_FILE = 12_000_000
"""Bytes of a file that is decoded."""
_MOST_PIXELS = 40_000_000
_LARGEST_SIDE = 1_600
"""What is kept of a decoded picture is not larger, whatever the terminal."""
_KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_BAD = (OSError, ValueError, SyntaxError, EOFError, LookupError, OverflowError, TypeError)

Pixel = tuple[int, int, int]
Cells = Sequence[Sequence[tuple[Pixel, Pixel]]]


class BadPicture(Exception):
    """The file shows nothing; the text is fit for an agent."""


def decode(data: bytes) -> "Image":
    """The first frame as RGB, at most 1600 pixels a side; raises `BadPicture`.

    Only the kinds that phones send are tried. The header tells the size before anything is
    unpacked, so a small file cannot unfold into gigabytes.
    """
    from PIL import Image

    if len(data) > LONGEST_FILE:
        raise BadPicture("too large to be shown here; it can be saved")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=_KINDS)
            _check_size(*picture.size)
            picture.draft("RGB", (_LARGEST_SIDE, _LARGEST_SIDE))
            picture.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
            return _upright(picture).convert("RGB")
    except Image.DecompressionBombError as error:
        raise BadPicture("too large to be shown here; it can be saved") from error
    except (struct.error, zlib.error, *_BAD) as error:
        raise BadPicture("no picture that can be shown here; it can be saved") from error


def _check_size(width: int, height: int) -> None:
    """Refuse what is too large to unpack; raises `BadPicture`."""
    if width * height > _MOST_PIXELS:
        raise BadPicture(f"too large to be shown here ({width}×{height}); it can be saved")


def _upright(picture: "Image") -> "Image":
    """Turned as the phone says it was held."""
    from PIL import ImageOps

    return ImageOps.exif_transpose(picture)


def half_blocks(
    picture: "Image", width: int, height: int
) -> Sequence[Sequence[tuple[Pixel, Pixel]]]:
    """The picture in `width`×`height` cells at most: rows of (upper, lower) pixels of a cell."""
    across, down = fitted(picture.size, width, height * 2)
    small = picture.resize((across, down + down % 2))
    data = small.tobytes()
    rows = [
        [(data[at], data[at + 1], data[at + 2]) for at in range(begin, begin + across * 3, 3)]
        for begin in range(0, len(data), across * 3)
    ]
    return [
        list(zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def fitted(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The largest size of the same shape that fits, at least one pixel each way."""
    scale = min(width / size[0], height / size[1])
    return max(1, min(width, round(size[0] * scale))), max(1, min(height, round(size[1] * scale)))
