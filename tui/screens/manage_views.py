"""Dialog of the saved views: show, rename, change, reorder, share and remove them."""

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.desk.actions import ConversationActions
from tui.desk.answer_actions import ANSWER_TIMES, BUSINESS_HOURS, AnswerActions
from tui.desk.context import AppContext
from tui.desk.outages import explain_failure
from tui.desk.permissions import NotAllowedError, explain_missing_level
from tui.desk.unread_counts import UnreadCounts
from tui.desk.view_actions import VIEWS_SCOPE, ViewActions
from tui.domain.answer_targets import InvalidTargetError
from tui.domain.business_hours import InvalidHoursError
from tui.domain.change import Change
from tui.domain.conversation import View
from tui.domain.text import one_line
from tui.domain.view_text import InvalidViewError, format_view
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.pick import Choice, Choices
from tui.screens.questions import PromptScreen
from tui.screens.view_prompts import (
    make_filter_prompt,
    make_hours_prompt,
    make_name_prompt,
    make_rename_prompt,
    make_target_prompt,
)
from tui.store.errors import StoreError
from tui.store.saved_views import SHARED_VIEWS
from tui.store.store import Store
from tui.store.view_rows import SavedView
from tui.widgets.virtual_list import VirtualList

_Change = Callable[[SavedView], Awaitable[str]]


