"""Show numbered lists of conversations, page by page."""

from tui.desk.send_checks import NO_ACCOUNT
from tui.desk.unread_counts import UnreadCounts
from tui.domain.account import Account
from tui.domain.conversation import Order, State, View
from tui.domain.phone import InvalidNumberError, parse_destination
from tui.domain.text import one_line
from tui.domain.views import format_view_name
from tui.plain.lines import format_conversation
from tui.plain.people_lines import choose_number, confirm_conversation
from tui.plain.reading import read_conversation
from tui.plain.session import ListedItem, PlainSession, line_handler
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


@line_handler("show_open")
async def list_open(session: PlainSession, typed: str) -> None:
    """List all open conversations again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    session.view = View()
    await show_first_page(session, typed)


@line_handler("back")
async def go_back(session: PlainSession, typed: str) -> None:
    """Leave the conversation and list the view again.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    await show_first_page(session)


@line_handler("more")
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
        session.dialog.write_line(f"A number opens one; end of list.{again}")
    else:
        session.dialog.write_line("This list is empty: v shows others, c writes to a number.")


async def open_item(session: PlainSession, number: int) -> None:
    """Open a listed conversation.

    Args:
        session: State of this agent's line-mode session.
        number: Number in the list, from 1.
    """
    if 1 <= number <= len(session.listed_items):
        chosen = session.listed_items[number - 1]
        if chosen.party:
            await confirm_conversation(session, chosen.party)
            return
        await read_conversation(session, chosen.conversation_id, chosen.message_id)
    else:
        session.dialog.write_line("There is no such number in the list: l lists again.")


@line_handler("next_waiting")
async def open_next_waiting(session: PlainSession, typed: str) -> None:
    """Open the conversation that waits longest after the open one.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    found = await session.store.conversations.find_next_waiting(session.conversation)
    if found is None:
        session.dialog.write_line("All clear: no one is waiting.")
    else:
        await read_conversation(session, found.id)


@line_handler("latest")
async def open_latest(session: PlainSession, typed: str) -> None:
    """Open the conversation with the latest incoming message or mention.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    if session.last_active_id:
        await read_conversation(session, session.last_active_id)
    else:
        session.dialog.write_line("No new texts since you started: n opens the longest wait.")


def _register_list(command_id: str, view: View) -> None:
    """Register the handler of a word that lists one view."""

    async def list_view(session: PlainSession, typed: str) -> None:
        session.view = view
        await show_first_page(session)

    line_handler(command_id)(list_view)


_register_list("show_failed", View(failed=True))
_register_list("show_overdue", View(overdue=True))
_register_list("show_unread", View(unread=True))


@line_handler("lists")
async def choose_view(session: PlainSession, typed: str) -> None:
    """Choose another view by its number or name, and list it.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    from tui.plain.view_words import change_view

    if await change_view(session, typed):
        return
    agent = session.context.agent
    counts = UnreadCounts(session.store, agent)
    await counts.reload()
    saved = counts.views
    labels = await session.store.conversations.list_labels()
    choices = [
        *_STANDARD_VIEWS,
        await session.store.team.resolve_view(View(assignee=agent), agent),
        View(drafts_of=agent),
        View(mentions_of=agent),
        *(View(label=name) for name, _ in labels),
    ]
    names = [format_view_name(view, agent) for view in choices]
    for view in saved:
        count = counts.format_count(view)
        names.append(f"{one_line(view.name, 30)}{f' ({count} unread)' if count else ''}")
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


@line_handler("new")
async def start_conversation(session: PlainSession, typed: str) -> None:
    """Open the conversation with a phone number; create it if there is none.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    accounts = session.context.accounts
    if not accounts:
        session.dialog.write_line(f"{NO_ACCOUNT.sentence}.")
        return
    number = typed or await session.dialog.ask_line(
        "Number with its country code, or a name; empty for none: "
    )
    if not number.strip():
        return
    if any(char.isalpha() for char in number):
        party = await choose_number(session, number)
        if party is None:
            return
        number = party
    names = [one_line(account.name, 30) for account in accounts]
    place = 0 if len(accounts) == 1 else await session.dialog.choose_item("Through", names)
    if place is not None:
        await _begin_conversation(session, number, accounts[place])


async def _begin_conversation(session: PlainSession, number: str, account: Account) -> None:
    """Open the conversation, or show what is wrong with the number."""
    try:
        address = parse_destination(
            number, account.region or session.context.preferences.default_region
        )
    except InvalidNumberError as problem:
        session.dialog.write_line(f"{one_line(str(problem), 200)}. c asks again.")
        return
    row = await session.store.conversations.get_or_create(address, account.name, is_begun=True)
    await read_conversation(session, row.id)
