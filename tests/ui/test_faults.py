"""When something of ours is broken: one line without anything a customer wrote, never a picture."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from textual.worker import WorkerFailed

from tests.ui.desk import NARROW, WIDE, Desk
from tests.ui.history import CHLOE
from tui import handlers
from tui.app import SmsDeskApp
from tui.screens.inbox import InboxScreen
from tui.startup.background import BackgroundStartError
from tui.store.errors import CannotOpen

SECRET = "my PIN is 4711"
"""What a customer wrote, in reach of every broken line."""


class Broken(Exception):
    """Stands for a mistake in our own code."""


def left_on_the_terminal(app: SmsDeskApp) -> str:
    """What Textual would print after the screen is gone."""
    with app.error_console.capture() as captured:
        app._print_error_renderables()
    return captured.get()


@contextlib.asynccontextmanager
async def broken(desk: Desk) -> AsyncIterator[None]:
    """A desk that is expected to end by `Broken`, quietly."""
    with pytest.raises((Broken, WorkerFailed)):
        async with desk.open(WIDE):
            yield
            await desk.until(lambda: not desk.app.is_running, "the app has ended")
    assert isinstance(desk.app.failure, Broken)
    assert desk.app.return_code == 1
    assert SECRET not in left_on_the_terminal(desk.app)


async def test_a_fault_in_a_command_ends_the_app_without_a_traceback(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(inbox: InboxScreen) -> None:
        text = SECRET
        raise Broken(text)

    monkeypatch.setitem(handlers.HANDLERS, "star", fail)
    async with broken(desk):
        await desk.press("s")


async def test_a_fault_while_taking_in_news_is_not_hidden(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(changes: object) -> None:
        text = SECRET
        raise Broken(text)

    async with broken(desk):
        monkeypatch.setattr(desk.inbox, "apply_changes", fail)
        await desk.world.writes(CHLOE, SECRET)


async def test_a_fault_of_the_service_behind_the_screen_is_not_hidden(desk: Desk) -> None:
    @contextlib.asynccontextmanager
    async def service() -> AsyncIterator[None]:
        text = SECRET
        raise Broken(text)
        yield

    app = SmsDeskApp(desk.store, desk.seat, service)
    with pytest.raises(Broken):
        async with app.run_test(size=NARROW):
            await desk.until(lambda: not app.is_running, "the app has ended")
    await app.end_background()
    assert isinstance(app.failure, Broken)
    assert SECRET not in left_on_the_terminal(app)


async def test_an_error_that_can_draw_itself_is_not_drawn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Drawn(Broken):
        def __rich__(self) -> str:
            return SECRET

    async def fail(inbox: InboxScreen) -> None:
        raise Drawn

    monkeypatch.setitem(handlers.HANDLERS, "star", fail)
    async with broken(desk):
        await desk.press("s")


@pytest.mark.parametrize(
    "error",
    [BackgroundStartError("no such account"), CannotOpen("no such file"), OSError("no network")],
)
async def test_a_service_that_cannot_begin_is_told_and_the_desk_stays(
    desk: Desk, error: Exception
) -> None:
    @contextlib.asynccontextmanager
    async def service() -> AsyncIterator[None]:
        raise error
        yield

    desk.app = SmsDeskApp(desk.store, desk.seat, service)
    async with desk.app.run_test(size=NARROW):
        await desk.shows(f"Not connected: {error}")
        assert desk.app.is_running
    await desk.app.end_background()
    assert desk.app.failure is None


async def test_the_service_runs_while_the_desk_is_open_and_ends_with_it(desk: Desk) -> None:
    steps: list[str] = []

    @contextlib.asynccontextmanager
    async def service() -> AsyncIterator[None]:
        steps.append("begun")
        try:
            yield
        finally:
            await asyncio.sleep(0)
            steps.append("ended")

    app = SmsDeskApp(desk.store, desk.seat, service)
    async with app.run_test(size=NARROW):
        await desk.until(lambda: steps == ["begun"])
    await app.end_background()
    assert steps == ["begun", "ended"]


async def test_a_store_that_cannot_be_read_for_a_moment_is_told_and_followed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = InboxScreen.apply_changes
    told: list[CannotOpen] = []

    async def once(inbox: InboxScreen, changes: object) -> None:
        if not told:
            told.append(CannotOpen("The disk is away"))
            raise told[0]
        await apply(inbox, changes)  # type: ignore[arg-type]

    monkeypatch.setattr("tui.app._RETRY_SECONDS", 0.05)
    monkeypatch.setattr(InboxScreen, "apply_changes", once)
    async with desk.open(WIDE):
        await desk.world.writes(CHLOE, "first")
        await desk.shows("The disk is away")
        await desk.world.writes(CHLOE, "second")
        await desk.shows("first", "second")
