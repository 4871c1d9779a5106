"""Statistics in line mode: texts of the last days, and how fast customers were answered."""

from datetime import datetime, time, timedelta

from tui.clock import SECOND
from tui.desk.answer_report import format_answer_report
from tui.domain.statistics import find_median_wait
from tui.domain.text import format_span
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
