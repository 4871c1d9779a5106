"""Answer what the storage of events and texts asks about those that are stored.

On the connection of a page the answers come from memory, else from a query. Beside each question
stands what has to be noted when the page writes such a row, so that its next events see it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tui.domain.ids import extract_time, smallest_id_at
from tui.domain.message import Direction
from tui.store.connections import Connection
from tui.store.page_connection import PageConnection, get_page
from tui.store.queries import queries
from tui.store.rows import Row, to_dict

_COPY_MARK = "#"
"""Stands between the provider's id and the digest of another payload."""

# Events -------------------------------------------------------------------------------------


def name_copy(event_id: str, digest: str) -> str:
    """Return the id under which another payload with a known id is stored.

    Args:
        event_id: Id that the provider gave.
        digest: Digest of the payload's content.
    """
    return f"{event_id}{_COPY_MARK}{digest}"


def name_copy_range(event_id: str) -> tuple[str, str]:
    """Return the bounds between which the ids of other payloads are.

    Args:
        event_id: Id that the provider gave.
    """
    return f"{event_id}{_COPY_MARK}", f"{event_id}{chr(ord(_COPY_MARK) + 1)}"


def select_copies(event_id: str, found: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the events that came under this id.

    Args:
        event_id: Id that the provider gave.
        found: Events with this id or within its range.
    """
    return [
        to_dict(row)
        for row in found
        if row["event_id"] in (event_id, name_copy(event_id, row["digest"]))
    ]


def list_copies(
    connection: Connection, account: str, kind: str, event_id: str
) -> list[dict[str, Any]]:
    """Return the stored events that came under this id, oldest first.

    The first one has the id itself, the others the id that `name_copy` returns.

    Args:
        connection: Connection of the caller's transaction.
        account: Account that the events came from.
        kind: Kind of the events.
        event_id: Id that the provider gave.
    """
    page = get_page(connection)
    if page is not None and (kind, event_id) in page.cache.copies:
        return list(page.cache.copies[kind, event_id])
    first, behind = name_copy_range(event_id)
    values = {"account": account, "kind": kind, "event_id": event_id}
    found = queries("ingest").copies(connection, first=first, behind=behind, **values)
    return select_copies(event_id, found)


def is_event_stored(connection: Connection, account: str, kind: str, event_id: str) -> bool:
    """Return whether there is an event with this id.

    Args:
        connection: Connection of the caller's transaction.
        account: Account that the event came from.
        kind: Kind of the event.
        event_id: Id of the event.
    """
    page = get_page(connection)
    if page is not None and kind == "receipt" and event_id in page.cache.receipts:
        return page.cache.receipts[event_id]
    values = {"account": account, "kind": kind, "event_id": event_id}
    return queries("ingest").is_stored(connection, **values) is not None


def store_event_row(connection: Connection, **row: Any) -> None:
    """Write an event.

    Args:
        connection: Connection of the caller's transaction.
        **row: Row of `events`.
    """
    write = queries("ingest").add_event
    if (page := get_page(connection)) is None:
        write(connection, (row,))
        return
    page.write_later(write, row)
    kind, event_id = row["kind"], row["event_id"]
    if event_id in page.cache.receipts:
        page.cache.receipts[event_id] = page.cache.receipts[event_id] or kind == "receipt"
    given = event_id.removesuffix(name_copy("", row["digest"]))
    for known in {event_id, given}:
        if (kind, known) in page.cache.copies:
            page.cache.copies[kind, known].append(row)


# Messages -----------------------------------------------------------------------------------


def find_message(connection: Connection, message_id: int) -> dict[str, Any] | None:
    """Return a message, or None.

    Args:
        connection: Connection of the caller's transaction.
        message_id: Id of the message.
    """
    page = get_page(connection)
    if page is not None and message_id in page.cache.copied:
        _load_messages(page, page.cache.copied)
        page.cache.copied.clear()
    if page is not None and message_id in page.cache.messages:
        return page.cache.messages[message_id]
    row = queries("messages").get(connection, id=message_id)
    return to_dict(row) if row else None


def find_own_message(
    connection: Connection, account: str, message_id: int
) -> dict[str, Any] | None:
    """Return a message that was sent through an account, or None.

    Args:
        connection: Connection of the caller's transaction.
        account: Account of the message.
        message_id: Id of the message.
    """
    page = get_page(connection)
    if page is not None and message_id in page.cache.outgoing:
        known = page.cache.outgoing[message_id]
        # A copy: a row that was read stays as it was, whatever follows from its event.
        return dict(known) if known else None
    row = queries("messages").get(connection, id=message_id)
    return to_dict(row) if row and is_sent_by(row, account) else None


def is_sent_by(row: Row, account: str) -> bool:
    """Return whether a message was sent through an account.

    Args:
        row: Row of `messages`.
        account: Name of the account.
    """
    return bool(row["direction"] == Direction.OUT and row["account"] == account)


def _load_messages(page: PageConnection, ids: Iterable[int | None]) -> None:
    """Read messages ahead by their ids."""
    if missing := sorted(one for one in ids if one is not None):
        page.cache.messages.update(dict.fromkeys(missing))
        for row in queries("pages").messages(page, keys=json.dumps(missing)):
            page.cache.messages[row["id"]] = to_dict(row)


def list_sent(connection: Connection, account: str, key: str) -> Sequence[dict[str, Any]]:
    """Return the messages that were sent under an id of the provider, the newest first.

    Args:
        connection: Connection of the caller's transaction.
        account: Account through which they were sent.
        key: The provider's id as it is compared.
    """
    page = get_page(connection)
    if page is not None and key in page.cache.sent:
        return [dict(message) for message in page.cache.sent[key]]
    found = queries("messages").by_provider_key(connection, account=account, provider_key=key)
    return [to_dict(row) for row in found]


def note_status(connection: Connection, message_id: int, **changes: Any) -> None:
    """Note what the page changes in a message.

    Args:
        connection: Connection of the caller's transaction.
        message_id: Id of the message.
        **changes: Values of columns.
    """
    if (page := get_page(connection)) is not None:
        (page.cache.outgoing.get(message_id) or {}).update(changes)


def is_message_id_used(connection: Connection, identity: int) -> bool:
    """Return whether a message has this id.

    Args:
        connection: Connection of the caller's transaction.
        identity: Id for a new message.
    """
    page = get_page(connection)
    if page is not None and extract_time(identity) in page.cache.times:
        return identity in page.cache.message_ids
    return queries("messages").exists(connection, id=identity) is not None


def waits_for_silence(connection: Connection, conversation_id: int) -> bool:
    """Return whether there may be messages that an answer makes superfluous.

    Args:
        connection: Connection of the caller's transaction.
        conversation_id: Id of the conversation.
    """
    page = get_page(connection)
    return page is None or page.cache.waits_for_silence.get(conversation_id, True)


def has_later_text(connection: Connection, conversation_id: int, message_id: int) -> bool:
    """Return whether the customer has written something later.

    Args:
        connection: Connection of the caller's transaction.
        conversation_id: Id of the conversation.
        message_id: Id of a text.
    """
    page = get_page(connection)
    if page is not None and conversation_id in page.cache.newest_texts:
        return page.cache.newest_texts[conversation_id] > message_id
    values = {"conversation_id": conversation_id, "id": message_id}
    return queries("messages").text_after(connection, **values) is not None


def find_newest_of_time(connection: Connection, summary: Row, at: int) -> int:
    """Return the newest message of one millisecond in a conversation; 0 for none.

    Args:
        connection: Connection of the caller's transaction.
        summary: Summary of the conversation.
        at: Time in ms UTC.
    """
    page, identity = get_page(connection), summary["id"]
    first_id, last_id = smallest_id_at(at), smallest_id_at(at + 1) - 1
    if summary["last_id"] < first_id:
        if page is not None:
            page.cache.places[identity, first_id] = 0
        return 0
    if page is not None and (identity, first_id) in page.cache.places:
        return page.cache.places[identity, first_id]
    if page is not None and identity in page.cache.begun:
        return 0
    values = {"conversation_id": identity, "first_id": first_id, "last_id": last_id}
    return queries("messages").newest_between(connection, **values) or 0


def note_text(connection: Connection, conversation_id: int, message_id: int) -> None:
    """Note a text of the page.

    Args:
        connection: Connection of the caller's transaction.
        conversation_id: Id of its conversation.
        message_id: Id of the text.
    """
    page = get_page(connection)
    if page is None:
        return
    cache = page.cache
    cache.message_ids.add(message_id)
    if conversation_id in cache.newest_texts:
        newest = max(cache.newest_texts[conversation_id], message_id)
        cache.newest_texts[conversation_id] = newest
    place = (conversation_id, smallest_id_at(extract_time(message_id)))
    if place in cache.places or conversation_id in cache.begun:
        cache.places[place] = max(cache.places.get(place, 0), message_id)
