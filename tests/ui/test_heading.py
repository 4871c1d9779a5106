"""The line over a conversation holds what matters, however narrow it is."""

import pytest

from tests.ui.desk import Desk
from tests.ui.history import HUGO, INES, NOBODY
from tui.widgets.conversation_pane import format_heading, place_beside


@pytest.mark.parametrize("room", [20, 40, 76, 120])
async def test_what_a_colleague_does_is_never_cut_off(desk: Desk, room: int) -> None:
    line = format_heading(await desk.thread(HUGO), desk.clock.now(), "bo is typing", room).plain
    assert line.endswith("  bo is typing")
    assert len(line) <= max(room, len("  bo is typing"))


async def test_a_lock_stands_before_all_that_may_be_cut_off(desk: Desk) -> None:
    line = format_heading(await desk.thread(INES), desk.clock.now(), "", 120).plain
    assert line.startswith("Inês Costa  +61 491 570 737  OPTED OUT")


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (100, "Hugo Fournier  +61 491 570 313  between 22:02 and 01:02 there  @mia  #parcels"),
        (66, "Hugo Fournier  +61 491 570 313  22:02–01:02 there  @mia  #parcels"),
        (60, "Hugo Fournier  +61 491 570 313  22:02–01:02 there  @mia"),
        (32, "Hugo Fournier  +61 491 570 313"),
    ],
)
async def test_what_has_no_room_is_said_in_short_or_left_out_whole(
    desk: Desk, room: int, words: str
) -> None:
    assert format_heading(await desk.thread(HUGO), desk.clock.now(), "", room).plain == words


async def test_a_number_without_a_name_is_grouped_as_people_read_it(desk: Desk) -> None:
    line = format_heading(await desk.thread(NOBODY), desk.clock.now(), "", 120).plain
    assert line.startswith("+61 491 570 110  ")


def test_without_colleagues_the_words_stay_as_they_are() -> None:
    assert place_beside("Ana  [bold]", "", 5).plain == "Ana  [bold]"
