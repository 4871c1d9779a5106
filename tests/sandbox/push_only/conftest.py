"""A sandbox of the two providers that only push, a client of it, and a desk that hears it."""

import random
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.app import create_app
from tui.sandbox.emulator import Emulator
from tui.sandbox.ledger import Ledger
from tui.sandbox.messageport.emulator import MessagePort
from tui.sandbox.sandbox import PushSettings, Sandbox
from tui.sandbox.smartswitch.emulator import SmartSwitch


class Desk:
    """A desk that hears pushes, answers them with its next status, and lets time pass."""

    def __init__(self) -> None:
        """Start in the morning of 4 March 2026, 08:00 UTC, with nothing heard."""
        self.clock = ManualClock()
        self.statuses: list[int] = []
        """Answers to the next pushes; 200 when there are none left."""
        self.heard: list[httpx.Request] = []
        push = PushSettings(base_url="http://desk", transport=httpx.MockTransport(self._answer))
        kinds: list[type[Emulator]] = [SmartSwitch, MessagePort]
        self.sandbox = Sandbox(clock=self.clock, rng=random.Random(7), push=push, emulators=kinds)

    @property
    def forms(self) -> list[dict[str, str]]:
        """The bodies heard so far, read as forms."""
        return [
            dict(parse_qsl(request.content.decode(), keep_blank_values=True))
            for request in self.heard
        ]

    def ledger(self, provider: str) -> Ledger:
        """The truth about a provider."""
        return self.sandbox.emulators[provider].ledger

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, and everything happen and be pushed that is due by then."""
        self.clock.advance(seconds)
        await self.sandbox.settle_all()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one push."""
        self.heard.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
def desk() -> Desk:
    """A desk beside a new sandbox."""
    return Desk()


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Calls the sandbox without a socket."""
    transport = httpx.ASGITransport(create_app(desk.sandbox))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield client
