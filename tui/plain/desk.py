"""What the talk is about just now: the list, the open conversation, what was read aloud."""

from dataclasses import dataclass

from tui import present
from tui.desk.company import Company
from tui.desk.dispatch import Dispatch
from tui.desk.grace import sent_words
from tui.desk.sheet import Sheet
from tui.desk.thread_actions import ThreadActions
from tui.domain.conversation import Conversation, View
from tui.domain.message import Message
from tui.domain.text import one_line
from tui.plain.keys import KEYS
from tui.plain.talk import Talk
from tui.seat import Seat
from tui.store.conversations import FIRST, Key
from tui.store.messages import NEWEST
from tui.store.store import Store


@dataclass(frozen=True, slots=True)
class Listed:
    """What a number of the list opens."""

    conversation_id: int
    at: int = 0
    """The message to read up to; 0 for the newest."""


class Desk:
    """One agent's place."""

    def __init__(self, store: Store, seat: Seat, talk: Talk) -> None:
        """Nothing is listed, nothing open."""
        self.store = store
        self.seat = seat
        self.talk = talk
        self.actions = ThreadActions(store, seat)
        self.sheet = Sheet(store, seat, self._tell, again="y")
        self.company = Company(store, seat.agent, seat.clock, self._company_changed)
        self.dispatch = Dispatch(seat, self.actions, self.sheet, self.company, KEYS)
        self.view = View()
        self.behind: Key = FIRST
        """Behind the last one that was listed."""
        self.listed: list[Listed] = []
        self.open: Conversation | None = None
        self.oldest = NEWEST
        """The oldest message that was read aloud."""
        self.seen = 0
        """The newest message of the open conversation that was read aloud."""
        self.sent: dict[int, str] = {}
        """What was said last about each message that this agent sent."""
        self.news_from = 0
        """The conversation that brought news last."""
        self._holder = ""

    @property
    def here(self) -> Conversation:
        """The open conversation; only commands that need one ask for it."""
        assert self.open is not None
        return self.open

    @property
    def place(self) -> str:
        """Where the agent is, for the prompt."""
        return one_line(present.title(self.open), 30) if self.open is not None else "List"

    def enter(self, row: Conversation) -> None:
        """This conversation is open now."""
        self.open, self.oldest, self.seen = row, NEWEST, 0
        self.company.at(row.id)

    def leave(self) -> None:
        """No conversation is open."""
        self.open = None
        self.company.at(0)

    async def refresh(self) -> Conversation:
        """Read the open conversation again."""
        self.open = await self.store.conversations.get(self.here.id) or self.open
        return self.here

    def was_sent(self, message: Message) -> None:
        """Say how long a message can be taken back, and follow it from now on."""
        self.actions.sent(message)
        self.sent[message.id] = ""
        self.seen = max(self.seen, message.id)
        words = sent_words(message, self.seat.clock.now(), self.seat.zone, KEYS.__getitem__)
        self.talk.say(f"{words}.")

    def _tell(self, words: str) -> None:
        """Something went wrong behind the talk."""
        self.talk.announce(f"* {one_line(words, 300)}")

    def _company_changed(self) -> None:
        """A colleague begins to write here."""
        holder, self._holder = self._holder, self.company.holder
        if self.company.holder and self.company.holder != holder:
            self.talk.announce(f"* {one_line(self.company.holder, 20)} is writing here now.")
