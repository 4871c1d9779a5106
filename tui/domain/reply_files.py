"""Read and write canned replies as TOML, and show them as JSON.

The table `[templates]` has names and texts. In place of the text stands a table where there is
more to say: `text`, `actions` (a list) and `personal`. `[values]` has own fields.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

from tui.domain.templates import CannedReply, InvalidCannedReplyError, validate_reply
from tui.domain.typed_text import clean_typed_text

_KEYS = ("text", "actions", "personal")


def parse_canned_replies(
    text: str, *, agent: str = "", now: int = 0, zone: tzinfo | None = None
) -> tuple[list[CannedReply], dict[str, str]]:
    """Return the canned replies and custom fields of a TOML text.

    Args:
        text: Text of the file.
        agent: Owner of those that are personal.
        now: Current time (ms UTC), from which a snooze has to be possible.
        zone: Time zone of the agent; None for that of the system.

    Raises:
        InvalidCannedReplyError: The text is not valid.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidCannedReplyError(f"Not TOML: {error}") from None
    unknown = sorted(tables.keys() - {"templates", "values"})
    if unknown:
        raise InvalidCannedReplyError(
            f"Unknown table {unknown[0]}: there are [templates] and [values]"
        )
    found = [
        _read_reply(name, entry, agent, now, zone)
        for name, entry in _get_table(tables, "templates").items()
    ]
    if not found:
        raise InvalidCannedReplyError(
            'No canned reply: write them as name = "text" under [templates]'
        )
    values = _get_table(tables, "values")
    for name, value in values.items():
        _check_text(f"values.{name}", value)
    return found, {name: clean_typed_text(value) for name, value in values.items()}


def _read_reply(name: str, entry: object, agent: str, now: int, zone: tzinfo | None) -> CannedReply:
    """Return one canned reply: a text, or a table of a text and more."""
    place = f"templates.{name}"
    if not isinstance(entry, dict):
        _check_text(place, entry)
    table: dict[str, Any] = entry if isinstance(entry, dict) else {"text": entry}
    unknown = sorted(table.keys() - {*_KEYS})
    if unknown:
        raise InvalidCannedReplyError(
            f"{place}.{unknown[0]} is unknown: there are {', '.join(_KEYS)}"
        )
    body, actions, personal = table.get("text", ""), table.get("actions", []), table.get("personal")
    _check_text(f"{place}.text", body)
    if not isinstance(actions, list) or not all(isinstance(one, str) for one in actions):
        raise InvalidCannedReplyError(f'{place}.actions is not a list of texts such as ["close"]')
    if not isinstance(personal, bool | None):
        raise InvalidCannedReplyError(f"{place}.personal is not true or false")
    if personal and not agent:
        raise InvalidCannedReplyError(f"{place} is personal, but no agent is named")
    return validate_reply(
        name,
        body,
        actions="\n".join(actions),
        owner=agent if personal else "",
        now=now,
        zone=zone,
    )


def _get_table(tables: Mapping[str, object], name: str) -> dict[str, Any]:
    """Return a table; raise `InvalidCannedReplyError` for anything else in its place."""
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise InvalidCannedReplyError(f"{name} is not a table: begin it with [{name}]")
    return table


def _check_text(place: str, value: object) -> None:
    """Raise `InvalidCannedReplyError` unless a value is a text."""
    if not isinstance(value, str):
        raise InvalidCannedReplyError(f"{place} is not a text: put it in quotes")


def format_canned_replies(templates: Iterable[CannedReply], values: Mapping[str, str]) -> str:
    """Return canned replies and custom fields as TOML, as `parse_canned_replies` reads it.

    Args:
        templates: Canned replies in their order, with different names.
        values: Custom fields by name.
    """
    lines = ["[templates]"]
    for template in templates:
        parts = [f"text = {_quote(template.body)}"] if template.body else []
        if template.actions:
            quoted = ", ".join(_quote(action) for action in template.actions.split("\n"))
            parts.append(f"actions = [{quoted}]")
        if template.owner:
            parts.append("personal = true")
        is_plain = template.body and len(parts) == 1
        value = _quote(template.body) if is_plain else f"{{ {', '.join(parts)} }}"
        lines.append(f"{_quote(template.name)} = {value}")
    if values:
        lines += [
            "",
            "[values]",
            *(f"{_quote(n)} = {_quote(value)}" for n, value in values.items()),
        ]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    """Return a basic string of TOML: that of JSON, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def canned_reply_to_json(template: CannedReply) -> dict[str, object]:
    """Return a canned reply as the command line prints it."""
    return {
        "name": template.name,
        "text": template.body,
        "actions": template.actions.split("\n") if template.actions else [],
        "personal": bool(template.owner),
        "uses": template.uses,
    }
