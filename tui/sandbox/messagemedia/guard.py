"""What stands before every handler: authentication, the sub-account header, errors as JSON."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from tui.clock import Clock
from tui.sandbox.messagemedia.auth import Credentials, Signed, check
from tui.sandbox.messagemedia.refusal import Refused, not_enabled, unparsable
from tui.sandbox.wire import BadBody

ACCOUNT_ID = "SmsdeskDemo"
SUB_ACCOUNT_ID = "SmsdeskBranch"

Handler = Callable[[Request], Awaitable[Response]]


class Guard:
    """Wraps handlers, so that only the account's own requests reach them."""

    def __init__(self, mount: str, credentials: Credentials, clock: Clock) -> None:
        """`mount` is the path prefix that a signature may or may not cover."""
        self._mount = mount
        self._credentials = credentials
        self._clock = clock

    def __call__(self, handler: Handler) -> Handler:
        """The handler behind the guard."""

        async def answer(request: Request) -> Response:
            """The handler's answer, or the reason why there is none."""
            try:
                check(await self._signed(request), self._credentials, self._clock.now())
                account_of(request)
                return await handler(request)
            except Refused as refused:
                return refused.response()
            except BadBody:
                return unparsable().response()

        return answer

    async def _signed(self, request: Request) -> Signed:
        """What of the request may have been signed."""
        raw = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        target = f"{raw}?{query}" if query else raw
        return Signed(
            method=request.method,
            targets=(target, target.removeprefix(self._mount)),
            headers=dict(request.headers),
            body=await request.body(),
            version=request.scope["http_version"],
        )


def account_of(request: Request) -> str:
    """The account that is acted for; raises `Refused` for one that is not ours."""
    account: str = request.headers.get("account", ACCOUNT_ID)
    if account not in (ACCOUNT_ID, SUB_ACCOUNT_ID):
        raise not_enabled()
    return account
