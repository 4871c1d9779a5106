"""Save, change and remove views; each is confirmed in one line and can be undone."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from tui.desk.permissions import explain_missing_level, require_lead
from tui.desk.undo_stack import UndoAction
from tui.desk.view_names import describe_unknown_names
from tui.domain.account import Account
from tui.domain.agent_level import describe_unknown_name
from tui.domain.conversation import Conversation, View
from tui.domain.text import one_line
from tui.domain.view_text import parse_view
from tui.domain.views import format_view_name
from tui.store.saved_views import SHARED_VIEWS
from tui.store.store import Store
from tui.store.view_rows import SavedView

VIEWS_SCOPE = "views"
"""Scope of what the dialog of the views can undo by itself."""


class RememberUndo(Protocol):
    """Remembers how an action is undone; returns its message with the key."""

    def __call__(self, message: str, undo: UndoAction, scope: str = "") -> str:
        """Remember the action.

        Args:
            message: Message that confirms it.
            undo: Undoes it.
            scope: Dialog that can undo it by itself.
        """
        ...


class UnknownViewError(Exception):
    """No saved view has this name or key; the text suggests one."""


class ViewActions:
    """Changes of the saved views by one agent; most methods return the confirmation."""

    def __init__(
        self,
        store: Store,
        agent: str,
        remember_undo: RememberUndo,
        accounts: Sequence[Account] = (),
    ) -> None:
        """Create the actions.

        Args:
            store: Store shared by all agents.
            agent: Name of the agent.
            remember_undo: Remembers how to undo an action.
            accounts: Accounts that a filter can name.
        """
        self._store = store
        self._agent = agent
        self._remember_undo = remember_undo
        self._accounts = accounts

    async def save_view(self, name: str, view: View, *, private: bool = False) -> str:
        """Save a view under a name, and replace an older one of that name.

        An agent who may not change shared views saves it privately, and is informed.

        Args:
            name: Name of the view.
            view: View to save.
            private: Whether only this agent sees it.
        """
        views, agent = self._store.views, self._agent
        refusal = "" if private else await explain_missing_level(self._store, agent, SHARED_VIEWS)
        private = private or bool(refusal)
        owner = agent if private else ""
        known = {saved.identity: saved for saved in await views.list_views(agent)}
        saved = await views.save_view(name, view, agent, private=private)
        older = known.get(saved.identity)

        async def restore_older_view() -> str:
            if older is None:
                await views.delete_view(saved.name, owner)
                return f"Undone: the view {_show(saved)} is removed again"
            await views.change_view(older, agent, view=older.view)
            return f"Undone: the view {_show(saved)} is as it was"

        key = f" as g {saved.key}" if saved.key else ""
        note = ", for you only: leads share views" if refusal else ""
        verb = "Replaced" if older is not None and older.view != saved.view else "Saved"
        unknown = await describe_unknown_names(self._store, self._accounts, view)
        text = f"{verb} view {_show(saved)}{key}{note}{f', but: {unknown}' if unknown else ''}"
        return self._remember_undo(text, restore_older_view, VIEWS_SCOPE)

    async def remove_view(self, saved: SavedView) -> str:
        """Remove a view; its conversations stay."""
        await self._check(saved)
        views, agent = self._store.views, self._agent
        notified = await views.delete_view(saved.name, saved.owner)

        async def restore_view() -> str:
            await views.restore_view(saved, agent, notified)
            return f"Undone: the view {_show(saved)} is restored"

        return self._remember_undo(f"Removed view {_show(saved)}", restore_view, VIEWS_SCOPE)

    async def rename_view(self, saved: SavedView, name: str) -> str:
        """Give a view another name.

        Args:
            saved: View as it is.
            name: New name.

        Raises:
            ViewExistsError: Another view has the name.
        """
        await self._check(saved)
        renamed = await self._store.views.rename_view(saved, name)
        text = f"Renamed view {_show(saved)} to {_show(renamed)}"
        return self._remember_undo(text, self._make_rename_undo(renamed, saved), VIEWS_SCOPE)

    async def toggle_private(self, saved: SavedView) -> str:
        """Keep a shared view for this agent alone, or share a private one."""
        await require_lead(self._store, self._agent, SHARED_VIEWS)
        owner = "" if saved.owner else self._agent
        changed = await self._store.views.rename_view(saved, saved.name, owner)
        text = f"View {_show(saved)} is {'for you only' if owner else 'shared'} now"
        return self._remember_undo(text, self._make_rename_undo(changed, saved), VIEWS_SCOPE)

    async def edit_view(self, saved: SavedView, typed: str) -> str:
        """Give a view another filter.

        Args:
            saved: View as it is.
            typed: Filter in the words of `domain/view_text.py`.

        Raises:
            InvalidViewError: The filter cannot be understood.
        """
        view = parse_view(typed, self._agent)
        await self._check(saved)
        views, agent = self._store.views, self._agent
        await views.change_view(saved, agent, view=view)

        async def restore_filter() -> str:
            await views.change_view(saved, agent, view=saved.view)
            return f"Undone: the view {_show(saved)} is as it was"

        shown = format_view_name(view, agent)
        unknown = await describe_unknown_names(self._store, self._accounts, view)
        text = f"View {_show(saved)} shows {shown} now{f', but: {unknown}' if unknown else ''}"
        return self._remember_undo(text, restore_filter, VIEWS_SCOPE)

    async def move_view(self, saved: SavedView, step: int) -> str:
        """Move a view up or down in the list, which is the order of the keys.

        Args:
            saved: View to move.
            step: -1 moves it up, 1 down.
        """
        await self._check(saved)
        views, agent = self._store.views, self._agent
        if not await views.move_view(saved, agent, step):
            return f"View {_show(saved)} is the {'first' if step < 0 else 'last'} one"

        async def move_back() -> str:
            await views.move_view(saved, agent, -step)
            return f"Undone: the view {_show(saved)} is back at its place"

        moved = next(v for v in await views.list_views(agent) if v.identity == saved.identity)
        key = f": g {moved.key}" if moved.key else ""
        text = f"Moved view {_show(saved)} {'up' if step < 0 else 'down'}{key}"
        return self._remember_undo(text, move_back, VIEWS_SCOPE)

    async def toggle_notice(self, saved: SavedView) -> str:
        """Notify this agent of the new texts of a view, or no longer."""
        views, agent = self._store.views, self._agent
        on = saved.identity not in await views.list_notices(agent)
        await views.set_notice(saved, agent, on)

        async def toggle_back() -> str:
            await views.set_notice(saved, agent, not on)
            return f"Undone: notifications of {_show(saved)} are as they were"

        chosen = len(await views.list_notices(agent))
        if on:
            text = f"You are notified of new texts in {_show(saved)}"
            text += " only" if chosen == 1 else f" and {chosen - 1} more"
        else:
            rest = f"of {chosen} other views" if chosen else "of all your conversations"
            text = f"No longer chosen: {_show(saved)} · you are notified {rest}"
        return self._remember_undo(text, toggle_back, VIEWS_SCOPE)

    async def _check(self, saved: SavedView) -> None:
        """Check that the agent may change a view."""
        if not saved.owner:
            await require_lead(self._store, self._agent, SHARED_VIEWS)

    def _make_rename_undo(
        self, changed: SavedView, saved: SavedView
    ) -> Callable[[], Awaitable[str]]:
        """Return the function that gives a view its old name and owner."""

        async def rename_back() -> str:
            await self._store.views.rename_view(changed, saved.name, saved.owner)
            return f"Undone: the view {_show(saved)} is as it was"

        return rename_back


async def find_saved_view(store: Store, agent: str, typed: str) -> SavedView:
    """Return the saved view with a name or a key.

    Args:
        store: Store shared by all agents.
        agent: Agent who looks.
        typed: Name in any case, or the digit.

    Raises:
        UnknownViewError: There is none.
    """
    views = await store.views.list_views(agent)
    wanted = " ".join(typed.split()).casefold()
    for saved in views:
        if wanted and (saved.name.casefold() == wanted or saved.key == wanted):
            return saved
    names = [saved.name for saved in views]
    raise UnknownViewError(describe_unknown_name(typed, names, "view"))


def split_view_name(typed: str, names: Iterable[str]) -> tuple[str, str]:
    """Return the name of a view and what follows it; without such a view the first word.

    Args:
        typed: A name with something behind it: "vip 30m".
        names: Names of the views.
    """
    text = " ".join(typed.split())
    found = [name for name in names if f"{text} ".casefold().startswith(f"{name} ".casefold())]
    name = max(found, key=len, default=text.partition(" ")[0])
    return name, text[len(name) :].strip()


def find_next_account_view(
    view: View, conversation: Conversation | None, accounts: tuple[str, ...]
) -> View | None:
    """Return the list of one account: that of a conversation first, then the next account.

    Args:
        view: List that is shown.
        conversation: Conversation under the cursor; None if there is none.
        accounts: Names of all accounts.
    """
    if not view.account or view != View(account=view.account, own=view.own):
        if conversation is not None and conversation.account:
            return View(account=conversation.account, own=conversation.own)
        return View(account=accounts[0]) if accounts else None
    names = [*accounts, *([] if view.account in accounts else [view.account])]
    return View(account=names[(names.index(view.account) + 1) % len(names)]) if names else None


def _show(saved: SavedView) -> str:
    """Return the name of a view as it is shown."""
    return one_line(saved.name, 30)
