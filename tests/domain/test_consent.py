"""Test opt-outs: agreed phrases decide, other texts are at most marked as possible opt-outs."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.consent import (
    DEFAULT_KEYWORDS,
    KeywordTable,
    Verdict,
    classify_message,
    make_keywords,
)

LABELLED = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parents[1] / "data" / "consent_texts.tsv")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.mark.parametrize(("verdict", "language", "text"), LABELLED)
def test_a_customers_text_is_read_as_labelled(verdict: str, language: str, text: str) -> None:
    assert classify_message(text) is Verdict[verdict]


def test_the_labelled_texts_cover_both_meanings_in_each_language() -> None:
    seen = Counter((language, verdict) for verdict, language, _ in LABELLED)
    for language in ("en", "fr", "pl", "et", "de"):
        assert seen[language, "SUSPECTED"] >= 20
        assert seen[language, "NONE"] >= 20


@pytest.mark.parametrize(
    "word",
    [
        *("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE"),
        *("OPTOUT", "OPT OUT", "OPT-OUT", "REMOVE", "TD"),
    ],
)
@pytest.mark.parametrize("country", [None, "US", "PL", "ZZ", "au"])
def test_common_phrases_count_in_every_country(word: str, country: str | None) -> None:
    assert classify_message(word, country) is Verdict.STOP
    assert classify_message(f' "{word.lower()}." ', country) is Verdict.STOP


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("ARRET", "FR"),
        ("Arrêter", "BE"),
        ("stopper", "FR"),
        ("wypisz", "PL"),
        ("REZYGNUJĘ", "PL"),
        ("stopp", "EE"),
        ("Loobu!", "EE"),
        ("STOPP", "DE"),
    ],
)
def test_a_national_phrase_opts_out_there_and_is_only_suspected_elsewhere(
    word: str, country: str
) -> None:
    assert classify_message(word, country) is Verdict.STOP
    assert classify_message(word, country.lower()) is Verdict.STOP
    assert classify_message(word) is Verdict.STOP
    assert classify_message(word, "AU") is Verdict.SUSPECTED


def test_capitals_and_exclamation_marks_do_not_matter() -> None:
    assert classify_message("\n\nSTOP" + "!" * 100 + "\n\n") is Verdict.STOP


@pytest.mark.parametrize(("word", "verdict"), [("UNSTOP", Verdict.START), ("Info", Verdict.HELP)])
def test_start_and_help_are_distinguished(word: str, verdict: Verdict) -> None:
    assert classify_message(word, "EE") is verdict


@pytest.mark.parametrize(
    "text",
    [
        "Stop\nSent from my phone",
        "STOP I already paid",
        "STOP " + "x" * 5_000,
        "pls stop texting me",
        "stop " * 500,
    ],
)
def test_a_text_longer_than_the_phrase_never_opts_out(text: str) -> None:
    assert classify_message(text) is Verdict.SUSPECTED


@pytest.mark.parametrize("text", ["", " ", "…", "👍", "?!", "\0", "\ud800", "🛑", "end " * 3_000])
def test_an_empty_text_has_no_meaning(text: str) -> None:
    assert classify_message(text) is Verdict.NONE


def test_the_phrases_can_be_configured() -> None:
    words = KeywordTable(
        everywhere=make_keywords(stop=["Basta!"], start=["Ja"], help=["Apua"]),
        countries={"SE": make_keywords(stop=["Sluta"])},
    )
    assert classify_message("BASTA", keywords=words) is Verdict.STOP
    assert classify_message("sluta.", "SE", words) is Verdict.STOP
    assert classify_message("sluta", "FI", words) is Verdict.SUSPECTED
    assert classify_message("ja", "SE", words) is Verdict.START
    assert classify_message("Cancel", "SE", words) is Verdict.NONE


def test_an_empty_phrase_in_the_list_never_opts_out() -> None:
    assert (
        classify_message("!", keywords=KeywordTable(make_keywords(stop=["", " - "])))
        is Verdict.NONE
    )


@given(
    st.sampled_from(sorted(DEFAULT_KEYWORDS.everywhere.stop)),
    st.sampled_from(["", " ", "\n", "\t", "\u00a0", "\u200b"]),
    st.sampled_from(["", ".", "!!!", "…", " 🛑", ")", "’", "\r\n"]),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_blanks_case_and_punctuation_do_not_change_a_stop(
    word: str, before: str, after: str, case: Callable[[str], str]
) -> None:
    assert classify_message(before + case(word) + after) is Verdict.STOP


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_text_is_judged(text: str) -> None:
    assert classify_message(text) in Verdict


@given(st.text(st.sampled_from("stop end quit me "), min_size=12, max_size=80))
def test_only_a_phrase_of_the_list_opts_out(text: str) -> None:
    if classify_message(text) is Verdict.STOP:
        assert " ".join(text.split()) in DEFAULT_KEYWORDS.everywhere.stop
