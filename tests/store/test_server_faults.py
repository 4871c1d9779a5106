"""Test that a lost connection loses nothing, doubles nothing, and ends nothing."""

import asyncio
import contextlib
import functools
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    get_message,
    make_outgoing,
    make_receipt,
    make_reply,
)
from tests.store.consistency import check_counters_and_summaries
from tests.store.cutting_proxy import COMMIT, CuttingProxy
from tests.sync.doubles import ScriptedProvider
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.desk.outages import describe_outage
from tui.domain.change import RELOAD, Change
from tui.domain.database import ServerDatabase
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome
from tui.store.errors import DraftSent, StaleReply, UnknownOutcome, Unreachable
from tui.store.event_rows import SendRecord
from tui.store.postgres import connection_thread, server_engine, server_writing
from tui.store.postgres.server_connection import ServerConnection
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.outbox import OutboxSender

pytestmark = pytest.mark.only_engine("postgres")

_PHASES = {
    "begin": (b"pg_advisory_xact_lock", False),
    "answer to begin": (b"pg_advisory_xact_lock", True),
    "middle": (MIA.encode(), False),
    "answer in the middle": (MIA.encode(), True),
    "commit": (COMMIT, False),
    "answer to commit": (COMMIT, True),
}


@pytest.fixture
def proxy(home: ServerDatabase) -> Iterator[CuttingProxy]:
    with CuttingProxy(home) as proxy:
        yield proxy


