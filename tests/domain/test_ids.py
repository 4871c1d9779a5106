"""Test ids: they grow with time, fit the column, and are recognized in every form."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.ids import (
    create_id,
    extract_time,
    normalize_provider_id,
    parse_reference,
    smallest_id_at,
    to_reference,
)

TIMES = st.integers(min_value=1_000_000_000_000, max_value=8_000_000_000_000)
SEEDS = st.integers(min_value=0)


@given(TIMES, TIMES, SEEDS)
def test_ids_are_ordered_by_time_and_fit_a_column(a: int, b: int, seed: int) -> None:
    rng = random.Random(seed)
    first, second = create_id(a, rng), create_id(b, rng)
    assert (first < second) == (a < b) or a == b
    assert smallest_id_at(a) <= first < smallest_id_at(a + 1)
    assert first < 1 << 63


@given(TIMES, SEEDS)
def test_an_id_contains_its_time(at: int, seed: int) -> None:
    assert extract_time(create_id(at, random.Random(seed))) == at


@given(TIMES, SEEDS)
def test_a_reference_is_parsed_in_any_case(at: int, seed: int) -> None:
    identity = create_id(at, random.Random(seed))
    text = to_reference(identity)
    assert text.isascii()
    assert text.isalnum()
    assert len(text) <= 14
    assert parse_reference(text) == parse_reference(text.upper()) == identity


@given(st.one_of(st.none(), st.text(max_size=20)))
def test_any_text_is_parsed_as_an_id_or_none(text: str | None) -> None:
    found = parse_reference(text)
    assert found is None or 0 <= found < 1 << 63


def test_references_of_other_programs_are_not_ours() -> None:
    for text in ("", "m", "order-12345678", "x12345678", "m1234é678", "mzzzzzzzzzzzzz"):
        assert parse_reference(text) is None


@given(st.text(alphabet="0123456789abcdefABCDEF-", min_size=1))
def test_provider_ids_match_with_other_case_blanks_and_leading_zeros(text: str) -> None:
    assert (
        normalize_provider_id(text)
        == normalize_provider_id(f" 000{text.upper()} ")
        == normalize_provider_id(text.lower())
    )


def test_an_id_of_zeros_is_not_emptied() -> None:
    assert normalize_provider_id("000") == normalize_provider_id("0") == "0"
