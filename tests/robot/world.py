"""The world around the robot's windows: providers, customers who write, and a colleague."""

import contextlib
import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.ui.terminal import ROOT
from tui.clock import HOUR, Clock, SystemClock
from tui.domain.message import NewMessage
from tui.domain.phone import parse_address
from tui.sandbox.app import create_app
from tui.sandbox.ledger import AcceptedMessage
from tui.sandbox.server import run_server
from tui.sandbox.state import Sandbox
from tui.store.store import Store

AGENT = "mia"
COLLEAGUE = "tom"
CUSTOMERS = tuple(f"+614915701{place:02}" for place in range(10, 22))
_OWN_NUMBER = "+61491570157"
_GRACE_SECONDS = "1.5"
"""Short, so that texts go out while the robot works."""
_ACCOUNT = "SMSDESK_ACCOUNTS__AU__"


def make_environment(home: Path, url: str) -> dict[str, str]:
    """Return the environment of a window: a plain SSH session with one account.

    Args:
        home: Home directory of the agent, with the inbox.
        url: Address of the sandbox.
    """
    kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "LOGNAME": AGENT,
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "EDITOR": "true",
        "SMSDESK_DATABASE": str(home / "inbox.db"),
        "SMSDESK_AGENT": AGENT,
        "SMSDESK_QUIET_HOURS": "off",
        "SMSDESK_GRACE_SECONDS": _GRACE_SECONDS,
        "SMSDESK_POLL_MIN_SECONDS": "0.3",
        "SMSDESK_POLL_MAX_SECONDS": "0.5",
        f"{_ACCOUNT}PROVIDER": "messagemedia",
        f"{_ACCOUNT}API_KEY": "sandbox",
        f"{_ACCOUNT}API_SECRET": "sandbox-secret",
        f"{_ACCOUNT}BASE_URL": f"{url}/messagemedia",
        f"{_ACCOUNT}SENDERS": _OWN_NUMBER,
    }


@dataclass(frozen=True, slots=True)
class World:
    """Everything that acts on the inbox besides the robot."""

    home: Path
    environ: dict[str, str]
    store: Store
    clock: Clock
    rng: random.Random
    _sandbox: Sandbox
    _http: httpx.AsyncClient

    @property
    def accepted(self) -> list[AcceptedMessage]:
        """Return every message that the provider has accepted."""
        return list(self._sandbox.emulators["messagemedia"].ledger.accepted.values())

    async def write_as_customer(self, number: str, text: str) -> None:
        """Let a customer write.

        Args:
            number: Number of the customer, E.164.
            text: What the customer writes.
        """
        body = {"provider": "messagemedia", "from": number, "to": _OWN_NUMBER, "text": text}
        answer = await self._http.post("/_sandbox/inbound", json=body)
        assert answer.status_code < 300, answer.text

    async def disturb(self) -> str:
        """Let a customer write or the colleague act, and return what happened."""
        number = self.rng.choice(CUSTOMERS)
        if self.rng.random() < 0.4:
            await self.write_as_customer(number, f"Question {self.rng.randrange(10_000)}")
            return f"{number} writes"
        conversation = await self.store.conversations.find_by_address(parse_address(number))
        if conversation is None:
            return "nothing"
        return await self._act_as_colleague(conversation.id, number)

    async def _act_as_colleague(self, conversation_id: int, number: str) -> str:
        """Let the colleague do something with a conversation, and return what."""
        triage, ids = self.store.triage, [conversation_id]
        action = self.rng.choice(
            ("close", "close", "reopen", "assign", "unassign", "take", "snooze", "star", "label",
             "reply", "lock", "unlock")
        )  # fmt: skip
        match action:
            case "close":
                await triage.close_conversations(ids, COLLEAGUE)
            case "reopen":
                await triage.reopen_conversations(ids, COLLEAGUE)
            case "assign":
                await triage.assign_conversations(ids, COLLEAGUE, AGENT)
            case "unassign":
                await triage.assign_conversations(ids, COLLEAGUE, "")
            case "take":
                await triage.assign_conversations(ids, COLLEAGUE, COLLEAGUE)
            case "snooze":
                until = self.clock.now() + HOUR
                await triage.snooze_conversations(ids, COLLEAGUE, until)
            case "star":
                await triage.set_star(ids, COLLEAGUE, self.rng.random() < 0.5)
            case "label":
                await triage.set_label(ids, COLLEAGUE, "billing", self.rng.random() < 0.5)
            case "reply":
                body = f"Answer of a colleague {self.rng.randrange(10_000)}"
                new = NewMessage(to=number, body=body, account="au", agent=COLLEAGUE)
                await self.store.intents.queue_message(new)
            case "lock":
                await self.store.compose_locks.acquire_lock(conversation_id, COLLEAGUE)
            case "unlock":
                await self.store.compose_locks.release_all_locks()
        return f"{COLLEAGUE}: {action} {number}"


@contextlib.asynccontextmanager
async def open_world(home: Path, seed: int) -> AsyncIterator[World]:
    """Run a provider and open the inbox, with a text of every customer on its way.

    Args:
        home: Directory for everything.
        seed: Makes everything by chance the same again.
    """
    clock, rng = SystemClock(), random.Random(seed)
    async with contextlib.AsyncExitStack() as stack:
        sandbox = Sandbox(clock=clock, rng=random.Random(seed), pace=0.05)
        url = await stack.enter_async_context(run_server(create_app(sandbox)))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url))
        database = home / "inbox.db"
        store = Store(database, clock=clock, rng=rng, owner=COLLEAGUE)
        await stack.enter_async_context(store)
        world = World(home, make_environment(home, url), store, clock, rng, sandbox, http)
        for number in CUSTOMERS:
            await world.write_as_customer(number, f"Hello from {number}")
        yield world
