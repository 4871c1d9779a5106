"""Tells an agent who looks elsewhere that somebody has written, and anybody that an account fails.

Never while the terminal has the focus (the screen tells then), seldom enough to be listened to, and
with as much of the text as fits one line.
"""

from collections.abc import Callable, Iterable, Mapping

from tui import present
from tui.domain.account import AccountState, Health
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.store import Store
from tui.terminal.asking import BELL, notification, title

_MOST_READ = 20
"""New messages of one batch that are looked at; more are told as a number all the same."""


class Telling:
    """Watches what comes in, and asks the terminal to call the agent."""

    def __init__(
        self,
        store: Store,
        seat: Seat,
        *,
        write: Callable[[str], None],
        focused: Callable[[], bool],
        say: Callable[[str], None],
    ) -> None:
        """`write` puts a sequence on the terminal, `say` a line on the screen."""
        self._store = store
        self._seat = seat
        self._manners = seat.manners
        self._write = write
        self._focused = focused
        self._say = say
        self._untold: list[str] = []
        self._told_at: int | None = None
        self._title = ""
        self._alarmed: set[tuple[str, str, int]] = set()

    async def begin(self) -> None:
        """The title as it is now."""
        await self._retitle()

    async def heed(self, changes: Iterable[Change]) -> None:
        """Take in what has changed in the store."""
        changes = tuple(changes)
        subjects = {change.subject for change in changes}
        if Subject.CONVERSATION in subjects or RELOAD in changes:
            await self._retitle()
        new = [c for c in changes if c.subject is Subject.MESSAGE and c.new]
        for change in new[:_MOST_READ]:
            await self._notice(change.id)
        if new:
            self.tick()

    def tick(self) -> None:
        """Call the agent if there is something untold and it is time."""
        now, every = self._seat.clock.now(), self._manners.every_ms
        if self._focused():
            self._untold.clear()
        elif self._untold and (self._told_at is None or now - self._told_at >= every):
            self._told_at = now
            self._call(summed(self._untold))
            self._untold.clear()

    async def watch_accounts(self) -> None:
        """Raise an alarm for every account that has stopped or fallen silent, once each time."""
        states = await self._store.accounts.states()
        names = {account.name for account in self._seat.accounts}
        known = {name: state for name, state in states.items() if name in names}
        now = self._seat.clock.now()
        found = alarms(known, now, self._manners.silent_after_ms)
        for key, words in found.items():
            if key not in self._alarmed:
                self._say(words)
                self._call(words)
        self._alarmed = set(found)

    async def _notice(self, message_id: int) -> None:
        """Remember a new message if it concerns this agent."""
        message = await self._store.messages.get(message_id)
        if message is None or message.direction is Direction.OUT:
            return
        conversation = await self._store.conversations.get(message.conversation_id)
        if conversation is not None and concerns(message, conversation, self._seat.agent):
            self._untold.append(f"{present.title(conversation)}: {one_line(message.body, 80)}")

    def _call(self, words: str) -> None:
        """Ring, and show a notification where nobody looks at the screen."""
        if self._manners.bell:
            self._write(BELL)
        if self._manners.desktop and not self._focused():
            sequence = notification(words, self._manners.terminal)
            if sequence:
                self._write(sequence)

    async def _retitle(self) -> None:
        """The number of those who wait, in the terminal's title."""
        if not self._manners.terminal.titled:
            return
        words = title_words((await self._store.conversations.counts()).waiting)
        if words != self._title:
            self._title = words
            self._write(title(words))


def title_words(waiting: int) -> str:
    """The terminal's title: "(3) smsdesk"."""
    return f"({waiting}) smsdesk" if waiting else "smsdesk"


def summed(untold: list[str]) -> str:
    """Several texts as one line."""
    return untold[0] if len(untold) == 1 else f"{len(untold)} new texts, the last: {untold[-1]}"


def concerns(message: Message, conversation: Conversation, agent: str) -> bool:
    """Whether an agent should be called: her own or nobody's customer wrote, or a note names her.

    A note of her own does not call her.
    """
    if message.direction is Direction.NOTE:
        return message.agent != agent and f"@{agent}".casefold() in message.body.casefold()
    return conversation.assignee in ("", agent)


def alarms(
    states: Mapping[str, AccountState], now: int, silent_after_ms: int
) -> dict[tuple[str, str, int], str]:
    """What should not go unheard, each under a key that stays while it is the same trouble."""
    found: dict[tuple[str, str, int], str] = {}
    for name, state in states.items():
        label = one_line(name, 20)
        if state.health is Health.STOPPED:
            line = one_line(state.line, 160)
            found[name, "stopped", 0] = f"Account {label} has stopped: {line}"
        elif silent(state, now, silent_after_ms):
            last = state.event_at or 0
            words = f"Account {label} has brought nothing for {present.age(last, now)}"
            found[name, "silent", last] = f"{words}: is all well there?"
    return found


def silent(state: AccountState, now: int, silent_after_ms: int) -> bool:
    """Whether an account that used to bring news has brought none for unusually long."""
    last = state.event_at
    return bool(silent_after_ms and last is not None and now - last >= silent_after_ms)
