"""Define the types of the settings' values, each with its one-line message for a wrong value.

A value from the environment is always text, so every type also parses its own text form.
"""

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainValidator, SecretStr

from tui.clock import parse_duration
from tui.domain.change import NO_TARGETS, JournalKind
from tui.domain.database import Database
from tui.domain.record_type import record
from tui.domain.web_addresses import is_unencrypted
from tui.settings.database_address import parse_database
from tui.settings.key_map import check_clashes, split_keys, validate_command, validate_keys
from tui.settings.values import ListenAddress, QuietHours, Webhook

_REGION_PATTERN = re.compile(r"[A-Za-z]{2}")
_PATH_SECRET_PATTERN = re.compile(r"[A-Za-z0-9_-]{8,128}")
_TARGET_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_HOURS_PATTERN = re.compile(r"([01]?\d|2[0-3])(?::00)?\s*[-–]\s*([01]?\d|2[0-3])(?::00)?")


def _parse_list(value: Any) -> Any:
    """Return a list, from a list or from text with commas."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return _parse_json(value)
    return [item.strip() for item in value.split(",") if item.strip()]


def _parse_table(value: Any) -> Any:
    """Return a table, from a table or from JSON text."""
    return _parse_json(value) if isinstance(value, str) else value


def _parse_json(text: str) -> Any:
    """Return the value of JSON text."""
    try:
        return json.loads(text)
    # Deeply nested JSON raises RecursionError.
    except (ValueError, RecursionError):
        raise ValueError("is not valid JSON") from None


def _parse_keys(value: Any) -> tuple[str, ...]:
    """Return the keys of one command, from a list or from text with commas."""
    keys = [value] if isinstance(value, str) else value
    if not isinstance(keys, list | tuple) or not all(isinstance(key, str) for key in keys):
        raise ValueError("must be text; put it in quotes")
    return split_keys(",".join(keys))


def _validate_key_table(table: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return a table of keys in which no key is bound to two commands."""
    if table:
        check_clashes(table)
    return table


def _parse_quiet_hours(value: Any) -> Any:
    """Return quiet hours from "20-8", or None from "off"."""
    if value is None or isinstance(value, QuietHours):
        return value
    text = value.strip().casefold() if isinstance(value, str) else "?"
    if text in ("", "off", "none"):
        return None
    found = _HOURS_PATTERN.fullmatch(text)
    if not found or found[1] == found[2]:
        raise ValueError('must be two different hours like "20-8", or "off"')
    return QuietHours(int(found[1]), int(found[2]))


def _parse_listen_address(value: Any) -> Any:
    """Return an address from "127.0.0.1:8080" or "[::1]:8080"."""
    if value is None or isinstance(value, ListenAddress):
        return value
    host, _, port = value.strip().rpartition(":") if isinstance(value, str) else ("", "", "")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or not port.isdecimal() or int(port) > 65535:
        raise ValueError('must be HOST:PORT, like "127.0.0.1:8080"')
    if ":" in bare and bare == host:
        raise ValueError('needs brackets around an IPv6 host, like "[::1]:8080"')
    return ListenAddress(bare, int(port))


def _check_path(value: Any) -> Any:
    """Return a path; an empty one, which would be the current directory, is refused."""
    if value == "":
        raise ValueError("must not be empty")
    return value


def _validate_region(value: str) -> str:
    """Return an ISO country in capitals."""
    if value and not _REGION_PATTERN.fullmatch(value):
        raise ValueError('must be a two-letter country, like "AU"')
    return value.upper()


def _validate_url(value: str) -> str:
    """Return an http address without a slash at its end."""
    text = value.strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_valid = False
    # `urlsplit` drops tabs and line breaks inside of an address; who uses it does not.
    is_printable = text.isascii() and text.isprintable() and " " not in text
    if not is_valid or parts.query or parts.fragment or parts.username or not is_printable:
        raise ValueError('must be an address like "https://api.example.com", without a query')
    return text


def _parse_command(value: Any) -> Any:
    """Return the words of a command, from a list or from text as a shell splits it."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return _parse_json(value)
    try:
        return shlex.split(value)
    except ValueError:
        raise ValueError("has a quote without its end") from None


def _validate_command_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a command that can be run."""
    if words and (not words[0] or any("\0" in word for word in words)):
        raise ValueError("must begin with the program to run, and hold no NUL")
    return words


def _validate_notify_url(value: str) -> str:
    """Return an http address, with a query or without, or `file:` and the path of one."""
    text = value.strip()
    if text.startswith("file:"):
        if not text.removeprefix("file:").strip():
            raise ValueError("has no path after file:")
        return text
    address, _, query = text.partition("?")
    if not query.isascii() or not (query or "x").isprintable() or " " in query:
        raise ValueError('must be an address like "https://hooks.example.com/alarms"')
    return f"{_validate_url(address)}?{query}" if query else _validate_url(address)


