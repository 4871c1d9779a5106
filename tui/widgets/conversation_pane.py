"""The right side of the desk: one conversation, and the composer that answers it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus
from textual.message import Message as Event

from tui.bindings import writing_keys
from tui.coaching import Coach
from tui.commands import first_keys
from tui.company import BEAT, Company, company_words
from tui.consenting import Standing, standing_of
from tui.domain.change import Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.mentions import mentioned
from tui.domain.message import Enclosed, Message
from tui.domain.text import one_line
from tui.heading import heading
from tui.notes import NOTE_WORDS, naming_words
from tui.notices import notice
from tui.replying import Plan, Route
from tui.ribbon import hint_words
from tui.seat import Seat
from tui.sheet import Sheet
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.thread_actions import ThreadActions
from tui.widgets.borders import write_above, write_below
from tui.widgets.composer import Composer
from tui.widgets.message_view import MessageView
from tui.widgets.notice_line import NoticeLine
from tui.widgets.route_line import RouteLine


class ConversationPane(Vertical):
    """Shows a conversation, keeps its draft, and queues what is sent."""

    view = getters.query_one("#messages", MessageView)
    composer = getters.query_one("#composer", Composer)
    route_line = getters.query_one("#route", RouteLine)
    notice = getters.query_one("#notice", NoticeLine)

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
        self._keys = first_keys(seat.commands)
        self._turn = asyncio.Lock()
        """One conversation after the other is shown, however fast keys come."""
        self.conversation: Conversation | None = None
        self.sheet = Sheet(store, seat, self._say)
        """What is being written here."""
        self.company = Company(store, seat.agent, seat.clock, self._head_again)
        self.standing = Standing()
        """What is known about the customer's consent."""

    @property
    def route(self) -> Route | None:
        """Which way an answer goes."""
        return self.sheet.route

    def compose(self) -> ComposeResult:
        """Messages over the composer."""
        seat = self._seat
        yield MessageView(
            self._store,
            seat.clock,
            ascii=seat.ascii,
            zone=seat.zone,
            several_accounts=len(seat.accounts) > 1,
            coach=Coach(seat.commands, several_accounts=len(seat.accounts) > 1).words,
        )
        yield NoticeLine()
        yield RouteLine(ascii=seat.ascii)
        yield Composer(writing_keys(seat.commands))

    def on_mount(self) -> None:
        """Nothing is open yet."""
        self._show_composer(False)
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

    def _show_composer(self, on: bool) -> None:
        """The composer and its line appear together."""
        self.composer.display = self.route_line.display = on

    async def show(self, conversation: Conversation | None, *, at: int = 0) -> None:
        """Show a conversation with this agent's draft, perhaps at one of its messages."""
        async with self._turn:
            if conversation is None:
                await self._show_nothing()
            elif at or self.conversation is None or self.conversation.id != conversation.id:
                await self._show(conversation, at)

    async def _show_nothing(self) -> None:
        """No conversation is open."""
        self._put("", 0)
        self.conversation = self.sheet.route = None
        write_above(self, None)
        self.company.at(0)
        self.notice.tell("")
        self._show_composer(False)
        await self.view.show(None)

    async def _show(self, conversation: Conversation, at: int) -> None:
        """Read what is needed; then messages, title, way and draft change together."""
        agent = self._seat.agent
        await self.sheet.flush()
        seen = await self._store.conversations.seen_upto(conversation.id, agent)
        draft = await self._store.drafts.get(conversation.id, agent)
        standing = await standing_of(self._store, conversation)
        await self.view.show(conversation, seen_upto=seen, at=at)
        self.conversation, self.standing = conversation, standing
        self.company.at(conversation.id)
        text = self.sheet.lay(conversation, draft)
        if self.composer.conversation_id != conversation.id:
            self._put(text, conversation.id)
        self.sheet.look(self.view.newest_id, self.composer.text)
        self._show_composer(True)
        self._head()

    def _put(self, text: str, conversation_id: int, *, note: bool = False) -> None:
        """Put a text into the composer, and say how long it is."""
        self.composer.put(text, conversation_id, note=note)
        self.set_class(note, "-note")
        self._measure()

    def _measure(self) -> None:
        """Say how long the text is, and what to know before it is sent."""
        can = self.route.account.capabilities if self.route else None
        text = self.composer.text
        if self.composer.note:
            self.route_line.measure("")
            write_below(self, Content(naming_words(self.composer.names)) or None)
            return
        self.route_line.measure(text, whole=can is not None and can.whole_160_parts)
        words = hint_words(text, self.sheet.enclosed, can, self._keys["to_gsm"])
        write_below(self, Content(one_line(words, 200)) if words else None)

    def _say(self, words: str) -> None:
        """Words for the agent, made of outside text perhaps."""
        self.post_message(self.Say(one_line(words, 300)))

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
        if any(c.subject in (Subject.CONVERSATION, Subject.MESSAGE) for c in mine):
            self.standing = await standing_of(self._store, self.conversation)
            self._head()
        if any(c.subject is Subject.PRESENCE for c in mine):
            await self.company.look()

    async def take_up(self, *, force: bool = False) -> bool:
        """Begin to write, unless a colleague does; `force` takes the pen out of that hand."""
        held = await self.company.take_pen(force=force)
        if held:
            key = self._keys["take_over"]
            self._say(f"{one_line(held, 20)} is writing here: {key} takes over")
            return False
        await self._write_as(note=False)
        return self.write()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Who stands in the composer writes; a note crosses nobody's answer."""
        if event.widget is self.composer and not self.composer.note:
            self.run_worker(self.company.take_pen(), group="pen", exit_on_error=False)

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Out of the composer: another may write."""
        if event.widget is self.composer:
            self.run_worker(self.company.lay_down(), group="pen", exit_on_error=False)

    async def take_note(self) -> None:
        """Begin a private note, or go on with one."""
        if self.conversation is not None:
            self.composer.agents = tuple(await self._store.agents.names())
            await self._write_as(note=True)
            self.composer.focus()

    async def _write_as(self, *, note: bool) -> None:
        """Show the note that was begun in the composer, or the answer."""
        conversation = self.conversation
        if conversation is None or self.composer.note is note:
            return
        text = await self.sheet.saved(conversation.id, note=note)
        if self.conversation is not None and self.conversation.id == conversation.id:
            self._put(text, conversation.id, note=note)
            self.sheet.look(self.view.newest_id, text)
            self._head()

    async def take_up_draft(self) -> None:
        """Show the draft as it is on disk now: something came back to it."""
        conversation = self.conversation
        if conversation is None or self.composer.note:
            return
        draft = await self._store.drafts.get(conversation.id, self._seat.agent)
        if draft is None:
            return
        if (draft.body, draft.enclosed) != (self.composer.text, self.sheet.enclosed):
            self._put(self.sheet.lay(conversation, draft), conversation.id)
            self._head()

    def enclose(self, enclosed: Enclosed) -> None:
        """These pictures and this subject go along with the answer."""
        self.sheet.enclosed = enclosed
        self._measure()
        if self.conversation is not None:
            self.sheet.keep(self.conversation.id, self.composer.text, note=False)

    def write(self) -> bool:
        """Put the cursor into the composer; whether nothing stands against it."""
        if self.conversation is None:
            return False
        if self.conversation.opted_out:
            key = self._keys["consent"]
            self._say(f"This customer has opted out: nothing can be sent ({key} has more)")
            return False
        if self.route is None:
            self._say("No account is configured: smsdesk doctor tells how")
            return False
        self.composer.focus()
        return True

    def reroute(self, route: Route) -> None:
        """Send another way: show it, and keep it with the draft."""
        self.sheet.route = route
        self._head()
        self._measure()
        if self.conversation is not None and self.composer.text and not self.composer.note:
            self.sheet.keep(self.conversation.id, self.composer.text, note=False)

    async def retry(self, message: Message, route: Route | None = None) -> None:
        """Send a failed message once more, as a new one: this way, or as replies go."""
        route = route or self.route
        if self.conversation is None or route is None:
            return
        try:
            sent = await self._actions.send(
                self.conversation,
                message.body,
                route,
                seen_upto=self.view.newest_id,
                retry_of=message.id,
            )
        except StoreError as error:
            self._say(str(error))
            return
        self._after(sent, close=False)

    async def flush(self) -> None:
        """Wait until what was typed is on disk."""
        await self.sheet.flush()

    @on(Composer.Typed)
    def _typed(self, event: Composer.Typed) -> None:
        """Keep the draft, and say how long it is."""
        event.stop()
        here = self.conversation is not None and self.conversation.id == event.conversation_id
        self.sheet.keep(event.conversation_id, event.text, note=event.note, here=here)
        if here:
            self.sheet.see(event.text, self.view.newest_id)
            self._measure()
            self.company.typed()

    @on(Composer.Sent)
    async def _send(self, event: Composer.Sent) -> None:
        """Queue the text, unless something stands against it; then the text stays."""
        event.stop()
        conversation = self.conversation
        if conversation is None or conversation.id != event.conversation_id:
            self._say("Not sent: another conversation is open; the text is kept as a draft")
        elif event.note:
            await self._send_note(conversation, event.text)
        else:
            await self._send_reply(conversation, event.text, close=event.close)

    async def _send_note(self, conversation: Conversation, text: str) -> None:
        """Write the note down, and go back to the list."""
        if not text.strip():
            self._say("Nothing to note yet: type it first")
            return
        await self.sheet.flush()
        named = [n for n in mentioned(text, self.composer.agents) if n != self._seat.agent]
        try:
            words = await self._actions.note(conversation, text, named)
        except StoreError as error:
            self._refuse(conversation, text, f"{error}; your note is kept")
            return
        self.sheet.noted(conversation.id)
        await self._write_as(note=False)
        self.post_message(Composer.Left())
        self._say(words)

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
        held = await self.company.take_pen()
        messages, route = self.view.messages, self.route
        problem = self.sheet.objection(conversation, text, messages, self._keys, held, plan)
        if problem or route is None:
            self._refuse(conversation, text, problem)
            self.composer.stand_on_blank()
            return
        await self.sheet.flush()
        try:
            seen, enclosed = self.sheet.seen_upto, self.sheet.enclosed
            sent = await self._actions.send(
                conversation, text, route, seen_upto=seen, enclosed=enclosed, plan=plan
            )
        except StoreError as error:
            self._refuse(conversation, text, f"{error}; your text is kept")
            return
        self.sheet.sent(conversation.id, self.composer.text)
        self._measure()
        self._after(sent, close=close)

    def _refuse(self, conversation: Conversation, text: str, problem: str) -> None:
        """Nothing was sent: the text stands there again."""
        self._say(problem)
        if text.strip() and self.composer.conversation_id == conversation.id:
            self.composer.give_back(text)

    def _after(self, sent: Message, *, close: bool) -> None:
        """A message was queued."""
        self.sheet.seen_upto = max(self.sheet.seen_upto, sent.id)
        self._actions.sent(sent)
        self.post_message(self.Sent(sent, close))

    def _head(self) -> None:
        """Who this is, over the messages; which way the answer goes, over the composer."""
        if (conversation := self.conversation) is None:
            return
        now, others = self._seat.clock.now(), company_words(self.company.colleagues)
        write_above(self, heading(conversation, now, others, self.size.width - 4))
        holder = self.company.holder
        self.notice.tell(*notice(conversation, self.standing, holder, self._seat, self._keys))
        way = self.route.words if self.route else "no account"
        self.route_line.route(NOTE_WORDS if self.composer.note else way)

    def tick(self) -> None:
        """A minute has passed: the customer's clock reads differently."""
        self._head()
