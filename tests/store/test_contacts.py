"""Test the import of contacts: names for numbers in any notation, known or not yet."""

import random
from dataclasses import replace

import pytest

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import ManualClock
from tui.domain.person import Person
from tui.store.contacts import Contact, Contacts, ImportResult, NumberTaken
from tui.store.store import Store


@pytest.fixture
def contacts(store: Store, clock: ManualClock) -> Contacts:
    """Return the contacts of the inbox."""
    return Contacts(store.database, clock, random.Random(1))


async def test_a_name_applies_to_existing_and_later_conversations(
    store: Store, contacts: Contacts
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    book = [Contact("0491 570 006", "Mia", "mornings"), Contact(TOM, "Tom \ud83d")]
    assert await contacts.import_contacts(book, region="AU") == ImportResult(contacts=2, renamed=1)
    await store.ingest.store_events(ACCOUNT, [make_reply(party=TOM)])
    assert (await get_conversation(store)).name == "Mia"
    assert (await get_conversation(store, TOM)).name == "Tom \ufffd"
    assert await contacts.get_contact(MIA) == Contact(MIA, "Mia", "mornings")
    await check_counters_and_summaries(store)


@pytest.mark.parametrize(
    ("written", "imported"),
    [
        ("+525512345678", "+52 1 55 1234 5678"),
        ("+541123456789", "+54 9 11 2345-6789"),
        ("+5511987654321", "(11) 8765-4321"),
        ("+22997123456", "+2290197123456"),
    ],
)
async def test_a_contact_is_found_by_another_form_of_its_number(
    store: Store, contacts: Contacts, written: str, imported: str
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(party=written)])
    result = await contacts.import_contacts([Contact(imported, "Ana")], region="BR")
    assert result.renamed == 1
    assert (await get_conversation(store, written)).name == "Ana"


async def test_an_empty_name_or_note_removes_nothing(store: Store, contacts: Contacts) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await contacts.import_contacts([Contact(MIA, "Mia", "mornings")])
    again = [Contact(MIA, "", "evenings"), Contact(MIA, "Mia M.", "")]
    assert await contacts.import_contacts(again) == ImportResult(contacts=2, renamed=1)
    assert await contacts.get_contact(MIA) == Contact(MIA, "Mia M.", "evenings")
    assert (await get_conversation(store)).name == "Mia M."


async def test_progress_is_reported_after_every_batch(contacts: Contacts) -> None:
    reported: list[int] = []
    book = (Contact(f"+4477009{n:05d}", f"Nr {n}") for n in range(1_200))
    assert (await contacts.import_contacts(book, progress=reported.append)).contacts == 1_200
    assert reported == [500, 1_000, 1_200]
    assert await contacts.get_contact("unknown") is None


async def test_several_numbers_are_one_person(store: Store, contacts: Contacts) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    book = [Contact(MIA, "Mia", "VIP", (("order", "7"),)), Contact(TOM, "Mia", beside=MIA)]
    result = await contacts.import_contacts(book)
    assert result == ImportResult(contacts=1, renamed=2, further_numbers=1)
    person = await contacts.get_person(TOM)
    assert person == await contacts.get_person(MIA)
    assert person is not None
    assert person == Person(person.id, "Mia", "VIP", (MIA, TOM), {"order": "7"})
    await contacts.import_contacts(book)
    assert await contacts.list_people(None, 10) == [person]
    await contacts.import_contacts([Contact(TOM, "Mia M.", "", (("size", "XL"),))])
    assert (await get_conversation(store)).name == "Mia M."
    assert dict(await store.contact_fields.get_fields(MIA)) == {"order": "7", "size": "XL"}
    assert await contacts.count_people() == 1
    await check_counters_and_summaries(store)


async def test_contacts_of_an_older_import_become_one_person(contacts: Contacts) -> None:
    await contacts.import_contacts([Contact(MIA, "Mia"), Contact(TOM, "MIA", "late")])
    assert await contacts.count_people() == 2
    await contacts.import_contacts([Contact(MIA, "Mia"), Contact(TOM, "Mia", beside=MIA)])
    (person,) = await contacts.list_people(None, 10)
    assert (person.numbers, person.note) == ((MIA, TOM), "late")


