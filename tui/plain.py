"""The desk in plain lines: for screen readers, dumb terminals and slow links.

Lines are only ever added, nothing is drawn twice, and no cursor moves. Choices are numbers and
words. Nothing of the full screen is imported.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable

from tui import present
from tui.domain.change import Change, Subject
from tui.domain.conversation import Conversation, View
from tui.domain.message import Direction, Message
from tui.domain.sms import count
from tui.domain.text import one_line, printable
from tui.guards import unfilled
from tui.replying import default_route
from tui.seat import Seat
from tui.store.conversations import FIRST, Key, key_of
from tui.store.errors import StoreError
from tui.store.messages import NEWEST
from tui.store.store import Store
from tui.thread_actions import ThreadActions

Ask = Callable[[str], Awaitable[str | None]]
"""Shows a prompt and returns the line that was typed; None at the end of the input."""
Say = Callable[[str], None]
"""Adds a line."""

_PAGE = 9
_MESSAGES = 10
_WAITING = "l waiting · n next waiting · m more · a number opens it · q quits · ? help"
_READING = "r reply · e close · o older · n next waiting · b back to the list · q quits · ? help"
_HELP = (
    "Type a letter or a number and Enter.\n"
    "In the list: l lists who waits, longest first. m lists more. A number opens that one.\n"
    "In a conversation: r writes a reply, e closes it, o reads older messages, b goes back.\n"
    "Everywhere: n opens who waits longest after this, q quits.\n"
    "A reply may have several lines; a line with a single . ends it, a single ! calls it off.\n"
    "What becomes of a message you sent, and who writes, is said as it happens."
)


class PlainDesk:
    """One agent's talk with the desk."""

    def __init__(self, store: Store, seat: Seat, ask: Ask, say: Say) -> None:
        """`store` is open."""
        self._store = store
        self._seat = seat
        self._ask = ask
        self._say = say
        self._actions = ThreadActions(store, seat)
        self._listed: list[Conversation] = []
        self._open: Conversation | None = None
        self._oldest = NEWEST
        self._seen = 0
        self._sent: dict[int, str] = {}
        """The last badge said of each message that this agent sent."""
        self._hint = ""
        """The choices that were said last: they are said again only when they change."""
        self._held: list[str] | None = None
        """News kept back while a reply is written."""

    async def run(self) -> None:
        """Talk until the agent quits, or the input ends."""
        news = asyncio.create_task(self._follow())
        try:
            await self._list(FIRST)
            while await self._turn():
                pass
        finally:
            news.cancel()
            await asyncio.wait([news])
        self._say("Goodbye.")

    async def _turn(self) -> bool:
        """One question and what follows from it; False to leave."""
        hint = _READING if self._open is not None else _WAITING
        if hint != self._hint:
            self._say(hint)
            self._hint = hint
        typed = await self._ask("? ")
        if typed is None or typed.strip() in ("q", "quit"):
            return False
        try:
            await self._do(typed.strip())
        except StoreError as error:
            self._say(one_line(str(error), 300))
        return True

    async def _do(self, word: str) -> None:
        """Do what was typed."""
        if word.isdecimal():
            await self._open_number(int(word))
            return
        commands: dict[str, Callable[[], Awaitable[None]]] = {
            "l": lambda: self._list(FIRST),
            "m": self._more,
            "n": self._next,
            "b": lambda: self._list(FIRST),
            "r": self._reply,
            "e": self._close,
            "o": self._older,
        }
        command = commands.get(word)
        if command is not None:
            await command()
        elif word:
            self._say(_HELP)

    # Finding --------------------------------------------------------------------------------

    async def _list(self, key: Key) -> None:
        """Number the next open conversations."""
        self._open = None
        self._listed = await self._store.conversations.after(View(), key, _PAGE)
        counts = await self._store.conversations.counts()
        if key == FIRST:
            self._say(f"{counts.open} open, {counts.waiting} waiting, {counts.failed} failed.")
        for number, row in enumerate(self._listed, 1):
            self._say(f"{number}. {self._row(row)}")
        if not self._listed:
            self._say("No more open conversations.")

    async def _more(self) -> None:
        """The next page of the list."""
        if self._listed:
            await self._list(key_of(self._listed[-1], View()))
        else:
            await self._list(FIRST)

    def _row(self, row: Conversation) -> str:
        """One conversation in one line."""
        now = self._seat.clock.now()
        waits = (
            "" if row.waiting_since is None else f", waits {present.age(row.waiting_since, now)}"
        )
        unread = f", {row.unread} unread" if row.unread else ""
        stop = ", opted out" if row.opted_out else ""
        who = "you wrote" if row.last_direction is Direction.OUT else "wrote"
        status = f" ({present.badge(row.last_status).word})" if row.last_status else ""
        return f"{present.title(row)}{waits}{unread}{stop}; {who}: {present.preview(row)}{status}"

    async def _open_number(self, number: int) -> None:
        """Open one of the list."""
        if 1 <= number <= len(self._listed):
            await self._read(self._listed[number - 1])
        else:
            self._say("There is no such number in the list: l lists again.")

    async def _next(self) -> None:
        """Open who waits next."""
        found = await self._store.conversations.next_waiting(self._open)
        if found is None:
            self._say("Nobody is waiting: all clear.")
        else:
            await self._read(found)

    # Reading --------------------------------------------------------------------------------

    async def _read(self, row: Conversation) -> None:
        """Read the end of a conversation aloud, and mark it read."""
        self._open = await self._store.conversations.get(row.id) or row
        found = await self._store.messages.before(row.id, NEWEST, _MESSAGES)
        self._say(f"Conversation with {present.title(self._open)}, {one_line(row.address, 40)}.")
        if self._open.opted_out:
            self._say("This customer has opted out: nothing can be sent.")
        await self._tell(found)
        self._seen = found[-1].id if found else 0
        if found:
            await self._store.triage.read(row.id, self._seat.agent, self._seen)

    async def _older(self) -> None:
        """The page before what was read last."""
        if self._open is None:
            self._say("Open a conversation first: type its number.")
            return
        found = await self._store.messages.before(self._open.id, self._oldest, _MESSAGES)
        if found:
            await self._tell(found)
        else:
            self._say("That was the first message.")

    async def _tell(self, messages: list[Message]) -> None:
        """Read messages aloud, oldest first."""
        self._oldest = messages[0].id if messages else self._oldest
        for message in messages:
            self._say(self._line(message))

    def _line(self, message: Message) -> str:
        """Who, when, what, and what became of it."""
        seat = self._seat
        when = present.day(message.at, seat.clock.now(), seat.zone)
        time = present.clock_time(message.at, seat.zone)
        who = {
            Direction.IN: present.title(self._open) if self._open else "They",
            Direction.OUT: f"Sent by {one_line(message.agent, 20) or 'the desk'}",
            Direction.NOTE: f"Private note of {one_line(message.agent, 20)}",
        }[message.direction]
        files = f" [{message.attachments} files]" if message.attachments else ""
        status = f" [{self._status(message)}]" if message.status else ""
        body = printable(message.body, limit=present.LONGEST)
        return f"{when} {time}, {who}: {body}{files}{status}"

    def _status(self, message: Message) -> str:
        """The badge in words."""
        words = present.badge_words(message, zone=self._seat.zone, ascii=True)
        return words.partition(" ")[2]

    # Writing --------------------------------------------------------------------------------

    async def _reply(self) -> None:
        """Write, look at it, send it."""
        row = self._open
        route = default_route(self._seat.accounts, row) if row is not None else None
        if row is None:
            self._say("Open a conversation first: type its number.")
        elif row.opted_out:
            self._say("This customer has opted out: nothing can be sent.")
        elif route is None:
            self._say("No account is configured: smsdesk doctor tells how.")
        else:
            self._held = []
            try:
                text = await self._written()
                if text:
                    await self._offer(row, text)
            finally:
                held, self._held = self._held or [], None
                for line in held:
                    self._say(line)

    async def _written(self) -> str:
        """Several lines, ended by a single dot; empty when called off."""
        self._say("Write your reply. A single . ends it, a single ! calls it off.")
        lines: list[str] = []
        while (line := await self._ask("> ")) != ".":
            if line is None or line == "!":
                self._say("Called off: nothing was sent.")
                return ""
            lines.append(line)
        text = printable("\n".join(lines)).strip()
        if not text:
            self._say("Nothing was written.")
        return text

    async def _offer(self, row: Conversation, text: str) -> None:
        """Say what would go out, and send it on the agent's word."""
        route = default_route(self._seat.accounts, row)
        assert route is not None
        blanks = unfilled(text)
        if blanks:
            self._say(blanks[0].words)
            return
        parts = len(count(text).parts)
        self._say(f"To {present.title(row)} through {one_line(route.words, 100)}:")
        self._say(text)
        question = f"{len(text)} characters, {parts} part{'s' if parts > 1 else ''}. Send? y or n "
        while await self._agreed(question):
            try:
                sent = await self._actions.send(row, text, route, seen_upto=self._seen)
            except StoreError as error:
                self._say(one_line(str(error), 300))
                if not await self._caught_up(row):
                    return
                continue
            self._sent[sent.id] = ""
            self._seen = max(self._seen, sent.id)
            seconds = self._seat.grace_ms // 1_000
            self._say(f"Queued; it leaves in {seconds} seconds." if seconds else "Queued.")
            return
        self._say("Not sent.")

    async def _caught_up(self, row: Conversation) -> bool:
        """Read what is new since the agent looked; whether anything was."""
        news = await self._store.messages.after(row.id, self._seen, _MESSAGES)
        await self._tell(news)
        self._seen = news[-1].id if news else self._seen
        return bool(news)

    async def _agreed(self, question: str) -> bool:
        """Yes or no."""
        answer = await self._ask(question)
        return answer is not None and answer.strip().lower() in ("y", "yes")

    async def _close(self) -> None:
        """Done here; on to the list."""
        if self._open is None:
            self._say("Open a conversation first: type its number.")
        else:
            self._say(await self._actions.close([self._open]))
            await self._list(FIRST)

    # News -----------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Say what happens meanwhile."""
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                try:
                    async for changes in self._store.feed.watch():
                        await self._take_in(changes)
                except StoreError as error:
                    self._announce(one_line(str(error), 300))
                    await asyncio.sleep(1)

    async def _take_in(self, changes: Iterable[Change]) -> None:
        """New texts of customers, and news of what this agent sent."""
        for change in changes:
            if change.subject is not Subject.MESSAGE:
                continue
            message = await self._store.messages.get(change.id)
            if message is None:
                continue
            if change.new and message.direction is Direction.IN:
                row = await self._store.conversations.get(message.conversation_id)
                if row is not None:
                    said = one_line(message.body, 300)
                    self._announce(f"* New from {present.title(row)}: {said}")
            elif message.id in self._sent:
                self._badge(message)

    def _badge(self, message: Message) -> None:
        """Say what became of a message, once."""
        words = self._status(message)
        if words != self._sent[message.id]:
            self._sent[message.id] = words
            self._announce(f"* Your message: {words}")

    def _announce(self, line: str) -> None:
        """Now, or when the reply is written."""
        if self._held is None:
            self._say(line)
        else:
            self._held.append(line)
