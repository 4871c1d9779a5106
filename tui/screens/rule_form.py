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
from tui.desk.rule_fields import RULE_FIELDS, list_values, read_values
from tui.desk.rule_names import RuleNames, find_missing
from tui.domain.rules import InvalidRuleError, Rule
from tui.domain.text import one_line, to_printable
from tui.screens.base import FormScreen, compose_field
from tui.store.rule_rows import RuleRecord


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
        values = list_values(self._rule)
        for one in RULE_FIELDS:
            shown = to_printable(values[one.key])
            field = Input(shown, placeholder=one.example, id=_to_id(one.key), compact=True)
            yield from compose_field(one.label, field)

    @on(events.DescendantFocus)
    def _show_words(self) -> None:
        """Show what can be written into the field with the cursor."""
        place = self.focused.id if self.focused is not None else None
        hints = {_to_id(one.key): one.hint for one in RULE_FIELDS}
        self.words.update(Content(hints.get(place or "", "")))

    def on_mount(self) -> None:
        """Show what the fields mean."""
        super().on_mount()
        self._judge_fields()

    def _list_typed(self) -> dict[str, str]:
        """Return what the fields hold, by their keys."""
        fields = {one.key: self.query_one(f"#{_to_id(one.key)}", Input) for one in RULE_FIELDS}
        return {key: field.value.strip() for key, field in fields.items()}

    def _read_fields(self) -> Rule:
        """Return the rule of the fields; raise `InvalidRuleError` if it is not valid."""
        context = self._app_context
        return read_values(self._list_typed(), context.clock.now(), context.zone)

    @on(Input.Changed)
    def _judge_fields(self) -> None:
        """Show what is wrong, or what the rule still needs."""
        if not any(self._list_typed().values()):
            self._show("Every condition has to hold. Saving does not switch it on.")
            return
        try:
            rule = self._read_fields()
        except InvalidRuleError as problem:
            self._show(str(problem), is_problem=True)
            return
        missing = find_missing(rule, self._names)
        if missing and self._rule.enabled:
            self._show(f"The rule is on: {missing}", is_problem=True)
        else:
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
            return
        missing = find_missing(rule, self._names) if self._rule.enabled else ""
        if missing:
            self._show(f"Not saved, as the rule is on: {missing}", is_problem=True)
        else:
            await self.submit(RuleRecord(rule))


def _to_id(key: str) -> str:
    """Return the id of the widget for a field of the rule."""
    return f"rule-{key}"
