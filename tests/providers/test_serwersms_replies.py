"""Test replies of SerwerSMS, fetched by date and never marked as read."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.serwersms import NOON, PASSWORD, create_account, hostile_items, load_body
from tests.providers.wire import Wire
from tui.clock import HOUR, MINUTE, ManualClock
from tui.domain.events import EventKind, EventPage, Receipt, Reply, Unreadable
from tui.domain.status import Status
from tui.providers.errors import (
    NotPossible,
    Unavailable,
    UnreadableAnswer,
)
from tui.providers.serwersms import SerwerSms


def make_eco_reply(identity: int, recived: str, **fields: Any) -> dict[str, Any]:
    """Return an incoming reply to an ECO+ message."""
    item = {"id": identity, "type": "eco", "phone": "+48500600700", "recived": recived}
    return {**item, "blacklist": False, "text": "Tak", **fields}


async def test_replies_of_every_type_become_events() -> None:
    wire = Wire(load_body("recived"))
    page = await create_account(wire).fetch_replies("")
    answer, own_number, picture = page.events
    assert isinstance(answer, Reply)
    assert answer.party == "+48500600700"
    assert answer.text == "Będę o 16"
    assert answer.answered_id == "7c1f09ab52"
    assert answer.received_at == NOON - 2 * HOUR - 38 * MINUTE - 20_000
    assert json.loads(answer.raw)["type"] == "eco"
    assert isinstance(own_number, Reply)
    assert (own_number.text, own_number.answered_id) == ("Dziękuję", "")
    assert isinstance(picture, Reply)
    assert picture.own == "+48664078059"
    assert picture.subject == "Zdjęcie"
    assert picture.text == "zdjęcie"
    assert [(part.name, part.data.decode()) for part in picture.attachments] == [
        ("note.txt", "zdjęcie")
    ]
    assert not page.has_more


async def test_events_of_a_page_come_oldest_first() -> None:
    page = await create_account(Wire(load_body("recived_all_types"))).fetch_replies("")
    times = [event.received_at for event in page.events if isinstance(event, Reply)]
    assert len(times) == 4
    assert times == sorted(times, key=lambda at: at or 0)


async def test_replies_are_fetched_by_date_and_never_marked_as_read() -> None:
    wire = Wire(load_body("recived"))
    desk = create_account(wire)
    page = await desk.fetch_replies("")
    await desk.fetch_replies(page.cursor)
    assert wire.paths == ["/serwersms/messages/recived.json"] * 2
    first, second = wire.bodies
    assert first["date_from"] == "2026-02-18 11:50:00"
    assert second["date_from"] == "2026-03-04 09:31:15"
    for body in wire.bodies:
        assert (body["page"], body["order"], body["username"]) == (1, "asc", "sandbox")
        assert not {"read", "type"} & body.keys()


async def test_a_reply_fetched_twice_is_the_same_event() -> None:
    desk = create_account(Wire(load_body("recived")))
    first = await desk.fetch_replies("")
    again = await desk.fetch_replies(first.cursor)
    assert [e.event_id for e in first.events] == [e.event_id for e in again.events]
    assert again.cursor == first.cursor


async def test_the_same_id_in_two_types_is_two_replies() -> None:
    ndi = make_eco_reply(7, "2026-03-04 10:00:01", type="ndi")
    page = await create_account(
        Wire({"items": [make_eco_reply(7, "2026-03-04 10:00:00"), ndi]})
    ).fetch_replies("")
    first, second = page.events
    assert first.event_id != second.event_id


@pytest.mark.parametrize("key", ["recived", "received"])
async def test_both_spellings_of_the_date_are_accepted(key: str) -> None:
    item = make_eco_reply(1, "")
    item.pop("recived")
    page = await create_account(
        Wire({"items": [{**item, key: "2026-03-04 12:00:00"}]})
    ).fetch_replies("")
    [reply] = page.events
    assert isinstance(reply, Reply)
    assert reply.received_at == NOON


async def test_the_second_spelling_of_the_action_is_used_if_the_first_is_unknown() -> None:
    unknown = {"error": {"code": 1000, "type": "InvalidAction", "message": "Brak akcji"}}
    wire = Wire(unknown, load_body("recived"))
    desk = create_account(wire)
    page = await desk.fetch_replies("")
    await desk.fetch_replies(page.cursor)
    assert len(page.events) == 3
    assert [path.rpartition("/")[2] for path in wire.paths] == [
        "recived.json",
        "received.json",
        "received.json",
    ]


async def test_an_account_without_either_spelling_is_an_error() -> None:
    desk = create_account(Wire({"error": {"code": 1000, "type": "InvalidAction", "message": "x"}}))
    for _ in range(2):
        with pytest.raises(NotPossible):
            await desk.fetch_replies("")


async def test_pages_are_read_to_the_end_before_the_cursor_moves() -> None:
    full = {"items": [make_eco_reply(n, f"2026-03-04 11:00:{n:02}") for n in range(25)]}
    rest = {"items": [make_eco_reply(99, "2026-03-04 11:30:00")]}
    wire = Wire(full, rest, {"items": []})
    desk = create_account(wire)
    first = await desk.fetch_replies("")
    assert first.has_more
    second = await desk.fetch_replies(first.cursor)
    assert not second.has_more
    third = await desk.fetch_replies(second.cursor)
    assert [body["page"] for body in wire.bodies] == [1, 2, 1]
    dates = [body["date_from"] for body in wire.bodies]
    assert dates == ["2026-02-18 11:50:00"] * 2 + ["2026-03-04 11:20:00"]
    assert third.cursor == second.cursor


@pytest.mark.parametrize(
    ("count", "more"), [(1, False), (3, True), (2, False), ("3", True), (None, False), ("x", False)]
)
async def test_a_short_page_is_the_last_unless_paging_announces_more(
    count: Any, more: bool
) -> None:
    items = [make_eco_reply(1, "2026-03-04 11:00:00"), make_eco_reply(2, "2026-03-04 11:00:01")]
    body = {"paging": {"page": 1, "count": count}, "items": items}
    page = await create_account(Wire(body)).fetch_replies("")
    assert page.has_more is more


async def test_an_empty_page_is_always_the_last() -> None:
    page = await create_account(
        Wire({"paging": {"page": 1, "count": 9}, "items": []})
    ).fetch_replies("")
    assert not page.has_more


async def test_a_date_in_the_far_future_does_not_hide_later_replies() -> None:
    wire = Wire(
        {
            "items": [
                make_eco_reply(1, "2026-03-04 11:00:00"),
                make_eco_reply(2, "9999-12-31 23:59:59"),
            ]
        }
    )
    desk = create_account(wire)
    page = await desk.fetch_replies("")
    assert len(page.events) == 2
    await desk.fetch_replies(page.cursor)
    assert wire.bodies[1]["date_from"] == "2026-03-04 10:50:00"


@pytest.mark.parametrize("cursor", ["garbage", "1:2:3", "-1:1:0:0", "9" * 40, "٣:1:0:0"])
async def test_an_invalid_cursor_starts_again(cursor: str) -> None:
    wire = Wire({"items": []})
    await create_account(wire).fetch_replies(cursor)
    assert wire.bodies[0]["date_from"] == "2026-02-18 11:50:00"
    assert wire.bodies[0]["page"] == 1


@pytest.mark.parametrize("flag", [True, "true", 1, "1"])
async def test_a_blacklisted_sender_has_opted_out(flag: Any) -> None:
    page = await create_account(
        Wire({"items": [make_eco_reply(1, "2026-03-04 11:00:00", blacklist=flag)]})
    ).fetch_replies("")
    [reply] = page.events
    assert isinstance(reply, Reply)
    assert reply.opted_out


@pytest.mark.parametrize("flag", [False, "false", 0, None, "", [1]])
async def test_other_senders_have_not_opted_out(flag: Any) -> None:
    page = await create_account(
        Wire({"items": [make_eco_reply(1, "2026-03-04 11:00:00", blacklist=flag)]})
    ).fetch_replies("")
    [reply] = page.events
    assert isinstance(reply, Reply)
    assert not reply.opted_out


async def test_one_bad_reply_never_blocks_the_others() -> None:
    items = [
        make_eco_reply(1, "2026-03-04 11:00:00", phone=None),
        "no object",
        make_eco_reply(2, "2026-03-04 11:00:01", text={"a": 1}),
        {},
        make_eco_reply(3, "2026-03-04 11:00:02", text="Dobra \ud83d\x00"),
    ]
    page = await create_account(Wire({"items": items})).fetch_replies("")
    aside = [event for event in page.events if isinstance(event, Unreadable)]
    [good] = [event for event in page.events if isinstance(event, Reply)]
    assert good.text == "Dobra \ufffd\ufffd"
    assert len(aside) == 4
    assert len({event.event_id for event in aside}) == 4
    assert not any(event.can_confirm for event in aside)
    assert json.loads(aside[0].raw)["text"] == "Tak"


async def test_a_reply_without_a_readable_date_or_id_is_stored() -> None:
    items = [make_eco_reply(1, "0000-00-00 00:00:00"), {"phone": "+48500600700", "text": 16}]
    page = await create_account(Wire({"items": items})).fetch_replies("")
    dated, bare = page.events
    assert isinstance(dated, Reply)
    assert dated.received_at is None
    assert dated.event_id == "1@0000-00-00 00:00:00/500600700"
    assert isinstance(bare, Reply)
    assert bare.text == "16"
    assert len(bare.event_id) == 64


async def test_secrets_are_not_stored_with_an_event() -> None:
    item = make_eco_reply(1, "2026-03-04 11:00:00", echo=f"x{PASSWORD}x", password="other")
    page = await create_account(Wire({"items": [item]})).fetch_replies("")
    [reply] = page.events
    assert PASSWORD not in reply.raw
    assert "other" not in reply.raw


@pytest.mark.parametrize("items", [None, {}, {"0": make_eco_reply(1, "2026-03-04 11:00:00")}])
async def test_a_list_may_be_null_or_a_numbered_object(items: Any) -> None:
    page = await create_account(Wire({"items": items})).fetch_replies("")
    assert len(page.events) == len(items or {})


@pytest.mark.parametrize("body", [{}, {"items": "x"}, [], "x", {"error": {"code": 9999}}])
async def test_an_invalid_page_is_an_error(body: Any) -> None:
    with pytest.raises(UnreadableAnswer):
        await create_account(Wire(body)).fetch_replies("")


async def test_an_error_of_the_provider_allows_another_attempt() -> None:
    with pytest.raises(Unavailable):
        await create_account(Wire(httpx.Response(500))).fetch_replies("")


@given(items=hostile_items)
async def test_any_items_become_events(items: list[Any]) -> None:
    desk = create_account(Wire({"items": items}))
    page = await desk.fetch_replies("")
    assert len(page.events) == len(items)
    for event in page.events:
        assert isinstance(event, Reply | Unreadable)
        assert event.event_id
        assert event.raw.encode()


@given(
    minutes=st.lists(st.integers(0, 59), min_size=1, max_size=60),
    size=st.integers(1, 60),
)
async def test_polling_in_any_rhythm_finds_every_reply(minutes: list[int], size: int) -> None:
    """Poll a service that filters, orders and pages as documented while replies arrive."""
    dates = [f"2026-03-04 11:{minute:02}:00" for minute in sorted(minutes)]
    held: list[dict[str, Any]] = []

    def service(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        found = [item for item in held if item["recived"] >= asked["date_from"]]
        start = (asked["page"] - 1) * asked["limit"]
        return httpx.Response(200, json={"items": found[start : start + asked["limit"]]})

    desk = SerwerSms(
        base_url="https://desk.test",
        api_key="u",
        api_secret="p",
        clock=ManualClock(NOON),
        transport=httpx.MockTransport(service),
    )
    cursor, seen = "", set()
    for start in range(0, len(dates), size):
        held += [make_eco_reply(n, date) for n, date in enumerate(dates)][start : start + size]
        more = True
        while more:
            page = await desk.fetch_replies(cursor)
            seen |= {event.event_id.partition("@")[0] for event in page.events}
            cursor, more = page.cursor, page.has_more
    assert seen == {str(n) for n in range(len(dates))}


async def test_both_passes_of_the_repeated_hour_are_fetched() -> None:
    wire = Wire({"items": [make_eco_reply(1, "2026-10-25 02:59:00")]}, {"items": []})
    desk = create_account(wire, now=1_792_890_000_000)
    page = await desk.fetch_replies("")
    await desk.fetch_replies(page.cursor)
    assert wire.bodies[1]["date_from"] == "2026-10-25 01:49:00"


@pytest.mark.parametrize(
    "item",
    [
        {
            "id": 7,
            "type": "mms",
            "recived": "2026-03-04 09:41:15",
            "attachments": [{"name": "a.txt", "content_type": "text/plain", "data": "emRq"}],
        },
        {"id": 8, "type": "eco", "recived": "2026-03-04 09:41:15", "phone": " ", "text": "Będę"},
        {"id": 9, "type": "ndi", "recived": "2026-03-04 09:41:15", "phone": "+48500600700"},
        ["no", "object"],
    ],
)
async def test_an_unreadable_item_is_kept_completely(item: Any) -> None:
    provider = create_account(Wire({"items": [item]}))
    (event,) = (await provider.fetch_replies("")).events
    assert isinstance(event, Unreadable)
    assert event.source is EventKind.REPLY
    assert json.loads(event.raw) == item
    assert provider.read_polled_item(event.source, event.raw) == event


async def test_an_item_is_parsed_again_after_a_fix() -> None:
    provider = create_account(Wire({}))
    fixed = {"id": 9, "recived": "2026-03-04 09:41:15", "phone": "+48500600700", "text": "Tak"}
    event = provider.read_polled_item(EventKind.REPLY, json.dumps(fixed))
    assert isinstance(event, Reply)
    assert (event.party, event.text) == ("+48500600700", "Tak")


async def test_a_report_is_parsed_again_after_a_fix() -> None:
    provider = create_account(Wire({}))
    event = provider.read_polled_item(EventKind.RECEIPT, '{"id": "7c1f", "status": "delivered"}')
    assert isinstance(event, Receipt)
    assert event.status is Status.DELIVERED
    nameless = provider.read_polled_item(EventKind.RECEIPT, '{"status": "delivered"}')
    assert isinstance(nameless, Unreadable)
    assert nameless.source is EventKind.RECEIPT


async def list_run(desk: SerwerSms, cursor: str = "") -> tuple[list[EventPage], str]:
    """Return the pages of one run and the cursor after it; at most 20 pages."""
    pages = []
    for _ in range(20):
        pages.append(await desk.fetch_replies(cursor))
        cursor = pages[-1].cursor
        if not pages[-1].has_more:
            break
    return pages, cursor


FULL = [make_eco_reply(n, f"2026-03-04 11:00:{n:02}") for n in range(25)]
OTHER = [make_eco_reply(n, f"2026-03-04 11:01:{n:02}") for n in range(25, 50)]


@pytest.mark.parametrize(
    "answers",
    [
        [{"items": FULL}],
        [{"items": FULL, "paging": {"page": 1, "count": 9}}],
        [{"items": FULL + OTHER}],
        [{"items": list(reversed(FULL))}],
        [{"items": FULL}, {"items": FULL[::-1]}, {"items": FULL}, {"items": FULL}],
        [{"items": FULL}, {"items": OTHER}, {"items": OTHER}],
        [{"items": FULL}, {"items": OTHER}, {"items": FULL}, {"items": OTHER}],
        [{"items": FULL}, {"items": ["no object"] * 25}],
    ],
)
async def test_a_run_ends_when_a_page_repeats_earlier_ones(answers: list[Any]) -> None:
    pages, cursor = await list_run(create_account(Wire(*answers)))
    assert len(pages) <= 3
    assert not pages[-1].has_more
    _, page, seen, _, _ = cursor.split(":")
    assert (page, seen) == ("1", "0")


async def test_a_run_that_was_interrupted_ends_as_well() -> None:
    interrupted = await create_account(Wire({"items": FULL})).fetch_replies("")
    pages, _ = await list_run(create_account(Wire({"items": FULL})), interrupted.cursor)
    assert len(pages) == 2


async def test_known_replies_on_the_first_pages_do_not_hide_new_ones() -> None:
    desk = create_account(Wire({"items": FULL}, {"items": []}, {"items": FULL}, {"items": OTHER}))
    _, cursor = await list_run(desk)
    pages, _ = await list_run(desk, cursor)
    assert [event.event_id for event in pages[1].events] == [
        parse_item(item).event_id for item in OTHER
    ]


def parse_item(item: dict[str, Any]) -> Reply:
    """Return an incoming message as the account parses it."""
    event = create_account(Wire({})).read_polled_item(EventKind.REPLY, json.dumps(item))
    assert isinstance(event, Reply)
    return event


SECOND = "2026-03-04 11:00:00"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"type": "mms"}, {"type": "ndi", "phone": "+48600700800"}, False),
        ({"type": "eco"}, {"type": "nd", "phone": "+48600700800"}, False),
        ({"type": "nd"}, {"type": "pre", "phone": "InfoSMS"}, False),
        ({"type": "ndi"}, {"type": "ndi", "phone": "+49500600700"}, True),
        ({}, {"phone": "500600700"}, True),
        ({}, {"phone": "48 500 600 700"}, True),
        ({"phone": "Bank"}, {"phone": "BANK "}, True),
        ({"phone": "4321"}, {"phone": "4322"}, False),
        ({}, {"recived": "2026-03-04 11:00"}, True),
        ({}, {"recived": "2026-03-04 11:00:01"}, False),
    ],
)
def test_id_second_and_sender_identify_a_reply(
    first: dict[str, Any], second: dict[str, Any], same: bool
) -> None:
    ids = [
        parse_item({**make_eco_reply(1001, SECOND), **change}).event_id
        for change in (first, second)
    ]
    assert (ids[0] == ids[1]) is same


async def test_replies_stored_by_an_earlier_version_keep_their_ids() -> None:
    since = NOON - HOUR
    items = [make_eco_reply(1, "2026-03-04 10:55:00"), make_eco_reply(2, "2026-03-04 11:00:00")]
    later = make_eco_reply(3, "2026-03-04 11:00:01")
    desk = create_account(Wire({"items": [*items, later]}))
    pages, cursor = await list_run(desk, f"{since}:1:0:0")
    ids = [event.event_id for event in pages[0].events]
    assert ids[:2] == ["1@2026-03-04 10:55:00", "2@2026-03-04 11:00:00"]
    assert ids[2] == parse_item(later).event_id
    again, _ = await list_run(desk, cursor)
    assert [event.event_id for event in again[0].events] == ids


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        ({"first_name": "Anna", "last_name": "Kowalska", "name": "Ania"}, "Anna Kowalska"),
        ({"first_name": "Anna", "last_name": None}, "Anna"),
        ({"first_name": "", "last_name": " ", "name": "Piekarnia Lis"}, "Piekarnia Lis"),
        ({"name": "Ania"}, "Ania"),
        ("Anna Kowalska", "Anna Kowalska"),
        ([{"first_name": "Anna"}], "Anna"),
        ([], ""),
        (None, ""),
        (7, ""),
        ({"first_name": {"x": 1}}, ""),
    ],
)
async def test_the_address_book_names_the_customer(contact: Any, name: str) -> None:
    wire = Wire({"items": [make_eco_reply(1, SECOND, contact=contact)]})
    (reply,) = (await create_account(wire).fetch_replies("")).events
    assert isinstance(reply, Reply)
    assert reply.party_name == name
    assert wire.body["show_contact"] is True


async def test_only_the_wanted_replies_are_fetched() -> None:
    wire = Wire({"items": []})
    await create_account(wire, reply_type="ndi", reply_number="+48500600700").fetch_replies("")
    assert (wire.body["type"], wire.body["ndi"]) == ("ndi", "+48500600700")
