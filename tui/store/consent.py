"""Store who must not be texted, the evidence for it, and how it is reversed."""

import functools
import random
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.message import Message
from tui.domain.record_type import record
from tui.domain.text import repair_text
from tui.store import rows
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.conversation_lookups import find_consent, store_decision
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.settling import close_opted_out, open_opted_in
from tui.store.summaries import Summaries, Summary

MAX_EVIDENCE_LENGTH = 500
"""Characters of a text that are kept as the proof of a decision."""


@record
class ConsentRecord:
    """Newest consent decision about a customer."""

    opted_out: bool
    at: int
    agent: str
    """Agent who recorded it; empty if the customer's message or the provider caused it."""
    source: str
    """`word` (the customer's message), `provider` or `agent`."""
    evidence: str
    message_id: int | None = None
    """Message that contains the decision, if there is one."""


def save_consent(
    connection: Connection,
    summary: Summary,
    at: int,
    source: str,
    evidence: str,
    *,
    agent: str = "",
    message_id: int | None = None,
    opted_out: bool = True,
) -> None:
    """Save a consent decision inside the caller's transaction.

    Args:
        connection: Connection of the caller's transaction.
        summary: Summary of the customer's conversation; its `opted_out` is updated.
        at: Time of the decision, in ms UTC.
        source: `word`, `provider` or `agent`.
        evidence: Text that proves the decision.
        agent: Agent who recorded it; empty for none.
        message_id: Message that contains the decision, if there is one.
        opted_out: Whether the customer is opted out.
    """
    summary["opted_out"] = int(opted_out)
    store_decision(
        connection,
        party=summary["party"],
        opted_out=int(opted_out),
        at=at,
        agent=agent,
        source=source,
        evidence=evidence[:MAX_EVIDENCE_LENGTH],
        message_id=message_id,
    )


def is_opted_out_before(connection: Connection, summary: Summary, at: int) -> bool:
    """Return whether the customer is opted out by a decision not later than `at`.

    Args:
        connection: Connection of the caller's transaction.
        summary: Summary of the customer's conversation.
        at: Time in ms UTC.
    """
    if not summary["opted_out"]:
        return False
    decision = find_consent(connection, summary["party"])
    return decision is None or bool(decision["at"] <= at)


