"""The files of statements: each is named once, given what it uses, and known to the schema."""

import inspect
import re
import sqlite3

import pytest

from tui.store import migrations, queries

_SUBJECTS = sorted(file.stem for file in queries.SQL_FOLDER.glob("*.sql"))


@pytest.mark.parametrize("subject", _SUBJECTS)
def test_every_statement_has_a_name_of_its_own_and_is_given_the_values_it_uses(
    subject: str,
) -> None:
    found = queries.parse_queries(subject)
    assert len(found) == (queries.SQL_FOLDER / f"{subject}.sql").read_text().count("-- name:")
    for name, query in found.items():
        given = set(inspect.Signature.from_callable(query).parameters) - {"self", "conn"}
        assert given == set(re.findall(r":([a-z]\w*)", query.sql)), name


@pytest.mark.parametrize("subject", _SUBJECTS)
def test_every_statement_is_one_that_the_schema_knows(subject: str) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply_migrations(connection)
    for query in queries.parse_queries(subject).values():
        values = dict.fromkeys(re.findall(r":([a-z]\w*)", query.sql), 0)
        connection.execute(f"explain {query.sql}", values).fetchall()
    connection.close()
