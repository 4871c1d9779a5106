"""Find the people of the address book by any part of a name or number, and list them."""

from collections.abc import Iterable
from typing import Any

from tui.domain.person import FoundNumber, Person, fold_contact, rank_found, split_search
from tui.domain.text import fold_text
from tui.store.connections import Connection, Row
from tui.store.people import read_people
from tui.store.queries import queries

_CANDIDATES = 200
"""Numbers that are ranked by where the words of a search begin."""
_MOST_COMPARED = 2_000
"""Numbers with the words of a search that are asked whether there is a conversation."""
_SHORTEST_TERM, _LONGEST_TERM = 3, 60
"""Characters of the ends of words in the index of a server: see `contact_terms` in its schema."""
_LAST_CHAR = "\U0010ffff"


def list_people(connection: Connection, after: Person | None, limit: int) -> list[Person]:
    """Return contacts in the order of their names, see `Contacts.list_people`."""
    place = {"folded": "", "party": ""}
    if after is not None:
        party = after.numbers[0]
        place = {"folded": fold_contact(after.name, party), "party": party}
    found = queries("contacts").main_numbers(connection, **place, limit=limit)
    return read_people(connection, [row["person"] for row in found])


def find_numbers(
    connection: Connection, typed: str, limit: int, *, only_new: bool = False
) -> list[FoundNumber]:
    """Return the numbers that match a text, see `Contacts.find_numbers`."""
    terms = split_search(typed)
    if not terms:
        return []
    sql = queries("contacts")
    parts: dict[str, Any] = dict(zip("abcd", (*terms, "", "", ""), strict=False))
    parts |= {"query": _format_ts_query(terms), "limit": _CANDIDATES}
    if only_new:
        found = sql.contains_new(connection, **parts, most=_MOST_COMPARED)
        return rank_found(map(_to_found, found), terms)[:limit]
    begin = " ".join(fold_text(typed).split())
    first = sql.begins(connection, begin=begin, end=begin + _LAST_CHAR, limit=limit)
    found = list(map(_to_found, first))
    if len(found) < limit:
        rest = map(_to_found, sql.contains(connection, **parts, most=_CANDIDATES))
        known = {one.party for one in found}
        found += rank_found([one for one in rest if one.party not in known], terms)
    return found[:limit]


def _format_ts_query(terms: Iterable[str]) -> str:
    """Return the parts of a search that the index of a server has, as a `tsquery`."""
    words = (term[:_LONGEST_TERM] for term in terms if len(term) >= _SHORTEST_TERM)
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}':*" for word in quoted)


def find_people(connection: Connection, typed: str, limit: int) -> list[Person]:
    """Return the contacts that match a text, see `Contacts.find_people`."""
    if not split_search(typed):
        return list_people(connection, None, limit)
    found = find_numbers(connection, typed, _CANDIDATES)
    ids = list(dict.fromkeys(one.person for one in found))[:limit]
    return read_people(connection, ids)


def _to_found(row: Row) -> FoundNumber:
    """Return a number that was found."""
    return FoundNumber(row["person"], row["name"], row["party"])
