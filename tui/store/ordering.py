"""Give messages their place in a conversation: by their time, and by their arrival.

Ids grow with the time at which a message was written. What an agent has read is counted in the
order of arrival, because a late text stands above others that were read before it came.
"""

import random

from tui.clock import MINUTE
from tui.domain.ids import create_id
from tui.store.connections import Connection
from tui.store.message_lookups import find_newest_of_time, is_message_id_used
from tui.store.summaries import Summary

_MAX_NORMAL_DELAY = MINUTE
"""Time (ms) from writing to arrival that is not worth noting."""


def create_message_id(
    connection: Connection, at: int, rng: random.Random, *, newest_id: int = 0
) -> int:
    """Return a new message id of this time, but after `newest_id`.

    Args:
        connection: Connection of the caller's transaction.
        at: Time of the message, in ms UTC.
        rng: Source of randomness for new ids.
        newest_id: Id that the message comes after, whatever its time.
    """
    identity = max(create_id(at, rng), newest_id + 1)
    while is_message_id_used(connection, identity):
        identity += 1
    return identity


def place_text(
    connection: Connection, summary: Summary, at: int, now: int, rng: random.Random
) -> tuple[int, int | None]:
    """Return the id of a customer's text and its place in the order of arrival.

    The id puts it where it belongs by its time; texts of the same time keep the order in which
    they arrived. The second number is None if nothing that was written later is there.

    Args:
        connection: Connection of the caller's transaction.
        summary: Summary of its conversation.
        at: Time of the text in ms UTC, not later than `now`.
        now: Current time in ms UTC.
        rng: Source of randomness for new ids.
    """
    same_time = find_newest_of_time(connection, summary, at)
    identity = create_message_id(connection, at, rng, newest_id=same_time)
    if identity > summary["last_arrival"]:
        return identity, None
    return identity, create_arrival(summary, now, rng, at_least=identity)


def find_late_arrival(at: int, now: int) -> int | None:
    """Return when a text arrives, in ms UTC, or None if it arrives right after it was written.

    Args:
        at: Time of the text, in ms UTC.
        now: Current time in ms UTC.
    """
    return now if now - at > _MAX_NORMAL_DELAY else None


def create_arrival(summary: Summary, now: int, rng: random.Random, *, at_least: int) -> int:
    """Return the place in the order of arrival of what arrives now, after all that is there.

    Args:
        summary: Summary of the conversation.
        now: Current time in ms UTC.
        rng: Source of randomness for new ids.
        at_least: Id of the message, which its arrival never precedes.
    """
    newest = int(summary["last_arrival"])
    return max(create_id(now, rng), at_least, newest + 1)
