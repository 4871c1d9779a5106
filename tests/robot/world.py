"""The world around the robot's windows: providers, customers who write, and a colleague."""

import contextlib
import os
import random
from collections.abc import AsyncIterator
from dataclasses import field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx

from tests.ui.terminal import ROOT
from tui.clock import HOUR, Clock, SystemClock
from tui.domain.message import NewMessage
from tui.domain.phone import parse_address
from tui.domain.record_type import record
from tui.domain.templates import CannedReply
from tui.sandbox.app import create_app
from tui.sandbox.faults import Fault
from tui.sandbox.handset import Stage
from tui.sandbox.ledger import AcceptedMessage
from tui.sandbox.server import run_server
from tui.sandbox.state import Sandbox
from tui.store.store import Store

AGENT = "mia"
COLLEAGUE = "tom"
CUSTOMERS = tuple(f"+614915701{place:02}" for place in range(10, 22))
CANNED_REPLY = "Regards"
COLLEAGUE_ANSWER = "Answer of a colleague"
_OWN_NUMBER = "+61491570157"
_GRACE_SECONDS = "1.5"
"""Short, so that texts go out while the robot works."""
_ACCOUNT = "SMSDESK_ACCOUNTS__AU__"
_PROVIDER = "messagemedia"
_FAULTS = (
    Fault.HTTP_500, Fault.DROP_AFTER_ACCEPT, Fault.DROP_AFTER_ACCEPT, Fault.MALFORMED_JSON,
    Fault.REFUSE, Fault.SLOW,
)  # fmt: skip
_FAULTY_REQUESTS = 8
"""More than the polls within the time in which a text is held."""


def _describe_quiet_hours() -> str:
    """Return quiet hours for which it is night at the customers now."""
    hour = datetime.now(ZoneInfo("Australia/Sydney")).hour
    return f"{(hour - 6) % 24}-{(hour + 6) % 24}"


def make_environment(home: Path, url: str, *, quiet: bool) -> dict[str, str]:
    """Return the environment of a window: a plain SSH session with one account.

    Args:
        home: Home directory of the agent, with the inbox.
        url: Address of the sandbox.
        quiet: Whether it is night at the customers.
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
        "SMSDESK_QUIET_HOURS": _describe_quiet_hours() if quiet else "off",
        "SMSDESK_GRACE_SECONDS": _GRACE_SECONDS,
        "SMSDESK_POLL_MIN_SECONDS": "0.3",
        "SMSDESK_POLL_MAX_SECONDS": "0.5",
        f"{_ACCOUNT}PROVIDER": "messagemedia",
        f"{_ACCOUNT}API_KEY": "sandbox",
        f"{_ACCOUNT}API_SECRET": "sandbox-secret",
        f"{_ACCOUNT}BASE_URL": f"{url}/messagemedia",
        f"{_ACCOUNT}SENDERS": _OWN_NUMBER,
    }


@record
class World:
    """Everything that acts on the inbox besides the robot."""

    home: Path
    environ: dict[str, str]
    store: Store
    clock: Clock
    rng: random.Random
    _sandbox: Sandbox
    _http: httpx.AsyncClient
    left_at: dict[str, int] = field(default_factory=dict)
    """When a text that the provider kept until its time was seen to have left (ms UTC), by id."""
    _kept: set[str] = field(default_factory=set)

    def watch_scheduled(self) -> None:
        """Look which texts the provider keeps, and which of them have left."""
        for message in self.accepted:
            if message.stage is Stage.SCHEDULED:
                self._kept.add(message.id)
            elif message.id in self._kept:
                self._kept.discard(message.id)
                self.left_at[message.id] = self.clock.now()

    def break_connection(self) -> None:
        """Let the next requests to the provider fail in one of the ways that happen."""
        self._sandbox.faults[_PROVIDER].add(self.rng.choice(_FAULTS), _FAULTY_REQUESTS)

    @property
    def accepted(self) -> list[AcceptedMessage]:
        """Return every message that the provider has accepted."""
        return list(self._sandbox.emulators[_PROVIDER].ledger.accepted.values())

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
            with contextlib.suppress(httpx.TransportError):  # an idle connection was closed
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
                body = f"{COLLEAGUE_ANSWER} {self.rng.randrange(10_000)}"
                new = NewMessage(to=number, body=body, account="au", agent=COLLEAGUE)
                await self.store.intents.queue_message(new)
            case "lock":
                await self.store.compose_locks.acquire_lock(conversation_id, COLLEAGUE)
            case "unlock":
                await self.store.compose_locks.release_all_locks()
        return f"{COLLEAGUE}: {action} {number}"


@contextlib.asynccontextmanager
async def open_world(home: Path, seed: int, *, quiet: bool) -> AsyncIterator[World]:
    """Run a provider and open the inbox, with a text of every customer on its way.

    Args:
        home: Directory for everything.
        seed: Makes everything by chance the same again.
        quiet: Whether it is night at the customers.
    """
    clock, rng = SystemClock(), random.Random(seed)
    async with contextlib.AsyncExitStack() as stack:
        sandbox = Sandbox(clock=clock, rng=random.Random(seed), pace=0.05)
        url = await stack.enter_async_context(run_server(create_app(sandbox)))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url))
        database = home / "inbox.db"
        store = Store(database, clock=clock, rng=rng, owner=COLLEAGUE)
        await stack.enter_async_context(store)
        canned = CannedReply("regards", CANNED_REPLY)
        await store.templates.save_template(canned, COLLEAGUE)
        environ = make_environment(home, url, quiet=quiet)
        world = World(home, environ, store, clock, rng, sandbox, http)
        for number in CUSTOMERS:
            await world.write_as_customer(number, f"Hello from {number}")
        yield world
