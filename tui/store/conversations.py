"""Read conversations: pages of the list, counters, and the next one that waits."""

import functools
import random
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from tui.clock import Clock
from tui.domain.conversation import Conversation, Counts, Order, State, View
from tui.domain.phone import Address
from tui.domain.record_type import record
from tui.domain.views import has_every_state, list_counters
from tui.store import rows
from tui.store.connections import Connection
from tui.store.conversation_rows import is_begun_only
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary
from tui.store.view_windows import (
    NOT_DUE_BASE,
    build_count,
    build_window,
    choose_query,
    is_combined_view,
    is_sorted_by_time,
    read_page,
    read_rows,
    read_value,
)

_SMALLEST = -(1 << 62)
_LARGEST = 1 << 62
_WITHOUT_COUNTER = frozenset({"by_label", "drafts", "mentions"})
"""Queries of views that have no stored counter and must be counted."""


@record
class ListPosition:
    """Position in a list: before the first conversation, after the last, or at one of them."""

    sort: int
    id: int


FIRST_POSITION = ListPosition(_SMALLEST, _SMALLEST)
LAST_POSITION = ListPosition(_LARGEST, _LARGEST)


def get_order(view: View) -> Order:
    """Return how a view is sorted: only lists by state can be sorted by their last message."""
    if view.order is Order.DUE and is_combined_view(view):
        return Order.DUE
    return Order.NEWEST if is_sorted_by_time(view) else Order.WAITING


def get_position(conversation: Conversation, view: View | Order) -> ListPosition:
    """Return the position of a conversation in a view or in a list of this order.

    Args:
        conversation: Conversation to locate.
        view: View, or order, of the list.
    """
    order = get_order(view) if isinstance(view, View) else view
    if order is Order.NEWEST:
        return ListPosition(-conversation.last_at, conversation.id)
    if order is Order.DUE:
        due = conversation.due_at
        return ListPosition(
            due if due is not None else NOT_DUE_BASE + conversation.rank, conversation.id
        )
    return ListPosition(conversation.rank, conversation.id)


