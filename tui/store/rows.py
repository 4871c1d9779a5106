"""Convert rows of the database into values of the domain."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tui.domain.account import TOP_UP_HINT, AccountState, Health, ListenerState
from tui.domain.conversation import Conversation, Draft, State
from tui.domain.events import CopyKind, TimelineEntry
from tui.domain.message import (
    NO_OPTIONS,
    Advice,
    AttachmentInfo,
    Direction,
    Format,
    Message,
    MmsContent,
    SendOptions,
)
from tui.domain.status import Status
from tui.domain.text import repair_text
from tui.domain.typed_text import clean_typed_text
from tui.store import connections

Row = connections.Row | Mapping[str, Any]


def to_dict(row: Row) -> dict[str, Any]:
    """Return a row as a dictionary.

    `sqlite3.Row` searches all its columns for each name, which is slow for wide rows.
    """
    return dict(row) if isinstance(row, dict) else dict(zip(row.keys(), row, strict=True))


def to_conversation(row: Row) -> Conversation:
    """Convert a row of `conversations`."""
    row = to_dict(row)
    return Conversation(
        id=row["id"],
        party=row["party"],
        address=row["address"],
        name=row["name"],
        state=State(row["state"]),
        snoozed_until=row["snoozed_until"],
        assignee=row["assignee"],
        starred=bool(row["starred"]),
        labels=tuple(row["labels"].split("\n")) if row["labels"] else (),
        unread=row["unread"],
        waiting_since=row["waiting_since"],
        failed=row["failed"],
        last_id=row["last_id"],
        last_at=row["last_at"],
        last_direction=Direction(row["last_direction"]) if row["last_direction"] else None,
        last_status=Status(row["last_status"]) if row["last_status"] else None,
        preview=row["preview"],
        account=row["account"],
        own=row["own"],
        opted_out=bool(row["opted_out"]),
        rank=row["rank"],
        last_format=Format(row["last_format"]),
        last_rule=row.get("last_rule", ""),
        suspected=bool(row["suspected"]),
        last_arrival=row["last_arrival"],
        due_at=row["due_at"],
        due_view=row["due_view"],
        overdue=bool(row["overdue"]),
        sentence_id=row.get("sentence_id", 0),
        other_addresses=tuple(row["other_addresses"].split("\n")) if row["other_addresses"] else (),
    )


def to_message(row: Row) -> Message:
    """Convert a row of `messages`."""
    row = to_dict(row)
    return Message(
        id=row["id"],
        conversation_id=row["conversation_id"],
        direction=Direction(row["direction"]),
        status=Status(row["status"]) if row["status"] else None,
        account=row["account"],
        body=row["body"],
        at=row["at"],
        sender=row["sender"],
        agent=row["agent"],
        provider_id=row["provider_id"],
        word=row["word"],
        code=row["code"],
        reason=row["reason"],
        status_at=row["status_at"],
        scheduled_at=row["scheduled_at"],
        hold_until=row["hold_until"],
        parts=row["parts"],
        price=row["price"],
        format=Format(row["format"]),
        subject=row["subject"],
        media=tuple(json.loads(row["media"])),
        options=_decode_options(row["options"]),
        retry_of=row["retry_of"],
        contradicted=bool(row["contradicted"]),
        handled=bool(row["handled"]),
        suspected=bool(row["suspected"]),
        attachments=row["attachments"],
        files=row["files"],
        attempts=row["attempts"],
        cancel_wanted=row["cancel_wanted"] == 1,
        cancel_on_reply=bool(row["cancel_on_reply"]),
        advice=Advice(row["advice"]),
        arrival=row["arrival"] or 0,
        arrived_at=row["arrived_at"],
        rule=row["rule"],
    )


def encode_options(options: SendOptions) -> str:
    """Return the column `options` of a message as JSON.

    Args:
        options: What the provider is asked for besides.
    """
    if not options:
        return "{}"
    metadata = [[repair_text(name), repair_text(value)] for name, value in options.metadata]
    return json.dumps({"valid_for": options.valid_for, "metadata": metadata})


def _decode_options(text: str) -> SendOptions:
    """Return the options in the column `options`."""
    if text == "{}":
        return NO_OPTIONS
    stored = json.loads(text)
    pairs = tuple((name, value) for name, value in stored["metadata"])
    return SendOptions(stored["valid_for"], pairs)


def to_messages(rows: Iterable[Row]) -> list[Message]:
    """Convert several rows of `messages`."""
    return [to_message(row) for row in rows]


def to_attachment(row: Row) -> AttachmentInfo:
    """Convert a row of `attachments` without its bytes."""
    return AttachmentInfo(
        row["id"], row["message_id"], row["name"], row["content_type"], row["size"]
    )


def to_entry(row: Row) -> TimelineEntry:
    """Convert a row of `events`."""
    return TimelineEntry(
        kind=row["kind"],
        received_at=row["received_at"],
        at=row["at"],
        status=Status(row["status"]) if row["status"] else None,
        word=row["word"],
        code=row["code"],
        reason=row["reason"],
        is_status_changed=bool(row["moved"]),
        raw=row["raw"],
        advice=Advice(row["advice"]),
        copy=CopyKind(row["copy"]),
    )


def to_draft(row: Row) -> Draft:
    """Convert a row of `drafts`."""
    return Draft(
        row["conversation_id"],
        row["agent"],
        clean_typed_text(row["body"]),
        row["account"],
        row["sender"],
        row["began_at"],
        row["updated_at"],
        MmsContent(tuple(json.loads(row["media"])), row["subject"]),
        row["send_at"],
        bool(row["cancel_on_reply"]),
    )


def to_account_states(
    found: Iterable[Row], listeners: Mapping[str, ListenerState], sending: Iterable[Row] = ()
) -> dict[str, AccountState]:
    """Convert the rows of `accounts`, by name; some are known by a listener or a message only.

    Args:
        found: Rows of `accounts`.
        listeners: Listener of each account that has or had one.
        sending: Since when each account has been sending a message.
    """
    states = {row["name"]: to_account_state(row, listeners.get(row["name"])) for row in found}
    others = {name: AccountState(name, listener=one) for name, one in listeners.items()}
    states = others | states
    for row in sending:
        known = states.get(row["account"], AccountState(row["account"]))
        states[row["account"]] = replace(known, sending_since=row["since"])
    return states


def to_account_state(row: Row, listener: ListenerState | None = None) -> AccountState:
    """Convert a row of `accounts`.

    Args:
        row: Row of `accounts`.
        listener: Process that receives the account's pushes, or did last.
    """
    health, line = Health(row["health"]), row["line"]
    # Polling may work without credit; that must not look as if messages could be sent.
    if row["credit_out_at"] and health is not Health.STOPPED:
        health, line = Health.STOPPED, f"{row['credit_reason']}: {TOP_UP_HINT}"
    return AccountState(
        name=row["name"],
        health=health,
        line=line,
        retry_at=row["retry_at"],
        ok_at=row["ok_at"],
        event_at=row["event_at"],
        latency_ms=row["latency_ms"],
        balance=row["balance"],
        balance_amount=row["balance_amount"],
        holder=row["holder"],
        held=row["held"],
        refused_at=row["refused_at"],
        listener=listener,
        push_at=row["push_at"],
        credit_out_at=row["credit_out_at"],
        silent_since=row["silent_since"],
        stuck_messages=row["stuck_messages"],
        stuck_since=row["stuck_since"],
        receipt_limit_ms=row["receipt_limit_ms"],
    )
