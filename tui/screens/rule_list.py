"""List of the rules: in their order, on or off, with what they did; add, change, try, move."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual import getters, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.desk.context import AppContext
from tui.desk.rule_book import (
    RuleChangedError,
    RuleNotReadyError,
    format_week,
    get_day_start,
    list_rule_lines,
    switch_rule,
)
from tui.desk.rule_names import find_missing, read_names
from tui.domain.change import Subject
from tui.domain.rules import BUILT_IN_RULES, Rule
from tui.domain.text import one_line
from tui.screens.base import report_store_errors
from tui.screens.dry_run import RuleTrialScreen
from tui.screens.editable_list import EditableList
from tui.screens.pick import Choice
from tui.screens.rule_form import RuleScreen
from tui.store.rule_rows import RuleRecord
from tui.store.store import Store
from tui.widgets.virtual_list import VirtualList

_BUILT_IN_NAMES = frozenset(rule.name for rule in BUILT_IN_RULES)


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

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the list.

        Args:
            store: Store that holds the rules.
            app_context: Agent and preferences.
        """
        super().__init__(store, app_context)
        self._places: dict[int, int] = {}
        """Where deleted rules were, by their ids."""

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
        """Store the rule; one that was deleted comes back to its place.

        Args:
            item: Rule to store.
            replaces: Former name of the rule; empty for a new one.
        """
        rule, agent = item.rule, self.app_context.agent
        if not replaces and rule.id in self._places:  # only a deleted one has an id here
            await self.store.rules.restore_rule(rule, self._places.pop(rule.id), agent)
        elif replaces:
            await self.store.rules.save_rule(rule, agent, replaces=replaces)
        else:
            await self.store.rules.add_rule(rule, agent)

    async def drop_item(self, name: str) -> None:
        """Remove the rule."""
        self._places[self._items[name].rule.id] = list(self._items).index(name)
        await self.store.rules.delete_rule(name, self.app_context.agent)

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

    def describe_saved(self, item: RuleRecord) -> str:
        """Return that the rule is saved, whether it acts now, and how an off one is switched on."""
        name, shown_name = self.describe_item(item)
        stored = self._items.get(name)
        if stored is not None and stored.rule.enabled:
            return f"Saved {shown_name}, which is on: it acts like this from now on · t tries it"
        return f"Saved {shown_name}, which is off · Space shows its dry run, then switches it on"

    @report_store_errors
    async def action_drop(self) -> None:
        """Remove the rule under the cursor, unless it is a built-in one without a change."""
        record = self.current_item
        if record is not None and not record.rule.id:
            name = one_line(record.rule.name, 40)
            self.show_status(f"{name} is built in and off: it cannot be deleted")
            return
        await super().action_drop()
        if record is not None and record.rule.name in _BUILT_IN_NAMES:
            self.show_status(f"{one_line(record.rule.name, 40)} is off, and as it was at first")

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
        if not await self.store.rules.move_rule(record.rule.name, steps, self.app_context.agent):
            self.show_status("It cannot be moved further")
            return
        await self.reload_items()
        back = "K" if steps > 0 else "J"
        self.show_status(f"Moved {one_line(record.rule.name, 40)} · {back} moves it back")

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
        context = self.app_context
        try:
            text = await switch_rule(
                self.store,
                rule.name,
                context.agent,
                on=on,
                preferences=context.preferences,
                tried=rule if on else None,
            )
            text += f" · Space switches it {'off' if on else 'on'} again"
        except RuleChangedError as problem:
            text = f"{problem} · Space tries it as it is now"
        except RuleNotReadyError as problem:
            text = f"{problem} · e edits it"
        await self.reload_items()
        self.show_status(text)
