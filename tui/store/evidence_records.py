"""Read everything that proves what happened in one conversation, record by record."""

import functools
import hashlib
import random
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from tui.domain.conversation import Conversation
from tui.domain.hash_chain import MESSAGE
from tui.domain.json_fields import CustomerFields, format_iso_time, message_to_json
from tui.domain.phone import parse_address
from tui.store.connections import Connection, Row
from tui.store.conversation_lookups import find_consent
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.rows import to_dict, to_message

_PAGE = 200
_IDENTITY_BITS = 128
_EVENT_FIELDS = ("account", "kind", "event_id", "status", "word", "code", "reason", "price", "raw")


async def read_inbox_identity(database: Engine, rng: random.Random) -> str:
    """Return the id of an inbox, which is made with its first evidence.

    Args:
        database: Open inbox database.
        rng: Source of randomness for the id.
    """
    sql = queries("erasure")

    def find_or_create(transaction: Transaction) -> str:
        found = sql.identity(transaction.connection)
        if found is None:
            found = f"{rng.getrandbits(_IDENTITY_BITS):032x}"
            sql.set_identity(transaction.connection, id=found)
        return str(found)

    return await database.write(find_or_create)


async def read_evidence(
    database: Engine, conversation: Conversation
) -> AsyncIterator[dict[str, Any]]:
    """Yield messages with their reports and files, then consent decisions and the audit trail.

    Args:
        database: Open inbox database.
        conversation: The conversation.
    """
    customer = CustomerFields(conversation.party, conversation.address, conversation.name)
    after = 0
    while page := await database.read(
        functools.partial(_read_messages, conversation_id=conversation.id, after=after)
    ):
        for row, events, files in page:
            message = message_to_json(to_message(row), customer)
            yield {"type": MESSAGE, **message, "events": events, "stored_files": files}
        after = page[-1][0]["id"]
    addresses = (conversation.party, conversation.address, *conversation.other_addresses)
    for record in await database.read(functools.partial(_read_consent, addresses=addresses)):
        yield {"type": "consent", **record}
    audit = queries("erasure").all_audit_of
    for row in await database.read(functools.partial(audit, conversation_id=conversation.id)):
        yield {
            "type": "audit",
            "id": str(row["id"]),
            "at": format_iso_time(row["at"]),
            "agent": row["agent"],
            "action": row["action"],
            "message": str(row["message_id"]) if row["message_id"] else None,
            "detail": row["detail"],
        }


def _read_messages(
    connection: Connection, *, conversation_id: int, after: int
) -> list[tuple[Row, list[dict[str, Any]], list[dict[str, Any]]]]:
    """Return the next messages, each with its reports and files."""
    sql = queries("messages")
    values = {"conversation_id": conversation_id, "after": after, "limit": _PAGE}
    return [
        (
            row,
            [_to_event(one) for one in sql.events_of(connection, message_id=row["id"])],
            _list_files(sql.files_of, connection, row),
        )
        for row in queries("erasure").page_of_conversation(connection, **values)
    ]


def _to_event(row: Row) -> dict[str, Any]:
    """Return a report of the provider as it came."""
    fields = {name: row[name] for name in _EVENT_FIELDS}
    moments = {name: format_iso_time(row[name]) for name in ("received_at", "at")}
    return {**fields, **moments, "id": str(row["id"])}


def _list_files(
    read: Callable[..., Sequence[Row]], connection: Connection, row: Row
) -> list[dict[str, Any]]:
    """Return the files of a message by their hashes."""
    if not row["attachments"]:
        return []
    return [
        {
            "name": file["name"],
            "content_type": file["content_type"],
            "size": file["size"],
            "sha256": hashlib.sha256(bytes(file["data"])).hexdigest(),
        }
        for file in read(connection, message_id=row["id"])
    ]


def _read_consent(connection: Connection, *, addresses: Sequence[str]) -> list[dict[str, Any]]:
    """Return the newest decisions of a customer; earlier ones are in the audit trail."""
    found = []
    for party in dict.fromkeys(parse_address(one).conversation_key for one in addresses):
        row = find_consent(connection, party)
        if row is not None:
            values = to_dict(row)
            identity = values["message_id"]
            found.append(
                {
                    **values,
                    "opted_out": bool(values["opted_out"]),
                    "at": format_iso_time(values["at"]),
                    "message_id": str(identity) if identity else None,
                }
            )
    return found
