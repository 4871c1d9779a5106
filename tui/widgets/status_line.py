"""Show the first line: the view, the health of the accounts, open work, the agent and the time."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.clock import Clock
from tui.desk import format
from tui.desk.badges import format_held_count
from tui.domain.account import Account, AccountState, Health
from tui.domain.conversation import Counts
from tui.domain.text import one_line

_GAP = 2
_URGENCY = (Health.STOPPED, Health.ATTENTION, Health.RETRYING, Health.UNKNOWN, Health.OK)
_LOW_BALANCE_RANK = 2.5
"""Rank of accounts with a low balance: after those that are retrying."""


class StatusLine(Widget):
    """Show the state of the desk in one line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status--name",
        "status--quiet",
        "badge--waiting",
        "badge--good",
        "badge--bad",
        "badge--doubt",
    }

    def __init__(
        self,
        accounts: Sequence[Account],
        agent: str,
        clock: Clock,
        *,
        ascii: bool = False,
        zone: tzinfo | None = None,
    ) -> None:
        """Create the line; `update_status` fills it.

        Args:
            accounts: Accounts of the desk.
            agent: Name of the agent.
            clock: Source of the current time.
            ascii: Whether to draw with ASCII only.
            zone: Time zone of the agent; None for the system's.
        """
        super().__init__(id="status")
        self._accounts = accounts
        self._agent = agent
        self._clock = clock
        self._ascii = ascii
        self._zone = zone
        self._states: Mapping[str, AccountState] = {}
        self._counts = Counts()
        self._place = ""
        self._shown_inputs: object = None
        self._time = format.format_time(clock.now(), zone)

    def update_status(
        self,
        *,
        states: Mapping[str, AccountState] | None = None,
        counts: Counts | None = None,
        place: str | None = None,
        accounts: Sequence[Account] | None = None,
    ) -> None:
        """Show new states; anything that is None stays as it is.

        Args:
            states: State of each account by its name.
            counts: How many conversations wait and how many messages failed.
            place: Where the agent is, if that is not the list.
            accounts: Accounts of the desk.
        """
        self._accounts = accounts if accounts is not None else self._accounts
        self._states = states if states is not None else self._states
        self._counts = counts if counts is not None else self._counts
        self._place = place if place is not None else self._place
        self.refresh_if_changed()

    def refresh_clock(self, now: int) -> None:
        """Show another time, and everything else as it is then; called every second.

        The time changes nowhere else: all clocks of the screen change together.

        Args:
            now: Current time (ms UTC).
        """
        self._time = format.format_time(now, self._zone)
        self.refresh_if_changed()

    def refresh_if_changed(self) -> None:
        """Repaint the line if it has changed."""
        inputs = self._collect_inputs()
        if inputs != self._shown_inputs:
            self._shown_inputs = inputs
            self.refresh()

    def _collect_inputs(self) -> object:
        """Return everything that the line depends on."""
        now = self._clock.now()
        health = [
            format.format_account_health(
                a, self._states.get(a.name), now, ascii=self._ascii, zone=self._zone
            )
            for a in self._accounts
        ]
        held = sum(state.held for state in self._states.values())
        return health, held, self._counts, self._place, self._time

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        return self._draw_status()

    def _draw_status(self) -> Strip:
        """Draw the name at the left, the rest at the right as far as it fits."""
        width = self.size.width
        name = [Segment(" smsdesk ", self._resolve_style("status--name"))]
        right = [*self._draw_counts(), *self._draw_agent()]
        if self._place:
            room = width - _measure_segments(right)
            # Where the agent is says more than the name of the program.
            is_tight = cell_len(self._place) + _measure_segments(name) + 2 > room
            name = [] if is_tight else name
            place = _shorten_place(self._place, room - _measure_segments(name) - 2)
            name = [*name, Segment(f" {place} ", self.rich_style)]
        room = width - _measure_segments(name) - _measure_segments(right)
        accounts = self._draw_fitting_accounts(room)
        gap = Segment(" " * max(0, room - _measure_segments(accounts)), self.rich_style)
        return Strip([*name, gap, *accounts, *right]).adjust_cell_length(width, self.rich_style)

    def _draw_fitting_accounts(self, room: int) -> list[Segment]:
        """Draw all accounts; or those in trouble first, and how many are not shown."""
        shown = self._draw_accounts(self._accounts)
        if _measure_segments(shown) <= room:
            return shown
        urgent = sorted(self._accounts, key=self._rank_urgency)
        for count in reversed(range(len(urgent))):
            shown = [*self._draw_accounts(urgent[:count]), *self._draw_hidden_count(urgent[count:])]
            if _measure_segments(shown) <= room:
                return shown
        return []

    def _draw_hidden_count(self, hidden: Sequence[Account]) -> list[Segment]:
        """Draw how many accounts are not shown, after the dot of the worst of them."""
        dot, _, gap = self._draw_accounts(hidden[:1])
        return [dot, Segment(f" +{len(hidden)}", self.rich_style), gap]

    def _rank_urgency(self, account: Account) -> float:
        """Return a rank by which accounts in trouble come first, then those with a low balance."""
        state = self._states.get(account.name)
        health = format.find_shown_health(account, state, self._clock.now())
        rank = _URGENCY.index(health)
        return min(rank, _LOW_BALANCE_RANK) if account.is_low(state) else rank

    def _draw_accounts(self, accounts: Sequence[Account]) -> list[Segment]:
        """Draw three segments for each account: dot, text, gap."""
        segments = []
        for account in accounts:
            dot, text, style = format.format_account_health(
                account,
                self._states.get(account.name),
                self._clock.now(),
                ascii=self._ascii,
                zone=self._zone,
            )
            segments += [
                Segment(dot, self._resolve_style(f"badge--{style}")),
                Segment(f" {text}", self.rich_style),
                Segment(" " * _GAP, self.rich_style),
            ]
        return segments

    def _draw_counts(self) -> list[Segment]:
        """Draw how many conversations wait, how many messages failed and how much is held."""
        segments = [Segment(f" {self._counts.waiting} waiting ", self.rich_style)]
        if self._counts.overdue:
            text = f" {self._counts.overdue} overdue "
            segments.append(Segment(text, self._resolve_style("badge--bad")))
        if self._counts.failed:
            segments.append(
                Segment(f" {self._counts.failed} failed ", self._resolve_style("badge--bad"))
            )
        held = sum(state.held for state in self._states.values())
        if held:
            style = self._resolve_style("badge--bad")
            segments.append(Segment(f" {format_held_count(held)} ", style))
        return segments

    def _draw_agent(self) -> list[Segment]:
        """Draw the agent's name and the time."""
        return [
            Segment(f" {one_line(self._agent, 12)} ", self.rich_style),
            Segment(f" {self._time} ", self._resolve_style("status--quiet")),
        ]

    def _resolve_style(self, name: str) -> Style:
        """Return a component's style on the background of the line."""
        style = self.get_component_rich_style(name)
        return self.rich_style + Style(color=style.color, bold=style.bold)


def _shorten_place(text: str, room: int) -> str:
    """Return as many parts of "Triage  3 left · 0 handled" as fit, and always the first.

    Args:
        text: Parts, separated by a middle dot.
        room: Cells for the text.
    """
    while cell_len(text) > room and " · " in text:
        text = text.rpartition(" · ")[0]
    return one_line(text, 60)


def _measure_segments(segments: Sequence[Segment]) -> int:
    """Return the width of some segments."""
    return sum(cell_len(segment.text) for segment in segments)
