"""Implement `smsdesk demo`: the inbox with invented customers. Nothing leaves the machine."""

import asyncio
import contextlib
import functools
import os
import random
import shlex
import tempfile
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import show_progress, write_line
from tui.cli.signals import SignalEnd, end_on_signals
from tui.clock import Clock, SystemClock
from tui.commands import get_first_keys, get_line_keys
from tui.demo.accounts import ACCOUNTS, format_banner, make_demo_settings
from tui.domain.phone import parse_address
from tui.startup.wiring import create_context, open_store
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.terminal.modes import has_other_driver

_MESSAGES_PER_CONVERSATION = 10
"""Messages in each sample conversation when only one of the two counts is given."""


def run(arguments: Namespace) -> int:
    """Open the demo, or only fill its database; a file that cannot be used is a usage error.

    Args:
        arguments: Parsed arguments with `keep`, `no_open`, `threads`, `messages`,
            `ascii` and `plain`.
    """
    from tui.cli.inbox import list_end_signals

    if arguments.no_open and arguments.keep is None:
        raise CommandError("--no-open leaves nothing behind without --keep PATH", BAD_USE)
    with (
        end_on_signals(list_end_signals(arguments)) as end,
        _choose_database(arguments.keep) as path,
    ):
        try:
            work = _run_demo(path, arguments, SystemClock(), random.Random(), end)
            return asyncio.run(end.run(work))
        except StoreError as error:
            raise CommandError(str(error), BAD_USE) from None


@contextlib.contextmanager
def _choose_database(keep: Path | None) -> Iterator[Path]:
    """Yield the path of the demo's database; without `keep` it is deleted afterwards."""
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="smsdesk-demo-") as folder:
        yield Path(folder) / "inbox.db"


async def _run_demo(
    path: Path, arguments: Namespace, clock: Clock, rng: random.Random, end: SignalEnd
) -> int:
    """Write the missing sample data and open the inbox unless `--no-open` is given."""
    is_kept = path.exists() and path.stat().st_size > 0
    if not is_kept:
        await _write_history(path, clock, rng)
    desk = make_demo_settings(path, arguments.ascii)
    async with open_store(desk, clock, rng) as store:
        if is_kept:
            await _check_is_demo(store, path)
        await _add_sample_data(store, arguments, clock, rng)
        if arguments.no_open:
            print(f"kept in {path}; look with: smsdesk demo --keep {path}")
            return DONE
        from tui.cli.inbox import is_plain, run_app

        background = functools.partial(_run_background, store, clock, rng)
        app_context = create_context(desk, clock, os.environ)
        app_context.banner = format_banner(get_first_keys(app_context.commands))
        plain = is_plain(arguments, os.environ)
        if plain:
            write_line(format_banner(get_line_keys(), plain=True))
        exit_code = await run_app(store, app_context, background, end, plain=plain)
    if not has_other_driver(os.environ):
        for line in _describe_end(arguments.keep):
            write_line(line)
    return exit_code


def _describe_end(keep: Path | None) -> list[str]:
    """Return lines that say where the demo's data are, and how to come back."""
    if keep is None:
        return [
            "smsdesk: the demo and its customers are gone, and nothing was sent.",
            "smsdesk: again: smsdesk demo; with the same ones next time: smsdesk demo --keep FILE",
        ]
    shown = shlex.quote(str(keep))
    return [f"smsdesk: the demo is kept in {shown}; go on with: smsdesk demo --keep {shown}"]


async def _write_history(path: Path, clock: Clock, rng: random.Random) -> None:
    """Write the customers' histories into a new database."""
    from tui.demo.sample_history import write_history

    await write_history(path, clock.now(), rng)


async def _check_is_demo(store: Store, path: Path) -> None:
    """Raise `CommandError` for the inbox of real customers: invented ones would write into it."""
    from tui.demo.sample_history import CUSTOMERS

    for customer in CUSTOMERS:
        if await store.conversations.find_by_address(parse_address(customer.number)) is None:
            line = f"{path} is not a demo inbox: nothing was added; name a file that does not exist"
            raise CommandError(line, BAD_USE)


async def _add_sample_data(
    store: Store, arguments: Namespace, clock: Clock, rng: random.Random
) -> None:
    """Add the sample conversations and messages that the arguments request."""
    if arguments.threads is None and arguments.messages is None:
        return
    from tui.store.sample_data import write_sample_data
    from tui.store.sample_source import SampleSource

    threads = arguments.threads or max(1, arguments.messages // _MESSAGES_PER_CONVERSATION)
    messages = max(arguments.messages or threads * _MESSAGES_PER_CONVERSATION, threads)
    made_up = SampleSource(accounts=[(account.name, account.own_number) for account in ACCOUNTS])
    await write_sample_data(
        store,
        threads=threads,
        messages=messages,
        now=clock.now(),
        rng=rng,
        source=made_up,
        progress=functools.partial(show_progress, what="messages"),
    )


@contextlib.asynccontextmanager
async def _run_background(store: Store, clock: Clock, rng: random.Random) -> AsyncIterator[None]:
    """Run the sandbox and its customers while the inbox is open."""
    from importlib import import_module

    # The import takes long, so it runs in a thread while the screen is already in use.
    live = await asyncio.to_thread(import_module, "tui.demo.world")
    async with live.run_demo_world(store, clock, rng):
        yield
