"""A writing is noticed once, by whichever means there is."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.store.feed import InotifyWatch, LogWatch, PollingWatch, open_log_watch

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
Means = Callable[[str], LogWatch]
EACH_MEANS = pytest.mark.parametrize(
    "means", [PollingWatch, pytest.param(InotifyWatch, marks=ON_LINUX)]
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A file that something was written to before anyone watched."""
    path = tmp_path / "inbox.db-wal"
    path.write_bytes(b"before")
    return path


@EACH_MEANS
async def test_a_writing_is_noticed_once(means: Means, log: Path) -> None:
    watching = means(str(log))
    with log.open("ab") as file:
        file.write(b"news")
    assert await watching.wait_for_write(5.0)
    assert not await watching.wait_for_write(0.05)
    watching.close()


@EACH_MEANS
async def test_nothing_is_noticed_where_nothing_is_written(means: Means, log: Path) -> None:
    watching = means(str(log))
    assert log.read_bytes() == b"before"
    assert not await watching.wait_for_write(0.05)
    watching.close()


async def test_a_file_that_is_not_there_yet_is_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "later"
    watching = open_log_watch(str(path))
    path.write_bytes(b"now")
    assert await watching.wait_for_write(5.0)
    watching.close()


@ON_LINUX
def test_the_kernel_is_asked_to_tell_where_it_can(log: Path) -> None:
    watching = open_log_watch(str(log))
    assert isinstance(watching, InotifyWatch)
    watching.close()
