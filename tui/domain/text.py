"""Make untrusted text fit to store, safe to show and to export, and easy to find.

SMS text is hostile input: lone surrogates break the database, escape sequences control the
terminal, direction overrides and stacked marks break the layout. `repair_text` runs at every
entrance and `to_printable` at every exit; in between the text stays as it was received. What an
agent types is in `tui/domain/typed_text.py`.

What a search compares is made by `fold_text`, which is in `tui/domain/folding.py`.
"""

import json
import re
import unicodedata
from typing import Any

from tui.domain.folding import fold_text as fold_text

REPLACEMENT = "\ufffd"
"""Stands for a character without a visible form of its own."""

_NULL = "\0"
_LINE_BREAKS = frozenset({0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029})
INVISIBLE_CHARACTERS = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xE0100, 0xE01F0))
)
_TAB = "    "
_NEWER_EMOJI = range(0x1F000, 0x1FC00)
_JOINERS = "\u200c\u200d"
_FIRST_MARK = "\u0300"
"""No character below this one is a mark or a joiner."""
_MARKS_PER_BASE = 6
_DOTTED_CIRCLE = "\u25cc"
_SCAN_PER_SHOWN = 8
"""Characters scanned per character shown, so that a megabyte costs no more than a page."""

_WHOLE_PAIRS = re.compile("(?s:.{1,65536}+(?:(?<=[\ud800-\udbff]).)?)")
"""Pieces that cut no surrogate pair: other threads wait while one is worked on."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\u2212")
"""Characters with which a spreadsheet recognizes a formula; full-width forms are folded first."""
_PLAIN_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
"""A phone number in E.164: it computes nothing, and has to stay what can be dialled."""
_BEFORE_A_FORMULA = (
    "'\"`\u00b4\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\uff02\uff07"
)
"""Quotation marks that a spreadsheet or a person removes in front of a formula."""
_NOT_PRINTABLE_ASCII = re.compile(r"[^\x20-\x7e]")


class _VisibleForms(dict[int, str]):
    """Cache of the visible form of each character: building it for all of Unicode takes 0.3 s."""

    def __missing__(self, code: int) -> str:
        """Compute and store the visible form of one code point."""
        shown = self[code] = _find_visible_form(code)
        return shown


visible_forms = _VisibleForms()


def repair_text(text: str) -> str:
    """Join surrogate pairs; replace lone surrogates and NUL with U+FFFD.

    The result always encodes to UTF-8.
    """
    if text.isascii():
        return text.replace(_NULL, REPLACEMENT)
    return "".join(map(_join_surrogates, _WHOLE_PAIRS.findall(text.replace(_NULL, REPLACEMENT))))


def repair_json(value: Any) -> Any:
    """Repair every string inside parsed JSON, keys too; return a copy, however deep it is."""
    top: list[Any] = [value]
    # A list in place of recursion: hostile JSON can be nested deeper than Python's stack.
    waiting: list[list[Any] | dict[str, Any]] = [top]
    while waiting:
        container = waiting.pop()
        if isinstance(container, dict):
            container.update({key: _repair_item(item, waiting) for key, item in container.items()})
        else:
            container[:] = [_repair_item(item, waiting) for item in container]
    return top[0]


def to_printable(text: str, *, limit: int | None = None) -> str:
    """Return `text` safe for a terminal: no control codes, LF as the only line break.

    Idempotent.

    Args:
        text: Untrusted text.
        limit: Maximum length in characters; the last one is "…" if the text was cut.
    """
    if limit is None:
        return _clean_text(text)
    within = limit * _SCAN_PER_SHOWN
    clean = _clean_text(text[:within])
    if len(clean) <= limit and len(text) <= within:
        return clean
    return (clean[: limit - 1].rstrip(_JOINERS) + "…")[: max(limit, 0)]


def one_line(text: str, limit: int = 200) -> str:
    """Return `text` safe to show on one line, each line break a visible "⏎".

    Args:
        text: Untrusted text.
        limit: Maximum length in characters.
    """
    return to_printable(text, limit=limit).replace("\n", "⏎")


def to_cell(text: str) -> str:
    """Return `text` safe for a cell of a CSV file: printable, and no formula.

    A text that a spreadsheet could run gets an apostrophe in front; `from_cell` removes it. A
    phone number in E.164 stays as it is.
    """
    clean = to_printable(text)
    return f"'{clean}" if _is_like_formula(clean) else clean


def from_cell(cell: str) -> str:
    """Return the text of a cell without the apostrophe that `to_cell` has put in front."""
    return cell[1:] if cell[:1] == "'" and _is_like_formula(cell[1:]) else cell


def to_json_line(value: Any, *, ascii: bool = True) -> str:
    """Return JSON on one line without a character that a terminal obeys.

    Args:
        value: Value that JSON can express.
        ascii: Whether characters outside ASCII are escaped too; otherwise printable ones stay.
    """
    text = json.dumps(value, ensure_ascii=ascii, default=str)
    # JSON itself permits DEL, the C1 codes and the marks that reverse a line.
    if ascii:
        return _NOT_PRINTABLE_ASCII.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text).replace(
        "\x7f", "\\u007f"
    )


def _is_like_formula(text: str) -> bool:
    """Return whether a spreadsheet could take a printable text for a formula."""
    if _PLAIN_NUMBER.fullmatch(text):
        return False
    for char in text:
        if not (char.isspace() or char in _JOINERS or char in _BEFORE_A_FORMULA):
            return unicodedata.normalize("NFKC", char).startswith(_FORMULA_STARTS)
    return False


def _join_surrogates(text: str) -> str:
    """Return `text` with its surrogate pairs joined and its lone surrogates replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _repair_item(item: Any, waiting: list[list[Any] | dict[str, Any]]) -> Any:
    """Return one JSON item repaired; a container is copied and its items are queued."""
    if isinstance(item, str):
        return repair_text(item)
    if not isinstance(item, list | dict):
        return item
    copy = list(item) if isinstance(item, list) else {repair_text(k): v for k, v in item.items()}
    waiting.append(copy)
    return copy


