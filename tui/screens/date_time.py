"""Dialogs that ask for a time: when to send a message, or until when to snooze.

The typed time is interpreted at once, and the interpretation is shown under the field.
"""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.context import AppContext
from tui.desk.format import format_date_time, format_title
from tui.desk.routes import Route, SendPlan, format_schedule_holder
from tui.domain.conversation import Conversation
from tui.domain.date_input import (
    EXAMPLES,
    InvalidMomentError,
    TypedMoment,
    format_moment,
    read_moment,
)
from tui.domain.local_time import find_zones, format_local_times
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.screens.base import DialogScreen


class MomentVerdict(Static):
    """Show how a typed time is understood, and below it what was assumed."""

    DEFAULT_CSS = "MomentVerdict { height: auto; }"

    def show_problem(self, problem: str, *, typed: bool) -> None:
        """Show why there is no time yet.

        Args:
            problem: The reason.
            typed: Whether anything is typed.
        """
        self.set_class(typed, "problem")
        self.update(Content(one_line(problem, 66) if typed else "When?"))

    def ask_for_time(self, field: Input) -> None:
        """Show what to type if Enter was pressed in an empty field.

        Args:
            field: Field of the time.
        """
        if not field.value.strip():
            self.show_problem(f"Type a time, {field.placeholder}", typed=True)

    def show_moment(
        self, moment: TypedMoment, context: AppContext, there: str = "", *, is_again: bool = False
    ) -> None:
        """Show a time, by the agent's clock.

        Args:
            moment: How the text is understood.
            context: Clock and time zone of the agent.
            there: Time at the customer's; "" if it is not known.
            is_again: Whether it is the last time, which Enter alone takes.
        """
        self.remove_class("problem")
        text = "again: " if is_again else ""
        text += format_moment(moment.at, context.clock.now(), context.zone)
        # The typed time is the agent's; only beside another clock does that have to be said.
        parts = [f"→ {text} · your time" if there else f"→ {text}", there]
        lines = [" · ".join(filter(None, parts)), moment.note]
        self.update(Content("\n".join(filter(None, lines))))


def _format_placeholder(again: str, example: str) -> str:
    """Return what an empty field shows: what Enter alone takes, or an example."""
    return f"again: {again}" if again else f"such as {example}"


@record
class ChosenPlan:
    """Answer of the dialog."""

    plan: SendPlan | None
    """When to send the message; None drops the time for which it was planned."""
    typed: str = ""
    """Words for the time, to be proposed again."""


