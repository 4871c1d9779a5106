"""Opt-outs: agreed words decide, everything else is at most flagged, and ordinary talk passes."""

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


def test_the_labelled_texts_cover_each_language_both_ways() -> None:
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
def test_common_words_count_in_every_country(word: str, country: str | None) -> None:
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
def test_a_countrys_own_word_locks_there_and_is_only_suspected_elsewhere(
    word: str, country: str
) -> None:
    assert classify_message(word, country) is Verdict.STOP
    assert classify_message(word, country.lower()) is Verdict.STOP
    assert classify_message(word) is Verdict.STOP
    assert classify_message(word, "AU") is Verdict.SUSPECTED


def test_shouting_does_not_weaken_the_word() -> None:
    assert classify_message("\n\nSTOP" + "!" * 100 + "\n\n") is Verdict.STOP


@pytest.mark.parametrize(("word", "verdict"), [("UNSTOP", Verdict.START), ("Info", Verdict.HELP)])
def test_start_and_help_are_told_apart(word: str, verdict: Verdict) -> None:
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
def test_more_than_the_word_is_never_a_lock(text: str) -> None:
    assert classify_message(text) is Verdict.SUSPECTED


@pytest.mark.parametrize("text", ["", " ", "…", "👍", "?!", "\0", "\ud800", "🛑", "end " * 3_000])
def test_what_says_nothing_is_nothing(text: str) -> None:
    assert classify_message(text) is Verdict.NONE


def test_the_words_are_the_desks_own_to_edit() -> None:
    words = KeywordTable(
        everywhere=make_keywords(stop=["Basta!"], start=["Ja"], help=["Apua"]),
        countries={"SE": make_keywords(stop=["Sluta"])},
    )
    assert classify_message("BASTA", keywords=words) is Verdict.STOP
    assert classify_message("sluta.", "SE", words) is Verdict.STOP
    assert classify_message("sluta", "FI", words) is Verdict.SUSPECTED
    assert classify_message("ja", "SE", words) is Verdict.START
    assert classify_message("Cancel", "SE", words) is Verdict.NONE


def test_an_empty_word_in_the_list_locks_nobody() -> None:
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
def test_blanks_case_and_punctuation_never_save_a_sender_from_stop(
    word: str, before: str, after: str, case: Callable[[str], str]
) -> None:
    assert classify_message(before + case(word) + after) is Verdict.STOP


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_no_text_is_too_broken_to_judge(text: str) -> None:
    assert classify_message(text) in Verdict


@given(st.text(st.sampled_from("stop end quit me "), min_size=12, max_size=80))
def test_only_a_word_of_the_list_ever_locks(text: str) -> None:
    if classify_message(text) is Verdict.STOP:
        assert " ".join(text.split()) in DEFAULT_KEYWORDS.everywhere.stop
