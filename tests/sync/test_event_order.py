"""Test late, repeated and unordered events: the stored result does not depend on the order."""

import asyncio
import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.clock import ManualClock
from tui.domain.events import Event, Receipt, Reply
from tui.domain.ids import to_reference
from tui.domain.message import NewMessage
from tui.domain.status import Status, apply_reports
from tui.store.settling import SendRecord
from tui.store.store import Store
from tui.sync.context import store_events

NEWS = (Status.ACCEPTED, Status.SUBMITTED, Status.DELIVERED, Status.FAILED, Status.EXPIRED)


@st.composite
def draw_deliveries(draw: st.DrawFn) -> list[int]:
    """Return positions in the list of events, each 1 to 5 times, in random order."""
    times = [draw(st.integers(1, 5)) for _ in range(len(NEWS) + 4)]
    return draw(st.permutations([place for place, n in enumerate(times) for _ in range(n)]))


def make_events(message_id: int, by_reference: bool) -> list[Event]:
    """Return all events that the provider will report."""
    receipts: list[Event] = [
        Receipt(
            f"d-{status}",
            status,
            status.value,
            None,
            "{}",
            provider_id="" if by_reference else "00AbC",
            reference=to_reference(message_id) if by_reference else "",
        )
        for status in NEWS
    ]
    replies: list[Event] = [
        Reply(f"r-{number}", "+61491570157", f"text {number}", None, "{}") for number in range(4)
    ]
    return receipts + replies


async def deliver_events(
    order: list[int], answer_at: int, by_reference: bool
) -> tuple[str, list[str]]:
    """Deliver the events; return the message's status and the texts in the inbox."""
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inbox.db"
        async with Store(path, clock=clock, rng=random.Random(1), owner="a") as store:
            message = await store.intents.queue_message(NewMessage("+61491570156", "hi", "mm"))
            await store.outbox.claim_due_messages("a", "mm", 1)
            events = make_events(message.id, by_reference)
            for turn, place in enumerate(order):
                if turn == answer_at % len(order):
                    await store.outbox.settle_message(
                        message.id, SendRecord(Status.ACCEPTED, "abc")
                    )
                await store_events(store, "mm", [events[place]])
            found = await store.database.read(
                lambda c: c.execute(
                    "select direction, status, body from messages order by body"
                ).fetchall()
            )
            status = next(row["status"] for row in found if row["direction"] == "out")
            return status, [row["body"] for row in found if row["direction"] == "in"]


@settings(max_examples=60)
@given(order=draw_deliveries(), answer_at=st.integers(0, 100), by_reference=st.booleans())
def test_events_delivered_one_to_five_times_in_any_order_give_the_same_inbox(
    order: list[int], answer_at: int, by_reference: bool
) -> None:
    status, texts = asyncio.run(deliver_events(order, answer_at, by_reference))
    assert status == apply_reports(Status.SENDING, NEWS) == Status.DELIVERED
    assert texts == ["text 0", "text 1", "text 2", "text 3"]
