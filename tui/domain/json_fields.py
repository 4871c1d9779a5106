"""Define what a field of a JSON object is, and the JSON of messages.

`messages`, `search`, `export` and its CSV columns share `MESSAGE_FIELDS`. Ids are strings, because
`jq` and JavaScript round numbers above 2^53. That of conversations: `conversation_json.py`.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.record_type import record
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


@record
class JsonField(Generic[T]):
    """A field of a JSON object, as it is written and as it is documented."""

    name: str
    type: str
    meaning: str
    read: Callable[[T], Any]
    """Returns the value, which any JSON or CSV writer accepts."""


STRING, NUMBER, FLAG = "string", "whole number", "true or false"
ID = "string of digits"
TIME, OPTIONAL_TIME = "time", "time or null"
OPTIONAL_STRING = "string or null"


def format_iso_time(at: int | None) -> str | None:
    """Return a time (ms UTC) in ISO 8601 with milliseconds and Z; None if there is no such date."""
    if not at:
        return None
    try:
        moment = datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def name_status(direction: Direction | None, status: Status | None) -> str | None:
    """Return the status of a sent message, "received" for a received one, None for a note."""
    if status is not None:
        return status.value
    return "received" if direction is Direction.IN else None


_STATUS_NAMES = ", ".join(status.value for status in Status)

MESSAGE_FIELDS: tuple[JsonField[MessageOfCustomer], ...] = (
    JsonField(
        "id",
        ID,
        "Id of the message; grows with time. `smsdesk messages ID` shows the message.",
        lambda item: str(item.message.id),
    ),
    JsonField(
        "conversation",
        ID,
        "Id of its conversation: the `id` of `smsdesk threads --json`.",
        lambda item: str(item.message.conversation_id),
    ),
    JsonField(
        "party",
        STRING,
        "Customer, spelled the same in every message: number in E.164, or a short code or name "
        "in lower case.",
        lambda item: item.customer.party,
    ),
    JsonField(
        "number",
        STRING,
        "Customer as received from the provider: number, short code or name.",
        lambda item: item.customer.address,
    ),
    JsonField(
        "name",
        STRING,
        "Name of the contact; empty if there is none.",
        lambda item: item.customer.name,
    ),
    JsonField(
        "direction",
        STRING,
        "`in` from the customer, `out` to the customer, `note` for colleagues only.",
        lambda item: item.message.direction.value,
    ),
    JsonField(
        "at",
        TIME,
        "When the customer or the agent wrote it.",
        lambda item: format_iso_time(item.message.at),
    ),
    JsonField(
        "arrived_at",
        OPTIONAL_TIME,
        "When a message from the customer arrived; null if within a minute of `at`.",
        lambda item: format_iso_time(item.message.arrived_at),
    ),
    JsonField(
        "text",
        STRING,
        "Text as it was received or typed, with every character.",
        lambda item: item.message.body,
    ),
    JsonField(
        "status",
        OPTIONAL_STRING,
        f"One of {_STATUS_NAMES}; `received` for a message from the customer; null for a note.",
        lambda item: name_status(item.message.direction, item.message.status),
    ),
    JsonField(
        "account",
        STRING,
        "Account through which it came or goes.",
        lambda item: item.message.account,
    ),
    JsonField(
        "sender",
        STRING,
        "Number or name it came from or goes out with; empty for the account's default.",
        lambda item: item.message.sender,
    ),
    JsonField(
        "agent",
        STRING,
        "Agent who wrote it; empty for a customer.",
        lambda item: item.message.agent,
    ),
    JsonField("subject", STRING, "Subject of an MMS.", lambda item: item.message.subject),
    JsonField("word", STRING, "Status in the provider's words.", lambda item: item.message.word),
    JsonField(
        "code",
        STRING,
        "Error code of the provider; empty if there is none.",
        lambda item: item.message.code,
    ),
    JsonField("reason", STRING, "Reason of a failure.", lambda item: item.message.reason),
    JsonField(
        "status_at",
        OPTIONAL_TIME,
        "When the status last changed.",
        lambda item: format_iso_time(item.message.status_at),
    ),
    JsonField(
        "scheduled_at",
        OPTIONAL_TIME,
        "When it is to be sent; null for at once.",
        lambda item: format_iso_time(item.message.scheduled_at),
    ),
    JsonField(
        "provider_id",
        STRING,
        "The provider's id of the message.",
        lambda item: item.message.provider_id,
    ),
    JsonField(
        "parts",
        NUMBER,
        "Parts counted by the provider; 0 if not reported.",
        lambda item: item.message.parts,
    ),
    JsonField(
        "price",
        STRING,
        "Price reported by the provider, with its currency where known.",
        lambda item: item.message.price,
    ),
    JsonField(
        "format", STRING, "`SMS`, `MMS`, `TTS` or `PING`.", lambda item: item.message.format.value
    ),
    JsonField(
        "attachments",
        NUMBER,
        "Number of files that came with it.",
        lambda item: item.message.attachments,
    ),
    JsonField(
        "files",
        STRING,
        "Names of its files, for reading: `photo.jpg (image, 120 KB)`; empty without files.",
        lambda item: item.message.files,
    ),
    JsonField("rule", STRING, "Rule that wrote it; else empty.", lambda item: item.message.rule),
)
"""Fields of a message, in their order."""


def message_to_json(message: Message, customer: CustomerFields | Conversation) -> dict[str, Any]:
    """Return a message as a JSON object.

    Args:
        message: The message.
        customer: Its conversation, or the fields of it that are needed.
    """
    item = MessageOfCustomer(message, customer)
    return {field.name: field.read(item) for field in MESSAGE_FIELDS}


def describe_fields(fields: Iterable[JsonField[Any]]) -> list[tuple[str, str, str]]:
    """Return name, type and meaning of each field, for the documentation."""
    return [(field.name, field.type, field.meaning) for field in fields]
