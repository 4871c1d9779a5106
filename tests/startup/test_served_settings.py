"""Test that an inbox gets the settings of its service without what validates them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.settings.load import load_settings
from tui.startup.served_settings import make_served_settings

_ACCOUNT = """
public_url = "https://desk.example.com"
poll_max_seconds = 44
opt_out_words = {au = ["halt"]}

[accounts.au]
provider = "messagemedia"
api_key = "the-key"
api_secret = "the-secret"
hook_secret = "q7Rk2mXw9ZtB"
region = "AU"
"""
_LOAD = """
import json, os, sys
from pathlib import Path
from tui.settings.errors import SettingsError
from tui.startup.served_settings import load_served_settings
from tui.startup.wiring import open_clients
from tui.clock import SystemClock
try:
    found = load_served_settings(os.environ, Path(sys.argv[1]))
    opened = open_clients(found.clients, found.preferences, SystemClock())
    text = repr([str(found.preferences), [(str(one), one.options) for one in found.clients]])
except SettingsError as error:
    text = repr(error.lines)
print(json.dumps([text, [name for name in sys.modules if "pydantic" in name]]))
"""


def load_as_an_inbox(folder: Path, file: Path, python: str = "") -> tuple[str, list[str]]:
    """Return what a new process has loaded as text, and what it imported to validate it.

    Args:
        folder: Home directory.
        file: Settings file.
        python: Program that the process takes for Python; empty for the real one.
    """
    replaced = f"import sys; sys.executable = {python!r}\n" if python else ""
    ran = subprocess.run(
        [sys.executable, "-c", replaced + _LOAD, str(file)],
        env={
            "HOME": str(folder),
            "LOGNAME": "bo",
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    text, imported = json.loads(ran.stdout)
    return text, imported


def test_an_inbox_gets_the_settings_without_importing_what_validates_them(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(_ACCOUNT)
    text, imported = load_as_an_inbox(tmp_path, file)
    environ = {"HOME": str(tmp_path), "LOGNAME": "bo"}
    made = make_served_settings(load_settings(environ, file), environ)
    clients = [(str(one), one.options) for one in made.clients]
    assert text == repr([str(made.preferences), clients])
    assert "the-secret" in text
    assert "the-secret" not in str(made)
    assert imported == []


def test_settings_that_are_not_valid_are_reported_as_they_stand_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(_ACCOUNT.replace("44", "-1"))
    text, imported = load_as_an_inbox(tmp_path, file)
    assert "poll_max_seconds" in text
    assert imported == []


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/missing/python"])
def test_settings_are_read_where_no_other_process_can_be_run(tmp_path: Path, program: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(_ACCOUNT)
    text, imported = load_as_an_inbox(tmp_path, file, program)
    assert text == load_as_an_inbox(tmp_path, file)[0]
    assert "pydantic" in imported
