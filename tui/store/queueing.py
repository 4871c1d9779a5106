"""How an agent's message gets into the queue, within the transaction that also checks it may.

Everything that could make it wrong to send is looked at under the write lock: what the agent has
not seen, who has opted out, what was sent again already.
"""

import json
import random

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.message import Direction, Format, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.domain.text import repair
from tui.store.audit import record
from tui.store.database import Transaction
from tui.store.errors import OptedOut, StaleReply
from tui.store.messages import index, insert_message, unused_id
from tui.store.queries import queries
from tui.store.settling import mark_handled
from tui.store.summaries import Summaries, Summary, note_last


class Queueing:
    """Writes messages into the queue."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        """Keep what every message needs."""
        self._clock = clock
        self._rng = rng

    def write(
        self,
        transaction: Transaction,
        summaries: Summaries,
        new: NewMessage,
        seen_upto: int | None,
    ) -> int:
        """The row, the summary, the index, the draft's end; the message's id.

        Raises `StaleReply`, `OptedOut`, and `StoreError` for the retry of what never was.
        """
        address = parse_address(new.to)
        summary = summaries.of(address, account=new.account, own=new.sender, at=self._clock.now())
        _refuse_stale(summary["last_id"], seen_upto)
        if queries("conversations").opted_out(transaction.connection, party=summary["party"]):
            raise OptedOut(f"{summary['address']} has opted out: nothing was queued")
        if new.retry_of is not None:
            self._retry(transaction, summaries, summary["id"], new.retry_of)
        identity = self._write_row(transaction, summary, new)
        if new.format is Format.PING:
            # It answers nobody, and a phone that is off is an answer, not a failure.
            queries("messages").set_handled(transaction.connection, id=identity, handled=True)
            self._record(transaction, new.agent, "ping", summary["id"], identity)
            return identity
        summary["unanswered_since"] = None
        queries("desk").drop_draft(
            transaction.connection, conversation_id=summary["id"], agent=new.agent
        )
        transaction.changed(Subject.DRAFT, summary["id"], summary["id"])
        self._record(transaction, new.agent, "send", summary["id"], identity)
        return identity

    def _write_row(self, transaction: Transaction, summary: Summary, new: NewMessage) -> int:
        """The message itself, findable, as the newest of its conversation."""
        now, body = self._clock.now(), repair(new.body)
        identity = unused_id(transaction.connection, now, self._rng, behind=summary["last_id"])
        insert_message(
            transaction,
            id=identity,
            conversation_id=summary["id"],
            direction=Direction.OUT,
            status=Status.QUEUED,
            account=new.account,
            body=body,
            at=now,
            sender=new.sender,
            agent=new.agent,
            status_at=now,
            scheduled_at=new.scheduled_at,
            hold_until=new.hold_until,
            format=new.format,
            subject=repair(new.subject),
            media=json.dumps(list(new.media)),
            retry_of=new.retry_of,
        )
        if new.cancel_on_reply:
            queries("writing").mark_until_reply(transaction.connection, id=identity)
        index(transaction.connection, [(identity, body)])
        note_last(
            summary,
            id=identity,
            at=now,
            direction=Direction.OUT,
            status=Status.QUEUED,
            body=body,
            format=new.format,
        )
        return identity

    def _retry(
        self, transaction: Transaction, summaries: Summaries, conversation_id: int, old: int
    ) -> None:
        """The failed message is dealt with; two agents cannot both send it again."""
        again = queries("messages").sent_again
        if again(transaction.connection, conversation_id=conversation_id, id=old):
            raise StaleReply("Somebody has sent this again already: nothing was sent")
        mark_handled(transaction, summaries, old)

    def _record(
        self,
        transaction: Transaction,
        agent: str,
        action: str,
        conversation_id: int,
        message_id: int,
    ) -> None:
        """Who did it."""
        record(transaction, self._rng, self._clock, agent, action, conversation_id, message_id)


def _refuse_stale(last_id: int, seen_upto: int | None) -> None:
    """Two agents cannot both answer, and no answer crosses a new question unseen."""
    if seen_upto is not None and last_id > seen_upto:
        raise StaleReply("Something new came in while you were writing: nothing was sent")
