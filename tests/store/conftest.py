"""Run the tests of the store on each engine."""

from pathlib import Path

import pytest

from tui.domain.database import Database


@pytest.fixture
def home(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Database:
    """Return where the inbox of this test is stored."""
    if engine_name == "postgres":
        inbox: Database = request.getfixturevalue("database_server").get_empty_inbox()
        return inbox
    return tmp_path / "inbox.db"
