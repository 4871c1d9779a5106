"""Test the common entry of all calls: credentials, bodies, suffixes, errors."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

LOGIN = {"username": "sandbox", "password": "sandbox-secret"}
TOKEN = {"Authorization": "Bearer sandbox-token"}

Call = Callable[..., Awaitable[Any]]


@pytest.mark.parametrize("suffix", ["", ".json"])
@pytest.mark.parametrize("group", ["account/limits", "messages/reports", "messages/received"])
async def test_login_token_json_and_form_are_accepted(
    client: httpx.AsyncClient, group: str, suffix: str
) -> None:
    answers = [
        await client.post(f"/{group}{suffix}", json=LOGIN),
        await client.post(f"/{group}{suffix}", data=LOGIN),
        await client.post(f"/{group}{suffix}", json={"system": "client"}, headers=TOKEN),
        await client.post(f"/{group}{suffix}", headers=TOKEN),
    ]
    assert all(a.status_code == 200 and "items" in a.json() for a in answers)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({}, {}),
        (LOGIN | {"password": "wrong"}, {}),
        ({"username": ["sandbox"], "password": None}, {}),
        ({}, {"Authorization": "Bearer wrong"}),
        (LOGIN, {"Authorization": "Bearer wrong"}),
        ({}, {"Authorization": "Basic sandbox-token"}),
    ],
)
async def test_wrong_credentials_are_error_1001_with_http_200(
    client: httpx.AsyncClient, body: dict[str, object], headers: dict[str, str]
) -> None:
    answer = await client.post("/account/limits.json", json=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json() == {
        "error": {
            "code": 1001,
            "type": "InvalidUser",
            "message": "Nieprawidłowy login lub hasło",
        }
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/messages/nothing"),
        ("POST", "/messages"),
        ("POST", "/"),
        ("POST", "/account/limits.yaml"),
        ("GET", "/account/limits.json"),
    ],
)
async def test_an_unknown_action_is_error_1000(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path, headers=TOKEN)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, 1000)


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff{"])
async def test_a_body_that_is_no_object_is_error_1006(
    client: httpx.AsyncClient, body: bytes
) -> None:
    headers = TOKEN | {"Content-Type": "application/json"}
    answer = await client.post("/account/limits", content=body, headers=headers)
    assert answer.json()["error"]["code"] == 1006


async def test_an_empty_array_means_no_fields(client: httpx.AsyncClient) -> None:
    headers = TOKEN | {"Content-Type": "application/json"}
    answer = await client.post("/account/limits", content=b"[]", headers=headers)
    assert "items" in answer.json()


async def test_answers_can_be_xml(client: httpx.AsyncClient) -> None:
    answer = await client.post("/account/limits.xml", json=LOGIN | {"show_type": True})
    assert answer.headers["content-type"].startswith("application/xml")
    assert "<account><type>prepaid</type></account><items><item><type>eco</type>" in answer.text
    refused = await client.post("/messages/nothing.xml", json=LOGIN)
    assert "<error><code>1000</code>" in refused.text


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1000, "InvalidAction"),
        (1003, "InvalidIP"),
        (2001, "ValidationPhoneError"),
        (3102, "SendError"),
        (4600, "BlacklistError"),
    ],
)
async def test_the_table_of_errors_can_be_queried(call: Call, code: int, kind: str) -> None:
    error = await call(f"error/{code}")
    assert (error["code"], error["type"]) == (code, kind)
    assert error["message"]


@pytest.mark.parametrize("code", ["99", "x", "", "²"])
async def test_an_unknown_error_is_error_2002(call: Call, code: str) -> None:
    assert (await call(f"error/{code}"))["error"]["code"] == 2002


async def test_the_limits_are_those_of_the_documentation(call: Call) -> None:
    plain, full = await call("account/limits"), await call("account/limits", show_type="true")
    assert "account" not in plain
    assert full["account"] == {"type": "prepaid"}
    assert full["items"] == plain["items"]
    assert plain["items"][0] == {"type": "eco", "chars_limit": "918/6", "value": "no_limit"}
    assert all(isinstance(item["value"], str) for item in plain["items"])
