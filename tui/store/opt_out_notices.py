"""Join the two reports of one text: a stop word comes as a text and as a notice of the opt-out.

The notice of a provider can contain the customer's words. It then becomes a message like any other
text, and what the provider reports about it a second time, in whatever order, belongs to it.
"""

from tui.clock import MINUTE
from tui.domain.consent import Verdict
from tui.domain.events import EventKind, OptOut, Reply
from tui.domain.text import repair_text
from tui.store.connections import Connection
from tui.store.event_rows import EventRow
from tui.store.events import Events
from tui.store.queries import queries
from tui.store.summaries import Summary

_SAME_TEXT_WINDOW = 10 * MINUTE
"""Time (ms) between two reports of one text at most."""


def to_reply(event: OptOut) -> Reply:
    """Return the words in a notice as the text that the customer wrote."""
    return Reply(
        event_id="",
        party=event.party,
        text=event.text,
        received_at=event.at,
        raw=event.raw,
        own=event.own,
        opted_out=True,
    )


def needs_answer(verdict: Verdict, reply: Reply) -> bool:
    """Return whether a customer waits for an answer: not to a mere opt-out.

    A text that the provider takes for an opt-out may say more than that.

    Args:
        verdict: Meaning of the text.
        reply: Text of the customer.
    """
    return verdict is Verdict.SUSPECTED if reply.opted_out else verdict is not Verdict.STOP


def attach_second_report(
    connection: Connection,
    events: Events,
    summary: Summary,
    account: str,
    reply: Reply,
    row: EventRow,
    at: int,
) -> bool:
    """Attach a report to the message of the same text; return False if there is none yet.

    Args:
        connection: Connection of the caller's transaction.
        events: Events of the same transaction.
        summary: Summary of the customer's conversation.
        account: Account that the report came from.
        reply: Text of the customer.
        row: Report of the text, or notice of the opt-out that contains it.
        at: Time of the text, in ms UTC.
    """
    is_notice = row.kind == EventKind.OPT_OUT
    text = repair_text(reply.text).strip()
    # Without an opt-out there was no notice: most texts need no search.
    if not text or not (is_notice or summary["opted_out"]):
        return False
    texts = queries("ingest").newest_texts(
        connection, conversation_id=summary["id"], account=account
    )
    known: int | None = next(
        (
            found["id"]
            for found in texts
            if found["body"].strip() == text
            and abs(found["at"] - at) <= _SAME_TEXT_WINDOW
            and (is_notice or not found["provider_id"])
        ),
        None,
    )
    if known is None:
        return False
    events.add_event(account, row, known)
    if is_notice:
        events.record_opt_out(summary["id"], text, known)
    else:
        events.set_provider_id(known, reply.event_id)
    return True
