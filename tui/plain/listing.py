"""Show numbered lists: conversations of a view page by page, search results, and accounts."""

from tui.domain.conversation import Order, State, View
from tui.domain.text import one_line
from tui.domain.views import format_view_name
from tui.plain.desk import ListedItem, PlainSession
from tui.plain.lines import format_conversation
from tui.plain.reading import read_conversation
from tui.store.conversations import FIRST_POSITION, get_position

_LIST_SIZE = 9


async def show_first_page(session: PlainSession, typed: str = "") -> None:
    """List the view from its beginning.

    Args:
        session: State of this agent's line-mode session.
        typed: Narrow the list to names and numbers with this text.
    """
    if typed:
        session.view = View(text=typed)
    session.list_end = FIRST_POSITION
    counts = await session.store.conversations.get_counts()
    session.dialog.write_line(
        f"{counts.open} open, {counts.waiting} waiting, {counts.failed} failed."
    )
    if session.view != View():
        session.dialog.write_line(
            f"Listed: {format_view_name(session.view, session.context.agent)}. v lists others."
        )
    await _show_page(session)


async def list_open(session: PlainSession, typed: str) -> None:
    """List all open conversations again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    session.view = View()
    await show_first_page(session, typed)


async def go_back(session: PlainSession, typed: str) -> None:
    """Leave the conversation and list the view again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    await show_first_page(session)


async def show_more(session: PlainSession, typed: str) -> None:
    """List the next page.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    await _show_page(session)


async def _show_page(session: PlainSession) -> None:
    """Number the next conversations, and show what can be done with them."""
    session.leave_conversation()
    rows = await session.store.conversations.list_after(session.view, session.list_end, _LIST_SIZE)
    for number, row in enumerate(rows, 1):
        session.dialog.write_line(f"{number}. {format_conversation(row, session.context)}")
    session.listed_items = [ListedItem(row.id) for row in rows]
    session.list_end = (
        get_position(rows[-1], session.view) if len(rows) == _LIST_SIZE else FIRST_POSITION
    )
    again = " y sends all that failed again." if rows and session.view.failed else ""
    if len(rows) == _LIST_SIZE:
        session.dialog.write_line(f"A number opens one; m lists more.{again}")
    elif rows:
        session.dialog.write_line(f"A number opens one; these were the last.{again}")
    else:
        session.dialog.write_line("Nobody is in this list: v lists others, c writes to a number.")


async def open_item(session: PlainSession, number: int) -> None:
    """Open a listed conversation.

    Args:
        session: State of this agent's line-mode session.
        number: Number in the list, from 1.
    """
    if 1 <= number <= len(session.listed_items):
        chosen = session.listed_items[number - 1]
        await read_conversation(session, chosen.conversation_id, chosen.message_id)
    else:
        session.dialog.write_line("There is no such number in the list: l lists again.")


async def open_next_waiting(session: PlainSession, typed: str) -> None:
    """Open the conversation that waits longest after the open one.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    found = await session.store.conversations.find_next_waiting(session.conversation)
    if found is None:
        session.dialog.write_line("Nobody is waiting: all clear.")
    else:
        await read_conversation(session, found.id)


async def open_latest(session: PlainSession, typed: str) -> None:
    """Open the conversation with the latest incoming message or mention.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    if session.last_active_id:
        await read_conversation(session, session.last_active_id)
    else:
        session.dialog.write_line("Nobody has written since you began: n opens who waits longest.")


async def list_failed(session: PlainSession, typed: str) -> None:
    """List the conversations with a failed or uncertain message.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    session.view = View(failed=True)
    await show_first_page(session)


async def choose_view(session: PlainSession, typed: str) -> None:
    """Choose another view by its number or name, and list it.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    agent = session.context.agent
    saved = await session.store.views.list_views(agent)
    labels = await session.store.conversations.list_labels()
    choices = [
        *_STANDARD_VIEWS,
        View(assignee=agent),
        View(drafts_of=agent),
        View(mentions_of=agent),
        *(View(label=name) for name, _ in labels),
    ]
    names = [format_view_name(view, agent) for view in choices]
    names += [one_line(view.name, 30) for view in saved]
    place = await session.dialog.choose_item("Lists", names, typed)
    if place is not None:
        session.view = [*choices, *(view.view for view in saved)][place]
        await show_first_page(session)


_STANDARD_VIEWS = (
    View(),
    View(state=None, order=Order.NEWEST),
    View(assignee=""),
    View(failed=True),
    View(starred=True),
    View(state=State.SNOOZED, order=Order.NEWEST),
    View(state=State.CLOSED, order=Order.NEWEST),
)
