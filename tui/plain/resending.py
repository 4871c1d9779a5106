"""All failed texts of a list sent once more, after one question."""

from tui.desk.bulk_retry import (
    collect_failed,
    format_batch,
    format_left_out,
    format_quiet_hours,
    format_reasons,
    format_result,
    retry_batch,
)
from tui.domain.conversation import View
from tui.plain.desk import PlainSession
from tui.store.conversations import FIRST_POSITION

_CONVERSATION_LIMIT = 1_000
_PROGRESS_STEP = 100


async def retry_all_failed(session: PlainSession, typed: str) -> None:
    """Show what would be sent again and what is skipped, and send it on confirmation.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    store, context = session.store, session.context
    rows = await store.conversations.list_after(
        View(failed=True), FIRST_POSITION, _CONVERSATION_LIMIT
    )
    batch = await collect_failed(store, context, rows)
    if not batch.failed_count:
        session.dialog.write_line("Nothing has failed: n opens who waits longest.")
        return
    session.dialog.write_line(f"{format_batch(batch)}.")
    asleep = format_quiet_hours(batch, context.clock.now(), context.quiet_hours)
    for line in (*format_reasons(batch), format_left_out(batch.left_out), asleep):
        if line:
            session.dialog.write_line(f"{_use_plain_key(line)}.")
    if not batch.to_retry or not await session.dialog.ask_yes_no("Send all of them again?"):
        session.dialog.write_line("Nothing was sent: f lists them, a number opens one.")
        return

    def report_progress(done: int, total: int) -> None:
        if done and done % _PROGRESS_STEP == 0:
            session.dialog.write_line(f"{done} of {total}.")

    outcome = await retry_batch(store, context, session.actions, batch, report_progress)
    for sent in outcome.sent:
        session.shown_status[sent.id] = ""
    session.actions.register_batch_undo(outcome.sent)
    session.dialog.write_line(
        f"{_use_plain_key(format_result(outcome))}. z takes back what has not left."
    )


def _use_plain_key(text: str) -> str:
    """Replace the key of the full screen with that of line mode."""
    return text.replace("(M settles it)", "(f settles it)")
