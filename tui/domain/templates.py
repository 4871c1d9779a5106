"""Fill canned replies: texts with `{fields}` that get a value for each customer.

A field without a value stays as it is written, and a text that still contains one is not sent, so
that no customer ever reads "Dear {name}".
"""

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, tzinfo

from tui.domain.action_list import (
    CHANGING_KINDS,
    ActionKind,
    InvalidActionError,
    format_actions,
    parse_actions,
)
from tui.domain.phone import format_phone_number
from tui.domain.record_type import record
from tui.domain.typed_text import clean_typed_text, is_blank_text

_SECOND = 1_000
_MAX_NAME_LENGTH = 40
_MAX_BODY_LENGTH = 5_000
_MAX_VALUE_LENGTH = 500
_FIELD = re.compile(r"\{([^\W\d]\w{0,30})\}")

MACRO_KINDS = tuple(kind for kind in ActionKind if kind in CHANGING_KINDS)
"""Actions that a macro can have."""
BUILT_IN_FIELDS = ("name", "first_name", "agent", "number", "date", "time", "account")
"""Fields that are filled automatically."""


class InvalidCannedReplyError(ValueError):
    """A canned reply that cannot be saved; the message says why, on one line."""


@record
class CannedReply:
    """A canned reply."""

    name: str
    body: str
    uses: int = 0
    """How often any agent has used it."""
    owner: str = ""
    """The only agent who has it; empty for all."""
    actions: str = ""
    """What follows the text, an action on each line; with any it is a macro."""
    position: int = field(default=0, compare=False)
    """Place in the order of all; 0 if it is not stored yet."""

    @property
    def key(self) -> str:
        """Return what identifies it among those of the team and of all agents."""
        return f"{self.owner}\n{self.name}"

    @property
    def summary(self) -> str:
        """Return its text, else its actions, for a line of a list."""
        return self.body or self.actions.replace("\n", "; ")


@record
class CustomField:
    """A field that the team defined, and its value in every text."""

    name: str
    value: str


@record
class OpenField:
    """A field without a value, and its position in a text."""

    name: str
    start: int
    end: int

    @property
    def placeholder(self) -> str:
        """Return the field as it is written."""
        return f"{{{self.name}}}"


@record
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


def validate_reply(
    name: str,
    body: str,
    *,
    actions: str = "",
    owner: str = "",
    now: int = 0,
    zone: tzinfo | None = None,
) -> CannedReply:
    """Return a canned reply that can be saved.

    Args:
        name: Name as typed.
        body: Text as typed; it can be empty if there are actions.
        actions: Actions as typed.
        owner: The only agent who has it; empty for all.
        now: Current time (ms UTC), from which a snooze has to be possible.
        zone: Time zone of the agent; None for that of the system.

    Raises:
        InvalidCannedReplyError: Name or text is missing or too long, or an action is not valid.
    """
    name = " ".join(name.split())
    if not name:
        raise InvalidCannedReplyError("It needs a name, such as thanks")
    if len(name) > _MAX_NAME_LENGTH:
        raise InvalidCannedReplyError(f"The name is longer than {_MAX_NAME_LENGTH} characters")
    try:
        parsed = parse_actions(actions, now, zone, allowed=MACRO_KINDS)
    except InvalidActionError as error:
        raise InvalidCannedReplyError(f"{name}: {error}") from error
    body = clean_typed_text(body)
    if is_blank_text(body) and not parsed:
        raise InvalidCannedReplyError(f"{name} has no text")
    if len(body) > _MAX_BODY_LENGTH:
        raise InvalidCannedReplyError(f"{name} is longer than {_MAX_BODY_LENGTH} characters")
    kept = "" if is_blank_text(body) else body.strip("\n")
    return CannedReply(name, kept, owner=owner, actions=format_actions(parsed))


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
