"""Test several processes on one file: no loss, no duplicates, no partial changes."""

import asyncio
import json
import random
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    get_path,
    make_outgoing,
    make_reply,
)
from tests.store.consistency import check_counters_and_summaries
from tests.store.processes import ROUNDS
from tui.clock import SystemClock
from tui.domain.message import Direction
from tui.store.store import Store

ROOT = Path(__file__).parents[2]


async def start_process(what: str, path: Path, name: str) -> asyncio.subprocess.Process:
    """Start another process on the file."""
    arguments = (sys.executable, "-m", "tests.store.processes", what, str(path), name)
    return await asyncio.create_subprocess_exec(
        *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )


async def collect_results(what: str, path: Path, names: list[str]) -> list[Any]:
    """Return what each process prints at its end."""
    started = [await start_process(what, path, name) for name in names]
    printed = await asyncio.gather(*(process.communicate() for process in started))
    assert [process.returncode for process in started] == [0] * len(names)
    return [json.loads(out) for out, _ in printed]


@pytest.fixture
async def inbox(tmp_path: Path) -> Any:
    """Return an inbox in real time in which Mia has asked a question."""
    path = tmp_path / "inbox.db"
    async with Store(path, clock=SystemClock(), rng=random.Random(1), owner="test") as store:
        await store.ingest.store_events(ACCOUNT, [make_reply("question 0")])
        yield store


async def test_many_processes_can_open_a_new_file_at_once(tmp_path: Path) -> None:
    names = ["a", "b", "c", "d"]
    assert await collect_results("open", tmp_path / "new.db", names) == names


async def test_concurrent_writes_lose_nothing(inbox: Store) -> None:
    assert await collect_results("write", get_path(inbox), ["a", "b", "c"]) == [100, 100, 100]
    assert (await get_conversation(inbox)).unread == 301
    await check_counters_and_summaries(inbox)


async def test_each_message_is_claimed_by_one_process(inbox: Store) -> None:
    queued = {(await inbox.intents.queue_message(make_outgoing(f"{n}"))).id for n in range(300)}
    claimed = await collect_results("claim", get_path(inbox), ["a", "b", "c"])
    together = [identity for one in claimed for identity in one]
    assert len(together) == 300
    assert set(together) == queued


async def test_two_agents_never_both_reply(inbox: Store) -> None:
    scores = await collect_results("race", get_path(inbox), ["ana", "tom"])
    assert sum(won for won, lost in scores) == ROUNDS
    assert sum(lost for won, lost in scores) > 0
    thread = await get_conversation(inbox)
    messages = await inbox.messages.list_before(thread.id, 1 << 62, 10 * ROUNDS)
    answers = [m.body for m in messages if m.direction is Direction.OUT]
    assert answers == [f"answer {n}" for n in range(ROUNDS)]
    await check_counters_and_summaries(inbox)


async def test_merges_lose_nothing_that_others_do_meanwhile(inbox: Store) -> None:
    await inbox.ingest.store_events(ACCOUNT, [make_reply("question 0", TOM)])
    merged, worked = await asyncio.gather(
        collect_results("merge", get_path(inbox), ["ana"]),
        collect_results("work", get_path(inbox), [MIA, TOM]),
    )
    assert (merged, worked) == ([40], [40, 40])
    for party in (MIA, TOM):
        thread = await get_conversation(inbox, party)
        messages = await inbox.messages.list_before(thread.id, 1 << 62, 1_000)
        received = [m for m in messages if m.direction is Direction.IN]
        assert {m.body for m in received} == {"question 0", *map(str, range(40))}
        assert {m.sender for m in received} == {party}
    texts = await inbox.database.read(
        lambda c: [row[0] for row in c.execute("select body from messages where direction='note'")]
    )
    assert len(texts) == len(set(texts)) == 80
    drafts = [*await inbox.drafts.list_drafts(MIA), *await inbox.drafts.list_drafts(TOM)]
    assert {"draft 39"} <= {line for draft in drafts for line in draft.body.split("\n")}
    await check_counters_and_summaries(inbox)


async def test_a_draft_survives_kill_9(inbox: Store) -> None:
    typing = await start_process("type", get_path(inbox), "ana")
    assert typing.stdout is not None
    printed_length = 0
    while printed_length < 30:
        printed_length = int(await typing.stdout.readline())
    typing.kill()
    rest = await typing.stdout.read()
    await typing.wait()
    printed_length = int(rest.split()[-1]) if rest.split() else printed_length
    draft = await inbox.drafts.get_draft((await get_conversation(inbox)).id, "ana")
    assert draft is not None
    assert len(draft.body) >= printed_length
    await inbox.intents.queue_message(make_outgoing(to=MIA))


async def test_the_file_stays_intact_when_writers_are_killed(inbox: Store) -> None:
    for n in range(5):
        writing = await start_process("write", get_path(inbox), f"w{n}")
        before = (await get_conversation(inbox)).unread
        while (await get_conversation(inbox)).unread < before + 3 + n:
            await asyncio.sleep(0.001)
        writing.kill()
        await writing.communicate()
    raw = sqlite3.connect(get_path(inbox))
    assert raw.execute("pragma integrity_check").fetchone()[0] == "ok"
    raw.close()
    await check_counters_and_summaries(inbox)
