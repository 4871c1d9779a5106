"""Test that a failed read of the store is shown on the screen, and that the app goes on."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.events import MouseScrollUp

from tests.ui.desk import WIDE, Desk
from tests.ui.history import CHLOE
from tui.store.errors import StoreError

ERROR = "The database cannot be read just now"


def _fail_read(*args: object, **kwargs: object) -> Awaitable[Any]:
    """Fail as a store that cannot be read."""

    async def fail() -> None:
        raise StoreError(ERROR)

    return fail()


def _scroll_up(desk: Desk, widget_id: str) -> None:
    """Turn the mouse wheel over a widget."""
    widget = desk.inbox.query_one(widget_id)
    event = MouseScrollUp(widget, 1, 1, 0, -1, 0, False, False, False)
    widget.post_message(event)


async def test_scrolling_back_continues_after_a_failed_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in range(200):
        await desk.events.receive_texts(CHLOE, f"text {text}")
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.shows("text 199")
        monkeypatch.setattr(desk.store.messages, "list_before", _fail_read)
        for _ in range(100):
            _scroll_up(desk, "#messages")
        await desk.shows(ERROR)
        read = len(desk.inbox.pane.message_view.messages)
        monkeypatch.undo()
        _scroll_up(desk, "#messages")
        await desk.until(lambda: len(desk.inbox.pane.message_view.messages) > read, "more was read")


async def test_a_dialog_that_reads_every_second_continues_after_a_failure(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(WIDE):
        monkeypatch.setattr(desk.store.accounts, "get_states", _fail_read)
        await desk.command("accounts")
        await desk.until(lambda: desk.inbox.keys.shown_status == ERROR, "said")
        monkeypatch.undo()
        await desk.shows("checked")


@pytest.mark.parametrize("where", ["compose_locks.acquire_lock", "intents.queue_message"])
async def test_a_text_that_cannot_be_queued_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("hello")
        part, method = where.split(".")
        fails: Callable[..., Awaitable[Any]] = _fail_read
        monkeypatch.setattr(getattr(desk.store, part), method, fails)
        await desk.press("enter")
        await desk.shows(f"{ERROR}; your text is still here")
        assert desk.typed == "hello"
        monkeypatch.undo()
        await desk.press("enter")
        await desk.shows("queued")
