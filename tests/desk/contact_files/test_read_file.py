"""Test reading contacts from whole files: what is taken, what is skipped, what is asked."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.desk.contact_files import (
    ColumnChoice,
    ContactFileError,
    ReadContacts,
    UnclearColumnsError,
    list_columns,
    read_contacts,
)
from tui.store.contacts import Contact

ANA, BO = "+48500600701", "+48500600702"
GERMAN = "+4915123456789"


def read_data(
    folder: Path,
    data: str | bytes,
    *,
    region: str | None = None,
    choice: ColumnChoice | None = None,
    name: str = "contacts.csv",
) -> ReadContacts:
    """Return what is read of a file with this content."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_contacts(path, region=region, choice=choice)


def list_pairs(read: ReadContacts) -> list[tuple[str, str]]:
    """Return the number and the name of each contact."""
    return [(contact.address, contact.name) for contact in read.contacts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Google, old and new.
        (
            "Name,Phone 1 - Value\nAna,+48 500 600 701 ::: +48 500 600 702\n",
            [(ANA, "Ana"), (BO, "Ana")],
        ),
        (
            "Name,Given Name,Family Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - Value\n"
            f",Ana,Kowal,Mobile,{ANA},{BO}\n",
            [(ANA, "Ana Kowal"), (BO, "Ana Kowal")],
        ),
        (
            "First Name,Middle Name,Last Name,Organization Name,Phone 1 - Label,Phone 1 - Value\n"
            f"Ana,M,Kowal,Lis,Mobile,{ANA}\n,,,Piekarnia,,{BO}\n",
            [(ANA, "Ana M Kowal"), (BO, "Piekarnia")],
        ),
        # Outlook.
        (
            "First Name,Last Name,Company,Business Fax,Business Phone,Mobile Phone,"
            f"Assistant's Phone\nAna,Kowal,Lis,+48222222222,{BO},{ANA},{GERMAN}\n",
            [(ANA, "Ana Kowal"), (BO, "Ana Kowal")],
        ),
        (
            '"Vorname","Nachname","Mobiltelefon"\n"Jürgen","Groß","+49 1512 3456789"\n',
            [(GERMAN, "Jürgen Groß")],
        ),
        ("Vorname;Name;Handy\nJürgen;Groß;+4915123456789\n", [(GERMAN, "Jürgen Groß")]),
        ("Nom;Prénom;Tél. mobile\nKowal;Ana;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Nombre,Apellidos,Teléfono móvil\nAna,Kowal,+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Nome,Cognome,Cellulare\nAna,Kowal,+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Nome,Sobrenome,Celular\nAna,Kowal,+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Voornaam;Achternaam;Mobiel\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Förnamn;Efternamn;Mobiltelefon\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Fornavn;Etternavn;Mobil\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Etunimi;Sukunimi;Matkapuhelin\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Imię;Nazwisko;Telefon komórkowy\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Jméno;Příjmení;Mobilní telefon\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Eesnimi;Perekonnanimi;Mobiiltelefon\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Vārds;Uzvārds;Mobilais tālrunis\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Vardas;Pavardė;Telefonas\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Vezetéknév;Keresztnév;Mobiltelefon\nKowal;Ana;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("Имя;Фамилия;Мобильный телефон\nАна;Коваль;+48500600701\n", [(ANA, "Ана Коваль")]),
        ("Ім'я;Прізвище;Телефон\nАна;Коваль;+48500600701\n", [(ANA, "Ана Коваль")]),
        ("Ad;Soyad;Cep Telefonu\nAna;Kowal;+48500600701\n", [(ANA, "Ana Kowal")]),
        ("姓,名,携帯電話\n田中,太郎,+819012345678\n", [("+819012345678", "田中太郎")]),
        ("姓名,手机\n王小明,+8613800138000\n", [("+8613800138000", "王小明")]),
        # Shops, desks and senders of messages.
        ("first_name,last_name,phone_number\nAna,Kowal,+48500600701\n", [(ANA, "Ana Kowal")]),
        ("FNAME,LNAME,EMAIL,PHONE\nAna,Kowal,a@b.c,+48500600701\n", [(ANA, "Ana Kowal")]),
        (
            "First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
            f"Default Address Phone,Phone,Tags\nAna,Kowal,a@b.c,no,Lis,{BO},{ANA},x\n",
            [(BO, "Ana Kowal"), (ANA, "Ana Kowal")],
        ),
        (
            f"billing_first_name,billing_last_name,billing_phone,shipping_phone\nAna,Kowal,{ANA},\n",
            [(ANA, "Ana Kowal")],
        ),
        (f"id,Name,Email,Phone,Created (UTC)\ncus_1,Ana,a@b.c,{ANA},2026-01-01\n", [(ANA, "Ana")]),
        (f"Contact ID,First Name,Mobile,Account Name\n1,Ana,{ANA},Lis\n", [(ANA, "Ana")]),
        (f"Full Name,Mobile Number,Country Code\nAna,{ANA},48\n", [(ANA, "Ana")]),
        (f"No,Name,Phone\n1,Ana,{ANA}\n2,Bo,{BO}\n", [(ANA, "Ana"), (BO, "Bo")]),
        (f"number,name\n{ANA},Ana\n", [(ANA, "Ana")]),
        # Around the table.
        ("sep=;\nName;Phone\nAna;+48500600701\n", [(ANA, "Ana")]),
        ("\ufeffsep=;\r\nName;Phone\r\nAna;+48500600701\r\n", [(ANA, "Ana")]),
        ("Contacts of March\n\nName;Phone\nAna;+48500600701\n", [(ANA, "Ana")]),
        ("Report;;\nby Bo;;\n;;\nName;Phone;\nAna;+48500600701;\n;;\n", [(ANA, "Ana")]),
        ("Name|Phone\nAna|+48500600701\n", [(ANA, "Ana")]),
        (f"Exported;2026-03-01 12:00:00\nName;Phone\nAna;{ANA}\n", [(ANA, "Ana")]),
        (f"Ana;{ANA}\nPhone House;{BO}\n", [(ANA, "Ana"), (BO, "Phone House")]),
        # Guards and formats of spreadsheets.
        ("Name,Phone\nAna,'+48500600701\n", [(ANA, "Ana")]),
        ('Name,Phone\nAna,="+48500600701"\n', [(ANA, "Ana")]),
        ('Name,Phone\n"=""Ana""","=""+48500600701"""\n', [(ANA, "Ana")]),
        ("Name,Phone\nAna,=+48500600701\n", [(ANA, "Ana")]),
        ("Name,Phone\nAna,48500600701.0\n", [(ANA, "Ana")]),
        # Without a heading.
        (f"Ana,{ANA}\nBo,{BO}\n", [(ANA, "Ana"), (BO, "Bo")]),
        (f"{ANA};Ana\n{BO};Bo\n", [(ANA, "Ana"), (BO, "Bo")]),
        (f"Ana,Kowal,{ANA}\nBo,Lis,{BO}\n", [(ANA, "Ana Kowal"), (BO, "Bo Lis")]),
        (f"{ANA}\n{BO}\n", [(ANA, ""), (BO, "")]),
        (f"Phone\n{ANA}\n", [(ANA, "")]),
        (f"Phone,Mobile\n{ANA},{BO}\n", [(BO, ""), (ANA, "")]),
        ("12345,Bank\n", [("12345", "Bank")]),
        (f"1;Ana Kowal;a@b.c;{ANA}\n2;Bo Lis;;{BO}\n", [(ANA, "Ana Kowal"), (BO, "Bo Lis")]),
    ],
)
def test_files_of_common_programs_are_read(
    text: str, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    read = read_data(tmp_path, text)
    assert list_pairs(read) == expected
    assert read.details == []


@pytest.mark.parametrize(
    "text",
    [
        "Name;Vorwahl;Telefon\nAna;0151;23456789",
        "Name;Country code;Mobile\nAna;+49;0151 23456789",
        "Telefon;Name;Vorwahl\n23456789;Ana;0151",
        "Name;Country code;Phone number;Fax\nAna;49;151 23456789;1",
    ],
)
def test_a_number_in_two_columns_is_one(text: str, tmp_path: Path) -> None:
    read = read_data(tmp_path, text, region="DE")
    assert list_pairs(read) == [("+4915123456789", "Ana")]


def test_the_columns_may_be_in_any_order(tmp_path: Path) -> None:
    found = read_data(tmp_path, "Uwagi;Nazwisko;Imię;Telefon\nVIP;Żak;Mia;+48500600700\n")
    assert found.contacts == [Contact("+48500600700", "Mia Żak", "VIP")]


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        *(("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16 LE")),
        *(("utf-16-be", "UTF-16 BE"), ("cp1252", "Windows-1252"), ("cp1250", "Windows-125")),
    ],
)
def test_every_encoding_is_read_and_a_code_page_is_said(
    codec: str, said: str, tmp_path: Path
) -> None:
    text = "Name;Phone\r\nJürgen;+4915123456789\r\n"
    read = read_data(tmp_path, text.encode(codec))
    assert list_pairs(read) == [(GERMAN, "Jürgen")]
    assert read.code_page.startswith(said)
    assert (f"read as {said}" in read.summary) is bool(said)
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jürgen\r\nTEL:{GERMAN}\r\nEND:VCARD\r\n"
    read = read_data(tmp_path, card.encode(codec), name="a.vcf")
    assert list_pairs(read) == [(GERMAN, "Jürgen")]
    assert read.code_page.startswith(said)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('"Ana "the boss" Kowal",+48500600701', "a quotation mark in the wrong place"),
        ('"Ana,+48500600701', "a quotation mark in the wrong place"),
        ("Ana,4.85006E+10", "a spreadsheet has rounded the number"),
        ("Ana,none", "no valid number"),
        ("Ana,+4812", "no valid number"),
        ("Ana,", "no number"),
        ("Ana", "no number"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_the_next_one_is_in(
    row: str, reason: str, tmp_path: Path
) -> None:
    read = read_data(tmp_path, f"Name,Phone\n{row}\nBo,+48500600702\n")
    assert list_pairs(read) == [(BO, "Bo")]
    assert [(skipped.place, skipped.reason) for skipped in read.skipped] == [("line 2", reason)]
    assert f"1 row skipped (line 2: {reason})" in read.summary


def test_a_row_like_a_heading_below_contacts_is_named(tmp_path: Path) -> None:
    read = read_data(tmp_path, f"Ana;{ANA}\nName;Phone\nBo;{BO}\n")
    assert list_pairs(read) == [(ANA, "Ana"), (BO, "Bo")]
    assert [skipped.place for skipped in read.skipped] == ["line 2"]


def test_a_bad_card_is_named_by_its_line_and_the_next_one_is_in(tmp_path: Path) -> None:
    cards = [
        f"BEGIN:VCARD\nFN:{name}\n{tel}END:VCARD\n"
        for name, tel in (
            ("Ana", "TEL:12\n"),
            ("No", ""),
            ("Fax", "TEL;FAX:+48222222222\n"),
            ("Bo", f"TEL:{BO}\n"),
        )
    ]
    read = read_data(tmp_path, "".join(cards), name="team.vcf")
    assert list_pairs(read) == [(BO, "Bo")]
    assert [(skipped.place, skipped.reason) for skipped in read.skipped] == [
        ("line 1", "no valid number"),
        ("line 5", "no number"),
        ("line 8", "only a fax number"),
    ]
    assert "3 rows skipped (line 1: no valid number; 2 more)" in read.summary


def test_a_bad_number_beside_a_good_one_is_named(tmp_path: Path) -> None:
    read = read_data(tmp_path, f"Name,Mobile,Home Phone\nAna,{ANA},123\nBo,,\n")
    assert (list_pairs(read), read.rows) == ([(ANA, "Ana")], 1)
    assert [str(found) for found in read.left_out] == ['line 2: no valid number: "123" (too short)']
    read = read_data(tmp_path, f"Name,Mobile,Home Phone\nAna,{ANA},+48 12\n")
    assert "1 number left out (line 2: no valid number)" in read.summary


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Kunde X,Kontaktweg\nAna,+48500600701\n", ['"Kunde X"', '"Kontaktweg"']),
        ("Kuku;Phone\nAna;+48500600701\n", ['"Kuku"']),
        ("Name;Kuku\nAna;500600701\nBo;500600702\n", ['"Kuku"']),
        ("Name;Kuku\nAna;none\n", ['"Kuku"']),
    ],
)
def test_headings_that_are_not_understood_are_named_with_the_known_ones(
    text: str, named: list[str], tmp_path: Path
) -> None:
    with pytest.raises(UnclearColumnsError) as raised:
        read_data(tmp_path, text)
    problem = str(raised.value)
    assert all(name in problem for name in named), problem
    assert "known headings are Phone, Mobile, Name, First name" in problem
    assert len(raised.value.columns) == 2


