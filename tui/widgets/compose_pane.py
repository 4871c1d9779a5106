"""Submit texts: a text is queued, unless a check refuses it; then it stays in the composer."""

from dataclasses import dataclass

from textual import on
from textual.message import Message as Event

from tui.desk.routes import Route, SendPlan
from tui.desk.send_attempt import NotSentError
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.text import is_blank_text
from tui.widgets.composer import Composer
from tui.widgets.writing_pane import WritingPane


class ComposePane(WritingPane):
    """Write and submit replies and private notes."""

    @dataclass
    class Sent(Event):
        """A message was queued; `close` asks to close its conversation."""

        message: Message
        close: bool

    @on(Composer.Sent)
    async def _submit_text(self, event: Composer.Sent) -> None:
        """Queue the text of the composer; put it back if a check refuses it."""
        event.stop()
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
            self.show_status("Not sent: another conversation is open; the text is kept as a draft")
        elif event.note:
            await self._send_note(conversation, event.text)
        else:
            await self._send_reply(conversation, event.text, close=event.close)

    async def _send_note(self, conversation: Conversation, text: str) -> None:
        """Store the private note, and go back to the list."""
        try:
            confirmation = await self._submitter.save_note(conversation, text, self.composer.agents)
        except NotSentError as refusal:
            self._show_refusal(conversation, text, refusal)
            return
        self.compose_state.finish_note(conversation.id)
        await self._switch_mode(note=False)
        self.post_message(Composer.Left())
        self.show_status(confirmation)

    async def schedule_reply(self, plan: SendPlan) -> None:
        """Queue the text for the time of the plan."""
        if self.conversation is not None:
            text = self.composer.text
            self._set_text("", self.conversation.id)
            self.composer.is_submitting = True
            try:
                await self._send_reply(self.conversation, text, plan=plan)
            finally:
                self.composer.is_submitting = False
            await self.reload_draft()

    async def _send_reply(
        self,
        conversation: Conversation,
        text: str,
        *,
        close: bool = False,
        plan: SendPlan | None = None,
    ) -> None:
        """Queue a reply; put the text back if a check refuses it."""
        try:
            sent = await self._submitter.queue_reply(
                conversation, text, self._visible_messages(), plan
            )
        except NotSentError as refusal:
            self._show_refusal(conversation, text, refusal)
            self.composer.select_first_field()
            return
        self.compose_state.finish_reply(conversation.id, self.composer.text)
        self._update_length()
        self._finish_send(sent, close=close)

    async def retry_message(self, message: Message, route: Route | None = None) -> None:
        """Send a failed message again, as a new one.

        Args:
            message: Message that failed.
            route: Route to use; None for the route of replies.
        """
        if self.conversation is None:
            return
        chosen_route, seen_upto = route or self.route, self._last_visible_arrival
        try:
            sent = await self._submitter.retry_message(
                self.conversation, message, chosen_route, seen_upto
            )
        except NotSentError as refusal:
            self.show_status(str(refusal))
        else:
            self._finish_send(sent, close=False)

    def _show_refusal(self, conversation: Conversation, text: str, refusal: NotSentError) -> None:
        """Show why nothing was sent, and put the text back into the composer."""
        self._objection = str(refusal)
        self.show_status(self._objection)
        if not is_blank_text(text) and self.composer.conversation_id == conversation.id:
            self.composer.restore_text(text)

    def _finish_send(self, sent: Message, *, close: bool) -> None:
        """Record a queued message and report it."""
        # Our own message must not count as one that arrived while the agent was writing.
        self.compose_state.seen_upto = max(self.compose_state.seen_upto, sent.id)
        self._actions.outgoing.register_send_undo(sent)
        self.post_message(self.Sent(sent, close))
