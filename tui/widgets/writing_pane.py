"""Show the composer with the route of its text above it, and save the draft with every key.

What happens to a submitted text is decided in `ComposePane`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import DescendantBlur, DescendantFocus
from textual.message import Message as Event

from tui.commands import get_first_keys
from tui.desk.actions import ConversationActions
from tui.desk.compose import ComposeState
from tui.desk.composer_hints import (
    format_hints,
    format_mention_choices,
    format_plan_hint,
    list_route_labels,
)
from tui.desk.context import AppContext
from tui.desk.draft_writer import CHANGED_ELSEWHERE, SentElsewhere, join_with_typed
from tui.desk.presence import Presence
from tui.desk.routes import Route
from tui.desk.send_attempt import SendIntent
from tui.desk.submit import Submitter
from tui.domain.conversation import Conversation, Draft
from tui.domain.message import Message, MmsContent
from tui.domain.opt_out_sentence import describe_addition
from tui.domain.text import one_line
from tui.store.store import Store
from tui.store.stored_drafts import StoredDraft
from tui.widgets.bindings import get_writing_keys
from tui.widgets.composer import Composer
from tui.widgets.route_line import RouteLine
from tui.widgets.status_messages import StoreReader


class WritingPane(StoreReader, Vertical):
    """Edit the reply, or the private note, to one conversation."""

    composer = getters.query_one("#composer", Composer)
    route_line = getters.query_one("#route", RouteLine)

    @dataclass
    class FrameChanged(Event):
        """The frame should show another hint, or mark a note instead of a reply."""

        hint: str
        note: bool

    def __init__(
        self,
        store: Store,
        context: AppContext,
        actions: ConversationActions,
        presence: Presence,
        visible_messages: Callable[[], Sequence[Message]],
    ) -> None:
        """Create an empty pane; `open_conversation` fills it.

        Args:
            store: Store to read from and to save drafts in.
            context: Settings and helpers shared by the screens.
            actions: Actions on conversations.
            presence: Presence of this agent, with its compose lock.
            visible_messages: Returns the messages that the agent sees, oldest first.
        """
        super().__init__(id="compose")
        self._store = store
        self._app_context = context
        self._actions = actions
        self._presence = presence
        self._visible_messages = visible_messages
        self._command_keys = get_first_keys(context.commands)
        self._frame_state = self.FrameChanged("", note=False)
        self.conversation: Conversation | None = None
        """Conversation that the text is for."""
        self.refusal = ""
        """Why the last attempt to begin a reply was refused; empty if it was not."""
        self._objection = ""
        """Text that was shown because a submitted text was refused."""
        self.compose_state = ComposeState(store, context, self.show_status)
        """Draft, attachments and route of the text, and how it is saved."""
        self.compose_state.adopt = self._adopt_draft
        self._sent_elsewhere = SentElsewhere(self.clear_status)
        self._submitter = Submitter(
            context, actions, self.compose_state, presence, self._command_keys
        )

    def compose(self) -> ComposeResult:
        """Yield the route above the text."""
        yield RouteLine()
        yield Composer(get_writing_keys(self._app_context.commands))

    @property
    def route(self) -> Route | None:
        """Return the route of a reply; None if no account can send it."""
        return self.compose_state.route

    @property
    def enclosed(self) -> MmsContent:
        """Return the pictures and the subject that are sent with the reply."""
        return self.compose_state.enclosed

    @property
    def _last_visible_arrival(self) -> int:
        """Return the highest `arrival_id` of the messages that the agent sees; 0 for none."""
        return max((message.arrival_id for message in self._visible_messages()), default=0)

    # Content --------------------------------------------------------------------------------

    def open_conversation(self, conversation: Conversation, draft: Draft | None) -> None:
        """Show another conversation's composer, with this agent's draft.

        Args:
            conversation: Conversation now open.
            draft: Draft of this agent; None for none.
        """
        self.conversation = conversation
        is_shown = self.composer.conversation_id == conversation.id  # `reload_draft` joins it then
        if not is_shown or self.composer.note:
            text = self.compose_state.load_reply(conversation, draft)
        if not is_shown:
            self._set_text(text, conversation.id)
        self.compose_state.set_seen(self._last_visible_arrival, self.composer.text)
        self.display = True
        self._show_route()

    def close_conversation(self) -> None:
        """Hide the pane, as no conversation is open."""
        self.display = False
        self._set_text("", 0)
        self.conversation, self.compose_state.intent = None, SendIntent()

    def _set_text(self, text: str, conversation_id: int, *, note: bool = False) -> None:
        """Show a text in the composer, and its length."""
        self.composer.set_text(text, conversation_id, note=note)
        self._update_length()

    def _update_length(self) -> None:
        """Show the length of the text, and a hint to consider before sending."""
        composer, route = self.composer, self.route
        self._presence.has_text = bool(composer.text)
        if composer.note:
            self.route_line.show_length("")
            self._post_frame(format_mention_choices(composer.mention_candidates))
            return
        capabilities = route.account.capabilities if route else None
        sent = self.compose_state.complete_text(composer.text, self.conversation)
        self.route_line.show_length(sent, capabilities)
        hints = [self._format_plan(), describe_addition(composer.text, sent)]
        key = self._command_keys["to_gsm"]
        hints.append(format_hints(composer.text, self.enclosed, route, key))
        self._post_frame(one_line(" · ".join(filter(None, hints)), 200))

    def _format_plan(self) -> str:
        """Return for when the reply is planned and the key that changes it, or ""."""
        plan, context = self.compose_state.plan, self._app_context
        key = self._command_keys["schedule"]
        return format_plan_hint(plan, context.clock.now(), context.zone, key) if plan else ""

    def _post_frame(self, hint: str) -> None:
        """Post what the frame should show, if that has changed."""
        frame_state = self.FrameChanged(hint, self.composer.note)
        if (frame_state.hint, frame_state.note) != (self._frame_state.hint, self._frame_state.note):
            self._frame_state = frame_state
            self.post_message(frame_state)

    def _show_route(self) -> None:
        """Show the route of the text, or that the conversation is locked."""
        self.composer.recipient = self.conversation.address if self.conversation else ""
        labels = list_route_labels(self.conversation, self.route, note=self.composer.note)
        self.route_line.show_route(*labels)

    def update_conversation(self, conversation: Conversation) -> None:
        """Show the conversation as it is now: it may be locked, or unlocked again."""
        self.conversation = conversation
        self._show_route()

    # Beginning to write ---------------------------------------------------------------------

    async def begin_reply(self, *, force: bool = False) -> bool:
        """Begin to write, unless a colleague does; return whether that was possible.

        After a refusal, `refusal` contains the reason.

        Args:
            force: Whether to take the compose lock from a colleague.
        """
        self.refusal = await self._submitter.begin_writing(self.conversation, force=force)
        if self.refusal:
            self.show_status(self.refusal)
            return False
        await self._switch_mode(note=False)
        self.composer.focus()
        return True

    async def begin_note(self) -> None:
        """Begin a private note, or continue one."""
        if self.conversation is not None:
            await self._presence.release_compose_lock()  # a note disturbs no reply
            self.composer.agents = tuple(await self._store.agents.list_names())
            await self._switch_mode(note=True)
            self.composer.focus()

    async def _switch_mode(self, *, note: bool) -> None:
        """Show the private note, or the reply, in the composer."""
        if self.conversation is not None and self.composer.note is not note:
            await self._show_saved_text(self.conversation, note=note)

    async def _show_saved_text(self, conversation: Conversation, *, note: bool) -> None:
        """Show the newest text of the note or the reply."""
        text = await self.compose_state.read_draft(conversation.id, note=note)
        # The agent may have opened another conversation while the text was read.
        if self.conversation is not None and self.conversation.id == conversation.id:
            self._set_text(text, conversation.id, note=note)
            self.compose_state.set_seen(self._last_visible_arrival, text)
            self._show_route()

    async def reload_draft(self) -> None:
        """Show the draft as it is stored now: an action, or another window, has changed it."""
        if (conversation := self.conversation) is not None:
            await self.compose_state.follow_draft(conversation.id, note=self.composer.note)

    def _adopt_draft(self, base: str, stored: StoredDraft, note: bool) -> bool:
        """Show a draft that was changed elsewhere, with what was typed here since.

        Args:
            base: Text that this window has shown or saved before.
            stored: Draft as it is stored now.
            note: Whether it is a private note.

        Returns:
            Whether the text is in the composer.
        """
        composer, place = self.composer, (stored.draft.conversation_id, note)
        if (composer.conversation_id, composer.note) != place or composer.is_submitting:
            return False
        typed = composer.text
        composer.adopt_text(join_with_typed(base, stored, typed))
        has_changed = not note and self.compose_state.adopt_content(stored.draft)
        if composer.text != stored.draft.body:
            self.compose_state.save_draft(place[0], composer.text, note=note)
        self.compose_state.update_seen(composer.text, self._last_visible_arrival)
        self._show_route()
        self._update_length()
        notice = self._sent_elsewhere.describe_change(base, stored, typed)
        # The key that a question names would now do something else than it says.
        if self._objection and (has_changed or composer.text != typed):
            self._clear_objection()
            notice = notice or CHANGED_ELSEWHERE
        if notice:
            self.show_status(notice, needs_reading=True)
        return True

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Acquire the compose lock with the focus; a note needs none."""
        if event.widget is self.composer and not self.composer.note:
            self.run_worker(
                self._presence.acquire_compose_lock(), group="lock", exit_on_error=False
            )

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Release the compose lock when the focus leaves the composer."""
        if event.widget is self.composer:
            self.run_worker(
                self._presence.release_compose_lock(), group="lock", exit_on_error=False
            )

    # Changes --------------------------------------------------------------------------------

    async def flush_draft(self) -> None:
        """Wait until the typed text is stored."""
        await self.compose_state.wait_until_saved()

    @on(Composer.Typed)
    def _save_typed(self, event: Composer.Typed) -> None:
        """Save the draft, and show its length."""
        event.stop()
        is_open = self.conversation is not None and self.conversation.id == event.conversation_id
        composer, text = self.composer, event.text
        if (composer.conversation_id, composer.note) == (event.conversation_id, event.note):
            text = composer.text  # another window may have changed it since the key was pressed
        self.compose_state.save_draft(event.conversation_id, text, note=event.note, is_open=is_open)
        if is_open:
            self._clear_objection()
            self.compose_state.update_seen(event.text, self._last_visible_arrival)
            self._update_length()
            self._presence.record_key_press()

    @on(Composer.Left)
    def _clear_objection(self) -> None:
        """Remove the reason of a refusal, as the text has changed or was left."""
        self.clear_status(self._objection)
        self._objection = ""
        self.compose_state.confirmation.reset_questions()
