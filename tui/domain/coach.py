"""The failure coach: what is best done about a message in trouble, and by which command.

The provider layer says what a code advises; this says it in words, and falls back on the status
and on the kind of error where no code told.
"""

from dataclasses import dataclass

from tui.domain.advice import Advice
from tui.domain.message import Message
from tui.domain.status import Status


@dataclass(frozen=True, slots=True)
class Counsel:
    """The next best step."""

    words: str
    command: str = ""
    """The command that does it (its key is shown before the words); empty: none does."""


_COUNSELS = {
    Advice.WAIT: Counsel("nothing to do: it is still on its way"),
    Advice.RETRY: Counsel("sends it again now", "retry"),
    Advice.LATER: Counsel("sends it again, best in an hour: the phone was out of reach", "retry"),
    Advice.OTHER_ACCOUNT: Counsel("sends it through another account", "retry_through"),
    Advice.FIX_NUMBER: Counsel("writes to the right number: this one does not work", "new"),
    Advice.FIX_TEXT: Counsel("copies the text: change it and send it anew", "copy_text"),
    Advice.FIX_SENDER: Counsel("chooses another sender, then send it again", "retry_through"),
    Advice.TOP_UP: Counsel("shows the account: top it up, then send it again", "accounts"),
    Advice.SETTINGS: Counsel("shows the account: mend its settings, then send again", "accounts"),
    Advice.ASK_PROVIDER: Counsel("another account; or ask this provider", "retry_through"),
    Advice.STOP: Counsel("puts it aside: this customer must not be texted", "resolve"),
    Advice.SETTLE: Counsel("settles it: it went out, or send it again", "resolve"),
}
_BY_STATUS = {
    Status.UNCERTAIN: Advice.SETTLE,
    Status.EXPIRED: Advice.LATER,
    Status.FAILED: Advice.RETRY,
    Status.REJECTED: Advice.OTHER_ACCOUNT,
}
_NEEDS_ANOTHER = frozenset({Advice.OTHER_ACCOUNT, Advice.ASK_PROVIDER})
_ONLY_ACCOUNT = Counsel("sends it again; if it fails again, ask the provider", "retry")


def advice_for(status: Status | None, advice: Advice) -> Advice:
    """What holds: a maybe-sent message is settled first, else the code's advice or the status'."""
    if status is None or not status.trouble:
        return Advice.NONE
    if status is Status.UNCERTAIN:
        return Advice.SETTLE
    return _BY_STATUS[status] if advice in (Advice.NONE, Advice.WAIT) else advice


def coach(message: Message, *, several_accounts: bool = True) -> Counsel | None:
    """What to do about a message; None when there is nothing to do."""
    if message.handled:
        return None
    advice = advice_for(message.status, message.advice)
    if advice is Advice.NONE:
        return None
    if advice in _NEEDS_ANOTHER and not several_accounts:
        return _ONLY_ACCOUNT
    return _COUNSELS[advice]
