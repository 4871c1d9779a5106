"""Test SmartSwitch: repeated parameters in one query, pushed receipts and replies."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest

from tui.sandbox.ledger import ReceiptMode
from tui.sandbox.smartswitch.emulator import SmartSwitch
from tui.sandbox.smartswitch.status_codes import Notation

if TYPE_CHECKING:
    from tests.sandbox.push_only.conftest import Receiver

PATH = "/smartswitch/api/message"
LOGIN = [("_login", "sandbox"), ("_password", "sandbox-secret")]
HANDSET = "12025550143"

Fields = dict[str, str]


async def send_messages(client: httpx.AsyncClient, *messages: Fields) -> httpx.Response:
    """Send messages in one request."""
    pairs = [*LOGIN, *(pair for message in messages for pair in message.items())]
    return await client.post(f"{PATH}?{urlencode(pairs)}")


async def send_message(client: httpx.AsyncClient, **fields: str) -> str:
    """Send one message with a receipt and return its id."""
    message = {"destination_number": HANDSET, "body": "Hello", "require_dlr": "1"}
    answer = await send_messages(client, message | fields)
    assert answer.json()["data"]["attributes"]["status"] == "ok"
    return str(answer.json()["data"]["id"])


async def push_states(receiver: Receiver, client: httpx.AsyncClient, number: str) -> list[str]:
    """Return the states that are pushed about a message to that number."""
    await send_message(client, destination_number=number)
    await receiver.pass_time(60)
    return [form["message_state"] for form in receiver.forms if "message_state" in form]


# sending


@pytest.mark.parametrize(
    "login",
    [
        [],
        [("_login", "sandbox")],
        [("_password", "sandbox-secret")],
        [("_login", "other"), ("_password", "sandbox-secret")],
        [("_login", "sandbox"), ("_password", "")],
    ],
)
async def test_bad_or_missing_credentials_are_an_authentication_error(
    client: httpx.AsyncClient, receiver: Receiver, login: list[tuple[str, str]]
) -> None:
    query = urlencode([*login, ("destination_number", HANDSET)])
    answer = await client.post(f"{PATH}?{query}")
    assert [error["code"] for error in answer.json()["errors"]] == ["authentication"]
    assert "data" not in answer.json()
    assert not receiver.get_ledger("smartswitch").accepted


@pytest.mark.parametrize("fields", [{"body": "Hello"}, {"destination_number": ""}])
async def test_a_missing_number_is_an_error_of_another_code(
    client: httpx.AsyncClient, fields: Fields
) -> None:
    answer = (await send_messages(client, fields)).json()
    assert set(answer) == {"errors"}
    assert set(answer["errors"][0]) == {"code", "title", "detail"}
    assert answer["errors"][0]["code"] != "authentication"


@pytest.mark.parametrize(
    "number", ["123456", "1234567890123456", "+12025550143", "0049x", "١٢٣٤٥٦٧٨", "12025550109"]
)
async def test_an_invalid_number_is_an_entry_with_an_error(
    client: httpx.AsyncClient, receiver: Receiver, number: str
) -> None:
    answer = (await send_messages(client, {"destination_number": number, "body": "Hello"})).json()
    assert answer["data"]["attributes"] == {
        "destination_number": number,
        "segments": 1,
        "status": "error",
    }
    assert not receiver.get_ledger("smartswitch").accepted


async def test_a_plus_in_the_query_is_a_blank(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{PATH}?{urlencode(LOGIN)}&destination_number=+{HANDSET}")
    assert answer.json()["data"]["attributes"]["status"] == "error"


async def test_a_partly_refused_batch_keeps_its_order(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    numbers = ("12025550143", "12", "12025550144")
    answer = await send_messages(
        client, *({"destination_number": n, "body": "Hello"} for n in numbers)
    )
    found = [entry["attributes"] for entry in answer.json()["data"]]
    assert [entry["destination_number"] for entry in found] == list(numbers)
    assert [entry["status"] for entry in found] == ["ok", "error", "ok"]
    assert [m.to for m in receiver.get_ledger("smartswitch").accepted.values()] == [
        numbers[0],
        numbers[2],
    ]


async def test_a_missing_value_shifts_the_later_ones(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    first, second = {"destination_number": "12025550143"}, {"destination_number": "12025550144"}
    await send_messages(client, first, {**second, "body": "meant for the second"})
    texts = {m.to: m.text for m in receiver.get_ledger("smartswitch").accepted.values()}
    assert texts == {"12025550143": "meant for the second", "12025550144": ""}


async def test_the_response_has_the_request_id_or_the_position(
    client: httpx.AsyncClient,
) -> None:
    number = {"destination_number": HANDSET}
    one = (await send_messages(client, {**number, "request_id": "desk-42"})).json()
    several = (await send_messages(client, {**number, "request_id": "desk-43"}, number)).json()
    assert one["data"]["meta"] == {"request_id": "desk-42"}
    assert [entry["meta"]["request_id"] for entry in several["data"]] == ["desk-43", "2"]


async def test_sending_the_same_text_twice_is_two_messages(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    ids = {await send_message(client, request_id="desk-42") for _ in range(2)}
    accepted = receiver.get_ledger("smartswitch").accepted
    assert len(ids) == 2 and set(accepted) == ids
    assert {m.reference for m in accepted.values()} == {"desk-42"}


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 135, 3),
    ],
)
async def test_the_response_contains_the_number_of_segments(
    client: httpx.AsyncClient, text: str, segments: int
) -> None:
    answer = await send_messages(client, {"destination_number": HANDSET, "body": text})
    assert answer.json()["data"]["attributes"]["segments"] == segments


async def test_a_form_body_is_accepted(client: httpx.AsyncClient, receiver: Receiver) -> None:
    await client.post(PATH, data=dict(LOGIN) | {"destination_number": HANDSET, "body": "Grüße 😊"})
    (message,) = receiver.get_ledger("smartswitch").accepted.values()
    assert (message.to, message.text) == (HANDSET, "Grüße 😊")


async def test_another_method_or_path_is_an_error_in_the_same_format(
    client: httpx.AsyncClient,
) -> None:
    answers = [await client.get(PATH), await client.post("/smartswitch/api/balance")]
    assert [answer.status_code for answer in answers] == [405, 404]
    assert all(set(answer.json()) == {"errors"} for answer in answers)


# receipts


async def test_receipts_are_pushed_as_forms_of_two_attributes(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    message_id = await send_message(client)
    await receiver.pass_time(2)
    states = ("accepted", "enroute", "delivered")
    assert receiver.forms == [
        {"message_id": message_id, "message_state": state} for state in states
    ]
    assert {str(request.url) for request in receiver.received} == {
        "http://desk/hooks/smartswitch/sandbox-hook"
    }
    assert {request.method for request in receiver.received} == {"POST"}
    assert {r.headers["content-type"] for r in receiver.received} == {
        "application/x-www-form-urlencoded"
    }
    receipts = receiver.get_ledger("smartswitch").receipts
    assert (len(receipts.confirmed), receipts.unconfirmed_ids) == (3, [])


@pytest.mark.parametrize(
    ("number", "last"),
    [
        ("12025550101", "enroute"),
        ("12025550102", "delivered"),
        ("12025550103", "expired"),
        ("12025550105", "undeliverable"),
        ("12025550106", "accepted"),
        ("12025550107", "unknown"),
        ("12025550108", "rejected"),
        ("12025550192", "expired"),
        ("12025550193", "undeliverable"),
        ("12025550194", "rejected"),
        ("12025550196", "enroute"),
        ("12025550197", "delivered"),
    ],
)
async def test_every_documented_state_can_be_reached(
    client: httpx.AsyncClient, receiver: Receiver, number: str, last: str
) -> None:
    assert (await push_states(receiver, client, number))[-1] == last


async def test_a_receipt_is_pushed_only_on_request(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    for fields in ("0", ""):
        await send_message(client, require_dlr=fields)
    await receiver.pass_time(60)
    assert receiver.received == []
    accepted = receiver.get_ledger("smartswitch").accepted.values()
    assert [m.status for m in accepted] == ["delivered", "delivered"]


async def test_a_ping_needs_no_text_and_gets_no_reply(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await send_message(client, destination_number="12025550191", body="", stealth_ping="1")
    await receiver.pass_time(60)
    assert [form["message_state"] for form in receiver.forms] == [
        "accepted",
        "enroute",
        "delivered",
    ]
    assert receiver.get_ledger("smartswitch").replies.confirmed == {}


async def test_receipts_can_be_duplicated(client: httpx.AsyncClient, receiver: Receiver) -> None:
    receiver.get_ledger("smartswitch").receipts.set_mode(ReceiptMode.DUPLICATED)
    states = await push_states(receiver, client, HANDSET)
    assert states == ["accepted", "accepted", "enroute", "enroute", "delivered", "delivered"]


async def test_receipts_can_be_pushed_out_of_order(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.get_ledger("smartswitch").receipts.set_mode(ReceiptMode.OUT_OF_ORDER)
    states = await push_states(receiver, client, HANDSET)
    assert states == ["delivered", "enroute", "accepted"]


async def test_held_receipts_are_pushed_when_the_mode_changes(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    receipts = receiver.get_ledger("smartswitch").receipts
    receipts.set_mode(ReceiptMode.HELD)
    assert await push_states(receiver, client, HANDSET) == []
    receipts.set_mode(ReceiptMode.NORMAL)
    await receiver.pass_time(0)
    assert receiver.forms[-1]["message_state"] == "delivered"


@pytest.mark.parametrize(
    ("notation", "body"),
    [
        (Notation.FORM, b"message_id=%s&message_state=accepted"),
        (Notation.LINES, b"message_id=%s\nmessage_state=accepted"),
        (Notation.JSON, b'{"message_id": "%s", "message_state": "accepted"}'),
    ],
)
async def test_the_notation_of_receipts_is_configurable(
    client: httpx.AsyncClient, receiver: Receiver, notation: Notation, body: bytes
) -> None:
    switch = receiver.sandbox.emulators["smartswitch"]
    assert isinstance(switch, SmartSwitch)
    switch.notation = notation
    message_id = await send_message(client, destination_number="12025550106")
    await receiver.pass_time(2)
    assert [request.content for request in receiver.received] == [body % message_id.encode()]


async def test_an_unanswered_receipt_is_repeated_four_times(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.statuses = [500, 302, 404, 503, 500]
    await send_message(client, destination_number="12025550106")
    heard = []
    for pause in (2, 4.9, 0.1, 30, 120, 600, 9999):
        await receiver.pass_time(pause)
        heard.append(len(receiver.received))
    assert heard == [1, 1, 2, 3, 4, 5, 5]
    pushes = receiver.get_ledger("smartswitch").pushes
    assert (pushes.delivered, pushes.pending, pushes.abandoned) == (0, 0, 1)
    assert len(receiver.get_ledger("smartswitch").receipts.unconfirmed_ids) == 1


# replies


async def test_a_reply_is_pushed_as_a_form_with_an_id_of_its_own(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    message_id = await send_message(client, source_number="12025550199", require_dlr="0")
    inbound = {"provider": "smartswitch", "from": f"+{HANDSET}", "text": "On my way"}
    answer = await client.post("/_sandbox/inbound", json=inbound)
    await receiver.pass_time(0)
    reply_id = answer.json()["id"]
    assert reply_id != message_id
    assert receiver.forms == [
        {
            "source_number": HANDSET,
            "destination_number": "12025550199",
            "body": "On my way",
            "message_id": reply_id,
        }
    ]
    assert list(receiver.get_ledger("smartswitch").replies.confirmed) == [reply_id]


async def test_an_unsolicited_message_goes_to_the_default_number(receiver: Receiver) -> None:
    receiver.sandbox.emulators["smartswitch"].receive_message("PARCEL", None, "Hi", ())
    await receiver.pass_time(0)
    (form,) = receiver.forms
    assert (form["source_number"], form["destination_number"]) == ("PARCEL", "12025550100")


@pytest.mark.parametrize(
    ("sender", "answers"),
    [
        ({"source_name": "RepairDesk"}, 0),
        ({"source_name": "RepairDesk", "source_number": "12025550199"}, 1),
        ({}, 1),
    ],
)
async def test_a_sender_name_gets_no_reply(
    client: httpx.AsyncClient, receiver: Receiver, sender: Fields, answers: int
) -> None:
    await send_message(client, destination_number="12025550191", require_dlr="0", **sender)
    await receiver.pass_time(60)
    own = sender.get("source_number", "12025550100")
    assert [form["destination_number"] for form in receiver.forms] == [own] * answers


async def test_a_stop_message_blocks_the_number(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await send_message(client, destination_number="12025550195", require_dlr="0")
    await receiver.pass_time(60)
    assert receiver.forms[-1]["body"] == "STOP"
    assert await push_states(receiver, client, "12025550195") == ["rejected"]


async def test_hostile_text_is_pushed_unchanged(receiver: Receiver) -> None:
    text = "\ud83d \0 \x1b[31m [/] \u202e"
    receiver.sandbox.emulators["smartswitch"].receive_message(HANDSET, None, text, ())
    await receiver.pass_time(0)
    assert b"body=%ED%A0%BD+%00+%1B%5B31m+%5B%2F%5D+%E2%80%AE" in receiver.received[0].content


async def test_the_front_page_lists_the_numbers_with_a_fixed_status(
    client: httpx.AsyncClient,
) -> None:
    assert "+12025550101 to 108 end with that SMPP state" in (await client.get("/")).text
