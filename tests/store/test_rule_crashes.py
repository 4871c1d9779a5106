"""A crash at any statement leaves all or nothing: never two answers, and none is lost."""

import asyncio
import contextlib
import random
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.store.builders import MIA, get_conversation
from tests.store.rule_worlds import RuleWorld, make_helpers
from tui.clock import ManualClock, SystemClock
from tui.store.connections import Connection, Cursor
from tui.store.engine import Transaction
from tui.store.rule_helpers import RuleHelpers
from tui.store.store import Store

ROOT = Path(__file__).parents[2]
RULES = """
[[rule]]
name = "all"
when = ["arrives"]
then = ["label seen", "star", "note Read this", "answer thanks", "notify mia"]
"""


class Crash(Exception):
    """The program ends here."""


class CrashingConnection:
    """Connection that fails at one of its statements."""

    def __init__(self, connection: Connection, place: int) -> None:
        """Create it; the statement with this number fails, from 1."""
        self._connection, self._left = connection, place
        self.dialect = connection.dialect

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Crash

    def execute(self, sql: str, values: Mapping[str, Any] = {}, /) -> Cursor:
        """Run a statement, or crash before it."""
        self._count()
        return self._connection.execute(sql, values)

    def executemany(self, sql: str, values: Iterable[Mapping[str, Any]], /) -> Any:
        """Run a statement for several values, or crash before it."""
        self._count()
        return self._connection.executemany(sql, values)

    def send_together(self) -> AbstractContextManager[object]:
        """Let statements share a round trip."""
        return self._connection.send_together()


async def judge_and_crash(store: Store, helpers: RuleHelpers, place: int) -> None:
    """Judge what is queued, and crash at a statement; the last one is the commit itself."""

    def work(transaction: Transaction) -> None:
        transaction.connection = CrashingConnection(transaction.connection, place)
        store.rule_work._judge_batch(transaction, helpers, 20)
        transaction.connection.execute("select 1")
        transaction.flush(0)

    await store.database.write(work)


async def test_a_crash_at_any_statement_leaves_nothing_done(
    store: Store, clock: ManualClock
) -> None:
    world = RuleWorld(store, clock)
    await world.add_rules(RULES)
    await world.receive("Hello?")
    before = await get_conversation(store)
    crashes = 0
    for place in range(1, 500):
        try:
            await judge_and_crash(store, world.helpers, place)
        except Crash:
            crashes += 1
            assert await store.rules.count_waiting() == 1
            assert await get_conversation(store) == before
            assert len(await world.messages()) == 1
        else:
            break
    assert crashes > 20
    assert await store.rules.count_waiting() == 0
    assert await world.answers() == ["Thank you!"]
    await world.apply()
    assert await world.answers() == ["Thank you!"]


async def test_two_processes_at_once_answer_each_text_once(
    open_store: OpenStore, clock: ManualClock
) -> None:
    world = RuleWorld(await open_store(), clock)
    other = RuleWorld(await open_store(owner="b", seed=2), clock)
    await world.add_rules(RULES)
    parties = [f"+614915700{n:02}" for n in range(10, 40)]
    for party in parties:
        await world.receive(f"Hello from {party[-2:]}", party)
    await asyncio.gather(
        *(one.store.rule_work.judge_texts(one.helpers) for one in (world, other) * 2)
    )
    for party in parties:
        assert await world.answers(party) == ["Thank you!"], party
    assert await world.store.rules.count_waiting() == 0


@pytest.mark.slow
@pytest.mark.only_engine("sqlite")
@pytest.mark.usefixtures("real_databases")
async def test_processes_that_are_killed_answer_each_text_once(tmp_path: Path) -> None:
    path, clock, rng = tmp_path / "inbox.db", SystemClock(), random.Random(7)
    async with Store(path, clock=clock, rng=random.Random(1), owner="test") as store:
        world = RuleWorld(store, clock)
        await world.add_rules(RULES)
        parties = [f"+61491{n:06}" for n in range(570_100, 570_900)]
        for party in parties:
            await world.receive(f"Hello from {party[-3:]}", party)
        kills = 0
        while left := await store.rules.count_waiting():
            arguments = ("-m", "tests.store.processes", "rules", str(path), f"p{kills}")
            started = [
                await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
                for _ in range(2)
            ]
            goal = max(0, left - rng.randrange(40, 160))
            while await store.rules.count_waiting() > goal:
                await asyncio.sleep(0.005)
            for process in started:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            kills += 1
        assert kills >= 5
        for party in parties:
            assert await world.answers(party) == ["Thank you!"], party


async def test_a_text_that_always_fails_does_not_stop_the_others(
    store: Store, clock: ManualClock
) -> None:
    errors: list[str] = []
    helpers = make_helpers(clock)
    prepare = helpers.prepare_answer

    def fail_for_mia(request: Any) -> Any:
        if request.conversation.party == MIA:
            raise ZeroDivisionError
        return prepare(request)

    object.__setattr__(helpers, "prepare_answer", fail_for_mia)
    object.__setattr__(helpers, "report_error", lambda what, error: errors.append(what))
    world = RuleWorld(store, clock, helpers)
    await world.add_rules(RULES)
    await world.receive("Hello?")
    await world.receive("Hello!", "+61491570156")
    for _ in range(30):
        await world.apply()
        clock.advance(60)
    assert await world.answers("+61491570156") == ["Thank you!"]
    assert await world.answers() == []
    assert await store.rules.count_waiting() == 0
    assert errors[-1].startswith("rules gave up on text")
    assert len(errors) == 8


@pytest.mark.parametrize("party", ["+61491570156"])
async def test_a_text_that_is_gone_is_passed_over(
    store: Store, clock: ManualClock, party: str
) -> None:
    world = RuleWorld(store, clock)
    await world.add_rules(RULES)
    await world.receive("Hello?", party)

    def forget(transaction: Transaction) -> None:
        for table in ("attachments", "mentions"):
            transaction.connection.execute(f"delete from {table}")
        transaction.connection.execute("delete from messages")

    await store.database.write(forget)
    assert await world.apply() == 1
    assert await store.rules.count_waiting() == 0
