"""Who must not be texted: the lock, its evidence, and the way back."""

import functools
import random
import sqlite3
from dataclasses import dataclass
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.message import Message
from tui.domain.text import repair
from tui.store import rows
from tui.store.audit import record
from tui.store.database import Database, Transaction
from tui.store.queries import queries
from tui.store.summaries import Summaries, Summary


@dataclass(frozen=True, slots=True)
class Consent:
    """The newest word on a party."""

    opted_out: bool
    at: int
    agent: str
    """Who recorded it; empty when the customer's word or the provider did."""
    source: str
    """`word`, `provider` or `agent`."""
    evidence: str
    message_id: int | None = None
    """The text that says so, where one does."""


def lock(
    connection: sqlite3.Connection,
    summary: Summary,
    now: int,
    source: str,
    evidence: str,
    *,
    agent: str = "",
    message_id: int | None = None,
    opted_out: bool = True,
) -> None:
    """Lock (or free) a party within the caller's transaction."""
    summary["opted_out"] = int(opted_out)
    queries("conversations").save_consent(
        connection,
        party=summary["party"],
        opted_out=int(opted_out),
        now=now,
        agent=agent,
        source=source,
        evidence=evidence,
        message_id=message_id,
    )


class ConsentBook:
    """Reading and changing consent by hand."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._rng = rng

    async def of(self, party: str) -> Consent | None:
        """The newest word on a party, if there ever was one."""
        query = functools.partial(queries("conversations").consent, party=party)
        row: Any = await self._database.read(query)
        if row is None:
            return None
        return Consent(
            bool(row["opted_out"]),
            row["at"],
            row["agent"],
            row["source"],
            row["evidence"],
            row["message_id"],
        )

    async def suspicion(self, conversation_id: int) -> Message | None:
        """The newest text that may ask to be left alone and that no agent has judged yet."""
        query = functools.partial(queries("consent").suspicion, conversation_id=conversation_id)
        row: Any = await self._database.read(query)
        return rows.message(row) if row else None

    async def dismiss(self, conversation_id: int, agent: str) -> None:
        """An agent judges that the suspected texts here ask for nothing of the kind."""

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            self._judged(transaction, summaries.get(conversation_id))
            summaries.flush()
            action = "not an opt-out"
            record(transaction, self._rng, self._clock, agent, action, conversation_id)

        await self._database.write(work)

    async def suspect_again(self, message_id: int, agent: str) -> None:
        """Take a judgement back: the text waits for one again."""

        def work(transaction: Transaction) -> None:
            row = queries("messages").get(transaction.connection, id=message_id)
            queries("consent").suspect_again(transaction.connection, id=message_id)
            conversation_id = row["conversation_id"]
            summaries = Summaries(transaction, self._rng)
            summaries.get(conversation_id)["suspected"] = 1
            summaries.flush()
            transaction.changed(Subject.MESSAGE, message_id, conversation_id)
            action = "judgement taken back"
            record(
                *(transaction, self._rng, self._clock, agent, action, conversation_id, message_id)
            )

        await self._database.write(work)

    @staticmethod
    def _judged(transaction: Transaction, summary: Summary) -> None:
        """The suspected texts of a conversation wait for nobody any more."""
        sql, conversation_id = queries("consent"), summary["id"]
        summary["suspected"] = 0
        for row in sql.suspected(transaction.connection, conversation_id=conversation_id):
            sql.judged(transaction.connection, id=row["id"])
            transaction.changed(Subject.MESSAGE, row["id"], conversation_id)

    async def decide(
        self,
        conversation_id: int,
        agent: str,
        *,
        opted_out: bool,
        evidence: str,
        message_id: int | None = None,
    ) -> None:
        """An agent confirms an opt-out, or records that the customer is in again.

        `message_id` names the text that says so, where one does.
        """

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            lock(
                transaction.connection,
                summary,
                self._clock.now(),
                "agent",
                repair(evidence),
                agent=agent,
                message_id=message_id,
                opted_out=opted_out,
            )
            self._judged(transaction, summary)
            summaries.flush()
            action = "opt out" if opted_out else "opt in"
            who = (transaction, self._rng, self._clock, agent, action)
            record(*who, conversation_id, message_id or 0, repair(evidence))

        await self._database.write(work)

    async def lock_again(self, conversation_id: int, agent: str, word: Consent) -> None:
        """Take an opt-in back: the word that had locked the customer stands as it was.

        A customer whom a newer word has locked meanwhile stays locked by that one.
        """

        def work(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            if summary["opted_out"]:
                return
            lock(
                transaction.connection,
                summary,
                word.at,
                word.source,
                word.evidence,
                agent=word.agent,
                message_id=word.message_id,
            )
            summaries.flush()
            who = (transaction, self._rng, self._clock, agent, "opt in taken back")
            record(*who, conversation_id, word.message_id or 0, word.evidence)

        await self._database.write(work)
