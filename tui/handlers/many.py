"""Failed messages of many conversations sent again at once, after one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.thread_actions import retryable
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.handlers.kind import Handler
from tui.screens.said import said
from tui.store.conversations import FIRST
from tui.widgets.thread_list import MOST_MARKED

if TYPE_CHECKING:
    from tui.desk.retrying import Batch, Failure
    from tui.screens.inbox import InboxScreen

_OFTEN = 10
"""Texts after which it is said how far it is."""


def meant(inbox: InboxScreen) -> bool:
    """Whether a retry is about many: some are selected, or the list of failures is before it."""
    if inbox.triaging is not None:
        return False
    listed = inbox.threads.view.failed and inbox.focused is inbox.threads
    reading = inbox.has_class("-reading") or inbox.pane.view.selected
    return bool(inbox.threads.marked) or (listed and not reading)


async def ask(inbox: InboxScreen, message: Message | None, alone: Handler) -> None:
    """Say how many it would be, and send them if that is wanted; `alone` sends `message`."""
    from tui.desk.retrying import batch_of

    batch = await batch_of(inbox.store, inbox.seat, await _conversations(inbox))
    one = None if inbox.threads.marked else _alone(inbox, message)
    if not batch.found:
        inbox.say("Nothing has failed there: only failed messages are sent again")
    elif batch.found == 1 and one is not None:
        await alone(inbox)
    else:
        _show(inbox, batch, one, alone)


def _show(inbox: InboxScreen, batch: Batch, one: Failure | None, alone: Handler) -> None:
    """Ask, and do what is chosen."""
    from tui.desk.retrying import asleep_words
    from tui.screens.retry_all import Choice, RetryAllScreen

    async def chosen(choice: Choice | None) -> None:
        """All of them beside everything else, or the one."""
        if choice == Choice.ALL:
            inbox.run_worker(_send(inbox, batch), group="retry", exit_on_error=False)
        elif choice == Choice.ONE:
            await alone(inbox)

    seat = inbox.seat
    asleep = asleep_words(batch, seat.clock.now(), seat.quiet_hours)
    inbox.app.push_screen(RetryAllScreen(batch, one, asleep), chosen)


def _alone(inbox: InboxScreen, message: Message | None) -> Failure | None:
    """The message under the cursor, if that could be meant alone."""
    from tui.desk.retrying import Failure

    conversation = inbox.pane.conversation
    if conversation is None or message is None or retryable(message):
        return None
    return Failure(conversation, message)


async def _conversations(inbox: InboxScreen) -> list[Conversation]:
    """What is selected; without that, what the list shows."""
    if inbox.threads.marked:
        return await inbox.targets()
    return await inbox.store.conversations.after(inbox.threads.view, FIRST, MOST_MARKED)


@said
async def _send(inbox: InboxScreen, batch: Batch) -> None:
    """Send them, saying how far it is and what came of it."""
    from tui.desk.retrying import outcome_words, send_again

    def progress(done: int, total: int) -> None:
        if done % _OFTEN == 0:
            inbox.say(f"Sending again: {done} of {total}")

    outcome = await send_again(inbox.store, inbox.seat, inbox.actions, batch, progress)
    words = outcome_words(outcome)
    if outcome.sent:
        inbox.actions.sent_all(outcome.sent)
        words = f"{words} · z takes back what has not left"
    await inbox.threads.keep_marks()
    inbox.offer_keys()
    inbox.say(words)
