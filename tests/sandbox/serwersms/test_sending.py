"""Test sending: recipients, senders, own ids, personalized messages, MMS."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tui.sandbox.serwersms.message_records import count_text_parts, normalize_phone
from tui.sandbox.state import Sandbox

PHONE = "+48500600700"

Call = Callable[..., Awaitable[Any]]


def list_accepted(sandbox: Sandbox) -> list[Any]:
    """Return the messages that the provider accepted."""
    return list(sandbox.emulators["serwersms"].ledger.accepted.values())


async def test_one_bad_number_in_a_list_is_an_unsent_item(call: Call, sandbox: Sandbox) -> None:
    answer = await call(
        "messages/send_sms", phone=["500600700", "+48123"], text="Dzień dobry", details=True
    )
    assert (answer["success"], answer["queued"], answer["unsent"]) == (True, 1, 1)
    good, bad = answer["items"]
    assert re.fullmatch(r"[a-z0-9]{10}", good.pop("id"))
    assert good == {
        "phone": PHONE,
        "status": "queued",
        "queued": "2026-03-04 09:00:00",
        "parts": 1,
        "text": "Dzień dobry",
        "stat_id": "9120444",
    }
    assert bad == {
        "phone": "+48123",
        "status": "unsent",
        "queued": "2026-03-04 09:00:00",
        "parts": 1,
        "error_code": 2001,
        "error_message": "Nieprawidłowy numer telefonu",
        "text": "Dzień dobry",
    }
    assert [(m.to, m.text, m.sender) for m in list_accepted(sandbox)] == [
        (PHONE, "Dzień dobry", "")
    ]


async def test_without_details_there_are_no_ids(call: Call) -> None:
    answer = await call("messages/send_sms", phone=PHONE, text="Hej")
    assert answer == {"success": True, "queued": 1, "unsent": 0}


async def test_a_form_with_an_array_and_booleans_as_text_is_parsed(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    body = (
        "username=sandbox&password=sandbox-secret&phone[]=%2B48500600700&phone[]=500600701"
        "&text=Hej&sender=INFORMACJA&details=true&flash=false&unique_id[]=abc1&unique_id[]=abc2"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/messages/send_sms.json", content=body, headers=headers)
    assert [item["phone"] for item in answer.json()["items"]] == [PHONE, "+48500600701"]
    assert [m.reference for m in list_accepted(sandbox)] == ["abc1", "abc2"]


async def test_optional_fields_may_be_null_or_empty(call: Call, sandbox: Sandbox) -> None:
    empty = dict.fromkeys(("sender", "date", "unique_id", "group_id", "dlr_url"))
    await call("messages/send_sms", phone=PHONE, text="Hej", **empty)
    await call("messages/send_sms", phone=PHONE, text="Hej", **dict.fromkeys(empty, ""))
    assert len(list_accepted(sandbox)) == 2


async def test_a_test_gets_the_same_response_and_sends_nothing(
    call: Call, sandbox: Sandbox
) -> None:
    answer = await call("messages/send_sms", phone=PHONE, text="Hej", test="true", details=True)
    assert (answer["queued"], len(answer["items"])) == (1, 1)
    assert not list_accepted(sandbox)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": "Hej"}, 2000),
        ({"phone": "", "text": "Hej"}, 2000),
        ({"phone": PHONE}, 2000),
        ({"phone": PHONE, "text": " "}, 3101),
        ({"phone": PHONE, "text": "x" * 919}, 3102),
        ({"phone": PHONE, "text": "ż" * 403, "utf": True, "sender": "INFORMACJA"}, 3102),
        ({"phone": PHONE, "text": "Hej", "sender": "NIEZNANY"}, 3106),
        ({"phone": PHONE, "text": "Hej", "flash": True}, 3008),
        ({"phone": PHONE, "text": "Hej", "flash": "perhaps"}, 1006),
        ({"phone": PHONE, "text": "Hej", "date": "tomorrow"}, 1006),
        ({"phone": {"a": 1}, "text": "Hej"}, 1006),
        ({"phone": PHONE, "text": ["Hej"]}, 1006),
        ({"group_id": 7, "text": "Hej"}, 1004),
        ({"phone": [PHONE] * 2, "text": "Hej", "unique_id": "abc"}, 1006),
        ({"phone": PHONE, "text": "Hej", "unique_id": "ab"}, 1006),
        ({"phone": PHONE, "text": "Hej", "unique_id": "a-bc"}, 1006),
        ({"phone": PHONE, "text": "Hej", "unique_id": "x" * 51}, 1006),
        ({"phone": [PHONE] * 100_001, "text": "Hej"}, 1006),
    ],
)
async def test_a_general_error_sends_nothing(
    call: Call, sandbox: Sandbox, fields: dict[str, object], code: int
) -> None:
    answer = await call("messages/send_sms", **fields)
    assert answer["error"]["code"] == code
    assert not list_accepted(sandbox)


@pytest.mark.parametrize("sender", ["INFORMACJA", "2waySMS", "4321", "500100200"])
async def test_registered_names_and_numbers_may_send_full_messages(call: Call, sender: str) -> None:
    await call("messages/send_sms", phone=PHONE, text="Hej", sender=sender)
    (report,) = (await call("messages/reports"))["items"]
    assert (report["type"], report["sender"]) == ("full", sender)


@pytest.mark.parametrize("code", [1002, 1003, 1007, 3000, 3002, 3009, 3100])
async def test_every_documented_error_has_a_number(call: Call, sandbox: Sandbox, code: int) -> None:
    answer = await call("messages/send_sms", phone=[PHONE, f"+4869111{code}"], text="Hej")
    assert answer["error"]["code"] == code
    assert not list_accepted(sandbox)


async def test_personalized_messages_are_an_array_or_packed(call: Call, sandbox: Sandbox) -> None:
    pairs = [{"phone": PHONE, "text": "Raz"}, {"phone": "500600701", "text": "Dwa: trzy"}]
    await call("messages/send_personalized", messages=pairs, unique_id=["abc1", "abc2"])
    await call("messages/send_personalized", messages="+48500600700:Raz]|[500600701:Dwa: trzy")
    assert [m.text for m in list_accepted(sandbox)] == ["Raz", "Dwa: trzy"] * 2
    assert [m.reference for m in list_accepted(sandbox)] == ["abc1", "abc2", None, None]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 2000),
        ({"messages": []}, 2000),
        ({"messages": "no colon"}, 1006),
        ({"messages": 5}, 1006),
        ({"messages": ["x"]}, 1006),
        ({"messages": [{"phone": PHONE, "text": ""}]}, 3101),
        ({"messages": [{"phone": PHONE, "text": "x"}] * 10_001}, 1006),
        ({"messages": [{"phone": PHONE, "text": "x"}], "unique_id": ["abc", "abd"]}, 1006),
        ({"messages": [{"phone": PHONE, "text": "x"}], "voice": True}, 3007),
        ({"group_id": "7", "text": "x"}, 1004),
    ],
)
async def test_invalid_personalized_messages_are_refused(
    call: Call, sandbox: Sandbox, fields: dict[str, object], code: int
) -> None:
    answer = await call("messages/send_personalized", **fields)
    assert answer["error"]["code"] == code
    assert not list_accepted(sandbox)


async def test_an_mms_contains_existing_files(call: Call) -> None:
    file_id = (await call("files/add", type="mms", url="https://a.example/i.png"))["id"]
    sent = await call("messages/send_mms", phone=PHONE, title="Mapa", file_id=[file_id])
    assert sent["queued"] == 1
    (report,) = (await call("messages/reports", type="mms"))["items"]
    assert report["text"] == "Mapa"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "Mapa"}, 2000),
        ({"file": "QQ=="}, 2000),
        ({"title": "x" * 41, "file": "QQ=="}, 3102),
        ({"title": "Mapa", "file_id": "unknown"}, 4000),
    ],
)
async def test_an_invalid_mms_is_refused(call: Call, fields: dict[str, object], code: int) -> None:
    assert (await call("messages/send_mms", phone=PHONE, **fields))["error"]["code"] == code


async def test_voice_is_not_permitted(call: Call) -> None:
    assert (await call("messages/send_voice", phone=PHONE, text="x"))["error"]["code"] == 3007


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("500600700", PHONE),
        ("500 600 700", PHONE),
        (PHONE, PHONE),
        ("+61491570156", "+61491570156"),
        ("+48123", None),
        ("48500600700", None),
        ("+1234567890123456", None),
        ("Anna", None),
        ("", None),
    ],
)
def test_numbers_are_corrected_if_possible(phone: str, number: str | None) -> None:
    assert normalize_phone(phone) == number


@pytest.mark.parametrize(
    ("text", "utf", "parts"),
    [
        ("x" * 160, False, 1),
        ("x" * 161, False, 2),
        ("ż" * 160, False, 1),
        ("ż" * 161, False, 2),
        ("ż" * 70, True, 1),
        ("ż" * 71, True, 2),
    ],
)
def test_parts_depend_on_utf(text: str, utf: bool, parts: int) -> None:
    assert count_text_parts(text, utf) == parts
