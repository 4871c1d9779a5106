"""A sandbox with SerwerSMS alone, a clock that stands still, a client of it and a desk."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.serwersms.emulator import SerwerSms
from tui.sandbox.world import PushSettings, Sandbox


@pytest.fixture
def clock() -> ManualClock:
    """4 March 2026, 9:00 in Warsaw, until moved."""
    return ManualClock()


@pytest.fixture
def pushed() -> list[httpx.Request]:
    """What the desk was sent, in order."""
    return []


@pytest.fixture
def answers() -> list[httpx.Response]:
    """How the desk answers the next pushes; afterwards always with `OK`."""
    return []


@pytest.fixture
def sandbox(
    clock: ManualClock, pushed: list[httpx.Request], answers: list[httpx.Response]
) -> Sandbox:
    """Only SerwerSMS, always with the same chance, pushing to the desk."""

    def desk(request: httpx.Request) -> httpx.Response:
        """Take one push."""
        pushed.append(request)
        return answers.pop(0) if answers else httpx.Response(200, text="OK\n")

    push = PushSettings(to="http://desk", transport=httpx.MockTransport(desk))
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
