"""Find people beside messages when an agent searches everything, on every surface."""

import functools
from typing import TYPE_CHECKING

from tui.desk.format import format_age
from tui.domain.person import PersonHit
from tui.domain.searching import SearchQuery
from tui.domain.text import format_count, one_line
from tui.store.people_search import find_people_anywhere, find_people_by_field

if TYPE_CHECKING:
    from tui.store.connections import Connection
    from tui.store.store import Store

MOST_PEOPLE = 5
_SHORTEST_TEXT = 2


def find_people(connection: "Connection", query: SearchQuery) -> list[PersonHit]:
    """Return the first people whose name, number or fields have all words of a search.

    Filters are about messages: a search with one finds no people.

    Args:
        connection: Connection that reads.
        query: Search for messages.
    """
    text = query.text.strip()
    if query.has_filters or query.problem or len(text) < _SHORTEST_TEXT:
        return []
    return find_people_anywhere(connection, text, MOST_PEOPLE)


async def search_people(store: "Store", query: SearchQuery) -> list[PersonHit]:
    """Return the people of `find_people`; cancelling stops the query.

    Args:
        store: Store shared by all agents.
        query: Search for messages.
    """
    return await store.database.search(functools.partial(find_people, query=query))


async def search_fields(store: "Store", text: str, limit: int) -> list[PersonHit]:
    """Return people with an own field that has all words of a text; cancelling stops the query.

    It completes what finds people by name and number.

    Args:
        store: Store shared by all agents.
        text: Words as typed.
        limit: Maximum number of people.
    """
    if len(text.strip()) < _SHORTEST_TEXT:
        return []
    find = functools.partial(find_people_by_field, text=text, limit=limit)
    return await store.database.search(find)


def format_person_hit(hit: PersonHit, width: int | None = None) -> str:
    """Return name and number of a person on one line, and how many other numbers there are.

    Args:
        hit: Person that was found.
        width: Width of the line in cells, into which a long name is shortened; None for any.
    """
    from tui.desk.address_book import format_number
    from tui.desk.cells import fit_cells

    others = len(hit.person.numbers) - 1
    more = f" and {format_count(others, 'other number')}" if others else ""
    name, number = one_line(hit.person.name, 60), f"{format_number(hit.party)}{more}"
    if width is not None:
        name = fit_cells(name, width - len(number) - 1).rstrip()
    return f"{name} {number}".strip()


def format_hit_detail(hit: PersonHit, now: int) -> str:
    """Return the field that was found, if any, and when the last message was.

    Args:
        hit: Person that was found.
        now: Current time, ms UTC.
    """
    field = f"{hit.field}: {one_line(hit.person.fields.get(hit.field, ''), 60)}"
    age = format_age(hit.last_at, now)
    when = (
        f"last message {age}{'' if age == 'now' else ' ago'}" if hit.last_at else "no message yet"
    )
    written = when if hit.conversation_id else "never wrote"
    return f"{field} · {written}" if hit.field else written
