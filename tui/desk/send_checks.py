"""Checks before a message is sent: some refuse it, others warn once.

A refusal has to be fixed. A warning gives the agent a second look: the same Enter again sends.
For customers in quiet hours the next time outside of them is suggested.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.clock import SECOND
from tui.desk.context import AppContext
from tui.desk.routes import Route
from tui.domain.conversation import Conversation
from tui.domain.local_time import HourRange, find_next_allowed_time, find_quiet_times, find_zones
from tui.domain.message import Direction, Format, Message, MmsContent
from tui.domain.templates import find_open_fields
from tui.domain.text import one_line

_MAX_NAMED_FIELDS = 3


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason against sending a message."""

    text: str
    warning_key: str = ""
    """Identifies a warning that is shown once; empty for a refusal, which is always shown."""


class SendConfirmation:
    """Remember the warnings that an agent has seen in the open conversation."""

    def __init__(self, confirm_key: str = "Enter again") -> None:
        """Create a confirmation without any warning seen.

        Args:
            confirm_key: Key or action that sends in spite of the warnings.
        """
        self._confirm_key = confirm_key
        self._shown_keys: set[str] = set()

    def review_objections(self, objections: Iterable[Objection]) -> str:
        """Return the text to show instead of sending, or "" if the message can go.

        Warnings count as seen after this call, so the same warnings pass the next time.

        Args:
            objections: Result of all checks.
        """
        found = list(objections)
        refusals = [objection.text for objection in found if not objection.warning_key]
        if refusals:
            return refusals[0]
        warnings = [
            objection for objection in found if objection.warning_key not in self._shown_keys
        ]
        self._shown_keys |= {objection.warning_key for objection in warnings}
        if not warnings:
            return ""
        return f"{' · '.join(o.text for o in warnings)} · {self._confirm_key} sends all the same"

    def reset_warnings(self) -> None:
        """Forget the warnings: another text or another conversation begins."""
        self._shown_keys.clear()


def check_fields(text: str) -> list[Objection]:
    """Refuse a text with fields of a canned reply that are not filled in."""
    fields = list(dict.fromkeys(blank.placeholder for blank in find_open_fields(text)))
    if not fields:
        return []
    more = f" and {len(fields) - _MAX_NAMED_FIELDS} more" if len(fields) > _MAX_NAMED_FIELDS else ""
    names = one_line(", ".join(fields[:_MAX_NAMED_FIELDS]), 90)
    verb = "is" if len(fields) == 1 else "are"
    return [Objection(f"Not sent: {names}{more} {verb} not filled in, type over it")]


def check_route(
    text: str, enclosed: MmsContent, route: Route, keys: Mapping[str, str]
) -> list[Objection]:
    """Refuse what the account cannot send, and name the keys that help.

    Args:
        text: Text of the message.
        enclosed: Pictures and subject.
        route: Account and sender to use.
        keys: First key of each command.
    """
    objections = [Objection(f"Not sent: {reason}") for reason in check_length(text, route)]
    for reason in check_pictures(enclosed, route):
        remedy = f"{keys['pictures']} removes them, {keys['account']} changes"
        objections.append(Objection(f"Not sent: {reason} · {remedy}"))
    return objections


def check_length(text: str, route: Route) -> list[str]:
    """Return the problem if the text is longer than the account accepts, as a list of one or none.

    Args:
        text: Text of the message.
        route: Account and sender to use.
    """
    capabilities = route.account.capabilities
    if capabilities is None or len(text) <= capabilities.max_characters:
        return []
    name = one_line(route.account.name, 20)
    return [f"{len(text)} characters, {name} takes at most {capabilities.max_characters}"]


def check_pictures(enclosed: MmsContent, route: Route) -> list[str]:
    """Return the problem if the account cannot send the pictures, as a list of one or none.

    Args:
        enclosed: Pictures and subject.
        route: Account and sender to use.
    """
    capabilities = route.account.capabilities
    if capabilities is None or not enclosed or Format.MMS in capabilities.formats:
        return []
    return [f"{one_line(route.account.name, 20)} sends no pictures"]


def check_newer_messages(
    messages: Sequence[Message], seen_upto: int, conversation: Conversation
) -> list[Objection]:
    """Warn about messages that came after the agent began to write.

    They are shown first, so that no reply crosses them unseen.

    Args:
        messages: Messages of the conversation, oldest first.
        seen_upto: Newest message that the agent has seen.
        conversation: The conversation.
    """
    new = [message for message in messages if message.id > seen_upto]
    if not new:
        return []
    last = new[-1]
    author = one_line(conversation.title, 30)
    if last.direction is not Direction.IN:
        author = one_line(last.agent, 20) or "Somebody"
    action = {
        Direction.IN: "has written",
        Direction.OUT: "has answered",
        Direction.NOTE: "has left a note",
    }[last.direction]
    return [Objection(f"{author} {action} meanwhile, see above", f"news {last.id}")]


def check_quiet_hours(
    address: str, now: int, hours: HourRange | None, schedule_key: str
) -> list[Objection]:
    """Warn if it is in the quiet hours where the customer is.

    Args:
        address: Number of the customer.
        now: Time of sending (ms UTC).
        hours: Quiet hours by the customer's clock; None for no check.
        schedule_key: Key that schedules the message.
    """
    quiet_times = find_quiet_times(find_zones(address), now, hours) if hours else []
    if not quiet_times or hours is None:
        return []
    text = f"It is {quiet_times[0]:%H:%M} there"
    # In a country with many time zones there may be no moment outside of the quiet hours of all
    # of them; then nothing is suggested.
    if find_next_allowed_time(find_zones(address), now, hours) is not None:
        text += f" · {schedule_key} waits until {hours[1]:02}:00"
    return [Objection(text, f"night {address}")]


def suggest_send_time(context: AppContext, address: str) -> str:
    """Return the end of the customer's quiet hours, as the agent would type it.

    Args:
        context: Settings of the agent.
        address: Number of the customer.

    Returns:
        A local date and time; "" if no quiet hours apply now.
    """
    zones, now, hours = find_zones(address), context.clock.now(), context.preferences.quiet_hours
    if hours is None or not find_quiet_times(zones, now, hours):
        return ""
    at = find_next_allowed_time(zones, now, hours)
    return f"{datetime.fromtimestamp(at / SECOND, context.zone):%Y-%m-%d %H:%M}" if at else ""
