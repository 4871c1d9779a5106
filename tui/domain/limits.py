"""Why a badge can go no further: said to the agent, so that silence is not taken for failure."""

from tui.domain.account import Account
from tui.domain.capabilities import ReceiptChannel
from tui.domain.message import Direction, Message

_HOUR_MS = 3_600_000
_DAY_HOURS = 24


def why_no_further(message: Message, account: Account | None, now: int) -> str:
    """What keeps a message's badge from moving on; empty when nothing does, or it has ended."""
    if message.direction is not Direction.OUT or message.status is None or message.status.final:
        return ""
    if account is None:
        return "Its account is no longer in the settings: nothing can tell more"
    able = account.capabilities
    if able is None:
        return ""
    if able.receipts is ReceiptChannel.NONE:
        return _pushed_only(able.title, pushed=able.receipts_pushed, listener=account.listener)
    if able.receipts_last_ms and now - message.at > able.receipts_last_ms:
        return f"{able.title} tells receipts for {_span(able.receipts_last_ms)}; that time is over"
    return ""


def _pushed_only(title: str, *, pushed: bool, listener: bool) -> str:
    """What a provider that cannot be asked tells."""
    if not pushed:
        return f"{title} never tells more: it has no receipts"
    if not listener:
        return f"{title} tells nothing more without the listener (settings: hook_secret, listen)"
    return f"{title} cannot be asked: the badge moves when its receipt is pushed to the listener"


def _span(span: int) -> str:
    """A span of time in whole days, or hours for short ones."""
    hours = span // _HOUR_MS
    if hours > 3 * _DAY_HOURS:
        return f"{hours // _DAY_HOURS} days"
    return f"{hours} hours"
