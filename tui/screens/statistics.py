"""Statistics page: today and the last week, as plots and as figures."""

import itertools
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.clock import HOUR, SECOND
from tui.desk.context import AppContext
from tui.desk.format import MUTED_STYLE
from tui.domain.statistics import (
    AccountStatistics,
    TrafficStatistics,
    draw_bar,
    draw_sparkline,
    find_busiest_hours,
    find_median_wait,
    format_span,
)
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.store.store import Store

_DAYS = 7
_BAR_CELLS = 24


class StatisticsScreen(DialogScreen[None]):
    """Page that is counted when it is opened and again by key; Esc or F4 closes it."""

    DEFAULT_CSS = """
    StatisticsScreen .dialog { width: 76; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f4", "dismiss", "Close"),
        Binding("r", "again", "Refresh"),
    ]
    text = getters.query_one("#numbers", Static)

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the page.

        Args:
            store: Store that is counted.
            app_context: Clock, time zone and preferences of this agent.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context

    def compose(self) -> ComposeResult:
        """Yield one scrollable text."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Statistics"
            page.border_subtitle = "r refreshes · Esc closes"
            yield Static("Counting …", id="numbers")

    def on_mount(self) -> None:
        """Start counting."""
        self.action_again()

    def show_status(self, text: str) -> None:
        """Show a text in place of the statistics.

        Args:
            text: One line.
        """
        self.text.update(Content(text))

    @work(exclusive=True, exit_on_error=False)
    @report_store_errors
    async def action_again(self) -> None:
        """Count again and show the result."""
        app_context = self._app_context
        now = app_context.clock.now()
        statistics = await self._store.statistics.get_statistics(
            find_day_start(now, app_context, _DAYS - 1), now
        )
        self.text.update(
            format_statistics(statistics, find_day_start(now, app_context), app_context)
        )


def find_day_start(now: int, app_context: AppContext, days_ago: int = 0) -> int:
    """Return when a day began in the agent's time zone, ms UTC.

    Args:
        now: Current time, ms UTC.
        app_context: Holds the time zone.
        days_ago: 0 for today.
    """
    day = datetime.fromtimestamp(now / SECOND, app_context.zone).date() - timedelta(days=days_ago)
    return round(datetime.combine(day, time(), app_context.zone).timestamp() * SECOND)


def format_statistics(
    statistics: TrafficStatistics, today: int, app_context: AppContext
) -> Content:
    """Return the whole page.

    Args:
        statistics: Counts by hour, from the beginning of the period.
        today: When today began, ms UTC.
        app_context: Time zone and preferences of this agent.
    """
    hours = max(0, (today - statistics.since) // HOUR)
    week_in, week_out = sum(statistics.received), sum(statistics.sent)
    today_in, today_out = statistics.received[hours:], statistics.sent[hours:]
    parts = [
        _format_totals("Today", sum(today_in), sum(today_out), statistics, today),
        _format_totals("7 days", week_in, week_out, statistics, statistics.since),
        _format_plot("Today by hour", today_in, today_out, app_context, 2),
        _format_plot(
            "7 days by day",
            _sum_by_day(statistics, hours, 0),
            _sum_by_day(statistics, hours, 1),
            app_context,
            6,
        ),
        _format_delivery_rates(statistics.accounts, app_context),
        _format_busiest_hours(statistics, app_context),
    ]
    return Content("\n\n").join(part for part in parts if part.plain)


def _format_totals(
    heading: str, incoming: int, outgoing: int, statistics: TrafficStatistics, since: int
) -> Content:
    """Return one line of figures for a period."""
    wait = format_span(find_median_wait(statistics.reply_times, since))
    opt_outs = sum(at >= since for at in statistics.opt_outs)
    return Content.assemble(
        (f"{heading:<8}", "bold"),
        f"{incoming} in · {outgoing} out",
        ("   first answer (median) ", MUTED_STYLE),
        wait,
        ("   opt-outs ", MUTED_STYLE),
        str(opt_outs),
    )


def _sum_by_day(statistics: TrafficStatistics, today: int, direction: int) -> list[int]:
    """Return sums of whole days, the last one being today."""
    hours = (statistics.received, statistics.sent)[direction]
    begins = [max(0, today - 24 * days) for days in range(_DAYS - 1, 0, -1)]
    edges = [*begins, today, len(hours)]
    return [sum(hours[begin:end]) for begin, end in itertools.pairwise(edges)]


def _format_plot(
    heading: str,
    incoming: Sequence[int],
    outgoing: Sequence[int],
    app_context: AppContext,
    cells: int,
) -> Content:
    """Return two plots on one scale; each value takes `cells` cells."""
    # Both plots share one scale, so that their heights can be compared.
    top = max([*incoming, *outgoing, 1])
    lines = [Content.styled(f"{heading}; highest: {top}", MUTED_STYLE)]
    for label, values in (("in ", incoming), ("out", outgoing)):
        bars = draw_sparkline(values, ascii=app_context.ascii, scale=top)
        drawn = "".join(character * (cells - 1) + " " for character in bars)
        style = "$text-accent" if label == "in " else "$text-primary"
        lines.append(Content.assemble((f"{label}  ", MUTED_STYLE), (drawn, style)))
    return Content("\n").join(lines)


def _format_delivery_rates(
    accounts: Sequence[AccountStatistics], app_context: AppContext
) -> Content:
    """Return the share of delivered messages, account by account."""
    if not accounts:
        return Content("")
    lines = [Content.styled("Delivered, 7 days", MUTED_STYLE)]
    for account in accounts:
        rate = f"{100 * account.delivered // account.sent:>3} %" if account.sent else "  –"
        failed = f" · {account.failed} failed" if account.failed else ""
        lines.append(
            Content.assemble(
                f"{one_line(account.account, 12):<13}",
                (
                    draw_bar(account.delivered, account.sent, _BAR_CELLS, ascii=app_context.ascii),
                    "$text-success",
                ),
                f" {rate}  ",
                (f"{account.delivered} of {account.sent}{failed}", MUTED_STYLE),
            )
        )
    return Content("\n").join(lines)


def _format_busiest_hours(statistics: TrafficStatistics, app_context: AppContext) -> Content:
    """Return the hours in which most customers write."""
    found = find_busiest_hours(statistics, app_context.zone)
    if not found:
        return Content.styled("No messages arrived in these days.", MUTED_STYLE)
    text = " · ".join(f"{hour:02}:00: {count}" for hour, count in found)
    return Content.assemble(("Busiest hours  ", MUTED_STYLE), text)
