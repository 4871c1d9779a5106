"""The application starts quickly and without what it does not need."""

import subprocess
import sys

import httpx
import pytest

from tui.sandbox.sandbox import EMULATORS, load_emulator

PROBE = """
import sys
from tui.sandbox.app import create_app
create_app()
print(sorted(name for name in ("httpx", "textual", "aiosqlite", "uvicorn") if name in sys.modules))
"""


def test_a_sandbox_without_pushes_needs_no_http_client_no_screen_and_no_server() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", EMULATORS)
def test_every_registered_emulator_is_there_under_its_name(path: str) -> None:
    assert load_emulator(path).name in path


async def test_an_unknown_mount_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nobody/v1/messages")).status_code == 404