def _clean_text(text: str) -> str:
    """Return `text` with each character in its visible form and its marks limited."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    shown = text.replace("\r\n", "\n").translate(visible_forms)
    return shown if max(shown, default="") < _FIRST_MARK else _limit_marks(shown)


def _find_visible_form(code: int) -> str:
    """Return the visible form of one code point; empty if it needs none."""
    if code in _LINE_BREAKS:
        return "\n"
    if code == 0x09:
        return _TAB
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return "" if code in INVISIBLE_CHARACTERS else _convert_by_category(chr(code))


def _convert_by_category(char: str) -> str:
    """Return the visible form that follows from the general category."""
    category = unicodedata.category(char)
    if category == "Cf":
        return char if char in _JOINERS else ""
    # Emoji newer than Python's Unicode tables count as unassigned there.
    if category == "Cn" and ord(char) in _NEWER_EMOJI:
        return char
    return REPLACEMENT if category[0] == "C" else char


def _limit_marks(text: str) -> str:
    """Return `text` with at most six marks and one joiner per base, and no mark without a base."""
    cleaned: list[str] = []
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
                cleaned.append(_DOTTED_CIRCLE)
                base = _DOTTED_CIRCLE
            marks += 1
        else:
            base, marks, joined = char, 0, False
        cleaned.append(char)
    return "".join(cleaned)


def join_texts(subject: str, body: str) -> str:
    """Return the text of a message that a search looks through.

    Args:
        subject: Subject of the message; empty for most.
        body: Text of the message.
    """
    return f"{subject} {body}" if subject else body


_SPAN_UNITS = (
    (52 * 604_800, 100 * 604_800, "y"),
    (604_800, 2 * 604_800, "w"),
    (86_400, 86_400, "d"),
    (3_600, 3_600, "h"),
    (60, 60, "m"),
    (1, 1, "s"),
)
"""Length of each unit of time in seconds, from how many seconds on it is used, and its sign."""


def format_span(span: int, *, units: int = 1) -> str:
    """Return a length of time: "40s", "12m", "3h", "5d", "9w"; with two units "3h 5m".

    Every length of time has this form: on the screen, in line mode and in the commands.

    Args:
        span: Length in ms; a negative one counts as 0.
        units: Most units to use; a second one that is 0 is left out.
    """
    rest = max(0, span) // 1_000
    parts: list[tuple[int, str]] = []
    for length, least, sign in _SPAN_UNITS:
        if parts or rest >= least:
            parts.append((rest // length, sign))
            rest %= length
    return " ".join(f"{count}{sign}" for count, sign in parts[:units] if count) or "0s"


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural unless it is one: "1 part", "2 parts".

    Args:
        count: Number of things.
        noun: Singular of a noun whose plural ends in s.
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"
