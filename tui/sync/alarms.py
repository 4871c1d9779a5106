"""Raise alarms for accounts that behave unlike their own past.

An account can answer every poll while no reply reaches it any more, and accept every message while
no receipt comes back. One process at a time looks for that: the one that maintains the database.
What is usual is learned again every hour; whether it is exceeded is looked at every few seconds.
"""

from collections.abc import Sequence

from tui.domain.record_type import record
from tui.domain.rhythm import ReceiptPace, Rhythm, learn_receipt_pace, learn_rhythm
from tui.store.account_watch import Alarms
from tui.sync.context import SyncContext

_CHECK_SECONDS = 20.0
_LEARN_SECONDS = 3_600.0
_START_SECONDS = 90.0
"""Seconds after the start in which what came meanwhile is still being fetched."""
_NEWEST = 20
"""Number of messages by which a failure of the receipts is recognised."""


@record
class _Usual:
    """What is usual for one account, as far as it is known."""

    rhythm: Rhythm | None
    pace: ReceiptPace | None


class AlarmKeeper:
    """The alarms of all accounts of the settings."""

    def __init__(
        self, context: SyncContext, accounts: Sequence[str], *, is_enabled: bool = True
    ) -> None:
        """Create the keeper; the first look is taken a while after the start.

        Args:
            context: Shared services of sync.
            accounts: Names of the accounts.
            is_enabled: Whether alarms are raised; otherwise those of an earlier run are cleared.
        """
        self._context = context
        self._accounts = accounts
        self._is_enabled = is_enabled
        self._usual: dict[str, _Usual] = {}
        self._check_at = context.clock.monotonic() + (_START_SECONDS if is_enabled else 0.0)
        self._learn_at = 0.0

    async def run_round(self) -> None:
        """Look at every account if it is time."""
        moment = self._context.clock.monotonic()
        if moment < self._check_at:
            return
        self._check_at = moment + _CHECK_SECONDS
        if self._is_enabled and moment >= self._learn_at:
            self._learn_at = moment + _LEARN_SECONDS
            for name in self._accounts:
                self._usual[name] = await self._learn_usual(name)
        for name in self._accounts:
            await self._save_alarms(name, await self._find_alarms(name))

    async def _learn_usual(self, name: str) -> _Usual:
        """Return what is usual for an account; known figures stay until there are better ones."""
        figures, now = self._context.store.alarm_figures, self._context.clock.now()
        pace = learn_receipt_pace(await figures.list_receipt_delays(name))
        if pace is None and name in self._usual:
            pace = self._usual[name].pace
        return _Usual(learn_rhythm(await figures.list_reply_slots(name), now), pace)

    async def _find_alarms(self, name: str) -> Alarms:
        """Return the alarms of an account that hold now."""
        usual = self._usual.get(name)
        if usual is None:
            return Alarms()
        silent_since = await self._find_silence(name, usual.rhythm)
        if usual.pace is None:
            return Alarms(silent_since)
        figures, limit = self._context.store.alarm_figures, usual.pace.limit_ms
        if not usual.pace.is_unusual(await figures.list_late(name, limit, _NEWEST)):
            return Alarms(silent_since, receipt_limit_ms=limit)
        stuck, oldest = await figures.count_stuck(name, limit)
        return Alarms(silent_since, stuck, oldest, limit)

    async def _find_silence(self, name: str, rhythm: Rhythm | None) -> int | None:
        """Return since when an account is unusually silent (ms UTC), or None."""
        last = await self._context.store.alarm_figures.get_last_reply_time(name)
        if rhythm is None or last is None:
            return None
        return last if rhythm.is_unusual(last, self._context.clock.now()) else None

    async def _save_alarms(self, name: str, alarms: Alarms) -> None:
        """Save the alarms of an account if they have changed."""
        figures = self._context.store.alarm_figures
        # Read each time: another process may have kept them in between.
        if alarms != await figures.get_alarms(name):
            await figures.save_alarms(name, alarms)
