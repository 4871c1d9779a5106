"""Notify operators of alarms: once when one is raised, and once when it is over.

What was sent is stored, so a restart or another process repeats nothing. Of the processes of an
inbox the one that maintains the database sends; if none runs, `smsdesk doctor --send-alarms` does.
The texts are ours alone: a provider's words could quote a number or a message.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from tui.clock import MINUTE, Clock
from tui.domain.account import Account, AccountState, Health
from tui.domain.attention import Attention, AttentionKind, list_attentions
from tui.domain.text import format_count, format_span
from tui.store.leases import CHECKPOINT
from tui.store.monitoring import InboxFigures, QueueFigures, SentAlarm
from tui.store.store import Store
from tui.sync.alarm_channels import AlarmChannels, AlarmState, Notification
from tui.sync.context import SyncLog
from tui.sync.lease import Leasehold

_CHECK_SECONDS = 20.0
"""Seconds between two looks."""
_START_SECONDS = 60.0
"""Seconds after the start in which other processes may still be starting too."""
_UNSERVED_MS = 2 * MINUTE
"""Time (ms) that a message may wait without a process that serves its account."""
_STUCK_MS = 5 * MINUTE
"""Time (ms) that a message may wait although its account is served."""
_MOST_AT_ONCE = 3
"""Above this number, all alarms of a moment are sent as one."""
_MOST_LINES = 20
_SEE = "see smsdesk doctor"


class AlarmKind(StrEnum):
    """What operators are notified of."""

    REFUSED = "account_refused"
    NO_CREDIT = "no_credit"
    UNSERVED = "not_served"
    QUEUE_STUCK = "queue_stuck"
    HELD = "held_items"
    NO_LISTENER = "no_listener"
    LATE_RECEIPTS = "late_receipts"
    SILENT = "silent"
    SEVERAL = "several"
    """Only of a notification: many alarms in one."""
    TEST = "test"


_ATTENTIONS = {
    AttentionKind.NO_CREDIT: AlarmKind.NO_CREDIT,
    AttentionKind.NO_LISTENER: AlarmKind.NO_LISTENER,
    AttentionKind.HELD: AlarmKind.HELD,
    AttentionKind.STUCK: AlarmKind.LATE_RECEIPTS,
    AttentionKind.SILENT: AlarmKind.SILENT,
}
"""What the inbox shows of an account that is an alarm too; strangers can cause the others."""

Alarms = Mapping[tuple[str, str], str]
"""Text of each alarm, by kind and account."""


def find_alarms(
    accounts: Sequence[Account],
    states: Mapping[str, AccountState],
    figures: InboxFigures,
    now: int,
) -> Alarms:
    """Return the alarms that hold now.

    Args:
        accounts: Accounts of the settings, with their capabilities.
        states: Stored states of the accounts.
        figures: What waits in the inbox, and who serves what.
        now: Current time (ms UTC).
    """
    found: dict[tuple[str, str], str] = {}
    for account in accounts:
        state = states.get(account.name)
        queue = figures.queues.get(account.name, QueueFigures())
        is_served = account.name in figures.hosts
        for kind, text in _find_account_alarms(account, state, queue, is_served, now):
            found[kind.value, account.name] = text
    names = {account.name for account in accounts}
    for name, queue in figures.queues.items():
        if (
            name not in names
            and name not in figures.hosts
            and _has_waited(queue, _UNSERVED_MS, now)
        ):
            text = f"{_format_queue(queue, now)}, and the account is not in the settings; {_SEE}"
            found[AlarmKind.UNSERVED.value, name] = text
    return found


def _find_account_alarms(
    account: Account,
    state: AccountState | None,
    queue: QueueFigures,
    is_served: bool,
    now: int,
) -> Iterator[tuple[AlarmKind, str]]:
    """Yield the alarms of one account of the settings."""
    has_credit = state is None or not state.credit_out_at
    is_refused = state is not None and state.health is Health.STOPPED and has_credit
    if is_refused:
        yield AlarmKind.REFUSED, f"the provider refuses the account, nothing is sent; {_SEE}"
    for one in list_attentions(account, state, now):
        kind = _ATTENTIONS.get(one.kind)
        if kind and (text := _describe_attention(one, now)):
            yield kind, text
    if not is_served and _has_waited(queue, _UNSERVED_MS, now):
        text = f"{_format_queue(queue, now)}, and no process serves the account"
        yield AlarmKind.UNSERVED, f"{text}; start smsdesk sync"
    elif has_credit and not is_refused and is_served and _has_waited(queue, _STUCK_MS, now):
        yield AlarmKind.QUEUE_STUCK, f"{_format_queue(queue, now)}; {_SEE}"


def _describe_attention(one: Attention, now: int) -> str:
    """Return the text of what the inbox marks; empty if it may end by itself in a moment."""
    length = now - (one.since or now)
    age = format_span(length, units=2)
    match one.kind:
        case AttentionKind.NO_CREDIT:
            return f"no credit for {age}, what is queued waits; top up the account"
        case AttentionKind.NO_LISTENER if one.since is None:
            return f"replies or receipts are pushed, and no listener has ever run; {_SEE}"
        case AttentionKind.NO_LISTENER:
            text = f"no listener for {age}: pushed replies and receipts do not arrive"
            return text if length >= _UNSERVED_MS else ""
        case AttentionKind.HELD:
            return f"{format_count(one.count, 'held item')}; see smsdesk held list"
        case AttentionKind.STUCK:
            messages = format_count(one.count, "message")
            return f"receipts of {messages} are unusually late, the oldest was sent {age} ago"
        case _:
            return f"no reply for {age}, which is unusual; {_SEE}"


def _has_waited(queue: QueueFigures, limit_ms: int, now: int) -> bool:
    """Return whether a message that could be sent has waited for at least so long (ms)."""
    return queue.oldest is not None and now - queue.oldest >= limit_ms


def _format_queue(queue: QueueFigures, now: int) -> str:
    """Return how much waits to be sent, and for how long."""
    waits = "message waits" if queue.due == 1 else "messages wait"
    age = format_span(now - (queue.oldest or now), units=2)
    return f"{queue.due} {waits} to be sent, the oldest for {age}"


class AlarmNotifier:
    """Look for alarms, and send what is new about them."""

    def __init__(
        self,
        store: Store,
        accounts: Sequence[Account],
        channels: AlarmChannels,
        clock: Clock,
        log: SyncLog,
    ) -> None:
        """Create the notifier.

        Args:
            store: Store of this process.
            accounts: Accounts of the settings, with their capabilities.
            channels: Where alarms are sent.
            clock: Source of the current time.
            log: Log of sync.
        """
        self._store = store
        self._accounts = accounts
        self._channels = channels
        self._clock = clock
        self._log = log

    async def run_forever(self, leasehold: Leasehold) -> None:
        """Look again and again while this process maintains the database.

        Args:
            leasehold: Leases of this process.
        """
        await self._clock.sleep(_START_SECONDS)
        while True:
            await leasehold.wait_until(CHECKPOINT, True)
            await self.run_round()
            await self._clock.sleep(_CHECK_SECONDS)

    async def run_round(self) -> dict[str, str]:
        """Send what is new; return what went wrong by channel, empty where nothing did."""
        if not self._channels.is_set:
            return {}
        states = await self._store.accounts.get_states()
        figures = await self._store.monitoring.read_figures()
        alarms = find_alarms(self._accounts, states, figures, self._clock.now())
        due = await self._store.monitoring.update_alarms(alarms)
        parts = [due] if len(due) > _MOST_AT_ONCE else [[one] for one in due]
        # All at once: what was claimed has to be delivered before another process may claim it.
        found = await asyncio.gather(*map(self._send, parts))
        # Of several, what went wrong counts.
        results = sorted((channel, line) for lines in found for channel, line in lines.items())
        return dict(results)

    async def send_test(self) -> dict[str, str]:
        """Send a test to every channel; return what went wrong by channel."""
        text = f"smsdesk on {self._channels.host}: this is a test, alarms will arrive here"
        now = self._clock.now()
        return await self._deliver(Notification(AlarmKind.TEST, "", text, AlarmState.TEST, now))

    async def _send(self, alarms: Sequence[SentAlarm]) -> dict[str, str]:
        """Send one notification about some alarms."""
        now, texts = self._clock.now(), [self._describe(one) for one in alarms]
        states = {AlarmState.RAISED if one.is_raised else AlarmState.OVER for one in alarms}
        if len(alarms) == 1:
            kind, account, text = alarms[0].kind, alarms[0].account, texts[0]
        else:
            more = len(texts) - _MOST_LINES
            shown = [*texts[:_MOST_LINES], *([f"and {more} more"] if more > 0 else [])]
            kind, account = AlarmKind.SEVERAL.value, ""
            text = "\n".join([f"{len(texts)} alarms have changed:", *shown])
        state = AlarmState.RAISED if AlarmState.RAISED in states else AlarmState.OVER
        lines = await self._deliver(Notification(kind, account, text, state, now))
        if not all(lines.values()):
            await self._store.monitoring.confirm_sent(alarms)
        return lines

    def _describe(self, alarm: SentAlarm) -> str:
        """Return the text about one alarm."""
        age = format_span(self._clock.now() - alarm.since, units=2)
        over = "" if alarm.is_raised else f"over for {age}: "
        again = f" (it has changed {alarm.changes} times)" if alarm.changes > 1 else ""
        return f"{alarm.account}: {over}{alarm.text}{again}"

    async def _deliver(self, notification: Notification) -> dict[str, str]:
        """Send to every channel, and record what went wrong for `smsdesk doctor`."""
        lines = await self._channels.send_notification(notification)
        for channel, line in lines.items():
            self._log(
                "alarm not delivered" if line else "alarm delivered",
                channel=channel,
                alarm=notification.kind,
                account=notification.account,
                line=line,
            )
        await self._store.monitoring.record_deliveries(lines)
        return lines