class Conversations:
    """Queries that the conversation list needs."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the conversation queries of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("conversations")

    async def list_after(
        self, view: View, position: ListPosition, limit: int
    ) -> list[Conversation]:
        """Return up to `limit` conversations after a position, in the order of the view.

        Args:
            view: View that selects and sorts the conversations.
            position: Position to start from; it is not included.
            limit: Maximum number of conversations.
        """
        return await self._read_page(view, position, limit, "after")

    async def list_before(
        self, view: View, position: ListPosition, limit: int
    ) -> list[Conversation]:
        """Return up to `limit` conversations before a position, in the order of the view.

        Args:
            view: View that selects and sorts the conversations.
            position: Position to end at; it is not included.
            limit: Maximum number of conversations.
        """
        return (await self._read_page(view, position, limit, "before"))[::-1]

    async def get(self, conversation_id: int) -> Conversation | None:
        """Return a conversation, or None if there is none with this id."""
        row = await self._database.read(functools.partial(self._sql.get, id=conversation_id))
        return rows.to_conversation(row) if row else None

    async def find_by_address(self, address: Address) -> Conversation | None:
        """Return the conversation with this address, or None if there is none."""
        row = await self._database.read(
            functools.partial(self._sql.by_party, party=address.conversation_key)
        )
        return rows.to_conversation(row) if row else None

    async def get_or_create(
        self, address: Address, account: str, *, is_begun: bool = False
    ) -> Conversation:
        """Return the conversation with this address; create it if there is none.

        Args:
            address: Address of the customer.
            account: Account through which a new conversation is answered.
            is_begun: Whether an agent only begins it: it is stored as closed, and opens with its
                first text, draft or note. It is returned as the agent sees it, which is open.
        """

        def find_or_insert(transaction: Transaction) -> Summary:
            summaries = Summaries(transaction, self._rng)
            now = self._clock.now()
            summary = summaries.get_or_create(address, account=account, own="", at=now)
            if is_begun and summaries.is_new(summary["id"]):
                summary["state"] = State.CLOSED.value
            summaries.flush()
            shown = {"state": State.OPEN.value} if is_begun and is_begun_only(summary) else {}
            return summary | shown

        return rows.to_conversation(await self._database.write(find_or_insert))

    async def get_counts(self) -> Counts:
        """Return the numbers of the header line."""
        counters = await self.get_counters()
        names = [part.name for part in fields(Counts)]
        return Counts(**{name: counters.get(name, 0) for name in names})

    async def get_counters(self) -> dict[str, int]:
        """Return every counter by name; `assignee:` counters count open conversations."""
        found = await self._database.read(self._sql.counters)
        return {row["name"]: row["value"] for row in found}

    async def count_conversations(self, view: View) -> int:
        """Return how many conversations a view shows; 0 for a view filtered by text.

        Filtered views are not counted.
        """
        if view.text:
            return 0
        if is_combined_view(view):
            sql, values = build_count(view)
            return int(await self._database.read(functools.partial(read_value, sql, values)))
        name, values = choose_query(view)
        if name in _WITHOUT_COUNTER:
            query = getattr(queries("windows"), f"{name}_count")
            return int(await self._database.read(functools.partial(query, **values)))
        counters = await self.get_counters()
        return sum(counters.get(name, 0) for name in list_counters(view))

    async def list_unread_ids(self, view: View, limit: int) -> list[int]:
        """Return the ids of unread conversations of a view, up to a number.

        Args:
            view: View that selects the conversations.
            limit: Maximum number of ids.
        """
        if view.drafts_of or view.mentions_of:
            return []  # they are lists of what to write or to see, unread or not
        unread = replace(view, unread=True, only_state=not has_every_state(view))
        sql, values = build_window(unread, is_after=True, columns="c.id")
        start = FIRST_POSITION
        values |= {"rank": start.sort, "id": start.id, "limit": limit}
        found = await self._database.search(functools.partial(read_rows, sql, values))
        return [row[0] for row in found]

    async def find_next_waiting(self, after: Conversation | None) -> Conversation | None:
        """Return the conversation that waits next longest, or None if none waits.

        After the last one it continues with the first.
        """
        return await self._find_waiting(after, self._sql.next_waiting, FIRST_POSITION)

    async def find_previous_waiting(self, before: Conversation | None) -> Conversation | None:
        """Return the conversation that waits next longer, or None if none waits.

        Before the first one it continues with the last.
        """
        return await self._find_waiting(before, self._sql.previous_waiting, LAST_POSITION)

    async def list_labels(self) -> list[tuple[str, int]]:
        """Return every label in use with its number of conversations."""
        found = await self._database.read(self._sql.all_labels)
        return [(row["label"], row["uses"]) for row in found]

    async def get_read_marker(self, conversation_id: int, agent: str) -> int:
        """Return the `arrival_id` up to which the agent has seen all; 0 for nothing.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
        """
        query = functools.partial(self._sql.look, conversation_id=conversation_id, agent=agent)
        return await self._database.read(query) or 0

    async def set_read_marker(
        self, conversation_id: int, agent: str, upto: int, arrival: int = 0
    ) -> int:
        """Record that the agent has seen everything up to this message.

        Return the `arrival_id` up to which all was seen.

        What arrives late stands above others, so reading is counted in the order of arrival.
        If something below that was not seen has arrived earlier, that stays unread.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            upto: Id of the newest message that was seen.
            arrival: Highest `arrival_id` of the messages that were seen; 0 if all up to that
                message were seen.
        """

        def write_marker(transaction: Transaction) -> int:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            seen = self._find_place_read(transaction.connection, summary, upto, arrival)
            # Texts that arrived after the last one seen stay unread.
            newer = queries("messages").came_in_after(
                transaction.connection, conversation_id=summary["id"], upto=seen
            )
            summary["unread"] = min(summary["unread"], newer)
            summaries.flush()
            self._sql.save_look(
                transaction.connection,
                conversation_id=summary["id"],
                agent=agent,
                message_id=seen,
            )
            return seen

        return await self._database.write(write_marker)

    @staticmethod
    def _find_place_read(connection: Connection, summary: Summary, upto: int, arrival: int) -> int:
        """Return the place in the order of arrival up to which all was read."""
        sql, place = queries("messages"), {"conversation_id": summary["id"], "upto": upto}
        seen = int(arrival or sql.arrival_up_to(connection, **place))
        if upto >= summary["last_id"]:
            return seen
        return min(seen, int(sql.first_arrival_after(connection, **place)) - 1)

    async def _read_page(
        self, view: View, position: ListPosition, limit: int, side: str
    ) -> list[Conversation]:
        """Return the conversations of one page in the order of the query."""
        # A text filter scans all rows, so it runs where it can be interrupted.
        run = self._database.search if view.text else self._database.read
        sort = -position.sort if is_sorted_by_time(view) else position.sort
        page = functools.partial(
            read_page, view, sort, position.id, limit=limit, is_after=side == "after"
        )
        return [rows.to_conversation(row) for row in await run(page)]

    async def _find_waiting(
        self, current: Conversation | None, query: Callable[..., Any], start: ListPosition
    ) -> Conversation | None:
        """Return the next waiting conversation in one direction, with wrap-around."""
        positions = [start] if current is None else [ListPosition(current.rank, current.id), start]
        for position in positions:
            row = await self._database.read(
                functools.partial(query, rank=position.sort, id=position.id)
            )
            if row is not None:
                return rows.to_conversation(row)
        return None
