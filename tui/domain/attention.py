"""Find what a person should look at although an account answers: no listener, silence, no receipts.

An account that answers looks healthy even if no reply can reach it. Every place that shows accounts
takes its marks from here, so that the header, the list of accounts, line mode and the checks agree.
"""

from enum import StrEnum

from tui.clock import DAY, MINUTE, is_recent
from tui.domain.account import SLOW_ANSWER_MS, Account, AccountState
from tui.domain.record_type import record

CROWD_SHOWN_MS = 15 * MINUTE
"""How long after its end an account is marked because its listener was full."""


class AttentionKind(StrEnum):
    """What a person should look at."""

    CLOCK_SET_BACK = "clock set back"
    NOT_SERVED = "not served"
    NO_LISTENER = "no listener"
    NO_CREDIT = "no credit"
    NO_ANSWER = "no answer"
    WRONG_ADDRESS = "wrong address"
    LISTENER_FULL = "listener full"
    NO_SECRET = "no secret for replies"
    """Shown with the account alone: nothing was refused yet, and the number may have no secret."""
    HELD = "held"
    SILENT = "silent"
    STUCK = "stuck"


_CLOCK_LEAD_MS = MINUTE
"""Time (ms) from which a stored time in the future is shown: clocks of hosts differ a little."""


@record
class Attention:
    """One thing about an account that a person should look at."""

    kind: AttentionKind
    since: int | None = None
    """Since when it is so, ms UTC; None if it has always been. In the future for the clock."""
    count: int = 0
    """Number of messages that it concerns."""
    can_be_fixed_in_settings: bool = False
    """Whether a setting is missing."""


def list_attentions(account: Account, state: AccountState | None, now: int) -> list[Attention]:
    """Return what a person should look at, the worst first.

    Args:
        account: Account with its capabilities.
        state: Its stored state, or None if there is none yet.
        now: Current time (ms UTC).
    """
    found = []
    if state is not None and state.credit_out_at:
        found.append(Attention(AttentionKind.NO_CREDIT, state.credit_out_at))
    if state is not None and has_future_time(state.ok_at, now):
        found.append(Attention(AttentionKind.CLOCK_SET_BACK, state.ok_at))
    if state is not None and state.unserved_since is not None:
        found.append(Attention(AttentionKind.NOT_SERVED, state.unserved_since or None))
    listener = state.listener if state is not None else None
    if account.needs_listener and not (listener and listener.is_alive(now)):
        found.append(
            Attention(
                AttentionKind.NO_LISTENER,
                listener.seen_at if listener else None,
                can_be_fixed_in_settings=not account.listener,
            )
        )
    sending_since = state.sending_since if state is not None else None
    if sending_since is not None and not is_recent(sending_since, now, SLOW_ANSWER_MS - 1):
        found.append(Attention(AttentionKind.NO_ANSWER, min(sending_since, now)))
    if refused_at := _find_refused_push(account, state, now):
        found.append(Attention(AttentionKind.WRONG_ADDRESS, refused_at))
    crowd = listener.crowd if listener and listener.is_alive(now) else None
    if crowd is not None and now - crowd.until < CROWD_SHOWN_MS:
        found.append(Attention(AttentionKind.LISTENER_FULL, crowd.since, crowd.closed))
    if state is not None and state.held:
        found.append(Attention(AttentionKind.HELD, count=state.held))
    if state is not None and state.stuck_messages:
        found.append(Attention(AttentionKind.STUCK, state.stuck_since, state.stuck_messages))
    if state is not None and state.silent_since is not None:
        found.append(Attention(AttentionKind.SILENT, state.silent_since))
    return found


def has_future_time(at: int | None, now: int) -> bool:
    """Return whether a time that a clock of ours has written shows that a clock was set back.

    Args:
        at: Stored time (ms UTC), or None.
        now: Current time (ms UTC).
    """
    return at is not None and at > now + _CLOCK_LEAD_MS


def _find_refused_push(account: Account, state: AccountState | None, now: int) -> int | None:
    """Return when a push with a wrong secret in its address was last refused, or None.

    A later push with the right secret does not end this: messages name their own address for
    receipts, while the one for replies is entered at the provider. It ends with a restart of the
    listener, which is how other settings come into use, or after a day.
    """
    if state is None or state.refused_at is None or not account.needs_listener:
        return None
    began = state.listener.since if state.listener else 0
    return state.refused_at if state.refused_at > max(began, now - DAY) else None
