"""The demo's own world: sandbox, listener, service and the customers who write."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

from starlette.types import ASGIApp, Receive, Scope, Send

from tui.clock import Clock
from tui.demo.accounts import ACCOUNTS, AGENT, served
from tui.demo.people import CUSTOMERS, WRITERS
from tui.sandbox.app import create_app
from tui.sandbox.scenario import move_in, play
from tui.sandbox.server import running
from tui.sandbox.world import Hook, PushSettings, Sandbox
from tui.serving import serving
from tui.store.store import Store
from tui.sync.backoff import Pace
from tui.sync.listener import create_listener
from tui.sync.server import listening

_PACE = Pace(quick=1.0, idle=4.0)
_LOCALHOST = "127.0.0.1"


class Door:
    """Stands for an application that cannot be made before its address is known."""

    def __init__(self) -> None:
        """Nothing is behind it yet."""
        self.behind: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if self.behind is not None:
            await self.behind(scope, receive, send)


@contextlib.asynccontextmanager
async def living(store: Store, clock: Clock, rng: random.Random) -> AsyncIterator[str]:
    """The demo's world for the time of the block; yields the sandbox's address."""
    door = Door()
    async with contextlib.AsyncExitStack() as stack:
        hooks = await stack.enter_async_context(listening(door, _LOCALHOST, 0))
        sandbox = _sandbox(hooks, clock, rng)
        url = await stack.enter_async_context(running(create_app(sandbox)))
        accounts = served(url, clock)
        door.behind = create_listener(store, accounts)
        service = serving(store, accounts, clock, rng, kind="desk", agent=AGENT, pace=_PACE)
        await stack.enter_async_context(service)
        await stack.enter_async_context(_playing(sandbox, clock, rng))
        yield url


def _sandbox(hooks: str, clock: Clock, rng: random.Random) -> Sandbox:
    """The providers, which push to the listener at `hooks`."""
    push = PushSettings(to=hooks, hooks={a.provider: Hook(a.name) for a in ACCOUNTS})
    sandbox = Sandbox(clock=clock, rng=rng, push=push)
    move_in(sandbox, CUSTOMERS)
    return sandbox


@contextlib.asynccontextmanager
async def _playing(sandbox: Sandbox, clock: Clock, rng: random.Random) -> AsyncIterator[None]:
    """Customers write for the time of the block."""
    task = asyncio.create_task(play(sandbox, rng, clock, WRITERS), name="customers")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
