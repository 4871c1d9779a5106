"""Test incoming messages: kinds, spellings, pages, and pushes."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.sandbox.serwersms.pushes import fill_template
from tui.sandbox.state import Sandbox

PHONE = "+48500600700"
HOOK = "http://desk/hooks/serwersms/sandbox-hook"

Call = Callable[..., Awaitable[Any]]


async def send_reply(client: httpx.AsyncClient, text: str = "Będę o 16", **inbound: object) -> str:
    """Let a handset write and return the id of the reply in the ledger."""
    body = {"provider": "serwersms", "from": PHONE, "text": text, **inbound}
    answer = await client.post("http://sandbox/_sandbox/inbound", content=json.dumps(body))
    reply_id: str = answer.json()["id"]
    return reply_id


async def send_message(call: Call, phone: str = PHONE, **fields: object) -> str:
    """Return the id of an accepted message."""
    answer = await call("messages/send_sms", phone=phone, text="Hej", details=True, **fields)
    message_id: str = answer["items"][0]["id"]
    return message_id


@pytest.mark.parametrize(("action", "key"), [("recived", "recived"), ("received", "received")])
async def test_the_date_is_spelled_like_the_action(
    client: httpx.AsyncClient, call: Call, action: str, key: str
) -> None:
    await send_reply(client)
    (item,) = (await call(f"messages/{action}"))["items"]
    assert item[key] == "2026-03-04 09:00:00"
    assert len({"recived", "received"} & set(item)) == 1


async def test_a_reply_contains_the_newest_eco_message(
    client: httpx.AsyncClient, call: Call
) -> None:
    await send_reply(client)
    await send_message(call)
    newest = await send_message(call)
    await send_message(call, sender="INFORMACJA")
    await send_message(call, date="2026-03-05 09:00:00")
    await send_reply(client)
    items = (await call("messages/recived"))["items"]
    assert [(i["type"], i.get("message_id")) for i in items] == [("ndi", None), ("eco", newest)]


@pytest.mark.parametrize(
    ("to", "kind"), [("4321", "nd"), ("71234", "pre"), ("+48500100200", "ndi"), (None, "ndi")]
)
async def test_the_number_written_to_decides_the_kind(
    client: httpx.AsyncClient, call: Call, to: str | None, kind: str
) -> None:
    assert await send_reply(client, to=to) == f"{kind}:1001"
    (item,) = (await call("messages/recived", type=kind))["items"]
    assert (item["type"], item["id"]) == (kind, 1001)


async def test_ids_count_within_their_kind(client: httpx.AsyncClient, call: Call) -> None:
    ids = [await send_reply(client, to=to) for to in ("4321", "+48500100200", "4321")]
    assert ids == ["nd:1001", "ndi:1001", "nd:1002"]


async def test_pages_come_with_their_count(client: httpx.AsyncClient, call: Call) -> None:
    for text in "abc":
        await send_reply(client, text)
    assert "paging" not in await call("messages/recived")
    page = await call("messages/recived", page=2, limit=2)
    assert (page["paging"], page["items"][0]["text"]) == ({"page": 2, "count": 2}, "c")
    down = await call("messages/recived", order="desc", limit=1)
    assert down["items"][0]["text"] == "c"


async def test_marking_as_read_confirms_the_messages(
    client: httpx.AsyncClient, call: Call, sandbox: Sandbox
) -> None:
    await send_reply(client, "a")
    await send_reply(client, "b")
    replies = sandbox.emulators["serwersms"].ledger.replies
    await call("messages/recived", read="true", limit=1)
    assert (replies.unconfirmed_ids, list(replies.confirmed)) == (["ndi:1002"], ["ndi:1001"])


async def test_an_unknown_kind_is_refused(call: Call) -> None:
    assert (await call("messages/recived", type="fax"))["error"]["code"] == 1006


async def test_messages_can_be_added_to_the_inbox(call: Call) -> None:
    await call("messages/send_nd", phone="500600700", text="SŁOWO tak")
    await call("messages/send_ndi", phone=PHONE, text="Hej", ndi_number="+48500100200")
    items = (await call("messages/recived", phone="500600700"))["items"]
    assert [(i["type"], i["text"]) for i in items] == [("nd", "SŁOWO tak"), ("ndi", "Hej")]
    assert (await call("messages/send_nd", phone=PHONE))["error"]["code"] == 2000


@pytest.mark.parametrize(
    ("sender", "kinds"),
    [("", ["eco"]), ("500100200", ["ndi"]), ("2waySMS", ["ndi"]), ("INFORMACJA", [])],
)
async def test_a_handset_replies_to_numbers_but_not_to_names(
    call: Call, clock: ManualClock, sender: str, kinds: list[str]
) -> None:
    await send_message(call, "+48500600791", sender=sender)
    clock.advance(10)
    items = (await call("messages/recived"))["items"]
    assert [item["type"] for item in items] == kinds


async def test_hostile_text_is_polled_unchanged(client: httpx.AsyncClient, call: Call) -> None:
    text = "\ud83d\x00\x1b[31m[b]ż😀"
    await send_reply(client, text)
    (item,) = (await call("messages/recived"))["items"]
    assert item["text"] == text


async def test_a_reply_is_pushed_with_its_macros_filled(
    client: httpx.AsyncClient, call: Call, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    await send_message(call)
    await send_reply(client, "Będę o 16 & #NUMER#")
    await sandbox.settle_all()
    (request,) = pushed
    assert (request.method, str(request.url).partition("?")[0]) == ("GET", HOOK)
    assert dict(request.url.params) == {
        "wiadomosc": "Będę o 16 & #NUMER#",
        "numer": PHONE,
        "data": "2026-03-04 09:00:00",
        "id": "1001",
        "type": "eco",
    }
    assert len((await call("messages/recived"))["items"]) == 1, "it stays readable"
    assert list(sandbox.emulators["serwersms"].ledger.replies.confirmed) == ["eco:1001"]


async def test_an_mms_is_posted_as_it_is_polled(
    client: httpx.AsyncClient, call: Call, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    picture = {"content_type": "image/png", "content": "QQ==", "name": "a.png"}
    await send_reply(client, "Zdjęcie", attachments=[picture])
    await sandbox.settle_all()
    (request,) = pushed
    (item,) = (await call("messages/recived"))["items"]
    assert (request.method, json.loads(request.content)) == ("POST", item)


async def test_a_report_is_pushed_to_the_address_of_its_message(
    call: Call, clock: ManualClock, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    template = "http://other/row-1?id=#SMSID#&s=#STAN#&d=#DATA#&r=#PRZYCZYNA#"
    message_id = await send_message(call, "+48690000005", dlr_url=template)
    clock.advance(3)
    await sandbox.settle_all()
    assert [dict(request.url.params) for request in pushed] == [
        {"id": message_id, "s": "sent", "d": "2026-03-04 09:00:00", "r": ""},
        {"id": message_id, "s": "undelivered", "d": "2026-03-04 09:00:01", "r": "wrong_number"},
    ]


async def test_reports_go_to_the_listener_by_default(
    call: Call, clock: ManualClock, sandbox: Sandbox, pushed: list[httpx.Request]
) -> None:
    message_id = await send_message(call)
    clock.advance(3)
    await sandbox.settle_all()
    last = pushed[-1].url
    assert str(last).startswith(f"{HOOK}?smsid={message_id}&stan=delivered&")
    assert len(sandbox.emulators["serwersms"].ledger.receipts.confirmed) == 2


def test_a_lone_surrogate_becomes_a_question_mark_in_an_address() -> None:
    assert fill_template("?t=#TEXT#", {"TEXT": "\ud83d"}) == "?t=%3F"