class ScheduleScreen(DialogScreen[ChosenPlan | None]):
    """Return when to send the message, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("f5", "until_reply", "Cancel it if they reply", priority=True),
    ]
    field = getters.query_one("#when", Input)
    verdict = getters.query_one("#understood", MomentVerdict)
    choice = getters.query_one("#until-reply", Static)

    def __init__(
        self,
        app_context: AppContext,
        route: Route,
        customer: Conversation,
        suggestion: str = "",
        plan: SendPlan | None = None,
        *,
        again: str = "",
    ) -> None:
        """Create the dialog.

        Args:
            app_context: Clock and time zone of this agent.
            route: Account and sender of the message.
            customer: Conversation of the message; its local time is shown too.
            suggestion: Text that the field begins with.
            plan: Time for which the message is planned already; None for none.
            again: Words of the last time, still possible; Enter in an empty field takes them.
        """
        super().__init__()
        self._app_context = app_context
        self._again = "" if plan else again
        self._route = route
        self._customer = customer
        self._plan = plan
        self._initial_text = (
            format_date_time(plan.send_at, app_context.zone) if plan else suggestion
        )
        self._until_reply = plan is not None and plan.cancel_on_reply

    def compose(self) -> ComposeResult:
        """Yield a field, its interpretation, the option, and who holds the message."""
        with Vertical(classes="dialog") as dialog:
            title = one_line(format_title(self._customer), 30)
            dialog.border_title = Content(f"Send later to {title}")
            dialog.border_subtitle = "Enter schedules · F5 cancels if they reply · Esc cancels"
            placeholder = _format_placeholder(self._again, "tomorrow 9")
            yield Input(self._initial_text, placeholder=placeholder, id="when", compact=True)
            yield MomentVerdict(id="understood")
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

    @property
    def _words(self) -> str:
        """Return what is typed, else the words of the last time."""
        return self.field.value.strip() or self._again

    @property
    def _drops_plan(self) -> bool:
        """Return whether Enter drops the time for which the message is planned."""
        return self._plan is not None and not self.field.value.strip()

    def _read_time(self) -> TypedMoment:
        """Return the typed time; raise `InvalidMomentError` if it is not a time."""
        context, plan = self._app_context, self._plan
        now = context.clock.now()
        # The text in the field has no seconds, and an hour that comes twice reads the same.
        if plan and plan.send_at > now and self.field.value == self._initial_text:
            return TypedMoment(plan.send_at)
        moment = read_moment(self._words, now, context.zone)
        if moment.at is None:
            raise InvalidMomentError("Type a time; F5 cancels it if they reply")
        return moment

    @on(Input.Changed)
    def _show_verdict(self) -> bool:
        """Show how the time is understood; return whether Enter can use it."""
        if self._drops_plan:
            self.verdict.remove_class("problem")
            self.verdict.update(Content("No time: Enter drops the schedule and sends nothing yet"))
            return True
        try:
            moment = self._read_time()
        except InvalidMomentError as problem:
            self.verdict.show_problem(str(problem), typed=bool(self.field.value.strip()))
            return False
        is_again = not self.field.value.strip()
        there = format_local_times(find_zones(self._customer.address), moment.at or 0)
        self.verdict.show_moment(moment, self._app_context, there, is_again=is_again)
        return True

    @on(Input.Submitted)
    def _submit_plan(self) -> None:
        """Close the dialog with the plan if the time is valid."""
        if not self._show_verdict():
            self.verdict.ask_for_time(self.field)
            return
        at = None if self._drops_plan else self._read_time().at
        plan = None if at is None else SendPlan(at, self._until_reply)
        is_typed = self.field.value != self._initial_text or self._again == self._words
        self.dismiss(ChosenPlan(plan, self._words if is_typed else ""))


@record
class PickedTime:
    """Answer of the dialog."""

    at: int | None
    """Ms UTC; None means until a reply."""
    typed: str = ""
    """Words for the time, to be proposed again."""


class PickTimeScreen(DialogScreen[PickedTime | None]):
    """Return the picked time, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]
    field = getters.query_one("#when", Input)
    verdict = getters.query_one("#understood", MomentVerdict)

    def __init__(
        self,
        app_context: AppContext,
        title: str,
        verb: str,
        *,
        until_reply: bool = False,
        again: str = "",
    ) -> None:
        """Create the dialog.

        Args:
            app_context: Clock and time zone of this agent.
            title: Heading; untrusted text.
            verb: What Enter does, for the hint.
            until_reply: Whether "until reply" is a valid answer too.
            again: Words of the last time, still possible; Enter in an empty field takes them.
        """
        super().__init__()
        self._again = again
        self._app_context = app_context
        self._title = one_line(title, 50)
        self._verb = verb
        self._until_reply = until_reply

    def compose(self) -> ComposeResult:
        """Yield a field, its interpretation, and examples."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = f"Enter {self._verb} · Esc cancels"
            placeholder = _format_placeholder(self._again, "20m")
            yield Input(placeholder=placeholder, id="when", compact=True)
            yield MomentVerdict(id="understood")
            yield Static(Content(self._examples_text), classes="hint")

    def on_mount(self) -> None:
        """Show what to type."""
        self._show_verdict()

    @property
    def _examples_text(self) -> str:
        """Return examples of what can be typed."""
        return f"{EXAMPLES} · until reply" if self._until_reply else EXAMPLES

    def _read_time(self) -> TypedMoment:
        """Return the typed time; raise `InvalidMomentError` if it is not a time."""
        context, words = self._app_context, self.field.value.strip() or self._again
        moment = read_moment(words, context.clock.now(), context.zone)
        if moment.at is None and not self._until_reply:
            raise InvalidMomentError("Type a time")
        return moment

    @on(Input.Changed)
    def _show_verdict(self) -> bool:
        """Show how the time is understood; return whether it is valid."""
        try:
            moment = self._read_time()
        except InvalidMomentError as problem:
            self.verdict.show_problem(str(problem), typed=bool(self.field.value.strip()))
            return False
        self.verdict.show_moment(moment, self._app_context, is_again=not self.field.value.strip())
        return True

    @on(Input.Submitted)
    def _submit_time(self) -> None:
        """Close the dialog with the time if it is valid."""
        if self._show_verdict():
            words = self.field.value.strip() or self._again
            self.dismiss(PickedTime(self._read_time().at, words))
        else:
            self.verdict.ask_for_time(self.field)
