"""Export messages as plain dictionaries that any JSON or CSV writer accepts."""

import functools
from collections.abc import AsyncIterator
from typing import Any

from tui.domain.json_fields import CustomerFields, message_to_json
from tui.store.queries import queries
from tui.store.rows import Row, to_message
from tui.store.store import Store

_PAGE = 500


async def export_messages(
    store: Store, *, conversation_id: int | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield the messages of a conversation, or of the whole inbox, oldest first.

    The keys and values are those of `json_fields.MESSAGE_FIELDS`.

    Args:
        store: Open store.
        conversation_id: Conversation to export; None exports all.

    Raises:
        StoreError: The database cannot be read.
    """
    sql = queries("export")
    if conversation_id is None:
        query = sql.everything
    else:
        query = functools.partial(sql.of_conversation, conversation_id=conversation_id)
    # Pages keep the reading connection free for others between two queries.
    after = 0
    while page := await store.database.read(functools.partial(query, after=after, limit=_PAGE)):
        for row in page:
            yield _export_row(row)
        after = page[-1]["id"]


def _export_row(row: Row) -> dict[str, Any]:
    """Return the JSON of a message that was read with the fields of its conversation."""
    customer = CustomerFields(row["party"], row["address"], row["name"])
    return message_to_json(to_message(row), customer)
