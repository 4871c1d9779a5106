"""Notices that a file was written: the kernel says so on Linux, elsewhere its size and time do.

A process that rests should rest: with the kernel's word nobody has to wake up to look.
"""

import asyncio
import contextlib
import ctypes
import os
import sys
from typing import Protocol

_IN_MODIFY = 0x2
_IN_NONBLOCK, _IN_CLOEXEC = 0o4000, 0o2000000
_EVENTS = 4_096
_LOOK = 0.03
"""Seconds between two looks at a file."""


class LogWatch(Protocol):
    """Waits for writings to one file."""

    async def written(self, patience: float) -> bool:
        """Wait for a writing since the last call, at most `patience` seconds; whether it came."""

    def close(self) -> None:
        """End the watch."""


def watch(path: str) -> LogWatch:
    """The best watch there is on this file; to be closed."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return Told(path)
    return Looking(path)


class Told:
    """The kernel tells (inotify)."""

    def __init__(self, path: str) -> None:
        """Raises `OSError` when there is no such file, or no watch left to have."""
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = _checked(libc.inotify_init1(_IN_NONBLOCK | _IN_CLOEXEC))
        try:
            _checked(libc.inotify_add_watch(self._descriptor, os.fsencode(path), _IN_MODIFY))
        except OSError:
            self.close()
            raise

    async def written(self, patience: float) -> bool:
        """Sleep until the kernel has something to tell."""
        loop = asyncio.get_running_loop()
        told = asyncio.Event()
        loop.add_reader(self._descriptor, told.set)
        try:
            async with asyncio.timeout(patience):  # wait_for may swallow a cancellation
                await told.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(self._descriptor)
        self._take_in()
        return True

    def close(self) -> None:
        """End the watch."""
        os.close(self._descriptor)

    def _take_in(self) -> None:
        """What they tell is known by their coming."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self._descriptor, _EVENTS):
                pass


def _checked(result: int) -> int:
    """The result of a C function; raises `OSError` where that says so."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


class Looking:
    """Size and time are looked at again and again, for microseconds each time."""

    def __init__(self, path: str) -> None:
        """Whatever was written before this does not count."""
        self._path = path
        self._known = self._signature()

    async def written(self, patience: float) -> bool:
        """Look until they differ."""
        loop = asyncio.get_running_loop()
        end = loop.time() + patience
        while (signature := self._signature()) == self._known:
            if loop.time() > end:
                return False
            await asyncio.sleep(_LOOK)
        self._known = signature
        return True

    def close(self) -> None:
        """There is nothing to end."""

    def _signature(self) -> tuple[int, int] | None:
        """The file's size and time; None while there is no file."""
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns
