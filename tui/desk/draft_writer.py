"""Save drafts while an agent types, and follow what another window of the agent does to them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from tui.clock import Clock
from tui.domain.conversation import Draft
from tui.domain.draft_merge import is_same_draft, merge_texts, remove_sent_text
from tui.store.drafts import Drafts
from tui.store.errors import StoreError, Unreachable
from tui.store.stored_drafts import StoredDraft, make_empty_draft

CHANGED_ELSEWHERE = "Not sent: your other window has changed this reply, read it first"
"""Notice in place of a question that no longer fits what would be sent."""

_RETRY_SECONDS = 2.0

SaveDraft = Callable[[Draft, Draft], Awaitable[StoredDraft]]
"""Write a draft, and join it with another one than the second if that is stored by now."""


def make_saver(drafts: Drafts, *, note: bool) -> SaveDraft:
    """Return the function that saves drafts of replies, or unfinished private notes.

    Args:
        drafts: Drafts in the store.
        note: Whether to save notes.
    """

    async def save_reply(draft: Draft, base: Draft) -> StoredDraft:
        return await drafts.save_draft(
            base.conversation_id,
            base.agent,
            draft.body,
            account=draft.account,
            sender=draft.sender,
            enclosed=draft.mms,
            send_at=draft.send_at,
            cancel_on_reply=draft.cancel_on_reply,
            began_at=draft.began_at,
            base=base,
        )

    async def save_note(draft: Draft, base: Draft) -> StoredDraft:
        return await drafts.save_note_draft(base.conversation_id, base.agent, draft.body, base=base)

    return save_note if note else save_reply


def join_with_typed(base: str, stored: StoredDraft, typed: str) -> str:
    """Return the text to show where another window has changed the draft, or sent it.

    Args:
        base: Text that this window has shown or saved before.
        stored: Draft as it is stored now.
        typed: Text that this window shows.
    """
    if stored.was_sent and not stored.is_joined:
        return remove_sent_text(base, typed) if stored.draft.body == "" else typed
    return merge_texts(base, stored.draft.body, typed)


def describe_change(base: str, stored: StoredDraft, typed: str) -> str:
    """Return the notice about what another window has done; "" if the text says it all.

    Args:
        base: Text that this window has shown or saved before.
        stored: Draft as it is stored now.
        typed: Text that this window showed.
    """
    if stored.was_sent:
        kept = " · what you have typed since is kept" if typed != base else ""
        return f"This text was sent in your other window{kept}"
    if stored.is_joined or (typed != base and stored.draft.body != base):
        return "Your other window has changed this text too: both are here, read it first"
    return ""


class SentElsewhere:
    """Know the notice that another window has sent a text, until the text is a draft again."""

    def __init__(self, withdraw: Callable[[str], None]) -> None:
        """Create it without a notice.

        Args:
            withdraw: Removes a notice that is not true any more.
        """
        self._withdraw = withdraw
        self._notice = self._sent_text = ""

    def describe_change(self, base: str, stored: StoredDraft, typed: str) -> str:
        """Return the notice about what another window has done; withdraw it if the text is back.

        Args:
            base: Text that this window has shown or saved before.
            stored: Draft as it is stored now.
            typed: Text that this window showed.
        """
        notice = describe_change(base, stored, typed)
        if stored.was_sent:
            self._notice, self._sent_text = notice, base.removesuffix(stored.draft.body).strip()
        elif self._notice and self._sent_text in stored.draft.body:
            self._withdraw(self._notice)
            self._notice = ""
        return notice


AdoptDraft = Callable[[str, StoredDraft], bool]
"""Show a draft that another window has changed, and return whether the text is shown here.

