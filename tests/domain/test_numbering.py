"""Test the readings of digits: forms of one number, national numbers, exit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.phone import (
    AddressKind,
    find_common_digits,
    parse_address,
    parse_destination,
)

SAME_NUMBER = {
    "Mexico": ["+525512345678", "+5215512345678", "+52 1 55 1234 5678", "5215512345678"],
    "Mexico, trunk codes": ["+523312345678", "+52 044 33 1234 5678", "+52 045 33 1234 5678"],
    "Argentina": ["+5491123456789", "+541123456789", "+54 9 11 15 2345-6789", "541123456789"],
    "Argentina, 15": ["+5493416123456", "+54 341 15 612 3456", "+543416123456"],
    "Argentina, long code": ["+5492966412345", "+54 2966 15 412345", "+54 9 2966 15 41-2345"],
    "Brazil, 9": ["+5511987654321", "+551187654321", "551187654321", "+55 11 8765-4321"],
    "Brazil, 7": ["+5521976543210", "+552176543210"],
    "Benin": ["+2290197123456", "+22997123456", "22997123456", "002290197123456"],
    "Ivory Coast, Orange": ["+2250707123456", "+22507123456"],
    "Ivory Coast, MTN": ["+2250545123456", "+22545123456"],
    "Ivory Coast, Moov": ["+2250141123456", "+22541123456"],
    "Italy": ["+393351234567", "+3903351234567", "+39 0335 123 4567", "3903351234567"],
    "Italy, short": ["+39335123456", "+390335123456"],
    "Gabon": ["+24166123456", "+24106123456", "+241 066 12 34 56", "+2416123456"],
    "Gabon, Airtel": ["+24177123456", "+24107123456"],
    "Vietnam": ["+84701234567", "+841201234567", "+84 120 123 4567"],
    "Vietnam, Viettel": ["+84381234567", "+841681234567"],
    "Cameroon": ["+237677123456", "+23777123456"],
    "Mauritius": ["+23057123456", "+2307123456"],
    "Ecuador": ["+593998123456", "+59398123456"],
    "Kosovo": ["+38344123456", "+37744123456"],
    "Kosovo, Ipko": ["+38349123456", "+38649123456"],
    "Australia": ["+61491570121", "61491570121", "0061491570121", "001161491570121"],
    "Poland": ["+48500600701", "01148500600701", "8~10 48 500 600 701", "+0048500600701"],
    "Hungary": ["+36301234567", "+36 06 30 123 4567"],
}
"""Spellings and forms of one number; the first is the one that works today."""


@pytest.mark.parametrize("forms", SAME_NUMBER.values(), ids=SAME_NUMBER)
def test_all_forms_of_a_number_are_one_customer(forms: list[str]) -> None:
    assert {parse_address(form).conversation_key for form in forms} == {forms[0]}
    for form in forms:
        address = parse_address(form)
        assert address.kind is AddressKind.NUMBER
        assert address.e164 is not None
        assert parse_address(address.e164).e164 == address.e164


@pytest.mark.parametrize("forms", SAME_NUMBER.values(), ids=SAME_NUMBER)
def test_answers_go_to_a_form_that_works(forms: list[str]) -> None:
    # In Argentina both forms work, so that answers go to the one that the customer uses.
    works = {forms[0], forms[0].replace("+549", "+54")}
    for form in forms:
        assert parse_address(form).e164 in works
        assert parse_destination(form).e164 in works


@pytest.mark.parametrize(
    "pair",
    [
        ("+551132654321", "+5511932654321"),  # a fixed line in São Paulo and a mobile
        ("+390612345678", "+39612345678"),  # Rome has kept its zero
        ("+390341123456", "+39341123456"),  # Lecco
        ("+5215512345678", "+5255123456780"),
        ("+22507123456", "+2250507123456"),  # another operator
        ("+2290197123456", "+2290198123456"),
        ("+37744123456", "+377612345678"),  # Monaco itself
        ("+38649123456", "+38640123456"),  # Slovenia itself
        ("+12015550123", "+2015550123"),
    ],
)
def test_different_subscribers_stay_apart(pair: tuple[str, str]) -> None:
    first, second = (parse_address(number).conversation_key for number in pair)
    assert first != second


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("0491570121", "AU", "+61491570121"),
        ("491570121", "AU", "+61491570121"),
        ("61491570121", "AU", "+61491570121"),
        ("+0491570121", "AU", "+61491570121"),
        ("0011 48 500 600 701", "AU", "+48500600701"),
        ("48500600701", "AU", "+48500600701"),
        ("64211234567", "AU", "+64211234567"),
        ("0211234567", "NZ", "+64211234567"),
        ("61491570121", "NZ", "+61491570121"),
        ("2015550123", "US", "+12015550123"),
        ("12015550123", "US", "+12015550123"),
        ("(201) 555-0123", "US", "+12015550123"),
        ("011 48 500 600 701", "US", "+48500600701"),
        ("4915123456789", "US", "+4915123456789"),
        ("500600701", "PL", "+48500600701"),
        ("48500600701", "PL", "+48500600701"),
        ("0500600701", "PL", "+48500600701"),
        ("0048500600701", "PL", "+48500600701"),
        ("4915123456789", "PL", "+4915123456789"),
        ("380671234567", "PL", "+380671234567"),
        ("015123456789", "DE", "+4915123456789"),
        ("15123456789", "DE", "+4915123456789"),
        ("4915123456789", "DE", "+4915123456789"),
        ("48500600701", "DE", "+48500600701"),
        ("61491570156", "DE", "+61491570156"),
        ("79161234567", "RU", "+79161234567"),
        ("8 916 123-45-67", "RU", "+79161234567"),
        ("9161234567", "RU", "+79161234567"),
        ("8~10 48 500 600 701", "RU", "+48500600701"),
        ("9123456789", "IN", "+919123456789"),
        ("919123456789", "IN", "+919123456789"),
        ("3931234567", "IT", "+393931234567"),
        ("03351234567", "IT", "+393351234567"),
        ("0612345678", "IT", "+390612345678"),
        ("1187654321", "BR", "+5511987654321"),
        ("551187654321", "BR", "+5511987654321"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("5215512345678", "MX", "+525512345678"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("37251990011", "EE", "+37251990011"),
    ],
)
def test_digits_are_read_in_the_country_of_the_account(raw: str, region: str, e164: str) -> None:
    assert parse_address(raw, region).e164 == e164


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("491512345678", "DE"),  # a mobile with a digit missing; 0491 is Leer as well
        ("491512345678", None),
        ("2015550", "US"),
        ("0491570121", None),
        ("0491570121", "PL"),
    ],
)
def test_digits_that_are_no_number_there_are_not_guessed(raw: str, region: str | None) -> None:
    assert parse_address(raw, region).e164 is None


DIGITS = st.text("0123456789", min_size=9, max_size=14)
CODES = st.sampled_from(["", "52", "521", "54", "549", "55", "229", "225", "39", "241", "84"])


@given(CODES, DIGITS, st.sampled_from([None, "AU", "MX", "AR", "BR", "IT", "US", "PL"]))
def test_a_key_is_its_own_key(code: str, digits: str, region: str | None) -> None:
    for raw in (f"+{code}{digits}", f"{code}{digits}"):
        address = parse_address(raw, region)
        key = address.conversation_key
        assert parse_address(key).conversation_key == key
        if address.e164:
            assert parse_address(address.e164, region).e164 == address.e164


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("51990011", "EE", "+37251990011"),
        ("40412345", "NO", "+4740412345"),
        ("91234567", "SG", "+6591234567"),
        ("7712345", "IS", "+3547712345"),
        ("97123456", "BJ", "+2290197123456"),
        ("07123456", "CI", "+2250707123456"),
        ("51990011", "PL", None),
        ("51990011", None, None),
        ("23456789", "HK", None),
        ("600700", "PL", None),
    ],
)
def test_a_mobile_as_short_as_a_short_code_is_read_where_mobiles_are_that_short(
    raw: str, region: str | None, e164: str | None
) -> None:
    assert parse_address(raw, region).e164 == e164
    if e164:
        assert parse_destination(raw, region).e164 == e164


@pytest.mark.parametrize("forms", SAME_NUMBER.values(), ids=SAME_NUMBER)
def test_a_number_is_found_by_each_of_its_forms(forms: list[str]) -> None:
    compact = ["".join(char for char in form if char in "+0123456789") for form in forms]
    stored = {str(parse_address(form).e164) for form in forms}
    for typed in compact:
        assert all(find_common_digits(typed) in number for number in stored)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0491570156", "+61491570156"),
        ("491570", "+61491570156"),
        ("2015550123", "+12015550123"),
        ("570156", "+61491570156"),
        ("+6149157", "+61491570156"),
        *(("0061491570156"[:digits], "+61491570156") for digits in range(6, 14)),
        ("0491", "0491570156"),
        ("12345", "12345"),
    ],
)
def test_a_part_of_a_number_is_found_as_it_is_typed(typed: str, number: str) -> None:
    assert find_common_digits(typed) in number


@pytest.mark.parametrize("text", ["tel:+61-491-570-156", "TEL: +61491570156", "'+61491570156"])
def test_a_uri_or_a_guarded_number_is_the_number(text: str) -> None:
    assert parse_address(text).e164 == "+61491570156"


@pytest.mark.parametrize("text", ["hotel: 491", "tel:", "O'Neill"])
def test_a_name_that_only_looks_like_one_stays_a_name(text: str) -> None:
    assert parse_address(text).e164 is None
