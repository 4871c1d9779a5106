"""Wrap every handler with authentication, the sub-account header, and errors as JSON."""

import uuid
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from tui.clock import Clock
from tui.sandbox.messagemedia.auth import Credentials, SignedRequest, check_authorization
from tui.sandbox.messagemedia.refusal import RefusedRequest, invalid_request, not_enabled
from tui.sandbox.wire import InvalidBody, read_object

ACCOUNT_ID = "SmsdeskDemo"
SUB_ACCOUNT_ID = "SmsdeskBranch"
PAGE_SIZE = 100
"""Largest number of items in an answer and of ids in a confirmation."""

Handler = Callable[[Request], Awaitable[Response]]


class RequestGuard:
    """Wrap handlers, so that only the account's own requests reach them."""

    def __init__(self, mount: str, credentials: Credentials, clock: Clock) -> None:
        """Create the guard of one account.

        Args:
            mount: Path prefix that a signature may or may not include.
            credentials: Key and secret of the account.
            clock: Source of the current time.
        """
        self._mount = mount
        self._credentials = credentials
        self._clock = clock

    def __call__(self, handler: Handler) -> Handler:
        """Return the handler behind the guard."""

        async def answer_guarded(request: Request) -> Response:
            """Return the handler's answer, or the reason for the refusal."""
            try:
                check_authorization(
                    await self._read_signed(request), self._credentials, self._clock.now()
                )
                read_account(request)
                return await handler(request)
            except RefusedRequest as refused:
                return refused.to_response()
            except InvalidBody:
                return invalid_request().to_response()

        return answer_guarded

    async def _read_signed(self, request: Request) -> SignedRequest:
        """Return the parts of the request that may have been signed."""
        raw = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        target = f"{raw}?{query}" if query else raw
        return SignedRequest(
            method=request.method,
            targets=(target, target.removeprefix(self._mount)),
            headers=dict(request.headers),
            body=await request.body(),
            version=request.scope["http_version"],
        )


def read_account(request: Request) -> str:
    """Return the account of the request; raise `RefusedRequest` for one that is not ours."""
    account: str = request.headers.get("account", ACCOUNT_ID)
    if account not in (ACCOUNT_ID, SUB_ACCOUNT_ID):
        raise not_enabled()
    return account


async def read_ids(request: Request, name: str) -> list[str]:
    """Return the 1 to 100 UUIDs of a confirmation; unknown ones are accepted.

    Args:
        request: Confirmation.
        name: Name of its list of ids.
    """
    ids = (await read_object(request)).get(name)
    if not isinstance(ids, list) or not 1 <= len(ids) <= PAGE_SIZE:
        raise invalid_request(f"/{name}: Must contain between 1 and {PAGE_SIZE} ids.")
    problems = [
        f"/{name}/{index}: Must be a UUID." for index, item in enumerate(ids) if not _is_uuid(item)
    ]
    if problems:
        raise invalid_request(*problems)
    return [str(event_id).lower() for event_id in ids]


def _is_uuid(value: object) -> bool:
    """Return whether a value is a UUID in its 36-character form."""
    try:
        return isinstance(value, str) and len(value) == 36 and bool(uuid.UUID(value))
    except ValueError:
        return False
