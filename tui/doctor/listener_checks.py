"""Check whether every account that depends on pushes has a listener, and say what else is wrong.

A listener is judged by its heartbeats in the inbox file, because it may belong to another host.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tui.clock import HOUR, Clock
from tui.desk.account_text import format_last_push, format_listener, list_account_notices
from tui.desk.format import format_moment
from tui.desk.panel_addresses import PanelAddress, list_address_lines
from tui.doctor.checks import CheckResult, report_bad, report_good, report_note
from tui.domain.account import Account, AccountState
from tui.domain.attention import AttentionKind
from tui.domain.text import one_line
from tui.providers.catalog import get_capabilities
from tui.settings.public import Preferences
from tui.store.errors import StoreError
from tui.store.reader import InboxReader

_LOOK_AGAIN_SECONDS = 1.0
_LOOKS = 8
"""Looks at a listener of another host; its clock may differ, but its heartbeat goes on."""
_BAD_KINDS = frozenset(
    {
        AttentionKind.CLOCK_SET_BACK,
        AttentionKind.NO_ANSWER,
        AttentionKind.NO_CREDIT,
        AttentionKind.NO_LISTENER,
        AttentionKind.WRONG_ADDRESS,
    }
)


async def check_account_states(
    desk: Preferences, clock: Clock, host: str, settings_at: int | None = None
) -> list[CheckResult]:
    """Check what the inbox file holds about the accounts; nothing without a usable file.

    Args:
        desk: Settings without secrets.
        clock: Source of the current time.
        host: Name of this host.
        settings_at: When the settings file was last changed (ms UTC), or None if there is none.
    """
    accounts = [
        replace(account, capabilities=get_capabilities(account.provider, {}))
        for account in desk.accounts
    ]
    if isinstance(desk.database, Path) and not desk.database.exists():
        return []
    with suppress(StoreError), InboxReader(desk.database) as reader:  # reported with the database
        states = reader.get_account_states(clock)
        for _ in range(_LOOKS):
            if not _should_look_again(accounts, states, clock.now(), host):
                break
            await clock.sleep(_LOOK_AGAIN_SECONDS)
            states = reader.get_account_states(clock)
        now = clock.now()
        results = [
            result
            for account in accounts
            for result in _check_account(account, states.get(account.name), now)
        ]
        return [*_check_settings_age(states, settings_at, host, now), *results]
    return []


def _check_settings_age(
    states: dict[str, AccountState], settings_at: int | None, host: str, now: int
) -> list[CheckResult]:
    """Report a listener of this host that began before the settings file was changed."""
    for state in states.values():
        one = state.listener
        if settings_at is None or one is None or one.host != host or not one.is_alive(now):
            continue
        if settings_at > one.since:
            line = (
                f"the listener began at {format_moment(one.since, now)}, before the settings file "
                f"was changed at {format_moment(settings_at, now)}: it uses the older settings"
            )
            fix = "restart smsdesk sync, or the inbox that listens"
            return [report_note("service", line, fix)]
    return []


def _should_look_again(
    accounts: Sequence[Account], states: dict[str, AccountState], now: int, host: str
) -> bool:
    """Return whether a listener seems dead only because another clock differs from ours."""
    for account in accounts:
        state = states.get(account.name)
        listener = state.listener if state else None
        if not account.needs_listener or listener is None or listener.has_ended:
            continue
        if not listener.is_alive(now) and listener.host != host and now - listener.seen_at < HOUR:
            return True
    return False


def _check_account(account: Account, state: AccountState | None, now: int) -> list[CheckResult]:
    """Return what is to be said about one account."""
    subject = f"account {account.name}"
    results = []
    for notice in list_account_notices(account, state, now):
        if notice.kind in (AttentionKind.HELD, AttentionKind.NO_SECRET):
            continue  # reported with the database, by reason, and with the provider
        report = report_bad if notice.kind in _BAD_KINDS else report_note
        results.append(report(subject, notice.line, notice.fix))
    if listening := format_listener(state, now):
        results.append(report_good(subject, f"{listening}; {format_last_push(state, now)}"))
    return results


def report_addresses(entries: Sequence[PanelAddress]) -> list[CheckResult]:
    """Return what to enter at the providers' panels, for each account that receives pushes.

    Args:
        entries: Addresses of all accounts.
    """
    results = []
    for entry in entries:
        subject = f"address {entry.account}"
        line = one_line(f"for {entry.carries}, enter at {entry.provider}:", 100)
        lines = tuple(line for line in list_address_lines(entry) if line != entry.problem)
        result = report_good(subject, line)
        if entry.problem:
            result = report_note(subject, line, f"{entry.problem}; set it, then enter the address")
        results.append(replace(result, details=lines))
    return results
