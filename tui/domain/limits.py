"""Why a badge can go no further: said to the agent, so that silence is not taken for failure."""

from tui.domain.account import Account
from tui.domain.capabilities import ReceiptChannel
from tui.domain.message import Direction, Message

_HOUR_MS = 3_600_000
_DAY_HOURS = 24


def explain_stalled_status(message: Message, account: Account | None, now: int) -> str:
    """Return why the status of a message cannot change any more, or an empty text.

    Args:
        message: Message whose badge is explained.
        account: Account it was sent through, or None if it is no longer configured.
        now: Current time, ms UTC.
    """
    if message.direction is not Direction.OUT or message.status is None or message.status.is_final:
        return ""
    if account is None:
        return "Its account is no longer in the settings: nothing can tell more"
    capabilities = account.capabilities
    if capabilities is None:
        return ""
    if capabilities.receipts is ReceiptChannel.NONE:
        return _explain_push_only(
            capabilities.title, pushed=capabilities.receipts_pushed, listener=account.listener
        )
    if capabilities.receipts_last_ms and now - message.at > capabilities.receipts_last_ms:
        span = _format_span(capabilities.receipts_last_ms)
        return f"{capabilities.title} tells receipts for {span}; that time is over"
    return ""


def _explain_push_only(title: str, *, pushed: bool, listener: bool) -> str:
    """Return what to expect of a provider that cannot be polled for receipts."""
    if not pushed:
        return f"{title} never tells more: it has no receipts"
    if not listener:
        return f"{title} tells nothing more without the listener (settings: hook_secret, listen)"
    return f"{title} cannot be asked: the badge moves when its receipt is pushed to the listener"


def _format_span(span: int) -> str:
    """Return a length of time (ms) in whole days, or in hours if it is short."""
    hours = span // _HOUR_MS
    if hours > 3 * _DAY_HOURS:
        return f"{hours // _DAY_HOURS} days"
    return f"{hours} hours"
