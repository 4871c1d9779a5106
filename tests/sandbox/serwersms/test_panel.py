"""Test sender names, blacklist, numbers and files."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

Call = Callable[..., Awaitable[Any]]


async def test_a_new_sender_name_waits_for_approval(call: Call) -> None:
    assert await call("senders/add", name="SKLEP") == {"success": True}
    items = (await call("senders/index", sort="name", order="desc"))["items"]
    assert [(i["name"], i["status"]) for i in items] == [
        ("SKLEP", "pending_authorization"),
        ("INFORMACJA", "authorized"),
    ]
    refused = await call("messages/send_sms", phone="500600700", text="Hej", sender="SKLEP")
    assert refused["error"]["code"] == 3106


@pytest.mark.parametrize(("name", "code"), [("", 2000), ("x" * 12, 4400), ("INFORMACJA", 4407)])
async def test_an_invalid_sender_name_is_refused(call: Call, name: str, code: int) -> None:
    assert (await call("senders/add", name=name))["error"]["code"] == code


async def test_there_are_no_predefined_names_and_no_numbers(call: Call) -> None:
    assert await call("senders/index", predefined=True) == {"items": []}
    assert await call("senders/index", type="ndi") == {"items": []}


async def test_a_number_goes_on_the_blacklist_and_off_again(call: Call) -> None:
    phone = "500600700"
    assert await call("blacklist/check", phone=phone) == {"exists": False}
    assert await call("blacklist/add", phone=phone) == {"success": True, "id": 1}
    assert await call("blacklist/check", phone="+48500600700") == {"exists": True}
    assert await call("blacklist/index", phone="") == {
        "paging": {"page": 1, "count": 1},
        "items": [{"phone": "+48500600700", "added": "2026-03-04 09:00:00"}],
    }
    assert (await call("blacklist/index", phone="500600701"))["items"] == []
    assert await call("blacklist/delete", phone=phone) == {"success": True}
    assert (await call("blacklist/delete", phone=phone))["error"]["code"] == 4600
    assert (await call("blacklist/add", phone="12"))["error"]["code"] == 2001


async def test_numbers_are_tested_and_looked_up(call: Call) -> None:
    assert await call("phones/test", phone="500600700") == {"correct": True}
    assert await call("phones/test", phone="12") == {"correct": False}
    found = await call("phones/check", phone="500600700", id="")
    assert (found["phone"], found["status"], found["ported"]) == ("+48500600700", "DELIVRD", False)
    assert (await call("phones/check", phone="500600793"))["status"] == "UNDELIV"


async def test_files_are_kept_until_deleted(call: Call) -> None:
    added = await call("files/add", type="mms", file="QUJD")
    assert added["success"]
    (item,) = (await call("files/index", type="mms"))["items"]
    assert (item["id"], item["size"], item["type"]) == (added["id"], 3, "mms")
    assert (await call("files/index", type="voice"))["items"] == []
    assert await call("files/view", id=added["id"], type="mms") == item
    assert await call("files/delete", id=added["id"], type="mms") == {"success": True}
    assert (await call("files/view", id=added["id"]))["error"]["code"] == 4000


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"file": "QQ=="}, 2000),
        ({"type": "mms"}, 2000),
        ({"type": "exe", "file": "QQ=="}, 1006),
        ({"type": "mms", "file": "!"}, 4000),
    ],
)
async def test_an_invalid_file_is_refused(call: Call, fields: dict[str, object], code: int) -> None:
    assert (await call("files/add", **fields))["error"]["code"] == code
