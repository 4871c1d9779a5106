"""What is being written in the open conversation: its way, its pictures, its draft, its reader.

The letters themselves are the composer's. This is what must go with them to the disk and to the
outbox, and what an agent has been told before sending.
"""

from collections.abc import Callable, Mapping, Sequence

from tui.desk.drafting import Drafting, Typed, saving_notes, saving_replies
from tui.desk.guards import Guard, at_night, impossible, news, unfilled
from tui.desk.replying import Plan, Route, default_route
from tui.domain.conversation import Conversation, Draft
from tui.domain.message import NOTHING, Enclosed, Message
from tui.domain.text import one_line
from tui.seat import Seat
from tui.store.store import Store


class Sheet:
    """One agent's writing, of an answer or of a private note."""

    def __init__(
        self, store: Store, seat: Seat, tell: Callable[[str], None], again: str = "Enter again"
    ) -> None:
        """`tell` is given the words when something cannot be saved; see `Guard` for `again`."""
        drafts, agent = store.drafts, seat.agent
        self._store = store
        self._seat = seat
        self._answers = Drafting(saving_replies(drafts, agent), seat.clock, tell)
        self._notes = Drafting(saving_notes(drafts, agent), seat.clock, tell)
        self._guard = Guard(again)
        self._begun = False
        self.route: Route | None = None
        self.enclosed: Enclosed = NOTHING
        """The pictures and the subject that go along."""
        self.seen_upto = 0
        """The newest message when the agent began to write, or was told of since."""

    def lay(self, conversation: Conversation, draft: Draft | None) -> str:
        """Take another conversation's sheet; returns the text that stands on it."""
        self._guard.forget()
        self.route = self._route_of(conversation, draft)
        self.enclosed = draft.enclosed if draft else NOTHING
        return self._answers.unsaved(conversation.id, draft.body if draft else "")

    def look(self, newest_id: int, text: str) -> None:
        """The agent sees this sheet, and the messages up to the newest one."""
        self.seen_upto = newest_id
        self._begun = bool(text)

    def see(self, text: str, newest_id: int) -> None:
        """Who begins to write has seen what stands above; what comes later is news to them."""
        if text and not self._begun:
            self.seen_upto = newest_id
        self._begun = bool(text)

    # The disk -------------------------------------------------------------------------------

    async def flush(self) -> None:
        """Wait until what was typed is on disk."""
        await self._answers.flush()
        await self._notes.flush()

    def keep(self, conversation_id: int, text: str, *, note: bool, here: bool = True) -> None:
        """Write a draft down behind the keys; `here`: it is this sheet's conversation."""
        if note:
            self._notes.typed(conversation_id, Typed(text))
        else:
            typed = Typed(text, self.route, self.enclosed) if here else Typed(text)
            self._answers.typed(conversation_id, typed)

    async def saved(self, conversation_id: int, *, note: bool) -> str:
        """The newest text of the agent's note or answer there."""
        await self.flush()
        drafts, agent = self._store.drafts, self._seat.agent
        if note:
            return self._notes.unsaved(conversation_id, await drafts.note(conversation_id, agent))
        draft = await drafts.get(conversation_id, agent)
        return self._answers.unsaved(conversation_id, draft.body if draft else "")

    def noted(self, conversation_id: int) -> None:
        """The note is written down, and its draft went with it."""
        self._notes.forget(conversation_id)

    def sent(self, conversation_id: int, text: str) -> None:
        """The answer is queued, and its draft went with it; `text` was typed since."""
        self._answers.forget(conversation_id)
        self._guard.forget()
        self._begun = bool(text)
        self.enclosed = NOTHING

    # Before sending -------------------------------------------------------------------------

    def objection(
        self,
        conversation: Conversation,
        text: str,
        messages: Sequence[Message],
        keys: Mapping[str, str],
        held: str,
        plan: Plan | None,
    ) -> str:
        """What to say in place of sending; empty when the text may go.

        `messages` are what the agent sees, `keys` the first key of each command, `held` is the
        colleague who writes here.
        """
        if self.route is None:
            return "No account is configured: smsdesk doctor tells how"
        if not text.strip() and not self.enclosed.media:
            return "Nothing to send yet: type the message first"
        if held:
            return f"{one_line(held, 20)} writes here now: Esc {keys['take_over']} takes it back"
        at = plan.at if plan else self._seat.clock.now()
        problem = self._guard.hear(
            [
                *unfilled(text),
                *impossible(text, self.enclosed, self.route, keys),
                *news(messages, self.seen_upto, conversation),
                *at_night(conversation.address, at, self._seat.quiet_hours, keys["schedule"]),
            ]
        )
        if not problem and messages:
            self.seen_upto = messages[-1].id
        return problem

    def _route_of(self, conversation: Conversation, draft: Draft | None) -> Route | None:
        """The draft's account and sender if it had one, else the customer's last ones."""
        chosen = self._seat.account(draft.account) if draft is not None else None
        if draft is None or chosen is None:
            return default_route(self._seat.accounts, conversation)
        return Route(chosen, draft.sender)
