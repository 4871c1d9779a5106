"""Test that texts typed in two windows are joined without losing words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.draft_merge import apply_edits, find_edit, merge_texts, remove_sent_text

TEXT = st.text("ab \n", max_size=12)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "joined"),
    [
        ("", "We open", "Parking", "We open\nParking"),
        ("Hello world", "Hello big world", "Hello world!", "Hello big world!"),
        ("Hello", "Hello Ana", "Hello Bob", "Hello Ana\nHello Bob"),
        (
            "Dear",
            "Dear\nfrom the other conversation",
            "Dear A",
            "Dear A\nfrom the other conversation",
        ),
        ("Dear", "Dear Mia\nDear", "Dear T", "Dear Mia\nDear T"),
        ("a line", "", "a line more", "a line more"),
        ("a line", "a line more", "", "a line more"),
        ("one", "one", "two", "two"),
        ("one", "two", "one", "two"),
        ("aaa", "aaaa", "aaa b", "aaaa b"),
        ("", "Hi\nWe open", "Hi\nWe close", "Hi\nWe open\nWe close"),
        ("", "Hi\nWe open", "We open\nBye", "Hi\nWe open\nBye"),
        ("", "Hi\nWe open", "We open", "Hi\nWe open"),
        ("Hi", "Hi\nWe open\nBye", "Hi\nBye", "Hi\nWe open\nBye"),
        ("Hi", "Hi\nWe open. Bye", "Hi\nWe open.", "Hi\nWe open. Bye"),
        ("Hi", "Thanks\nHi", "Hi\nThanks", "Thanks\nHi"),
        ("Hi\nBye", "Hi\nThanks\nBye", "Hi\nBye\nThanks", "Hi\nThanks\nBye"),
        ("", "One\n\nTwo", "One\n\nThree", "One\n\nTwo\nThree"),
    ],
)
def test_both_windows_keep_their_words(base: str, theirs: str, mine: str, joined: str) -> None:
    assert merge_texts(base, theirs, mine) == joined


@given(TEXT, st.text("xyz", min_size=1, max_size=6), st.text("uvw", min_size=1, max_size=6))
def test_what_both_have_inserted_is_in_the_result(base: str, theirs: str, mine: str) -> None:
    for place in range(len(base) + 1):
        joined = merge_texts(base, base[:place] + theirs + base[place:], base + mine)
        assert theirs in joined and mine in joined


LINES = st.lists(st.sampled_from(["Hi", "We open at nine", "Bye", "Thanks", ""]), max_size=6)


def count_line(line: str, *texts: str) -> int:
    """Return how often a line stands in the text that has it most often."""
    return max(text.split("\n").count(line) for text in texts)


@given(st.one_of(TEXT, LINES.map("\n".join)), st.data())
def test_no_line_stands_more_often_than_in_a_window(base: str, data: st.DataObject) -> None:
    kind = st.one_of(TEXT, LINES.map("\n".join), TEXT.map(lambda added: base + added))
    theirs, mine = data.draw(kind), data.draw(kind)
    joined = merge_texts(base, theirs, mine)
    for line in filter(str.strip, joined.split("\n")):
        assert count_line(line, joined) <= max(1, count_line(line, base, theirs, mine))


@given(LINES, LINES, LINES)
def test_every_line_that_a_window_has_added_is_in_the_result(
    base: list[str], theirs: list[str], mine: list[str]
) -> None:
    texts = ["\n".join(lines) for lines in (base, theirs, mine)]
    joined = merge_texts(*texts)
    for line in filter(str.strip, {*theirs, *mine} - set(base)):
        assert line in joined


@given(TEXT, TEXT)
def test_an_edit_makes_the_one_text_of_the_other(before: str, after: str) -> None:
    assert apply_edits(before, find_edit(before, after)) == after


@pytest.mark.parametrize(
    ("typed", "rest"),
    [("Friday", ""), ("Friday at two", "at two"), ("Friday\nBye", "Bye"), ("Monday", "Monday")],
)
def test_a_text_that_was_sent_is_not_kept(typed: str, rest: str) -> None:
    assert remove_sent_text("Friday", typed) == rest
