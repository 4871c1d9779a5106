"""Put a message into words: who wrote it, when, what, its status and its files.

Bubbles, timeline, line mode, pipe and command line arrange these parts in their own way, but
take each of them from here. Outside text passes `to_printable` or `one_line` and is never read
as markup.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from tui.clock import SECOND
from tui.desk.badges import BADGES, Badge
from tui.desk.format import MAX_BODY_LENGTH, format_date_time, format_time, get_day_number
from tui.domain.conversation import Conversation
from tui.domain.events import CopyKind, TimelineEntry, TimeProblem, find_time_problem
from tui.domain.file_names import format_file_count, format_size
from tui.domain.message import AttachmentInfo, Direction, Format, Message
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.text import format_span, one_line, to_printable

_MAX_AGENT, _MAX_RULE = 20, 40
_MAX_REASON = 160
_PING_QUESTION = "is the phone on?"
_PING_RESULTS: Mapping[Status | None, str] = {
    Status.DELIVERED: "the phone is on",
    Status.FAILED: "the phone is off or out of reach",
    Status.EXPIRED: "the phone stayed off",
}
"""Texts for the final statuses of a silent ping."""


@record
class MessageText:
    """A message in words; each part is made when it is asked for."""

    message: Message
    customer: str = ""
    """Name of the customer (outside text)."""
    zone: tzinfo | None = None
    """Time zone of the agent; None for the system's."""

    @property
    def author(self) -> str:
        """Return the customer, or the agent who wrote the message."""
        if self.message.direction is Direction.IN:
            return one_line(self.customer, 60)
        return self.agent or "the desk"

    @property
    def agent(self) -> str:
        """Return the agent or rule that wrote it; empty for a customer, or if it is unknown."""
        if self.message.rule:
            return f"auto · rule {one_line(self.message.rule, _MAX_RULE)}"
        incoming = self.message.direction is Direction.IN
        return "" if incoming else one_line(self.message.agent, _MAX_AGENT)

    @property
    def time(self) -> str:
        """Return the time of day."""
        return format_time(self.message.at, self.zone)

    @property
    def timestamp(self) -> str:
        """Return date and time: "2026-03-04 13:59"."""
        return format_date_time(self.message.at, self.zone)

    @property
    def badge(self) -> Badge | None:
        """Return the badge; None for a received message or a note."""
        if self.message.status is None:
            return None
        return BADGES[Status.SCHEDULED if _is_scheduled(self.message) else self.message.status]

    @property
    def status(self) -> str:
        """Return the status with its time and, if something went wrong, the reason.

        Empty for a received message or a note.
        """
        message, badge = self.message, self.badge
        if badge is None:
            return ""
        if message.format is Format.PING and message.status in _PING_RESULTS:
            return _PING_RESULTS[message.status]
        text = badge.label
        if message.status is Status.DELIVERED and message.status_at:
            text += f" {format_time(message.status_at, self.zone)}"
        if message.scheduled_at and _is_scheduled(message):
            text += _format_schedule(message, message.scheduled_at, self.zone)
        # Receipts can arrive that exclude each other; the agent must see that the status is in
        # doubt.
        if message.contradicted:
            text += " (also reported otherwise)"
        if message.reason and message.status is not Status.DELIVERED:
            text += f": {one_line(message.reason, _MAX_REASON)}"
        return text

    @property
    def files(self) -> str:
        """Return the number of files of the message; empty for none.

        Empty, too, if `format_body` names them because the message has no text.
        """
        if self._is_only_files:
            return ""
        return format_file_count(self.message.attachments + len(self.message.media))

    @property
    def _is_only_files(self) -> bool:
        """Return whether the files stand in place of the text."""
        return bool(self.message.files) and not self.message.body.strip()

    def format_status(self, *, ascii: bool) -> str:
        """Return the status behind the shape of its badge; empty if there is none.

        Args:
            ascii: Whether the terminal shows only ASCII.
        """
        badge = self.badge
        return f"{badge.symbol.draw(ascii=ascii)} {self.status}" if badge else ""

    def format_body(self, *, indent: int = 0, limit: int | None = MAX_BODY_LENGTH) -> str:
        """Return the text of the message; of one without text its files.

        Args:
            indent: Blanks before each line but the first, so that none of them can be mistaken
                for the beginning of another message.
            limit: Largest number of characters; None for no limit.
        """
        shown = self.message.summary if self._is_only_files else self.message.body
        return to_printable(shown, limit=limit).replace("\n", "\n" + " " * indent)


