"""Restore: the backup or the inbox is there after every crash, and nothing is lost unasked."""

import contextlib
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.builders import ACCOUNT, get_conversation, make_reply
from tui.clock import ManualClock
from tui.store.errors import Busy, CannotOpen, CannotWrite, NewerDatabase, NotADatabase, StoreError
from tui.store.sqlite.backup_check import check_backup
from tui.store.sqlite.restoring import Restored, restore_inbox
from tui.store.store import Store

ROOT = Path(__file__).parents[2]
NOW = 1_772_000_000_000
PAGE = 4096


async def write_inbox(path: Path, clock: ManualClock, text: str) -> Path:
    """Write an inbox with one reply and return its path."""
    async with Store(path, clock=clock, rng=random.Random(1), owner="a") as store:
        await store.ingest.store_events(ACCOUNT, [make_reply(text)])
    return path


async def read_text(path: Path, clock: ManualClock) -> str:
    """Return the reply of an inbox."""
    async with Store(path, clock=clock, rng=random.Random(1), owner="b") as store:
        return (await get_conversation(store)).preview


def restore(copy: Path, inbox: Path) -> Restored:
    """Check a backup and restore it."""
    check_backup(copy, inbox)
    return restore_inbox(copy, inbox, now=NOW, shared=False)


async def write_killed_inbox(path: Path, clock: ManualClock, text: str) -> Path:
    """Write an inbox whose process was killed: its newest change is only in the log."""
    await write_inbox(path, clock, "before")
    script = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('pragma journal_mode = wal'); c.execute('pragma wal_autocheckpoint = 0');"
        "c.execute('update conversations set preview = ?', (sys.argv[2],)); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(path), text], check=True, timeout=60)
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0
    return path


async def test_the_backup_takes_the_place_of_the_inbox_which_is_kept_whole(
    clock: ManualClock, tmp_path: Path
) -> None:
    inbox = await write_killed_inbox(tmp_path / "inbox.db", clock, "only in the log")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old times")
    inbox.chmod(0o660)
    content = check_backup(copy, inbox)
    assert (content.conversations, content.messages, content.queued) == (1, 1, 0)
    restored = restore(copy, inbox)
    kept = restored.kept
    assert kept is not None
    assert (restored.is_damaged, restored.shut_out) == (False, "")
    assert inbox.stat().st_mode & 0o777 == 0o660
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == sorted(
        ["copy.db", "inbox.db", kept.name]
    )
    assert kept.name.startswith("inbox-before-restore-2026-02-25-")
    assert await read_text(inbox, clock) == "old times"
    back = restore(kept, inbox)
    assert await read_text(inbox, clock) == "only in the log"
    assert back.kept is not None and await read_text(back.kept, clock) == "old times"


async def test_mode_and_group_of_the_inbox_stay(clock: ManualClock, tmp_path: Path) -> None:
    inbox = await write_inbox(tmp_path / "inbox.db", clock, "new")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    group = 65_533 if not os.getuid() else os.getgid()
    for mode in (0o600, 0o640, 0o660):
        inbox.chmod(mode)
        os.chown(inbox, -1, group)
        restore(copy, inbox)
        found = inbox.stat()
        assert (found.st_mode & 0o777, found.st_gid) == (mode, group)


@pytest.mark.parametrize("shared", [True, False])
async def test_a_missing_inbox_and_its_folder_are_made(
    clock: ManualClock, tmp_path: Path, shared: bool
) -> None:
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    inbox = tmp_path / "new" / "inbox.db"
    assert restore_inbox(copy, inbox, now=NOW, shared=shared).kept is None
    assert inbox.stat().st_mode & 0o777 == (0o660 if shared else 0o600)
    assert await read_text(inbox, clock) == "old"


