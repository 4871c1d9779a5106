"""Compare the main screens with stored pictures: dark and light, small and large.

`pytest tests/snapshots --snapshot-update` takes the pictures anew: look at them before you commit
them. The names of tests and scenes are part of the names of the stored pictures.
"""

import pytest

from tests.snapshots.conftest import Picture, Scene
from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import BOB, CHLOE, PRIYA

BOTH_THEMES = pytest.mark.parametrize("theme", ["dark", "light"])
Size = tuple[int, int]


async def the_list(desk: Desk) -> None:
    """Show the list with the longest waiting customer on top."""
    await desk.move_to(CHLOE)


async def every_badge(desk: Desk) -> None:
    """Open a conversation with a message of every status."""
    await desk.open_thread(PRIYA)
    # The heading has room for the number only when the pane has its width.
    await desk.shows("queued", "+61 491 570 159")


async def a_reply(desk: Desk) -> None:
    """Type half a reply, which needs Unicode."""
    await desk.open_thread(CHLOE)
    await desk.command("reply")
    await desk.type("Friday at three is fine – see you then")
    await desk.shows("Unicode")


async def the_help(desk: Desk) -> None:
    """Show the keys."""
    await desk.command("help")
    await desk.shows("Move down the list")


async def a_timeline(desk: Desk) -> None:
    """Show everything about a failed message."""
    await desk.open_thread(BOB)
    await desk.command("timeline")
    await desk.shows("the number is not in use")


async def a_search(desk: Desk) -> None:
    """Find texts in several conversations."""
    await desk.command("search")
    await desk.type("order")
    await desk.shows("Your order is ready", "Is my order ready?")


async def a_new_conversation(desk: Desk) -> None:
    """Type a number that is understood."""
    await desk.command("new")
    await desk.type("0491570801")
    await desk.shows("+61 491 570 801")


async def the_accounts(desk: Desk) -> None:
    """Show one account that works and one that does not."""
    await desk.command("accounts")
    await desk.shows("812 credits")


async def a_filter(desk: Desk) -> None:
    """Narrow the list by a filter."""
    await desk.command("filter")
    await desk.type("da")
    await desk.shows('containing "da"')


SCENES: list[Scene] = [
    the_list,
    every_badge,
    a_reply,
    the_help,
    a_timeline,
    a_search,
    a_new_conversation,
    the_accounts,
    a_filter,
]


@BOTH_SIZES
@BOTH_THEMES
@pytest.mark.parametrize("scene", SCENES, ids=[scene.__name__ for scene in SCENES])
def test_the_desk_looks_as_before(picture: Picture, scene: Scene, theme: str, size: Size) -> None:
    assert picture(scene, size, theme=theme)


async def nothing(desk: Desk) -> None:
    """Wait for the first picture."""
    await desk.shows("0 waiting")


@BOTH_SIZES
@BOTH_THEMES
def test_an_empty_inbox_looks_as_before(picture: Picture, theme: str, size: Size) -> None:
    assert picture(nothing, size, theme=theme, empty=True)


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_plain_ascii_looks_as_before(picture: Picture, size: Size) -> None:
    assert picture(every_badge, size, ascii=True)


def test_high_contrast_looks_as_before(picture: Picture) -> None:
    assert picture(every_badge, WIDE, theme="high-contrast")
