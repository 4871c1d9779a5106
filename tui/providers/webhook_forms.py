"""Split pushed forms and lines into named values, also where the sender escaped nothing.

Many gateways put a customer's text into a template as it is. Then "&", "=" or a line end in it
looks like the next field. So a text ends only where a field that the provider knows begins.

Bytes are held as Latin-1 text in here: a charset is found for a single value, without escapes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from urllib.parse import unquote, unquote_to_bytes

from tui.domain.charsets import decode_text, escape_wide_units
from tui.domain.record_type import record
from tui.domain.text import repair_text

_SEPARATOR = re.compile(r"(\r\n|[&\r\n])")
_LINE_END = re.compile(r"(\r\n|[\r\n])")
_FIELD_NAME = re.compile(r"[A-Za-z_][\w.-]*(?:\[[^\[\]]*\])*", re.ASCII)
_LINE_FIELD = re.compile(r"([A-Za-z_][\w.\[\]-]*)([ \t]*)([=:])(.*)", re.ASCII | re.DOTALL)
_NOT_ESCAPED = re.compile(r"[^\w.~!'()*+%-]|%(?![0-9A-Fa-f]{2})", re.ASCII)
"""What the encoders of forms leave in no value: they escape it."""
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|\+")
_WHOLE_ESCAPES = re.compile(rb"(?s:.{1,65536}+(?:(?<=%)..|(?<=%.).)?)")
"""Pieces that cut no escape: other threads wait while one is worked on."""
_NEVER_ENCODED = re.compile(r"[ \t\r\n\x80-\xff]")
"""Characters that no encoder leaves; beside them a plus sign is no blank."""
_ARRAY_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_ARRAY_KEY = re.compile(r"\[([^\[\]]*)\]")
_DEEPEST_NESTING = 8
MOST_FIELDS: Final = 20_000
"""Lines, fields or values of one body; each costs more time than its bytes."""
_LONGEST_NAME = 1_000


@record
class BodyRules:
    """What a provider knows of the bodies that are pushed to it."""

    names: frozenset[str] = frozenset()
    """Names of fields in lower case, of arrays without brackets. If empty, any name separates."""
    texts: frozenset[str] = frozenset()
    """Those of the names whose values a customer has written."""
    charset: str = ""
    """Charset of values that are neither what was declared nor UTF-8; empty for none."""
    file_list: str = ""
    """Name of the list in the payload that takes in the content of uploaded files, if any."""

    def knows_name(self, name: str) -> bool:
        """Return whether a name, perhaps of an array's element, is a field of the provider.

        Args:
            name: Name of a field.
        """
        key = _to_key(name)
        return key in self.names or key.partition("[")[0] in self.names

    def is_text(self, name: str) -> bool:
        """Return whether the value of a field is written by a customer.

        Args:
            name: Name of a field.
        """
        key = _to_key(name)
        return key in self.texts or key.partition("[")[0] in self.texts


class UnreadableBody(ValueError):
    """Report a body that cannot be read; the text is the problem as a sentence."""


@dataclass(slots=True)
class _Piece:
    """What stands between two separators; `name` is None if it cannot begin a field."""

    separator: str
    text: str
    name: str | None
    value: str


@dataclass(slots=True)
class _Field:
    """One field while the pieces of its value are collected."""

    name: str
    parts: list[str]
    is_escaped: bool
    """Whether the value can be what an encoder of forms has made."""


def parse_form(body: bytes, rules: BodyRules, charset: str = "") -> list[tuple[str, str]]:
    """Return the fields of a form or of a query, decoded and repaired, in their order.

    Args:
        body: Form with "&" or line ends between its fields.
        rules: What the provider knows of its bodies.
        charset: Charset that the sender declares; empty if it declares none.
    """
    pairs = [(_unescape(name), _unescape(value)) for name, value in _split_form(body, rules)]
    named = next((value.decode("latin-1") for name, value in pairs if name == b"_charset_"), "")
    return _decode_pairs(pairs, rules, charset or named)


def parse_lines(body: bytes, rules: BodyRules, charset: str = "") -> list[tuple[str, str]]:
    """Return the fields of plain text: lines of `name=value` or `name: value`, without escapes.

    A single line with several known fields is a form that was sent under the wrong type.

    Args:
        body: Plain text.
        rules: What the provider knows of its bodies.
        charset: Charset that the sender declares; empty if it declares none.
    """
    pairs = _split_lines(body, rules)
    if rules.names and sum(rules.knows_name(name) for name, _ in pairs) < 2:
        form = parse_form(body, rules, charset)
        if sum(rules.knows_name(name) for name, _ in form) > 1:
            return form
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    return _decode_pairs(encoded, rules, charset)


def nest_fields(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return fields as an object, with arrays in the notation of PHP as lists and objects.

    `a[]=1&a[]=2` is a list, `a[b][c]=1` an object, `a[0][b]=1` a list of objects. The first of a
    repeated name counts.

    Args:
        pairs: Names and values.
    """
    tree = _Branch()
    for name, value in pairs:
        found = _ARRAY_NAME.fullmatch(name.strip()) if len(name) < _LONGEST_NAME else None
        keys = [found[1], *_ARRAY_KEY.findall(found[2])] if found else [name]
        if len(keys) > _DEEPEST_NESTING or not _insert_value(tree, keys, value):
            tree.setdefault(name, value)
    return {name: _to_json(value) for name, value in tree.items()}


