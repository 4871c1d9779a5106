"""Test that an error of a handler is shown and logged, and that the app goes on."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input

from tests.ui.desk import WIDE, Desk
from tests.ui.history import CHLOE
from tui.domain.conversation import State
from tui.handlers import HANDLERS, load_handlers
from tui.screens.history import HistoryScreen
from tui.screens.inbox import InboxScreen
from tui.screens.key_help import HelpScreen
from tui.screens.pick import PickScreen
from tui.store.audit import AuditEntry
from tui.store.errors import StoreError

load_handlers()  # so that those of a test are not taken for second ones

SECRET = "what a customer wrote"


class Failure(Exception):
    """An error that no code of ours expects."""


async def _fail(*args: Any, **kwargs: Any) -> None:
    """Fail in a handler."""
    raise Failure(SECRET)


def _fail_now(*args: Any, **kwargs: Any) -> None:
    """Fail in a handler that is no coroutine."""
    raise Failure(SECRET)


async def _check_goes_on(desk: Desk, log: Path) -> None:
    """Check that the error is shown and logged, and that the next keys act."""
    await desk.until(lambda: "An error in smsdesk" in desk.inbox.keys.shown_status, "shown")
    assert SECRET not in desk.inbox.keys.shown_status
    entry = json.loads(log.read_text("utf-8").splitlines()[0])
    assert "Traceback" in entry["exception"]
    assert [type(error) for error in desk.app.handler_errors] == [Failure]
    desk.app.handler_errors = []
    await desk.press("escape", "escape")
    await desk.open_thread(CHLOE)
    await desk.press("e")
    await desk.until(lambda: _is_closed(desk), "the next key acts")


async def _is_closed(desk: Desk) -> bool:
    """Return whether Chloe's conversation is closed."""
    return (await desk.thread(CHLOE)).state is State.CLOSED


async def test_a_command_that_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(HANDLERS, "star", _fail)
    async with desk.open(WIDE, log_file=tmp_path / "log"):
        await desk.press("s")
        await _check_goes_on(desk, tmp_path / "log")


async def test_a_command_of_the_composer_that_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(HANDLERS, "sender", _fail)
    async with desk.open(WIDE, log_file=tmp_path / "log"):
        await desk.press("r", "f7")
        await _check_goes_on(desk, tmp_path / "log")


@pytest.mark.parametrize("screen", [InboxScreen, HistoryScreen])
async def test_an_update_that_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, screen: type[Screen[object]]
) -> None:
    async with desk.open(WIDE, log_file=tmp_path / "log"):
        await desk.press("H")
        await desk.shows("History of Chloe Martin")
        with monkeypatch.context() as broken:
            broken.setattr(screen, "apply_changes", _fail)
            await desk.events.receive_texts(CHLOE, "Is this shown?")
            await desk.until(lambda: len(desk.app.handler_errors) == 1, "the update failed")
        await _check_goes_on(desk, tmp_path / "log")
        await desk.shows("Is this shown?")


async def test_a_dialog_that_is_closed_while_it_is_updated(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(WIDE):
        is_reading, may_read = asyncio.Event(), asyncio.Event()
        read = desk.store.triage.get_audit_trail

        async def read_later(conversation_id: int) -> list[AuditEntry]:
            is_reading.set()
            await may_read.wait()
            return await read(conversation_id)

        await desk.press("H")
        await desk.shows("History of Chloe Martin")
        monkeypatch.setattr(desk.store.triage, "get_audit_trail", read_later)
        await desk.events.receive_texts(CHLOE, "Hello?")
        await is_reading.wait()
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.inbox, "closed")
        may_read.set()
        await desk.events.receive_texts(CHLOE, "Are you there?")
        await desk.shows("Are you there?")
        assert desk.app.handler_errors == []


@pytest.mark.parametrize("name", ["compose", "on_mount"])
async def test_a_dialog_that_cannot_be_built_is_closed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(HelpScreen, name, _fail_now, raising=False)
    async with desk.open(WIDE, log_file=tmp_path / "log"):
        await desk.press("question_mark")
        await desk.until(lambda: desk.app.screen is desk.inbox, "closed")
        await _check_goes_on(desk, tmp_path / "log")


async def test_a_key_handler_of_a_widget_of_textual_that_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Input, "_on_key", _fail)
    async with desk.open(WIDE, log_file=tmp_path / "log"):
        await desk.press("l", "x")
        await desk.until(lambda: bool(desk.app.handler_errors), "failed")
        monkeypatch.undo()
        await _check_goes_on(desk, tmp_path / "log")


async def test_an_action_of_a_widget_of_textual_that_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Input, "action_cursor_left", _fail_now)
    async with desk.open(WIDE, log_file=tmp_path / "log"):
        await desk.press("l", "left")
        await _check_goes_on(desk, tmp_path / "log")


async def test_a_binding_of_a_dialog_that_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(PickScreen, "action_move", _fail, raising=False)
    async with desk.open(WIDE, log_file=tmp_path / "log"):
        await desk.press("l", "down")
        await _check_goes_on(desk, tmp_path / "log")


async def test_a_store_that_fails_says_what_it_means(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*args: Any) -> None:
        raise StoreError("The disk is full: nothing was stored; make room")

    monkeypatch.setattr(HelpScreen, "on_mount", fail, raising=False)
    async with desk.open(WIDE):
        await desk.press("question_mark")
        await desk.until(
            lambda: desk.inbox.keys.shown_status.startswith("The disk is full"), "shown"
        )
        assert desk.app.handler_errors == []


@pytest.mark.parametrize("failure", [Failure(SECRET), StoreError("The disk is full: see there")])
async def test_what_is_done_with_the_answer_of_a_dialog_and_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: Exception
) -> None:
    async def fail(*args: Any, **kwargs: Any) -> None:
        raise failure

    async with desk.open(WIDE, log_file=tmp_path / "log"):
        await desk.open_thread(CHLOE)
        monkeypatch.setattr(desk.inbox.actions.consent, "record_opt_out", fail)
        await desk.command("consent")
        await desk.type("by phone")
        await desk.press("enter")
        if isinstance(failure, Failure):
            await _check_goes_on(desk, tmp_path / "log")
        else:
            await desk.shows("The disk is full")
            assert desk.app.handler_errors == []


async def test_an_app_that_fails_again_and_again_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HANDLERS, "star", _fail)
    with pytest.raises(Failure):
        async with desk.open(WIDE):
            for _ in range(25):
                if desk.app.is_running:
                    await desk.press("s")
            desk.app.handler_errors = []
            assert not desk.app.is_running
