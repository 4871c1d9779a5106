"""Test that no query scans a big table, because an inbox grows for years."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.store import migrations
from tui.store.queries import queries

SQL = Path(migrations.__file__).parent / "sql"
BIG = ("messages", "conversations", "events", "attachments", "changes", "audit", "contacts")
FILES = sorted(path.stem for path in SQL.glob("*.sql"))


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Return a database with only the schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply_migrations(connection)
    yield connection
    connection.close()


@pytest.mark.parametrize("subject", FILES)
def test_no_query_reads_a_big_table_without_an_index(
    connection: sqlite3.Connection, subject: str
) -> None:
    slow = []
    for name, query in vars(queries(subject)).items():
        sql = query.args[0]
        values = {value: 1 for value in re.findall(r":(\w+)", sql)}
        names = {alias: table for table, alias in re.findall(r"\b(\w+) (\w)\b", sql)}
        for *_, step in connection.execute(f"explain query plan {sql}", values):
            if found := re.fullmatch(r"SCAN (\w+)", step):
                slow.append((name, names.get(found[1], found[1])))
    assert not [one for one in slow if one[1] in BIG]


def test_due_conversations_are_found_without_a_scan_of_snoozed_ones(
    connection: sqlite3.Connection,
) -> None:
    sql = queries("conversations").due.args[0]
    (plan,) = connection.execute(f"explain query plan {sql}", {"now": 1})
    assert plan[-1].endswith("USING INDEX conversations_due (snoozed_until<?)")
