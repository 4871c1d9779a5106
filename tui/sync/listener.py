"""Takes in what providers push: one address per account, answered only after the commit.

The path `/hooks/<account>/<secret>` is the key to an account's events, so whatever does not fit it
gets the same empty 404, and secrets are compared in constant time.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tui.domain.events import Unreadable
from tui.domain.message import Format
from tui.domain.text import repair
from tui.providers.errors import CredentialsRefused, ProviderError
from tui.providers.protocol import Push, PushAnswer
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.sync.hands import Log, no_log
from tui.sync.ingest import take_in
from tui.sync.served import ServedAccount

_MEGABYTE = 1 << 20
_LONGEST = _MEGABYTE
_LONGEST_WITH_FILES = 8 * _MEGABYTE
_SECONDS_FOR_A_BODY = 10.0
_KEPT_RAW = 100_000
_BAD_CONTENT = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What content that nobody foresaw makes a reader raise."""


def create_listener(
    store: Store, accounts: Sequence[ServedAccount], log: Log = no_log
) -> Starlette:
    """The application that takes in pushes for those accounts that have a secret."""
    listener = Listener(store, accounts, log)
    hook = "/hooks/{account}/{secret}"
    methods = ["GET", "POST"]
    return Starlette(
        routes=[
            Route("/healthz", _healthy, methods=["GET"]),
            Route(hook, listener.take, methods=methods),
            Route(hook + "/{tail:path}", listener.take, methods=methods),
        ],
        exception_handlers={HTTPException: _nothing_here},
    )


class Listener:
    """The pushes of all accounts."""

    def __init__(self, store: Store, accounts: Sequence[ServedAccount], log: Log) -> None:
        """Accounts without a secret cannot be pushed to."""
        self._store = store
        self._accounts: Mapping[str, ServedAccount] = {
            account.name: account for account in accounts if account.hook_secret
        }
        self._log = log

    async def take(self, request: Request) -> Response:
        """One pushed request: read, stored, answered."""
        account = self._account_of(request)
        if account is None or request.method == "HEAD":
            return Response(status_code=404)
        push = await _read(request, account)
        if isinstance(push, Response):
            return push
        try:
            answer = account.provider.read_push(push)
        except CredentialsRefused as error:
            self._log("push refused", account=account.name, line=error.message)
            return Response(status_code=403)
        except (ProviderError, *_BAD_CONTENT) as error:
            answer = _set_aside(push, error)
        return await self._keep(account, answer)

    async def _keep(self, account: ServedAccount, answer: PushAnswer) -> Response:
        """Store, then answer as the provider expects; unless stored it is asked to push again."""
        try:
            stored = await take_in(self._store, account.name, answer.events)
            if stored.new:
                await self._store.accounts.save_event(account.name)
        except StoreError as error:
            self._log("push not stored", account=account.name, line=str(error))
            return Response(status_code=503)
        if stored.aside:
            self._log("set aside", account=account.name, items=stored.aside)
        return Response(answer.body, answer.status, media_type=answer.content_type)

    def _account_of(self, request: Request) -> ServedAccount | None:
        """The account that the path names, with the right secret."""
        given = request.path_params["secret"].encode("utf-8", "replace")
        account = self._accounts.get(request.path_params["account"])
        known = account.hook_secret.encode("utf-8", "replace") if account else b"\x00"
        return account if hmac.compare_digest(given, known) else None


async def _read(request: Request, account: ServedAccount) -> Push | Response:
    """The request as providers read it, or the answer to one that is too long or too slow."""
    takes_files = Format.MMS in account.provider.capabilities.formats
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_BODY):
            async for chunk in request.stream():
                body += chunk
                if len(body) > (_LONGEST_WITH_FILES if takes_files else _LONGEST):
                    return Response(status_code=413)
    except TimeoutError:
        return Response(status_code=408)
    except ClientDisconnect:
        return Response(status_code=400)
    return Push(
        method=request.method,
        path=_target(request),
        tail=request.path_params.get("tail", "").strip("/"),
        query=request.query_params.multi_items(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=bytes(body),
        http_version=request.scope.get("http_version", "1.1"),
    )


def _target(request: Request) -> str:
    """The path and the query as they came."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")


def _set_aside(push: Push, error: Exception) -> PushAnswer:
    """A request that nobody can read: kept raw, and answered so that it does not come for ever."""
    raw = repair(f"{dict(push.query)} {push.body.decode('utf-8', 'replace')}")[:_KEPT_RAW]
    digest = hashlib.sha256(repr((push.query, push.body)).encode()).hexdigest()
    problem = error.message if isinstance(error, ProviderError) else type(error).__name__
    event = Unreadable(digest, f"a push that could not be read: {problem}", raw, confirm=False)
    return PushAnswer((event,))


async def _healthy(request: Request) -> Response:
    """For whoever watches that the listener is up."""
    return PlainTextResponse("ok")


async def _nothing_here(request: Request, error: Exception) -> Response:
    """No word about why."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return Response(status_code=404 if status == 405 else status)
