"""Test which people a search in everything finds, and what is shown of them."""

import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, TOM, make_reply
from tui.clock import ManualClock
from tui.desk.found_people import (
    MOST_PEOPLE,
    format_hit_detail,
    format_person_hit,
    search_people,
)
from tui.domain.person import Person
from tui.domain.searching import parse_search
from tui.store.store import Store

HOME, LENA = "+48500600901", "+48500600902"


@pytest.fixture
async def filled(store: Store) -> Store:
    """Return an inbox with a customer of two numbers, and a person who never wrote."""
    fields = {"order": "AB-4711 [b]", "city": "Nowy Sącz"}
    await store.contacts.save_person(Person(0, "Mia Żak", "", (HOME, MIA), fields), "ana")
    fields = {"order": "815", "city": "東京都港区", "mail": "lena@example.org"}
    await store.contacts.save_person(Person(0, "Léna", "", (LENA,), fields), "ana")
    await store.ingest.store_events(
        ACCOUNT, [make_reply("Where is my parcel?"), make_reply("x", TOM)]
    )
    return store


async def find(store: Store, typed: str) -> list[str]:
    """Return names and numbers that a typed search finds."""
    query = parse_search(typed, 0, None)
    return [format_person_hit(hit) for hit in await search_people(store, query)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mia", ["Mia Żak +61 491 570 006 and 1 other number"]),
        ("zak mi", ["Mia Żak +61 491 570 006 and 1 other number"]),
        ("600 901", ["Mia Żak +48 500 600 901 and 1 other number"]),
        ("4711", ["Mia Żak +61 491 570 006 and 1 other number"]),
        ("ab-47", ["Mia Żak +61 491 570 006 and 1 other number"]),
        ("sacz", ["Mia Żak +61 491 570 006 and 1 other number"]),
        ('"nowy sacz"', ["Mia Żak +61 491 570 006 and 1 other number"]),
        ('"sacz nowy"', []),
        ("sacz 4711", []),
        ("815", ["Léna +48 500 600 902"]),
        ("港区", ["Léna +48 500 600 902"]),
        ("example", ["Léna +48 500 600 902"]),
        ("+61491570156", ["+61 491 570 156"]),
        ("parcel", []),
        ("l", []),
        ("mia status:failed", []),
        ("in:thread mia", []),
        ("mia before:soon", []),
        ('"', []),
        ("!?", []),
        ("", []),
    ],
)
async def test_people_are_found_by_name_number_and_field(
    filled: Store, typed: str, found: list[str]
) -> None:
    assert await find(filled, typed) == found


async def test_what_is_shown_says_which_field_and_when_the_last_message_was(
    filled: Store, clock: ManualClock
) -> None:
    async def describe(typed: str) -> str:
        (hit,) = await search_people(filled, parse_search(typed, 0, None))
        return format_hit_detail(hit, clock.now())

    clock.advance(2 * 3_600)
    assert await describe("mia") == "last message 2h ago"
    assert await describe("4711") == "order: AB-4711 [b] · last message 2h ago"
    assert await describe("lena") == "never wrote"
    assert await describe("0048500600901") == "never wrote"


async def test_no_more_than_a_few_are_found_those_with_the_name_first(store: Store) -> None:
    for number in range(MOST_PEOPLE + 2):
        person = Person(0, f"Zed {number}", "", (f"+4850060080{number}",), {"a": "anna"})
        await store.contacts.save_person(person, "ana")
    await store.contacts.save_person(Person(0, "Jo Anna", "", (LENA,)), "ana")
    found = await find(store, "anna")
    assert found[0] == "Jo Anna +48 500 600 902"
    assert len(found) == MOST_PEOPLE


async def test_a_changed_or_removed_field_is_not_found_any_more(filled: Store) -> None:
    contacts = filled.contacts
    (lena,) = await contacts.find_people("lena", 2)
    changed = await contacts.save_person(
        Person(lena.id, lena.name, "", lena.numbers, {"order": "900"}), "ana"
    )
    assert (await find(filled, "815"), len(await find(filled, "900"))) == ([], 1)
    await contacts.delete_person(changed.id, "ana")
    assert (await find(filled, "900"), await find(filled, "lena")) == ([], [])


async def test_another_process_finds_what_one_has_stored(
    filled: Store, open_store: OpenStore
) -> None:
    other = await open_store(owner="b")
    assert len(await find(other, "815")) == 1
