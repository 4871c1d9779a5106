"""Test that hosts whose clocks are wrong work on one server as on one host."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bench.server.claims import WrongClock, measure_claims, measure_races, open_host
from tests.store.builders import ACCOUNT, get_conversation, make_outgoing, make_reply
from tui.clock import SECOND, SystemClock
from tui.domain.database import ServerDatabase
from tui.store.presence import Colleague
from tui.store.store import Store

pytestmark = pytest.mark.only_engine("postgres")


@pytest.fixture(params=[(-5, 5), (5, -5)], ids=["behind", "ahead"])
async def hosts(
    home: ServerDatabase, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[Store, Store]]:
    """Yield the stores of Ana and Bo, whose clocks differ by 10 s."""
    first, second = request.param
    async with (
        open_host(home.address, "a", first) as ana,
        open_host(home.address, "b", second) as bo,
    ):
        await ana.ingest.store_events(ACCOUNT, [make_reply()])
        yield ana, bo


async def test_all_hosts_go_by_the_clock_of_the_server(home: ServerDatabase) -> None:
    right = SystemClock()
    for skew in (-3_600, -5, 5, 3_600):
        clock = WrongClock(skew)
        async with Store(home, clock=clock, rng=random.Random(1), owner="x"):
            assert abs(clock.now() - right.now()) < SECOND


async def test_a_clock_that_is_right_is_not_corrected(home: ServerDatabase) -> None:
    corrections: list[int] = []

    class WatchedClock(SystemClock):
        def follow(self, now: int) -> None:
            corrections.append(now - self.now())

    async with Store(home, clock=WatchedClock(), rng=random.Random(1), owner="x"):
        pass
    assert corrections == []


async def test_compose_locks_and_presence_hold_between_hosts(hosts: tuple[Store, Store]) -> None:
    ana, bo = hosts
    thread = (await get_conversation(ana)).id
    assert await ana.compose_locks.acquire_lock(thread, "ana") == ""
    assert await bo.compose_locks.acquire_lock(thread, "bo") == "ana"
    assert await bo.compose_locks.get_holder(thread) == "ana"
    assert await bo.compose_locks.acquire_lock(thread, "bo", force=True) == ""
    assert await ana.compose_locks.get_holder(thread) == "bo"
    await ana.presence.announce_presence("ana", thread, typing=True)
    assert await bo.presence.list_colleagues(thread) == [Colleague("ana", True)]


async def test_leases_and_claims_of_a_living_host_stay_its_own(hosts: tuple[Store, Store]) -> None:
    ana, bo = hosts
    values = {"kind": "service", "names": [ACCOUNT], "duration_ms": 8 * SECOND, "preferred": False}
    assert await ana.leases.renew_leases("ana", **values) == {ACCOUNT}  # type: ignore[arg-type]
    assert await bo.leases.renew_leases("bo", **values) == frozenset()  # type: ignore[arg-type]
    await ana.intents.queue_message(make_outgoing())
    assert await ana.outbox.claim_due_messages("a", ACCOUNT, 5)
    now = bo.outbox._clock.now()
    assert await bo.outbox.settle_abandoned_claims(now - 10 * SECOND) == 0


async def test_a_text_is_held_as_long_on_every_host(hosts: tuple[Store, Store]) -> None:
    ana, bo = hosts
    until = ana.outbox._clock.now() + 3 * SECOND
    await ana.intents.queue_message(make_outgoing("held", hold_until=until))
    assert await bo.outbox.claim_due_messages("b", ACCOUNT, 5) == []
    await ana.intents.queue_message(make_outgoing("at once"))
    assert [one.message.body for one in await bo.outbox.claim_due_messages("b", ACCOUNT, 5)] == [
        "at once"
    ]


async def test_four_hosts_that_die_send_nothing_twice_and_lose_nothing(
    home: ServerDatabase, tmp_path: Path
) -> None:
    result = await measure_claims(home.address, tmp_path / "sent", 150, 2)
    assert result["messages"] == 150
    assert (result["sent twice"], result["lost"]) == (0, 0)


async def test_two_hosts_that_race_answer_each_question_once(home: ServerDatabase) -> None:
    result = await measure_races(home.address, 30)
    assert (result["answered twice"], result["not answered"]) == (0, 0)
