"""List of the rules: in their order, on or off, with what they did; add, change, try, move."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.desk.context import AppContext
from tui.desk.permissions import explain_missing_level
from tui.desk.rule_book import (
    RuleChangedError,
    RuleNotReadyError,
    find_missing,
    format_hit,
    format_hit_effect,
    format_week,
    get_day_start,
    list_rule_lines,
    read_names,
    switch_rule,
)
from tui.desk.rule_trial import DEFAULT_DAYS, TrialResult, try_rules
from tui.domain.change import Subject
from tui.domain.rules import BUILT_IN_RULES, Rule
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.editable_list import EditableList
from tui.screens.pick import Choice, Choices
from tui.screens.rule_form import RuleScreen
from tui.store.store import Store
from tui.store.stored_rules import RuleRecord
from tui.widgets.virtual_list import VirtualList

_MOST_SHOWN = 2_000
_BUILT_IN_NAMES = frozenset(rule.name for rule in BUILT_IN_RULES)


class RuleTrialScreen(DialogScreen[bool]):
    """Show what a rule would have done; return whether to switch it on."""

    DEFAULT_CSS = """
    RuleTrialScreen .dialog { width: 95%; height: 90%; padding: 0 1; }
    RuleTrialScreen Choices { height: 1fr; background: $surface; }
    RuleTrialScreen #found { height: auto; margin-bottom: 1; }
    RuleTrialScreen #hit { height: 4; border-top: solid $rule; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "switch_on", "Switch on"),
        Binding("escape,q", "dismiss(False)", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
    ]
    choices = getters.query_one(Choices)
    found = getters.query_one("#found", Static)
    hit = getters.query_one("#hit", Static)

    def __init__(self, store: Store, app_context: AppContext, rule: Rule) -> None:
        """Create the dialog.

        Args:
            store: Store with the texts.
            app_context: Accounts, clock and zone.
            rule: Rule to try.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._rule = rule
        self._is_done = False
        self._lines: list[str] = []
        """All about each line of the list."""

    def compose(self) -> ComposeResult:
        """Yield the result and the list of what would have been done."""
        off = not self._rule.enabled
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Dry run of {one_line(self._rule.name, 40)}")
            keys = "Enter switches it on · Esc leaves it off" if off else "Esc closes"
            dialog.border_subtitle = f"{keys} · nothing was done or sent"
            yield Static(Content("Reading the last days …"), id="found")
            yield Choices("It would have done nothing", ascii=self._app_context.ascii)
            yield Static(id="hit")

    def on_mount(self) -> None:
        """Begin to read; Esc ends it."""
        self.run_worker(self._run_trial(), name="dry run", exit_on_error=False)

    @report_store_errors
    async def _run_trial(self) -> None:
        """Judge the stored texts and show the result."""
        context = self._app_context
        result = await try_rules(
            *(self._store, context.preferences, [self._rule], context.clock.now()),
            DEFAULT_DAYS,
            self._show_progress,
        )
        await self._show_result(result)

    def _show_progress(self, done: int, total: int) -> None:
        """Show how many texts are judged."""
        self.found.update(Content(f"{done:,} of {total:,} texts"))

    def show_status(self, text: str) -> None:
        """Show a line in place of the result."""
        self.found.update(Content(one_line(text, 220)))

    async def _show_result(self, result: TrialResult) -> None:
        """Show what would have been done, the newest first."""
        self._is_done = True
        self.found.update(Content(result.summary))
        newest = result.hits[::-1][:_MOST_SHOWN]
        zone = self._app_context.zone
        self._lines = [format_hit(hit, zone) for hit in newest]
        lines = [
            Choice(str(place), format_hit_effect(hit, zone)) for place, hit in enumerate(newest)
        ]
        await self.choices.show_choices(lines)
        self._show_hit()

    @on(VirtualList.Moved)
    def _show_hit(self) -> None:
        """Show all of the line under the cursor."""
        row = self.choices.current_row
        self.hit.update(Content(self._lines[int(row.value)] if row else ""))

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)

    def action_switch_on(self) -> None:
        """Close with the answer, once the result has been seen."""
        if self._is_done and not self._rule.enabled:
            self.dismiss(True)


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
    SUBJECT = Subject.RULE
    KEY_HINTS = "Space on/off · t try · a add · e edit · K J move · d delete · z undo"
    EMPTY_TEXT = "No rules"
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
        self._saved = ""
        """Rule that was just saved, for the cursor."""

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
        self._saved = rule.name
        if not replaces and rule.id in self._places:  # only a deleted one has an id here
            await self.store.rules.restore_rule(rule, self._places.pop(rule.id), agent)
        else:
            await self.store.rules.save_rule(rule, agent, replaces=replaces)

    async def drop_item(self, name: str) -> None:
        """Remove the rule."""
        self._places[self._items[name].rule.id] = list(self._items).index(name)
        await self.store.rules.delete_rule(name, self.app_context.agent)

    async def create_editor(self, item: RuleRecord | None) -> RuleScreen:
        """Return the form of the rule."""
        names = await read_names(self.store, self.app_context.accounts)
        return RuleScreen(item.rule if item else None, self.app_context, names)

    def describe_item(self, item: RuleRecord) -> tuple[str, str]:
        """Return the name of the rule, as it is stored and as it is shown."""
        return item.rule.name, one_line(item.rule.name, 40)

    async def explain_refusal(self) -> str:
        """Return why the agent may not change rules; "" if it is allowed."""
        return await explain_missing_level(self.store, self.app_context.agent, "rules")

    def get_content(self, item: RuleRecord) -> object:
        """Return what the rule does, and whether it is on."""
        return replace(item.rule, id=0, since=0)

    def describe_saved(self, item: RuleRecord) -> str:
        """Return the confirmation; a rule that is on acts as saved at once, without a dry run."""
        stored = self._items.get(item.rule.name)
        is_on = stored is not None and stored.rule.enabled
        end = ", which is on: it acts like this from now on · t tries it" if is_on else ""
        return f"{super().describe_saved(item)}{end}"

    def describe_dropped(self, item: RuleRecord) -> str:
        """Return the confirmation; a built-in rule stays, switched off."""
        if item.rule.name not in _BUILT_IN_NAMES:
            return super().describe_dropped(item)
        return f"{one_line(item.rule.name, 40)} is off, and as it was at first"

    @report_store_errors
    async def action_drop(self) -> None:
        """Remove the rule under the cursor, unless it is a built-in one without a change."""
        record = self.current_item
        if record is not None and not record.rule.id:
            name = one_line(record.rule.name, 40)
            self.show_status(f"{name} is built in and off: it cannot be deleted")
            return
        await super().action_drop()

    def compose_below(self) -> Iterable[Widget]:
        """Yield the widget for all about the current rule."""
        yield Static(id="about")

    @on(VirtualList.Moved)
    def update_preview(self) -> None:
        """Show all about the rule under the cursor."""
        record = self.current_item
        self.about.update(Content("\n".join(list_rule_lines(record)) if record else ""))

    @report_store_errors
    async def reload_items(self) -> None:
        """Read all rules again; the cursor is on the saved rule, else where it was."""
        saved, self._saved = self._saved, ""
        await super().reload_items()
        names = list(self._items)
        if saved in names:
            await self.choices.move_by(names.index(saved) - self.choices.cursor)

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
        if refusal := await self.explain_refusal():
            self.show_status(refusal)
            return
        if record.rule.enabled:
            await self._switch(record.rule, on=False)
            return
        missing = find_missing(record.rule, await read_names(self.store, self.app_context.accounts))
        if missing:
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
        agent, accounts = self.app_context.agent, self.app_context.accounts
        try:
            tried = rule if on else None
            text = await switch_rule(
                self.store, rule.name, agent, on=on, accounts=accounts, tried=tried
            )
            text += f" · Space switches it {'off' if on else 'on'} again"
        except RuleChangedError as problem:
            text = f"{problem} · Space tries it as it is now"
        except RuleNotReadyError as problem:
            text = f"{problem} · e edits it"
        await self.reload_items()
        self.show_status(text)
