"""Test replies from typing to the badge: queueing, refusals, and that none is sent twice."""

import asyncio
from dataclasses import replace

import pytest
from textual.message import Message

from tests.ui.desk import BOTH_SIZES, WIDE, Desk, presses
from tests.ui.history import ACCOUNTS, ANA, BOB, CHLOE, COLLEAGUE, DAWIT, INES, PRIYA
from tui.domain.conversation import State
from tui.domain.message import Direction, NewMessage
from tui.domain.status import Status
from tui.screens.inbox import InboxScreen
from tui.store.errors import Busy
from tui.widgets.composer import Composer

Size = tuple[int, int]


async def type_reply(desk: Desk, number: str, text: str) -> None:
    """Open a conversation and type into its composer.

    Args:
        desk: Desk of the agent.
        number: Phone number of the customer.
        text: Text to type.
    """
    await desk.open_thread(number)
    await desk.command("reply")
    await desk.type(text)


async def list_sent(desk: Desk, number: str) -> list[str]:
    """Return every text sent to a customer, as stored."""
    return [m.body for m in await desk.messages(number) if m.direction is Direction.OUT]


@presses("reply", "send")
async def test_a_reply_is_queued_and_its_draft_is_gone(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "Friday at three is fine")
        await desk.press("enter")
        await desk.shows("… queued", "mia · 14:02")
        message = await desk.last(CHLOE)
        assert (message.body, message.status) == ("Friday at three is fine", Status.QUEUED)
        assert (message.account, message.sender, message.agent) == ("au", "+61491570006", "mia")
        assert desk.typed == ""
        assert await desk.draft(CHLOE) is None
        assert (await desk.thread(CHLOE)).waiting_since is None


@BOTH_SIZES
async def test_the_badge_follows_the_provider_without_a_key(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, ANA, "Dobrze, czekamy")
        await desk.press("enter")
        await desk.shows("… queued")
        message = await desk.last(ANA)
        await desk.store.outbox.claim_due_messages("sync", "pl", 1)
        await desk.shows("↗ sending")
        await desk.events.report_status(message, Status.ACCEPTED)
        await desk.shows("→ accepted")
        await desk.events.add_receipt(message, Status.SUBMITTED)
        await desk.shows("✓ submitted")
        await desk.events.add_receipt(message, Status.DELIVERED)
        await desk.shows("✓✓ delivered 14:02")
        await desk.hides("… queued", "↗ sending", "→ accepted", "✓ submitted")


@BOTH_SIZES
async def test_a_failure_shows_its_reason(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "See you")
        await desk.press("enter")
        await desk.shows("… queued")
        message = await desk.last(CHLOE)
        await desk.store.outbox.claim_due_messages("sync", "au", 100)
        await desk.events.report_status(message, Status.FAILED, "the phone is switched off")
        await desk.shows("✗ failed: the phone is switched off")
        assert (await desk.thread(CHLOE)).failed == 1


async def test_a_late_receipt_never_moves_the_badge_back(desk: Desk) -> None:
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "See you")
        await desk.press("enter")
        await desk.shows("… queued")
        message = await desk.last(CHLOE)
        await desk.store.outbox.claim_due_messages("sync", "au", 100)
        await desk.events.report_status(message, Status.DELIVERED)
        await desk.shows("✓✓ delivered")
        await desk.events.add_receipt(message, Status.SUBMITTED)
        await desk.press("escape")
        await desk.command("timeline")
        await desk.shows("receipt: ✓ submitted", "(badge unchanged)")
        await desk.press("escape")
        assert (await desk.last(CHLOE)).status is Status.DELIVERED


@presses("send_close")
async def test_sending_and_closing_goes_back_to_the_list(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "Done")
        await desk.command("send_close")
        await desk.shows("Closed Chloe Martin")
        await desk.until(lambda: not desk.inbox.is_composer_focused, "out of the composer")
        assert (await desk.thread(CHLOE)).state is State.CLOSED
        assert await list_sent(desk, CHLOE) == ["Done"]


@presses("new_line")
async def test_alt_enter_breaks_the_line(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "one")
        await desk.command("new_line")
        await desk.type("two")
        await desk.press("enter")
        await desk.shows("… queued")
        assert await list_sent(desk, CHLOE) == ["one\ntwo"]


