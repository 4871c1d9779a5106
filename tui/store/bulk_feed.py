"""Queue the messages of bulk texts, one person after the other.

The row of a recipient is claimed in the transaction that queues the message, and everything
that could make the message wrong is looked at there. So a process that dies at any moment
leaves each recipient either waiting or queued, and any other process goes on.
"""

import random
from collections.abc import Callable, Collection
from typing import Any

from tui.clock import DAY, Clock, get_latest_believable
from tui.domain.bulk_text import BulkRecipient, BulkState, BulkText
from tui.domain.change import Subject
from tui.domain.conversation import Conversation
from tui.domain.message import NewMessage, SentText
from tui.domain.phone import parse_address
from tui.domain.record_type import record
from tui.store import rows
from tui.store.bulk_texts import to_bulk, to_recipient
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.errors import OptedOut
from tui.store.queries import queries
from tui.store.queueing import MessageQueue
from tui.store.sent_texts import PlannedText, find_same_text
from tui.store.summaries import Summaries

OPTED_OUT = "opted out"
"""Reason of a recipient who has opted out."""
UNSERVED = "its account was not served for a day"
"""Reason of a recipient whose account no process serves any more."""
_LONGEST_WAIT_MS = DAY
"""Time (ms) for which a text to many waits for a process that serves its account.

An account that is not in the settings here can be in those of another host.
"""


@record
class RecipientFacts:
    """What is known about a recipient at the moment of queueing, under the write lock."""

    bulk: BulkText
    recipient: BulkRecipient
    conversation: Conversation | None
    same_text: SentText | None
    """The same text within a day, to the same person."""
    has_written: bool
    """Whether the customer has written since the bulk text was planned."""
    has_got: bool
    """Whether the person has got this bulk text under another number, before a merge."""
    now: int


@record
class Decision:
    """Whether a recipient gets the text now."""

    message: NewMessage | None = None
    """Message to queue; None for none."""
    reason: str = ""
    """Why it is not queued now."""
    send_at: int = 0
    """When to try again (ms UTC); 0 to leave the recipient out."""


Decide = Callable[[RecipientFacts], Decision]
"""Decide about one recipient, inside the transaction; it must not wait for anything."""


@record
class FeedState:
    """What the pace of an account depends on."""

    next_due: int | None
    """When the next recipient can be queued (ms UTC); None if no one waits."""
    last_queued: int
    """When the last one was queued (ms UTC); 0 for never."""
    single_texts: int = 0
    """Texts of agents that are due and not sent yet."""
    bulk_texts: int = 0
    """Texts to many that are queued and not sent yet."""
    pace: int = 1
    """Texts a minute of the bulk text whose turn it is."""


