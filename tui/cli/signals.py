"""Turn Ctrl+C, a closed terminal and a service manager's stop into an orderly end of the work.

The first signal begins the end: drafts and leases are given back, what is being sent is waited
for. It has a limit, and a second signal ends the process at once. In each case the terminal is
given back, and the exit code is 128 and the signal's number.

Nothing is raised where the signal happens to arrive: within an import, while a folder is created
or removed, or as the event loop closes, an error would be printed and lost, or leave half behind.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any, Never, TypeVar

from tui.cli.errors import EXIT_CODE_BASE, EndedBySignalError
from tui.terminal.modes import MODES

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

_END_SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT)
_END_SECONDS = 12.0
"""Seconds for the orderly end; longer than a busy database and a slow provider together."""


class SignalEnd:
    """The end that a signal begins; made by `end_on_signals`."""

    def __init__(self, seconds: float) -> None:
        """Create an end that has not begun.

        Args:
            seconds: Time for the orderly end.
        """
        self._seconds = seconds
        self._begin: Callable[[], object] | None = None
        self.number = 0
        """Number of the signal that began the end; 0 if there was none."""

    def handle_signal(self, number: int, frame: FrameType | None) -> None:
        """Begin the end, or end at once if it has begun already.

        Args:
            number: Number of the signal.
            frame: Not used.
        """
        if self.number:
            _end_at_once(self.number)
        self.number, MODES.is_ending = number, True
        limit = threading.Timer(self._seconds, _end_at_once, (number,))
        limit.daemon = True
        limit.start()
        # Without a running event loop the end waits for one, or for the end of the block.
        if self._begin is not None:
            self._begin()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that a signal cancels, unless it redirects signals itself.

        Args:
            work: All that runs on the event loop.
        """
        with self.redirect():
            if self.number:
                work.close()
                raise EndedBySignalError(self.number)
            return await work

    @contextlib.contextmanager
    def redirect(self, begin: Callable[[], object] | None = None) -> Iterator[None]:
        """Let a signal call a function on the running event loop while the block runs.

        Args:
            begin: Begins the end; None cancels the current task, which runs all clean-up code.
        """
        import asyncio  # late, as the first picture does not need it

        loop, task, before = asyncio.get_running_loop(), asyncio.current_task(), self._begin
        assert task is not None  # a coroutine calls this
        self._begin = lambda: loop.call_soon_threadsafe(begin or task.cancel)
        try:
            yield
        finally:
            self._begin = before


@contextlib.contextmanager
def end_on_signals(
    extra: Sequence[signal.Signals] = (), seconds: float = _END_SECONDS
) -> Iterator[SignalEnd]:
    """End the work of the block in order at SIGHUP, SIGTERM and SIGQUIT.

    A signal that was ignored before (nohup) stays ignored.

    Args:
        extra: Further signals that end the work.
        seconds: Time for the orderly end; then the process ends at once.

    Raises:
        EndedBySignalError: A signal has ended the work.
    """
    end = SignalEnd(seconds)
    before = {number: signal.getsignal(number) for number in (*_END_SIGNALS, *extra)}
    handled = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in handled:
        signal.signal(number, end.handle_signal)
    try:
        yield end
    except BaseException as error:
        if not end.number or not _is_part_of_end(error):
            raise
    finally:
        for number in handled:
            # While the program ends, the next signal still ends it at once.
            if not end.number:
                signal.signal(number, before[number])
    if end.number:
        raise EndedBySignalError(end.number)


def _is_part_of_end(error: BaseException) -> bool:
    """Return whether an error belongs to an orderly end."""
    import asyncio

    # OSError: a terminal that has vanished fails every write.
    return isinstance(error, asyncio.CancelledError | EndedBySignalError | OSError)


def _end_at_once(number: int) -> Never:
    """End the process now; what it holds in the database expires."""
    MODES.restore_in_time()
    os._exit(EXIT_CODE_BASE + number)


@contextlib.contextmanager
def stop_on_signals(stop: "asyncio.Event") -> Iterator[None]:
    """Set the event at SIGINT and SIGTERM while the block runs.

    Args:
        stop: Event that the program waits for.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
