"""The desk itself: conversations at the left, the open one with its composer at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.containers import Horizontal
from textual.timer import Timer

from tui.bindings import bindings
from tui.clock import MINUTE
from tui.commands import COMMANDS, Scope, first_keys
from tui.desk import notes, offers
from tui.desk.grace import Countdown
from tui.desk.hush import Hush
from tui.desk.looking import Looking
from tui.desk.sitting import EVERY, Sitting
from tui.desk.thread_actions import ThreadActions
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation, View
from tui.domain.views import belongs
from tui.handlers import HANDLERS, chord, triage
from tui.screens.paced import PacedScreen
from tui.screens.said import said
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.compose_pane import ComposePane
from tui.widgets.composer import Composer
from tui.widgets.contact_panel import ContactPanel
from tui.widgets.conversation_pane import ConversationPane
from tui.widgets.filter_line import FilterLine
from tui.widgets.key_bar import KeyBar
from tui.widgets.list_pane import ListPane
from tui.widgets.status_line import StatusLine
from tui.widgets.thread_list import ThreadList
from tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from tui.desk.triaging import Triaging

_PREVIEW_DELAY = 0.06
_WIDTHS = ((0, "-narrow"), (104, "-wide"), (150, "-full"))
_ABOUT_WHAT_IS_SHOWN = frozenset(c.id for c in COMMANDS if c.scope is Scope.THREAD)
_SCOPES = (Scope.LIST, Scope.THREAD, Scope.TRIAGE, Scope.DESK)


class InboxScreen(PacedScreen[None]):
    """Routes keys to the list, the conversation and the composer."""

    HORIZONTAL_BREAKPOINTS = list(_WIDTHS)  # noqa: RUF012 (not a ClassVar in the base class)

    left = getters.query_one("#left", ListPane)
    threads = getters.query_one("#threads", ThreadList)
    pane = getters.query_one("#pane", ConversationPane)
    status = getters.query_one("#status", StatusLine)
    keys = getters.query_one("#keys", KeyBar)
    filter = getters.query_one("#filter", FilterLine)

    def __init__(self, store: Store, seat: Seat) -> None:
        """Reads the store and writes intents into it."""
        super().__init__()
        self.store: Store = store
        self._minute = seat.clock.now() // MINUTE
        self.seat: Seat = seat
        self.actions = ThreadActions(store, seat)
        self.triaging: Triaging | None = None
        """Set while triage fills the screen."""
        self.hush = Hush()
        self.piped_to = seat.pipe
        """The command that is offered for a conversation as text."""
        self.looking = Looking(store, seat.agent, self._before_eyes)
        self._sitting = Sitting(store, seat.agent)
        self.countdown = Countdown(self.say, lambda: self.keys.said, self._key_of)
        self._preview: Timer | None = None
        self._bindings = BindingsMap(bindings(seat.commands, _SCOPES))

    def compose(self) -> ComposeResult:
        """The status line, the two panes, the keys."""
        seat = self.seat
        yield StatusLine(seat.accounts, seat.agent, seat.clock, ascii=seat.ascii, zone=seat.zone)
        with Horizontal(id="desk"):
            yield ListPane(self.store, seat)
            yield ConversationPane(self.store, seat, self.actions)
            yield ContactPanel(self.store, seat)
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show the open conversations."""
        self.threads.focus()
        await self.left.show(View())
        await self._count()
        self.status.show(states=await self.store.accounts.states())
        self.offer_keys()
        self.set_interval(1.0, self._tick)
        self.set_interval(EVERY, self._sitting.wake)
        self.call_after_refresh(self._sitting.begin)
        self.watch(self.app, "app_focus", self._look_again, init=False)

    # News -----------------------------------------------------------------------------------

    async def apply(self, changes: tuple[Change, ...]) -> None:
        """Take in what has changed in the store."""
        await self.left.apply(changes)
        await self.pane.apply(changes)
        self.query_one(ContactPanel).apply(changes)
        self._tell(await notes.naming(self.store, self.seat.agent, changes))
        if any(c.new and self.looking.is_at(c.conversation_id) for c in changes):
            await self._look_again()
        subjects = {change.subject for change in changes}
        if Subject.ACCOUNT in subjects or RELOAD in changes:
            self.status.show(states=await self.store.accounts.states())
        if Subject.CONVERSATION in subjects or RELOAD in changes:
            await self._count()

    def _tell(self, words: str) -> None:
        """Say it, if there is anything to say."""
        if words:
            self.say(words)

    def say(self, words: str) -> None:
        """Show a line in place of the keys for a while."""
        self.keys.say(words)

    async def _count(self) -> None:
        """Bring the numbers of the first line in line."""
        self.status.show(counts=await self.store.conversations.counts())

    def _tick(self) -> None:
        """A second has passed."""
        now = self.seat.clock.now()
        self.status.tick()
        self.countdown.tick(now)
        if now // MINUTE != self._minute:
            self._minute = now // MINUTE
            self.threads.tick()
            self.pane.tick()

    # Where the agent is ---------------------------------------------------------------------

    @property
    def in_composer(self) -> bool:
        """Whether the agent's cursor is in the composer."""
        return isinstance(self.focused, Composer)

    @property
    def filled_by_conversation(self) -> bool:
        """Whether the conversation has the screen to itself."""
        narrow = self.has_class("-reading") and self.has_class("-narrow")
        return narrow or self.triaging is not None

    @property
    def here(self) -> Conversation | None:
        """The conversation under the cursor; in triage, or over an emptied list, what is read."""
        last = not self.threads.rows and self.has_class("-reading")
        return self.pane.conversation if last or self.triaging else self.threads.current

    async def targets(self) -> list[Conversation]:
        """The conversations that a command is about, as they are now."""
        ids = sorted(self.threads.marked) or [row.id for row in (self.here,) if row is not None]
        found = [await self.store.conversations.get(identity) for identity in ids]
        return [conversation for conversation in found if conversation is not None]

    def _key_of(self, command_id: str) -> str:
        """What to press for a command: a letter is a command only outside the composer."""
        key = first_keys(self.seat.commands)[command_id]
        return f"Esc {key}" if self.in_composer else key

    def offer_keys(self) -> None:
        """The keys that matter here."""
        commands, marked = self.seat.commands, len(self.threads.marked)
        if self.in_composer and self.pane.writing.composer.note:
            self.keys.pairs(offers.while_noting(commands))
        elif self.in_composer:
            self.keys.pairs(offers.while_writing(commands))
        elif self.focused is self.filter:
            self.keys.pairs(offers.while_filtering())
        elif self.triaging is not None and self.pane.conversation is None:
            self.keys.pairs(offers.when_triaged(commands))
        elif self.triaging is not None:
            self.keys.pairs(offers.while_triaging(commands))
        elif marked:
            self.keys.pairs(offers.while_marking(commands, marked))
        else:
            self.keys.pairs(offers.while_looking(commands))

    def on_descendant_focus(self) -> None:
        """Other keys matter in the composer."""
        self.offer_keys()

    @on(VirtualList.Moved)
    def _moved(self) -> None:
        """Show the conversation under the cursor, unless it moves on at once."""
        if self._preview is not None:
            self._preview.stop()
        self._preview = self.set_timer(_PREVIEW_DELAY, self._show_current)

    @on(VirtualList.Chosen)
    @said
    async def _chosen(self) -> None:
        """A click opens."""
        await self.open_current()

    @said
    async def _show_current(self) -> None:
        """Show the conversation under the cursor, but never under the hands of who writes."""
        if self.in_composer or self.triaging is not None:
            return
        read, current = self.pane.conversation, self.threads.current
        if read is not None and (current is None or current.id != read.id):
            self.leave_conversation()
        await self.pane.show(current)

    def leave_conversation(self) -> None:
        """The list has the keys again, and on a narrow screen the place."""
        if self.has_class("-reading"):
            self.remove_class("-reading")
            self.threads.focus()

    async def show_view(self, view: View) -> None:
        """Show another list from its beginning."""
        await triage.put_away(self)
        self.remove_class("-reading")
        self.threads.focus()
        await self.left.show(view)
        await self.pane.show(self.threads.current)

    async def go_to(self, conversation: Conversation, *, at: int = 0) -> None:
        """Stand on a conversation, in a list that has it, and show it (at a message)."""
        await triage.put_away(self)
        view = self.threads.view
        if view.drafts_of or not belongs(conversation, view):
            await self.left.show(View(state=conversation.state))
        await self.threads.go_to(conversation)
        await self.pane.show(conversation, at=at)
        self.add_class("-reading")
        await self.looking.open(self.pane.conversation)

    async def open_current(self) -> None:
        """Show the conversation under the cursor in full, and mark it read."""
        self.set_classes({"-reading", *self.classes} - {"-contact"})
        await self.pane.show(self.here)
        await self.looking.open(self.pane.conversation)

    def _before_eyes(self) -> tuple[Conversation | None, int]:
        """The conversation an agent at this terminal sees, and its newest message there."""
        return self.pane.conversation if self.app.app_focus else None, self.pane.view.newest_id

    @said
    async def _look_again(self) -> None:
        """Something came in, or the terminal has the focus again."""
        await self.looking.again()

    @on(ComposePane.Sent)
    @said
    async def _sent(self, event: ComposePane.Sent) -> None:
        """A message was queued."""
        await self.looking.open(self.pane.conversation)
        closed = ""
        if event.close and self.pane.conversation is not None:
            closed = await self.actions.close([self.pane.conversation])
            self.threads.focus()
        await triage.settle(self)
        self.countdown.begin(event.message, self.seat.clock.now(), self.seat.zone)
        if closed:
            self.say(closed)

    @on(Composer.Left)
    def _left(self) -> None:
        """From the composer back to the list; the draft stays."""
        self.set_focus(self.threads if self.triaging is None else None)
        self.offer_keys()

    @on(Composer.Pressed)
    async def _pressed(self, event: Composer.Pressed) -> None:
        """A key of the composer that stands for a command."""
        await self.action_run(event.command_id)

    # Commands -------------------------------------------------------------------------------

    @said
    async def action_run(self, command_id: str) -> None:
        """Do what a command says: the one way from a key, the palette or a chord to a handler."""
        if command_id in _ABOUT_WHAT_IS_SHOWN:
            await self._show_current()  # the key may have come before the preview
        await HANDLERS[command_id](self)

    @said
    async def action_prefix(self) -> None:
        """Wait for the second key, and show which there are."""
        await chord.ask(self)
