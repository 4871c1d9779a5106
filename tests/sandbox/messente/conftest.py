"""Provide a sandbox with Messente alone that pushes to a listener, and a client of it."""

import random
from collections.abc import AsyncIterator

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.messente.emulator import Messente
from tui.sandbox.state import PushSettings, Sandbox


@pytest.fixture
def sandbox(clock: ManualClock, push: PushSettings) -> Sandbox:
    """Return a sandbox with Messente only and a fixed random seed."""
    return Sandbox(clock=clock, rng=random.Random(7), push=push, emulators=[Messente])


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client without a socket, with the credentials of the Omnichannel API."""
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox/messente", auth=("sandbox", "sandbox-secret")
    ) as client:
        yield client
