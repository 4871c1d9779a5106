"""Keep the newest message of a conversation in its summary, which is its row in the list."""

from typing import Any

from tui.domain.file_names import summarize_message
from tui.domain.message import Direction, Format
from tui.store.connections import Connection
from tui.store.queries import queries
from tui.store.summaries import Summary

_PREVIEW_LENGTH = 160


def update_last_message(
    summary: Summary,
    *,
    id: int,
    at: int,
    direction: Direction,
    status: str,
    body: str,
    subject: str = "",
    files: str = "",
    format: Format = Format.SMS,
    rule: str = "",
    arrival: int | None = None,
) -> None:
    """Show this message in the list if it is the newest of the conversation.

    Text, time, direction and status of the row always come from the same message.

    Args:
        summary: Summary of the conversation.
        id: Id of the message.
        at: Time of the message, in ms UTC.
        direction: Direction of the message.
        status: Status of the message; empty for none.
        body: Text of the message.
        subject: Subject of an MMS.
        files: Files of the message in words.
        format: Format of the message.
        rule: Rule that wrote it; empty if an agent or the customer did.
        arrival: Place in the order of arrival; None if it is that of the id.
    """
    summary["last_arrival"] = max(summary["last_arrival"], arrival or id)
    if id >= summary["last_id"]:
        summary["last_at"] = at
        summary["last_id"] = id
        summary["last_direction"] = direction.value
        summary["last_status"] = status
        summary["last_format"] = format.value
        summary["last_rule"] = rule
        summary["preview"] = summarize_message(body, subject, files)[:_PREVIEW_LENGTH]


def reload_last_message(connection: Connection, summary: Summary) -> None:
    """Show the newest message in the list after one was removed or moved.

    Without any message the row keeps its time.

    Args:
        connection: Connection of the caller's transaction.
        summary: Summary of the conversation.
    """
    last: Any = queries("notes").newest(connection, conversation_id=summary["id"])
    summary["last_id"] = 0
    if last is None:
        summary.update(
            last_direction="", last_status="", last_format="SMS", preview="", last_rule=""
        )
        return
    direction, format = Direction(last["direction"]), Format(last["format"])
    names = ("id", "at", "status", "body", "subject", "files", "arrival", "rule")
    values = {name: last[name] for name in names}
    update_last_message(summary, direction=direction, format=format, **values)
