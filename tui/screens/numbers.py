"""The numbers screen: today and the last week, as plots and as figures."""

import itertools
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.clock import HOUR, SECOND
from tui.domain.numbers import AccountNumbers, Numbers, bar, busiest, median_wait, span_words, spark
from tui.domain.text import one_line
from tui.present import MUTED
from tui.screens.said import said
from tui.seat import Seat
from tui.store.store import Store

_DAYS = 7
_BAR = 24


class NumbersScreen(ModalScreen[None]):
    """Read once when it is opened, and again by key; Esc or F4 closes it."""

    DEFAULT_CSS = """
    NumbersScreen .dialog { width: 76; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f4", "dismiss", "Close"),
        Binding("r", "again", "Read again"),
    ]
    text = getters.query_one("#numbers", Static)

    def __init__(self, store: Store, seat: Seat) -> None:
        """Reads the store."""
        super().__init__()
        self._store = store
        self._seat = seat

    def compose(self) -> ComposeResult:
        """One text."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Numbers"
            page.border_subtitle = "r reads again · Esc closes"
            yield Static("Counting …", id="numbers")

    def on_mount(self) -> None:
        """Count."""
        self.action_again()

    def say(self, words: str) -> None:
        """Show words in place of the numbers."""
        self.text.update(Content(words))

    @work(exclusive=True, exit_on_error=False)
    @said
    async def action_again(self) -> None:
        """Count and show."""
        seat = self._seat
        now = seat.clock.now()
        numbers = await self._store.numbers.since(day_begin(now, seat, _DAYS - 1), now)
        self.text.update(numbers_text(numbers, day_begin(now, seat), seat))


def day_begin(now: int, seat: Seat, days_ago: int = 0) -> int:
    """When a day began where the agent is, ms UTC."""
    day = datetime.fromtimestamp(now / SECOND, seat.zone).date() - timedelta(days=days_ago)
    return round(datetime.combine(day, time(), seat.zone).timestamp() * SECOND)


def numbers_text(numbers: Numbers, today: int, seat: Seat) -> Content:
    """The whole page."""
    hours = max(0, (today - numbers.since) // HOUR)
    week_in, week_out = sum(numbers.came_in), sum(numbers.went_out)
    today_in, today_out = numbers.came_in[hours:], numbers.went_out[hours:]
    parts = [
        _figures("Today", sum(today_in), sum(today_out), numbers, today),
        _figures("7 days", week_in, week_out, numbers, numbers.since),
        _plot("Today by hour", today_in, today_out, seat, 2),
        _plot("7 days by day", _daily(numbers, hours, 0), _daily(numbers, hours, 1), seat, 6),
        _accounts(numbers.accounts, seat),
        _hours(numbers, seat),
    ]
    return Content("\n\n").join(part for part in parts if part.plain)


def _figures(heading: str, came: int, went: int, numbers: Numbers, since: int) -> Content:
    """One line of figures."""
    wait = span_words(median_wait(numbers.answers, since))
    stopped = sum(at >= since for at in numbers.opt_outs)
    return Content.assemble(
        (f"{heading:<8}", "bold"),
        f"{came} in · {went} out",
        ("   first answer (median) ", MUTED),
        wait,
        ("   opt-outs ", MUTED),
        str(stopped),
    )


def _daily(numbers: Numbers, today: int, way: int) -> list[int]:
    """Sums of whole days, the last one being today."""
    hours = (numbers.came_in, numbers.went_out)[way]
    begins = [max(0, today - 24 * days) for days in range(_DAYS - 1, 0, -1)]
    edges = [*begins, today, len(hours)]
    return [sum(hours[begin:end]) for begin, end in itertools.pairwise(edges)]


def _plot(heading: str, came: Sequence[int], went: Sequence[int], seat: Seat, wide: int) -> Content:
    """Two plots on one scale, each value `wide` cells."""
    top = max([*came, *went, 1])
    lines = [Content.styled(f"{heading}, at most {top}", MUTED)]
    for word, values in (("in ", came), ("out", went)):
        signs = spark(values, ascii=seat.ascii, scale=top)
        drawn = "".join(sign * (wide - 1) + " " for sign in signs)
        style = "$text-accent" if word == "in " else "$text-primary"
        lines.append(Content.assemble((f"{word}  ", MUTED), (drawn, style)))
    return Content("\n").join(lines)


def _accounts(accounts: Sequence[AccountNumbers], seat: Seat) -> Content:
    """How much arrived, account by account."""
    if not accounts:
        return Content("")
    lines = [Content.styled("Delivered, 7 days", MUTED)]
    for one in accounts:
        rate = f"{100 * one.delivered // one.sent:>3} %" if one.sent else "  –"
        failed = f" · {one.failed} failed" if one.failed else ""
        lines.append(
            Content.assemble(
                f"{one_line(one.account, 12):<13}",
                (bar(one.delivered, one.sent, _BAR, ascii=seat.ascii), "$text-success"),
                f" {rate}  ",
                (f"{one.delivered} of {one.sent}{failed}", MUTED),
            )
        )
    return Content("\n").join(lines)


def _hours(numbers: Numbers, seat: Seat) -> Content:
    """When most is written to us."""
    found = busiest(numbers, seat.zone)
    if not found:
        return Content.styled("Nobody has written in these days.", MUTED)
    words = " · ".join(f"{hour:02}–{(hour + 1) % 24:02} h: {count}" for hour, count in found)
    return Content.assemble(("Busiest hours  ", MUTED), words)
