"""Give events to hooks and webhooks: one process of an inbox does it, in order for each of them.

A hook is a command. It is begun at most once for an event: what a process that died had begun is
written down as cut off, and what it had not begun is run by the next one. A webhook gets each event
at least once: it is posted again until the receiver confirms it, and the next one waits meanwhile.
"""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import field

from tui.clock import DAY, SECOND, Clock, is_pending
from tui.domain.change import JournalKind
from tui.domain.inbox_events import JournalEntry, event_to_json
from tui.domain.record_type import record
from tui.domain.text import one_line, to_json_line
from tui.store.errors import EventsGoneError
from tui.store.event_targets import MAX_PAUSE_MS
from tui.store.store import Store
from tui.store.target_rows import EventTarget
from tui.sync.bounded_programs import URL_SECONDS, run_program
from tui.sync.context import SyncLog
from tui.sync.lease import HOOKS, Leasehold
from tui.sync.webhook_posts import PostTarget, post_signed

HOOK_PREFIX, WEBHOOK_PREFIX = "hook ", "webhook "
"""Begin of the names of targets."""
MOST_AT_ONCE = 4
"""Commands that run at the same time, at most."""
GIVEN_UP_MS = DAY
"""Age (ms) from which an event is not posted again after a failure."""
_COMMAND_SECONDS = 30.0
_FIRST_PAUSE_MS = 5 * SECOND
_CLAIM_MS = round(4 * URL_SECONDS * SECOND)
"""Time (ms) in which a post has ended, whatever happens."""
_DEAD_AFTER_MS = 10 * SECOND
_LOOK_SECONDS = 60.0
"""Seconds between two looks without a change."""
_PAGE = 200
_SKIPPED_AT_ONCE = 100
"""Events that do not concern a target are passed over in parts: each costs a transaction."""


@record
class DeliverySettings:
    """Hooks and webhooks of the settings."""

    hooks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Program and arguments by name."""
    webhooks: Mapping[str, PostTarget] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Environment of the commands; our own variables are left out."""
    command_seconds: float = _COMMAND_SECONDS
    """Time after which a command is killed."""

    @property
    def target_names(self) -> list[str]:
        """Return the names under which the store knows all of them."""
        hooks = [f"{HOOK_PREFIX}{name}" for name in self.hooks]
        return [*hooks, *(f"{WEBHOOK_PREFIX}{name}" for name in self.webhooks)]

    def wants(self, target: str, entry: JournalEntry) -> bool:
        """Return whether a target gets an event.

        Args:
            target: Name of the target.
            entry: The event.
        """
        if entry.kind is JournalKind.ERASED:
            return False
        if target.startswith(HOOK_PREFIX):
            name = target.removeprefix(HOOK_PREFIX)
            wanted = entry.detail.get("hook") if entry.kind is JournalKind.HOOK else entry.kind
            return name == wanted
        kinds = self.webhooks[target.removeprefix(WEBHOOK_PREFIX)].kinds
        if entry.kind is JournalKind.HOOK:
            return False
        return not kinds or entry.kind in kinds


