"""Test the terms of the index: those of the words, and those for other ways to write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.folding import fold_text
from tui.domain.matching import is_match, parse_words
from tui.domain.searching import find_spans
from tui.domain.tokens import split_terms, split_words, to_index_text

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


def list_terms(text: str) -> tuple[list[str], set[str]]:
    """Return the terms of a text in their order, and the others."""
    terms, other = split_terms(fold_text(text))
    return [term[0] for term in terms], {term[0] for term in other}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Hello, World", ["hello", "world"]),
        ("部署方案", ["部署", "署方", "方案", "案"]),
        ("部署，方案", ["部署", "署", "方案", "案"]),
        ("𠀋𡃁街", ["𠀋𡃁", "𡃁街", "街"]),
        ("ガラス", ["がらす", "らす", "す"]),
        ("届きます", ["届き", "きます", "ます", "す"]),
        ("언제", ["언제", "제"]),
        ("ไหน", ["ไหน", "หน", "น"]),
        ("ទិញ", ["ទិញ", "ិញ", "ញ"]),
        ("单A1已", ["单a", "a1", "1已", "已"]),
        ("ok👍🏽👎", ["ok", "👍", "👎"]),
        ("👨‍👩‍👧", ["👨", "👩", "👧"]),
        ("🇵🇱🇺🇸", ["🇵🇱", "🇺🇸"]),
        ("1️⃣2", ["1⃣", "2"]),
        ("हिन्दी", ["हिन्दी"]),
        ("don't", ["don", "t"]),
        ("10-42", ["10", "42"]),
        ("€ → ©", ["→", "©"]),
        ("\ufffd _ |", []),
    ],
)
def test_a_text_is_split_by_its_scripts(text: str, terms: list[str]) -> None:
    assert list_terms(text)[0] == terms


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("don't e-mail U.S.A.", {"dont", "email", "usa", "sa"}),
        ("والطلب وشكرا طلب", {"طلب", "شكرا"}),
        ("החבילה", {"חבילה"}),
        ("12 apples", set()),
        ("单A1已", {"a1"}),
        ("4pm", {"pm"}),
    ],
)
def test_other_ways_to_write_a_word_are_terms_too(text: str, others: set[str]) -> None:
    assert list_terms(text)[1] == others


def test_a_number_is_one_term_from_each_of_its_groups_and_backwards() -> None:
    forward = {"0491570156", "570156"}
    backward = {"\ue031940", "\ue030751940", "\ue036510751940"}
    assert list_terms("0491 570 156")[1] == forward | backward
    assert list_terms("+61 491 570")[1] >= {"61491570", "491570"}
    assert list_terms("0491, 570")[1] == {"\ue031940"}


@given(ANY_TEXT)
def test_the_terms_of_the_index_are_those_of_the_text(text: str) -> None:
    terms, others = list_terms(text)
    indexed = "".join(c if c.isalnum() or c > "\x7f" else " " for c in to_index_text(text)).split()
    assert indexed[: len(terms)] == terms
    assert set(indexed[len(terms) :]) == others


@given(ANY_TEXT)
def test_every_text_matches_its_own_words(text: str) -> None:
    words = " ".join(split_words(text))
    if len(words) < 100:
        assert is_match(text, parse_words(words))
        assert bool(find_spans(text, words)) == bool(words)


def test_a_long_text_costs_no_more_terms_than_it_has_characters() -> None:
    for text in ("1 " * 5_000, "部" * 10_000, "a-" * 5_000, "a1" * 5_000, "1" * 10_000 + "部"):
        assert len(to_index_text(text)) < 40 * len(text)
