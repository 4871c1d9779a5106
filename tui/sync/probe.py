"""Recognise a self-test of `smsdesk doctor` among the pushes, and answer it.

A self-test goes the way of a push: to the account's public address, through the proxy, to this
listener. Its signature is made with the account's hook secret over a nonce and the time, so that
nothing but the settings of this desk can make one. The answer is signed too, so that no other
program at that address can be mistaken for the listener.
"""

import hashlib
import hmac
from collections.abc import Mapping

from starlette.responses import PlainTextResponse, Response

from tui.clock import MINUTE, Clock
from tui.domain.record_type import record
from tui.domain.text import format_span
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncLog

PROBE_HEADER = "x-smsdesk-probe"
"""Header that makes a request a self-test."""
_VERSION = "v1"
_MAX_AGE_MS = 5 * MINUTE
"""Largest difference (ms) between the time of a self-test and the clock of the listener."""


@record
class ProbeAnswer:
    """What the listener answers to a request with the header of a self-test."""

    status: int
    body: str
    nonce: str = ""
    """Nonce to record; empty if the self-test is refused."""


def sign_probe(secret: str, account: str, nonce: str, now: int) -> str:
    """Return the value of the header of a self-test.

    Args:
        secret: Hook secret of the account.
        account: Name of the account.
        nonce: Digits and characters from a to z that are never used twice.
        now: Current time (ms UTC).
    """
    return f"{_VERSION} {now} {nonce} {_sign(secret, 'probe', account, nonce, str(now))}"


def sign_answer(secret: str, account: str, nonce: str) -> str:
    """Return the body with which the listener answers a valid self-test.

    Args:
        secret: Hook secret of the account.
        account: Name of the account.
        nonce: Nonce of the self-test.
    """
    return f"smsdesk received {nonce} {_sign(secret, 'answer', account, nonce)}"


def answer_probe(
    headers: Mapping[str, str], secret: str, account: str, now: int
) -> ProbeAnswer | None:
    """Return the answer to a self-test, or None if the request is an ordinary push.

    Args:
        headers: Headers of the request, with names in lower case.
        secret: Hook secret of the account that the path names.
        account: Name of this account.
        now: Current time (ms UTC).
    """
    value = headers.get(PROBE_HEADER)
    if value is None:
        return None
    version, _, rest = value.partition(" ")
    at, _, rest = rest.partition(" ")
    nonce, _, signature = rest.partition(" ")
    if version != _VERSION or not (at.isascii() and at.isdigit() and nonce.isalnum()):
        return ProbeAnswer(403, "smsdesk refused: this self-test is of another version")
    expected = _sign(secret, "probe", account, nonce, at)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        return ProbeAnswer(403, "smsdesk refused: the signature of this self-test is wrong")
    difference = abs(now - int(at[:16]))
    if difference > _MAX_AGE_MS:
        return ProbeAnswer(403, f"smsdesk refused: the clocks differ by {format_span(difference)}")
    return ProbeAnswer(200, sign_answer(secret, account, nonce), nonce)


async def receive_probe(
    headers: Mapping[str, str], account: ServedAccount, store: Store, clock: Clock, log: SyncLog
) -> Response | None:
    """Record and answer a self-test, which carries no event; return None for an ordinary push.

    Args:
        headers: Headers of the request, with names in lower case.
        account: Account that the path names.
        store: Where a valid self-test is recorded.
        clock: Source of the current time.
        log: Log of sync.
    """
    answer = answer_probe(headers, account.hook_secret, account.name, clock.now())
    if answer is None:
        return None
    try:
        if answer.nonce:
            await store.listeners.record_probe(account.name, answer.nonce)
    except StoreError as error:
        log("self-test not stored", account=account.name, line=str(error))
        return PlainTextResponse("smsdesk refused: the inbox could not be written to", 503)
    return PlainTextResponse(answer.body, answer.status)


def _sign(secret: str, *parts: str) -> str:
    """Return the signature of some texts, none of which contains a line end."""
    content = "\n".join(("smsdesk", *parts))
    return hmac.new(secret.encode(), content.encode(), hashlib.sha256).hexdigest()
