"""Test several processes on one inbox: each message is sent once."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from tests.conftest import OpenStore
from tests.sync.doubles import PAGES, ScriptedProvider
from tui.clock import ManualClock
from tui.domain.message import NewMessage
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.outbox import OutboxSender
from tui.sync.service import SyncService

Send = Callable[[Sequence[Outgoing]], Awaitable[list[SendOutcome]]]

_PROCESSES = 4
_MESSAGES = 2_000


async def queue_messages(store: Store, count: int) -> None:
    """Queue messages of many agents."""

    async def write(number: int) -> None:
        party = f"+614915{70_000 + number % 50:05}"
        await store.intents.queue_message(NewMessage(party, f"text {number}", "s", agent="ann"))

    await asyncio.gather(*(write(number) for number in range(count)))


def create_counting_sender() -> tuple[Counter[str], Send]:
    """Return the counts of sent texts and a function that sends and counts."""
    sent: Counter[str] = Counter()

    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        sent.update(message.text for message in messages)
        await asyncio.sleep(0)
        return [SendAccepted(f"id-{message.reference}") for message in messages]

    return sent, send


async def test_four_processes_send_each_of_thousands_of_messages_once(
    open_store: OpenStore, clock: ManualClock
) -> None:
    sent, send = create_counting_sender()
    stores = [await open_store(owner=f"process {n}", seed=n) for n in range(_PROCESSES)]
    await queue_messages(stores[0], _MESSAGES)
    account = ServedAccount("s", ScriptedProvider(PAGES, send=send))
    senders = [OutboxSender(account, SyncContext(s, clock, random.Random(1))) for s in stores]
    await asyncio.gather(*(sender.run_round() for sender in senders))
    assert len(sent) == _MESSAGES
    assert set(sent.values()) == {1}
    assert sum(sender.sent_count for sender in senders) == _MESSAGES


async def test_two_services_that_do_one_round_share_the_work(
    open_store: OpenStore, clock: ManualClock
) -> None:
    sent, send = create_counting_sender()
    stores = [await open_store(owner=f"process {n}", seed=n) for n in range(2)]
    await queue_messages(stores[0], 500)
    services = [
        SyncService(
            store,
            [ServedAccount("s", ScriptedProvider(PAGES, send=send))],
            clock,
            random.Random(n),
            kind="service",
            agent="",
        )
        for n, store in enumerate(stores)
    ]
    summaries = await asyncio.gather(*(service.run_once() for service in services))
    assert set(sent.values()) == {1}
    assert sum(summary.sent for summary in summaries) == len(sent) == 500
