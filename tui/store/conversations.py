"""Conversations: windows of the list, and what agents do with a thread."""

import functools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui.clock import Clock
from tui.domain.conversation import Conversation, Counts, Order, View
from tui.domain.phone import Address
from tui.domain.views import counters_of, looked_for
from tui.store import rows
from tui.store.database import Database, Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary

_SMALLEST = -(1 << 62)
_LARGEST = 1 << 62
_COUNTED = frozenset({"by_label", "drafts", "mentions"})
"""Queries of views that no counter is kept for."""


@dataclass(frozen=True, slots=True)
class Key:
    """A place in a list: before the first conversation, behind the last, or at one of them."""

    sort: int
    id: int


FIRST = Key(_SMALLEST, _SMALLEST)
LAST = Key(_LARGEST, _LARGEST)


def order_of(view: View) -> Order:
    """How a view is sorted: only lists by state alone can be sorted by time."""
    return Order.NEWEST if _by_time(view) else Order.WAITING


def key_of(conversation: Conversation, view: View | Order) -> Key:
    """The place of a conversation in a view, or in a list of this order."""
    order = order_of(view) if isinstance(view, View) else view
    if order is Order.NEWEST:
        return Key(-conversation.last_at, conversation.id)
    return Key(conversation.rank, conversation.id)


class Conversations:
    """What the list reads and what triage writes."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("conversations")

    async def after(self, view: View, key: Key, limit: int) -> list[Conversation]:
        """Up to `limit` conversations of the view behind `key`, in the view's order."""
        return await self._window(view, key, limit, "after")

    async def before(self, view: View, key: Key, limit: int) -> list[Conversation]:
        """Up to `limit` conversations of the view in front of `key`, in the view's order."""
        return (await self._window(view, key, limit, "before"))[::-1]

    async def get(self, conversation_id: int) -> Conversation | None:
        """One conversation."""
        row = await self._database.read(functools.partial(self._sql.get, id=conversation_id))
        return rows.conversation(row) if row else None

    async def with_party(self, address: Address) -> Conversation | None:
        """The conversation with this party, if anyone ever wrote."""
        row = await self._database.read(functools.partial(self._sql.by_party, party=address.key))
        return rows.conversation(row) if row else None

    async def begin(self, address: Address, account: str) -> Conversation:
        """The conversation with this party, begun now if there is none."""

        def work(transaction: Transaction) -> Summary:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.of(address, account=account, own="", at=self._clock.now())
            summaries.flush()
            return summary

        return rows.conversation(await self._database.write(work))

    async def counts(self) -> Counts:
        """The numbers of the header line."""
        counters = await self.counters()
        names = ("open", "waiting", "unread", "failed", "snoozed", "closed")
        return Counts(**{name: counters.get(name, 0) for name in names})

    async def counters(self) -> dict[str, int]:
        """Every counter by name; `assignee:` ones count open conversations."""
        found = await self._database.read(self._sql.counters)
        return {row["name"]: row["value"] for row in found}

    async def count(self, view: View) -> int:
        """How many conversations a view shows; 0 for a narrowed one, which nobody counts."""
        name, values = _query(view)
        if name in _COUNTED and not view.text:
            query = getattr(queries("windows"), f"{name}_count")
            return int(await self._database.read(functools.partial(query, **values)))
        counters = await self.counters()
        return sum(counters.get(name, 0) for name in counters_of(view))

    async def next_waiting(self, after: Conversation | None) -> Conversation | None:
        """The one that waits next longest after this, around the end to the first."""
        return await self._waiting(after, self._sql.next_waiting, FIRST)

    async def previous_waiting(self, before: Conversation | None) -> Conversation | None:
        """The one that waits next longer before this, around the start to the last."""
        return await self._waiting(before, self._sql.previous_waiting, LAST)

    async def labels(self) -> list[tuple[str, int]]:
        """Every label in use and how many conversations wear it."""
        found = await self._database.read(self._sql.all_labels)
        return [(row["label"], row["uses"]) for row in found]

    async def seen_upto(self, conversation_id: int, agent: str) -> int:
        """The newest message this agent has seen here; 0 for none."""
        look = functools.partial(self._sql.look, conversation_id=conversation_id, agent=agent)
        return await self._database.read(look) or 0

    async def _window(self, view: View, key: Key, limit: int, way: str) -> list[Conversation]:
        """The rows of one page as the query gives them."""
        name, values = _query(view)
        values |= {"pattern": looked_for(view.text), "id": key.id, "limit": limit}
        by_time = _by_time(view)
        values["last_at" if by_time else "rank"] = -key.sort if by_time else key.sort
        query = getattr(queries("windows"), f"{name}_{way}")
        run = self._database.search if view.text else self._database.read
        return [rows.conversation(row) for row in await run(functools.partial(query, **values))]

    async def _waiting(
        self, place: Conversation | None, query: Callable[..., Any], start: Key
    ) -> Conversation | None:
        """The next waiting one in a direction, beginning again at the other end."""
        keys = [start] if place is None else [Key(place.rank, place.id), start]
        for key in keys:
            row = await self._database.read(functools.partial(query, rank=key.sort, id=key.id))
            if row is not None:
                return rows.conversation(row)
        return None


def _by_time(view: View) -> bool:
    """Whether the newest comes first."""
    return _query(view)[0] in ("newest", "all_newest")


def _query(view: View) -> tuple[str, dict[str, Any]]:
    """The pair of queries that shows a view, and its own parameters."""
    state = view.state.value if view.state is not None else ""
    if view.failed:
        return "failed", {}
    if view.drafts_of:
        return "drafts", {"agent": view.drafts_of}
    if view.mentions_of:
        return "mentions", {"agent": view.mentions_of}
    if view.starred:
        return "starred", {}
    if view.label:
        return "by_label", {"label": view.label, "state": state}
    if view.assignee is not None:
        return "by_assignee", {"assignee": view.assignee, "state": state}
    newest = view.order is Order.NEWEST
    if view.state is None:
        return ("all_newest" if newest else "all"), {}
    return ("newest" if newest else "by_state"), {"state": state}
