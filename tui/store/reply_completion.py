"""Complete a stored text with what a richer copy of it contains.

A text can come pushed without its picture or cut, and once more in the provider's list. The
message then gets what was missing; its events keep both payloads.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tui.domain.change import Subject
from tui.domain.consent import Verdict
from tui.domain.events import Reply, find_time_problem, sanitize_time
from tui.domain.file_names import FileLabel, describe_files
from tui.domain.reply_copies import ReplyCopy, has_more_to_read
from tui.store.connections import Connection
from tui.store.incoming import IncomingTexts, is_opt_out
from tui.store.last_messages import reload_last_message
from tui.store.ordering import create_arrival, create_message_id, find_late_arrival
from tui.store.queries import queries
from tui.store.rows import Row
from tui.store.summaries import Summary

MessageRow = dict[str, Any]
"""Row of `messages`, by column."""


def digest_file(data: bytes) -> str:
    """Return a digest of a file's content; empty for a file without content."""
    return hashlib.sha256(data).hexdigest() if data else ""


def read_stored_copy(
    connection: Connection, message: MessageRow, events: Sequence[Row]
) -> ReplyCopy:
    """Return the content of a stored text, with what its events say besides.

    Args:
        connection: Connection of the caller's transaction.
        message: Row of the text.
        events: Its payloads as rows of `events`.
    """
    owns = [event["own"] for event in events if event["own"] is not None]
    times = [
        event["at"] for event in events if not find_time_problem(event["at"], event["received_at"])
    ]
    files = queries("messages").files_of(connection, message_id=message["id"])
    return ReplyCopy(
        text=message["body"],
        subject=message["subject"],
        own=next(filter(None, owns), "" if owns else None),
        at=times[0] if times else None,
        files=tuple(digest_file(row["data"]) for row in files),
    )


def complete_message(
    texts: IncomingTexts, message: MessageRow, known: ReplyCopy, merged: ReplyCopy, reply: Reply
) -> None:
    """Write what a richer copy has into the message that the poorer one has made.

    Args:
        texts: Texts of the page.
        message: Row of the message; it is updated, and its id may change with its time.
        known: Content of the message before.
        merged: Content of the message now.
        reply: The richer copy.
    """
    summary = texts.summaries.get(message["conversation_id"])
    verdict = texts.classify(merged.text, summary["party"])
    texts.remove_from_index(message)
    if known.at is None and merged.at is not None:
        # The time of arrival stood in for the right one, which is never later.
        _move_message(texts, summary, message, sanitize_time(merged.at, message["at"]))
    _add_missing_files(texts, message["id"], known, reply)
    if has_more_to_read(known, merged):
        _announce_completion(texts, summary, message, merged, is_opt_out(verdict, reply))
    message.update(
        body=merged.text,
        subject=merged.subject,
        attachments=len(merged.files),
        files=_name_files(texts.connection, message["id"]),
        suspected=int(message["suspected"] or verdict is Verdict.SUSPECTED),
    )
    names = ("id", "body", "subject", "attachments", "files", "suspected", "arrival")
    queries("messages").complete(texts.connection, **{name: message[name] for name in names})
    texts.add_to_index(message["id"], merged.subject, merged.text)
    summary["own"] = summary["own"] or merged.own or ""
    reload_last_message(texts.connection, summary)
    texts.judge_again(summary, verdict, reply, message["id"], message["at"])
    texts.transaction.mark_changed(Subject.MESSAGE, message["id"], summary["id"])


def _announce_completion(
    texts: IncomingTexts,
    summary: Summary,
    message: MessageRow,
    merged: ReplyCopy,
    opts_out: bool,
) -> None:
    """Show an agent who has read the poorer copy that there is more to read."""
    unread, asks = summary["unread"], not (opts_out or summary["opted_out"])
    texts.record_arrival(summary, message["id"], message["at"], merged.own or "", asks=asks)
    summary["unread"] = max(unread, 1)
    arrival = create_arrival(summary, texts.clock.now(), texts.rng, at_least=message["id"])
    message["arrival"] = summary["last_arrival"] = arrival


def _move_message(texts: IncomingTexts, summary: Summary, message: MessageRow, at: int) -> None:
    """Move a message to the place of its right time, with all that refers to it.

    It keeps its place in the order of arrival, and so stays read or unread.
    """
    old_id, connection = message["id"], texts.connection
    new_id = create_message_id(connection, at, texts.rng)
    arrival = message["arrival"] or max(old_id, new_id)
    # The attachments refer to the message until they are moved as well.
    queries("messages").defer_keys(connection)
    places = {"old_id": old_id, "new_id": new_id}
    arrived_at = message["arrived_at"] or find_late_arrival(at, message["at"])
    queries("messages").move_to(connection, **places, at=at, arrived_at=arrived_at, arrival=arrival)
    queries("messages").move_attachments(connection, **places)
    queries("ingest").move_events(connection, **places)
    sql = queries("conversations")
    sql.move_consent(connection, **places, party=summary["party"])
    sql.move_audit(connection, **places, conversation_id=summary["id"])
    texts.transaction.mark_changed(Subject.MESSAGE, old_id, summary["id"])
    message.update(id=new_id, at=at, arrival=arrival)


def _name_files(connection: Connection, message_id: int) -> str:
    """Return the files of a message in words."""
    rows = queries("messages").files_of(connection, message_id=message_id)
    return describe_files(
        [FileLabel(row["name"], row["content_type"], row["size"]) for row in rows]
    )


def _add_missing_files(
    texts: IncomingTexts, message_id: int, known: ReplyCopy, reply: Reply
) -> None:
    """Add the files that the message lacks; they replace files without content."""
    there, missing, sql = Counter(known.files), [], queries("messages")
    for attachment in reply.attachments:
        digest = digest_file(attachment.data)
        if there[digest]:
            there[digest] -= 1
        elif digest or not known.files:
            missing.append(attachment)
    if any(attachment.data for attachment in missing):
        for row in sql.files_of(texts.connection, message_id=message_id):
            if not row["size"]:
                sql.drop_attachment(texts.connection, id=row["id"])
    texts.store_attachments(message_id, missing)
