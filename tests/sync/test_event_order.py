"""Test late, repeated and unordered events: the stored result does not depend on the order.

Among them are texts that come late, other texts under a known id, and poorer copies of a text.
"""

import asyncio
import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.consistency import check_counters_and_summaries
from tui.clock import ManualClock
from tui.domain.events import Event, Receipt, Reply
from tui.domain.ids import to_reference
from tui.domain.message import Attachment, NewMessage
from tui.domain.status import Status, apply_reports
from tui.store.event_rows import SendRecord
from tui.store.store import Store
from tui.sync.context import store_events

CUSTOMER = "+61491570157"
OTHER_CUSTOMER = "+61491570158"
PICTURE = Attachment("cat.jpg", "image/jpeg", b"\xff\xd8")
NEWS = (Status.ACCEPTED, Status.SUBMITTED, Status.DELIVERED, Status.FAILED, Status.EXPIRED)


@st.composite
def draw_deliveries(draw: st.DrawFn) -> list[int]:
    """Return positions in the list of events, each 1 to 5 times, in random order."""
    times = [draw(st.integers(1, 5)) for _ in range(len(NEWS) + len(make_replies(0)))]
    return draw(st.permutations([place for place, n in enumerate(times) for _ in range(n)]))


def make_replies(began: int) -> list[Event]:
    """Return texts of which some share an id; the richest copy of each is the last one.

    Args:
        began: Time of the first text, in ms UTC.
    """
    page: list[Event] = [
        Reply(f"r-{number}", CUSTOMER, f"text {number}", began + number * 1_000, "{}")
        for number in range(3)
    ]
    page += [
        Reply("r-1", CUSTOMER, "another text 1", began + 1_500, "{}"),
        Reply("r-1", OTHER_CUSTOMER, "text 1 of another", began + 1_500, "{}"),
        Reply("r-9", CUSTOMER, "", None, "{}"),
        Reply("r-9", CUSTOMER, "AT", began + 9_000, "{}"),
        Reply("r-9", CUSTOMER, "AT", None, "{}", attachments=(PICTURE,)),
        Reply("r-9", CUSTOMER, "AT&T, J\ufffdrgen", began + 9_000, "{}", own="+61491570000"),
        Reply("r-9", CUSTOMER, "AT&T, Jürgen", None, "{}"),
    ]
    return page


TEXTS = ["text 0", "text 1", "another text 1", "text 2", "AT&T, Jürgen"]
"""What the customer's conversation shows at the end."""


def make_events(message_id: int, by_reference: bool, began: int) -> list[Event]:
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
    return receipts + make_replies(began)


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
            events = make_events(message.id, by_reference, clock.now())
            clock.advance(60)
            for turn, place in enumerate(order):
                clock.advance(1)
                if turn == answer_at % len(order):
                    await store.outbox.settle_message(
                        message.id, SendRecord(Status.ACCEPTED, "abc")
                    )
                await store_events(store, "mm", [events[place]])
            found = await store.database.read(
                lambda c: c.execute(
                    "select direction, status, body, sender, attachments from messages order by id"
                ).fetchall()
            )
            await check_counters_and_summaries(store)
            status = next(row["status"] for row in found if row["direction"] == "out")
            assert [row["attachments"] for row in found if row["body"] == TEXTS[-1]] == [1]
            others = [row["body"] for row in found if row["sender"] == OTHER_CUSTOMER]
            assert others == ["text 1 of another"]
            return status, [row["body"] for row in found if row["sender"] == CUSTOMER]


@settings(max_examples=60)
@given(order=draw_deliveries(), answer_at=st.integers(0, 100), by_reference=st.booleans())
def test_events_delivered_one_to_five_times_in_any_order_give_the_same_inbox(
    order: list[int], answer_at: int, by_reference: bool
) -> None:
    status, texts = asyncio.run(deliver_events(order, answer_at, by_reference))
    assert status == apply_reports(Status.SENDING, NEWS) == Status.DELIVERED
    assert texts == TEXTS
