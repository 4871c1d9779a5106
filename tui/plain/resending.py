"""All failed texts of a list sent once more, after one question."""

from tui.desk.retrying import (
    asleep_words,
    batch_of,
    batch_words,
    left_out_words,
    outcome_words,
    reason_lines,
    send_again,
)
from tui.domain.conversation import View
from tui.plain.desk import Desk
from tui.store.conversations import FIRST

_MOST = 1_000
_OFTEN = 100


async def send_all_again(desk: Desk, typed: str) -> None:
    """Say what would go out and what is left out, and send it on the agent's word."""
    store, seat = desk.store, desk.seat
    rows = await store.conversations.after(View(failed=True), FIRST, _MOST)
    batch = await batch_of(store, seat, rows)
    if not batch.found:
        desk.talk.say("Nothing has failed: n opens who waits longest.")
        return
    desk.talk.say(f"{batch_words(batch)}.")
    asleep = asleep_words(batch, seat.clock.now(), seat.quiet_hours)
    for line in (*reason_lines(batch), left_out_words(batch.left_out), asleep):
        if line:
            desk.talk.say(f"{_here(line)}.")
    if not batch.again or not await desk.talk.agreed("Send all of them again?"):
        desk.talk.say("Nothing was sent: f lists them, a number opens one.")
        return

    def progress(done: int, total: int) -> None:
        if done and done % _OFTEN == 0:
            desk.talk.say(f"{done} of {total}.")

    outcome = await send_again(store, seat, desk.actions, batch, progress)
    for sent in outcome.sent:
        desk.sent[sent.id] = ""
    desk.actions.sent_all(outcome.sent)
    desk.talk.say(f"{_here(outcome_words(outcome))}. z takes back what has not left.")


def _here(words: str) -> str:
    """With the letter that is typed here for the key of the screen."""
    return words.replace("(M settles it)", "(f settles it)")
