"""Test that the search for people finds what is there, on both engines and after every change."""

import contextlib
import random
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.store.people import make_people
from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, get_path, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.domain.person import (
    NEW_MARK,
    Person,
    fold_contact,
    format_gram_query,
    list_grams,
    split_search,
)
from tui.domain.phone import parse_address
from tui.store import people_search
from tui.store.contacts import Contact
from tui.store.people_search import find_people_anywhere
from tui.store.store import Store

Numbers = list[tuple[str, str]]
"""Names and numbers."""


async def fill(store: Store, count: int, seed: int) -> list[Person]:
    """Store people with names in many scripts, those of a higher id later."""
    rng = random.Random(seed)
    people = [person for person, _ in zip(make_people(rng), range(count), strict=False)]
    return [await store.contacts.save_person(person, "ana") for person in people]


def list_matches(people: list[Person], typed: str) -> Numbers:
    """Return every number whose name or number contains all words, those added last first."""
    terms = split_search(typed)
    return [
        (person.name, party)
        for person in sorted(people, key=lambda one: -one.id)
        for party in person.numbers
        if all(term in fold_contact(person.name, party) for term in terms)
    ]


def choose_searches(people: list[Person], rng: random.Random) -> list[str]:
    """Return parts of names and numbers, alone and together."""
    typed = ["a", "an", "+48", "5", "qx", "а", "山", "하나", "์"]
    for person in rng.sample(people, 25):
        word, number = rng.choice(person.name.split()), rng.choice(person.numbers)
        begin, size = rng.randrange(len(word)), rng.randint(1, 4)
        place = rng.randrange(len(number) - 3)
        part = word[begin : begin + size]
        typed += [part, number[place : place + size + 2], f"{number[-3:]} {part}", word, number]
    return typed


async def test_every_part_of_a_name_or_number_is_found(store: Store) -> None:
    people = await fill(store, 60, seed=3)
    for typed in choose_searches(people, random.Random(4)):
        found = await store.contacts.find_numbers(typed, 500)
        assert sorted((one.name, one.party) for one in found) == sorted(list_matches(people, typed))
        names = [person.id for person in await store.contacts.find_people(typed, 500)]
        assert sorted(names) == sorted({one.person for one in found})


async def test_of_too_many_those_added_last_are_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_search, "_CANDIDATES", 20)
    people = await fill(store, 60, seed=5)
    newest = list_matches(people, "0")[:20]
    found = await store.contacts.find_numbers("0", 500)
    assert sorted((one.name, one.party) for one in found) == sorted(newest)
    new = await store.contacts.find_numbers("0", 500, only_new=True)
    assert [one.party for one in new] == [one.party for one in found]


async def test_people_who_never_wrote_are_found_behind_many_who_did(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_search, "_MOST_PEOPLE", 5)
    await store.contacts.save_person(Person(0, "Ana", "", (MIA, TOM)), "ana")
    texts = []
    for number in range(20):
        party = f"+48500600{700 + number}"
        await store.contacts.save_person(Person(0, f"Ana {number}", "", (party,)), "ana")
        texts.append(make_reply(party=party))
    await store.ingest.store_events(ACCOUNT, texts)

    async def find() -> list[str]:
        await check_counters_and_summaries(store)
        found = await store.contacts.find_numbers("an", 9, only_new=True)
        return [one.party for one in found]

    assert await find() == [MIA, TOM]
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    assert await find() == [TOM]
    await store.ingest.store_events(ACCOUNT, [make_reply(party=TOM)])
    assert await find() == []
    mia, tom = await get_conversation(store), await get_conversation(store, TOM)
    merge = await store.merges.merge_conversations(mia.id, tom.id, "ana")
    assert await find() == []
    await store.merges.undo_merge(merge, "ana")
    assert await find() == []
    await store.forgetting.forget(parse_address(TOM), "ana")
    await store.contacts.save_person(Person(0, "Anna", "", (TOM,)), "ana")
    assert await find() == [TOM]


@pytest.mark.parametrize("only_new", [False, True])
async def test_words_are_found_whose_pieces_many_others_have(
    store: Store, monkeypatch: pytest.MonkeyPatch, only_new: bool
) -> None:
    monkeypatch.setattr(people_search, "_MOST_PEOPLE", 3)
    await store.contacts.save_person(Person(0, "abcbcd", "", (MIA,)), "ana")
    for number in range(20):
        party = f"+48500600{700 + number}"
        await store.contacts.save_person(Person(0, "bcd abc cbcbx", "", (party,)), "ana")
    found = await store.contacts.find_numbers("abcbcd", 9, only_new=only_new)
    assert [one.party for one in found] == [MIA]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("O'Neil-Smith (shop)", "o'neil-s"),
        ('Ana "Nan" Łoś', '"nan"'),
        ("A*B & C", "*b"),
        ("R2-D2 _x_", "-d2"),
        ("\ue022 sign", "\ue022"),
        ("👩‍👩‍👧 family", "👩"),
        ("สมชาย", "มช"),
        ("김민준", "민"),
        ("عبد الله", "لل"),
    ],
)
async def test_marks_and_all_scripts_are_found(store: Store, name: str, typed: str) -> None:
    await store.contacts.save_person(Person(0, name, "", (MIA,)), "ana")
    await store.contacts.save_person(Person(0, "Zed", "", (TOM,)), "ana")
    assert [one.party for one in await store.contacts.find_numbers(f"qq {typed}", 9)] == []
    found = await store.contacts.find_numbers(f"0 {typed}", 9)
    assert [one.party for one in found] == [MIA]


