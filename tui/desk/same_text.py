"""Ask before the same text goes to the same customer twice within a day."""

from dataclasses import replace

from tui.clock import HOUR, MINUTE
from tui.desk.send_attempt import Objection, SendAttempt
from tui.domain.message import SentText
from tui.domain.text import one_line
from tui.store.sent_texts import PlannedText
from tui.store.store import Store

SAME_TEXT = "the same text within a day"
"""Why a text is left out where no one can be asked."""


async def add_same_text(store: Store, attempt: SendAttempt) -> SendAttempt:
    """Return the attempt with what is known of the same text, which every path looks up first.

    Args:
        store: Store shared by all agents.
        attempt: Message that is about to be queued.
    """
    planned = plan_text(attempt)
    found = await store.sent_texts.find_same(planned) if planned is not None else None
    return replace(attempt, same_text=found)


def plan_text(attempt: SendAttempt) -> PlannedText | None:
    """Return what is compared with earlier texts; None if there can be none like it.

    Args:
        attempt: Message that is about to be queued.
    """
    if attempt.conversation is None or attempt.is_ping or not (attempt.text or attempt.enclosed):
        return None
    return PlannedText(
        attempt.conversation.id,
        attempt.text,
        attempt.send_at,
        attempt.enclosed.subject,
        attempt.enclosed.media,
        attempt.retry_of,
    )


def check_same_text(attempt: SendAttempt) -> list[Objection]:
    """Ask about the same text within a day, which the customer would get twice."""
    found = attempt.same_text
    if found is None:
        return []
    return [Objection(describe_same_text(found, attempt), question=f"same {found.id}")]


def describe_same_text(found: SentText, attempt: SendAttempt) -> str:
    """Return who sent the same text when: "The same text went here 5 min ago, by tom".

    Args:
        found: The same text.
        attempt: Message that is about to be queued.
    """
    own = found.agent == attempt.preferences.agent
    by = "" if own or not found.agent else f", by {one_line(found.agent, 20)}"
    passed = attempt.now - found.at
    if passed < 0:
        return f"The same text is planned for {_format_span(-passed)} from now{by}"
    when = f"{_format_span(passed)} ago" if passed >= MINUTE else "just now"
    return f"The same text went to this number {when}{by}"


def _format_span(passed: int) -> str:
    """Return a time span in minutes or hours."""
    return f"{passed // MINUTE} min" if passed < HOUR else f"{passed // HOUR} h"
