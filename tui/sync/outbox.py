"""Sends what agents have queued: claim, hand over, settle.

A message is claimed by compare-and-set before the request, so no two processes ever hand over the
same one. From that moment on each way out leaves it settled, queued again, or `uncertain`.
"""

import asyncio
from collections.abc import Sequence

from tui.clock import SECOND
from tui.domain.ids import reference
from tui.domain.message import Format, Message
from tui.providers.errors import ProviderError, Unreadable
from tui.providers.protocol import Accepted, Outcome, Refused
from tui.store.errors import Busy, CannotWrite
from tui.store.outbox import Claimed
from tui.store.settling import Settled
from tui.sync.backoff import after_failure
from tui.sync.hands import Hands
from tui.sync.lane import Rest
from tui.sync.outcome import BROKEN, LOST, Again, fate_of
from tui.sync.served import ServedAccount
from tui.sync.trouble import ACCOUNT_ERRORS
from tui.sync.unhurried import unhurried

GRACE = 3.0
"""Seconds that a request under way is given when the process ends."""
PATIENCE = 30.0
"""The same when another process takes the account over: this one lives on, and can wait."""
_LONGEST_RETRY = 10.0

Fate = Settled | Again


class Sender:
    """Sends for one account."""

    def __init__(self, account: ServedAccount, hands: Hands) -> None:
        """Nothing is claimed yet."""
        self._account = account
        self._hands = hands
        self.ending = True
        """Whether the process ends when the sender is told to stop."""
        self.sent = 0
        """Messages handed over and accepted since it was made."""

    async def round(self) -> Rest:
        """Send all that is due; raises `ProviderError` when the account as a whole has trouble."""
        sent = False
        while await unhurried(self._batch(), self._grace):
            sent = True
        due = await self._hands.store.outbox.next_due(self._account.name)
        if due is None:
            return Rest(None, contact=sent)
        return Rest(max(0.0, (due - self._hands.clock.now()) / SECOND), contact=sent)

    def _grace(self) -> float:
        """Seconds that a request under way is given."""
        return GRACE if self.ending else PATIENCE

    async def _batch(self) -> bool:
        """Send as many as the provider takes at once; whether there were any."""
        store = self._hands.store
        batch = max(1, self._account.provider.capabilities.batch)
        claimed = await store.outbox.claim(store.leases.owner, self._account.name, batch)
        if claimed:
            _raise_for_account(await self._hand_over(claimed))
        return bool(claimed)

    async def _hand_over(self, claimed: Sequence[Claimed]) -> Sequence[Outcome]:
        """One request and its consequences for each message."""
        waits = {one.message.id: self._wait(one.message) for one in claimed}
        early: dict[int, Fate] = {i: wait for i, wait in waits.items() if wait is not None}
        going = [one for one in claimed if one.message.id not in early]
        fates: dict[int, Fate] = dict.fromkeys((one.message.id for one in going), BROKEN)
        try:
            outcomes = await self._outcomes(going)
            for one, outcome in zip(going, outcomes, strict=True):
                attempts = one.message.attempts
                fates[one.message.id] = fate_of(outcome, attempts, self._hands.rng)
        except asyncio.CancelledError:
            fates = dict.fromkeys(fates, LOST)
            raise
        finally:
            await self._record(fates | early)
        self.sent += sum(isinstance(outcome, Accepted) for outcome in outcomes)
        return outcomes

    def _wait(self, message: Message) -> Again | None:
        """What the provider cannot hold back until its time waits here; None: it goes now."""
        at, now = message.scheduled_at, self._hands.clock.now()
        if at is None or at <= now or self._account.provider.capabilities.schedule:
            return None
        return Again((at - now) / SECOND, "Waits on the desk until its time")

    async def _outcomes(self, claimed: Sequence[Claimed]) -> list[Outcome]:
        """One outcome for each, in order."""
        pings = {one.message.id for one in claimed if one.message.format is Format.PING}
        answers = iter(await self._sent([one for one in claimed if one.message.id not in pings]))
        return [
            await self._ping(one) if one.message.id in pings else next(answers) for one in claimed
        ]

    async def _sent(self, claimed: Sequence[Claimed]) -> list[Outcome]:
        """One outcome for each; an error about all of them is each one's."""
        if not claimed:
            return []
        now = self._hands.clock.now()
        messages = [self._account.outgoing(one.message, one.to, now) for one in claimed]
        try:
            outcomes = await self._account.provider.send(messages)
        except ProviderError as error:
            return [Refused(error)] * len(claimed)
        missing = len(claimed) - len(outcomes)
        silence = Refused(Unreadable("The provider said nothing about this message"))
        return [*outcomes, *[silence] * missing][: len(claimed)]

    async def _ping(self, claimed: Claimed) -> Outcome:
        """Ask whether a phone is on: nothing shows there, and its receipt is the answer."""
        try:
            ping = await self._account.provider.ping_phone(
                claimed.to, reference(claimed.message.id)
            )
        except ProviderError as error:
            return Refused(error)
        return Accepted(ping.provider_id, word="ping", raw=ping.raw)

    async def _record(self, fates: dict[int, Fate]) -> None:
        """Write down what became of each; tried until it is on disk.

        Giving up would leave messages that went out in the state "being sent".
        """
        settled = [(i, fate) for i, fate in fates.items() if isinstance(fate, Settled)]
        again = [(i, fate) for i, fate in fates.items() if isinstance(fate, Again)]
        failures = 0
        while settled or again:
            try:
                if settled:
                    await self._hands.store.outbox.settle_all(settled)
                    settled = []
                await self._queue_again(again)
                again = []
            except (Busy, CannotWrite) as error:
                failures += 1
                self._hands.log("outcome not yet on disk", line=str(error))
                pause = after_failure(failures, self._hands.rng, longest=_LONGEST_RETRY)
                await self._hands.clock.sleep(pause)

    async def _queue_again(self, again: Sequence[tuple[int, Again]]) -> None:
        """Back into the queue."""
        store, now = self._hands.store, self._hands.clock.now()
        waits = [(i, now + round(fate.pause * SECOND), fate.reason) for i, fate in again]
        if waits:
            await store.outbox.requeue(store.leases.owner, waits)


def _raise_for_account(outcomes: Sequence[Outcome]) -> None:
    """Raise what kept every message of a batch from going out."""
    errors = [outcome.error for outcome in outcomes if isinstance(outcome, Refused)]
    about_account = [error for error in errors if isinstance(error, ACCOUNT_ERRORS)]
    if about_account and len(about_account) == len(outcomes):
        raise about_account[0]
