"""Submit texts: a text is queued, unless a check refuses it; then it stays in the composer."""

from dataclasses import dataclass, replace

from textual import on
from textual.message import Message as Event

from tui.desk.field_values import fill_typed_text
from tui.desk.format import format_title
from tui.desk.macros import DRAFT_FIRST
from tui.desk.routes import Route, SendPlan
from tui.desk.send_attempt import NotSentError, SendIntent, create_retry_intent
from tui.desk.submit import KEPT_AS_DRAFT, LEFT_MEANWHILE
from tui.domain.conversation import Conversation
from tui.domain.message import Message, MmsContent
from tui.domain.templates import find_open_fields
from tui.domain.text import one_line
from tui.domain.typed_text import is_blank_text
from tui.widgets.composer import Composer
from tui.widgets.key_bar import KeyBar
from tui.widgets.suggestion import SuggestingPane

_QUESTION_SECONDS = 30.0
"""Seconds for which a question is shown; the key that answers it counts only until then."""


class ComposePane(SuggestingPane):
    """Write and submit replies and private notes."""

    @dataclass
    class Sent(Event):
        """A message was queued; `close` asks to close its conversation."""

        message: Message
        close: bool
        done: str = ""
        """What was done with the conversation already, by the macro that has sent it."""

    _asked_at = 0.0
    """When the last reason was shown, in seconds of the steady clock."""

    @on(Composer.Sent)
    async def _submit_text(self, event: Composer.Sent) -> None:
        """Queue the text of the composer; put it back if a check refuses it."""
        event.stop()
        for bar in self.screen.query(KeyBar):
            bar.begin_command()
        try:
            await self._submit(event)
        finally:
            self.composer.is_submitting = False
        await self.reload_draft()  # another window may have changed the text meanwhile
        if not self.composer.has_focus:
            await self._presence.release_compose_lock()  # left while the text was being queued

    async def _submit(self, event: Composer.Sent) -> None:
        """Queue a reply or store a note."""
        conversation = self.conversation
        if conversation is None or conversation.id != event.conversation_id:
            self.show_status(f"{LEFT_MEANWHILE} · {KEPT_AS_DRAFT}")
        elif event.note:
            await self._send_note(conversation, event.text)
        elif event.to and event.to != conversation.address:
            to = one_line(conversation.address, 30)
            moved = NotSentError(f"Not sent: the number has changed to {to} · Enter sends there")
            self._show_refusal(conversation, event.text, moved)
        else:
            self._forget_unseen_question(event.pressed_at)
            intent = self._submitter.build_intent(conversation, event.text, close=event.close)
            await self._send_reply(conversation, intent)

    async def _send_note(self, conversation: Conversation, text: str) -> None:
        """Store the private note, and go back to the list."""
        try:
            confirmation = await self._submitter.save_note(conversation, text, self.composer.agents)
        except NotSentError as refusal:
            self._show_refusal(conversation, text, refusal, note=True)
            return
        self.compose_state.finish_note(conversation.id)
        await self._switch_mode(note=False)
        self.post_message(Composer.Left())
        self.show_status(confirmation)

    async def schedule_reply(self, plan: SendPlan | None, conversation_id: int) -> None:
        """Queue the text for the time of a plan, or drop the time that it was planned for.

        Args:
            plan: When to send; None to plan no time.
            conversation_id: Conversation for which the time was chosen.
        """
        conversation = self.conversation
        if conversation is None or conversation.id != conversation_id or self.composer.note:
            self.show_status(f"{LEFT_MEANWHILE} · {KEPT_AS_DRAFT}")
            return
        self.change_plan(plan)
        if plan is None:
            self.show_status("No time is planned any more: Enter sends at once")
            return
        text = self.composer.text
        self._set_text("", conversation.id)
        self.composer.is_submitting = True
        try:
            await self._send_reply(conversation, self._submitter.build_intent(conversation, text))
        finally:
            self.composer.is_submitting = False
        await self.reload_draft()
        # The key that answers a question belongs to the composer.
        if self._objection:
            self.composer.focus()

    def show_question_again(self) -> None:
        """Show the question again that a dialog has hidden; it counts as asked."""
        if self._objection:
            self.show_status(self._objection, _QUESTION_SECONDS)

    async def _send_reply(self, conversation: Conversation, intent: SendIntent) -> None:
        """Queue a reply; put the text back if a check refuses it, or if fields were filled."""
        try:
            context, route = self._app_context, intent.route
            text = await fill_typed_text(self._store, context, conversation, route, intent.text)
            if text != intent.text:
                # What was not read is not sent.
                intent = replace(intent, text=text)
                self.compose_state.save_draft(conversation.id, text, note=False)
                # A field that stays open is refused, by its name, with the other checks.
                if not find_open_fields(text):
                    raise NotSentError("Filled in the fields, not sent yet · Enter sends")
            sent = await self._submitter.queue_reply(conversation, intent, self._visible_messages())
        except NotSentError as refusal:
            self._show_refusal(conversation, intent.text, refusal)
            return
        self.compose_state.finish_reply(conversation.id, self.composer.text)
        if self._is_shown(conversation):
            self._clear_objection()
            if self.composer.text:
                # What was typed since belongs to the next message, which has no plan.
                self.compose_state.save_draft(conversation.id, self.composer.text, note=False)
            self._update_length()
        self._finish_send(sent, close=intent.close)

    def find_macro_obstacle(self, conversation: Conversation) -> str:
        """Return why no macro can send its text here now, or "".

        Args:
            conversation: Conversation of the text.
        """
        intent = self.compose_state.intent
        has_draft = bool(self.composer.text or intent.enclosed or intent.plan)
        refusal = self._submitter.find_obstacle(conversation) or (DRAFT_FIRST if has_draft else "")
        return refusal or self._submitter.describe_writer(self._presence.holder)

    def begin_macro(self) -> None:
        """Record that the agent sees the messages, and no question, before a macro is confirmed."""
        self.compose_state.confirmation.reset_questions()
        self.compose_state.set_seen(self._last_visible_arrival, "")

    async def send_macro_text(self, conversation: Conversation, text: str) -> Message:
        """Queue the text of a macro as a reply of its own, through all checks.

        Args:
            conversation: Conversation that the agent sees.
            text: Text of the macro.

        Raises:
            NotSentError: A check refuses the text, or asks for the first time.
        """
        intent = self._submitter.build_intent(conversation, text)
        try:
            # Outside of the composer another key leads to the lock than the check would name.
            if refusal := await self._submitter.begin_writing(conversation):
                raise NotSentError(refusal)
            return await self._submitter.queue_reply(
                conversation, intent, self._visible_messages(), is_draft=False
            )
        finally:
            if not self.composer.has_focus:
                await self._presence.release_compose_lock()

    def report_macro(self, sent: Message, done: str) -> None:
        """Report the text of a macro after its actions.

        Args:
            sent: Message that was queued; undo knows it already.
            done: What was done with the conversation.
        """
        self.compose_state.seen_upto = max(self.compose_state.seen_upto, sent.id)
        self.post_message(self.Sent(sent, False, done))

    async def prepare_retry(
        self, message: Message, route: Route | None = None
    ) -> tuple[SendIntent | None, str]:
        """Return a failed message as it is to be sent now, and what to ask before.

        Args:
            message: Message that failed.
            route: Route to use; None for the route of replies.

        Returns:
            The intent, None if another conversation is open, and the question; "" for none.
        """
        conversation = self.conversation
        if conversation is None or conversation.id != message.conversation_id:
            return None, ""
        intent = create_retry_intent(
            message, route or self.route, conversation.address, self._app_context.clock.now()
        )
        return intent, await self._submitter.find_retry_question(conversation, intent)

    async def retry_message(self, intent: SendIntent | None) -> None:
        """Send a failed message again, as a new one.

        Args:
            intent: Failed message as the agent has confirmed it.
        """
        conversation = self.conversation
        if intent is None or conversation is None or conversation.id != intent.conversation_id:
            self.show_status("Not sent again: another conversation is open")
            return
        try:
            sent = await self._submitter.retry_message(
                conversation, intent, self._last_visible_arrival
            )
        except NotSentError as refusal:
            self.show_status(str(refusal))
        else:
            self._finish_send(sent, close=False)

    def set_attachments(self, enclosed: MmsContent) -> None:
        """Set the pictures and the subject that are sent with the reply."""
        self._change_intent(replace(self.compose_state.intent, enclosed=enclosed))

    def change_route(self, route: Route) -> None:
        """Send over another route: show it, and save it with the draft."""
        self._change_intent(replace(self.compose_state.intent, route=route))

    def change_plan(self, plan: SendPlan | None) -> None:
        """Send at another time, or at once: show it, and save it with the draft."""
        self._change_intent(replace(self.compose_state.intent, plan=plan))

    def _change_intent(self, intent: SendIntent) -> None:
        """Show what is sent with the text, and save it with the draft."""
        had_content = self.composer.text or self.enclosed
        self.compose_state.intent = intent
        self._clear_objection()
        self._show_route()
        self._update_length()
        is_saved = had_content or bool(intent.enclosed)
        if self.conversation is not None and not self.composer.note and is_saved:
            self.compose_state.save_draft(self.conversation.id, self.composer.text, note=False)

    def _is_shown(self, conversation: Conversation) -> bool:
        """Return whether a conversation is still the one in the composer."""
        return self.composer.conversation_id == conversation.id

    def _forget_unseen_question(self, pressed_at: float) -> None:
        """Forget the questions unless they were on the screen when the key was pressed.

        Args:
            pressed_at: Time of the key in seconds of the steady clock; 0 for no key.
        """
        shown = next((bar.shown_status for bar in self.screen.query(KeyBar)), "")
        was_pressed_before = bool(pressed_at) and pressed_at < self._asked_at
        if not self._objection or shown != self._objection or was_pressed_before:
            self.compose_state.confirmation.reset_questions()

    def _show_refusal(
        self, conversation: Conversation, text: str, refusal: NotSentError, *, note: bool = False
    ) -> None:
        """Show why nothing was sent, and put the text back into the composer.

        Args:
            conversation: Conversation that the text is for.
            text: Text that was not sent.
            refusal: The reason.
            note: Whether the text is a private note.
        """
        if not self._is_shown(conversation) or self.composer.note is not note:
            title = one_line(format_title(conversation), 30)
            self.show_status(f"{title}: {refusal} · {KEPT_AS_DRAFT}")
            return
        self._objection = one_line(str(refusal), 300)
        self._asked_at = self._app_context.clock.monotonic()
        is_question = self.compose_state.confirmation.is_asking
        self.show_status(self._objection, _QUESTION_SECONDS if is_question else None)
        if not is_blank_text(text):
            self.composer.restore_text(text)
            self._update_length()
        self.composer.select_first_field()

    def _finish_send(self, sent: Message, *, close: bool) -> None:
        """Record a queued message and report it."""
        # Our own message must not count as one that arrived while the agent was writing.
        if self.compose_state.intent.conversation_id == sent.conversation_id:
            self.compose_state.seen_upto = max(self.compose_state.seen_upto, sent.id)
        if not close:
            self._actions.outgoing.register_send_undo(sent)
        self.post_message(self.Sent(sent, close))
