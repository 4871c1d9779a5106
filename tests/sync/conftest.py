"""Provide store, provider and sandbox that share one clock that stands still."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from tui.clock import Clock, ManualClock
from tui.domain.message import Message, NewMessage
from tui.providers.messagemedia import MessageMedia
from tui.sandbox.app import create_app
from tui.sandbox.messagemedia.emulator import MessageMedia as Emulator
from tui.sandbox.state import Sandbox
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncContext

Connect = Callable[..., MessageMedia]
Queue = Callable[..., Awaitable[Message]]


@pytest.fixture
def sandbox(clock: ManualClock) -> Sandbox:
    """Return a sandbox with MessageMedia only and a fixed random seed."""
    return Sandbox(clock=clock, rng=random.Random(7), emulators=[Emulator])


@pytest.fixture
def connect(sandbox: Sandbox, clock: ManualClock) -> Connect:
    """Return a function that creates a client of the sandbox."""
    transport = httpx.ASGITransport(create_app(sandbox))

    def create_client(
        base_url: str = "http://box", clock: Clock = clock, real: bool = False
    ) -> MessageMedia:
        """Create a client; with `real`, over a socket."""
        return MessageMedia(
            base_url=f"{base_url}/messagemedia",
            api_key="sandbox",
            api_secret="sandbox-secret",
            clock=clock,
            transport=None if real else transport,
        )

    return create_client


@pytest.fixture
async def account(connect: Connect) -> AsyncIterator[ServedAccount]:
    """Return the sandbox's account."""
    provider = connect()
    yield ServedAccount("mm", provider)
    await provider.aclose()


@pytest.fixture
def context(store: Store, clock: ManualClock) -> SyncContext:
    """Return the context that the parts of sync share."""
    return SyncContext(store, clock, random.Random(3))


@pytest.fixture
def queue(store: Store) -> Queue:
    """Return a function that queues a message as an agent does."""

    async def queue_message(
        to: str = "+61491570156", body: str = "hello", account: str = "mm", **more: object
    ) -> Message:
        new = NewMessage(to=to, body=body, account=account, agent="ann", **more)  # type: ignore[arg-type]
        return await store.intents.queue_message(new)

    return queue_message
