"""Who must not be texted: locked by word, provider or agent; freed only by a later word."""

import itertools

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, answer, conversation_with, reply
from tui.clock import MINUTE, ManualClock
from tui.domain.consent import Verdict
from tui.domain.events import Event, OptOut
from tui.store.audit import read_audit_trail
from tui.store.errors import OptedOut
from tui.store.store import Store

WORDS = {"STOP": Verdict.STOP, "START": Verdict.START, "leave me": Verdict.SUSPECTED}


def judge(text: str, party: str) -> Verdict:
    """The agreed words of these tests."""
    return WORDS.get(text, Verdict.NONE)


@pytest.fixture
async def desk(open_store: OpenStore) -> Store:
    """An inbox that understands STOP and START."""
    return await open_store(classify=judge)


async def locked(store: Store) -> bool:
    """Whether Mia is locked, as the list, the book and the outbox say alike."""
    shown = (await conversation_with(store)).opted_out
    word = await store.consent.get_consent(MIA)
    assert (word is not None and word.opted_out) == shown
    try:
        await store.intents.queue_message(answer())
    except OptedOut:
        assert shown
    else:
        assert not shown
    return shown


async def test_a_customers_stop_locks_and_start_frees(desk: Store, clock: ManualClock) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("STOP", id="e1")])
    assert await locked(desk)
    word = await desk.consent.get_consent(MIA)
    assert word is not None
    assert (word.source, word.evidence, word.agent) == ("word", "STOP", "")
    clock.advance(60)
    await desk.ingest.store_events(ACCOUNT, [reply("START")])
    assert not await locked(desk)
    deeds = await read_audit_trail(desk.database, (await conversation_with(desk)).id)
    assert [d.action for d in deeds[-2:]] == ["opted in", "opted out"]


@pytest.mark.parametrize("order", itertools.permutations(range(3)))
async def test_a_start_that_was_written_before_the_stop_frees_nobody(
    desk: Store, clock: ManualClock, order: tuple[int, ...]
) -> None:
    now = clock.now()
    texts = [
        reply("START", id="1", received_at=now - 3 * MINUTE),
        reply("hello", id="2", received_at=now - 2 * MINUTE),
        reply("STOP", id="3", received_at=now - MINUTE),
    ]
    for place in order:
        await desk.ingest.store_events(ACCOUNT, [texts[place]])
    assert await locked(desk)


async def test_a_start_locks_and_frees_nobody_who_was_in(desk: Store) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("START")])
    assert not await locked(desk)
    assert await desk.consent.get_consent(MIA) is None


@pytest.mark.parametrize(
    "news",
    [
        OptOut("o1", MIA, None, "{}"),
        reply("no thanks", opted_out=True),
        reply("START", opted_out=True),
    ],
    ids=["notice", "marked text", "marked start"],
)
async def test_a_providers_word_locks(desk: Store, news: Event) -> None:
    await desk.ingest.store_events(ACCOUNT, [news])
    assert await locked(desk)
    word = await desk.consent.get_consent(MIA)
    assert word is not None
    assert word.source == "provider"


async def test_a_suspicion_locks_nobody_and_is_marked(desk: Store) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("leave me")])
    thread = await conversation_with(desk)
    suspected = await desk.messages.get(thread.last_id)
    assert suspected is not None
    assert suspected.suspected
    assert not await locked(desk)


async def test_an_agent_records_both_ways_with_evidence(desk: Store) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply()])
    thread = (await conversation_with(desk)).id
    await desk.consent.record_decision(thread, "ana", opted_out=True, evidence="rang us \ud83d")
    assert await locked(desk)
    word = await desk.consent.get_consent(MIA)
    assert word is not None
    assert (word.source, word.agent, word.evidence) == ("agent", "ana", "rang us \ufffd")
    await desk.consent.record_decision(thread, "ana", opted_out=False, evidence="signed the form")
    assert not await locked(desk)
    deeds = await read_audit_trail(desk.database, thread)
    assert {("opt out", "rang us \ufffd"), ("opt in", "signed the form")} <= {
        (d.action, d.detail) for d in deeds
    }


