"""Receive the pushes of providers: one path per account, answered only after the commit.

The path `/hooks/<account>/<secret>` is the key to an account's events. So every request
that does not match gets the same empty 404, and secrets are compared in constant time. The
listener runs on its own socket inside a program that has other work to do.
"""

import asyncio
import contextlib
import hmac
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tui.clock import Clock, SystemClock
from tui.domain.arrivals import Arrival, HeldReason, Refusal
from tui.domain.events import Cause, Event, Unreadable
from tui.providers.catalog_entry import HOOK_PATH
from tui.providers.protocol import Push
from tui.providers.webhook_bodies import LONGEST_BODY
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.sync.connection_places import KEEP_OPEN
from tui.sync.context import ServedAccount, SyncLog, discard_log
from tui.sync.held_retry import NOTHING_FOUND, RefusalCounter, read_push_beside, to_arrival
from tui.sync.metrics import LOCAL_METRICS, MetricsAccess, MetricsPage, PushResult
from tui.sync.probe import receive_probe

_PUSH_METHODS = ("GET", "POST", "PUT", "PATCH")
"""Methods that providers push with; the notation of a push does not depend on them."""
_PROBE_METHODS = ("HEAD", "OPTIONS")
"""Methods that only ask whether an address exists, as panels do when it is entered."""
_HOOKS_FOLDER = HOOK_PATH.split("/")[1]
"""First part of the path of every push."""
_KEPT_OF_TOO_LARGE = 64 << 10
"""Bytes that are kept of a body that is longer than `LONGEST_BODY`."""
_MOST_AT_ONCE = 64
"""Pushes that are read at once, which bounds the memory for their bodies; others wait."""
_SECONDS_FOR_A_BODY = 60.0
"""A picture of 8 MiB over a slow line takes this long; only who knows the secret can wait."""
_SECONDS_WITHOUT_BODY = 10.0
"""How much longer a body may take than at the slowest rate."""
_SLOWEST_RATE = 1_024
"""Bytes of a body per second, below which a push is broken off: its place is for others."""


def create_listener(
    store: Store,
    accounts: Sequence[ServedAccount],
    log: SyncLog = discard_log,
    clock: Clock | None = None,
    metrics: MetricsAccess = LOCAL_METRICS,
) -> Starlette:
    """Return the application that receives pushes for the accounts that have a secret.

    Args:
        store: Where events are stored.
        accounts: Accounts of the settings.
        log: Log of sync.
        clock: Source of the current time; None for the computer's clock.
        metrics: Who may read the figures for operators.
    """
    clock = clock or SystemClock()
    listener = PushListener(store, accounts, log, clock)
    page = MetricsPage(store, accounts, listener.results, metrics, clock)
    methods = [*_PUSH_METHODS, *_PROBE_METHODS]
    return Starlette(
        routes=[
            Route("/healthz", _report_health, methods=["GET"]),
            Route("/metrics", page.answer_request, methods=["GET"]),
            Route(HOOK_PATH, listener.receive_push, methods=methods),
            Route(HOOK_PATH + "/{tail:path}", listener.receive_push, methods=methods),
        ],
        exception_handlers={HTTPException: listener.refuse_request},
        lifespan=listener.run_until_end,
    )


