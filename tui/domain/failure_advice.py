"""Recommend what to do about a failed or uncertain message, and with which command.

The provider layer translates an error code into an `Advice`; this module turns the advice into
text. Without a code it falls back on the status. It also explains why the status of a message
cannot change any more, so that silence is not mistaken for a failure.
"""

from tui.domain.account import Account, AccountState
from tui.domain.capabilities import ReceiptChannel
from tui.domain.message import Advice, Direction, Message
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.text import format_span


@record
class NextStep:
    """Best next step for a message."""

    text: str
    command: str = ""
    """Id of the command that does it (its key is shown before the text); empty: there is none."""


_STEPS = {
    Advice.WAIT: NextStep("nothing to do: it is still being delivered"),
    Advice.RETRY: NextStep("sends it again now", "retry"),
    Advice.LATER: NextStep("sends it again, best in an hour: the phone was out of reach", "retry"),
    Advice.OTHER_ACCOUNT: NextStep("sends it through another account", "retry_through"),
    Advice.FIX_NUMBER: NextStep("writes to the right number: this one does not work", "new"),
    Advice.FIX_TEXT: NextStep("copies the text: change it and send it again", "copy_text"),
    Advice.FIX_SENDER: NextStep("chooses another sender, then send it again", "retry_through"),
    Advice.TOP_UP: NextStep("shows the account: top it up, then send it again", "accounts"),
    Advice.SETTINGS: NextStep("shows the account: fix its settings, then send again", "accounts"),
    Advice.ASK_PROVIDER: NextStep("another account; or ask this provider", "retry_through"),
    Advice.STOP: NextStep("dismisses it: this customer must not be texted", "resolve"),
    Advice.RESOLVE: NextStep("resolves it: it was sent, or send it again", "resolve"),
}
_ADVICE_BY_STATUS = {
    Status.UNCERTAIN: Advice.RESOLVE,
    Status.EXPIRED: Advice.LATER,
    Status.FAILED: Advice.RETRY,
    Status.REJECTED: Advice.OTHER_ACCOUNT,
}
_NEEDS_OTHER_ACCOUNT = frozenset({Advice.OTHER_ACCOUNT, Advice.ASK_PROVIDER})
_ONLY_ACCOUNT_STEP = NextStep("sends it again; if it fails again, ask the provider", "retry")


def choose_advice(status: Status | None, advice: Advice) -> Advice:
    """Return the advice that applies to a message.

    An uncertain message is resolved first; otherwise the advice of the error code applies, then
    that of the status.

    Args:
        status: Status of the message; None for received messages and notes.
        advice: Advice of the provider's error code.
    """
    if status is None or not status.is_problem:
        return Advice.NONE
    if status is Status.UNCERTAIN:
        return Advice.RESOLVE
    # "Wait" does not help once the status is final, so the status decides then, too.
    return _ADVICE_BY_STATUS[status] if advice in (Advice.NONE, Advice.WAIT) else advice


def recommend_step(message: Message, *, several_accounts: bool = True) -> NextStep | None:
    """Return the best next step for a message, or None if there is nothing to do.

    Args:
        message: Message that failed or is uncertain.
        several_accounts: Whether another account can be chosen.
    """
    if message.handled:
        return None
    advice = choose_advice(message.status, message.advice)
    if advice is Advice.NONE:
        return None
    if advice in _NEEDS_OTHER_ACCOUNT and not several_accounts:
        return _ONLY_ACCOUNT_STEP
    return _STEPS[advice]


_WAITS_FOR_RECEIPT = frozenset({Status.ACCEPTED, Status.SUBMITTED})


def find_retry_problem(message: Message | None, list_key: str = "g f") -> str:
    """Return why a message cannot be sent again, or "" if it can.

    Args:
        message: Message of the conversation; None if none is selected.
        list_key: What lists failed messages.
    """
    if message is None or message.direction is not Direction.OUT:
        return "Select a message that went out first: K and J"
    # It may have been sent, so the agent is asked to resolve it; a retry is one of the answers.
    if message.status is Status.UNCERTAIN:
        return ""
    if message.status is None or not message.status.is_problem:
        return f"Only failed messages are sent again: {list_key} lists them"
    return "" if not message.handled else "This one is resolved already"


def explain_stalled_status(
    message: Message, account: Account | None, now: int, state: AccountState | None = None
) -> str:
    """Return why the status of a message cannot change any more, or changes late; else "".

    Args:
        message: Message whose badge is explained.
        account: Account it was sent through, or None if it is no longer configured.
        now: Current time, ms UTC.
        state: Last known state of this account, or None.
    """
    if message.direction is not Direction.OUT or message.status is None or message.status.is_final:
        return ""
    if account is None:
        return "Its account is no longer in the settings: no more is known"
    if message.status is Status.QUEUED:
        return _explain_queued(state)
    capabilities = account.capabilities
    if capabilities is None:
        return ""
    if capabilities.receipts is ReceiptChannel.NONE:
        if account.listener and capabilities.receipts_pushed and not _is_heard(state, now):
            return f"{capabilities.title} pushes its receipt, and no process listens now"
        return _explain_late(message, state, now) or _explain_push_only(
            capabilities.title, pushed=capabilities.receipts_pushed, listener=account.listener
        )
    if capabilities.receipts_last_ms and now - message.at > capabilities.receipts_last_ms:
        span = format_span(capabilities.receipts_last_ms, units=2)
        return f"{capabilities.title} provides receipts for {span}; that time has passed"
    return _explain_late(message, state, now)


def _explain_queued(state: AccountState | None) -> str:
    """Return why a message waits here, and what ends that."""
    if state is None or not state.credit_out_at:
        return ""
    return (
        "Its account has no credit: it is sent when another message is accepted or the balance "
        "rises; in F3, t tries it now (in line mode: i try)"
    )


def _is_heard(state: AccountState | None, now: int) -> bool:
    """Return whether a process listens, or nothing is known about that."""
    return state is None or state.listener is None or state.listener.is_alive(now)


def _explain_late(message: Message, state: AccountState | None, now: int) -> str:
    """Return that a receipt is later than usual for the account; empty if it is not."""
    limit = state.receipt_limit_ms if state else 0
    sent_at = max(message.at, message.hold_until, message.scheduled_at or 0)
    if message.status not in _WAITS_FOR_RECEIPT or not limit or now - sent_at <= limit:
        return ""
    return (
        "Its receipt is late: on this account they usually come within "
        f"{format_span(limit, units=2)}; the phone may be off"
    )


def _explain_push_only(title: str, *, pushed: bool, listener: bool) -> str:
    """Return what to expect of a provider that cannot be polled for receipts."""
    if not pushed:
        return f"{title} never shows more: it has no receipts"
    if not listener:
        return f"{title} shows no more without the listener (settings: hook_secret, listen)"
    return f"{title} cannot be asked: the badge changes when its receipt is pushed to the listener"
