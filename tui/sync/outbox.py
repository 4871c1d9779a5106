"""Sends what agents have queued: claim, hand over, settle.

A message is claimed by compare-and-set before the request, so no two processes ever hand over the
same one. From that moment on each way out leaves it settled, queued again, or `uncertain`.
"""

import asyncio
from collections.abc import Sequence

from tui.clock import SECOND
from tui.providers.errors import ProviderError, Unreadable
from tui.providers.protocol import Accepted, Outcome, Refused
from tui.store.errors import StoreError
from tui.store.outbox import Claimed, Settled
from tui.sync.backoff import after_failure
from tui.sync.hands import Hands
from tui.sync.lane import Rest
from tui.sync.outcome import BROKEN, LOST, Again, fate_of
from tui.sync.served import ServedAccount
from tui.sync.trouble import ACCOUNT_ERRORS
from tui.sync.unhurried import unhurried

GRACE = 3.0
"""Seconds that a request under way is given when sync ends."""
_LONGEST_RETRY = 10.0

Fate = Settled | Again


class Sender:
    """Sends for one account."""

    def __init__(self, account: ServedAccount, hands: Hands) -> None:
        """Nothing is claimed yet."""
        self._account = account
        self._hands = hands
        self.sent = 0
        """Messages handed over and accepted since it was made."""

    async def round(self) -> Rest:
        """Send all that is due; raises `ProviderError` when the account as a whole has trouble."""
        sent = False
        while await unhurried(self._batch(), GRACE):
            sent = True
        due = await self._hands.store.outbox.next_due(self._account.name)
        if due is None:
            return Rest(None, contact=sent)
        return Rest(max(0.0, (due - self._hands.clock.now()) / SECOND), contact=sent)

    async def _batch(self) -> bool:
        """Send as many as the provider takes at once; whether there were any."""
        store = self._hands.store
        batch = max(1, self._account.provider.capabilities.batch)
        claimed = await store.outbox.claim(store.leases.owner, self._account.name, batch)
        claimed = await self._put_off(claimed)
        if claimed:
            await self._hand_over(claimed)
        return bool(claimed)

    async def _put_off(self, claimed: Sequence[Claimed]) -> list[Claimed]:
        """Keep what the provider cannot hold back until its time; the rest."""
        if self._account.provider.capabilities.schedule:
            return list(claimed)
        now = self._hands.clock.now()
        rest = []
        for one in claimed:
            at = one.message.scheduled_at
            if at is not None and at > now:
                await self._requeue([one.message.id], at, "Waits on the desk until its time")
            else:
                rest.append(one)
        return rest

    async def _hand_over(self, claimed: Sequence[Claimed]) -> None:
        """One request and its consequences; raises what holds for the whole account."""
        fates: dict[int, Fate] = dict.fromkeys((one.message.id for one in claimed), BROKEN)
        try:
            outcomes = await self._outcomes(claimed)
            for one, outcome in zip(claimed, outcomes, strict=True):
                attempts = one.message.attempts
                fates[one.message.id] = fate_of(outcome, attempts, self._hands.rng)
        except asyncio.CancelledError:
            fates = dict.fromkeys(fates, LOST)
            raise
        finally:
            await self._record(fates)
        self.sent += sum(isinstance(outcome, Accepted) for outcome in outcomes)
        _raise_for_account(outcomes)

    async def _outcomes(self, claimed: Sequence[Claimed]) -> list[Outcome]:
        """One outcome for each; an error about all of them is each one's."""
        now = self._hands.clock.now()
        messages = [self._account.outgoing(one.message, one.to, now) for one in claimed]
        try:
            outcomes = await self._account.provider.send(messages)
        except ProviderError as error:
            return [Refused(error)] * len(claimed)
        missing = len(claimed) - len(outcomes)
        silence = Refused(Unreadable("The provider said nothing about this message"))
        return [*outcomes, *[silence] * missing][: len(claimed)]

    async def _record(self, fates: dict[int, Fate]) -> None:
        """Write down what became of each; tried until it is on disk.

        Giving up would leave messages that went out in the state "being sent".
        """
        settled = [(i, fate) for i, fate in fates.items() if isinstance(fate, Settled)]
        again = [(i, fate) for i, fate in fates.items() if isinstance(fate, Again)]
        failures = 0
        while True:
            try:
                if settled:
                    await self._hands.store.outbox.settle_all(settled)
                    settled = []
                await self._queue_again(again)
                return
            except StoreError as error:
                failures += 1
                self._hands.log("outcome not yet on disk", line=str(error))
                pause = after_failure(failures, self._hands.rng, longest=_LONGEST_RETRY)
                await self._hands.clock.sleep(pause)

    async def _queue_again(self, again: Sequence[tuple[int, Again]]) -> None:
        """Back into the queue, those alike together."""
        groups: dict[str, list[tuple[int, Again]]] = {}
        for found in again:
            groups.setdefault(found[1].reason, []).append(found)
        now = self._hands.clock.now()
        for reason, group in groups.items():
            at = now + round(max(fate.pause for _, fate in group) * SECOND)
            await self._requeue([message_id for message_id, _ in group], at, reason)

    async def _requeue(self, message_ids: Sequence[int], at: int, reason: str) -> None:
        """Nothing was sent: not before `at`."""
        store = self._hands.store
        await store.outbox.requeue(message_ids, store.leases.owner, at=at, reason=reason)


def _raise_for_account(outcomes: Sequence[Outcome]) -> None:
    """Raise what kept every message of a batch from going out."""
    errors = [outcome.error for outcome in outcomes if isinstance(outcome, Refused)]
    if len(errors) == len(outcomes) and all(isinstance(e, ACCOUNT_ERRORS) for e in errors):
        raise errors[0]
