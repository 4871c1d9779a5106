"""Failed messages of many conversations sent again at once, after one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.actions import find_retry_problem
from tui.domain.conversation import Conversation
from tui.domain.message import Message
from tui.handlers.kind import Handler
from tui.screens.said import report_store_errors
from tui.store.conversations import FIRST_POSITION
from tui.widgets.thread_list import MAX_MARKED

if TYPE_CHECKING:
    from tui.desk.bulk_retry import FailedMessage, RetryBatch
    from tui.screens.inbox import InboxScreen

_PROGRESS_INTERVAL = 10
"""Number of messages between two progress texts."""


def is_bulk_retry(inbox: InboxScreen) -> bool:
    """Return whether a retry is about many messages.

    It is if conversations are selected, or if the list of failures has the focus.
    """
    if inbox.triage_round is not None:
        return False
    listed = inbox.threads.view.failed and inbox.focused is inbox.threads
    reading = inbox.has_class("-reading") or inbox.pane.message_view.selected_id
    return bool(inbox.threads.marked) or (listed and not reading)


async def ask_bulk_retry(
    inbox: InboxScreen, message: Message | None, retry_single: Handler
) -> None:
    """Show how many messages would be sent again, and send them if the agent confirms.

    Args:
        inbox: Screen with the selected or listed conversations.
        message: Message under the cursor, which can be sent again alone instead.
        retry_single: Handler that sends only `message` again.
    """
    from tui.desk.bulk_retry import collect_failed

    batch = await collect_failed(
        inbox.store, inbox.app_context, await _load_target_conversations(inbox)
    )
    single = None if inbox.threads.marked else _find_single_failure(inbox, message)
    if not batch.failed_count:
        inbox.show_status("Nothing has failed there: only failed messages are sent again")
    elif batch.failed_count == 1 and single is not None:
        await retry_single(inbox)
    else:
        _show_bulk_question(inbox, batch, single, retry_single)


def _show_bulk_question(
    inbox: InboxScreen, batch: RetryBatch, single: FailedMessage | None, retry_single: Handler
) -> None:
    """Ask the question and do what the agent chooses."""
    from tui.desk.bulk_retry import format_quiet_hours
    from tui.screens.retry_all import RetryAllScreen, RetryChoice

    async def start_chosen(choice: RetryChoice | None) -> None:
        """Send all of them in the background, or only the single message."""
        if choice == RetryChoice.ALL:
            # Many messages take a while; the inbox stays usable meanwhile.
            inbox.run_worker(_send_batch(inbox, batch), group="retry", exit_on_error=False)
        elif choice == RetryChoice.ONE:
            await retry_single(inbox)

    app_context = inbox.app_context
    quiet_hours_warning = format_quiet_hours(
        batch, app_context.clock.now(), app_context.quiet_hours
    )
    inbox.app.push_screen(RetryAllScreen(batch, single, quiet_hours_warning), start_chosen)


def _find_single_failure(inbox: InboxScreen, message: Message | None) -> FailedMessage | None:
    """Return the failed message under the cursor, or None if there is none."""
    from tui.desk.bulk_retry import FailedMessage

    conversation = inbox.pane.conversation
    if conversation is None or message is None or find_retry_problem(message):
        return None
    return FailedMessage(conversation, message)


async def _load_target_conversations(inbox: InboxScreen) -> list[Conversation]:
    """Return the selected conversations; without a selection, those of the list."""
    if inbox.threads.marked:
        return await inbox.load_targets()
    return await inbox.store.conversations.list_after(
        inbox.threads.view, FIRST_POSITION, MAX_MARKED
    )


@report_store_errors
async def _send_batch(inbox: InboxScreen, batch: RetryBatch) -> None:
    """Send all messages again, and show progress and result."""
    from tui.desk.bulk_retry import format_result, retry_batch

    def show_progress(done: int, total: int) -> None:
        if done % _PROGRESS_INTERVAL == 0:
            inbox.show_status(f"Sending again: {done} of {total}")

    outcome = await retry_batch(inbox.store, inbox.app_context, inbox.actions, batch, show_progress)
    text = format_result(outcome)
    if outcome.sent:
        inbox.actions.register_batch_undo(outcome.sent)
        text = f"{text} · z takes back what has not left"
    await inbox.threads.prune_marks()
    inbox.show_key_hints()
    inbox.show_status(text)
