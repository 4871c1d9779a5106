"""Read the fields of an answer without relying on their types, for one account."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from tui.domain.record_type import record
from tui.providers.errors import UnreadableAnswer
from tui.providers.masking import SecretMask

Item = Mapping[str, Any]
"""A parsed JSON object, or the parameters of a pushed request."""
_TRUE_TEXTS = ("true", "1")


def read_text(item: Item, *names: str) -> str:
    """Return the first of these fields that holds a text or a number, as text; else "".

    Args:
        item: Parsed object.
        *names: Names of the fields, in order of preference.
    """
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""


def read_count(item: Item, name: str) -> int:
    """Return a count, also one written as text; 0 if it is not a count.

    Args:
        item: Parsed object.
        name: Name of the field.
    """
    text = read_text(item, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def read_flag(item: Item, name: str) -> bool:
    """Return a boolean, also one written as text: SerwerSMS itself writes both.

    Args:
        item: Parsed object.
        name: Name of the field.
    """
    value = item.get(name)
    return value is True or value == 1 or (isinstance(value, str) and value.lower() in _TRUE_TEXTS)


def read_items(body: Item, name: str = "items") -> list[Any] | None:
    """Return the list under a name, or None if there is none.

    Args:
        body: Parsed object.
        name: Name of the list; an object with numbered members counts as a list.
    """
    if name not in body:
        return None
    value = body[name]
    if value is None:
        return []
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else None


def require_items(body: Item) -> list[Any]:
    """Return the items of a page; raise `UnreadableAnswer` for a page without a list."""
    items = read_items(body)
    if items is None:
        raise UnreadableAnswer("SerwerSMS answered without a list of items")
    return items


@record
class AccountContext:
    """Time zone and charset of the account, and the secrets that must not be stored."""

    zone: ZoneInfo
    mask: SecretMask
    charset: str = ""
    """Charset of texts that are not UTF-8 and declare none; empty for none."""

    def format_raw(self, payload: Any) -> str:
        """Return the payload as JSON text to store, with secrets masked.

        Args:
            payload: Parsed JSON.
        """
        return self.mask.mask_payload(payload)