def _split_form(body: bytes, rules: BodyRules) -> list[tuple[str, str]]:
    """Split a form at "&" and line ends, except where that would split a customer's text.

    Behind a text that is not escaped, only a known name begins a field, and of a name that
    occurs several times only the last: those before it belong to the text.
    """
    text = body.decode("latin-1")
    has_escapes = bool(_ESCAPE.search(text))
    parts = _split_text(_SEPARATOR, text)
    pieces = []
    for separator, part in zip(["", *parts[1::2]], parts[::2], strict=True):
        name, equals, value = part.partition("=")
        pieces.append(_Piece(separator, part, name if equals else None, value))

    def is_field_after_text(piece: _Piece, text: _Field, is_only_one: bool) -> bool:
        """Return whether a piece behind a customer's text is not part of it."""
        name = unquote(piece.name or "").strip()
        is_escaped = text.is_escaped and not _NOT_ESCAPED.search(piece.value)
        if rules.knows_name(name):
            return is_escaped or is_only_one
        is_separated = has_escapes and piece.separator == "&"
        return is_escaped and is_separated and bool(_FIELD_NAME.fullmatch(name))

    return _join_pieces(pieces, rules, is_field_after_text)


def _split_lines(body: bytes, rules: BodyRules) -> list[tuple[str, str]]:
    """Split plain text where a line begins with the name of a field."""
    parts = _split_text(_LINE_END, body.decode("latin-1"))
    found = [_LINE_FIELD.fullmatch(part.lstrip(" \t")) for part in parts[::2]]
    signs = [match[3] for match in found if match and rules.knows_name(match[1])]
    signs = signs or [match[3] for match in found[:1] if match]
    pieces = []
    for separator, part, match in zip(["", *parts[1::2]], parts[::2], found, strict=True):
        name, value = (match[1], match[4]) if match and match[3] in signs[:1] else (None, "")
        if match and (match[3] == ":" or match[2]):
            value = value.removeprefix(" ")
        pieces.append(_Piece(separator, part, name, value))
    return _join_pieces(
        pieces, rules, lambda piece, _, only: only and rules.knows_name(piece.name or "")
    )


def _split_text(separator: re.Pattern[str], text: str) -> list[str]:
    """Split a text with its separators; raise `UnreadableBody` if it has too many of them."""
    parts = separator.split(text, maxsplit=MOST_FIELDS)
    if len(parts) > 2 * MOST_FIELDS:
        raise UnreadableBody(f"The body has more than {MOST_FIELDS:,} lines or fields")
    return parts


