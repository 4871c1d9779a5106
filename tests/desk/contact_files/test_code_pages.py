"""Test finding the code page of short lists of names."""

import pytest

from tui.desk.contact_files.text_decoding import decode_text

FILES = [
    ("cp1252", "Name;Phone\r\nJürgen;+4915123456789\r\n"),
    ("cp1252", "Vorname;Nachname;Mobiltelefon\nJürgen;Groß;+49151\n"),
    ("cp1252", "Prénom;Téléphone\nFrançois;0612345678\n"),
    ("cp1252", "Name,Phone\nJosé Núñez,+34600123456\n"),
    ("cp1252", "Name;Phone\nÅse Ødegård;+4791234567\n"),
    ("cp1252", "Name,Phone\nO’Brien,+353861234567\n"),
    ("cp1252", "Name;Phone\n" + "Anna;+4915123456789\n" * 200 + "MÜLLER;+4915123456789\n"),
    ("cp1250", "Imię;Telefon\nŁukasz Żółw;500600701\n"),
    ("cp1250", "Nazwisko;Telefon\nWiśniewska;500600701\n"),
    ("cp1250", "Name;Phone\nJan Dvořák;+420601123456\n"),
    ("cp1250", "Name;Phone\nSzabó Győző;+36301234567\n"),
    ("cp1250", "Name;Phone\nJürgen;+4915\nŁukasz;+48500600701\nŻaneta;+48500600702\n"),
    ("cp1251", "Имя;Телефон\nИван Петров;89161234567\n"),
    ("cp1251", "Name;Phone\nОлена Їжак;+380671234567\n"),
    ("iso8859_2", "Imię;Telefon\nJaś Wąs;500600701\n"),
    ("iso8859_2", "Name;Phone\nTomáš Šťastný;+420601123456\n"),
    ("koi8_r", "Имя;Телефон\nИван Петров;89161234567\n"),
    ("cp866", "Имя;Телефон\nИван Петров;89161234567\n"),
    ("cp852", "Imię;Telefon\nŁukasz Żółw;500600701\n"),
    ("cp850", "Name;Phone\nMüller;+4915123456789\n"),
    ("cp1253", "Name;Phone\nΓιώργος;+306912345678\n"),
    ("cp1254", "Ad Soyad;Cep Telefonu\nİsmail Çağ;5321234567\n"),
    ("cp1254", "Name;Phone\nŞengül Yıldız;+905321234567\n"),
    ("cp1255", "שם,טלפון\nדוד,+972501234567\n"),
    ("cp1256", "الاسم,الهاتف\nمحمد,+201001234567\n"),
    ("cp1257", "Vardas;Telefonas\nŽivilė Šimkutė;+37060000000\n"),
    ("cp1257", "Name;Phone\nĢirts Kalniņš;+37120000000\n"),
    ("cp874", "ชื่อ,โทรศัพท์\nสมชาย,+66812345678\n"),
    ("cp932", "氏名,携帯電話\n佐藤花子,09012345678\n"),
    ("cp932", "name,phone\n佐藤,+819012345678\n"),
    ("gbk", "姓名,电话\n王小明,+8613800138000\n"),
    ("big5", "姓名,電話\n王小明,+886912345678\n"),
    ("cp949", "이름,전화\n김철수,+821012345678\n"),
]


@pytest.mark.parametrize(("codec", "text"), FILES)
def test_the_code_page_that_makes_sense_is_taken_and_named(codec: str, text: str) -> None:
    decoded = decode_text(text.encode(codec), None)
    assert decoded.text == text
    assert decoded.code_page


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        *(("utf-8", ""), ("utf-8-sig", ""), ("utf-16", "UTF-16"), ("utf-32", "UTF-32")),
        *(("utf-16-le", "UTF-16 LE"), ("utf-16-be", "UTF-16 BE")),
    ],
)
@pytest.mark.parametrize(
    "text", ["Name,Phone\nJürgen,+4915\n", "名前,電話\n田中太郎,+819012345678\n"]
)
def test_unicode_is_read_with_and_without_a_byte_order_mark(
    codec: str, label: str, text: str
) -> None:
    decoded = decode_text(text.encode(codec), None)
    assert (decoded.text, decoded.code_page) == (text, label)


def test_the_country_of_the_desk_counts_if_the_file_says_nothing() -> None:
    data = "Name\nKošťál\nÚlehla\nDvořák\n".encode("cp1250")
    assert decode_text(data, "CZ").text == data.decode("cp1250")
    data = "Ann Sørensen".encode("cp1252")
    assert decode_text(data, "DK").text == "Ann Sørensen"


def test_single_bad_bytes_do_not_make_utf_8_a_code_page() -> None:
    data = "Jürgen, Łukasz, Żaneta, Zoë".encode() + b"\xff"
    decoded = decode_text(data, None)
    assert decoded.text.startswith("Jürgen, Łukasz, Żaneta, Zoë")
    assert decoded.code_page == "UTF-8 with 1 unreadable character"


def test_lines_of_a_code_page_in_a_file_of_utf_8_spoil_no_other_line() -> None:
    lines = ["Name,Phone", "Jürgen,+4915123456789", "Zoë,+4915123456780"]
    data = "\r\n".join(lines).encode() + "\r\nMüller,+4915123456781\r\n".encode("cp1252")
    decoded = decode_text(data, "DE")
    assert decoded.text.splitlines() == [*lines, "Müller,+4915123456781"]
    assert decoded.code_page.startswith("UTF-8, and 1 line as Windows-125")


def test_a_file_in_a_code_page_stays_one_if_a_line_looks_like_utf_8() -> None:
    data = "Name,Phone\n联通,+8613812345678\n王小明,+8613812345679\n李明,+8613812345670\n".encode(
        "gbk"
    )
    assert decode_text(data, "CN").text == data.decode("gbk")
