"""Test that the composer edits by what a reader sees as one character, and keeps all of it."""

import pytest
from rich.cells import cell_len
from textual.events import Paste

from tests.ui.desk import NARROW, Desk
from tests.ui.history import CHLOE
from tests.ui.test_drafts import wait_for_draft
from tui.widgets.text_editor import find_column, find_wrap_offsets, list_boundaries

FAMILY = "👨\u200d👩\u200d👧"
GRAPHEMES = {
    "family": FAMILY,
    "flag": "🇵🇱",
    "flag of England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "keycap": "1\ufe0f\u20e3",
    "skin tone": "👍🏽",
    "heart": "❤\ufe0f",
    "combining marks": "e\u0301\u0323",
    "jamo": "\u1112\u1161\u11ab",
    "Devanagari": "क्षि",
    "Thai": "กำ",
    "Persian": "ی\u200c",
}
ANY_GRAPHEME = pytest.mark.parametrize("grapheme", GRAPHEMES.values(), ids=GRAPHEMES.keys())


async def _begin_reply(desk: Desk) -> None:
    """Open the composer of a conversation."""
    await desk.open_thread(CHLOE)
    await desk.command("reply")
    await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")


async def _clear(desk: Desk) -> None:
    """Delete all that was typed."""
    await desk.press("end", "ctrl+u")
    assert desk.typed == ""


async def test_every_key_treats_a_grapheme_as_one_character(desk: Desk) -> None:
    async with desk.open(NARROW):
        await _begin_reply(desk)
        for name, grapheme in GRAPHEMES.items():
            await desk.type(f"a{grapheme}b")
            assert desk.typed == f"a{grapheme}b", name
            await desk.press("left", "left", "x")
            assert desk.typed == f"ax{grapheme}b", name
            await desk.press("right", "y")
            assert desk.typed == f"ax{grapheme}yb", name
            await desk.press("left", "backspace")
            assert desk.typed == "axyb", name
            await _clear(desk)


async def test_delete_and_selections_take_whole_graphemes(desk: Desk) -> None:
    async with desk.open(NARROW):
        await _begin_reply(desk)
        for name, grapheme in GRAPHEMES.items():
            await desk.type(f"{grapheme}{grapheme}")
            await desk.press("home", "delete")
            assert desk.typed == grapheme, name
            await desk.press("end", "shift+left")
            assert desk.inbox.composer.selected_text == grapheme, name
            await desk.press("z")
            assert desk.typed == "z", name
            await _clear(desk)


@pytest.mark.parametrize("word", ["क्षि\u0947त्र", "Zoe\u0308", "می\u200cخواهم", "ภาษา"])
async def test_words_are_moved_over_and_deleted_whole(desk: Desk, word: str) -> None:
    async with desk.open(NARROW):
        await _begin_reply(desk)
        await desk.type(f"{word} b")
        await desk.press("home", "ctrl+right", "x")
        assert desk.typed == f"{word}x b"
        await desk.press("backspace", "ctrl+left", "y")
        assert desk.typed == f"y{word} b"
        await desk.press("backspace", "ctrl+right", "ctrl+w")
        assert desk.typed == " b"


async def test_a_click_never_lands_within_a_grapheme(desk: Desk) -> None:
    text = f"{FAMILY}{FAMILY}e\u0301🇵🇱ab"
    async with desk.open(NARROW):
        await _begin_reply(desk)
        await desk.type(text)
        composer = desk.inbox.composer
        boundaries = list_boundaries(text)
        for index in boundaries[:-1]:
            for cell in range(cell_len(text[:index]), cell_len(text[:index]) + 1):
                await desk.pilot.click(composer, offset=(cell + composer.gutter.left, 0))
                assert composer.cursor_location == (0, index)
                assert composer.cursor_screen_offset.x == composer.content_region.x + cell


async def test_the_cursor_on_a_grapheme_does_not_move_the_rest(desk: Desk) -> None:
    async with desk.open(NARROW):
        await _begin_reply(desk)
        composer = desk.inbox.composer
        for grapheme in GRAPHEMES.values():
            await desk.type(f"a{grapheme}b")
            before = composer.render_line(0).text
            await desk.press("home", "right")
            await desk.until(lambda: composer.cursor_location == (0, 1))
            strip = composer.render_line(0)
            assert strip.text == before
            assert any(segment.text == grapheme for segment in strip)  # under the cursor, whole
            await _clear(desk)


@ANY_GRAPHEME
def test_wrapping_cuts_no_grapheme_and_fills_no_line_too_far(grapheme: str) -> None:
    text = f"ab {grapheme * 12} cd"
    for width in range(4, 20):
        offsets = find_wrap_offsets(text, width, 4)
        assert set(offsets) <= set(list_boundaries(text))
        sections = [text[a:b] for a, b in zip([0, *offsets], [*offsets, len(text)], strict=True)]
        assert all(cell_len(section.rstrip()) <= width for section in sections)


def test_wrapping_of_plain_text_is_that_of_textual() -> None:
    from textual._wrap import compute_wrap_offsets

    for text in ("one two three", "  a\tbcdef  gh", "a" * 40, "", "word " * 12, "xx " + "y" * 30):
        for width in range(4, 30):
            assert find_wrap_offsets(text, width, 4) == compute_wrap_offsets(text, width, 4)


def test_a_cell_leads_to_the_grapheme_that_covers_it() -> None:
    line = f"a{FAMILY}\tb"
    assert [find_column(line, cell, 4) for cell in range(6)] == [0, 1, 1, 6, 7, 8]


@pytest.mark.parametrize(
    "text",
    [
        "10\u00a0zł",
        "می\u200cخواهم",
        FAMILY,
        "❤\ufe0f",
        "1\u202f000 €",
        GRAPHEMES["flag of England"],
        "葛\U000e0100",
    ],
)
async def test_invisible_characters_are_typed_and_pasted_as_they_are(desk: Desk, text: str) -> None:
    async with desk.open(NARROW):
        await _begin_reply(desk)
        await desk.type(text)
        desk.app.post_message(Paste(text))
        await desk.until(lambda: desk.typed == text + text, "typed and pasted")
        await wait_for_draft(desk, CHLOE, text + text)
        # The draft is as it was when the conversation is opened again.
        await desk.press("escape", "j", "k")
        await _begin_reply(desk)
        assert desk.typed == text + text
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "", "sent")
        assert (await desk.last(CHLOE)).body == text + text


async def test_a_paste_is_cleaned_of_what_no_message_contains(desk: Desk) -> None:
    async with desk.open(NARROW):
        await _begin_reply(desk)
        desk.app.post_message(Paste("\ufeffa\r\n\u200bb\rc\x07\u202ed\te"))
        await desk.until(lambda: desk.typed == "a\nb\nc␇d    e", "the paste")


@pytest.mark.parametrize("text", [" ", "\u2800", "\u3164", "\ufe0f", "\u00a0\u200d\n"])
async def test_a_text_with_nothing_to_see_is_not_sent(desk: Desk, text: str) -> None:
    async with desk.open(NARROW):
        count = len(await desk.messages(CHLOE))
        await _begin_reply(desk)
        desk.app.post_message(Paste(text))
        await desk.until(lambda: desk.typed == text, "the paste")
        await desk.press("enter")
        await desk.shows("Not sent: ")
        assert len(await desk.messages(CHLOE)) == count
        await desk.press("escape")
        await desk.command("note")
        desk.app.post_message(Paste(text))
        await desk.press("enter")
        await desk.shows("type the note first")
        assert len(await desk.messages(CHLOE)) == count
