"""Test the search: typing, narrowing by filters, jumping to a hit."""

import pytest
from textual.strip import Strip

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import CHLOE, HUGO
from tui.domain.message import Message
from tui.widgets.search_results import Hits, make_excerpt


def list_bold(desk: Desk) -> list[str]:
    """Return the bold parts of the second hit (the first one is under the cursor)."""
    hits = desk.app.screen.query_one(Hits)
    strip: Strip = hits.render_line(hits.ROW_HEIGHT + 1)
    return [s.text for s in strip if s.style is not None and s.style.bold]


@BOTH_SIZES
async def test_enter_jumps_to_the_hit(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(size):
        await desk.command("search")
        await desk.type("line 7 parcel")
        await desk.shows("Line 7: the parcel is not here yet")
        await desk.press("enter")
        hugo = await desk.thread(HUGO)
        await desk.until(lambda: desk.shown_id == hugo.id, "Hugo's conversation")
        await desk.shows("Line 7: the parcel")


async def test_the_found_words_are_bold(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("search")
        await desk.type("parc lin")
        await desk.shows("the parcel is not here yet")
        await desk.until(lambda: list_bold(desk) == ["Line", "parcel"], "bold words")


@BOTH_SIZES
async def test_filters_narrow_the_hits(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(size):
        await desk.command("search")
        await desk.shows("from: to: label: account: status:")
        await desk.type("from:chloe")
        await desk.shows("from Chloe Martin")
        hits = desk.app.screen.query_one(Hits)
        chloe = await desk.thread(CHLOE)
        await desk.until(
            lambda: {row.conversation_id for row in hits.rows} == {chloe.id}, "only Chloe's"
        )


async def test_an_invalid_filter_is_reported(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("search")
        await desk.type("before:soon")
        await desk.shows('"soon" is not a day: write 2026-03-01')


async def test_filters_without_hits_suggest_one_filter_less(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("search")
        await desk.type("from:unknown")
        await desk.shows("Nothing found: try without a filter")
        await desk.hides("characters")


async def test_a_search_without_hits_says_so(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("search")
        await desk.type("xylophone")
        await desk.shows("Nothing found")


@BOTH_SIZES
async def test_in_an_open_conversation_the_filter_key_searches_its_texts(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size):
        await desk.command("show_mine")
        await desk.open_thread(HUGO)
        await desk.command("filter")
        await desk.shows("Search this conversation")
        await desk.type("31")
        await desk.shows("Line 31: the parcel is not here yet")
        await desk.press("enter")
        await desk.until(lambda: desk.inbox.pane.message_view.selected_id != 0, "the message")
        message = desk.inbox.pane.message_view.target_message
        assert message is not None and message.body.startswith("Line 31:")


async def test_the_cursor_reaches_the_end_of_many_hits_and_returns(desk: Desk) -> None:
    async with desk.open((80, 24)):
        await desk.command("search")
        await desk.type("parcel")
        hits = desk.app.screen.query_one(Hits)
        await desk.until(lambda: len(hits.rows) > 20, "hits")
        newest = hits.rows[0]
        await desk.press(*["pagedown"] * 12)
        oldest = hits.current_row
        assert isinstance(oldest, Message) and "Line 1:" in oldest.body
        await desk.press(*["pageup"] * 12)
        assert hits.current_row == newest


def test_an_excerpt_shows_the_first_found_word() -> None:
    line = "so many words stand here before the one that is looked for, the parcel, comes at last"
    assert "parcel" in make_excerpt(line, "parcel", 40)
    assert make_excerpt("short parcel", "parcel", 40).startswith("short parcel")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ('"line 7', "The quotation mark is not closed"),
        ("fro:chloe parcel", "There is no filter fro:"),
        ("account:ua", 'There is no account "ua": known are au, pl'),
        ("label:parcel", "There is no label #parcel: known are"),
        ("from:unheardof", 'No customer has "unheardof" in name or number'),
    ],
)
async def test_what_may_be_mistyped_is_said_below_the_field(
    desk: Desk, typed: str, line: str
) -> None:
    async with desk.open(NARROW):
        await desk.command("search")
        await desk.type(typed)
        await desk.shows(line)


async def test_words_in_open_quotes_are_found_as_they_are_typed(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("search")
        await desk.type('"line 7: the par')
        await desk.shows("The quotation mark is not closed", "Line 7: the parcel")
        await desk.type('cel"')
        await desk.shows("from: to: label:", "Line 7: the parcel")