async def test_what_has_changed_is_found_at_once(store: Store) -> None:
    contacts = store.contacts

    async def find(typed: str) -> list[str]:
        await check_counters_and_summaries(store)
        return [one.party for one in await contacts.find_numbers(f"0 {typed}", 9)]

    person = await contacts.save_person(Person(0, "Mia", "", (MIA, TOM), {"order": "4711"}), "ana")
    assert await find("mia") == [MIA, TOM]
    await contacts.import_contacts([Contact(MIA, "Léna", "", (("size", "XL"),))])
    assert (await find("mia"), await find("len")) == ([], [MIA, TOM])
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party="+48500600799")])
    mia, other = await get_conversation(store), await get_conversation(store, "+48500600799")
    await contacts.rename_contact(other.id, "Olaf", "", "ana", {"order": "12"})
    assert await find("olaf") == ["+48500600799"]
    merge = await store.merges.merge_conversations(mia.id, other.id, "ana")
    assert (await find("olaf"), len(await find("len"))) == ([], 3)
    await store.merges.undo_merge(merge, "ana")
    assert (await find("olaf"), await find("len")) == (["+48500600799"], [MIA, TOM])
    before = await contacts.delete_person(person.id, "ana")
    assert before is not None
    assert await find("len") == []
    await contacts.save_person(before, "ana")
    assert await find("len") == [MIA, TOM]


@pytest.mark.only_engine("sqlite")
async def test_the_index_has_each_piece_once_and_nothing_of_deleted_people(
    store: Store, tmp_path: Path
) -> None:
    people = await fill(store, 12, seed=6)
    for person in people[::2]:
        await store.contacts.delete_person(person.id, "ana")
    await store.contacts.save_person(Person(people[1].id, "Other", "", (MIA,), {"a": "b c"}), "ana")
    left = [person for place, person in enumerate(people) if place % 2 and place > 1]
    wanted: Counter[str] = Counter(list_grams(f"other {MIA} {NEW_MARK}"))
    for one in left:
        wanted.update({NEW_MARK})
        wanted.update(list_grams(" ".join(fold_contact(one.name, n) for n in one.numbers)))
    with contextlib.closing(sqlite3.connect(get_path(store))) as connection:
        connection.execute(
            "create virtual table temp.pieces using fts5vocab(main, people_fts, row)"
        )
        found = connection.execute("select term, doc from temp.pieces where doc > 0").fetchall()
        connection.execute("create virtual table temp.words using fts5vocab(main, fields_fts, row)")
        words = {row[0] for row in connection.execute("select term from temp.words where doc > 0")}
    assert dict(found) == dict(wanted)
    assert {"b", "c"} <= words and not any(person.fields["order"] in words for person in people[:2])


@given(st.text(), st.text())
def test_the_pieces_of_a_part_are_pieces_of_the_whole(before: str, part: str) -> None:
    whole = fold_contact(f"{before}{part}", "+48500600700")
    for term in split_search(part):
        grams = format_gram_query([term]).replace('"', "").split(" AND ")
        if term in whole:
            assert set(grams) <= list_grams(whole)
        assert all(1 <= len(gram) <= 3 for gram in grams)


async def test_the_address_book_searches_fields_if_few_have_a_name_or_number(store: Store) -> None:
    for number in range(12):
        person = Person(0, f"Ana {number:02}", "", (f"+4850060070{number:02}",), {"city": "Rome"})
        await store.contacts.save_person(person, "ana")
    named = Person(0, "Rome", "", (TOM,), {"city": "Anapa"})
    await store.contacts.save_person(named, "ana")

    async def find(typed: str, limit: int = 20) -> list[str]:
        return [person.name for person in await store.contacts.find_people(typed, limit)]

    assert await find("anapa") == ["Rome"]
    found = await find("rome")
    assert found[0] == "Rome" and len(found) == 13
    assert len(await find("rome", 4)) == 4
    assert "Rome" not in await find("ana")
    assert await find("nothing") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4711", [("Mia", MIA, "order")]),
        ("ab-4", [("Mia", MIA, "order")]),
        ("1174", []),
        ('"nowy sacz"', [("Mia", MIA, "city")]),
        ("nowy 4711", []),
        ("港区", [("Léna", TOM, "city")]),
        ("mi", [("Mia", MIA, "")]),
        ("0061491570", [("Mia", MIA, ""), ("Léna", TOM, "")]),
        ("+48500600799", [("", "+48500600799", "")]),
        ("'", []),
        ('"', []),
    ],
)
async def test_a_search_in_everything_finds_names_numbers_and_fields(
    store: Store, text: str, found: list[tuple[str, str, str]]
) -> None:
    fields = {"order": "AB-4711", "city": "Nowy Sącz"}
    await store.contacts.save_person(Person(0, "Léna", "", (TOM,), {"city": "東京都港区"}), "ana")
    await store.contacts.save_person(
        Person(0, "Mia", "", ("+48500600701", MIA), {**fields, "team": "a"}), "ana"
    )
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party="+48500600799")])
    hits = await store.database.search(lambda c: find_people_anywhere(c, text, 5))
    shown = sorted((hit.person.name, hit.party, hit.field) for hit in hits)
    assert shown == sorted(found)
    for hit in hits:
        row = await store.conversations.get(hit.conversation_id)
        assert (row.party if row else "") == ("" if hit.party == TOM else hit.party)
