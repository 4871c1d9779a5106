"""Test that numbers are grouped like others of their kind, and only like those."""

import phonenumbers
import pytest

from tui.domain import number_shapes
from tui.domain.number_shapes import apply_shape, remember_shape, use_shapes
from tui.domain.phone import format_phone_number


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the shapes that a test has seen."""
    shapes: dict[str, str] = {}
    monkeypatch.setattr(number_shapes, "seen_shapes", shapes)
    return shapes


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_a_shape_groups_its_own_number_as_the_country_does(
    region: str, seen: dict[str, str]
) -> None:
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    grouped = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    remember_shape(e164, grouped)
    with use_shapes(seen):
        assert apply_shape(e164) == grouped


def test_a_number_of_the_same_area_has_the_same_groups(seen: dict[str, str]) -> None:
    remember_shape("+12035550100", "+1 203-555-0100")
    with use_shapes(seen):
        assert format_phone_number("+12035559876") == "+1 203-555-9876"
    assert apply_shape("+12035559876") == ""


@pytest.mark.parametrize("other", ["", "+", "MYSHOP", "+1203555", "+120355501001", "+1203٥٥٥0100"])
def test_other_texts_have_no_shape(other: str, seen: dict[str, str]) -> None:
    remember_shape("+12035550100", "+1 203-555-0100")
    with use_shapes(seen):
        assert apply_shape(other) == ""


def test_a_number_that_was_changed_gives_no_shape(seen: dict[str, str]) -> None:
    remember_shape("+12035550100", "+1 203-555-010")
    assert not seen
