"""Test pictures within limits: decoding, fitting, half blocks."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tui.terminal.picture_decoding import (
    MAX_FILE_BYTES,
    BadPicture,
    decode_picture,
    fit_size,
    to_half_blocks,
)

RED, BLUE = (255, 0, 0), (0, 0, 255)


def make_png(width: int, height: int, colour: tuple[int, int, int] = RED) -> bytes:
    """Return a PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def make_chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_bomb(width: int, height: int) -> bytes:
    """Return a PNG whose header promises far more than it holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = make_chunk(b"IDAT", zlib.compress(b"\0" * 1_000))
    return b"\x89PNG\r\n\x1a\n" + make_chunk(b"IHDR", head) + body + make_chunk(b"IEND", b"")


def test_a_picture_is_converted_to_rgb() -> None:
    picture = decode_picture(make_png(4, 2))
    assert (picture.mode, picture.size) == ("RGB", (4, 2))


def test_a_large_picture_is_scaled_down() -> None:
    assert decode_picture(make_png(4_000, 1_000)).size == (1_600, 400)


@pytest.mark.parametrize("size", [(60_000, 60_000), (2_000_000, 21)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(BadPicture, match="too large"):
        decode_picture(make_bomb(*size))


def test_a_file_of_many_megabytes_is_not_even_opened() -> None:
    with pytest.raises(BadPicture, match="too large"):
        decode_picture(b"\x89PNG" + b"\0" * MAX_FILE_BYTES)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_give_a_picture_or_an_error(data: bytes) -> None:
    for head in (b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"BM", b"RIFF"):
        try:
            assert decode_picture(head + data).mode == "RGB"
        except BadPicture as problem:
            assert "can be saved" in str(problem)


@given(st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_a_damaged_picture_gives_a_picture_or_an_error(place: int, garbage: bytes) -> None:
    whole = make_png(20, 20)
    damaged = whole[: place % len(whole)] + garbage + whole[place % len(whole) :]
    try:
        decode_picture(damaged)
    except BadPicture as problem:
        assert "saved" in str(problem)


@pytest.mark.parametrize("kind", ["TIFF", "PPM", "ICO"])
def test_formats_that_no_phone_sends_are_refused(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), RED).save(out, kind)
    with pytest.raises(BadPicture):
        decode_picture(out.getvalue())


@given(st.tuples(st.integers(1, 5_000), st.integers(1, 5_000)), st.integers(1, 200))
def test_a_fitted_picture_is_within_the_limits(size: tuple[int, int], room: int) -> None:
    width, height = fit_size(size, room, room)
    assert 1 <= width <= room and 1 <= height <= room


def test_half_blocks_hold_the_upper_and_the_lower_pixel() -> None:
    picture = Image.new("RGB", (1, 2), RED)
    picture.putpixel((0, 1), BLUE)
    assert to_half_blocks(picture, 1, 1) == [[(RED, BLUE)]]


def test_half_blocks_keep_the_shape() -> None:
    rows = to_half_blocks(Image.new("RGB", (100, 50), RED), 40, 40)
    assert (len(rows), {len(row) for row in rows}) == (10, {40})
