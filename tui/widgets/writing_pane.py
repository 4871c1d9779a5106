"""Where an agent writes: the way a text will go over the composer that holds it.

Keeps the draft with every key. What becomes of a text that is handed over is `ComposePane`'s.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import DescendantBlur, DescendantFocus
from textual.message import Message as Event

from tui.bindings import writing_keys
from tui.commands import first_keys
from tui.desk.company import Company
from tui.desk.dispatch import Dispatch
from tui.desk.notes import NOTE_WORDS, naming_words
from tui.desk.replying import LOCKED_WORDS, Route
from tui.desk.ribbon import hint_words
from tui.desk.sheet import Sheet
from tui.desk.thread_actions import ThreadActions
from tui.domain.conversation import Conversation, Draft
from tui.domain.message import Enclosed, Message
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.composer import Composer
from tui.widgets.route_line import RouteLine
from tui.widgets.say import Reader


class WritingPane(Reader, Vertical):
    """The answer, or the private note, to one conversation, as it is written."""

    composer = getters.query_one("#composer", Composer)
    route_line = getters.query_one("#route", RouteLine)

    @dataclass
    class Looks(Event):
        """What the frame around should show: a hint at the text, and whether it is a note."""

        hint: str
        note: bool

    def __init__(
        self,
        store: Store,
        seat: Seat,
        actions: ThreadActions,
        company: Company,
        before_eyes: Callable[[], Sequence[Message]],
    ) -> None:
        """Empty before `lay`; `before_eyes` gives the messages the agent sees, oldest first."""
        super().__init__(id="compose")
        self._store = store
        self._seat = seat
        self._actions = actions
        self._company = company
        self._before_eyes = before_eyes
        self._keys = first_keys(seat.commands)
        self._looks = self.Looks("", note=False)
        self.conversation: Conversation | None = None
        """Whom the text is for."""
        self.refusal = ""
        """Why it was not possible to begin to write, when that was tried last."""
        self._objection = ""
        """What was said in place of sending."""
        self.sheet = Sheet(store, seat, self.say)
        """What goes with the text to the disk and to the outbox."""
        self._dispatch = Dispatch(seat, actions, self.sheet, company, self._keys)

    def compose(self) -> ComposeResult:
        """The way over the text."""
        yield RouteLine(ascii=self._seat.ascii)
        yield Composer(writing_keys(self._seat.commands))

    @property
    def route(self) -> Route | None:
        """Which way an answer goes."""
        return self.sheet.route

    @property
    def _newest_id(self) -> int:
        """The newest message the agent sees; 0 for none."""
        messages = self._before_eyes()
        return messages[-1].id if messages else 0

    # What stands there ----------------------------------------------------------------------

    def lay(self, conversation: Conversation, draft: Draft | None) -> None:
        """Take up another conversation, with this agent's draft to it."""
        self.conversation = conversation
        text = self.sheet.lay(conversation, draft)
        if self.composer.conversation_id != conversation.id:
            self._put(text, conversation.id)
        self.sheet.look(self._newest_id, self.composer.text)
        self.display = True
        self._show_way()

    def put_away(self) -> None:
        """No conversation is open."""
        self.display = False
        self._put("", 0)
        self.conversation = self.sheet.route = None

    def _put(self, text: str, conversation_id: int, *, note: bool = False) -> None:
        """Put a text into the composer, and say how long it is."""
        self.composer.put(text, conversation_id, note=note)
        self._measure()

    def _measure(self) -> None:
        """Say how long the text is, and what to know before it is sent."""
        composer, route = self.composer, self.route
        if composer.note:
            self.route_line.measure("")
            self._look(naming_words(composer.names))
            return
        can = route.account.capabilities if route else None
        self.route_line.measure(composer.text, whole=can is not None and can.whole_160_parts)
        words = hint_words(composer.text, self.sheet.enclosed, route, self._keys["to_gsm"])
        self._look(one_line(words, 200))

    def _look(self, hint: str) -> None:
        """Tell the frame what has changed for it."""
        looks = self.Looks(hint, self.composer.note)
        if (looks.hint, looks.note) != (self._looks.hint, self._looks.note):
            self._looks = looks
            self.post_message(looks)

    def _show_way(self) -> None:
        """Say which way the text goes, if it can go at all."""
        way = self.route.words if self.route else "no account"
        if self.conversation is not None and self.conversation.opted_out:
            way = LOCKED_WORDS
        self.route_line.route(NOTE_WORDS if self.composer.note else way)

    def renew(self, conversation: Conversation) -> None:
        """The conversation as it is now: it may be locked, or free again."""
        self.conversation = conversation
        self._show_way()

    # Taking it up ---------------------------------------------------------------------------

    async def take_up(self, *, force: bool = False) -> bool:
        """Begin to write, unless a colleague does; `force` takes the pen out of that hand.

        Whether that was possible; `refusal` says why not.
        """
        self.refusal = await self._dispatch.hindrance(self.conversation, force=force)
        if self.refusal:
            self.say(self.refusal)
            return False
        await self._write_as(note=False)
        self.composer.focus()
        return True

    async def take_note(self) -> None:
        """Begin a private note, or go on with one."""
        if self.conversation is not None:
            self.composer.agents = tuple(await self._store.agents.names())
            await self._write_as(note=True)
            self.composer.focus()

    async def _write_as(self, *, note: bool) -> None:
        """Show the note that was begun in the composer, or the answer."""
        if self.conversation is not None and self.composer.note is not note:
            await self._show_text(self.conversation, note=note)

    async def _show_text(self, conversation: Conversation, *, note: bool) -> None:
        """Show the newest text of the note or the answer."""
        text = await self.sheet.saved(conversation.id, note=note)
        if self.conversation is not None and self.conversation.id == conversation.id:
            self._put(text, conversation.id, note=note)
            self.sheet.look(self._newest_id, text)
            self._show_way()

    async def take_up_draft(self) -> None:
        """Show the draft as it is on disk now: something came back to it."""
        conversation = self.conversation
        if conversation is None:
            return
        if self.composer.note:
            await self._show_text(conversation, note=True)
            return
        draft = await self._store.drafts.get(conversation.id, self._seat.agent)
        if draft is None:
            return
        if (draft.body, draft.enclosed) != (self.composer.text, self.sheet.enclosed):
            self._put(self.sheet.lay(conversation, draft), conversation.id)
            self._show_way()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Who stands in the composer writes; a note crosses nobody's answer."""
        if event.widget is self.composer and not self.composer.note:
            self.run_worker(self._company.take_pen(), group="pen", exit_on_error=False)

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Out of the composer: another may write."""
        if event.widget is self.composer:
            self.run_worker(self._company.lay_down(), group="pen", exit_on_error=False)

    # Changing it ----------------------------------------------------------------------------

    def enclose(self, enclosed: Enclosed) -> None:
        """These pictures and this subject go along with the answer."""
        self.sheet.enclosed = enclosed
        self._measure()
        if self.conversation is not None:
            self.sheet.keep(self.conversation.id, self.composer.text, note=False)

    def reroute(self, route: Route) -> None:
        """Send another way: show it, and keep it with the draft."""
        self.sheet.route = route
        self._show_way()
        self._measure()
        if self.conversation is not None and self.composer.text and not self.composer.note:
            self.sheet.keep(self.conversation.id, self.composer.text, note=False)

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
            self._reconsider()
            self.sheet.see(event.text, self._newest_id)
            self._measure()
            self._company.typed()

    @on(Composer.Left)
    def _reconsider(self) -> None:
        """The text is another one, or left alone: what was said against it is about nothing now."""
        self.unsay(self._objection)
        self._objection = ""
