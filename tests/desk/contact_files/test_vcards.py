"""Test reading vCards of all versions, as telephones and address books write them."""

import base64
import json
from collections.abc import Sequence

import pytest

from tui.desk.contact_files.vcards import Card, is_vcard_file, read_cards


def make_card(*lines: str, end: str = "\r\n", version: str = "3.0") -> bytes:
    """Return a file with one card of these lines."""
    return end.join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode()


def read_one(data: bytes, region: str | None = None) -> Card:
    """Return the only card of a file."""
    cards, _ = read_cards(data, region)
    assert len(cards) == 1
    return cards[0]


TEL = "TEL:+48500600701"


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["FN:Ana Kowal"], "Ana Kowal"),
        (["fn:Ana Kowal"], "Ana Kowal"),
        (["FN;CHARSET=UTF-8:Żaneta"], "Żaneta"),
        (["fn;quoted-printable:J=C3=BCrgen M=C3=BCller"], "Jürgen Müller"),
        (["FN;ENCODING=QUOTED-PRINTABLE:J=C3=BCr=", "gen M=C3=", "=BCller"], "Jürgen Müller"),
        (["FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=FCrgen"], "Jürgen"),
        (["FN;CHARSET=WINDOWS-1250;QUOTED-PRINTABLE:=A3ukasz"], "Łukasz"),
        (["FN;ENCODING=b:" + base64.b64encode("Łukasz".encode()).decode()], "Łukasz"),
        (["FN:Ana Ko", " wal"], "Ana Kowal"),
        (["FN:Ana Ko", "\twal"], "Ana Kowal"),
        (["item1.FN:Ana", "item1.X-ABLabel:_$!<Home>!$_"], "Ana"),
        (["FN:Kowal\\, Ana\\nBoss"], "Kowal, Ana Boss"),
        (["N:Kowal;Ana;;Dr;"], "Ana Kowal"),
        (["N:Kowal;Ana;Maria;;"], "Ana Maria Kowal"),
        (["FN:", "N:;;;;", "ORG:Piekarnia Lis;Biuro"], "Piekarnia Lis"),
        (["FN:  ", "N:;", "ORG:;Biuro"], "Biuro"),
        (["ORG:Lis\\; Syn;Biuro"], "Lis; Syn"),
        (["N:;;;;", "NICKNAME:Nono"], "Nono"),
        (['FN;X-QUOTE="a:b;c":Ana'], "Ana"),
        (["FN:Ana", "FN:Other"], "Ana"),
        ([], ""),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_the_name_is_found(lines: Sequence[str], name: str, end: str) -> None:
    card = read_one(make_card(*lines, TEL, end=end))
    assert (card.name, card.numbers) == (name, ("+48500600701",))


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (["tel;cell:+4915123456789"], ["+4915123456789"]),
        (["TEL;VALUE=uri:tel:+1-415-555-2671;ext=5555"], ["+1-415-555-2671"]),
        (['TEL;VALUE=uri;TYPE="cell,text":tel:+14155552671'], ["+14155552671"]),
        (["TEL;TYPE=CELL;TYPE=PREF:+1"], ["+1"]),
        (["TEL;VALUE=uri:tel:%2B14155552671"], ["+14155552671"]),
        (["TEL;VALUE=uri:tel:555-2671;phone-context=+1-415"], ["+1-415555-2671"]),
        (["TEL;ENCODING=QUOTED-PRINTABLE;CELL:=2B48500600701"], ["+48500600701"]),
        (["TEL;HOME:+1", "TEL;CELL:+2", "TEL;TYPE=WORK:+3"], ["+2", "+1", "+3"]),
        (["TEL;HOME;FAX:+1", "TEL:+2"], ["+2"]),
        (["TEL;TYPE=VOICE,FAX:+1"], ["+1"]),
        (["item2.TEL;type=iPhone;type=CELL;type=VOICE;type=pref:+1"], ["+1"]),
        (["TEL;PREF=1:+1", "TEL:"], ["+1"]),
        ([], []),
    ],
)
def test_numbers_are_found_the_mobile_ones_first(
    lines: Sequence[str], numbers: Sequence[str]
) -> None:
    assert list(read_one(make_card("FN:Ana", *lines)).numbers) == list(numbers)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("FN:+48 500 600 701", "N:Kowal;Ana;;;"), "Ana Kowal"),
        (("FN:+48 500 600 701", "N:;;;;", "ORG:Lis"), "Lis"),
        (("FN:+48 500 600 701", "N:;;;;"), "+48 500 600 701"),
    ],
)
def test_a_number_is_a_name_only_if_there_is_no_other(lines: Sequence[str], name: str) -> None:
    assert read_one(make_card(*lines, "TEL:+48500600701")).name == name


