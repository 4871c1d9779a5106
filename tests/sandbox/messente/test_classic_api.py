"""Test the classic API, call by call."""

import re
from typing import Any

import httpx
import pytest

from tui.clock import HOUR, SECOND, ManualClock
from tui.sandbox.state import Sandbox

KEY = {"username": "sandbox", "password": "sandbox-secret"}
TO = "+37251234567"


async def call_api(client: httpx.AsyncClient, call: str, **parameters: object) -> str:
    """Return the response to a call with the account's key, posted as a form."""
    answer = await client.post(f"/{call}/", data=KEY | parameters)
    assert answer.status_code == 200
    return answer.text


async def send_message(client: httpx.AsyncClient, **parameters: object) -> str:
    """Return the id of a message that was accepted."""
    word, message_id = (
        await call_api(client, "send_sms", to=TO, text="Hello", **parameters)
    ).split(" ")
    assert word == "OK"
    return message_id


def list_accepted(sandbox: Sandbox) -> list[Any]:
    """Return the messages that the provider accepted."""
    return list(sandbox.emulators["messente"].ledger.accepted.values())


async def test_a_send_is_answered_with_ok_and_an_id_and_no_line_end(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/send_sms/", data={**KEY, "to": TO, "text": "Hello"})
    assert re.fullmatch(r"OK [0-9a-f]{32}", answer.text)
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/send_sms", "/send_sms/"])
async def test_paths_work_with_and_without_the_slash_by_query_and_by_form(
    client: httpx.AsyncClient, sandbox: Sandbox, path: str
) -> None:
    fields = {**KEY, "to": "37251234567", "text": "tere õ"}
    answers = [
        await client.get(path, params=fields),
        await client.post(path, params=fields),
        await client.post(path, data=fields),
    ]
    assert all(a.status_code == 200 and a.text.startswith("OK ") for a in answers)
    assert [m.text for m in list_accepted(sandbox)] == ["tere õ"] * 3


@pytest.mark.parametrize("key", [{"username": "sandbox", "password": "no"}, {"to": TO}, {}])
async def test_wrong_or_missing_credentials_are_error_101_everywhere(
    client: httpx.AsyncClient, key: dict[str, str]
) -> None:
    for call in ("send_sms", "cancel_sms", "get_dlr_response", "get_balance", "prices"):
        answer = await client.post(f"/{call}", data=key)
        assert (answer.status_code, answer.text) == (200, "ERROR 101")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"to": TO}, "ERROR 102"),
        ({"to": TO, "text": ""}, "ERROR 102"),
        ({"text": "Hello"}, "ERROR 102"),
        ({"to": "12345", "text": "Hello"}, "ERROR 105"),
        ({"to": "not a number", "text": "Hello"}, "ERROR 105"),
        ({"to": "3725123456712345", "text": "Hello"}, "ERROR 105"),
        ({"to": "+2101234567", "text": "Hello"}, "ERROR 104"),
        ({"to": "+8501234567", "text": "Hello"}, "ERROR 106"),
        ({"to": TO, "text": "Hello", "from": "NotActive"}, "ERROR 111"),
        ({"to": TO, "text": "Hello", "from": "much too long a name"}, "ERROR 111"),
        ({"to": TO, "text": "Hello", "time_to_send": "tomorrow"}, "ERROR 102"),
        ({"to": TO, "text": "Hello", "validity": "0"}, "ERROR 102"),
        ({"to": TO, "text": "Hello", "validity": "-5"}, "ERROR 102"),
        ({"to": TO, "text": "Hello", "autoconvert": "true"}, "ERROR 102"),
        ({"to": TO, "text": "Hello", "charset": "klingon"}, "ERROR 102"),
        ({"to": TO, "text": "Hello", "dlr-url": "desk"}, "ERROR 102"),
        ({"to": TO, "text": "Hello", "mclass": "4"}, "ERROR 102"),
        ({"to": TO, "text": "Hello", "text-store": "md5"}, "ERROR 102"),
    ],
)
async def test_an_invalid_send_is_refused_and_not_accepted(
    client: httpx.AsyncClient, sandbox: Sandbox, fields: dict[str, str], refusal: str
) -> None:
    assert await call_api(client, "send_sms", **fields) == refusal
    assert not list_accepted(sandbox)


