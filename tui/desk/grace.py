"""The moment in which a message can still be taken back, counted down for the agent."""

from collections.abc import Callable
from datetime import tzinfo

from tui.clock import SECOND
from tui.domain.message import Message
from tui.domain.when import format_moment

GetKey = Callable[[str], str]
"""Return the key to press for a command, from where the agent is."""


def format_submitted(message: Message, now: int, zone: tzinfo | None, get_key: GetKey) -> str:
    """Return what happens next with a message that was just submitted.

    Args:
        message: The message.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
        get_key: Returns the key of a command.
    """
    if message.scheduled_at is not None and message.scheduled_at > now:
        moment = format_moment(message.scheduled_at, now, zone)
        return f"Goes out {moment} · {get_key('call_off')} cancels it"
    return format_grace_period(message, now, get_key) or "Queued"


def format_grace_period(message: Message, now: int, get_key: GetKey) -> str:
    """Return how long the message can be cancelled, or "" when the grace period is over.

    Args:
        message: The message.
        now: Current time (ms UTC).
        get_key: Returns the key of a command.
    """
    # Round up: "0 s" would be shown while the message can still be cancelled.
    seconds = -(-(message.hold_until - now) // SECOND)
    return f"Sending in {seconds} s · {get_key('undo')} takes it back" if seconds > 0 else ""


class Countdown:
    """Show the seconds of the grace period while no other message replaces them."""

    def __init__(
        self, show: Callable[[str], None], get_shown: Callable[[], str], get_key: GetKey
    ) -> None:
        """Create a countdown that is not running.

        Args:
            show: Shows a message on the status line.
            get_shown: Returns the message that is shown now.
            get_key: Returns the key of a command.
        """
        self._show = show
        self._get_shown = get_shown
        self._get_key = get_key
        self._message: Message | None = None
        self._text = ""

    def start(self, message: Message, now: int, zone: tzinfo | None) -> None:
        """Show what happens with a message and count down while it can be cancelled.

        Args:
            message: Message that was submitted.
            now: Current time (ms UTC).
            zone: Time zone of the agent; None for the system's.
        """
        self._message, self._text = message, format_submitted(message, now, zone, self._get_key)
        self._show(self._text)

    def show_remaining(self, now: int) -> None:
        """Show the remaining seconds; to be called every second.

        Args:
            now: Current time (ms UTC).
        """
        if self._message is None:
            return
        # Another message is shown by now: leave it there, the countdown is over.
        if self._get_shown() != self._text or self._message.scheduled_at is not None:
            self._message = None
            return
        self._text = format_grace_period(self._message, now, self._get_key)
        self._show(self._text)
        if not self._text:
            self._message = None
