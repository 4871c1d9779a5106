"""Say that the server of the inbox cannot be used: once while it lasts, and for each key.

Where it was lost at the moment of storing a text, repeating the key finds out first.
"""

import contextlib
from collections.abc import AsyncIterator
from datetime import tzinfo

from tui.clock import Clock
from tui.desk import format
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Message
from tui.domain.opt_out_sentence import append_sentence
from tui.domain.text import one_line
from tui.store.engine import Outage
from tui.store.errors import StoreError, UnknownOutcome, Unreachable
from tui.store.messages import NEWEST
from tui.store.store import Store

_LONGEST = 300
_RECENT = 50
"""Messages among which a text is looked for."""


def describe_outage(outage: Outage | None, now: int, zone: tzinfo | None = None) -> str:
    """Return the line that stays while a server cannot be used; empty while it can.

    Args:
        outage: Why it cannot be used; None if it can.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    if outage is None:
        return ""
    since = format.format_moment(outage.since, now, zone)
    if outage.may_end:
        return (
            f"The database server {outage.what} since {since}: what you did last is not stored yet,"
            " wait for it"
        )
    return (
        f"The database server {outage.what} since {since}: what you see may be old, nothing can"
        " be sent; it goes on by itself"
    )


def explain_failure(error: StoreError, key: str = "", done: str = "done") -> str:
    """Return one line about what an agent wanted and the store did not do.

    Args:
        error: Error of the store.
        key: What repeats it; empty if nothing does.
        done: What was not done: "sent".
    """
    if isinstance(error, UnknownOutcome):
        repeat = f" before you press {key} again" if key else " before you repeat it"
        return (
            f"The database server was lost at the last moment: look whether this was {done}{repeat}"
        )
    if isinstance(error, Unreachable):
        repeat = f"{key} repeats it" if key else "repeat it later"
        return f"Nothing was {done}: the database server {error.what}; {repeat}"
    return one_line(str(error), _LONGEST)


class DoubtfulTexts:
    """Texts of an agent of which it is not known whether they are stored."""

    def __init__(self, store: Store, clock: Clock, agent: str) -> None:
        """Create it without any.

        Args:
            store: Store of the messages.
            clock: Source of the current time.
            agent: Name of the agent.
        """
        self._store = store
        self._clock = clock
        self._agent = agent
        self._began_at: dict[tuple[str, str], int] = {}

    @contextlib.asynccontextmanager
    async def watch(
        self, conversation: Conversation | None, to: str, text: str, sentence: str = ""
    ) -> AsyncIterator[Message | None]:
        """Watch how a text is queued in the block; yield its message if it is queued already.

        Args:
            conversation: Conversation of the text; None for a new one.
            to: Number that it is for.
            text: The text.
            sentence: Sentence that may be added to it.
        """
        found = None
        if (to, text) in self._began_at and conversation is not None:
            texts = (text, append_sentence(text, sentence))
            found = await self._find_message(conversation.id, texts, self._began_at[to, text])
        began_at = self._clock.now()
        try:
            yield found
        except UnknownOutcome:
            self._began_at.setdefault((to, text), began_at)
            raise
        self._began_at.pop((to, text), None)

    async def _find_message(
        self, conversation_id: int, texts: tuple[str, ...], since: int
    ) -> Message | None:
        """Return the agent's newest message with one of the texts, not older than a time."""
        found = await self._store.messages.list_before(conversation_id, NEWEST, _RECENT)
        for message in reversed(found):
            is_own = message.direction is Direction.OUT and message.agent == self._agent
            if is_own and message.body in texts and message.at >= since:
                return message
        return None
