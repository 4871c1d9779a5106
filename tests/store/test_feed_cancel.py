"""Test that a watch can be cancelled at the moment of a write."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from tui.store.sqlite.log_watch import open_log_watch


@pytest.mark.parametrize("turns", range(6))
async def test_a_cancellation_during_a_write_still_cancels(tmp_path: Path, turns: int) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"")
    watching = open_log_watch(str(path))
    waiting = asyncio.create_task(watching.wait_for_write(5.0))
    await asyncio.sleep(0)
    path.write_bytes(b"more")
    for _ in range(turns):
        await asyncio.sleep(0)
    in_time = waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    watching.close()
    assert waiting.cancelled() is in_time
