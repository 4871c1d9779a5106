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


def read_labelled_texts() -> list[tuple[str, str, str, str | None]]:
    """Return verdict, language, text and country of each labelled text.

    A line break in a text is written as a backslash with an n.
    """
    path = Path(__file__).parents[1] / "data" / "consent_texts.tsv"
    rows = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            verdict, language, text, *country = line.split("\t")
            rows.append((verdict, language, text.replace("\\n", "\n"), next(iter(country), None)))
    return rows


LABELLED = read_labelled_texts()


@pytest.mark.parametrize(("verdict", "language", "text", "country"), LABELLED)
def test_a_customers_text_is_read_as_labelled(
    verdict: str, language: str, text: str, country: str | None
) -> None:
    assert classify_message(text, country) is Verdict[verdict]


def test_precision_and_recall_of_each_class_are_reported() -> None:
    pairs = Counter(
        (Verdict[verdict], classify_message(text, country))
        for verdict, _, text, country in LABELLED
    )
    report = {}
    for verdict in Verdict:
        right = pairs[verdict, verdict]
        found = sum(count for (_, got), count in pairs.items() if got is verdict)
        wanted = sum(count for (label, _), count in pairs.items() if label is verdict)
        report[verdict.value] = (right / found, right / wanted, wanted)
    for name, (precision, recall, count) in report.items():
        print(f"{name:10} precision {precision:.3f}  recall {recall:.3f}  of {count}")
    assert all(min(precision, recall) >= 0.98 for precision, recall, _ in report.values()), report


def test_the_labelled_texts_cover_both_meanings_in_each_language() -> None:
    seen = Counter((language, verdict) for verdict, language, *_ in LABELLED)
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


@pytest.mark.parametrize("text", ["", " ", "…", "👍", "?!", "\0", "\ud800", "🙏", "end " * 3_000])
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


@pytest.mark.parametrize("word", ["СТОП", "BAJA", "CANCELAR", "Отписаться", "退订", "توقف", "הסר"])
@pytest.mark.parametrize("country", ["EE", "AU", "US", "PL", None])
def test_a_stop_word_of_any_script_is_never_missed(word: str, country: str | None) -> None:
    assert classify_message(word, country) in (Verdict.STOP, Verdict.SUSPECTED)
    assert classify_message(f"{word.lower()}!", country) in (Verdict.STOP, Verdict.SUSPECTED)


def test_a_word_with_another_meaning_in_the_customers_language_is_not_suspected() -> None:
    assert classify_message("seis", "EE") is Verdict.SUSPECTED
    assert classify_message("seis", "ES") is Verdict.NONE
    assert classify_message("ALTO", "MX") is Verdict.SUSPECTED
    assert classify_message("alto", "IT") is Verdict.NONE


@pytest.mark.parametrize("reaction", ["Loved “{}”", "👍 to “{}”", "Понравилось «{}»", "Liked '{}'"])
@pytest.mark.parametrize(
    "ours",
    [
        "Reply STOP to unsubscribe",
        "Please stop by tomorrow. To opt out text STOP",
        "Don't text us back, the line is closed\nSTOP = opt out",
        "Say “yes” to book, or reply STOP to end",
    ],
)
def test_a_reaction_that_quotes_our_words_is_no_opt_out(reaction: str, ours: str) -> None:
    quoted = reaction.format(ours)
    assert classify_message(quoted) is Verdict.NONE
    assert classify_message(f"{quoted} thanks") is Verdict.NONE
    for own in ("STOP", "stop texting me", "unsubcribe", "S T O P"):
        assert classify_message(f"{quoted} {own}") is Verdict.SUSPECTED


@pytest.mark.parametrize(
    "text",
    ["S.T.O.P. please", "S t o p", "sTo P!", "5T0P", "STOP2STOP", "unsubscrbie", "STОP", "sstop"],
)
@pytest.mark.parametrize("country", [None, "AU", "PL"])
def test_a_near_miss_is_shown_to_an_agent(text: str, country: str | None) -> None:
    assert classify_message(text, country) is Verdict.SUSPECTED


@given(st.sampled_from(["stop", "unsubscribe", "стоп", "退订"]), st.data())
def test_invisible_characters_inside_a_stop_word_do_not_hide_it(
    word: str, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, len(word)))
    hidden = data.draw(st.sampled_from(["\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad"]))
    text = word[:position] + hidden + word[position:]
    assert classify_message(text, "RU") in (Verdict.STOP, Verdict.SUSPECTED)


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


@given(st.text(st.sampled_from("“”„«»\"'>\n🛑👍 Lovedt-STOP"), max_size=60))
def test_any_quotation_is_judged(text: str) -> None:
    assert classify_message(text) in Verdict
    assert classify_message(f"Loved {text}") in Verdict


@given(st.text(st.sampled_from("stop end quit me "), min_size=12, max_size=80))
def test_only_a_phrase_of_the_list_opts_out(text: str) -> None:
    if classify_message(text) is Verdict.STOP:
        assert " ".join(text.split()) in DEFAULT_KEYWORDS.everywhere.stop
