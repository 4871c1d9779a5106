"""Test that what an agent asked for stays whole: plan, route, pictures, closing, and to whom."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.history import ACCOUNTS, ANA, BOB, CHLOE, COLLEAGUE
from tui.clock import HOUR
from tui.domain.conversation import State
from tui.domain.message import Direction, Format, Message, MmsContent
from tui.domain.status import Status
from tui.widgets.composer import Composer

Size = tuple[int, int]
TOMORROW_SIX = round(datetime(2026, 3, 5, 6, tzinfo=UTC).timestamp() * 1_000)
PICTURES = replace(
    ACCOUNTS[0],
    capabilities=replace(ACCOUNTS[0].capabilities, formats=frozenset({Format.SMS, Format.MMS})),  # type: ignore[type-var]
)


async def sent(desk: Desk, number: str) -> list[Message]:
    """Return every message to a customer."""
    return [m for m in await desk.messages(number) if m.direction is Direction.OUT]


async def write(desk: Desk, number: str, text: str) -> None:
    """Open a conversation and type a reply."""
    await desk.open_thread(number)
    await desk.press("r")
    await desk.type(text)


async def schedule(desk: Desk, when: str = "tomorrow 6") -> None:
    """Schedule what is written for a time, with the keys of the dialog."""
    await desk.press("f5")
    await desk.shows("Send later")
    await desk.press("backspace")
    await desk.type(when)
    await desk.press("enter")


async def schedule_after_news(desk: Desk, number: str = CHLOE) -> None:
    """Write a reply, let the customer write, and schedule the reply: the desk asks."""
    await write(desk, number, "See you at ten")
    await desk.events.receive_texts(number, "Wait, one more thing")
    await desk.shows("one more thing")
    await schedule(desk)
    await desk.shows("has written meanwhile")


@BOTH_SIZES
async def test_a_scheduled_reply_is_never_sent_at_once_after_a_question(
    desk: Desk, size: Size
) -> None:
    before = len(await sent(desk, CHLOE))
    async with desk.open(size):
        await schedule_after_news(desk)
        await desk.shows("Enter again schedules for tomorrow 06:00")
        await desk.shows("scheduled for tomorrow 06:00 · F5 changes")
        assert len(await sent(desk, CHLOE)) == before
        await desk.press("enter")
        await desk.shows("Goes out tomorrow 06:00")
        last = (await sent(desk, CHLOE))[-1]
        assert (last.body, last.scheduled_at) == ("See you at ten", TOMORROW_SIX)
        await desk.hides("F5 changes or drops")


async def test_quiet_hours_at_the_planned_time_keep_the_plan(desk: Desk) -> None:
    async with desk.open(WIDE, quiet_hours=(3, 8)):
        await write(desk, ANA, "Dzień dobry")
        await schedule(desk, "tomorrow 5")
        await desk.shows("It is 06:00 there", "Enter again schedules for tomorrow 05:00")
        await desk.press("enter")
        await desk.shows("Goes out tomorrow 05:00")
        assert (await sent(desk, ANA))[-1].scheduled_at == TOMORROW_SIX - HOUR


@pytest.mark.parametrize("change", ["edit", "leave", "other conversation", "restart"])
async def test_a_plan_stays_with_the_text(desk: Desk, change: str) -> None:
    async with desk.open(WIDE):
        await schedule_after_news(desk)
        if change == "edit":
            await desk.press("home")
            await desk.type("Hi! ")
        elif change != "restart":
            await desk.press("escape")
            if change == "other conversation":
                await desk.open_thread(ANA)
                await desk.hides("F5 changes or drops")
                await desk.press("escape")
                await desk.open_thread(CHLOE)
            await desk.press("r")
        await desk.shows("scheduled for tomorrow 06:00 · F5 changes or drops it")
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.press("r")
        await desk.shows("scheduled for tomorrow 06:00 · F5 changes or drops it")
        await desk.press("enter")
        await desk.shows("Goes out tomorrow 06:00")
        assert (await sent(desk, CHLOE))[-1].scheduled_at == TOMORROW_SIX


async def test_a_plan_whose_time_has_passed_is_not_sent_at_once(desk: Desk) -> None:
    async with desk.open(WIDE):
        await schedule_after_news(desk)
        before = len(await sent(desk, CHLOE))
        desk.clock.advance(20 * 3600)
        await desk.press("enter")
        await desk.shows("the planned time has passed · F5 picks another time, or drops it")
        assert len(await sent(desk, CHLOE)) == before
        await desk.press("f5")
        await desk.shows("Send later")
        await desk.press("backspace")
        await desk.shows("Enter drops the schedule and sends nothing yet")
        await desk.press("enter")
        await desk.shows("No time is planned any more: Enter sends at once")
        assert len(await sent(desk, CHLOE)) == before
        await desk.press("enter")
        await desk.shows("has written meanwhile", "Enter again sends anyway")
        await desk.press("enter")
        await desk.shows("… queued")
        assert (await sent(desk, CHLOE))[-1].scheduled_at is None


async def test_a_cancelled_scheduled_message_keeps_its_time_as_a_draft(desk: Desk) -> None:
    async with desk.open(WIDE):
        await write(desk, CHLOE, "See you at ten")
        await schedule(desk)
        await desk.shows("Goes out tomorrow 06:00", "scheduled for Thu 5 Mar 06:00")
        await desk.press("escape")
        await desk.command("cancel_scheduled")
        await desk.shows("the text is a draft again for tomorrow 06:00")
        await desk.press("r")
        await desk.shows("scheduled for tomorrow 06:00")
        await desk.press("enter")
        await desk.shows("Goes out tomorrow 06:00")
        last = (await sent(desk, CHLOE))[-1]
        assert last.scheduled_at == TOMORROW_SIX and last.status is Status.QUEUED


async def test_pictures_subject_account_and_option_stay_through_a_question(desk: Desk) -> None:
    async with desk.open(WIDE, accounts=(PICTURES, ACCOUNTS[1])):
        await write(desk, CHLOE, "Look")
        enclosed = MmsContent(("https://shop.example/a.png",), "Ours")
        desk.inbox.compose_pane.set_attachments(enclosed)
        await desk.press("f7")
        await desk.events.receive_texts(CHLOE, "Wait")
        await desk.shows("Wait")
        await desk.press("f5")
        await desk.shows("Send later")
        await desk.press("f5", "backspace")
        await desk.type("tomorrow 6")
        await desk.press("enter")
        await desk.shows("Enter again schedules for tomorrow 06:00 unless they write first")
        await desk.press("enter")
        await desk.shows("Goes out tomorrow 06:00")
        last = (await sent(desk, CHLOE))[-1]
        assert (last.media, last.subject) == (enclosed.media, enclosed.subject)
        assert (last.sender, last.cancel_on_reply) == ("MYSHOP", True)


async def test_the_key_that_sends_and_closes_says_so_and_only_it_closes(desk: Desk) -> None:
    async with desk.open(WIDE):
        await write(desk, CHLOE, "Done")
        await desk.events.receive_texts(CHLOE, "Thanks")
        await desk.shows("Thanks")
        await desk.press("ctrl+e")
        await desk.shows("has written meanwhile", "Ctrl+E again sends and closes")
        await desk.press("ctrl+e")
        await desk.shows("Closed Chloe Martin")
        assert (await sent(desk, CHLOE))[-1].body == "Done"


ASKED = "Enter again sends anyway"


@pytest.mark.parametrize(
    "keys",
    [
        ("escape", "r"),
        ("x", "backspace"),
        ("f6", "f6"),
        ("ctrl+e",),
        ("escape", "?", "escape", "r"),
    ],
)
async def test_a_question_is_asked_again_after_any_other_key(
    desk: Desk, keys: tuple[str, ...]
) -> None:
    async with desk.open(WIDE, quiet_hours=(15, 8)):
        await write(desk, ANA, "Dobrze")
        before = len(await sent(desk, ANA))
        await desk.press("enter")
        await desk.shows(ASKED)
        await desk.press(*keys)
        await desk.press("enter")
        await desk.shows(ASKED)
        assert len(await sent(desk, ANA)) == before
        assert desk.typed == "Dobrze"
        await desk.press("enter")
        await desk.shows("… queued")
        assert len(await sent(desk, ANA)) == before + 1


async def test_a_question_that_was_answered_is_shown_no_more(desk: Desk) -> None:
    async with desk.open(WIDE, quiet_hours=(15, 8), grace_seconds=30):
        await write(desk, ANA, "Dobrze")
        await desk.press("enter")
        await desk.shows(ASKED)
        await desk.press("enter")
        await desk.shows("Sending in 30 s · Ctrl+G cancels")
        await desk.hides(ASKED)


async def test_keys_pressed_twice_at_once_do_not_answer_a_question(desk: Desk) -> None:
    async with desk.open(WIDE, quiet_hours=(15, 8)):
        await write(desk, ANA, "Dobrze")
        before = len(await sent(desk, ANA))
        composer = desk.inbox.composer
        pressed_at = desk.clock.monotonic() + 1
        composer.submit_text(close=False, pressed_at=pressed_at)
        desk.clock.advance(2)
        await desk.shows(ASKED)
        composer.submit_text(close=False, pressed_at=pressed_at)
        await desk.until(lambda: desk.typed == "Dobrze" and not composer.is_submitting, "asked")
        await desk.shows(ASKED)
        assert len(await sent(desk, ANA)) == before
        await desk.press("enter")
        await desk.until(lambda: _has_sent(desk, ANA, before + 1), "sent")


async def test_a_question_that_is_no_longer_visible_is_asked_again(desk: Desk) -> None:
    async with desk.open(WIDE, quiet_hours=(15, 8)):
        await write(desk, ANA, "Dobrze")
        before = len(await sent(desk, ANA))
        await desk.press("enter")
        await desk.shows(ASKED)
        desk.inbox.show_status("")  # as after its time
        await desk.hides(ASKED)
        await desk.press("enter")
        await desk.shows(ASKED)
        desk.inbox.keys.show_status("au: no credit", is_general=True)
        await desk.press("enter")
        await desk.shows(ASKED)
        assert len(await sent(desk, ANA)) == before


# To whom --------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before the pane", "while the lock is asked for"])
async def test_a_text_goes_to_no_one_but_who_was_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    async with desk.open(WIDE, accounts=(PICTURES, ACCOUNTS[1])):
        await write(desk, ANA, "for Ana")
        await desk.press("escape")
        await write(desk, CHLOE, "for Chloe")
        desk.inbox.compose_pane.set_attachments(MmsContent(("https://shop.example/chloe.png",)))
        before = {n: len(await sent(desk, n)) for n in (ANA, CHLOE)}
        ana = await desk.thread(ANA)
        pane = desk.inbox.pane
        if moment == "before the pane":
            enter = Composer.Sent((await desk.thread(CHLOE)).id, "for Chloe", close=False)
            await pane.show_conversation(ana)
            desk.inbox.composer.post_message(enter)
        else:
            acquire = pane.presence.acquire_compose_lock

            async def exchange_first(**options: Any) -> str:
                monkeypatch.setattr(pane.presence, "acquire_compose_lock", acquire)
                holder = await acquire(**options)
                await pane.show_conversation(ana)
                return holder

            monkeypatch.setattr(pane.presence, "acquire_compose_lock", exchange_first)
            desk.inbox.composer.submit_text(close=False)
        await desk.work_done()
        await desk.until(lambda: desk.typed == "for Ana", "Ana's draft")
        await desk.inbox.compose_pane.flush_draft()
        assert len(await sent(desk, ANA)) == before[ANA]
        draft = await desk.draft(CHLOE)
        assert draft is not None and draft.body == "for Chloe"
        assert draft.mms.media == ("https://shop.example/chloe.png",)
        assert desk.inbox.compose_pane.enclosed == MmsContent()


async def test_a_number_that_changed_after_it_was_shown_is_not_texted(desk: Desk) -> None:
    async with desk.open(WIDE):
        await write(desk, CHLOE, "for Chloe")
        before = len(await sent(desk, CHLOE))
        chloe = await desk.thread(CHLOE)
        composer = desk.inbox.composer
        composer.post_message(
            Composer.Sent(chloe.id, composer.text, close=False, to="+61491570999")
        )
        await desk.shows("Not sent: the number has changed to +61491570156")
        assert len(await sent(desk, CHLOE)) == before


async def test_a_time_is_not_used_for_another_conversation(desk: Desk) -> None:
    async with desk.open(WIDE):
        await write(desk, ANA, "for Ana")
        await desk.press("escape")
        await write(desk, CHLOE, "for Chloe")
        await desk.press("f5")
        await desk.shows("Send later")
        before = {n: len(await sent(desk, n)) for n in (ANA, CHLOE)}
        await desk.inbox.pane.show_conversation(await desk.thread(ANA))
        await desk.press("backspace")
        await desk.type("tomorrow 6")
        await desk.press("enter")
        await desk.shows("Not sent: another conversation was opened")
        assert {n: len(await sent(desk, n)) for n in (ANA, CHLOE)} == before


# Retries --------------------------------------------------------------------------------------


async def test_a_retry_in_quiet_hours_asks_and_names_what_enter_does(desk: Desk) -> None:
    async with desk.open(WIDE, quiet_hours=(0, 8)):
        await desk.open_thread(BOB)
        before = len(await sent(desk, BOB))
        await desk.command("retry")
        await desk.shows("there", "sends through au as +61491570006", "Esc sends nothing")
        await desk.press("escape")
        assert len(await sent(desk, BOB)) == before
        await desk.command("retry")
        await desk.press("enter")
        await desk.until(lambda: _has_sent(desk, BOB, before + 1), "sent again")


async def _has_sent(desk: Desk, number: str, count: int) -> bool:
    """Return whether this many messages were sent to a customer."""
    return len(await sent(desk, number)) == count


async def test_a_retry_of_a_message_for_tomorrow_is_for_tomorrow(desk: Desk) -> None:
    async with desk.open(WIDE):
        await write(desk, CHLOE, "See you at ten")
        await schedule(desk)
        await desk.shows("Goes out tomorrow 06:00")
        message = (await sent(desk, CHLOE))[-1]
        await desk.events.report_status(message, Status.FAILED, "no credit")
        await desk.shows("failed: no credit")
        await desk.press("escape")
        await desk.command("retry")
        await desk.until(lambda: _has_sent_again(desk, message.id), "sent again")
        assert (await sent(desk, CHLOE))[-1].scheduled_at == TOMORROW_SIX


async def _has_sent_again(desk: Desk, failed_id: int) -> bool:
    """Return whether a message was sent in place of a failed one."""
    return (await sent(desk, CHLOE))[-1].retry_of == failed_id


# Undo and countdown -----------------------------------------------------------------------------


@BOTH_SIZES
async def test_one_undo_takes_the_text_back_and_reopens_the_conversation(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size, grace_seconds=5):
        waiting_since = (await desk.thread(CHLOE)).waiting_since
        assert waiting_since is not None
        await write(desk, CHLOE, "Done")
        await desk.press("ctrl+e")
        await desk.shows("Closed Chloe Martin · Sending in 5 s · z cancels and reopens")
        await desk.hides("undoes")
        await desk.press("z")
        await desk.shows("the text is a draft again", "the conversation is open again")
        chloe = await desk.thread(CHLOE)
        assert (chloe.state, chloe.waiting_since) == (State.OPEN, waiting_since)
        assert (await sent(desk, CHLOE))[-1].status is Status.CANCELLED
        draft = await desk.draft(CHLOE)
        assert draft is not None and draft.body == "Done"
        await desk.hides("Sending in")


@BOTH_SIZES
async def test_a_plan_made_in_triage_names_the_key_that_reaches_it_from_the_next_conversation(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.press("t", "r")
        await desk.type("See you at ten")
        await schedule(desk)
        await desk.shows("Goes out tomorrow 06:00, in 15h 58m · z undoes", "1 handled")
        await desk.press("z")
        await desk.shows("See you at ten")
        assert (await sent(desk, CHLOE))[-1].status is Status.CANCELLED
        draft = await desk.draft(CHLOE)
        assert draft is not None and draft.body == "See you at ten"


@BOTH_SIZES
async def test_the_countdown_names_undo_only_while_that_cancels_the_text(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size, grace_seconds=30):
        await write(desk, CHLOE, "Done")
        await desk.press("enter")
        await desk.shows("Sending in 30 s · Ctrl+G cancels")
        await desk.press("escape")
        desk.clock.advance(1)
        await desk.shows("Sending in 29 s · z cancels")
        await desk.press("e")
        await desk.shows("Closed Chloe Martin · z undoes · Sending in 29 s")
        assert "z cancels" not in desk.text()
        await desk.press("z")
        await desk.shows("Undone: closed Chloe Martin · Sending in 29 s · z cancels")
        await desk.press("z")
        await desk.shows("the text is a draft again")


async def test_without_a_countdown_the_key_stands_with_what_was_closed(desk: Desk) -> None:
    async with desk.open((80, 24), grace_seconds=0):
        await write(desk, CHLOE, "Done")
        await desk.press("ctrl+e")
        await desk.shows("Closed Chloe Martin · z undoes")
        await desk.press("z")
        await desk.shows("the conversation is open again")


@pytest.mark.parametrize("end", ["sent", "failed", "taken back by another window"])
async def test_the_countdown_ends_when_the_badge_moves_on(desk: Desk, end: str) -> None:
    async with desk.open(WIDE, grace_seconds=30):
        await write(desk, CHLOE, "On its way")
        await desk.press("enter")
        await desk.shows("Sending in 30 s")
        message = (await sent(desk, CHLOE))[-1]
        if end == "taken back by another window":
            await desk.store.intents.cancel_queued(message.id, "mia")
        else:
            status = Status.ACCEPTED if end == "sent" else Status.FAILED
            await desk.events.report_status(message, status)
        await desk.hides("Sending in")


@pytest.mark.parametrize("seconds", [40, -3600])
async def test_the_countdown_ends_when_the_clock_jumps(desk: Desk, seconds: float) -> None:
    async with desk.open(WIDE, grace_seconds=30):
        await write(desk, CHLOE, "On its way")
        await desk.press("enter")
        await desk.shows("Sending in 30 s")
        desk.clock.advance(seconds)
        await desk.hides("Sending in")


@BOTH_SIZES
async def test_a_notice_hides_neither_the_undo_nor_the_keys(desk: Desk, size: Size) -> None:
    async with desk.open(size, grace_seconds=30):
        await write(desk, CHLOE, "On its way")
        await desk.press("enter")
        await desk.shows("Sending in 30 s · Ctrl+G cancels")
        await desk.press("f6")
        await desk.shows("now through pl", "Sending in 30 s · Ctrl+G cancels")
        await desk.press("escape")
        desk.inbox.show_status("")
        await desk.shows("Sending in 30 s · z cancels", "Reply")


async def test_a_notice_stays_behind_when_the_agent_goes_on(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.press("escape")
        await desk.press("s")
        await desk.shows("Starred Chloe Martin")
        await desk.press("?")
        await desk.hides("Starred Chloe Martin")
        await desk.press("escape")
        await desk.press("s")
        await desk.shows("Unstarred Chloe Martin")
        await desk.press("j")
        await desk.hides("Unstarred Chloe Martin")


async def test_news_about_no_conversation_stays_when_the_agent_goes_on(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        chloe = await desk.thread(CHLOE)
        await desk.store.messages.add_note(chloe.id, COLLEAGUE, "@mia look", ["mia"])
        await desk.shows("mentions you")
        await desk.press("j")
        await desk.shows("mentions you")
