"""Test that no time stored by a process outlives a clock that is set back, whatever its kind.

Each kind is stored, the clock is set, and its holder counts as dead, or its pause as over, at once.
Only what a person chose stays: the time of a scheduled message and the end of a snooze.
"""

import itertools
import random
from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, get_conversation, make_outgoing, make_reply
from tui.clock import DAY, HOUR, MINUTE, SECOND, ManualClock, is_pending, is_recent
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.conversation import State
from tui.domain.status import Status
from tui.store.event_rows import SendRecord
from tui.store.reader import InboxReader
from tui.store.receipt_schedule import NEVER, ReceiptQuery
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.credit import CreditGuard

YEARS = 3_650 * DAY / SECOND
JUMPS = [(-60.0,), (-3_600.0,), (-86_400.0,), (-YEARS,), (3_600.0, -3_600.0)]
"""Seconds by which the clock is set: before the time is stored if there are two, and after it."""

Check = Callable[[], Awaitable[bool]]
"""Return whether the stored time still holds."""
Arrange = Callable[[Store, Store, ManualClock], Awaitable[Check]]
"""Store a time with the first store, and return how the second one sees it."""


async def arrange_lease(store: Store, other: Store, clock: ManualClock) -> Check:
    await store.leases.acquire_lease(ACCOUNT, duration_ms=8 * SECOND, preferred=True)

    async def is_held() -> bool:
        with InboxReader(other.location) as reader:
            seen = reader.get_lease_holder(ACCOUNT, clock.now())
        assert seen == await other.leases.get_holder(ACCOUNT)
        taken = await other.leases.acquire_lease(ACCOUNT, duration_ms=8 * SECOND, preferred=False)
        assert taken is not bool(seen)
        return bool(seen)

    return is_held


async def arrange_lease_renewal(store: Store, other: Store, clock: ManualClock) -> Check:
    await store.leases.renew_leases("mia", "service", [ACCOUNT], duration_ms=8_000, preferred=True)

    async def is_held() -> bool:
        held = await other.leases.renew_leases(
            "tom", "desk", [ACCOUNT], duration_ms=8_000, preferred=False
        )
        return ACCOUNT not in held

    return is_held


async def arrange_claim(store: Store, other: Store, clock: ManualClock) -> Check:
    await store.leases.record_heartbeat("mia", "desk")
    queued = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages(store.leases.owner, ACCOUNT, 1)

    async def is_claimed() -> bool:
        await other.outbox.settle_abandoned_claims(clock.now() - 10 * SECOND)
        found = await other.messages.get(queued.id)
        assert found is not None
        return found.status is Status.SENDING

    return is_claimed


async def arrange_hold(store: Store, other: Store, clock: ManualClock) -> Check:
    await store.intents.queue_message(make_outgoing(hold_until=clock.now() + 5 * SECOND))
    return make_queue_check(other, clock)


async def arrange_hold_of_scheduled(store: Store, other: Store, clock: ManualClock) -> Check:
    """Hold a message before it goes to a provider that can schedule it."""
    planned = clock.now() + 2 * DAY
    held = clock.now() + 5 * SECOND
    await store.intents.queue_message(make_outgoing(hold_until=held, scheduled_at=planned))
    return make_queue_check(other, clock)


async def arrange_back_off(store: Store, other: Store, clock: ManualClock) -> Check:
    queued = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    pause = clock.now() + 30 * SECOND
    await store.outbox.requeue_messages("a", [(queued.id, pause, "no network")])
    return make_queue_check(other, clock)


def make_queue_check(other: Store, clock: ManualClock) -> Check:
    async def is_waiting() -> bool:
        due = await other.outbox.get_next_due_time(ACCOUNT)
        claimed = await other.outbox.claim_due_messages("b", ACCOUNT, 1)
        assert due is not None and (due > clock.now()) is not bool(claimed)
        return not claimed

    return is_waiting