class EventDelivery:
    """Hooks and webhooks of one process, which serves them while it holds their lease."""

    def __init__(
        self, store: Store, settings: DeliverySettings, clock: Clock, log: SyncLog
    ) -> None:
        """Create it without serving anything.

        Args:
            store: Store of this process.
            settings: Hooks and webhooks.
            clock: Source of the current time.
            log: Log of sync.
        """
        self._store = store
        self._settings = settings
        self._clock = clock
        self._log = log
        self._free = asyncio.Semaphore(MOST_AT_ONCE)
        self._wakeups: dict[str, asyncio.Event] = {}

    @property
    def is_set(self) -> bool:
        """Return whether there is any hook or webhook."""
        return bool(self._settings.hooks or self._settings.webhooks)

    def wake(self) -> None:
        """Look for new events at once."""
        for wakeup in self._wakeups.values():
            wakeup.set()

    async def run_forever(self, leasehold: Leasehold) -> None:
        """Give events away while this process holds the lease for it.

        Args:
            leasehold: Leases of this process.
        """
        while True:
            await leasehold.wait_until(HOOKS, True)
            await self._begin()
            serving = asyncio.create_task(self._serve_all(leasehold), name="hooks")
            losing = asyncio.create_task(leasehold.wait_until(HOOKS, False))
            settling = asyncio.create_task(self._settle_forever())
            try:
                await asyncio.wait((serving, losing), return_when=asyncio.FIRST_COMPLETED)
                if serving.done():
                    serving.result()
                # What has begun may end; nothing else begins without the lease.
                self.wake()
                await serving
            finally:
                for task in (serving, losing, settling):
                    task.cancel()
                await asyncio.gather(serving, losing, settling, return_exceptions=True)

    async def run_once(self) -> None:
        """Give away all that is due now."""
        if not self.is_set:
            return
        await self._begin()
        names = self._settings.target_names
        serving = [asyncio.create_task(self._serve_due(name), name=name) for name in names]
        try:
            await asyncio.gather(*serving)
        finally:
            # A run that is cut off is recorded before this ends.
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)

    async def _begin(self) -> None:
        """Add new targets, and settle what dead processes have begun."""
        await self._store.event_targets.add_targets(self._settings.target_names)
        await self._settle_cut_off()

    async def _settle_cut_off(self) -> None:
        """Record what dead processes have begun and not ended."""
        dead_before = self._clock.now() - _DEAD_AFTER_MS
        lost = await self._store.event_targets.settle_cut_off_runs(dead_before)
        if lost:
            self._log("hooks of dead processes", runs=lost)

    async def _settle_forever(self) -> None:
        """Look for them again and again: a process is known to be dead after some seconds only."""
        while True:
            await self._clock.sleep(_DEAD_AFTER_MS / SECOND)
            await self._settle_cut_off()

    async def _serve_all(self, leasehold: Leasehold) -> None:
        """Serve every target until the lease is lost."""
        async with asyncio.TaskGroup() as group:
            for name in self._settings.target_names:
                self._wakeups[name] = asyncio.Event()
                group.create_task(self._serve(name, leasehold), name=name)

    async def _serve(self, name: str, leasehold: Leasehold) -> None:
        """Serve one target until the lease is lost."""
        wakeup = self._wakeups[name]
        while HOOKS in leasehold.held:
            wakeup.clear()
            pause = await self._advance(name)
            if pause <= 0:
                continue
            sleeping = asyncio.ensure_future(self._clock.sleep(pause))
            waking = asyncio.ensure_future(wakeup.wait())
            try:
                await asyncio.wait((sleeping, waking), return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeping.cancel()
                waking.cancel()
                await asyncio.gather(sleeping, waking, return_exceptions=True)

    async def _serve_due(self, name: str) -> None:
        """Serve one target until nothing is due."""
        while await self._advance(name) <= 0:
            pass

    async def _advance(self, name: str) -> float:
        """Give a target the next event; return for how many seconds there is nothing to do."""
        target = await self._store.event_targets.get_target(name)
        if target is None:
            return _LOOK_SECONDS
        now = self._clock.now()
        if is_pending(target.next_try_at, now, MAX_PAUSE_MS):
            return (target.next_try_at - now) / SECOND
        try:
            entries = await self._store.journal.list_entries(target.position, _PAGE)
        except EventsGoneError as error:
            first = await self._store.journal.get_first_id()
            await self._store.event_targets.pass_lost(target, first - 1, str(error))
            return 0
        found = next((one for one in entries if self._settings.wants(name, one)), None)
        if found is None:
            if len(entries) < _SKIPPED_AT_ONCE:
                return _LOOK_SECONDS
            await self._store.event_targets.skip_events(target, entries[-1].id)
            return 0
        if name.startswith(HOOK_PREFIX):
            return await self._run_hook(target, found)
        return await self._post_event(target, found)

    async def _run_hook(self, target: EventTarget, entry: JournalEntry) -> float:
        """Run a hook for an event, unless another process has begun it."""
        async with self._free:
            if not await self._store.event_targets.begin_run(target, entry.id):
                return 0
            words = self._settings.hooks[target.name.removeprefix(HOOK_PREFIX)]
            line = "smsdesk was stopped while it ran; it is not run again"
            try:
                line = await run_program(
                    words,
                    await self._format_event(entry) + b"\n",
                    self._settings.environ,
                    {"SMSDESK_EVENT_ID": str(entry.id), "SMSDESK_EVENT_KIND": entry.kind.value},
                    seconds=self._settings.command_seconds,
                )
            finally:
                # Also when cancelled: the row would otherwise say that it still runs.
                end = self._store.event_targets.end_run(target.name, entry.id, one_line(line, 300))
                await asyncio.shield(end)
        if line:
            self._log("hook failed", target=target.name, event_id=entry.id, line=line)
        return 0

    async def _post_event(self, target: EventTarget, entry: JournalEntry) -> float:
        """Post an event, unless another process does; return the seconds until the next look."""
        targets, now = self._store.event_targets, self._clock.now()
        if not await targets.claim_post(target, duration_ms=_CLAIM_MS):
            return _CLAIM_MS / SECOND / 4
        webhook = self._settings.webhooks[target.name.removeprefix(WEBHOOK_PREFIX)]
        line = await post_signed(webhook, f"evt_{entry.id}", now, await self._format_event(entry))
        if not line:
            await targets.finish_post(target.name, entry.id)
            return 0
        line = one_line(line, 300)
        self._log("webhook failed", target=target.name, event_id=entry.id, line=line)
        pause_ms = min(_FIRST_PAUSE_MS << min(target.attempts, 16), MAX_PAUSE_MS)
        given_up = await self._find_last_given_up(target, now)
        await targets.retry_post(target, entry.id, line, pause_ms, given_up=given_up)
        return pause_ms / SECOND

    async def _find_last_given_up(self, target: EventTarget, now: int) -> int:
        """Return the id of the last of the next events that are too old; 0 if the next is not."""
        entries = await self._store.journal.list_entries(target.position, _PAGE)
        old = itertools.takewhile(lambda one: now - one.at > GIVEN_UP_MS, entries)
        return max((one.id for one in old), default=0)

    async def _format_event(self, entry: JournalEntry) -> bytes:
        """Return an event as JSON."""
        happening = await self._store.journal.get_happening(entry.id)
        # It was pruned just now; what it says of itself is still known.
        value = event_to_json(happening) if happening else {"id": entry.id, "kind": entry.kind}
        return to_json_line(value).encode()
