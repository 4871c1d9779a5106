"""Dialogs that ask for a time: when to send a message, or until when to snooze.

The typed time is interpreted at once, and the interpretation is shown under the field.
"""

from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.context import AppContext
from tui.desk.routes import Route, SendPlan, format_schedule_holder
from tui.domain.date_input import EXAMPLES, InvalidMomentError, format_moment, parse_moment
from tui.domain.local_time import find_zones, format_local_times
from tui.domain.text import one_line
from tui.screens.base import DialogScreen


class ScheduleScreen(DialogScreen[SendPlan | None]):
    """Return when to send the message, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("f5", "until_reply", "Only without an answer", priority=True),
    ]
    field = getters.query_one("#when", Input)
    verdict = getters.query_one("#understood", Static)
    choice = getters.query_one("#until-reply", Static)

    def __init__(
        self, app_context: AppContext, route: Route, address: str, suggestion: str = ""
    ) -> None:
        """Create the dialog.

        Args:
            app_context: Clock and time zone of this agent.
            route: Account and sender of the message.
            address: Number of the customer, whose local time is shown too.
            suggestion: Text that the field begins with.
        """
        super().__init__()
        self._app_context = app_context
        self._route = route
        self._address = address
        self._suggestion = suggestion
        self._until_reply = False

    def compose(self) -> ComposeResult:
        """Yield a field, its interpretation, the option, and who holds the message."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Send later"
            dialog.border_subtitle = "Enter schedules · F5 until they reply · Esc cancels"
            yield Input(self._suggestion, placeholder="tomorrow 9", id="when", compact=True)
            yield Static(id="understood")
            yield Static(id="until-reply")
            yield Static(
                Content(f"\n{EXAMPLES}\n{format_schedule_holder(self._route)}"), classes="hint"
            )

    def on_mount(self) -> None:
        """Show what to type."""
        self._show_verdict()
        self._show_choice()

    def action_until_reply(self) -> None:
        """Toggle whether a reply of the customer cancels the message."""
        self._until_reply = not self._until_reply
        self._show_choice()

    def _show_choice(self) -> None:
        """Show whether the option is ticked."""
        tick = "x" if self._until_reply else " "
        self.choice.update(Content(f"[{tick}] cancel it if they reply before (F5)"))

    def _parse_time(self) -> int:
        """Return the typed time, ms UTC; raise `NotAMoment` if it is not a time."""
        at = parse_moment(self.field.value, self._app_context.clock.now(), self._app_context.zone)
        if at is None:
            raise InvalidMomentError("Type a time; F5 cancels it if they reply")
        return at

    @on(Input.Changed)
    def _show_verdict(self) -> bool:
        """Show how the time is understood; return whether it is valid."""
        try:
            at = self._parse_time()
        except InvalidMomentError as problem:
            typed = bool(self.field.value.strip())
            self.verdict.set_class(typed, "problem")
            self.verdict.update(Content(one_line(str(problem), 66) if typed else "When?"))
            return False
        self.verdict.remove_class("problem")
        text = format_moment(at, self._app_context.clock.now(), self._app_context.zone)
        customer_time = format_local_times(find_zones(self._address), at)
        self.verdict.update(Content(f"→ {text}{f' · {customer_time}' if customer_time else ''}"))
        return True

    @on(Input.Submitted)
    def _submit_plan(self) -> None:
        """Close the dialog with the plan if the time is valid."""
        if self._show_verdict():
            self.dismiss(SendPlan(self._parse_time(), self._until_reply))


@dataclass(frozen=True, slots=True)
class PickedTime:
    """Answer of the dialog."""

    at: int | None
    """Ms UTC; None means until a reply."""


class PickTimeScreen(DialogScreen[PickedTime | None]):
    """Return the picked time, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]
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
            dialog.border_subtitle = f"Enter {self._verb} · Esc cancels"
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
            raise InvalidMomentError("Type a time")
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
