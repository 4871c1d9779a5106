"""The grace period of messages that were just submitted.

An agent can cancel a message until the end of its grace period, counted down on screen.
Messages that have not been sent when the agent quits may have no process left that sends them.
"""

from collections.abc import Callable
from datetime import tzinfo

from tui.clock import SECOND
from tui.desk.format import format_title
from tui.domain.date_input import format_moment
from tui.domain.message import Message
from tui.domain.status import Status
from tui.domain.text import one_line
from tui.store.store import Store

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
        return f"Goes out {moment} · {get_key('cancel_scheduled')} cancels it"
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
    return f"Sending in {seconds} s · {get_key('undo')} cancels" if seconds > 0 else ""


def describe_late(message: Message | None) -> str:
    """Return why a message can no longer be taken back: the badge may be ahead of a notice."""
    if message is None or message.status in _UNSENT:
        return "it is being sent"
    if message.status is Status.CANCELLED:
        return "it is cancelled already"
    return "it has failed" if message.status and message.status.is_problem else "it was sent"


_UNSENT = frozenset({Status.QUEUED, Status.SENDING})
_CLOCK_STEP = SECOND
"""Step back of the clock that a countdown does not notice, in ms."""


class Countdown:
    """Show the seconds in which a message can be cancelled, by the stored end of that time."""

    def __init__(
        self, show: Callable[[str], None], show_notice: Callable[[str], None], get_key: GetKey
    ) -> None:
        """Create a countdown that is not running.

        Args:
            show: Shows the remaining seconds; called with "" when they are over.
            show_notice: Shows what happens with a message that has no countdown.
            get_key: Returns the key of a command.
        """
        self._show = show
        self._show_notice = show_notice
        self._get_key = get_key
        self._message: Message | None = None
        self._longest = 0

    @property
    def message_id(self) -> int:
        """Return the id of the message that can be cancelled; 0 for none."""
        return self._message.id if self._message is not None else 0

    def start(self, message: Message, now: int, zone: tzinfo | None) -> None:
        """Show what happens with a message and count down while it can be cancelled.

        Args:
            message: Message that was submitted.
            now: Current time (ms UTC).
            zone: Time zone of the agent; None for the system's.
        """
        self._stop()
        if message.scheduled_at is None and format_grace_period(message, now, self._get_key):
            self._message, self._longest = message, message.hold_until - now
            self.show_remaining(now)
        else:
            self._show_notice(format_submitted(message, now, zone, self._get_key))

    def update_message(self, message: Message | None) -> None:
        """Stop if the message has been sent, cancelled or removed meanwhile, by anyone.

        Args:
            message: Message as it is stored now.
        """
        if message is None or message.status is not Status.QUEUED:
            self._stop()

    def show_remaining(self, now: int) -> None:
        """Show the remaining seconds; to be called every second.

        Args:
            now: Current time (ms UTC).
        """
        if self._message is None:
            return
        # After a clock was set back, nothing is known about the time that remains.
        is_set_back = self._message.hold_until - now > self._longest + _CLOCK_STEP
        text = "" if is_set_back else format_grace_period(self._message, now, self._get_key)
        if text:
            self._show(text)
        else:
            self._stop()

    def _stop(self) -> None:
        """Show no countdown any more."""
        if self._message is not None:
            self._message = None
            self._show("")


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


class UnsentMessages:
    """Count the submitted messages that have not been sent yet.

    After the agent quits there may be no process left that sends them.
    """

    def __init__(self, store: Store) -> None:
        """Create an empty collection."""
        self._store = store
        self._ids: set[int] = set()

    def add(self, message: Message) -> None:
        """Add a submitted message unless it is scheduled for later."""
        if message.scheduled_at is None:
            self._ids.add(message.id)

    async def count_unsent(self) -> int:
        """Return how many of the messages have not been sent yet."""
        found = await self._store.messages.get_many(self._ids)
        # What has been sent never returns to the queue, so it need not be read again.
        self._ids = {message.id for message in found if message.status in _UNSENT}
        return len(self._ids)


def format_unsent(count: int) -> str:
    """Return the warning on leaving: "1 text is still being sent", or "" for none.

    Args:
        count: Number of messages that have not been sent.
    """
    if not count:
        return ""
    return f"{'1 text is' if count == 1 else f'{count} texts are'} still being sent"
