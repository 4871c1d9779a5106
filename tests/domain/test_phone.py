"""Test phone numbers, short codes and names: one key per customer, and no wrong guesses."""

import sys
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.domain import zones
from tui.domain.phone import (
    AddressKind,
    InvalidNumberError,
    can_answer_sender,
    check_sender,
    find_country,
    find_time_zones,
    format_phone_number,
    parse_address,
    parse_destination,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
DIALLED = st.text("+0123456789 ()-.", max_size=22)


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("+61 491 570 156", "+61491570156"),
        ("61491570156", "+61491570156"),
        ("+61 (0) 491-570-156", "+61491570156"),
        ("0061491570156", "+61491570156"),
        ("12025550143", "+12025550143"),
        ("+48500600700", "+48500600700"),
        ("+37251990011", "+37251990011"),
        ("\u202a+48 500\u00a0600 700\u202c", "+48500600700"),
        ("＋４８５００６００７００", "+48500600700"),
        ("+٤٨٥٠٠٦٠٠٧٠٠", "+48500600700"),
    ],
)
def test_a_number_has_one_key_in_every_notation(raw: str, e164: str) -> None:
    address = parse_address(raw)
    assert (address.raw, address.e164, address.conversation_key) == (raw, e164, e164)
    assert address.kind is AddressKind.NUMBER


@pytest.mark.parametrize("raw", ["123", "12345", "19990011", "123 45", "0500"])
@pytest.mark.parametrize("region", [None, "US", "EE"])
def test_short_codes_are_never_numbers(raw: str, region: str | None) -> None:
    address = parse_address(raw, region)
    assert (address.e164, address.kind) == (None, AddressKind.SHORT_CODE)
    assert address.conversation_key == raw.replace(" ", "")


@pytest.mark.parametrize(
    ("raw", "key"),
    [("InfoSMS", "infosms"), (" My  Shop ", "my shop"), ("1-800-FLOWERS", "1-800-flowers")],
)
def test_names_are_kept_and_their_key_ignores_case(raw: str, key: str) -> None:
    address = parse_address(raw)
    assert (address.raw, address.e164, address.kind) == (raw, None, AddressKind.NAME)
    assert address.conversation_key == key


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("", ""),
        ("12", "12"),
        ("+12345", "+12345"),
        ("0491570156", "0491570156"),
        ("+61999999999", "61999999999"),
        ("61999999999", "61999999999"),
        ("++48500600700", "++48500600700"),
        ("9" * 40, "9" * 40),
        ("#*!", "#*!"),
    ],
)
def test_any_other_address_is_unknown_with_a_key_of_its_own(raw: str, key: str) -> None:
    address = parse_address(raw)
    assert (address.e164, address.kind, address.conversation_key) == (
        None,
        AddressKind.UNKNOWN,
        key,
    )


def test_a_region_applies_only_to_numbers_without_country_code() -> None:
    assert parse_address("0491570156", "AU").e164 == "+61491570156"
    assert parse_address("500600700", "PL").e164 == "+48500600700"
    assert parse_address("61491570156", "DE").e164 == "+61491570156"
    assert parse_address("+48500600700", "AU").e164 == "+48500600700"


@given(ANY_TEXT | DIALLED, st.sampled_from([None, "AU", "US", "PL", "EE", "DE", "XX", ""]))
@example("Shop\ud800", None)
def test_any_address_is_parsed_and_its_key_is_stable(raw: str, region: str | None) -> None:
    address = parse_address(raw, region)
    assert address.raw == raw
    address.conversation_key.encode()
    assert (address.e164 is not None) is (address.kind is AddressKind.NUMBER)
    if address.e164 is not None:
        assert parse_address(address.e164).conversation_key == address.conversation_key
        assert (
            parse_address(address.e164.removeprefix("+")).conversation_key
            == address.conversation_key
        )


@pytest.mark.parametrize(
    ("typed", "region", "e164"),
    [
        ("0491 570 156", "AU", "+61491570156"),
        ("491570156", "AU", "+61491570156"),
        ("0011 49 1512 3456789", "AU", "+4915123456789"),
        ("5199 0011", "EE", "+37251990011"),
        ("500-600-700", "PL", "+48500600700"),
        ("48500600700", "PL", "+48500600700"),
        ("(202) 555-0143", "US", "+12025550143"),
        ("(512) 555-0143", "US", "+15125550143"),
        ("310-900-2301", "US", "+13109002301"),  # +31 900 2301 is valid too
        ("+61 491 570 156", "PL", "+61491570156"),
        ("61491570156", None, "+61491570156"),
    ],
)
def test_typed_numbers_are_read_as_national_first(
    typed: str, region: str | None, e164: str
) -> None:
    address = parse_destination(typed, region)
    assert (address.raw, address.e164, address.kind) == (typed, e164, AddressKind.NUMBER)


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("", "AU", "with + and the country code"),
        ("Anna", "PL", "only digits"),
        ("12345", "US", "Too short"),
        ("500600700", None, "No country"),
        ("+61 491 570 15", "AU", "check the digits"),
        ("1234567890", "PL", "in PL: check the digits"),
        ("+" + "1" * 16, "US", "at most 15 digits"),
        ("1" * 400, "US", "at most 15 digits"),
        ("20100000000000", "DE", "check the digits"),
        ("61491570156", "DE", "Either +49 6149 1570156 or +61 491 570 156"),
    ],
)
def test_a_bad_number_is_refused_with_its_fix(
    typed: str, region: str | None, expected: str
) -> None:
    with pytest.raises(InvalidNumberError) as refused:
        parse_destination(typed, region)
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


