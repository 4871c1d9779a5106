"""Check whether providers answer, accept the credentials and can reach the listener."""

import asyncio
import random
from email.utils import parsedate_to_datetime

from tui.clock import SECOND, Clock
from tui.desk.account_text import describe_missing_secret
from tui.doctor.checks import CheckResult, report_bad, report_good, report_note
from tui.providers.answer import Answer
from tui.providers.errors import ProviderError
from tui.providers.http import HttpClient
from tui.settings.load import find_missing_secret
from tui.settings.models import Settings
from tui.settings.values import ListenAddress
from tui.startup.wiring import open_accounts
from tui.sync.account_health import describe_failure
from tui.sync.context import ServedAccount

_MAX_SKEW_SECONDS = 30.0
"""Seconds of difference from which on signatures and scheduled times are wrong."""
_TIMEOUT_SECONDS = 4.0
"""Seconds to wait for an answer that needs no credentials."""
_CONNECTION_FIX = "check base_url, the network and the provider's status page"
"""Fix for an account whose provider could not be reached."""


async def check_accounts(settings: Settings, clock: Clock, rng: random.Random) -> list[CheckResult]:
    """Check every account at the same time, each with the cheapest harmless request.

    Args:
        settings: All settings, with secrets.
        clock: Source of the current time.
        rng: Source of randomness for retry delays.
    """
    opened = open_accounts(settings, clock)
    try:
        checks = await asyncio.gather(*(_check_account(account, clock, rng) for account in opened))
        push_results = [
            result
            for account in opened
            for check in (_check_push_setup, _check_reply_secret)
            if (result := check(account, settings))
        ]
    finally:
        for account in opened:
            await account.provider.aclose()
    return [*checks, *push_results]


async def _check_account(account: ServedAccount, clock: Clock, rng: random.Random) -> CheckResult:
    """Check the connection and the credentials of one account."""
    subject, began = f"account {account.name}", clock.monotonic()
    try:
        line = await account.provider.check_credentials()
    except ProviderError as error:
        line = describe_failure(error, 1, rng).line
        fix = line.removeprefix(error.message).removeprefix(": ")
        return report_bad(subject, error.message, fix or _CONNECTION_FIX)
    return report_good(subject, f"{line} ({round((clock.monotonic() - began) * SECOND)} ms)")


def _check_push_setup(account: ServedAccount, settings: Settings) -> CheckResult | None:
    """Check whether an account whose provider only pushes can reach the listener."""
    if account.provider.capabilities.replies.is_polled or account.hook_secret:
        return None
    subject = f"account {account.name}"
    if settings.accounts[account.name].hook_secret:
        return None  # whether a process listens is seen by its heartbeat
    line = "this provider only pushes replies, and nothing receives them"
    return report_bad(subject, line, "set listen, public_url and its hook_secret")


def _check_reply_secret(account: ServedAccount, settings: Settings) -> CheckResult | None:
    """Check that the secret which signs pushed replies is set wherever they are expected."""
    missing = find_missing_secret(settings.accounts[account.name], settings)
    if missing is None:
        return None
    line, fix = describe_missing_secret(missing)
    fix = f"{fix}; replies that were refused then come in by smsdesk held retry"
    return report_bad(f"account {account.name}", line, fix)


async def check_clock(settings: Settings, clock: Clock) -> CheckResult:
    """Compare this machine's clock with the clock of a provider.

    Args:
        settings: All settings; their base addresses are tried in turn.
        clock: Source of the current time.
    """
    urls = dict.fromkeys(account.base_url for account in settings.accounts.values())
    for url in urls:
        answer = await _fetch_without_credentials(url, "/", clock)
        skew = _measure_skew(answer, clock.now()) if answer else None
        if skew is not None:
            return _report_skew(skew)
    return report_note("clock", "no provider reported its time")


def _report_skew(skew: float) -> CheckResult:
    """Return the result for a clock difference in seconds."""
    if abs(skew) <= _MAX_SKEW_SECONDS:
        return report_good("clock", f"within {max(1, round(abs(skew)))}s of the provider's")
    direction = "ahead of" if skew > 0 else "behind"
    line = f"{round(abs(skew))}s {direction} the provider's: signed requests may be refused"
    return report_bad("clock", line, "switch time synchronisation on (timedatectl set-ntp true)")


def _measure_skew(answer: Answer, now: int) -> float | None:
    """Return by how many seconds this machine is ahead, from the answer's Date header."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return now / SECOND - theirs


async def check_listener(settings: Settings, clock: Clock) -> list[CheckResult]:
    """Check whether pushed requests can arrive.

    Args:
        settings: All settings; without `listen` there is nothing to check.
        clock: Source of the current time.
    """
    if settings.listen is None:
        return []
    checks = [_check_listen_address(settings.listen, clock)]
    if settings.public_url:
        checks.append(_check_public_url(settings.public_url, clock))
    return await asyncio.gather(*checks)


async def _check_listen_address(listen: ListenAddress, clock: Clock) -> CheckResult:
    """Check whether the listening address is free, used by smsdesk or by another program."""
    from tui.sync.listener_server import CannotListen, run_listener

    host, port = listen
    address = f"{host}:{port}"
    if await _is_smsdesk_listener(f"http://{f'[{host}]' if ':' in host else host}:{port}", clock):
        return report_good("listener", f"smsdesk listens on {address}")
    try:
        async with run_listener(_ignore_request, host, port):
            line = f"{address} is free; it is used when the inbox or smsdesk sync runs"
            return report_note("listener", line)
    except CannotListen as error:
        return report_bad("listener", str(error), "choose another address for listen")


async def _check_public_url(url: str, clock: Clock) -> CheckResult:
    """Check the address that the providers call."""
    if await _is_smsdesk_listener(url, clock):
        return report_good("public_url", f"{url} leads to the listener")
    line = f"{url}/healthz does not answer from here"
    fix = "start smsdesk sync, and let the proxy in front of it pass /hooks/ and /healthz on"
    return report_note("public_url", line, fix)


async def _is_smsdesk_listener(url: str, clock: Clock) -> bool:
    """Return whether a listener of smsdesk answers at the address."""
    answer = await _fetch_without_credentials(url, "/healthz", clock)
    return answer is not None and answer.is_success and answer.text == "ok"


async def _fetch_without_credentials(url: str, path: str, clock: Clock) -> Answer | None:
    """Return a server's answer to a request without credentials, or None."""
    http = HttpClient(url, clock=clock)
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return await http.send_request("GET", path)
    except (ProviderError, TimeoutError):
        return None
    finally:
        await http.aclose()


async def _ignore_request(scope: object, receive: object, send: object) -> None:
    """Ignore a request: the address is only tested."""
