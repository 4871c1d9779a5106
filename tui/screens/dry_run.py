"""Show what a rule would have done in the last days, before it is switched on."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.desk.context import AppContext
from tui.desk.permissions import explain_missing_level
from tui.desk.rule_actions import RULES_SCOPE
from tui.desk.rule_book import format_hit, format_hit_effect
from tui.desk.rule_names import find_missing, read_names
from tui.desk.rule_trial import DEFAULT_DAYS, TrialResult, try_rules
from tui.domain.rules import Rule
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.pick import Choice, Choices
from tui.store.store import Store
from tui.widgets.virtual_list import VirtualList

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
        self._refusal = ""
        """Why the agent may not switch the rule on, or ""."""
        self._lines: list[str] = []
        """All about each line of the list."""

    def compose(self) -> ComposeResult:
        """Yield the result and the list of what would have been done."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Dry run of {one_line(self._rule.name, 40)}")
            dialog.border_subtitle = "Esc closes · nothing was done or sent"
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
        self._refusal = await explain_missing_level(self._store, context.agent, RULES_SCOPE)
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
        if not (self._rule.enabled or self._refusal):
            hints = "Enter switches it on · Esc leaves it off · nothing was done or sent"
            self.query_one(".dialog").border_subtitle = hints
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
        """Close with the answer, once the result has been seen; only leads switch rules on."""
        if not self._is_done or self._rule.enabled:
            return
        if self._refusal:
            self.show_status(self._refusal)
        else:
            self.dismiss(True)
