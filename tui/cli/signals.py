"""Turn Ctrl+C and a service manager's stop into an orderly end of the work."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set the event at SIGINT and SIGTERM while the block runs.

    Args:
        stop: Event that the program waits for.
    """
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def cancel_on_signals() -> Iterator[None]:
    """Cancel the current task at SIGHUP and SIGTERM while the block runs.

    The cancellation runs all clean-up code, which an immediate end would skip.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # a coroutine calls this
    signals = (signal.SIGHUP, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, task.cancel)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
