"""Sync as a part of a program: the service, the listener and the log, for the time of a block.

An inbox runs it behind the screen (`background`), `smsdesk sync` runs nothing else.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from tui.clock import Clock
from tui.settings.desk import Address, Desk

if TYPE_CHECKING:
    from tui.settings.models import Settings
    from tui.store.store import Store
    from tui.sync.backoff import Pace
    from tui.sync.hands import Log
    from tui.sync.served import ServedAccount
    from tui.sync.service import Service

Load = Callable[[], "Settings"]
"""Reads the settings with their secrets; raises `SettingsError`."""
_LISTEN_AGAIN = 5.0
"""Seconds until an address that another process listens on is tried again."""


@contextlib.asynccontextmanager
async def serving(
    store: "Store",
    accounts: Sequence["ServedAccount"],
    clock: Clock,
    rng: random.Random,
    *,
    kind: Literal["desk", "service"],
    agent: str,
    pace: "Pace | None" = None,
    log: "Log | None" = None,
) -> AsyncIterator["Service"]:
    """Sync at work for the time of the block; the accounts' connections are closed at its end."""
    from tui.sync.hands import no_log
    from tui.sync.service import Service

    service = Service(
        store, accounts, clock, rng, kind=kind, agent=agent, pace=pace, log=log or no_log
    )
    try:
        async with service:
            yield service
    finally:
        for account in accounts:
            await account.provider.aclose()


@contextlib.asynccontextmanager
async def taking_pushes(
    store: "Store",
    accounts: Sequence["ServedAccount"],
    listen: Address,
    log: "Log | None" = None,
) -> AsyncIterator[str]:
    """The listener for the time of the block; yields its base URL. Raises `CannotListen`."""
    from tui.sync.hands import no_log
    from tui.sync.listener import create_listener
    from tui.sync.server import listening

    app = create_listener(store, accounts, log or no_log)
    async with listening(app, listen.host, listen.port) as url:
        yield url


def pace_of(desk: "Desk | Settings") -> "Pace":
    """How quickly accounts are polled."""
    from tui.sync.backoff import Pace

    return Pace(desk.poll_min_seconds, desk.poll_max_seconds)


@contextlib.contextmanager
def logging_to_file(environ: Mapping[str, str], level: str) -> Iterator["Log"]:
    """The log file for the time of the block; a place that cannot be written to costs only it."""
    from tui.logs import close_log, get_logger, open_log
    from tui.settings.paths import log_file

    try:
        file = open_log(log_file(environ), level)
    except OSError:
        from tui.sync.hands import no_log

        yield no_log
        return
    try:
        yield get_logger("sync").info
    finally:
        close_log(file)


@contextlib.asynccontextmanager
async def background(
    store: "Store",
    load: Load,
    clock: Clock,
    rng: random.Random,
    environ: Mapping[str, str],
    agent: str,
) -> AsyncIterator[None]:
    """What runs behind an inbox: the accounts' service, and the listener where one is configured.

    Settings and network are imported on another thread, for the screen is already in use. Raises
    `SettingsError`.
    """
    settings, accounts = await asyncio.to_thread(_ready, load, clock)
    async with contextlib.AsyncExitStack() as stack:
        log = stack.enter_context(logging_to_file(environ, settings.log_level))
        pace = pace_of(settings)
        service = serving(store, accounts, clock, rng, kind="desk", agent=agent, pace=pace, log=log)
        await stack.enter_async_context(service)
        if settings.listen is not None:
            pushes = _taking_pushes_when_free(store, accounts, settings.listen, clock, log)
            await stack.enter_async_context(pushes)
        yield


def _ready(load: Load, clock: Clock) -> "tuple[Settings, list[ServedAccount]]":
    """The settings and their accounts; imports all that serving them takes."""
    import tui.sync.service
    from tui.wiring import served

    settings = load()
    if settings.listen is not None:
        import tui.sync.listener
        import tui.sync.server  # noqa: F401
    return settings, served(settings, clock)


@contextlib.asynccontextmanager
async def _taking_pushes_when_free(
    store: "Store", accounts: Sequence["ServedAccount"], listen: Address, clock: Clock, log: "Log"
) -> AsyncIterator[None]:
    """Listen as soon as no other process on this host does."""
    from tui.sync.server import CannotListen

    async def listen_in_turn() -> None:
        """Try, until cancelled."""
        while True:
            try:
                async with taking_pushes(store, accounts, listen, log):
                    await asyncio.Event().wait()
            except CannotListen as error:
                log("not listening", line=str(error))
            await clock.sleep(_LISTEN_AGAIN)

    task = asyncio.create_task(listen_in_turn(), name="listen")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
