"""Fill canned replies: texts with `{fields}` that get a value for each customer.

A field without a value stays as it is written, and a text that still contains one is not sent, so
that no customer ever reads "Dear {name}".
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from tui.domain.phone import format_phone_number
from tui.domain.typed_text import clean_typed_text, is_blank_text

_SECOND = 1_000
_MAX_NAME_LENGTH = 40
_MAX_BODY_LENGTH = 5_000
_MAX_VALUE_LENGTH = 500
_FIELD = re.compile(r"\{([^\W\d]\w{0,30})\}")

BUILT_IN_FIELDS = ("name", "first_name", "agent", "number", "date", "time", "account")
"""Fields that are filled automatically."""


class InvalidCannedReplyError(ValueError):
    """A canned reply that cannot be saved; the message says why, on one line."""


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A canned reply."""

    name: str
    body: str
    uses: int = 0
    """How often any agent has used it."""


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field that the team defined, and its value in every text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class OpenField:
    """A field without a value, and its position in a text."""

    name: str
    start: int
    end: int

    @property
    def placeholder(self) -> str:
        """Return the field as it is written."""
        return f"{{{self.name}}}"


@dataclass(frozen=True, slots=True)
class FillContext:
    """Values of the customer and the agent for whom a canned reply is filled."""

    name: str
    """Name of the customer; empty if there is none."""
    number: str
    agent: str
    account: str
    now: int
    """Ms UTC."""
    zone: tzinfo | None = None
    """Zone of the agent; None: that of the system."""


def collect_values(situation: FillContext, custom: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each field; built-in fields take precedence.

    Args:
        situation: Customer, agent and time.
        custom: Values of the custom fields by name.
    """
    here = datetime.fromtimestamp(situation.now / _SECOND, situation.zone)
    name_parts = situation.name.split()
    return {name.casefold(): value for name, value in custom.items()} | {
        "name": " ".join(name_parts),
        "first_name": name_parts[0] if name_parts else "",
        "agent": situation.agent,
        "number": format_phone_number(situation.number),
        "date": f"{here.day} {here:%B %Y}",
        "time": f"{here:%H:%M}",
        "account": situation.account,
    }


def fill_fields(body: str, values: Mapping[str, str]) -> str:
    """Return `body` with its fields filled; those without a value stay as they are.

    Args:
        body: Text of the canned reply.
        values: Value of each field by its name in lower case.
    """
    return _FIELD.sub(lambda field: values.get(field[1].casefold(), "") or field[0], body)


def list_fields(body: str) -> tuple[str, ...]:
    """Return the names of the fields of `body`, each once, in order."""
    return tuple(dict.fromkeys(field[1].casefold() for field in _FIELD.finditer(body)))


def find_open_fields(text: str) -> tuple[OpenField, ...]:
    """Return the fields that still have to be filled in a text about to be sent."""
    return tuple(OpenField(field[1], *field.span()) for field in _FIELD.finditer(text))


def validate_reply(name: str, body: str) -> CannedReply:
    """Return a canned reply that can be saved.

    Args:
        name: Name as typed.
        body: Text as typed.

    Raises:
        InvalidCannedReplyError: Name or text is missing or too long.
    """
    name = " ".join(name.split())
    if not name:
        raise InvalidCannedReplyError("It needs a name, such as thanks")
    if len(name) > _MAX_NAME_LENGTH:
        raise InvalidCannedReplyError(f"The name is longer than {_MAX_NAME_LENGTH} characters")
    body = clean_typed_text(body)
    if is_blank_text(body):
        raise InvalidCannedReplyError(f"{name} has no text")
    if len(body) > _MAX_BODY_LENGTH:
        raise InvalidCannedReplyError(f"{name} is longer than {_MAX_BODY_LENGTH} characters")
    return CannedReply(name, body.strip("\n"))


def validate_field(name: str, value: str) -> CustomField:
    """Return a custom field that can be saved, its name in lower case.

    Args:
        name: Name as typed, with or without braces.
        value: Value as typed.

    Raises:
        InvalidCannedReplyError: The name is not valid or already built in, or the value is.
    """
    name = name.strip().removeprefix("{").removesuffix("}").casefold()
    if not _FIELD.fullmatch(f"{{{name}}}"):
        raise InvalidCannedReplyError("A name is one word of a-z, digits and _, like opening_hours")
    if name in BUILT_IN_FIELDS:
        raise InvalidCannedReplyError(f"{{{name}}} is filled in automatically")
    value = clean_typed_text(value)
    if is_blank_text(value):
        raise InvalidCannedReplyError(f"{{{name}}} has no value")
    if len(value) > _MAX_VALUE_LENGTH:
        raise InvalidCannedReplyError(f"{{{name}}} is longer than {_MAX_VALUE_LENGTH} characters")
    return CustomField(name, value.strip())


def parse_canned_replies(text: str) -> tuple[list[CannedReply], dict[str, str]]:
    """Return the canned replies and custom fields of a TOML text.

    The table `[templates]` has names and texts, `[values]` names and values of custom fields.

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
    found = [validate_reply(name, body) for name, body in _read_table(tables, "templates").items()]
    if not found:
        raise InvalidCannedReplyError(
            'No canned reply: write them as name = "text" under [templates]'
        )
    values = _read_table(tables, "values")
    return found, {name: clean_typed_text(value) for name, value in values.items()}


def _read_table(tables: Mapping[str, object], name: str) -> dict[str, str]:
    """Return a table of texts; raise `InvalidCannedReplyError` for anything else in it."""
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise InvalidCannedReplyError(f"{name} is not a table: begin it with [{name}]")
    for key, value in table.items():
        if not isinstance(value, str):
            raise InvalidCannedReplyError(f"{name}.{key} is not a text: put it in quotes")
    return table
