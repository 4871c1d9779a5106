"""Find the people of the address book by any part of a name or number, and list them."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence

from tui.domain.person import (
    FoundNumber,
    Person,
    PersonHit,
    fold_contact,
    format_gram_query,
    rank_found,
    split_search,
)
from tui.domain.phone import parse_address
from tui.domain.text import fold_text
from tui.store.connections import Connection, Row
from tui.store.people import make_field_row, read_people
from tui.store.progress_report import ReportProgress
from tui.store.queries import queries

_CANDIDATES = 200
"""Numbers that are ranked by where the words of a search begin; of more, those added last."""
_NUMBERS_OF_PERSON = 3
"""Numbers that are looked for to find one person."""
_MOST_PEOPLE = 2_000
"""People whom the index of a file finds, and whose names and numbers are compared."""
_FEW_PEOPLE = 10
"""People with a name or number; if fewer are found, own fields are searched too."""
_SHORTEST_TERM, _LONGEST_TERM = 3, 60
"""Characters of the ends of words in the index of a server: see `contact_terms` in its schema."""
_FOLDED_AT_ONCE = 10_000
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
    if only_new:
        rest = _find_containing(connection, terms, only_new=True, limit=_CANDIDATES)
        return rank_found(rest, terms)[:limit]
    found = _find_beginning(connection, typed, limit)
    if len(found) < limit:
        known = {one.party for one in found}
        rest = _find_containing(connection, terms, only_new=False, limit=_CANDIDATES)
        found += rank_found([one for one in rest if one.party not in known], terms)
    return found[:limit]


def _find_beginning(
    connection: Connection, typed: str, limit: int, *, only_main: bool = False
) -> list[FoundNumber]:
    """Return the numbers whose name begins with a text, in the order of names."""
    begin = " ".join(fold_text(typed).split())
    find = queries("contacts").begins_main if only_main else queries("contacts").begins
    return list(map(_to_found, find(connection, begin=begin, end=begin + _LAST_CHAR, limit=limit)))


def _find_containing(
    connection: Connection, terms: Sequence[str], *, only_new: bool, limit: int
) -> list[FoundNumber]:
    """Return the numbers that contain all parts of a search: of more than the limit, the newest."""
    sql = queries("contacts")
    parts = dict(zip("abcd", (*terms, "", "", ""), strict=False))
    values = {**parts, "only_new": int(only_new), "limit": limit}
    asked = {
        "grams": format_gram_query(terms, only_new=only_new),
        "people": _MOST_PEOPLE,
        "query": _format_ts_query(terms),
    }
    found = sql.contains(connection, **values, **asked)
    if found and not found[-1]["person"]:
        # Many people have the pieces of these words, and few the words.
        found = sql.scan(connection, **values)
    return list(map(_to_found, found))


def _format_ts_query(terms: Iterable[str]) -> str:
    """Return the parts of a search that the index of a server has, as a `tsquery`."""
    words = (term[:_LONGEST_TERM] for term in terms if len(term) >= _SHORTEST_TERM)
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}':*" for word in quoted)


def find_people(
    connection: Connection, typed: str, limit: int, *, in_fields: bool = False
) -> list[Person]:
    """Return the contacts that match a text, see `Contacts.find_people`."""
    terms = split_search(typed)
    if not terms:
        return list_people(connection, None, limit)
    found = _find_beginning(connection, typed, limit, only_main=True)
    if len(found) < limit:
        most = limit * _NUMBERS_OF_PERSON
        rest = _find_containing(connection, terms, only_new=False, limit=most)
        found += rank_found(rest, terms)
    ids = list(dict.fromkeys(one.person for one in found))[:limit]
    if in_fields and len(ids) < _FEW_PEOPLE:
        ids += _find_by_fields(connection, typed, limit - len(ids), without=ids)
    return read_people(connection, ids)


def find_people_anywhere(connection: Connection, text: str, limit: int) -> list[PersonHit]:
    """Return the contacts whose name, number or fields have the words of a search, each once.

    Those whose name begins with the text come first, and those with a field last. A whole number
    without a contact finds its conversation.

    Args:
        connection: Connection that reads.
        text: Words as they are typed to search messages, some of them in quotes.
        limit: Maximum number of contacts.
    """
    numbers: dict[int, set[str]] = {}
    for one in find_numbers(connection, text.replace('"', " "), limit * _NUMBERS_OF_PERSON):
        numbers.setdefault(one.person, set()).add(one.party)
    fields: dict[int, str] = {}
    if len(numbers) < limit:
        fields = _find_by_fields(connection, text, limit, without=numbers)
    people = read_people(connection, [*numbers, *fields][:limit]) or _find_stranger(
        connection, text
    )
    return _make_hits(connection, people, numbers, fields)


def find_people_by_field(connection: Connection, text: str, limit: int) -> list[PersonHit]:
    """Return the contacts with a field that has all words of a search, each once.

    Args:
        connection: Connection that reads.
        text: Words as they are typed to search messages.
        limit: Maximum number of contacts.
    """
    fields = _find_by_fields(connection, text, limit, without=())
    return _make_hits(connection, read_people(connection, list(fields)), {}, fields)


def _make_hits(
    connection: Connection,
    people: Sequence[Person],
    numbers: Mapping[int, set[str]],
    fields: Mapping[int, str],
) -> list[PersonHit]:
    """Return found people, each with the number to show and its conversation.

    Args:
        connection: Connection that reads.
        people: People that were found.
        numbers: Conversation keys of the numbers that were found, by the id of their person.
        fields: Name of the field that was found, by the id of its person.
    """
    if not people:
        return []
    keys = json.dumps(sorted({party for person in people for party in person.numbers}))
    rows = queries("contacts").conversations_of(connection, keys=keys)
    newest = {row["party"]: (row["last_at"], row["id"]) for row in rows}

    def make_hit(person: Person) -> PersonHit:
        found = numbers.get(person.id) or set(person.numbers)
        parties = [party for party in person.numbers if party in found]
        # Of several, the first: numbers without a conversation are equal.
        party = max(parties, key=lambda one: newest.get(one, (-1, 0))[0])
        last_at, conversation_id = newest.get(party, (0, 0))
        return PersonHit(person, party, conversation_id, last_at, fields.get(person.id, ""))

    return [make_hit(person) for person in people]


def _find_stranger(connection: Connection, text: str) -> list[Person]:
    """Return the customer of a number that is no contact, if there is a conversation."""
    party = parse_address(text.strip()).conversation_key
    rows = queries("contacts").conversations_of(connection, keys=json.dumps([party]))
    return [Person(0, row["name"], "", (party,)) for row in rows]


def _find_by_fields(
    connection: Connection, text: str, limit: int, *, without: Container[int]
) -> dict[int, str]:
    """Return people with a field that has all words of a search, and the name of the field."""
    # Imported late: the patterns of the search are not needed to find names.
    from tui.domain.matching import format_fts_query, is_match, parse_words
    from tui.domain.ts_query import format_ts_query

    conditions = parse_words(text)
    if not conditions:
        return {}
    query = {"query": format_fts_query(conditions), "ts_query": format_ts_query(conditions)}
    found: dict[int, str] = {}
    for row in queries("contacts").people_by_fields(connection, **query, limit=_CANDIDATES):
        person = row["person"]
        # In a file the words may be in several fields of a person.
        if person not in without and person not in found and is_match(row["value"], conditions):
            found[person] = row["name"]
            if len(found) == limit:
                break
    return found


def _to_found(row: Row) -> FoundNumber:
    """Return a number that was found."""
    return FoundNumber(row["person"], row["name"], row["party"], row["folded"])


# What is looked through ----------------------------------------------------------------------


def index_stored_people(connection: Connection, report_progress: ReportProgress) -> None:
    """Write anew what the search looks through of all people, in the caller's transaction.

    Args:
        connection: Connection of a migration.
        report_progress: Called after each part.
    """
    fold_stored_contacts(connection, report_progress)
    index_stored_fields(connection)


def fold_stored_contacts(connection: Connection, report_progress: ReportProgress) -> None:
    """Write anew what the search looks through of names and numbers, in the caller's transaction.

    Args:
        connection: Connection of a migration.
        report_progress: Called after each part.
    """
    sql = queries("contacts")
    found = [(row[0], row[1]) for row in sql.all_numbers(connection)]
    for first in range(0, len(found), _FOLDED_AT_ONCE):
        part = found[first : first + _FOLDED_AT_ONCE]
        values = [{"party": party, "folded": fold_contact(name, party)} for party, name in part]
        sql.set_folded(connection, values)
        report_progress("Indexing contacts", first + len(part), len(found))


def index_stored_fields(connection: Connection) -> None:
    """Write anew what the search looks through of fields, in the caller's transaction."""
    sql = queries("contacts")
    fields = [tuple(row) for row in sql.all_fields(connection)]
    rows = [(make_field_row(*values), terms) for *values, terms in fields]
    sql.save_field(connection, [row for row, terms in rows if row["terms"] != terms])