def test_a_soft_line_break_at_the_end_of_a_value_swallows_no_number() -> None:
    note = "NOTE;ENCODING=QUOTED-PRINTABLE:call after 6=20="
    card = read_one(make_card(note, "item1.TEL:+48500600701", "FN:Ana", version="2.1"))
    assert (card.name, card.numbers) == ("Ana", ("+48500600701",))


def test_a_card_with_a_fax_alone_says_so() -> None:
    assert read_one(make_card("FN:Ana", "TEL;TYPE=FAX:+1")).has_fax_only
    assert not read_one(make_card("FN:Ana")).has_fax_only


@pytest.mark.parametrize(
    "picture",
    [
        ["PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRg", " ABAQAAAQ==", ""],
        ["PHOTO;BASE64:", "  /9j/4AAQSkZJRg", "  ABAQAAAQ==", ""],
        ["PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ", " FN:+/x", " TEL=="],
        ["PHOTO:data:image/jpeg;base64,/9j/4AAQ"],
        ["LOGO;ENCODING=BASE64:/9j/4AAQSkZJRg", "ABAQAAAQ=="],
    ],
)
def test_pictures_are_passed_over(picture: Sequence[str]) -> None:
    card = read_one(make_card("FN:Ana", *picture, TEL))
    assert (card.name, card.numbers) == ("Ana", ("+48500600701",))


def test_the_card_of_an_agent_is_not_taken() -> None:
    agent = ["AGENT:", "", "BEGIN:VCARD", "FN:Agent", "TEL:+1", "END:VCARD"]
    card = read_one(make_card("FN:Ana", *agent, TEL, version="2.1"))
    assert (card.name, card.numbers) == ("Ana", ("+48500600701",))


def test_cards_without_an_end_are_closed_by_the_next_one() -> None:
    data = b"BEGIN:VCARD\nFN:Ana\nTEL:+1\n\nBEGIN:VCARD\nFN:Bo\nno colon\nTEL:+2\n"
    cards, _ = read_cards(data, None)
    assert [(card.place, card.name, card.numbers) for card in cards] == [
        ("line 1", "Ana", ("+1",)),
        ("line 5", "Bo", ("+2",)),
    ]


def test_names_in_an_undeclared_code_page_are_read_by_their_country() -> None:
    data = "BEGIN:VCARD\nFN:Łukasz Żółw\nTEL:+48500600701\nEND:VCARD\n".encode("cp1250")
    cards, code_page = read_cards(data, None)
    assert (cards[0].name, code_page) == ("Łukasz Żółw", "Windows-1250 (Central European)")
    quoted = make_card("FN;ENCODING=QUOTED-PRINTABLE:J=FCrgen", "TEL:+4915123456789")
    assert read_cards(quoted, None)[0][0].name == "Jürgen"


def test_a_jcard_is_read() -> None:
    properties = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", "Kowal, Ana"],
        ["tel", {"type": ["cell", "text"]}, "uri", "tel:+48-500-600-701;ext=5"],
        ["note", {}, "text", "VIP"],
    ]
    for content in (["vcard", properties], [["vcard", properties]]):
        data = json.dumps(content).encode()
        assert is_vcard_file(data)
        card = read_one(data)
        assert (card.name, card.note, card.numbers) == ("Kowal, Ana", "VIP", ("+48-500-600-701",))
    only_n = ["vcard", [["n", {}, "text", ["Kowal", "Ana", "", "", ""]]]]
    assert read_one(json.dumps(only_n).encode()).name == "Ana Kowal"
