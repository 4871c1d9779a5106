"""Backups: whole while others write, private, and never over a file that is there."""

import os
import random
from collections.abc import Callable
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


def make_link(inbox: Path, folder: Path) -> Path:
    """Return a link to the inbox."""
    link = folder / "link.db"
    link.symlink_to(inbox)
    return link


def make_hard_link(inbox: Path, folder: Path) -> Path:
    """Return another name of the inbox."""
    name = folder / "name.db"
    name.hardlink_to(inbox)
    return name


def make_folder_link(inbox: Path, folder: Path) -> Path:
    """Return a log of the inbox that does not exist, through a link to its folder."""
    link = folder / "folder"
    link.symlink_to(inbox.parent)
    return link / f"{inbox.name}-journal"


def make_folder(inbox: Path, folder: Path) -> Path:
    """Return a folder."""
    new = folder / "folder"
    new.mkdir()
    return new


TARGETS_ON_THE_SOURCE: dict[str, Callable[[Path, Path], Path]] = {
    "itself": lambda inbox, folder: inbox,
    "relative": lambda inbox, folder: Path(os.path.relpath(inbox)),
    "by a way round": lambda inbox, folder: inbox.parent / "x" / ".." / inbox.name,
    "link": make_link,
    "hard link": make_hard_link,
    "log": lambda inbox, folder: inbox.with_name(f"{inbox.name}-wal"),
    "index": lambda inbox, folder: inbox.with_name(f"{inbox.name}-shm"),
    "journal through a link": make_folder_link,
    "folder": make_folder,
}


@pytest.mark.parametrize("kind", TARGETS_ON_THE_SOURCE)
@pytest.mark.parametrize("is_open", [True, False])
async def test_a_target_on_top_of_the_source_is_refused(
    clock: ManualClock, tmp_path: Path, kind: str, is_open: bool
) -> None:
    inbox = tmp_path / "in use" / "inbox.db"
    (tmp_path / "else").mkdir()
    async with Store(inbox, clock=clock, rng=random.Random(1), owner="a") as store:
        await store.ingest.store_events(ACCOUNT, [make_reply("saved")])
        (inbox.parent / "x").mkdir()
        target = TARGETS_ON_THE_SOURCE[kind](inbox, tmp_path / "else")
        if is_open:
            await refuse_backup(inbox, target)
    if not is_open:
        await refuse_backup(inbox, target)
    async with Store(inbox, clock=clock, rng=random.Random(1), owner="b") as again:
        assert (await get_conversation(again)).preview == "saved"


async def refuse_backup(inbox: Path, target: Path) -> None:
    """Check that a backup is refused in one line and changes no file."""
    before = sorted((path, path.stat().st_size) for path in inbox.parent.parent.rglob("*"))
    with pytest.raises(CannotOpen) as refusal:
        await write_backup(inbox, target)
    assert "\n" not in str(refusal.value)
    assert before == sorted((path, path.stat().st_size) for path in inbox.parent.parent.rglob("*"))


async def test_a_log_that_is_left_beside_the_target_is_not_applied_to_it(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "copy.db-wal").write_bytes(b"left")
    with pytest.raises(CannotOpen, match=r"copy\.db-wal is left"):
        await write_backup(get_path(store), tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660, 0o664])
async def test_a_backup_keeps_mode_and_group(store: Store, tmp_path: Path, mode: int) -> None:
    group = next((group for group in os.getgroups() if group != os.getgid()), os.getgid())
    if not os.getuid():
        group = 65_533
    os.chown(get_path(store), -1, group)
    get_path(store).chmod(mode)
    target = tmp_path / "copy.db"
    assert (await write_backup(get_path(store), target)).shut_out == ""
    found = target.stat()
    assert (found.st_mode & 0o777, found.st_gid) == (mode, group)


async def test_a_backup_that_cannot_be_made_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="Cannot create"):
        await write_backup(get_path(store), tmp_path / "nowhere" / "copy.db")
    garbage = tmp_path / "garbage"
    garbage.write_text("no database at all")
    with pytest.raises(CannotWrite):
        await write_backup(garbage, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
