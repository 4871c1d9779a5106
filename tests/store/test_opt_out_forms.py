"""Test that an opt-out locks the conversation of the customer, whatever form the number has.

Nothing here names the country of the account: many providers pass numbers on as they are dialled
inside a country, and only the conversation with the customer shows which country that is.
"""

from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, get_conversation, get_message, make_outgoing, make_receipt
from tui.clock import DAY, HOUR, ManualClock
from tui.domain.conversation import View
from tui.domain.events import OptOut, Reply
from tui.domain.ids import to_reference
from tui.domain.phone import AddressKind, parse_address
from tui.domain.status import Status
from tui.startup.wiring import create_consent_judge
from tui.store.conversations import FIRST_POSITION
from tui.store.errors import OptedOut
from tui.store.event_rows import SendRecord
from tui.store.store import Store

FORMS = [
    ("+61491570156", "0491570156"),
    ("+61491570156", "0491 570 156"),
    ("+61491570156", "491570156"),
    ("+61491570156", "61491570156"),
    ("+61491570156", "0011 61 491 570 156"),
    ("+48500600700", "500600700"),
    ("+48500600700", "500-600-700"),
    ("+48500600700", "0500600700"),
    ("+447400123456", "07400 123456"),
    ("+4915112345678", "0151 12345678"),
    ("+12015550123", "2015550123"),
    ("+12015550123", "(201) 555-0123"),
    ("+37255512345", "55512345"),
    ("+3725123456", "5123456"),
    ("+4791234567", "91234567"),
    ("+6591234567", "9123 4567"),
    ("+525512345678", "+5215512345678"),
    ("+525512345678", "5512345678"),
    ("+525512345678", "0445512345678"),
    ("+5215512345678", "+525512345678"),
    ("+5491123456789", "+541123456789"),
    ("+5491123456789", "011 15 2345-6789"),
    ("+5511987654321", "+551187654321"),
    ("+5511987654321", "11 98765-4321"),
    ("+5511987654321", "011 8765-4321"),
    ("+2290197123456", "+22997123456"),
    ("+2290197123456", "97123456"),
]
PLAN_ONLY = {"0445512345678", "011 15 2345-6789", "011 8765-4321", "97123456", "0500600700"}
"""Forms that only the numbering plan of the customer's country connects with the number."""
CERTAIN_FORMS = [
    (known, form)
    for known, form in FORMS
    if form not in PLAN_ONLY and parse_address(form).e164 in (None, parse_address(known).e164)
]


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    """Return a store that knows the stop words."""
    return await open_store(classify=create_consent_judge({}))


def make_stop(party: str, text: str = "STOP", id: str = "r1") -> Reply:
    """Return a customer's text from a number in some form."""
    return Reply(id, party, text, None, "{}")


async def is_locked(store: Store, number: str) -> bool:
    """Return whether the conversation of a number is locked, and nothing more goes out."""
    locked = (await get_conversation(store, number)).opted_out
    if not locked:
        return False
    with pytest.raises(OptedOut):
        await store.intents.queue_message(make_outgoing(to=number))
    return True


@pytest.mark.parametrize(("known", "form"), FORMS)
async def test_a_stop_locks_the_customer_who_was_texted(
    store: Store, known: str, form: str
) -> None:
    await store.intents.queue_message(make_outgoing(to=known))
    await store.ingest.store_events(ACCOUNT, [make_stop(form)])
    assert await is_locked(store, known)
    assert await count_conversations(store) == 1


@pytest.mark.parametrize(("known", "form"), FORMS)
async def test_a_notice_of_the_provider_locks_the_customer_too(
    store: Store, known: str, form: str
) -> None:
    await store.intents.queue_message(make_outgoing(to=known))
    await store.ingest.store_events(ACCOUNT, [OptOut("o1", form, None, "{}")])
    assert await is_locked(store, known)


