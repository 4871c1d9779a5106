"""Where a text is handed over: it is queued, unless something stands against it; then it stays."""

from dataclasses import dataclass

from textual import on
from textual.message import Message as Event

from tui.desk.dispatch import NotSentError
from tui.desk.replying import Plan, Route
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.widgets.composer import Composer
from tui.widgets.writing_pane import WritingPane


class ComposePane(WritingPane):
    """Answers and private notes, written and handed over."""

    @dataclass
    class Sent(Event):
        """A message was queued."""

        message: Message
        close: bool

    @on(Composer.Sent)
    async def _send(self, event: Composer.Sent) -> None:
        """Queue the text, unless something stands against it; then the text stays."""
        event.stop()
        conversation = self.conversation
        if conversation is None or conversation.id != event.conversation_id:
            self.say("Not sent: another conversation is open; the text is kept as a draft")
        elif event.note:
            await self._send_note(conversation, event.text)
        else:
            await self._send_reply(conversation, event.text, close=event.close)

    async def _send_note(self, conversation: Conversation, text: str) -> None:
        """Write the note down, and go back to the list."""
        try:
            words = await self._dispatch.note(conversation, text, self.composer.agents)
        except NotSentError as refusal:
            self._refuse(conversation, text, refusal)
            return
        self.sheet.noted(conversation.id)
        await self._write_as(note=False)
        self.post_message(Composer.Left())
        self.say(words)

    async def send_later(self, plan: Plan) -> None:
        """Queue what is written for its time."""
        if self.conversation is not None:
            text = self.composer.text
            self._put("", self.conversation.id)
            await self._send_reply(self.conversation, text, plan=plan)

    async def _send_reply(
        self,
        conversation: Conversation,
        text: str,
        *,
        close: bool = False,
        plan: Plan | None = None,
    ) -> None:
        """Queue an answer, unless something stands against it; then the text stays."""
        try:
            sent = await self._dispatch.reply(conversation, text, self._before_eyes(), plan)
        except NotSentError as refusal:
            self._refuse(conversation, text, refusal)
            self.composer.stand_on_blank()
            return
        self.sheet.sent(conversation.id, self.composer.text)
        self._measure()
        self._after(sent, close=close)

    async def retry(self, message: Message, route: Route | None = None) -> None:
        """Send a failed message once more, as a new one: this way, or as replies go."""
        if self.conversation is None:
            return
        way, newest_id = route or self.route, self._newest_id
        try:
            sent = await self._dispatch.again(self.conversation, message, way, newest_id)
        except NotSentError as refusal:
            self.say(str(refusal))
        else:
            self._after(sent, close=False)

    def _refuse(self, conversation: Conversation, text: str, refusal: NotSentError) -> None:
        """Nothing was sent: the text stands there again."""
        self._objection = str(refusal)
        self.say(self._objection)
        if text.strip() and self.composer.conversation_id == conversation.id:
            self.composer.give_back(text)

    def _after(self, sent: Message, *, close: bool) -> None:
        """A message was queued."""
        self.sheet.seen_upto = max(self.sheet.seen_upto, sent.id)
        self._actions.sent(sent)
        self.post_message(self.Sent(sent, close))
