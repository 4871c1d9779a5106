"""Send a self-test to the public address of each account, and see it arrive in the inbox file.

It goes the way of a push: name, network, TLS, proxy, listener, database. Whatever stops it would
stop a customer's reply as well, so every kind of failure is named with its fix.
"""

import asyncio
import random
import socket
import ssl
from collections.abc import Iterator

import httpx

from tui.clock import Clock
from tui.doctor.checks import CheckResult, report_bad, report_good
from tui.domain.database import Database
from tui.domain.text import one_line
from tui.providers.catalog import get_capabilities
from tui.providers.catalog_entry import HOOK_PATH
from tui.settings.account_base import AccountBase
from tui.settings.models import Settings
from tui.store.errors import StoreError
from tui.store.reader import InboxReader
from tui.sync.probe import PROBE_HEADER, sign_answer, sign_probe

_TIMEOUT_SECONDS = 10.0
_LIMIT_SECONDS = 30.0
"""Limit of a whole self-test in seconds, should an answer drip."""
_NO_LISTENER_STATUSES = frozenset({502, 503, 504, 521, 522, 523})
_LISTEN_FIX = "start smsdesk sync --listen, at the address that the proxy passes requests to"
_PROXY_FIX = "let the proxy pass /hooks/ and everything below it on to the listener, unchanged"
_Failure = tuple[str, str]
"""What went wrong, and the fix."""


async def run_selftest(
    settings: Settings, database: Database, clock: Clock, rng: random.Random
) -> list[CheckResult]:
    """Test the way of the pushes of every account that receives any.

    Args:
        settings: All settings, with secrets.
        database: Inbox file in which the self-tests have to arrive.
        clock: Source of the current time.
        rng: Source of random numbers.
    """
    checks = [
        _test_account(name, account, settings.public_url, database, clock, rng)
        for name, account in settings.accounts.items()
        if account.hook_secret is not None or get_capabilities(account.provider, {}).needs_listener
    ]
    if not checks:
        return [report_good("self-test", "no account receives pushes: there is nothing to test")]
    return list(await asyncio.gather(*checks))


async def _test_account(
    name: str,
    account: AccountBase,
    public_url: str,
    database: Database,
    clock: Clock,
    rng: random.Random,
) -> CheckResult:
    """Test the way of one account's pushes."""
    subject = f"self-test {name}"
    secret = account.hook_secret.get_secret_value() if account.hook_secret else ""
    if not secret:
        return report_bad(subject, "the account has no address: hook_secret is not set")
    if not public_url:
        fix = "set public_url to the address at which providers reach this server"
        return report_bad(subject, "public_url is not set, so no provider can be given one", fix)
    nonce = f"{rng.getrandbits(128):032x}"
    expected = sign_answer(secret, name, nonce)
    url = public_url + HOOK_PATH.format(account=name, secret=secret)
    headers = {PROBE_HEADER: sign_probe(secret, name, nonce, clock.now())}
    try:
        async with (
            asyncio.timeout(_LIMIT_SECONDS),
            httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client,
        ):
            answer = await client.post(url, headers=headers)
            failure = await _judge_answer(answer, expected, client, public_url)
    except httpx.HTTPError as error:
        failure = _describe_error(error, public_url)
    except TimeoutError:
        line = f"{public_url} did not answer completely within {_LIMIT_SECONDS:g} seconds"
        failure = line, _PROXY_FIX
    failure = failure or _look_into_database(database, nonce, name)
    if failure is not None:
        return report_bad(subject, *failure)
    return report_good(subject, f"a push to {public_url} arrives in {database}")


def _look_into_database(database: Database, nonce: str, name: str) -> _Failure | None:
    """Return why the self-test is not in this inbox file, or None if it is."""
    try:
        with InboxReader(database) as reader:
            if reader.find_probe(nonce) == name:
                return None
    except StoreError as error:
        return f"the listener answered, but {database} cannot be read: {error}", ""
    line = f"the listener answered, but stored the push in another file than {database}"
    return line, "start it with the same settings: database has to name the same file for all"


