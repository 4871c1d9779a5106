"""Test the SQL files: unique names, all values given, and valid for the schema."""

import inspect
import re
import sqlite3

import pytest

from tui.store import migrations, queries

_SUBJECTS = sorted(file.stem for file in queries.SQL_FOLDER.glob("*.sql"))


@pytest.mark.parametrize("subject", _SUBJECTS)
def test_every_statement_has_a_unique_name_and_gets_its_values(
    subject: str,
) -> None:
    found = queries.parse_queries(subject)
    assert len(found) == (queries.SQL_FOLDER / f"{subject}.sql").read_text().count("-- name:")
    for name, query in found.items():
        given = set(inspect.Signature.from_callable(query).parameters) - {"self", "conn"}
        assert given == set(re.findall(r":([a-z]\w*)", query.sql)), name


@pytest.mark.parametrize("subject", _SUBJECTS)
def test_every_statement_is_valid_for_the_schema(subject: str) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply_migrations(connection)
    for query in queries.parse_queries(subject).values():
        values = dict.fromkeys(re.findall(r":([a-z]\w*)", query.sql), 0)
        connection.execute(f"explain {query.sql}", values).fetchall()
    connection.close()
