"""Test the statistics screen."""

from tests.ui.desk import WIDE, Desk, presses
from tui.clock import DAY, HOUR
from tui.screens.statistics import find_day_start


@presses("numbers")
async def test_the_numbers_of_the_day_are_shown(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.open(size):
        await desk.command("numbers")
        await desk.shows("Today", "7 days", "first answer (median)", "Busiest hours", "Delivered")
        await desk.press("escape")
        await desk.hides("Busiest hours")


async def test_a_key_reads_the_numbers_again(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("numbers")
        await desk.shows("opt-outs 1")
        await desk.store.consent.record_decision(
            desk.shown_id, "mia", opted_out=True, evidence="by phone"
        )
        await desk.press("r")
        await desk.shows("opt-outs 2")


async def test_an_empty_inbox_has_no_numbers(empty_desk: Desk) -> None:
    async with empty_desk.open(WIDE):
        await empty_desk.command("numbers")
        await empty_desk.shows("0 in · 0 out", "No messages arrived in these days.")


async def test_plots_are_ascii_on_an_ascii_terminal(desk: Desk) -> None:
    async with desk.open(WIDE, ascii=True):
        await desk.command("numbers")
        await desk.shows("Delivered, 7 days", "####")
        assert not set("▁▂▃▄▅▆▇█░") & set(desk.text())


async def test_counts_equal_what_is_stored(desk: Desk) -> None:
    now = desk.clock.now()
    numbers = await desk.store.statistics.get_statistics(
        find_day_start(now, desk.app_context, 6), now
    )
    counters = await desk.store.database.read(
        lambda c: c.execute(
            "select direction, count(*) from messages where status <> 'cancelled' group by 1"
        ).fetchall()
    )
    stored = {row[0]: row[1] for row in counters}
    assert (sum(numbers.received), sum(numbers.sent)) == (stored["in"], stored["out"])
    assert len(numbers.received) == -(-(now - numbers.since) // HOUR)
    later = await desk.store.statistics.get_statistics(now + DAY, now + 2 * DAY)
    assert sum(later.received) == 0 and later.reply_times == ()
