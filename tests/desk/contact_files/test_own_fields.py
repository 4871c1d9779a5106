"""Test own fields and several numbers of a person in the files of contacts."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.clock import ManualClock
from tui.desk.contact_files import NO_FIELDS, ColumnChoice, read_contacts
from tui.desk.contact_files.own_export import format_export
from tui.domain.person import Person, make_field_name
from tui.store.contacts import Contact, Contacts
from tui.store.store import Store

ANA, HOME = "+48500600701", "+48500600702"


def read_text(folder: Path, text: str, choice: ColumnChoice | None = None) -> list[Contact]:
    """Return the contacts of a CSV or vCard text."""
    path = folder / ("a.vcf" if text.startswith("BEGIN") else "a.csv")
    path.write_text(text, encoding="utf-8", newline="")
    return read_contacts(path, region="PL", choice=choice).contacts


def test_other_columns_become_fields_of_one_person(tmp_path: Path) -> None:
    text = f"Name,Mobile,Home phone,Order No.,E-mail,Company\nAna,{ANA},{HOME},7,,Lis\n"
    first, second = read_text(tmp_path, text)
    assert first == Contact(ANA, "Ana", "", (("order_no", "7"), ("company", "Lis")))
    assert second == Contact(HOME, "Ana", beside=ANA)


@pytest.mark.parametrize(
    ("choice", "fields"),
    [
        (NO_FIELDS, ()),
        (ColumnChoice(fields=("order",)), (("order", "7"),)),
        (ColumnChoice(fields=(4, "order")), (("order", "7"), ("city", "Gdynia"))),
        (None, (("order", "7"), ("city", "Gdynia"))),
    ],
)
def test_the_columns_of_fields_are_chosen(
    choice: ColumnChoice | None, fields: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    text = f"Name;Phone;Order;City\nAna;{ANA};7;Gdynia\n"
    assert [contact.fields for contact in read_text(tmp_path, text, choice)] == [fields]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Order No.", "order_no"),
        ("{Company}", "company"),
        ("PostCode", "post_code"),
        ("2nd address", "_2nd_address"),
        ("Date", "own_date"),
        ("Straße", "strasse"),
        ("顧客番号", "顧客番号"),
        ("  ", ""),
        ("%", ""),
        ("x" * 50, "x" * 31),
    ],
)
def test_a_heading_becomes_the_name_of_a_field(heading: str, name: str) -> None:
    assert make_field_name(heading) == name


def test_equal_headings_become_two_fields(tmp_path: Path) -> None:
    text = f"Name;Phone;Size;size\nAna;{ANA};7;8\n"
    assert read_text(tmp_path, text)[0].fields == (("size", "7"), ("size_2", "8"))


def test_a_card_has_one_person_with_fields(tmp_path: Path) -> None:
    card = (
        f"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nORG:Lis;Office\nTITLE:Baker\\, head\nTEL:{ANA}\n"
        f"TEL;TYPE=HOME:{HOME}\nEMAIL:a@x.pl\nEMAIL:b@x.pl\nADR:;;Długa 1;Gdynia;;81-001;PL\n"
        "BDAY:1990-02-03\nEND:VCARD\n"
    )
    first, second = read_text(tmp_path, card)
    assert dict(first.fields) == {
        "org": "Lis, Office",
        "title": "Baker, head",
        "email": "a@x.pl",
        "address": "Długa 1, Gdynia, 81-001, PL",
        "birthday": "1990-02-03",
    }
    assert (second.beside, second.fields) == (ANA, ())
    assert read_text(tmp_path, card, NO_FIELDS)[0].fields == ()


def test_a_value_that_is_too_long_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Name;Phone;Text\nAna;{ANA};{'x' * 501}\n")
    read = read_contacts(path)
    assert read.contacts == [Contact(ANA, "Ana")]
    assert read.details == ["line 2: a field left out: {text} is longer than 500 characters"]


NAMES = st.text("abcżŁ '\"=+-@,;\n{}#", max_size=12).map(lambda text: " ".join(text.split()))
TEXTS = st.text("abcżŁ '\"=+-@,;\n{}#", max_size=20).map(str.strip)
NUMBERS = st.one_of(
    st.integers(500_000_000, 899_999_999).map(lambda n: f"+48{n}"),
    st.sampled_from(["12345", "inpost"]),
)
FIELDS = st.dictionaries(st.sampled_from(["company", "order", "note", "x_1"]), TEXTS.filter(bool))


@st.composite
def make_people(draw: st.DrawFn) -> list[Person]:
    """Return some people; no two have a number in common."""
    numbers = draw(st.lists(NUMBERS, unique=True, min_size=1, max_size=8))
    people = []
    while numbers:
        own, numbers = numbers[: draw(st.integers(1, 3))], numbers[3:]
        people.append(Person(0, draw(NAMES), draw(TEXTS), tuple(own), draw(FIELDS)))
    return people


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(people=make_people())
def test_an_exported_file_is_read_without_loss(people: list[Person], tmp_path: Path) -> None:
    text = "".join(f"{line}\r\n" for line in format_export(people))
    found = read_text(tmp_path, text)
    firsts = [contact for contact in found if not contact.beside]
    assert [(c.name, c.note, dict(c.fields)) for c in firsts] == [
        (p.name, p.note, dict(p.fields)) for p in people
    ]
    assert [(c.address, c.beside or c.address) for c in found] == [
        (number, p.numbers[0]) for p in people for number in p.numbers
    ]


async def test_import_export_import_changes_nothing(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    book = Contacts(store.database, clock, random.Random(1))
    text = (
        f'Name,Phone,Phone 2,Note,Order\n"Ana ""the boss"" Ł",{ANA},{HOME},"a\nb",7\n'
        "=Bo,+48500600703,,,\n,12345,,,'8\n"
    )
    await book.import_contacts(read_text(tmp_path, text), region="PL")
    before = await book.list_people(None, 100)
    exported = list(format_export(before))
    await book.import_contacts(read_text(tmp_path, "\n".join(exported) + "\n"))
    assert await book.list_people(None, 100) == before
    for person in before:
        await book.delete_person(person.id, "ana")
    assert await book.count_people() == 0
    await book.import_contacts(read_text(tmp_path, "\n".join(exported) + "\n"))
    assert list(format_export(await book.list_people(None, 100))) == exported
