"""Describe what happened in the inbox, as programs that follow it get it, and write it as JSON."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from tui.domain.change import JournalKind
from tui.domain.conversation import Conversation
from tui.domain.conversation_json import conversation_to_json
from tui.domain.json_fields import (
    CustomerFields,
    JsonField,
    format_iso_time,
    message_to_json,
)
from tui.domain.message import Message
from tui.domain.record_type import record

KIND_MEANINGS: Mapping[JournalKind, str] = {
    JournalKind.REPLY: "a message from a customer arrived",
    JournalKind.QUEUED: "an agent or a program wrote a message to a customer",
    JournalKind.STATUS: "the status of such a message changed, every step; `change.status`",
    JournalKind.NOTE: "a note for colleagues was written",
    JournalKind.NOTE_WITHDRAWN: "a note was withdrawn; `message` is null",
    JournalKind.CONVERSATION: "a conversation is new, or its `state`, `snoozed_until`, `assignee`,"
    " `labels` or `starred` changed; `change` has those that did",
    JournalKind.OPT_OUT: "the customer opted out (`change.opted_out` is true) or in again (false)",
    JournalKind.MERGED: "another conversation, `change.merged`, became part of this one",
    JournalKind.SEPARATED: "that was undone; `change.separated` is the other one again",
    JournalKind.HELD: "something arrived that cannot be used; `change.account`, `change.cause`",
    JournalKind.ALARM: "an alarm was raised or is over; `change.alarm`, `change.account`,"
    " `change.raised`. Only where `notify_command` or `notify_url` is set",
    JournalKind.HOOK: "a rule runs the hook `change.hook`",
    JournalKind.ERASED: "what is left of an event whose conversation was erased since; hooks and"
    " webhooks do not get it",
}
"""What each kind of event is, for the documentation."""


@record
class JournalEntry:
    """One thing that happened."""

    id: int
    at: int
    """When it was stored, ms UTC."""
    kind: JournalKind
    conversation_id: int = 0
    message_id: int = 0
    agent: str = ""
    """Who did it; empty if no agent did."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """What changed, of JSON types; what was there before stands under `before`."""


@record
class Happening:
    """An event with what it is about, as that is now."""

    entry: JournalEntry
    conversation: Conversation | None
    message: Message | None
    """None if there is none, or if it has been deleted since."""


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "snoozed_until": format_iso_time,
    "labels": lambda labels: labels.split("\n") if labels else [],
    "starred": bool,
    "opted_out": bool,
}
"""How columns of a conversation are written."""


def _write_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as the JSON of conversations has them."""
    return {
        name: _READERS[name](value) if name in _READERS else value
        for name, value in values.items()
        if name != "before"
    }


def _write_before(entry: JournalEntry) -> dict[str, Any] | None:
    """Return what was there before, or None if nothing was."""
    before = entry.detail.get("before")
    if before is None:
        return None
    return {"status": before} if isinstance(before, str) else _write_values(before)


def _write_message(happening: Happening) -> dict[str, Any] | None:
    """Return the message of an event as JSON."""
    if happening.message is None:
        return None
    return message_to_json(happening.message, happening.conversation or CustomerFields())


EVENT_FIELDS: tuple[JsonField[Happening], ...] = (
    JsonField(
        "id",
        "whole number",
        "Id of the event, one more than that of the event before: for `--since`, and to recognize"
        " an event that comes twice.",
        lambda one: one.entry.id,
    ),
    JsonField("at", "time", "When it was stored.", lambda one: format_iso_time(one.entry.at)),
    JsonField("kind", "string", "What happened; see the table.", lambda one: one.entry.kind.value),
    JsonField("agent", "string", "Who did it; empty if no agent did.", lambda one: one.entry.agent),
    JsonField(
        "change",
        "object",
        "What is new with this event, as it was then.",
        lambda one: _write_values(one.entry.detail),
    ),
    JsonField(
        "before",
        "object or null",
        "The same fields before the event; null for what is new.",
        lambda one: _write_before(one.entry),
    ),
    JsonField(
        "conversation",
        "object or null",
        "The conversation as it is when the line is written, like a line of `threads --json`.",
        lambda one: conversation_to_json(one.conversation) if one.conversation else None,
    ),
    JsonField(
        "message",
        "object or null",
        "The message as it is when the line is written, like a line of `messages --json`; null if"
        " there is none, or if it was deleted since.",
        _write_message,
    ),
)
"""Fields of an event, in their order."""


def event_to_json(happening: Happening) -> dict[str, Any]:
    """Return an event as a JSON object."""
    return {field.name: field.read(happening) for field in EVENT_FIELDS}
