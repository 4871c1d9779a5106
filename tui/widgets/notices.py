"""What stands over the composer: a lock, a text to be judged, or a colleague who writes."""

from collections.abc import Mapping

from tui.desk.consenting import Standing, lock_words, suspicion_words
from tui.domain.conversation import Conversation
from tui.domain.text import one_line
from tui.seat import Seat
from tui.widgets.notice_line import Tone


def notice(
    conversation: Conversation,
    standing: Standing,
    holder: str,
    seat: Seat,
    keys: Mapping[str, str],
) -> tuple[str, Tone]:
    """The one that matters most, with its tone; empty when nothing stands against writing.

    `holder` is the colleague who has the pen, `keys` the first key of each command.
    """
    if conversation.opted_out:
        return lock_words(standing.word, seat.clock.now(), seat.zone, keys), "bad"
    if standing.suspicion is not None:
        return suspicion_words(standing.suspicion, keys), "doubt"
    if holder:
        return f"{one_line(holder, 20)} is writing here · {keys['take_over']} takes over", "doubt"
    return "", "doubt"
