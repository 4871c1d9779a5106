"""What happens meanwhile: who writes, what becomes of one's messages, who is named, what stops."""

import asyncio
import contextlib
from collections.abc import Iterable

from tui import present
from tui.desk.company import BEAT
from tui.desk.telling import Telling
from tui.domain.change import Change, Subject
from tui.domain.message import Direction, Message
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.plain.desk import Desk
from tui.plain.lines import status_words
from tui.plain.reading import tell
from tui.store.errors import StoreError

_PAUSE = 1.0
_PASSING = frozenset({Status.QUEUED, Status.SENDING, Status.SUBMITTED})
"""Steps on the way that nobody needs to hear."""


class News:
    """Watches the store for one agent."""

    def __init__(self, desk: Desk, after: int | None) -> None:
        """What stands behind the change with number `after` is news; None: from now on."""
        self._desk = desk
        self._after = after
        self._alarms = Telling(
            desk.store,
            desk.seat,
            write=lambda sequence: None,
            focused=lambda: True,
            say=lambda words: desk.talk.announce(f"* {words}. i tells more."),
        )

    async def follow(self) -> None:
        """Say what changes, for as long as the talk lasts."""
        trouble = ""
        while True:
            try:
                async for changes in self._desk.store.feed.watch(after=self._after):
                    trouble, self._after = "", None
                    await self._take_in(changes)
            except StoreError as error:
                if str(error) != trouble:
                    trouble = str(error)
                    self._desk.talk.announce(f"* {one_line(trouble, 300)}.")
                await asyncio.sleep(_PAUSE)

    async def stay(self) -> None:
        """Tell colleagues again and again that this agent is here; hear accounts fall silent."""
        while True:
            with contextlib.suppress(StoreError):
                await self._alarms.watch_accounts()
            await asyncio.sleep(BEAT)
            self._desk.company.beat()

    async def _take_in(self, changes: Iterable[Change]) -> None:
        """One thing after the other."""
        for change in changes:
            match change.subject:
                case Subject.MESSAGE:
                    await self._message(change)
                case Subject.MENTION:
                    await self._mention(change)
                case Subject.ACCOUNT:
                    await self._alarms.watch_accounts()
                case Subject.PRESENCE:
                    await self._desk.company.look()

    async def _message(self, change: Change) -> None:
        """A text of a customer, or news of what this agent sent."""
        message = await self._desk.store.messages.get(change.id)
        if message is None:
            return
        if change.new and message.direction is Direction.IN:
            await self._came_in(message)
        elif message.id in self._desk.sent:
            self._badge(message)

    async def _came_in(self, message: Message) -> None:
        """Read it aloud where the agent is, else say who has written."""
        desk, row_id = self._desk, message.conversation_id
        row = await desk.store.conversations.get(row_id)
        if row is None:
            return

        def unheard() -> bool:
            return desk.open is None or desk.open.id != row_id or desk.seen < message.id

        if desk.open is not None and desk.open.id == row_id and not desk.talk.holding:
            if unheard():
                await tell(desk, [message])
            return
        desk.news_from = row_id
        words = one_line(message.body, 300)
        desk.talk.announce(f"* New from {present.title(row)}: {words} (w opens it)", unheard)

    async def _mention(self, change: Change) -> None:
        """A note of a colleague names this agent."""
        desk = self._desk
        if not await desk.store.messages.mentions(change.id, desk.seat.agent):
            return
        note = await desk.store.messages.get(change.id)
        about = await desk.store.conversations.get(change.conversation_id)
        if note is not None and about is not None and note.agent != desk.seat.agent:
            desk.news_from = about.id
            who, title = one_line(note.agent, 20), one_line(about.title, 30)
            desk.talk.announce(f"* {who} names you in a note on {title} (w opens it)")

    def _badge(self, message: Message) -> None:
        """Say what became of a message, once; trouble with what helps."""
        if message.status in _PASSING:
            return
        words = status_words(message, self._desk.seat.zone)
        if words == self._desk.sent[message.id]:
            return
        self._desk.sent[message.id] = words
        trouble = message.status is not None and message.status.trouble
        self._desk.talk.announce(f"* Your message: {words}{'. f helps' if trouble else ''}")
