"""Read bytes as text when their charset is missing, wrong, or named in an unusual way.

A declared charset is only a hint: many servers declare ISO-8859-1 without meaning it. The bytes
show reliably whether they are UTF-8, UTF-16 or UTF-32, and nothing else. So these are tried first,
and single-byte charsets only where UTF-8 is impossible or improbable.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote

_LAST_RESORTS = ("cp1252", "cp1250")
"""Codecs for bytes that are neither what was declared nor what was expected."""
_LONGEST_SAMPLE = 64 << 10
"""Bytes that are looked at to find out what a long text is."""
_LONGEST_DAMAGED = 1 << 20
"""Bytes of a damaged text whose odd bytes are each looked at."""
_DECLARED_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]+)", re.ASCII | re.IGNORECASE)
_WINDOWS_LABEL = re.compile(r"(?:win|windows|cp)[-_ ]?(125\d|874)", re.ASCII)
_UNUSED_BY_SENDERS = frozenset(
    {"idna", "mbcs", "oem", "palmos", "punycode", "raw-unicode-escape", "undefined"}
    | {"unicode-escape", "utf-7"}
)
"""Text codecs of Python that are no charset of a message."""
_UNUSED_BY_BROWSERS = frozenset({"replacement", "x-user-defined"})
_MULTI_BYTE_CODECS = ("big5", "cp932", "cp949", "cp950", "euc", "gb", "hz", "iso2022", "johab")
"""Beginnings of the names of codecs whose characters have several bytes."""
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 stands before UTF-16, whose mark it begins with."""
_WIDE_CODECS: Mapping[tuple[bool, ...], str] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
"""Codec by which of the first four bytes are zero, for a text that begins with two of ASCII."""
_WIDE_UNITS = re.compile(r"(?:%u[0-9A-Fa-f]{4})+")
_CONTROL = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f]")
"""Bytes that no text has, but that UTF-16 has in most scripts."""
_UTF8_CHARACTER = (
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}"
    rb"|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_UTF8_PIECE = re.compile(
    rb"(?P<valid>(?:[\0-\x7f]+|" + _UTF8_CHARACTER + rb")+)|(?P<cut>[\xc2-\xf4][\x80-\xbf]{0,2}\Z)"
    rb"|(?P<odd>[\x80-\xff])"
)
"""A run of valid UTF-8, a character that the end cuts off, or one byte that is no UTF-8."""
_COMMON_LEAD = re.compile(rb"[\xc2-\xc5\xce-\xd3\xd7-\xdb]")
"""First byte, in UTF-8, of accented Latin characters and of Greek, Cyrillic, Hebrew, Arabic."""
_TWO_FOLLOWING = re.compile(rb"(?s:[\x80-\xbf].*?[\x80-\xbf])")
"""Two bytes, in UTF-8, that are not the first of their characters."""
_LONG_LEAD = re.compile(rb"[\xe0-\xf4]")
"""First byte of a character of three or more bytes, in UTF-8."""


@lru_cache(maxsize=256)
def find_codec(label: str) -> str:
    """Return Python's name of the codec that a charset label means; empty for an unknown label.

    The meaning is that of browsers: `ISO-8859-1` is Windows-1252, and `Shift_JIS` and `GB2312`
    include what Windows added to them.
    """
    from webencodings import lookup

    name = label.strip(" \t\"'").lower()
    windows = _WINDOWS_LABEL.fullmatch(name)
    name = f"windows-{windows[1]}" if windows else name
    found = lookup(name) or lookup(_find_python_codec(name))
    if found is None or found.name in _UNUSED_BY_BROWSERS:
        return _find_python_codec(name)
    return "gb18030" if found.name == "gbk" else str(found.codec_info.name)


def find_declared_charset(content_type: str) -> str:
    """Return the label of the charset that a content type declares, or an empty text."""
    declared = _DECLARED_CHARSET.search(content_type)
    return declared[1] if declared else ""


def find_wide_codec(data: bytes) -> str:
    """Return the codec of UTF-16 or UTF-32 that the bytes show, or an empty text.

    Args:
        data: A text from its beginning, which is two ASCII characters or a byte order mark.
    """
    marked = _find_marked_codec(data)
    if marked:
        return marked if marked != "utf-8" else ""
    return _WIDE_CODECS.get(tuple(not byte for byte in data[:4]), "")


def escape_wide_units(text: str) -> str:
    """Return an encoded value with UTF-8 escapes in place of `%uXXXX`.

    Old programs write characters outside of Latin-1 so (`escape` of JavaScript, ASP).

    Args:
        text: Value of a form, as it was sent.
    """

    def encode(found: re.Match[str]) -> str:
        """Return the escapes of some characters."""
        units = bytes.fromhex(found[0].replace("%u", ""))
        return quote(units.decode("utf-16-be", "replace"), safe="")

    return _WIDE_UNITS.sub(encode, text)


