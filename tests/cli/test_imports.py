"""Test that a short command does not import modules it does not use."""

import subprocess
import sys
from pathlib import Path

import pytest

from tui import __version__

HEAVY = {
    "aiosqlite",
    "asyncio",
    "httpx",
    "phonenumbers",
    "platformdirs",
    "pydantic",
    "pydantic_settings",
    "starlette",
    "textual",
    "typer",
    "uvicorn",
}
SHOW = "import sys; print('\\n'.join(sys.modules), file=sys.stderr)"


def list_imports(code: str, home: Path) -> set[str]:
    """Return the modules that a fresh Python has imported after this code."""
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\n{SHOW}"],
        env={"HOME": str(home), "LOGNAME": "mia", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ran.stderr.split())


def test_the_version_is_printed_with_few_imports(tmp_path: Path) -> None:
    modules = list_imports("from tui.cli import main; assert main(['--version']) == 0", tmp_path)
    assert {name for name in modules if name.startswith("tui")} == {"tui", "tui.cli"}
    assert not modules & (HEAVY | {"argparse", "json", "logging"})


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    from tui.cli import main

    assert main(["--version"]) == 0
    assert main(["-V"]) == 0
    assert capsys.readouterr().out == f"smsdesk {__version__}\n" * 2


@pytest.mark.parametrize(
    "line", ["threads", "messages N", "search Q", "send --to N --text T", "help keys"]
)
def test_a_commands_arguments_are_read_without_heavy_imports(line: str, tmp_path: Path) -> None:
    parse = f"parse_arguments.parse_arguments({line.split()!r})"
    modules = list_imports(f"from tui.cli import command_line, parse_arguments; {parse}", tmp_path)
    assert "tui.cli.arguments" in modules
    assert not modules & HEAVY


def test_unchanged_settings_are_read_without_heavy_imports(tmp_path: Path) -> None:
    read = (
        "import os\nfrom tui.settings.cache import read_preferences\nread_preferences(os.environ)"
    )
    assert "pydantic_settings" in list_imports(read, tmp_path)
    assert not list_imports(read, tmp_path) & HEAVY


def test_a_page_of_the_documentation_is_shown_without_heavy_imports(tmp_path: Path) -> None:
    modules = list_imports("from tui.cli import main; assert main(['help', 'keys']) == 0", tmp_path)
    assert "tui.cli.markdown" in modules
    assert not modules & (HEAVY | {"argcomplete", "rich"})