async def arrange_compose_lock(store: Store, other: Store, clock: ManualClock) -> Check:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    identity = (await get_conversation(store)).id
    await store.compose_locks.acquire_lock(identity, "mia")

    async def is_locked() -> bool:
        holder = await other.compose_locks.get_holder(identity)
        assert holder == await other.compose_locks.acquire_lock(identity, "tom")
        return bool(holder)

    return is_locked


async def arrange_presence(store: Store, other: Store, clock: ManualClock) -> Check:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    identity = (await get_conversation(store)).id
    await store.presence.announce_presence("mia", identity, typing=True)

    async def is_there() -> bool:
        colleagues = await other.presence.list_colleagues(identity)
        assert bool(colleagues) is bool(await other.presence.list_viewed_accounts())
        return bool(colleagues)

    return is_there


async def arrange_listener(store: Store, other: Store, clock: ManualClock) -> Check:
    await store.listeners.record_heartbeat(
        [ACCOUNT], host="srv", agent="mia", kind="service", address="http://127.0.0.1:8780"
    )

    async def is_alive() -> bool:
        with InboxReader(other.location) as reader:
            listener = reader.get_account_states(clock)[ACCOUNT].listener
        assert listener is not None
        return listener.is_alive(clock.now())

    return is_alive


async def arrange_receipt_query(store: Store, other: Store, clock: ManualClock) -> Check:
    queued = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    await store.receipt_schedule.save_schedule([(queued.id, 4, clock.now() + 40 * SECOND)])

    async def is_waiting() -> bool:
        return not await other.receipt_schedule.list_due(ReceiptQuery(ACCOUNT, 0), 10)

    return is_waiting


async def arrange_credit_try(store: Store, other: Store, clock: ManualClock) -> Check:
    for _ in range(2):
        wait = await store.credit_waits.get_wait(ACCOUNT)
        try_at = clock.now() + (5 * MINUTE if wait.tries else 0)
        await store.credit_waits.start_wait(ACCOUNT, "no credit", try_at)

    async def is_waiting() -> bool:
        account = ServedAccount(ACCOUNT, _Provider())  # type: ignore[arg-type]
        guard = CreditGuard(account, SyncContext(other, clock, random.Random(1)))
        return not guard.may_try(await guard.get_wait())

    return is_waiting


class _Provider:
    """A provider of which only the capabilities matter."""

    capabilities = Capabilities("test", ReplyChannel.NONE, ReceiptChannel.NONE)


KINDS: list[Arrange] = [
    arrange_lease,
    arrange_lease_renewal,
    arrange_claim,
    arrange_hold,
    arrange_hold_of_scheduled,
    arrange_back_off,
    arrange_compose_lock,
    arrange_presence,
    arrange_listener,
    arrange_receipt_query,
    arrange_credit_try,
]


