"""When a message is to go out, and whether an answer makes it superfluous."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.desk.replying import Plan, Route, keeper_words
from tui.domain.local_time import clock_words, zones_for
from tui.domain.text import one_line
from tui.domain.when import EXAMPLES, NotAMoment, in_words, moment
from tui.seat import Seat


class ScheduleScreen(ModalScreen[Plan | None]):
    """Dismissed with the plan, or with none when it was called off."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off"),
        Binding("f5", "until_reply", "Only without an answer", priority=True),
    ]
    field = getters.query_one("#when", Input)
    verdict = getters.query_one("#understood", Static)
    choice = getters.query_one("#until-reply", Static)

    def __init__(self, seat: Seat, route: Route, address: str, offer: str = "") -> None:
        """`offer` is what stands in the field at first."""
        super().__init__()
        self._seat = seat
        self._route = route
        self._address = address
        self._offer = offer
        self._until_reply = False

    def compose(self) -> ComposeResult:
        """A field, what it is understood as, the choice, and who keeps the message."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Send later"
            dialog.border_subtitle = "Enter schedules · F5 until they reply · Esc calls off"
            yield Input(self._offer, placeholder="tomorrow 9", id="when", compact=True)
            yield Static(id="understood")
            yield Static(id="until-reply")
            yield Static(Content(f"\n{EXAMPLES}\n{keeper_words(self._route)}"), classes="hint")

    def on_mount(self) -> None:
        """Say what to type."""
        self._judge()
        self._show_choice()

    def action_until_reply(self) -> None:
        """Take it back when they write first, or do not."""
        self._until_reply = not self._until_reply
        self._show_choice()

    def _show_choice(self) -> None:
        """Ticked or not."""
        tick = "x" if self._until_reply else " "
        self.choice.update(Content(f"[{tick}] cancel it if they reply before (F5)"))

    def _understood(self) -> int:
        """The moment in the field; raises `NotAMoment`."""
        at = moment(self.field.value, self._seat.clock.now(), self._seat.zone)
        if at is None:
            raise NotAMoment("It needs a time; F5 is for cancelling it when they reply")
        return at

    @on(Input.Changed)
    def _judge(self) -> bool:
        """Show what was understood; whether it was."""
        try:
            at = self._understood()
        except NotAMoment as problem:
            typed = bool(self.field.value.strip())
            self.verdict.set_class(typed, "problem")
            self.verdict.update(Content(one_line(str(problem), 66) if typed else "When?"))
            return False
        self.verdict.remove_class("problem")
        words = in_words(at, self._seat.clock.now(), self._seat.zone)
        there = clock_words(zones_for(self._address), at)
        self.verdict.update(Content(f"→ {words}{f' · {there}' if there else ''}"))
        return True

    @on(Input.Submitted)
    def _answer(self) -> None:
        """Take it, if it is a moment."""
        if self._judge():
            self.dismiss(Plan(self._understood(), self._until_reply))