async def test_the_setting_swaps_enter_and_alt_enter(desk: Desk) -> None:
    async with desk.open(WIDE, enter_sends=False):
        await type_reply(desk, CHLOE, "one\ntwo")
        assert await list_sent(desk, CHLOE) == []
        await desk.press("alt+enter")
        await desk.shows("… queued")
        assert await list_sent(desk, CHLOE) == ["one\ntwo"]


@BOTH_SIZES
async def test_enter_twice_in_haste_sends_once(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "only once")
        composer = desk.inbox.pane.compose_pane.composer
        composer.submit_text(close=False)
        composer.submit_text(close=False)
        await desk.shows("… queued")
        await desk.press("enter", "enter")
        assert await list_sent(desk, CHLOE) == ["only once"]


async def test_text_typed_while_a_message_is_queued_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()
    queue = desk.store.intents.queue_message

    async def slow_queue(*args: object, **kwargs: object) -> object:
        await gate.wait()
        return await queue(*args, **kwargs)  # type: ignore[arg-type]

    async with desk.open(WIDE):
        monkeypatch.setattr(desk.store.intents, "queue_message", slow_queue)
        await type_reply(desk, CHLOE, "first")
        desk.inbox.pane.compose_pane.composer.submit_text(close=False)
        desk.inbox.pane.compose_pane.composer.insert("second")
        gate.set()
        await desk.shows("… queued")
        assert desk.typed == "second"
        await desk.until(lambda: desk.draft(CHLOE), "the second text is on disk")
        assert await list_sent(desk, CHLOE) == ["first"]


@BOTH_SIZES
async def test_an_empty_text_is_not_sent(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "  ")
        await desk.press("enter")
        await desk.shows("Not sent: the text is empty · write the message first")
        assert await list_sent(desk, CHLOE) == []
        assert desk.typed == "  "


@BOTH_SIZES
async def test_an_opted_out_customer_cannot_be_written_to(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("show_closed")
        await desk.move_to(INES)
        await desk.command("reply")
        await desk.shows("opted out")
        assert not desk.inbox.is_composer_focused


@BOTH_SIZES
async def test_an_opt_out_while_writing_stops_the_send_and_keeps_the_text(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "Are you sure?")
        chloe = await desk.thread(CHLOE)
        await desk.store.consent.record_decision(
            chloe.id, COLLEAGUE, opted_out=True, evidence="by phone"
        )
        await desk.press("enter")
        await desk.shows("opted out", "Are you sure?")
        assert desk.typed == "Are you sure?"
        assert await list_sent(desk, CHLOE) == []


@BOTH_SIZES
async def test_a_new_text_is_shown_before_the_reply_is_sent(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "Friday it is")
        await desk.events.receive_texts(CHLOE, "Or rather Monday")
        view = desk.inbox.pane.message_view
        await desk.until(lambda: view.messages[-1].body == "Or rather Monday", "shown in full")
        await desk.press("enter")
        await desk.shows("Enter again sends")
        assert desk.typed == "Friday it is"
        assert await list_sent(desk, CHLOE) == []
        await desk.press("enter")
        await desk.shows("… queued")
        assert await list_sent(desk, CHLOE) == ["Friday it is"]


async def test_a_reply_of_a_colleague_is_shown_before_a_second_is_sent(desk: Desk) -> None:
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "Friday it is")
        await desk.store.intents.queue_message(NewMessage(CHLOE, "Friday!", "au", agent=COLLEAGUE))
        await desk.shows("Friday!")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "Friday it is", "the text stays")
        assert await list_sent(desk, CHLOE) == ["Friday!"]


async def test_a_new_text_that_is_not_shown_yet_stops_the_send(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "Friday it is")

        async def ignore_changes(*_: object) -> None:
            """Ignore the changes, as if they had not come yet."""

        monkeypatch.setattr(desk.inbox, "apply_changes", ignore_changes)
        await desk.events.receive_texts(CHLOE, "Or rather Monday")
        await desk.press("enter")
        await desk.shows("nothing was sent")
        assert desk.typed == "Friday it is"
        assert await list_sent(desk, CHLOE) == []


