"""Test which payloads are copies of one message, and which copy is the better one."""

import pytest

from tui.domain.reply_copies import (
    ReplyCopy,
    digest_copy,
    has_more_to_read,
    is_same_content,
    merge_copies,
)
from tui.domain.text import repair_text


def misread(text: str, true: str, wrong: str) -> str:
    """Return how a text reads whose bytes were taken for those of another charset."""
    return repair_text(text.encode(true).decode(wrong, "replace"))


POORER = {
    "cut": ("AT", "AT&T has not come"),
    "cut before a blank": ("fish", "fish & chips, please"),
    "cut with the blank": ("fish ", "fish & chips, please"),
    "cut at the second": ("a&b", "a&b&c"),
    "cut of a link": ("see http://x.example/?a=b", "see http://x.example/?a=b&c=d"),
    "cut and marked": ("J\ufffdrgen", "Jürgen & Ana"),
    "cut and misread": ("JÃ¼rgen", "Jürgen & Ana"),
    "empty": ("", "Hello"),
    "blanks": (" \n", "Hello"),
    "one mark": ("J\ufffdrgen", "Jürgen"),
    "two marks": ("J\ufffd\ufffdrgen", "Jürgen"),
    "marks side by side": ("Gr\ufffd\ufffde", "Größe"),
    "question marks": ("Gr??e?", "Größe?"),
    "emoji": ("ok ?", "ok 👍"),
    "emoji of four bytes": ("ok \ufffd\ufffd\ufffd\ufffd", "ok 👍"),
    "script": ("??????", "Привет"),
    "utf-8 as cp1252": (misread("Größe €5", "utf-8", "cp1252"), "Größe €5"),
    "utf-8 as latin-1": (misread("żółć", "utf-8", "latin-1"), "żółć"),
    "utf-8 as cp1250": (misread("zażółć gęślą", "utf-8", "cp1250"), "zażółć gęślą"),
    "utf-8 as cp1251": (misread("Привет", "utf-8", "cp1251"), "Привет"),
    "utf-8 as latin-1, twice": (
        misread(misread("Größe", "utf-8", "latin-1"), "utf-8", "latin-1"),
        "Größe",
    ),
    "utf-16 as latin-1": (misread("Hello", "utf-16-be", "latin-1"), "Hello"),
    "cp1250 as utf-8": (misread("zażółć", "cp1250", "utf-8"), "zażółć"),
    "cp1257 as utf-8": (misread("Šķēde", "cp1257", "utf-8"), "Šķēde"),
    "cp1250 as cp1252": (misread("zażółć gęślą", "cp1250", "cp1252"), "zażółć gęślą"),
}


@pytest.mark.parametrize(("poor", "rich"), POORER.values(), ids=POORER)
def test_the_richer_text_wins_in_both_orders(poor: str, rich: str) -> None:
    for known, other in ((poor, rich), (rich, poor)):
        merged = merge_copies(ReplyCopy(known), ReplyCopy(other))
        assert merged is not None
        assert merged.text == rich


SAME = [
    ("Hello", "Hello"),
    ("Hello\r\nAna", "Hello\nAna"),
    ("Hello ", "Hello"),
    ("cafe\u0301", "café"),
    ("Gr\ufffd\ufffde", "Gr??e"),
]


@pytest.mark.parametrize(("known", "other"), SAME)
def test_the_same_text_changes_nothing(known: str, other: str) -> None:
    assert merge_copies(ReplyCopy(known), ReplyCopy(other)) == ReplyCopy(known)


OTHERS = [
    ("yes", "no"),
    ("yes", "yes please"),
    ("yes", "Yes"),
    ("Hello", "Hello world & all"),
    ("J\ufffdrgen", "Jörn"),
    ("1?", "12"),
    ("What?", "Whatever"),
    ("Привет", "Пока"),
    ("Größe", "Große"),
    ("a&b", "a&c"),
]


