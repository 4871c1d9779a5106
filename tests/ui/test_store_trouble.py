"""A store that cannot be read for a moment is said on the screen, and the desk goes on."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.events import MouseScrollUp

from tests.ui.desk import WIDE, Desk
from tests.ui.history import CHLOE
from tui.store.errors import StoreError

WORDS = "The database cannot be read just now"


def _fails(*args: object, **kwargs: object) -> Awaitable[Any]:
    """A read that the store refuses."""

    async def fail() -> None:
        raise StoreError(WORDS)

    return fail()


def _wheel(desk: Desk, widget_id: str) -> None:
    """Turn the wheel over a widget."""
    widget = desk.inbox.query_one(widget_id)
    event = MouseScrollUp(widget, 1, 1, 0, -1, 0, False, False, False)
    widget.post_message(event)


async def test_scrolling_back_in_a_conversation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in range(200):
        await desk.world.writes(CHLOE, f"text {text}")
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.shows("text 199")
        monkeypatch.setattr(desk.store.messages, "list_before", _fails)
        for _ in range(100):
            _wheel(desk, "#messages")
        await desk.shows(WORDS)
        read = len(desk.inbox.pane.message_view.messages)
        monkeypatch.undo()
        _wheel(desk, "#messages")
        await desk.until(lambda: len(desk.inbox.pane.message_view.messages) > read, "more was read")


async def test_a_dialog_that_reads_every_second(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(WIDE):
        monkeypatch.setattr(desk.store.accounts, "get_states", _fails)
        await desk.command("accounts")
        await desk.until(lambda: desk.inbox.keys.shown_status == WORDS, "said")
        monkeypatch.undo()
        await desk.shows("last answer")


@pytest.mark.parametrize("where", ["compose_locks.acquire_lock", "intents.queue_message"])
async def test_a_text_that_cannot_be_handed_over_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("hello")
        part, method = where.split(".")
        fails: Callable[..., Awaitable[Any]] = _fails
        monkeypatch.setattr(getattr(desk.store, part), method, fails)
        await desk.press("enter")
        await desk.shows(f"{WORDS}; your text is still here")
        assert desk.typed == "hello"
        monkeypatch.undo()
        await desk.press("enter")
        await desk.shows("queued")
