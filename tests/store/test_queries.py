"""Test the SQL files: unique names, all values given, valid for the schema, equal overlays."""

import re
import sqlite3

import pytest

from tui.store import queries
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection

_COMMON = [("", file.stem) for file in sorted(queries.SQL_FOLDER.glob("*.sql"))]
_OVERLAYS = [
    (dialect, file.stem)
    for dialect in queries.DIALECTS
    for file in sorted((queries.SQL_FOLDER / dialect).glob("*.sql"))
]
EACH_FILE = pytest.mark.parametrize(("dialect", "subject"), [*_COMMON, *_OVERLAYS])


def _find_values(sql: str) -> set[str]:
    """Return the names of the values in a statement."""
    return set(re.findall(r"(?<!:):([a-z]\w*)", sql))


@EACH_FILE
def test_every_statement_has_a_unique_name_and_gets_its_values(dialect: str, subject: str) -> None:
    found = queries.parse_statements(subject, dialect)
    text = (queries.SQL_FOLDER / dialect / f"{subject}.sql").read_text()
    assert len(found) == text.count("-- name:")
    for name, statement in found.items():
        given, used = set(statement.parameters), _find_values(statement.sql)
        # An engine may not need all that another one does.
        assert used <= given if dialect else used == given, name


def test_no_statement_is_common_and_differs() -> None:
    for _, subject in _OVERLAYS:
        common = queries.parse_statements(subject) if ("", subject) in _COMMON else {}
        assert not common.keys() & queries.parse_statements(subject, "sqlite").keys()


@pytest.mark.parametrize("subject", sorted({subject for _, subject in _OVERLAYS}))
def test_both_engines_have_the_same_statements(subject: str) -> None:
    first, second = (queries.parse_statements(subject, name) for name in queries.DIALECTS)
    assert {(n, s.parameters, s.returns) for n, s in first.items()} == {
        (n, s.parameters, s.returns) for n, s in second.items()
    }


@pytest.mark.parametrize(
    ("dialect", "subject"), [*_COMMON, *(one for one in _OVERLAYS if one[0] == "sqlite")]
)
def test_every_statement_is_valid_for_the_schema(dialect: str, subject: str) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=FileConnection)
    migrations.apply_migrations(connection)
    for statement in queries.parse_statements(subject, dialect).values():
        values = dict.fromkeys(statement.parameters, 0)
        connection.execute(f"explain {statement.sql}", values).fetchall()
    connection.close()
