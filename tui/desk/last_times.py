"""Propose the time that an agent has chosen last, for snoozing and for sending later."""

from tui.desk.context import AppContext
from tui.domain.date_input import InvalidMomentError, read_moment
from tui.domain.text import one_line
from tui.store.store import Store

SNOOZE, SCHEDULE = "snooze", "schedule"
"""Names under which the store keeps the words."""
_LONGEST_WORDS = 40


async def find_last_time(store: Store, context: AppContext, name: str) -> str:
    """Return the words of the last time if they still name one, else "".

    Args:
        store: Store with the choices.
        context: Agent, clock and time zone.
        name: What the time is for.
    """
    words = await store.choices.get_choice(context.agent, name)
    try:
        moment = read_moment(words, context.clock.now(), context.zone) if words else None
    except InvalidMomentError:
        return ""
    is_possible = moment is not None and (name == SNOOZE or moment.at is not None)
    return one_line(words, _LONGEST_WORDS) if is_possible else ""


async def save_last_time(store: Store, context: AppContext, name: str, words: str) -> None:
    """Remember the words for a time; ignore none, and words that are too long to be shown.

    Args:
        store: Store with the choices.
        context: Agent, clock and time zone.
        name: What the time is for.
        words: Words as typed.
    """
    words = " ".join(words.split())
    if words and len(words) <= _LONGEST_WORDS:
        await store.choices.save_choice(context.agent, name, words)
