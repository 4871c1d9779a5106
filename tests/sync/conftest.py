"""A desk on a sandbox: store, provider and sandbox share one clock that stands still."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from tui.clock import Clock, ManualClock
from tui.domain.message import Message, NewMessage
from tui.providers.messagemedia import MessageMedia
from tui.sandbox.app import create_app
from tui.sandbox.messagemedia.emulator import MessageMedia as Emulator
from tui.sandbox.sandbox import Sandbox
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncContext

Connect = Callable[..., MessageMedia]
Queue = Callable[..., Awaitable[Message]]


@pytest.fixture
def sandbox(clock: ManualClock) -> Sandbox:
    """MessageMedia alone, always with the same chance."""
    return Sandbox(clock=clock, rng=random.Random(7), emulators=[Emulator])


@pytest.fixture
def connect(sandbox: Sandbox, clock: ManualClock) -> Connect:
    """Makes a new client of the sandbox."""
    transport = httpx.ASGITransport(create_app(sandbox))

    def make(
        base_url: str = "http://box", clock: Clock = clock, real: bool = False
    ) -> MessageMedia:
        """A client; with `real`, over a socket."""
        return MessageMedia(
            base_url=f"{base_url}/messagemedia",
            api_key="sandbox",
            api_secret="sandbox-secret",
            clock=clock,
            transport=None if real else transport,
        )

    return make


@pytest.fixture
async def account(connect: Connect) -> AsyncIterator[ServedAccount]:
    """The sandbox's account."""
    provider = connect()
    yield ServedAccount("mm", provider)
    await provider.aclose()


@pytest.fixture
def hands(store: Store, clock: ManualClock) -> SyncContext:
    """What the parts of sync work with."""
    return SyncContext(store, clock, random.Random(3))


@pytest.fixture
def queue(store: Store) -> Queue:
    """Queues a message as an agent does."""

    async def put(
        to: str = "+61491570156", body: str = "hello", account: str = "mm", **more: object
    ) -> Message:
        new = NewMessage(to=to, body=body, account=account, agent="ann", **more)  # type: ignore[arg-type]
        return await store.intents.queue_message(new)

    return put