def _join_pieces(
    pieces: Sequence[_Piece],
    rules: BodyRules,
    is_field_after_text: Callable[[_Piece, _Field, bool], bool],
) -> list[tuple[str, str]]:
    """Return fields, each with the pieces that belong to its value.

    Args:
        pieces: Pieces of the body in order.
        rules: What the provider knows of its bodies.
        is_field_after_text: Decides by a piece, the text before it, and whether no other piece
            has the same name.
    """
    later = Counter(_to_key(piece.name) for piece in pieces if piece.name)
    fields: list[_Field] = []
    seen: set[str] = set()
    skipped = ""
    for piece in pieces:
        key = _to_key(piece.name or "")
        later[key] -= 1
        if not piece.text:
            # An empty line or "&&" counts only inside a value.
            skipped += piece.separator
            continue
        if not fields:
            begins = True
        elif not rules.names:
            begins = piece.name is not None
        elif rules.is_text(fields[-1].name):
            is_only_one = key not in seen and not later[key]
            begins = piece.name is not None and is_field_after_text(piece, fields[-1], is_only_one)
        else:
            begins = piece.name is not None or bool(_FIELD_NAME.fullmatch(piece.text))
        if begins:
            seen.add(key)
            name, value = (piece.text, "") if piece.name is None else (piece.name, piece.value)
            fields.append(_Field(name, [value], not _NOT_ESCAPED.search(value)))
        else:
            fields[-1].parts.extend((skipped, piece.separator, piece.text))
            fields[-1].is_escaped = False
        skipped = ""
    return [(field.name, "".join(field.parts)) for field in fields]


def _to_key(name: str) -> str:
    """Return a name as it is compared."""
    return unquote(name).strip().casefold()


def _unescape(value: str) -> bytes:
    """Return the bytes of a form's value; a value that is not encoded keeps its plus signs."""
    if not _NEVER_ENCODED.search(value):
        value = value.replace("+", " ")
    data = escape_wide_units(value).encode("latin-1")
    return b"".join(unquote_to_bytes(piece) for piece in _WHOLE_ESCAPES.findall(data))


def _decode_pairs(
    pairs: Iterable[tuple[bytes, bytes]], rules: BodyRules, charset: str
) -> list[tuple[str, str]]:
    """Return names and values as repaired texts; each may be of another charset."""

    def decode(data: bytes) -> str:
        """Return a name or a value as text."""
        return repair_text(decode_text(data, charset, rules.charset))

    return [(decode(name), decode(value)) for name, value in pairs]


class _Branch(dict[str, Any]):
    """An array while its elements arrive, by their keys."""


def _insert_value(tree: _Branch, keys: Sequence[str], value: Any) -> bool:
    """Insert a value and return True, or return False if another value is in its way."""
    branch = tree
    for key, following in pairwise(keys):
        child = branch.setdefault(key or _find_open_element(branch, following), _Branch())
        if not isinstance(child, _Branch):
            return False
        branch = child
    branch.setdefault(keys[-1] or str(len(branch)), value)
    return True


def _find_open_element(branch: _Branch, following: str) -> str:
    """Return the key of the last element if it has no `following` yet, else of a new element."""
    last = branch.get(str(len(branch) - 1))
    is_open = isinstance(last, _Branch) and following and following not in last
    return str(len(branch) - 1 if is_open else len(branch))


def _to_json(value: Any) -> Any:
    """Return an array as a list if its keys count from 0 or 1, otherwise as an object."""
    if not isinstance(value, _Branch):
        return value
    items = {key: _to_json(item) for key, item in value.items()}
    for first in (0, 1):
        keys = [str(number) for number in range(first, first + len(items))]
        if items.keys() == set(keys):
            return [items[key] for key in keys]
    return items
