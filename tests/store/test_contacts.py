"""Importing contacts: names for numbers in any notation, known or not yet."""

import random

import pytest

from tests.store.builders import ACCOUNT, MIA, TOM, conversation_with, reply
from tests.store.truth import assert_true_to_the_rows
from tui.clock import ManualClock
from tui.store.contacts import Contact, Contacts, ImportResult
from tui.store.store import Store


@pytest.fixture
def contacts(store: Store, clock: ManualClock) -> Contacts:
    """The address book of the inbox."""
    return Contacts(store.database, clock, random.Random(1))


async def test_a_name_reaches_the_conversation_that_is_there_and_the_one_to_come(
    store: Store, contacts: Contacts
) -> None:
    await store.ingest.store_events(ACCOUNT, [reply()])
    book = [Contact("0491 570 006", "Mia", "mornings"), Contact(TOM, "Tom \ud83d")]
    assert await contacts.import_contacts(book, region="AU") == ImportResult(contacts=2, renamed=1)
    await store.ingest.store_events(ACCOUNT, [reply(party=TOM)])
    assert (await conversation_with(store)).name == "Mia"
    assert (await conversation_with(store, TOM)).name == "Tom \ufffd"
    assert await contacts.get_contact(MIA) == Contact(MIA, "Mia", "mornings")
    await assert_true_to_the_rows(store)


async def test_an_empty_name_or_note_takes_nothing_away(store: Store, contacts: Contacts) -> None:
    await store.ingest.store_events(ACCOUNT, [reply()])
    await contacts.import_contacts([Contact(MIA, "Mia", "mornings")])
    again = [Contact(MIA, "", "evenings"), Contact(MIA, "Mia M.", "")]
    assert await contacts.import_contacts(again) == ImportResult(contacts=2, renamed=1)
    assert await contacts.get_contact(MIA) == Contact(MIA, "Mia M.", "evenings")
    assert (await conversation_with(store)).name == "Mia M."


async def test_progress_is_told_after_every_batch(contacts: Contacts) -> None:
    told: list[int] = []
    book = (Contact(f"+4477009{n:05d}", f"Nr {n}") for n in range(1_200))
    assert (await contacts.import_contacts(book, progress=told.append)).contacts == 1_200
    assert told == [500, 1_000, 1_200]
    assert await contacts.get_contact("nobody") is None