@pytest.mark.parametrize(("known", "form"), CERTAIN_FORMS)
async def test_a_notice_before_the_first_text_locks_the_conversation_that_comes_later(
    store: Store, known: str, form: str
) -> None:
    await store.ingest.store_events(ACCOUNT, [OptOut("o1", form, None, "{}")])
    with pytest.raises(OptedOut):
        await store.intents.queue_message(make_outgoing(to=known))


async def test_a_start_from_the_national_form_unlocks_the_same_conversation(
    store: Store, clock: ManualClock
) -> None:
    await store.intents.queue_message(make_outgoing(to="+61491570156"))
    await store.ingest.store_events(ACCOUNT, [make_stop("0491570156")])
    clock.advance(60)
    await store.ingest.store_events(ACCOUNT, [make_stop("0491570156", "START", "r2")])
    assert not (await get_conversation(store, "+61491570156")).opted_out


async def test_a_conversation_under_the_national_form_is_joined(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_stop("0491570156", "Hello")])
    await store.intents.queue_message(make_outgoing(to="+61491570156"))
    await store.ingest.store_events(ACCOUNT, [make_stop("0491570156", id="r2")])
    assert await is_locked(store, "+61491570156")
    assert await count_conversations(store) == 1


async def test_a_number_that_two_customers_may_have_locks_both(store: Store) -> None:
    both = ("+4791234567", "+6591234567")
    for number in both:
        await store.intents.queue_message(make_outgoing(to=number))
    await store.ingest.store_events(ACCOUNT, [make_stop("91234567")])
    assert [await is_locked(store, number) for number in both] == [True, True]


@pytest.mark.parametrize("text", ["", "STOP"])
@pytest.mark.parametrize("has_written", [False, True])
async def test_a_notice_about_a_number_that_two_customers_may_have_locks_both(
    store: Store, text: str, has_written: bool
) -> None:
    both = ("+4791234567", "+6591234567")
    for number in both:
        await store.intents.queue_message(make_outgoing(to=number))
    if has_written:
        await store.ingest.store_events(ACCOUNT, [make_stop("91234567", "Hello")])
    await store.ingest.store_events(ACCOUNT, [OptOut("o1", "91234567", None, "{}", text=text)])
    assert [await is_locked(store, number) for number in both] == [True, True]


async def test_a_text_that_two_customers_may_have_written_is_put_to_neither(store: Store) -> None:
    for number in ("+4791234567", "+6591234567"):
        await store.intents.queue_message(make_outgoing(to=number))
    await store.ingest.store_events(ACCOUNT, [make_stop("91234567", "Hello")])
    assert await count_conversations(store) == 3
    for number in ("+4791234567", "+6591234567"):
        assert (await get_conversation(store, number)).unread == 0


async def test_the_country_of_the_account_decides_before_a_customer_with_the_same_ending(
    store: Store,
) -> None:
    await store.intents.queue_message(make_outgoing(to="+6591234567"))
    await store.ingest.store_events(ACCOUNT, [make_stop("91234567")], "NO")
    assert not (await get_conversation(store, "+6591234567")).opted_out
    assert (await get_conversation(store, "+4791234567")).opted_out


@pytest.mark.parametrize("sender", ["12345", "570156", "Acme", "0491570999", "+61491570999"])
async def test_others_are_not_locked(store: Store, sender: str) -> None:
    await store.intents.queue_message(make_outgoing(to="+61491570156"))
    await store.ingest.store_events(ACCOUNT, [make_stop(sender)])
    assert not (await get_conversation(store, "+61491570156")).opted_out
    assert await count_conversations(store) == 2


