"""Backups: whole while others write, private, and never over a file that is there."""

import random
from pathlib import Path

import pytest

from tests.store.builders import ACCOUNT, get_conversation, get_path, make_reply
from tui.clock import ManualClock
from tui.store.errors import CannotOpen, CannotWrite
from tui.store.sqlite.database_files import write_backup
from tui.store.store import Store

pytestmark = pytest.mark.only_engine("sqlite")


async def test_a_backup_has_what_is_only_in_the_log(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("saved")])
    target = tmp_path / "copy of inbox.db"
    assert (await write_backup(get_path(store), target)).size == target.stat().st_size
    assert target.stat().st_mode & 0o777 == 0o600
    async with Store(target, clock=clock, rng=random.Random(1), owner="b") as copy:
        assert (await get_conversation(copy)).preview == "saved"


async def test_a_file_that_is_there_is_not_written_over(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.write_text("precious")
    with pytest.raises(CannotOpen, match="exists"):
        await write_backup(get_path(store), target)
    assert target.read_text() == "precious"


async def test_a_backup_that_cannot_be_made_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="Cannot create"):
        await write_backup(get_path(store), tmp_path / "nowhere" / "copy.db")
    garbage = tmp_path / "garbage"
    garbage.write_text("no database at all")
    with pytest.raises(CannotWrite):
        await write_backup(garbage, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
