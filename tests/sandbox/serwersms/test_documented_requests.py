"""Test the documented request and response for incoming messages."""

import httpx

from tui.clock import DAY, SECOND, ManualClock
from tui.sandbox.state import Sandbox

FORM = "username=sandbox&password=sandbox-secret"
TO_NUMBER = "+48664078059"
NOTE = "SmFrYXMgdGFtIGplc3pjemUgd2lhZGFvbW9zYw=="


async def send_reply(client: httpx.AsyncClient, **inbound: object) -> None:
    """Let a handset write."""
    body = {"provider": "serwersms", "from": "+48500600700", **inbound}
    answer = await client.post("http://sandbox/_sandbox/inbound", json=body)
    assert answer.status_code == 202


async def send_four_kinds(client: httpx.AsyncClient) -> str:
    """Write one message of each documented kind; return the id that the first answers."""
    fields = {"phone": "+48500600700", "text": "Kiedy?", "details": "true"}
    login = {"username": "sandbox", "password": "sandbox-secret"}
    sent = (await client.post("/messages/send_sms", json=login | fields)).json()
    note = {"content_type": "text/plain", "content": NOTE, "name": "text_0002.txt"}
    await send_reply(client, text="Przyjade o 16")
    await send_reply(client, text="SerwerSMS.pl", to="4321")
    await send_reply(client, text="Dziękuję za informację", to="+48500100200")
    await send_reply(client, text="Temat MMS", to=TO_NUMBER, attachments=[note])
    message_id: str = sent["items"][0]["id"]
    return message_id


async def test_a_form_without_a_type_is_answered_with_every_kind(
    client: httpx.AsyncClient,
) -> None:
    message_id = await send_four_kinds(client)
    body = f"{FORM}&phone=%2B48500600700&type=&read=&show_contact="
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/messages/recived", content=body, headers=headers)
    date, phone = "2026-03-04 09:00:00", "+48500600700"
    shared = {"phone": phone, "recived": date, "blacklist": False}
    assert answer.json() == {
        "items": [
            {
                "id": 1001,
                "type": "eco",
                "message_id": message_id,
                "text": "Przyjade o 16",
                **shared,
            },
            {"id": 1001, "type": "nd", "text": "SerwerSMS.pl", **shared},
            {"id": 1001, "type": "ndi", "text": "Dziękuję za informację", **shared},
            {
                "id": 1001,
                "type": "mms",
                "to_number": TO_NUMBER,
                "title": "Temat MMS",
                "attachments": [
                    {
                        "id": 1001,
                        "name": "text_0002.txt",
                        "content_type": "text/plain",
                        "data": NOTE,
                    }
                ],
                **shared,
            },
        ]
    }


async def test_each_documented_filter_narrows_the_answer(client: httpx.AsyncClient) -> None:
    await send_four_kinds(client)
    found = {
        "type=nd": ["nd"],
        "type=mms": ["mms"],
        "ndi=%2B48500100200": ["ndi"],
        "ndi=%2B48500100201": [],
        "phone[]=%2B48500600700&phone[]=%2B48500600701&type=eco": ["eco"],
        "phone=%2B48500600701": [],
        "date_from=2026-03-04+09:00:00&date_to=2026-03-04+09:00:00&type=ndi": ["ndi"],
        "date_from=2026-03-04+09:00:01": [],
        "date_to=2026-03-04+08:59:59": [],
    }
    for query, kinds in found.items():
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await client.post("/messages/recived", content=f"{FORM}&{query}", headers=headers)
        assert [item["type"] for item in answer.json()["items"]] == kinds, query


async def test_messages_marked_as_read_are_not_listed_again(client: httpx.AsyncClient) -> None:
    await send_four_kinds(client)
    login = {"username": "sandbox", "password": "sandbox-secret"}
    kept = await client.post("/messages/recived", json=login | {"read": "false"})
    given = await client.post("/messages/recived", json=login | {"read": "true", "type": "nd"})
    left = await client.post("/messages/recived", json=login)
    counts = [len(answer.json()["items"]) for answer in (kept, given, left)]
    assert counts == [4, 1, 3]


async def test_replies_are_forwarded_by_get_and_mms_by_post(
    client: httpx.AsyncClient, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    await send_four_kinds(client)
    await sandbox.settle_all()
    assert [request.method for request in pushed] == ["GET", "GET", "GET", "POST"]


async def test_a_push_is_repeated_after_5_10_15_and_60_minutes_and_can_be_polled(
    client: httpx.AsyncClient,
    clock: ManualClock,
    sandbox: Sandbox,
    pushed: list[httpx.Request],
    answers: list[httpx.Response],
) -> None:
    answers += [httpx.Response(200, text="<html>no</html>") for _ in range(10)]
    await send_reply(client, text="Halo")
    await sandbox.settle_all()
    tries = [len(pushed)]
    for minutes in (4.9, 0.2, 9.9, 0.2, 14.9, 0.2, 59.9, 0.2, 600):
        clock.advance(minutes * 60)
        await sandbox.settle_all()
        tries.append(len(pushed))
    assert tries == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    clock.advance(DAY / SECOND)
    login = {"username": "sandbox", "password": "sandbox-secret"}
    answer = await client.post("/messages/recived", json=login)
    assert [item["text"] for item in answer.json()["items"]] == ["Halo"]
