"""Test the feed of changes: every process gets every commit soon and exactly once."""

import asyncio
import contextlib
import functools
import sys
import time
from collections.abc import AsyncIterator

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, get_conversation, make_reply, store_sent
from tests.waiting import wait_until
from tui.domain.change import RELOAD, Change, Subject
from tui.store.errors import StoreError
from tui.store.feed import Feed
from tui.store.store import Store


@contextlib.asynccontextmanager
async def watch_in_background(
    store: Store, *, after: int | None = None
) -> AsyncIterator[list[Change]]:
    """Watch a store in the background."""
    received: list[Change] = []
    start = await store.feed.get_last_number() if after is None else after

    async def listen() -> None:
        async with contextlib.aclosing(store.feed.watch_changes(after=start)) as batches:
            async for batch in batches:
                received.extend(batch)

    listening = asyncio.create_task(listen())
    try:
        yield received
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_own_changes_are_reported_with_their_subject(store: Store) -> None:
    async with watch_in_background(store) as received:
        await store.ingest.store_events(ACCOUNT, [make_reply()])
        thread = await get_conversation(store)
        text = Change(Subject.MESSAGE, thread.last_id, thread.id, is_new=True)
        began = Change(Subject.CONVERSATION, thread.id, thread.id, is_new=True)
        await wait_until(lambda: {text, began} <= set(received))


async def test_changes_of_one_batch_are_reported_once(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    thread = await get_conversation(store)
    first = await store.feed.get_last_number()
    for on in (True, False, True):
        await store.triage.set_star([thread.id], "ana", on)
    async with watch_in_background(store, after=first) as received:
        await wait_until(lambda: received)
        assert received == [Change(Subject.CONVERSATION, thread.id, thread.id)]


async def test_a_write_without_effect_is_not_reported(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    thread = await get_conversation(store)
    await store.triage.assign_conversations([thread.id], "ana", "tom")
    before = await store.feed.get_last_number()
    await store.triage.assign_conversations([thread.id], "ana", "tom")
    assert await store.feed.get_last_number() == before


@pytest.mark.bench
async def test_two_processes_see_each_other_soon(open_store: OpenStore) -> None:
    here, there = await open_store(owner="a"), await open_store(owner="b")
    delays: list[float] = []
    async with watch_in_background(there) as received:
        for n in range(20):
            received.clear()
            await here.ingest.store_events(ACCOUNT, [make_reply(f"{n}")])
            began = time.monotonic()
            await wait_until(lambda: received)
            delays.append(time.monotonic() - began)
    assert sorted(delays)[4] < 0.06


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file is looked at repeatedly")
async def test_two_processes_see_each_other_without_waiting_for_the_next_look(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pauses in ("_PAUSES", "_PAUSES_AFTER_COMMIT"):
        monkeypatch.setattr(f"tui.store.sqlite.log_watch.{pauses}", (3_600.0,))
    here, there = await open_store(owner="a"), await open_store(owner="b")
    async with watch_in_background(there) as heard:

        async def write() -> bool:
            await here.ingest.store_events(ACCOUNT, [make_reply()])
            return bool(heard)

        await wait_until(write, what="another process's change")


async def test_several_watchers_of_one_store_each_get_all_changes(store: Store) -> None:
    async with watch_in_background(store) as one, watch_in_background(store) as two:
        for _ in range(30):
            await store.ingest.store_events(ACCOUNT, [make_reply()])
        texts = set(await _list_message_ids(store))
        await wait_until(lambda: texts <= {c.id for c in one})
        await wait_until(lambda: texts <= {c.id for c in two})


async def test_all_watchers_of_one_store_share_one_watch_and_the_last_ends_it(store: Store) -> None:
    def list_watches() -> list[str]:
        return [task.get_name() for task in asyncio.all_tasks() if task.get_name() == "feed: look"]

    async with watch_in_background(store) as one:
        async with watch_in_background(store) as two:
            await store.ingest.store_events(ACCOUNT, [make_reply()])
            await wait_until(lambda: one and two)
            assert len(list_watches()) == 1
        await store.ingest.store_events(ACCOUNT, [make_reply("m2")])
        newest = max(await _list_message_ids(store))
        await wait_until(lambda: newest in {change.id for change in one})
    await wait_until(lambda: not list_watches())


async def test_no_change_is_missed_while_many_write(open_store: OpenStore) -> None:
    stores = [await open_store(owner=f"{n}", seed=n) for n in range(4)]
    async with contextlib.AsyncExitStack() as stack:
        received = [await stack.enter_async_context(watch_in_background(store)) for store in stores]

        async def write(store: Store, name: str) -> None:
            for n in range(40):
                await store.ingest.store_events(ACCOUNT, [make_reply(id=f"{name}-{n}")])

        await asyncio.gather(*(write(store, f"{n}") for n, store in enumerate(stores)))
        texts = set(await _list_message_ids(stores[0]))
        assert len(texts) == 160
        for one in received:
            await wait_until(functools.partial(_has_received, one, texts))
            reported = [c.id for c in one if c.subject is Subject.MESSAGE]
            assert len(reported) == len(set(reported))


async def test_a_late_watcher_gets_only_later_changes(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    async with watch_in_background(store) as received:
        await store.templates.delete_template("none", "ana")
        await wait_until(lambda: received)
        assert received == [Change(Subject.CANNED_REPLY, 0)]


async def test_a_watcher_far_behind_gets_a_reload(store: Store) -> None:
    began = await store.feed.get_last_number()
    await store_sent(store)
    for _ in range(5):
        await store.templates.delete_template("none", "ana")
    await store.feed.prune_changes(keep=2)
    async with watch_in_background(store, after=began) as received:
        await wait_until(lambda: received)
        assert received == [RELOAD]
        await store.templates.delete_template("none", "ana")
        await wait_until(lambda: len(received) == 2)
        assert received[1].subject is Subject.CANNED_REPLY


async def test_a_flood_of_changes_is_one_reload(store: Store) -> None:
    began = await store.feed.get_last_number()
    await store.ingest.store_events(ACCOUNT, [make_reply() for _ in range(2_500)])
    async with watch_in_background(store, after=began) as received:
        await wait_until(lambda: received)
        assert received == [RELOAD]


async def test_pruning_does_not_restart_the_numbers(store: Store) -> None:
    await store_sent(store)
    newest = await store.feed.get_last_number()
    await store.feed.prune_changes(keep=0)
    assert await store.feed.get_last_number() == newest
    await store.templates.delete_template("none", "ana")
    assert await store.feed.get_last_number() == newest + 1


async def test_a_database_that_fails_ends_the_watch(store: Store) -> None:
    watching = store.feed.watch_changes()
    first = asyncio.create_task(anext(watching))
    await asyncio.sleep(0)
    await store.database.close()
    with pytest.raises(StoreError):
        await first


async def test_a_separate_feed_works_beside_that_of_the_store(store: Store) -> None:
    own = Feed(store.database)
    watching = own.watch_changes()
    first = asyncio.create_task(anext(watching))
    await wait_until(lambda: own._wakeups)
    await store.database.read(lambda c: None)
    await store.templates.delete_template("none", "ana")
    assert Change(Subject.CANNED_REPLY, 0) in await first
    await watching.aclose()


def _has_received(received: list[Change], ids: set[int]) -> bool:
    """Return whether a watcher has received all these."""
    return ids <= {change.id for change in received}


async def _list_message_ids(store: Store) -> list[int]:
    """Return all message ids."""
    found = await store.database.read(lambda c: c.execute("select id from messages").fetchall())
    return [row[0] for row in found]
