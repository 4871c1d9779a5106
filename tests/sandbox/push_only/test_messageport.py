"""Test MessagePort: a form that is answered without an id, and pushes for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tui.clock import DAY, SECOND
from tui.sandbox.ledger import AcceptedMessage, ReceiptMode
from tui.sandbox.messageport.emulator import MessagePort

if TYPE_CHECKING:
    from tests.sandbox.push_only.conftest import Receiver

MESSAGES = "/messageport/rest/v1/messages"
USERS = "/messageport/rest/v1/users"
KEY = ("sandbox", "sandbox-secret")
HANDSET = "61491570156"

Fields = dict[str, str]


async def post_message(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Send a message with these fields."""
    form = {"number": HANDSET, "message": "Hello", "reference": "m-000117"} | fields
    return await client.post(MESSAGES, data=form, auth=KEY)


async def send_message(client: httpx.AsyncClient, **fields: str) -> None:
    """Send a message that is accepted."""
    answer = await post_message(client, **fields)
    assert (answer.status_code, answer.json()) == (200, {"code": 200, "errors": 0, "message": ""})


def list_accepted(receiver: Receiver) -> list[AcceptedMessage]:
    """Return the messages that were accepted."""
    return list(receiver.get_ledger("messageport").accepted.values())


def get_emulator(receiver: Receiver) -> MessagePort:
    """Return the emulator."""
    emulator = receiver.sandbox.emulators["messageport"]
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
    client: httpx.AsyncClient, receiver: Receiver, fields: Fields, bad: set[str]
) -> None:
    answer = await post_message(client, **fields)
    assert answer.status_code == 400
    children = answer.json()["errors"]["children"]
    assert list(children) == ["message", "number", "senderid", "reference"]
    assert {name for name, found in children.items() if found != []} == bad
    assert all(list(children[name]) == ["errors"] for name in bad)
    assert list_accepted(receiver) == []


async def test_fields_of_a_query_or_a_json_body_are_ignored(client: httpx.AsyncClient) -> None:
    fields = {"number": HANDSET, "message": "Hello"}
    for answer in (
        await client.post(MESSAGES, params=fields, auth=KEY),
        await client.post(MESSAGES, json=fields, auth=KEY),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"]["children"]["number"] != []


@pytest.mark.parametrize("sender", ["", "RepairDesk", "1234567890123456", "61491570157"])
async def test_a_sender_has_up_to_ten_alphanumeric_characters_or_sixteen_digits(
    client: httpx.AsyncClient, receiver: Receiver, sender: str
) -> None:
    await send_message(client, senderid=sender)
    assert [m.sender for m in list_accepted(receiver)] == [sender]


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
    client: httpx.AsyncClient, receiver: Receiver, fields: Fields, code: int
) -> None:
    get_emulator(receiver).credits = 0
    answer = await post_message(client, **fields)
    assert (answer.status_code, answer.json()["code"]) == (code, code)
    assert list_accepted(receiver) == []


async def test_new_zealand_is_supported(client: httpx.AsyncClient, receiver: Receiver) -> None:
    await send_message(client, number="64211234567")
    assert [m.to for m in list_accepted(receiver)] == ["64211234567"]


@pytest.mark.parametrize(("length", "credits"), [(1, 1), (160, 1), (161, 2), (320, 2), (321, 3)])
async def test_every_160_characters_cost_a_credit(
    client: httpx.AsyncClient, receiver: Receiver, length: int, credits: int
) -> None:
    get_emulator(receiver).credits = 250
    await send_message(client, message="a" * length)
    assert (await client.get(USERS, auth=KEY)).json()["credits"] == 250 - credits


