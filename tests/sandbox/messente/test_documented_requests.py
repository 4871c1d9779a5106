"""Test the requests in the documentation of the classic delivery report."""

from urllib.parse import parse_qs, urlsplit

import httpx

from tui.clock import ManualClock
from tui.sandbox.state import Sandbox

KEY = {"username": "sandbox", "password": "sandbox-secret"}
DLR_URL = "https://myservice.com/dlr/messente/239d8/"


async def test_the_asynchronous_report_calls_the_url_of_the_message(
    client: httpx.AsyncClient,
    clock: ManualClock,
    sandbox: Sandbox,
    pushed: list[httpx.Request],
) -> None:
    fields = {**KEY, "to": "+37251234567", "text": "Hello", "dlr-url": DLR_URL}
    message_id = (await client.get("/send_sms/", params=fields)).text.split(" ")[1]
    clock.advance(3)
    await sandbox.settle_all()
    last = pushed[-1]
    assert last.method == "GET"
    assert str(last.url).startswith(f"{DLR_URL}?sms_unique_id={message_id}&")
    assert "&stat=DELIVRD&err=&" in f"{last.url}&", "the err of a success is empty"


async def test_the_documented_way_to_read_a_failure_works(
    client: httpx.AsyncClient,
    clock: ManualClock,
    sandbox: Sandbox,
    pushed: list[httpx.Request],
) -> None:
    for code in (4, 6, 7, 999):
        number = f"37255500{code:03d}"
        await client.post(
            "/send_sms", data={**KEY, "to": number, "text": "Hello", "dlr-url": DLR_URL}
        )
        clock.advance(3)
        await sandbox.settle_all()
        parameters = parse_qs(urlsplit(str(pushed[-1].url)).query)
        assert parameters["stat"][0] != "DELIVRD"
        assert int(parameters["err"][0]) == code


async def test_the_synchronous_report_is_two_words(
    client: httpx.AsyncClient, clock: ManualClock
) -> None:
    sent = await client.get("/send_sms/", params={**KEY, "to": "37251234567", "text": "Hello"})
    query = {**KEY, "sms_unique_id": sent.text.split(" ")[1]}
    clock.advance(3)
    answer = await client.get("/get_dlr_response/", params=query)
    word, status = answer.text.split(" ")
    assert (word, status) == ("OK", "DELIVERED")


async def test_an_id_from_the_documentation_is_not_ours(client: httpx.AsyncClient) -> None:
    query = {**KEY, "sms_unique_id": "d92bb23c3c68f0180fc9de257573d19a"}
    assert (await client.get("/get_dlr_response/", params=query)).text == "ERROR 107"