class BulkFeed:
    """Feed the outbox with the messages of bulk texts."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the feed of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("bulk_texts")
        self._queueing = MessageQueue(clock, rng)

    async def get_feed_state(self, account: str) -> FeedState:
        """Return what the pace of an account depends on.

        Args:
            account: Name of the account.
        """
        now = self._clock.now()
        latest = get_latest_believable(now)

        def read_state(connection: Connection) -> FeedState:
            due = self._sql.next_due(connection, account=account)
            last = self._sql.last_queued(connection, account=account, latest=latest) or 0
            row = self._sql.next_waiting(connection, account=account, now=now)
            if due is None or row is None:
                return FeedState(due, last)
            unsent = self._sql.unsent(connection, account=account, now=now)
            pace = self._sql.get(connection, id=row["bulk_id"])["pace"]
            return FeedState(due, last, unsent["single"], unsent["bulk"], pace)

        return await self._database.read(read_state)

    async def queue_next(self, account: str, decide: Decide) -> BulkRecipient | None:
        """Queue the message of the next recipient of an account, or leave the recipient out.

        Args:
            account: Name of the account.
            decide: Decides about the recipient.

        Returns:
            The recipient as it was; None if no one waits now.
        """

        def write_next(transaction: Transaction) -> BulkRecipient | None:
            connection, now = transaction.connection, self._clock.now()
            row = self._sql.next_waiting(connection, account=account, now=now)
            if row is None:
                return None
            recipient = to_recipient(row)
            bulk = to_bulk(self._sql.get(connection, id=recipient.bulk_id))
            decision = decide(self._collect_facts(connection, bulk, recipient, now))
            self._apply_decision(transaction, recipient, decision, now)
            if not self._sql.has_waiting(connection, bulk_id=bulk.id):
                running = BulkState.RUNNING
                self._sql.set_state(
                    connection, id=bulk.id, old=running, other=running, new=BulkState.DONE
                )
            transaction.mark_changed(Subject.BULK_TEXT, bulk.id)
            transaction.refuse_moved()
            return recipient

        return await self._database.write(write_next)

    async def leave_out_unserved(self, served: Collection[str]) -> int:
        """Leave out who has waited for a day for an account that no process serves.

        Args:
            served: Accounts of this process, which are not among them.

        Returns:
            The number of recipients who were left out.
        """
        since = self._clock.now() - _LONGEST_WAIT_MS

        def list_accounts(connection: Connection) -> list[str]:
            found = [row["account"] for row in self._sql.unserved_accounts(connection, since=since)]
            return [account for account in found if account not in served]

        def leave_out(transaction: Transaction) -> int:
            connection, count = transaction.connection, 0
            for account in list_accounts(connection):
                for row in list(self._sql.waiting_for(connection, account=account, since=since)):
                    key = {"bulk_id": row["bulk_id"], "party": row["party"]}
                    self._sql.leave_out(connection, reason=UNSERVED, **key)
                    transaction.mark_changed(Subject.BULK_TEXT, row["bulk_id"])
                    count += 1
            self._sql.finish_unwaited(connection)
            return count

        if not await self._database.read(list_accounts):
            return 0
        return await self._database.write(leave_out)

    def _collect_facts(
        self, connection: Connection, bulk: BulkText, recipient: BulkRecipient, now: int
    ) -> RecipientFacts:
        """Return what is known about a recipient now."""
        party = parse_address(recipient.address).conversation_key
        row = queries("conversations").by_party(connection, party=party)
        if row is None:
            return RecipientFacts(bulk, recipient, None, None, False, False, now)
        conversation = rows.to_conversation(row)
        here = {"conversation_id": conversation.id}
        upto = recipient.seen_upto
        return RecipientFacts(
            bulk,
            recipient,
            conversation,
            find_same_text(connection, PlannedText(conversation.id, recipient.body, now)),
            bool(queries("messages").came_in_after(connection, upto=upto, **here)),
            bool(self._sql.has_got(connection, bulk_id=bulk.id, **here)),
            now,
        )

    def _apply_decision(
        self, transaction: Transaction, recipient: BulkRecipient, decision: Decision, now: int
    ) -> None:
        """Queue the message, or store why it is not queued."""
        connection, key = transaction.connection, _get_key(recipient)
        if decision.message is None and decision.send_at:
            self._sql.postpone(connection, reason=decision.reason, send_at=decision.send_at, **key)
            return
        if decision.message is None:
            self._sql.leave_out(connection, reason=decision.reason, **key)
            return
        summaries = Summaries(transaction, self._rng)
        try:
            message_id = self._queueing.queue_message(
                transaction, summaries, decision.message, seen_upto=None
            )
        except OptedOut:  # it refuses before it writes anything
            self._sql.leave_out(connection, reason=OPTED_OUT, **key)
            return
        summaries.flush()
        queued = queries("messages").get(connection, id=message_id)
        self._sql.mark_queued(
            connection,
            conversation_id=queued["conversation_id"],
            message_id=message_id,
            now=now,
            **key,
        )


def _get_key(recipient: BulkRecipient) -> dict[str, Any]:
    """Return the key of a recipient's row."""
    return {"bulk_id": recipient.bulk_id, "party": recipient.party}
