"""Combine the providers' ledgers, the agenda, and the clock that drives it.

Each emulator is imported only when a sandbox with it is created.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING

from tui.clock import Clock, SystemClock
from tui.domain.record_type import record
from tui.sandbox import HOOK_SECRET
from tui.sandbox.agenda import Agenda
from tui.sandbox.faults import FaultQueue
from tui.sandbox.handset import extract_digits, pick_friendly_answer

if TYPE_CHECKING:
    import httpx

    from tui.sandbox.emulator import Emulator
    from tui.sandbox.ledger import PushCounts

    # Imported late: a sandbox without pushes does not load what they need.
    from tui.sandbox.push import Pusher
    from tui.sandbox.quirks import Quirk


EMULATORS: tuple[str, ...] = (
    "tui.sandbox.messagemedia.emulator:MessageMedia",
    "tui.sandbox.messente.emulator:Messente",
    "tui.sandbox.serwersms.emulator:SerwerSms",
    "tui.sandbox.smartswitch.emulator:SmartSwitch",
    "tui.sandbox.messageport.emulator:MessagePort",
)
"""`module:class` of every emulator."""


def load_emulator(path: str) -> type[Emulator]:
    """Return the emulator class of one entry of `EMULATORS`.

    Args:
        path: `module:class`.
    """
    module, _, name = path.partition(":")
    kind: type[Emulator] = getattr(import_module(module), name)
    return kind


Responder = Callable[[str], str | None]
"""Return how one customer answers a text; None is silence."""


@record
class Hook:
    """Where the desk's listener expects one provider: the two last parts of its path."""

    account: str
    secret: str = HOOK_SECRET


@record
class PushSettings:
    """Whether and where pushes are sent."""

    base_url: str | None = None
    """Base URL of the desk's listener; None pushes only to addresses that requests name."""
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    """Account and secret for a provider; default: the provider's name and `HOOK_SECRET`."""
    transport: httpx.AsyncBaseTransport | None = None
    """Replaces the network, for tests."""


class Sandbox:
    """All emulated providers with one clock and one source of randomness.

    Everything that is due runs at the start of every request, so polling works without a
    background task. Pushes need `run_forever` (a live server) or `settle_all` (tests).
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        pace: float = 1.0,
        push: PushSettings | None = None,
        emulators: Sequence[type[Emulator]] | None = None,
    ) -> None:
        """Create a sandbox.

        Args:
            clock: Source of the current time; default: the system clock.
            rng: Source of randomness.
            pace: Factor for handset delays and retry pauses; 0.01 makes a minute 0.6 seconds.
            push: Whether and where pushes are sent.
            emulators: Emulator classes; default: all.
        """
        self.clock: Clock = clock or SystemClock()
        self.rng = rng or random.Random()
        self.pace = pace
        self.agenda = Agenda()
        self.responders: dict[str, Responder] = {}
        """Customers with answers of their own, by the digits of their number."""
        self._push = push or PushSettings()
        kinds = emulators if emulators is not None else [load_emulator(path) for path in EMULATORS]
        self.emulators = {kind.name: kind(self) for kind in kinds}
        self.faults = {name: FaultQueue() for name in self.emulators}
        self.quirks: dict[str, set[Quirk]] = {name: set() for name in self.emulators}
        self._due_time: int | None = None
        self._push_tasks: set[asyncio.Task[None]] = set()

    # time and chance

    def now(self) -> int:
        """Return the time in milliseconds UTC; during a callback, the time at which it was due."""
        # A callback that runs late must not shift the times of what it schedules or reports.
        return self.clock.now() if self._due_time is None else self._due_time

    def add_delay(self, at: int, seconds: float) -> int:
        """Return the time that lies a scaled delay after another one.

        Args:
            at: Time in milliseconds UTC.
            seconds: Delay at normal pace.
        """
        return at + round(seconds * self.pace * 1000)

    def new_uuid(self) -> str:
        """Return a new random UUID in its 36-character form."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def run_due(self) -> int:
        """Run every callback that is due by now and return how many ran."""
        count, now = 0, self.clock.now()
        while (due := self.agenda.get_next_due()) is not None and due <= now:
            self._due_time = due
            try:
                count += self.agenda.run_due(due)
            finally:
                self._due_time = None
        return count

    def compose_answer(self, number: str, text: str) -> str | None:
        """Return what the customer with this number answers, or None.

        Args:
            number: Number of the customer.
            text: Text that the customer received.
        """
        responder = self.responders.get(extract_digits(number))
        return pick_friendly_answer(self.rng) if responder is None else responder(text)

    # pushes

    def build_hook_url(self, provider: str) -> str | None:
        """Return the desk's address for a provider's pushes, or None if pushes are off.

        Args:
            provider: Name of the provider.
        """
        if self._push.base_url is None:
            return None
        hook = self._push.hooks.get(provider, Hook(provider))
        return f"{self._push.base_url.rstrip('/')}/hooks/{hook.account}/{hook.secret}"

    def create_pusher(self, count: PushCounts) -> Pusher:
        """Return a pusher that updates `count`."""
        from tui.sandbox.push import Pusher

        return Pusher(count, self.agenda, self.now, self._push.transport, self.pace)

    async def settle_all(self) -> None:
        """Run everything that is due, including pushes, until nothing more is due now."""
        while self.run_due() or any(pusher.has_work for pusher in self._list_pushers()):
            for pusher in self._list_pushers():
                await pusher.send_ready()

    # live server

    async def run_forever(self) -> None:
        """Run callbacks and send pushes when they are due, until cancelled."""
        try:
            while True:
                self.agenda.changed.clear()
                self.run_due()
                self._start_pushes()
                await self._wait_for_next()
        finally:
            await self._stop_pushes()

    async def _wait_for_next(self) -> None:
        """Sleep until the next callback is due or a new one is scheduled."""
        waits: list[asyncio.Future[object]] = [asyncio.ensure_future(self.agenda.changed.wait())]
        due = self.agenda.get_next_due()
        if due is not None:
            pause = max(0.0, (due - self.clock.now()) / 1000)
            waits.append(asyncio.ensure_future(self.clock.sleep(pause)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _start_pushes(self) -> None:
        """Start a task for every provider with ready pushes."""
        for pusher in self._list_pushers():
            # One task per provider: a desk that is slow for one provider does not delay the others.
            if pusher.has_work:
                task = asyncio.create_task(pusher.send_ready())
                self._push_tasks.add(task)
                task.add_done_callback(self._push_tasks.discard)

    async def _stop_pushes(self) -> None:
        """Cancel all pushes and close their connections."""
        # A copy, because a finished task removes itself from the set.
        for task in list(self._push_tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for pusher in self._list_pushers():
            await pusher.close()

    def _list_pushers(self) -> list[Pusher]:
        """Return the pushers of all providers that ever pushed."""
        return [
            emulator.pusher for emulator in self.emulators.values() if emulator.pusher is not None
        ]