@pytest.mark.parametrize("sender", ["12345", "570156", "070156"])
async def test_fewer_than_seven_digits_are_locked_as_a_short_code_alone(
    store: Store, sender: str
) -> None:
    await store.intents.queue_message(make_outgoing(to=f"+61491{sender.zfill(6)[-6:]}"))
    await store.ingest.store_events(ACCOUNT, [make_stop(sender)])
    row = await get_conversation(store, sender)
    assert (row.address, row.opted_out) == (sender, True)
    assert parse_address(sender).kind is AddressKind.SHORT_CODE
    others = await store.conversations.list_after(View(state=None), FIRST_POSITION, 10)
    assert [other.opted_out for other in others if other.id != row.id] == [False]


@pytest.mark.parametrize("state", ["queued", "held", "scheduled here", "waits for a retry"])
async def test_what_is_queued_here_is_settled_at_the_stop(
    store: Store, clock: ManualClock, state: str
) -> None:
    now = clock.now()
    times: dict[str, Any] = {
        "held": {"hold_until": now + 5_000},
        "scheduled here": {"hold_until": now + DAY, "scheduled_at": now + DAY},
    }.get(state, {})
    queued = await store.intents.queue_message(make_outgoing(to="+61491570156", **times))
    if state == "waits for a retry":
        await store.outbox.claim_due_messages("a", ACCOUNT, 1)
        await store.outbox.requeue_messages("a", [(queued.id, now + HOUR, "no network")])
    await store.ingest.store_events(ACCOUNT, [make_stop("0491570156")])
    found = await get_message(store, queued.id)
    assert (found.status, found.advice.value) == (Status.REJECTED, "stop")
    # An opt-in later must not let it go out.
    clock.advance(60)
    await store.ingest.store_events(ACCOUNT, [make_stop("0491570156", "START", "r2")])
    clock.advance(2 * 86_400)
    assert await store.outbox.claim_due_messages("a", ACCOUNT, 10) == []


async def test_what_is_being_sent_at_the_stop_does_not_go_back_into_the_queue(
    store: Store, clock: ManualClock
) -> None:
    queued = await store.intents.queue_message(make_outgoing(to="+61491570156"))
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.ingest.store_events(ACCOUNT, [make_stop("0491570156")])
    assert (await get_message(store, queued.id)).status is Status.SENDING
    await store.outbox.requeue_messages("a", [(queued.id, clock.now(), "busy")])
    assert await store.outbox.claim_due_messages("a", ACCOUNT, 1) == []
    assert (await get_message(store, queued.id)).status is Status.REJECTED


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.ACCEPTED, Status.SUBMITTED, None])
async def test_a_scheduled_text_with_a_lost_answer_is_cancelled_when_its_id_is_known(
    store: Store, clock: ManualClock, status: Status | None
) -> None:
    planned = clock.now() + DAY
    queued = await store.intents.queue_message(
        make_outgoing(to="+61491570156", scheduled_at=planned)
    )
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.outbox.settle_message(queued.id, SendRecord(Status.UNCERTAIN, reason="cut"))
    await store.ingest.store_events(ACCOUNT, [make_stop("0491570156")])
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []
    identity = queued.conversation_id
    assert [m.id for m in await store.consent.list_planned_texts(identity)] == [queued.id]
    receipt = make_receipt(status, "p-9", reference=to_reference(queued.id))
    await store.ingest.store_events(ACCOUNT, [receipt])
    assert [m.id for m in await store.outbox.list_cancel_requests(ACCOUNT)] == [queued.id]
    await store.outbox.record_cancel_refused(queued.id, "too late")
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []


async def test_the_same_text_is_not_cancelled_for_a_customer_who_did_not_opt_out(
    store: Store, clock: ManualClock
) -> None:
    queued = await store.intents.queue_message(
        make_outgoing(to="+61491570156", scheduled_at=clock.now() + DAY)
    )
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-9"))
    assert await store.outbox.list_cancel_requests(ACCOUNT) == []


async def count_conversations(store: Store) -> int:
    """Return the number of conversations."""
    rows = await store.database.read(lambda c: c.execute("select 1 from conversations").fetchall())
    return len(rows)
