"""Decode text whose encoding is not declared: UTF-8, UTF-16, or the code page that fits best."""

import codecs
import re

from tui.desk.contact_files.code_pages import find_codec
from tui.domain.record_type import record

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CUT = re.compile(rb"[\xc2-\xf4][\x80-\xbf]|[\xc0-\xff]\Z")
"""A character of UTF-8 in a broken line, or the beginning of one at its end."""
_SAMPLE_BYTES = 16 * 1024


@record
class Decoded:
    """Text of a file, and how it was read."""

    text: str
    code_page: str = ""
    """Code page that was taken, in words; empty if the file itself said it."""

    @property
    def is_wide(self) -> bool:
        """Return whether the characters of ASCII had several bytes each."""
        return self.code_page.startswith(("UTF-16", "UTF-32"))


def decode_text(data: bytes, region: str | None) -> Decoded:
    """Return the text of a file. Never raises.

    Args:
        data: Whole content of the file.
        region: Country code (ISO 3166) of this desk, which counts if the file says nothing.
    """
    for bom, codec, label in _BOMS:
        if data.startswith(bom):
            return Decoded(data.decode(codec, "replace"), "" if label == "UTF-8" else label)
    if (wide := _decode_wide(data)) is not None:
        return wide
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if (mixed := _decode_lines(data, region)) is not None:
        return mixed
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    # A file of UTF-8 that was cut, or with damaged characters.
    if broken * 3 < sum(char >= "\x80" for char in text) - broken:
        return Decoded(text, f"UTF-8 with {broken} unreadable character{'s' * (broken > 1)}")
    codec, label = find_codec(data, region)
    return Decoded(data.decode(codec, "replace"), label)


def _decode_lines(data: bytes, region: str | None) -> Decoded | None:
    """Return a text of UTF-8 into which lines of a code page were pasted, or None for any other.

    Args:
        data: Content that is not UTF-8 as a whole.
        region: Country code (ISO 3166) of this desk.
    """
    lines = data.splitlines(keepends=True)
    whole = [line for line in lines if not line.isascii() and _is_utf_8(line)]
    broken = [line for line in lines if not _is_utf_8(line)]
    # Short lines of a code page can be valid UTF-8 by accident; those of a cut file are damaged.
    if len(whole) < len(broken) or any(_CUT.search(line) for line in broken):
        return None
    codec, label = find_codec(b"".join(broken), region)
    text = "".join(line.decode("utf-8" if _is_utf_8(line) else codec, "replace") for line in lines)
    count = "1 line" if len(broken) == 1 else f"{len(broken)} lines"
    return Decoded(text, f"UTF-8, and {count} as {label}")


def _is_utf_8(line: bytes) -> bool:
    """Return whether bytes are valid UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_wide(data: bytes) -> Decoded | None:
    """Return the text of UTF-16 without a byte order mark, or None: half of ASCII is NUL there."""
    sample = data[: _SAMPLE_BYTES // 2 * 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if not sample or max(even, odd) * 8 < len(sample) or max(even, odd) < 4 * min(even, odd):
        return None
    codec, label = ("utf-16-le", "UTF-16 LE") if odd > even else ("utf-16-be", "UTF-16 BE")
    text = data.decode(codec, "replace")
    bad = sum(char == "\0" or "\ud800" <= char <= "\udfff" or char == "\ufffd" for char in text)
    return Decoded(text, label) if bad * 20 <= len(text) else None
