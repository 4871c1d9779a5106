"""A sandbox with SerwerSMS alone that pushes to a desk, and a client of it."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.sandbox import PushSettings, Sandbox
from tui.sandbox.serwersms.emulator import SerwerSms


@pytest.fixture
def sandbox(clock: ManualClock, push: PushSettings) -> Sandbox:
    """Only SerwerSMS, always with the same chance, pushing to the desk."""
    return Sandbox(clock=clock, rng=random.Random(7), push=push, emulators=[SerwerSms])


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the sandbox without a socket."""
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox/serwersms"
    ) as client:
        yield client


@pytest.fixture
def call(client: httpx.AsyncClient) -> Callable[..., Awaitable[Any]]:
    """Calls an action with login and password in JSON; the answer's body, always HTTP 200."""

    async def call_action(action: str, **fields: object) -> Any:
        """One action."""
        body = {"username": "sandbox", "password": "sandbox-secret", **fields}
        answer = await client.post(f"/{action}.json", json=body)
        assert answer.status_code == 200
        return answer.json()

    return call_action
