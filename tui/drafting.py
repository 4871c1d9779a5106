"""What is typed goes to disk as it is typed, without ever making a key wait."""

import asyncio

from tui.clock import Clock
from tui.domain.conversation import Conversation
from tui.replying import Route
from tui.store.desk import Drafts


class Drafting:
    """One writer behind the keys: it always writes the newest text, and only that."""

    def __init__(self, drafts: Drafts, agent: str, clock: Clock) -> None:
        """Nothing typed yet."""
        self._drafts = drafts
        self._agent = agent
        self._clock = clock
        self._pending: dict[int, tuple[str, Route | None]] = {}
        self._began: dict[int, int] = {}
        self._writing: asyncio.Task[None] | None = None

    def typed(self, conversation: Conversation, text: str, route: Route | None) -> None:
        """Take the newest text of a conversation's draft."""
        if text:
            self._began.setdefault(conversation.id, self._clock.now())
        self._pending[conversation.id] = (text, route)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="drafts")

    def forget(self, conversation: Conversation) -> None:
        """The text has been sent, and its draft went with it."""
        self._pending.pop(conversation.id, None)
        self._began.pop(conversation.id, None)

    async def flush(self) -> None:
        """Wait until everything typed is on disk."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        """Write until nothing newer is there."""
        while self._pending:
            conversation_id, (text, route) = self._pending.popitem()
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
