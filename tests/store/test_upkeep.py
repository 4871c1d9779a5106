"""Test that rows of dead processes, old changes and payloads do not grow for ever."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, get_conversation, make_outgoing, make_reply
from tui.clock import HOUR, SECOND, ManualClock
from tui.domain.change import RELOAD
from tui.domain.status import Status
from tui.store.connections import Connection
from tui.store.queries import queries
from tui.store.reader import InboxReader
from tui.store.store import Store
from tui.store.upkeep import DEAD_AFTER_MS

TABLES = ("processes", "presence", "leases", "listeners")


async def count_rows(store: Store, *tables: str) -> dict[str, int]:
    """Return the number of rows of some tables."""
    return await store.database.read(
        lambda c: {name: c.execute(f"select count(*) from {name}").fetchone()[0] for name in tables}
    )


async def leave_traces(store: Store, identity: int, account: str) -> None:
    """Leave everything that a process that is killed leaves behind."""
    await store.leases.renew_leases("mia", "desk", [account], duration_ms=8_000, preferred=False)
    await store.presence.announce_presence("mia", identity, typing=True)
    await store.compose_locks.acquire_lock(identity, "mia")
    await store.listeners.record_heartbeat(
        [ACCOUNT], host="srv", agent="mia", kind="desk", address="x"
    )


@pytest.mark.parametrize("jump", [2 * HOUR, -2 * HOUR, -10_000 * HOUR])
async def test_rows_of_dead_processes_are_deleted_also_if_the_clock_was_set_back(
    open_store: OpenStore, clock: ManualClock, jump: int
) -> None:
    for number in range(20):
        store = await open_store(owner=f"dead {number}", seed=number)
        await store.ingest.store_events(ACCOUNT, [make_reply()])
        await leave_traces(store, (await get_conversation(store)).id, f"account {number}")
    clock.set_wall_clock(jump / SECOND)
    living = await open_store(owner="living", seed=99)
    await leave_traces(living, (await get_conversation(living)).id, ACCOUNT)
    await living.upkeep.prune()
    assert await count_rows(living, *TABLES) == dict.fromkeys(TABLES, 1)
    count_locks = queries("compose_locks").count_dead
    locks = await living.database.read(lambda c: count_locks(c, dead_before=1 << 60, latest=0))
    assert locks == 1


async def test_a_dead_process_stays_while_its_message_is_not_resolved(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store(owner="dead")
    await store.leases.record_heartbeat("mia", "desk")
    queued = await store.intents.queue_message(make_outgoing())
    await store.outbox.claim_due_messages("dead", ACCOUNT, 1)
    clock.advance(2 * DEAD_AFTER_MS / SECOND)
    await store.upkeep.prune()
    assert await count_rows(store, "processes") == {"processes": 1}
    await store.outbox.settle_abandoned_claims(clock.now() - 10 * SECOND)
    await store.upkeep.prune()
    assert await count_rows(store, "processes") == {"processes": 0}
    found = await store.messages.get(queued.id)
    assert found is not None and found.status is Status.UNCERTAIN


async def test_the_last_listener_of_an_account_stays_known(
    store: Store, clock: ManualClock
) -> None:
    await store.listeners.record_heartbeat(
        [ACCOUNT], host="srv", agent="mia", kind="desk", address="x"
    )
    died = clock.now()
    clock.advance(90 * 86_400)
    await store.upkeep.prune()
    listener = (await store.accounts.get_states())[ACCOUNT].listener
    assert listener is not None and listener.seen_at == died


async def test_a_reader_behind_the_pruned_changes_reloads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.upkeep.CHANGES_KEPT", 10)
    for _ in range(30):
        await store.intents.queue_message(make_outgoing())
    seen = await store.database.read(lambda c: c.execute("select min(seq) from changes").fetchone())
    await store.feed.prune_changes(10)
    assert await count_rows(store, "changes") == {"changes": 10}
    _, changes = await store.feed._read_changes(seen[0])
    assert changes == (RELOAD,)
    newest = await store.feed.get_last_number()
    assert await store.feed._read_changes(newest) == (newest, ())


async def test_payloads_that_were_read_are_bounded_by_their_number(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.upkeep.MOST_READ", 5)

    def insert(connection: Connection) -> None:
        connection.executemany(
            "insert into arrivals (account, channel, digest, body, size, state, received_at,"
            " last_at) values ('a', 'push', :digest, :body, 1, :state, :at, :at)",
            [
                {
                    "digest": f"{state} {n}",
                    "body": b"x",
                    "state": state,
                    "at": store._clock.now() + n,
                }
                for state in ("read", "held")
                for n in range(1_200)
            ],
        )

    await store.database.write(lambda t: insert(t.connection))
    await store.upkeep.prune()
    kept = await store.database.read(
        lambda c: [row[0] for row in c.execute("select digest from arrivals where state = 'read'")]
    )
    assert sorted(kept) == [f"read {n}" for n in range(1_195, 1_200)]
    assert await count_rows(store, "arrivals") == {"arrivals": 1_205}


async def test_nothing_is_written_if_nothing_is_old(store: Store) -> None:
    await store.intents.queue_message(make_outgoing())
    commits: list[None] = []
    store.database.add_commit_callback(lambda: commits.append(None))
    await store.upkeep.prune()
    await store.database.read(lambda connection: None)  # what was called meanwhile has run
    assert not commits


async def test_the_tables_are_measured_largest_first(store: Store) -> None:
    for _ in range(50):
        await store.intents.queue_message(make_outgoing("text " * 200))
    with InboxReader(store.location) as reader:
        tables = reader.measure_tables()
    assert tables["messages"][0] == 50
    sizes = [size for _, size in tables.values()]
    assert sizes == sorted(sizes, reverse=True)


async def test_a_stored_time_ahead_of_the_clock_is_found(store: Store, clock: ManualClock) -> None:
    await store.leases.record_heartbeat("mia", "desk")
    with InboxReader(store.location) as reader:
        assert reader.find_clock_lead(clock.now()) == 0
        clock.set_wall_clock(-3_600)
        assert reader.find_clock_lead(clock.now()) == HOUR
