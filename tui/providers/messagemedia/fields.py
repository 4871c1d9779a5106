"""Read the fields of MessageMedia's items without relying on their types.

An item that has no id of its own gets one that is made of its fields.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tui.domain.text import repair_text

JsonObject = Mapping[str, Any]
"""One JSON object of the provider's."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGEST_PATTERN = re.compile(r"[0-9a-f]{64}")
_REFERENCE_PATTERN = re.compile(r"""\breference["']?\s*[:=]\s*["']?([A-Za-z0-9]+)""")
_CALLBACK_URL_PATTERN = re.compile(r"(callback_?url\W{1,12})[^\s\"'<>&]*", re.IGNORECASE)


def can_confirm(event_id: str) -> bool:
    """Return whether an event id is the provider's own and not a digest made here."""
    return bool(event_id) and not _DIGEST_PATTERN.fullmatch(event_id)


def get_value(item: Any, name: str) -> Any:
    """Return a field of a value that should be an object; None if it is absent.

    Args:
        item: Any JSON value.
        name: Name of the field.
    """
    return item.get(name) if isinstance(item, Mapping) else None


def get_text(item: Any, name: str) -> str:
    """Return a text field; empty if it is absent, null or no text.

    Args:
        item: Any JSON value.
        name: Name of the field.
    """
    value = get_value(item, name)
    return value if isinstance(value, str) else ""


def find_reference(item: Any) -> str:
    """Return our reference in the metadata; templates may print the metadata as one text."""
    metadata = get_value(item, "metadata")
    if isinstance(metadata, str):
        found = _REFERENCE_PATTERN.search(metadata)
        return found[1] if found else ""
    return get_text(metadata, "reference")


def parse_time(value: Any) -> int | None:
    """Return an ISO 8601 time as ms UTC, or None; a time without a zone is UTC."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        since_epoch = (at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return None
    return since_epoch // timedelta(milliseconds=1) if since_epoch >= timedelta(0) else None


def to_stored_json(item: Any) -> str:
    """Return an item as JSON text to store, without secrets."""
    if isinstance(item, Mapping):
        item = {name: value for name, value in item.items() if name != "callback_url"}
    try:
        return hide_callback_url(json.dumps(item, ensure_ascii=False))
    except RecursionError:
        return '"nested too deeply to be kept"'


def hide_callback_url(text: str) -> str:
    """Return a text without the listener's address, which holds a secret."""
    return _CALLBACK_URL_PATTERN.sub(r"\1(hidden)", repair_text(text))


def digest_fields(item: Any, *names: str) -> str:
    """Return an event id made of the fields that identify an item without its own id.

    Args:
        item: JSON object of the item.
        names: Fields that identify it.
    """
    return digest_parts(*(to_stored_json(get_value(item, name)) for name in names))


def digest_parts(*parts: str) -> str:
    """Return the SHA-256 of the parts, in hex."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
