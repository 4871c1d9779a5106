"""The first line: the view, the accounts with their health, what waits, who and when."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui import present
from tui.clock import Clock
from tui.domain.account import Account, AccountState, Health
from tui.domain.conversation import Counts
from tui.domain.text import one_line

_GAP = 2
_URGENCY = (Health.STOPPED, Health.RETRYING, Health.UNKNOWN, Health.OK)
_LOW_ON_MONEY = 1.5
"""Behind those that are retrying."""


class StatusLine(Widget):
    """One line that tells how the desk is doing."""

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
        """Nothing is known before `show`; `zone` is where the agent is, None for the system's."""
        super().__init__(id="status")
        self._accounts = accounts
        self._agent = agent
        self._clock = clock
        self._ascii = ascii
        self._zone = zone
        self._states: Mapping[str, AccountState] = {}
        self._counts = Counts()
        self._place = ""
        self._shown: object = None

    def show(
        self,
        *,
        states: Mapping[str, AccountState] | None = None,
        counts: Counts | None = None,
        place: str | None = None,
    ) -> None:
        """Take in news; `place` says where the agent is, when that is not the list."""
        self._states = states if states is not None else self._states
        self._counts = counts if counts is not None else self._counts
        self._place = place if place is not None else self._place
        self.tick()

    def tick(self) -> None:
        """Repaint if anything reads differently now."""
        reads = self._reads()
        if reads != self._shown:
            self._shown = reads
            self.refresh()

    def _reads(self) -> object:
        """All that the words depend on: looked at each second, when mostly nothing has changed."""
        now = self._clock.now()
        health = [
            present.health_words(a, self._states.get(a.name), now, ascii=self._ascii)
            for a in self._accounts
        ]
        return health, self._counts, self._place, present.clock_time(now, self._zone)

    def render_line(self, y: int) -> Strip:
        """The line."""
        return self._line()

    def _line(self) -> Strip:
        """Name at the left, the rest from the right as far as there is room."""
        width = self.size.width
        name = [Segment(" smsdesk ", self._style("status--name"))]
        if self._place:
            name.append(Segment(f" {one_line(self._place, 40)} ", self.rich_style))
        right = [*self._numbers(), *self._who()]
        room = width - _cells(name) - _cells(right)
        accounts = self._that_fit(room)
        gap = Segment(" " * max(0, room - _cells(accounts)), self.rich_style)
        return Strip([*name, gap, *accounts, *right]).adjust_cell_length(width, self.rich_style)

    def _that_fit(self, room: int) -> list[Segment]:
        """All accounts; else those in trouble first, and how many are not shown."""
        shown = self._health(self._accounts)
        if _cells(shown) <= room:
            return shown
        urgent = sorted(self._accounts, key=self._urgency)
        for count in reversed(range(len(urgent))):
            shown = [*self._health(urgent[:count]), *self._more(urgent[count:])]
            if _cells(shown) <= room:
                return shown
        return []

    def _more(self, hidden: Sequence[Account]) -> list[Segment]:
        """How many accounts are not shown, behind the dot of the worst of them."""
        dot, _, gap = self._health(hidden[:1])
        return [dot, Segment(f" +{len(hidden)}", self.rich_style), gap]

    def _urgency(self, account: Account) -> float:
        """Where there is not room for all, those in trouble come first, then those low on money."""
        state = self._states.get(account.name)
        place = _URGENCY.index(state.health if state else Health.UNKNOWN)
        return min(place, _LOW_ON_MONEY) if account.is_low(state) else place

    def _health(self, accounts: Sequence[Account]) -> list[Segment]:
        """Three segments an account: dot, words, gap."""
        segments = []
        for account in accounts:
            dot, words, style = present.health_words(
                account,
                self._states.get(account.name),
                self._clock.now(),
                ascii=self._ascii,
            )
            segments += [
                Segment(dot, self._style(f"badge--{style}")),
                Segment(f" {words}", self.rich_style),
                Segment(" " * _GAP, self.rich_style),
            ]
        return segments

    def _numbers(self) -> list[Segment]:
        """How many wait, and how many messages are in trouble."""
        segments = [Segment(f" {self._counts.waiting} waiting ", self.rich_style)]
        if self._counts.failed:
            segments.append(Segment(f" {self._counts.failed} failed ", self._style("badge--bad")))
        return segments

    def _who(self) -> list[Segment]:
        """The agent and the time."""
        time = present.clock_time(self._clock.now(), self._zone)
        return [
            Segment(f" {one_line(self._agent, 12)} ", self.rich_style),
            Segment(f" {time} ", self._style("status--quiet")),
        ]

    def _style(self, name: str) -> Style:
        """A component's colour on this line's background."""
        style = self.get_component_rich_style(name)
        return self.rich_style + Style(color=style.color, bold=style.bold)


def _cells(segments: Sequence[Segment]) -> int:
    """The width of some segments."""
    return sum(cell_len(segment.text) for segment in segments)