@BOTH_SIZES
async def test_a_store_error_is_reported_and_the_text_stays(
    desk: Desk, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object, **__: object) -> None:
        raise Busy("The database is locked: nothing was written")

    async with desk.open(size):
        await type_reply(desk, CHLOE, "Friday it is")
        monkeypatch.setattr(desk.store.intents, "queue_message", busy)
        await desk.press("enter")
        await desk.shows("locked", "Friday it is")
        monkeypatch.undo()
        await desk.press("enter")
        await desk.shows("… queued")
        assert await list_sent(desk, CHLOE) == ["Friday it is"]


@pytest.mark.parametrize("command", ["close", "star", "assign_me", "unread", "close_next"])
async def test_a_store_error_in_an_action_is_reported(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    async def busy(*_: object, **__: object) -> None:
        raise Busy("The database is locked: nothing was written")

    async with desk.open(WIDE):
        monkeypatch.setattr(desk.store.database, "write", busy)
        await desk.command(command)
        await desk.shows("The database is locked")
        assert desk.app.is_running


@presses("account", "sender")
async def test_the_route_of_the_reply_can_be_chosen(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "Hi")
        await desk.shows("· +61491570006 · replies reach us")
        await desk.command("sender")
        await desk.shows("MYSHOP · no replies")
        await desk.command("sender")
        await desk.shows("default sender")
        await desk.command("account")
        await desk.shows("pl SerwerSMS · 48500100200")
        await desk.press("enter")
        await desk.shows("… queued")
        message = await desk.last(CHLOE)
        assert (message.account, message.sender) == ("pl", "48500100200")


@presses("to_gsm")
async def test_costly_characters_are_replaced_on_demand(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "It’s")
        await desk.shows("4/70 · 1 part · Unicode ’")
        await desk.command("to_gsm")
        await desk.shows("4/160 · 1 part")
        assert desk.typed == "It's"
        await desk.press("ctrl+z")
        await desk.shows("Unicode ’")
        assert desk.typed == "It’s"


@presses("preview")
async def test_the_text_is_shown_as_the_provider_may_rewrite_it(desk: Desk, size: Size) -> None:
    first = ACCOUNTS[0]
    assert first.capabilities is not None
    able = replace(first.capabilities, rewrite_note="the provider may replace characters")
    async with desk.open(size, accounts=(replace(first, capabilities=able), *ACCOUNTS[1:])):
        await type_reply(desk, CHLOE, "Zażółć “x”")
        await desk.command("preview")
        await desk.shows("How the text is sent", "As typed · 10/70 · 1 part", "Zażółć “x”")
        await desk.shows("As it may arrive · 10/160 · 1 part", 'Zazolc "x"')
        await desk.press("escape")
        await desk.until(lambda: desk.inbox.is_composer_focused, "back in the composer")
        assert desk.typed == "Zażółć “x”"


async def test_what_remains_unicode_is_named_and_nothing_is_replaced(desk: Desk) -> None:
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "naïve “x”")
        await desk.shows("9/70 · 1 part · Unicode ï")
        await desk.shows("F8 cannot replace ï (i with diaeresis): nothing is saved")
        await desk.command("to_gsm")
        await desk.shows("ï (i with diaeresis) would remain")
        assert desk.typed == "naïve “x”"


async def test_the_limit_of_the_account_is_shown_before_enter(desk: Desk) -> None:
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "x")
        route = desk.inbox.compose_pane.route
        assert route is not None and route.account.capabilities is not None
        longest = route.account.capabilities.max_characters
        desk.inbox.composer.replace_text("x" * (longest - 5))
        await desk.shows(f"5 left of {longest}")
        desk.inbox.composer.replace_text("x" * (longest + 3))
        await desk.shows(f"3 over the limit of {longest}")


async def test_the_length_counts_up_while_typing(desk: Desk) -> None:
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "abc")
        await desk.shows("3/160 · 1 part")
        await desk.type("d" * 158)
        await desk.shows("2 parts")