class ViewsScreen(DialogScreen[SavedView | None]):
    """Return the view to show, or None if the dialog was closed."""

    DEFAULT_CSS = """
    ViewsScreen .dialog { width: 78; padding: 0 1; }
    ViewsScreen Choices { height: 12; background: $surface; }
    ViewsScreen Choices > .choice--none { color: $text-muted; }
    ViewsScreen Choices > .choice--detail { color: $text-muted; }
    ViewsScreen Choices > .choice--tick { color: $text-accent; }
    ViewsScreen #filter-text { height: auto; max-height: 2; color: $text-muted; }
    ViewsScreen #said { height: auto; min-height: 1; max-height: 3; color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "dismiss(None)", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
        Binding("enter", "show", "Show"),
        Binding("V", "save", "Save what is shown"),
        Binding("r", "rename", "Rename"),
        Binding("e", "edit", "Change the filter"),
        Binding("K,shift+up", "reorder(-1)", "Move up"),
        Binding("J,shift+down", "reorder(1)", "Move down"),
        Binding("t", "set_target", "Answer within a time"),
        Binding("h", "set_hours", "Business hours"),
        Binding("p", "share", "Private or shared"),
        Binding("n", "toggle_notice", "Notify of new texts, or not"),
        Binding("d,f8", "drop", "Remove"),
        Binding("z", "undo", "Undo"),
    ]
    choices = getters.query_one(Choices)
    filter_text = getters.query_one("#filter-text", Static)
    status_line = getters.query_one("#said", Static)

    def __init__(
        self, store: Store, app_context: AppContext, actions: ConversationActions, shown: View
    ) -> None:
        """Create the dialog.

        Args:
            store: Store that has the views.
            app_context: Agent and preferences.
            actions: Actions of the agent, which undo the changes.
            shown: View that the list shows.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._actions = actions
        self._shown = shown
        self._changes = ViewActions(
            store, app_context.agent, actions.remember_undo, app_context.accounts
        )
        self._answers = AnswerActions(store, app_context.agent, actions.remember_undo)
        self._counts = UnreadCounts(store, app_context.agent)
        self._notices: frozenset[tuple[str, str]] = frozenset()

    def compose(self) -> ComposeResult:
        """Yield the list, the filter of the current view and a status line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Views"
            dialog.border_subtitle = (
                "Enter shows · e filter · t answer time · h hours · d removes · F1 keys"
            )
            yield Choices(
                "No views yet: V saves the list that is shown",
                ascii=self._app_context.ascii,
            )
            yield Static(id="filter-text")
            yield Static(id="said")

    async def on_mount(self) -> None:
        """Read and show the views."""
        await self._reload()

    def show_status(self, text: str) -> None:
        """Show a text in the status line.

        Args:
            text: One line.
        """
        self.status_line.update(Content(one_line(text, 220)))

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Follow the counts, and what colleagues do to the views.

        Args:
            changes: What changed, in the order of the store.
        """
        if await self._counts.apply_changes(changes):
            await self._show_views()

    @report_store_errors
    async def _reload(self) -> None:
        """Read the views and show them."""
        await self._counts.reload()
        await self._show_views()

    async def _show_views(self) -> None:
        """Show the views; the cursor stays on its view."""
        self._notices = await self._store.views.list_notices(self._app_context.agent)
        choices = [self._format_choice(saved) for saved in self._counts.views]
        if self.choices.current_row is None:
            await self.choices.show_choices(choices)
        else:
            await self.choices.replace_choices(choices)
        self._describe_current()

    def _format_choice(self, saved: SavedView) -> Choice:
        """Return the line of a view: its key, its name and what else is known of it."""
        details = self._counts.describe_view(saved, notifies=saved.identity in self._notices)
        text = f"{saved.key or ' '} {one_line(saved.name, 40)}"
        return Choice("\n".join(saved.identity), text, details, saved.view == self._shown)

    @property
    def _current(self) -> SavedView | None:
        """Return the view under the cursor."""
        row = self.choices.current_row
        views = {"\n".join(saved.identity): saved for saved in self._counts.views}
        return views.get(row.value) if row is not None else None

    def _describe_current(self) -> None:
        """Show the filter of the view under the cursor."""
        saved = self._current
        text = format_view(saved.view, self._app_context.agent) if saved is not None else ""
        self.filter_text.update(Content(one_line(text, 150)))

    def on_key(self, event: events.Key) -> None:
        """Show the view of a digit."""
        for saved in self._counts.views:
            if event.key == saved.key and saved.key:
                event.stop()
                self.dismiss(saved)

    def on_virtual_list_moved(self, event: VirtualList.Moved) -> None:
        """Describe the view under the cursor."""
        event.stop()
        self._describe_current()

    def on_virtual_list_chosen(self, event: VirtualList.Chosen) -> None:
        """Show the view that was clicked."""
        event.stop()
        self.action_show()

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)
        self._describe_current()

    def action_show(self) -> None:
        """Close the dialog with the view under the cursor."""
        if self._current is not None:
            self.dismiss(self._current)

    async def action_save(self) -> None:
        """Ask for a name, and save what the list shows."""
        prompt = make_name_prompt(self._shown, self._app_context.agent)
        await self._ask(prompt, lambda name: self._changes.save_view(name, self._shown))

    async def action_reorder(self, step: int) -> None:
        """Move the view up or down, which changes its key.

        Args:
            step: -1 for up, 1 for down.
        """
        await self._run(lambda saved: self._changes.move_view(saved, step), needs_view=True)

    async def action_share(self) -> None:
        """Keep the view for this agent alone, or share it."""
        await self._run(self._changes.toggle_private, needs_view=True)

    async def action_toggle_notice(self) -> None:
        """Notify the agent of new texts in the view, or no longer."""
        await self._run(self._changes.toggle_notice, needs_view=True)

    async def action_drop(self) -> None:
        """Remove the view; undo restores it."""
        await self._run(self._changes.remove_view, needs_view=True)

    async def action_undo(self) -> None:
        """Undo the last change of a view."""
        await self._run(lambda _: self._actions.undo_last(VIEWS_SCOPE))

    async def action_rename(self) -> None:
        """Ask for another name."""
        if (saved := self._current) is not None:
            prompt, what = make_rename_prompt(saved), _get_protected(saved)
            await self._ask(prompt, lambda typed: self._changes.rename_view(saved, typed), what)

    async def action_edit(self) -> None:
        """Ask for another filter."""
        if (saved := self._current) is not None:
            prompt = make_filter_prompt(saved, self._app_context.agent)
            what = _get_protected(saved)
            await self._ask(prompt, lambda typed: self._changes.edit_view(saved, typed), what)

    async def action_set_target(self) -> None:
        """Ask within which time the conversations of the view are answered."""
        if (saved := self._current) is not None:
            prompt = make_target_prompt(saved)
            await self._ask(
                prompt, lambda typed: self._answers.set_target(saved, typed), ANSWER_TIMES
            )

    @report_store_errors
    async def action_set_hours(self) -> None:
        """Ask when the desk is open."""
        hours = await self._store.answer_targets.get_hours()
        await self._ask(make_hours_prompt(hours), self._answers.set_hours, BUSINESS_HOURS)

    @report_store_errors
    async def _ask(
        self, prompt: PromptScreen, change: Callable[[str], Awaitable[str]], what: str = ""
    ) -> None:
        """Ask for a text, and make the change with it unless the agent presses Esc.

        Args:
            prompt: Question.
            change: Makes the change, and returns what is said of it.
            what: What is changed, if only leads do that: others are not asked in vain.
        """
        agent = self._app_context.agent
        if what and (refusal := await explain_missing_level(self._store, agent, what)):
            self.show_status(refusal)
            return

        prompt.store_line = lambda typed: self._run(lambda _: change(typed))
        self.app.push_screen(prompt)

    async def _run(self, change: "Callable[..., Awaitable[str]]", needs_view: bool = False) -> str:
        """Change the view under the cursor and show what was done; return why it was not, or ""."""
        saved, refusal = self._current, ""
        if saved is None and needs_view:
            return ""
        try:
            text = await change(saved)
        except (NotAllowedError, InvalidViewError, InvalidTargetError, InvalidHoursError) as error:
            text = refusal = str(error)
        except StoreError as error:
            text = refusal = explain_failure(error)
        await self._reload()
        self.show_status(text)
        return refusal


def _get_protected(saved: SavedView) -> str:
    """Return what only leads change of a view; "" for a private one."""
    return "" if saved.owner else SHARED_VIEWS
