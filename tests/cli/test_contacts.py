"""Test `smsdesk contacts`: each action, its JSON, its exit codes and its errors."""

import json

import pytest

from tests.cli.conftest import Desk
from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_reply
from tui.domain.phone import format_phone_number
from tui.store.store import Store

ANA, HOME = "+48500600701", "+48500600702"


def test_a_contact_is_added_found_changed_and_removed(bare: Desk) -> None:
    added = bare.run(
        *("contacts", "add", ANA, "+48 500 600 702", "--name", "Ana Łoś", "--field", "Order=7")
    )
    assert (added.returncode, added.stdout) == (
        0,
        "Added Ana Łoś +48 500 600 701, +48 500 600 702\n",
    )
    for words in (["los"], ["600 702"], ["ŁOŚ", "ana"], ["7"]):
        found = bare.run("contacts", "find", *words, "--json")
        person = json.loads(found.stdout)
        assert person.pop("id").isdecimal()
        assert person == {
            "name": "Ana Łoś",
            "note": "",
            "numbers": [ANA, HOME],
            "fields": {"order": "7"},
        }
    changed = bare.run(
        *("contacts", "set", "ana los", "--note", "VIP", "--field", "order=", "--field", "city=X"),
        *("--remove-number", ANA),
    )
    assert changed.returncode == 0, changed.stderr
    shown = bare.run("contacts", "show", "0048500600702")
    assert shown.stdout == "Ana Łoś\nNumber: +48 500 600 702\nNote: VIP\n{city}: X\n"
    assert bare.run("contacts", "remove", "Ana Łoś").returncode == 0
    assert bare.run("contacts", "list").stdout == ""
    assert bare.run("contacts", "find", "ana").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("show",), "contacts show needs a number or name"),
        (("show", "zed"), 'there is no contact with "zed"'),
        (("show", "ana"), '"ana" could be Ana B +48 500 600 702, Ana K +48 500 600 701'),
        (("set", "Ana K"), "say what to set"),
        (("set", "Ana K", "--field", "name=x"), "{name} is filled in automatically"),
        (("set", "Ana K", "--field", "x"), '--field "x" is not NAME=VALUE'),
        (("set", "Ana K", "--add-number", HOME), f"{format_phone_number(HOME)} belongs to Ana B"),
        (("set", "Ana K", "--remove-number", ANA), "a contact needs a number"),
        (("add", ANA, "--name", "Bo"), f"{format_phone_number(ANA)} belongs to Ana K"),
        (("add", "hello"), "Not a phone number"),
        (("list", "--name", "x"), "contacts list changes nothing"),
        (("list", "ana"), "contacts list takes no name"),
    ],
)
def test_unclear_requests_change_nothing(
    arguments: tuple[str, ...], error: str, bare: Desk
) -> None:
    for number, name in ((ANA, "Ana K"), (HOME, "Ana B")):
        assert bare.run("contacts", "add", number, "--name", name).returncode == 0
    ran = bare.run("contacts", *arguments)
    assert ran.returncode == 2
    assert error in ran.stderr
    assert bare.run("contacts", "list").stdout.split() == [
        *("Ana", "B", "+48", "500", "600", "702", "Ana", "K", "+48", "500", "600", "701")
    ]


async def test_the_name_of_a_contact_is_that_of_its_conversations(bare: Desk, store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    assert bare.run("contacts", "add", MIA, TOM, "--name", "Mia\x1b[2J").returncode == 0
    names = {(await get_conversation(store, party)).name for party in (MIA, TOM)}
    assert names == {"Mia\x1b[2J"}
    assert "\x1b" not in bare.run("contacts", "list").stdout
    assert bare.run("contacts", "set", MIA, "--name", "Mia").returncode == 0
    assert (await get_conversation(store, TOM)).name == "Mia"
    assert bare.run("contacts", "remove", MIA).returncode == 0
    assert (await get_conversation(store, TOM)).name == ""


def test_an_export_is_imported_again(bare: Desk) -> None:
    bare.run(
        "contacts", "add", ANA, HOME, "--name", '=Ana "A"', "--field", "x=1,2", "--note", "a\nb"
    )
    path = bare.home / "people.csv"
    ran = bare.run("contacts", "export", "--output", str(path))
    assert (ran.returncode, ran.stdout) == (0, f"1 contact in {path}\n")
    assert bare.run("contacts", "export", "--output", str(path)).returncode == 2
    before = json.loads(bare.run("contacts", "list", "--json").stdout)
    bare.run("contacts", "remove", ANA)
    imported = bare.run("import", "contacts", str(path))
    assert imported.stdout.startswith("1 contact with 2 numbers imported"), imported.stderr
    after = json.loads(bare.run("contacts", "export", "--json").stdout)
    assert {**after, "id": ""} == {**before, "id": ""}