async def test_a_message_can_be_cancelled_in_the_grace_period(desk: Desk) -> None:
    async with desk.open(WIDE, grace_seconds=5):
        await type_reply(desk, CHLOE, "Oops")
        await desk.press("enter")
        await desk.shows("Ctrl+G cancels")
        claimed = await desk.store.outbox.claim_due_messages("sync", "au", 100)
        assert "Oops" not in [claim.message.body for claim in claimed]
        await desk.press("escape", "z")
        await desk.shows("Cancelled: not sent")
        assert (await desk.last(CHLOE)).status is Status.CANCELLED
        assert (await desk.thread(CHLOE)).waiting_since is not None


async def test_cancelling_leaves_the_conversation_to_whom_it_was_given_since(desk: Desk) -> None:
    async with desk.open(WIDE, grace_seconds=5):
        chloe = await desk.thread(CHLOE)
        await desk.store.triage.assign_conversations([chloe.id], "tom", "")
        await type_reply(desk, CHLOE, "Oops")
        await desk.press("enter")
        await desk.shows("Ctrl+G cancels")
        await desk.store.triage.assign_conversations([chloe.id], "tom", "tom")
        await desk.press("escape", "z")
        await desk.shows("Cancelled: not sent")
        assert (await desk.thread(CHLOE)).assignee == "tom"


async def test_a_message_that_is_being_sent_cannot_be_cancelled(desk: Desk) -> None:
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "Oops")
        await desk.press("enter")
        await desk.shows("… queued")
        await desk.store.outbox.claim_due_messages("sync", "au", 100)
        await desk.press("escape", "z")
        await desk.shows("Too late to cancel the text to", "it is being sent")


@BOTH_SIZES
async def test_undo_after_the_badge_says_what_became_of_the_text(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size):
        await type_reply(desk, CHLOE, "Oops")
        await desk.press("enter")
        await desk.shows("… queued")
        await desk.store.outbox.claim_due_messages("sync", "au", 100)
        await desk.events.report_status(await desk.last(CHLOE), Status.FAILED, "refused")
        await desk.shows("failed: refused")
        await desk.press("escape", "z")
        await desk.shows("Too late to cancel the text to", "it has failed")
        await desk.press("r")
        await desk.type("Again")
        await desk.press("enter")
        await desk.hides("Too late")


async def test_every_status_has_its_badge(desk: Desk) -> None:
    async with desk.open((130, 80)):
        await desk.open_thread(PRIYA)
        await desk.shows(
            "… queued", "↗ sending", "→ accepted", "✓ submitted", "✓✓ delivered", "✗ failed",
            "✗ rejected: the network refused it", "⌛ expired", "⏲ scheduled", "⊘ cancelled",
            "? maybe sent",
        )  # fmt: skip


async def test_ascii_mode_shows_badges_and_borders_in_ascii(desk: Desk) -> None:
    async with desk.open((130, 80), ascii=True):
        await desk.open_thread(PRIYA)
        await desk.shows(".. queued", "^ sending", "vv delivered", "x failed", "? maybe sent")
        await desk.hides("✓", "✗", "⌛", "●", "│", "─")


async def test_a_reply_is_sent_though_the_conversation_was_closed_meanwhile(desk: Desk) -> None:
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "Friday ")
        chloe = await desk.thread(CHLOE)
        await desk.store.triage.close_conversations([chloe.id], COLLEAGUE)
        await desk.shows("closed by bo")
        await desk.type("it is")
        assert desk.typed == "Friday it is"
        await desk.press("enter")
        await desk.shows("… queued")
        assert await list_sent(desk, CHLOE) == ["Friday it is"]
        assert await list_sent(desk, DAWIT) == []
        assert len(await list_sent(desk, BOB)) == 1


async def test_keys_that_come_at_once_wait_for_each_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = InboxScreen._on_message

    async def handle_slowly(inbox: InboxScreen, message: Message) -> None:
        """Leave the composer when the keys after Esc have long arrived."""
        for _ in range(200 if isinstance(message, Composer.Left) else 0):
            await asyncio.sleep(0)
        await handle(inbox, message)

    monkeypatch.setattr(InboxScreen, "_on_message", handle_slowly)
    async with desk.open(WIDE):
        await type_reply(desk, CHLOE, "Hel")
        desk.send_keys("l", "o", "escape", "s", "r", "exclamation_mark")
        await desk.keys_done()
        assert desk.typed == "Hello!"
        assert (await desk.thread(CHLOE)).starred
