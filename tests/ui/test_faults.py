"""Test that an error in the program ends the app with one line and shows no text of a customer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from textual.worker import WorkerFailed

from tests.ui.desk import NARROW, WIDE, Desk
from tests.ui.history import CHLOE
from tui.app import SmsDeskApp
from tui.screens.inbox import InboxScreen
from tui.served_app import Background
from tui.store.errors import CannotOpen

SECRET = "my PIN is 4711"
"""Text of a customer, in reach of every line that fails."""


class Broken(Exception):
    """Stand for a mistake in our own code."""


def read_error_output(app: SmsDeskApp) -> str:
    """Return what Textual would print after the screen is gone."""
    with app.error_console.capture() as captured:
        app._print_error_renderables()
    return captured.get()


@contextlib.asynccontextmanager
async def expect_failure(desk: Desk) -> AsyncIterator[None]:
    """Open the app and expect that `Broken` ends it without output."""
    with pytest.raises((Broken, WorkerFailed)):
        async with desk.open(WIDE):
            yield
            await desk.until(lambda: not desk.app.is_running, "the app has ended")
    assert isinstance(desk.app.failure, Broken)
    assert desk.app.return_code == 1
    assert SECRET not in read_error_output(desk.app)


async def test_an_error_while_applying_changes_is_reported_until_it_is_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(changes: object) -> None:
        text = SECRET
        raise Broken(text)

    monkeypatch.setattr("tui.app._LATER_RETRY_SECONDS", 0.01)
    async with desk.open(WIDE):
        with monkeypatch.context() as broken:
            broken.setattr(desk.inbox, "apply_changes", fail)
            await desk.events.receive_texts(CHLOE, SECRET)
            await desk.until(lambda: len(desk.app.handler_errors) > 3, "reported again")
            await desk.shows("may be missing here until the next change")
            assert SECRET not in desk.text()
        await desk.shows(SECRET)
        desk.app.handler_errors = []
    assert desk.app.failure is None


async def test_an_error_of_the_background_work_is_not_hidden(desk: Desk) -> None:
    @contextlib.asynccontextmanager
    async def service() -> AsyncIterator[None]:
        text = SECRET
        raise Broken(text)
        yield

    app = SmsDeskApp(desk.store, desk.app_context, service)
    with pytest.raises(Broken):
        async with app.run_test(size=NARROW):
            await desk.until(lambda: not app.is_running, "the app has ended")
    await app.end_background()
    assert isinstance(app.failure, Broken)
    assert SECRET not in read_error_output(app)


async def test_an_error_that_can_draw_itself_is_not_drawn(desk: Desk) -> None:
    class Drawn(Broken):
        def __rich__(self) -> str:
            return SECRET

    async def fail() -> None:
        raise Drawn

    async with expect_failure(desk):
        desk.app.run_worker(fail())


@pytest.mark.parametrize("error", [CannotOpen("no such file"), OSError("no network")])
async def test_background_work_that_cannot_start_is_reported(desk: Desk, error: Exception) -> None:
    @contextlib.asynccontextmanager
    async def service() -> AsyncIterator[None]:
        raise error
        yield

    await check_report(desk, service, f"Not connected: {error}")


async def test_an_inbox_that_serves_no_account_says_why(desk: Desk) -> None:
    @contextlib.asynccontextmanager
    async def service() -> AsyncIterator[str]:
        yield "au: api_secret is missing"

    await check_report(desk, service, "Not connected: au: api_secret is missing")


async def check_report(desk: Desk, service: Background, line: str) -> None:
    """Check that an inbox with such background work shows a line and goes on."""
    desk.app = SmsDeskApp(desk.store, desk.app_context, service)
    async with desk.app.run_test(size=NARROW):
        await desk.shows(line)
        assert desk.app.is_running
    await desk.app.end_background()
    assert desk.app.failure is None


async def test_the_background_work_starts_and_ends_with_the_app(desk: Desk) -> None:
    steps: list[str] = []

    @contextlib.asynccontextmanager
    async def service() -> AsyncIterator[None]:
        steps.append("begun")
        try:
            yield
        finally:
            await asyncio.sleep(0)
            steps.append("ended")

    app = SmsDeskApp(desk.store, desk.app_context, service)
    async with app.run_test(size=NARROW):
        await desk.until(lambda: steps == ["begun"])
    await app.end_background()
    assert steps == ["begun", "ended"]


async def test_a_failed_read_is_reported_and_changes_are_followed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = InboxScreen.apply_changes
    raised: list[CannotOpen] = []

    async def fail_once(inbox: InboxScreen, changes: object) -> None:
        if not raised:
            raised.append(CannotOpen("The disk is away"))
            raise raised[0]
        await apply(inbox, changes)  # type: ignore[arg-type]

    monkeypatch.setattr("tui.app._RETRY_SECONDS", 0.05)
    monkeypatch.setattr(InboxScreen, "apply_changes", fail_once)
    async with desk.open(WIDE):
        await desk.events.receive_texts(CHLOE, "first")
        await desk.shows("The disk is away")
        await desk.events.receive_texts(CHLOE, "second")
        await desk.shows("first", "second")
