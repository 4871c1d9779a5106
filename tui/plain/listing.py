"""Lists of conversations: numbered, page by page, one view or another."""

from tui.domain.conversation import Order, State, View
from tui.domain.text import one_line
from tui.domain.views import name_of
from tui.plain.desk import Desk, Listed
from tui.plain.lines import row_words
from tui.plain.reading import read
from tui.store.conversations import FIRST, key_of

_PAGE = 9


async def first(desk: Desk, typed: str = "") -> None:
    """List the view from its beginning; `typed` narrows it to names and numbers with that."""
    if typed:
        desk.view = View(text=typed)
    desk.behind = FIRST
    counts = await desk.store.conversations.counts()
    desk.talk.say(f"{counts.open} open, {counts.waiting} waiting, {counts.failed} failed.")
    if desk.view != View():
        desk.talk.say(f"Listed: {name_of(desk.view, desk.seat.agent)}. v lists others.")
    await _page(desk)


async def open_ones(desk: Desk, typed: str) -> None:
    """Back to all that is open."""
    desk.view = View()
    await first(desk, typed)


async def back(desk: Desk, typed: str) -> None:
    """Leave the conversation; the list is read again."""
    await first(desk)


async def more(desk: Desk, typed: str) -> None:
    """The next page."""
    await _page(desk)


async def _page(desk: Desk) -> None:
    """Number the next ones, and say what can be done with them."""
    desk.leave()
    rows = await desk.store.conversations.after(desk.view, desk.behind, _PAGE)
    for number, row in enumerate(rows, 1):
        desk.talk.say(f"{number}. {row_words(row, desk.seat)}")
    desk.listed = [Listed(row.id) for row in rows]
    desk.behind = key_of(rows[-1], desk.view) if len(rows) == _PAGE else FIRST
    again = " y sends all that failed again." if rows and desk.view.failed else ""
    if len(rows) == _PAGE:
        desk.talk.say(f"A number opens one; m lists more.{again}")
    elif rows:
        desk.talk.say(f"A number opens one; these were the last.{again}")
    else:
        desk.talk.say("Nobody is in this list: v lists others, c writes to a number.")


async def open_number(desk: Desk, number: int) -> None:
    """Open one that was listed."""
    if 1 <= number <= len(desk.listed):
        chosen = desk.listed[number - 1]
        await read(desk, chosen.conversation_id, chosen.at)
    else:
        desk.talk.say("There is no such number in the list: l lists again.")


async def next_waiting(desk: Desk, typed: str) -> None:
    """Open who waits longest after the one that is open."""
    found = await desk.store.conversations.next_waiting(desk.open)
    if found is None:
        desk.talk.say("Nobody is waiting: all clear.")
    else:
        await read(desk, found.id)


async def newest_news(desk: Desk, typed: str) -> None:
    """Open the conversation that brought the last news."""
    if desk.news_from:
        await read(desk, desk.news_from)
    else:
        desk.talk.say("Nobody has written since you began: n opens who waits longest.")


async def failed(desk: Desk, typed: str) -> None:
    """List where a message is in trouble."""
    desk.view = View(failed=True)
    await first(desk)


async def views(desk: Desk, typed: str) -> None:
    """Choose another list by its number or name, and read it."""
    agent = desk.seat.agent
    saved = await desk.store.views.all(agent)
    labels = await desk.store.conversations.labels()
    offered = [
        *_VIEWS,
        View(assignee=agent),
        View(drafts_of=agent),
        View(mentions_of=agent),
        *(View(label=name) for name, _ in labels),
    ]
    names = [name_of(view, agent) for view in offered]
    names += [one_line(view.name, 30) for view in saved]
    place = await desk.talk.choose("Lists", names, typed)
    if place is not None:
        desk.view = [*offered, *(view.view for view in saved)][place]
        await first(desk)


_VIEWS = (
    View(),
    View(state=None, order=Order.NEWEST),
    View(assignee=""),
    View(failed=True),
    View(starred=True),
    View(state=State.SNOOZED, order=Order.NEWEST),
    View(state=State.CLOSED, order=Order.NEWEST),
)
