"""Test what is on the screen when the app opens."""

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import CHLOE, NAMES
from tui.app import SmsDeskApp


@BOTH_SIZES
async def test_the_longest_waiting_customer_is_on_top(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(size):
        current = desk.inbox.threads.current_row
        assert current is not None and current.party == CHLOE
        assert NAMES[CHLOE] in desk.lines()[2]


@BOTH_SIZES
async def test_the_first_line_shows_accounts_counts_agent_and_time(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size):
        first = desk.lines()[0]
        for expected in ("au 0.4s", "pl retry 40s", "3 waiting", "2 failed", "mia", "14:02"):
            assert expected in first


async def test_a_wide_screen_shows_the_conversation_under_the_cursor(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.shows("Can I move my appointment to Friday?")


async def test_a_narrow_screen_shows_only_the_list(desk: Desk) -> None:
    async with desk.open(NARROW):
        assert "Can I move my appointment to Friday?" not in desk.text()
        await desk.press("enter")
        await desk.shows("Can I move my appointment to Friday?")
        await desk.hides(NAMES["+61491570157"])


async def test_moving_through_the_list_marks_nothing_read(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to("+61491570157")
        assert (await desk.thread(CHLOE)).unread == 2
        assert (await desk.thread("+61491570157")).unread == 1


async def test_an_empty_inbox_says_how_to_begin(empty_desk: Desk) -> None:
    async with empty_desk.open(WIDE):
        await empty_desk.shows("c starts one", "0 waiting")


@BOTH_SIZES
async def test_an_empty_list_says_which_key_comes_next(
    empty_desk: Desk, size: tuple[int, int]
) -> None:
    async with empty_desk.open(size):
        await empty_desk.shows("c writes a message")


async def test_an_account_in_trouble_is_shown_first_if_not_all_fit(
    desk: Desk,
) -> None:
    async with desk.open((64, 24)):
        assert "pl retry" in desk.lines()[0]


async def test_services_start_once_the_first_conversation_is_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[int] = []
    monkeypatch.setattr(SmsDeskApp, "load_handlers", lambda app: shown.append(desk.shown_id))
    async with desk.open(WIDE):
        await desk.until(lambda: bool(shown), "the start of what follows the first picture")
        assert shown == [(await desk.thread(CHLOE)).id]
