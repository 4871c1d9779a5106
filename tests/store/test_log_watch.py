"""Test that a write is noticed once, by polling and by the kernel."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.store.sqlite.log_watch import InotifyWatch, LogWatch, PollingWatch, open_log_watch

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
Means = Callable[[str], LogWatch]
EACH_MEANS = pytest.mark.parametrize(
    "means", [PollingWatch, pytest.param(InotifyWatch, marks=ON_LINUX)]
)


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    """Return a file that was written to before the watch began."""
    path = tmp_path / "inbox.db-wal"
    path.write_bytes(b"before")
    return path


@EACH_MEANS
async def test_a_write_is_noticed_once(means: Means, log_file: Path) -> None:
    watching = means(str(log_file))
    with log_file.open("ab") as file:
        file.write(b"news")
    assert await watching.wait_for_write(5.0)
    assert not await watching.wait_for_write(0.05)
    watching.close()


@EACH_MEANS
async def test_without_a_write_nothing_is_noticed(means: Means, log_file: Path) -> None:
    watching = means(str(log_file))
    assert log_file.read_bytes() == b"before"
    assert not await watching.wait_for_write(0.05)
    watching.close()


async def test_a_missing_file_is_noticed_when_created(tmp_path: Path) -> None:
    path = tmp_path / "later"
    watching = open_log_watch(str(path))
    path.write_bytes(b"now")
    assert await watching.wait_for_write(5.0)
    watching.close()


@ON_LINUX
def test_kernel_notification_is_used_if_available(log_file: Path) -> None:
    watching = open_log_watch(str(log_file))
    assert isinstance(watching, InotifyWatch)
    watching.close()
