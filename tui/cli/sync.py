"""Implement `smsdesk sync`: receive and send without a screen, until stopped or once."""

import asyncio
import contextlib
import faulthandler
import os
import random
import signal
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.health_report import print_line, report_health, report_outages, report_to_manager
from tui.cli.show import write_line
from tui.cli.signals import SignalEnd, end_on_signals
from tui.clock import Clock, SystemClock
from tui.domain.text import one_line
from tui.settings.public import Preferences
from tui.settings.values import ListenAddress
from tui.startup.background import run_listener, run_service
from tui.startup.operator_settings import get_alarm_channels, get_deliveries, read_metrics_access
from tui.startup.rule_service import apply_rules_once, run_rules
from tui.startup.sync_setup import create_feed, get_polling_pace, open_sync_log
from tui.startup.wiring import add_capabilities, open_accounts, open_store
from tui.store.errors import Unreachable
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncLog
from tui.sync.listener_server import CannotListen
from tui.sync.service import SyncService
from tui.sync.service_manager import ServiceManager

_RETRY_SECONDS = 2.0

if TYPE_CHECKING:
    from tui.settings.models import Settings


def run(arguments: Namespace) -> int:
    """Serve all accounts; an address that cannot be listened on is a usage error.

    Args:
        arguments: Parsed arguments with `config`, `once`, `listen` and `print_unit`.
    """
    desk = context.load_public_settings(arguments)
    if not desk.accounts:
        raise CommandError("there is no account to poll; see smsdesk doctor", BAD_USE)
    if arguments.print_unit:
        from tui.cli.service_unit import print_unit
        from tui.settings.load import load_settings_without_secrets

        # The secrets may be readable for root alone.
        return print_unit(
            arguments, desk, load_settings_without_secrets(os.environ, arguments.config)
        )
    settings = _load_settings(arguments)
    try:
        with (
            end_on_signals([signal.SIGINT]) as end,
            convert_store_errors(),
            open_sync_log(os.environ, desk.log_level) as log,
        ):
            return asyncio.run(end.run(_run_service(arguments.once, desk, settings, log, end)))
    except CannotListen as error:
        raise CommandError(str(error), BAD_USE) from None


def _load_settings(arguments: Namespace) -> "Settings":
    """Load all settings, with the listening address from the arguments."""
    settings = context.load_full_settings(arguments)
    if arguments.listen is None:
        return settings
    return settings.model_copy(update={"listen": ListenAddress(*arguments.listen)})


async def _run_service(
    once: bool, desk: Preferences, settings: "Settings", log: SyncLog, end: SignalEnd
) -> int:
    """Run one round, or rounds until a signal arrives."""
    clock, rng = SystemClock(), random.Random()
    accounts = open_accounts(settings, clock)
    async with contextlib.AsyncExitStack() as stack:
        store = await _open_store(stack, desk, clock, rng, is_patient=not once)
        if once:
            return await _run_once(store, accounts, settings, clock, rng, desk, log)
        for line in _list_unreachable(accounts):
            print(f"smsdesk: {line}", file=sys.stderr)
        await _serve_until_stopped(store, accounts, settings, clock, rng, desk, log, end)
    return DONE


async def _open_store(
    stack: contextlib.AsyncExitStack,
    desk: Preferences,
    clock: Clock,
    rng: random.Random,
    *,
    is_patient: bool,
) -> Store:
    """Open the inbox; wait for a server that is away, as a service is started with its host."""
    has_reported = False
    while True:
        try:
            return await stack.enter_async_context(open_store(desk, clock, rng))
        except Unreachable as error:
            if not is_patient:
                raise
            if not has_reported:
                has_reported = True
                print(f"smsdesk: {one_line(str(error), 300)}: waiting", file=sys.stderr, flush=True)
        await clock.sleep(_RETRY_SECONDS)


async def _run_once(
    store: Store,
    accounts: list[ServedAccount],
    settings: "Settings",
    clock: Clock,
    rng: random.Random,
    desk: Preferences,
    log: SyncLog,
) -> int:
    """Run one round and print its result."""
    channels = get_alarm_channels(settings, os.environ)
    service = SyncService(
        *(store, accounts, clock, rng),
        kind="service",
        agent=desk.agent,
        log=log,
        channels=channels,
        deliveries=get_deliveries(settings, os.environ),
        feed=create_feed(store, settings, desk.accounts, clock),
    )
    try:
        summary = await service.run_once()
        await apply_rules_once(store, add_capabilities(desk))
    finally:
        for account in accounts:
            await account.provider.aclose()
    for problem in dict.fromkeys(summary.problems):
        print(f"smsdesk: {one_line(problem, 300)}", file=sys.stderr)
    write_line(f"sent {summary.sent}, received {summary.events}")
    return FAILED if summary.problems else DONE


async def _serve_until_stopped(
    store: Store,
    accounts: list[ServedAccount],
    settings: "Settings",
    clock: Clock,
    rng: random.Random,
    desk: Preferences,
    log: SyncLog,
    end: SignalEnd,
) -> None:
    """Serve until a signal arrives, and print every change of an account's health."""
    stop, manager = asyncio.Event(), ServiceManager(os.environ)
    if manager.is_present:
        # A watchdog ends a hung process with SIGABRT: its log then shows where it hung.
        faulthandler.enable()
    pace = get_polling_pace(settings)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(end.redirect(stop.set))
        service = await stack.enter_async_context(
            run_service(
                *(store, accounts, clock, rng),
                kind="service",
                agent=desk.agent,
                pace=pace,
                log=log,
                alarms=settings.alarms,
                channels=get_alarm_channels(settings, os.environ),
                deliveries=get_deliveries(settings, os.environ),
                report_alive=manager.report_alive,
                feed=create_feed(store, settings, desk.accounts, clock),
                keep_days=settings.keep_days,
            )
        )
        rules = run_rules(store, add_capabilities(desk), clock, rng, kind="service", log=log)
        await stack.enter_async_context(rules)
        if settings.listen is not None:
            metrics, problem = read_metrics_access(settings, os.environ)
            if problem:
                print(f"smsdesk: {one_line(problem, 300)}", file=sys.stderr)
            pushes = run_listener(
                *(store, accounts, settings.listen, clock, rng),
                kind="service",
                agent=desk.agent,
                log=log,
                metrics=metrics,
            )
            print_line(f"listening on {await stack.enter_async_context(pushes)}")
        print_line(f"serving {', '.join(account.name for account in accounts)}; Ctrl+C stops")
        names = [account.name for account in accounts]
        await stack.enter_async_context(
            _report_in_background(store, service, manager, names, clock)
        )
        await stop.wait()
        manager.report_stopping()
        print_line("stopping")


def _list_unreachable(accounts: list[ServedAccount]) -> list[str]:
    """Return a line for each account whose replies cannot arrive."""
    return [
        f"{account.name}: replies only come in by push; set listen and its hook_secret"
        for account in accounts
        if not account.provider.capabilities.replies.is_polled and not account.hook_secret
    ]


@contextlib.asynccontextmanager
async def _report_in_background(
    store: Store,
    service: SyncService,
    manager: ServiceManager,
    names: Sequence[str],
    clock: Clock,
) -> AsyncIterator[None]:
    """Report the health of the accounts, and to the service manager, while the block runs."""
    tasks = [
        asyncio.create_task(report_health(store), name="report health"),
        asyncio.create_task(report_outages(store, clock), name="report outages"),
    ]
    if manager.is_present:
        report = report_to_manager(store, service, manager, names, clock)
        tasks.append(asyncio.create_task(report, name="report to the service manager"))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
