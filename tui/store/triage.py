"""Triage: what agents do with whole conversations, one at a time or many at once."""

import functools
import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence

from tui.clock import Clock
from tui.domain.conversation import State
from tui.domain.text import repair
from tui.store.audit import Deed, record, trail
from tui.store.database import Database, Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary, folded

_UNDONE_ANYWAY = ("assignee", "starred")
_UNDONE = (*_UNDONE_ANYWAY, "state", "snoozed_until", "unread", "unanswered_since")
"""What an undo brings back; messages stay as they are."""


class Triage:
    """Every change of a conversation's place in the work, recorded with who made it."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("conversations")

    async def read(self, conversation_id: int, agent: str, upto: int) -> None:
        """The agent has seen everything up to this message."""

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            newer = queries("messages").came_in_after(
                transaction.connection, conversation_id=conversation_id, upto=upto
            )
            summary["unread"] = min(summary["unread"], newer)
            summaries.flush()
            self._sql.save_look(
                transaction.connection,
                conversation_id=conversation_id,
                agent=agent,
                message_id=upto,
            )

        await self._database.write(work)

    async def change(
        self,
        ids: Sequence[int],
        agent: str,
        action: str,
        change: Callable[[Summary], None],
        detail: str = "",
    ) -> list[Summary]:
        """Do the same to several conversations; returns them as they were, for undo."""

        def work(transaction: Transaction) -> list[Summary]:
            summaries = Summaries(transaction, self._rng)
            before = []
            for identity in ids:
                summary = summaries.get(identity)
                before.append(dict(summary))
                change(summary)
                record(transaction, self._rng, self._clock, agent, action, identity, detail=detail)
            summaries.flush()
            return before

        return await self._database.write(work)

    async def close(self, ids: Sequence[int], agent: str) -> list[Summary]:
        """Nothing more to do here, until the customer writes again."""
        return await self.change(ids, agent, "close", _closed)

    async def reopen(self, ids: Sequence[int], agent: str) -> list[Summary]:
        """Back to the open ones."""
        return await self.change(
            ids,
            agent,
            "reopen",
            lambda s: s.update(state=State.OPEN.value, snoozed_until=None),
        )

    async def snooze(self, ids: Sequence[int], agent: str, until: int | None) -> list[Summary]:
        """Out of sight until a moment (ms UTC), or until a reply."""
        return await self.change(
            ids,
            agent,
            "snooze",
            lambda s: s.update(state=State.SNOOZED.value, snoozed_until=until),
            detail=str(until or ""),
        )

    async def assign(self, ids: Sequence[int], agent: str, to: str) -> list[Summary]:
        """Make it somebody's; empty: nobody's. A name is one line."""
        to = " ".join(repair(to).split())
        return await self.change(
            ids, agent, f"assign {to}".strip(), lambda s: s.update(assignee=to)
        )

    async def claim(self, conversation_id: int, agent: str) -> bool:
        """Make it the agent's if it is nobody's; whether it was."""

        def work(transaction: Transaction) -> bool:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            if summary["assignee"]:
                return False
            summary["assignee"] = agent
            summaries.flush()
            record(transaction, self._rng, self._clock, agent, "claim", conversation_id)
            return True

        return await self._database.write(work)

    async def star(self, ids: Sequence[int], agent: str, on: bool) -> list[Summary]:
        """Mark or unmark."""
        action = "star" if on else "unstar"
        return await self.change(ids, agent, action, lambda s: s.update(starred=int(on)))

    async def mark(self, ids: Sequence[int], agent: str, unread: bool) -> list[Summary]:
        """Unread or read, by the agent's own word."""
        return await self.change(
            ids,
            agent,
            "mark unread" if unread else "mark read",
            lambda s: s.update(unread=int(unread)),
        )

    async def label(self, ids: Sequence[int], agent: str, label: str, on: bool) -> list[Summary]:
        """Put a label on, or take it off; a label is one line."""
        return await self.relabel(ids, agent, {label: on})

    async def relabel(
        self, ids: Sequence[int], agent: str, changes: Mapping[str, bool]
    ) -> list[Summary]:
        """Put labels on (True) and take others off, all at once; a label is one line."""
        wanted = {" ".join(repair(label).split()): on for label, on in changes.items()}

        def work(transaction: Transaction) -> list[Summary]:
            summaries = Summaries(transaction, self._rng)
            before = []
            for identity in ids:
                summary = summaries.get(identity)
                before.append(dict(summary))
                for label, on in wanted.items():
                    self._put_label(transaction.connection, summary, label, on)
                    action = f"label {label}" if on else f"unlabel {label}"
                    record(transaction, self._rng, self._clock, agent, action, identity)
            summaries.flush()
            return before

        return await self._database.write(work)

    async def restore(self, before: Sequence[Summary], agent: str) -> None:
        """Undo: state, owner, star, labels and read mark as they were; messages stay.

        Where somebody has written meanwhile, state and read mark stay too: nothing new is hidden.
        """

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            for old in before:
                summary = summaries.get(old["id"])
                for label in _labels(old) ^ _labels(summary):
                    self._put_label(transaction.connection, summary, label, label in _labels(old))
                untouched = summary["last_id"] == old["last_id"]
                names = _UNDONE if untouched else _UNDONE_ANYWAY
                summary.update({name: old[name] for name in names})
                record(transaction, self._rng, self._clock, agent, "undo", old["id"])
            summaries.flush()

        await self._database.write(work)

    async def rename(self, conversation_id: int, name: str, note: str, agent: str) -> None:
        """Give the contact a name and a note."""

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            summary["name"] = repair(name)
            summary["folded"] = folded(summary["name"], summary["address"])
            summaries.flush()
            self._sql.save_contact(
                transaction.connection,
                party=summary["party"],
                name=summary["name"],
                note=repair(note),
                now=self._clock.now(),
            )
            record(transaction, self._rng, self._clock, agent, "rename", conversation_id)

        await self._database.write(work)

    async def wake(self) -> int:
        """Open every snoozed conversation whose time has come; how many there were."""
        due = functools.partial(self._sql.due, now=self._clock.now())
        if not await self._database.read(due):
            return 0

        def work(transaction: Transaction) -> int:
            summaries = Summaries(transaction, self._rng)
            found = due(transaction.connection)
            for row in found:
                summaries.get(row["id"]).update(state=State.OPEN.value, snoozed_until=None)
            summaries.flush()
            return len(found)

        return await self._database.write(work)

    async def trail(self, conversation_id: int) -> list[Deed]:
        """The newest deeds in a conversation, newest first."""
        return await trail(self._database, conversation_id)

    def _put_label(
        self, connection: sqlite3.Connection, summary: Summary, label: str, on: bool
    ) -> None:
        """Change the labels table and the summary's copy."""
        query = self._sql.add_label if on else self._sql.drop_label
        query(connection, label=label, conversation_id=summary["id"])
        summary["labels"] = "\n".join(
            sorted(_labels(summary) | {label} if on else _labels(summary) - {label})
        )


def _labels(summary: Summary) -> set[str]:
    """The labels as a set."""
    return set(summary["labels"].split("\n")) if summary["labels"] else set()


def _closed(summary: Summary) -> None:
    """Done, answered or not."""
    summary.update(state=State.CLOSED.value, snoozed_until=None, unanswered_since=None, unread=0)
