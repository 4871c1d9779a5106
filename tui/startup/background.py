"""Run sync as a part of a program: service, listener and log, each for the duration of a block.

An inbox runs all of it behind the screen (`run_background`); `smsdesk sync` runs nothing else.
"""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from tui.clock import Clock
from tui.settings.errors import SettingsError
from tui.settings.public import Preferences
from tui.settings.values import ListenAddress
from tui.startup.operator_settings import get_alarm_channels, get_deliveries, read_metrics_access
from tui.startup.rule_service import run_rules
from tui.startup.sync_setup import create_feed, get_polling_pace, open_sync_log
from tui.startup.wiring import add_capabilities

if TYPE_CHECKING:
    from tui.startup.served_settings import ServedSettings
    from tui.store.store import Store
    from tui.sync.alarm_channels import AlarmChannels
    from tui.sync.backoff import PollPace
    from tui.sync.context import ServedAccount, SyncLog
    from tui.sync.event_delivery import DeliverySettings
    from tui.sync.metrics import MetricsAccess
    from tui.sync.service import SyncService
    from tui.sync.worker import FeedOutbox


LoadSettings = Callable[[], "ServedSettings"]
"""Read the settings with their secrets; raises `SettingsError`."""
_LISTEN_RETRY_SECONDS = 5.0
"""Seconds until an address that another process uses is tried again."""


@contextlib.asynccontextmanager
async def run_service(
    store: "Store",
    accounts: Sequence["ServedAccount"],
    clock: Clock,
    rng: random.Random,
    *,
    kind: Literal["desk", "service"],
    agent: str,
    pace: "PollPace | None" = None,
    log: "SyncLog | None" = None,
    alarms: bool = True,
    channels: "AlarmChannels | None" = None,
    deliveries: "DeliverySettings | None" = None,
    report_alive: Callable[[], None] = lambda: None,
    feed: "FeedOutbox | None" = None,
    keep_days: int = 0,
) -> AsyncIterator["SyncService"]:
    """Run the sync service during the block and close the accounts' connections at its end.

    Args:
        store: Store shared by all agents.
        accounts: Accounts with their clients.
        clock: Source of the current time.
        rng: Source of random numbers.
        kind: Whether an inbox or a service of its own runs the sync.
        agent: Name of the agent that other processes see.
        pace: How often accounts are polled; None for the default.
        log: Log of the sync; None for no log.
        alarms: Whether to raise alarms for accounts that behave unusually.
        channels: Where alarms are sent; None for nowhere.
        deliveries: Hooks and webhooks; None for none.
        report_alive: Called after each heartbeat of the service.
        feed: Queues texts to many people; None where there are none.
        keep_days: Age in days from which messages are deleted; 0 for never.
    """
    from tui.sync.context import discard_log
    from tui.sync.service import SyncService

    service = SyncService(
        *(store, accounts, clock, rng),
        kind=kind,
        agent=agent,
        pace=pace,
        log=log or discard_log,
        alarms=alarms,
        channels=channels,
        deliveries=deliveries,
        report_alive=report_alive,
        feed=feed,
        keep_days=keep_days,
    )
    try:
        async with service:
            yield service
    finally:
        for account in accounts:
            await account.provider.aclose()


@contextlib.asynccontextmanager
async def run_listener(
    store: "Store",
    accounts: Sequence["ServedAccount"],
    listen: ListenAddress,
    clock: Clock,
    rng: random.Random,
    *,
    kind: Literal["desk", "service"],
    agent: str,
    log: "SyncLog | None" = None,
    metrics: "MetricsAccess | None" = None,
) -> AsyncIterator[str]:
    """Run the listener for pushed messages and receipts during the block and yield its base URL.

    Other processes see by its heartbeats that it runs.

    Args:
        store: Store shared by all agents.
        accounts: Accounts with their clients.
        listen: Address to listen on.
        clock: Source of the current time.
        rng: Source of random numbers.
        kind: Whether an inbox or a service of its own listens.
        agent: Name of the agent that other processes see.
        log: Log of the sync; None for no log.
        metrics: Who may read the figures for operators; None for this host only.

    Raises:
        CannotListen: The address cannot be used.
    """
    from tui.sync.connection_places import ConnectionPlaces
    from tui.sync.context import discard_log
    from tui.sync.heartbeat import announce_listener
    from tui.sync.lease import ProcessIdentity
    from tui.sync.listener import create_listener
    from tui.sync.listener_server import run_listener
    from tui.sync.metrics import LOCAL_METRICS

    log, places = log or discard_log, ConnectionPlaces(clock)
    app = create_listener(store, accounts, log, clock, metrics or LOCAL_METRICS)
    async with (
        run_listener(app, listen.host, listen.port, places) as url,
        announce_listener(
            *(store, accounts, clock, rng, log),
            identity=ProcessIdentity(agent, kind),
            host=os.uname().nodename,
            address=url,
            get_crowd=lambda: places.crowd,
        ),
    ):
        yield url


