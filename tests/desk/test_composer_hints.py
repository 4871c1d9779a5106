"""Test the hints around the composer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.desk.composer_hints import (
    find_unicode_characters,
    format_hints,
    format_length,
    format_limit,
    is_too_long,
)
from tui.desk.routes import Route
from tui.domain.account import Account
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.message import NO_MMS_CONTENT, MmsContent
from tui.domain.sms import count_parts
from tui.providers.catalog import SERWERSMS


@pytest.mark.parametrize(
    ("text", "whole", "expected"),
    [
        ("", False, ""),
        ("Hello", False, "5/160 · 1 part"),
        ("ą", False, "1/70 · 1 part · Unicode ą"),
        ("x" * 161, False, "161/306 · 2 parts"),
        ("x" * 161, True, "161/320 · 2 parts"),
        ("x" * 320, True, "320/320 · 2 parts"),
        ("x" * 321, True, "321/480 · 3 parts"),
        ("naïve “x”", False, "9/70 · 1 part · Unicode ï"),
        ("“x”", False, "3/70 · 1 part · Unicode “ ”"),
        ("Cafe\u0301", False, "4/160 · 1 part"),
    ],
)
def test_the_length_is_counted_as_the_provider_counts(
    text: str, whole: bool, expected: str
) -> None:
    assert format_length(count_parts(text), whole_parts=whole) == expected


def test_a_replacement_is_shown_with_what_it_saves() -> None:
    assert (
        format_hints("x" * 80 + "’", NO_MMS_CONTENT, None, "F8")
        == "F8 replaces ’ with ' (saves 1 part)"
    )
    assert (
        format_hints("It’s", NO_MMS_CONTENT, None, "F8")
        == "F8 replaces ’ with ' (160 characters instead of 70)"
    )


def test_a_character_that_cannot_be_replaced_is_named() -> None:
    hints = format_hints("ąę", NO_MMS_CONTENT, None, "F8")
    assert hints == "ą (a with ogonek) makes it Unicode"


@pytest.mark.parametrize(
    ("text", "remaining"),
    [
        ("naïve “x”", "ï (i with diaeresis)"),
        ("„Łódź” … ok", "Ł, ó, ź"),
        ("– привет", "п, р, и, в +2"),
        ("“😀”", "😀 (grinning face)"),
    ],
)
def test_what_remains_after_the_replacement_is_named(text: str, remaining: str) -> None:
    hints = format_hints(text, NO_MMS_CONTENT, None, "F8")
    assert hints == f"F8 cannot replace {remaining}: nothing is saved"


@pytest.mark.parametrize(
    ("length", "expected", "too_long"),
    [
        (826, "", False),
        (827, "91 left of 918", False),
        (918, "0 left of 918", False),
        (919, "1 over the limit of 918", True),
    ],
)
def test_the_limit_of_the_account_is_shown_when_it_is_near(
    length: int, expected: str, too_long: bool
) -> None:
    capabilities = SERWERSMS.capabilities
    assert capabilities.max_characters == 918
    for text in ("x" * length, "e\u0301" * length):
        assert format_limit(text, capabilities) == expected
        assert is_too_long(text, capabilities) is too_long
    assert (format_limit("x" * length, None), is_too_long("x" * length, None)) == ("", False)


def test_rewriting_by_the_provider_is_noted_only_where_it_happens() -> None:
    capabilities = Capabilities(
        "SerwerSMS",
        ReplyChannel.BOTH,
        ReceiptChannel.BY_ID,
        rewrite_note="characters may be replaced",
        has_no_rewrite_with_sender=True,
    )
    account = Account("pl", "serwersms", capabilities=capabilities)
    note = " · characters may be replaced"
    assert format_hints("ą", NO_MMS_CONTENT, Route(account, ""), "F8").endswith(note)
    assert note not in format_hints("ą", NO_MMS_CONTENT, Route(account, "SHOP"), "F8")
    always = Account(
        "pl", "serwersms", capabilities=replace(capabilities, has_no_rewrite_with_sender=False)
    )
    assert format_hints("ą", NO_MMS_CONTENT, Route(always, "SHOP"), "F8").endswith(note)


def test_plain_text_needs_no_hint() -> None:
    assert format_hints("Hello", NO_MMS_CONTENT, None, "F8") == ""


def test_pictures_and_open_fields_come_first() -> None:
    enclosed = MmsContent(("https://x.example/1", "https://x.example/2"), "Hi")
    hints = format_hints("{name}", enclosed, None, "F8")
    assert hints == '{name} is not filled in · MMS: 2 pictures "Hi"'


def test_a_decomposed_gsm_character_costs_nothing() -> None:
    assert list(find_unicode_characters("cafe\u0301 ą €")) == [(6, 7)]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_only_unicode_texts_have_costly_characters(text: str) -> None:
    for line in text.split("\n"):
        if not count_parts(line).non_gsm:
            assert list(find_unicode_characters(line)) == []
