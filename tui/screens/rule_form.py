"""Edit a rule: its conditions and actions as lines, checked as they are typed."""

from collections.abc import Iterator
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.desk.context import AppContext
from tui.desk.rule_book import RuleNames, find_missing, format_then, format_when
from tui.domain.business_hours import split_holidays
from tui.domain.rule_text import read_rule_lines, validate_rule
from tui.domain.rules import InvalidRuleError, Rule, RuleHours
from tui.domain.text import one_line, to_printable
from tui.screens.base import FormScreen, compose_field
from tui.store.stored_rules import RuleRecord

_EXAMPLES = {
    "rule-name": ("Name", "such as out_of_hours"),
    "rule-when": ("When, with ; between conditions", "arrives; outside hours"),
    "rule-then": ("Then, with ; between actions", "answer out_of_office; label night"),
    "rule-week": ("Hours", "mon-fri 9-17, sat 10-14"),
    "rule-holidays": ("Holidays", "2026-12-25, 2026-12-26"),
    "rule-zone": ("Time zone, if not that of this machine", "Europe/Warsaw"),
}
"""Label and example of each field."""
_HINTS = {
    "rule-when": "Conditions: arrives · first contact · outside hours · words A, B · "
    "all words A, B · account A · number N · label L · no answer for 30 minutes · opt-out · help",
    "rule-then": "Actions: (un)label L · assign A, @TEAM or next of @TEAM · unassign · (un)star · "
    "note TEXT · close · reopen · snooze 2h · answer CANNED · notify A or @TEAM · hook NAME · "
    "stop: the rules below are not looked at",
    "rule-week": "For outside hours and no answer for: days and hours, with commas between them; "
    "22-6 ends on the next morning",
    "rule-holidays": "Days on which it is closed, with commas between them",
}
"""What can be written into a field."""


class RuleScreen(FormScreen[RuleRecord | None]):
    """Return the edited rule, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    RuleScreen .dialog { width: 76; padding: 0 1; }
    RuleScreen #verdict { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f2", "keep", "Save", priority=True),
    ]
    verdict = getters.query_one("#verdict", Static)
    words = getters.query_one("#words", Static)

    def __init__(self, rule: Rule | None, app_context: AppContext, names: RuleNames) -> None:
        """Create the dialog.

        Args:
            rule: Rule to change; None adds one.
            app_context: Clock and zone of the agent.
            names: Names that rules can refer to.
        """
        super().__init__()
        self._rule = rule or Rule("", (), ())
        self._app_context = app_context
        self._names = names

    def compose(self) -> ComposeResult:
        """Yield the fields, the verdict and the words that there are."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Rule"
            dialog.border_subtitle = "Tab next field · Enter saves · Esc cancels"
            yield from self._compose_fields()
            yield Static(id="verdict")
            yield Static(id="words", classes="hint")

    def _compose_fields(self) -> Iterator[Widget]:
        """Yield the fields with their labels."""
        rule, hours = self._rule, self._rule.hours
        lines = (format_when(rule), format_then(rule))
        values = (rule.name, *lines, hours.week, ", ".join(hours.holidays), hours.zone)
        for (identity, (label, example)), value in zip(_EXAMPLES.items(), values, strict=True):
            field = Input(to_printable(value), placeholder=example, id=identity, compact=True)
            yield from compose_field(label, field)

    @on(events.DescendantFocus)
    def _show_words(self) -> None:
        """Show what can be written into the field with the cursor."""
        place = self.focused.id if self.focused is not None else None
        self.words.update(Content(_HINTS.get(place or "", "")))

    def on_mount(self) -> None:
        """Show what the fields mean."""
        super().on_mount()
        self._judge_fields()

    def _get(self, identity: str) -> str:
        """Return what a field holds."""
        return self.query_one(f"#{identity}", Input).value.strip()

    def _read_fields(self) -> Rule:
        """Return the rule of the fields; raise `InvalidRuleError` if it is not valid."""
        name, when, then = (self._get(f"rule-{key}") for key in ("name", "when", "then"))
        now, zone = self._app_context.clock.now(), self._app_context.zone
        rule = read_rule_lines("", when, then, now, zone)
        holidays = tuple(split_holidays(self._get("rule-holidays")))
        hours = RuleHours(self._get("rule-week"), holidays, self._get("rule-zone"))
        return validate_rule(Rule(name, rule.when, rule.then, hours, stop=rule.stop))

    @on(Input.Changed)
    def _judge_fields(self) -> None:
        """Show what is wrong, or what the rule still needs."""
        if not any(self._get(identity) for identity in _EXAMPLES):
            self._show("Every condition has to hold. Saving does not switch it on.")
            return
        try:
            rule = self._read_fields()
        except InvalidRuleError as problem:
            self._show(str(problem), is_problem=True)
            return
        missing = find_missing(rule, self._names)
        self._show(f"Can be saved, but {missing}" if missing else "Can be saved")

    def _show(self, text: str, *, is_problem: bool = False) -> None:
        """Show a text below the fields."""
        self.verdict.set_class(is_problem, "problem")
        self.verdict.update(Content(one_line(text, 300)))

    async def action_keep(self) -> None:
        """Store the rule and close the dialog, or show what is wrong."""
        try:
            rule = self._read_fields()
        except InvalidRuleError as problem:
            self._show(f"Not saved: {problem}", is_problem=True)
        else:
            await self.submit(RuleRecord(rule))
