"""Commands that ask first: until when, whose, which label, which view. Their dialogs load late."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, View
from tui.domain.text import one_line
from tui.domain.views import name_of
from tui.handlers.acting import acted, these
from tui.handlers.kind import Handler
from tui.screens.said import said

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen
    from tui.screens.pick import Choice, Picked
    from tui.screens.when import When
    from tui.store.views import SavedView

_NOBODY = "nobody"


async def snooze(inbox: InboxScreen) -> None:
    """Ask until when, and put the conversations away for so long."""
    from tui.screens.when import WhenScreen

    rows = await inbox.targets()
    if rows:
        screen = WhenScreen(inbox.seat, f"Snooze {these(rows)}", "snoozes", until_reply=True)
        inbox.app.push_screen(screen, partial(_snooze, inbox, rows))


@said
async def _snooze(inbox: InboxScreen, rows: list[Conversation], when: When | None) -> None:
    """Until then, unless it was called off."""
    if when is not None:
        await acted(inbox, await inbox.actions.snooze(rows, when.at))


async def assign(inbox: InboxScreen) -> None:
    """Ask whose the conversations shall be."""
    from tui.screens.pick import PickScreen

    rows = await inbox.targets()
    if rows:
        choices = await _agents(inbox, {row.assignee for row in rows})
        title, look = f"Assign {these(rows)}", inbox.seat.ascii
        screen = PickScreen(title, choices, verb="assigns", new="Assign to", ascii=look)
        inbox.app.push_screen(screen, partial(_assign, inbox, rows))


async def _agents(inbox: InboxScreen, owners: set[str]) -> list[Choice]:
    """The agent, everybody else, nobody; whose it is already has a tick."""
    from tui.screens.pick import Choice

    me = inbox.seat.agent
    others = [name for name in await inbox.store.agents.names() if name != me]
    names = [name for name in (me, *others) if name]
    choices = [Choice(n, n, "you" if n == me else "", owners == {n}) for n in names]
    return [*choices, Choice("", _NOBODY, on=owners == {""})]


@said
async def _assign(inbox: InboxScreen, rows: list[Conversation], picked: Picked | None) -> None:
    """Theirs, unless it was called off."""
    if picked is not None:
        await acted(inbox, await inbox.actions.assign(rows, picked.value))


async def label(inbox: InboxScreen) -> None:
    """Ask for labels to put on or take off."""
    from tui.screens.pick_several import PickSeveralScreen

    rows = await inbox.targets()
    if rows:
        worn = frozenset.intersection(*(frozenset(row.labels) for row in rows))
        title, look = f"Labels of {these(rows)}", inbox.seat.ascii
        choices = await _labels(inbox, worn)
        screen = PickSeveralScreen(title, choices, new="New label", sign="#", ascii=look)
        inbox.app.push_screen(screen, partial(_label, inbox, rows))


async def _labels(inbox: InboxScreen, worn: frozenset[str]) -> list[Choice]:
    """Every label in use with how often it is, those that are worn with a tick."""
    from tui.screens.pick import Choice

    found = await inbox.store.conversations.labels()
    return [Choice(name, f"#{name}", str(uses), name in worn) for name, uses in found]


@said
async def _label(inbox: InboxScreen, rows: list[Conversation], picked: Picked | None) -> None:
    """On or off, all at once, unless it was called off."""
    names = (*picked.toggled, picked.value) if picked is not None else ()
    once = tuple(name for name in dict.fromkeys(names) if name and names.count(name) == 1)
    if once:
        await acted(inbox, await inbox.actions.label(rows, *once))


async def show_label(inbox: InboxScreen) -> None:
    """Ask for a label, and show the open conversations that wear it."""
    from tui.screens.pick import PickScreen

    choices = await _labels(inbox, frozenset())
    if choices:
        screen = PickScreen("Show a label", choices, verb="shows")
        inbox.app.push_screen(screen, partial(_show_label, inbox))
    else:
        inbox.say("No label is in use yet: l puts one on")


@said
async def _show_label(inbox: InboxScreen, picked: Picked | None) -> None:
    """Its list, unless it was called off."""
    if picked is not None:
        await inbox.show_view(View(label=picked.value))


async def views(inbox: InboxScreen) -> None:
    """Show a saved view, save the one that is shown, or remove one."""
    from tui.screens.pick import PickScreen

    saved = {view.name: view for view in await inbox.store.views.all(inbox.seat.agent)}
    screen = PickScreen(
        "Views",
        [_view_choice(inbox, view) for view in saved.values()],
        verb="takes",
        new="Save what is shown as",
        replaces=True,
        droppable=bool(saved),
        ascii=inbox.seat.ascii,
    )
    inbox.app.push_screen(screen, partial(_view, inbox, saved))


def _view_choice(inbox: InboxScreen, saved: SavedView) -> Choice:
    """A line of the picker: the name, what it shows, its keys."""
    from tui.screens.pick import Choice

    shown = name_of(saved.view, inbox.seat.agent)
    key = f" · g {saved.key}" if saved.key else ""
    return Choice(saved.name, saved.name, f"{shown}{key}", saved.view == inbox.threads.view)


@said
async def _view(inbox: InboxScreen, saved: dict[str, SavedView], picked: Picked | None) -> None:
    """Save, remove or show, unless it was called off."""
    if picked is None:
        return
    if picked.new:
        await _save_view(inbox, picked.value)
    elif picked.drop:
        await _drop_view(inbox, saved[picked.value])
    else:
        await inbox.show_view(saved[picked.value].view)


async def _save_view(inbox: InboxScreen, name: str) -> None:
    """Keep what is shown under a name; undone, whatever had that name is back."""
    store, agent = inbox.store.views, inbox.seat.agent
    older = next((view for view in await store.all(agent) if view.name == name), None)
    saved = await store.save(name, inbox.threads.view, agent)

    async def undo() -> str:
        if older is None:
            await store.drop(saved.name)
            return f"Undone: the view {one_line(name, 30)} is gone again"
        await store.save(name, older.view, agent)
        return f"Undone: the view {one_line(name, 30)} is as it was"

    key = f" as g {saved.key}" if saved.key else ""
    inbox.say(inbox.actions.undoable(f"Saved the view {one_line(name, 30)}{key}", undo))


async def _drop_view(inbox: InboxScreen, saved: SavedView) -> None:
    """Forget a view, until that is undone."""
    store, agent = inbox.store.views, inbox.seat.agent
    await store.drop(saved.name)

    async def undo() -> str:
        await store.save(saved.name, saved.view, agent, key=saved.key)
        return f"Undone: the view {one_line(saved.name, 30)} is back"

    inbox.say(inbox.actions.undoable(f"Removed the view {one_line(saved.name, 30)}", undo))


async def history(inbox: InboxScreen) -> None:
    """Who did what in this conversation."""
    from tui.screens.history import HistoryScreen

    here = inbox.here
    if here is not None:
        deeds = await inbox.store.triage.trail(here.id)
        inbox.app.push_screen(HistoryScreen(here.title, deeds, inbox.seat))


HANDLERS: dict[str, Handler] = {
    "snooze": snooze,
    "assign": assign,
    "label": label,
    "show_label": show_label,
    "views": views,
    "history": history,
}
