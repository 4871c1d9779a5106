"""The way of the commands that only look: settings, the reader, and errors as one line."""

import contextlib
import gc
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from tui.cli import context
from tui.cli.errors import BAD_USE, FAILED, CommandError
from tui.settings.desk import Desk
from tui.store.errors import CannotOpen, NewerDatabase, NotADatabase, StoreError
from tui.store.reader import Outdated, Reader

_WRONG_FILE = (CannotOpen, NewerDatabase, NotADatabase)


@contextlib.contextmanager
def reading(arguments: Namespace) -> Iterator[Reader | None]:
    """The inbox for the time of the block; None while there is none yet, which is said."""
    gc.disable()  # the process is over before collecting would gain anything
    desk = context.desk(arguments)
    with store_errors():
        if not _holds_something(desk.database):
            print(f"smsdesk: nothing in {desk.database} yet", file=sys.stderr)
            yield None
            return
        with _opened(desk) as reader:
            yield reader


@contextlib.contextmanager
def store_errors() -> Iterator[None]:
    """Within the block, what the store cannot do becomes the end of the command."""
    try:
        yield
    except StoreError as error:
        code = BAD_USE if isinstance(error, _WRONG_FILE) else FAILED
        raise CommandError(str(error), code) from None


def _holds_something(path: Path) -> bool:
    """Whether there is a file with anything in it; one that may not be looked at counts."""
    try:
        return path.is_dir() or path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CannotOpen(f"Cannot open {path} ({error.strerror}): check its permissions") from None


@contextlib.contextmanager
def _opened(desk: Desk) -> Iterator[Reader]:
    """The reader, its file's schema brought up to date first if need be."""
    with contextlib.ExitStack() as stack:
        try:
            reader = stack.enter_context(Reader(desk.database))
        except Outdated:
            _bring_up_to_date(desk)
            reader = stack.enter_context(Reader(desk.database))
        yield reader


def _bring_up_to_date(desk: Desk) -> None:
    """Let the other door migrate the file."""
    import asyncio
    import random

    from tui.clock import SystemClock
    from tui.wiring import open_store

    async def open_once() -> None:
        """Opening is all it takes."""
        async with open_store(desk, SystemClock(), random.Random()):
            pass

    asyncio.run(open_once())
