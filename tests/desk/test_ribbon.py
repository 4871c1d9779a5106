"""The words around the composer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.desk.replying import Route
from tui.desk.ribbon import costly, hint_words, length_words
from tui.domain.account import Account
from tui.domain.capabilities import Capabilities, Channel, ReceiptChannel
from tui.domain.message import NOTHING, Enclosed
from tui.domain.sms import count


@pytest.mark.parametrize(
    ("text", "whole", "words"),
    [
        ("", False, ""),
        ("Hello", False, "5/160 · 1 part"),
        ("ą", False, "1/70 · 1 part · Unicode ą"),
        ("x" * 161, False, "8/153 · 2 parts"),
        ("x" * 161, True, "1/160 · 2 parts"),
        ("x" * 320, True, "160/160 · 2 parts"),
        ("x" * 321, True, "1/160 · 3 parts"),
    ],
)
def test_the_length_is_said_as_the_provider_counts(text: str, whole: bool, words: str) -> None:
    assert length_words(count(text), whole=whole) == words


def test_a_replacement_is_shown_with_what_it_saves() -> None:
    assert hint_words("x" * 80 + "’", NOTHING, None, "F8") == "F8 ’→' saves 1 part"
    assert hint_words("It’s", NOTHING, None, "F8") == "F8 ’→' makes room"


def test_a_letter_that_cannot_be_replaced_is_named() -> None:
    words = hint_words("ąę", NOTHING, None, "F8")
    assert words == "ą (a with ogonek) makes it Unicode"


def test_what_a_provider_does_to_letters_is_said_where_it_does_it() -> None:
    can = Capabilities(
        "SerwerSMS",
        Channel.BOTH,
        ReceiptChannel.ASK,
        rewrites="letters may be replaced",
        keeps_texts_with_sender=True,
    )
    account = Account("pl", "serwersms", capabilities=can)
    said = " · letters may be replaced"
    assert hint_words("ą", NOTHING, Route(account, ""), "F8").endswith(said)
    assert said not in hint_words("ą", NOTHING, Route(account, "SHOP"), "F8")
    always = Account("pl", "serwersms", capabilities=replace(can, keeps_texts_with_sender=False))
    assert hint_words("ą", NOTHING, Route(always, "SHOP"), "F8").endswith(said)


def test_plain_text_needs_no_words() -> None:
    assert hint_words("Hello", NOTHING, None, "F8") == ""


def test_pictures_and_open_fields_come_first() -> None:
    enclosed = Enclosed(("https://x.example/1", "https://x.example/2"), "Hi")
    words = hint_words("{name}", enclosed, None, "F8")
    assert words == '{name} is not filled in · MMS: 2 pictures "Hi"'


def test_a_composed_letter_of_the_alphabet_costs_nothing() -> None:
    assert list(costly("cafe\u0301 ą €")) == [(6, 7)]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_only_texts_that_are_unicode_have_costly_places(text: str) -> None:
    for line in text.split("\n"):
        if not count(line).forcing:
            assert list(costly(line)) == []
