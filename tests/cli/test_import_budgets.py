"""Test that each command imports only as much as it needs, as `python -X importtime` lists it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli.arguments import COMMANDS

OURS = {
    **{"help": 45, "completion": 45, "inbox": 55, "sandbox": 55, "threads": 55, "messages": 62},
    **{"search": 72, "held": 64, "statistics": 62, "backup": 56, "restore": 64, "canned": 62},
    **{"import": 102, "follow": 126, "hooks": 126, "export": 130, "prune": 130, "forget": 130},
    **{"evidence": 130, "verify": 132, "send": 136, "bulk": 136, "views": 142, "teams": 142},
    **{"agents": 142, "demo": 142, "rules": 152, "doctor": 154, "contacts": 158, "sync": 186},
}
"""Most modules of ours that a command may import before it does anything; others: `ACTING`."""
ACTING = 154
"""The same for the commands that act on a conversation."""
HEAVY = frozenset(
    {"aiosqlite", "click", "httpx", "phonenumbers", "platformdirs", "psycopg", "pydantic"}
    | {"pydantic_settings", "pygments", "rich", "starlette", "textual", "uvicorn"}
)
"""Libraries whose import takes longer than a whole command of a script."""
ALLOWED = {
    "demo": {"starlette"},
    "sandbox": {"click", "starlette", "uvicorn"},
    "sync": {"click", "httpx", "starlette", "uvicorn"},
}
LIST_COMMANDS = ("help", "completion", "inbox", "threads", "messages", "search")
"""Commands that answer without an event loop."""


def list_imports(module: str, home: Path) -> list[str]:
    """Return what a fresh Python imports for the module of a command, in order."""
    code = f"from tui.cli import command_line, parse_arguments; import tui.cli.{module}"
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        env={
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line for line in ran.stderr.splitlines() if line.startswith("import time:"))
    return [line.rpartition("|")[2].strip() for line in lines]


@pytest.mark.parametrize("command", ["inbox", *COMMANDS])
def test_a_command_imports_no_more_than_it_needs(command: str, tmp_path: Path) -> None:
    module = COMMANDS[command][0] if command in COMMANDS else command
    imported = list_imports(module, tmp_path)
    ours = [name for name in imported if name.partition(".")[0] == "tui"]
    assert len(ours) <= OURS.get(command, ACTING)
    heavy = {name.partition(".")[0] for name in imported} & HEAVY
    assert heavy <= ALLOWED.get(command, set())
    if command in LIST_COMMANDS:
        assert "asyncio" not in imported
