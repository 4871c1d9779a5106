"""Serves one account for as long as this process holds its lease."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from tui.domain.account import Health
from tui.providers.errors import OutOfCredit
from tui.store.errors import StoreError
from tui.sync.backoff import Pace
from tui.sync.balance import BalanceReader
from tui.sync.cancels import Canceller
from tui.sync.checker import Checker
from tui.sync.condition import Condition
from tui.sync.hands import Hands
from tui.sync.lane import Lane, Rest
from tui.sync.lease import Leasehold
from tui.sync.outbox import Sender
from tui.sync.poller import Poller
from tui.sync.receipts import Asker
from tui.sync.served import ServedAccount
from tui.sync.summary import Summary
from tui.sync.supervise import run_until, supervised
from tui.sync.trouble import Trouble, line_of


class Worker:
    """The lanes of one account."""

    def __init__(self, account: ServedAccount, hands: Hands, pace: Pace) -> None:
        """Nothing runs yet."""
        self.account = account
        self._hands = hands
        self._condition = Condition(
            hands.store.accounts, hands.clock, account.name, hands.store.leases.owner
        )
        self._sender = Sender(account, hands)
        self._poller = Poller(account, hands, pace)
        self._asker = Asker(account, hands)
        self._balance_reader = BalanceReader(account, hands)
        self._balance = self._lane("balance", self._balance_reader.round)
        self._lanes = self._make_lanes()
        self._idle_lanes = self._make_idle_lanes()

    def _make_lanes(self) -> list[Lane]:
        """One lane for each thing this account's provider can do."""
        abilities = self.account.provider.capabilities
        lanes = [self._lane("sending", self._send)]
        if abilities.cancel:
            lanes.append(self._lane("cancelling", Canceller(self.account, self._hands).round))
        if self._poller.polls:
            lanes.append(self._lane("polling", self._poller.round))
        if self._asker.asks:
            lanes.append(self._lane("asking for receipts", self._asker.round))
        return lanes

    def _make_idle_lanes(self) -> list[Lane]:
        """What goes by the hour and never waits for news."""
        lanes = []
        if not self._poller.polls:
            lanes.append(self._lane("checking", Checker(self.account, self._hands).round))
        if self.account.provider.capabilities.balance:
            lanes.append(self._balance)
        return lanes

    async def once(self) -> Summary:
        """Everything that is due, until there is nothing left."""
        sent, total = self._sender.sent, Summary()
        for lane in self._lanes:
            total += await self._until_done(lane)
        return total + Summary(self._sender.sent - sent)

    async def _until_done(self, lane: Lane) -> Summary:
        """Rounds of one lane as long as each asks for another at once."""
        events = 0
        while True:
            done = await lane.once()
            if isinstance(done, Trouble):
                return Summary(0, events, (f"{self.account.name}: {done.line}",))
            events += done.news
            if done.pause is None or done.pause > 0:
                return Summary(0, events)

    async def serve(self, leasehold: Leasehold) -> None:
        """Serve whenever the lease is held, until cancelled."""
        while True:
            await leasehold.until(self.account.name, True)
            self._condition.forget()
            self._sender.ending = True
            await run_until(self._serve_lanes(), self._lost(leasehold))

    async def _lost(self, leasehold: Leasehold) -> None:
        """Wait until another process may serve; what is being sent may then come to its end."""
        await leasehold.until(self.account.name, False)
        self._sender.ending = False

    def stir(self) -> None:
        """Something changed in the store: look for work."""
        for lane in self._lanes:
            lane.stir()

    async def poke(self) -> None:
        """Someone asks that the account be tried again: at once, whatever the pauses."""
        await self._hands.store.outbox.hurry(self.account.name)
        self._poller.hurry()
        self._balance_reader.hurry()
        for lane in (*self._lanes, *self._idle_lanes):
            lane.poke()

    def _lane(self, name: str, work: Callable[[], Awaitable[Rest]]) -> Lane:
        """One part of the service."""
        return Lane(name, work, self._condition, self._hands)

    async def _send(self) -> Rest:
        """A round of sending; when the credit is gone, what is left is asked for anew."""
        try:
            return await self._sender.round()
        except OutOfCredit:
            self._balance_reader.hurry()
            self._balance.poke()
            raise

    async def _serve_lanes(self) -> None:
        """Run every lane, each restarted on its own."""
        async with asyncio.TaskGroup() as group:
            for lane in (*self._lanes, *self._idle_lanes):
                group.create_task(self._serve_lane(lane), name=f"{self.account.name}: {lane.name}")

    async def _serve_lane(self, lane: Lane) -> None:
        """Run one lane; what nobody foresaw becomes the account's state."""

        async def failed(error: Exception, pause: float) -> None:
            line = line_of(error)
            self._hands.log(
                f"{lane.name} broke",
                account=self.account.name,
                kind=type(error).__name__,
                line=line,
                exc_info=error,
            )
            with contextlib.suppress(StoreError):
                await self._condition.ill(lane.name, Trouble(Health.RETRYING, line, pause))

        await supervised(lane.run, failed, self._hands.clock, self._hands.rng)
