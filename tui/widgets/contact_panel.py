"""The right side of a wide desk: who the customer is, and what passed between us."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo

from textual import getters, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui import present
from tui.commands import first_keys
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.local_time import clock_words, zones_for
from tui.domain.phone import country, pretty
from tui.domain.text import one_line, printable
from tui.present import MUTED
from tui.seat import Seat
from tui.store.consent import Consent
from tui.store.facts import Exchanged, Facts
from tui.store.store import Store
from tui.widgets.message_view import MessageView

_LONGEST_NOTE = 1_000
_SOON = 0.2
"""Seconds in which changes are gathered: nobody waits for this page."""


class ContactPanel(VerticalScroll):
    """The page of the contact whose conversation is shown; reads only while it is seen."""

    text = getters.query_one("#contact-text", Static)
    can_focus = False

    def __init__(self, store: Store, seat: Seat) -> None:
        """Empty before `show`."""
        super().__init__(id="contact")
        self._store = store
        self._seat = seat
        self._keys = first_keys(seat.commands)
        self._conversation: Conversation | None = None
        self._due = False
        self._shown = Content("")

    def compose(self) -> ComposeResult:
        """One text."""
        self.border_title = "Contact"
        yield Static(id="contact-text")

    def on_mount(self) -> None:
        """Follow what the agent looks at."""
        self.watch(self.screen.query_one(MessageView), "conversation", self.show, init=False)

    def show(self, conversation: Conversation | None) -> None:
        """Show another conversation's contact, behind its messages."""
        self._conversation = conversation
        self.call_after_refresh(self._read)

    def on_show(self) -> None:
        """It can be seen now."""
        self._read()

    def apply(self, changes: Iterable[Change]) -> None:
        """Look again soon, and once for many changes, where they may matter."""
        if not self._due and any(map(self._matters, changes)):
            self._due = True
            self.set_timer(_SOON, self._look)

    def _matters(self, change: Change) -> bool:
        """Whether the page may read differently: what is typed and badges are not on it."""
        here = self._conversation
        if change == RELOAD or here is None or change.conversation_id != here.id:
            return change == RELOAD
        return change.subject is Subject.CONVERSATION or change.new

    def _look(self) -> None:
        """Changes have been gathered."""
        self._due = False
        self._read()

    @work(exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        """Read the page; a newer one stops the reading."""
        if not self.display or self._conversation is None:
            self._say(Content.styled("No conversation is shown", MUTED))
            return
        fresh = await self._store.conversations.get(self._conversation.id)
        if fresh is not None:
            facts = await self._store.facts.of(fresh)
            now, zone = self._seat.clock.now(), self._seat.zone
            self._say(contact_text(fresh, facts, now, zone, self._keys))

    def _say(self, page: Content) -> None:
        """Put the page down, if it reads differently: that lays the whole desk out again."""
        if not page.is_same(self._shown):
            self._shown = page
            self.text.update(page)


def contact_text(
    conversation: Conversation,
    facts: Facts,
    now: int,
    zone: tzinfo | None,
    keys: Mapping[str, str],
) -> Content:
    """The whole page."""
    parts = [
        _who(conversation, now),
        _section("Labels", "  ".join(f"#{one_line(label, 30)}" for label in conversation.labels)),
        _section("Note", printable(facts.note, limit=_LONGEST_NOTE)),
        _section("Consent", consent_words(facts.consent, now, zone)),
        _section("Accounts", "\n".join(map(_exchanged, facts.exchanged))),
        _section("First seen", _first(facts, now, zone)),
        _section("Private notes", str(facts.notes) if facts.notes else ""),
        Content.styled(f"{keys['edit_contact']} edits name and note", MUTED),
    ]
    return Content("\n\n").join(part for part in parts if part.plain)


def _who(conversation: Conversation, now: int) -> Content:
    """Name, number, and what the number tells."""
    number = one_line(pretty(conversation.address), 40)
    named = [Content.styled(present.title(conversation), "bold"), Content(number)]
    lines = named if conversation.name else [Content.styled(number, "bold")]
    lines.append(Content.styled(_place(conversation.address, now), MUTED))
    return Content("\n").join(lines)


def _place(address: str, now: int) -> str:
    """Where an address is: "GB · 14:02 there"."""
    if not address.startswith("+"):
        return "Short code or name: no country"
    place = [country(address) or "", clock_words(zones_for(address), now)]
    return " · ".join(word for word in place if word) or "A number of no single country"


def _section(heading: str, words: str) -> Content:
    """A heading over words; nothing for no words."""
    if not words:
        return Content("")
    return Content.assemble((f"{heading}\n", MUTED), Content(words))


def consent_words(word: Consent | None, now: int, zone: tzinfo | None) -> str:
    """May they be texted, and by which evidence."""
    if word is None:
        return "May be texted; never asked to stop"
    verdict = "OPTED OUT" if word.opted_out else "May be texted again"
    when = f"{present.day(word.at, now, zone)} {present.clock_time(word.at, zone)}"
    source = {"agent": f"recorded by {one_line(word.agent, 20)}", "provider": "by the provider"}
    how = source.get(word.source, "by their own text")
    said = f'\n"{one_line(word.evidence, 120)}"' if word.evidence else ""
    return f"{verdict}\n{when}, {how}{said}"


def _exchanged(one: Exchanged) -> str:
    """A line for an account."""
    return f"{one_line(one.account, 16)}  {one.came_in} in · {one.went_out} out"


def _first(facts: Facts, now: int, zone: tzinfo | None) -> str:
    """The day of the first message."""
    return present.day(facts.first_at, now, zone) if facts.first_at else ""
