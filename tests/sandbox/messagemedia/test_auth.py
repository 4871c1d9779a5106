"""Test basic and HMAC authentication with the test vectors of the documentation."""

import base64
import hashlib
import hmac
from dataclasses import replace
from email.utils import formatdate

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.messagemedia.auth import (
    Credentials,
    RefusedRequest,
    SignedRequest,
    check_authorization,
)

KEY = Credentials("SmsdeskTestKey0001", "smsdesk-test-secret-0001")
NOW = 1_762_225_445_000
"""Tue, 04 Nov 2025 03:04:05 GMT."""
DATE = "Tue, 04 Nov 2025 03:04:05 GMT"
SEND = (
    b'{"messages":[{"content":"Hello from smsdesk","destination_number":"+61491570156",'
    b'"delivery_report":true}]}'
)
CANCEL = b'{"status":"cancelled"}'
ONE = "/v1/messages/3f2b8c1e-5a77-4d0b-9c34-6e1f0a2d7b58"
NAMES = "Date Content-MD5 request-line"
SDK_NAMES = "date x-Content-MD5 request-line"
SHORT = "Date request-line"

VECTORS = [
    ("POST", "/v1/messages", SEND, NAMES, "sha256", "yztOoFX+a5+09KcrVH+HzqgAz8uC6M5FGR20R5OdR8Q="),
    ("POST", "/v1/messages", SEND, NAMES, "sha1", "NtikbsZq2Avk5SgZqi3J2Xn17kc="),
    (
        "POST",
        "/v1/messages",
        SEND,
        SDK_NAMES,
        "sha256",
        "vJgJEluO97D8y669CLT75mZqbeZYbIJwx5xtIQ/QwuI=",
    ),
    ("POST", "/v1/messages", SEND, SDK_NAMES, "sha1", "MR9MUwaqtGFXxmEyE0Xqgfakg5g="),
    ("GET", ONE, b"", SHORT, "sha256", "C0lJoPDt4kjjBZati+wPs4eYDdr2kiK77/nHZlyssW0="),
    ("GET", ONE, b"", SHORT, "sha1", "wbiPIFkxmxCDX70bo1OCO+YZxCA="),
    ("GET", ONE, b"", "date request-line", "sha1", "XiC+q/xEvb98h4kn00Jta6UjAlQ="),
    ("GET", "/v1/replies", b"", SHORT, "sha256", "cROAMcURQqyes3rSVNTTHTDx5I2JBYhqCEYEfSOV4NQ="),
    ("GET", "/v1/replies", b"", SHORT, "sha1", "dhsBGNwkZC0gPdcIk35xd539O1I="),
    ("PUT", ONE, CANCEL, NAMES, "sha256", "7/0tRFwKtKs8Mj21/hE5XNwj6PnvjTkfd0VpKucSj7M="),
    ("PUT", ONE, CANCEL, NAMES, "sha1", "JXvuSeOJ8zhZYuiqiw8tDtflM2A="),
]


def make_signed_request(
    method: str, path: str, body: bytes, names: str, algorithm: str, signature: str
) -> SignedRequest:
    """Return a request with that signature."""
    headers = {
        "date": DATE,
        "authorization": f'hmac username="{KEY.key}", algorithm="hmac-{algorithm}", '
        f'headers="{names}", signature="{signature}"',
    }
    if body:
        name = names.split()[1].lower()
        headers[name] = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return SignedRequest(method, (f"/messagemedia{path}", path), headers, body)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v[0]}-{v[3]}-{v[4]}")
def test_every_vector_is_accepted(vector: tuple[str, str, bytes, str, str, str]) -> None:
    check_authorization(make_signed_request(*vector), KEY, NOW)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v[0]}-{v[3]}-{v[4]}")
def test_no_vector_fits_another_method(vector: tuple[str, str, bytes, str, str, str]) -> None:
    with pytest.raises(RefusedRequest, match="does not match"):
        check_authorization(replace(make_signed_request(*vector), method="PATCH"), KEY, NOW)


@pytest.mark.parametrize("offset", [-299, 299])
def test_a_clock_may_be_five_minutes_off(offset: int) -> None:
    check_authorization(make_signed_request(*VECTORS[0]), KEY, NOW + offset * 1000)


@pytest.mark.parametrize("offset", [-301, 301])
def test_a_clock_may_not_be_further_off(offset: int) -> None:
    with pytest.raises(RefusedRequest, match="valid date header is required"):
        check_authorization(make_signed_request(*VECTORS[0]), KEY, NOW + offset * 1000)


