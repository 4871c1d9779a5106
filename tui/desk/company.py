"""This agent among colleagues: tells where she is and what she does, and knows who else is there.

Presence is a courtesy: a database that is busy for a moment only delays it, no key waits for it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from tui.clock import SECOND, Clock
from tui.domain.text import one_line
from tui.store.desk import Colleague
from tui.store.errors import StoreError
from tui.store.store import Store

BEAT = 8.0
"""Seconds between two times of saying "still here"."""
_TYPING_MS = 10 * SECOND
"""Who has pressed no key for so long is not typing."""


class Company:
    """Who is in the open conversation."""

    def __init__(self, store: Store, agent: str, clock: Clock, changed: Callable[[], None]) -> None:
        """`changed` is called when `colleagues` or `holder` differ."""
        self._store = store
        self._agent = agent
        self._clock = clock
        self._changed = changed
        self._place = 0
        self._typed_at = 0
        self._told: tuple[int, bool] | None = None
        self._pen = 0
        """The conversation whose pen is ours; 0 for none."""
        self._lost: set[int] = set()
        """Conversations that were left with the pen in hand: theirs are to be given back."""
        self._telling: asyncio.Task[None] | None = None
        self.colleagues: Sequence[Colleague] = ()
        """Everybody else who looks at the same conversation."""
        self.holder = ""
        """The colleague who writes here; empty while the pen is ours or free."""

    # Saying ---------------------------------------------------------------------------------

    def at(self, conversation_id: int) -> None:
        """The agent looks at this conversation now; 0: at none."""
        if conversation_id != self._place:
            self._lost.update({self._pen} - {0})
            self._place, self._typed_at, self._pen = conversation_id, 0, 0
            self.colleagues, self.holder = (), ""
            self._tell()

    def typed(self) -> None:
        """The agent has pressed a key in the composer."""
        self._typed_at = self._clock.now()
        self._tell()

    def beat(self) -> None:
        """Say again that the agent is here, and look around."""
        self._told = None
        self._tell()

    async def leave(self) -> None:
        """The agent goes: nothing of hers is left in anybody's way, and no screen to tell."""
        self._changed = _nobody
        if self._telling is not None:
            await self._telling
        with contextlib.suppress(StoreError):
            await self._store.pens.drop_all()
            await self._store.presence.nowhere()

    # The pen --------------------------------------------------------------------------------

    async def take_pen(self, *, force: bool = False) -> str:
        """Begin to write here; the name of the colleague who does so already, else empty."""
        place = self._place
        if not place:
            return ""
        held = await self._store.pens.take(place, self._agent, force=force)
        if place == self._place:
            self._pen = 0 if held else place
            self._held_by(held)
        return held

    async def lay_down(self) -> None:
        """Write no more; what was typed stays as a draft."""
        pen, self._pen, self._typed_at = self._pen, 0, 0
        if pen:
            with contextlib.suppress(StoreError):
                await self._store.pens.drop(pen)
        self._tell()

    # Looking --------------------------------------------------------------------------------

    async def look(self) -> None:
        """Read who is here now."""
        place = self._place
        if not place:
            return
        colleagues = [c for c in await self._store.presence.others(place) if self._is_other(c)]
        holder = await self._store.pens.holder(place)
        if place != self._place:
            return
        if colleagues != list(self.colleagues):
            self.colleagues = colleagues
            self._changed()
        self._held_by("" if holder == self._agent else holder)

    def _is_other(self, colleague: Colleague) -> bool:
        """Whether it is somebody else, not this agent at another screen."""
        return colleague.agent != self._agent

    def _held_by(self, holder: str) -> None:
        """Who writes here."""
        if holder != self.holder:
            self.holder = holder
            self._changed()

    @property
    def _wish(self) -> tuple[int, bool]:
        """What colleagues should know."""
        typing = bool(self._typed_at) and self._clock.now() - self._typed_at < _TYPING_MS
        return self._place, typing

    def _tell(self) -> None:
        """Bring what colleagues know in line, behind the keys."""
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._say(), name="company")

    async def _say(self) -> None:
        """Tell until nothing newer is there; trouble waits for the next beat."""
        with contextlib.suppress(StoreError):
            while self._told != self._wish:
                wish = self._wish
                await self._say_here(*wish)
                self._told = wish
                await self.look()

    async def _say_here(self, place: int, typing: bool) -> None:
        """Presence, and the pen as long as it is ours."""
        if place:
            await self._store.presence.here(self._agent, place, typing=typing)
        else:
            await self._store.presence.nowhere()
        for left in self._lost - {self._pen}:
            await self._store.pens.drop(left)
        self._lost.clear()
        if self._pen == place and place and not await self._store.pens.keep(place):
            self._pen = 0


def _nobody() -> None:
    """Nobody wants to know."""


def company_words(colleagues: Sequence[Colleague]) -> str:
    """Who else is here: "Bo is typing", "Bo and Mia are here"; empty for nobody."""
    typing = [one_line(c.agent, 16) for c in colleagues if c.typing]
    if typing:
        return f"{_together(typing)} {'is' if len(typing) == 1 else 'are'} typing"
    names = [one_line(c.agent, 16) for c in colleagues]
    return f"{_together(names)} {'is' if len(names) == 1 else 'are'} here" if names else ""


def _together(names: Sequence[str]) -> str:
    """Names as a list in words, at most two of them by name."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} others"
