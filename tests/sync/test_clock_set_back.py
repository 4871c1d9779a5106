"""Test that sync goes on, and says why, after the clock of the computer was set back."""

import random
from datetime import UTC

import pytest

from tests.conftest import OpenStore
from tests.sync.conftest import Queue
from tui.clock import HOUR, ManualClock
from tui.desk.account_text import list_account_notices
from tui.desk.format import find_shown_health, format_account_health
from tui.domain.account import Account, AccountState, Health
from tui.domain.attention import AttentionKind
from tui.domain.status import Status
from tui.store.store import Store
from tui.sync.account_health import AccountHealth
from tui.sync.context import RoundResult, ServedAccount, SyncContext
from tui.sync.housekeeping import Housekeeping
from tui.sync.service import SyncService

SHOWN = Account("mm", "messagemedia")


async def get_state(store: Store) -> AccountState:
    """Return the stored state of the account."""
    return (await store.accounts.get_states())["mm"]


@pytest.mark.parametrize("jump", [-3_600.0, -86_400.0, -10 * 365 * 86_400.0])
async def test_a_round_after_a_killed_process_sends_at_once(
    open_store: OpenStore,
    account: ServedAccount,
    context: SyncContext,
    queue: Queue,
    clock: ManualClock,
    jump: float,
) -> None:
    dead = await open_store(owner="dead")
    await dead.leases.renew_leases("mia", "service", ["mm"], duration_ms=8_000, preferred=True)
    claimed = await queue()
    await dead.outbox.claim_due_messages("dead", "mm", 1)
    waiting = await queue(hold_until=clock.now() + 5_000)
    clock.set_wall_clock(jump)
    service = SyncService(
        context.store, [account], clock, random.Random(1), kind="service", agent="sync"
    )
    await service.run_once()
    found = [await context.store.messages.get(one.id) for one in (claimed, waiting)]
    assert [one.status for one in found if one] == [Status.UNCERTAIN, Status.ACCEPTED]


@pytest.mark.parametrize(
    ("jump", "amount"), [(-3_600.0, "1h"), (-86_400.0, "1d"), (-10 * 365 * 86_400.0, "10y")]
)
async def test_header_and_list_of_accounts_say_that_the_clock_was_set_back(
    store: Store, clock: ManualClock, jump: float, amount: str
) -> None:
    await store.accounts.save_health("mm", Health.OK, ok_at=clock.now())
    assert find_shown_health(SHOWN, await get_state(store), clock.now()) is Health.OK
    clock.set_wall_clock(jump)
    state = await get_state(store)
    _, text, _ = format_account_health(SHOWN, state, clock.now(), zone=UTC)
    assert text == f"mm clock set back by {amount}"
    (notice,) = list_account_notices(SHOWN, state, clock.now(), UTC)
    assert notice.kind is AttentionKind.CLOCK_SET_BACK and "time and date" in notice.fix


async def test_the_mark_goes_with_the_next_answer_of_the_provider(
    store: Store, clock: ManualClock
) -> None:
    health = AccountHealth(store.accounts, clock, "mm", "a")
    await health.report_ok("polling", RoundResult(answered=True))
    clock.advance(16)
    clock.set_wall_clock(-3_600)
    await health.report_ok("polling", RoundResult(answered=True))
    state = await get_state(store)
    assert state.ok_at == clock.now()
    assert find_shown_health(SHOWN, state, clock.now()) is Health.OK


async def test_messages_of_a_living_process_stay_claimed_while_the_clock_is_set(
    open_store: OpenStore, context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    living, message = await open_store(owner="living"), await queue()
    await living.leases.record_heartbeat("ann", "desk")
    await living.outbox.claim_due_messages("living", "mm", 1)
    chores = Housekeeping(context)
    for jump in (-3_600, 7_200, -HOUR / 1000):
        await chores.run_round()
        clock.set_wall_clock(jump)
        await chores.run_round()
        found = await context.store.messages.get(message.id)
        assert found is not None and found.status is Status.SENDING
        clock.advance(2)
        await living.leases.record_heartbeat("ann", "desk")
        clock.advance(9)
    clock.advance(11)
    await chores.run_round()
    found = await context.store.messages.get(message.id)
    assert found is not None and found.status is Status.UNCERTAIN


async def test_a_request_to_try_again_counts_whatever_the_clock(
    store: Store,
    account: ServedAccount,
    context: SyncContext,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = SyncService(store, [account], clock, random.Random(1), kind="desk", agent="ann")
    service._leasehold.held = frozenset({"mm"})
    tried: list[int] = []

    async def retry() -> None:
        tried.append(clock.now())

    monkeypatch.setattr(service._workers["mm"], "retry_now", retry)
    for jump in (0, -3_600, -86_400, 7_200):
        clock.set_wall_clock(jump)
        clock.advance(1)
        await service.request_retry("mm")
        await service._apply_retry_requests()
        await service._apply_retry_requests()
    assert len(tried) == 4


async def test_a_single_round_deletes_what_dead_processes_left(
    open_store: OpenStore, account: ServedAccount, context: SyncContext, clock: ManualClock
) -> None:
    for number in range(5):
        dead = await open_store(owner=f"dead {number}", seed=number)
        await dead.leases.record_heartbeat("mia", "desk")
        await dead.presence.announce_presence("mia", 0, typing=False)
    clock.advance(2 * 3_600)
    service = SyncService(
        context.store, [account], clock, random.Random(1), kind="service", agent="sync"
    )
    await service.run_once()
    left = await context.store.database.read(
        lambda c: c.execute(
            "select (select count(*) from processes) + (select count(*) from presence)"
        ).fetchone()[0]
    )
    assert left == 0


async def test_an_open_inbox_deletes_it_within_minutes(
    open_store: OpenStore, context: SyncContext, clock: ManualClock
) -> None:
    dead = await open_store(owner="dead")
    await dead.leases.record_heartbeat("mia", "desk")
    clock.advance(2 * 3_600)
    chores = Housekeeping(context)
    await chores.run_round()
    clock.advance(120)
    await chores.run_round()
    left = await context.store.database.read(
        lambda c: c.execute("select count(*) from processes").fetchone()[0]
    )
    assert left == 0
