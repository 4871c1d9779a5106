"""A home of its own for every test: no setting of the machine is ever read."""

from pathlib import Path

import pytest


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with nothing but a home and a user."""
    return {"HOME": str(tmp_path), "LOGNAME": "mia"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where the settings file is looked for; its directory exists, it does not."""
    path = tmp_path / ".config" / "smsdesk" / "config.toml"
    path.parent.mkdir(parents=True)
    return path
