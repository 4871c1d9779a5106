"""Asks for a moment in the agent's own words, and says at once what was understood."""

from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.text import one_line
from tui.domain.when import EXAMPLES, NotAMoment, in_words, moment
from tui.seat import Seat


@dataclass(frozen=True, slots=True)
class When:
    """The answer."""

    at: int | None
    """Ms UTC; None: until a reply."""


class WhenScreen(ModalScreen[When | None]):
    """Dismissed with the moment, or with nothing when it was called off."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Call off")]
    field = getters.query_one("#when", Input)
    verdict = getters.query_one("#understood", Static)

    def __init__(self, seat: Seat, title: str, verb: str, *, until_reply: bool = False) -> None:
        """`verb` is what Enter does; `until_reply`: whether no moment is an answer too."""
        super().__init__()
        self._seat = seat
        self._title = one_line(title, 50)
        self._verb = verb
        self._until_reply = until_reply

    def compose(self) -> ComposeResult:
        """A field, what it is understood as, and what can be typed."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = f"Enter {self._verb} · Esc calls off"
            yield Input(placeholder="20m", id="when", compact=True)
            yield Static(id="understood")
            yield Static(Content(self._examples), classes="hint")

    def on_mount(self) -> None:
        """Say what to type."""
        self._judge()

    @property
    def _examples(self) -> str:
        """What can be typed."""
        return f"{EXAMPLES} · until reply" if self._until_reply else EXAMPLES

    def _understood(self) -> When:
        """What stands in the field; raises `NotAMoment`."""
        at = moment(self.field.value, self._seat.clock.now(), self._seat.zone)
        if at is None and not self._until_reply:
            raise NotAMoment("It needs a time")
        return When(at)

    @on(Input.Changed)
    def _judge(self) -> bool:
        """Show what was understood; whether it was."""
        try:
            when = self._understood()
        except NotAMoment as problem:
            self.verdict.set_class(bool(self.field.value.strip()), "problem")
            self.verdict.update(Content(str(problem) if self.field.value.strip() else "When?"))
            return False
        self.verdict.remove_class("problem")
        words = in_words(when.at, self._seat.clock.now(), self._seat.zone)
        self.verdict.update(Content(f"→ {words}"))
        return True

    @on(Input.Submitted)
    def _answer(self) -> None:
        """Take it, if it is a moment."""
        if self._judge():
            self.dismiss(self._understood())
