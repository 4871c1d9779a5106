"""Define the JSON of conversations, once for every command that writes it."""

from typing import Any

from tui.domain.conversation import Conversation
from tui.domain.json_fields import (
    FLAG,
    ID,
    NUMBER,
    OPTIONAL_STRING,
    OPTIONAL_TIME,
    STRING,
    JsonField,
    format_iso_time,
    name_status,
)

CONVERSATION_FIELDS: tuple[JsonField[Conversation], ...] = (
    JsonField(
        "id",
        ID,
        "Id of the conversation. `smsdesk messages ID` shows its messages.",
        lambda row: str(row.id),
    ),
    JsonField(
        "number",
        STRING,
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
    JsonField("name", STRING, "Name of the contact; empty if none.", lambda row: row.name),
    JsonField("state", STRING, "`open`, `snoozed` or `closed`.", lambda row: row.state.value),
    JsonField(
        "waiting_since",
        OPTIONAL_TIME,
        "When the oldest unanswered message came; null if all are answered.",
        lambda row: format_iso_time(row.waiting_since),
    ),
    JsonField(
        "answer_due",
        OPTIONAL_TIME,
        "Until when the customer has to be answered, as a view sets it; null if none does.",
        lambda row: format_iso_time(row.due_at),
    ),
    JsonField(
        "answer_overdue",
        FLAG,
        "Whether that time is over, as an open inbox or `smsdesk sync` has noticed.",
        lambda row: row.overdue,
    ),
    JsonField("unread", NUMBER, "Messages no agent has read.", lambda row: row.unread),
    JsonField(
        "failed",
        NUMBER,
        "Failed or uncertain messages that are not resolved.",
        lambda row: row.failed,
    ),
    JsonField(
        "assignee", STRING, "Agent it is assigned to; empty for none.", lambda row: row.assignee
    ),
    JsonField("labels", "list of strings", "Its labels.", lambda row: list(row.labels)),
    JsonField("starred", FLAG, "Whether it has a star.", lambda row: row.starred),
    JsonField(
        "opted_out", FLAG, "Whether the customer must not be texted.", lambda row: row.opted_out
    ),
    JsonField("account", STRING, "Account that the customer last used.", lambda row: row.account),
    JsonField(
        "last_at",
        OPTIONAL_TIME,
        "When the last message was written; null without messages.",
        lambda row: format_iso_time(row.last_at),
    ),
    JsonField(
        "last_direction",
        OPTIONAL_STRING,
        "`direction` of the last message.",
        lambda row: row.last_direction.value if row.last_direction else None,
    ),
    JsonField(
        "last_status",
        OPTIONAL_STRING,
        "`status` of the last message.",
        lambda row: name_status(row.last_direction, row.last_status),
    ),
    JsonField(
        "last_rule", STRING, "`rule` of the last message; else empty.", lambda row: row.last_rule
    ),
    JsonField("preview", STRING, "Beginning of the last message.", lambda row: row.preview),
)
"""Fields of a conversation, in their order."""


def conversation_to_json(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation as a JSON object."""
    return {field.name: field.read(conversation) for field in CONVERSATION_FIELDS}
