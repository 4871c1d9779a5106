"""Write preferences as JSON for the cache, and restore them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from tui.domain.account import Account, NeededSetting
from tui.domain.database import ServerDatabase
from tui.settings.public import NotificationPreferences, Preferences
from tui.settings.values import ListenAddress, QuietHours, Webhook

_OBJECT_TYPES: tuple[type, ...] = (
    QuietHours,
    ListenAddress,
    ServerDatabase,
    NotificationPreferences,
    Webhook,
    Account,
    NeededSetting,
    Preferences,
)


def to_json_data(value: Any) -> Any:
    """Return preferences, or a part of them, as data that JSON can hold.

    A list is a tuple, and every other composed value is an object with one name, that of its type.

    Raises:
        TypeError: `from_json_data` could not restore the value.
    """
    if value is None or isinstance(value, str | int | float):
        return value
    if type(value) is tuple:
        return [to_json_data(item) for item in value]
    if isinstance(value, Path):
        return {"Path": str(value)}
    if isinstance(value, Mapping):
        return {"table": {key: to_json_data(item) for key, item in value.items()}}
    if type(value) not in _OBJECT_TYPES:
        raise TypeError(f"{type(value).__name__} cannot be written to the cache")
    # What is not shown, such as a password, is not written either.
    is_record = is_dataclass(value)
    names = [part.name for part in fields(value) if part.repr] if is_record else value._fields
    return {type(value).__name__: {name: to_json_data(getattr(value, name)) for name in names}}


def from_json_data(data: Any) -> Any:
    """Return the value that was given to `to_json_data`.

    Args:
        data: Data read from JSON.

    Raises:
        TypeError, KeyError, ValueError: The data is damaged.
    """
    if isinstance(data, list):
        return tuple(map(from_json_data, data))
    if not isinstance(data, dict):
        return data
    ((name, content),) = data.items()
    if name == "Path":
        return Path(content)
    parts = {key: from_json_data(item) for key, item in content.items()}
    types = {known.__name__: known for known in _OBJECT_TYPES}
    return parts if name == "table" else types[name](**parts)
