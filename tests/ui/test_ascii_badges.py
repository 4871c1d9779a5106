"""Test that every surface shows every status on an ASCII terminal as the badge table says."""

from dataclasses import replace

from tests.ui.desk import Desk
from tests.ui.history import PRIYA
from tui.desk.badges import BADGES, HEALTH_BADGES, list_symbols
from tui.domain.account import AccountState
from tui.domain.events import TimelineEntry
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.screens.accounts import format_accounts
from tui.screens.timeline import TimelineScreen
from tui.terminal.ascii_text import to_ascii

TALL = (130, 80)
"""Has room for a message of every status."""
EXPECTED = [f" {badge.format(ascii=True)}" for badge in BADGES.values()]

FULL_SHAPES = {symbol.shape for symbol in list_symbols() if not symbol.shape.isascii()}


async def test_bubbles_show_every_status(desk: Desk) -> None:
    async with desk.open(TALL, ascii=True):
        await desk.open_thread(PRIYA)
        await desk.shows(*EXPECTED)
        await desk.hides(*FULL_SHAPES)


async def test_search_results_show_every_status(desk: Desk) -> None:
    async with desk.open(TALL, ascii=True):
        await desk.command("search")
        await desk.type("one")
        await desk.shows("This one is queued", *EXPECTED)
        await desk.hides(*FULL_SHAPES)


async def test_the_timeline_shows_every_status(desk: Desk) -> None:
    message = await desk.last(PRIYA)
    entries = [
        TimelineEntry("receipt", message.at, None, status, "", "", "", True, "")
        for status in Status
    ]
    async with desk.open(TALL, ascii=True):
        await desk.app.push_screen(TimelineScreen(message, entries, desk.app_context))
        await desk.shows(*EXPECTED)
        await desk.hides(*FULL_SHAPES)


async def test_the_list_shows_the_shape_of_every_status(desk: Desk) -> None:
    row = await desk.thread(PRIYA)
    async with desk.open(TALL, ascii=True):
        for status, badge in BADGES.items():
            changed = replace(row, last_direction=Direction.OUT, last_status=status)
            strips = desk.inbox.threads.draw_row(changed, current=False, width=60)
            shown = to_ascii(strips[1].text).rstrip()
            label = f" {badge.label}" if status.is_problem else ""
            assert shown.endswith(f" {badge.symbol.ascii_shape}{label}")
            assert shown.isascii()


async def test_the_status_line_and_the_page_of_accounts_show_every_health(desk: Desk) -> None:
    async with desk.open(TALL, ascii=True):
        for health, badge in HEALTH_BADGES.items():
            states = {"au": AccountState("au", health)}
            shown = format_accounts(desk.app_context, states).plain
            assert shown.startswith(f"{badge.symbol.ascii_shape} au")
            await desk.store.accounts.save_health("au", health)
            await desk.shows(f"{badge.symbol.ascii_shape} au {badge.label}".rstrip())
