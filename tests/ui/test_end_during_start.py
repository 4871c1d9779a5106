"""Test that the inbox ends in order at any moment of its start."""

import asyncio

import pytest

from tests.ui.desk import Desk
from tui.app import SmsDeskApp
from tui.terminal.modes import MODES


@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_an_end_before_the_first_picture_is_no_error(desk: Desk, turns: int) -> None:
    app = SmsDeskApp(desk.store, desk.app_context)
    running = asyncio.create_task(app.run_async(headless=True, size=(80, 24)))
    while not app.is_running:
        await asyncio.sleep(0)
    for _ in range(turns):
        await asyncio.sleep(0)
    app.exit()
    await asyncio.wait_for(running, 20)
    assert app.failure is None
    assert app.handler_errors == []


@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_a_signal_that_cancels_the_start_is_no_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    app = SmsDeskApp(desk.store, desk.app_context)
    running = asyncio.create_task(app.run_async(headless=True, size=(80, 24)))
    while not app.is_running:
        await asyncio.sleep(0)
    for _ in range(turns):
        await asyncio.sleep(0)
    monkeypatch.setattr(MODES, "is_ending", True)
    running.cancel()
    await asyncio.wait([running], timeout=20)
    assert app.failure is None
    assert app.handler_errors == []
