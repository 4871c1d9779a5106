"""Test blacklist, number lookup and statistics."""

import httpx
import pytest

NUMBER = "+37251000099"


async def test_a_number_goes_on_the_blacklist_and_off_again(client: httpx.AsyncClient) -> None:
    every, one = "/v1/phonebook/blacklist", f"/v1/phonebook/blacklist/{NUMBER}"
    assert (await client.get(one)).status_code == 404
    assert (await client.post(every, json={"phoneNumber": NUMBER})).status_code == 204
    assert (await client.post(every, json={"phoneNumber": NUMBER})).status_code == 409
    assert (await client.get(every)).json() == {"phoneNumbers": [NUMBER]}
    assert (await client.get(one)).status_code == 204
    assert (await client.delete(one)).status_code == 204
    assert (await client.delete(one)).status_code == 404
    assert (await client.get(every)).json() == {"phoneNumbers": []}


async def test_a_blacklisted_number_cannot_be_texted(client: httpx.AsyncClient) -> None:
    await client.post("/v1/phonebook/blacklist", json={"phoneNumber": NUMBER})
    key = {"username": "sandbox", "password": "sandbox-secret"}
    answer = await client.post("/send_sms", data={**key, "to": NUMBER, "text": "Hello"})
    assert answer.text == "ERROR 108"


@pytest.mark.parametrize(
    ("body", "code"), [({"phoneNumber": "12"}, "201"), ({}, "201"), ([], "244")]
)
async def test_an_invalid_number_cannot_be_blacklisted(
    client: httpx.AsyncClient, body: object, code: str
) -> None:
    answer = await client.post("/v1/phonebook/blacklist", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)


async def test_a_lookup_has_a_result_per_number(client: httpx.AsyncClient) -> None:
    numbers = ["+37251234567", "+37251234593", "+37251234596", "12"]
    answer = (await client.post("/v1/hlr/sync", json={"numbers": numbers})).json()
    assert answer["request_id"]
    found = [entry["status"] for entry in answer["result"]]
    assert found == ["true", "false", "UNKNOWN", "INVALID"]
    assert answer["result"][0]["currentNetwork"]["countryCode"] == "EE"


@pytest.mark.parametrize(
    ("numbers", "status"),
    [([], 400), (["+37251234567"] * 11, 400), ("x", 400), (["+37255500402"], 402)],
)
async def test_an_invalid_lookup_has_errors_in_its_own_format(
    client: httpx.AsyncClient, numbers: object, status: int
) -> None:
    answer = await client.post("/v1/hlr/sync", json={"numbers": numbers})
    assert answer.status_code == status
    assert isinstance(answer.json()["errors"][0]["error"]["code"], int)


async def test_statistics_count_by_country(client: httpx.AsyncClient) -> None:
    for to in ("+37251234567", "+37251234567", "+447700900001"):
        body = {"to": to, "messages": [{"channel": "sms", "text": "Hello"}]}
        await client.post("/v1/omnimessage", json=body)
    day = {"start_date": "2026-03-04", "end_date": "2026-03-04"}
    reports = (await client.post("/v1/statistics/reports", json=day)).json()["reports"]
    assert reports == [
        {"total_messages": 2, "total_price": "0.118", "country": "EE"},
        {"total_messages": 1, "total_price": "0.059", "country": "GB"},
    ]
    earlier = {"start_date": "2026-03-01", "end_date": "2026-03-03"}
    assert (await client.post("/v1/statistics/reports", json=earlier)).json() == {"reports": []}
    assert (await client.post("/v1/statistics/reports", json={})).status_code == 400


@pytest.mark.parametrize(
    "path", ["/v1/phonebook/blacklist", "/v1/hlr/sync", "/v1/statistics/reports"]
)
async def test_requests_without_credentials_are_refused(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.post(path, json={}, auth=("sandbox", "wrong"))
    assert answer.status_code == 401
    assert answer.json()["errors"]
