"""Define the JSON of messages and conversations, once for every command that writes it.

`messages`, `search`, `export` and its CSV columns share `MESSAGE_FIELDS`; `threads` has
`CONVERSATION_FIELDS`. Ids are strings, because `jq` and JavaScript round numbers above 2^53.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.status import Status

T = TypeVar("T")


class CustomerFields(NamedTuple):
    """The fields of a conversation that stand beside each of its messages; empty if unknown."""

    party: str = ""
    address: str = ""
    name: str = ""


class MessageOfCustomer(NamedTuple):
    """A message with its customer: what a message's JSON is made of."""

    message: Message
    customer: CustomerFields | Conversation


@dataclass(frozen=True, slots=True)
class JsonField(Generic[T]):
    """A field of a JSON object, as it is written and as it is documented."""

    name: str
    type: str
    meaning: str
    read: Callable[[T], Any]
    """Returns the value, which any JSON or CSV writer accepts."""


_STRING, _NUMBER, _FLAG = "string", "whole number", "true or false"
_ID = "string of digits"
_TIME, _OPTIONAL_TIME = "time", "time or null"
_OPTIONAL_STRING = "string or null"


def format_iso_time(at: int | None) -> str | None:
    """Return a time (ms UTC) in ISO 8601 with milliseconds and Z; None if there is no such date."""
    if not at:
        return None
    try:
        moment = datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _name_status(direction: Direction | None, status: Status | None) -> str | None:
    """Return the status of a sent message, "received" for a received one, None for a note."""
    if status is not None:
        return status.value
    return "received" if direction is Direction.IN else None


_STATUS_NAMES = ", ".join(status.value for status in Status)

MESSAGE_FIELDS: tuple[JsonField[MessageOfCustomer], ...] = (
    JsonField(
        "id",
        _ID,
        "Id of the message; grows with time. `smsdesk messages ID` shows the message.",
        lambda item: str(item.message.id),
    ),
    JsonField(
        "conversation",
        _ID,
        "Id of its conversation: the `id` of `smsdesk threads --json`.",
        lambda item: str(item.message.conversation_id),
    ),
    JsonField(
        "party",
        _STRING,
        "Customer, spelled the same in every message: number in E.164, or a short code or name "
        "in lower case.",
        lambda item: item.customer.party,
    ),
    JsonField(
        "number",
        _STRING,
        "Customer as received from the provider: number, short code or name.",
        lambda item: item.customer.address,
    ),
    JsonField(
        "name",
        _STRING,
        "Name of the contact; empty if there is none.",
        lambda item: item.customer.name,
    ),
    JsonField(
        "direction",
        _STRING,
        "`in` from the customer, `out` to the customer, `note` for colleagues only.",
        lambda item: item.message.direction.value,
    ),
    JsonField(
        "at",
        _TIME,
        "When the customer or the agent wrote it.",
        lambda item: format_iso_time(item.message.at),
    ),
    JsonField(
        "arrived_at",
        _OPTIONAL_TIME,
        "When a message from the customer arrived; null if within a minute of `at`.",
        lambda item: format_iso_time(item.message.arrived_at),
    ),
    JsonField(
        "text",
        _STRING,
        "Text as it was received or typed, with every character.",
        lambda item: item.message.body,
    ),
    JsonField(
        "status",
        _OPTIONAL_STRING,
        f"One of {_STATUS_NAMES}; `received` for a message from the customer; null for a note.",
        lambda item: _name_status(item.message.direction, item.message.status),
    ),
    JsonField(
        "account",
        _STRING,
        "Account through which it came or goes.",
        lambda item: item.message.account,
    ),
    JsonField(
        "sender",
        _STRING,
        "Number or name it came from or goes out with; empty for the account's default.",
        lambda item: item.message.sender,
    ),
    JsonField(
        "agent",
        _STRING,
        "Agent who wrote it; empty for a customer.",
        lambda item: item.message.agent,
    ),
    JsonField("subject", _STRING, "Subject of an MMS.", lambda item: item.message.subject),
    JsonField("word", _STRING, "Status in the provider's words.", lambda item: item.message.word),
    JsonField(
        "code",
        _STRING,
        "Error code of the provider; empty if there is none.",
        lambda item: item.message.code,
    ),
    JsonField("reason", _STRING, "Reason of a failure.", lambda item: item.message.reason),
    JsonField(
        "status_at",
        _OPTIONAL_TIME,
        "When the status last changed.",
        lambda item: format_iso_time(item.message.status_at),
    ),
    JsonField(
        "scheduled_at",
        _OPTIONAL_TIME,
        "When it is to be sent; null for at once.",
        lambda item: format_iso_time(item.message.scheduled_at),
    ),
    JsonField(
        "provider_id",
        _STRING,
        "The provider's id of the message.",
        lambda item: item.message.provider_id,
    ),
    JsonField(
        "parts",
        _NUMBER,
        "Parts counted by the provider; 0 if not reported.",
        lambda item: item.message.parts,
    ),
    JsonField(
        "price",
        _STRING,
        "Price reported by the provider, with its currency where known.",
        lambda item: item.message.price,
    ),
    JsonField(
        "format", _STRING, "`SMS`, `MMS`, `TTS` or `PING`.", lambda item: item.message.format.value
    ),
    JsonField(
        "attachments",
        _NUMBER,
        "Number of files that came with it.",
        lambda item: item.message.attachments,
    ),
    JsonField(
        "files",
        _STRING,
        "Names of its files, for reading: `photo.jpg (image, 120 KB)`; empty without files.",
        lambda item: item.message.files,
    ),
    JsonField("rule", _STRING, "Rule that wrote it; else empty.", lambda item: item.message.rule),
)
"""Fields of a message, in their order."""

