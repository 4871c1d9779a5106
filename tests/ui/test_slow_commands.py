"""Test what is typed behind a command that is slow to open its text field, or does not."""

import sqlite3
import threading
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.ui.desk import WIDE, Desk
from tests.ui.history import CHLOE, EventWriter
from tests.ui.test_keyboard import equals, read_draft, run_inbox
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.desk.key_guard import PAUSE_SECONDS
from tui.domain.conversation import State
from tui.store.errors import StoreError

ERROR = "The database is locked"


class Locked:
    """Lock a database for some seconds, as a backup or a slow disk does."""

    def __init__(self, path: Path, seconds: float) -> None:
        """Lock it at once.

        Args:
            path: File of the database.
            seconds: Time until it is unlocked.
        """
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("BEGIN EXCLUSIVE" if seconds else "BEGIN")
        self._timer = threading.Timer(seconds, self._unlock)
        self._timer.start()

    def _unlock(self) -> None:
        """End the transaction."""
        self._connection.execute("ROLLBACK")
        self._connection.close()

    def wait(self) -> None:
        """Wait until it is unlocked."""
        self._timer.join()


@pytest.mark.parametrize("apart", [0.02, 0.3])
async def test_characters_behind_a_slow_reply_wait_for_the_composer(
    tmp_path: Path, open_store: OpenStore, apart: float
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        store = await open_store(path)
        locked = Locked(path, 2.5)
        desk.type(b"r")
        for character in b"answer":
            time.sleep(apart)
            desk.type(bytes([character]))
        locked.wait()
        await wait_until(lambda: equals(read_draft(store), "answer"), what="typed into the reply")
        chloe = await EventWriter(store, ManualClock(), "reader").conversation(CHLOE)
        assert (chloe.state, chloe.assignee, chloe.starred) == (State.OPEN, "", False)


def _fail(*args: object, **kwargs: object) -> Awaitable[Any]:
    """Fail as a database that stays locked."""

    async def fail() -> None:
        raise StoreError(ERROR)

    return fail()


@pytest.mark.parametrize(
    ("keys", "method"),
    [
        (("r",), "drafts.get_draft"),
        (("i",), "compose_locks.acquire_lock"),
        (("p",), "agents.list_names"),
        (("f2",), "compose_locks.acquire_lock"),
        (("a",), "agents.list_names"),
        (("l",), "conversations.list_labels"),
        (("T",), "compose_locks.acquire_lock"),
    ],
)
async def test_characters_behind_a_command_that_fails_are_dropped_with_a_word(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], method: str
) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        part, name = method.split(".")
        monkeypatch.setattr(getattr(desk.store, part), name, _fail)
        if method == "drafts.get_draft":
            monkeypatch.setattr(desk.store.compose_locks, "acquire_lock", _fail)
        await desk.press(*keys)
        monkeypatch.undo()
        for character in "answer es":
            desk.clock.advance(PAUSE_SECONDS * 0.9)
            await desk.press("space" if character == " " else character)
        await desk.shows(f"Not typed (Esc: keys act again): {ERROR}")
        assert desk.app.screen is desk.inbox
        chloe = await desk.thread(CHLOE)
        assert (chloe.state, chloe.assignee, chloe.starred) == (State.OPEN, "", False)


async def test_characters_behind_a_reply_to_no_conversation_are_dropped(empty_desk: Desk) -> None:
    async with empty_desk.open(WIDE):
        await empty_desk.press(*"rccc")
        await empty_desk.shows("Not typed (Esc: keys act again): Open a conversation first")
        assert empty_desk.app.screen is empty_desk.inbox


async def test_a_key_pressed_before_the_refusal_does_not_shorten_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)

        async def fail_late(*args: object, **kwargs: object) -> str:
            desk.send_keys("a")
            desk.clock.advance(PAUSE_SECONDS + 1)
            raise StoreError(ERROR)

        monkeypatch.setattr(desk.store.compose_locks, "acquire_lock", fail_late)
        await desk.press("r")
        desk.clock.advance(PAUSE_SECONDS / 2)
        await desk.press("s")
        await desk.shows("Not typed")
        assert not (await desk.thread(CHLOE)).starred


@pytest.mark.parametrize("key", ["down", "f1", "ctrl+k", "pageup"])
async def test_a_key_of_no_text_acts_at_once_after_a_refusal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        monkeypatch.setattr(desk.store.compose_locks, "acquire_lock", _fail)
        await desk.press("r")
        monkeypatch.undo()
        await desk.press("x", key)
        assert not desk.inbox.key_guard.is_active(desk.clock.monotonic())
        assert (desk.app.screen is desk.inbox) == (key not in ("f1", "ctrl+k"))
