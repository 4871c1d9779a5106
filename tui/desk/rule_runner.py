"""Apply the rules while a program runs: one process does it, and others take over if it ends.

That only one does it saves work. That nothing is done twice or lost follows from the transactions
of `store/rule_work.py` alone.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.clock import SECOND
from tui.desk.rule_names import NO_FIXES, find_missing, read_names
from tui.domain.change import RELOAD, RULES_CHANGED, VIEWS_CHANGED, Change, Subject
from tui.store.errors import StoreError
from tui.store.rule_helpers import RuleHelpers
from tui.store.store import Store

if TYPE_CHECKING:
    from tui.desk.rule_answers import RulePreferences

RULES_LEASE = ":rules"
"""Lease of the one process that applies the rules; no account can have this name."""
_LEASE_MS = 8 * SECOND
_ROUND_SECONDS = 2.0


class RuleRunner:
    """Apply the rules to what arrives, and to customers who wait."""

    def __init__(
        self,
        store: Store,
        helpers: RuleHelpers,
        *,
        preferred: bool,
        preferences: "RulePreferences | None" = None,
    ) -> None:
        """Create the runner without starting it.

        Args:
            store: Store shared by all agents.
            helpers: What the rules need that is not in the store.
            preferred: Whether this process takes the work over from others, as a service does.
            preferences: Settings with the accounts and hooks that rules name; None for unknown.
        """
        self._store = store
        self._helpers = helpers
        self._preferred = preferred
        self._preferences = preferences
        self._names_changed = True
        """Whether the names that rules refer to may have changed since they were checked."""
        self._is_applying = False
        self._feed = store.feed
        self._wakeup = asyncio.Event()

    async def run_forever(self) -> None:
        """Apply the rules until cancelled; while none is switched on only look for changes."""
        watcher = asyncio.create_task(self._watch_changes(), name="rules: look")
        try:
            while True:
                self._wakeup.clear()
                is_ruled = await self._store.rules.has_enabled()
                was_applying = self._is_applying
                self._is_applying = is_ruled and await self._acquire_lease()
                if self._is_applying:
                    # Another process that applied them may have other settings.
                    if self._names_changed or not was_applying:
                        await self.check_names()
                    await self.run_round()
                with contextlib.suppress(TimeoutError):
                    # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes
                    # together with a change, and the runner would never end.
                    async with asyncio.timeout(_ROUND_SECONDS if is_ruled else None):
                        await self._wakeup.wait()
                if watcher.done():
                    watcher.result()
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
            with contextlib.suppress(StoreError):
                await self._store.leases.release_lease(RULES_LEASE)

    def wake(self) -> None:
        """Let the runner look at once for what waits."""
        self._wakeup.set()

    async def run_round(self) -> int:
        """Apply the rules to all that waits for them; return to how many texts and waits."""
        work = self._store.rule_work
        texts = await work.judge_texts(self._helpers)
        return texts + await work.judge_waits(self._helpers)

    async def check_names(self) -> None:
        """Record for each rule that is on what it names and what does not exist, to be seen."""
        self._names_changed = False
        names = await read_names(self._store, self._preferences, NO_FIXES)
        rules = [rule for rule in await self._store.rules.list_rules() if rule.enabled]
        missing = {rule.id: find_missing(rule, names) for rule in rules}
        await self._store.rules.record_missing(missing)

    async def _acquire_lease(self) -> bool:
        """Acquire or renew the lease; return False while another process applies the rules."""
        return await self._store.leases.acquire_lease(
            RULES_LEASE, duration_ms=_LEASE_MS, preferred=self._preferred
        )

    async def _watch_changes(self) -> None:
        """Wake the runner when a text has arrived or a rule was changed, until cancelled."""
        try:
            async with contextlib.aclosing(self._feed.watch_changes()) as batches:
                async for changes in batches:
                    if _is_about_names(changes):
                        self._names_changed = True
                    if _is_waking(changes):
                        self.wake()
        finally:
            self.wake()  # so that an error of this task is raised


def _is_waking(changes: Sequence[Change]) -> bool:
    """Return whether changes may concern the rules."""
    return any(
        change == RELOAD
        or change.subject is Subject.RULE
        or (change.subject is Subject.MESSAGE and change.is_new)
        for change in changes
    ) or _is_about_names(changes)


def _is_about_names(changes: Sequence[Change]) -> bool:
    """Return whether changes may concern the names that rules refer to, or the rules."""
    return any(
        change in (RELOAD, RULES_CHANGED, VIEWS_CHANGED) or change.subject is Subject.CANNED_REPLY
        for change in changes
    )
