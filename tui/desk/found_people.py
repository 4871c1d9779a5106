"""Find people beside messages when an agent searches everything, on every surface."""

import functools
from typing import TYPE_CHECKING

from tui.desk.format import format_age
from tui.domain.person import PersonHit
from tui.domain.searching import SearchQuery
from tui.domain.text import format_count, one_line
from tui.store.people_search import find_people_anywhere

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


def format_person_hit(hit: PersonHit) -> str:
    """Return name and number of a person on one line, and how many other numbers there are."""
    from tui.desk.address_book import format_number

    others = len(hit.person.numbers) - 1
    more = f" and {format_count(others, 'other number')}" if others else ""
    name = one_line(hit.person.name, 60)
    return f"{name} {format_number(hit.party)}{more}".strip()


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
