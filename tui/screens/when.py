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

from tui.desk.context import AppContext
from tui.domain.date_input import EXAMPLES, InvalidMomentError, format_moment, parse_moment
from tui.domain.text import one_line


@dataclass(frozen=True, slots=True)
class PickedTime:
    """Answer of the dialog."""

    at: int | None
    """Ms UTC; None means until a reply."""


class PickTimeScreen(ModalScreen[PickedTime | None]):
    """Return the picked time, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Call off")]
    field = getters.query_one("#when", Input)
    verdict = getters.query_one("#understood", Static)

    def __init__(
        self, app_context: AppContext, title: str, verb: str, *, until_reply: bool = False
    ) -> None:
        """Create the dialog.

        Args:
            app_context: Clock and time zone of this agent.
            title: Heading; untrusted text.
            verb: What Enter does, for the hint.
            until_reply: Whether "until reply" is a valid answer too.
        """
        super().__init__()
        self._app_context = app_context
        self._title = one_line(title, 50)
        self._verb = verb
        self._until_reply = until_reply

    def compose(self) -> ComposeResult:
        """Yield a field, its interpretation, and examples."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = f"Enter {self._verb} · Esc calls off"
            yield Input(placeholder="20m", id="when", compact=True)
            yield Static(id="understood")
            yield Static(Content(self._examples_text), classes="hint")

    def on_mount(self) -> None:
        """Show what to type."""
        self._show_verdict()

    @property
    def _examples_text(self) -> str:
        """Return examples of what can be typed."""
        return f"{EXAMPLES} · until reply" if self._until_reply else EXAMPLES

    def _parse_time(self) -> PickedTime:
        """Return the typed time; raise `NotAMoment` if it is not a time."""
        at = parse_moment(self.field.value, self._app_context.clock.now(), self._app_context.zone)
        if at is None and not self._until_reply:
            raise InvalidMomentError("It needs a time")
        return PickedTime(at)

    @on(Input.Changed)
    def _show_verdict(self) -> bool:
        """Show how the time is understood; return whether it is valid."""
        try:
            when = self._parse_time()
        except InvalidMomentError as problem:
            self.verdict.set_class(bool(self.field.value.strip()), "problem")
            self.verdict.update(Content(str(problem) if self.field.value.strip() else "When?"))
            return False
        self.verdict.remove_class("problem")
        text = format_moment(when.at, self._app_context.clock.now(), self._app_context.zone)
        self.verdict.update(Content(f"→ {text}"))
        return True

    @on(Input.Submitted)
    def _submit_time(self) -> None:
        """Close the dialog with the time if it is valid."""
        if self._show_verdict():
            self.dismiss(self._parse_time())
