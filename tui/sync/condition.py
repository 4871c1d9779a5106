"""How an account is doing, put together from the parts of its service and kept in the store.

Polling may work while sending is out of credit: the worst part is what the screen shows.
"""

from tui.clock import SECOND, Clock
from tui.domain.account import Health
from tui.store.accounts import Accounts
from tui.sync.lane import Rest
from tui.sync.trouble import Trouble

_REPEAT = 15 * SECOND
"""An unchanged state is written so often, so that "last answered" stays true."""
_WORSE = (Health.UNKNOWN, Health.OK, Health.RETRYING, Health.STOPPED)


class Condition:
    """One account's state, as this process knows it."""

    def __init__(self, accounts: Accounts, clock: Clock, name: str, holder: str) -> None:
        """`holder` names this process."""
        self._accounts = accounts
        self._clock = clock
        self._name = name
        self._holder = holder
        self._troubles: dict[str, tuple[Trouble, int]] = {}
        self._written: tuple[Health, str, int | None] | None = None
        self._written_at = 0
        self._latency_ms = 0

    async def well(self, part: str, rest: Rest) -> None:
        """A part works, or has nothing to do."""
        self._troubles.pop(part, None)
        self._latency_ms = rest.latency_ms or self._latency_ms
        now = self._clock.now()
        await self._write(ok_at=now if rest.contact else None, event_at=now if rest.news else None)

    async def ill(self, part: str, trouble: Trouble) -> None:
        """A part has trouble."""
        retry_at = self._clock.now() + round(trouble.pause * SECOND)
        self._troubles[part] = (trouble, retry_at)
        await self._write()

    def forget(self) -> None:
        """The account is served anew: what was known may be out of date."""
        self._troubles.clear()
        self._written = None

    async def _write(self, *, ok_at: int | None = None, event_at: int | None = None) -> None:
        """Save the state if it tells anything new."""
        now = self._clock.now()
        state = self._worst()
        if state == self._written and event_at is None and now - self._written_at < _REPEAT:
            return
        health, line, retry_at = state
        await self._accounts.save_health(
            self._name,
            health,
            line=line,
            retry_at=retry_at,
            ok_at=ok_at,
            event_at=event_at,
            latency_ms=self._latency_ms,
            holder=self._holder,
        )
        self._written, self._written_at = state, now

    def _worst(self) -> tuple[Health, str, int | None]:
        """Health, line and time of the next try of the part that is worst off."""
        if not self._troubles:
            return Health.OK, "", None
        trouble, retry_at = max(
            self._troubles.values(), key=lambda found: _WORSE.index(found[0].health)
        )
        return trouble.health, trouble.line, retry_at