async def _judge_answer(
    answer: httpx.Response, expected: str, client: httpx.AsyncClient, public_url: str
) -> _Failure | None:
    """Return what an answer shows to be wrong, or None if it is the listener's own."""
    text = one_line(answer.text, 100)
    status = answer.status_code
    if status == 200 and answer.text.strip() == expected:
        return None
    if answer.text.startswith("smsdesk refused: "):
        reason = text.removeprefix("smsdesk refused: ")
        fix = "restart the listener with the same settings; compare the clocks of both hosts"
        return f"the listener refused the self-test: {reason}", fix
    if status == 404:
        return await _explain_not_found(client, public_url)
    if status in _NO_LISTENER_STATUSES:
        return f"the proxy at {public_url} reaches no listener (HTTP {status})", _LISTEN_FIX
    if 300 <= status < 400:
        target = one_line(answer.headers.get("location", "another address"), 80)
        target = target.partition("/hooks/")[0]
        line = f"{public_url} redirects to {target} (HTTP {status}); providers do not follow that"
        return line, f"set public_url to {target}, and change the address at the provider"
    if status in (401, 403):
        line = f"something at {public_url} demands a login or blocks the request (HTTP {status})"
        return line, f"exempt /hooks/ from it in the proxy or the firewall; {_PROXY_FIX}"
    if status in (405, 413, 501):
        return f"the proxy at {public_url} refuses the request (HTTP {status})", _PROXY_FIX
    if 200 <= status < 300:
        line = f"something else than smsdesk answers at {public_url} (HTTP {status})"
        return line, _PROXY_FIX
    return f"{public_url} fails (HTTP {status})", "look into the log of the proxy and of smsdesk"


async def _explain_not_found(client: httpx.AsyncClient, public_url: str) -> _Failure:
    """Return why the address is not found: the path does not arrive, or the secret is another."""
    health = await client.get(f"{public_url}/healthz")
    if health.status_code == 200 and health.text == "ok":
        line = "the listener knows no such account or another hook_secret (HTTP 404)"
        return line, "restart smsdesk sync, so that it reads the settings anew; " + _PROXY_FIX
    return f"nothing answers at /hooks/ of {public_url} (HTTP 404)", _PROXY_FIX


def _describe_error(error: httpx.HTTPError, public_url: str) -> _Failure:
    """Return why the request did not arrive or got no answer."""
    host = httpx.URL(public_url).host
    causes = list(_list_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"the name {host} is not known (DNS)", "correct public_url, or the DNS entry of it"
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            line = f"the certificate of {host} is not valid: {one_line(cause.verify_message, 80)}"
            return line, "renew it in the proxy, with its whole chain; providers refuse it as well"
        if isinstance(cause, ssl.SSLError):
            fix = "let the proxy speak TLS at this port, or correct public_url"
            reason = one_line(getattr(cause, "reason", None) or "it failed", 60)
            return f"no TLS connection to {host}: {reason}", fix
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        line = f"the connection to {public_url} is refused"
        return line, "start the proxy (or smsdesk sync --listen, if there is none)"
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        line = f"{public_url} does not answer: the connection times out"
        return line, "open the port in the firewall, or correct public_url"
    if isinstance(error, httpx.TimeoutException):
        return f"{public_url} accepts the request but does not answer in time", _LISTEN_FIX
    if isinstance(error, httpx.ConnectError):
        line = f"no connection to {public_url}: {one_line(str(error), 80)}"
        return line, "check the network of this host and public_url"
    line = f"the connection to {public_url} was cut: {type(error).__name__}"
    return line, "check that public_url begins with the right one of http and https"


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and everything that caused it."""
    pending: list[BaseException | None] = [error]
    while pending:
        cause = pending.pop()
        if cause is None:
            continue
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            pending += cause.exceptions
        pending.append(cause.__cause__ or cause.__context__)