async def test_a_link_to_the_inbox_stays_a_link(clock: ManualClock, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = await write_inbox(tmp_path / "real" / "inbox.db", clock, "new")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    link = tmp_path / "inbox.db"
    link.symlink_to(real)
    restored = restore(copy, link)
    assert link.is_symlink()
    assert restored.kept is not None and restored.kept.parent == real.parent
    assert await read_text(link, clock) == "old"


async def test_a_backup_copied_with_its_log_is_restored_with_it(
    clock: ManualClock, tmp_path: Path
) -> None:
    copy = await write_killed_inbox(tmp_path / "copy.db", clock, "in the log of the backup")
    inbox = tmp_path / "inbox.db"
    restore(copy, inbox)
    assert await read_text(inbox, clock) == "in the log of the backup"


def make_zeros(path: Path) -> None:
    """Overwrite the whole file."""
    path.write_bytes(bytes(path.stat().st_size))


def damage_pages(path: Path) -> None:
    """Overwrite all pages but the first."""
    size = path.stat().st_size
    with path.open("rb+") as file:
        file.seek(PAGE)
        file.write(os.urandom(size - PAGE))


def truncate(path: Path) -> None:
    """Leave a part of the file, as a copy that was broken off."""
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("damage", [make_zeros, damage_pages, truncate])
async def test_a_damaged_inbox_is_replaced_and_kept_with_its_log(
    clock: ManualClock, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    inbox = await write_killed_inbox(tmp_path / "inbox.db", clock, "lost")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    damage(inbox)
    restored = restore(copy, inbox)
    assert restored.kept is not None and restored.kept.exists()
    assert await read_text(inbox, clock) == "old"


def to_newer(path: Path) -> None:
    """Make it an inbox of a later version."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 9999")


def to_other_program(path: Path) -> None:
    """Make it a database of another program."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma application_id = 7")


def to_text(path: Path) -> None:
    """Make it a text."""
    path.write_text("not a database " * 100)


def to_nothing(path: Path) -> None:
    """Make it empty."""
    path.write_bytes(b"")


def to_header(path: Path) -> None:
    """Leave the first bytes of the header."""
    os.truncate(path, 50)


def to_unfinished(path: Path) -> None:
    """Leave the journal of a transaction beside it."""
    path.with_name(f"{path.name}-journal").write_bytes(b"journal")


def to_empty_database(path: Path) -> None:
    """Make it a database without tables."""
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 0")
        connection.execute("create table t (x)")
        connection.execute("drop table t")


def to_folder(path: Path) -> None:
    """Make it a folder."""
    path.unlink()
    path.mkdir()


def to_pipe(path: Path) -> None:
    """Make it a pipe."""
    path.unlink()
    os.mkfifo(path)


BAD_BACKUPS: dict[Callable[[Path], None], tuple[type[StoreError], str]] = {
    to_newer: (NewerDatabase, "newer smsdesk"),
    to_other_program: (NotADatabase, "another program"),
    to_text: (NotADatabase, "not a database"),
    to_nothing: (NotADatabase, "is empty"),
    to_header: (NotADatabase, "not a database"),
    to_unfinished: (CannotOpen, "copied while it was written"),
    to_empty_database: (NotADatabase, "it is empty"),
    to_folder: (CannotOpen, "is a directory"),
    to_pipe: (CannotOpen, "device or a pipe"),
    Path.unlink: (CannotOpen, "No such file"),
    make_zeros: (NotADatabase, "not a database"),
    damage_pages: (NotADatabase, "damaged"),
    truncate: (NotADatabase, "not complete"),
}


@pytest.mark.parametrize("spoil", BAD_BACKUPS, ids=lambda spoil: spoil.__name__)
async def test_a_backup_that_is_no_complete_inbox_is_refused(
    clock: ManualClock, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    inbox = await write_inbox(tmp_path / "inbox.db", clock, "new")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    spoil(copy)
    kind, words = BAD_BACKUPS[spoil]
    with pytest.raises(kind, match=words) as refusal:
        check_backup(copy, inbox)
    assert str(copy) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert await read_text(inbox, clock) == "new"


async def test_the_inbox_is_no_backup_of_itself(clock: ManualClock, tmp_path: Path) -> None:
    inbox = await write_killed_inbox(tmp_path / "inbox.db", clock, "new")
    (tmp_path / "link.db").symlink_to(inbox)
    (tmp_path / "name.db").hardlink_to(inbox)
    (tmp_path / "folder").symlink_to(tmp_path)
    names = ("inbox.db", "link.db", "name.db", "folder/inbox.db", "inbox.db-wal", "folder/link.db")
    for name in names:
        with pytest.raises(CannotOpen, match="in use"):
            check_backup(tmp_path / name, inbox)


async def test_other_processes_are_named_and_nothing_is_changed(
    clock: ManualClock, tmp_path: Path
) -> None:
    inbox = await write_inbox(tmp_path / "inbox.db", clock, "new")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    before = inbox.read_bytes()
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('select count(*) from messages').fetchall(); print('open', flush=True);"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(inbox)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin is not None and other.stdout is not None
        other.stdout.readline()
        with pytest.raises(Busy, match=rf"process {other.pid}\)") as refusal:
            restore(copy, inbox)
        assert "\n" not in str(refusal.value)
        other.stdin.close()
    assert inbox.read_bytes() == before
    restore(copy, inbox)


async def test_a_young_heartbeat_of_another_host_is_a_process_that_lives(
    clock: ManualClock, tmp_path: Path
) -> None:
    inbox = await write_inbox(tmp_path / "inbox.db", clock, "new")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    gone = subprocess.Popen(["true"])
    gone.wait()
    with contextlib.closing(sqlite3.connect(inbox)) as connection, connection:
        connection.executemany(
            "insert into processes (owner, agent, kind, seen_at) values (?, ?, ?, ?)",
            [
                ("container-7-abc", "mia", "desk", NOW - 2_000),
                ("container-8-abc", "", "service", NOW + 1_000),
                ("container-9-abc", "zoe", "desk", NOW - 60_000),
                (f"{os.uname().nodename}-{gone.pid}-abc", "ann", "desk", NOW),
            ],
        )
    with pytest.raises(Busy, match=r"the service.*the inbox of mia") as refusal:
        restore(copy, inbox)
    assert "zoe" not in str(refusal.value) and "ann" not in str(refusal.value)
    assert await read_text(inbox, clock) == "new"


async def test_a_database_of_another_program_is_not_replaced(
    clock: ManualClock, tmp_path: Path
) -> None:
    other = tmp_path / "theirs.db"
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("create table t (x)")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    before = other.read_bytes()
    with pytest.raises(NotADatabase, match="another program"):
        restore(copy, other)
    assert other.read_bytes() == before


@pytest.mark.parametrize("is_damaged", [False, True])
async def test_a_crash_before_any_step_leaves_one_of_both(
    clock: ManualClock, tmp_path: Path, is_damaged: bool
) -> None:
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    whole = await write_killed_inbox(tmp_path / "whole.db", clock, "new")
    for step in itertools.count(1):
        folder = tmp_path / f"{step}"
        folder.mkdir()
        inbox = folder / "inbox.db"
        for ending in ("", "-wal", "-shm"):
            Path(f"{inbox}{ending}").write_bytes(Path(f"{whole}{ending}").read_bytes())
        if is_damaged:
            make_zeros(inbox)
            # Its log could repair it.
            make_zeros(inbox.with_name("inbox.db-wal"))
            inbox.with_name("inbox.db-shm").unlink()
        command = [
            *(sys.executable, "-m", "tests.store.restore_process"),
            *(str(copy), str(inbox), str(step)),
        ]
        ended = subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode
        if not is_damaged:
            assert await read_text(inbox, clock) in ("new", "old")
        elif ended == 0:
            assert await read_text(inbox, clock) == "old"
        restored = restore(copy, inbox)
        assert await read_text(inbox, clock) == "old"
        assert not list(folder.glob(".*"))
        assert restored.kept is not None and restored.kept.stat().st_nlink == 1
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
    assert step > (7 if is_damaged else 5)


async def test_a_failed_step_leaves_the_inbox_as_it_was(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = await write_inbox(tmp_path / "inbox.db", clock, "new")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")

    def refuse(*_: object) -> None:
        """Fail as a full disk does."""
        raise OSError(28, "No space left on device")

    for name in ("fsync", "rename", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, refuse)
            if name == "rename":
                patch.setattr(os, "link", refuse)
                patch.setattr("shutil.copyfile", refuse)
            with pytest.raises(CannotWrite, match="No space left"):
                restore(copy, inbox)
        assert await read_text(inbox, clock) == "new"
        assert not list(tmp_path.glob(".*"))


async def test_a_process_that_opened_the_old_file_in_time_does_not_reach_the_new_one(
    clock: ManualClock, tmp_path: Path
) -> None:
    inbox = await write_inbox(tmp_path / "inbox.db", clock, "new")
    copy = await write_inbox(tmp_path / "copy.db", clock, "old")
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=1, isolation_level=None);"
        "print('open', flush=True); sys.stdin.readline();"
        "c.execute('pragma journal_mode = wal').fetchall();"
        "c.execute('update conversations set preview = 1')"
    )
    other: list[subprocess.Popen[str]] = []

    def start_other(step: str) -> None:
        """Let another process open the file, and begin to wait for it, while it is locked."""
        if step == "copy":
            command = [sys.executable, "-c", script, str(inbox)]
            pipe = subprocess.PIPE
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
            other.append(process)
            assert process.stdout is not None and process.stdin is not None
            process.stdout.readline()
            process.stdin.write("go\n")
            process.stdin.flush()

    restore_inbox(copy, inbox, now=NOW, shared=False, report=start_other)
    _, errors = other[0].communicate(timeout=60)
    assert "locked" in errors
    assert await read_text(inbox, clock) == "old"
