"""What became of texts that were submitted, when it is too late to take them back."""

from collections import Counter
from collections.abc import Sequence

from tui.desk.format import format_title
from tui.domain.message import Message
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.store.store import Store

UNSENT = frozenset({Status.QUEUED, Status.SENDING})
"""Statuses of a text that is not sent yet."""


def describe_late(message: Message | None) -> str:
    """Return why a message can no longer be taken back: the badge may be ahead of a notice."""
    return {
        _BEING_SENT: "it is being sent",
        _CANCELLED: "it is cancelled already",
        _FAILED: "it has failed",
        _SENT: "it was sent",
    }[_find_outcome(message)]


_LateOutcome = tuple[str, str]
"""What became of a text, after "1" and after a larger number."""
_BEING_SENT: _LateOutcome = ("is being sent", "are being sent")
_CANCELLED: _LateOutcome = ("is cancelled already", "are cancelled already")
_FAILED: _LateOutcome = ("has failed", "have failed")
_SENT: _LateOutcome = ("is sent", "are sent")


def _find_outcome(message: Message | None) -> _LateOutcome:
    """Return what became of a text that can no longer be taken back."""
    if message is None or message.status in UNSENT:
        return _BEING_SENT
    if message.status is Status.CANCELLED:
        return _CANCELLED
    return _FAILED if message.status and message.status.is_problem else _SENT


async def explain_too_late(store: Store, message: Message) -> str:
    """Return why a text cannot be cancelled any more, or "" while it can.

    Args:
        store: Store with its present status.
        message: Message that was submitted.
    """
    stored = await store.messages.get(message.id)
    conversation = await store.conversations.get(message.conversation_id)
    text = f"the text to {one_line(format_title(conversation), 40)}" if conversation else "the text"
    status = stored.status if stored is not None else None
    if status is Status.QUEUED:
        return ""
    if status is Status.SCHEDULED:
        account = one_line(message.account, 20)
        return f"{account} has {text} already: select it, and D asks to cancel it"
    return f"Too late to cancel {text}: {describe_late(stored)}"


class BatchProgress:
    """What undo can still do for several texts that were queued together."""

    def __init__(self, store: Store, messages: Sequence[Message]) -> None:
        """Create the progress of a batch.

        Args:
            store: Store with the present statuses.
            messages: Messages that were queued.
        """
        self._store = store
        self._messages = messages

    async def format_question(self) -> str:
        """Return what undo would do: "cancels 2 of 5; 3 are sent · texts to {target}, queued"."""
        count = len(self._messages)
        if count == 1:
            return "cancels the text to {target}, queued"
        late = await self._list_late()
        if not late:
            return f"cancels {count} texts to {{target}}, queued"
        return (
            f"cancels {count - len(late)} of {count}; {_format_outcomes(late)}"
            " · texts to {target}, queued"
        )

    async def explain_too_late(self) -> str:
        """Return why none of the texts can be cancelled any more, or "" while one can."""
        if len(self._messages) == 1:
            return await explain_too_late(self._store, self._messages[0])
        late = await self._list_late()
        is_over = len(late) == len(self._messages)
        return f"Too late to cancel: {_format_outcomes(late)}" if is_over else ""

    async def _list_late(self) -> list[Message | None]:
        """Return the texts that cannot be cancelled any more, as they are stored now."""
        found = {
            m.id: m for m in await self._store.messages.get_many([m.id for m in self._messages])
        }
        stored = [found.get(message.id) for message in self._messages]
        return [m for m in stored if m is None or m.status is not Status.QUEUED]


def _format_outcomes(late: Sequence[Message | None]) -> str:
    """Return what became of texts: "3 are sent, 1 has failed"."""
    counts = Counter(map(_find_outcome, late))
    return ", ".join(
        f"{counts[words]} {words[counts[words] > 1]}"
        for words in (_SENT, _BEING_SENT, _FAILED, _CANCELLED)
        if counts[words]
    )