@contextlib.asynccontextmanager
async def run_background(
    store: "Store",
    load: LoadSettings,
    clock: Clock,
    rng: random.Random,
    environ: Mapping[str, str],
    agent: str,
) -> AsyncIterator[str]:
    """Run the accounts' service behind an inbox, and the listener if one is configured.

    An inbox that cannot read its settings or their secrets serves no account; it does what every
    inbox does for the store, and others see that it is open.

    Args:
        store: Store shared by all agents.
        load: Reads the settings with their secrets.
        clock: Source of the current time.
        rng: Source of random numbers.
        environ: Environment variables.
        agent: Name of the agent.

    Yields:
        Why no account is served; "" if they are.
    """
    async with contextlib.AsyncExitStack() as stack:
        try:
            # On a thread: importing the network code takes long, and the screen is in use.
            settings, accounts = await asyncio.to_thread(_load_accounts, load, clock)
        except SettingsError as error:
            unserved = run_service(store, (), clock, rng, kind="desk", agent=agent, alarms=False)
            await stack.enter_async_context(unserved)
            problem = error.lines[0]
        else:
            await stack.enter_async_context(
                _serve_accounts(store, settings, accounts, clock, rng, environ, agent)
            )
            problem = ""
        yield problem


@contextlib.asynccontextmanager
async def _serve_accounts(
    store: "Store",
    settings: Preferences,
    accounts: "Sequence[ServedAccount]",
    clock: Clock,
    rng: random.Random,
    environ: Mapping[str, str],
    agent: str,
) -> AsyncIterator[None]:
    """Serve accounts with the service and, if one is configured, the listener."""
    async with contextlib.AsyncExitStack() as stack:
        log = stack.enter_context(open_sync_log(environ, settings.log_level))
        pace = get_polling_pace(settings)
        service = run_service(
            *(store, accounts, clock, rng),
            kind="desk",
            agent=agent,
            pace=pace,
            log=log,
            alarms=settings.alarms,
            channels=get_alarm_channels(settings, environ),
            deliveries=get_deliveries(settings, environ),
            feed=create_feed(store, settings, settings.accounts, clock),
            keep_days=settings.keep_days,
        )
        await stack.enter_async_context(service)
        rules = run_rules(store, add_capabilities(settings), clock, rng, kind="desk", log=log)
        await stack.enter_async_context(rules)
        if settings.listen is not None:
            metrics, problem = read_metrics_access(settings, environ)
            if problem:
                log("no metrics", line=problem)
            pushes = _run_listener_when_free(
                store, accounts, settings.listen, clock, rng, agent, log, metrics
            )
            await stack.enter_async_context(pushes)
        yield


def _load_accounts(load: LoadSettings, clock: Clock) -> "tuple[Preferences, list[ServedAccount]]":
    """Return the settings and their accounts; import everything that the service needs."""
    from tui.startup.wiring import open_clients

    settings = load()
    return settings.preferences, open_clients(settings.clients, settings.preferences, clock)


@contextlib.asynccontextmanager
async def _run_listener_when_free(
    store: "Store",
    accounts: Sequence["ServedAccount"],
    listen: ListenAddress,
    clock: Clock,
    rng: random.Random,
    agent: str,
    log: "SyncLog",
    metrics: "MetricsAccess",
) -> AsyncIterator[None]:
    """Run the listener as soon as no other process on this host uses the address."""
    from tui.sync.listener_server import CannotListen

    async def listen_until_cancelled() -> None:
        """Listen, and try again while the address is in use."""
        while True:
            try:
                async with run_listener(
                    *(store, accounts, listen, clock, rng),
                    kind="desk",
                    agent=agent,
                    log=log,
                    metrics=metrics,
                ):
                    await asyncio.Event().wait()
            except CannotListen as error:
                log("not listening", line=str(error))
            await clock.sleep(_LISTEN_RETRY_SECONDS)

    task = asyncio.create_task(listen_until_cancelled(), name="listen")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
