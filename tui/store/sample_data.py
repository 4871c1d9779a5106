"""Write a sample history as fast as the disk allows, for demonstrations and measurements.

Conversations follow each other through the past year; within one, question and answer
alternate. So ids, and with them all indexes, only grow, and a million messages take
seconds. These messages have no events of a provider, because no provider ever reported
them.
"""

import random
from collections.abc import Callable
from typing import Any

from tui.clock import DAY, HOUR
from tui.domain.change import Subject
from tui.domain.conversation import State, compute_waiting_rank
from tui.domain.ids import smallest_id_at
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.store.conversation_rows import get_counter_names
from tui.store.customer_addresses import fold_for_filter
from tui.store.engine import Transaction
from tui.store.last_messages import update_last_message
from tui.store.queries import queries
from tui.store.sample_source import SampleSource
from tui.store.search_index import index_texts
from tui.store.store import Store

Progress = Callable[[int, int], None]
"""Called after every transaction with the messages written so far and the messages in all."""

_HISTORY_SPAN = 365 * DAY
_MAX_PAUSE = 4 * HOUR
_RECENT = 2 * DAY
_BATCH = 20_000
_LOW_BITS = 0xFFFFF
_Row = dict[str, Any]
"""Row of `messages`, by column."""


async def write_sample_data(
    store: Store,
    *,
    threads: int,
    messages: int,
    now: int,
    rng: random.Random,
    source: SampleSource | None = None,
    progress: Progress | None = None,
) -> None:
    """Add sample conversations and messages, none later than `now`.

    Every conversation has at least one message, so `messages` counts as no less than
    `threads`. What was written before an error stays.

    Args:
        store: Open store.
        threads: Number of conversations.
        messages: Number of messages.
        now: Time of the latest message, in ms UTC.
        rng: Source of randomness.
        source: Source of names, numbers and texts.
        progress: Called after every transaction.

    Raises:
        StoreError: A transaction failed.
    """
    history = _SampleHistory(rng, source or SampleSource(), now, threads, max(messages, threads))
    while history.threads_left or history.pending:
        await store.database.write(history.write_batch)
        await store.database.tend(at_once=True)
        if progress is not None:
            progress(history.written, history.messages)


