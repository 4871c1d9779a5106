"""`smsdesk sync`: fetches and sends without a screen, until told to stop or once."""

import asyncio
import contextlib
import os
import random
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.reading import store_errors
from tui.cli.show import write
from tui.cli.stopping import stopped_by_signals
from tui.clock import Clock, SystemClock
from tui.domain.account import AccountState
from tui.domain.text import one_line
from tui.serving import logging_to_file, pace_of, serving, taking_pushes
from tui.settings.desk import Address, Desk
from tui.store.store import Store
from tui.sync.hands import Log
from tui.sync.served import ServedAccount
from tui.sync.server import CannotListen
from tui.sync.service import Service
from tui.wiring import open_store, served

if TYPE_CHECKING:
    from tui.settings.models import Settings


def run(arguments: Namespace) -> int:
    """Serve all accounts; an address that cannot be listened on is bad use."""
    desk = context.desk(arguments)
    if not desk.accounts:
        raise CommandError("there is no account to serve; see smsdesk doctor", BAD_USE)
    settings = _settings(arguments)
    try:
        with store_errors(), logging_to_file(os.environ, desk.log_level) as log:
            return asyncio.run(_run(arguments.once, desk, settings, log))
    except CannotListen as error:
        raise CommandError(str(error), BAD_USE) from None


def _settings(arguments: Namespace) -> "Settings":
    """All settings, listening where the arguments say."""
    settings = context.settings(arguments)
    if arguments.listen is None:
        return settings
    return settings.model_copy(update={"listen": Address(*arguments.listen)})


async def _run(once: bool, desk: Desk, settings: "Settings", log: Log) -> int:
    """One round, or rounds until a signal comes."""
    clock, rng = SystemClock(), random.Random()
    accounts = served(settings, clock)
    async with open_store(desk, clock, rng) as store:
        if once:
            return await _once(store, accounts, clock, rng, desk.agent, log)
        for line in _unreachable(accounts):
            print(f"smsdesk: {line}", file=sys.stderr)
        await _serve(store, accounts, settings, clock, rng, desk.agent, log)
    return DONE


async def _once(
    store: Store,
    accounts: list[ServedAccount],
    clock: Clock,
    rng: random.Random,
    agent: str,
    log: Log,
) -> int:
    """Do what is due and tell what came of it."""
    service = Service(store, accounts, clock, rng, kind="service", agent=agent, log=log)
    try:
        summary = await service.run_once()
    finally:
        for account in accounts:
            await account.provider.aclose()
    for problem in dict.fromkeys(summary.problems):
        print(f"smsdesk: {one_line(problem, 300)}", file=sys.stderr)
    write(f"sent {summary.sent}, received {summary.events}")
    return FAILED if summary.problems else DONE


async def _serve(
    store: Store,
    accounts: list[ServedAccount],
    settings: "Settings",
    clock: Clock,
    rng: random.Random,
    agent: str,
    log: Log,
) -> None:
    """Serve until a signal comes, telling every change of an account."""
    stop = asyncio.Event()
    pace = pace_of(settings)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(stopped_by_signals(stop))
        await stack.enter_async_context(
            serving(store, accounts, clock, rng, kind="service", agent=agent, pace=pace, log=log)
        )
        if settings.listen is not None:
            pushes = taking_pushes(store, accounts, settings.listen, log)
            _say(f"listening on {await stack.enter_async_context(pushes)}")
        _say(f"serving {', '.join(account.name for account in accounts)}; Ctrl+C stops")
        await stack.enter_async_context(_telling(store))
        await stop.wait()
        _say("stopping")


def _unreachable(accounts: list[ServedAccount]) -> list[str]:
    """A line for each account whose replies cannot come in."""
    return [
        f"{account.name}: replies only come in by push; set listen and its hook_secret"
        for account in accounts
        if not account.provider.capabilities.replies.polled and not account.hook_secret
    ]


@contextlib.asynccontextmanager
async def _telling(store: Store) -> AsyncIterator[None]:
    """Tell how the accounts are doing, for the time of the block."""
    task = asyncio.create_task(_tell(store), name="tell")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _tell(store: Store) -> None:
    """A line for every change of an account's health that this process finds, until cancelled."""
    known: dict[str, str] = {}
    async for _ in store.feed.watch():
        for name, state in (await store.accounts.states()).items():
            line = _line(state)
            if state.holder == store.leases.owner and known.get(name) != line:
                known[name] = line
                _say(line)


def _line(state: AccountState) -> str:
    """How an account is doing."""
    return f"{state.name}: {state.health.value}{f', {state.line}' if state.line else ''}"


def _say(line: str) -> None:
    """A line that whoever reads along sees at once."""
    write(one_line(line, 300))
    sys.stdout.flush()
