"""Export messages as plain dictionaries that any JSON or CSV writer accepts."""

import functools
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from tui.store.queries import queries
from tui.store.rows import Row
from tui.store.store import Store

EXPORT_FIELDS = (
    *("id", "conversation", "party", "name", "direction", "at", "text", "status", "account"),
    *("sender", "agent", "subject", "word", "code", "reason", "status_at", "scheduled_at"),
    *("provider_id", "parts", "price", "format", "attachments"),
)
"""Keys of every exported message, in order."""

_PAGE = 500
_COPIED_FIELDS = (
    *("id", "direction", "account", "sender", "agent", "subject", "word", "code", "reason"),
    *("provider_id", "parts", "price", "format", "attachments", "party", "name"),
)


async def export_messages(
    store: Store, *, conversation_id: int | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield the messages of a conversation, or of the whole inbox, oldest first.

    The keys are those in `EXPORT_FIELDS`. Times are ISO 8601 in UTC, empty if there is
    none.

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
            yield _to_export_row(row)
        after = page[-1]["id"]


def _to_export_row(row: Row) -> dict[str, Any]:
    """Return a row with the names and formats of the export."""
    values: dict[str, Any] = {name: row[name] for name in _COPIED_FIELDS}
    values["conversation"] = row["conversation_id"]
    values["text"] = row["body"]
    values["status"] = row["status"] or ("received" if row["direction"] == "in" else "")
    for name in ("at", "status_at", "scheduled_at"):
        values[name] = _format_iso_time(row[name])
    return {name: values[name] for name in EXPORT_FIELDS}


def _format_iso_time(at: int | None) -> str:
    """Return a time (ms UTC) in ISO 8601; empty if there is no such date."""
    if not at:
        return ""
    try:
        moment = datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return ""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
