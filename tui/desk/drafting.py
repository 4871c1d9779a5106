"""What is typed goes to disk as it is typed, without ever making a key wait."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui.clock import Clock
from tui.desk.replying import Route
from tui.domain.message import NO_MMS_CONTENT, MmsContent
from tui.store.desk import Drafts
from tui.store.errors import StoreError


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What an agent has written so far."""

    text: str
    route: Route | None = None
    enclosed: MmsContent = NO_MMS_CONTENT

    def __bool__(self) -> bool:
        """Return whether there is anything to save."""
        return bool(self.text or self.enclosed)


SaveDraft = Callable[[int, DraftContent, int], Awaitable[None]]
"""Write a draft of a conversation, with the time when writing began (ms UTC)."""


def make_reply_saver(drafts: Drafts, agent: str) -> SaveDraft:
    """Return the function that saves drafts of replies.

    Args:
        drafts: Drafts in the store.
        agent: Name of the agent who writes.
    """

    async def save_reply(conversation_id: int, content: DraftContent, began_at: int) -> None:
        route = content.route
        await drafts.save_draft(
            conversation_id,
            agent,
            content.text,
            account=route.account.name if route else "",
            sender=route.sender if route else "",
            enclosed=content.enclosed,
            began_at=began_at,
        )

    return save_reply


def make_note_saver(drafts: Drafts, agent: str) -> SaveDraft:
    """Return the function that saves unfinished private notes.

    Args:
        drafts: Drafts in the store.
        agent: Name of the agent who writes.
    """

    async def save_note(conversation_id: int, content: DraftContent, began_at: int) -> None:
        await drafts.save_note_draft(conversation_id, agent, content.text)

    return save_note


class DraftWriter:
    """Save drafts in the background: only the newest text, and no key press waits for it."""

    def __init__(self, save: SaveDraft, clock: Clock, show_error: Callable[[str], None]) -> None:
        """Create a writer with nothing to save.

        Args:
            save: Writes one draft to the store.
            clock: Source of the current time.
            show_error: Shows a message when a text cannot be saved.
        """
        self._save = save
        self._clock = clock
        self._show_error = show_error
        self._pending: dict[int, DraftContent] = {}
        self._began_at: dict[int, int] = {}
        self._write_task: asyncio.Task[None] | None = None

    def save_soon(self, conversation_id: int, content: DraftContent) -> None:
        """Save the newest text of a conversation's draft in the background.

        Args:
            conversation_id: Conversation of the draft.
            content: Everything that is written there now.
        """
        if content:
            self._began_at.setdefault(conversation_id, self._clock.now())
        self._pending[conversation_id] = content
        # One task at a time: a running one takes the newest text in its next turn. Two could write
        # an older text over a newer one.
        if self._write_task is None or self._write_task.done():
            self._write_task = asyncio.create_task(self._write_pending(), name="drafts")

    def get_newest_text(self, conversation_id: int, saved: str) -> str:
        """Return the text that could not be saved yet, else the saved one.

        Args:
            conversation_id: Conversation of the draft.
            saved: Text of the draft in the store.
        """
        pending = self._pending.get(conversation_id)
        return saved if pending is None else pending.text

    def discard_pending(self, conversation_id: int) -> None:
        """Discard what is pending: the text was sent and its draft is deleted."""
        self._pending.pop(conversation_id, None)
        self._began_at.pop(conversation_id, None)

    async def wait_until_saved(self) -> None:
        """Wait until every draft is saved or could not be saved."""
        if self._write_task is not None:
            await self._write_task

    async def _write_pending(self) -> None:
        """Write until nothing newer is pending; after an error the next key press retries."""
        while self._pending:
            conversation_id, content = self._pending.popitem()
            try:
                began_at = self._began_at.get(conversation_id, self._clock.now())
                await self._save(conversation_id, content, began_at)
            except StoreError as error:
                # Only if no newer text was typed while this one could not be written.
                self._pending.setdefault(conversation_id, content)
                self._show_error(f"The draft is not saved: {error}")
                return
            if not content:
                self._began_at.pop(conversation_id, None)