def decode_text(data: bytes, declared: str = "", fallback: str = "") -> str:
    """Return bytes as text, without a byte order mark.

    Args:
        data: Bytes of the text.
        declared: Label of the charset that the sender declares; empty if it declares none.
        fallback: Label of the charset of bytes that are neither what was declared nor UTF-8. If
            empty, such bytes become U+FFFD.
    """
    if data.isascii() and not _CONTROL.search(data):
        return data.decode("ascii")
    for codec in _list_likely_codecs(data, declared):
        text = _try_codec(data, codec)
        if text is not None:
            return text
    expected = find_codec(fallback) if fallback else ""
    if not expected or _is_mostly_utf8(data):
        return _decode_damaged_utf8(data, expected)
    for codec in (expected, *_LAST_RESORTS):
        text = _try_codec(data, codec)
        if text is not None:
            return text
    return data.decode(expected, "replace")


def _find_python_codec(name: str) -> str:
    """Return Python's own name of a text codec, or an empty text."""
    try:
        found = codecs.lookup(name)
        # Refuses the codecs that are no charset, such as base64.
        "".encode(name)
    except (LookupError, ValueError):
        return ""
    return "" if found.name.replace("_", "-") in _UNUSED_BY_SENDERS else found.name


def _find_marked_codec(data: bytes) -> str:
    """Return the codec that a byte order mark names, or an empty text."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            rest = data[len(mark) :]
            # Behind what looks like a mark, bytes without a zero that are all ASCII are no UTF-16.
            is_wide = not rest.isascii() or b"\0" in rest
            return codec if codec == "utf-8" or is_wide else ""
    return ""


def _list_likely_codecs(data: bytes, label: str) -> Iterator[str]:
    """Yield codecs in the order in which they probably are what the sender used."""
    marked = _find_marked_codec(data)
    if marked:
        yield marked
    # Bytes that are not ASCII show that this was declared without knowing them.
    declared = "" if not label or _find_python_codec(label) == "ascii" else find_codec(label)
    if declared.startswith(("utf-16", "utf-32")):
        # Often declared by programs that pass on other bytes; the bytes show whether it is true.
        yield find_wide_codec(data) or (declared if _CONTROL.search(data) else "utf-8")
        is_exact = label.lower().endswith(("le", "be"))
        yield declared if is_exact and _is_mostly_wide(data) else "utf-8"
        return
    if declared and not _is_rather_utf8(data, declared, label):
        yield declared
    yield "utf-8"
    if declared:
        yield declared


def _is_mostly_wide(data: bytes) -> bool:
    """Return whether bytes have less ASCII than a text of single bytes has."""
    return 4 * sum(byte < 0x80 for byte in data) < 3 * len(data)


def _is_rather_utf8(data: bytes, codec: str, label: str) -> bool:
    """Return whether bytes that can be read as UTF-8 are that, whatever was declared.

    One character of UTF-8 may be two of a single-byte charset by accident, such as the last two
    of "Spaß…" in Windows-1252. Several such accidents do not happen. In the charsets of Chinese
    and Korean they do, but not with characters of three bytes.
    """
    if codec.startswith(_MULTI_BYTE_CODECS):
        return bool(_LONG_LEAD.search(data))
    is_default_of_servers = codec == "cp1252" and "1252" not in label
    return bool(_TWO_FOLLOWING.search(data)) or (
        is_default_of_servers and bool(_COMMON_LEAD.search(data))
    )


def _try_codec(data: bytes, codec: str) -> str | None:
    """Return bytes as text if all of them can be read with a codec."""
    try:
        text = data.decode(codec)
    except UnicodeError:
        return _join_surrogates(data) if codec == "utf-8" else None
    return text.removeprefix("\ufeff")


def _join_surrogates(data: bytes) -> str | None:
    """Return UTF-8 whose emoji are written as two surrogates each, as old Java programs do."""
    try:
        units = data.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
        return units.decode("utf-16-le").removeprefix("\ufeff")
    except UnicodeError:
        return None


def _is_mostly_utf8(data: bytes) -> bool:
    """Return whether bytes are UTF-8 in which some bytes are damaged or of another charset."""
    sample = data[:_LONGEST_SAMPLE]
    odd = sum(found.lastgroup == "odd" for found in _UTF8_PIECE.finditer(sample))
    return len(re.findall(_UTF8_CHARACTER, sample)) > odd


def _decode_damaged_utf8(data: bytes, other: str) -> str:
    """Return UTF-8 as text, its other bytes read with a codec where they are no cut character.

    Args:
        data: Bytes of the text.
        other: Codec of the other bytes; if empty, they become U+FFFD.
    """
    if not other or len(data) > _LONGEST_DAMAGED:
        return data.decode("utf-8", "replace")
    pieces = (
        found[0].decode(other, "replace")
        if found.lastgroup == "odd"
        else found[0].decode("utf-8", "replace")
        for found in _UTF8_PIECE.finditer(data)
    )
    return "".join(pieces).removeprefix("\ufeff")
