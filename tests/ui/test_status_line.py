"""Test the first line with more accounts than fit: the worst of them come first."""

from dataclasses import replace

from tests.ui.desk import NARROW, WIDE, Desk
from tests.ui.history import ACCOUNTS
from tui.domain.account import Health

SEVEN = tuple(
    replace(ACCOUNTS[0], name=name) for name in ("au", "pl", "de", "fr", "it", "uk", "us")
)


async def wait_for_first_line(desk: Desk, *texts: str) -> str:
    """Return the first line as soon as it contains these texts."""
    await desk.until(lambda: all(text in desk.lines()[0] for text in texts), f"{texts}")
    return desk.lines()[0]


async def test_where_there_is_room_every_account_is_shown(desk: Desk) -> None:
    async with desk.open(WIDE, accounts=SEVEN):
        line = await wait_for_first_line(desk, *(f" {account.name} " for account in SEVEN))
        assert "+" not in line


async def test_the_number_of_hidden_accounts_is_shown(desk: Desk) -> None:
    async with desk.open(NARROW, accounts=SEVEN):
        line = await wait_for_first_line(desk, "◐ pl retry 40s", "+")
        shown = [account.name for account in SEVEN if f" {account.name} " in line]
        assert shown[:1] != ["au"] and "pl" in shown
        assert f"  ○ +{len(SEVEN) - len(shown)}  " in line
        assert "14:02" in line


async def test_accounts_in_trouble_are_shown_before_all_others(
    desk: Desk,
) -> None:
    await desk.store.accounts.save_health("us", Health.STOPPED)
    async with desk.open(NARROW, accounts=SEVEN):
        line = await wait_for_first_line(desk, "✗ us stopped", "◐ pl retry 40s")
        assert line.index("us stopped") < line.index("pl retry")
        assert "  ○ +" in line


async def test_the_worst_status_is_shown_if_no_account_fits(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("t")
        await wait_for_first_line(desk, "Triage  3 left", "◐ +2")
