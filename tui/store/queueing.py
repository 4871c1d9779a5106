"""Queue an agent's message in the transaction that also checks that it may be sent.

Everything that could make the message wrong is checked under the write lock: a newer
message that the agent has not seen, an opt-out, a retry that was already sent. Messages
that shall go out only while the customer stays silent are cancelled here when the customer
writes.
"""

import json
import random

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.conversation import Draft
from tui.domain.file_names import describe_pictures
from tui.domain.message import Direction, Format, NewMessage
from tui.domain.opt_out_sentence import append_sentence
from tui.domain.phone import Address, parse_address
from tui.domain.status import Status
from tui.domain.text import join_texts, repair_text
from tui.store.audit import record_action
from tui.store.engine import Transaction
from tui.store.errors import OptedOut, StaleReply
from tui.store.event_rows import EventRow
from tui.store.events import Events
from tui.store.last_messages import update_last_message
from tui.store.message_lookups import waits_for_silence
from tui.store.message_rows import insert_message
from tui.store.ordering import create_message_id
from tui.store.queries import queries
from tui.store.rows import Row, encode_options
from tui.store.search_index import index_texts
from tui.store.settling import mark_handled, record_answer
from tui.store.stored_drafts import finish_draft
from tui.store.summaries import Summaries, Summary


class MessageQueue:
    """Writer of queued messages."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        """Create the queue.

        Args:
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._clock = clock
        self._rng = rng

    def queue_message(
        self,
        transaction: Transaction,
        summaries: Summaries,
        new: NewMessage,
        seen_upto: int | None,
        draft: Draft | None = None,
    ) -> int:
        """Write the message and delete the draft; return the message id.

        The row, the summary and the search index are written together.

        Args:
            transaction: Transaction of the caller.
            summaries: Conversation summaries of the same transaction.
            new: Message to queue.
            seen_upto: `arrival_id` up to which the agent has seen all; None skips the check.
            draft: Draft that the agent saw when sending it; None if it is not one.

        Raises:
            StaleReply: There is a newer message, or the retry was already sent.
            DraftChanged: Another window of the agent has changed or sent the draft.
            OptedOut: The customer has opted out.
            StoreError: The message to retry does not exist.
        """
        address = parse_address(new.to)
        summary = summaries.get_or_create(
            address, account=new.account, own=new.sender, at=self._clock.now()
        )
        _refuse_stale(summary["last_arrival"], seen_upto)
        is_opted_out = queries("conversations").opted_out(
            transaction.connection, party=summary["party"]
        )
        if is_opted_out and new.confirms is None:
            raise OptedOut(f"{summary['address']} has opted out: nothing was queued")
        if new.retry_of is not None:
            self._check_retry(transaction, summaries, summary["id"], new.retry_of)
        recipient = _choose_recipient(summary, address)
        identity = self._insert_row(transaction, summary, new, recipient)
        if new.retry_of is not None:  # what became of the person is what becomes of the new one
            followed = {"old_id": new.retry_of, "new_id": identity}
            queries("bulk_texts").follow_retry(transaction.connection, **followed)
        if new.format is Format.PING:
            # A ping answers no question, and a phone that is off is a result, not a failure.
            queries("messages").set_handled(transaction.connection, id=identity, handled=True)
            self._record_action(transaction, new.agent, "ping", summary["id"], identity)
            return identity
        if new.rule:  # the customer still waits for an agent, who may have a draft
            self._record_action(
                transaction, new.agent, "answered automatically", summary["id"], identity
            )
            return identity
        record_answer(transaction, summary, identity, new.agent, new.account, self._clock.now())
        summary["unanswered_since"] = None
        finish_draft(transaction.connection, summary["id"], new.agent, new.body, draft)
        transaction.mark_changed(Subject.DRAFT, summary["id"], summary["id"])
        self._record_action(transaction, new.agent, "send", summary["id"], identity)
        return identity

    def _insert_row(
        self, transaction: Transaction, summary: Summary, new: NewMessage, recipient: str
    ) -> int:
        """Insert the message as the newest of its conversation and index its text."""
        now, body = self._clock.now(), repair_text(new.body)
        subject, files = repair_text(new.subject), describe_pictures(new.media)
        identity = create_message_id(
            transaction.connection, now, self._rng, newest_id=summary["last_arrival"]
        )
        if new.sentence and not summary["sentence_id"]:
            body = append_sentence(body, repair_text(new.sentence))
            summary["sentence_id"] = identity
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
            recipient=recipient,
            agent=new.agent,
            status_at=now,
            scheduled_at=new.scheduled_at,
            hold_until=new.hold_until,
            format=new.format,
            subject=subject,
            media=json.dumps(list(new.media)),
            options=encode_options(new.options),
            files=files,
            retry_of=new.retry_of,
            rule=new.rule,
            confirms=new.confirms,
        )
        if new.cancel_on_reply:
            queries("writing").mark_until_reply(transaction.connection, id=identity)
        text = join_texts(repair_text(new.subject), body)
        index_texts(transaction.connection, [(identity, text)])
        update_last_message(
            summary,
            id=identity,
            at=now,
            direction=Direction.OUT,
            status=Status.QUEUED,
            body=body,
            subject=subject,
            files=files,
            format=new.format,
            rule=new.rule,
        )
        return identity

    def _check_retry(
        self, transaction: Transaction, summaries: Summaries, conversation_id: int, failed_id: int
    ) -> None:
        """Mark the failed message as handled; refuse it if it was already sent again."""
        again = queries("messages").sent_again
        if again(transaction.connection, conversation_id=conversation_id, id=failed_id):
            raise StaleReply("Another agent has sent this again already: nothing was sent")
        mark_handled(transaction, summaries, failed_id)

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


