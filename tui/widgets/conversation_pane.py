"""The right side of the desk: one conversation, and the composer that answers it."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message as Event

from tui import present
from tui.domain.change import Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.domain.phone import pretty
from tui.domain.replacements import to_gsm
from tui.domain.text import one_line
from tui.drafting import Drafting
from tui.replying import Route, default_route, next_account, next_sender
from tui.seat import Seat
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.thread_actions import ThreadActions
from tui.widgets.composer import Composer
from tui.widgets.message_view import MessageView
from tui.widgets.route_line import RouteLine


class ConversationPane(Vertical):
    """Shows a conversation, keeps its draft, and queues what is sent."""

    view = getters.query_one("#messages", MessageView)
    composer = getters.query_one("#composer", Composer)
    route_line = getters.query_one("#route", RouteLine)

    @dataclass
    class Say(Event):
        """Words for the agent."""

        words: str

    @dataclass
    class Sent(Event):
        """A message was queued."""

        message: Message
        close: bool

    def __init__(self, store: Store, seat: Seat, actions: ThreadActions) -> None:
        """Empty before `show`."""
        super().__init__(id="pane")
        self._store = store
        self._seat = seat
        self._actions = actions
        self._drafting = Drafting(store.drafts, seat.agent, seat.clock)
        self.conversation: Conversation | None = None
        self.route: Route | None = None
        self._seen_upto = 0
        """The newest message when the agent began to write, or last was shown something new."""
        self._colleagues = ""

    def compose(self) -> ComposeResult:
        """Messages over the composer."""
        seat = self._seat
        yield MessageView(
            self._store,
            seat.clock,
            ascii=seat.ascii,
            zone=seat.zone,
            several_accounts=len(seat.accounts) > 1,
        )
        yield RouteLine(ascii=seat.ascii)
        yield Composer(enter_sends=seat.enter_sends)

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self._show_composer(False)

    def _show_composer(self, on: bool) -> None:
        """The composer and its line appear together."""
        self.composer.display = on
        self.route_line.display = on

    async def show(self, conversation: Conversation | None, *, at: int = 0) -> None:
        """Show a conversation with this agent's draft, perhaps at one of its messages."""
        self.conversation = conversation
        self._show_composer(conversation is not None)
        if conversation is None:
            self.border_title = None
            await self.view.show(None)
            return
        agent = self._seat.agent
        seen = await self._store.conversations.seen_upto(conversation.id, agent)
        draft = await self._store.drafts.get(conversation.id, agent)
        if self.conversation is not conversation:
            return
        await self.view.show(conversation, seen_upto=seen, at=at)
        self.route = self._route_of(conversation, draft.account if draft else "")
        self.composer.put(draft.body if draft else "")
        self._seen_upto = self.view.newest_id
        self._head()

    async def apply(self, changes: Iterable[Change]) -> None:
        """Take in what has changed."""
        if self.conversation is None:
            return
        changes = tuple(changes)
        await self.view.apply(changes)
        mine = [c for c in changes if c.conversation_id == self.conversation.id]
        if any(c.subject is Subject.CONVERSATION for c in mine):
            fresh = await self._store.conversations.get(self.conversation.id)
            if fresh is not None and fresh.id == self.conversation.id:
                self.conversation = fresh
                self._head()
        if not self.composer.text:
            self._seen_upto = self.view.newest_id

    def write(self) -> None:
        """Put the cursor into the composer."""
        if self.conversation is None:
            return
        if self.conversation.opted_out:
            self.post_message(self.Say("This customer has opted out: nothing can be sent"))
            return
        if self.route is None:
            self.post_message(self.Say("No account is configured: smsdesk doctor tells how"))
            return
        self.composer.focus()

    def other_account(self) -> None:
        """Send through the next account."""
        if self.route is None or self.conversation is None:
            return
        self.route = next_account(self._seat.accounts, self.route, self.conversation)
        self._head()

    def other_sender(self) -> None:
        """Send under the next own number or name."""
        if self.route is not None:
            self.route = next_sender(self.route)
            self._head()

    def plain_signs(self) -> None:
        """Replace the signs that force Unicode, where that makes the text plain."""
        replacement = to_gsm(self.composer.text)
        if replacement is None:
            self.post_message(self.Say("Nothing to replace: no sign in the text makes it longer"))
            return
        self.composer.replace_all(replacement.text)
        count = len(replacement.changes)
        words = f"Replaced {count} sign{'s' if count > 1 else ''} · Ctrl+Z undoes"
        self.post_message(self.Say(words))

    async def retry(self, message: Message) -> None:
        """Send a failed message once more, as a new one."""
        if self.conversation is None or self.route is None:
            return
        try:
            sent = await self._actions.send(
                self.conversation,
                message.body,
                self.route,
                seen_upto=self.view.newest_id,
                retry_of=message.id,
            )
        except StoreError as error:
            self.post_message(self.Say(str(error)))
            return
        self._after(sent, close=False)

    async def flush(self) -> None:
        """Wait until the draft is on disk."""
        await self._drafting.flush()

    @on(Composer.Typed)
    def _typed(self, event: Composer.Typed) -> None:
        """Keep the draft, and say how long it is."""
        event.stop()
        self.route_line.measure(event.text)
        if event.by_agent and self.conversation is not None:
            self._drafting.typed(self.conversation, event.text, self.route)

    @on(Composer.Sent)
    async def _send(self, event: Composer.Sent) -> None:
        """Queue the text, unless something stands against it; then the text stays."""
        event.stop()
        if self.conversation is None or self.route is None:
            return
        if not event.text.strip():
            self.post_message(self.Say("Nothing to send yet: type the message first"))
            return
        if self.view.newest_id > self._seen_upto:
            self._seen_upto = self.view.newest_id
            name = one_line(self.conversation.title, 30)
            words = f"Something new from or to {name} above: Enter again sends all the same"
            self.post_message(self.Say(words))
            return
        await self._drafting.flush()
        try:
            sent = await self._actions.send(
                self.conversation, event.text, self.route, seen_upto=self._seen_upto
            )
        except StoreError as error:
            self.post_message(self.Say(f"{error}; your text is kept"))
            return
        self._drafting.forget(self.conversation)
        self.composer.put("")
        self._after(sent, close=event.close)

    def _after(self, sent: Message, *, close: bool) -> None:
        """A message was queued."""
        self._seen_upto = max(self._seen_upto, sent.id)
        self._actions.sent(sent)
        self.post_message(self.Sent(sent, close))

    def _route_of(self, conversation: Conversation, account: str) -> Route | None:
        """The draft's account if it had one, else the customer's last one."""
        route = default_route(self._seat.accounts, conversation)
        chosen = self._seat.account(account)
        if route is None or chosen is None or chosen == route.account:
            return route
        return Route(chosen, chosen.senders[0] if chosen.senders else "")

    def _head(self) -> None:
        """Who this is, over the messages; which way the answer goes, over the composer."""
        conversation = self.conversation
        if conversation is None:
            return
        parts = [present.title(conversation)]
        if conversation.name:
            parts.append(one_line(pretty(conversation.address), 30))
        if conversation.assignee:
            parts.append(f"@{one_line(conversation.assignee, 16)}")
        parts += [f"#{one_line(label, 16)}" for label in conversation.labels]
        if conversation.opted_out:
            parts.append("OPTED OUT")
        self.border_title = Content("  ".join(parts))
        self.route_line.route(self.route.words if self.route else "no account")