def test_chosen_columns_are_taken(tmp_path: Path) -> None:
    text = f"Kunde X;Kontaktweg;Von\nAna;{ANA};Kowal\n"
    expected = [(ANA, "Ana Kowal")]
    by_heading = ColumnChoice(("kontaktweg",), ("KUNDE X", "von"))
    assert list_pairs(read_data(tmp_path, text, choice=by_heading)) == expected
    by_position = ColumnChoice((2,), (1, 3))
    assert list_pairs(read_data(tmp_path, text, choice=by_position)) == expected
    assert (
        list_pairs(read_data(tmp_path, text, choice=ColumnChoice(("2",), ("1", "3")))) == expected
    )
    assert list_pairs(read_data(tmp_path, f"Ana;{ANA};Kowal\n", choice=by_position)) == expected
    titled = f"All of March\n\n{text}"
    assert list_pairs(read_data(tmp_path, titled, choice=by_position)) == expected


def test_a_choice_without_names_is_not_enough(tmp_path: Path) -> None:
    with pytest.raises(UnclearColumnsError, match="No column for the name"):
        read_data(tmp_path, f"Kunde X;Weg\nAna;{ANA}\n", choice=ColumnChoice(("Weg",)))
    read = read_data(tmp_path, f"Weg\n{ANA}\n", choice=ColumnChoice(("Weg",)))
    assert list_pairs(read) == [(ANA, "")]


def test_columns_that_are_not_chosen_are_found_as_usual(tmp_path: Path) -> None:
    text = f"Kuku;Phone;Notes\nAna;{ANA};VIP\n"
    read = read_data(tmp_path, text, choice=ColumnChoice(names=("kuku",)))
    assert read.contacts == [Contact(ANA, "Ana", "VIP")]
    none = read_data(tmp_path, f"Name;Phone\nAna;{ANA}\n", choice=ColumnChoice(names=()))
    assert list_pairs(none) == [(ANA, "")]


def test_a_column_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    for name in ("Tel", "3", 0, 3):
        with pytest.raises(ContactFileError, match=f'No column "{name}": .*"Name", "Phone"'):
            read_data(tmp_path, f"Name;Phone\nAna;{ANA}\n", choice=ColumnChoice((name,)))
    card = "BEGIN:VCARD\nEND:VCARD\n"
    with pytest.raises(ContactFileError, match="no columns"):
        read_data(tmp_path, card, choice=ColumnChoice((1,)), name="a.vcf")


def test_the_columns_of_a_file_are_listed_with_their_first_texts(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"Name;Phone;Uwagi;\nAna;{ANA};;\nBo;{BO};VIP;\n", encoding="utf-8")
    name, number, note, blank = list_columns(path, None)
    assert (name.heading, name.samples, name.role) == ("Name", ("Ana", "Bo"), "name")
    assert (number.samples, number.role) == ((ANA, BO), "number")
    assert (note.samples, note.role) == (("VIP",), "note")
    assert (blank.heading, blank.samples, blank.role) == ("", (), "")


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le"])
def test_a_vcard_file_has_no_columns_in_any_encoding(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "c.vcf"
    path.write_bytes(f"BEGIN:VCARD\r\nFN:Ana\r\nTEL:{ANA}\r\nEND:VCARD\r\n".encode(codec))
    assert list_columns(path, None) == ()


def test_one_line_in_windows_1252_among_others_in_utf_8_is_read(tmp_path: Path) -> None:
    cards = [
        f"BEGIN:VCARD\r\nFN:{name}\r\nTEL:{ANA}\r\nEND:VCARD\r\n".encode(codec)
        for name, codec in (("Żółć Łącka", "utf-8"), ("Jürgen", "cp1252"))
    ]
    path = tmp_path / "c.vcf"
    path.write_bytes(b"".join(cards))
    assert [contact.name for contact in read_contacts(path).contacts] == ["Żółć Łącka", "Jürgen"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"PK\x03\x04rest", "is an Excel, Numbers or OpenDocument workbook"),
        (b"\xd0\xcf\x11\xe0rest", "is an Excel workbook"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"\r\n<html><table>", "is a web page"),
    ],
)
def test_files_of_another_kind_are_refused_with_advice(
    data: bytes, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(ContactFileError, match=f"{problem}.*export it as CSV"):
        read_data(tmp_path, data)


def test_a_file_that_is_named_like_a_vcard_and_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContactFileError, match="has no line BEGIN:VCARD"):
        read_data(tmp_path, "Name,Phone\n", name="a.vcf")
    assert list_pairs(
        read_data(tmp_path, f"\nBegin:vCard\nFN:Ana\nTEL:{ANA}\nEnd:vCard\n", name="a.txt")
    ) == [(ANA, "Ana")]


