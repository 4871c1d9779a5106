"""Events come late, several times and in any order: what is shown does not depend on it."""

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
def deliveries(draw: st.DrawFn) -> list[int]:
    """Places in the list of events, each 1 to 5 times, in random order."""
    times = [draw(st.integers(1, 5)) for _ in range(len(NEWS) + 4)]
    return draw(st.permutations([place for place, n in enumerate(times) for _ in range(n)]))


def events_about(message_id: int, by_reference: bool) -> list[Event]:
    """Everything that the provider will tell."""
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


async def play(order: list[int], answer_at: int, by_reference: bool) -> tuple[str, list[str]]:
    """The message's status and the texts in the inbox, after all that."""
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inbox.db"
        async with Store(path, clock=clock, rng=random.Random(1), owner="a") as store:
            message = await store.intents.queue_message(NewMessage("+61491570156", "hi", "mm"))
            await store.outbox.claim_due_messages("a", "mm", 1)
            events = events_about(message.id, by_reference)
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
@given(order=deliveries(), answer_at=st.integers(0, 100), by_reference=st.booleans())
def test_each_event_told_one_to_five_times_in_any_order_gives_the_same_inbox(
    order: list[int], answer_at: int, by_reference: bool
) -> None:
    status, texts = asyncio.run(play(order, answer_at, by_reference))
    assert status == apply_reports(Status.SENDING, NEWS) == Status.DELIVERED
    assert texts == ["text 0", "text 1", "text 2", "text 3"]