async def test_a_number_that_two_people_of_a_file_share_is_of_the_later_one(
    contacts: Contacts,
) -> None:
    shared = "+48500600799"
    book = [
        *(Contact(MIA, "Mia"), Contact(shared, "Mia", beside=MIA)),
        *(Contact(TOM, "Tom"), Contact(shared, "Tom", beside=TOM)),
        Contact(shared, "Front desk"),
    ]
    for _ in range(2):
        await contacts.import_contacts(book)
        found = {p.name: p.numbers for p in await contacts.list_people(None, 10)}
        assert found == {"Front desk": (shared,), "Mia": (MIA,), "Tom": (TOM,)}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("wojcik", ["Léna Wójcik"]),
        ("WÓJ lena", ["Léna Wójcik"]),
        ("ójci", ["Léna Wójcik"]),
        ("600 701", ["Ana Łoś"]),
        ("+48 500-600-701", ["Ana Łoś"]),
        ("0048500600701", ["Ana Łoś"]),
        ("los 701", ["Ana Łoś"]),
        ("太郎", ["山田太郎"]),
        ("an", ["Ana Łoś", "Jan O'Neil"]),
        ("o'neil", ["Jan O'Neil"]),
        ("%", []),
        ("' or", []),
        ("\\", []),
        ("", []),
    ],
)
async def test_people_are_found_by_words_and_digits(
    contacts: Contacts, typed: str, found: list[str]
) -> None:
    names = ("Léna Wójcik", "Ana Łoś", "山田太郎", "Jan O'Neil")
    book = [Contact(f"+48500600{700 + n}", name) for n, name in enumerate(names)]
    await contacts.import_contacts(book)
    assert [one.name for one in await contacts.find_numbers(typed, 10)] == found


async def test_only_people_without_a_conversation_are_found(
    store: Store, contacts: Contacts
) -> None:
    await contacts.import_contacts([Contact(MIA, "Ana"), Contact(TOM, "Ana B")])
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    assert [n.party for n in await contacts.find_numbers("ana", 9, only_new=True)] == [TOM]
    assert len(await contacts.find_numbers("ana", 9)) == 2


async def test_a_deleted_contact_takes_its_name_and_its_undo_brings_both_back(
    store: Store, contacts: Contacts
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    person = await contacts.save_person(Person(0, "Mia", "x", (MIA, TOM), {"a": "b"}), "ana")
    with pytest.raises(NumberTaken, match="belongs to Mia"):
        await contacts.save_person(Person(0, "Tom", "", (TOM,)), "ana")
    assert await contacts.delete_person(person.id, "ana") == person
    assert (await get_conversation(store)).name == ""
    assert await contacts.delete_person(person.id, "ana") is None
    assert await contacts.save_person(person, "ana") == person
    assert await contacts.get_person(TOM) == person
    assert (await get_conversation(store)).name == "Mia"


async def test_two_agents_who_edit_one_contact_keep_the_changes_of_both(
    store: Store, contacts: Contacts
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    seen = await contacts.save_person(Person(0, "Mia", "", (MIA,), {"a": "1"}), "ana")
    await contacts.change_person(seen, replace(seen, fields={"a": "1", "b": "2"}), "ana")
    changed = await contacts.change_person(seen, replace(seen, name="Mia M."), "bo")
    assert changed.overwritten == ()
    both = Person(seen.id, "Mia M.", "", (MIA,), {"a": "1", "b": "2"})
    assert changed.person == both == await contacts.get_person(MIA)
    assert (await get_conversation(store)).name == "Mia M."


async def test_two_agents_who_name_one_number_make_one_contact(contacts: Contacts) -> None:
    unnamed = Person(0, "", "", (MIA,))
    first = await contacts.change_person(unnamed, replace(unnamed, name="Mia"), "ana")
    second = await contacts.change_person(unnamed, replace(unnamed, note="kind"), "bo")
    assert second.person == replace(first.person, note="kind")
    assert await contacts.list_people(None, 10) == [second.person]


async def test_a_contact_that_is_deleted_while_it_is_edited_is_stored_as_edited(
    contacts: Contacts,
) -> None:
    seen = await contacts.save_person(Person(0, "Mia", "x", (MIA,)), "ana")
    await contacts.delete_person(seen.id, "ana")
    changed = await contacts.change_person(seen, replace(seen, note="y"), "bo")
    assert changed.replaced is None
    assert await contacts.get_person(MIA) == replace(seen, note="y")


@pytest.mark.parametrize("changes", [False, True])
async def test_a_merge_joins_two_people_and_its_undo_separates_them(
    store: Store, contacts: Contacts, changes: bool
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    home = "+48500600799"
    mia = await contacts.save_person(Person(0, "Mia", "", (MIA,), {"a": "1"}), "ana")
    tom = await contacts.save_person(
        Person(0, "Tom", "n", (TOM, home), {"a": "2", "b": "3"}), "ana"
    )
    kept, gone = await get_conversation(store), await get_conversation(store, TOM)
    merge = await store.merges.merge_conversations(kept.id, gone.id, "ana")
    (joined,) = await contacts.list_people(None, 10)
    assert joined.numbers == (MIA, TOM, home)
    assert (joined.name, dict(joined.fields)) == ("Mia", {"a": "1", "b": "3"})
    if changes:
        await contacts.rename_contact(kept.id, "Mia M.", joined.note, "ana")
    await store.merges.undo_merge(merge, "ana")
    assert await contacts.get_person(TOM) == tom
    separated = await contacts.get_person(MIA)
    assert separated is not None
    assert separated.numbers == (MIA,)
    assert (separated == mia) is not changes
    assert separated.name == ("Mia M." if changes else "Mia")
