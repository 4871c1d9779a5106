"""Kinds of values that settings are made of, each with its one line for a wrong one.

A value from the environment is always text, so every kind also reads its own text form.
"""

import json
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from tui.settings.desk import Address, QuietHours
from tui.settings.keys import known_command, pressable, without_clash

_REGION = re.compile(r"[A-Za-z]{2}")
_PATH_SECRET = re.compile(r"[A-Za-z0-9_-]{8,128}")
_HOURS = re.compile(r"([01]?\d|2[0-3])(?::00)?\s*[-–]\s*([01]?\d|2[0-3])(?::00)?")


def _words(value: Any) -> Any:
    """A list, from a list or from text with commas between the words."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return _json(value)
    return [word.strip() for word in value.split(",") if word.strip()]


def _table(value: Any) -> Any:
    """A table, from a table or from JSON text."""
    return _json(value) if isinstance(value, str) else value


def _json(text: str) -> Any:
    """The value of JSON text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("is not valid JSON") from None


def _joined_keys(value: Any) -> Any:
    """Several keys as one text with commas between them."""
    if isinstance(value, list) and all(isinstance(key, str) for key in value):
        return ",".join(value)
    return value


def _clash_free(table: dict[str, str]) -> dict[str, str]:
    """A table of keys in which no key stands for two commands."""
    if table:
        without_clash(table)
    return table


def _quiet_hours(value: Any) -> Any:
    """Quiet hours from "20-8", or none from "off"."""
    if value is None or isinstance(value, QuietHours):
        return value
    text = value.strip().casefold() if isinstance(value, str) else "?"
    if text in ("", "off", "none"):
        return None
    found = _HOURS.fullmatch(text)
    if not found or found[1] == found[2]:
        raise ValueError('must be two different hours like "20-8", or "off"')
    return QuietHours(int(found[1]), int(found[2]))


def _address(value: Any) -> Any:
    """An address from "127.0.0.1:8080" or "[::1]:8080"."""
    if value is None or isinstance(value, Address):
        return value
    host, _, port = value.strip().rpartition(":") if isinstance(value, str) else ("", "", "")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or not port.isdecimal() or int(port) > 65535:
        raise ValueError('must be HOST:PORT, like "127.0.0.1:8080"')
    if ":" in bare and bare == host:
        raise ValueError('needs brackets around an IPv6 host, like "[::1]:8080"')
    return Address(bare, int(port))


def _region(value: str) -> str:
    """A two-letter country in capitals."""
    if value and not _REGION.fullmatch(value):
        raise ValueError('must be a two-letter country, like "AU"')
    return value.upper()


def _url(value: str) -> str:
    """An http address without a slash at its end."""
    text = value.strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username or not text.isascii():
        raise ValueError('must be an address like "https://api.example.com", without a query')
    return text


def _path_secret(value: SecretStr) -> SecretStr:
    """A secret that can stand in a path."""
    if not _PATH_SECRET.fullmatch(value.get_secret_value()):
        raise ValueError("must be 8 to 128 letters, digits, - or _: it stands in an address")
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""A list of texts; also `a, b` and `["a", "b"]` as text."""
KeyTable = Annotated[
    dict[
        Annotated[str, AfterValidator(known_command)],
        Annotated[str, BeforeValidator(_joined_keys), AfterValidator(pressable)],
    ],
    BeforeValidator(_table),
    AfterValidator(_clash_free),
]
"""Command id to keys; also JSON as text."""
WordTable = Annotated[dict[str, Words], BeforeValidator(_table)]
"""Country to words; also JSON as text."""
Hours = Annotated[QuietHours | None, BeforeValidator(_quiet_hours)]
Listen = Annotated[Address | None, BeforeValidator(_address)]
Region = Annotated[str, AfterValidator(_region)]
Url = Annotated[str, AfterValidator(_url)]
PathSecret = Annotated[SecretStr, AfterValidator(_path_secret)]
Theme = Literal["dark", "light", "high-contrast", "terminal"]
LogLevel = Literal["debug", "info", "warning", "error"]
