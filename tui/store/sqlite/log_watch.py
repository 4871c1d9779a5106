"""Notice the commits of other processes on the same file.

`PRAGMA data_version` shows whether there are any. That costs a switch to the reader's thread,
so it is read only when the write-ahead log beside the database has just been written, and every
ten seconds in any case, should a write ever be missed.

On Linux the kernel reports writes to the log (inotify), so that an idle process need not
wake up to look; elsewhere the size and time of the file are compared.
"""

import asyncio
import contextlib
import ctypes
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from tui.store.connections import Connection

_COMMIT_SECONDS = 0.004
"""Usual duration from the first write of a commit to its end, in seconds."""
_PAUSES = (0.01, 0.02, 0.05, 0.2, 1.0, 10.0)
"""Seconds until the next check if nothing more is written.

The first ones cover a commit that is slow to reach the disk, the last one a write that was
never reported.
"""
_PAUSES_AFTER_COMMIT = (0.05, 1.0, 10.0)
"""The same where the commit was seen: another one may have begun in the same moment."""
_IN_MODIFY = 0x2
_IN_NONBLOCK, _IN_CLOEXEC = 0o4000, 0o2000000
_READ_SIZE = 4_096
_POLL_INTERVAL = 0.03
"""Seconds between two checks of a file."""


async def watch_commits(
    log_file: str,
    read: Callable[[Callable[[Connection], int]], Awaitable[int]],
    wake: Callable[[], None],
) -> None:
    """Call `wake` whenever another process has committed, until cancelled.

    Args:
        log_file: Path of the write-ahead log.
        read: Runs a function on the reading connection.
        wake: Function without arguments.
    """
    watch = open_log_watch(log_file)
    known_version = 0
    pauses: Sequence[float] = _PAUSES
    try:
        while True:
            version = await read(_read_data_version)
            if version != known_version:
                known_version, pauses = version, _PAUSES_AFTER_COMMIT
                wake()
            if await watch.wait_for_write(pauses[0]):
                pauses = _PAUSES
                # The log is written before the commit is visible.
                await asyncio.sleep(_COMMIT_SECONDS)
            else:
                pauses = pauses[1:] or pauses
    finally:
        watch.close()


def get_size(log_file: str) -> int:
    """Return the size of the write-ahead log in bytes; 0 if there is none.

    SQLite reuses the file from its start and truncates it when it is long.

    Args:
        log_file: Path of the log.
    """
    try:
        return os.stat(log_file).st_size
    except OSError:
        return 0


def _read_data_version(connection: Connection) -> int:
    """Return a number that changes when another connection has committed."""
    return int(connection.execute("pragma data_version").fetchall()[0][0])


class LogWatch(Protocol):
    """Watch that waits for writes to one file."""

    async def wait_for_write(self, max_seconds: float) -> bool:
        """Wait for a write since the last call; return whether there was one.

        Args:
            max_seconds: Maximum time to wait, in seconds.
        """

    def close(self) -> None:
        """End the watch."""


def open_log_watch(path: str) -> LogWatch:
    """Return the best available watch on this file; the caller closes it."""
    if sys.platform == "linux":
        # The number of inotify watches per user is limited; then polling takes over.
        with contextlib.suppress(OSError):
            return InotifyWatch(path)
    return PollingWatch(path)


class InotifyWatch:
    """Watch that the kernel notifies (inotify)."""

    def __init__(self, path: str) -> None:
        """Create the watch.

        Raises:
            OSError: The file does not exist, or the limit of watches is reached.
        """
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = _check_result(libc.inotify_init1(_IN_NONBLOCK | _IN_CLOEXEC))
        try:
            _check_result(libc.inotify_add_watch(self._descriptor, os.fsencode(path), _IN_MODIFY))
        except OSError:
            self.close()
            raise

    async def wait_for_write(self, max_seconds: float) -> bool:
        """Wait until the kernel reports a write.

        Args:
            max_seconds: Maximum time to wait, in seconds.
        """
        loop = asyncio.get_running_loop()
        notified = asyncio.Event()
        loop.add_reader(self._descriptor, notified.set)
        try:
            async with asyncio.timeout(max_seconds):  # wait_for may lose a cancellation
                await notified.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(self._descriptor)
        self._drain_events()
        return True

    def close(self) -> None:
        """End the watch."""
        os.close(self._descriptor)

    def _drain_events(self) -> None:
        """Read and discard the pending events: their arrival says enough."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self._descriptor, _READ_SIZE):
                pass


def _check_result(result: int) -> int:
    """Return the result of a C function; raise `OSError` if it reports an error."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


class PollingWatch:
    """Watch that compares size and time of the file repeatedly; a check takes microseconds."""

    def __init__(self, path: str) -> None:
        """Create the watch; earlier writes do not count."""
        self._path = path
        self._known = self._read_signature()

    async def wait_for_write(self, max_seconds: float) -> bool:
        """Wait until size or time differ.

        Args:
            max_seconds: Maximum time to wait, in seconds.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + max_seconds
        while (signature := self._read_signature()) == self._known:
            if loop.time() > end:
                return False
            await asyncio.sleep(_POLL_INTERVAL)
        self._known = signature
        return True

    def close(self) -> None:
        """Do nothing: there is nothing to release."""

    def _read_signature(self) -> tuple[int, int] | None:
        """Return size and time of the file, or None if there is no file."""
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns
