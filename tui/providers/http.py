"""Send HTTP requests with time-outs and turn every `httpx` error into a `ProviderError`.

All network access of the providers goes through this module; nothing above it uses `httpx`.
A request that never left is `Unavailable`. A request that left and was not answered is
`Uncertain`, or `Unavailable` if repeating it does no harm.
"""

import asyncio
import functools
import json
import logging
import ssl
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Protocol

import httpx

from tui.clock import Clock
from tui.domain.web_addresses import is_loopback
from tui.providers.answer import Answer as Answer
from tui.providers.errors import ProviderError, Unavailable, Uncertain

Transport = httpx.AsyncBaseTransport
"""Lets a test put an ASGI app or a test double in the place of the network."""

_TIMEOUT = httpx.Timeout(20.0, connect=8.0)
REQUEST_SECONDS = 30.0
"""Limit of a whole request in seconds: an answer that drips never runs into the other time-outs."""
MOST_CONNECTIONS = 8
_LIMITS = httpx.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=4)
_LONGEST_BODY = 32 * 1024 * 1024
_CONNECT_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NEVER_LEFT = (*_CONNECT_ERRORS, httpx.UnsupportedProtocol, httpx.InvalidURL)


class _UrlRedactor(logging.Filter):
    """Remove the query and the user from every URL that httpx logs: they can hold secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Accept every record after redacting its URLs."""
        if isinstance(record.args, tuple):
            record.args = tuple(_redact_url(value) for value in record.args)
        return True


def _redact_url(value: object) -> object:
    """Return a URL without query and user, and any other value unchanged."""
    return value.copy_with(query=None, userinfo=b"") if isinstance(value, httpx.URL) else value


logging.getLogger("httpx").addFilter(_UrlRedactor())


@functools.cache
def _load_certificates() -> ssl.SSLContext:
    """Return the trusted certificates; reading them takes 20 ms, so all clients share them."""
    return httpx.create_ssl_context()


class RequestSigner(Protocol):
    """Add the proof of identity to a request that is otherwise complete."""

    def sign_request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return the headers to add to the request.

        Args:
            method: HTTP method.
            target: Path and query exactly as they are sent.
            headers: Headers that the request has already.
            body: Body exactly as it is sent.
        """
        ...


class _SignerAuth(httpx.Auth):
    """Sign each request over exactly the bytes that are sent."""

    requires_request_body = True

    def __init__(self, signer: RequestSigner) -> None:
        """Keep the signer."""
        self._signer = signer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the signer's headers to the request."""
        target = request.url.raw_path.decode("ascii")
        added = self._signer.sign_request(request.method, target, request.headers, request.content)
        request.headers.update(added)
        yield request


class _Progress:
    """How far a request has come."""

    def __init__(self, *, has_left: bool) -> None:
        """Create the progress of a request.

        Args:
            has_left: Whether it counts as sent from the beginning: a transport of a test does not
                report how far it is.
        """
        self.has_left = has_left

    async def trace_event(self, name: str, info: Mapping[str, Any]) -> None:
        """Notice when the first bytes of the request are written.

        Args:
            name: Name of an event of `httpcore`, such as "http11.send_request_headers.started".
            info: Its details.
        """
        self.has_left = self.has_left or ".send_request" in name


class HttpClient:
    """HTTP client of one provider account."""

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock,
        basic: tuple[str, str] | None = None,
        signer: RequestSigner | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        name: str = "the provider",
    ) -> None:
        """Create the client without sending anything.

        Args:
            base_url: Address that every path is appended to.
            clock: Source of the current time.
            basic: User and password for basic authentication.
            signer: Signs each request; replaces `basic`.
            headers: Headers to send with every request.
            transport: Replaces the network in tests.
            name: Name of the provider in error messages.
        """
        self._is_traced = transport is None
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
            verify=_load_certificates() if transport is None else True,
            follow_redirects=False,
            # Proxy settings of the environment must not redirect a test's transport.
            # Nor must a proxy get what goes in the clear, because it stays on this machine.
            trust_env=transport is None and not is_loopback(base_url),
        )

    async def send_request(
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
        """Send one request and return its answer.

        Raises `Unavailable` if nothing was done and `Uncertain` if that cannot be known.

        Args:
            method: HTTP method.
            path: Path below the base URL.
            json_body: Body to send as JSON.
            form: Name and value pairs to send as a form.
            query: Name and value pairs to send in the URL.
            headers: Additional headers.
            effect: Whether repeating the request would do harm (a send).
        """
        content, content_type = _encode_body(json_body, form)
        all_headers = {
            **({"Content-Type": content_type} if content_type else {}),
            **(headers or {}),
        }
        progress = _Progress(has_left=not self._is_traced)
        try:
            async with (
                asyncio.timeout(REQUEST_SECONDS),
                self._client.stream(
                    method,
                    path,
                    content=content,
                    params=None if query is None else tuple(query),
                    headers=all_headers,
                    extensions={"trace": progress.trace_event},
                ) as response,
            ):
                body = await _read_body(response)
        except _NEVER_LEFT as error:
            raise Unavailable(f"Cannot reach {self._name}: {_describe_error(error)}") from None
        except TimeoutError:
            raise self._overdue_error(effect and progress.has_left) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise self._unanswered_error(error, effect) from None
        answer = Answer(response.status_code, response.headers, body, now=self._clock.now())
        await answer.parse_beside()
        return answer

    def _unanswered_error(self, error: Exception, effect: bool) -> ProviderError:
        """Return the error for a request that left and got no answer."""
        line = f"{self._name} did not answer: {_describe_error(error)}"
        return Uncertain(line) if effect else Unavailable(line)

    def _overdue_error(self, effect: bool) -> ProviderError:
        """Return the error for a request that took longer than its limit."""
        line = f"{self._name} did not answer completely within {REQUEST_SECONDS:g} seconds"
        return Uncertain(line) if effect else Unavailable(line)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _encode_body(
    json_body: Any, form: Sequence[tuple[str, str]] | None
) -> tuple[bytes | None, str]:
    """Return the bytes of the body and its content type."""
    if json_body is not None:
        return json.dumps(json_body, ensure_ascii=False).encode(), "application/json"
    if form is not None:
        return str(httpx.QueryParams(list(form))).encode(), "application/x-www-form-urlencoded"
    return None, ""


async def _read_body(response: httpx.Response) -> bytes:
    """Return the whole body; raise if it is larger than the memory limit."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise httpx.StreamError("the answer is too large")
    return bytes(body)


def _describe_error(error: Exception) -> str:
    """Describe an `httpx` error without URLs or secrets."""
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
