"""MessageMedia's two kinds of authentication, against the documented vectors."""

import calendar

import httpx
import pytest

from tui.clock import SECOND, ManualClock
from tui.providers.errors import CredentialsRefused
from tui.providers.messagemedia import MessageMedia
from tui.providers.messagemedia.signatures import HmacSigner

KEY, SECRET = "SmsdeskTestKey0001", "smsdesk-test-secret-0001"
MOMENT = calendar.timegm((2025, 11, 4, 3, 4, 5)) * SECOND
MESSAGE = "/v1/messages/3f2b8c1e-5a77-4d0b-9c34-6e1f0a2d7b58"
SEND = (
    b'{"messages":[{"content":"Hello from smsdesk","destination_number":"+61491570156",'
    b'"delivery_report":true}]}'
)
CANCEL = b'{"status":"cancelled"}'


@pytest.mark.parametrize(
    ("method", "target", "body", "algorithm", "signature"),
    [
        (
            "POST",
            "/v1/messages",
            SEND,
            "hmac-sha256",
            "yztOoFX+a5+09KcrVH+HzqgAz8uC6M5FGR20R5OdR8Q=",
        ),
        ("POST", "/v1/messages", SEND, "hmac-sha1", "NtikbsZq2Avk5SgZqi3J2Xn17kc="),
        ("GET", MESSAGE, b"", "hmac-sha256", "C0lJoPDt4kjjBZati+wPs4eYDdr2kiK77/nHZlyssW0="),
        ("GET", MESSAGE, b"", "hmac-sha1", "wbiPIFkxmxCDX70bo1OCO+YZxCA="),
        ("GET", "/v1/replies", b"", "hmac-sha256", "cROAMcURQqyes3rSVNTTHTDx5I2JBYhqCEYEfSOV4NQ="),
        ("GET", "/v1/replies", b"", "hmac-sha1", "dhsBGNwkZC0gPdcIk35xd539O1I="),
        ("PUT", MESSAGE, CANCEL, "hmac-sha256", "7/0tRFwKtKs8Mj21/hE5XNwj6PnvjTkfd0VpKucSj7M="),
        ("PUT", MESSAGE, CANCEL, "hmac-sha1", "JXvuSeOJ8zhZYuiqiw8tDtflM2A="),
    ],
)
def test_hmac_signatures_equal_the_documented_vectors(
    method: str, target: str, body: bytes, algorithm: str, signature: str
) -> None:
    signer = HmacSigner(KEY, SECRET, algorithm, ManualClock(MOMENT))
    signed = signer.sign_request(method, target, {}, body)
    names = "Date Content-MD5 request-line" if body else "Date request-line"
    assert signed["Authorization"] == (
        f'hmac username="{KEY}", algorithm="{algorithm}", headers="{names}", '
        f'signature="{signature}"'
    )
    assert signed["Date"] == "Tue, 04 Nov 2025 03:04:05 GMT"


def test_content_md5_is_hex_and_only_there_with_a_body() -> None:
    signer = HmacSigner(KEY, SECRET, "hmac-sha256", ManualClock(MOMENT))
    send = signer.sign_request("POST", "/v1/messages", {}, SEND)
    cancel = signer.sign_request("PUT", MESSAGE, {}, CANCEL)
    assert send["Content-MD5"] == "20a1f9352a6c0886c7359381a63b2bf9"
    assert cancel["Content-MD5"] == "f3278465779cab6598f2d4bcf6e37378"
    assert "Content-MD5" not in signer.sign_request("GET", "/v1/replies", {}, b"")


async def _one_request(**options: str) -> httpx.Request:
    """The request that a poll for replies makes."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"replies": []})

    account = MessageMedia(
        base_url="https://sms.test/messagemedia/",
        api_key=KEY,
        api_secret=SECRET,
        clock=ManualClock(MOMENT),
        transport=httpx.MockTransport(answer),
        **options,  # type: ignore[arg-type]
    )
    await account.fetch_replies("")
    await account.aclose()
    return seen[0]


async def test_basic_authentication_is_the_default() -> None:
    request = await _one_request()
    expected = "Basic U21zZGVza1Rlc3RLZXkwMDAxOnNtc2Rlc2stdGVzdC1zZWNyZXQtMDAwMQ=="
    assert request.headers["Authorization"] == expected
    assert "Account" not in request.headers


async def test_a_signed_request_covers_the_path_as_it_goes_out() -> None:
    request = await _one_request(auth="hmac-sha1")
    signer = HmacSigner(KEY, SECRET, "hmac-sha1", ManualClock(MOMENT))
    expected = signer.sign_request("GET", "/messagemedia/v1/replies", {}, b"")
    assert request.url.path == "/messagemedia/v1/replies"
    assert request.headers["Authorization"] == expected["Authorization"]
    assert request.headers["Date"] == expected["Date"]


async def test_a_parent_account_acts_for_its_sub_account() -> None:
    request = await _one_request(sub_account="SupportAu")
    assert request.headers["Account"] == "SupportAu"


@pytest.mark.parametrize(
    "options",
    [
        {"auth": "hmac-md5"},
        {"sub_account": "two\nlines"},
        {"sub_account": "kõne"},
        {"signature_key": "not a key"},
    ],
)
async def test_settings_that_cannot_be_used_are_refused_at_once(options: dict[str, str]) -> None:
    with pytest.raises(CredentialsRefused) as refused:
        await _one_request(**options)
    assert next(iter(options)) in refused.value.message
    assert SECRET not in str(refused.value)