CONVERSATION_FIELDS: tuple[JsonField[Conversation], ...] = (
    JsonField(
        "id",
        _ID,
        "Id of the conversation. `smsdesk messages ID` shows its messages.",
        lambda row: str(row.id),
    ),
    JsonField(
        "number",
        _STRING,
        "Customer as received from the provider: number, short code or name; the one that wrote "
        "last.",
        lambda row: row.address,
    ),
    JsonField(
        "other_numbers",
        "list of strings",
        "Further numbers of the customer, after conversations were merged.",
        lambda row: list(row.other_addresses),
    ),
    JsonField("name", _STRING, "Name of the contact; empty if none.", lambda row: row.name),
    JsonField("state", _STRING, "`open`, `snoozed` or `closed`.", lambda row: row.state.value),
    JsonField(
        "waiting_since",
        _OPTIONAL_TIME,
        "When the oldest unanswered message came; null if all are answered.",
        lambda row: format_iso_time(row.waiting_since),
    ),
    JsonField("unread", _NUMBER, "Messages no agent has read.", lambda row: row.unread),
    JsonField(
        "failed",
        _NUMBER,
        "Failed or uncertain messages that are not resolved.",
        lambda row: row.failed,
    ),
    JsonField(
        "assignee", _STRING, "Agent it is assigned to; empty for none.", lambda row: row.assignee
    ),
    JsonField("labels", "list of strings", "Its labels.", lambda row: list(row.labels)),
    JsonField("starred", _FLAG, "Whether it has a star.", lambda row: row.starred),
    JsonField(
        "opted_out", _FLAG, "Whether the customer must not be texted.", lambda row: row.opted_out
    ),
    JsonField("account", _STRING, "Account that the customer last used.", lambda row: row.account),
    JsonField(
        "last_at",
        _OPTIONAL_TIME,
        "When the last message was written; null without messages.",
        lambda row: format_iso_time(row.last_at),
    ),
    JsonField(
        "last_direction",
        _OPTIONAL_STRING,
        "`direction` of the last message.",
        lambda row: row.last_direction.value if row.last_direction else None,
    ),
    JsonField(
        "last_status",
        _OPTIONAL_STRING,
        "`status` of the last message.",
        lambda row: _name_status(row.last_direction, row.last_status),
    ),
    JsonField("preview", _STRING, "Beginning of the last message.", lambda row: row.preview),
)
"""Fields of a conversation, in their order."""


def message_to_json(message: Message, customer: CustomerFields | Conversation) -> dict[str, Any]:
    """Return a message as a JSON object.

    Args:
        message: The message.
        customer: Its conversation, or the fields of it that are needed.
    """
    item = MessageOfCustomer(message, customer)
    return {field.name: field.read(item) for field in MESSAGE_FIELDS}


def conversation_to_json(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation as a JSON object."""
    return {field.name: field.read(conversation) for field in CONVERSATION_FIELDS}


def json_fields(kind: Literal["message", "conversation"] = "message") -> list[tuple[str, str, str]]:
    """Return name, type and meaning of each field, for the documentation.

    Args:
        kind: Which object is described.
    """
    fields: Sequence[JsonField[Any]] = CONVERSATION_FIELDS if kind != "message" else MESSAGE_FIELDS
    return [(field.name, field.type, field.meaning) for field in fields]
