"""The grace period of messages that were just submitted.

An agent can cancel a message until the end of its grace period, counted down on screen.
Messages that have not been sent when the agent quits may have no process left that sends them.
"""

from collections.abc import Callable
from datetime import tzinfo

from tui.clock import SECOND
from tui.desk.late_texts import UNSENT
from tui.domain.date_input import format_moment
from tui.domain.message import Message
from tui.domain.status import Status
from tui.store.store import Store

GetKey = Callable[[str], str]
"""Return the key to press for a command, from where the agent is; "" for none."""


def format_submitted(
    message: Message,
    now: int,
    zone: tzinfo | None,
    get_key: GetKey,
    *,
    closed: str = "",
    also: str = "reopens",
    is_shown: bool = True,
) -> str:
    """Return what happens next with a message that was just submitted.

    Args:
        message: The message.
        now: Current time (ms UTC).
        zone: Time zone of the agent; None for the system's.
        get_key: Returns the key of a command.
        closed: What confirms that the conversation was closed too; empty if it was not.
        also: What undo does then besides cancelling.
        is_shown: Whether its conversation is still shown.
    """
    undo_key = f"{get_key('undo')} undoes" if closed or not is_shown else ""
    if message.scheduled_at is not None and message.scheduled_at > now:
        moment = format_moment(message.scheduled_at, now, zone)
        # After closing one key undoes both; elsewhere the other key finds no such message.
        key = undo_key or f"{get_key('cancel_scheduled')} cancels it"
        return _join_parts(closed, f"Goes out {moment}", key)
    countdown = format_grace_period(message, now, get_key, also=also if closed else "")
    if countdown:
        return _join_parts(closed, countdown)
    return _join_parts(closed, undo_key if closed else "Queued")


def _join_parts(*parts: str) -> str:
    """Return the parts of a notice that are not empty."""
    return " · ".join(filter(None, parts))


def format_grace_period(message: Message, now: int, get_key: GetKey, *, also: str = "") -> str:
    """Return how long the message can be cancelled, or "" when the grace period is over.

    Args:
        message: The message.
        now: Current time (ms UTC).
        get_key: Returns the key of a command.
        also: What undo does besides cancelling; empty for nothing.
    """
    # Round up: "0 s" would be shown while the message can still be cancelled.
    seconds = -(-(message.hold_until - now) // SECOND)
    if seconds <= 0:
        return ""
    key, effect = get_key("undo"), f"cancels and {also}" if also else "cancels"
    return _join_parts(f"Sending in {seconds} s", key and f"{key} {effect}")


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
        self._also = ""
        self._longest = 0

    @property
    def message_id(self) -> int:
        """Return the id of the message that can be cancelled; 0 for none."""
        return self._message.id if self._message is not None else 0

    @property
    def conversation_id(self) -> int:
        """Return the id of the conversation of that message; 0 for none."""
        return self._message.conversation_id if self._message is not None else 0

    def start(
        self,
        message: Message,
        now: int,
        zone: tzinfo | None,
        *,
        closed: str = "",
        also: str = "reopens",
        is_shown: bool = True,
    ) -> None:
        """Show what happens with a message and count down while it can be cancelled.

        Args:
            message: Message that was submitted.
            now: Current time (ms UTC).
            zone: Time zone of the agent; None for the system's.
            closed: What confirms that the conversation was closed too; empty if it was not.
            also: What undo does then besides cancelling.
            is_shown: Whether its conversation is still shown.
        """
        self._stop()
        if message.scheduled_at is None and format_grace_period(message, now, self._get_key):
            self._message, self._longest = message, message.hold_until - now
            self._also = also if closed else ""
            self.show_remaining(now)
            if closed:
                self._show_notice(closed)
        else:
            key = self._get_key
            self._show_notice(
                format_submitted(
                    message, now, zone, key, closed=closed, also=also, is_shown=is_shown
                )
            )

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
        text = (
            ""
            if is_set_back
            else format_grace_period(self._message, now, self._get_key, also=self._also)
        )
        if text:
            self._show(text)
        else:
            self._stop()

    def _stop(self) -> None:
        """Show no countdown any more."""
        if self._message is not None:
            self._message = None
            self._show("")


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
        self._ids = {message.id for message in found if message.status in UNSENT}
        return len(self._ids)


def format_unsent(count: int) -> str:
    """Return the warning on leaving: "1 text is still being sent", or "" for none.

    Args:
        count: Number of messages that have not been sent.
    """
    if not count:
        return ""
    return f"{'1 text is' if count == 1 else f'{count} texts are'} still being sent"
