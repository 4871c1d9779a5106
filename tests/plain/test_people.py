"""Test people in line mode: find them, write to them, show and change their fields."""

from tests.plain.conftest import Typist
from tests.ui.history import AGENT, CHLOE
from tui.domain.person import Person
from tui.domain.phone import parse_address

LENA, HOME = "+48500600901", "+48500600902"


async def test_people_are_found_and_written_to(mia: Typist) -> None:
    lena = Person(0, "Léna Wójcik", "VIP", (LENA, HOME), {"order": "7"})
    await mia.store.contacts.save_person(lena, AGENT)
    await mia.type("people zed")
    await mia.shows('No contact has "zed" in name, number or field')
    await mia.type("people wojcik", "2", "y")
    for line in ("Number: +48 500 600 902", "Note: VIP", "{order}: 7"):
        await mia.shows(line)
    await mia.type("r Your order {order}", "y")
    await mia.shows("Your order 7")
    await mia.type("b", "c lena", "1")
    await mia.shows("Léna Wójcik")


async def test_a_search_numbers_people_before_messages(mia: Typist) -> None:
    lena = Person(0, "Parcel Léna", "", (LENA, HOME), {"order": "7"})
    await mia.store.contacts.save_person(lena, AGENT)
    await mia.type("/ parcel")
    await mia.shows("1. Person: Parcel Léna +48 500 600 901 and 1 other number; never wrote")
    await mia.shows("2. ")
    await mia.type("/ chloe", "1")
    await mia.shows("1. Person: Chloe Martin +61 491 570 156; last message")
    await mia.shows("Conversation with Chloe Martin")
    await mia.type("/ lena", "1", "y", "r Hello", "y")
    await mia.shows("Hello")
    row = await mia.store.conversations.find_by_address(parse_address(LENA))
    assert row is not None and row.name == "Parcel Léna"


async def test_fields_are_shown_changed_and_restored(mia: Typist) -> None:
    await mia.type("1", "fields order = 4711")
    await mia.shows("Saved Chloe Martin")
    assert await mia.store.contact_fields.get_fields(CHLOE) == {"order": "4711"}
    await mia.type("fields")
    await mia.shows("{order}: 4711")
    await mia.type("fields name = x", "fields order")
    await mia.shows("{name} is filled in automatically")
    await mia.shows("Write name = value")
    await mia.type("fields order =")
    assert await mia.store.contact_fields.get_fields(CHLOE) == {}
    await mia.type("z")
    assert await mia.store.contact_fields.get_fields(CHLOE) == {"order": "4711"}
