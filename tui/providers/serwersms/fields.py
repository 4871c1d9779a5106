"""Fields of an answer, read without trusting their types."""

from collections.abc import Mapping
from typing import Any

Item = Mapping[str, Any]
_YES = ("true", "1")


def text_of(item: Item, *names: str) -> str:
    """The first of these fields that holds a text or a number, as text; empty if none does."""
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def count_of(item: Item, name: str) -> int:
    """A count, also one written as text; 0 when it is none."""
    text = text_of(item, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def flag_of(item: Item, name: str) -> bool:
    """A boolean, also one in words: SerwerSMS itself writes both."""
    value = item.get(name)
    return value is True or value == 1 or (isinstance(value, str) and value.lower() in _YES)


def items_of(body: Item, name: str = "items") -> list[Any] | None:
    """The list under `name`; None when there is none. A numbered object counts as a list."""
    if name not in body:
        return None
    value = body[name]
    if value is None:
        return []
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else None
