"""Pushed requests as named texts, whatever their notation: form, one pair a line, or JSON.

Two providers leave the notation of their pushes open, so the notation is found out here and the
meaning of the names stays with the provider.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from tui.clock import MINUTE
from tui.domain.text import repair, repair_json
from tui.providers.protocol import Push

_SEPARATOR = re.compile(r"(\r\n|[&\r\n])")
_CHARSET = re.compile(r"charset=\"?([\w-]+)", re.ASCII)
_CHARSETS = frozenset(
    {"iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-15", "koi8-r"}
    | {f"windows-{page}" for page in range(1250, 1259)}
)
_DEEPEST = 4
_REPEATS_WITHIN = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Item:
    """One event of a pushed request."""

    fields: dict[str, str]
    """Texts by name, the names in lower case; a nested name alone and with its path in dots."""
    whole: Any
    """The item as it came, as JSON."""

    def get(self, name: str) -> str:
        """The text called `name` without blanks around it, empty when there is none."""
        return self.fields.get(name.casefold(), "").strip()

    def has(self, name: str) -> bool:
        """Whether a text called `name` came, an empty one too."""
        return bool(name) and name.casefold() in self.fields


def items_of(push: Push) -> tuple[Item, ...]:
    """The events in `push`: none in an empty request, several in a JSON array."""
    body = push.body.strip()
    if not body:
        return (_form_item(push.query),) if push.query else ()
    kind = push.headers.get("content-type", "").lower()
    text = body.removeprefix(b"\xef\xbb\xbf").decode(_charset(kind), "replace")
    if "json" in kind or text.startswith(("{", "[")):
        try:
            return _json_items(repair_json(json.loads(text)), push)
        except (ValueError, RecursionError):
            if "json" in kind:
                return (Item({}, text),)
    return (_form_item([*_pairs(text, kind), *push.query]),)


def repeat_window(now: int) -> str:
    """What joins the digest of a reply that carries neither an id nor a time; `now` is ms UTC.

    The same words minutes apart are one push repeated; hours apart they are a second "yes".
    """
    return str(now // _REPEATS_WITHIN)


def _json_items(value: Any, push: Push) -> tuple[Item, ...]:
    """One item an object; what is no object becomes an item without fields."""
    query = {repair(name).casefold(): repair(text) for name, text in push.query}
    found = value if isinstance(value, list) else [value]
    return tuple(Item(query | _flat(item), item) for item in found)


def _flat(value: Any, path: str = "", depth: int = _DEEPEST) -> dict[str, str]:
    """The texts and whole numbers of a JSON object by name; outer names win over inner ones."""
    flat: dict[str, str] = {}
    if not isinstance(value, dict) or not depth:
        return flat
    for key, item in value.items():
        name = key.strip().casefold()
        if isinstance(item, str) or type(item) is int:
            flat[name] = flat[path + name] = str(item)
    for key, item in value.items():
        flat = _flat(item, f"{path}{key.strip().casefold()}.", depth - 1) | flat
    return flat


def _form_item(pairs: Iterable[tuple[str, str]]) -> Item:
    """Name and text pairs as one item; the first of a repeated name counts."""
    whole: dict[str, str] = {}
    for name, text in pairs:
        whole.setdefault(repair(name), repair(text))
    return Item({name.strip().casefold(): text for name, text in whole.items()}, whole)


def _pairs(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """The pairs of a form or of lines; plain text is taken as it stands, a form is decoded."""
    plain = "text/plain" in kind
    encoding = _charset(kind)
    for piece in _pieces(text, plain):
        name, _, value = piece.partition("=")
        if plain:
            yield name, value
        else:
            yield unquote_plus(name, encoding), unquote_plus(value, encoding)


def _pieces(text: str, plain: bool) -> list[str]:
    """`text` cut at "&" and line ends, except where that would cut a customer's text in two.

    A piece without "=" is no pair: it belongs to the text before it, together with its separator.
    """
    parts = _SEPARATOR.split(text)
    pieces = [parts[0]]
    for separator, piece in zip(parts[1::2], parts[2::2], strict=True):
        if "=" in piece:
            pieces.append(piece)
        elif piece or plain:
            pieces[-1] += separator + piece
    return pieces


def _charset(kind: str) -> str:
    """The charset a content type names, when it is one of the usual ones; otherwise UTF-8."""
    named = _CHARSET.search(kind)
    return named[1] if named and named[1] in _CHARSETS else "utf-8"
