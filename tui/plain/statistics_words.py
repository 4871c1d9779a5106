"""Statistics in line mode, and the lists of what is unread and of what is answered too late."""

from datetime import datetime, time, timedelta

from tui.clock import SECOND
from tui.desk.answer_report import format_answer_report
from tui.domain.conversation import View
from tui.domain.statistics import find_median_wait
from tui.domain.text import format_span
from tui.plain.lists import show_first_page
from tui.plain.session import PlainSession, line_handler

_DAYS = 7


@line_handler("numbers")
async def show_statistics(session: PlainSession, typed: str) -> None:
    """Show the figures of the last seven days, or of as many as are typed.

    Args:
        session: State of this agent's line-mode session.
        typed: Number of days; anything else is ignored.
    """
    days = min(int(typed), 366) if typed.isdecimal() and int(typed) else _DAYS
    now, zone = session.context.clock.now(), session.context.zone
    day = datetime.fromtimestamp(now / SECOND, zone).date() - timedelta(days=days - 1)
    since = round(datetime.combine(day, time(), zone).timestamp() * SECOND)
    traffic = await session.store.statistics.get_statistics(since, now)
    answers = await session.store.answer_targets.list_answers(since, now + 1)
    wait = find_median_wait(traffic.reply_times, since)
    session.dialog.write_line(
        f"{days} days: {sum(traffic.received)} in, {sum(traffic.sent)} out, first answer (median)"
        f" {format_span(wait, units=2) if wait is not None else 'none'}."
    )
    for line in filter(None, format_answer_report(answers)):
        session.dialog.write_line(line)


@line_handler("show_overdue")
async def list_overdue(session: PlainSession, typed: str) -> None:
    """List the conversations that should have been answered by now.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    session.view = View(overdue=True)
    await show_first_page(session)


@line_handler("show_unread")
async def list_unread(session: PlainSession, typed: str) -> None:
    """List the conversations with new texts.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    session.view = View(unread=True)
    await show_first_page(session)
