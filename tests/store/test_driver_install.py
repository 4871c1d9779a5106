"""Test that a missing driver names the command for the way smsdesk was installed."""

import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tui.store.postgres import driver_install
from tui.store.postgres.driver_install import format_install_command, require_driver

PYTHON = Path("/opt/my venv/bin/python")


def test_the_requirement_is_that_of_the_extra() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    extra = project["project"]["optional-dependencies"]["postgres"]
    assert extra == [driver_install._REQUIREMENT]


def test_a_plain_environment_uses_its_own_pip(tmp_path: Path) -> None:
    command = format_install_command(tmp_path, PYTHON)
    assert shlex.split(command) == [
        *(str(PYTHON), "-m", "pip", "install"),
        "psycopg[binary]>=3.3,<4",
    ]


def test_pipx_injects_into_the_environment_of_its_name(tmp_path: Path) -> None:
    home = tmp_path / "venvs" / "smsdesk-old"
    home.mkdir(parents=True)
    (home / "pipx_metadata.json").touch()
    assert format_install_command(home, PYTHON).startswith("pipx inject smsdesk-old 'psycopg[")


@pytest.mark.parametrize(
    ("direct", "source"),
    [
        ('{"url": "file:///srv/my%20desk", "dir_info": {}}', "'/srv/my desk'"),
        ('{"url": "https://host.example/x.whl"}', "https://host.example/x.whl"),
        (None, "smsdesk"),
    ],
)
def test_uv_installs_the_tool_again_from_where_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, direct: str | None, source: str
) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            return direct

    (tmp_path / "uv-receipt.toml").touch()
    monkeypatch.setattr(driver_install, "distribution", lambda name: Installed())
    command = format_install_command(tmp_path, PYTHON)
    assert command == f"uv tool install --with 'psycopg[binary]>=3.3,<4' {source}"


def test_an_environment_without_pip_uses_uv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    command = format_install_command(tmp_path, Path("/x/python"))
    assert command == "uv pip install --python /x/python 'psycopg[binary]>=3.3,<4'"


def test_the_installed_driver_is_accepted() -> None:
    require_driver()


def test_an_old_driver_is_named_with_its_version(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("__version__ = '3.1.9'")
    code = "from tui.store.postgres.driver_install import require_driver as r; r()"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert "is too old (3.1.9): run" in ran.stderr
