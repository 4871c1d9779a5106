"""Test that what is made is as private as it should be, and a copy as open as its original."""

import grp  # here, as the user of a test cannot read the library
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.store.builders import get_path
from tui.desk.downloads import save_new_file
from tui.log import LogFile
from tui.private_files import copy_access, create_file, make_directory
from tui.settings.paths import write_private
from tui.store.sqlite.database_files import prepare_file, write_backup
from tui.store.store import Store


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run the test under a umask."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def read_mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


MAKERS: list[Callable[[Path], object]] = [
    lambda folder: write_private(folder / "config.toml", "text"),
    lambda folder: save_new_file(folder, "picture.png", "image/png", b"data"),
    lambda folder: LogFile(folder / "smsdesk.log").close(),
    lambda folder: prepare_file(folder / "inbox.db"),
]


@pytest.mark.parametrize("make", MAKERS, ids=["settings", "download", "log", "database"])
def test_every_new_directory_and_file_is_private(
    make: Callable[[Path], object], umask: None, real_databases: None, tmp_path: Path
) -> None:
    folder = tmp_path / "a" / "b" / "c"
    make(folder)
    assert [read_mode(place) for place in (folder, *folder.parents[:2])] == [0o700] * 3
    assert [read_mode(file) for file in folder.iterdir()] == [0o600]


def test_the_directory_of_a_shared_database_is_the_groups(
    umask: None, real_databases: None, tmp_path: Path
) -> None:
    path = tmp_path / "a" / "b" / "inbox.db"
    prepare_file(path, shared=True)
    assert [read_mode(place) for place in path.parents[:2]] == [0o2770] * 2
    assert read_mode(path) == 0o660


def test_a_directory_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    make_directory(folder / "new")
    assert (read_mode(folder), read_mode(folder / "new")) == (0o755, 0o700)


@pytest.mark.parametrize("link", ["a file", "a broken link"])
def test_what_is_no_directory_is_an_error(link: str, tmp_path: Path) -> None:
    place = tmp_path / "taken"
    place.symlink_to("nowhere") if "link" in link else place.write_text("")
    with pytest.raises(NotADirectoryError):
        make_directory(place / "new")


def test_a_file_that_exists_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "other")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "link")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660, 0o644])
async def test_a_backup_can_be_opened_by_whom_the_inbox_can(
    mode: int, umask: None, store: Store, tmp_path: Path
) -> None:
    get_path(store).chmod(mode)
    backup = await write_backup(get_path(store), tmp_path / "copy.db")
    assert backup.shut_out == ""
    assert read_mode(tmp_path / "copy.db") == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_copy_has_owner_and_group_of_the_original(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for path in (source, target):
        path.touch()
    source.chmod(0o660)
    os.chown(source, 12_345, 23_456)
    assert copy_access(source, target) == ""
    assert (target.stat().st_uid, target.stat().st_gid) == (12_345, 23_456)
    assert read_mode(target) == 0o660


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("mode", "said", "left"),
    [
        (0o660, "group 23456 and the owner 12345", 0o600),
        (0o600, "owner 12345", 0o600),
        (0o644, "group 23456", 0o604),
    ],
)
def test_who_cannot_open_a_copy_is_named(mode: int, said: str, left: int, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for path in (source, target):
        path.touch()
    source.chmod(mode)
    os.chown(source, 12_345, 23_456)
    os.chown(target, 54_321, 54_321)
    for folder in tmp_path.parents:
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    tmp_path.chmod(0o755)
    assert grp.getgrall()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(54_321)
            os.setuid(54_321)
            os._exit(0 if said in copy_access(source, target) else 1)
        except BaseException:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert read_mode(target) == left


def test_no_module_makes_files_or_directories_by_itself() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tui").rglob("*.py")
        if ".mkdir(" in path.read_text() or "os.O_EXCL" in path.read_text()
    ]
    assert found == ["tui/private_files.py"]
