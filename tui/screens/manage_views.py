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
from tui.desk.context import AppContext
from tui.desk.permissions import NotAllowedError
from tui.desk.unread_counts import UnreadCounts
from tui.desk.view_actions import VIEWS_SCOPE, ViewActions
from tui.domain.change import Change
from tui.domain.conversation import View
from tui.domain.text import one_line
from tui.domain.view_text import VIEW_WORDS, InvalidViewError, format_view, parse_view
from tui.domain.views import format_view_name
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.pick import Choice, Choices
from tui.screens.questions import PromptScreen
from tui.store.saved_views import SavedView, ViewExistsError
from tui.store.store import Store
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
        self._changes = ViewActions(store, app_context.agent, actions.remember_undo)
        self._counts = UnreadCounts(store, app_context.agent)
        self._notices: frozenset[tuple[str, str]] = frozenset()

    def compose(self) -> ComposeResult:
        """Yield the list, the filter of the current view and a status line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Views"
            dialog.border_subtitle = (
                "Enter shows · r renames · e filter · K J move · d removes · F1 keys"
            )
            yield Choices(
                "No views yet: Esc, then V saves the list that is shown",
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
        """Return the line of a view: key, name, what it shows, unread conversations."""
        details = [format_view_name(saved.view, self._app_context.agent)]
        details += ["private"] if saved.owner else []
        details += ["notifies"] if saved.identity in self._notices else []
        count = self._counts.format_count(saved)
        details += [f"{count} unread"] if count else []
        text = f"{saved.key or ' '} {one_line(saved.name, 40)}"
        return Choice(
            "\n".join(saved.identity), text, " · ".join(details), saved.view == self._shown
        )

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

    def action_save(self) -> None:
        """Ask for a name, and save what the list shows."""

        async def save(name: str | None) -> None:
            if name is not None:
                await self._run(lambda _: self._changes.save_view(name, self._shown))

        self.app.push_screen(make_name_prompt(self._shown, self._app_context.agent), save)

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

    def action_rename(self) -> None:
        """Ask for another name."""
        saved = self._current
        if saved is None:
            return

        async def rename(name: str | None) -> None:
            if name is not None:
                await self._run(lambda _: self._changes.rename_view(saved, name))

        prompt = PromptScreen(
            f"Rename {saved.name}", "Shown after g and in the list", "sales", value=saved.name
        )
        self.app.push_screen(prompt, rename)

    def action_edit(self) -> None:
        """Ask for another filter."""
        saved, agent = self._current, self._app_context.agent
        if saved is None:
            return

        async def change(typed: str | None) -> None:
            if typed is not None:
                await self._run(lambda _: self._changes.edit_view(saved, typed))

        self.app.push_screen(
            PromptScreen(
                f"Filter of {saved.name}",
                VIEW_WORDS,
                "account:au is:unread",
                verb="saves",
                value=format_view(saved.view, agent),
                find_problem=lambda typed: find_filter_problem(typed, agent),
            ),
            change,
        )

    @report_store_errors
    async def _run(self, change: "Callable[..., Awaitable[str]]", needs_view: bool = False) -> None:
        """Change the view under the cursor, and show what was done or why it was not."""
        saved = self._current
        if saved is None and needs_view:
            return
        try:
            text = await change(saved)
        except (NotAllowedError, ViewExistsError, InvalidViewError) as problem:
            text = str(problem)
        await self._reload()
        self.show_status(text)


def make_name_prompt(view: View, agent: str) -> PromptScreen:
    """Return the dialog that asks for the name of a view, which describes itself already.

    Args:
        view: View to save.
        agent: Agent who saves it.
    """
    name = format_view_name(view, agent)
    hint = f"Saves {format_view(view, agent)} · v lists the views, g and a digit shows one"
    return PromptScreen(
        "Save what is shown as", one_line(hint, 150), "sales", verb="saves", value=name
    )


def find_filter_problem(typed: str, agent: str) -> str:
    """Return what is wrong with a filter; "" if it is one.

    Args:
        typed: Typed filter.
        agent: Agent who types it.
    """
    try:
        parse_view(typed, agent)
    except InvalidViewError as problem:
        return str(problem)
    return ""