The first argument is the text that this window has shown or saved before.
"""


class DraftWriter:
    """Save drafts in the background: only the newest text, and no key press waits for it."""

    def __init__(
        self,
        drafts: Drafts,
        agent: str,
        clock: Clock,
        show_error: Callable[[str], None],
        adopt: AdoptDraft,
        *,
        note: bool,
    ) -> None:
        """Create a writer with nothing to save.

        Args:
            drafts: Drafts in the store.
            agent: Name of the agent.
            clock: Source of the current time.
            show_error: Shows a message when a text cannot be saved.
            adopt: Shows what another window has changed.
            note: Whether it saves private notes, not replies.
        """
        self._save = make_saver(drafts, note=note)
        self._read = partial(drafts.read_draft, note=note)
        self._agent = agent
        self._clock = clock
        self._show_error = show_error
        self._adopt = adopt
        self._pending: dict[int, Draft] = {}
        self._began_at: dict[int, int] = {}
        self._known: dict[int, Draft] = {}
        """Stored draft that the text of this window continues, by conversation."""
        self._write_task: asyncio.Task[None] | None = None
        self._has_reported = False

    def get_known(self, conversation_id: int) -> Draft:
        """Return the stored draft that the text of this window continues."""
        empty = make_empty_draft(conversation_id, self._agent)
        return self._known.get(conversation_id, empty)

    def get_newest(self, conversation_id: int) -> Draft:
        """Return the newest draft of this window, saved or not."""
        return self._pending.get(conversation_id) or self.get_known(conversation_id)

    def load(self, conversation_id: int, draft: Draft | None) -> Draft:
        """Begin with a stored draft and return what to show: an unsaved draft comes first.

        Args:
            conversation_id: Conversation of the draft.
            draft: Draft in the store; None for none.
        """
        if conversation_id not in self._pending:
            self._known[conversation_id] = draft or make_empty_draft(conversation_id, self._agent)
        return self.get_newest(conversation_id)

    def save_soon(self, draft: Draft) -> None:
        """Save the newest draft of a conversation in the background.

        Args:
            draft: Everything that is written there now.
        """
        if draft.has_content:
            self._began_at.setdefault(draft.conversation_id, self._clock.now())
        self._pending[draft.conversation_id] = draft
        # One task at a time: a running one takes the newest text in its next turn. Two could write
        # an older text over a newer one.
        if not self._is_writing:
            self._write_task = asyncio.create_task(self._write_pending(), name="drafts")

    def get_shown_draft(self, conversation_id: int) -> Draft | None:
        """Return the stored draft that is shown; None if the newest text could not be saved."""
        if conversation_id in self._pending:
            return None
        return self._known.get(conversation_id)

    @property
    def has_unsaved(self) -> bool:
        """Return whether a draft could not be saved yet."""
        return bool(self._pending) or self._is_writing

    def discard_pending(self, conversation_id: int) -> None:
        """Discard what is pending: the text was sent and its draft is deleted."""
        self._pending.pop(conversation_id, None)
        self._began_at.pop(conversation_id, None)
        self._known[conversation_id] = make_empty_draft(conversation_id, self._agent)

    @property
    def _is_writing(self) -> bool:
        """Return whether a draft is being saved."""
        return self._write_task is not None and not self._write_task.done()

    async def wait_until_saved(self) -> None:
        """Wait until every draft is saved or could not be saved."""
        if self._write_task is not None:
            await self._write_task

    async def follow(self, conversation_id: int) -> None:
        """Show what another window has stored for a conversation, if anything is new."""
        await self.wait_until_saved()
        known = self.get_known(conversation_id)
        stored = await self._read(known)
        while self._is_writing:  # what was read may be older or newer than what is being saved
            await self.wait_until_saved()
            known = self.get_known(conversation_id)
            stored = await self._read(known)
        is_outdated = known is not self.get_known(conversation_id)
        if is_outdated or conversation_id in self._pending:
            return
        if not is_same_draft(stored.draft, known) and self._adopt(known.body, stored):
            self._known[conversation_id] = stored.draft

    async def _write_pending(self) -> None:
        """Write until nothing newer is pending; after an error the next key press retries."""
        while self._pending:
            conversation_id, draft = self._pending.popitem()
            try:
                began_at = self._began_at.get(conversation_id, self._clock.now())
                begun = replace(draft, began_at=began_at)
                stored = await self._save(begun, self.get_known(conversation_id))
            except StoreError as error:
                # Only if no newer text was typed while this one could not be written.
                self._pending.setdefault(conversation_id, draft)
                self._report(error)
                return
            self._has_reported = False
            if not draft.has_content:
                self._began_at.pop(conversation_id, None)
            self._take_stored(conversation_id, draft.body, stored)

    def _report(self, error: StoreError) -> None:
        """Show that a draft is not saved; while a server is away, once, and try again later."""
        if not isinstance(error, Unreachable):
            self._show_error(f"The draft is not saved: {error}")
            return
        asyncio.get_running_loop().call_later(_RETRY_SECONDS, self._write_again)
        if not self._has_reported:
            self._has_reported = True
            self._show_error(
                f"The draft is not saved yet, as the database server {error.what}:"
                " what you typed stays here"
            )

    def _write_again(self) -> None:
        """Write what could not be written."""
        if self._pending and not self._is_writing:
            self._write_task = asyncio.create_task(self._write_pending(), name="drafts")

    def _take_stored(self, conversation_id: int, saved: str, stored: StoredDraft) -> None:
        """Record what is stored now; show it if another window has changed it too."""
        if not stored.is_joined and not stored.was_sent:
            self._known[conversation_id] = stored.draft
            return
        # The text on the screen continues what was saved here: what was typed since is joined
        # with the rest when it is shown, or when it is saved.
        newer = self._pending.pop(conversation_id, None)
        self._known[conversation_id] = stored.draft
        if not self._adopt(saved, stored):
            self._known[conversation_id] = replace(
                stored.draft, conversation_id=conversation_id, body=saved
            )
            if newer is not None:
                self._pending[conversation_id] = newer
