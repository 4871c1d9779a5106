"""SmartSwitch: parameters repeated in one query, receipts and replies pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest

from tui.sandbox.ledger import ReceiptMode
from tui.sandbox.smartswitch.emulator import SmartSwitch
from tui.sandbox.smartswitch.status_codes import Notation

if TYPE_CHECKING:
    from tests.sandbox.push_only.conftest import Desk

PATH = "/smartswitch/api/message"
LOGIN = [("_login", "sandbox"), ("_password", "sandbox-secret")]
HANDSET = "12025550143"

Fields = dict[str, str]


async def send(client: httpx.AsyncClient, *messages: Fields) -> httpx.Response:
    """Send messages in one request."""
    pairs = [*LOGIN, *(pair for message in messages for pair in message.items())]
    return await client.post(f"{PATH}?{urlencode(pairs)}")


async def send_one(client: httpx.AsyncClient, **fields: str) -> str:
    """Send one message with a receipt; its id."""
    message = {"destination_number": HANDSET, "body": "Hello", "require_dlr": "1"}
    answer = await send(client, message | fields)
    assert answer.json()["data"]["attributes"]["status"] == "ok"
    return str(answer.json()["data"]["id"])


async def states_of(desk: Desk, client: httpx.AsyncClient, number: str) -> list[str]:
    """The states that are pushed about a message to that number."""
    await send_one(client, destination_number=number)
    await desk.pass_time(60)
    return [form["message_state"] for form in desk.forms if "message_state" in form]


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
    client: httpx.AsyncClient, desk: Desk, login: list[tuple[str, str]]
) -> None:
    query = urlencode([*login, ("destination_number", HANDSET)])
    answer = await client.post(f"{PATH}?{query}")
    assert [error["code"] for error in answer.json()["errors"]] == ["authentication"]
    assert "data" not in answer.json()
    assert not desk.ledger("smartswitch").accepted


@pytest.mark.parametrize("fields", [{"body": "Hello"}, {"destination_number": ""}])
async def test_a_missing_number_is_an_error_of_another_code(
    client: httpx.AsyncClient, fields: Fields
) -> None:
    answer = (await send(client, fields)).json()
    assert set(answer) == {"errors"}
    assert set(answer["errors"][0]) == {"code", "title", "detail"}
    assert answer["errors"][0]["code"] != "authentication"


@pytest.mark.parametrize(
    "number", ["123456", "1234567890123456", "+12025550143", "0049x", "١٢٣٤٥٦٧٨", "12025550109"]
)
async def test_a_number_that_cannot_be_sent_to_is_an_entry_with_an_error(
    client: httpx.AsyncClient, desk: Desk, number: str
) -> None:
    answer = (await send(client, {"destination_number": number, "body": "Hello"})).json()
    assert answer["data"]["attributes"] == {
        "destination_number": number,
        "segments": 1,
        "status": "error",
    }
    assert not desk.ledger("smartswitch").accepted


async def test_a_plus_in_the_query_is_a_blank_and_no_digit(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{PATH}?{urlencode(LOGIN)}&destination_number=+{HANDSET}")
    assert answer.json()["data"]["attributes"]["status"] == "error"


async def test_a_batch_can_be_half_sent_and_keeps_its_order(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    numbers = ("12025550143", "12", "12025550144")
    answer = await send(client, *({"destination_number": n, "body": "Hello"} for n in numbers))
    found = [entry["attributes"] for entry in answer.json()["data"]]
    assert [entry["destination_number"] for entry in found] == list(numbers)
    assert [entry["status"] for entry in found] == ["ok", "error", "ok"]
    assert [m.to for m in desk.ledger("smartswitch").accepted.values()] == [numbers[0], numbers[2]]


async def test_a_value_left_out_in_the_middle_shifts_the_later_ones(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    first, second = {"destination_number": "12025550143"}, {"destination_number": "12025550144"}
    await send(client, first, {**second, "body": "meant for the second"})
    texts = {m.to: m.text for m in desk.ledger("smartswitch").accepted.values()}
    assert texts == {"12025550143": "meant for the second", "12025550144": ""}


async def test_an_own_request_id_is_handed_back_and_else_the_place(
    client: httpx.AsyncClient,
) -> None:
    number = {"destination_number": HANDSET}
    one = (await send(client, {**number, "request_id": "desk-42"})).json()
    several = (await send(client, {**number, "request_id": "desk-43"}, number)).json()
    assert one["data"]["meta"] == {"request_id": "desk-42"}
    assert [entry["meta"]["request_id"] for entry in several["data"]] == ["desk-43", "2"]


async def test_sending_the_same_twice_is_two_acceptances(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    ids = {await send_one(client, request_id="desk-42") for _ in range(2)}
    accepted = desk.ledger("smartswitch").accepted
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
async def test_the_answer_tells_the_segments(
    client: httpx.AsyncClient, text: str, segments: int
) -> None:
    answer = await send(client, {"destination_number": HANDSET, "body": text})
    assert answer.json()["data"]["attributes"]["segments"] == segments


async def test_a_form_body_is_read_as_well(client: httpx.AsyncClient, desk: Desk) -> None:
    await client.post(PATH, data=dict(LOGIN) | {"destination_number": HANDSET, "body": "Grüße 😊"})
    (message,) = desk.ledger("smartswitch").accepted.values()
    assert (message.to, message.text) == (HANDSET, "Grüße 😊")


async def test_another_method_or_path_is_an_error_in_the_same_form(
    client: httpx.AsyncClient,
) -> None:
    answers = [await client.get(PATH), await client.post("/smartswitch/api/balance")]
    assert [answer.status_code for answer in answers] == [405, 404]
    assert all(set(answer.json()) == {"errors"} for answer in answers)


# receipts


async def test_receipts_are_pushed_as_forms_of_two_attributes(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    message_id = await send_one(client)
    await desk.pass_time(2)
    states = ("accepted", "enroute", "delivered")
    assert desk.forms == [{"message_id": message_id, "message_state": state} for state in states]
    assert {str(request.url) for request in desk.heard} == {
        "http://desk/hooks/smartswitch/sandbox-hook"
    }
    assert {request.method for request in desk.heard} == {"POST"}
    assert {r.headers["content-type"] for r in desk.heard} == {"application/x-www-form-urlencoded"}
    receipts = desk.ledger("smartswitch").receipts
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
    client: httpx.AsyncClient, desk: Desk, number: str, last: str
) -> None:
    assert (await states_of(desk, client, number))[-1] == last


async def test_no_receipt_comes_unless_one_was_asked_for(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    for wish in ("0", ""):
        await send_one(client, require_dlr=wish)
    await desk.pass_time(60)
    assert desk.heard == []
    accepted = desk.ledger("smartswitch").accepted.values()
    assert [m.status for m in accepted] == ["delivered", "delivered"]


async def test_a_ping_needs_no_text_shows_nothing_and_is_answered_by_nobody(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    await send_one(client, destination_number="12025550191", body="", stealth_ping="1")
    await desk.pass_time(60)
    assert [form["message_state"] for form in desk.forms] == ["accepted", "enroute", "delivered"]
    assert desk.ledger("smartswitch").replies.confirmed == {}


async def test_receipts_can_come_twice(client: httpx.AsyncClient, desk: Desk) -> None:
    desk.ledger("smartswitch").receipts.set_mode(ReceiptMode.DUPLICATED)
    states = await states_of(desk, client, HANDSET)
    assert states == ["accepted", "accepted", "enroute", "enroute", "delivered", "delivered"]


async def test_receipts_can_come_out_of_order(client: httpx.AsyncClient, desk: Desk) -> None:
    desk.ledger("smartswitch").receipts.set_mode(ReceiptMode.OUT_OF_ORDER)
    states = await states_of(desk, client, HANDSET)
    assert states == ["delivered", "enroute", "accepted"]


async def test_held_receipts_are_pushed_when_the_mode_changes(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    receipts = desk.ledger("smartswitch").receipts
    receipts.set_mode(ReceiptMode.HELD)
    assert await states_of(desk, client, HANDSET) == []
    receipts.set_mode(ReceiptMode.NORMAL)
    await desk.pass_time(0)
    assert desk.forms[-1]["message_state"] == "delivered"


@pytest.mark.parametrize(
    ("notation", "body"),
    [
        (Notation.FORM, b"message_id=%s&message_state=accepted"),
        (Notation.LINES, b"message_id=%s\nmessage_state=accepted"),
        (Notation.JSON, b'{"message_id": "%s", "message_state": "accepted"}'),
    ],
)
async def test_the_operator_can_change_how_receipts_are_written(
    client: httpx.AsyncClient, desk: Desk, notation: Notation, body: bytes
) -> None:
    switch = desk.sandbox.emulators["smartswitch"]
    assert isinstance(switch, SmartSwitch)
    switch.notation = notation
    message_id = await send_one(client, destination_number="12025550106")
    await desk.pass_time(2)
    assert [request.content for request in desk.heard] == [body % message_id.encode()]


async def test_an_unanswered_receipt_is_repeated_four_times_then_given_up(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    desk.statuses = [500, 302, 404, 503, 500]
    await send_one(client, destination_number="12025550106")
    heard = []
    for pause in (2, 4.9, 0.1, 30, 120, 600, 9999):
        await desk.pass_time(pause)
        heard.append(len(desk.heard))
    assert heard == [1, 1, 2, 3, 4, 5, 5]
    pushes = desk.ledger("smartswitch").pushes
    assert (pushes.delivered, pushes.pending, pushes.abandoned) == (0, 0, 1)
    assert len(desk.ledger("smartswitch").receipts.unconfirmed_ids) == 1


# replies


async def test_a_reply_is_pushed_as_a_form_with_an_id_of_its_own(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    message_id = await send_one(client, source_number="12025550199", require_dlr="0")
    inbound = {"provider": "smartswitch", "from": f"+{HANDSET}", "text": "On my way"}
    answer = await client.post("/_sandbox/inbound", json=inbound)
    await desk.pass_time(0)
    reply_id = answer.json()["id"]
    assert reply_id != message_id
    assert desk.forms == [
        {
            "source_number": HANDSET,
            "destination_number": "12025550199",
            "body": "On my way",
            "message_id": reply_id,
        }
    ]
    assert list(desk.ledger("smartswitch").replies.confirmed) == [reply_id]


async def test_a_message_out_of_the_blue_goes_to_the_default_number(desk: Desk) -> None:
    desk.sandbox.emulators["smartswitch"].receive_message("PARCEL", None, "Hi", ())
    await desk.pass_time(0)
    (form,) = desk.forms
    assert (form["source_number"], form["destination_number"]) == ("PARCEL", "12025550100")


@pytest.mark.parametrize(
    ("sender", "answers"),
    [
        ({"source_name": "RepairDesk"}, 0),
        ({"source_name": "RepairDesk", "source_number": "12025550199"}, 1),
        ({}, 1),
    ],
)
async def test_a_name_alone_cannot_be_answered(
    client: httpx.AsyncClient, desk: Desk, sender: Fields, answers: int
) -> None:
    await send_one(client, destination_number="12025550191", require_dlr="0", **sender)
    await desk.pass_time(60)
    own = sender.get("source_number", "12025550100")
    assert [form["destination_number"] for form in desk.forms] == [own] * answers


async def test_who_texts_stop_gets_nothing_more(client: httpx.AsyncClient, desk: Desk) -> None:
    await send_one(client, destination_number="12025550195", require_dlr="0")
    await desk.pass_time(60)
    assert desk.forms[-1]["body"] == "STOP"
    assert await states_of(desk, client, "12025550195") == ["rejected"]


async def test_hostile_text_is_pushed_as_the_bytes_it_has(desk: Desk) -> None:
    text = "\ud83d \0 \x1b[31m [/] \u202e"
    desk.sandbox.emulators["smartswitch"].receive_message(HANDSET, None, text, ())
    await desk.pass_time(0)
    assert b"body=%ED%A0%BD+%00+%1B%5B31m+%5B%2F%5D+%E2%80%AE" in desk.heard[0].content


async def test_the_front_page_tells_of_the_numbers_with_a_fixed_end(
    client: httpx.AsyncClient,
) -> None:
    assert "+12025550101 to 108 end with that SMPP state" in (await client.get("/")).text
