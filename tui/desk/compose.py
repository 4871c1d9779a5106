"""State of the composer for the open conversation: route, pictures, draft and the messages seen.

The text itself belongs to the composer widget. Here is what must be saved and sent together
with it, and which questions the agent has seen. Drafts are saved while the agent types.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tui.desk.context import AppContext
from tui.desk.draft_writer import DraftWriter
from tui.desk.routes import Route, SendPlan, choose_default_route, read_plan
from tui.desk.same_text import add_same_text
from tui.desk.send_attempt import SendAttempt, SendIntent
from tui.desk.send_checks import SendConfirmation
from tui.domain.conversation import Conversation, Draft
from tui.domain.message import NO_MMS_CONTENT, MmsContent
from tui.domain.opt_out_sentence import append_sentence, find_sentence
from tui.domain.typed_text import clean_typed_text
from tui.store.errors import DraftChanged
from tui.store.store import Store
from tui.store.stored_drafts import StoredDraft, make_empty_draft


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
        self._store = store
        self._context = context
        create = partial(DraftWriter, store.drafts, context.agent, context.clock, show_error)
        self._replies = create(lambda text, stored: self.adopt(text, stored, False), note=False)
        self._notes = create(lambda text, stored: self.adopt(text, stored, True), note=True)
        self.adopt: Callable[[str, StoredDraft, bool], bool] = lambda text, stored, note: False
        """Shows what another window of the agent has changed (`AdoptDraft`); True for a note."""
        self.confirmation = SendConfirmation()
        """The questions of the checks that the agent has seen."""
        self.repeats_key = repeats_key
        self._has_begun = False
        self.intent = SendIntent()
        """Route, pictures and plan of the open conversation; the text is in the composer."""
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
        loaded = self._replies.load(conversation.id, draft)
        self.intent = SendIntent(
            conversation.id,
            route=self._choose_route(conversation, loaded),
            enclosed=loaded.mms,
            plan=read_plan(loaded),
        )
        return loaded.body

    def replace_draft(self, conversation: Conversation) -> None:
        """Begin a reply that replaces the draft, without its route, its pictures and its time.

        Args:
            conversation: Conversation that is open.
        """
        route = choose_default_route(self._context.accounts, conversation)
        self.intent = SendIntent(conversation.id, route=route)

    def adopt_content(self, stored: Draft) -> bool:
        """Take over the route, the pictures and the plan that another window has chosen.

        Args:
            stored: Draft as it is stored now.

        Returns:
            Whether something has changed.
        """
        before, account = self.intent, self._context.find_account(stored.account)
        route = Route(account, stored.sender) if account else self.route
        self.intent = replace(before, route=route, enclosed=stored.mms, plan=read_plan(stored))
        return self.intent != before

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
            # Not less than before: the agent's own last message may not be on the screen yet.
            self.seen_upto = max(self.seen_upto, seen_upto)
        self._has_begun = bool(text)

    # Drafts ---------------------------------------------------------------------------------

    async def wait_until_saved(self) -> None:
        """Wait until all that was typed is saved or could not be saved."""
        await self._replies.wait_until_saved()
        await self._notes.wait_until_saved()

    @property
    def has_unsaved(self) -> bool:
        """Return whether a draft could not be saved yet."""
        return self._replies.has_unsaved or self._notes.has_unsaved

    async def list_former_recipients(self, conversation_id: int) -> frozenset[str]:
        """Return the addresses that the reply was begun for before a merge.

        The store knows them, so that they count in every window and after a restart.

        Args:
            conversation_id: Conversation of the reply.
        """
        await self.wait_until_saved()
        agent = self._context.agent
        return await self._store.merges.list_former_recipients(conversation_id, agent)

    async def add_same_text(self, attempt: SendAttempt) -> SendAttempt:
        """Return the attempt with the same text that went to the customer within a day."""
        return await add_same_text(self._store, attempt)

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
            self._notes.save_soon(replace(self._notes.get_newest(conversation_id), body=text))
            return
        draft = replace(self._replies.get_newest(conversation_id), body=text)
        self._replies.save_soon(self._add_intent(draft) if is_open else draft)

    def _add_intent(self, draft: Draft) -> Draft:
        """Return a draft with the route, the pictures and the plan of the open conversation."""
        route, plan = self.route, self.plan
        return replace(
            draft,
            account=route.account.name if route else "",
            sender=route.sender if route else "",
            mms=self.enclosed,
            send_at=plan.send_at if plan else None,
            cancel_on_reply=plan is not None and plan.cancel_on_reply,
        )

    async def follow_draft(self, conversation_id: int, *, note: bool) -> None:
        """Show what another window of the agent has stored, if anything is new.

        Args:
            conversation_id: Conversation of the draft.
            note: Whether it is the private note, not the reply.
        """
        await (self._notes if note else self._replies).follow(conversation_id)

    def get_shown_draft(self, conversation_id: int, text: str, *, note: bool) -> Draft | None:
        """Return the draft that a text is sent from; None if it is not stored.

        Args:
            conversation_id: Conversation of the draft.
            text: Text that the agent sends.
            note: Whether it is the private note, not the reply.

        Raises:
            DraftChanged: Another window has changed the draft, and this text is not all of it.
        """
        shown = (self._notes if note else self._replies).get_shown_draft(conversation_id)
        if shown is not None and shown.body != clean_typed_text(text):
            raise DraftChanged("Your other window has changed this text")
        return shown

    async def read_draft(self, conversation_id: int, *, note: bool) -> str:
        """Return the newest text of the agent's note or reply in a conversation.

        Args:
            conversation_id: Conversation of the draft.
            note: Whether to return the private note, not the reply.
        """
        await self.wait_until_saved()
        drafts, agent = self._store.drafts, self._context.agent
        if note:
            body = await drafts.get_note_draft(conversation_id, agent)
            empty = make_empty_draft(conversation_id, agent)
            return self._notes.load(conversation_id, replace(empty, body=body)).body
        draft = await drafts.get_draft(conversation_id, agent)
        return self._replies.load(conversation_id, draft).body

    def finish_note(self, conversation_id: int) -> None:
        """Discard the draft of a note that was stored."""
        self._notes.discard_pending(conversation_id)

    def discard_all(self, conversation_id: int) -> None:
        """Discard what was typed in a conversation that is gone.

        Args:
            conversation_id: Id of the conversation.
        """
        self._notes.discard_pending(conversation_id)
        self.finish_reply(conversation_id, "")

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

    def complete_text(self, text: str, conversation: Conversation | None) -> str:
        """Return a reply as it is sent: with the sentence about opting out where it is added.

        Args:
            text: Text in the composer.
            conversation: Conversation that is open.
        """
        account = self.route.account if self.route else None
        sentence = find_sentence(self._context.preferences, account, conversation)
        return append_sentence(text, sentence) if text or self.enclosed else ""

    def _choose_route(self, conversation: Conversation, draft: Draft) -> Route | None:
        """Return the draft's account and sender if it has them, else the default route."""
        chosen = self._context.find_account(draft.account)
        if chosen is None:
            return choose_default_route(self._context.accounts, conversation)
        return Route(chosen, draft.sender)
