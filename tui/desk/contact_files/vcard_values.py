"""Read the values of vCard properties, and the own fields that a card gives a contact."""

import re
from collections.abc import Iterable

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_UNESCAPED_SEMICOLON = re.compile(r"(?<!\\);")
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")
FIELDS = {
    "ORG": "org",
    "TITLE": "title",
    "ROLE": "role",
    "EMAIL": "email",
    "ADR": "address",
    "BDAY": "birthday",
    "URL": "url",
}
"""Name of the field of a contact for each property that becomes one."""
_IN_PARTS = frozenset({"ORG", "ADR"})
"""Properties whose parts are separated by semicolons."""


def list_fields(properties: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the own fields of a card; of several values of a property the first one.

    Args:
        properties: Name and encoded text of each property.
    """
    found: dict[str, str] = {}
    for name, text in properties:
        field = FIELDS.get(name)
        if field is None or field in found:
            continue
        parts = split_parts(text) if name in _IN_PARTS else [unescape(text)]
        if value := ", ".join(part for part in parts if part):
            found[field] = value
    return tuple(found.items())


def split_parts(text: str) -> list[str]:
    """Return the parts of a value like "family;given;;;"."""
    return [unescape(_UNESCAPED_COMMA.sub(" ", part)) for part in _UNESCAPED_SEMICOLON.split(text)]


def unescape(text: str) -> str:
    """Return a value on one line without the escapes of vCard."""
    plain = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], text)
    return " ".join(plain.split())


def strip_escapes(text: str) -> str:
    """Return a value without backslashes, all on one line."""
    return " ".join(_ESCAPE.sub(r"\1", text).split())