class PushListener:
    """Receive the pushes of all accounts."""

    def __init__(
        self, store: Store, accounts: Sequence[ServedAccount], log: SyncLog, clock: Clock
    ) -> None:
        """Create the listener.

        Args:
            store: Where events are stored.
            accounts: Accounts of the settings; those without a secret receive no pushes.
            log: Log of sync.
            clock: Source of the current time.
        """
        self._store = store
        self._clock = clock
        self._accounts: Mapping[str, ServedAccount] = {
            account.name: account for account in accounts if account.hook_secret
        }
        self._log = log
        self._refusals = RefusalCounter(store)
        self.results: Counter[tuple[str, str]] = Counter(
            {(name, result.value): 0 for name in self._accounts for result in PushResult}
        )
        """Number of requests since the start, by account and what became of them."""
        self._slots = asyncio.Semaphore(_MOST_AT_ONCE)

    @contextlib.asynccontextmanager
    async def run_until_end(self, app: Starlette) -> AsyncIterator[None]:
        """Store the refusals of the last moment when the server ends.

        Args:
            app: Application of the server.
        """
        yield
        await self._refusals.close()

    async def receive_push(self, request: Request) -> Response:
        """Read, store and answer one pushed request.

        Args:
            request: Request with `account`, `secret` and perhaps `tail` as path parameters.
        """
        account = self._find_account(request)
        if account is None:
            self._count_wrong_path(request.path_params["account"])
            return Response(status_code=404)
        if keep_open := request.scope.get("extensions", {}).get(KEEP_OPEN):
            keep_open["call"]()
        if request.method in _PROBE_METHODS:
            return Response(headers={"Allow": ", ".join((*_PUSH_METHODS, *_PROBE_METHODS))})
        answer_to_probe = await receive_probe(
            request.headers, account, self._store, self._clock, self._log
        )
        if answer_to_probe is not None:
            return answer_to_probe
        async with self._slots:
            try:
                push = await _read_push(request)
            except _BrokenOff as error:
                self._count_refusal(account.name, Refusal.BROKEN_OFF)
                return Response(status_code=error.status)
            try:
                return await self._store_push(account, push)
            except StoreError as error:
                self._log("push not stored", account=account.name, line=str(error))
                self.results[account.name, PushResult.NOT_STORED.value] += 1
                return Response(status_code=503)

    async def _store_push(self, account: ServedAccount, push: Push) -> Response:
        """Store what the push contains, or hold the push, and answer it."""
        arrival = to_arrival(push, account.hook_secret)
        if len(push.body) > LONGEST_BODY:
            return await self._hold_too_large(account, arrival, len(push.body))
        answer = await read_push_beside(account.provider, push)
        is_empty = not arrival.body and not arrival.query
        if is_empty and all(isinstance(event, Unreadable) for event in answer.events):
            self._count_refusal(account.name, Refusal.EMPTY)
        elif answer.events:
            await self._store_events(account, arrival, answer.events)
        else:
            reason = HeldReason(Cause.UNREADABLE, NOTHING_FOUND)
            await self._store.held_items.hold(account.name, arrival, reason)
            self.results[account.name, PushResult.HELD.value] += 1
        return Response(answer.body, answer.status, media_type=answer.content_type)

    async def _store_events(
        self, account: ServedAccount, arrival: Arrival, events: Sequence[Event]
    ) -> None:
        """Store the events of a push together with the push."""
        stored = await self._store.ingest.store_events(
            account.name, events, account.region, arrival
        )
        if stored.unusable:
            self._log("held", account=account.name, items=stored.unusable)
        is_new = stored.new > stored.unusable
        result = PushResult.STORED if is_new else PushResult.REPEATED
        if stored.unusable:
            result = PushResult.HELD
        self.results[account.name, result.value] += 1
        await self._store.accounts.record_push(account.name, is_new=is_new)

    async def _hold_too_large(
        self, account: ServedAccount, arrival: Arrival, size: int
    ) -> Response:
        """Hold the beginning of a push that is too large to be kept."""
        beginning = replace(arrival, body=arrival.body[:_KEPT_OF_TOO_LARGE])
        text = f"It is larger than {LONGEST_BODY >> 20} MB, so only its beginning was kept"
        reason = HeldReason(Cause.TOO_LARGE, text)
        await self._store.held_items.hold(account.name, beginning, reason, size=size)
        self.results[account.name, PushResult.HELD.value] += 1
        self._log("held", account=account.name, items=1)
        return Response(status_code=413)

    async def refuse_request(self, request: Request, error: Exception) -> Response:
        """Answer without any reason, so that a guess at a path learns nothing.

        A path without the secret, or a method that no push has, is counted as a wrong secret.

        Args:
            request: Request that no route takes.
            error: Why it is refused.
        """
        below, _, rest = request.url.path.lstrip("/").partition("/")
        if below == _HOOKS_FOLDER:
            self._count_wrong_path(rest.partition("/")[0])
        status = error.status_code if isinstance(error, HTTPException) else 500
        return Response(status_code=404 if status == 405 else status)

    def _count_wrong_path(self, name: str) -> None:
        """Count a request whose path is wrong, by the account that it names."""
        if name in self._accounts:
            self._count_refusal(name, Refusal.WRONG_SECRET)
        else:
            self._count_refusal("", Refusal.UNKNOWN_ACCOUNT)

    def _count_refusal(self, name: str, refusal: Refusal) -> None:
        """Count a request that is not kept, by its account; empty for an unknown one."""
        self._refusals.count(name, refusal)
        self.results[name, refusal.value] += 1

    def _find_account(self, request: Request) -> ServedAccount | None:
        """Return the account that the path names, if the secret is right."""
        given = request.path_params["secret"].encode("utf-8", "replace")
        account = self._accounts.get(request.path_params["account"])
        # An unknown account is compared too, so that the time does not show which names exist.
        known = account.hook_secret.encode("utf-8", "replace") if account else b"\x00"
        return account if hmac.compare_digest(given, known) else None


class _BrokenOff(Exception):
    """The request did not arrive completely; the provider sends it again."""

    def __init__(self, status: int) -> None:
        """Create the error with the HTTP status to answer."""
        super().__init__(status)
        self.status = status


async def _read_push(request: Request) -> Push:
    """Return the request for the provider; a body that is too long has one byte too many.

    Raises:
        _BrokenOff: The request was too slow or ended early.
    """
    body = bytearray()
    start = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(start + _SECONDS_WITHOUT_BODY) as limit:
            async for chunk in request.stream():
                body += chunk
                if len(body) > LONGEST_BODY:
                    break
                earned = _SECONDS_WITHOUT_BODY + len(body) / _SLOWEST_RATE
                limit.reschedule(start + min(_SECONDS_FOR_A_BODY, earned))
    except TimeoutError:
        raise _BrokenOff(408) from None
    except ClientDisconnect:
        raise _BrokenOff(400) from None
    return Push(
        method=request.method,
        path=_get_raw_target(request),
        tail=request.path_params.get("tail", "").strip("/"),
        query=request.query_params.multi_items(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=bytes(body),
        http_version=request.scope.get("http_version", "1.1"),
    )


def _get_raw_target(request: Request) -> str:
    """Return the path and the query as received; signatures cover them."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


async def _report_health(request: Request) -> Response:
    """Answer a monitor that the listener is running."""
    return PlainTextResponse("ok")
