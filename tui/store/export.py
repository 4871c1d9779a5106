"""The way out: messages as plain dictionaries that any JSON or CSV writer takes."""

import functools
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from tui.store.queries import queries
from tui.store.rows import Row
from tui.store.store import Store

FIELDS = (
    *("id", "conversation", "party", "name", "direction", "at", "text", "status", "account"),
    *("sender", "agent", "subject", "word", "code", "reason", "status_at", "scheduled_at"),
    *("provider_id", "parts", "price", "format", "attachments"),
)
"""The keys of every exported message, in order."""

_PAGE = 500
_AS_THEY_ARE = (
    *("id", "direction", "account", "sender", "agent", "subject", "word", "code", "reason"),
    *("provider_id", "parts", "price", "format", "attachments", "party", "name"),
)


async def export(
    store: Store, *, conversation_id: int | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Every message of a conversation, or of the inbox, oldest first, by the names in `FIELDS`.

    Times are ISO 8601 in UTC, empty where there is none. Raises `StoreError`.
    """
    sql = queries("export")
    if conversation_id is None:
        query = sql.everything
    else:
        query = functools.partial(sql.of_conversation, conversation_id=conversation_id)
    after = 0
    while page := await store.database.read(functools.partial(query, after=after, limit=_PAGE)):
        for row in page:
            yield _exported(row)
        after = page[-1]["id"]


def _exported(row: Row) -> dict[str, Any]:
    """A row as others read it."""
    values: dict[str, Any] = {name: row[name] for name in _AS_THEY_ARE}
    values["conversation"] = row["conversation_id"]
    values["text"] = row["body"]
    values["status"] = row["status"] or ("received" if row["direction"] == "in" else "")
    for name in ("at", "status_at", "scheduled_at"):
        values[name] = _iso(row[name])
    return {name: values[name] for name in FIELDS}


def _iso(at: int | None) -> str:
    """A moment (ms UTC) in ISO 8601; empty for none, and for one no calendar has."""
    if not at:
        return ""
    try:
        moment = datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return ""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
