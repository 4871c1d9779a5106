"""Provide five synced accounts on the sandbox over a real socket, with an empty inbox."""

import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.demo.accounts import ACCOUNTS, find_account, open_accounts
from tui.demo.world import DeferredApp
from tui.domain.message import Direction, Message, NewMessage
from tui.domain.phone import parse_address
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.sandbox.app import create_app
from tui.sandbox.server import run_server
from tui.sandbox.state import Hook, PushSettings, Sandbox
from tui.startup.background import run_service
from tui.startup.wiring import create_consent_judge
from tui.store.store import Store
from tui.sync.backoff import PollPace
from tui.sync.listener import create_listener
from tui.sync.listener_server import run_listener

_PACE = PollPace(quick=0.05, idle=0.2)
_HANDSETS = 0.05
"""Factor by which the handsets are faster than real ones."""


@record
class Scenario:
    """Hold what a test needs: the inbox and the simulated outside world."""

    store: Store
    http: httpx.AsyncClient

    async def queue_message(self, provider: str, to: str, text: str, **more: object) -> Message:
        """Queue a message as an agent does."""
        account = find_account(provider).name
        new = NewMessage(to=to, body=text, account=account, agent="mia", **more)  # type: ignore[arg-type]
        return await self.store.intents.queue_message(new)

    async def wait_for_status(self, message: Message, *wanted: Status) -> Message:
        """Return the message as soon as it has one of these statuses."""

        async def find_message() -> Message | None:
            """Return the message if it has one of these statuses."""
            now = await self.store.messages.get(message.id)
            return now if now is not None and now.status in wanted else None

        found = await wait_until(find_message, 60, f"{message.account} {wanted}")
        assert found is not None
        return found

    async def list_texts(self, party: str) -> list[str]:
        """Return what this customer has written, as the conversation shows it."""
        conversation = await self.store.conversations.find_by_address(parse_address(party))
        if conversation is None:
            return []
        lines = await self.store.messages.list_after(conversation.id, 0, 100)
        return [line.body for line in lines if line.direction is Direction.IN]

    async def post_control(self, what: str, **body: object) -> None:
        """Call one of the sandbox's controls."""
        answer = await self.http.post(f"/_sandbox/{what}", json=body)
        assert answer.status_code < 300, answer.text

    async def fetch_accepted(self, provider: str) -> list[dict[str, str]]:
        """Return what the provider has accepted."""
        state = (await self.http.get("/_sandbox/state")).json()
        accepted: list[dict[str, str]] = state[provider]["accepted"]
        return accepted


@pytest.fixture
async def scenario(tmp_path: Path) -> AsyncIterator[Scenario]:
    """Return an inbox whose accounts are synced."""
    clock, rng = SystemClock(), random.Random(3)
    async with contextlib.AsyncExitStack() as stack:
        store = Store(
            tmp_path / "inbox.db",
            clock=clock,
            rng=rng,
            owner="story",
            classify=create_consent_judge({}),
        )
        await stack.enter_async_context(store)
        door = DeferredApp()
        hooks = await stack.enter_async_context(run_listener(door, "127.0.0.1", 0))
        push = PushSettings(base_url=hooks, hooks={a.provider: Hook(a.name) for a in ACCOUNTS})
        sandbox = Sandbox(clock=clock, rng=rng, pace=_HANDSETS, push=push)
        url = await stack.enter_async_context(run_server(create_app(sandbox)))
        accounts = open_accounts(url, clock)
        door.app = create_listener(store, accounts)
        service = run_service(store, accounts, clock, rng, kind="service", agent="s", pace=_PACE)
        await stack.enter_async_context(service)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url))
        yield Scenario(store, http)
