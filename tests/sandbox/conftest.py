"""A sandbox with MessageMedia alone, a clock that stands still, and a client of it."""

import random
from collections.abc import AsyncIterator

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.messagemedia.emulator import MessageMedia
from tui.sandbox.world import Sandbox


@pytest.fixture
def clock() -> ManualClock:
    """4 March 2026, 08:00 UTC, until moved."""
    return ManualClock()


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