@pytest.fixture
async def desk(proxy: CuttingProxy, open_store: OpenStore) -> Store:
    """Return a store behind the proxy, whose writer is connected, with a text of Mia."""
    desk = await open_store(proxy.database, owner="desk", seed=2)
    await desk.ingest.store_events(ACCOUNT, [make_reply("question")])
    return desk


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait long for a server that does not come back."""
    monkeypatch.setattr(server_writing, "_PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(connection_thread, "_RETRY_SECONDS", 0.02)


async def repeat(work: Callable[[], Awaitable[Any]], proxy: CuttingProxy) -> Any:
    """Do what every loop does: try again until the server answers."""
    for _ in range(50):
        try:
            return await work()
        except Unreachable:
            proxy.open_again()
            await asyncio.sleep(0.02)
    raise AssertionError("never stored")


async def list_bodies(store: Store, direction: Direction, party: str = MIA) -> list[str]:
    """Return the texts of a conversation in one direction, sorted."""
    thread = await get_conversation(store, party)
    found = await store.messages.list_before(thread.id, 1 << 62, 500)
    return sorted(message.body for message in found if message.direction is direction)


@pytest.mark.parametrize("phase", _PHASES)
async def test_a_cut_in_any_phase_neither_loses_nor_doubles_a_reply(
    desk: Store, proxy: CuttingProxy, open_store: OpenStore, phase: str
) -> None:
    pattern, is_passed = _PHASES[phase]
    for number in range(3):
        rule = proxy.cut_at(pattern, is_passed=is_passed)
        events = [make_reply(f"{number}", id=f"r{number}")]
        await repeat(functools.partial(desk.ingest.store_events, ACCOUNT, events), proxy)
        assert rule.has_struck
    other = await open_store()
    assert await list_bodies(other, Direction.IN) == ["0", "1", "2", "question"]
    await check_counters_and_summaries(other)


@pytest.mark.parametrize("phase", _PHASES)
async def test_a_cut_in_any_phase_neither_loses_nor_doubles_a_text_of_an_agent(
    desk: Store, proxy: CuttingProxy, phase: str
) -> None:
    pattern, is_passed = _PHASES[phase]
    thread = await get_conversation(desk)
    saved = await desk.drafts.save_draft(thread.id, "ana", "We are on it", began_at=0)
    rule = proxy.cut_at(pattern, is_passed=is_passed)
    new = make_outgoing()
    await repeat(lambda: desk.intents.queue_message(new, draft=saved.draft), proxy)
    assert rule.has_struck
    assert await list_bodies(desk, Direction.OUT) == ["We are on it"]
    await check_counters_and_summaries(desk)


async def test_a_text_that_is_stored_without_our_knowledge_is_not_sent_again(
    desk: Store, proxy: CuttingProxy, impatient: None
) -> None:
    thread = await get_conversation(desk)
    saved = await desk.drafts.save_draft(thread.id, "ana", "We are on it", began_at=0)
    proxy.cut_at(COMMIT, is_passed=True, closes_proxy=True)
    with pytest.raises(UnknownOutcome, match="may or may not be stored"):
        await desk.intents.queue_message(
            make_outgoing(), seen_upto=thread.last_id, draft=saved.draft
        )
    proxy.open_again()
    with pytest.raises((DraftSent, StaleReply)):
        await repeat(
            lambda: desk.intents.queue_message(
                make_outgoing(), seen_upto=thread.last_id, draft=saved.draft
            ),
            proxy,
        )
    with pytest.raises(DraftSent):
        await desk.intents.queue_message(make_outgoing(), draft=saved.draft)
    assert await list_bodies(desk, Direction.OUT) == ["We are on it"]


async def test_a_number_of_another_history_proves_nothing(
    proxy: CuttingProxy, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    histories = itertools.count(1)

    def read_timeline(connection: ServerConnection) -> None:
        connection.timeline = str(next(histories))

    monkeypatch.setattr(server_engine, "read_timeline", read_timeline)
    desk = await open_store(proxy.database, owner="desk", seed=2)
    proxy.cut_at(COMMIT, is_passed=True)
    with pytest.raises(UnknownOutcome):
        await desk.ingest.store_events(ACCOUNT, [make_reply(id="r1")])
    await desk.ingest.store_events(ACCOUNT, [make_reply(id="r1")])
    assert len(await list_bodies(desk, Direction.IN)) == 1


async def test_what_was_claimed_without_our_knowledge_is_sent_all_the_same(
    desk: Store, proxy: CuttingProxy, impatient: None
) -> None:
    queued = await desk.intents.queue_message(make_outgoing())
    proxy.cut_at(COMMIT, is_passed=True, closes_proxy=True)
    with pytest.raises(UnknownOutcome):
        await desk.outbox.claim_due_messages("desk", ACCOUNT, 10)
    proxy.open_again()
    claimed = await repeat(lambda: desk.outbox.claim_due_messages("desk", ACCOUNT, 10), proxy)
    assert [one.message.id for one in claimed] == [queued.id]
    # What is being sent now is known, and stays claimed whatever another claim meets.
    await desk.intents.queue_message(make_outgoing("second"))
    proxy.cut_at(COMMIT, is_passed=True, closes_proxy=True)
    with pytest.raises(UnknownOutcome):
        await desk.outbox.claim_due_messages("desk", ACCOUNT, 10)
    again = await repeat(lambda: desk.outbox.claim_due_messages("desk", ACCOUNT, 10), proxy)
    assert [one.message.body for one in again] == ["second"]
    assert (await get_message(desk, queued.id)).status is Status.SENDING


async def test_what_is_being_sent_is_not_claimed_again_where_a_standby_lacks_the_claim(
    desk: Store,
) -> None:
    queued = await desk.intents.queue_message(make_outgoing())
    await desk.outbox.claim_due_messages("desk", ACCOUNT, 10)
    lost = "update messages set status = 'queued', claimed_by = '' where direction = 'out'"
    await desk.database.write(lambda t: t.connection.execute(lost))
    assert await desk.outbox.claim_due_messages("desk", ACCOUNT, 10) == []
    await desk.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    assert (await get_message(desk, queued.id)).status is Status.ACCEPTED


async def test_a_result_that_is_stored_twice_stands_once_in_the_history(
    desk: Store, proxy: CuttingProxy, clock: ManualClock, impatient: None
) -> None:
    queued = await desk.intents.queue_message(make_outgoing())
    await desk.outbox.claim_due_messages("desk", ACCOUNT, 10)
    proxy.cut_at(COMMIT, is_passed=True, closes_proxy=True)
    results, at = [(queued.id, SendRecord(Status.ACCEPTED, "p-1", price="0.05"))], clock.now()
    with pytest.raises(UnknownOutcome):
        await desk.outbox.settle_messages(results, at=at)
    proxy.open_again()
    await repeat(
        lambda: desk.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "p-1")]), proxy
    )
    clock.advance(5)
    await desk.outbox.settle_messages(results, at=at, is_repeated=True)
    assert (await get_message(desk, queued.id)).status is Status.DELIVERED
    history = await desk.messages.list_events(queued.id)
    assert [event.kind for event in history].count("send") == 1


@pytest.mark.parametrize("is_passed", [False, True])
async def test_a_merge_is_made_once(desk: Store, proxy: CuttingProxy, is_passed: bool) -> None:
    await desk.ingest.store_events(ACCOUNT, [make_reply("other", TOM)])
    mia, tom = await get_conversation(desk), await get_conversation(desk, TOM)
    proxy.cut_at(COMMIT, is_passed=is_passed)
    merge = await repeat(lambda: desk.merges.merge_conversations(mia.id, tom.id, "ana"), proxy)
    assert await list_bodies(desk, Direction.IN) == ["other", "question"]
    proxy.cut_at(COMMIT, is_passed=is_passed)
    await repeat(lambda: desk.merges.undo_merge(merge, "ana"), proxy)
    assert await list_bodies(desk, Direction.IN) == ["question"]
    await check_counters_and_summaries(desk)


async def test_sending_goes_on_through_cuts_everywhere(
    desk: Store, proxy: CuttingProxy, impatient: None
) -> None:
    rng, sent = random.Random(7), Counter[str]()
    bodies = [f"text {number}" for number in range(40)]
    for body in bodies:
        await desk.intents.queue_message(make_outgoing(body))

    async def send(messages: list[Outgoing]) -> list[SendOutcome]:
        sent.update(message.text for message in messages)
        return [SendAccepted(f"p-{message.reference}") for message in messages]

    context = SyncContext(desk, _NoWaiting(), rng)
    sender = OutboxSender(ServedAccount(ACCOUNT, ScriptedProvider(send=send)), context)
    patterns = [b"pg_advisory_xact_lock", b"with due as", b"update messages", COMMIT, COMMIT]
    cuts = 0
    while await desk.outbox.get_next_due_time(ACCOUNT) is not None or cuts < 12:
        rule = proxy.cut_at(
            rng.choice(patterns), is_passed=rng.random() < 0.6, closes_proxy=rng.random() < 0.3
        )
        cuts += 1
        opening = asyncio.get_running_loop().call_later(0.6, proxy.open_again)
        try:
            await sender.run_round()
        except Unreachable:
            await asyncio.sleep(0.05)
        proxy.rules.remove(rule)
        proxy.open_again()
        opening.cancel()
        await repeat(lambda: desk.outbox.get_next_due_time(ACCOUNT), proxy)
    assert sent == Counter(bodies)
    thread = await get_conversation(desk)
    found = await desk.messages.list_before(thread.id, 1 << 62, 500)
    outgoing = [message for message in found if message.direction is Direction.OUT]
    assert {message.status for message in outgoing} == {Status.ACCEPTED}
    await check_counters_and_summaries(desk)


class _NoWaiting(ManualClock):
    """Clock for loops that wait between two tries."""

    async def sleep(self, seconds: float) -> None:
        """Wait a moment in real time."""
        await asyncio.sleep(0.01)


async def test_news_continue_after_the_server_was_away(
    desk: Store, proxy: CuttingProxy, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.feed._RETRY_SECONDS", 0.02)
    other = await open_store(owner="other", seed=3)
    seen: list[Change] = []

    async def follow() -> None:
        async for changes in desk.feed.watch_changes():
            seen.extend(changes)

    task = asyncio.create_task(follow())
    try:
        await other.ingest.store_events(ACCOUNT, [make_reply("heard")])
        await wait_until(seen.copy)
        proxy.close()
        await wait_until(lambda: desk.database.outage, what="the outage is known")
        outage = desk.database.outage
        assert outage is not None and outage.what == "does not answer"
        seen.clear()
        await other.ingest.store_events(ACCOUNT, [make_reply("missed")])
        proxy.open_again()
        await wait_until(lambda: (RELOAD in seen) or None)
        seen.clear()
        assert desk.database.outage is None
        await other.ingest.store_events(ACCOUNT, [make_reply("heard again")])
        await wait_until(seen.copy, timeout=5)  # far less than the look of every 10 s
    finally:
        task.cancel()


async def test_a_cut_listening_connection_is_replaced_without_a_word(
    desk: Store, proxy: CuttingProxy, open_store: OpenStore
) -> None:
    other = await open_store(owner="other", seed=3)
    seen: list[Change] = []
    began = await desk.feed.get_last_number()

    async def follow() -> None:
        async for changes in desk.feed.watch_changes(after=began):
            seen.extend(changes)

    task = asyncio.create_task(follow())
    try:
        for number in range(3):
            await other.ingest.store_events(ACCOUNT, [make_reply(f"{number}")])
            await wait_until(seen.copy, timeout=5, what=f"change {number}")
            before = proxy.accepted
            proxy.cut_all()
            await wait_until(functools.partial(_has_more_than, proxy, before))
            seen.clear()
        assert RELOAD not in seen and desk.database.outage is None
    finally:
        task.cancel()


async def test_a_server_that_answers_late_is_seen_meanwhile(
    desk: Store, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_engine, "_SLOW_SECONDS", 0.1)
    proxy.is_stalled = True
    writing = asyncio.create_task(desk.ingest.store_events(ACCOUNT, [make_reply("late")]))
    outage = await wait_until(lambda: desk.database.outage)
    assert outage.may_end
    line = describe_outage(outage, outage.since, UTC)
    assert "has not answered since" in line and "not stored yet" in line
    proxy.open_again()
    await writing
    assert desk.database.outage is None


async def test_a_stalled_server_is_given_up(
    desk: Store, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    monkeypatch.setattr(connection_thread, "_STALL_SECONDS", 0.2)
    monkeypatch.setattr(connection_thread, "_PING_SECONDS", 2)
    proxy.is_stalled = True
    with pytest.raises(Unreachable):
        await desk.database.write(lambda t: None)
    proxy.open_again()
    await repeat(lambda: desk.ingest.store_events(ACCOUNT, [make_reply("after")]), proxy)
    assert await list_bodies(desk, Direction.IN) == ["after", "question"]


async def test_many_tasks_wait_for_one_attempt_to_connect(desk: Store, proxy: CuttingProxy) -> None:
    proxy.close()
    await wait_until(lambda: desk.database.outage or _try(desk))
    loop = asyncio.get_running_loop()
    began = loop.time()
    results = await asyncio.gather(
        *(desk.conversations.get(1) for _ in range(200)), return_exceptions=True
    )
    assert all(isinstance(result, Unreachable) for result in results)
    assert loop.time() - began < 2


def _has_more_than(proxy: CuttingProxy, before: int) -> bool:
    """Return whether there were more connections than before."""
    return proxy.accepted > before


async def _try(store: Store) -> bool:
    """Read, and return False in any case."""
    with contextlib.suppress(Unreachable):
        await store.conversations.get(1)
    return False


@pytest.mark.parametrize(("delay", "limit"), [(0.02, 4.0), (0.2, 12.0)])
async def test_a_slow_network_changes_nothing_but_the_time(
    proxy: CuttingProxy, open_store: OpenStore, delay: float, limit: float
) -> None:
    desk = await open_store(proxy.database, owner="desk")
    proxy.delay = delay / 2
    loop = asyncio.get_running_loop()
    began = loop.time()
    await desk.ingest.store_events(ACCOUNT, [make_reply("slow")])
    await desk.intents.queue_message(make_outgoing())
    assert loop.time() - began < limit
    proxy.delay = 0
    assert await list_bodies(desk, Direction.OUT) == ["We are on it"]
