"""Queue a message once all checks have passed: the one way from an attempt to the store."""

from typing import TYPE_CHECKING

from tui.desk.send_attempt import RefusedError, SendAttempt
from tui.desk.send_checks import NO_ACCOUNT, find_refusal
from tui.domain.message import Message, NewMessage
from tui.store.store import Store

if TYPE_CHECKING:
    pass


async def queue_attempt(store: Store, attempt: SendAttempt, *, hold_until: int = 0) -> Message:
    """Queue a message or raise `RefusedError`; its questions are for the caller.

    Args:
        store: Store shared by all agents.
        attempt: Message to queue.
        hold_until: Moment before which the message is not submitted (ms UTC).
    """
    new = build_message(attempt, hold_until)
    return await store.intents.queue_message(new, seen_upto=attempt.seen_upto, draft=attempt.draft)


def build_message(attempt: SendAttempt, hold_until: int = 0) -> NewMessage:
    """Return the message to queue; raise `RefusedError` if a check refuses it.

    Args:
        attempt: Message to queue.
        hold_until: Moment before which the message is not submitted (ms UTC).
    """
    refusal = find_refusal(attempt)
    if refusal is not None or attempt.route is None:
        raise RefusedError(refusal or NO_ACCOUNT)
    plan = attempt.plan
    return NewMessage(
        to=attempt.to,
        body=attempt.text,
        account=attempt.route.account.name,
        sender=attempt.route.sender,
        agent=attempt.preferences.agent,
        hold_until=hold_until,
        retry_of=attempt.retry_of,
        scheduled_at=plan.send_at if plan else None,
        cancel_on_reply=plan is not None and plan.cancel_on_reply,
        format=attempt.format,
        subject=attempt.enclosed.subject,
        media=attempt.enclosed.media,
        options=attempt.options,
        sentence=attempt.sentence,
    )
