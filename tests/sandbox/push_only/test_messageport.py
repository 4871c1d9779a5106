"""MessagePort: a form that answers without an id, everything else pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tui.clock import DAY, SECOND
from tui.sandbox.ledger import AcceptedMessage, ReceiptMode
from tui.sandbox.messageport.emulator import MessagePort

if TYPE_CHECKING:
    from tests.sandbox.push_only.conftest import Desk

MESSAGES = "/messageport/rest/v1/messages"
USERS = "/messageport/rest/v1/users"
KEY = ("sandbox", "sandbox-secret")
HANDSET = "61491570156"

Fields = dict[str, str]


async def post(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Send a message with these fields."""
    form = {"number": HANDSET, "message": "Hello", "reference": "m-000117"} | fields
    return await client.post(MESSAGES, data=form, auth=KEY)


async def send(client: httpx.AsyncClient, **fields: str) -> None:
    """Send a message that is taken."""
    answer = await post(client, **fields)
    assert (answer.status_code, answer.json()) == (200, {"code": 200, "errors": 0, "message": ""})


def accepted(desk: Desk) -> list[AcceptedMessage]:
    """What was truly taken."""
    return list(desk.ledger("messageport").accepted.values())


def account(desk: Desk) -> MessagePort:
    """The emulator."""
    emulator = desk.sandbox.emulators["messageport"]
    assert isinstance(emulator, MessagePort)
    return emulator


# requests


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic c2FuZGJveDpvdGhlcg=="},
        {"Authorization": "Bearer c2FuZGJveDpzYW5kYm94LXNlY3JldA=="},
    ],
)
@pytest.mark.parametrize("path", [MESSAGES, USERS, "/messageport/rest/v1/nothing"])
async def test_bad_or_missing_credentials_come_before_everything_else(
    client: httpx.AsyncClient, path: str, header: Fields
) -> None:
    for method in ("GET", "POST"):
        answer = await client.request(method, path, headers=header)
        assert answer.status_code == 403
        assert answer.json() == {"errors": {"auth": "Authentication failed."}, "code": 403}


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", MESSAGES), ("DELETE", MESSAGES), ("POST", USERS)]
)
async def test_another_method_is_named_in_its_error(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await client.request(method, path, auth=KEY)
    assert answer.status_code == 405
    assert answer.json()["message"] == f"{method} Method Not Allowed"


async def test_another_path_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/messageport/rest/v1/inbounds", auth=KEY)
    assert (answer.status_code, answer.json()["code"]) == (404, 404)


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"number": ""}, {"number"}),
        ({"message": ""}, {"message"}),
        ({"number": "", "message": ""}, {"number", "message"}),
        ({"number": "+61491570156"}, {"number"}),
        ({"number": "6149 157 0156"}, {"number"}),
        ({"number": "٦١٤٩١٥٧٠١٥٦"}, {"number"}),
        ({"senderid": "ElevenChars"}, {"senderid"}),
        ({"senderid": "Two Words"}, {"senderid"}),
        ({"senderid": "12345678901234567"}, {"senderid"}),
    ],
)
async def test_a_bad_field_has_its_errors_under_children_and_a_good_one_an_empty_list(
    client: httpx.AsyncClient, desk: Desk, fields: Fields, bad: set[str]
) -> None:
    answer = await post(client, **fields)
    assert answer.status_code == 400
    children = answer.json()["errors"]["children"]
    assert list(children) == ["message", "number", "senderid", "reference"]
    assert {name for name, found in children.items() if found != []} == bad
    assert all(list(children[name]) == ["errors"] for name in bad)
    assert accepted(desk) == []


async def test_fields_of_a_query_or_a_json_body_are_not_seen(client: httpx.AsyncClient) -> None:
    fields = {"number": HANDSET, "message": "Hello"}
    for answer in (
        await client.post(MESSAGES, params=fields, auth=KEY),
        await client.post(MESSAGES, json=fields, auth=KEY),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"]["children"]["number"] != []


@pytest.mark.parametrize("sender", ["", "RepairDesk", "1234567890123456", "61491570157"])
async def test_a_sender_is_up_to_ten_letters_and_digits_or_sixteen_digits(
    client: httpx.AsyncClient, desk: Desk, sender: str
) -> None:
    await send(client, senderid=sender)
    assert [m.sender for m in accepted(desk)] == [sender]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": "4915112345678", "message": ""}, 400),
        ({"number": "0491570156"}, 409),
        ({"number": "12025550143"}, 409),
        ({"number": "61400000406"}, 406),
        ({"number": "61400000402"}, 402),
    ],
)
async def test_checks_run_in_the_order_form_country_opt_out_credits(
    client: httpx.AsyncClient, desk: Desk, fields: Fields, code: int
) -> None:
    account(desk).credits = 0
    answer = await post(client, **fields)
    assert (answer.status_code, answer.json()["code"]) == (code, code)
    assert accepted(desk) == []


async def test_new_zealand_is_supported(client: httpx.AsyncClient, desk: Desk) -> None:
    await send(client, number="64211234567")
    assert [m.to for m in accepted(desk)] == ["64211234567"]


@pytest.mark.parametrize(("length", "credits"), [(1, 1), (160, 1), (161, 2), (320, 2), (321, 3)])
async def test_every_160_characters_cost_a_credit(
    client: httpx.AsyncClient, desk: Desk, length: int, credits: int
) -> None:
    account(desk).credits = 250
    await send(client, message="a" * length)
    assert (await client.get(USERS, auth=KEY)).json()["credits"] == 250 - credits


