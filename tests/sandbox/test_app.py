"""Test that the application starts quickly and imports only what it needs."""

import subprocess
import sys

import httpx
import pytest

from tui.sandbox.state import EMULATORS, load_emulator

PROBE = """
import sys
from tui.sandbox.app import create_app
create_app()
print(sorted(name for name in ("httpx", "textual", "aiosqlite", "uvicorn") if name in sys.modules))
"""


def test_a_sandbox_without_pushes_imports_no_http_client_screen_or_server() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", EMULATORS)
def test_every_registered_emulator_is_mounted_under_its_name(path: str) -> None:
    assert load_emulator(path).name in path


async def test_an_unknown_mount_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/unknown/v1/messages")).status_code == 404
