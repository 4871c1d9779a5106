"""The first line: accounts that do not all fit, the worst of them first."""

from dataclasses import replace

from tests.ui.desk import NARROW, WIDE, Desk
from tests.ui.history import ACCOUNTS
from tui.domain.account import Health

SEVEN = tuple(
    replace(ACCOUNTS[0], name=name) for name in ("au", "pl", "de", "fr", "it", "uk", "us")
)


async def first_line(desk: Desk, *words: str) -> str:
    """The first line, once it says this."""
    await desk.until(lambda: all(word in desk.lines()[0] for word in words), f"{words}")
    return desk.lines()[0]


async def test_where_there_is_room_every_account_is_shown(desk: Desk) -> None:
    async with desk.open(WIDE, accounts=SEVEN):
        line = await first_line(desk, *(f" {account.name} " for account in SEVEN))
        assert "+" not in line


async def test_where_there_is_not_it_says_how_many_are_hidden(desk: Desk) -> None:
    async with desk.open(NARROW, accounts=SEVEN):
        line = await first_line(desk, "◐ pl retry 40s", "+")
        shown = [account.name for account in SEVEN if f" {account.name} " in line]
        assert shown[:1] != ["au"] and "pl" in shown
        assert f"  ○ +{len(SEVEN) - len(shown)}  " in line
        assert "14:02" in line


async def test_who_is_in_trouble_is_never_among_the_hidden_while_others_are_shown(
    desk: Desk,
) -> None:
    await desk.store.accounts.save_health("us", Health.STOPPED)
    async with desk.open(NARROW, accounts=SEVEN):
        line = await first_line(desk, "✗ us stopped", "◐ pl retry 40s")
        assert line.index("us stopped") < line.index("pl retry")
        assert "  ○ +" in line


async def test_where_none_has_room_the_worst_of_them_still_shows(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("t")
        await first_line(desk, "Triage  3 left", "◐ +2")
