"""Test that no query scans a big table, because an inbox grows for years."""

import re
import sqlite3
from collections.abc import Iterator

import pytest

from tui.store.queries import SQL_FOLDER, parse_statements, queries
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection

BIG = ("messages", "conversations", "events", "attachments", "changes", "audit", "contacts")
FILES = [("", file.stem) for file in sorted(SQL_FOLDER.glob("*.sql"))]
FILES += [("sqlite", file.stem) for file in sorted((SQL_FOLDER / "sqlite").glob("*.sql"))]


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Return a database with only the schema."""
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=FileConnection)
    migrations.apply_migrations(connection)
    yield connection
    connection.close()


@pytest.mark.parametrize(("dialect", "subject"), FILES)
def test_no_query_reads_a_big_table_without_an_index(
    connection: sqlite3.Connection, dialect: str, subject: str
) -> None:
    slow = []
    for name, (sql, *_) in parse_statements(subject, dialect).items():
        values = {value: 1 for value in re.findall(r":(\w+)", sql)}
        names = {alias: table for table, alias in re.findall(r"\b(\w+) (\w)\b", sql)}
        for *_, step in connection.execute(f"explain query plan {sql}", values):
            if found := re.fullmatch(r"SCAN (\w+)", step):
                slow.append((name, names.get(found[1], found[1])))
    assert not [one for one in slow if one[1] in BIG]


def test_accounts_that_agents_look_at_are_found_from_the_few_rows_of_presence(
    connection: sqlite3.Connection,
) -> None:
    sql = queries("desk").watched.args[0]
    plan = [
        row[-1]
        for row in connection.execute(f"explain query plan {sql}", {"since": 1, "latest": 2})
    ]
    assert plan[:2] == ["SCAN p", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"]


def test_due_conversations_are_found_without_a_scan_of_snoozed_ones(
    connection: sqlite3.Connection,
) -> None:
    sql = queries("conversations").due.args[0]
    (plan,) = connection.execute(f"explain query plan {sql}", {"now": 1})
    assert plan[-1].endswith("USING INDEX conversations_due (snoozed_until<?)")


@pytest.mark.parametrize("name", ["came_in_after", "arrived_after", "first_late_text"])
def test_what_arrived_late_is_found_without_reading_the_conversation(
    connection: sqlite3.Connection, name: str
) -> None:
    sql = getattr(queries("messages"), name).args[0]
    values = {value: 1 for value in re.findall(r":(\w+)", sql)}
    steps = [row[-1] for row in connection.execute(f"explain query plan {sql}", values)]
    by_arrival = "INDEX messages_by_arrival (conversation_id=? AND arrival>?)"
    assert any(step.endswith(by_arrival) for step in steps)
    assert not any(step.endswith("(conversation_id=? AND id<?)") for step in steps)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        (
            "reply_slots",
            "COVERING INDEX messages_by_direction (direction=? AND account=? AND at>?)",
        ),
        ("last_reply", "COVERING INDEX messages_by_direction (direction=? AND account=?)"),
        (
            "newest_sent",
            "INDEX messages_by_direction (direction=? AND account=? AND at>? AND at<?)",
        ),
        ("stuck", "INDEX messages_pending (account=? AND at>? AND at<?)"),
    ],
)
def test_alarms_look_only_at_the_last_messages_of_one_account(
    connection: sqlite3.Connection, name: str, index: str
) -> None:
    sql = getattr(queries("account_watch"), name).args[0]
    values = {value: 1 for value in re.findall(r":(\w+)", sql)}
    steps = [row[-1] for row in connection.execute(f"explain query plan {sql}", values)]
    searches = [step for step in steps if "messages" in step]
    assert searches and all(step.endswith(index) for step in searches)


def test_no_other_query_is_led_astray_by_the_index_for_alarms(
    connection: sqlite3.Connection,
) -> None:
    users = set()
    for dialect, subject in FILES:
        for name, (sql, *_) in parse_statements(subject, dialect).items():
            values = {value: 1 for value in re.findall(r":(\w+)", sql)}
            plan = connection.execute(f"explain query plan {sql}", values).fetchall()
            if any("messages_by_direction" in row[-1] for row in plan):
                users.add(name)
    assert users == {"reply_slots", "last_reply", "newest_sent", "known_accounts"}


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("queues", "SCAN messages USING INDEX messages_outbox"),
        ("uncertain", "SCAN messages USING INDEX messages_uncertain"),
        ("held", "SEARCH arrivals USING INDEX arrivals_by_state (state=?)"),
    ],
)
def test_figures_for_operators_read_only_what_waits(
    connection: sqlite3.Connection, name: str, step: str
) -> None:
    sql = getattr(queries("monitoring"), name).args[0]
    plan = connection.execute(f"explain query plan {sql}", {"now": 1}).fetchall()
    assert [row[-1] for row in plan if "SCAN" in row[-1] or "SEARCH" in row[-1]] == [step]
