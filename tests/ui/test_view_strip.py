"""Test the strip of the views at the left of a wide screen."""

from tests.ui.desk import WIDE, Desk
from tests.ui.history import AGENT, ANA
from tui.domain.conversation import State, View
from tui.widgets.view_strip import ViewStrip

FULL = (160, 40)


def read_lines(desk: Desk) -> list[str]:
    """Return the lines of the strip."""
    strip = desk.inbox.query_one(ViewStrip)
    height = strip.size.height
    return [text for y in range(height) if (text := strip.render_line(y).text.strip())]


async def test_without_views_or_room_there_is_no_strip(desk: Desk) -> None:
    async with desk.open(FULL):
        assert not desk.inbox.query(ViewStrip)
        assert desk.inbox.list_pane.size.width == 54
        await desk.press("V", "enter")
        await desk.until(lambda: bool(desk.inbox.query(ViewStrip)), "the strip")
        await desk.until(lambda: desk.inbox.list_pane.size.width == 42)
        await desk.press("z")
        await desk.until(lambda: desk.inbox.list_pane.size.width == 54)


async def test_no_strip_below_150_columns_and_one_after_widening(desk: Desk) -> None:
    await desk.store.views.save_view("all", View(None), AGENT)
    async with desk.open(WIDE):
        assert not desk.inbox.query(ViewStrip)
        await desk.pilot.resize_terminal(*FULL)
        await desk.until(lambda: bool(desk.inbox.query(ViewStrip)), "the strip")
        await desk.until(lambda: desk.inbox.query_one(ViewStrip).display)
        await desk.pilot.resize_terminal(*WIDE)
        await desk.until(lambda: desk.inbox.query_one(ViewStrip).size.width == 0)


async def test_keys_clicks_and_counts(desk: Desk) -> None:
    await desk.store.views.save_view("done", View(State.CLOSED), AGENT)
    await desk.store.views.save_view("ana", View(unread=True, text="ana"), AGENT)
    ana = await desk.thread(ANA)
    await desk.store.triage.set_unread([ana.id], "bo", False)
    async with desk.open(FULL):
        await desk.until(lambda: bool(desk.inbox.query(ViewStrip)), "the strip")
        await desk.until(lambda: read_lines(desk) == ["1 done", "2 ana"])
        await desk.events.receive_texts(ANA, "one more")
        await desk.until(
            lambda: [line.split() for line in read_lines(desk)][1] == ["2", "ana", "1"]
        )
        await desk.press("g", "1")
        await desk.until(lambda: read_lines(desk)[0].startswith("▌1 done"))
        await desk.pilot.click(ViewStrip, offset=(5, 2))
        await desk.until(lambda: desk.inbox.threads.view == View(unread=True, text="ana"))
        await desk.until(lambda: read_lines(desk)[1].startswith("▌2 ana"))
        await desk.store.triage.set_unread([ana.id], "bo", False)
        await desk.until(lambda: read_lines(desk)[1] == "▌2 ana")
