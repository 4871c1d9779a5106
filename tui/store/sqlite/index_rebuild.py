"""Build the search index anew from all texts, after the terms have changed."""

import sqlite3
from collections.abc import Callable, Iterator

from tui.domain.text import join_texts

_ALL_TEXTS = "select id, subject, body from messages order by id"
_INSERT_TERMS = "insert into messages_fts (rowid, body) values (?, ?)"
_CONFIGURE = "insert into messages_fts (messages_fts, rank) values (?, ?)"
_ALL_NAMES = "select id, name, address, other_addresses, folded from conversations"
_SET_FOLDED = "update conversations set folded = ? where id = ?"
_TASK = "Updating the search index: {} messages"
_REPORT_EVERY = 10_000
_BULK_BYTES = 64 << 20
"""Terms that are kept in memory before they are written: few large parts need little merging."""
_USUAL_BYTES, _USUAL_PARTS = 1 << 20, 4
"""Defaults of FTS5."""


def rebuild_index(
    connection: sqlite3.Connection, report_progress: Callable[[str, int, int], None]
) -> None:
    """Index the texts of all messages and notes in an empty index, and fold all names again.

    Args:
        connection: sqlite3.Connection of the caller's transaction.
        report_progress: Called again and again with the task, the number of texts and the total.
    """
    total = connection.execute("select count(*) from messages").fetchone()[0]
    for name, value in (("automerge", 0), ("hashsize", _BULK_BYTES)):
        connection.execute(_CONFIGURE, (name, value))
    connection.executemany(_INSERT_TERMS, _read_terms(connection, total, report_progress))
    for name, value in (("automerge", _USUAL_PARTS), ("hashsize", _USUAL_BYTES)):
        connection.execute(_CONFIGURE, (name, value))
    _fold_names(connection)


def _read_terms(
    connection: sqlite3.Connection,
    total: int,
    report_progress: Callable[[str, int, int], None],
) -> Iterator[tuple[int, str]]:
    """Yield the id and the terms of every message."""
    from tui.domain.tokens import to_index_text

    rows = connection.execute(_ALL_TEXTS)
    for number, (identity, subject, body) in enumerate(rows):
        if number % _REPORT_EVERY == 0:
            report_progress(_TASK, number, total)
        yield identity, to_index_text(join_texts(subject, body))
    report_progress(_TASK, total, total)


def _fold_names(connection: sqlite3.Connection) -> None:
    """Bring the folded names up to date that the filter of the list looks through."""
    from tui.store.customer_addresses import fold_for_filter

    changed = [
        (folded, identity)
        for identity, name, address, others, old in connection.execute(_ALL_NAMES)
        if (folded := fold_for_filter(name, address, others)) != old
    ]
    connection.executemany(_SET_FOLDED, changed)
