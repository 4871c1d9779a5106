"""Receive the pushes of providers: one path per account, answered only after the commit.

The path `/hooks/<account>/<secret>` is the key to an account's events. So every request
that does not match gets the same empty 404, and secrets are compared in constant time. The
listener runs on its own socket inside a program that has other work to do.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from tui.clock import Clock, SystemClock
from tui.domain.events import Unreadable
from tui.domain.message import Format
from tui.domain.text import repair_text
from tui.providers.catalog_entry import HOOK_PATH
from tui.providers.errors import CredentialsRefused, ProviderError
from tui.providers.protocol import Push, PushAnswer
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.sync.context import ServedAccount, SyncLog, discard_log, store_events
from tui.sync.probe import receive_probe

_MEGABYTE = 1 << 20
_LONGEST_BODY = _MEGABYTE
_LONGEST_BODY_WITH_FILES = 8 * _MEGABYTE
_SECONDS_FOR_A_BODY = 10.0
_LONGEST_RAW = 100_000
_BAD_CONTENT_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""Errors that unforeseen content causes in a push parser."""


def create_listener(
    store: Store,
    accounts: Sequence[ServedAccount],
    log: SyncLog = discard_log,
    clock: Clock | None = None,
) -> Starlette:
    """Return the application that receives pushes for the accounts that have a secret.

    Args:
        store: Where events are stored.
        accounts: Accounts of the settings.
        log: Log of sync.
        clock: Source of the current time; None for the computer's clock.
    """
    listener = PushListener(store, accounts, log, clock or SystemClock())
    methods = ["GET", "POST"]
    return Starlette(
        routes=[
            Route("/healthz", _report_health, methods=["GET"]),
            Route(HOOK_PATH, listener.receive_push, methods=methods),
            Route(HOOK_PATH + "/{tail:path}", listener.receive_push, methods=methods),
        ],
        exception_handlers={HTTPException: _answer_not_found},
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

    async def receive_push(self, request: Request) -> Response:
        """Read, store and answer one pushed request.

        Args:
            request: Request with `account`, `secret` and perhaps `tail` as path parameters.
        """
        account = self._find_account(request)
        if account is None or request.method == "HEAD":
            return Response(status_code=404)
        answer_to_probe = await receive_probe(
            request.headers, account, self._store, self._clock, self._log
        )
        if answer_to_probe is not None:
            return answer_to_probe
        push = await _read_push(request, account)
        if isinstance(push, Response):
            return push
        try:
            answer = account.provider.read_push(push)
        except CredentialsRefused as error:
            self._log("push refused", account=account.name, line=error.message)
            return Response(status_code=403)
        except (ProviderError, *_BAD_CONTENT_ERRORS) as error:
            answer = _make_unreadable_answer(push, error)
        return await self._store_answer(account, answer)

    async def _store_answer(self, account: ServedAccount, answer: PushAnswer) -> Response:
        """Store the events and answer; on failure make the provider push again."""
        try:
            stored = await store_events(self._store, account.name, answer.events)
            await self._store.accounts.record_push(account.name, is_new=stored.new > 0)
        except StoreError as error:
            self._log("push not stored", account=account.name, line=str(error))
            return Response(status_code=503)
        if stored.unreadable:
            self._log("unreadable", account=account.name, items=stored.unreadable)
        return Response(answer.body, answer.status, media_type=answer.content_type)

    def _find_account(self, request: Request) -> ServedAccount | None:
        """Return the account that the path names, if the secret is right."""
        given = request.path_params["secret"].encode("utf-8", "replace")
        account = self._accounts.get(request.path_params["account"])
        # An unknown account is compared too, so that the time does not show which names exist.
        known = account.hook_secret.encode("utf-8", "replace") if account else b"\x00"
        return account if hmac.compare_digest(given, known) else None


async def _read_push(request: Request, account: ServedAccount) -> Push | Response:
    """Return the request for the provider, or the answer to one that is too long or too slow."""
    accepts_files = Format.MMS in account.provider.capabilities.formats
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_BODY):
            async for chunk in request.stream():
                body += chunk
                if len(body) > (_LONGEST_BODY_WITH_FILES if accepts_files else _LONGEST_BODY):
                    return Response(status_code=413)
    except TimeoutError:
        return Response(status_code=408)
    except ClientDisconnect:
        return Response(status_code=400)
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


def _make_unreadable_answer(push: Push, error: Exception) -> PushAnswer:
    """Return an event with the raw request, answered so that the provider does not repeat it."""
    raw = repair_text(f"{dict(push.query)} {push.body.decode('utf-8', 'replace')}")[:_LONGEST_RAW]
    digest = hashlib.sha256(repr((push.query, push.body)).encode()).hexdigest()
    problem = error.message if isinstance(error, ProviderError) else type(error).__name__
    event = Unreadable(digest, f"a push that could not be read: {problem}", raw, can_confirm=False)
    return PushAnswer((event,))


async def _report_health(request: Request) -> Response:
    """Answer a monitor that the listener is running."""
    return PlainTextResponse("ok")


async def _answer_not_found(request: Request, error: Exception) -> Response:
    """Answer without any reason, so that a guess at a path learns nothing."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return Response(status_code=404 if status == 405 else status)


class CannotListen(Exception):
    """The address cannot be listened on; the text is one line that says how to fix it."""


class _EmbeddedServer(uvicorn.Server):
    """A server that does not handle the program's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture no signals."""
        yield


@contextlib.asynccontextmanager
async def run_listener(app: ASGIApp, host: str, port: int) -> AsyncIterator[str]:
    """Serve an application on its own socket during the block; yield its base URL.

    Raises `CannotListen`.

    Args:
        app: Application to serve.
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.
    """
    bound = _bind_socket(host, port)
    server = _EmbeddedServer(_build_config(app))
    task = asyncio.create_task(server.serve(sockets=[bound]), name="listener")
    try:
        await _wait_until_started(server, task)
        yield _format_url(bound)
    finally:
        server.should_exit = True
        await task
        bound.close()


def _bind_socket(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    It names TCP explicitly, otherwise each answer waits 40 ms for an acknowledgement.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotListen(
            f"Cannot listen on {host}:{port} ({reason}): choose another address with --listen"
        ) from None
    return bound


def _build_config(app: ASGIApp) -> uvicorn.Config:
    """Return a quiet configuration for HTTP/1.1 only, with a limit on connections."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=3,
    )


async def _wait_until_started(server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    """Wait until the server accepts requests."""
    while not server.started:
        if task.done():
            task.result()
            raise CannotListen("The listener ended before it had started")
        await asyncio.sleep(0.005)


def _format_url(bound: socket.socket) -> str:
    """Return the base URL of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
