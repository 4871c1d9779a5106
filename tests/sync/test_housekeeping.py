"""Test the chores of the one process that maintains the database."""

import asyncio
import random
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.sync.conftest import Queue
from tests.waiting import wait_until
from tui.clock import DAY, ManualClock
from tui.desk.bulk_words import format_recipient_outcome
from tui.domain.bulk_text import BulkRecipient, BulkText, Outcome
from tui.domain.conversation import State
from tui.domain.status import Status
from tui.store.bulk_feed import UNSERVED
from tui.store.sqlite.file_engine import FileEngine
from tui.store.store import Store
from tui.sync.context import SyncContext, discard_log
from tui.sync.housekeeping import Housekeeping
from tui.sync.lease import Leasehold, ProcessIdentity


async def test_only_messages_claimed_by_dead_processes_become_uncertain(
    open_store: OpenStore, context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    dead, living = await open_store(owner="dead"), await open_store(owner="living")
    messages = [await queue(), await queue()]
    for store in (dead, living):
        await store.leases.record_heartbeat("ann", "desk")
        await store.outbox.claim_due_messages(store.leases.owner, "mm", 1)
    clock.advance(11)
    await living.leases.record_heartbeat("ann", "desk")
    await Housekeeping(context).run_round()
    found = [await context.store.messages.get(message.id) for message in messages]
    assert [m.status for m in found if m] == [Status.UNCERTAIN, Status.SENDING]


async def test_a_snoozed_conversation_wakes_at_its_time(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    message = await queue()
    identity = message.conversation_id
    await context.store.triage.snooze_conversations([identity], "ann", clock.now() + 60_000)
    chores = Housekeeping(context)
    await chores.run_round()
    asleep = await context.store.conversations.get(identity)
    clock.advance(60)
    await chores.run_round()
    awake = await context.store.conversations.get(identity)
    assert asleep is not None and asleep.state is State.SNOOZED
    assert awake is not None and awake.state is State.OPEN


async def test_a_checkpoint_runs_once_a_minute(
    context: SyncContext, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = count_checkpoints(context.store, monkeypatch)
    chores = Housekeeping(context)
    for _ in range(65):
        await chores.run_round()
        clock.advance(2)
    assert len(done) == 2


async def test_a_fast_growing_log_gets_a_checkpoint_at_once(
    context: SyncContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = count_checkpoints(context.store, monkeypatch)
    chores = Housekeeping(context)
    await context.store.drafts.save_draft(1, "ann", "", began_at=0)
    await chores.run_round()
    monkeypatch.setattr("tui.store.sqlite.file_engine._LONG_LOG", 1)
    await chores.run_round()
    await chores.run_round()
    assert len(done) == 1


def count_checkpoints(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Return a list that grows with every checkpoint."""
    done: list[None] = []
    assert isinstance(store.database, FileEngine)
    run_work = store.database._run_work

    async def noted(connection: Any, work: Any) -> Any:
        code = getattr(work, "__code__", None)
        if connection is writer and code and "checkpoint" in str(code.co_consts):
            done.append(None)
        return await run_work(connection, work)

    writer = store.database._writer
    monkeypatch.setattr(store.database, "_run_work", noted)
    return done


async def test_old_changes_are_pruned_hourly(
    context: SyncContext, queue: Queue, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pruned: list[None] = []

    async def prune(*values: Any) -> None:
        pruned.append(None)

    monkeypatch.setattr(context.store.upkeep, "prune", prune)
    chores = Housekeeping(context)
    await chores.run_round()
    clock.advance(3_601)
    await chores.run_round()
    await chores.run_round()
    assert len(pruned) == 1


async def test_only_the_newest_changes_are_kept(context: SyncContext, queue: Queue) -> None:
    for _ in range(5):
        await queue()
    await context.store.feed.prune_changes(3)
    rows = await context.store.database.read(
        lambda c: c.execute("select count(*) from changes").fetchone()
    )
    assert rows[0] == 3


async def test_a_process_without_the_lease_does_no_chores(
    open_store: OpenStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder, other = await open_store(owner="holder"), await open_store(owner="other")
    rng = random.Random(1)
    leases = [
        Leasehold(s.leases, clock, rng, discard_log, [], ProcessIdentity("ann", "desk"))
        for s in (holder, other)
    ]
    worked = count_rounds(monkeypatch)
    tasks = [asyncio.create_task(leases[0].run_forever())]
    await wait_until(lambda: leases[0].held)
    tasks.append(asyncio.create_task(leases[1].run_forever()))
    for store, leasehold in zip((holder, other), leases, strict=True):
        chores = Housekeeping(SyncContext(store, clock, rng))
        tasks.append(asyncio.create_task(chores.run_forever(leasehold)))
    await wait_until(lambda: worked)
    assert set(worked) == {"holder"}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def count_rounds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with the owner of every round."""
    worked: list[str] = []

    async def noted(self: Housekeeping) -> None:
        worked.append(self._context.store.leases.owner)

    monkeypatch.setattr(Housekeeping, "run_round", noted)
    return worked


async def test_texts_to_many_of_an_account_that_nothing_serves_end_with_the_reason(
    context: SyncContext, clock: ManualClock
) -> None:
    texts, chores = context.store.bulk_texts, Housekeeping(context, accounts=["mm"])
    bulk = await texts.start(
        BulkText("ann", "Hi", pace=60, starts_at=clock.now()),
        [
            BulkRecipient(number, number, account=name, body="Hi")
            for number, name in (("+61491570156", "gone"), ("+61491570157", "mm"))
        ],
    )
    clock.advance(2 * DAY / 1_000)
    await chores.run_round()
    gone, ours = await texts.list_recipients(bulk.id)
    assert format_recipient_outcome(gone, clock.now(), None) == f"left out: {UNSERVED}"
    assert ours.outcome is Outcome.WAITING
