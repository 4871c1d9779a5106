"""The moment in which a message can still be taken back, counted down for the agent."""

from collections.abc import Callable
from datetime import tzinfo

from tui.clock import SECOND
from tui.domain.message import Message
from tui.domain.when import in_words


def sent_words(message: Message, now: int, zone: tzinfo | None) -> str:
    """What became of a text that was handed over."""
    if message.scheduled_at is not None and message.scheduled_at > now:
        return f"Goes out {in_words(message.scheduled_at, now, zone)} · D cancels it"
    return grace_words(message, now) or "Queued"


def grace_words(message: Message, now: int) -> str:
    """How long it can be taken back; empty once it cannot."""
    left = -(-(message.hold_until - now) // SECOND)
    return f"Sending in {left} s · z takes it back" if left > 0 else ""


class Countdown:
    """Says the seconds while nothing else is said, and nothing more once they are over."""

    def __init__(self, say: Callable[[str], None], said: Callable[[], str]) -> None:
        """`said` tells what the agent reads now."""
        self._say = say
        self._said = said
        self._message: Message | None = None
        self._words = ""

    def begin(self, message: Message, now: int, zone: tzinfo | None) -> None:
        """Say it, and go on while the message can be taken back."""
        self._message, self._words = message, sent_words(message, now, zone)
        self._say(self._words)

    def tick(self, now: int) -> None:
        """A second has passed."""
        if self._message is None:
            return
        if self._said() != self._words or self._message.scheduled_at is not None:
            self._message = None
            return
        self._words = grace_words(self._message, now)
        self._say(self._words)
        if not self._words:
            self._message = None