def _choose_recipient(summary: Summary, address: Address) -> str:
    """Return where the message goes: to this address, in the form that the customer last used."""
    last_used = parse_address(summary["address"])
    if last_used.conversation_key == address.conversation_key:
        return str(summary["address"])
    return address.e164 or address.raw


def _refuse_stale(last_arrival: int, seen_upto: int | None) -> None:
    """Refuse a reply if a message has arrived that the agent has not seen.

    So two agents cannot both answer, and no answer crosses a new question unseen.
    """
    if seen_upto is not None and last_arrival > seen_upto:
        raise StaleReply("Something new came in while you were writing: nothing was sent")


_CANCEL_REASON = "The customer wrote first: not sent, as was chosen"


def cancel_on_reply(
    transaction: Transaction, summaries: Summaries, clock: Clock, conversation_id: int
) -> None:
    """Cancel the messages that were to go out only while the customer stays silent.

    Messages still queued here are cancelled at once. Sync cancels the others at the
    provider; their badge changes with the provider's answer.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        clock: Source of the current time.
        conversation_id: Conversation in which the customer has written.
    """
    if not waits_for_silence(transaction.connection, conversation_id):
        return
    sql = queries("writing")
    for row in sql.until_reply(transaction.connection, conversation_id=conversation_id):
        if row["status"] == Status.QUEUED:
            cancel_message(transaction, summaries, clock, row)
        else:
            queries("outbox").want_cancel(transaction.connection, id=row["id"])


def has_reply_since(transaction: Transaction, row: Row) -> bool:
    """Return whether a reply has made this message superfluous.

    Args:
        transaction: Transaction of the caller.
        row: Row of the message that is about to be sent.
    """
    if not row["cancel_on_reply"]:
        return False
    count_newer = queries("messages").came_in_after
    position = {"conversation_id": row["conversation_id"], "upto": row["id"]}
    return bool(count_newer(transaction.connection, **position))


def cancel_message(transaction: Transaction, summaries: Summaries, clock: Clock, row: Row) -> None:
    """Settle a message as cancelled, with the reason.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        clock: Source of the current time.
        row: Row of the message.
    """
    now = clock.now()
    event = EventRow(
        "send",
        f"until-reply-{row['id']}-{now}",
        at=now,
        status=Status.CANCELLED,
        reason=_CANCEL_REASON,
    )
    Events(transaction, summaries, clock).record_send_result(row["id"], event)
