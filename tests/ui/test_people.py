"""Test the address book on the screen: find people, write to them, edit them, fill fields."""

from dataclasses import replace

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, CHLOE
from tui.domain.message import Message
from tui.domain.person import Person, PersonHit
from tui.widgets.search_results import Hits

LENA, HOME, OLAF = "+48500600901", "+48500600902", "+48500600903"


async def add_people(desk: Desk) -> None:
    """Store two people who never wrote; one of them has two numbers and a field."""
    lena = Person(0, "Léna [b]Wójcik", "VIP", (LENA, HOME), {"order": "4711"})
    await desk.store.contacts.save_person(lena, AGENT)
    await desk.store.contacts.save_person(Person(0, "Olaf Zed", "", (OLAF,)), AGENT)


@presses("people")
async def test_people_are_found_edited_deleted_and_written_to(
    desk: Desk, size: tuple[int, int]
) -> None:
    await add_people(desk)
    async with desk.open(size):
        await desk.command("people")
        await desk.shows("People", "Léna [b]Wójcik", "Olaf Zed")
        await desk.type("lena woj")
        await desk.shows("Number: +48 500 600 902", "Note: VIP", "{order}: 4711")
        await desk.hides("Olaf Zed")
        await desk.press("f2")
        await desk.shows("order = 4711")
        await desk.press("tab", "tab", "tab", "ctrl+end", "alt+enter")
        await desk.type("size = XL")
        await desk.press("enter")
        await desk.shows("Saved Léna [b]Wójcik · Ctrl+Z undoes", "{size}: XL")
        await desk.press("f8")
        await desk.shows("Deleted Léna [b]Wójcik")
        assert await desk.store.contacts.get_person(LENA) is None
        await desk.press("ctrl+z")
        await desk.shows("is a contact again", "{size}: XL")
        await desk.press("enter")
        await desk.shows("Write to Léna [b]Wójcik")
        await desk.press("down", "enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        assert (await desk.thread(HOME)).name == "Léna [b]Wójcik"


async def test_a_contact_is_added_and_an_owned_number_is_refused(desk: Desk) -> None:
    await add_people(desk)
    async with desk.open(NARROW):
        await desk.command("people")
        await desk.type("0048500600904")
        await desk.shows("No one: F4 adds a contact")
        await desk.press("f4")
        await desk.shows("+48 500 600 904")
        await desk.type("Nina")
        await desk.press("tab", "tab", "end")
        await desk.type(f", {OLAF}")
        await desk.press("enter")
        await desk.shows("Not saved: +48 500 600 903 belongs to Olaf Zed; remove it there first")
        assert await desk.store.contacts.get_person("+48500600904") is None
        await desk.press(*["backspace"] * len(f", {OLAF}"), "tab")
        await desk.type("name = x")
        await desk.press("enter")
        await desk.shows("Not saved: {name} is filled in automatically")
        await desk.press("ctrl+u", "enter")
        await desk.shows("Saved Nina", "Number: +48 500 600 904")
        await desk.press("ctrl+z")
        await desk.shows("Nina is not a contact any more")


async def test_the_cursor_goes_to_a_contact_that_was_added(desk: Desk) -> None:
    await add_people(desk)
    async with desk.open(NARROW):
        await desk.command("people")
        await desk.shows("Ana Kowalska")
        await desk.press("f4")
        await desk.type("Zenon")
        await desk.press("tab", "tab")
        await desk.type("+48500600904")
        await desk.press("enter")
        await desk.shows("Saved Zenon", "Number: +48 500 600 904")


async def test_a_new_conversation_completes_names_and_numbers(desk: Desk) -> None:
    await add_people(desk)
    async with desk.open(NARROW):
        await desk.command("new")
        await desk.type("chloe")
        await desk.shows("+61 491 570 156")
        await desk.press(*["backspace"] * 5)
        await desk.type("wojcik")
        await desk.shows("+48 500 600 901", "+48 500 600 902", "never wrote")
        await desk.press("down", "enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        row = await desk.thread(HOME)
        assert (row.name, desk.shown_id) == ("Léna [b]Wójcik", row.id)


async def test_own_fields_find_people_in_a_new_conversation_and_in_the_filter(desk: Desk) -> None:
    await add_people(desk)
    chloe = await desk.thread(CHLOE)
    stored = await desk.store.contacts.get_person(CHLOE)
    assert stored is not None
    person = replace(stored, fields={"city": "Nowy Sącz 815"})
    await desk.store.contacts.save_person(person, AGENT)
    async with desk.open(NARROW):
        await desk.command("new")
        await desk.type("sacz")
        await desk.shows("Chloe", "city: Nowy Sącz 815", "as before")
        await desk.press("enter")
        await desk.until(lambda: desk.shown_id == chloe.id, "shows the conversation")
        await desk.press("escape", "escape")
        await desk.command("new")
        await desk.type("4711")
        await desk.shows("This number", "Léna [b]Wójcik", "order: 4711")
        await desk.press("down", "enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        assert (await desk.thread(LENA)).name == "Léna [b]Wójcik"
        await desk.press("escape", "escape")
        await desk.command("filter")
        await desk.type("815")
        await desk.shows("Chloe Martin", "city: Nowy Sącz 815 · last message", "Enter writes")
        await desk.press("enter")
        await desk.shows("New conversation", "city: Nowy Sącz 815")
        await desk.press("down", "enter")
        await desk.until(lambda: desk.shown_id == chloe.id, "shows the conversation")
        await desk.command("filter")
        await desk.press("ctrl+u")
        await desk.type("chloe")
        await desk.hides("815")


async def test_a_new_conversation_with_unknown_digits_takes_what_is_typed(desk: Desk) -> None:
    await add_people(desk)
    async with desk.open(NARROW):
        await desk.command("new")
        await desk.type("600 90")
        await desk.shows("This number", "Olaf Zed", "never wrote")
        await desk.press("enter")
        await desk.shows("New conversation")
        assert not desk.inbox.is_composer_focused
        await desk.press("escape")


async def test_the_account_of_a_conversation_that_there_is_stays_and_is_shown(desk: Desk) -> None:
    await add_people(desk)
    async with desk.open(WIDE):
        await desk.command("new")
        await desk.type("kow")
        await desk.shows("through pl, as before: F6 changes it as you write")
        await desk.press("f6", "f6")
        await desk.shows("through pl, as before")
        await desk.press(*["backspace"] * 3)
        await desk.type("0048500600700")
        await desk.shows("This number", "through pl, as before")
        await desk.press("f6")
        await desk.press(*["backspace"] * 13)
        await desk.type("wojcik")
        await desk.shows("never wrote", "through pl")
        await desk.hides("as before")
        await desk.press("f6", "enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        assert (await desk.thread(LENA)).account == "au"


async def test_the_columns_of_the_people_found_are_as_wide_in_every_line(desk: Desk) -> None:
    long_name = Person(0, "Olafina " + "von Hohenlohe " * 4, "", ("+48500600905",))
    await add_people(desk)
    await desk.store.contacts.save_person(long_name, AGENT)
    async with desk.open(NARROW):
        await desk.command("new")
        await desk.type("48500600")
        await desk.shows("Olafina von")
        await desk.press(*["backspace"] * 8)
        await desk.type("wojcik")
        await desk.hides("Olafina von")
        await desk.press("down")
        lines = [line for line in desk.lines() if "never wrote" in line]
        assert len(lines) == 2
        assert len({line.index("+48 500") for line in lines}) == 1


async def test_the_filter_and_the_palette_find_people_who_never_wrote(desk: Desk) -> None:
    await add_people(desk)
    async with desk.open(WIDE):
        await desk.command("filter")
        await desk.type("olaf")
        await desk.shows(
            "Olaf Zed +48 500 600 903 · never wrote", "Enter writes", "Enter Write to them"
        )
        await desk.press("enter")
        await desk.shows("New conversation", "never wrote")
        await desk.press("enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        assert (await desk.thread(OLAF)).name == "Olaf Zed"
        await desk.press("escape", "escape")
        await desk.command("palette")
        await desk.type("wojcik")
        await desk.shows("Write to Léna [b]Wójcik +48 500 600 901")
        await desk.press("enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        assert desk.shown_id == (await desk.thread(LENA)).id


@BOTH_SIZES
async def test_the_search_in_everything_finds_people(desk: Desk, size: tuple[int, int]) -> None:
    await add_people(desk)
    async with desk.open(size):
        await desk.command("search")
        await desk.type("chloe")
        await desk.shows("person · last message", "Chloe Martin +61 491 570 156")
        await desk.press("enter")
        chloe = await desk.thread(CHLOE)
        await desk.until(lambda: desk.shown_id == chloe.id, "Chloe's conversation")
        assert not desk.inbox.is_composer_focused
        await desk.press("escape")
        await desk.command("search")
        await desk.type("4711")
        await desk.shows("person · order: 4711 · never wrote", "Léna [b]Wójcik +48 500 600 901")
        await desk.press("enter")
        await desk.until(lambda: desk.inbox.is_composer_focused, "in the composer")
        assert desk.shown_id == (await desk.thread(LENA)).id


async def test_messages_stand_below_the_people_of_a_search(desk: Desk) -> None:
    await desk.store.contacts.save_person(Person(0, "Parcel Shop", "", (OLAF,)), AGENT)
    async with desk.open(NARROW):
        await desk.command("search")
        await desk.type("parcel")
        hits = desk.app.screen.query_one(Hits)
        await desk.until(lambda: len(hits.rows) > 20, "hits")
        assert [isinstance(row, PersonHit) for row in hits.rows[:3]] == [True, False, False]
        await desk.press(*["pagedown"] * 12)
        assert isinstance(hits.current_row, Message) and "Line 1:" in hits.current_row.body
        await desk.press(*["pageup"] * 12)
        assert isinstance(hits.current_row, PersonHit)
        await desk.type(" from:hugo")
        await desk.until(
            lambda: hits.rows and not any(isinstance(row, PersonHit) for row in hits.rows),
            "no people for a filter",
        )


async def test_a_person_without_a_message_is_not_nothing(desk: Desk) -> None:
    await add_people(desk)
    async with desk.open(WIDE):
        await desk.command("search")
        await desk.type("olaf")
        await desk.shows("person · never wrote", "Olaf Zed +48 500 600 903")
        await desk.hides("Nothing found")


async def test_fields_are_edited_and_fill_a_typed_text(desk: Desk) -> None:
    async with desk.open((160, 40)):
        await desk.move_to(CHLOE)
        await desk.command("edit_contact")
        await desk.press("tab", "tab", "tab")
        await desk.type("order = 4711")
        await desk.press("enter")
        await desk.shows("Saved Chloe Martin", "order: 4711")
        await desk.command("reply")
        await desk.type("{first_name}, your order {order}")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "Chloe, your order 4711", "the filled text")
        await desk.shows("Filled in the fields, not sent yet · Enter sends")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "", "an empty composer")
        assert (await desk.last(CHLOE)).body == "Chloe, your order 4711"
    assert await desk.store.contact_fields.get_fields(ANA) == {}


async def test_a_field_that_stays_open_is_named_when_the_others_are_filled(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("reply")
        await desk.type("{first_name}, your order {order}")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "Chloe, your order {order}", "what is known")
        await desk.shows("Not sent: {order} is not filled in", "writes it into the contact")
        await desk.hides("Enter sends")
        assert (await desk.last(CHLOE)).body != "Chloe, your order {order}"


async def test_a_long_name_leaves_room_for_the_number(desk: Desk) -> None:
    name = "Maximiliana Antonina Wilhelmina Konstancja von Hohenlohe-Waldenburg-Schillingsfürst"
    for number in ("+48500600905", "+48500600906"):
        await desk.store.contacts.save_person(
            Person(0, f"{name} {number[-1]}", "", (number,)), AGENT
        )
    async with desk.open(NARROW):
        await desk.command("search")
        await desk.type("maximiliana")
        await desk.shows("Maximiliana Antonina", "+48 500 600 905", "+48 500 600 906")
        await desk.press("escape")
        await desk.command("palette")
        await desk.type("maximiliana")
        await desk.shows("Write to Maximiliana", "+48 500 600 905")
        await desk.press("escape")
        await desk.command("filter")
        await desk.type("maximiliana")
        await desk.shows("+48 500 600 905")
        await desk.press("escape")
        await desk.command("new")
        await desk.type("maximiliana")
        await desk.shows("+48 500 600 905", "+48 500 600 906")
