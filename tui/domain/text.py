"""What strangers write, made fit to store and safe to show.

SMS text is hostile input: lone surrogates break the database, escape sequences drive the terminal,
direction overrides and stacked marks spoil the screen. `repair` stands at the door, `printable` at
every exit; between the two the text is kept as it came.
"""

import unicodedata
from typing import Any

REPLACEMENT = "\ufffd"
"""Stands for what has no visible form of its own."""

_NULL = "\0"
_LINE_BREAKS = frozenset({0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029})
_BLANK_LETTERS = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xE0100, 0xE01F0))
)
_NEWER_EMOJI = range(0x1F000, 0x1FC00)
_JOINERS = "\u200c\u200d"
_FIRST_MARK = "\u0300"
"""No character below this one is a mark or a joiner."""
_MARKS_PER_BASE = 6
_DOTTED_CIRCLE = "\u25cc"
_SCAN_PER_SHOWN = 8
"""Characters looked at for each one shown, so that a megabyte costs no more than a page."""

_FILE_NAME_EXTRAS = frozenset(" ._-()+,=@#&")
_FILE_NAME_BYTES = 120
_SUFFIX_LENGTH = 12
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)


class _Shown(dict[int, str]):
    """How each character is shown, worked out when it is first met: a full scan takes 0.3 s."""

    def __missing__(self, code: int) -> str:
        """Work out and keep the visible form of one code point."""
        shown = self[code] = _visible(code)
        return shown


_shown = _Shown()


def repair(text: str) -> str:
    """Join surrogate pairs; turn lone surrogates and NUL into U+FFFD. Always encodes to UTF-8."""
    if text.isascii():
        return text.replace(_NULL, REPLACEMENT)
    units = text.replace(_NULL, REPLACEMENT).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def repair_json(value: Any) -> Any:
    """Repair every string inside parsed JSON, keys too; a new value, however deep the old one."""
    top: list[Any] = [value]
    waiting: list[list[Any] | dict[str, Any]] = [top]
    while waiting:
        box = waiting.pop()
        if isinstance(box, dict):
            box.update({key: _repaired(item, waiting) for key, item in box.items()})
        else:
            box[:] = [_repaired(item, waiting) for item in box]
    return top[0]


def printable(text: str, *, limit: int | None = None) -> str:
    """Return `text` as it may go to a terminal: no codes, no overrides, LF the only line break.

    At most `limit` characters, the last one "…" when something was cut. Idempotent.
    """
    if limit is None:
        return _clean(text)
    within = limit * _SCAN_PER_SHOWN
    clean = _clean(text[:within])
    if len(clean) <= limit and len(text) <= within:
        return clean
    return (clean[: limit - 1].rstrip(_JOINERS) + "…")[: max(limit, 0)]


def one_line(text: str, limit: int = 200) -> str:
    """Return `text` safe to show on one line, each line break a visible "⏎"."""
    return printable(text, limit=limit).replace("\n", "⏎")


def safe_file_name(name: str, fallback: str) -> str:
    """Return the last part of an outside file `name` as one that is harmless in any directory.

    Letters of any script stay, everything else becomes "_"; at most 120 bytes, the suffix kept.
    `fallback` (ours, trusted) is returned when nothing usable is left.
    """
    last = unicodedata.normalize("NFC", repair(name)).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c if _may_name_a_file(c) else "_" for c in last)
    stem, dot, suffix = kept.strip(" ._-").rpartition(".")
    if not dot or len(suffix) > _SUFFIX_LENGTH:
        stem, dot, suffix = stem + dot + suffix, "", ""
    tail = dot + suffix
    stem = _cut(stem, _FILE_NAME_BYTES - len(tail.encode())).strip(" ._-")
    if not stem:
        return fallback
    return f"_{stem}{tail}" if stem.partition(".")[0].casefold() in _DEVICES else stem + tail


def _may_name_a_file(char: str) -> bool:
    """Tell letters, digits, marks and the harmless signs from all that a shell or a disk minds."""
    return char in _FILE_NAME_EXTRAS or unicodedata.category(char)[0] in "LNM"


def _repaired(item: Any, waiting: list[list[Any] | dict[str, Any]]) -> Any:
    """Return one JSON item repaired; a container comes back as a copy whose items wait."""
    if isinstance(item, str):
        return repair(item)
    if not isinstance(item, list | dict):
        return item
    copy = list(item) if isinstance(item, list) else {repair(k): v for k, v in item.items()}
    waiting.append(copy)
    return copy


def _clean(text: str) -> str:
    """Return `text` with each character in its visible form and marks kept within bounds."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    shown = text.replace("\r\n", "\n").translate(_shown)
    return shown if max(shown, default="") < _FIRST_MARK else _with_few_marks(shown)


def _visible(code: int) -> str:
    """Return the visible form of one code point, empty for what has none and needs none."""
    if code in _LINE_BREAKS:
        return "\n"
    if code == 0x09:
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return "" if code in _BLANK_LETTERS else _by_category(chr(code))


def _by_category(char: str) -> str:
    """Return the visible form that follows from the general category."""
    category = unicodedata.category(char)
    if category == "Cf":
        return char if char in _JOINERS else ""
    if category == "Cn" and ord(char) in _NEWER_EMOJI:
        return char
    return REPLACEMENT if category[0] == "C" else char


def _with_few_marks(text: str) -> str:
    """Return `text` with at most six marks and one joiner on each base, and no mark without one."""
    kept: list[str] = []
    base, marks, joined = "\n", 0, False
    for char in text:
        if char in _JOINERS:
            if joined or base.isspace():
                continue
            joined = True
        elif char >= _FIRST_MARK and unicodedata.category(char)[0] == "M":
            if marks == _MARKS_PER_BASE:
                continue
            if base == "\n":
                kept.append(_DOTTED_CIRCLE)
                base = _DOTTED_CIRCLE
            marks += 1
        else:
            base, marks, joined = char, 0, False
        kept.append(char)
    return "".join(kept)


def _cut(text: str, octets: int) -> str:
    """Return the longest start of `text` that is at most `octets` long in UTF-8."""
    return text.encode()[:octets].decode(errors="ignore")
