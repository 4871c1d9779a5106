"""The sandbox's world: the providers' ledgers, what is still to happen, and the clock over it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.clock import Clock, SystemClock
from tui.sandbox import HOOK_SECRET
from tui.sandbox.agenda import Agenda
from tui.sandbox.faults import FaultQueue
from tui.sandbox.handset import digits_of, friendly_answer
from tui.sandbox.registry import EMULATORS, load

if TYPE_CHECKING:
    import httpx

    from tui.sandbox.emulator import Emulator
    from tui.sandbox.ledger import PushCount
    from tui.sandbox.push import Pusher

Persona = Callable[[str], str | None]
"""How one customer answers a text; None is silence."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where the desk's listener expects one provider: the two last parts of its path."""

    account: str
    secret: str = HOOK_SECRET


@dataclass(frozen=True, slots=True)
class PushSettings:
    """Whether and where pushes go."""

    to: str | None = None
    """Base URL of the desk's listener; None pushes only to addresses that requests name."""
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    """Account and secret for a provider; default: the provider's name and `HOOK_SECRET`."""
    transport: httpx.AsyncBaseTransport | None = None
    """Takes the place of the network, for tests."""


class Sandbox:
    """All emulated providers with one clock and one source of randomness.

    Everything that is due happens at the start of every request, so polling works without a
    background task. Pushes need `run` (a live server) or `settle` (tests).
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
        """`pace` stretches handset delays and retry pauses; `emulators` defaults to all."""
        self.clock: Clock = clock or SystemClock()
        self.rng = rng or random.Random()
        self.pace = pace
        self.agenda = Agenda()
        self.personas: dict[str, Persona] = {}
        """Customers with answers of their own, by the digits of their number."""
        self._push = push or PushSettings()
        kinds = emulators if emulators is not None else [load(path) for path in EMULATORS]
        self.emulators = {kind.name: kind(self) for kind in kinds}
        self.faults = {name: FaultQueue() for name in self.emulators}
        self._happening_at: int | None = None
        self._drains: set[asyncio.Task[None]] = set()

    # time and chance

    def now(self) -> int:
        """Milliseconds UTC; while something happens, the time at which it was due."""
        return self.clock.now() if self._happening_at is None else self._happening_at

    def later(self, at: int, seconds: float) -> int:
        """The time `seconds` of handset time after `at`."""
        return at + round(seconds * self.pace * 1000)

    def uuid(self) -> str:
        """A new random UUID in its 36-character form."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def run_due(self) -> int:
        """Let everything happen that is due by now; tell how much that was."""
        count, now = 0, self.clock.now()
        while (due := self.agenda.next_due()) is not None and due <= now:
            self._happening_at = due
            try:
                count += self.agenda.run_due(due)
            finally:
                self._happening_at = None
        return count

    def answer(self, number: str, text: str) -> str | None:
        """What the customer with this number writes back."""
        persona = self.personas.get(digits_of(number))
        return friendly_answer(self.rng) if persona is None else persona(text)

    # pushes

    def hook_url(self, provider: str) -> str | None:
        """The desk's address for a provider's pushes, if pushes are on."""
        if self._push.to is None:
            return None
        hook = self._push.hooks.get(provider, Hook(provider))
        return f"{self._push.to.rstrip('/')}/hooks/{hook.account}/{hook.secret}"

    def new_pusher(self, count: PushCount) -> Pusher:
        """A pusher that counts into `count`."""
        from tui.sandbox.push import Pusher

        return Pusher(count, self.agenda, self.now, self._push.transport, self.pace)

    async def settle(self) -> None:
        """Do all that is due, pushes included, until nothing more is due now."""
        while self.run_due() or any(pusher.has_work for pusher in self._pushers()):
            for pusher in self._pushers():
                await pusher.drain()

    # life of a live server

    async def run(self) -> None:
        """Let things happen and pushes go out when their time comes, until cancelled."""
        try:
            while True:
                self.agenda.changed.clear()
                self.run_due()
                self._start_drains()
                await self._next_happening()
        finally:
            await self._stop()

    async def _next_happening(self) -> None:
        """Sleep until the next happening is due or something new was written down."""
        waits: list[asyncio.Future[object]] = [asyncio.ensure_future(self.agenda.changed.wait())]
        due = self.agenda.next_due()
        if due is not None:
            pause = max(0.0, (due - self.clock.now()) / 1000)
            waits.append(asyncio.ensure_future(self.clock.sleep(pause)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _start_drains(self) -> None:
        """Let every provider with ready pushes work them off on its own."""
        for pusher in self._pushers():
            if pusher.has_work:
                task = asyncio.create_task(pusher.drain())
                self._drains.add(task)
                task.add_done_callback(self._drains.discard)

    async def _stop(self) -> None:
        """End all pushes."""
        for task in list(self._drains):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for pusher in self._pushers():
            await pusher.close()

    def _pushers(self) -> list[Pusher]:
        """The pushers of all providers that ever pushed."""
        return [e.pusher for e in self.emulators.values() if e.pusher is not None]
