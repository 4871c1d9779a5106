"""Test the list that is kept for the first picture: it is private, current, and never trusted."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import OpenStore
from tests.store.builders import get_conversation, make_reply
from tui.clock import DAY, HOUR, SystemClock
from tui.domain.database import ServerDatabase
from tui.store.postgres import kept_window
from tui.store.postgres.kept_window import find_kept_file, keep_list, read_kept_list

SERVER = ServerDatabase("postgresql://db.example/desk", "postgresql://db.example/desk")
pytestmark = pytest.mark.only_engine("postgres")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with a directory for what ends with the log-in."""
    (tmp_path / "run").mkdir(mode=0o700)
    return {"XDG_RUNTIME_DIR": str(tmp_path / "run")}


@pytest.fixture
async def kept(open_store: OpenStore, environ: dict[str, str]) -> Path:
    """Return the file that a desk with two open conversations has left."""
    store = await open_store()
    async with keep_list(store, "mia", environ):
        for number in (1, 2):
            reply = make_reply(party=f"+6149157015{number}")
            await store.ingest.store_events("au", [reply])
        row = await get_conversation(store, reply.party)
        await store.drafts.save_draft(row.id, "mia", "half", began_at=1)
    path = find_kept_file(store.location, "mia", environ)
    assert path is not None
    return path


def test_the_list_is_kept_for_its_owner(kept: Path) -> None:
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    glimpse = read_kept_list(kept, SystemClock().now())
    assert glimpse is not None and glimpse.total == 2
    assert [row.preview for row in glimpse.rows] == ["Hello", "Hello"]
    assert len(glimpse.drafted_ids) == 1


def spoil_owner(path: Path) -> None:
    """Let the group read the file."""
    path.chmod(0o640)


def spoil_folder(path: Path) -> None:
    """Let others write to the folder."""
    path.parent.chmod(0o777)


def spoil_link(path: Path) -> None:
    """Put a link in its place."""
    moved = path.rename(path.with_name("moved"))
    path.symlink_to(moved)


def spoil_folder_link(path: Path) -> None:
    """Put a link in place of the folder."""
    moved = path.parent.rename(path.parent.with_name("moved"))
    path.parent.symlink_to(moved)


def spoil_content(path: Path) -> None:
    """Change one character."""
    path.write_bytes(path.read_bytes().replace(b"Hello", b"Hallo", 1))


def spoil_length(path: Path) -> None:
    """Cut the file in the middle."""
    path.write_bytes(path.read_bytes()[:200])


def spoil_pipe(path: Path) -> None:
    """Put a pipe in its place, which nothing writes to."""
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_owner,
        spoil_folder,
        spoil_link,
        spoil_folder_link,
        spoil_content,
        spoil_length,
        spoil_pipe,
        Path.unlink,
    ],
)
def test_a_file_that_cannot_be_trusted_is_not_shown(
    kept: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(kept)
    assert read_kept_list(kept, SystemClock().now()) is None


@pytest.mark.parametrize("hours", [25, -1])
def test_a_list_of_another_time_is_deleted(kept: Path, hours: int) -> None:
    assert read_kept_list(kept, SystemClock().now() + hours * HOUR) is None
    assert not kept.exists()


def test_a_list_of_another_version_is_deleted(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_window, "__version__", "99.0")
    assert read_kept_list(kept, SystemClock().now()) is None
    assert not kept.exists()


async def test_old_lists_of_other_inboxes_are_deleted(
    open_store: OpenStore, environ: dict[str, str]
) -> None:
    store = await open_store()
    old = Path(environ["XDG_RUNTIME_DIR"]) / "smsdesk" / "old.list"
    old.parent.mkdir(mode=0o700)
    old.touch()
    os.utime(old, (1, SystemClock().now() / 1000 - 2 * DAY / 1000))
    async with keep_list(store, "mia", environ):
        await store.ingest.store_events("au", [make_reply()])
    assert not old.exists() and len(list(old.parent.iterdir())) == 1


def test_each_inbox_and_agent_has_a_list_of_its_own(environ: dict[str, str]) -> None:
    other = ServerDatabase(SERVER.address, SERVER.name, schema="other")
    databases = ((SERVER, "mia"), (SERVER, "tom"), (other, "mia"))
    assert len({find_kept_file(database, name, environ) for database, name in databases}) == 3
    assert find_kept_file(SERVER, "mia", {}) is None
    assert find_kept_file(SERVER, "mia", {"XDG_RUNTIME_DIR": "run"}) is None
    assert find_kept_file(Path("inbox.db"), "mia", environ) is None


async def test_the_list_is_kept_while_the_desk_runs(
    open_store: OpenStore, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_window, "_PAUSE_SECONDS", 0.01)
    store, other = await open_store(), await open_store(owner="b", seed=2)
    path = find_kept_file(store.location, "mia", environ)
    assert path is not None
    async with keep_list(store, "mia", environ):
        await other.ingest.store_events("au", [make_reply("from another desk")])
        async with asyncio.timeout(20):
            while not path.exists() or b"from another desk" not in path.read_bytes():
                await asyncio.sleep(0.01)


def test_the_first_picture_imports_no_driver() -> None:
    code = "import sys, tui.startup.first_paint, tui.store.postgres.kept_window;"
    code += "print([name for name in sys.modules if name in ('psycopg', 'textual')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
