"""What an agent does with conversations: each action is stored, said, and can be undone."""

from collections.abc import Sequence

from tui.domain.conversation import Conversation, State
from tui.domain.message import Direction, Message, NewMessage
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.replying import Route
from tui.seat import Seat
from tui.store.store import Store
from tui.store.summaries import Summary
from tui.undo import UndoStack


class ThreadActions:
    """Every method returns the words that tell the agent what was done."""

    def __init__(self, store: Store, seat: Seat) -> None:
        """Nothing to undo yet."""
        self._store = store
        self._seat = seat
        self._agent = seat.agent
        self._undo = UndoStack()

    async def close(self, rows: Sequence[Conversation]) -> str:
        """Nothing more to do there."""
        before = await self._store.triage.close(_ids(rows), self._agent)
        return self._done(f"Closed {_names(rows)}", before)

    async def reopen(self, rows: Sequence[Conversation]) -> str:
        """Back among the open ones."""
        before = await self._store.triage.reopen(_ids(rows), self._agent)
        return self._done(f"Opened {_names(rows)} again", before)

    async def assign_me(self, rows: Sequence[Conversation]) -> str:
        """Mine, or nobody's when all of them were mine."""
        mine = all(row.assignee == self._agent for row in rows)
        before = await self._store.triage.assign(
            _ids(rows), self._agent, "" if mine else self._agent
        )
        words = f"{_names(rows)}: nobody's again" if mine else f"Assigned {_names(rows)} to you"
        return self._done(words, before)

    async def star(self, rows: Sequence[Conversation]) -> str:
        """Starred, or not when all of them were."""
        on = not all(row.starred for row in rows)
        before = await self._store.triage.star(_ids(rows), self._agent, on)
        return self._done(f"{'Starred' if on else 'Unstarred'} {_names(rows)}", before)

    async def toggle_unread(self, rows: Sequence[Conversation]) -> str:
        """Unread, or read when any of them was unread."""
        unread = not any(row.unread for row in rows)
        before = await self._store.triage.mark(_ids(rows), self._agent, unread)
        words = "unread" if unread else "read"
        return self._done(f"Marked {_names(rows)} {words}", before)

    async def send(
        self,
        conversation: Conversation,
        text: str,
        route: Route,
        *,
        seen_upto: int,
        retry_of: int | None = None,
    ) -> Message:
        """Queue a message; raises `StoreError` when nothing was queued."""
        now = self._seat.clock.now()
        return await self._store.outbox.queue(
            NewMessage(
                to=conversation.party,
                body=text,
                account=route.account.name,
                sender=route.sender,
                agent=self._agent,
                hold_until=now + self._seat.grace_ms,
                retry_of=retry_of,
            ),
            seen_upto=seen_upto,
        )

    def sent(self, message: Message) -> None:
        """A message that may be taken back for a moment."""

        async def undo() -> str:
            if await self._store.outbox.take_back(message.id, self._agent):
                return "Taken back: it was not sent"
            return "Too late to take it back: it is on its way"

        self._undo.push("send", undo)

    async def went_out(self, message: Message) -> str:
        """The agent's word about a message that may have been sent."""
        if message.status is not Status.UNCERTAIN:
            return "Only a message that is maybe sent needs your word"
        await self._store.outbox.resolve(message.id, self._agent, went_out=True)
        return "Noted: it went out"

    async def undo(self) -> str:
        """Take the newest action back."""
        done = self._undo.pop()
        return await done.undo() if done else "Nothing to undo"

    def _done(self, words: str, before: list[Summary]) -> str:
        """Remember how to go back."""

        async def undo() -> str:
            await self._store.triage.restore(before, self._agent)
            return f"Undone: {words[:1].lower()}{words[1:]}"

        self._undo.push(words, undo)
        return f"{words} · z undoes"


def retryable(message: Message | None) -> str:
    """Why a message cannot be sent once more; empty when it can."""
    if message is None or message.direction is not Direction.OUT:
        return "Select a message that went out first: K and J"
    if message.status is Status.UNCERTAIN:
        return ""
    if message.status is None or not message.status.trouble:
        return "Only failed messages are sent again"
    return "" if not message.handled else "This one has been dealt with already"


def is_open(conversation: Conversation) -> bool:
    """Whether there is something to close."""
    return conversation.state is State.OPEN


def _ids(rows: Sequence[Conversation]) -> list[int]:
    """The ids of conversations."""
    return [row.id for row in rows]


def _names(rows: Sequence[Conversation]) -> str:
    """How a message calls these conversations."""
    return one_line(rows[0].title, 40) if len(rows) == 1 else f"{len(rows)} conversations"