def _validate_hook_names(table: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return a table of hooks that have names and commands."""
    for name, words in table.items():
        _check_target_name(name)
        if not words:
            raise ValueError(f"{name}: needs a program to run")
        if name in NO_TARGETS:
            raise ValueError(f"cannot have a hook named {name}; rules run hooks of other names")
    return table


def _check_target_name(name: str) -> None:
    """Raise `ValueError` unless this can be the name of a hook or webhook."""
    if not _TARGET_NAME.fullmatch(name):
        raise ValueError(f'cannot have the name "{name}"; use lower-case a-z, digits, - and _')


def _parse_webhooks(value: Any) -> dict[str, Webhook]:
    """Return webhooks by name, from tables or from JSON text."""
    table = _parse_table(value)
    if not isinstance(table, Mapping):
        raise ValueError("must be a table of webhooks, each with a name")
    return {name: _parse_webhook(str(name), one) for name, one in table.items()}


def _parse_webhook(name: str, value: Any) -> Webhook:
    """Return one webhook, or raise `ValueError` with its name."""
    if isinstance(value, Webhook):
        return value
    _check_target_name(name)
    if not isinstance(value, Mapping):
        raise ValueError(f"{name}: must be a table with url and secret_file")
    if unknown := [key for key in value if key not in Webhook._fields]:
        raise ValueError(f"{name}: has no {unknown[0]}; it has {', '.join(Webhook._fields)}")
    for key in ("url", "secret_file"):
        if not isinstance(value.get(key), str) or not value[key].strip():
            raise ValueError(f"{name}: needs {key}, a text")
    try:
        url = _validate_notify_url(value["url"])
    except ValueError as error:
        raise ValueError(f"{name}: url {error}") from None
    kinds = _parse_list(value.get("kinds", ()))
    if not isinstance(kinds, list | tuple):
        raise ValueError(f"{name}: kinds must be a list of texts")
    known = [kind.value for kind in JournalKind if kind not in NO_TARGETS]
    if wrong := [str(kind) for kind in kinds if kind not in known]:
        raise ValueError(f"{name}: there is no kind {wrong[0]}; there are {', '.join(known)}")
    allow_http = value.get("allow_http", False)
    if allow_http not in (True, False, "true", "false"):
        raise ValueError(f"{name}: allow_http must be true or false")
    if is_unencrypted(url) and allow_http not in (True, "true"):
        raise ValueError(f"{name}: url is not encrypted: use https://, or set allow_http = true")
    return Webhook(url, value["secret_file"].strip(), tuple(kinds), allow_http in (True, "true"))


def _validate_zone(name: str) -> str:
    """Return a time zone known to this system."""
    try:
        return ZoneInfo(name).key
    except (
        LookupError,
        OSError,
        ValueError,
    ):  # unknown, a directory, or a path outside the zone files
        raise ValueError('must be a time zone like "Europe/Warsaw"') from None


def _validate_charset(value: str) -> str:
    """Return the label of a charset that can be read and contains ASCII."""
    from tui.domain.charsets import find_codec

    codec = find_codec(value)
    if not codec or codec.startswith(("utf-16", "utf-32")):
        raise ValueError('must be a charset like "windows-1250", "iso-8859-2" or "koi8-r"')
    return value.strip()


def _validate_path_secret(value: SecretStr) -> SecretStr:
    """Return a secret that can be part of a URL path."""
    if not _PATH_SECRET_PATTERN.fullmatch(value.get_secret_value()):
        raise ValueError("must be 8 to 128 of a-z, A-Z, 0-9, - and _: it stands in an address")
    return value


def _parse_duration(value: Any) -> Any:
    """Return a duration in milliseconds, from text such as `2h`; 0 or empty for none."""
    if isinstance(value, str):
        return parse_duration(value) if value.strip() not in ("", "0") else 0
    if value != 0 or isinstance(value, bool):
        raise ValueError('must be a duration such as "30m", "2h" or "1d 12h"')
    return 0


@record
class TypeName:
    """What the documentation calls the type of a value, if that is not its Python type."""

    text: str


TextList = Annotated[tuple[str, ...], BeforeValidator(_parse_list)]
"""A list of texts; also `a, b` and `["a", "b"]` as text."""
KeyTable = Annotated[
    dict[
        Annotated[str, AfterValidator(validate_command)],
        Annotated[tuple[str, ...], BeforeValidator(_parse_keys), AfterValidator(validate_keys)],
    ],
    BeforeValidator(_parse_table),
    AfterValidator(_validate_key_table),
]
"""Command id to keys; also JSON as text."""
TextListTable = Annotated[dict[str, TextList], BeforeValidator(_parse_table)]
"""Country to texts; also JSON as text."""
QuietHoursField = Annotated[QuietHours | None, BeforeValidator(_parse_quiet_hours)]
ListenField = Annotated[ListenAddress | None, BeforeValidator(_parse_listen_address)]
if TYPE_CHECKING:
    DatabaseField = Database
else:
    DatabaseField = Annotated[Path, PlainValidator(parse_database)]
DirectoryPath = Annotated[Path, BeforeValidator(_check_path)]
Region = Annotated[str, AfterValidator(_validate_region)]
Url = Annotated[str, AfterValidator(_validate_url)]
Charset = Annotated[str, AfterValidator(_validate_charset)]
Zone = Annotated[str, AfterValidator(_validate_zone)]
PathSecret = Annotated[SecretStr, AfterValidator(_validate_path_secret)]
Duration = Annotated[int, BeforeValidator(_parse_duration), TypeName("duration")]
"""Text such as `2h` as milliseconds."""
TextTable = Annotated[dict[str, str], BeforeValidator(_parse_table)]
"""Name to text; also JSON as text."""
CommandWords = Annotated[
    tuple[str, ...], BeforeValidator(_parse_command), AfterValidator(_validate_command_words)
]
"""Program and its arguments; also as text, with the quotes of a shell."""
HookTable = Annotated[
    dict[str, CommandWords], BeforeValidator(_parse_table), AfterValidator(_validate_hook_names)
]
"""Name to the words of a command; also JSON as text."""
WebhookTable = Annotated[dict[str, Webhook], PlainValidator(_parse_webhooks)]
NotifyUrl = Annotated[str, AfterValidator(_validate_notify_url)]
MetricsMode = Literal["off", "local", "all"]
Theme = Literal["dark", "light", "high-contrast", "terminal"]
LogLevel = Literal["debug", "info", "warning", "error"]
