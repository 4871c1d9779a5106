"""What an agent does with conversations: each action is stored, said, and can be undone."""

import contextlib
from collections.abc import Mapping, Sequence

from tui.desk.consent_actions import ConsentActions
from tui.desk.in_flight import InFlight
from tui.desk.replying import Plan, Route, held_by_provider
from tui.desk.undo import Undoing, UndoStack
from tui.domain.conversation import Conversation, State
from tui.domain.message import NOTHING, Direction, Enclosed, Format, Message, NewMessage
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.domain.when import in_words
from tui.present import title
from tui.seat import Seat
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.store.summaries import Summary


class ThreadActions:
    """Every method returns the words that tell the agent what was done."""

    def __init__(self, store: Store, seat: Seat) -> None:
        """Nothing to undo yet."""
        self._store = store
        self._seat = seat
        self._agent = seat.agent
        self._undo = UndoStack()
        self._claimed: set[int] = set()
        """Answers of this agent that took a conversation on."""
        self.in_flight = InFlight(store)
        self.consent = ConsentActions(store, seat.agent, self.undoable)

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
        words = f"Assigned {_names(rows)} to nobody" if mine else f"Assigned {_names(rows)} to you"
        return self._done(words, before)

    async def assign(self, rows: Sequence[Conversation], to: str) -> str:
        """Somebody's; nobody's for an empty name."""
        before = await self._store.triage.assign(_ids(rows), self._agent, to)
        return self._done(f"Assigned {_names(rows)} to {one_line(to, 30) or 'nobody'}", before)

    async def snooze(self, rows: Sequence[Conversation], until: int | None) -> str:
        """Out of sight until a moment (ms UTC), or until they write."""
        before = await self._store.triage.snooze(_ids(rows), self._agent, until)
        words = in_words(until, self._seat.clock.now(), self._seat.zone).split(",")[0]
        moment = words if until is None else f"until {words}"
        return self._done(f"Snoozed {_names(rows)} {moment}", before)

    async def label(self, rows: Sequence[Conversation], *labels: str) -> str:
        """Put labels on, or take off those that all of them wear; one undo for all."""
        changes = {label: not all(label in row.labels for row in rows) for label in labels}
        before = await self._store.triage.relabel(_ids(rows), self._agent, changes)
        return self._done(_label_words(changes, _names(rows)), before)

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
        enclosed: Enclosed = NOTHING,
        plan: Plan | None = None,
        claims: bool = True,
    ) -> Message:
        """Queue a message, and (if it `claims`) take the conversation on if it is nobody's.

        With a `plan` it goes out then: the provider keeps it where it can, else the desk does.
        Raises `StoreError` when nothing was queued.
        """
        hold_until = self._seat.clock.now() + self._seat.grace_ms
        if plan is not None and not held_by_provider(route):
            hold_until = plan.at
        message = await self._store.intents.queue(
            NewMessage(
                to=conversation.party,
                body=text,
                account=route.account.name,
                sender=route.sender,
                agent=self._agent,
                hold_until=hold_until,
                retry_of=retry_of,
                scheduled_at=plan.at if plan else None,
                cancel_on_reply=plan is not None and plan.until_reply,
                format=Format.MMS if enclosed.media else Format.SMS,
                subject=enclosed.subject,
                media=enclosed.media,
            ),
            seen_upto=seen_upto,
        )
        with contextlib.suppress(StoreError):  # the message is queued: nothing may hide that
            if claims and await self._store.triage.claim(message.conversation_id, self._agent):
                self._claimed.add(message.id)
        return message

    def sent(self, message: Message) -> None:
        """A message that may be taken back for a moment; its text is a draft again then."""

        async def undo() -> str:
            if not await self._store.intents.take_back(message.id, self._agent):
                return "Too late to take it back: it is on its way"
            await self._as_draft(message)
            await self._give_up(message)
            return "Taken back: it was not sent, the text is a draft again"

        self.in_flight.add(message)
        self._undo.push("send", undo)

    def sent_all(self, messages: Sequence[Message]) -> None:
        """Messages that may be taken back together; their texts are drafts again then."""

        async def undo() -> str:
            back = [m for m in messages if await self._store.intents.take_back(m.id, self._agent)]
            for message in back:
                await self._as_draft(message)
            late = f", {len(messages) - len(back)} too late" if len(back) < len(messages) else ""
            return f"Taken back: {len(back)} not sent{late}, the texts are drafts again"

        for message in messages:
            self.in_flight.add(message)
        self._undo.push("send", undo)

    async def call_off(self, message: Message) -> str:
        """Take back a message that waits for its time, here or at the provider."""
        intents = self._store.intents
        if message.status is Status.QUEUED and await intents.take_back(message.id, self._agent):
            await self._as_draft(message)
            return "Cancelled: it was not sent, the text is a draft again"
        if message.cancel_wanted:
            return "The provider has been asked already: the badge will tell"
        if await intents.ask_cancel(message.id, self._agent):
            name = one_line(message.account, 20)
            return f"Asked {name} to cancel it: the badge will tell"
        return "Nothing to cancel: it does not wait for a time any more"

    async def note(self, conversation: Conversation, text: str, mentions: Sequence[str]) -> str:
        """A private note for colleagues."""
        messages, agent = self._store.messages, self._agent
        note_id = await messages.add_note(conversation.id, agent, text, mentions)

        async def undo() -> str:
            if not await messages.withdraw_note(note_id, agent):
                return "The note is gone already"
            return "Withdrawn: nobody sees the note, its text is a draft again"

        told = f" · {one_line(', '.join(mentions), 60)} will see it" if mentions else ""
        return self.undoable(f"Noted, for colleagues only{told}", undo)

    async def _as_draft(self, message: Message) -> None:
        """The text of a message that was not sent, before what has been typed since."""
        drafts, place = self._store.drafts, message.conversation_id
        draft = await drafts.get(place, self._agent)
        newer = draft.body if draft else ""
        await drafts.save(
            place,
            self._agent,
            f"{message.body}\n{newer}" if newer else message.body,
            account=message.account,
            sender=message.sender,
            enclosed=Enclosed(message.media, message.subject),
            began_at=message.at,
        )

    async def _give_up(self, message: Message) -> None:
        """What was taken on with an answer is nobody's again when the answer is taken back."""
        if message.id in self._claimed:
            self._claimed.discard(message.id)
            await self._store.triage.assign([message.conversation_id], self._agent, "")

    async def went_out(self, message: Message) -> str:
        """The agent's word about a message that may have been sent."""
        if not await self._store.intents.resolve(message.id, self._agent, went_out=True):
            return "The provider has told meanwhile: nothing to decide any more"
        return "Noted: it went out"

    def undoable(self, words: str, undo: Undoing) -> str:
        """Remember how to go back."""
        self._undo.push(words, undo)
        return f"{words} · z undoes"

    async def put_aside(self, message: Message) -> str:
        """A failure that asks for nothing more: it counts no longer."""
        intents, agent = self._store.intents, self._agent
        if not await intents.deal_with(message.id, agent):
            return "A colleague has dealt with this one already"

        async def undo() -> str:
            await intents.deal_with(message.id, agent, done=False)
            return "Undone: it counts as failed again"

        return self.undoable("Put aside: it counts as failed no more", undo)

    async def undo(self) -> str:
        """Take the newest action back."""
        done = self._undo.pop()
        return await done.undo() if done else "Nothing to undo"

    def _done(self, words: str, before: list[Summary]) -> str:
        """Remember how to go back."""

        async def undo() -> str:
            await self._store.triage.restore(before, self._agent)
            return f"Undone: {words[:1].lower()}{words[1:]}"

        return self.undoable(words, undo)


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


def _label_words(changes: Mapping[str, bool], whose: str) -> str:
    """What was put on and taken off: "Put #vip, #late on and took #new off Mia"."""

    def tags(on: bool) -> str:
        return one_line(", ".join(f"#{label}" for label in changes if changes[label] is on), 60)

    if all(changes.values()):
        return f"Put {tags(True)} on {whose}"
    if not any(changes.values()):
        return f"Took {tags(False)} off {whose}"
    return f"Put {tags(True)} on and took {tags(False)} off {whose}"


def _ids(rows: Sequence[Conversation]) -> list[int]:
    """The ids of conversations."""
    return [row.id for row in rows]


def _names(rows: Sequence[Conversation]) -> str:
    """How a message calls these conversations."""
    return one_line(title(rows[0]), 40) if len(rows) == 1 else f"{len(rows)} conversations"