def _is_scheduled(message: Message) -> bool:
    """Return whether the message waits for its time, at the provider or here."""
    return bool(message.scheduled_at) and message.status in (Status.SCHEDULED, Status.QUEUED)


def _format_schedule(message: Message, at: int, zone: tzinfo | None) -> str:
    """Return when a message is sent, and where it waits until then."""
    text = f" for {_format_moment(at, message.at, zone)}"
    if message.cancel_wanted:
        text += ", cancelling"
    elif message.cancel_on_reply:
        text += ", unless they reply"
    held = message.status is Status.QUEUED and message.hold_until >= at
    return f"{text}, held here" if held else text


def format_preview(conversation: Conversation) -> str:
    """Return the beginning of the last message, safe on one line; for a ping its result."""
    if conversation.is_last_message_ping:
        return f"Ping: {_PING_RESULTS.get(conversation.last_status, _PING_QUESTION)}"
    text = one_line(conversation.preview, 160)
    return text if text.strip() or conversation.last_direction is None else "(no text)"


def format_file(file: AttachmentInfo) -> str:
    """Return name, kind and size of a file."""
    name = one_line(file.name, 40) or "file"
    return f"{name} · {one_line(file.content_type, 30)} · {format_size(file.size)}"


def format_arrival(at: int, arrived_at: int, zone: tzinfo | None = None) -> str:
    """Return how late a text came: "Arrived 12m later, at 10:17".

    Args:
        at: When it was written (ms UTC).
        arrived_at: When it arrived (ms UTC).
        zone: Time zone of the agent; None for the system's.
    """
    return (
        f"Arrived {format_span(arrived_at - at, units=2)} later, "
        f"at {_format_moment(arrived_at, at, zone)}"
    )


_TIME_PROBLEMS: Mapping[TimeProblem, str] = {
    TimeProblem.MISSING: "The provider gave no time",
    TimeProblem.FUTURE: "The provider gave a time in the future",
    TimeProblem.TOO_OLD: "The provider gave a time that lies years back",
}
"""Texts for the reasons why a provider's time is not used."""


def list_reply_details(
    message: Message, entry: TimelineEntry, zone: tzinfo | None = None
) -> list[str]:
    """Return what an agent should know about a payload of a customer's text.

    Args:
        message: The text.
        entry: Payload in its history.
        zone: Time zone of the agent; None for the system's.
    """
    arrived = _format_moment(entry.received_at, message.at, zone)
    if entry.copy is CopyKind.COMPLETED:
        return [f"Completed from the provider's list at {arrived}"]
    if entry.copy is CopyKind.REPEATED:
        return [f"Came again with less at {arrived}"]
    details = []
    problem = find_time_problem(entry.at, entry.received_at)
    if message.arrived_at is not None:
        details.append(format_arrival(message.at, message.arrived_at, zone))
    elif problem:
        details.append(f"{_TIME_PROBLEMS[problem]}: the text stands where it arrived")
    if entry.copy is CopyKind.REUSED:
        details.append("The provider used this id for another message, too")
    return details


def _format_moment(at: int, other: int, zone: tzinfo | None) -> str:
    """Return a time of day, with its date if that is another day than the other moment's."""
    then = datetime.fromtimestamp(at / SECOND, zone)
    same_day = get_day_number(at, zone) == get_day_number(other, zone)
    return f"{then:%H:%M}" if same_day else f"{then:%a} {then.day} {then:%b} {then:%H:%M}"


def list_entry_details(entry: TimelineEntry) -> list[str]:
    """Return what the provider reported besides the status: its own word, code and reason."""
    code = f"code {one_line(entry.code, 20)}" if entry.code else ""
    details = [one_line(entry.word, 60), code, one_line(entry.reason, 300)]
    return [detail for detail in details if detail]
