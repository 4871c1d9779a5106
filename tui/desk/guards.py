"""What stands between Enter and the outbox: some things stop a text, others are said once.

What stops has to be mended. What is only said gives the agent a second look: the same Enter again
sends all the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tui.desk.replying import Route
from tui.domain.conversation import Conversation
from tui.domain.local_time import Hours, next_waking, quiet_clocks, zones_for
from tui.domain.message import Direction, Enclosed, Format, Message
from tui.domain.templates import blanks
from tui.domain.text import one_line

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that speaks against sending."""

    words: str
    key: str = ""
    """What it is about: the same thing is said once. Empty: it stops the text every time."""


class Guard:
    """Remembers what an agent has been told in this conversation."""

    def __init__(self, again: str = "Enter again") -> None:
        """Nothing was said yet; `again` is what sends all the same."""
        self._again = again
        self._told: set[str] = set()

    def hear(self, objections: Iterable[Objection]) -> str:
        """What to say instead of sending; empty when the text may go."""
        raised = list(objections)
        stops = [objection.words for objection in raised if not objection.key]
        if stops:
            return stops[0]
        news = [objection for objection in raised if objection.key not in self._told]
        self._told |= {objection.key for objection in news}
        if not news:
            return ""
        return f"{' · '.join(o.words for o in news)} · {self._again} sends all the same"

    def forget(self) -> None:
        """Another text, or another conversation."""
        self._told.clear()


def unfilled(text: str) -> list[Objection]:
    """A field that nobody has filled stops the text."""
    signs = list(dict.fromkeys(blank.sign for blank in blanks(text)))
    if not signs:
        return []
    more = f" and {len(signs) - _MOST_NAMED} more" if len(signs) > _MOST_NAMED else ""
    named = one_line(", ".join(signs[:_MOST_NAMED]), 90)
    verb = "is" if len(signs) == 1 else "are"
    return [Objection(f"Not sent: {named}{more} {verb} not filled in, type over it")]


def impossible(
    text: str, enclosed: Enclosed, route: Route, keys: Mapping[str, str]
) -> list[Objection]:
    """What this account cannot send, with the keys that mend it."""
    found = [Objection(f"Not sent: {reason}") for reason in too_much(text, route)]
    for reason in too_colourful(enclosed, route):
        mend = f"{keys['pictures']} removes them, {keys['account']} changes"
        found.append(Objection(f"Not sent: {reason} · {mend}"))
    return found


def too_much(text: str, route: Route) -> list[str]:
    """Whether a text is longer than this account takes, in words."""
    can = route.account.capabilities
    if can is None or len(text) <= can.longest:
        return []
    name = one_line(route.account.name, 20)
    return [f"{len(text)} characters, {name} takes at most {can.longest}"]


def too_colourful(enclosed: Enclosed, route: Route) -> list[str]:
    """Whether there are pictures that this account cannot send, in words."""
    can = route.account.capabilities
    if can is None or not enclosed or Format.MMS in can.formats:
        return []
    return [f"{one_line(route.account.name, 20)} sends no pictures"]


def news(
    messages: Sequence[Message], seen_upto: int, conversation: Conversation
) -> list[Objection]:
    """What was written since the agent began: shown first, so that no answer crosses it unseen."""
    new = [message for message in messages if message.id > seen_upto]
    if not new:
        return []
    last = new[-1]
    who = one_line(conversation.title, 30)
    if last.direction is not Direction.IN:
        who = one_line(last.agent, 20) or "Somebody"
    did = {
        Direction.IN: "has written",
        Direction.OUT: "has answered",
        Direction.NOTE: "has left a note",
    }[last.direction]
    return [Objection(f"{who} {did} meanwhile, see above", f"news {last.id}")]


def at_night(address: str, now: int, hours: Hours | None, later: str) -> list[Objection]:
    """The customer may be asleep; `later` is the key that schedules."""
    asleep = quiet_clocks(zones_for(address), now, hours) if hours else []
    if not asleep or hours is None:
        return []
    words = f"It is {asleep[0]:%H:%M} there"
    if next_waking(zones_for(address), now, hours) is not None:
        words += f" · {later} waits until {hours[1]:02}:00"
    return [Objection(words, f"night {address}")]
