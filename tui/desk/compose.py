"""State of the composer for the open conversation: route, pictures, draft and the messages seen.

The text itself belongs to the composer widget. Here is what must be saved and sent together
with it, and which questions the agent has seen. Drafts are saved while the agent types.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tui.clock import Clock
from tui.desk.context import AppContext
from tui.desk.routes import Route, SendPlan, choose_default_route, read_plan
from tui.desk.send_attempt import SendIntent
from tui.desk.send_checks import SendConfirmation
from tui.domain.conversation import Conversation, Draft
from tui.domain.message import NO_MMS_CONTENT, MmsContent
from tui.store.drafts import Drafts
from tui.store.errors import StoreError
from tui.store.store import Store

SaveDraft = Callable[[int, SendIntent, int], Awaitable[None]]
"""Write a draft of a conversation, with the time when writing began (ms UTC)."""


def make_reply_saver(drafts: Drafts, agent: str) -> SaveDraft:
    """Return the function that saves drafts of replies.

    Args:
        drafts: Drafts in the store.
        agent: Name of the agent who writes.
    """

    async def save_reply(conversation_id: int, content: SendIntent, began_at: int) -> None:
        route, plan = content.route, content.plan
        await drafts.save_draft(
            conversation_id,
            agent,
            content.text,
            account=route.account.name if route else "",
            sender=route.sender if route else "",
            enclosed=content.enclosed,
            send_at=plan.send_at if plan else None,
            cancel_on_reply=plan is not None and plan.cancel_on_reply,
            began_at=began_at,
        )

    return save_reply


def make_note_saver(drafts: Drafts, agent: str) -> SaveDraft:
    """Return the function that saves unfinished private notes.

    Args:
        drafts: Drafts in the store.
        agent: Name of the agent who writes.
    """

    async def save_note(conversation_id: int, content: SendIntent, began_at: int) -> None:
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
        self._pending: dict[int, SendIntent] = {}
        self._began_at: dict[int, int] = {}
        self._write_task: asyncio.Task[None] | None = None

    def save_soon(self, conversation_id: int, content: SendIntent) -> None:
        """Save the newest text of a conversation's draft in the background.

        Args:
            conversation_id: Conversation of the draft.
            content: Everything that is written there now.
        """
        if content.has_content:
            self._began_at.setdefault(conversation_id, self._clock.now())
        self._pending[conversation_id] = content
        # One task at a time: a running one takes the newest text in its next turn. Two could write
        # an older text over a newer one.
        if self._write_task is None or self._write_task.done():
            self._write_task = asyncio.create_task(self._write_pending(), name="drafts")

    def get_pending(self, conversation_id: int) -> SendIntent | None:
        """Return what could not be saved yet; None if everything is in the store."""
        return self._pending.get(conversation_id)

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
            if not content.has_content:
                self._began_at.pop(conversation_id, None)


class ComposeState:
    """What one agent writes: a reply or a private note."""

    def __init__(
        self,
        store: Store,
        context: AppContext,
        show_error: Callable[[str], None],
        *,
        repeats_key: bool = True,
    ) -> None:
        """Create the state without an open conversation.

        Args:
            store: Store shared by all agents.
            context: Settings of the agent.
            show_error: Shows a message when a draft cannot be saved.
            repeats_key: Whether a question is answered by the same key again, not by a typed line.
        """
        drafts, agent = store.drafts, context.agent
        self._store = store
        self._context = context
        self._replies = DraftWriter(make_reply_saver(drafts, agent), context.clock, show_error)
        self._notes = DraftWriter(make_note_saver(drafts, agent), context.clock, show_error)
        self.confirmation = SendConfirmation()
        """The questions of the checks that the agent has seen."""
        self.repeats_key = repeats_key
        self._has_begun = False
        self.intent = SendIntent()
        """Route, pictures and plan of the open conversation; the text is in the composer."""
        self._left = SendIntent()
        """The same of the conversation that was open before: its last text may still come."""
        self.seen_upto = 0
        """`arrival_id` up to which all was seen when writing began or a question was shown."""

    @property
    def route(self) -> Route | None:
        """Return account and sender of the reply; None if there is no account."""
        return self.intent.route

    @property
    def enclosed(self) -> MmsContent:
        """Return pictures and subject that are sent with the text."""
        return self.intent.enclosed

    @property
    def plan(self) -> SendPlan | None:
        """Return when the reply is to be sent; None for at once."""
        return self.intent.plan

    def load_reply(self, conversation: Conversation, draft: Draft | None) -> str:
        """Load the reply of a conversation and return its text.

        Args:
            conversation: Conversation that is opened.
            draft: Saved draft of the agent there, or None.
        """
        self.confirmation.reset_questions()
        if self.intent.conversation_id != conversation.id:
            self._left = self.intent
        unsaved = self._replies.get_pending(conversation.id)
        if unsaved is not None:
            self.intent = unsaved
            return unsaved.text
        self.intent = SendIntent(conversation.id, route=self._choose_route(conversation, draft))
        if draft is None:
            return ""
        self.intent = replace(self.intent, enclosed=draft.mms, plan=read_plan(draft))
        return draft.body

    def set_seen(self, seen_upto: int, text: str) -> None:
        """Record that the agent sees the text and all messages that have arrived.

        Args:
            seen_upto: Highest `arrival_id` of the messages on the screen.
            text: Text in the composer.
        """
        self.seen_upto = seen_upto
        self._has_begun = bool(text)

    def update_seen(self, text: str, seen_upto: int) -> None:
        """Record which messages were seen when the agent began to write.

        Messages that arrive later cause a question, wherever they stand.

        Args:
            text: Text in the composer.
            seen_upto: Highest `arrival_id` of the messages on the screen.
        """
        if text and not self._has_begun:
            self.seen_upto = seen_upto
        self._has_begun = bool(text)

    # Drafts ---------------------------------------------------------------------------------

    async def wait_until_saved(self) -> None:
        """Wait until all that was typed is saved or could not be saved."""
        await self._replies.wait_until_saved()
        await self._notes.wait_until_saved()

    def save_draft(
        self, conversation_id: int, text: str, *, note: bool, is_open: bool = True
    ) -> None:
        """Save a draft in the background.

        Args:
            conversation_id: Conversation of the draft.
            text: Text of the draft.
            note: Whether it is a private note, not a reply.
            is_open: Whether it is the open conversation; its route and pictures are saved too.
        """
        if note:
            self._notes.save_soon(conversation_id, SendIntent(conversation_id, text=text))
            return
        known = self.intent if is_open else self._left
        if not is_open and known.conversation_id != conversation_id:
            known = SendIntent(conversation_id)
        self._replies.save_soon(conversation_id, replace(known, text=text))

    async def read_draft(self, conversation_id: int, *, note: bool) -> str:
        """Return the newest text of the agent's note or reply in a conversation.

        Args:
            conversation_id: Conversation of the draft.
            note: Whether to return the private note, not the reply.
        """
        await self.wait_until_saved()
        drafts, agent = self._store.drafts, self._context.agent
        unsaved = (self._notes if note else self._replies).get_pending(conversation_id)
        if unsaved is not None:
            return unsaved.text
        if note:
            return await drafts.get_note_draft(conversation_id, agent)
        draft = await drafts.get_draft(conversation_id, agent)
        return draft.body if draft else ""

    def finish_note(self, conversation_id: int) -> None:
        """Discard the draft of a note that was stored."""
        self._notes.discard_pending(conversation_id)

    def finish_reply(self, conversation_id: int, text: str) -> None:
        """Discard the draft of a reply that was queued.

        Args:
            conversation_id: Conversation of the reply.
            text: Text that was typed since.
        """
        self._replies.discard_pending(conversation_id)
        # Another conversation may be open by now: its pictures and its plan are not touched.
        if self.intent.conversation_id == conversation_id:
            self.confirmation.reset_questions()
            self._has_begun = bool(text)
            self.intent = replace(self.intent, enclosed=NO_MMS_CONTENT, plan=None)

    def _choose_route(self, conversation: Conversation, draft: Draft | None) -> Route | None:
        """Return the draft's account and sender if it has them, else the default route."""
        chosen = self._context.find_account(draft.account) if draft is not None else None
        if draft is None or chosen is None:
            return choose_default_route(self._context.accounts, conversation)
        return Route(chosen, draft.sender)
