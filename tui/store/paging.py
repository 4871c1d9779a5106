"""Read long lists a page at a time, so that a script needs no more memory for a million rows."""

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from tui.domain.conversation import Conversation, State, View
from tui.store.rows import to_conversation

if TYPE_CHECKING:
    from tui.store.connections import Connection, Row

PAGE_SIZE = 500
"""Rows that are held in memory at once."""
_END = 1 << 62
"""Beyond every time and id."""
T = TypeVar("T")


def iterate_newest(
    run_query: "Callable[..., list[Row]]", pattern: str, limit: int
) -> Iterator[Conversation]:
    """Yield the newest conversations, whatever their state.

    Args:
        run_query: Runs a statement of `windows.sql` by its name, with its values.
        pattern: Pattern for name and number.
        limit: Maximum number of conversations.
    """
    place, left = {"last_at": _END, "id": -_END}, limit
    while left > 0:
        size = min(left, PAGE_SIZE)
        found = [
            to_conversation(row)
            for state in State
            for row in run_query(
                "newest_after", state=state.value, pattern=pattern, limit=size, **place
            )
        ]
        page = sorted(found, key=lambda c: (-c.last_at, c.id))[:size]
        yield from page
        left = left - size if len(page) == size else 0
        place = {"last_at": page[-1].last_at, "id": page[-1].id} if page else place


def iterate_view(
    read: "Callable[[Callable[[Connection], list[Row]]], list[Row]]", view: View, limit: int
) -> Iterator[Conversation]:
    """Yield the conversations of a view in its order.

    Args:
        read: Runs a function on a connection.
        view: View to read.
        limit: Maximum number of conversations.
    """
    from tui.store.conversations import FIRST_POSITION, get_position
    from tui.store.view_windows import is_sorted_by_time, read_page

    place, left, sign = FIRST_POSITION, limit, -1 if is_sorted_by_time(view) else 1
    while left > 0:
        size = min(left, PAGE_SIZE)
        page: Any = functools.partial(
            read_page, view, sign * place.sort, place.id, limit=size, is_after=True
        )
        found = [to_conversation(row) for row in read(page)]
        yield from found
        left = left - size if len(found) == size else 0
        place = get_position(found[-1], view) if found else place
