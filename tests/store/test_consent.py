"""Test opt-outs by message, provider or agent; only a later opt-in ends one."""

import itertools

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, get_conversation, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import MINUTE, ManualClock
from tui.domain.consent import Verdict
from tui.domain.conversation import State
from tui.domain.events import Event, OptOut
from tui.domain.status import Status
from tui.store.audit import read_audit_trail
from tui.store.errors import OptedOut
from tui.store.event_rows import SendRecord
from tui.store.settling import CLOSED_BY_OPT_OUT
from tui.store.store import Store

WORDS = {"STOP": Verdict.STOP, "START": Verdict.START, "leave me": Verdict.SUSPECTED}


def classify_text(text: str, party: str) -> Verdict:
    """Return the meaning of the phrases that these tests use."""
    return WORDS.get(text, Verdict.NONE)


@pytest.fixture
async def consent_store(open_store: OpenStore) -> Store:
    """Return an inbox that understands STOP and START."""
    return await open_store(classify=classify_text)


async def is_opted_out(store: Store) -> bool:
    """Return whether Mia is opted out; list, contact and outbox must agree."""
    shown = (await get_conversation(store)).opted_out
    word = await store.consent.get_consent(MIA)
    assert (word is not None and word.opted_out) == shown
    try:
        await store.intents.queue_message(make_outgoing())
    except OptedOut:
        assert shown
    else:
        assert not shown
    return shown


async def test_a_stop_opts_out_and_a_start_opts_in(
    consent_store: Store, clock: ManualClock
) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP", id="e1")])
    assert await is_opted_out(consent_store)
    word = await consent_store.consent.get_consent(MIA)
    assert word is not None
    assert (word.source, word.evidence, word.agent) == ("word", "STOP", "")
    clock.advance(60)
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("START")])
    assert not await is_opted_out(consent_store)
    entries = await read_audit_trail(
        consent_store.database, (await get_conversation(consent_store)).id
    )
    assert [d.action for d in entries[-3:]] == ["opted in", "closed: opted out", "opted out"]


@pytest.mark.parametrize("order", itertools.permutations(range(3)))
async def test_a_start_written_before_the_stop_has_no_effect(
    consent_store: Store, clock: ManualClock, order: tuple[int, ...]
) -> None:
    now = clock.now()
    texts = [
        make_reply("START", id="1", received_at=now - 3 * MINUTE),
        make_reply("hello", id="2", received_at=now - 2 * MINUTE),
        make_reply("STOP", id="3", received_at=now - MINUTE),
    ]
    for place in order:
        await consent_store.ingest.store_events(ACCOUNT, [texts[place]])
    assert await is_opted_out(consent_store)


async def test_a_start_without_an_opt_out_has_no_effect(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("START")])
    assert not await is_opted_out(consent_store)
    assert await consent_store.consent.get_consent(MIA) is None


@pytest.mark.parametrize(
    "event",
    [
        OptOut("o1", MIA, None, "{}"),
        make_reply("no thanks", opted_out=True),
        make_reply("START", opted_out=True),
    ],
    ids=["notice", "marked text", "marked start"],
)
async def test_an_opt_out_from_the_provider_opts_out(consent_store: Store, event: Event) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Hello", id="r0"), event])
    assert await is_opted_out(consent_store)
    word = await consent_store.consent.get_consent(MIA)
    assert word is not None
    assert word.source == "provider"


async def test_a_possible_opt_out_is_marked_but_does_not_opt_out(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("leave me")])
    thread = await get_conversation(consent_store)
    suspected = await consent_store.messages.get(thread.last_id)
    assert suspected is not None
    assert suspected.suspected
    assert not await is_opted_out(consent_store)


async def test_an_agent_records_opt_out_and_opt_in_with_evidence(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply()])
    thread = (await get_conversation(consent_store)).id
    await consent_store.consent.record_decision(
        thread, "ana", opted_out=True, evidence="rang us \ud83d"
    )
    assert await is_opted_out(consent_store)
    word = await consent_store.consent.get_consent(MIA)
    assert word is not None
    assert (word.source, word.agent, word.evidence) == ("agent", "ana", "rang us \ufffd")
    await consent_store.consent.record_decision(
        thread, "ana", opted_out=False, evidence="signed the form"
    )
    assert not await is_opted_out(consent_store)
    entries = await read_audit_trail(consent_store.database, thread)
    assert {("opt out", "rang us \ufffd"), ("opt in", "signed the form")} <= {
        (d.action, d.detail) for d in entries
    }


async def test_undoing_an_opt_in_keeps_a_newer_opt_out(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP", id="1")])
    before = await consent_store.consent.get_consent(MIA)
    assert before is not None
    thread = (await get_conversation(consent_store)).id
    await consent_store.consent.record_decision(thread, "ana", opted_out=False, evidence="rang us")
    await consent_store.ingest.store_events(ACCOUNT, [OptOut("o2", MIA, None, "{}")])
    await consent_store.consent.restore_opt_out(thread, "ana", before)
    word = await consent_store.consent.get_consent(MIA)
    assert word is not None
    assert (word.opted_out, word.source) == (True, "provider")


async def test_an_opt_out_on_one_account_applies_to_every_account(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP")])
    for account in (ACCOUNT, "other"):
        with pytest.raises(OptedOut):
            await consent_store.intents.queue_message(make_outgoing(account=account))


async def get_waiting_since(store: Store) -> int | None:
    """Return since when Mia waits; row and counter must agree."""
    mia = await get_conversation(store)
    assert (await store.conversations.get_counts()).waiting == int(mia.waiting_since is not None)
    return mia.waiting_since


async def test_an_opted_out_customer_does_not_wait_but_is_unread(
    consent_store: Store, clock: ManualClock
) -> None:
    asked = clock.now()
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Where is it?")])
    assert await get_waiting_since(consent_store) == asked
    clock.advance(60)
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP")])
    clock.advance(60)
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("I mean it")])
    assert await get_waiting_since(consent_store) is None
    assert (await get_conversation(consent_store)).unread == 3
    assert await consent_store.conversations.find_next_waiting(None) is None
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("START")])
    assert await get_waiting_since(consent_store) == asked


