"""Sync as one object: serves every account of the settings until it is told to stop.

    Service ── Leasehold            heart-beat, who serves what
            ├─ Housekeeping         chores of the database
            ├─ news of the store    wakes the workers
            └─ Worker per account ── sending, polling, asking for receipts, cancelling, balance

Every process may run one; the leases see to it that one of them serves an account at a time.
"""

import asyncio
import contextlib
import functools
import random
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Literal, Self

from tui.clock import Clock
from tui.domain.change import Change, Subject
from tui.store.errors import StoreError
from tui.store.feed import Feed
from tui.store.store import Store
from tui.sync.backoff import Pace
from tui.sync.hands import Hands, Log, no_log
from tui.sync.housekeeping import Housekeeping
from tui.sync.lease import CHECKPOINT, Identity, Leasehold
from tui.sync.served import ServedAccount
from tui.sync.summary import Summary
from tui.sync.supervise import supervised
from tui.sync.trouble import line_of
from tui.sync.worker import Worker

Kind = Literal["desk", "service"]
_STIRRING = frozenset({Subject.MESSAGE, Subject.PRESENCE, Subject.CONVERSATION, Subject.VIEW})


class Service:
    """Serves accounts. The providers stay open when it ends: whoever made them closes them."""

    def __init__(
        self,
        store: Store,
        accounts: Sequence[ServedAccount],
        clock: Clock,
        rng: random.Random,
        *,
        kind: Kind,
        agent: str,
        pace: Pace | None = None,
        log: Log = no_log,
    ) -> None:
        """`kind` decides who is preferred: a `service` takes accounts over from a `desk`."""
        self._hands = Hands(store, clock, rng, log)
        self._identity = Identity(agent, kind)
        self._workers = {
            account.name: Worker(account, self._hands, pace or Pace()) for account in accounts
        }
        self._leasehold = Leasehold(
            store.leases, clock, rng, log, list(self._workers), self._identity
        )
        self._housekeeping = Housekeeping(self._hands)
        self._feed = Feed(store.database)
        self._poked: dict[str, int] = {}
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start serving in the background."""
        self._running = asyncio.create_task(self.run(), name="sync")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop: what is being sent is given a few seconds, leases are given back."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
            if not self._running.cancelled():
                self._running.result()

    @property
    def serves(self) -> frozenset[str]:
        """The accounts that this process serves now."""
        return self._leasehold.held & self._workers.keys()

    async def run(self) -> None:
        """Serve until cancelled."""
        self._poked = await self._hands.store.accounts.pokes()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._kept_up("heart-beat", self._leasehold.run))
                group.create_task(self._kept_up("news", self._listen))
                group.create_task(self._kept_up("chores", self._keep_house))
                for worker in self._workers.values():
                    serve = functools.partial(worker.serve, self._leasehold)
                    group.create_task(self._kept_up(worker.account.name, serve))
        finally:
            with contextlib.suppress(StoreError):
                await self._hands.store.leases.leave()

    async def run_once(self) -> Summary:
        """One round of everything that is due, until there is nothing left."""
        held = await self._leasehold.beat()
        beating = asyncio.create_task(self._kept_up("heart-beat", self._leasehold.go_on))
        try:
            if CHECKPOINT in held:
                await self._housekeeping.round()
            found = await asyncio.gather(*(worker.once() for worker in self._workers.values()))
            return sum(found, Summary())
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            await self._hands.store.leases.leave()

    async def poke(self, name: str) -> None:
        """Ask that an account be tried again at once, whichever process serves it."""
        await self._hands.store.accounts.poke(name)

    async def _kept_up(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a part that belongs to no account, again and again if it must be."""

        async def failed(error: Exception, pause: float) -> None:
            self._hands.log(f"{name} broke", line=line_of(error), pause=pause, exc_info=error)

        await supervised(run, failed, self._hands.clock, self._hands.rng)

    async def _keep_house(self) -> None:
        """The chores, while this process is the one that does them."""
        await self._housekeeping.run(self._leasehold)

    async def _listen(self) -> None:
        """Wake the workers when the store changes, from whatever process."""
        async with contextlib.aclosing(self._feed.watch()) as batches:
            async for changes in batches:
                await self._heard(changes)

    async def _heard(self, changes: Sequence[Change]) -> None:
        """Pass news on."""
        subjects = {change.subject for change in changes}
        if subjects & _STIRRING:
            for worker in self._workers.values():
                worker.stir()
        if subjects & {Subject.ACCOUNT, Subject.VIEW}:
            await self._pass_pokes_on()

    async def _pass_pokes_on(self) -> None:
        """Wake the accounts that someone wants tried again."""
        pokes = await self._hands.store.accounts.pokes()
        for name, at in pokes.items():
            if at > self._poked.get(name, 0) and name in self.serves:
                await self._workers[name].poke()
        self._poked = pokes