@pytest.mark.parametrize("arrange", KINDS)
@pytest.mark.parametrize("jumps", JUMPS)
async def test_no_stored_time_survives_a_clock_that_is_set_back(
    open_store: OpenStore, clock: ManualClock, arrange: Arrange, jumps: tuple[float, ...]
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    *before, after = jumps
    for seconds in before:
        clock.set_wall_clock(seconds)
    holds = await arrange(store, other, clock)
    clock.set_wall_clock(after)
    assert not await holds()


@pytest.mark.parametrize("arrange", KINDS)
@pytest.mark.parametrize("correction", [0.0, -1.0])
async def test_a_stored_time_holds_while_the_clock_is_only_corrected(
    open_store: OpenStore, clock: ManualClock, arrange: Arrange, correction: float
) -> None:
    store, other = await open_store(owner="a"), await open_store(owner="b", seed=2)
    holds = await arrange(store, other, clock)
    clock.set_wall_clock(correction)
    assert await holds()


@pytest.mark.parametrize("jump", [jump for jump in (-3_600.0, -86_400.0)])
async def test_times_that_a_person_chose_stay(
    open_store: OpenStore, clock: ManualClock, jump: float
) -> None:
    store = await open_store(owner="a")
    planned = clock.now() + HOUR
    held_here = make_outgoing(hold_until=planned, scheduled_at=planned)
    await store.intents.queue_message(held_here)
    identity = (await get_conversation(store)).id
    await store.triage.snooze_conversations([identity], "mia", planned)
    clock.set_wall_clock(jump)
    assert not await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    assert await store.outbox.get_next_due_time(ACCOUNT) == planned
    await store.triage.reopen_due_conversations()
    found = await store.conversations.get(identity)
    assert found is not None and (found.state, found.snoozed_until) == (State.SNOOZED, planned)
    clock.set_wall_clock((planned - clock.now()) / SECOND)
    assert await store.outbox.claim_due_messages("a", ACCOUNT, 1)


async def test_a_receipt_that_is_not_queried_any_more_stays_so(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store(owner="a")
    queued = await store.intents.queue_message(make_outgoing(to=MIA))
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.outbox.settle_message(queued.id, SendRecord(Status.ACCEPTED, "p-1"))
    await store.receipt_schedule.save_schedule([(queued.id, 4, NEVER)])
    clock.set_wall_clock(-86_400)
    assert not await store.receipt_schedule.list_due(ReceiptQuery(ACCOUNT, 0), 10)


async def test_a_listener_that_lives_is_seen_all_the_time_while_the_clock_is_set_back(
    open_store: OpenStore, clock: ManualClock
) -> None:
    listener, desk = await open_store(owner="sync"), await open_store(owner="desk", seed=2)

    async def beat_and_look(*, beats: bool = True) -> bool:
        if beats:
            await listener.listeners.record_heartbeat(
                [ACCOUNT], host="srv", agent="mia", kind="service", address="x"
            )
        found = (await desk.accounts.get_states())[ACCOUNT].listener
        assert found is not None
        return found.is_alive(clock.now())

    assert await beat_and_look()
    clock.set_wall_clock(-3_600)
    # This process has seen it alive a moment ago, so that it has the usual time to go on.
    assert await beat_and_look(beats=False)
    assert await beat_and_look()
    clock.advance(15)
    assert not await beat_and_look(beats=False)


@pytest.mark.parametrize(
    ("offset", "recent"),
    [(-11, False), (-10, True), (0, True), (2, True), (3, False), (3_600, False)],
)
def test_a_heartbeat_is_recent_in_both_directions(offset: int, recent: bool) -> None:
    now = 1_000 * HOUR
    assert is_recent(now + offset * SECOND, now, 10 * SECOND) is recent


@pytest.mark.parametrize(
    ("ahead", "pending"), [(-1, False), (0, False), (1, True), (30, True), (33, False)]
)
def test_a_pause_is_pending_no_longer_than_it_lasts(ahead: int, pending: bool) -> None:
    now = 1_000 * HOUR
    assert is_pending(now + ahead * SECOND, now, 30 * SECOND) is pending


@pytest.mark.parametrize("ahead", [-3_600, -60, -5, 5, 60, 3_600])
async def test_processes_whose_clocks_differ_do_not_take_a_lease_from_each_other_all_the_time(
    open_store: OpenStore, clock: ManualClock, ahead: int
) -> None:
    other_clock = ManualClock(clock.now() + ahead * SECOND)
    stores = [
        await open_store(owner="here", clock=clock),
        await open_store(owner="there", clock=other_clock, seed=2),
    ]
    holders = []
    for turn in range(40):
        store = stores[turn % 2]
        held = await store.leases.renew_leases(
            "mia", "desk", [ACCOUNT], duration_ms=8_000, preferred=False
        )
        if ACCOUNT in held:
            holders.append(store.leases.owner)
        for moving in (clock, other_clock):
            moving.advance(1)
    changes = sum(one != following for one, following in itertools.pairwise(holders))
    assert changes <= 3
    # When the holder dies, the other one takes over soon.
    last = holders[-1]
    (left,) = [store for store in stores if store.leases.owner != last]
    for _ in range(12):
        for moving in (clock, other_clock):
            moving.advance(1)
        if await left.leases.acquire_lease(ACCOUNT, duration_ms=8_000, preferred=False):
            return
    raise AssertionError("the lease of the dead process is still respected")