def test_an_empty_file_has_no_contacts(tmp_path: Path) -> None:
    for data in ("", "\n\n", "\ufeff", ";;;\n", "sep=;\n", "Name,Phone\n"):
        assert read_data(tmp_path, data).contacts == []


def test_progress_is_reported_until_all_is_read(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("Name,Phone\n" + f"Ana,{ANA}\n" * 2_500)
    reported: list[tuple[int, int]] = []
    read_contacts(path, progress=lambda done, total: reported.append((done, total)))
    assert reported == [(1_000, 2_500), (2_000, 2_500), (2_500, 2_500)]


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [ANA, f"'{BO}", "4.85E+10", '"', '""', 'a "b" c', "\n", "x\x00y", "12345", "Ana"]
    ),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8), seed=st.integers(0, 99))
def test_every_row_is_a_contact_or_named(rows: list[list[str]], seed: int, tmp_path: Path) -> None:
    body = "\n".join(";".join(f'"{c}"' if seed % 3 == 0 else c for c in row) for row in rows)
    path = tmp_path / "fuzz.csv"
    path.write_bytes(f"Name;Phone;Note\n{body}\n".encode("utf-8", "replace"))
    read = read_contacts(path, region="PL")
    places = {int(skipped.place.removeprefix("line ")) for skipped in read.skipped}
    assert len(places) == len(read.skipped)
    text = path.read_bytes().decode().replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n")[1:] if line.strip(' ;"\t')]
    if '"' not in text:
        assert read.rows + len(read.skipped) == len(
            [x for x in lines if x.replace(";", "").strip()]
        )


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.binary(max_size=300),
    head=st.sampled_from([b"", b"Name;Phone\n", b"BEGIN:VCARD\n", b'["vcard",']),
)
def test_no_file_raises_anything_but_its_own_error(
    data: bytes, head: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "fuzz.csv"
    path.write_bytes(head + data)
    try:
        read = read_contacts(path, region="DE")
    except ContactFileError:
        return
    assert read.rows <= len(read.contacts)


def test_a_broken_vcard_file_names_every_card_that_is_not_taken(tmp_path: Path) -> None:
    rng = random.Random(7)
    name = "FN;ENCODING=QUOTED-PRINTABLE:J=C3=\r\n=BCrgen"
    card = f"BEGIN:VCARD\r\n{name}\r\nTEL;CELL:{GERMAN}\r\nEND:VCARD\r\n"
    for _ in range(300):
        data = bytearray(card.encode() * 3)
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(11, len(data))] = rng.randrange(256)
        read = read_data(tmp_path, bytes(data), name="a.vcf")
        begun = bytes(data).upper().replace(b"\r", b"\n").split(b"\n").count(b"BEGIN:VCARD")
        assert read.rows + len(read.skipped) <= begun
        assert read.rows + len(read.skipped) >= 1
