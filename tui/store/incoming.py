"""What follows from a customer's text: an unread conversation, consent, the search index."""

from collections.abc import Callable, Iterable
from typing import Any

from tui.clock import Clock
from tui.domain.consent import Verdict
from tui.domain.events import Reply
from tui.domain.message import Attachment
from tui.domain.text import join_texts, repair_text
from tui.store import queueing
from tui.store.audit import record_action
from tui.store.consent import is_opted_out_before, save_consent
from tui.store.conversation_lookups import find_consent
from tui.store.conversation_rows import record_incoming_text
from tui.store.engine import Transaction
from tui.store.events import Events
from tui.store.message_lookups import has_later_text
from tui.store.page_connection import write_row
from tui.store.queries import queries
from tui.store.search_index import forget_text, index_texts
from tui.store.settling import close_opted_out
from tui.store.summaries import Summaries, Summary

ConsentClassifier = Callable[[str, str], Verdict]
"""Function that classifies a customer's text, given the text and the party."""


class IncomingTexts:
    """Customers' texts of one page."""

    def __init__(
        self,
        transaction: Transaction,
        summaries: Summaries,
        clock: Clock,
        classify: ConsentClassifier,
        account: str,
    ) -> None:
        """Create the texts of one page.

        Args:
            transaction: Transaction of the page.
            summaries: Conversation summaries of the same transaction.
            clock: Source of the current time.
            classify: Finds opt-out and opt-in keywords in customers' texts.
            account: Account that the texts came from.
        """
        self.transaction = transaction
        self.connection = transaction.connection
        self.summaries = summaries
        self.rng = summaries.rng
        self.clock = clock
        self.classify = classify
        self.account = account
        self._sql = queries("messages")
        self.is_ruled = False
        """Whether a rule is switched on, which judges the new texts."""
        self._unindexed: dict[int, str] = {}
        """Texts by message that are not in the search index yet."""

    def record_arrival(
        self, summary: Summary, message_id: int, at: int, own: str, *, asks: bool
    ) -> None:
        """Mark the conversation as unread and open, and cancel what waits for silence.

        Args:
            summary: Summary of the conversation.
            message_id: Id of the text.
            at: Time of the text, in ms UTC.
            own: Our address that the customer wrote to; empty if unknown.
            asks: Whether the text needs an answer.
        """
        queueing.cancel_on_reply(self.transaction, self.summaries, self.clock, summary["id"])
        is_newest = message_id >= summary["last_id"] or not has_later_text(
            self.connection, summary["id"], message_id
        )
        record_incoming_text(
            summary, at=at, account=self.account, own=own, needs_answer=asks, is_newest=is_newest
        )

    def store_attachments(self, message_id: int, attachments: Iterable[Attachment]) -> None:
        """Store the files that came with a text.

        Args:
            message_id: Id of the text.
            attachments: Files to store.
        """
        for attachment in attachments:
            write_row(
                self.connection,
                self._sql.add_attachment,
                message_id=message_id,
                name=repair_text(attachment.name),
                content_type=repair_text(attachment.content_type),
                size=len(attachment.data),
                data=attachment.data,
            )

    # Consent --------------------------------------------------------------------------------

    def update_consent(
        self, summary: Summary, verdict: Verdict, reply: Reply, message_id: int, at: int
    ) -> None:
        """Opt the customer out or in, by the text itself or by the provider's mark.

        An opt-in must be newer than the opt-out, because texts may arrive in any order.

        Args:
            summary: Summary of the conversation.
            verdict: Verdict on the text.
            reply: The text as it came.
            message_id: Id of the text.
            at: Time of the text, in ms UTC.
        """
        if verdict is Verdict.SUSPECTED:
            summary["suspected"] = 1
        stop = is_opt_out(verdict, reply)
        starts = verdict is Verdict.START and is_opted_out_before(self.connection, summary, at)
        if stop or starts:
            source = "provider" if stop and verdict is not Verdict.STOP else "word"
            self._save_decision(summary, reply, message_id, at, source=source, opted_out=stop)

    def judge_again(
        self, summary: Summary, verdict: Verdict, reply: Reply, message_id: int, at: int
    ) -> None:
        """Apply the verdict on a completed text where it is stricter than that on the poorer.

        Args:
            summary: Summary of the conversation.
            verdict: Verdict on the completed text.
            reply: The richer copy as it came.
            message_id: Id of the text.
            at: Time of the text, in ms UTC.
        """
        if verdict is Verdict.SUSPECTED:
            summary["suspected"] = 1
        if summary["opted_out"]:
            return
        stop = is_opt_out(verdict, reply)
        decision = find_consent(self.connection, summary["party"])
        # If only the beginning of the text was an opt-in, the opt-out before it holds.
        opted_in_here = decision is not None and decision["message_id"] == message_id
        if stop or (opted_in_here and verdict is not Verdict.START):
            source = "provider" if stop and verdict is not Verdict.STOP else "word"
            self._save_decision(summary, reply, message_id, at, source=source, opted_out=True)

    def _save_decision(
        self,
        summary: Summary,
        reply: Reply,
        message_id: int,
        at: int,
        *,
        source: str,
        opted_out: bool,
    ) -> None:
        """Save a decision of the customer, with the text as evidence."""
        evidence = repair_text(reply.text)
        save_consent(
            *(self.connection, summary, at, source, evidence),
            message_id=message_id,
            opted_out=opted_out,
        )
        if opted_out:
            events = Events(self.transaction, self.summaries, self.clock)
            events.reject_queued(summary["id"])
        action = "opted out" if opted_out else "opted in"
        record_action(self.transaction, self.rng, self.clock, "", action, summary["id"], message_id)
        # A stop word that arrives late hides nothing that the customer wrote after it.
        if opted_out and not has_later_text(self.connection, summary["id"], message_id):
            close_opted_out(self.transaction, self.rng, self.clock, summary, message_id)

    def look_for_rules(self) -> None:
        """Find out, once for a page, whether a rule is switched on."""
        self.is_ruled = bool(queries("rules").any_enabled(self.connection))

    def queue_for_rules(self, message_id: int) -> None:
        """Let the rules judge a new text, which they do in a transaction of their own.

        Args:
            message_id: Id of the text.
        """
        if self.is_ruled:
            write_row(self.connection, queries("rules").enqueue, message_id=message_id)

    # The search index -----------------------------------------------------------------------

    def add_to_index(self, message_id: int, subject: str, body: str) -> None:
        """Let the search find a text once the page is written.

        Args:
            message_id: Id of the text.
            subject: Subject of an MMS; empty for none.
            body: Text.
        """
        self._unindexed[message_id] = join_texts(subject, body)

    def remove_from_index(self, message: dict[str, Any]) -> None:
        """Remove a text from the search index before it changes.

        Args:
            message: Row of `messages`.
        """
        if self._unindexed.pop(message["id"], None) is None:
            text = join_texts(message["subject"], message["body"])
            forget_text(self.connection, message["id"], text)

    def write_index(self) -> None:
        """Write the new texts of the page to the search index, which is cheaper together."""
        index_texts(self.connection, list(self._unindexed.items()))


def is_opt_out(verdict: Verdict, reply: Reply) -> bool:
    """Return whether a text is an opt-out, by itself or by the provider's mark.

    Args:
        verdict: Verdict on the text.
        reply: The text as it came.
    """
    return verdict is Verdict.STOP or reply.opted_out
