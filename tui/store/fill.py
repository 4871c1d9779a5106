"""A made-up history, written as fast as the disk takes it: for demonstrations and for measuring.

Conversations follow each other through the past year; within one, question and answer alternate.
So ids, and with them all indexes, only ever grow, and a million messages take seconds. There are
no provider's events behind these messages: nobody ever told of them.
"""

import random
from collections.abc import Callable
from typing import Any

from tui.clock import DAY, HOUR
from tui.domain.change import Subject
from tui.domain.conversation import State, rank
from tui.domain.fold import fold
from tui.domain.ids import first_id
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.store.database import Transaction
from tui.store.made_up import MadeUp
from tui.store.queries import queries
from tui.store.store import Store
from tui.store.summaries import folded, note_last, tally

Progress = Callable[[int, int], None]
"""Told after every transaction: messages written so far, messages in all."""

_SPAN = 365 * DAY
_LONGEST_PAUSE = 4 * HOUR
_RECENT = 2 * DAY
_BATCH = 20_000
_LOW_BITS = 0xFFFFF
_MESSAGE = (
    "insert into messages (id, conversation_id, direction, status, account, body, at, sender,"
    " agent, provider_id, provider_key, status_at, word, handled)"
    " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_BODY = 5
"""Where a row of `messages` has its text."""
_CONVERSATION = (
    "insert into conversations (id, party, address, name, folded, state, snoozed_until, assignee,"
    " starred, unread, waiting_since, unanswered_since, failed, last_id, last_at, last_direction,"
    " last_status, preview, account, own, rank)"
    " values (:id, :party, :address, :name, :folded, :state, :snoozed_until, :assignee, :starred,"
    " :unread, :waiting_since, :waiting_since, :failed, :last_id, :last_at, :last_direction,"
    " :last_status, :preview, :account, :own, :rank)"
)
_CONTACT = "insert or ignore into contacts (party, name, updated_at) values (?, ?, ?)"
_TEXT = "insert into messages_fts (rowid, body) values (?, ?)"
_Row = tuple[Any, ...]
"""A row of `messages`, in the order of `_MESSAGE`."""


async def fill(
    store: Store,
    *,
    threads: int,
    messages: int,
    now: int,
    rng: random.Random,
    made_up: MadeUp | None = None,
    progress: Progress | None = None,
) -> None:
    """Add this many conversations and messages, none later than `now` (ms UTC).

    Every conversation has at least one message, so `messages` counts as no less than `threads`.
    Raises `StoreError`; what was written before stays.
    """
    history = _History(rng, made_up or MadeUp(), now, threads, max(messages, threads))
    while history.threads_left or history.pending:
        await store.database.write(history.write_some)
        await store.database.checkpoint()
        if progress is not None:
            progress(history.written, history.messages)


class _History:
    """A history on its way to the disk, a transaction at a time."""

    def __init__(
        self, rng: random.Random, made_up: MadeUp, now: int, threads: int, messages: int
    ) -> None:
        """Nothing is written yet."""
        self._rng = rng
        self._made_up = made_up
        self._now = now
        self._threads = threads
        self.threads_left = threads
        self.messages = messages
        self.written = 0
        self.pending: list[_Row] = []
        self._dealt = 0
        self._salt = rng.getrandbits(20)
        """So that another history of the same times gets other ids."""

    def write_some(self, transaction: Transaction) -> None:
        """About one batch; of a conversation longer than that, a part."""
        summaries = []
        while self.threads_left and len(self.pending) < _BATCH:
            summaries.append(self._conversation(transaction))
        lines, self.pending = self.pending[:_BATCH], self.pending[_BATCH:]
        connection = transaction.connection
        connection.executemany(_CONVERSATION, summaries)
        named = ((s["party"], s["name"], s["last_at"]) for s in summaries if s["name"])
        connection.executemany(_CONTACT, named)
        connection.executemany(_MESSAGE, lines)
        connection.executemany(_TEXT, ((line[0], fold(line[_BODY])) for line in lines))
        self.written += len(lines)
        transaction.changed(Subject.VIEW)

    def _conversation(self, transaction: Transaction) -> dict[str, Any]:
        """Think up the next conversation: its lines wait in `pending`, its summary is returned."""
        begun = self._now - HOUR - _SPAN * self.threads_left // self._threads
        account, own = self._rng.choice(self._made_up.accounts)
        number = self._unknown_number(transaction)
        name = next(self._made_up.names)
        identity = first_id(begun) | ((self._salt + self.threads_left) & _LOW_BITS)
        summary = _empty(identity, number, name, account, own)
        self.pending.extend(self._lines(summary, begun, self._share()))
        self.threads_left -= 1
        self._finish(summary)
        for counter in tally(summary):
            transaction.count(counter, +1)
        return summary

    def _unknown_number(self, transaction: Transaction) -> str:
        """A number that nobody in this inbox has."""
        by_party = queries("conversations").by_party
        while True:
            number = next(self._made_up.numbers)
            if by_party(transaction.connection, party=number) is None:
                return number

    def _share(self) -> int:
        """How many messages this conversation gets; the last one gets what is left."""
        left = self.messages - self._dealt
        if self.threads_left == 1:
            share = left
        else:
            wished = round(self._rng.expovariate(self.threads_left / left))
            share = min(max(wished, 1), left - self.threads_left + 1)
        self._dealt += share
        return share

    def _lines(self, summary: dict[str, Any], begun: int, count: int) -> list[_Row]:
        """The texts of a conversation, and its summary as they leave it."""
        pause = min(_LONGEST_PAUSE, (self._now - begun) / count)
        at = begun
        lines = []
        for place in range(count):
            at = min(at + int(self._rng.uniform(0.5, 1.0) * pause), self._now)
            incoming = self._rng.random() < 0.55 if place else True
            identity = first_id(at) | ((self._salt + self._dealt - count + place) & _LOW_BITS)
            if incoming:
                lines.append(self._question(summary, identity, at))
            else:
                lines.append(self._answer(summary, identity, at))
        return lines

    def _question(self, summary: dict[str, Any], identity: int, at: int) -> _Row:
        """The customer writes."""
        body = next(self._made_up.questions)
        note_last(summary, id=identity, at=at, direction=Direction.IN, status="", body=body)
        summary["unread"] += 1
        summary["waiting_since"] = summary["waiting_since"] or at
        conversation, account, address = summary["id"], summary["account"], summary["address"]
        return (identity, conversation, "in", "", account, body, at, address, "", "", "", 0, "", 0)

    def _answer(self, summary: dict[str, Any], identity: int, at: int) -> _Row:
        """An agent writes."""
        body = next(self._made_up.answers)
        status = self._fate(at)
        recent = at > self._now - _RECENT
        note_last(summary, id=identity, at=at, direction=Direction.OUT, status=status, body=body)
        summary["unread"], summary["waiting_since"] = 0, None
        summary["failed"] += status.trouble and recent
        return (
            *(identity, summary["id"], "out", status, summary["account"], body, at),
            *(summary["own"], self._rng.choice(self._made_up.agents)),
            *(f"{identity:x}", f"{identity:x}", at, status, int(not recent)),
        )

    def _fate(self, at: int) -> Status:
        """What became of an answer."""
        chance = self._rng.random()
        if chance < 0.02:
            return Status.FAILED if chance < 0.015 else Status.EXPIRED
        moving = at > self._now - HOUR and chance < 0.2
        return Status.SUBMITTED if moving else Status.DELIVERED

    def _finish(self, summary: dict[str, Any]) -> None:
        """Old conversations are closed, a few are put off, starred or somebody's."""
        chance = self._rng.random()
        summary["starred"] = int(chance < 0.02)
        if self._rng.random() < 0.3:
            summary["assignee"] = self._rng.choice(self._made_up.agents)
        if summary["last_at"] < self._now - _RECENT and chance < 0.9:
            summary.update(state=State.CLOSED.value, unread=0, waiting_since=None)
        elif chance > 0.98:
            summary.update(state=State.SNOOZED.value, snoozed_until=self._now + DAY)
        summary["rank"] = rank(summary["waiting_since"], summary["last_at"])


def _empty(identity: int, number: str, name: str, account: str, own: str) -> dict[str, Any]:
    """The summary of a conversation in which nothing was said."""
    return {
        "id": identity,
        "party": number,
        "address": number,
        "name": name,
        "folded": folded(name, number),
        "state": State.OPEN.value,
        "snoozed_until": None,
        "assignee": "",
        "starred": 0,
        "unread": 0,
        "waiting_since": None,
        "failed": 0,
        "last_id": 0,
        "account": account,
        "own": own,
    }
