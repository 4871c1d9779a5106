"""Provide a sandbox with SerwerSMS alone that pushes to a listener, and a client of it."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.serwersms.emulator import SerwerSms
from tui.sandbox.state import PushSettings, Sandbox


@pytest.fixture
def sandbox(clock: ManualClock, push: PushSettings) -> Sandbox:
    """Return a sandbox with SerwerSMS only and a fixed random seed."""
    return Sandbox(clock=clock, rng=random.Random(7), push=push, emulators=[SerwerSms])


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that calls the sandbox without a socket."""
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox/serwersms"
    ) as client:
        yield client


@pytest.fixture
def call(client: httpx.AsyncClient) -> Callable[..., Awaitable[Any]]:
    """Return a function that calls an action with credentials in JSON; HTTP is always 200."""

    async def call_action(action: str, **fields: object) -> Any:
        """Call one action."""
        body = {"username": "sandbox", "password": "sandbox-secret", **fields}
        answer = await client.post(f"/{action}.json", json=body)
        assert answer.status_code == 200
        return answer.json()

    return call_action