async def test_an_opt_in_taken_back_leaves_a_newer_word_alone(desk: Store) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("STOP", id="1")])
    before = await desk.consent.get_consent(MIA)
    assert before is not None
    thread = (await conversation_with(desk)).id
    await desk.consent.record_decision(thread, "ana", opted_out=False, evidence="rang us")
    await desk.ingest.store_events(ACCOUNT, [OptOut("o2", MIA, None, "{}")])
    await desk.consent.restore_opt_out(thread, "ana", before)
    word = await desk.consent.get_consent(MIA)
    assert word is not None
    assert (word.opted_out, word.source) == (True, "provider")


async def test_a_lock_on_one_account_holds_on_every_account(desk: Store) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("STOP")])
    for account in (ACCOUNT, "other"):
        with pytest.raises(OptedOut):
            await desk.intents.queue_message(answer(account=account))


async def waiting(store: Store) -> int | None:
    """Since when Mia waits, as her row and the counter of the first line say alike."""
    mia = await conversation_with(store)
    assert (await store.conversations.get_counts()).waiting == int(mia.waiting_since is not None)
    return mia.waiting_since


async def test_who_says_stop_waits_no_longer_but_is_unread(desk: Store, clock: ManualClock) -> None:
    asked = clock.now()
    await desk.ingest.store_events(ACCOUNT, [reply("Where is it?")])
    assert await waiting(desk) == asked
    clock.advance(60)
    await desk.ingest.store_events(ACCOUNT, [reply("STOP")])
    clock.advance(60)
    await desk.ingest.store_events(ACCOUNT, [reply("I mean it")])
    assert await waiting(desk) is None
    assert (await conversation_with(desk)).unread == 3
    assert await desk.conversations.find_next_waiting(None) is None
    await desk.ingest.store_events(ACCOUNT, [reply("START")])
    assert await waiting(desk) == asked


async def test_a_stop_itself_waits_for_no_answer_when_they_are_in_again(
    desk: Store, clock: ManualClock
) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("Hello")])
    await desk.intents.queue_message(answer())
    clock.advance(60)
    await desk.ingest.store_events(ACCOUNT, [reply("STOP")])
    mia = await conversation_with(desk)
    await desk.consent.record_decision(mia.id, "ana", opted_out=False, evidence="asked by phone")
    assert await waiting(desk) is None


async def test_an_answer_taken_back_does_not_make_an_old_stop_wait(
    desk: Store, clock: ManualClock
) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("STOP")])
    clock.advance(60)
    asked = clock.now()
    await desk.ingest.store_events(ACCOUNT, [reply("START")])
    assert await waiting(desk) == asked
    queued = await desk.intents.queue_message(answer())
    assert await waiting(desk) is None
    assert await desk.intents.cancel_queued(queued.id, "ana")
    assert await waiting(desk) == asked


async def test_what_came_while_they_were_out_waits_once_they_are_in_again(
    desk: Store, clock: ManualClock
) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("STOP")])
    clock.advance(60)
    asked = clock.now()
    await desk.ingest.store_events(ACCOUNT, [reply("One more thing")])
    mia = await conversation_with(desk)
    await desk.consent.record_decision(mia.id, "ana", opted_out=False, evidence="asked by phone")
    assert await waiting(desk) == asked


async def test_who_was_done_with_before_an_opt_out_is_so_after_it(desk: Store) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("Hello")])
    mia = await conversation_with(desk)
    await desk.triage.close_conversations([mia.id], "ana")
    await desk.triage.reopen_conversations([mia.id], "ana")
    for out in (True, False):
        await desk.consent.record_decision(mia.id, "ana", opted_out=out, evidence="said so")
        assert await waiting(desk) is None


async def test_a_providers_answer_that_they_are_out_ends_the_wait(desk: Store) -> None:
    await desk.ingest.store_events(ACCOUNT, [reply("Hello")])
    await desk.ingest.store_events(ACCOUNT, [OptOut("o1", MIA, None, "{}")])
    assert await waiting(desk) is None
