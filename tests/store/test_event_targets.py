"""Test what the store knows of hooks and webhooks: one process has an event, whatever the clock."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, make_reply
from tui.clock import DAY, MINUTE, ManualClock
from tui.domain.phone import parse_address
from tui.store.event_targets import MAX_PAUSE_MS, RUNS_KEPT
from tui.store.store import Store
from tui.store.target_rows import ERASED_LINE, EventTarget

HOOK, WEBHOOK = "hook reply", "webhook crm"


async def read_target(store: Store, name: str) -> EventTarget:
    """Return a target as it is stored now."""
    found = await store.event_targets.get_target(name)
    assert found is not None
    return found


@pytest.fixture
async def others(open_store: OpenStore) -> tuple[Store, Store]:
    """Return the stores of two processes with a hook and a webhook, and an event for them."""
    first, second = await open_store(owner="a"), await open_store(owner="b", seed=2)
    await first.event_targets.add_targets([HOOK, WEBHOOK])
    await first.ingest.store_events(ACCOUNT, [make_reply()])
    return first, second


async def test_a_new_target_begins_with_what_happens_next(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await store.event_targets.add_targets([HOOK])
    assert (await read_target(store, HOOK)).position == await store.journal.get_last_id()
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await store.event_targets.add_targets([HOOK, WEBHOOK])
    known, new = await read_target(store, HOOK), await read_target(store, WEBHOOK)
    assert known.position < new.position


async def test_one_process_begins_a_hook(others: tuple[Store, Store]) -> None:
    first, second = others
    here, there = await read_target(first, HOOK), await read_target(second, HOOK)
    assert await first.event_targets.begin_run(here, 1)
    assert not await second.event_targets.begin_run(there, 1)
    assert (await read_target(second, HOOK)).position == 1
    await first.event_targets.end_run(HOOK, 1, "")
    assert await first.event_targets.list_failed_runs() == []


async def test_one_process_posts_until_its_claim_has_expired(
    others: tuple[Store, Store], clock: ManualClock
) -> None:
    first, second = others
    target = await read_target(first, WEBHOOK)
    assert await first.event_targets.claim_post(target, duration_ms=MINUTE)
    assert not await second.event_targets.claim_post(target, duration_ms=MINUTE)
    clock.advance(61)
    assert await second.event_targets.claim_post(target, duration_ms=MINUTE)
    # The first process was only slow: what it says now does not count.
    await first.event_targets.finish_post(WEBHOOK, 1)
    assert (await read_target(first, WEBHOOK)).position == 0
    await second.event_targets.finish_post(WEBHOOK, 1)
    assert (await read_target(first, WEBHOOK)).position == 1


async def test_neither_a_claim_nor_a_pause_of_the_future_stops_a_webhook(
    others: tuple[Store, Store], clock: ManualClock
) -> None:
    first, second = others
    target = await read_target(first, WEBHOOK)
    clock.advance(DAY / 1000)
    assert await first.event_targets.claim_post(target, duration_ms=MINUTE)
    clock.advance(-DAY / 1000)
    assert await second.event_targets.claim_post(target, duration_ms=MINUTE)
    clock.advance(DAY / 1000)
    await second.event_targets.retry_post(target, 1, "no answer", MAX_PAUSE_MS)
    clock.advance(-DAY / 1000)
    assert await first.event_targets.claim_post(target, duration_ms=MINUTE)


async def test_only_hooks_of_dead_processes_are_cut_off(
    others: tuple[Store, Store], clock: ManualClock
) -> None:
    first, second = others
    await first.leases.record_heartbeat("", "service")
    assert await first.event_targets.begin_run(await read_target(first, HOOK), 1)
    settle = second.event_targets.settle_cut_off_runs
    assert await settle(clock.now() - 10_000) == 0
    clock.advance(11)
    assert await settle(clock.now() - 10_000) == 1
    (run,) = await second.event_targets.list_failed_runs()
    assert (run.target, run.event_id) == (HOOK, 1)


async def test_the_newest_failures_are_kept(store: Store, clock: ManualClock) -> None:
    await store.event_targets.add_targets([HOOK])
    for event_id in range(1, RUNS_KEPT + 6):
        await store.event_targets.begin_run(await read_target(store, HOOK), event_id)
        await store.event_targets.end_run(HOOK, event_id, "code 1")
        clock.advance(1)
    await store.upkeep.prune()
    runs = await store.event_targets.list_failed_runs(1_000)
    assert [run.event_id for run in runs] == list(range(RUNS_KEPT + 5, 5, -1))


async def test_what_a_hook_prints_about_a_customer_who_was_forgotten_meanwhile_is_not_kept(
    store: Store,
) -> None:
    await store.event_targets.add_targets([HOOK, WEBHOOK])
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    event_id = await store.journal.get_last_id()
    hook, webhook = await read_target(store, HOOK), await read_target(store, WEBHOOK)
    await store.event_targets.begin_run(hook, event_id)
    await store.event_targets.claim_post(webhook, duration_ms=MINUTE)
    await store.forgetting.forget(parse_address(MIA), "ana")
    await store.event_targets.end_run(HOOK, event_id, f"cannot find {MIA}")
    await store.event_targets.retry_post(webhook, event_id, f"HTTP 400 {MIA}", MINUTE)
    (run,) = await store.event_targets.list_failed_runs()
    lines = {run.line, (await read_target(store, HOOK)).line}
    assert lines | {(await read_target(store, WEBHOOK)).line} == {ERASED_LINE}
