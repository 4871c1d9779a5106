"""Provide a sandbox with MessageMedia alone, a client of it, and a push listener."""

import random
from collections.abc import AsyncIterator

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.messagemedia.emulator import MessageMedia
from tui.sandbox.state import PushSettings, Sandbox


@pytest.fixture
def pushed() -> list[httpx.Request]:
    """Return the list of requests that the listener received, in order."""
    return []


@pytest.fixture
def answers() -> list[httpx.Response]:
    """Return the statuses with which the listener answers next; then it answers `OK`."""
    return []


@pytest.fixture
def push(pushed: list[httpx.Request], answers: list[httpx.Response]) -> PushSettings:
    """Return the settings for pushes to the listener."""

    def accept_push(request: httpx.Request) -> httpx.Response:
        """Record one push."""
        pushed.append(request)
        return answers.pop(0) if answers else httpx.Response(200, text="OK\n")

    return PushSettings(base_url="http://desk", transport=httpx.MockTransport(accept_push))


@pytest.fixture
def sandbox(clock: ManualClock) -> Sandbox:
    """Return a sandbox with MessageMedia only and a fixed random seed."""
    return Sandbox(clock=clock, rng=random.Random(7), emulators=[MessageMedia])


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that calls the sandbox without a socket, with its credentials."""
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox", auth=("sandbox", "sandbox-secret")
    ) as client:
        yield client
