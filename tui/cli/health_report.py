"""Print what `smsdesk sync` notices of its accounts, its database and the service manager."""

import contextlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli.show import write_line
from tui.clock import Clock
from tui.domain.account import AccountState
from tui.domain.text import format_span, one_line
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.sync.service import SyncService
from tui.sync.service_manager import ServiceManager, describe_service

if TYPE_CHECKING:
    pass

_STATUS_SECONDS = 5.0
"""Seconds between two looks at what the service manager shows."""
_OUTAGE_SECONDS = 1.0
"""Seconds between two looks at whether the database server answers."""


async def report_to_manager(
    store: Store,
    service: SyncService,
    manager: ServiceManager,
    names: Sequence[str],
    clock: Clock,
) -> None:
    """Report that the service is ready once it serves, then its status, until cancelled."""
    await service.wait_until_serving()
    is_ready = False
    while True:
        with contextlib.suppress(StoreError):
            states = await store.accounts.get_states()
            known = [states[name] for name in names if name in states]
            line = describe_service(len(names), known, await store.outbox.count_waiting())
            manager.report_status(line)
        if not is_ready:
            manager.report_ready()
            is_ready = True
        await clock.sleep(_STATUS_SECONDS)


async def report_health(store: Store) -> None:
    """Print a line for every change of an account's health, until cancelled.

    Only accounts that this process serves are reported.
    """
    reported: dict[str, str] = {}
    async for _ in store.feed.watch_changes():
        states: dict[str, AccountState] = {}
        with contextlib.suppress(StoreError):  # read again with the next change
            states = await store.accounts.get_states()
        for name, state in states.items():
            line = format_account_state(state)
            if state.holder == store.leases.owner and reported.get(name) != line:
                reported[name] = line
                print_line(line)


async def report_outages(store: Store, clock: Clock) -> None:
    """Print a line when the database server cannot be used, and when it can again."""
    since = None
    while True:
        outage = store.database.outage
        if outage is not None and not outage.may_end and since is None:
            since = outage.since
            print_line(f"database server: {outage.what}; it is tried again until it answers")
        elif outage is None and since is not None:
            age = format_span(clock.now() - since, units=2)
            print_line(f"database server: answers again, after {age}")
            since = None
        await clock.sleep(_OUTAGE_SECONDS)


def format_account_state(state: AccountState) -> str:
    """Return the line about the health of an account."""
    return f"{state.name}: {state.health.value}{f', {state.line}' if state.line else ''}"


def print_line(line: str) -> None:
    """Print a line and flush, so that a reader of the pipe sees it at once."""
    write_line(one_line(line, 300))
    sys.stdout.flush()
