"""Run what the demo needs: sandbox, listener, service and the customers who write."""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator

from starlette.types import ASGIApp, Receive, Scope, Send

from tui.clock import Clock
from tui.demo.accounts import ACCOUNTS, AGENT, make_demo_settings, open_accounts
from tui.demo.sample_history import CUSTOMERS, WRITERS
from tui.desk.bulk_feeder import BulkFeeder
from tui.sandbox.app import create_app
from tui.sandbox.scenario import add_customers, play_scenario
from tui.sandbox.server import run_server
from tui.sandbox.state import Hook, PushSettings, Sandbox
from tui.startup.background import run_service
from tui.startup.rule_service import run_rules
from tui.startup.wiring import add_capabilities
from tui.store.store import Store
from tui.sync.backoff import PollPace
from tui.sync.context import discard_log
from tui.sync.heartbeat import announce_listener
from tui.sync.lease import ProcessIdentity
from tui.sync.listener import create_listener
from tui.sync.listener_server import run_listener

_PACE = PollPace(quick=1.0, idle=4.0)
"""Faster polling than on a real account, so that the demo reacts quickly."""
_LOCALHOST = "127.0.0.1"


class DeferredApp:
    """Forward requests to an application that is created after its address is known.

    The sandbox needs the listener's address, and the listener needs the accounts in the
    sandbox.
    """

    def __init__(self) -> None:
        """Create the forwarder without an application."""
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward a request; without an application it is ignored."""
        if self.app is not None:
            await self.app(scope, receive, send)


@contextlib.asynccontextmanager
async def run_demo_world(store: Store, clock: Clock, rng: random.Random) -> AsyncIterator[str]:
    """Run sandbox, listener, service and customers while the block runs.

    Args:
        store: Open store of the demo.
        clock: Source of the current time.
        rng: Source of randomness.

    Yields:
        The sandbox's address.
    """
    listener = DeferredApp()
    async with contextlib.AsyncExitStack() as stack:
        hooks = await stack.enter_async_context(run_listener(listener, _LOCALHOST, 0))
        sandbox = _create_sandbox(hooks, clock, rng)
        url = await stack.enter_async_context(run_server(create_app(sandbox)))
        accounts = open_accounts(url, clock)
        listener.app = create_listener(store, accounts, clock=clock)
        heartbeats = announce_listener(
            *(store, accounts, clock, rng, discard_log),
            identity=ProcessIdentity(AGENT, "desk"),
            host=os.uname().nodename,
            address=hooks,
        )
        await stack.enter_async_context(heartbeats)
        public = tuple(account.to_public_account() for account in accounts)
        feeder = BulkFeeder(store, clock, public, None)
        service = run_service(
            *(store, accounts, clock, rng),
            kind="desk",
            agent=AGENT,
            pace=_PACE,
            feed=feeder.run_round,
        )
        await stack.enter_async_context(service)
        preferences = add_capabilities(make_demo_settings(store.location, None))
        await stack.enter_async_context(run_rules(store, preferences, clock, rng, kind="desk"))
        await stack.enter_async_context(_run_customers(sandbox, clock, rng))
        yield url


def _create_sandbox(hooks: str, clock: Clock, rng: random.Random) -> Sandbox:
    """Create the emulated providers, which push to the listener at `hooks`."""
    push = PushSettings(base_url=hooks, hooks={a.provider: Hook(a.name) for a in ACCOUNTS})
    sandbox = Sandbox(clock=clock, rng=rng, push=push)
    add_customers(sandbox, CUSTOMERS)
    return sandbox


@contextlib.asynccontextmanager
async def _run_customers(sandbox: Sandbox, clock: Clock, rng: random.Random) -> AsyncIterator[None]:
    """Let customers write while the block runs."""
    task = asyncio.create_task(play_scenario(sandbox, rng, clock, WRITERS), name="customers")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
