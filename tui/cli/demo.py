"""`smsdesk demo`: the inbox on made-up customers; nothing leaves the machine."""

import asyncio
import contextlib
import functools
import os
import random
import tempfile
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.progress import show_progress
from tui.cli.stopping import cancelled_by_signals
from tui.clock import Clock, SystemClock
from tui.demo.accounts import ACCOUNTS, desk_of
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.wiring import make_seat, open_store

_PER_THREAD = 10
"""Messages in each made-up conversation, unless it is said."""


def run(arguments: Namespace) -> int:
    """Open the demo, or only fill its database; exit code 2 for a file that cannot be used."""
    if arguments.no_open and arguments.keep is None:
        raise CommandError("--no-open leaves nothing behind without --keep PATH", BAD_USE)
    with _database(arguments.keep) as path:
        try:
            return asyncio.run(_run(path, arguments, SystemClock(), random.Random()))
        except StoreError as error:
            raise CommandError(str(error), BAD_USE) from None
        except asyncio.CancelledError:  # told to end before the screen was up
            return DONE


@contextlib.contextmanager
def _database(keep: Path | None) -> Iterator[Path]:
    """The file of the demo: kept where it is wanted, or gone with its directory."""
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="smsdesk-demo-") as folder:
        yield Path(folder) / "inbox.db"


async def _run(path: Path, arguments: Namespace, clock: Clock, rng: random.Random) -> int:
    """Write what is missing, then open the inbox unless that is not wanted."""
    await _furnish(path, clock, rng)
    desk = desk_of(path, arguments.ascii)
    async with open_store(desk, clock, rng) as store:
        await _fill(store, arguments, clock, rng)
        if arguments.no_open:
            print(f"kept in {path}; look with: smsdesk demo --keep {path}")
            return DONE
        from tui.cli.inbox import is_plain, run_app

        background = functools.partial(_background, store, clock, rng)
        with cancelled_by_signals():
            seat = make_seat(desk, clock, os.environ)
            plain = is_plain(arguments, os.environ)
            return await run_app(store, seat, background, plain=plain)


async def _furnish(path: Path, clock: Clock, rng: random.Random) -> None:
    """Write the customers' histories into a database that has none."""
    if path.exists() and path.stat().st_size:
        return
    from tui.demo.past import write_past

    await write_past(path, clock.now(), rng)


async def _fill(store: Store, arguments: Namespace, clock: Clock, rng: random.Random) -> None:
    """Add the made-up history that was asked for."""
    if arguments.threads is None and arguments.messages is None:
        return
    from tui.store.fill import fill
    from tui.store.made_up import MadeUp

    threads = arguments.threads or max(1, arguments.messages // _PER_THREAD)
    messages = max(arguments.messages or threads * _PER_THREAD, threads)
    made_up = MadeUp(accounts=[(account.name, account.own) for account in ACCOUNTS])
    await fill(
        store,
        threads=threads,
        messages=messages,
        now=clock.now(),
        rng=rng,
        made_up=made_up,
        progress=functools.partial(show_progress, what="messages"),
    )


@contextlib.asynccontextmanager
async def _background(store: Store, clock: Clock, rng: random.Random) -> AsyncIterator[None]:
    """The sandbox and all that lives in it, imported while the screen is already in use."""
    from importlib import import_module

    live = await asyncio.to_thread(import_module, "tui.demo.live")
    async with live.living(store, clock, rng):
        yield
