"""Commands that open a dialog first: snooze, assign, label, saved views and history.

The dialogs are imported inside the functions, so that the first paint does not wait for
them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, View
from tui.domain.text import one_line
from tui.domain.views import format_view_name
from tui.handlers.common import Handler, describe_conversations, finish_action
from tui.screens.base import report_store_errors

if TYPE_CHECKING:
    from tui.screens.date_time import PickedTime
    from tui.screens.inbox import InboxScreen
    from tui.screens.pick import Choice, Picked
    from tui.store.views import SavedView

_UNASSIGNED = "nobody"


async def ask_snooze_time(inbox: InboxScreen) -> None:
    """Ask until when the conversations are snoozed."""
    from tui.screens.date_time import PickTimeScreen

    rows = await inbox.load_targets()
    if rows:
        screen = PickTimeScreen(
            inbox.app_context, f"Snooze {describe_conversations(rows)}", "snoozes", until_reply=True
        )
        inbox.app.push_screen(screen, partial(_snooze_until, inbox, rows))


@report_store_errors
async def _snooze_until(
    inbox: InboxScreen, rows: list[Conversation], when: PickedTime | None
) -> None:
    """Snooze the conversations unless the dialog was cancelled."""
    if when is not None:
        await finish_action(inbox, await inbox.actions.snooze_conversations(rows, when.at))


async def ask_assignee(inbox: InboxScreen) -> None:
    """Ask to which agent the conversations are assigned."""
    from tui.screens.pick import PickScreen

    rows = await inbox.load_targets()
    if rows:
        choices = await _list_assignees(inbox, {row.assignee for row in rows})
        title, use_ascii = f"Assign {describe_conversations(rows)}", inbox.app_context.ascii
        screen = PickScreen(title, choices, verb="assigns", new="Assign to", ascii=use_ascii)
        inbox.app.push_screen(screen, partial(_assign_to, inbox, rows))


async def _list_assignees(inbox: InboxScreen, owners: set[str]) -> list[Choice]:
    """Return this agent, all others and "unassigned"; the current assignee has a tick."""
    from tui.screens.pick import Choice

    me = inbox.app_context.agent
    others = [name for name in await inbox.store.agents.list_names() if name != me]
    names = [name for name in (me, *others) if name]
    choices = [Choice(n, n, "you" if n == me else "", owners == {n}) for n in names]
    return [*choices, Choice("", _UNASSIGNED, on=owners == {""})]


@report_store_errors
async def _assign_to(inbox: InboxScreen, rows: list[Conversation], picked: Picked | None) -> None:
    """Assign the conversations unless the dialog was cancelled."""
    if picked is not None:
        await finish_action(inbox, await inbox.actions.assign_conversations(rows, picked.value))


async def ask_labels(inbox: InboxScreen) -> None:
    """Ask for labels to add or remove."""
    from tui.screens.pick_several import PickSeveralScreen

    rows = await inbox.load_targets()
    if rows:
        common_labels = frozenset.intersection(*(frozenset(row.labels) for row in rows))
        title, use_ascii = f"Labels of {describe_conversations(rows)}", inbox.app_context.ascii
        choices = await _list_labels(inbox, common_labels)
        screen = PickSeveralScreen(title, choices, new="New label", prefix="#", ascii=use_ascii)
        inbox.app.push_screen(screen, partial(_toggle_labels, inbox, rows))


async def _list_labels(inbox: InboxScreen, ticked: frozenset[str]) -> list[Choice]:
    """Return every label in use with its number of uses; those in `ticked` have a tick."""
    from tui.screens.pick import Choice

    found = await inbox.store.conversations.list_labels()
    return [Choice(name, f"#{name}", str(uses), name in ticked) for name, uses in found]


@report_store_errors
async def _toggle_labels(
    inbox: InboxScreen, rows: list[Conversation], picked: Picked | None
) -> None:
    """Add or remove the labels in one action, unless the dialog was cancelled."""
    names = (*picked.toggled, picked.value) if picked is not None else ()
    # A label that was both ticked and typed was toggled twice, so it stays as it was.
    changed = tuple(name for name in dict.fromkeys(names) if name and names.count(name) == 1)
    if changed:
        await finish_action(inbox, await inbox.actions.toggle_labels(rows, *changed))


async def ask_label_to_show(inbox: InboxScreen) -> None:
    """Ask for a label and show the open conversations that have it."""
    from tui.screens.pick import PickScreen

    choices = await _list_labels(inbox, frozenset())
    if choices:
        screen = PickScreen("Show a label", choices, verb="shows")
        inbox.app.push_screen(screen, partial(_show_labelled, inbox))
    else:
        inbox.show_status("No label is in use yet: l puts one on")


@report_store_errors
async def _show_labelled(inbox: InboxScreen, picked: Picked | None) -> None:
    """Show the conversations with the label, unless the dialog was cancelled."""
    if picked is not None:
        await inbox.show_view(View(label=picked.value))


async def manage_views(inbox: InboxScreen) -> None:
    """Show a saved view, save the current one, or remove one."""
    from tui.screens.pick import PickScreen

    saved = {
        view.name: view for view in await inbox.store.views.list_views(inbox.app_context.agent)
    }
    screen = PickScreen(
        "Views",
        [_format_view_choice(inbox, view) for view in saved.values()],
        verb="takes",
        new="Save what is shown as",
        replaces=True,
        droppable=bool(saved),
        ascii=inbox.app_context.ascii,
    )
    inbox.app.push_screen(screen, partial(_apply_view_choice, inbox, saved))


def _format_view_choice(inbox: InboxScreen, saved: SavedView) -> Choice:
    """Return a line of the picker: the name, what the view shows, its keys."""
    from tui.screens.pick import Choice

    shown = format_view_name(saved.view, inbox.app_context.agent)
    key = f" · g {saved.key}" if saved.key else ""
    return Choice(saved.name, saved.name, f"{shown}{key}", saved.view == inbox.threads.view)


@report_store_errors
async def _apply_view_choice(
    inbox: InboxScreen, saved: dict[str, SavedView], picked: Picked | None
) -> None:
    """Save, remove or show a view, unless the dialog was cancelled."""
    if picked is None:
        return
    if picked.new:
        await _save_view(inbox, picked.value)
    elif picked.drop:
        await _drop_view(inbox, saved[picked.value])
    else:
        await inbox.show_view(saved[picked.value].view)


async def _save_view(inbox: InboxScreen, name: str) -> None:
    """Save the current view under a name; undo restores an earlier view of that name."""
    store, agent = inbox.store.views, inbox.app_context.agent
    older = next((view for view in await store.list_views(agent) if view.name == name), None)
    saved = await store.save_view(name, inbox.threads.view, agent)

    async def restore_older_view() -> str:
        if older is None:
            await store.delete_view(saved.name)
            return f"Undone: the view {one_line(name, 30)} is gone again"
        await store.save_view(name, older.view, agent)
        return f"Undone: the view {one_line(name, 30)} is as it was"

    key = f" as g {saved.key}" if saved.key else ""
    inbox.show_status(
        inbox.actions.remember_undo(f"Saved the view {one_line(name, 30)}{key}", restore_older_view)
    )


async def _drop_view(inbox: InboxScreen, saved: SavedView) -> None:
    """Remove a saved view; undo restores it."""
    store, agent = inbox.store.views, inbox.app_context.agent
    await store.delete_view(saved.name)

    async def restore_view() -> str:
        await store.save_view(saved.name, saved.view, agent, key=saved.key)
        return f"Undone: the view {one_line(saved.name, 30)} is back"

    inbox.show_status(
        inbox.actions.remember_undo(f"Removed the view {one_line(saved.name, 30)}", restore_view)
    )


async def show_history(inbox: InboxScreen) -> None:
    """Show who did what in this conversation."""
    from tui.screens.history import HistoryScreen

    conversation = inbox.current_conversation
    if conversation is not None:
        entries = await inbox.store.triage.get_audit_trail(conversation.id)
        inbox.app.push_screen(HistoryScreen(conversation.title, entries, inbox.app_context))


HANDLERS: dict[str, Handler] = {
    "snooze": ask_snooze_time,
    "assign": ask_assignee,
    "label": ask_labels,
    "show_label": ask_label_to_show,
    "views": manage_views,
    "history": show_history,
}
