"""Check Basic and HMAC credentials as the gateway does (MessageMedia API, authentication).

The signed string is rebuilt from the header names in the spelling that the client used. The guard
wraps every handler with this check, the sub-account header, and errors as JSON (MessageMedia API,
errors).
"""

import base64
import binascii
import hashlib
import hmac
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from tui.clock import Clock
from tui.domain.record_type import record
from tui.sandbox.wire import InvalidBody, read_object, to_json_response

UNPARSABLE = "Request failed to parse correctly. Please ensure input is valid and try again."
NOT_ENABLED = "This feature has not been enabled in your account."
NOT_FOUND = "Resource not found"


class RefusedRequest(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, message: str, details: Sequence[str] = ()) -> None:
        """Create an error.

        Args:
            status: HTTP status of the answer.
            message: Its `message`.
            details: Its `details`, if any.
        """
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = list(details)

    def to_response(self) -> Response:
        """Return the answer."""
        body: dict[str, object] = {"message": self.message}
        if self.details:
            body["details"] = self.details
        return to_json_response(body, self.status)


def invalid_request(*details: str) -> RefusedRequest:
    """Return 400 for a body with errors."""
    return RefusedRequest(400, UNPARSABLE, details)


def not_found() -> RefusedRequest:
    """Return 404 for an id that is unknown, malformed or too old."""
    return RefusedRequest(404, NOT_FOUND)


def not_enabled() -> RefusedRequest:
    """Return 403 for a feature or a sub-account that is not ours."""
    return RefusedRequest(403, NOT_ENABLED)


CLOCK_SKEW_SECONDS = 300

INVALID = "Invalid authentication credentials"
UNVERIFIED = "HMAC signature cannot be verified"
NO_DATE = f"{UNVERIFIED}, a valid date header is required for HMAC Authentication"
MISMATCH = "HMAC signature does not match"

HASHES = {"hmac-sha1": hashlib.sha1, "hmac-sha256": hashlib.sha256}
PARAMETER = re.compile(r'([A-Za-z]+)="([^"]*)"')
MD5_HEADERS = frozenset({"content-md5", "x-content-md5"})


@record
class Credentials:
    """An API key and its secret."""

    key: str
    secret: str


@record
class SignedRequest:
    """The parts of a request that matter for its authentication."""

    method: str
    targets: tuple[str, ...]
    """Path and query as they may have been signed: with and without the mount."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    version: str = "1.1"


def check_authorization(request: SignedRequest, credentials: Credentials, now: int) -> None:
    """Return if the request has the account's credentials; raise `RefusedRequest` otherwise.

    Args:
        request: Parts of the request.
        credentials: Key and secret of the account.
        now: Current time in milliseconds UTC.
    """
    header = request.headers.get("authorization")
    if header is None:
        raise RefusedRequest(401, "Unauthorized")
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "basic":
        _check_basic(rest.strip(), credentials)
    elif scheme.lower() == "hmac":
        _check_hmac(dict(PARAMETER.findall(rest)), request, credentials, now)
    else:
        raise RefusedRequest(403, INVALID)


def _check_basic(token: str, credentials: Credentials) -> None:
    """Compare key and secret."""
    try:
        given = base64.b64decode(token, validate=True)
    except binascii.Error:
        raise RefusedRequest(403, INVALID) from None
    if not hmac.compare_digest(given, f"{credentials.key}:{credentials.secret}".encode()):
        raise RefusedRequest(403, INVALID)


def _check_hmac(
    given: Mapping[str, str], request: SignedRequest, credentials: Credentials, now: int
) -> None:
    """Rebuild the signed string and compare the signature."""
    if given.get("username") != credentials.key:
        raise RefusedRequest(403, INVALID)
    digest = HASHES.get(given.get("algorithm", ""))
    if digest is None or not given.get("headers") or "signature" not in given:
        raise RefusedRequest(403, UNVERIFIED)
    _check_date(request.headers.get("date"), now)
    names = given["headers"].split()
    _check_md5(names, request)
    secret = credentials.secret.encode()
    # A client may sign the path with or without the mount: it only knows its base URL.
    for target in request.targets:
        text = build_signing_string(names, request, target)
        signature = base64.b64encode(hmac.new(secret, text.encode(), digest).digest())
        if hmac.compare_digest(signature, given["signature"].encode()):
            return
    raise RefusedRequest(403, MISMATCH)


def build_signing_string(names: list[str], request: SignedRequest, target: str) -> str:
    """Return the lines that were signed; raise `RefusedRequest` if a header is missing.

    Args:
        names: Header names in the spelling that the client used.
        request: Parts of the request.
        target: Path and query.
    """
    lines = []
    for name in names:
        if name == "request-line":
            lines.append(f"{request.method} {target} HTTP/{request.version}")
        elif name.lower() in request.headers:
            lines.append(f"{name}: {request.headers[name.lower()]}")
        else:
            raise RefusedRequest(403, UNVERIFIED)
    return "\n".join(lines)


def _check_date(date: str | None, now: int) -> None:
    """Refuse a date that is missing, unreadable or more than 300 seconds off."""
    try:
        at = parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        raise RefusedRequest(403, NO_DATE) from None
    if abs(at - now / 1000) > CLOCK_SKEW_SECONDS:
        raise RefusedRequest(403, NO_DATE)


def _check_md5(names: list[str], request: SignedRequest) -> None:
    """Require that date, request line and, if there is a body, its MD5 in hex are signed."""
    signed = {name.lower() for name in names}
    if not {"date", "request-line"} <= signed:
        raise RefusedRequest(403, UNVERIFIED)
    listed = signed & MD5_HEADERS
    if request.body and not listed:
        raise RefusedRequest(403, UNVERIFIED)
    # The API requires MD5 here; the security comes from the HMAC over this header.
    md5 = hashlib.md5(request.body, usedforsecurity=False).hexdigest()
    if any(request.headers.get(name) != md5 for name in listed):
        raise RefusedRequest(403, MISMATCH)


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
