"""Commands of the list: where the cursor goes, which conversations are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, Order, State, View
from tui.handlers import contact, desk, triage
from tui.handlers.kind import Handler
from tui.store.conversations import order_of

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def move_down(inbox: InboxScreen) -> None:
    """Down; in a conversation that fills the screen, scroll down."""
    if inbox.filled_by_conversation:
        await inbox.pane.view.scroll_by(-1)
    else:
        await inbox.threads.move(1)


async def move_up(inbox: InboxScreen) -> None:
    """Up; in a conversation that fills the screen, scroll up."""
    if inbox.filled_by_conversation:
        await inbox.pane.view.scroll_by(1)
    else:
        await inbox.threads.move(-1)


async def first(inbox: InboxScreen) -> None:
    """To the top."""
    await inbox.threads.start()


async def last(inbox: InboxScreen) -> None:
    """To the bottom."""
    await inbox.threads.to_last()


async def open_current(inbox: InboxScreen) -> None:
    """Open what is under the cursor, and mark it read."""
    if inbox.threads.current is not None:
        await inbox.open_current()


async def back(inbox: InboxScreen) -> None:
    """Out of whatever is open, one step at a time."""
    if contact.put_away(inbox) or inbox.pane.view.unselect():
        return
    if inbox.triaging is not None:
        await triage.end(inbox)
        return
    reading = inbox.filled_by_conversation
    inbox.remove_class("-reading")
    if not reading and inbox.threads.unmark():
        inbox.offer_keys()
    elif not reading and inbox.threads.view.text:
        inbox.filter.close()
    inbox.threads.focus()


async def next_waiting(inbox: InboxScreen) -> None:
    """To who waits next."""
    if inbox.triaging is not None:
        await triage.skip(inbox)
        return
    here = inbox.threads.current
    await _go_waiting(inbox, await inbox.store.conversations.next_waiting(here))


async def previous_waiting(inbox: InboxScreen) -> None:
    """To who has waited longer."""
    if inbox.triaging is not None:
        inbox.say("Triage goes one way: Esc ends it")
        return
    here = inbox.threads.current
    await _go_waiting(inbox, await inbox.store.conversations.previous_waiting(here))


async def _go_waiting(inbox: InboxScreen, found: Conversation | None) -> None:
    """Stand on a waiting conversation."""
    if found is None:
        inbox.say("Nobody is waiting: all clear")
    else:
        await inbox.go_to(found)


async def filter_list(inbox: InboxScreen) -> None:
    """Type what names or numbers should contain; in an open conversation, what its texts should."""
    if inbox.has_class("-reading") and inbox.pane.conversation is not None:
        await desk.search_thread(inbox)
        return
    if inbox.triaging is not None:
        await triage.end(inbox)
    inbox.filter.open()


async def change_order(inbox: InboxScreen) -> None:
    """The other order."""
    view = inbox.threads.view
    other = Order.NEWEST if view.order is Order.WAITING else Order.WAITING
    wanted = replace(view, order=other)
    if order_of(wanted) is order_of(view):
        inbox.say("This list has one order; all, open, snoozed and closed ones have two")
    else:
        await inbox.show_view(wanted)


def _showing(view: Callable[[InboxScreen], View]) -> Handler:
    """A handler that shows a list."""

    async def show(inbox: InboxScreen) -> None:
        await inbox.show_view(view(inbox))

    return show


async def show_all(inbox: InboxScreen) -> None:
    """Whatever their state; a filter goes on to look among all of them."""
    await inbox.show_view(View(state=None, text=inbox.threads.view.text))


HANDLERS: dict[str, Handler] = {
    "next": move_down,
    "previous": move_up,
    "first": first,
    "last": last,
    "open": open_current,
    "back": back,
    "next_waiting": next_waiting,
    "previous_waiting": previous_waiting,
    "filter": filter_list,
    "order": change_order,
    "show_open": _showing(lambda inbox: View()),
    "show_mine": _showing(lambda inbox: View(assignee=inbox.seat.agent)),
    "show_unassigned": _showing(lambda inbox: View(assignee="")),
    "show_all": show_all,
    "show_closed": _showing(lambda inbox: View(state=State.CLOSED)),
    "show_snoozed": _showing(lambda inbox: View(state=State.SNOOZED)),
    "show_drafts": _showing(lambda inbox: View(drafts_of=inbox.seat.agent)),
    "show_failed": _showing(lambda inbox: View(failed=True)),
    "show_starred": _showing(lambda inbox: View(starred=True)),
}
