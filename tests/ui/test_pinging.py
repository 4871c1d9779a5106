"""Asking whether a phone is on, by key."""

from dataclasses import replace

from tests.ui.desk import Desk, presses
from tests.ui.history import ACCOUNTS, ANA
from tui.domain.capabilities import Capabilities, Channel, ReceiptChannel
from tui.domain.message import Format

ABLE = Capabilities("SmartSwitch", Channel.PUSH, ReceiptChannel.NONE, ping=True)


@presses("ping")
async def test_a_ping_is_queued_and_leaves_the_customer_waiting(
    desk: Desk, size: tuple[int, int]
) -> None:
    accounts = (replace(ACCOUNTS[0], capabilities=ABLE), *ACCOUNTS[1:])
    async with desk.open(size, accounts=accounts):
        await desk.open_thread(ANA)
        waiting = (await desk.thread(ANA)).waiting_since
        await desk.command("ping")
        await desk.shows("Is this phone on?")
        newest = (await desk.messages(ANA))[-1]
        assert (newest.format, newest.account) == (Format.PING, accounts[0].name)
        assert (await desk.thread(ANA)).waiting_since == waiting


@presses("ping")
async def test_without_an_account_that_can_ask_nothing_is_queued(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size):
        await desk.open_thread(ANA)
        before = await desk.messages(ANA)
        await desk.command("ping")
        await desk.shows("None of your accounts")
        assert await desk.messages(ANA) == before
