"""The runner acts at once on what arrives, in one process, and leaves the work to another."""

import asyncio
import contextlib

import pytest

from tests.conftest import OpenStore
from tests.store.builders import TOM
from tests.store.rule_worlds import RuleWorld, make_helpers, read_rules
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.desk.rule_runner import RULES_LEASE, RuleRunner
from tui.store.store import Store

RULES = '[[rule]]\nname = "thanks"\nwhen = ["arrives"]\nthen = ["answer thanks"]\n'


async def stop(task: "asyncio.Task[None]") -> None:
    """Cancel a runner and wait for its end."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_one_process_applies_the_rules_and_a_service_takes_over(
    open_store: OpenStore, clock: ManualClock
) -> None:
    desk, service = await open_store(owner="desk"), await open_store(owner="service", seed=2)
    world, helpers = RuleWorld(desk, clock), make_helpers(clock)
    await world.add_rules(RULES, on=False)
    first = asyncio.create_task(RuleRunner(desk, helpers, preferred=False).run_forever())
    await world.receive("Before it is on", TOM)
    await desk.rules.switch_rule("thanks", "ana", on=True)

    async def is_held_by(owner: str) -> bool:
        return await desk.leases.get_holder(RULES_LEASE) == owner

    await wait_until(lambda: is_held_by("desk"), what="the inbox applies the rules")
    second = asyncio.create_task(RuleRunner(service, helpers, preferred=True).run_forever())
    await wait_until(lambda: is_held_by("service"), what="the service takes over")
    await world.receive("Hello?")

    async def is_answered() -> bool:
        return await world.answers() == ["Thank you!"]

    await wait_until(is_answered, what="the answer")
    assert await world.answers(TOM) == []
    await stop(second)
    assert await desk.leases.get_holder(RULES_LEASE) != "service"
    await stop(first)


async def test_a_rule_that_another_process_changes_is_used_at_once(
    open_store: OpenStore, clock: ManualClock
) -> None:
    here, there = await open_store(), await open_store(owner="b", seed=2)
    world = RuleWorld(here, clock)
    await world.add_rules(RULES)
    runner = asyncio.create_task(RuleRunner(here, world.helpers, preferred=False).run_forever())
    changed = read_rules(RULES.replace("answer thanks", "answer stop"), clock)[0]
    await there.rules.save_rule(changed, "bo")
    await world.receive("Hello?")

    async def is_answered() -> bool:
        return await world.answers() == ["You get no more texts"]

    await wait_until(is_answered, what="the answer of the changed rule")
    await stop(runner)


@pytest.mark.only_engine("sqlite")
@pytest.mark.parametrize("steps", range(5))
async def test_a_runner_that_is_cancelled_together_with_a_change_ends(
    store: Store, clock: ManualClock, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await RuleWorld(store, clock).add_rules(RULES)
    runner, has_looked = RuleRunner(store, make_helpers(clock), preferred=False), asyncio.Event()

    async def find_nothing() -> int:
        has_looked.set()
        return 0

    monkeypatch.setattr(runner, "run_round", find_nothing)
    task = asyncio.create_task(runner.run_forever())
    await has_looked.wait()
    for _ in range(5):
        await asyncio.sleep(0)  # it waits for a change then
    runner.wake()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=10)
    assert done == {task}
