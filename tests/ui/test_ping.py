"""Test pinging a phone by key."""

from dataclasses import replace

from tests.ui.desk import NARROW, Desk, presses
from tests.ui.history import ACCOUNTS, ANA
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.message import Format
from tui.domain.status import Status
from tui.store.event_rows import SendRecord

ABLE = Capabilities("SmartSwitch", ReplyChannel.PUSH, ReceiptChannel.NONE, can_ping=True)


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
        await desk.press("escape")
        await desk.shows("Ping: is the phone on?")
        await desk.hides("You: Is this phone on?")
        newest = (await desk.messages(ANA))[-1]
        assert (newest.format, newest.account) == (Format.PING, accounts[0].name)
        assert (await desk.thread(ANA)).waiting_since == waiting


@presses("ping")
async def test_without_an_account_that_can_ping_nothing_is_queued(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size):
        await desk.open_thread(ANA)
        before = await desk.messages(ANA)
        await desk.command("ping")
        await desk.shows("None of your accounts")
        assert await desk.messages(ANA) == before


async def test_the_list_shows_the_result_of_a_ping(desk: Desk) -> None:
    accounts = (replace(ACCOUNTS[0], capabilities=ABLE), *ACCOUNTS[1:])
    async with desk.open(NARROW, accounts=accounts):
        await desk.move_to(ANA)
        await desk.command("ping")
        await desk.shows("Ping: is the phone on?")
        ping = await desk.last(ANA)
        await desk.store.outbox.claim_due_messages("a", ping.account, 10)
        await desk.store.outbox.settle_message(ping.id, SendRecord(Status.FAILED, reason="absent"))
        await desk.shows("Ping: the phone is off or out of reach")
        assert (await desk.thread(ANA)).failed == 0
        row = next(line for line in desk.lines() if "out of reach" in line)
        assert "failed" not in row
