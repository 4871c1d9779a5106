"""News of changes: every process hears of every commit, soon, once, and loses none."""

import asyncio
import contextlib
import functools
import sys
import time
from collections.abc import AsyncIterator

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, conversation_with, reply, sent
from tests.waiting import wait_until
from tui.domain.change import RELOAD, Change, Subject
from tui.store.errors import StoreError
from tui.store.feed import Feed
from tui.store.store import Store


@contextlib.asynccontextmanager
async def hearing(store: Store, *, after: int | None = None) -> AsyncIterator[list[Change]]:
    """Watch a store in the background."""
    heard: list[Change] = []
    start = await store.feed.get_last_number() if after is None else after

    async def listen() -> None:
        async with contextlib.aclosing(store.feed.watch_changes(after=start)) as batches:
            async for batch in batches:
                heard.extend(batch)

    listening = asyncio.create_task(listen())
    try:
        yield heard
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_own_changes_are_heard_with_what_is_new(store: Store) -> None:
    async with hearing(store) as heard:
        await store.ingest.store_events(ACCOUNT, [reply()])
        thread = await conversation_with(store)
        text = Change(Subject.MESSAGE, thread.last_id, thread.id, is_new=True)
        began = Change(Subject.CONVERSATION, thread.id, thread.id, is_new=True)
        await wait_until(lambda: {text, began} <= set(heard))


async def test_changes_of_one_batch_are_told_once(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [reply()])
    thread = await conversation_with(store)
    first = await store.feed.get_last_number()
    for on in (True, False, True):
        await store.triage.set_star([thread.id], "ana", on)
    async with hearing(store, after=first) as heard:
        await wait_until(lambda: heard)
        assert heard == [Change(Subject.CONVERSATION, thread.id, thread.id)]


async def test_what_changes_nothing_is_no_news(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [reply()])
    thread = await conversation_with(store)
    await store.triage.assign_conversations([thread.id], "ana", "tom")
    before = await store.feed.get_last_number()
    await store.triage.assign_conversations([thread.id], "ana", "tom")
    assert await store.feed.get_last_number() == before


@pytest.mark.bench
async def test_two_processes_see_each_other_soon(open_store: OpenStore) -> None:
    here, there = await open_store(owner="a"), await open_store(owner="b")
    delays: list[float] = []
    async with hearing(there) as heard:
        for n in range(20):
            heard.clear()
            await here.ingest.store_events(ACCOUNT, [reply(f"{n}")])
            began = time.monotonic()
            await wait_until(lambda: heard)
            delays.append(time.monotonic() - began)
    assert sorted(delays)[4] < 0.06


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file is looked at repeatedly")
async def test_two_processes_see_each_other_without_waiting_for_the_next_look(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.feed._CHECK_INTERVALS", (3_600.0,))
    here, there = await open_store(owner="a"), await open_store(owner="b")
    async with hearing(there) as heard:

        async def write() -> bool:
            await here.ingest.store_events(ACCOUNT, [reply()])
            return bool(heard)

        await wait_until(write, what="another process's change")


async def test_several_watchers_of_one_store_each_hear_everything(store: Store) -> None:
    async with hearing(store) as one, hearing(store) as two:
        for _ in range(30):
            await store.ingest.store_events(ACCOUNT, [reply()])
        texts = set(await _new_messages(store))
        await wait_until(lambda: texts <= {c.id for c in one})
        await wait_until(lambda: texts <= {c.id for c in two})


async def test_nothing_is_missed_while_many_write(open_store: OpenStore) -> None:
    stores = [await open_store(owner=f"{n}", seed=n) for n in range(4)]
    async with contextlib.AsyncExitStack() as stack:
        heard = [await stack.enter_async_context(hearing(store)) for store in stores]

        async def write(store: Store, name: str) -> None:
            for n in range(40):
                await store.ingest.store_events(ACCOUNT, [reply(id=f"{name}-{n}")])

        await asyncio.gather(*(write(store, f"{n}") for n, store in enumerate(stores)))
        texts = set(await _new_messages(stores[0]))
        assert len(texts) == 160
        for one in heard:
            await wait_until(functools.partial(_has_heard, one, texts))
            told = [c.id for c in one if c.subject is Subject.MESSAGE]
            assert len(told) == len(set(told))


async def test_a_watcher_that_starts_later_hears_only_what_comes_later(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [reply()])
    async with hearing(store) as heard:
        await store.templates.delete_template("none")
        await wait_until(lambda: heard)
        assert heard == [Change(Subject.CANNED_REPLY, 0)]


async def test_who_is_far_behind_is_told_to_reload(store: Store) -> None:
    began = await store.feed.get_last_number()
    await sent(store)
    for _ in range(5):
        await store.templates.delete_template("none")
    await store.feed.prune_changes(keep=2)
    async with hearing(store, after=began) as heard:
        await wait_until(lambda: heard)
        assert heard == [RELOAD]
        await store.templates.delete_template("none")
        await wait_until(lambda: len(heard) == 2)
        assert heard[1].subject is Subject.CANNED_REPLY


async def test_a_flood_is_one_reload(store: Store) -> None:
    began = await store.feed.get_last_number()
    await store.ingest.store_events(ACCOUNT, [reply() for _ in range(2_500)])
    async with hearing(store, after=began) as heard:
        await wait_until(lambda: heard)
        assert heard == [RELOAD]


async def test_pruning_never_starts_the_numbers_anew(store: Store) -> None:
    await sent(store)
    newest = await store.feed.get_last_number()
    await store.feed.prune_changes(keep=0)
    assert await store.feed.get_last_number() == newest
    await store.templates.delete_template("none")
    assert await store.feed.get_last_number() == newest + 1


async def test_a_database_that_fails_ends_the_watch(store: Store) -> None:
    watching = store.feed.watch_changes()
    first = asyncio.create_task(anext(watching))
    await asyncio.sleep(0)
    await store.database.close()
    with pytest.raises(StoreError):
        await first


async def test_a_feed_of_its_own_works_beside_the_stores(store: Store) -> None:
    own = Feed(store.database)
    watching = own.watch_changes()
    first = asyncio.create_task(anext(watching))
    await wait_until(lambda: own._wakeups)
    await store.database.read(lambda c: None)
    await store.templates.delete_template("none")
    assert Change(Subject.CANNED_REPLY, 0) in await first
    await watching.aclose()


def _has_heard(heard: list[Change], ids: set[int]) -> bool:
    """Whether a watcher was told of all these."""
    return ids <= {change.id for change in heard}


async def _new_messages(store: Store) -> list[int]:
    """All message ids."""
    found = await store.database.read(lambda c: c.execute("select id from messages").fetchall())
    return [row[0] for row in found]