async def test_a_message_above_the_remaining_credits_is_refused(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    get_emulator(receiver).credits = 1
    assert (await post_message(client, message="a" * 161)).status_code == 402
    await send_message(client)
    assert (await post_message(client)).status_code == 402


async def test_sending_the_same_text_twice_is_two_messages(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await send_message(client)
    await send_message(client)
    assert [m.reference for m in list_accepted(receiver)] == ["m-000117"] * 2
    assert len({m.id for m in list_accepted(receiver)}) == 2


# receipts


async def test_the_receipt_has_the_reference_and_the_local_time_of_the_account(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await send_message(client)
    await receiver.pass_time(60)
    (push,) = receiver.received
    assert (push.method, str(push.url)) == ("POST", "http://desk/hooks/messageport/sandbox-hook")
    assert push.headers["content-type"] == "application/x-www-form-urlencoded"
    assert receiver.forms == [
        {
            "reference": "m-000117",
            "description": "DELIVERED",
            "time": "2026-03-04 19:00:01",
            "timezone": "Australia/Sydney",
        }
    ]
    receipts = receiver.get_ledger("messageport").receipts
    assert (len(receipts.confirmed), receipts.unconfirmed_ids) == (1, [])


async def test_times_follow_the_zone_through_the_year(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await receiver.pass_time(90 * DAY / SECOND)
    await send_message(client)
    await receiver.pass_time(60)
    assert receiver.forms[0]["time"] == "2026-06-02 18:00:01"


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
async def test_only_a_final_status_is_reported_without_a_reason(
    client: httpx.AsyncClient, receiver: Receiver, number: str, descriptions: list[str]
) -> None:
    await send_message(client, number=number)
    assert list_accepted(receiver)[0].status == "sent"
    await receiver.pass_time(60)
    assert [form["description"] for form in receiver.forms] == descriptions
    assert list_accepted(receiver)[0].status == (descriptions or ["sent"])[0]


async def test_a_message_without_a_reference_has_a_receipt_without_one(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await send_message(client, reference="")
    await receiver.pass_time(60)
    assert receiver.forms[0]["reference"] == ""


async def test_a_receipt_can_be_duplicated(client: httpx.AsyncClient, receiver: Receiver) -> None:
    receiver.get_ledger("messageport").receipts.set_mode(ReceiptMode.DUPLICATED)
    await send_message(client)
    await receiver.pass_time(60)
    assert len(receiver.forms) == 2 and receiver.forms[0] == receiver.forms[1]


async def test_a_push_is_repeated_twenty_times(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.statuses = [500] * 99
    await send_message(client)
    for _ in range(120):
        await receiver.pass_time(1)
    pushes = receiver.get_ledger("messageport").pushes
    assert len(receiver.received) == 21
    assert (pushes.delivered, pushes.pending, pushes.abandoned) == (0, 0, 1)


async def test_a_push_ends_with_the_first_2xx(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.statuses = [302, 404, 204]
    await send_message(client)
    for _ in range(60):
        await receiver.pass_time(1)
    assert len(receiver.received) == 3
    assert receiver.get_ledger("messageport").pushes.delivered == 1


# replies


async def test_a_reply_has_the_reference_of_the_latest_message_and_the_number(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    for reference in ("m-000117", "m-000118"):
        await send_message(client, reference=reference, number="61491570196")
    inbound = {"provider": "messageport", "from": "+61491570196", "text": "Yes please"}
    answer = await client.post("/_sandbox/inbound", json=inbound)
    await receiver.pass_time(0)
    assert receiver.forms == [
        {
            "reference": "m-000118",
            "message": "Yes please",
            "number": "61491570196",
            "time": "2026-03-04 19:00:00",
            "timezone": "Australia/Sydney",
        }
    ]
    assert list(receiver.get_ledger("messageport").replies.confirmed) == [answer.json()["id"]]


async def test_an_unsolicited_message_has_an_empty_reference(receiver: Receiver) -> None:
    receiver.sandbox.emulators["messageport"].receive_message("+61491570156", None, "Hi", ())
    await receiver.pass_time(0)
    assert (receiver.forms[0]["reference"], receiver.forms[0]["message"]) == ("", "Hi")


@pytest.mark.parametrize(("sender", "answers"), [("", 1), ("61491570157", 1), ("RepairDesk", 0)])
async def test_a_sender_name_gets_no_reply(
    client: httpx.AsyncClient, receiver: Receiver, sender: str, answers: int
) -> None:
    await send_message(client, number="61491570191", senderid=sender)
    await receiver.pass_time(60)
    assert sum("message" in form for form in receiver.forms) == answers


async def test_a_stop_message_adds_the_number_to_the_opt_out_list(
    client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await send_message(client, number="61491570195")
    await receiver.pass_time(60)
    assert receiver.forms[-1]["message"] == "STOP"
    answer = await post_message(client, number="61491570195")
    assert answer.json() == {"code": 406, "errors": 406, "message": "Number is opted out"}


async def test_hostile_text_is_pushed_unchanged(receiver: Receiver) -> None:
    receiver.sandbox.emulators["messageport"].receive_message(
        HANDSET, None, "\ud83d \0 \x1b[31m [/]", ()
    )
    await receiver.pass_time(0)
    assert b"message=%ED%A0%BD+%00+%1B%5B31m+%5B%2F%5D&" in receiver.received[0].content


async def test_the_front_page_lists_the_numbers_with_a_fixed_reply(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/")).text
    assert "+61400000402 finds no credits, +61400000406 is opted out" in page
