"""Test the line over the list for failures of many messages, and low balances in the header."""

from dataclasses import replace

import pytest

from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.history import ACCOUNTS, ANA, CHLOE, DAWIT, UNNAMED
from tui.clock import SECOND
from tui.commands import get_first_keys
from tui.domain.account import AccountState, Health
from tui.domain.message import Advice, NewMessage
from tui.domain.status import Status
from tui.store.failures import FailureGroup
from tui.widgets.trouble_line import describe_group, describe_held

Size = tuple[int, int]


@BOTH_SIZES
async def test_equal_failures_share_one_line_over_the_list(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.hides("No route")
        for number in (CHLOE, DAWIT, UNNAMED):
            await desk.events.add_reply(number, "Friday is fine", Status.REJECTED, "No route")
        await desk.shows("3 rejected: No route on au")
        await desk.command("show_failed")
        await desk.shows("Chloe Martin", "Dawit Bekele")


async def test_the_line_disappears_when_the_failures_are_resolved(desk: Desk) -> None:
    for number in (CHLOE, DAWIT):
        await desk.events.add_reply(number, "Friday is fine", Status.REJECTED, "No route")
    async with desk.open():
        await desk.shows("2 rejected: No route on au")
        await desk.open_thread(CHLOE)
        await desk.command("retry")
        await desk.hides("2 rejected: No route on au")


@BOTH_SIZES
async def test_messages_that_wait_for_a_stopped_account_are_counted(desk: Desk, size: Size) -> None:
    await desk.store.intents.queue_message(NewMessage(ANA, "On it", "pl", agent="mia"))
    await desk.store.outbox.claim_due_messages("sync", "pl", 1)
    later = desk.clock.now() + 300 * SECOND
    message = await desk.last(ANA)
    await desk.store.outbox.requeue_messages("sync", [(message.id, later, "No credit")])
    async with desk.open(size):
        line = "No credit is left: top up the account"
        await desk.store.accounts.save_health("pl", Health.STOPPED, line=line)
        await desk.shows("1 message waits: pl is stopped", "pl stopped")


@BOTH_SIZES
async def test_a_low_balance_is_shown_in_the_header_and_in_the_accounts(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.store.accounts.save_balance("au", "7 credits", 7.0)
        await desk.shows("au low: 7 left")
        await desk.command("accounts")
        await desk.shows("balance 7 credits (low: top up soon)")


async def test_each_account_has_its_own_low_balance(desk: Desk) -> None:
    au, pl = ACCOUNTS
    async with desk.open(WIDE, accounts=(replace(au, low_balance=5), replace(pl, low_balance=900))):
        await desk.store.accounts.save_balance("au", "7 credits", 7.0)
        await desk.store.accounts.save_balance("pl", "812 messages", 812.0)
        await desk.shows("pl low: 812 left")
        assert "au low" not in desk.text()


@pytest.mark.parametrize(
    ("advice", "key"), [(Advice.TOP_UP, "F3"), (Advice.OTHER_ACCOUNT, "g f"), (Advice.NONE, "g f")]
)
def test_a_group_names_the_key_that_helps(advice: Advice, key: str) -> None:
    group = FailureGroup("au", Status.FAILED, "no credit", advice, 12, 9)
    keys = get_first_keys(())
    keys |= {"accounts": "F3", "show_failed": "g f"}
    assert describe_group(group, keys) == f"12 failed: no credit on au · {key}"


def test_messages_that_wait_for_a_retrying_account_need_no_line() -> None:
    states = {"au": AccountState("au", Health.RETRYING, "no answer")}
    assert describe_held({"au": 3}, states) == ""
    assert describe_held({"gone": 3}, states) == ""
