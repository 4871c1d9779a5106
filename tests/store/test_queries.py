"""The files of statements: what they name, and what they are given."""

import re
import sqlite3
from pathlib import Path

import pytest

from tui.store import migrations, queries

_FILES = sorted(queries.FOLDER.glob("*.sql"))


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_every_statement_has_a_name_of_its_own_a_known_sign_and_the_values_it_uses(
    file: Path,
) -> None:
    text = file.read_text()
    found = list(queries.parse(text))
    assert len(found) == len({query.name for query in found}) == text.count("-- name:")
    for query in found:
        assert query.sign in queries.RUNNERS, query.name
        assert set(query.values) == set(re.findall(r":([a-z]\w*)", query.sql)), query.name


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_every_statement_is_one_that_the_schema_knows(file: Path) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.migrate(connection)
    for query in queries.parse(file.read_text()):
        connection.execute(f"explain {query.sql}", dict.fromkeys(query.values, 0)).fetchall()
    connection.close()


def test_remarks_belong_to_no_statement() -> None:
    one = "-- name: one(a, b)^\n-- why\nselect :a, :b;\n"
    text = f"-- of all\n\n{one}\n-- next\n-- name: two()\nselect 2;"
    assert list(queries.parse(text)) == [
        ("one", ("a", "b"), "^", "select :a, :b;"),
        ("two", (), "", "select 2;"),
    ]
