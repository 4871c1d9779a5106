"""What is typed goes to disk as it is typed, without ever making a key wait."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui.clock import Clock
from tui.desk.replying import Route
from tui.domain.message import NOTHING, Enclosed
from tui.store.desk import Drafts
from tui.store.errors import StoreError


@dataclass(frozen=True, slots=True)
class Typed:
    """What an agent has written so far."""

    text: str
    route: Route | None = None
    enclosed: Enclosed = NOTHING

    def __bool__(self) -> bool:
        """Whether there is anything to keep."""
        return bool(self.text or self.enclosed)


Save = Callable[[int, Typed, int], Awaitable[None]]
"""Writes what was typed in a conversation, and when that began (ms UTC)."""


def saving_replies(drafts: Drafts, agent: str) -> Save:
    """Drafts of answers."""

    async def save(conversation_id: int, typed: Typed, began_at: int) -> None:
        route = typed.route
        await drafts.save(
            conversation_id,
            agent,
            typed.text,
            account=route.account.name if route else "",
            sender=route.sender if route else "",
            enclosed=typed.enclosed,
            began_at=began_at,
        )

    return save


def saving_notes(drafts: Drafts, agent: str) -> Save:
    """Private notes that are not finished."""

    async def save(conversation_id: int, typed: Typed, began_at: int) -> None:
        await drafts.save_note(conversation_id, agent, typed.text)

    return save


class Drafting:
    """One writer behind the keys: it always writes the newest text, and only that."""

    def __init__(self, save: Save, clock: Clock, tell: Callable[[str], None]) -> None:
        """Nothing typed yet; `tell` is given the words when a text cannot be saved."""
        self._save = save
        self._clock = clock
        self._tell = tell
        self._pending: dict[int, Typed] = {}
        self._began: dict[int, int] = {}
        self._writing: asyncio.Task[None] | None = None

    def typed(self, conversation_id: int, typed: Typed) -> None:
        """Take the newest text of a conversation's draft."""
        if typed:
            self._began.setdefault(conversation_id, self._clock.now())
        self._pending[conversation_id] = typed
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="drafts")

    def unsaved(self, conversation_id: int, saved: str) -> str:
        """The newest text of a draft: what could not be saved yet, else what is on disk."""
        pending = self._pending.get(conversation_id)
        return saved if pending is None else pending.text

    def forget(self, conversation_id: int) -> None:
        """The text has been sent, and its draft went with it."""
        self._pending.pop(conversation_id, None)
        self._began.pop(conversation_id, None)

    async def flush(self) -> None:
        """Wait until everything typed is on disk, or could not be written."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        """Write until nothing newer is there; what fails waits for the next key."""
        while self._pending:
            conversation_id, typed = self._pending.popitem()
            try:
                began_at = self._began.get(conversation_id, self._clock.now())
                await self._save(conversation_id, typed, began_at)
            except StoreError as error:
                self._pending.setdefault(conversation_id, typed)
                self._tell(f"The draft is not saved: {error}")
                return
            if not typed:
                self._began.pop(conversation_id, None)
