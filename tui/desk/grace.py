"""The moment in which a message can still be taken back, counted down for the agent."""

from collections.abc import Callable
from datetime import tzinfo

from tui.clock import SECOND
from tui.domain.message import Message
from tui.domain.when import in_words

KeyOf = Callable[[str], str]
"""What to press for a command, from where the agent is."""


def sent_words(message: Message, now: int, zone: tzinfo | None, key_of: KeyOf) -> str:
    """What became of a text that was handed over."""
    if message.scheduled_at is not None and message.scheduled_at > now:
        moment = in_words(message.scheduled_at, now, zone)
        return f"Goes out {moment} · {key_of('call_off')} cancels it"
    return grace_words(message, now, key_of) or "Queued"


def grace_words(message: Message, now: int, key_of: KeyOf) -> str:
    """How long it can be taken back; empty once it cannot."""
    left = -(-(message.hold_until - now) // SECOND)
    return f"Sending in {left} s · {key_of('undo')} takes it back" if left > 0 else ""


class Countdown:
    """Says the seconds while nothing else is said, and nothing more once they are over."""

    def __init__(self, say: Callable[[str], None], said: Callable[[], str], key_of: KeyOf) -> None:
        """`said` tells what the agent reads now."""
        self._say = say
        self._said = said
        self._key_of = key_of
        self._message: Message | None = None
        self._words = ""

    def begin(self, message: Message, now: int, zone: tzinfo | None) -> None:
        """Say it, and go on while the message can be taken back."""
        self._message, self._words = message, sent_words(message, now, zone, self._key_of)
        self._say(self._words)

    def tick(self, now: int) -> None:
        """A second has passed."""
        if self._message is None:
            return
        if self._said() != self._words or self._message.scheduled_at is not None:
            self._message = None
            return
        self._words = grace_words(self._message, now, self._key_of)
        self._say(self._words)
        if not self._words:
            self._message = None
