"""The right side of the desk: one conversation, and under it the pane where it is answered."""

import asyncio
from collections.abc import Iterable

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tui.commands import first_keys
from tui.desk.coaching import Coach
from tui.desk.company import BEAT, Company, company_words
from tui.desk.consenting import Standing, standing_of
from tui.desk.thread_actions import ThreadActions
from tui.domain.change import Change, Subject
from tui.domain.conversation import Conversation
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.borders import write_above, write_below
from tui.widgets.compose_pane import ComposePane
from tui.widgets.heading import heading
from tui.widgets.message_view import MessageView
from tui.widgets.notice_line import NoticeLine
from tui.widgets.notices import notice
from tui.widgets.say import Reader


class ConversationPane(Reader, Vertical):
    """Shows a conversation, who else is there, and what stands against answering it."""

    view = getters.query_one("#messages", MessageView)
    notice = getters.query_one("#notice", NoticeLine)
    writing = getters.query_one("#compose", ComposePane)

    def __init__(self, store: Store, seat: Seat, actions: ThreadActions) -> None:
        """Empty before `show`."""
        super().__init__(id="pane")
        self._store = store
        self._seat = seat
        self._actions = actions
        self._keys = first_keys(seat.commands)
        self._turn = asyncio.Lock()
        """One conversation after the other is shown, however fast keys come."""
        self.conversation: Conversation | None = None
        self.company = Company(store, seat.agent, seat.clock, self._head_again)
        self.standing = Standing()
        """What is known about the customer's consent."""

    def compose(self) -> ComposeResult:
        """Messages over the composer."""
        seat = self._seat
        view = MessageView(
            self._store,
            seat.clock,
            ascii=seat.ascii,
            zone=seat.zone,
            several_accounts=len(seat.accounts) > 1,
            coach=Coach(seat.commands, several_accounts=len(seat.accounts) > 1).words,
        )
        yield view
        yield NoticeLine()
        yield ComposePane(self._store, seat, self._actions, self.company, lambda: view.messages)

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self.writing.display = False
        self.set_interval(BEAT, self.company.beat)

    def on_resize(self) -> None:
        """Another width holds another heading."""
        self._head_again()

    def _head_again(self) -> None:
        """Bring the heading in line, unless the pane is just being made or taken away."""
        if self.query(NoticeLine):
            self._head()

    async def on_unmount(self) -> None:
        """Colleagues see that this agent has gone."""
        await self.company.leave()

    async def show(self, conversation: Conversation | None, *, at: int = 0) -> None:
        """Show a conversation with this agent's draft, perhaps at one of its messages."""
        async with self._turn:
            if conversation is None:
                await self._show_nothing()
            elif at or self.conversation is None or self.conversation.id != conversation.id:
                await self._show(conversation, at)

    async def _show_nothing(self) -> None:
        """No conversation is open."""
        self.conversation = None
        write_above(self, None)
        self.company.at(0)
        self.notice.tell("")
        self.writing.put_away()
        await self.view.show(None)

    async def _show(self, conversation: Conversation, at: int) -> None:
        """Read what is needed; then messages, title, way and draft change together."""
        agent = self._seat.agent
        await self.writing.flush()
        seen = await self._store.conversations.seen_upto(conversation.id, agent)
        draft = await self._store.drafts.get(conversation.id, agent)
        standing = await standing_of(self._store, conversation)
        await self.view.show(conversation, seen_upto=seen, at=at)
        self.conversation, self.standing = conversation, standing
        self.company.at(conversation.id)
        self.writing.lay(conversation, draft)
        self._head()

    async def apply(self, changes: Iterable[Change]) -> None:
        """Take in what has changed; nothing else is shown meanwhile."""
        changes = tuple(changes)
        async with self._turn:
            await self.view.apply(changes)
            await self._take_in(changes)

    async def _take_in(self, changes: Iterable[Change]) -> None:
        """Bring what stands around the messages in line."""
        if self.conversation is None:
            return
        mine = [c for c in changes if c.conversation_id == self.conversation.id]
        if any(c.subject is Subject.CONVERSATION for c in mine):
            fresh = await self._store.conversations.get(self.conversation.id)
            self.conversation = fresh or self.conversation
            self.writing.renew(self.conversation)
        if any(c.subject in (Subject.CONVERSATION, Subject.MESSAGE) for c in mine):
            self.standing = await standing_of(self._store, self.conversation)
            self._head()
        if any(c.subject is Subject.PRESENCE for c in mine):
            await self.company.look()

    @on(ComposePane.Looks)
    def _frame(self, event: ComposePane.Looks) -> None:
        """The frame tells what to know about the text, and a note from an answer."""
        event.stop()
        self.set_class(event.note, "-note")
        write_below(self, Content(event.hint) if event.hint else None)

    def _head(self) -> None:
        """Who this is, over the messages, and what stands against an answer."""
        if (conversation := self.conversation) is None:
            return
        now, others = self._seat.clock.now(), company_words(self.company.colleagues)
        write_above(self, heading(conversation, now, others, self.size.width - 4))
        holder = self.company.holder
        self.notice.tell(*notice(conversation, self.standing, holder, self._seat, self._keys))

    def tick(self) -> None:
        """A minute has passed: the customer's clock reads differently."""
        self._head()
