"""Search that minds neither case nor accents, and takes whatever is typed."""

import sqlite3
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.folding import fold_text
from tui.domain.matching import to_fts_query
from tui.domain.text import repair_text
from tui.domain.tokens import split_words, to_index_text

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
QUERY_TEXT = st.text(st.sampled_from("ab\"'*^:()-+{}[]\\,.; \0\nżŁANDORNEAR_"), max_size=40)


def add_text(index: sqlite3.Connection, text: str) -> None:
    """Add a text to the index."""
    index.execute("insert into texts values (?)", (fold_text(text),))
    index.execute("insert into messages values (?)", (to_index_text(text),))


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    """A real full-text index of two folded messages."""
    database = sqlite3.connect(":memory:")
    database.execute("create table texts (text)")
    database.execute(
        "create virtual table messages using fts5 (text, content = '', tokenize=ascii)"
    )
    for text in ("Przyjadę do Łodzi o 16", "Your order 4471 isn't ready"):
        add_text(database, text)
    yield database
    database.close()


def found(index: sqlite3.Connection, typed: str) -> list[str]:
    """Return the texts that a search finds."""
    rows = index.execute(
        "select text from texts where rowid in (select rowid from messages where messages match ?)",
        (to_fts_query(typed),),
    ).fetchall()
    return [text for (text,) in rows]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź", "lodz"),
        ("ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "zazolc gesla jazn"),
        ("Straße STRAẞE", "strasse strasse"),
        ("Ærø Đorđe Œuvre ıŞIK İzmir", "aero dorde oeuvre isik izmir"),
        ("Õhtu Žürii šokk", "ohtu zurii sokk"),
        ("ho\u200btel cafe\u0301", "hotel cafe"),
        ("ＦＵＬＬ ﬁne", "full fine"),
        ("Привет ΣΊΣΥΦΟΣ", "привет σισυφοσ"),
        ("مَـرحبًا أحمد ١٢", "مرحبا احمد 12"),
        ("שָׁלוֹם", "שלומ"),
        ("ﾊﾟｿｺﾝ か\u3099", "ぱそこん が"),
        ("한국 \u1112\u1161\u11ab", "한국 한"),
        ("นํ้า น้ำ กิน", "น้ํา น้ํา กิน"),
        ("हिन्दी लड़का", "हिन्दी लडका"),
        ("👍🏽 ❤️ 1️⃣ ‼️", "👍 ❤ 1⃣ ❗❗"),
        ("a\nb\tc\ud800\0d", "a b cd"),
        ("ASCII only", "ascii only"),
    ],
)
def test_case_accents_and_invisible_characters_do_not_count(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(ANY_TEXT)
def test_composed_or_not_is_the_same_to_a_search(text: str) -> None:
    assert fold_text(unicodedata.normalize("NFD", text)) == fold_text(
        unicodedata.normalize("NFC", text)
    )


def test_words_are_runs_of_alphanumeric_characters() -> None:
    assert split_words("Don't_do: 4×4, Łódź!") == ["don", "t", "do", "4", "4", "lodz"]


def test_each_word_is_quoted_and_may_be_only_begun() -> None:
    assert to_fts_query("Łódź 44") == '"lodz"* AND "44"*'


@pytest.mark.parametrize("typed", ["łodz", "LODZI", "przyj lo", "16 łodzi", "PRZYJADĘ!"])
def test_a_search_finds_without_accents_and_by_beginnings(
    index: sqlite3.Connection, typed: str
) -> None:
    assert found(index, typed) == ["przyjade do lodzi o 16"]


@pytest.mark.parametrize("typed", ["", " ", '"', "*", "_", "💡", "łodz 17", "order AND 4472", "\0"])
def test_a_search_without_a_matching_word_finds_nothing(
    index: sqlite3.Connection, typed: str
) -> None:
    assert found(index, typed) == []


def test_operators_are_words_like_any_other(index: sqlite3.Connection) -> None:
    assert found(index, "order NOT ready") == []
    assert found(index, "isn't order: ready^") == ["your order 4471 isn't ready"]


@given(typed=ANY_TEXT | QUERY_TEXT)
def test_the_index_accepts_whatever_is_typed(index: sqlite3.Connection, typed: str) -> None:
    assert isinstance(found(index, typed), list)


@given(text=ANY_TEXT.filter(str.isascii), tail=st.text("xyz", min_size=1, max_size=5))
def test_every_stored_word_is_found_again(index: sqlite3.Connection, text: str, tail: str) -> None:
    add_text(index, repair_text(text) + " " + tail)
    assert found(index, f"{repair_text(text)} {tail}")


def test_an_endless_query_stays_short() -> None:
    assert len(to_fts_query("word " * 10_000)) < 500
    assert len(to_fts_query("w" * 10_000)) < 100