@pytest.mark.parametrize(("known", "other"), OTHERS)
def test_another_text_is_another_message(known: str, other: str) -> None:
    assert merge_copies(ReplyCopy(known), ReplyCopy(other)) is None
    assert merge_copies(ReplyCopy(other), ReplyCopy(known)) is None


FILES = [
    ((), ("a",), ("a",)),
    (("a",), ("a", "b"), ("a", "b")),
    (("a",), ("a", "a"), ("a", "a")),
    (("",), ("a",), ("a",)),
    ((), ("",), ("",)),
    (("b", "a"), ("a", "b"), ("b", "a")),
]


@pytest.mark.parametrize(("known", "other", "best"), FILES)
def test_the_copy_with_all_files_wins(
    known: tuple[str, ...], other: tuple[str, ...], best: tuple[str, ...]
) -> None:
    merged = merge_copies(ReplyCopy("Look", files=known), ReplyCopy("Look", files=other))
    assert merged == ReplyCopy("Look", files=best)


@pytest.mark.parametrize(
    ("known", "other"),
    [
        (ReplyCopy("Look", files=("a",)), ReplyCopy("Look", files=("b",))),
        (ReplyCopy("", files=("a",)), ReplyCopy("Where are you?")),
        (ReplyCopy("", "Holiday"), ReplyCopy("Where are you?")),
        (ReplyCopy("Hi", "Holiday"), ReplyCopy("Hi", "Work")),
        (ReplyCopy("Hi", own="+61491570157"), ReplyCopy("Hi", own="+447700900100")),
        (ReplyCopy("Hi", own="info"), ReplyCopy("Hi", own="sales")),
    ],
)
def test_what_has_nothing_in_common_is_another_message(known: ReplyCopy, other: ReplyCopy) -> None:
    assert merge_copies(known, other) is None
    assert merge_copies(other, known) is None


def test_each_field_is_taken_from_the_better_copy() -> None:
    pushed = ReplyCopy("fish & chips", own="0491 570 157")
    listed = ReplyCopy("fish", "Lunch", "+61491570157", 5, ("a",))
    merged = ReplyCopy("fish & chips", "Lunch", "0491 570 157", 5, ("a",))
    assert merge_copies(pushed, listed) == merged
    assert merge_copies(merged, listed) == merged


def test_what_was_not_recorded_is_not_completed() -> None:
    merged = merge_copies(ReplyCopy("Hi", own=None), ReplyCopy("Hi", own="info"))
    assert merged == ReplyCopy("Hi", own=None)


def test_only_words_and_files_are_more_to_read() -> None:
    assert has_more_to_read(ReplyCopy("AT"), ReplyCopy("AT&T"))
    assert has_more_to_read(ReplyCopy("Hi"), ReplyCopy("Hi", files=("a",)))
    assert not has_more_to_read(ReplyCopy("J\ufffdrgen"), ReplyCopy("Jürgen"))
    assert not has_more_to_read(ReplyCopy("Hi"), ReplyCopy("Hi", own="info", at=5))


def test_a_digest_differs_for_other_contents_only() -> None:
    first = ReplyCopy("Hi", own="0491570157", at=5)
    assert digest_copy("a", first) == digest_copy("a", ReplyCopy("Hi ", own="491570157", at=6))
    others = [
        ReplyCopy("Hi", own="0491570157"),
        ReplyCopy("Ho", own="0491570157", at=5),
        ReplyCopy("Hi", "x", "0491570157", 5),
        ReplyCopy("Hi", own="0491570157", at=5, files=("a",)),
    ]
    digests = {digest_copy("a", copy) for copy in (first, *others)} | {digest_copy("b", first)}
    assert len(digests) == 6
    assert is_same_content(first, others[0])


def test_long_texts_full_of_marks_are_compared_in_time() -> None:
    known, other = ReplyCopy("\ufffda" * 9_000), ReplyCopy("éa" * 8_999 + "éb")
    assert merge_copies(known, other) is None
    assert merge_copies(ReplyCopy("?" * 9_000), ReplyCopy("é" * 9_000)) == ReplyCopy("é" * 9_000)
