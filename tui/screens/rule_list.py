"""List of the rules: in their order, on or off, with what they did; add, change, try, move."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.desk.actions import ConversationActions
from tui.desk.context import AppContext
from tui.desk.rule_actions import RULES_SCOPE, RuleActions
from tui.desk.rule_book import (
    RuleChangedError,
    RuleNotReadyError,
    format_week,
    get_day_start,
    list_rule_lines,
)
from tui.desk.rule_fields import RULE_FIELDS, list_values
from tui.desk.rule_names import find_missing, read_names
from tui.domain.change import Subject
from tui.domain.rules import Rule
from tui.domain.text import one_line
from tui.screens.base import report_store_errors
from tui.screens.dry_run import RuleTrialScreen
from tui.screens.editable_list import EditableList
from tui.screens.pick import Choice
from tui.screens.rule_form import RuleScreen
from tui.store.rule_rows import RuleRecord
from tui.store.store import Store
from tui.widgets.virtual_list import VirtualList


class RulesScreen(EditableList[RuleRecord]):
    """List of the rules, with all about the current one below."""

    DEFAULT_CSS = """
    RulesScreen #about { height: auto; max-height: 8; border-top: solid $rule; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "switch", "On or off"),
        Binding("t", "try", "Dry run"),
        Binding("J,shift+down", "place(1)", "Move down"),
        Binding("K,shift+up", "place(-1)", "Move up"),
    ]
    NAME = "Rules"
    KEY_HINTS = "Space on/off · t dry run · a add · e edit · d delete · F1 keys"
    EMPTY_TEXT = "No rules"
    WATCHED = Subject.RULE
    ONLY_LEADS_CHANGE = "rules"
    about = getters.query_one("#about", Static)

    def __init__(self, store: Store, app_context: AppContext, actions: ConversationActions) -> None:
        """Create the list.

        Args:
            store: Store that holds the rules.
            app_context: Agent and preferences.
            actions: Actions of the agent, which undo the changes.
        """
        super().__init__(store, app_context)
        self._actions = actions
        self._changes = RuleActions(store, app_context, actions.remember_undo)

    async def read_items(self) -> dict[str, RuleRecord]:
        """Return every rule by its name, in their order."""
        context = self.app_context
        today = get_day_start(context.clock.now(), context.zone)
        return {one.rule.name: one for one in await self.store.rules.list_records(today)}

    def format_lines(self, items: Iterable[RuleRecord]) -> list[Choice]:
        """Return one line for each: on or off, name, what it did."""
        return [
            Choice(
                record.rule.name,
                f"{'on ' if record.rule.enabled else 'off'}  {one_line(record.rule.name, 40)}",
                "failed, see below" if record.problem else format_week(record),
            )
            for record in items
        ]

    async def save_item(self, item: RuleRecord, replaces: str = "") -> None:
        """Store the rule.

        Args:
            item: Rule to store.
            replaces: Former name of the rule; empty for a new one.
        """
        old = await self.store.rules.find_rule(replaces) if replaces else None
        if old is not None:
            await self._changes.change_rule(item.rule, old)
        else:
            await self._changes.add_rule(item.rule)

    async def drop_item(self, name: str) -> None:
        """Remove the rule."""
        await self._changes.delete_rule(self._items[name].rule)

    @report_store_errors
    async def action_drop(self) -> None:
        """Remove the rule under the cursor; a built-in one is as it was at first."""
        if (record := self.current_item) is not None:
            text = await self._changes.delete_rule(record.rule)
            await self.reload_items()
            self.show_status(text)

    async def create_editor(self, item: RuleRecord | None) -> RuleScreen:
        """Return the form of the rule."""
        names = await read_names(self.store, self.app_context.preferences)
        return RuleScreen(item.rule if item else None, self.app_context, names)

    def describe_item(self, item: RuleRecord) -> tuple[str, str]:
        """Return the name of the rule, as it is stored and as it is shown."""
        return item.rule.name, one_line(item.rule.name, 40)

    def get_content(self, item: RuleRecord) -> object:
        """Return what the rule does, and whether it is on."""
        return replace(item.rule, id=0, since=0)

    def list_parts(self, item: RuleRecord) -> dict[str, str]:
        """Return the fields of the rule, and whether it is on."""
        values = list_values(item.rule)
        parts = {one.label.partition(",")[0]: values[one.key] for one in RULE_FIELDS}
        return parts | {"state": "on" if item.rule.enabled else "off"}

    def describe_saved(self, item: RuleRecord) -> str:
        """Return that the rule is saved, whether it acts now, and how an off one is switched on."""
        name, shown_name = self.describe_item(item)
        stored = self._items.get(name)
        if stored is not None and stored.rule.enabled:
            return f"Saved {shown_name}, which is on: it acts like this from now on · z undoes"
        return f"Saved {shown_name}, which is off · Space shows its dry run · z undoes"

    @report_store_errors
    async def action_undo(self) -> None:
        """Undo the last change of a rule; the cursor is on the rule then."""
        before = {name: record.rule for name, record in self._items.items()}
        text = await self._actions.undo_last(RULES_SCOPE)
        after = await self.store.rules.list_rules()
        changed = (rule.name for rule in after if before.get(rule.name) != rule)
        await self.reload_items(next(changed, ""))
        self.show_status(text)

    def compose_below(self) -> Iterable[Widget]:
        """Yield the widget for all about the current rule."""
        yield Static(id="about")

    @on(VirtualList.Moved)
    def update_preview(self) -> None:
        """Show all about the rule under the cursor."""
        record = self.current_item
        self.about.update(Content("\n".join(list_rule_lines(record)) if record else ""))

    @report_store_errors
    async def action_place(self, steps: int) -> None:
        """Move the rule under the cursor up or down.

        Args:
            steps: Places to move; negative moves up.
        """
        record = self.current_item
        if record is None:
            return
        text = await self._changes.move_rule(record.rule, steps)
        await self.reload_items()
        self.show_status(text)

    @report_store_errors
    async def action_switch(self) -> None:
        """Switch the rule off, or show the dry run that comes before switching it on."""
        record = self.current_item
        if record is None:
            return
        if refusal := await self.explain_refusal(record):
            self.show_status(refusal)
            return
        if record.rule.enabled:
            await self._switch(record.rule, on=False)
            return
        names = await read_names(self.store, self.app_context.preferences)
        if missing := find_missing(record.rule, names):
            self.show_status(f"{one_line(record.rule.name, 40)} stays off: {missing} · e edits it")
        else:
            self._open_trial(record.rule)

    def action_try(self) -> None:
        """Show what the rule under the cursor would have done."""
        if self.current_item is not None:
            self._open_trial(self.current_item.rule)

    def _open_trial(self, rule: Rule) -> None:
        """Show the dry run, and switch the rule on if the agent wants that then."""

        async def switch_if_wanted(wanted: bool | None) -> None:
            if wanted:
                await self._switch(rule, on=True)

        screen = RuleTrialScreen(self.store, self.app_context, rule)
        self.app.push_screen(screen, switch_if_wanted)

    @report_store_errors
    async def _switch(self, rule: Rule, *, on: bool) -> None:
        """Switch a rule on or off and say so."""
        try:
            text = await self._changes.switch_rule(rule, on=on)
        except RuleChangedError as problem:
            text = f"{problem} · Space tries it as it is now"
        except RuleNotReadyError as problem:
            text = f"{problem} · e edits it"
        await self.reload_items()
        self.show_status(text)
