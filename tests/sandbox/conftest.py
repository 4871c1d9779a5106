"""A sandbox with MessageMedia alone, a client of it, and a desk to push to."""

import random
from collections.abc import AsyncIterator

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.messagemedia.emulator import MessageMedia
from tui.sandbox.sandbox import PushSettings, Sandbox


@pytest.fixture
def pushed() -> list[httpx.Request]:
    """What the desk was sent, in order."""
    return []


@pytest.fixture
def answers() -> list[httpx.Response]:
    """How the desk answers the next pushes; afterwards always with `OK`."""
    return []


@pytest.fixture
def push(pushed: list[httpx.Request], answers: list[httpx.Response]) -> PushSettings:
    """How to push to the desk."""

    def desk(request: httpx.Request) -> httpx.Response:
        """Take one push."""
        pushed.append(request)
        return answers.pop(0) if answers else httpx.Response(200, text="OK\n")

    return PushSettings(base_url="http://desk", transport=httpx.MockTransport(desk))


@pytest.fixture
def sandbox(clock: ManualClock) -> Sandbox:
    """Only MessageMedia, always with the same chance."""
    return Sandbox(clock=clock, rng=random.Random(7), emulators=[MessageMedia])


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the sandbox without a socket, as the sandbox's account."""
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox", auth=("sandbox", "sandbox-secret")
    ) as client:
        yield client
