"""A sandbox with Messente alone, a clock that stands still, a client of it and a desk."""

import random
from collections.abc import AsyncIterator

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.messente.emulator import Messente
from tui.sandbox.world import PushSettings, Sandbox


@pytest.fixture
def clock() -> ManualClock:
    """4 March 2026, 08:00 UTC, until moved."""
    return ManualClock()


@pytest.fixture
def pushed() -> list[httpx.Request]:
    """What the desk was sent, in order."""
    return []


@pytest.fixture
def answers() -> list[httpx.Response]:
    """How the desk answers the next pushes; afterwards always with 200."""
    return []


@pytest.fixture
def sandbox(
    clock: ManualClock, pushed: list[httpx.Request], answers: list[httpx.Response]
) -> Sandbox:
    """Only Messente, always with the same chance, pushing to the desk."""

    def desk(request: httpx.Request) -> httpx.Response:
        """Take one push."""
        pushed.append(request)
        return answers.pop(0) if answers else httpx.Response(200)

    push = PushSettings(to="http://desk", transport=httpx.MockTransport(desk))
    return Sandbox(clock=clock, rng=random.Random(7), push=push, emulators=[Messente])


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the sandbox without a socket, with the credentials of the Omnichannel API."""
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox/messente", auth=("sandbox", "sandbox-secret")
    ) as client:
        yield client
