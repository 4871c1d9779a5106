"""Delete messages and conversations with everything that holds what is in them.

A new table with the id of a conversation or a message needs no change here: what the schema says
belongs to one is deleted with it. Where a table must stay, its name stands below.
"""

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tui.clock import Clock
from tui.domain.change import Subject
from tui.domain.text import join_texts
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.last_messages import reload_last_message
from tui.store.people import People
from tui.store.queries import queries
from tui.store.search_index import forget_text
from tui.store.summaries import Summaries, Summary

_OTHERWISE = frozenset({"conversations", "messages", "changes", "audit", "consent", "merges"})
"""Tables whose rows stay, or are deleted by statements of their own."""


def erase_messages(
    transaction: Transaction, summaries: Summaries, found: Sequence[Mapping[str, Any]]
) -> None:
    """Delete messages with their files, reports, mentions and quotes, and correct what counts them.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        found: Rows of `messages`.
    """
    sql, connection = queries("erasure"), transaction.connection
    sql.overwrite_deleted(connection)
    if not found:
        return
    touched = {row["conversation_id"]: summaries.get(row["conversation_id"]) for row in found}
    ids = [{"id": row["id"]} for row in found]
    places = [{"id": row["id"], "conversation_id": row["conversation_id"]} for row in found]
    for row in found:
        forget_text(connection, row["id"], join_texts(row["subject"], row["body"]))
        transaction.mark_changed(Subject.MESSAGE, row["id"], row["conversation_id"])
    sql.blank_audit_of_message(connection, places)
    sql.unlink_consent(
        connection,
        [
            {"id": row["id"], "party": touched[row["conversation_id"]]["party"]}
            for row in found
            if row["direction"] == "in"
        ],
    )
    for table in _list_tables(connection, "message_id", without="conversation_id"):
        connection.executemany(f"delete from {table} where message_id = :id", ids)
    sql.drop_mentions(connection, ids)
    sql.drop_message(connection, ids)
    for summary in touched.values():
        _count_again(connection, summary)


def _count_again(connection: Connection, summary: Summary) -> None:
    """Correct what the list shows of a conversation after some of its messages were deleted."""
    place = {"conversation_id": summary["id"]}
    facts: Any = queries("merges").facts(connection, **place)
    summary.update(suspected=facts["suspected"] or 0, failed=facts["failed"])
    reload_last_message(connection, summary)
    texts = queries("erasure").count_texts(connection, **place)
    summary["unread"] = min(summary["unread"], texts)
    if summary["unanswered_since"] is not None:
        summary["unanswered_since"] = queries("messages").unanswered_since(connection, **place)


def erase_conversation(transaction: Transaction, summaries: Summaries, summary: Summary) -> None:
    """Delete a conversation without messages, with its drafts, labels, markers and numbers.

    Args:
        transaction: Transaction of the caller.
        summaries: Conversation summaries of the same transaction.
        summary: Summary of the conversation.
    """
    connection, identity = transaction.connection, summary["id"]
    queries("erasure").overwrite_deleted(connection)
    queries("messages").defer_keys(connection)
    queries("erasure").blank_audit(connection, conversation_id=identity)
    for table in _list_tables(connection, "conversation_id"):
        connection.execute(f"delete from {table} where conversation_id = :id", {"id": identity})
    transaction.mark_changed(Subject.DRAFT, identity, identity)
    summaries.remove(identity)


def erase_numbers(connection: Connection, parties: Collection[str], now: int) -> None:
    """Take numbers from their contacts; one without a number left is erased with its fields.

    Args:
        connection: Connection of the caller's transaction.
        parties: Conversation keys of the numbers.
        now: Current time in ms UTC.
    """
    people = People(connection, parties)
    for owner in sorted({people.find_owner(party) for party in parties}):
        if (person := people.get(owner)) is not None:
            left = tuple(number for number in person.numbers if number not in parties)
            people.put(replace(person, numbers=left), now)
    people.flush()


def list_party_tables(connection: Connection) -> list[str]:
    """Return the tables with rows of a customer that belong to no conversation."""
    return _list_tables(connection, "party", without="conversation_id")


def _list_tables(connection: Connection, column: str, *, without: str = "") -> list[str]:
    """Return the tables that have a column, apart from those that are treated otherwise.

    Args:
        connection: Connection of the caller's transaction.
        column: Name of the column.
        without: Column that they do not have; empty for any.
    """
    columns: dict[str, set[str]] = {}
    for row in queries("erasure").columns_with_ids(connection):
        columns.setdefault(row["table_name"], set()).add(row["column_name"])
    return [
        table
        for table, names in columns.items()
        if column in names and without not in names and table not in _OTHERWISE
    ]


def drop_merge_records(connection: Connection, merges: Iterable[Mapping[str, Any]]) -> None:
    """Delete the records of merges, which hold how conversations were before.

    Args:
        connection: Connection of the caller's transaction.
        merges: Rows with `id` and `gone_id`.
    """
    sql = queries("erasure")
    for row in merges:
        sql.drop_merged_drafts(connection, old_id=row["gone_id"])
        sql.drop_merge(connection, id=row["id"])


class Scrubbing:
    """Overwriting what an erasure leaves in the free space of a database."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the scrubbing of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("erasure")

    async def is_wanted(self) -> bool:
        """Return whether something was erased that is not overwritten yet."""
        return bool(await self._database.read(self._sql.newest_waiting_erasure))

    async def run(self) -> bool:
        """Overwrite it if that is wanted; return whether nothing is left to overwrite.

        Only the process that moves the log of a file into it may do this.
        """
        upto = await self._database.read(self._sql.newest_waiting_erasure)
        if not upto:
            return True
        if not await self._database.scrub():
            return False
        finish = functools.partial(self._sql.finish_erasures, upto=upto, now=self._clock.now())
        await self._database.write(lambda t: finish(t.connection))
        return True
