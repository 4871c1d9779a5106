"""Test the import of contacts: names for numbers in any notation, known or not yet."""

import random

import pytest

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import ManualClock
from tui.store.contacts import Contact, Contacts, ImportResult
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