class ConsentBook:
    """Reading consent and changing it by hand."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the consent records of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng

    async def get_consent(self, party: str) -> ConsentRecord | None:
        """Return the newest consent decision about a customer, or None."""
        query = functools.partial(queries("conversations").consent, party=party)
        row: Any = await self._database.read(query)
        if row is None:
            return None
        return ConsentRecord(
            bool(row["opted_out"]),
            row["at"],
            row["agent"],
            row["source"],
            row["evidence"],
            row["message_id"],
        )

    async def find_possible_opt_out(self, conversation_id: int) -> Message | None:
        """Return the newest possible opt-out that is not yet reviewed, or None."""
        query = functools.partial(queries("consent").suspicion, conversation_id=conversation_id)
        row: Any = await self._database.read(query)
        return rows.to_message(row) if row else None

    async def dismiss_possible_opt_outs(self, conversation_id: int, agent: str) -> None:
        """Record an agent's decision that the possible opt-outs here are none.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
        """

        def write_dismissal(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            self._clear_possible_opt_outs(transaction, summaries.get(conversation_id))
            summaries.flush()
            action = "not an opt-out"
            record_action(transaction, self._rng, self._clock, agent, action, conversation_id)

        await self._database.write(write_dismissal)

    async def restore_possible_opt_out(self, message_id: int, agent: str) -> None:
        """Undo a dismissal: the message is a possible opt-out again.

        Args:
            message_id: Id of the message.
            agent: Name of the agent.
        """

        def write_restored(transaction: Transaction) -> None:
            row = queries("messages").get(transaction.connection, id=message_id)
            queries("consent").suspect_again(transaction.connection, id=message_id)
            conversation_id = row["conversation_id"]
            summaries = Summaries(transaction, self._rng)
            summaries.get(conversation_id)["suspected"] = 1
            summaries.flush()
            transaction.mark_changed(Subject.MESSAGE, message_id, conversation_id)
            action = "judgement taken back"
            record_action(
                *(transaction, self._rng, self._clock, agent, action, conversation_id, message_id)
            )

        await self._database.write(write_restored)

    async def list_planned_texts(self, conversation_id: int) -> list[Message]:
        """Return the texts to a customer whose planned time is still to come, the next one first.

        Args:
            conversation_id: Id of the conversation.
        """
        query = functools.partial(
            queries("outbox").planned_in, conversation_id=conversation_id, now=self._clock.now()
        )
        return rows.to_messages(await self._database.read(query))

    def _reject_queued(
        self, transaction: Transaction, summaries: Summaries, conversation_id: int
    ) -> None:
        """Settle what is queued here: nothing may go out after a later opt-in by surprise."""
        # Imported late: the module uses this one to store what providers report about consent.
        from tui.store.events import Events

        Events(transaction, summaries, self._clock).reject_queued(conversation_id)

    @staticmethod
    def _clear_possible_opt_outs(transaction: Transaction, summary: Summary) -> None:
        """Mark all possible opt-outs of a conversation as reviewed."""
        sql, conversation_id = queries("consent"), summary["id"]
        summary["suspected"] = 0
        for row in sql.suspected(transaction.connection, conversation_id=conversation_id):
            sql.judged(transaction.connection, id=row["id"])
            transaction.mark_changed(Subject.MESSAGE, row["id"], conversation_id)

    async def record_decision(
        self,
        conversation_id: int,
        agent: str,
        *,
        opted_out: bool,
        evidence: str,
        message_id: int | None = None,
    ) -> None:
        """Record an agent's decision to opt the customer out or in.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            opted_out: Whether the customer is opted out.
            evidence: Reason for the decision, as text.
            message_id: Message that contains the decision, if there is one.
        """

        def write_decision(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            save_consent(
                transaction.connection,
                summary,
                self._clock.now(),
                "agent",
                repair_text(evidence),
                agent=agent,
                message_id=message_id,
                opted_out=opted_out,
            )
            self._clear_possible_opt_outs(transaction, summary)
            if opted_out:
                self._reject_queued(transaction, summaries, conversation_id)
                close_opted_out(transaction, self._rng, self._clock, summary)
            else:
                open_opted_in(transaction, self._rng, self._clock, summary)
            summaries.flush()
            action = "opt out" if opted_out else "opt in"
            context = (transaction, self._rng, self._clock, agent, action)
            record_action(*context, conversation_id, message_id or 0, repair_text(evidence))

        await self._database.write(write_decision)

    async def restore_opt_out(
        self, conversation_id: int, agent: str, opt_out: ConsentRecord
    ) -> None:
        """Undo an opt-in: restore the earlier opt-out with its evidence.

        Nothing changes if a newer decision has opted the customer out meanwhile.

        Args:
            conversation_id: Id of the conversation.
            agent: Name of the agent.
            opt_out: Opt-out to restore.
        """

        def write_opt_out(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            summary = summaries.get(conversation_id)
            if summary["opted_out"]:
                return
            save_consent(
                transaction.connection,
                summary,
                opt_out.at,
                opt_out.source,
                opt_out.evidence,
                agent=opt_out.agent,
                message_id=opt_out.message_id,
            )
            self._reject_queued(transaction, summaries, conversation_id)
            close_opted_out(transaction, self._rng, self._clock, summary)
            summaries.flush()
            context = (transaction, self._rng, self._clock, agent, "opt in taken back")
            record_action(*context, conversation_id, opt_out.message_id or 0, opt_out.evidence)

        await self._database.write(write_opt_out)
