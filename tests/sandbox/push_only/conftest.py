"""Provide a sandbox of the two push-only providers, a client of it, and a push receiver."""

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
from tui.sandbox.smartswitch.emulator import SmartSwitch
from tui.sandbox.state import PushSettings, Sandbox


class Receiver:
    """Receive pushes, answer them with the next status, and let time pass."""

    def __init__(self) -> None:
        """Start on 4 March 2026, 08:00 UTC, with no push received."""
        self.clock = ManualClock()
        self.statuses: list[int] = []
        """Answers to the next pushes; 200 when there are none left."""
        self.received: list[httpx.Request] = []
        push = PushSettings(base_url="http://desk", transport=httpx.MockTransport(self._answer))
        kinds: list[type[Emulator]] = [SmartSwitch, MessagePort]
        self.sandbox = Sandbox(clock=self.clock, rng=random.Random(7), push=push, emulators=kinds)

    @property
    def forms(self) -> list[dict[str, str]]:
        """Return the received bodies, parsed as forms."""
        return [
            dict(parse_qsl(request.content.decode(), keep_blank_values=True))
            for request in self.received
        ]

    def get_ledger(self, provider: str) -> Ledger:
        """Return the ledger of a provider."""
        return self.sandbox.emulators[provider].ledger

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, with all events and pushes that are due by then."""
        self.clock.advance(seconds)
        await self.sandbox.settle_all()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one push."""
        self.received.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
def receiver() -> Receiver:
    """Return a receiver beside a new sandbox."""
    return Receiver()


@pytest.fixture
async def client(receiver: Receiver) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that calls the sandbox without a socket."""
    transport = httpx.ASGITransport(create_app(receiver.sandbox))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield client
