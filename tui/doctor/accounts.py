"""The providers: whether they can be reached, take the credentials, and can reach the desk."""

import asyncio
import random
from email.utils import parsedate_to_datetime

from tui.clock import SECOND, Clock
from tui.doctor.finding import Finding, bad, good, note
from tui.providers.errors import ProviderError
from tui.providers.http import Answer, Http
from tui.settings.desk import Address
from tui.settings.models import Settings
from tui.sync.served import ServedAccount
from tui.sync.trouble import trouble_of
from tui.wiring import served

_WRONG_CLOCK = 30.0
"""Seconds: signatures and scheduled times are off from here on."""
_PATIENCE = 4.0
"""Seconds for an answer that no credentials are needed for."""
_REACH = "check base_url, the network and the provider's status page"
"""The mend for an account that could not be asked."""


async def accounts(settings: Settings, clock: Clock, rng: random.Random) -> list[Finding]:
    """Every account asked for the cheapest harmless thing, side by side."""
    opened = served(settings, clock)
    try:
        checks = await asyncio.gather(*(_check(account, clock, rng) for account in opened))
        pushes = [found for account in opened if (found := _pushes(account, settings))]
    finally:
        for account in opened:
            await account.provider.aclose()
    return [*checks, *pushes]


async def _check(account: ServedAccount, clock: Clock, rng: random.Random) -> Finding:
    """Credentials and connection of one account."""
    subject, began = f"account {account.name}", clock.monotonic()
    try:
        line = await account.provider.check()
    except ProviderError as error:
        line = trouble_of(error, 1, rng).line
        mend = line.removeprefix(error.message).removeprefix(": ")
        return bad(subject, error.message, mend or _REACH)
    return good(subject, f"{line} ({round((clock.monotonic() - began) * SECOND)} ms)")


def _pushes(account: ServedAccount, settings: Settings) -> Finding | None:
    """Whether an account that only pushes can reach the desk."""
    if account.provider.capabilities.replies.polled or account.hook_secret:
        return None
    subject = f"account {account.name}"
    if settings.accounts[account.name].hook_secret:
        line = "this provider only pushes replies: they come in while smsdesk sync --listen runs"
        return note(subject, line, "keep that running, or set listen")
    line = "this provider only pushes replies, and nothing takes them in"
    return bad(subject, line, "set listen, public_url and its hook_secret")


async def time(settings: Settings, clock: Clock) -> Finding:
    """This machine's clock beside a provider's."""
    urls = dict.fromkeys(account.base_url for account in settings.accounts.values())
    for url in urls:
        answer = await _asked(url, "/", clock)
        skew = _skew(answer, clock.now()) if answer else None
        if skew is not None:
            return _time_finding(skew)
    return note("clock", "no provider told the time")


def _time_finding(skew: float) -> Finding:
    """What a difference of so many seconds means."""
    if abs(skew) <= _WRONG_CLOCK:
        return good("clock", f"within {max(1, round(abs(skew)))} s of the provider's")
    way = "ahead of" if skew > 0 else "behind"
    line = f"{round(abs(skew))} s {way} the provider's: signed requests may be refused"
    return bad("clock", line, "switch time synchronisation on (timedatectl set-ntp true)")


def _skew(answer: Answer, now: int) -> float | None:
    """Seconds by which this machine is ahead, by the answer's Date."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return now / SECOND - theirs


async def listener(settings: Settings, clock: Clock) -> list[Finding]:
    """Whether pushes can come in."""
    if settings.listen is None:
        return []
    checks = [_local(settings.listen, clock)]
    if settings.public_url:
        checks.append(_public(settings.public_url, clock))
    return await asyncio.gather(*checks)


async def _local(listen: Address, clock: Clock) -> Finding:
    """The address it listens on: free, ours, or another program's."""
    from tui.sync.server import CannotListen, listening

    host, port = listen
    place = f"{host}:{port}"
    if await _is_ours(f"http://{f'[{host}]' if ':' in host else host}:{port}", clock):
        return good("listener", f"smsdesk listens on {place}")
    try:
        async with listening(_nothing, host, port):
            line = f"{place} is free; nobody listens until the inbox or smsdesk sync runs"
            return note("listener", line)
    except CannotListen as error:
        return bad("listener", str(error), "choose another address for listen")


async def _public(url: str, clock: Clock) -> Finding:
    """The address that providers are told."""
    if await _is_ours(url, clock):
        return good("public_url", f"{url} leads to the listener")
    line = f"{url}/healthz does not answer from here"
    mend = "start smsdesk sync, and let the proxy in front of it pass /hooks/ and /healthz on"
    return note("public_url", line, mend)


async def _is_ours(url: str, clock: Clock) -> bool:
    """Whether a listener of ours answers there."""
    answer = await _asked(url, "/healthz", clock)
    return answer is not None and answer.ok and answer.text == "ok"


async def _asked(url: str, path: str, clock: Clock) -> Answer | None:
    """The answer of a server, without any credentials; None when there is none."""
    http = Http(url, clock=clock)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await http.request("GET", path)
    except (ProviderError, TimeoutError):
        return None
    finally:
        await http.aclose()


async def _nothing(scope: object, receive: object, send: object) -> None:
    """Serves nobody: the address is only tried."""
