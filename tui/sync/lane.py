"""One part of an account's service: a round of work, repeated for ever.

The parts run side by side, so none waits for another. What goes wrong with the provider becomes the
account's stored state and a longer pause.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.providers.errors import ProviderError
from tui.store.errors import StoreError
from tui.sync.bell import Bell
from tui.sync.hands import Hands
from tui.sync.trouble import Trouble, trouble_of

if TYPE_CHECKING:
    from tui.sync.condition import Condition


@dataclass(frozen=True, slots=True)
class Rest:
    """What a round ends with."""

    pause: float | None = None
    """Seconds until the next one; None: until something changes."""
    contact: bool = False
    """Whether the provider answered as it should."""
    latency_ms: int = 0
    """How long its answer took, 0 when not measured."""
    news: int = 0
    """How many replies and receipts it brought that were not known."""


class Lane:
    """Repeats one kind of round."""

    def __init__(
        self, name: str, work: Callable[[], Awaitable[Rest]], condition: "Condition", hands: Hands
    ) -> None:
        """`work` does one round and raises `ProviderError` or `StoreError`."""
        self.name = name
        self._work = work
        self._condition = condition
        self._hands = hands
        self._bell = Bell(hands.clock)
        self._failures = 0
        self._trouble: Trouble | None = None
        self._quiet_until = 0.0

    async def run(self) -> None:
        """Do rounds until cancelled."""
        while True:
            done = await self.once()
            await self._bell.sleep(done.pause)

    async def once(self) -> Rest | Trouble:
        """One round, its trouble noted as the account's state."""
        try:
            rest = await self._work()
        except (ProviderError, StoreError) as error:
            return await self._failed(error)
        if rest.contact or (self._trouble and rest.pause is None):
            self._failures, self._trouble = 0, None
            await self._condition.well(self.name, rest)
        elif self._trouble and rest.pause is not None:
            # Nothing was tried: whether the trouble is over shows when something is.
            await self._condition.ill(self.name, replace(self._trouble, pause=rest.pause))
        return rest

    def stir(self) -> None:
        """Something changed: look whether there is work, but let a pause after trouble last."""
        if self._hands.clock.monotonic() >= self._quiet_until:
            self._bell.ring()

    def poke(self) -> None:
        """Someone asks: try at once."""
        self._quiet_until = 0.0
        self._bell.ring()

    async def _failed(self, error: ProviderError | StoreError) -> Trouble:
        """Make the error the account's state, and let the pause last."""
        self._failures += 1
        trouble = trouble_of(error, self._failures, self._hands.rng)
        self._trouble = trouble
        self._quiet_until = self._hands.clock.monotonic() + trouble.pause
        self._bell.hush()
        self._hands.log(
            f"{self.name} failed",
            kind=type(error).__name__,
            line=trouble.line,
            pause=trouble.pause,
        )
        await self._condition.ill(self.name, trouble)
        return trouble
