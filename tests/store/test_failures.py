"""Test that equal failures of many conversations are one group."""

import pytest

from tests.store.builders import ACCOUNT, make_outgoing, make_receipt, store_sent
from tui.clock import DAY, SECOND, ManualClock
from tui.domain.account import Account
from tui.domain.message import Advice
from tui.domain.status import Status
from tui.store.event_rows import SendRecord
from tui.store.failures import FailureGroup
from tui.store.store import Store


async def add_failure(store: Store, number: int, reason: str, advice: Advice) -> int:
    """Store a failed message to a new customer with this reason and return its id."""
    to = f"+6149157{number:04}"
    message = await store_sent(store, f"p-{number}", to=to)
    news = make_receipt(Status.FAILED, f"p-{number}", reason=reason, code="332", advice=advice)
    await store.ingest.store_events(ACCOUNT, [news])
    return message.id


async def test_equal_failures_are_counted_together(store: Store) -> None:
    for number in range(3):
        await add_failure(store, number, "No route", Advice.OTHER_ACCOUNT)
    await add_failure(store, 9, "Wrong number", Advice.FIX_NUMBER)
    assert await store.failures.list_groups() == [
        FailureGroup(ACCOUNT, Status.FAILED, "No route", Advice.OTHER_ACCOUNT, 3, 3)
    ]


async def test_a_resolved_failure_is_not_counted(store: Store) -> None:
    ids = [await add_failure(store, number, "No route", Advice.NONE) for number in range(3)]
    await store.intents.set_handled(ids[0], "mia")
    assert [group.messages for group in await store.failures.list_groups()] == [2]
    await store.intents.set_handled(ids[1], "mia")
    assert await store.failures.list_groups() == []


async def test_failures_of_last_week_are_not_listed(store: Store, clock: ManualClock) -> None:
    for number in range(2):
        await add_failure(store, number, "No route", Advice.NONE)
    clock.advance(7 * DAY / SECOND)
    assert await store.failures.list_groups() == []


async def test_temporarily_refused_messages_are_counted_as_held_up(
    store: Store, clock: ManualClock
) -> None:
    queued = [
        await store.intents.queue_message(make_outgoing(to=f"+6149157000{n}")) for n in range(2)
    ]
    assert await store.failures.count_delayed_messages() == {}
    await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    later = clock.now() + 60 * SECOND
    await store.outbox.requeue_messages("a", [(m.id, later, "No credit") for m in queued])
    assert await store.failures.count_delayed_messages() == {ACCOUNT: 2}


async def test_advice_is_stored_with_the_message_and_its_history(store: Store) -> None:
    message_id = await add_failure(store, 1, "Wrong number", Advice.FIX_NUMBER)
    message = await store.messages.get(message_id)
    assert message is not None
    assert message.advice is Advice.FIX_NUMBER
    assert [entry.advice for entry in await store.messages.list_events(message_id)] == [
        Advice.NONE,
        Advice.FIX_NUMBER,
    ]


async def test_advice_of_a_receipt_that_came_first_is_not_lost(store: Store) -> None:
    news = make_receipt(Status.REJECTED, "p-early", reason="No credit", advice=Advice.TOP_UP)
    await store.ingest.store_events(ACCOUNT, [news])
    queued = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-early"))
    message = await store.messages.get(queued.id)
    assert message is not None
    assert (message.status, message.advice) == (Status.REJECTED, Advice.TOP_UP)


@pytest.mark.parametrize(("below", "low"), [(20.0, {"au"}), (0.0, set()), (1000.0, {"au", "pl"})])
async def test_a_low_balance_is_detected_by_its_amount(
    store: Store, below: float, low: set[str]
) -> None:
    await store.accounts.save_balance("au", "EUR 3.10", 3.1)
    await store.accounts.save_balance("pl", "812 credits", 812.0)
    await store.accounts.save_balance("nz", "no limit", None)
    states = await store.accounts.get_states()
    account = Account("any", "messagemedia", low_balance=below)
    assert {name for name, state in states.items() if account.is_low(state)} == low
