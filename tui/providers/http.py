"""The one door to the network: time-outs, masking, and the end of every `httpx` error.

A request that never left is `Unavailable`; one that left and was not answered is `Uncertain`, or
`Unavailable` too when asking again does no harm. Nothing above this module sees `httpx`.
"""

import json
import logging
from collections.abc import Generator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx

from tui.clock import Clock
from tui.domain.text import repair_json
from tui.providers.errors import ProviderError, RateLimited, Unavailable, Uncertain, Unreadable

Transport = httpx.AsyncBaseTransport
"""The seam where a test puts an ASGI app or a double in the place of the wire."""

_TIMEOUT = httpx.Timeout(20.0, connect=8.0)
_LIMITS = httpx.Limits(max_connections=8, max_keepalive_connections=4)
_LONGEST_BODY = 32 * 1024 * 1024
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
    httpx.InvalidURL,
)


class _WithoutQueries(logging.Filter):
    """Cuts what may be secret off every address that httpx logs: the query and the user."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, its addresses shortened."""
        if isinstance(record.args, tuple):
            record.args = tuple(_shortened(value) for value in record.args)
        return True


def _shortened(value: object) -> object:
    """An address without query and user; any other value as it is."""
    return value.copy_with(query=None, userinfo=b"") if isinstance(value, httpx.URL) else value


logging.getLogger("httpx").addFilter(_WithoutQueries())


class Signer(Protocol):
    """Adds what proves who is asking to a request that is otherwise finished."""

    def sign(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Headers to add for `method` on `target` (path and query as on the wire)."""
        ...


class _SignerAuth(httpx.Auth):
    """Signs each request over the very bytes that go out."""

    requires_request_body = True

    def __init__(self, signer: Signer) -> None:
        """Keep the signer."""
        self._signer = signer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the signer's headers."""
        target = request.url.raw_path.decode("ascii")
        added = self._signer.sign(request.method, target, request.headers, request.content)
        request.headers.update(added)
        yield request


class Answer:
    """An HTTP answer as the providers read it."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, *, now: int) -> None:
        """`headers` names in lower case; `now` (ms UTC) is when it came, for Retry-After dates."""
        self.status = status
        self.headers = headers
        self.body = body
        self._now = now

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text, whatever its bytes."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body's JSON, its texts repaired; `Unreadable` when it is none."""
        try:
            return repair_json(json.loads(self.body))
        except (ValueError, RecursionError):
            raise Unreadable(
                f"The provider answered with something that is not JSON (HTTP {self.status})",
                code=str(self.status),
                detail=self.text[:200],
            ) from None

    def json_or_none(self) -> Any:
        """The body's JSON, or None when it is none."""
        try:
            return self.json()
        except Unreadable:
            return None

    @property
    def retry_after(self) -> float | None:
        """Seconds the provider asks to wait, from a number or a date."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return float(min(int(value[:9]), 86_400))
        try:
            until = parsedate_to_datetime(value).timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
        return max(0.0, min(until - self._now / 1000, 86_400.0))

    def raise_for_trouble(self) -> None:
        """Raise for what every provider means alike: 429 and 503 before anything was done."""
        if self.status == 429:
            raise RateLimited(
                "The provider asks for a pause (HTTP 429)", retry_after=self.retry_after, code="429"
            )
        if self.status == 503:
            raise Unavailable(
                "The provider is not available (HTTP 503)", retry_after=self.retry_after, code="503"
            )


class Http:
    """A provider account's HTTP client."""

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock,
        basic: tuple[str, str] | None = None,
        signer: Signer | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        name: str = "the provider",
    ) -> None:
        """`basic` is (user, password); `name` is how errors call the other side."""
        self._clock = clock
        self._name = name
        auth: httpx.Auth | None = httpx.BasicAuth(*basic) if basic else None
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/"),
            auth=_SignerAuth(signer) if signer else auth,
            headers={"User-Agent": "smsdesk", "Accept": "application/json", **(headers or {})},
            timeout=_TIMEOUT,
            limits=_LIMITS,
            transport=transport,
            follow_redirects=False,
            trust_env=transport is None,
        )

    async def request(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        form: Sequence[tuple[str, str]] | None = None,
        query: Sequence[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        effect: bool = False,
    ) -> Answer:
        """One request. `effect` says that repeating it would do harm (a send).

        Raises `Unavailable` when nothing was done, `Uncertain` when that cannot be known.
        """
        content, kind = _encode(json_body, form)
        all_headers = {**({"Content-Type": kind} if kind else {}), **(headers or {})}
        try:
            async with self._client.stream(
                method,
                path,
                content=content,
                params=None if query is None else tuple(query),
                headers=all_headers,
            ) as response:
                body = await _read(response)
        except _NEVER_LEFT as error:
            raise Unavailable(f"Cannot reach {self._name}: {_words(error)}") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise self._unanswered(error, effect) from None
        return Answer(response.status_code, response.headers, body, now=self._clock.now())

    def _unanswered(self, error: Exception, effect: bool) -> ProviderError:
        """The error for a request that left and got no answer."""
        line = f"{self._name} did not answer: {_words(error)}"
        return Uncertain(line) if effect else Unavailable(line)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _encode(json_body: Any, form: Sequence[tuple[str, str]] | None) -> tuple[bytes | None, str]:
    """The body's bytes and its content type."""
    if json_body is not None:
        return json.dumps(json_body, ensure_ascii=False).encode(), "application/json"
    if form is not None:
        return str(httpx.QueryParams(list(form))).encode(), "application/x-www-form-urlencoded"
    return None, ""


async def _read(response: httpx.Response) -> bytes:
    """The whole body, but never more than memory should hold."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise httpx.StreamError("the answer is too large")
    return bytes(body)


def _words(error: Exception) -> str:
    """What happened, in words without addresses or secrets."""
    match error:
        case httpx.TimeoutException():
            return "timed out"
        case httpx.ConnectError():
            return "connection refused or name unknown"
        case httpx.RemoteProtocolError() | httpx.ReadError() | httpx.WriteError():
            return "the connection was cut"
        case httpx.DecodingError():
            return "what came back is packed wrongly"
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return "the base URL is not an http(s) address"
        case _:
            return type(error).__name__
