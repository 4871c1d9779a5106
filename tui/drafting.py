"""What is typed goes to disk as it is typed, without ever making a key wait."""

import asyncio
from collections.abc import Callable

from tui.clock import Clock
from tui.replying import Route
from tui.store.desk import Drafts
from tui.store.errors import StoreError


class Drafting:
    """One writer behind the keys: it always writes the newest text, and only that."""

    def __init__(
        self, drafts: Drafts, agent: str, clock: Clock, tell: Callable[[str], None]
    ) -> None:
        """Nothing typed yet; `tell` is given the words when a text cannot be saved."""
        self._drafts = drafts
        self._agent = agent
        self._clock = clock
        self._tell = tell
        self._pending: dict[int, tuple[str, Route | None]] = {}
        self._began: dict[int, int] = {}
        self._writing: asyncio.Task[None] | None = None

    def typed(self, conversation_id: int, text: str, route: Route | None) -> None:
        """Take the newest text of a conversation's draft."""
        if text:
            self._began.setdefault(conversation_id, self._clock.now())
        self._pending[conversation_id] = (text, route)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="drafts")

    def unsaved(self, conversation_id: int, saved: str) -> str:
        """The newest text of a draft: what could not be saved yet, else what is on disk."""
        pending = self._pending.get(conversation_id)
        return saved if pending is None else pending[0]

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
            conversation_id, (text, route) = self._pending.popitem()
            try:
                await self._save(conversation_id, text, route)
            except StoreError as error:
                self._pending.setdefault(conversation_id, (text, route))
                self._tell(f"The draft is not saved: {error}")
                return

    async def _save(self, conversation_id: int, text: str, route: Route | None) -> None:
        """Write one draft."""
        await self._drafts.save(
            conversation_id,
            self._agent,
            text,
            account=route.account.name if route else "",
            sender=route.sender if route else "",
            began_at=self._began.get(conversation_id, self._clock.now()),
        )
        if not text:
            self._began.pop(conversation_id, None)
