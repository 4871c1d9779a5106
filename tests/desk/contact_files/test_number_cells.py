"""Test finding numbers in cells as people and spreadsheets write them."""

import pytest

from tui.desk.contact_files.number_cells import clean_cell, read_numbers, read_numbers_after

ANA, BO, US = "+48500600701", "+48500600702", "+14155552671"


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "+48500600701",
            "+48 500 600 701",
            "0048 500-600-701",
            "48500600701",
            "(+48) 500.600.701",
        ),
        *("'+48500600701", '="+48500600701"', "=+48500600701", "=48500600701", "’+48500600701"),
        *("'48500600701", '"+48500600701"', '="48500600701"', "`+48500600701"),
        *("48500600701.0", "48500600701,00", "4.8500600701E+10", "4,8500600701e10"),
        *("+48\u00a0500\u2009600\u202f701", "\u202b+48500600701\u202c", "\u200e+48500600701"),
        *("＋４８５００６００７０１", "+٤٨٥٠٠٦٠٠٧٠١", "+48‑500‑600‑701"),
        *("+48500600701 (Ana)", "Ana <+48500600701>", "Ana: +48500600701", "+48500600701 [work]"),
        *("Tel.: +48500600701", "mobile +48500600701", "+48500600701 mobile", "p:+48500600701"),
        *(
            "tel:+48-500-600-701",
            "whatsapp:+48500600701",
            "sms:+48500600701",
            "+48500600701;",
            "+48500600701*",
            "+48500600701 ::: ",
        ),
        *("+48500600701 ext 55", "+48500600701x55", "+48500600701;ext=55", "+48500600701,,55"),
        *(
            "+48500600701 wew. 55",
            "+48500600701 доб. 55",
            "+48500600701 #55",
            "+48500600701 Ext.: 5",
        ),
    ],
)
def test_one_number_is_found_in_every_spelling(cell: str) -> None:
    assert read_numbers(cell, None).numbers == (ANA,)
    assert read_numbers(cell, None).problems == ()


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "+48 500 600 701 ::: +48 500 600 702",
            "+48500600701;+48500600702",
            "+48500600701\n+48500600702",
        ),
        *("+48500600701/+48500600702", "+48500600701, +48500600702", "+48500600701 | +48500600702"),
        *(
            "+48500600701 +48500600702",
            "+48500600701 or +48500600702",
            "+48500600701\t+48500600702",
        ),
        *("Ana: +48500600701; Bo: +48500600702", "'+48500600701;'+48500600702;"),
        "+48500600701 ext 5 / +48500600702 x7",
    ],
)
def test_several_numbers_are_found_in_their_order(cell: str) -> None:
    assert read_numbers(cell, None).numbers == (ANA, BO)


@pytest.mark.parametrize(
    ("cell", "region", "numbers"),
    [
        ("+48500600701 - po 16:00", None, ["+48500600701"]),
        ("+48 (0) 500 600 701", None, ["+48500600701"]),
        ("+48500600701?", None, ["+48500600701"]),
        ("++48_500_600_701", None, ["+48500600701"]),
        ("Mobil: 0151 23456789 Büro: 030 123456", "DE", ["+4915123456789", "+4930123456"]),
        ("06 12 34 56 78 (Léa) - 06 12 34 56 79", "FR", ["+33612345678", "+33612345679"]),
    ],
)
def test_words_and_signs_around_numbers_do_not_hide_them(
    cell: str, region: str | None, numbers: list[str]
) -> None:
    assert list(read_numbers(cell, region).numbers) == numbers


@pytest.mark.parametrize(
    ("code", "text", "region", "numbers"),
    [
        ("+48", "500 600 701", None, ["+48500600701"]),
        ("48", "500600701", None, ["+48500600701"]),
        ("0049", "0151 23456789", None, ["+4915123456789"]),
        ("0151", "23456789", "DE", ["+4915123456789"]),
        ("(0151)", "0151/23456789", "DE", ["+4915123456789"]),
        ("415", "5552671", "US", ["+14155552671"]),
        ("+48", "+49 151 23456789", None, ["+4915123456789"]),
        ("48", "48500600701", None, ["+48500600701"]),
        ("Mr", "500600701", "PL", ["+48500600701"]),
        ("", "500600701", "PL", ["+48500600701"]),
        ("49", "151 23456789", "DE", ["+4915123456789"]),
        ("0151", "23456789012345", "DE", []),
    ],
)
def test_a_code_in_the_cell_before_belongs_to_the_number(
    code: str, text: str, region: str | None, numbers: list[str]
) -> None:
    assert list(read_numbers_after(code, text, region).numbers) == numbers


def test_numbers_without_a_country_belong_to_the_region() -> None:
    assert read_numbers("500 600 701 / 500 600 702", "PL").numbers == (ANA, BO)
    assert read_numbers("0171/1234567", "DE").numbers == ("+491711234567",)
    assert read_numbers("+49 (0)171 1234567", None).numbers == ("+491711234567",)
    assert read_numbers("91234567", "NO").numbers == ("+4791234567",)


def test_a_short_code_is_taken_only_if_the_cell_has_nothing_else() -> None:
    assert read_numbers("12345", None).numbers == ("12345",)
    assert read_numbers("'12345", None).numbers == ("12345",)
    assert read_numbers("500600701/702", None).numbers == ()
    assert read_numbers("1 800 FLOWERS", None).numbers == ()


@pytest.mark.parametrize("cell", ["4.85006E+10", "4,85006E+10", "4.85E10", "4.85006e+10", "5E+10"])
def test_a_rounded_number_is_refused_with_the_reason(cell: str) -> None:
    found = read_numbers(cell, "PL")
    assert found.numbers == ()
    assert [problem.reason for problem in found.problems] == [
        "a spreadsheet has rounded the number"
    ]
    assert cell in found.problems[0].detail


@pytest.mark.parametrize(
    "cell", ["unknown", "O48500600701", "12", "n/a", "+48 500 600 70x", "2026-03-04", "9" * 2_000]
)
def test_what_is_no_number_has_a_reason(cell: str) -> None:
    found = read_numbers(cell, None)
    assert found.numbers == ()
    assert [problem.reason for problem in found.problems] == ["no valid number"]


def test_an_invalid_part_does_not_remove_the_valid_one() -> None:
    found = read_numbers("+48 500 600 701, 22 555", None)
    assert found.numbers == (ANA,)
    assert '"22 555"' in found.problems[0].detail


@pytest.mark.parametrize("cell", ["", "  ", "\u200b", "''", '=""'])
def test_a_cell_without_text_has_no_number_and_no_problem(cell: str) -> None:
    assert read_numbers(cell, None) == read_numbers("", None)


def test_guards_of_spreadsheets_are_removed_from_texts() -> None:
    assert clean_cell('="Ana ""K"""') == 'Ana "K"'
    assert clean_cell("'=SUM(1)") == "=SUM(1)"
    assert clean_cell("'t Hooft") == "'t Hooft"
    assert clean_cell("\ufeffAna\u200b ") == "Ana"
