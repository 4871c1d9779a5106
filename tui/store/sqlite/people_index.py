"""Keep the indexes of the search for people in a file: names and numbers, and fields.

Triggers note in `unindexed_people` whose rows have changed, by any statement, and the indexes
are brought up to date at the end of the same transaction. The indexes contain no texts: to remove
a person, `indexed_people` remembers what was added.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from tui.domain.person import NEW_MARK, list_grams
from tui.store.progress_report import ReportProgress

_AT_ONCE, _AT_ONCE_IN_BULK = 500, 10_000
_BULK_BYTES = 64 << 20
"""Pieces that are kept in memory before they are written: few large parts need little merging."""
_USUAL_BYTES, _USUAL_PARTS = 1 << 20, 4
"""Defaults of FTS5."""
_TASK = "Indexing contacts"
_INDEXES = {"people_fts": "grams", "fields_fts": "terms"}
_OF_KEYS = "person in (select value from json_each(?))"
_NUMBERS = f"""
select person, folded, not exists (select 1 from conversations where party = contacts.party)
  and not exists (select 1 from aliases where party = contacts.party)
from contacts where {_OF_KEYS} order by place, party
"""

_Texts = tuple[str, str]
"""Words of the names and numbers of a person, and the terms of the fields."""


def index_changed_people(connection: sqlite3.Connection) -> None:
    """Bring the indexes up to date with what the caller's transaction has changed.

    Args:
        connection: Connection of the caller's transaction.
    """
    while _index_some(connection, _AT_ONCE):
        pass


def rebuild_people_index(connection: sqlite3.Connection, report_progress: ReportProgress) -> None:
    """Index all people again, in the caller's transaction.

    Args:
        connection: Connection of a migration or a move.
        report_progress: Called again and again with the task, the number of people and the total.
    """
    clear_people_index(connection)
    connection.execute("insert or ignore into unindexed_people select person from contacts")
    total = connection.execute("select count(*) from unindexed_people").fetchone()[0]
    _configure(connection, automerge=0, hashsize=_BULK_BYTES)
    done = 0
    while count := _index_some(connection, _AT_ONCE_IN_BULK):
        done += count
        report_progress(_TASK, done, total)
    _configure(connection, automerge=_USUAL_PARTS, hashsize=_USUAL_BYTES)


def clear_people_index(connection: sqlite3.Connection) -> None:
    """Empty the indexes, and forget what has changed.

    Args:
        connection: Connection of the caller's transaction.
    """
    for index in _INDEXES:
        connection.execute(f"insert into {index} ({index}) values ('delete-all')")
    connection.execute("delete from indexed_people")
    connection.execute("delete from unindexed_people")


def _index_some(connection: sqlite3.Connection, limit: int) -> int:
    """Index some of the people that have changed; return how many, 0 if there were none."""
    sql = "select person from unindexed_people limit ?"
    people = [row[0] for row in connection.execute(sql, (limit,))]
    if not people:
        return 0
    keys = (json.dumps(people),)
    sql = f"select person, names, terms from indexed_people where {_OF_KEYS}"
    before = {row[0]: (row[1], row[2]) for row in connection.execute(sql, keys)}
    now = _read_texts(connection, keys)
    gone = [(p, texts) for p, texts in before.items() if now.get(p) != texts]
    added = [(p, texts) for p, texts in now.items() if before.get(p) != texts]
    _change_indexes(connection, gone, "({0}, rowid, {1}) values ('delete', ?, ?)")
    _change_indexes(connection, added, "(rowid, {1}) values (?, ?)")
    connection.executemany("delete from indexed_people where person = ?", [(p,) for p, _ in gone])
    sql = "insert into indexed_people (person, names, terms) values (?, ?, ?)"
    connection.executemany(sql, [(person, *texts) for person, texts in added])
    connection.execute(f"delete from unindexed_people where {_OF_KEYS}", keys)
    return len(people)


def _read_texts(connection: sqlite3.Connection, keys: tuple[str]) -> dict[int, _Texts]:
    """Return what the indexes must have of people; those without a number are left out."""
    words: dict[int, dict[str, None]] = {}
    for person, folded, is_new in connection.execute(_NUMBERS, keys):
        words.setdefault(person, {}).update(dict.fromkeys(folded.split()))
        if is_new:
            words[person][NEW_MARK] = None
    terms: dict[int, list[str]] = {}
    for person, text in connection.execute(
        f"select person, terms from contact_fields where {_OF_KEYS} order by name", keys
    ):
        terms.setdefault(person, []).append(text)
    return {
        person: (" ".join(found), "\n".join(terms.get(person, ())))
        for person, found in words.items()
    }


def _change_indexes(
    connection: sqlite3.Connection, people: Iterable[tuple[int, _Texts]], values: str
) -> None:
    """Add people to both indexes, or remove them."""
    rows: dict[str, list[tuple[int, Any]]] = {index: [] for index in _INDEXES}
    for person, (names, terms) in people:
        rows["people_fts"].append((person, " ".join(list_grams(names))))
        if terms:
            rows["fields_fts"].append((person, terms))
    for index, column in _INDEXES.items():
        connection.executemany(f"insert into {index} {values.format(index, column)}", rows[index])


def _configure(connection: sqlite3.Connection, **values: int) -> None:
    """Set options of both indexes."""
    for index in _INDEXES:
        for name, value in values.items():
            sql = f"insert into {index} ({index}, rank) values (?, ?)"
            connection.execute(sql, (name, value))
