"""Test `smsdesk search`: the same filters as in the inbox, and errors in a filter."""

import json

import pytest

from tests.cli.conftest import Desk
from tests.store.builders import MIA, TOM, make_outgoing, make_reply
from tui.clock import DAY, ManualClock
from tui.domain.phone import parse_address
from tui.store.store import Store


@pytest.fixture
async def spoken(store: Store, clock: ManualClock) -> Store:
    """Store messages of three days.

    Mia asks on 4 March 2026 and gets a reply on the 5th; Tom asks on the 6th.
    """
    await store.ingest.store_events("support", [make_reply("Where is the parcel?", MIA)])
    mia = await store.conversations.find_by_address(parse_address(MIA))
    assert mia is not None
    await store.contacts.rename_contact(mia.id, "Mia Żak", "", "ana")
    await store.triage.set_label([mia.id], "ana", "vip", True)
    clock.advance(DAY / 1_000)
    await store.intents.queue_message(make_outgoing("The parcel is late", MIA))
    clock.advance(DAY / 1_000)
    await store.ingest.store_events("other", [make_reply("My parcel?", TOM)])
    return store


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        (["parcel"], ["My parcel?", "The parcel is late", "Where is the parcel?"]),
        (["parcel", "late"], ["The parcel is late"]),
        (["parcel late"], ["The parcel is late"]),
        (['"parcel is"'], ["The parcel is late"]),
        (['"is parcel"'], []),
        (["from:mia"], ["Where is the parcel?"]),
        (["from:491 570"], []),
        (['from:"491 570 006"'], ["Where is the parcel?"]),
        (["from:mia", "parcel"], ["Where is the parcel?"]),
        (["to:zak"], ["The parcel is late"]),
        (["label:vip parcel"], ["The parcel is late", "Where is the parcel?"]),
        (["account:other"], ["My parcel?"]),
        (["status:queued"], ["The parcel is late"]),
        (["before:2026-03-05"], ["Where is the parcel?"]),
        (["after:2026-03-06"], ["My parcel?"]),
        (["on:2026-03-05", "parcel"], ["The parcel is late"]),
        (["from:mia", "to:mia"], []),
    ],
)
def test_filters_narrow_the_results(bare: Desk, asked: list[str], texts: list[str]) -> None:
    ran = bare.run("search", *asked, "--json", TZ="UTC")
    assert [json.loads(line)["text"] for line in ran.stdout.splitlines()] == texts, ran.stderr


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        ("status:lost", '"lost" is not a status'),
        ("before:soon", '"soon" is not a day: write 2026-03-01, today or yesterday'),
        ("in:thread", "in:thread works only in the inbox"),
        ('"is parcel', "The quotation mark is not closed"),
        ('from:"Mia Ż', "The quotation mark is not closed"),
        ('parcel "', "The quotation mark is not closed"),
        ("", "There is nothing to search for"),
        ("!?", "There is nothing to search for"),
        ("from: parcel", "from: has no value"),
        ('parcel label:""', "label: has no value"),
        ("after:", "after: has no value"),
        ("fro:mia", "There is no filter fro:"),
        ("Status2:x lable:vip", "There is no filter lable:"),
        ("account:nope", 'There is no account "nope": known are other, support'),
        ("account:Support", 'There is no account "Support"'),
        ("label:vipp parcel", "There is no label #vipp: known are vip"),
        ("from:unheardof", 'No customer has "unheardof" in name or number'),
        ("to:+1999", 'No customer has "+1999" in name or number'),
    ],
)
@pytest.mark.usefixtures("spoken")
def test_an_invalid_filter_is_one_error_line(bare: Desk, asked: str, line: str) -> None:
    ran = bare.run("search", asked)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert line in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_the_help_names_every_filter(bare: Desk) -> None:
    help_text = bare.run("search", "--help").stdout
    for name in ("from:", "to:", "label:", "account:", "status:", "after:", "before:", "on:"):
        assert f"  {name}" in help_text or f" {name}" in help_text


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(
    "asked", ['"is parcel"', '15" screen', "https://shop.example/a", '"fro:mia"', "status:failed"]
)
def test_a_search_without_a_match_is_no_error(bare: Desk, asked: str) -> None:
    ran = bare.run("search", asked)
    assert (ran.returncode, ran.stdout) == (0, "")


@pytest.mark.usefixtures("spoken")
def test_people_stand_above_the_messages_except_in_json(bare: Desk) -> None:
    assert bare.run("contacts", "set", "Mia Żak", "--field", "size=parcel XL").returncode == 0
    ran = bare.run("search", "parcel")
    first, *others = ran.stdout.splitlines()
    assert first.startswith("person  Mia Żak +61 491 570 006 (size: parcel XL · last message ")
    assert len(others) == 3 and not any(line.startswith("person") for line in others)
    ran = bare.run("search", "parcel", "--json")
    assert len([json.loads(line)["text"] for line in ran.stdout.splitlines()]) == 3
    assert bare.run("search", "zak").stdout.startswith("person  Mia Żak")
    assert bare.run("search", "zak", "status:failed").stdout == ""


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(
    ("command", "exit_code", "line"),
    [
        (["search", "zeppelin"], 0, "Nothing found: try fewer characters of a word"),
        (["search", "zeppelin", "from:mia"], 0, "Nothing found: try fewer characters, or without"),
        (["contacts", "find", "zed", "zad"], 1, 'no contact has "zed zad"'),
        (["contacts", "find", "zed\x1b[2J"], 1, 'no contact has "zed␛[2J"'),
        (["threads", "--filter", "label:vip account:other"], 0, "no conversation is in this view"),
        (["held", "list"], 0, "nothing is held"),
        (["canned", "list"], 0, "there are no canned replies yet"),
        (["bulk", "list"], 0, "there are no texts to many yet"),
        (["teams", "list"], 0, "there are no teams yet"),
    ],
)
def test_a_list_without_a_result_says_so_beside_the_output(
    bare: Desk, command: list[str], exit_code: int, line: str
) -> None:
    ran = bare.run(*command)
    assert (ran.returncode, ran.stdout) == (exit_code, "")
    assert ran.stderr.startswith(f"smsdesk: {line}"), ran.stderr
    assert ran.stderr.count("\n") == 1
    ran = bare.run(*command, "--json")
    assert (ran.returncode, ran.stdout, ran.stderr) == (exit_code, "", "")


@pytest.mark.usefixtures("spoken")
def test_a_person_that_is_found_is_a_result_without_a_message(bare: Desk) -> None:
    ran = bare.run("search", "zak")
    assert ran.stdout.startswith("person  Mia Żak")
    assert ran.stderr == ""