async def test_the_stop_message_needs_no_answer_after_an_opt_in(
    consent_store: Store, clock: ManualClock
) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    await consent_store.intents.queue_message(make_outgoing())
    clock.advance(60)
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP")])
    mia = await get_conversation(consent_store)
    await consent_store.consent.record_decision(
        mia.id, "ana", opted_out=False, evidence="asked by phone"
    )
    assert await get_waiting_since(consent_store) is None


async def test_a_cancelled_reply_does_not_make_an_old_stop_wait(
    consent_store: Store, clock: ManualClock
) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP")])
    clock.advance(60)
    asked = clock.now()
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("START")])
    assert await get_waiting_since(consent_store) == asked
    queued = await consent_store.intents.queue_message(make_outgoing())
    assert await get_waiting_since(consent_store) is None
    assert await consent_store.intents.cancel_queued(queued.id, "ana")
    assert await get_waiting_since(consent_store) == asked


async def test_messages_during_an_opt_out_wait_after_an_opt_in(
    consent_store: Store, clock: ManualClock
) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP")])
    clock.advance(60)
    asked = clock.now()
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("One more thing")])
    mia = await get_conversation(consent_store)
    await consent_store.consent.record_decision(
        mia.id, "ana", opted_out=False, evidence="asked by phone"
    )
    assert await get_waiting_since(consent_store) == asked


async def test_an_answered_customer_does_not_wait_after_an_opt_in(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    mia = await get_conversation(consent_store)
    await consent_store.intents.queue_message(make_outgoing())
    for out in (True, False):
        await consent_store.consent.record_decision(
            mia.id, "ana", opted_out=out, evidence="said so"
        )
        assert await get_waiting_since(consent_store) is None


async def test_an_opt_out_reported_by_the_provider_ends_the_wait(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    await consent_store.ingest.store_events(ACCOUNT, [OptOut("o1", MIA, None, "{}")])
    assert await get_waiting_since(consent_store) is None


async def get_state(store: Store) -> State:
    """Return the state of Mia's conversation; the counters must agree."""
    await check_counters_and_summaries(store)
    return (await get_conversation(store)).state


@pytest.mark.parametrize(
    "event",
    [
        make_reply("STOP"),
        make_reply("no thanks", opted_out=True),
        OptOut("o1", MIA, None, "{}"),
        OptOut("o2", MIA, None, "{}", text="Stop please"),
    ],
    ids=["word", "mark of the provider", "notice", "notice with words"],
)
async def test_an_opt_out_closes_the_conversation_until_the_customer_writes(
    consent_store: Store, clock: ManualClock, event: Event
) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    clock.advance(60)
    await consent_store.ingest.store_events(ACCOUNT, [event])
    assert await get_state(consent_store) is State.CLOSED
    mia = await get_conversation(consent_store)
    trail = await consent_store.triage.get_audit_trail(mia.id)
    assert trail[0].action == CLOSED_BY_OPT_OUT
    clock.advance(60)
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("One more thing")])
    assert await get_state(consent_store) is State.OPEN


async def test_a_refused_send_closes_the_conversation(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    queued = await consent_store.intents.queue_message(make_outgoing())
    await consent_store.outbox.claim_due_messages("a", ACCOUNT, 1)
    refused = SendRecord(Status.REJECTED, code="406", opted_out=True)
    await consent_store.outbox.settle_message(queued.id, refused)
    assert await get_state(consent_store) is State.CLOSED


async def test_a_stop_that_arrives_late_hides_no_newer_text(
    consent_store: Store, clock: ManualClock
) -> None:
    before = clock.now()
    clock.advance(600)
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("STOP", received_at=before)])
    assert (await get_conversation(consent_store)).opted_out
    assert await get_state(consent_store) is State.OPEN


async def test_the_undo_of_an_opt_out_opens_what_it_has_closed(consent_store: Store) -> None:
    await consent_store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    mia = await get_conversation(consent_store)
    record = consent_store.consent.record_decision
    await record(mia.id, "ana", opted_out=True, evidence="by phone")
    assert await get_state(consent_store) is State.CLOSED
    await record(mia.id, "ana", opted_out=False, evidence="taken back")
    assert await get_state(consent_store) is State.OPEN
    assert await get_waiting_since(consent_store) is not None
    await consent_store.triage.close_conversations([mia.id], "ana")
    await record(mia.id, "ana", opted_out=True, evidence="by phone")
    await record(mia.id, "ana", opted_out=False, evidence="taken back")
    assert await get_state(consent_store) is State.CLOSED