@pytest.mark.parametrize("date", ["", "yesterday", None])
def test_a_date_is_required(date: str | None) -> None:
    request = make_signed_request(*VECTORS[4])
    headers = {name: value for name, value in request.headers.items() if name != "date"}
    if date is not None:
        headers["date"] = date
    with pytest.raises(RefusedRequest, match="valid date header is required"):
        check_authorization(replace(request, headers=headers), KEY, NOW)


def test_another_body_does_not_fit_the_md5() -> None:
    with pytest.raises(RefusedRequest, match="does not match"):
        check_authorization(replace(make_signed_request(*VECTORS[0]), body=SEND + b"\n"), KEY, NOW)


def test_a_body_has_to_be_signed() -> None:
    with pytest.raises(RefusedRequest, match="cannot be verified"):
        check_authorization(replace(make_signed_request(*VECTORS[4]), body=SEND), KEY, NOW)


def test_listed_headers_are_required() -> None:
    request = make_signed_request("GET", ONE, b"", "Date X-Other request-line", "sha1", "x")
    with pytest.raises(RefusedRequest, match="cannot be verified"):
        check_authorization(request, KEY, NOW)


@pytest.mark.parametrize(
    ("names", "algorithm"),
    [("Date", "sha1"), ("request-line", "sha1"), (SHORT, "md5"), ("", "sha1")],
)
def test_date_and_request_line_have_to_be_signed_with_a_known_hash(
    names: str, algorithm: str
) -> None:
    with pytest.raises(RefusedRequest, match="cannot be verified"):
        check_authorization(make_signed_request("GET", ONE, b"", names, algorithm, "x"), KEY, NOW)


def test_another_key_is_refused() -> None:
    with pytest.raises(RefusedRequest) as refused:
        check_authorization(make_signed_request(*VECTORS[0]), Credentials("other", KEY.secret), NOW)
    assert (refused.value.status, refused.value.message) == (
        403,
        "Invalid authentication credentials",
    )


def test_basic_of_the_same_key_is_accepted() -> None:
    token = "U21zZGVza1Rlc3RLZXkwMDAxOnNtc2Rlc2stdGVzdC1zZWNyZXQtMDAwMQ=="
    check_authorization(
        SignedRequest("GET", (ONE,), {"authorization": f"Basic {token}"}, b""), KEY, NOW
    )


@pytest.mark.parametrize("header", ["Basic !!!", "Basic c2FuZGJveA==", "Bearer x", ""])
def test_other_headers_are_refused(header: str) -> None:
    with pytest.raises(RefusedRequest) as refused:
        check_authorization(SignedRequest("GET", (ONE,), {"authorization": header}, b""), KEY, NOW)
    assert refused.value.status == 403


async def test_without_the_header_the_answer_is_401(client: httpx.AsyncClient) -> None:
    answer = await client.get("/messagemedia/v1/replies", auth=None)
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


async def test_wrong_credentials_are_403(client: httpx.AsyncClient) -> None:
    answer = await client.get("/messagemedia/v1/replies", auth=("sandbox", "wrong"))
    assert answer.status_code == 403
    assert answer.json() == {"message": "Invalid authentication credentials"}


@pytest.mark.parametrize("prefix", ["/messagemedia", ""])
async def test_a_signature_may_cover_the_mount_path_or_not(
    client: httpx.AsyncClient, clock: ManualClock, prefix: str
) -> None:
    date = formatdate(clock.now() / 1000, usegmt=True)
    text = f"Date: {date}\nGET {prefix}/v1/webhooks/messages?page=0&page_size=5 HTTP/1.1"
    digest = hmac.new(b"sandbox-secret", text.encode(), hashlib.sha256).digest()
    header = (
        'hmac username="sandbox", algorithm="hmac-sha256", headers="Date request-line", '
        f'signature="{base64.b64encode(digest).decode()}"'
    )
    answer = await client.get(
        "/messagemedia/v1/webhooks/messages?page=0&page_size=5",
        headers={"Date": date, "Authorization": header},
        auth=None,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("account", "status"), [("SmsdeskDemo", 200), ("SmsdeskBranch", 200), ("OtherAccount", 403)]
)
async def test_only_our_own_accounts_may_be_acted_for(
    client: httpx.AsyncClient, account: str, status: int
) -> None:
    answer = await client.get("/messagemedia/v1/replies", headers={"Account": account})
    assert answer.status_code == status
    if status == 403:
        message = "This feature has not been enabled in your account."
        assert answer.json() == {"message": message}
