"""Provide a home directory per test: no setting of the machine is ever read."""

from pathlib import Path

import pytest


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with only a home and a user."""
    return {"HOME": str(tmp_path), "LOGNAME": "mia"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return the path of the settings file; its directory exists, the file does not."""
    path = tmp_path / ".config" / "smsdesk" / "config.toml"
    path.parent.mkdir(parents=True)
    return path