async def test_a_message_dearer_than_what_is_left_is_refused(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    account(desk).credits = 1
    assert (await post(client, message="a" * 161)).status_code == 402
    await send(client)
    assert (await post(client)).status_code == 402


async def test_sending_the_same_twice_is_two_acceptances(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    await send(client)
    await send(client)
    assert [m.reference for m in accepted(desk)] == ["m-000117"] * 2
    assert len({m.id for m in accepted(desk)}) == 2


# receipts


async def test_the_one_receipt_has_the_reference_and_the_accounts_local_time(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    await send(client)
    await desk.pass_time(60)
    (push,) = desk.heard
    assert (push.method, str(push.url)) == ("POST", "http://desk/hooks/messageport/sandbox-hook")
    assert push.headers["content-type"] == "application/x-www-form-urlencoded"
    assert desk.forms == [
        {
            "reference": "m-000117",
            "description": "DELIVERED",
            "time": "2026-03-04 19:00:01",
            "timezone": "Australia/Sydney",
        }
    ]
    receipts = desk.ledger("messageport").receipts
    assert (len(receipts.confirmed), receipts.unconfirmed_ids) == (1, [])


async def test_times_follow_the_zone_through_the_year(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    await desk.pass_time(90 * DAY / SECOND)
    await send(client)
    await desk.pass_time(60)
    assert desk.forms[0]["time"] == "2026-06-02 18:00:01"


@pytest.mark.parametrize(
    ("number", "descriptions"),
    [
        ("61491570156", ["DELIVERED"]),
        ("61491570197", ["DELIVERED"]),
        ("61491570192", ["FAILED"]),
        ("61491570193", ["FAILED"]),
        ("61491570194", ["FAILED"]),
        ("61491570196", []),
    ],
)
async def test_only_an_end_is_reported_and_without_a_reason(
    client: httpx.AsyncClient, desk: Desk, number: str, descriptions: list[str]
) -> None:
    await send(client, number=number)
    assert accepted(desk)[0].status == "sent"
    await desk.pass_time(60)
    assert [form["description"] for form in desk.forms] == descriptions
    assert accepted(desk)[0].status == (descriptions or ["sent"])[0]


async def test_a_message_without_a_reference_has_a_receipt_without_one(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    await send(client, reference="")
    await desk.pass_time(60)
    assert desk.forms[0]["reference"] == ""


async def test_a_receipt_can_come_twice(client: httpx.AsyncClient, desk: Desk) -> None:
    desk.ledger("messageport").receipts.set_mode(ReceiptMode.DUPLICATED)
    await send(client)
    await desk.pass_time(60)
    assert len(desk.forms) == 2 and desk.forms[0] == desk.forms[1]


async def test_a_push_is_repeated_twenty_times_with_short_pauses_then_given_up(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    desk.statuses = [500] * 99
    await send(client)
    for _ in range(120):
        await desk.pass_time(1)
    pushes = desk.ledger("messageport").pushes
    assert len(desk.heard) == 21
    assert (pushes.delivered, pushes.pending, pushes.abandoned) == (0, 0, 1)


async def test_a_push_ends_with_the_first_2xx(client: httpx.AsyncClient, desk: Desk) -> None:
    desk.statuses = [302, 404, 204]
    await send(client)
    for _ in range(60):
        await desk.pass_time(1)
    assert len(desk.heard) == 3
    assert desk.ledger("messageport").pushes.delivered == 1


# replies


async def test_a_reply_has_the_reference_of_the_latest_message_and_the_number(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    for reference in ("m-000117", "m-000118"):
        await send(client, reference=reference, number="61491570196")
    inbound = {"provider": "messageport", "from": "+61491570196", "text": "Yes please"}
    answer = await client.post("/_sandbox/inbound", json=inbound)
    await desk.pass_time(0)
    assert desk.forms == [
        {
            "reference": "m-000118",
            "message": "Yes please",
            "number": "61491570196",
            "time": "2026-03-04 19:00:00",
            "timezone": "Australia/Sydney",
        }
    ]
    assert list(desk.ledger("messageport").replies.confirmed) == [answer.json()["id"]]


async def test_a_message_out_of_the_blue_has_an_empty_reference(desk: Desk) -> None:
    desk.sandbox.emulators["messageport"].receive_message("+61491570156", None, "Hi", ())
    await desk.pass_time(0)
    assert (desk.forms[0]["reference"], desk.forms[0]["message"]) == ("", "Hi")


@pytest.mark.parametrize(("sender", "answers"), [("", 1), ("61491570157", 1), ("RepairDesk", 0)])
async def test_a_sender_name_cannot_be_answered(
    client: httpx.AsyncClient, desk: Desk, sender: str, answers: int
) -> None:
    await send(client, number="61491570191", senderid=sender)
    await desk.pass_time(60)
    assert sum("message" in form for form in desk.forms) == answers


async def test_who_texts_stop_is_on_the_opt_out_list(client: httpx.AsyncClient, desk: Desk) -> None:
    await send(client, number="61491570195")
    await desk.pass_time(60)
    assert desk.forms[-1]["message"] == "STOP"
    answer = await post(client, number="61491570195")
    assert answer.json() == {"code": 406, "errors": 406, "message": "Number is opted out"}


async def test_hostile_text_is_pushed_as_the_bytes_it_has(desk: Desk) -> None:
    desk.sandbox.emulators["messageport"].receive_message(
        HANDSET, None, "\ud83d \0 \x1b[31m [/]", ()
    )
    await desk.pass_time(0)
    assert b"message=%ED%A0%BD+%00+%1B%5B31m+%5B%2F%5D&" in desk.heard[0].content


async def test_the_front_page_tells_of_the_numbers_with_a_fixed_answer(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/")).text
    assert "+61400000402 finds no credits, +61400000406 is opted out" in page