@given(ANY_TEXT | DIALLED, st.sampled_from([None, "AU", "US", "PL", "DE", "XX"]))
def test_typed_text_becomes_a_number_or_one_error_line(typed: str, region: str | None) -> None:
    try:
        address = parse_destination(typed, region)
    except InvalidNumberError as refused:
        line = str(refused)
        assert line.isprintable()
        assert 20 < len(line) < 100
    else:
        assert address.e164 is not None
        assert parse_destination(address.e164, region).e164 == address.e164


def test_numbers_are_shown_as_people_group_them() -> None:
    assert format_phone_number("+61491570156") == "+61 491 570 156"
    assert format_phone_number("+37251990011") == "+372 5199 0011"
    assert format_phone_number("InfoSMS") == "InfoSMS"


@pytest.mark.parametrize(
    ("e164", "code"),
    [
        ("+61491570156", "AU"),
        ("+12025550143", "US"),
        ("+447700900142", "GB"),
        ("+80012345678", None),
        ("+999123456789", None),
        ("InfoSMS", None),
    ],
)
def test_a_number_has_a_country(e164: str, code: str | None) -> None:
    assert find_country(e164) == code


@pytest.mark.parametrize(
    ("e164", "expected"),
    [
        ("+48500600700", ("Europe/Warsaw",)),
        ("+37251990011", ("Europe/Tallinn",)),
        ("+12025550143", ("America/New_York",)),
        ("+13105550143", ("America/Los_Angeles",)),
        ("+19075550143", ("America/Anchorage",)),
        ("+17015550143", ("America/Chicago", "America/Denver")),
        ("+61291570156", ("Australia/Sydney",)),
        ("+61881234567", ("Australia/Adelaide",)),
        ("+61889123456", ("Australia/Darwin",)),
        ("+61892345678", ("Australia/Perth",)),
        ("+34922123456", ("Atlantic/Canary",)),
        ("+5592991234567", ("America/Manaus",)),
        ("+6421123456", ("Pacific/Auckland",)),
        ("+80012345678", ()),
        ("InfoSMS", ()),
    ],
)
def test_a_number_has_time_zones(e164: str, expected: tuple[str, ...]) -> None:
    assert find_time_zones(e164) == expected


def test_a_mobile_number_may_be_in_every_zone_of_its_country() -> None:
    possible = set(find_time_zones("+61491570156"))
    assert possible >= {"Australia/Sydney", "Australia/Brisbane", "Australia/Perth"}
    assert "Australia/Lord_Howe" not in possible


def test_every_zone_that_is_ever_named_exists() -> None:
    tables = [*zones._NORTH_AMERICA, *zones._ELSEWHERE, *zones._map_countries().values()]
    assert {zone for table in tables for zone in table} <= zoneinfo.available_timezones()


@pytest.fixture
def no_system_zones(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Remove the time zone database of the system."""
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    zones._map_countries.cache_clear()
    yield
    zones._map_countries.cache_clear()


@pytest.mark.usefixtures("no_system_zones")
def test_zones_come_from_the_tzdata_package_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "tzdata"
    (package / "zoneinfo").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "zoneinfo" / "zone.tab").write_text("#code\tplace\tzone\nEE\t+5925+02445\tHere\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tzdata", raising=False)
    assert find_time_zones("+37251990011") == ("Here",)
    monkeypatch.delitem(sys.modules, "tzdata")


@pytest.mark.usefixtures("no_system_zones")
def test_without_a_zone_database_the_local_time_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tzdata", None)
    assert find_time_zones("+37251990011") == ()
    assert find_time_zones("+61291570156") == ("Australia/Sydney",)


def test_each_area_code_is_in_one_row_of_the_table() -> None:
    codes = [code for codes in zones._NORTH_AMERICA.values() for code in codes.split()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    "sender", ["+61491570156", "61491570157", "12345", "ExampleCo", "My-Shop.24", "A1B", "2waySMS"]
)
def test_a_good_sender_has_no_problem(sender: str) -> None:
    assert check_sender(sender) is None


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("AB", "3 to 11"),
        ("TwelveSymbol", "3 to 11"),
        ("Zażółć", "A to Z"),
        ("Shop!", "A to Z"),
        ("123456789", "country code"),
        ("+99999999999", "country code"),
        ("...", "A to Z"),
    ],
)
def test_a_bad_sender_has_a_readable_problem(sender: str, expected: str) -> None:
    assert expected in (check_sender(sender) or "")


@pytest.mark.parametrize(
    ("sender", "can"),
    [("+61491570156", True), ("12345", True), ("500600700", True), ("ExampleCo", False)],
)
def test_a_sender_name_cannot_receive_replies(sender: str, can: bool) -> None:
    assert can_answer_sender(sender) is can
