"""Manage the outbox: the row of a message is its place in the queue.

A row is written before anything is sent, claimed by compare-and-set before the request, and
settled with the result. A process that dies with a claim leaves an `uncertain` message
behind, never a second one.
"""

import asyncio
import functools
import random
from collections.abc import Sequence

from tui.clock import Clock, get_latest_believable
from tui.domain.message import Message
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.store import queueing, rows, settling
from tui.store.engine import Engine, Transaction
from tui.store.errors import Unreachable
from tui.store.event_rows import OPTED_OUT_RESULT, SendRecord, build_send_event
from tui.store.events import Events
from tui.store.queries import queries
from tui.store.settling import refresh_summary, restore_waiting, show_status
from tui.store.summaries import Summaries

_ABANDONED_RESULT = SendRecord(
    Status.UNCERTAIN,
    reason="smsdesk stopped while this was being sent: it may or may not have been sent",
)


@record
class ClaimedMessage:
    """Message that only this process sends to the provider."""

    message: Message
    to: str
    """E.164 number, or a short code as it came."""


class Outbox:
    """Queue operations of the process that sends."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the outbox of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("outbox")
        self._claimed: set[int] = set()
        """Messages that this process has claimed, until their result is stored."""
        self._doubtful_accounts: set[str] = set()
        """Accounts of which messages may be claimed for this process without its knowledge."""

    async def claim_due_messages(
        self, owner: str, account: str, limit: int
    ) -> list[ClaimedMessage]:
        """Claim due messages of an account, so that no other process sends them.

        Messages to customers who have opted out meanwhile are settled as rejected instead.

        Args:
            owner: Id of this process.
            account: Name of the account.
            limit: Maximum number of messages.
        """

        def claim_rows(transaction: Transaction) -> list[ClaimedMessage]:
            now, connection = self._clock.now(), transaction.connection
            latest = get_latest_believable(now)
            found = self._sql.claim(
                connection, owner=owner, account=account, now=now, latest=latest, limit=limit
            )
            transaction.refuse_moved()
            summaries = Summaries(transaction, self._rng)
            claimed = [
                row for row in found if not self._settle_unsendable(transaction, summaries, row)
            ]
            for row in claimed:
                show_status(transaction, summaries, row)
            summaries.flush()
            return [
                ClaimedMessage(
                    rows.to_message(row),
                    row["recipient"] or summaries.get(row["conversation_id"])["address"],
                )
                for row in sorted(claimed, key=lambda row: row["id"])
            ]

        if account in self._doubtful_accounts:
            await self._release_unknown_claims(owner, account)
        if not await self._has_due_messages(account):
            return []
        try:
            claimed = await self._database.write(claim_rows)
        except (Unreachable, asyncio.CancelledError):  # cancelled, it may be claimed yet
            self._doubtful_accounts.add(account)
            raise
        self._claimed.update(one.message.id for one in claimed)
        return claimed

    async def _release_unknown_claims(self, owner: str, account: str) -> None:
        """Put back what is claimed for us, though the answer to the claim was lost."""
        query = functools.partial(self._sql.claimed_by, owner=owner, account=account)
        # On the writer's thread, behind a claim that was cancelled and may still run there.
        claimed = await self._database.write(lambda t: {row["id"] for row in query(t.connection)})
        found = claimed - self._claimed
        await self.requeue_messages(owner, [(message_id, 0, "") for message_id in sorted(found)])
        self._doubtful_accounts.discard(account)

    async def settle_message(self, message_id: int, outcome: SendRecord) -> None:
        """Record the result of a claimed message and apply earlier receipts.

        Args:
            message_id: Id of the message.
            outcome: Result of the send.
        """
        await self.settle_messages([(message_id, outcome)])

    async def settle_messages(
        self,
        outcomes: Sequence[tuple[int, SendRecord]],
        *,
        at: int | None = None,
        is_repeated: bool = False,
    ) -> None:
        """Record the results of several messages in one transaction.

        Args:
            outcomes: Pairs of message id and result.
            at: Time of the results (ms UTC); None for now.
            is_repeated: Whether they may be stored already, with the same time.
        """
        now = self._clock.now() if at is None else at

        def write_outcomes(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            events = Events(transaction, summaries, self._clock)
            for message_id, outcome in outcomes:
                event = build_send_event(message_id, outcome, now)
                if is_repeated and events.has_send_result(message_id, event):
                    continue
                events.record_send_result(message_id, event)
                if outcome.provider_id:
                    events.set_provider_id(message_id, outcome.provider_id)
            summaries.flush()

        await self._database.write(write_outcomes)
        self._claimed.difference_update(message_id for message_id, _ in outcomes)

    async def requeue_messages(self, owner: str, retries: Sequence[tuple[int, int, str]]) -> None:
        """Put claimed messages of which nothing was sent back into the queue.

        Args:
            owner: Id of this process.
            retries: Tuples of message id, earliest next try (ms UTC), and reason.
        """
        now = self._clock.now()

        def write_retries(transaction: Transaction) -> None:
            for message_id, at, reason in retries:
                values = {"id": message_id, "next_try_at": at, "reason": reason, "now": now}
                if self._sql.requeue(transaction.connection, owner=owner, **values):
                    refresh_summary(transaction, self._rng, message_id, before=Status.SENDING)

        await self._database.write(write_retries)
        self._claimed.difference_update(message_id for message_id, _, _ in retries)

    async def settle_abandoned_claims(self, dead_before: int) -> int:
        """Mark claims of dead processes as `uncertain`; return how many there were.

        Args:
            dead_before: Processes last seen before this time (ms UTC) count as dead.
        """
        latest = get_latest_believable(self._clock.now())
        query = functools.partial(self._sql.abandoned, dead_before=dead_before, latest=latest)
        # Check on the reading connection: a round without work must not take the write lock.
        if not await self._database.read(query):
            return 0

        def write_uncertain(transaction: Transaction) -> int:
            summaries = Summaries(transaction, self._rng)
            events = Events(transaction, summaries, self._clock)
            found = query(transaction.connection)
            for row in found:
                events.record_send_result(
                    row["id"], build_send_event(row["id"], _ABANDONED_RESULT, self._clock.now())
                )
            summaries.flush()
            return len(found)

        return await self._database.write(write_uncertain)

    async def get_next_due_time(self, account: str) -> int | None:
        """Return when the next queued message of an account is due (ms UTC), or None.

        Args:
            account: Name of the account.
        """
        latest = get_latest_believable(self._clock.now())
        query = functools.partial(self._sql.next_due, account=account, latest=latest)
        return await self._database.read(query)

    async def count_waiting(self) -> int:
        """Return how many messages are queued or being sent, of all accounts."""
        return int(await self._database.read(self._sql.count_waiting))

    async def has_pending_receipts(self, account: str, since: int) -> bool:
        """Return whether receipts are expected for messages written since a time.

        Args:
            account: Name of the account.
            since: Start of the period, in ms UTC.
        """
        query = functools.partial(self._sql.outstanding, account=account, since=since)
        return bool(await self._database.read(query))

    async def list_cancel_requests(self, account: str, limit: int = 100) -> list[Message]:
        """Return scheduled messages to cancel, on request or because of an opt-out.

        Args:
            account: Name of the account.
            limit: Maximum number of messages.
        """
        values = {"account": account, "now": self._clock.now(), "limit": limit}
        query = functools.partial(self._sql.to_cancel, **values)
        return rows.to_messages(await self._database.read(query))

    async def record_cancel_refused(self, message_id: int, reason: str) -> None:
        """Record that it was too late to cancel a scheduled message.

        Args:
            message_id: Id of the message.
            reason: Reason, as text for the agent.
        """

        def write_refusal(transaction: Transaction) -> None:
            if self._sql.refuse_cancel(transaction.connection, id=message_id, reason=reason):
                refresh_summary(transaction, self._rng, message_id)

        await self._database.write(write_refusal)

    async def skip_retry_delay(self, account: str) -> None:
        """Send messages that wait for another try at once.

        Args:
            account: Name of the account.
        """
        query = functools.partial(self._sql.hurry, account=account, now=self._clock.now())
        await self._database.write(lambda t: query(t.connection))

    async def record_cancelled(self, message_id: int) -> None:
        """Record that the provider has cancelled a message.

        The customer waits for an answer again if one was due before.
        """
        outcome = SendRecord(Status.CANCELLED, word="cancelled")

        def write_cancelled(transaction: Transaction) -> None:
            summaries = Summaries(transaction, self._rng)
            event = build_send_event(message_id, outcome, self._clock.now())
            Events(transaction, summaries, self._clock).record_send_result(message_id, event)
            summaries.flush()
            row = queries("messages").get(transaction.connection, id=message_id)
            restore_waiting(transaction, self._rng, row["conversation_id"])

        await self._database.write(write_cancelled)

    def _settle_unsendable(
        self, transaction: Transaction, summaries: Summaries, row: rows.Row
    ) -> bool:
        """Settle a message that must not go out (opt-out or reply); return whether it was one."""
        settling.record_status_event(transaction, row, Status.QUEUED)
        if row["id"] in self._claimed:  # being sent: a standby that took over lacks our claim
            return True
        if queueing.has_reply_since(transaction, row):
            queueing.cancel_message(transaction, summaries, self._clock, row)
            return True
        if row["confirms"] is not None or not summaries.get(row["conversation_id"])["opted_out"]:
            return False
        event = build_send_event(row["id"], OPTED_OUT_RESULT, self._clock.now())
        Events(transaction, summaries, self._clock).record_send_result(row["id"], event)
        return True

    async def _has_due_messages(self, account: str) -> bool:
        """Return whether a message is due, without taking the write lock."""
        due = await self.get_next_due_time(account)
        return due is not None and due <= self._clock.now()
