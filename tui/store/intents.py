"""Store what agents do with messages: queue, cancel, resolve and mark as handled.

Each action is written with a line in the audit trail; the sync process carries it out.
"""

import random
from collections.abc import Sequence

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.conversation import Draft
from tui.domain.message import Message, NewMessage
from tui.domain.status import Status
from tui.store import rows
from tui.store.audit import record_action
from tui.store.conversation_rows import record_status_change
from tui.store.engine import Engine, Transaction
from tui.store.event_rows import SendRecord, build_send_event
from tui.store.events import Events
from tui.store.queries import queries
from tui.store.queueing import MessageQueue
from tui.store.settling import mark_handled, record_status_event, refresh_summary, take_back
from tui.store.summaries import Summaries

_SENT = "was sent"
_NOT_SENT = "was not sent"


class Intents:
    """Actions of agents on messages; each is one transaction."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the actions on one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("outbox")
        self._queueing = MessageQueue(clock, rng)

    async def queue_message(
        self, new: NewMessage, *, seen_upto: int | None = None, draft: Draft | None = None
    ) -> Message:
        """Queue a message and delete the draft, in one transaction.

        Args:
            new: Message to queue.
            seen_upto: `arrival_id` up to which the agent has seen all; None skips the check.
            draft: Draft that the agent saw when sending it; None if it is not one.

        Raises:
            StaleReply: A customer or colleague wrote a newer message; nothing is queued.
            DraftChanged: Another window of the agent has changed or sent the draft.
            OptedOut: The customer has opted out; nothing is queued.
        """

        def write_message(transaction: Transaction) -> Message:
            summaries = Summaries(transaction, self._rng)
            message_id = self._queueing.queue_message(transaction, summaries, new, seen_upto, draft)
            summaries.flush()
            transaction.refuse_moved()
            return rows.to_message(queries("messages").get(transaction.connection, id=message_id))

        return await self._database.write(write_message)

    async def cancel_queued(self, message_id: int, agent: str) -> bool:
        """Cancel a message that is still queued here; return False if it is too late.

        Args:
            message_id: Id of the message.
            agent: Name of the agent.
        """

        def write_cancel(transaction: Transaction) -> bool:
            summary = take_back(transaction, self._rng, message_id, self._clock.now())
            if summary is None:
                return False
            self._record_action(transaction, agent, "take back", summary["id"], message_id)
            return True

        return await self._database.write(write_cancel)

    async def request_cancel(self, message_id: int, agent: str) -> bool:
        """Request the cancellation of a scheduled message; return False if it is too late.

        The sync process carries it out: the message becomes `cancelled`, or stays with the
        reason.

        Args:
            message_id: Id of the message.
            agent: Name of the agent.
        """

        def write_request(transaction: Transaction) -> bool:
            if not self._sql.want_cancel(transaction.connection, id=message_id):
                return False
            summary = refresh_summary(transaction, self._rng, message_id)
            self._record_action(transaction, agent, "cancel", summary["id"], message_id)
            return True

        return await self._database.write(write_request)

    async def resolve_uncertain(self, message_id: int, agent: str, *, went_out: bool) -> bool:
        """Record whether an uncertain message went out, by the agent's knowledge.

        Return False if it is no longer uncertain: what the provider has reported since then
        holds.

        Args:
            message_id: Id of the message.
            agent: Name of the agent.
            went_out: Whether the message went out.
        """
        return bool(await self.resolve_all_uncertain([message_id], agent, went_out=went_out))

    async def resolve_all_uncertain(
        self, message_ids: Sequence[int], agent: str, *, went_out: bool
    ) -> list[int]:
        """Record whether uncertain messages went out; return those that were still uncertain.

        Args:
            message_ids: Ids of the messages.
            agent: Name of the agent.
            went_out: Whether the messages went out.
        """
        status = Status.ACCEPTED if went_out else Status.FAILED
        label = _SENT if went_out else _NOT_SENT
        result = SendRecord(status, word=f"{agent}: {label}", reason=f"{agent} says it {label}")

        def write_resolutions(transaction: Transaction) -> list[int]:
            summaries, resolved = Summaries(transaction, self._rng), []
            events = Events(transaction, summaries, self._clock)
            for message_id in message_ids:
                row = queries("messages").get(transaction.connection, id=message_id)
                # A receipt that arrived meanwhile takes precedence over the agent.
                if row is None or row["status"] != Status.UNCERTAIN:
                    continue
                event = build_send_event(message_id, result, self._clock.now())
                events.record_send_result(message_id, event)
                mark_handled(transaction, summaries, message_id)
                self._record_action(transaction, agent, label, row["conversation_id"], message_id)
                resolved.append(message_id)
            summaries.flush()
            return resolved

        return await self._database.write(write_resolutions)

    async def reopen_resolved(self, message_ids: Sequence[int], agent: str) -> list[int]:
        """Undo that messages were resolved as sent; return those that are uncertain again.

        What the provider has reported about a message since then holds.

        Args:
            message_ids: Ids of the messages.
            agent: Name of the agent who resolved them.
        """

        def write_reopened(transaction: Transaction) -> list[int]:
            summaries, reopened = Summaries(transaction, self._rng), []
            for message_id in message_ids:
                row = queries("messages").get(transaction.connection, id=message_id)
                is_own = row is not None and row["word"] == f"{agent}: {_SENT}"
                if row is None or row["status"] != Status.ACCEPTED or not is_own:
                    continue
                queries("messages").reopen(
                    transaction.connection, id=message_id, now=self._clock.now()
                )
                summary = summaries.get(row["conversation_id"])
                record_status_event(transaction, row, Status.ACCEPTED, after=Status.UNCERTAIN)
                record_status_change(
                    summary, message_id, Status.ACCEPTED, Status.UNCERTAIN, handled=False
                )
                transaction.mark_changed(Subject.MESSAGE, message_id, row["conversation_id"])
                action = "resolution taken back"
                self._record_action(transaction, agent, action, row["conversation_id"], message_id)
                reopened.append(message_id)
            summaries.flush()
            return reopened

        return await self._database.write(write_reopened)

    async def set_handled(self, message_id: int, agent: str, *, handled: bool = True) -> bool:
        """Mark a failure as handled or not; return False if nothing changed.

        Args:
            message_id: Id of the message.
            agent: Name of the agent.
            handled: Whether the failure is handled.
        """

        def write_handled(transaction: Transaction) -> bool:
            summaries = Summaries(transaction, self._rng)
            changed = mark_handled(transaction, summaries, message_id, handled=handled)
            summaries.flush()
            if changed:
                row = queries("messages").get(transaction.connection, id=message_id)
                label = "dealt with" if handled else "not dealt with"
                self._record_action(transaction, agent, label, row["conversation_id"], message_id)
            return changed

        return await self._database.write(write_handled)

    def _record_action(
        self,
        transaction: Transaction,
        agent: str,
        action: str,
        conversation_id: int,
        message_id: int,
    ) -> None:
        """Record the action in the audit trail."""
        record_action(
            transaction, self._rng, self._clock, agent, action, conversation_id, message_id
        )
