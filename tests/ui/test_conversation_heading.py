"""Test that the line over a conversation shows what matters, however narrow it is."""

import pytest

from tests.ui.desk import Desk
from tests.ui.history import HUGO, INES, UNNAMED
from tui.widgets.conversation_heading import format_heading, place_beside


@pytest.mark.parametrize("room", [20, 40, 76, 120])
async def test_the_activity_of_a_colleague_is_never_cut_off(desk: Desk, room: int) -> None:
    line = format_heading(await desk.thread(HUGO), desk.clock.now(), "bo is typing", room).plain
    assert line.endswith("  bo is typing")
    assert len(line) <= max(room, len("  bo is typing"))


async def test_the_opt_out_comes_before_parts_that_may_be_cut_off(desk: Desk) -> None:
    line = format_heading(await desk.thread(INES), desk.clock.now(), "", 120).plain
    assert line.startswith("Inês Costa  +61 491 570 737  OPTED OUT")


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (100, "Hugo Fournier  +61 491 570 313  between 22:02 and 01:02 there  @mia  #parcels"),
        (66, "Hugo Fournier  +61 491 570 313  22:02–01:02 there  @mia  #parcels"),
        (60, "Hugo Fournier  +61 491 570 313  22:02–01:02 there  @mia"),
        (32, "Hugo Fournier  +61 491 570 313"),
    ],
)
async def test_parts_without_room_are_shortened_or_left_out(
    desk: Desk, room: int, expected: str
) -> None:
    assert format_heading(await desk.thread(HUGO), desk.clock.now(), "", room).plain == expected


async def test_a_number_without_a_name_is_grouped(desk: Desk) -> None:
    line = format_heading(await desk.thread(UNNAMED), desk.clock.now(), "", 120).plain
    assert line.startswith("+61 491 570 110  ")


def test_without_colleagues_the_heading_stays_as_it_is() -> None:
    assert place_beside("Ana  [bold]", "", 5).plain == "Ana  [bold]"
