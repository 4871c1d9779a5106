"""List of the rules: in their order, on or off, with what they did; add, change, try, move."""

from collections.abc import Iterable
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.desk import cells
from tui.desk.context import AppContext
from tui.desk.rule_book import (
    RuleNotReadyError,
    format_counts,
    format_hit,
    format_hit_effect,
    get_day_start,
    list_rule_lines,
    switch_rule,
)
from tui.desk.rule_names import find_missing, read_names
from tui.desk.rule_trial import DEFAULT_DAYS, TrialResult, try_rules
from tui.domain.change import Subject
from tui.domain.rules import Rule
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.editable_list import EditableList
from tui.screens.pick import Choice, Choices
from tui.screens.rule_form import RuleScreen
from tui.store.rule_rows import RuleRecord
from tui.store.store import Store
from tui.widgets.virtual_list import VirtualList

_NAME_CELLS = 24
_MOST_SHOWN = 2_000


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
        names = await read_names(self._store, context.preferences)
        await self._show_result(result, find_missing(self._rule, names))

    def _show_progress(self, done: int, total: int) -> None:
        """Show how many texts are judged."""
        self.found.update(Content(f"{done:,} of {total:,} texts"))

    def show_status(self, text: str) -> None:
        """Show a line in place of the result."""
        self.found.update(Content(one_line(text, 220)))

    async def _show_result(self, result: TrialResult, missing: str) -> None:
        """Show what would have been done, the newest first, and what the rule lacks."""
        self._is_done = True
        self.found.update(Content(f"{result.summary}\n{missing}" if missing else result.summary))
        newest = result.hits[::-1][:_MOST_SHOWN]
        now, zone = self._app_context.clock.now(), self._app_context.zone
        self._lines = [format_hit(hit, zone) for hit in newest]
        effects = [format_hit_effect(hit, now, zone) for hit in newest]
        lines = [Choice(str(place), effect) for place, effect in enumerate(effects)]
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
                f"{'on ' if record.rule.enabled else 'off'}  "
                f"{cells.fit_cells(one_line(record.rule.name, 40), _NAME_CELLS)}",
                "failed, see below" if record.problem else format_counts(record),
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

    def describe_saved(self, item: RuleRecord) -> str:
        """Return that the rule is saved, and how an off one is switched on."""
        name, shown_name = self.describe_item(item)
        if self._items[name].rule.enabled:
            return f"Saved {shown_name}, which is on"
        return f"Saved {shown_name}, which is off · Space shows its dry run, then switches it on"

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
                self.store, rule.name, context.agent, on=on, preferences=context.preferences
            )
            text += f" · Space switches it {'off' if on else 'on'} again"
        except RuleNotReadyError as problem:
            text = f"{problem} · e edits it"
        await self.reload_items()
        self.show_status(text)