class _SampleHistory:
    """Sample history that is written one transaction at a time."""

    def __init__(
        self, rng: random.Random, source: SampleSource, now: int, threads: int, messages: int
    ) -> None:
        """Create a history of which nothing is written yet."""
        self._rng = rng
        self._source = source
        self._now = now
        self._threads = threads
        self.threads_left = threads
        self.messages = messages
        self.written = 0
        self.pending: list[_Row] = []
        self._assigned = 0
        self._salt = rng.getrandbits(20)
        """Random bits, so that another history of the same times gets different ids."""

    def write_batch(self, transaction: Transaction) -> None:
        """Write about one batch; a conversation longer than that is written in parts."""
        summaries = []
        while self.threads_left and len(self.pending) < _BATCH:
            summaries.append(self._create_conversation(transaction))
        messages, self.pending = self.pending[:_BATCH], self.pending[_BATCH:]
        connection, sql = transaction.connection, queries("sample_data")
        sql.add_conversations(connection, summaries)
        sql.add_contacts(connection, [summary for summary in summaries if summary["name"]])
        sql.add_messages(connection, messages)
        index_texts(connection, ((message["id"], message["body"]) for message in messages))
        self.written += len(messages)
        transaction.mark_changed(Subject.VIEW)

    def _create_conversation(self, transaction: Transaction) -> dict[str, Any]:
        """Create the next conversation, put its messages in `pending`, return its summary."""
        begun = self._now - HOUR - _HISTORY_SPAN * self.threads_left // self._threads
        account, own = self._rng.choice(self._source.accounts)
        number = self._choose_unused_number(transaction)
        name = next(self._source.names)
        identity = smallest_id_at(begun) | ((self._salt + self.threads_left) & _LOW_BITS)
        summary = _create_empty_summary(identity, number, name, account, own)
        self.pending.extend(self._create_messages(summary, begun, self._choose_message_count()))
        self.threads_left -= 1
        self._set_final_state(summary)
        for counter in get_counter_names(summary):
            transaction.adjust_counter(counter, +1)
        return summary

    def _choose_unused_number(self, transaction: Transaction) -> str:
        """Return a number that is not in this inbox."""
        by_party = queries("conversations").by_party
        while True:
            number = next(self._source.numbers)
            if by_party(transaction.connection, party=number) is None:
                return number

    def _choose_message_count(self) -> int:
        """Return the number of messages of this conversation; the last one gets the rest."""
        left = self.messages - self._assigned
        if self.threads_left == 1:
            count = left
        else:
            drawn = round(self._rng.expovariate(self.threads_left / left))
            count = min(max(drawn, 1), left - self.threads_left + 1)
        self._assigned += count
        return count

    def _create_messages(self, summary: dict[str, Any], begun: int, count: int) -> list[_Row]:
        """Create the messages of a conversation and update its summary with them."""
        pause = min(_MAX_PAUSE, (self._now - begun) / count)
        at = begun
        messages = []
        for index in range(count):
            at = min(at + int(self._rng.uniform(0.5, 1.0) * pause), self._now)
            incoming = self._rng.random() < 0.55 if index else True
            identity = smallest_id_at(at) | (
                (self._salt + self._assigned - count + index) & _LOW_BITS
            )
            if incoming:
                messages.append(self._create_question(summary, identity, at))
            else:
                messages.append(self._create_answer(summary, identity, at))
        return messages

    def _create_question(self, summary: dict[str, Any], identity: int, at: int) -> _Row:
        """Create a message from the customer."""
        body = next(self._source.questions)
        update_last_message(
            summary, id=identity, at=at, direction=Direction.IN, status="", body=body
        )
        summary["unread"] += 1
        summary["waiting_since"] = summary["waiting_since"] or at
        return {
            **_create_message(summary, identity, at, body),
            "direction": Direction.IN.value,
            "sender": summary["address"],
        }

    def _create_answer(self, summary: dict[str, Any], identity: int, at: int) -> _Row:
        """Create a message from an agent."""
        body = next(self._source.answers)
        status = self._choose_status(at)
        recent = at > self._now - _RECENT
        update_last_message(
            summary, id=identity, at=at, direction=Direction.OUT, status=status, body=body
        )
        summary["unread"], summary["waiting_since"] = 0, None
        # Old failures count as handled, so that the demo does not open with hundreds of them.
        summary["failed"] += status.is_problem and recent
        return {
            **_create_message(summary, identity, at, body),
            "direction": Direction.OUT.value,
            "status": status.value,
            "sender": summary["own"],
            "agent": self._rng.choice(self._source.agents),
            "provider_id": f"{identity:x}",
            "status_at": at,
            "handled": int(not recent),
        }

    def _choose_status(self, at: int) -> Status:
        """Return a random status of an answer."""
        chance = self._rng.random()
        if chance < 0.02:
            return Status.FAILED if chance < 0.015 else Status.EXPIRED
        moving = at > self._now - HOUR and chance < 0.2
        return Status.SUBMITTED if moving else Status.DELIVERED

    def _set_final_state(self, summary: dict[str, Any]) -> None:
        """Close old conversations; snooze, star or assign a few of the others."""
        chance = self._rng.random()
        summary["starred"] = int(chance < 0.02)
        if self._rng.random() < 0.3:
            summary["assignee"] = self._rng.choice(self._source.agents)
        if summary["last_at"] < self._now - _RECENT and chance < 0.9:
            summary.update(state=State.CLOSED.value, unread=0, waiting_since=None)
        elif chance > 0.98:
            summary.update(state=State.SNOOZED.value, snoozed_until=self._now + DAY)
        summary["rank"] = compute_waiting_rank(summary["waiting_since"], summary["last_at"])


def _create_message(summary: dict[str, Any], identity: int, at: int, body: str) -> _Row:
    """Return what a question and an answer have in common."""
    return {
        "id": identity,
        "conversation_id": summary["id"],
        "status": "",
        "account": summary["account"],
        "body": body,
        "at": at,
        "agent": "",
        "provider_id": "",
        "status_at": 0,
        "handled": 0,
    }


def _create_empty_summary(
    identity: int, number: str, name: str, account: str, own: str
) -> dict[str, Any]:
    """Return the summary of a conversation without messages."""
    return {
        "id": identity,
        "party": number,
        "address": number,
        "name": name,
        "folded": fold_for_filter(name, number),
        "state": State.OPEN.value,
        "snoozed_until": None,
        "assignee": "",
        "starred": 0,
        "unread": 0,
        "waiting_since": None,
        "failed": 0,
        "last_id": 0,
        "last_arrival": 0,
        "overdue": 0,
        "account": account,
        "own": own,
    }
