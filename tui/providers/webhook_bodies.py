"""Read pushed requests as named texts: from a form, from lines of pairs, or from JSON.

Two providers leave the notation of their pushes open, so the notation is detected here. The
meaning of the names stays with the provider.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from tui.clock import MINUTE
from tui.domain.text import repair_json, repair_text
from tui.providers.protocol import Push

_PAIR_SEPARATOR = re.compile(r"(\r\n|[&\r\n])")
_CHARSET_PATTERN = re.compile(r"charset=\"?([\w-]+)", re.ASCII)
_KNOWN_CHARSETS = frozenset(
    {"iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-15", "koi8-r"}
    | {f"windows-{page}" for page in range(1250, 1259)}
)
_DEEPEST_NESTING = 4
_REPEATS_WITHIN_MS = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class PushItem:
    """One event of a pushed request."""

    fields: dict[str, str]
    """Texts by name in lower case; a nested name stands alone and with its dotted path."""
    payload: Any
    """The item as received, as JSON."""

    def get_text(self, name: str) -> str:
        """Return the text of a field without surrounding blanks, or an empty text without it."""
        return self.fields.get(name.casefold(), "").strip()

    def has_field(self, name: str) -> bool:
        """Return whether a field is present, even with an empty text."""
        return bool(name) and name.casefold() in self.fields


def parse_items(push: Push) -> tuple[PushItem, ...]:
    """Return the events in a push: none for an empty request, several for a JSON array."""
    body = push.body.strip()
    if not body:
        return (_build_form_item(push.query),) if push.query else ()
    content_type = push.headers.get("content-type", "").lower()
    # Some servers begin the body with a byte order mark, which no JSON parser accepts.
    text = body.removeprefix(b"\xef\xbb\xbf").decode(_find_charset(content_type), "replace")
    if "json" in content_type or text.startswith(("{", "[")):
        try:
            return _parse_json_items(repair_json(json.loads(text)), push)
        except (ValueError, RecursionError):
            if "json" in content_type:
                return (PushItem({}, text),)
    return (_build_form_item([*_parse_pairs(text, content_type), *push.query]),)


def get_repeat_window(now: int) -> str:
    """Return the time window that becomes part of a reply's digest.

    It is for replies that carry neither an id nor a time. The same text minutes apart is
    one push repeated; hours apart it is a second "yes".

    Args:
        now: Current time (ms UTC).
    """
    return str(now // _REPEATS_WITHIN_MS)


def _parse_json_items(value: Any, push: Push) -> tuple[PushItem, ...]:
    """Return one item per JSON object; any other value has no fields."""
    query = {repair_text(name).casefold(): repair_text(text) for name, text in push.query}
    found = value if isinstance(value, list) else [value]
    return tuple(PushItem(query | _flatten_object(item), item) for item in found)


def _flatten_object(value: Any, path: str = "", depth: int = _DEEPEST_NESTING) -> dict[str, str]:
    """Return the texts and integers of a JSON object by name; outer names win over inner ones."""
    flat: dict[str, str] = {}
    if not isinstance(value, dict) or not depth:
        return flat
    for key, item in value.items():
        name = key.strip().casefold()
        if isinstance(item, str) or type(item) is int:
            flat[name] = flat[path + name] = str(item)
    for key, item in value.items():
        flat = _flatten_object(item, f"{path}{key.strip().casefold()}.", depth - 1) | flat
    return flat


def _build_form_item(pairs: Iterable[tuple[str, str]]) -> PushItem:
    """Return name and text pairs as one item; the first of a repeated name counts."""
    whole: dict[str, str] = {}
    for name, text in pairs:
        whole.setdefault(repair_text(name), repair_text(text))
    return PushItem({name.strip().casefold(): text for name, text in whole.items()}, whole)


def _parse_pairs(text: str, content_type: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a form, decoded, or of plain text, unchanged."""
    is_plain = "text/plain" in content_type
    encoding = _find_charset(content_type)
    for piece in _split_pairs(text, is_plain):
        name, _, value = piece.partition("=")
        if is_plain:
            yield name, value
        else:
            yield unquote_plus(name, encoding), unquote_plus(value, encoding)


def _split_pairs(text: str, is_plain: bool) -> list[str]:
    """Split the text at "&" and line ends, except where that would split a customer's text.

    A piece without "=" is no pair: it belongs to the text before it, with its separator.
    """
    parts = _PAIR_SEPARATOR.split(text)
    pieces = [parts[0]]
    for separator, piece in zip(parts[1::2], parts[2::2], strict=True):
        if "=" in piece:
            pieces.append(piece)
        elif piece or is_plain:
            pieces[-1] += separator + piece
    return pieces


def _find_charset(content_type: str) -> str:
    """Return the charset that a content type names if it is a common one, otherwise UTF-8."""
    named = _CHARSET_PATTERN.search(content_type)
    return named[1] if named and named[1] in _KNOWN_CHARSETS else "utf-8"