@pytest.mark.parametrize("code", [103, 104, 105, 106, 107, 108, 111])
async def test_every_documented_error_has_a_number(client: httpx.AsyncClient, code: int) -> None:
    refusal = await call_api(client, "send_sms", to=f"37255500{code}", text="Hello")
    assert refusal == f"ERROR {code}"


@pytest.mark.parametrize("code", [208, 209])
async def test_temporary_failures_have_numbers_too(client: httpx.AsyncClient, code: int) -> None:
    assert await call_api(client, "send_sms", to=f"37255500{code}", text="Hi") == f"FAILED {code}"


async def test_all_optional_parameters_are_accepted(client: httpx.AsyncClient) -> None:
    options = {"charset": "UTF-8", "validity": 30, "autoconvert": "full", "udh": "%05", "mclass": 1}
    assert await send_message(client, **options, **{"text-store": "sha256", "from": "+37259990011"})


async def test_text_is_decoded_in_the_given_charset(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    body = b"username=sandbox&password=sandbox-secret&to=37251234567&charset=ISO-8859-1&text=%F5un"
    assert (await client.post("/send_sms", content=body)).text.startswith("OK ")
    assert list_accepted(sandbox)[0].text == "õun"


async def test_binary_data_has_priority_over_text(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    await send_message(client, data="AB")
    assert list_accepted(sandbox)[0].text == "AB"


async def test_reports_come_as_none_yet_then_sent_then_delivered(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message_id = await send_message(client)
    heard = []
    for pause in (0.0, 0.95, 1.0):
        clock.advance(pause)
        heard.append(await call_api(client, "get_dlr_response", sms_unique_id=message_id))
    assert heard == ["FAILED 102", "OK SENT", "OK DELIVERED"]


@pytest.mark.parametrize("last", ["92", "93", "94"])
async def test_a_failure_has_no_reason(
    client: httpx.AsyncClient, clock: ManualClock, last: str
) -> None:
    answer = await call_api(client, "send_sms", to=f"372512345{last}", text="Hello")
    clock.advance(10)
    report = await call_api(client, "get_dlr_response", sms_unique_id=answer.split()[1])
    assert report == "OK FAILED"


async def test_reports_end_after_48_hours(client: httpx.AsyncClient, clock: ManualClock) -> None:
    message_id = await send_message(client)
    clock.advance(48 * HOUR / SECOND)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "OK DELIVERED"
    clock.advance(1)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "ERROR 107"


async def test_an_unknown_id_is_107_and_a_missing_one_102(client: httpx.AsyncClient) -> None:
    for call in ("get_dlr_response", "cancel_sms"):
        assert await call_api(client, call, sms_unique_id="sms123") == "ERROR 107"
        assert await call_api(client, call) == "ERROR 102"


async def test_held_receipts_are_not_polled(client: httpx.AsyncClient, clock: ManualClock) -> None:
    control = {"provider": "messente", "mode": "held"}
    await client.post("http://sandbox/_sandbox/receipts", json=control)
    message_id = await send_message(client)
    clock.advance(10)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "FAILED 102"
    await client.post("http://sandbox/_sandbox/receipts", json=control | {"mode": "normal"})
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "OK DELIVERED"


async def test_a_polled_status_never_goes_back_with_receipts_out_of_order(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    control = {"provider": "messente", "mode": "out_of_order"}
    await client.post("http://sandbox/_sandbox/receipts", json=control)
    message_id = await send_message(client)
    clock.advance(10)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "OK DELIVERED"


async def test_a_scheduled_message_can_be_cancelled_once(
    client: httpx.AsyncClient, clock: ManualClock, sandbox: Sandbox
) -> None:
    message_id = await send_message(client, time_to_send=clock.now() // 1000 + 3600)
    assert list_accepted(sandbox)[0].status == "scheduled"
    assert (await call_api(client, "cancel_sms", sms_unique_id=message_id)).split()[0] == "OK"
    assert await call_api(client, "cancel_sms", sms_unique_id=message_id) == "ERROR 107"
    clock.advance(7200)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "OK FAILED"
    assert list_accepted(sandbox)[0].status == "DELETED"


async def test_a_scheduled_message_is_sent_at_its_time(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    message_id = await send_message(client, time_to_send=clock.now() // 1000 + 3600)
    clock.advance(3599)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "FAILED 102"
    clock.advance(5)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "OK DELIVERED"
    assert await call_api(client, "cancel_sms", sms_unique_id=message_id) == "ERROR 107"


async def test_a_time_in_the_past_means_now(client: httpx.AsyncClient, clock: ManualClock) -> None:
    message_id = await send_message(client, time_to_send=1)
    clock.advance(3)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "OK DELIVERED"


async def test_a_slow_handset_gets_the_message_within_the_validity(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    answer = await call_api(client, "send_sms", to="37251234597", text="Slow", validity="1")
    message_id = answer.split()[1]
    clock.advance(10)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "OK SENT"
    clock.advance(20)
    assert await call_api(client, "get_dlr_response", sms_unique_id=message_id) == "OK DELIVERED"


async def test_an_opted_out_number_is_refused_with_108(client: httpx.AsyncClient) -> None:
    inbound = {"provider": "messente", "from": TO, "text": "STOP"}
    await client.post("http://sandbox/_sandbox/inbound", json=inbound)
    assert await call_api(client, "send_sms", to=TO, text="Hello") == "ERROR 108"


async def test_an_id_of_the_other_api_is_unknown(client: httpx.AsyncClient) -> None:
    body = {"to": TO, "messages": [{"channel": "sms", "text": "Hello"}]}
    omni_id = (await client.post("/v1/omnimessage", json=body)).json()["omnimessage_id"]
    assert await call_api(client, "get_dlr_response", sms_unique_id=omni_id) == "ERROR 107"
    classic_id = await send_message(client)
    assert (await client.get(f"/v1/omnimessage/{classic_id}/status")).status_code == 404


async def test_the_balance_is_a_decimal(client: httpx.AsyncClient) -> None:
    assert re.fullmatch(r"OK \d+\.\d+", await call_api(client, "get_balance"))
    at_the_other_host = await client.get("/v1/get_balance", params=KEY)
    assert at_the_other_host.text.startswith("OK ")


async def test_prices_are_json_or_xml_of_one_country(client: httpx.AsyncClient) -> None:
    prices = (await client.get("/prices/", params={**KEY, "country": "EE"})).json()
    assert (prices["country"], prices["name"], prices["prefix"]) == ("EE", "Estonia", "372")
    assert set(prices["networks"][0]) == {"mccmnc", "name", "price"}
    xml = await call_api(client, "prices", country="ee", format="xml")
    assert xml.startswith("<?xml")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({}, "ERROR 102"),
        ({"country": "XX"}, "ERROR 104"),
        ({"country": "KP"}, "ERROR 105"),
        ({"country": "EE", "format": "yaml"}, "ERROR 106"),
    ],
)
async def test_invalid_price_requests_are_refused(
    client: httpx.AsyncClient, fields: dict[str, str], refusal: str
) -> None:
    assert await call_api(client, "prices", **fields) == refusal


async def test_the_price_list_is_csv(client: httpx.AsyncClient) -> None:
    lines = (await call_api(client, "pricelist")).splitlines()
    assert lines[0] == "Country,Code,MCCMNC,Network,Price"
    assert all(line.count(",") == 4 for line in lines)
