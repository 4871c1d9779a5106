"""Plain marks for typographic ones: offered only where the whole message becomes GSM-7."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.sms import PLAIN_MARKS, Encoding, MarkChange, is_gsm, simplify_text, to_gsm

FULL_WIDTH_CHARACTERS = set("ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It’s “here” – now…", 'It\'s "here" - now...'),
        ("‚a‛ „b‟ «c» ‹d› ′e″", "'a' \"b\" \"c\" 'd' 'e\""),
        ("10 000\u00a0zl\u202f\u2009x\u3000y", "10 000 zl  x y"),
        ("\u202a+48 500 600 700\u202c", "+48 500 600 700"),
        ("ho\u200btel\ufeff", "hotel"),
        ("• one\n‣ two\t·", "- one\n- two -"),
        ("`code´", "'code'"),
        ("ＡＢｃ１２！", "ABc12!"),
        ("a\u2028b", "a\nb"),
        ("−5 ‒ 3", "-5 - 3"),
    ],
)
def test_marks_become_plain(text: str, plain: str) -> None:
    replacement = to_gsm(text)
    assert replacement is not None
    assert replacement.text == plain
    assert replacement.after.encoding is Encoding.GSM7


@pytest.mark.parametrize(
    "text", ["", "plain", "plain € [ok]", "Zażółć", "it’s żle", "ok 😀", "Привет…", "õ–", "½ – ½"]
)
def test_nothing_is_offered_where_it_would_not_help(text: str) -> None:
    assert to_gsm(text) is None


def test_the_replacement_says_what_it_changes_and_what_it_saves() -> None:
    replacement = to_gsm("a" * 50 + "’" + "b" * 48 + "\u200b")
    assert replacement is not None
    assert replacement.changes == (MarkChange(50, "’", "'"), MarkChange(99, "\u200b", ""))
    assert [part.units for part in replacement.before.parts] == [67, 33]
    assert [part.units for part in replacement.after.parts] == [99]
    assert replacement.parts_saved == 1


def test_only_marks_are_ever_replaced() -> None:
    latin = {mark for mark in PLAIN_MARKS if unicodedata.category(mark).startswith(("L", "M", "N"))}
    allowed = FULL_WIDTH_CHARACTERS | {char.lower() for char in FULL_WIDTH_CHARACTERS}
    assert latin <= allowed | set("０１２３４５６７８９")


def test_every_plain_form_is_gsm_and_no_gsm_character_is_touched() -> None:
    assert all(is_gsm(plain) for plain in PLAIN_MARKS.values())
    assert not any(is_gsm(mark) for mark in PLAIN_MARKS)


@given(st.text(st.sampled_from([*PLAIN_MARKS, *"aé€\n ż😀\u0301"]), max_size=80))
def test_a_replacement_keeps_all_that_was_plain_already(text: str) -> None:
    replacement = to_gsm(text)
    composed = unicodedata.normalize("NFC", text)
    hopeless = any(char not in PLAIN_MARKS and not is_gsm(char) for char in composed)
    assert (replacement is None) is (hopeless or is_gsm(composed))
    if replacement is not None:
        assert replacement.text == "".join(PLAIN_MARKS.get(char, char) for char in composed)
        assert to_gsm(replacement.text) is None


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Zażółć gęślą jaźń", "Zazolc gesla jazn"),
        ("Tere õhtust, Šeff", "Tere ohtust, Seff"),
        ("Café à la “carte”…", 'Café à la "carte"...'),
        ("Cafe\u0301", "Café"),
        ("привет 😀", "привет 😀"),
    ],
)
def test_a_provider_that_rewrites_sends_similar_characters(text: str, sent: str) -> None:
    assert simplify_text(text) == sent
