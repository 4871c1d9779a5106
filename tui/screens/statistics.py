"""Statistics page: today and the last week, as plots and as figures."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import ClassVar, NamedTuple

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.clock import HOUR, SECOND
from tui.desk.answer_report import format_answer_report, plot_answers_by_hour
from tui.desk.context import AppContext
from tui.desk.format import MUTED_STYLE
from tui.domain.change import Change
from tui.domain.statistics import (
    AccountStatistics,
    TrafficStatistics,
    draw_bar,
    draw_sparkline,
    find_busiest_hours,
    find_median_wait,
)
from tui.domain.text import format_span, one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.store.store import Store

_DAYS = 7
_BAR_CELLS = 24
_REST_FACTOR = 10
"""How much longer than a count the pause after it is."""


class StatisticsScreen(DialogScreen[None]):
    """Page that follows the inbox while it is open; Esc or F4 closes it."""

    DEFAULT_CSS = """
    StatisticsScreen .dialog { width: 76; padding: 0 2; }
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
        self._is_outdated = False
        self._counted_hour = -1
        self._rest = 0
        """Seconds to wait before counting again."""

    def compose(self) -> ComposeResult:
        """Yield one scrollable text."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Statistics"
            page.border_subtitle = "r refreshes · Esc closes"
            yield Static("Counting …", id="numbers")

    def on_mount(self) -> None:
        """Start counting, and count again while the page is open."""
        self.action_again()
        self.set_interval(1.0, self._count_if_outdated)

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Remember that the figures are no longer those of the store.

        Args:
            changes: What changed, in the order of the store.
        """
        self._is_outdated = True

    def _count_if_outdated(self) -> None:
        """Count again after changes and in a new hour, but not all the time on a slow disk."""
        self._rest -= 1
        hour = self._app_context.clock.now() // HOUR
        if self._rest < 0 and (self._is_outdated or hour != self._counted_hour):
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
        now, began = app_context.clock.now(), app_context.clock.monotonic()
        self._is_outdated, self._counted_hour = False, now // HOUR
        statistics = await self._store.statistics.get_statistics(
            find_day_start(now, app_context, _DAYS - 1), now
        )
        answers = await self._store.answer_targets.list_answers(statistics.since, now + 1)
        plot = plot_answers_by_hour(answers, app_context.zone, ascii=app_context.ascii)
        report = [*format_answer_report(answers), "", *plot] if answers else []
        page = format_statistics(statistics, find_day_start(now, app_context), app_context)
        if report:
            heading = Content.styled("First answers, 7 days", MUTED_STYLE)
            page = Content("\n\n").join(
                [page, Content("\n").join([heading, *map(Content, report)])]
            )
        self.text.update(page)
        self._rest = round(_REST_FACTOR * (app_context.clock.monotonic() - began))


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
    days_in, days_out = _sum_by_day(statistics, hours, 0), _sum_by_day(statistics, hours, 1)
    today_in, today_out = statistics.received[hours:], statistics.sent[hours:]
    plots = (
        _Plot("Texts per hour, today", today_in, today_out, 2, _label_hours(today, app_context)),
        _Plot("Texts per day, 7 days", days_in, days_out, 6, _label_days(today, app_context)),
    )
    parts = [
        _format_totals("Today", sum(today_in), sum(today_out), statistics, today)
        + Content("\n")
        + _format_totals("7 days", sum(days_in), sum(days_out), statistics, statistics.since),
        *(_format_plot(plot, ascii=app_context.ascii) for plot in plots),
        _format_delivery_rates(statistics.accounts, app_context),
        _format_busiest_hours(statistics, app_context),
    ]
    return Content("\n\n").join(part for part in parts if part.plain)


def _format_totals(
    heading: str, incoming: int, outgoing: int, statistics: TrafficStatistics, since: int
) -> Content:
    """Return one line of figures for a period."""
    wait = find_median_wait(statistics.reply_times, since)
    opt_outs = sum(at >= since for at in statistics.opt_outs)
    return Content.assemble(
        (f"{heading:<8}", "bold"),
        f"{incoming:,} in · {outgoing:,} out",
        ("   first answer (median) ", MUTED_STYLE),
        "–" if wait is None else format_span(wait, units=2),
        ("   opt-outs ", MUTED_STYLE),
        f"{opt_outs:,}",
    )


def _sum_by_day(statistics: TrafficStatistics, today: int, direction: int) -> list[int]:
    """Return sums of whole days, the last one being today."""
    hours = (statistics.received, statistics.sent)[direction]
    begins = [max(0, today - 24 * days) for days in range(_DAYS - 1, 0, -1)]
    edges = [*begins, today, len(hours)]
    return [sum(hours[begin:end]) for begin, end in itertools.pairwise(edges)]


def _label_hours(today: int, app_context: AppContext) -> list[str]:
    """Return a label for every hour of today, empty for two of three; a day can have 23 or 25."""
    end = find_day_start(today, app_context, -1)
    hours = [
        datetime.fromtimestamp(at / SECOND, app_context.zone).hour for at in range(today, end, HOUR)
    ]
    return [f"{hour:02}" if hour % 3 == 0 else "" for hour in hours]


def _label_days(today: int, app_context: AppContext) -> list[str]:
    """Return the weekday of each of the last days, the last one being today."""
    last = datetime.fromtimestamp(today / SECOND, app_context.zone).date()
    days = [last - timedelta(days=ago) for ago in range(_DAYS - 1, 0, -1)]
    return [*(f"{day:%a}" for day in days), "today"]


class _Plot(NamedTuple):
    """Counts of received and sent texts, side by side on one axis of time."""

    heading: str
    incoming: Sequence[int]
    outgoing: Sequence[int]
    cells: int
    """Width of a column."""
    labels: Sequence[str]
    """Text under each column of the axis; it can be longer than the counts."""


def _format_plot(plot: _Plot, *, ascii: bool) -> Content:
    """Return the heading with the scale, a row of columns and a total for each, and the axis."""
    # Both rows share one scale, so that their heights can be compared.
    top = max([*plot.incoming, *plot.outgoing, 1])
    width = plot.cells * len(plot.labels)
    lines = [Content.styled(f"{plot.heading} · the highest column is {top:,}", MUTED_STYLE)]
    for label, values, style in (
        ("in", plot.incoming, "$text-accent"),
        ("out", plot.outgoing, "$text-primary"),
    ):
        columns = draw_sparkline(values, ascii=ascii, scale=top)
        drawn = "".join(column * (plot.cells - 1) + " " for column in columns)
        lines.append(
            Content.assemble(
                (f"{label:<5}", MUTED_STYLE),
                (f"{drawn:<{width}}", style),
                (f" {sum(values):>6,}", MUTED_STYLE),
            )
        )
    axis = "".join(
        f"{label:<{plot.cells}}" if len(label) <= plot.cells else label for label in plot.labels
    )
    lines.append(Content.styled(f"     {axis:<{width}}  total", MUTED_STYLE))
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
