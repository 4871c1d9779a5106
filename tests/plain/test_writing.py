"""Test replies in line mode: writing, reviewing, sending, following, and what stops the send."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.plain.conftest import WITH_PICTURES, Typist, start_session
from tests.store.builders import make_reply
from tests.ui.history import (
    AGENT,
    ANA,
    BOB,
    CHLOE,
    COLLEAGUE,
    INES,
)
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.domain.conversation import State
from tui.domain.message import Format, NewMessage
from tui.domain.status import Status
from tui.domain.templates import CannedReply
from tui.store.presence import ComposeLocks
from tui.store.store import Store


async def test_a_reply_of_several_lines_is_sent_and_followed(mia: Typist) -> None:
    await mia.type("1", "r", "Of course.", "See you Friday", ".")
    await mia.shows("To Chloe Martin through au MessageMedia")
    await mia.shows("25 characters, 1 part. Send? y sends")
    assert (await mia.messages(CHLOE))[-1].body != "Of course.\nSee you Friday"
    await mia.type("y")
    await mia.shows("Queued")
    sent = (await mia.messages(CHLOE))[-1]
    assert (sent.body, sent.agent) == ("Of course.\nSee you Friday", AGENT)
    await mia.store.outbox.claim_due_messages("sync", "au", 5)
    await mia.events.report_status(sent, Status.DELIVERED)
    await mia.shows("* Your message: delivered")


async def test_a_reply_on_the_line_of_its_command_needs_no_end_line(mia: Typist) -> None:
    await mia.type("1", "r Friday it is", "e")
    await mia.shows("Closed Chloe Martin")
    assert (await mia.messages(CHLOE))[-1].body == "Friday it is"
    assert (await mia.conversation(CHLOE)).state is State.CLOSED


@pytest.mark.parametrize("typed", [("text", "!"), ("text", ".", "n"), (".",), ("x", ".", "!")])
async def test_a_cancelled_reply_is_not_sent(mia: Typist, typed: tuple[str, ...]) -> None:
    before = await mia.messages(CHLOE)
    await mia.type("1", "r", *typed)
    assert await mia.messages(CHLOE) == before


async def test_a_draft_is_saved_line_by_line_and_can_be_continued(mia: Typist) -> None:
    await mia.type("1", "r", "Friday", "is fine", ".", "n")
    await mia.shows("kept as a draft. r goes on with it.")
    chloe = await mia.conversation(CHLOE)
    draft = await mia.store.drafts.get_draft(chloe.id, AGENT)
    assert draft is not None and draft.body == "Friday\nis fine"
    await mia.type("r", "y", "at two", ".", "y")
    assert (await mia.messages(CHLOE))[-1].body == "Friday\nis fine\nat two"
    assert await mia.store.drafts.get_draft(chloe.id, AGENT) is None


async def test_a_draft_outlives_the_end_of_the_input(store: Store, clock: ManualClock) -> None:
    mia = await start_session(store, clock)
    await mia.type("1", "r", "half an ans")
    await mia.leave()
    chloe = await mia.conversation(CHLOE)
    draft = await store.drafts.get_draft(chloe.id, AGENT)
    assert draft is not None and draft.body == "half an ans"
    assert await ComposeLocks(store.database, clock, "bo's").acquire_lock(chloe.id, COLLEAGUE) == ""


async def test_a_text_that_comes_while_writing_is_shown_before_the_question(mia: Typist) -> None:
    await mia.type("1", "r", "Friday it is")
    await mia.events.receive_texts(CHLOE, "No, Monday please")
    await mia.type(".")
    await mia.shows("Chloe Martin: No, Monday please")
    await mia.shows("Chloe Martin has written meanwhile, see above · y sends anyway.")
    await mia.type("y")
    assert (await mia.messages(CHLOE))[-1].body == "Friday it is"


async def test_a_text_that_comes_before_the_confirmation_is_shown_first(mia: Typist) -> None:
    await mia.type("1", "r", "Friday it is", ".")
    await mia.events.receive_texts(CHLOE, "No, Monday please")
    await mia.type("y")
    await mia.shows("your text is still here.")
    await mia.shows("Chloe Martin: No, Monday please")
    assert (await mia.messages(CHLOE))[-1].body == "No, Monday please"
    await mia.type("y")
    await mia.shows("Queued")
    assert (await mia.messages(CHLOE))[-1].body == "Friday it is"


async def test_a_text_is_cancelled_within_the_grace_period(
    store: Store, clock: ManualClock
) -> None:
    mia = await start_session(store, clock, grace_seconds=5)
    await mia.type("1", "r Friday it is", "y")
    await mia.shows("Sending in 5 s · z cancels.")
    await mia.type("z")
    await mia.shows("Cancelled: not sent, the text is a draft again.")
    assert (await mia.messages(CHLOE))[-1].status is Status.CANCELLED
    await mia.leave()


async def test_taking_over_from_a_colleague_needs_a_confirmation(mia: Typist) -> None:
    chloe = await mia.conversation(CHLOE)
    compose_locks = ComposeLocks(mia.store.database, mia.clock, "bo's")
    await compose_locks.acquire_lock(chloe.id, COLLEAGUE)
    await mia.type("1", "r", "n")
    await mia.shows("bo is writing here. Take over? y or n: ")
    await mia.shows("Not taken over")
    await mia.type("r", "y", "Mine now", ".")
    assert await compose_locks.get_holder(chloe.id) == AGENT
    await mia.type("y")
    await mia.shows("Queued")
    assert await compose_locks.get_holder(chloe.id) == ""


async def test_quiet_hours_are_shown_and_the_morning_is_suggested(
    store: Store, clock: ManualClock
) -> None:
    mia = await start_session(store, clock, quiet_hours=(20, 8))
    clock.advance(9 * 3_600)
    await mia.open_thread(ANA)
    await mia.type("r Good night")
    await mia.shows("It is 00:02 there · s waits until 08:00 · y sends anyway.")
    await mia.type("s", "", "y", "y")
    await mia.shows("empty for 2026-03-05 07:00")
    await mia.shows("It would go out tomorrow 07:00, in 7h 58m, 08:00 there.")
    await mia.shows("Goes out tomorrow 07:00")
    (*_, later) = await mia.messages(ANA)
    assert later.scheduled_at is not None and later.cancel_on_reply
    await mia.type("d")
    assert (await mia.messages(ANA))[-1].status is Status.CANCELLED
    await mia.leave()


async def test_a_canned_reply_asks_for_each_open_field(mia: Typist) -> None:
    await mia.store.templates.save_template(
        CannedReply("Ready", "Dear {name}, {what} is {how}."), AGENT
    )
    await mia.type("1", "t", "1")
    await mia.shows("1. Ready: Dear {name}")
    await mia.shows("{what}: ")
    await mia.type("your parcel", "here")
    await mia.shows("Dear Chloe Martin, your parcel is here.")
    await mia.type(".", "y")
    assert (await mia.messages(CHLOE))[-1].body == "Dear Chloe Martin, your parcel is here."


async def test_without_a_chosen_canned_reply_no_reply_begins(mia: Typist) -> None:
    await mia.type("1", "t")
    await mia.shows("There are no canned replies yet.")
    await mia.store.templates.save_template(CannedReply("Ready", "It is ready."), AGENT)
    await mia.type("t", "0")
    await mia.shows("Nothing chosen.")
    assert mia.output[-1] == "Chloe Martin? "


async def test_two_colons_insert_a_canned_reply(mia: Typist) -> None:
    await mia.store.templates.save_template(CannedReply("Ready", "It is ready."), AGENT)
    await mia.type("1", "r", "Hello.", "::", "9", "ready", ".", "y")
    await mia.shows("There is only 1")
    assert (await mia.messages(CHLOE))[-1].body == "Hello.\nIt is ready."


async def test_an_empty_field_is_not_sent(mia: Typist) -> None:
    before = await mia.messages(CHLOE)
    await mia.type("1", "r", "Hello {title}", ".", "", "y")
    await mia.shows("Not sent: {title} is not filled in")
    await mia.shows("Type one of")
    await mia.type("n")
    assert await mia.messages(CHLOE) == before


async def test_one_key_replaces_costly_characters(mia: Typist) -> None:
    await mia.type("1", "r It’s fine", "g", "y")
    await mia.shows("g replaces ’ with '")
    assert (await mia.messages(CHLOE))[-1].body == "It's fine"


async def test_an_unchanged_text_is_not_shown_twice(mia: Typist) -> None:
    await mia.type("1", "r Hello", "yesterday", "nonsense", "s", "", "w", "1", "no")
    assert (await mia.messages(CHLOE))[-1].body != "Hello"
    await mia.shows("That is the current route.")
    await mia.type("r", "y", ".")
    after = [line for line in mia.output if line == "Hello"]
    assert len(after) == 2, "the draft, and once before the question"


async def test_another_route_is_chosen_by_number(mia: Typist) -> None:
    await mia.type("1", "r Hello", "w", "3", "y")
    await mia.shows("now through pl")
    (*_, sent) = await mia.messages(CHLOE)
    assert (sent.account, sent.sender) == ("pl", "48500100200")


async def test_pictures_are_sent_where_the_provider_can(store: Store, clock: ManualClock) -> None:
    mia = await start_session(store, clock, accounts=(WITH_PICTURES,))
    address = "https://shop.example/a.png"
    await mia.type("1", "r Look", "p", "ftp://x", address, "Your order")
    await mia.shows("An address begins with https:// or http://.")
    await mia.shows('MMS: 1 picture "Your order"')
    await mia.type("y")
    (*_, sent) = await mia.messages(CHLOE)
    assert (sent.format, sent.media, sent.subject) == (Format.MMS, (address,), "Your order")
    await mia.leave()


async def test_an_account_without_pictures_has_no_command_for_them(mia: Typist) -> None:
    await mia.type("1", "r Look", "p")
    await mia.shows("Type one of y e s w n !.")


async def test_nothing_is_sent_to_an_opted_out_customer(mia: Typist) -> None:
    await mia.open_thread(INES)
    await mia.shows(
        "OPTED OUT: nothing can be sent · ! allows messages again · recorded by mia: STOP"
    )
    before = await mia.messages(INES)
    await mia.type("r", "t", "r Hello")
    assert await mia.messages(INES) == before


async def test_a_sender_that_is_a_name_takes_no_replies(mia: Typist) -> None:
    await mia.store.ingest.store_events("au", [make_reply("Your parcel comes", "INFO")])
    await mia.shows("New from INFO")
    await mia.type("w")
    await mia.type("r Hello")
    await mia.shows("This sender takes no replies: it is a name · p writes a private note")
    assert [message.body for message in await mia.messages("info")] == ["Your parcel comes"]


async def test_an_opt_out_while_writing_stops_the_send(mia: Typist) -> None:
    await mia.type("1", "r Hello")
    chloe = await mia.conversation(CHLOE)
    await mia.store.consent.record_decision(chloe.id, COLLEAGUE, opted_out=True, evidence="phone")
    await mia.type("y")
    await mia.shows("has opted out: nothing was queued")
    assert (await mia.messages(CHLOE))[-1].body != "Hello"


async def test_without_an_account_nothing_is_sent(store: Store, clock: ManualClock) -> None:
    mia = await start_session(store, clock, accounts=())
    await mia.shows("No account is set up yet: run smsdesk doctor")
    before = await mia.messages(CHLOE)
    await mia.type("1", "r", "c")
    await mia.shows("No account is configured · run smsdesk doctor.")
    assert await mia.messages(CHLOE) == before
    await mia.leave()


SIX = round(datetime(2026, 3, 5, 6, tzinfo=UTC).timestamp() * 1_000)


async def refuse_planned_reply(mia: Typist) -> None:
    """Schedule a reply while the customer writes: it is not queued, and shown again."""
    await mia.type("1", "r See you at ten", "s", "tomorrow 6", "n")
    await mia.events.receive_texts(CHLOE, "Wait, one more thing")
    await mia.type("y")
    await mia.shows("Something new came in while you were writing: nothing was sent")
    await mia.shows("Chloe Martin: Wait, one more thing")


async def test_a_planned_reply_is_never_sent_at_once_after_a_refusal(mia: Typist) -> None:
    await refuse_planned_reply(mia)
    await mia.shows("y schedules for tomorrow 06:00")
    await mia.type("y")
    await mia.shows("Goes out tomorrow 06:00")
    last = (await mia.messages(CHLOE))[-1]
    assert (last.body, last.scheduled_at) == ("See you at ten", SIX)


async def test_a_planned_reply_is_kept_as_a_draft_with_its_time(mia: Typist) -> None:
    await refuse_planned_reply(mia)
    await mia.type("n", "b", "1", "r")
    await mia.shows("It is scheduled for tomorrow 06:00.")
    await mia.type("y", ".", "y")
    assert (await mia.messages(CHLOE))[-1].scheduled_at == SIX


async def test_the_time_of_a_reply_can_be_changed_and_dropped(mia: Typist) -> None:
    await refuse_planned_reply(mia)
    await mia.type("s", "tomorrow 7", "n", "n")
    await mia.shows("y schedules for tomorrow 07:00")
    await mia.type("0")
    await mia.shows("No time is planned any more.")
    await mia.type("y")
    assert (await mia.messages(CHLOE))[-1].scheduled_at is None


async def test_a_new_reply_has_not_the_time_of_the_old_draft(mia: Typist) -> None:
    await refuse_planned_reply(mia)
    await mia.type("n", "r", "n", "Now please", ".")
    await mia.shows("y sends")
    await mia.type("y")
    last = (await mia.messages(CHLOE))[-1]
    assert (last.body, last.scheduled_at) == ("Now please", None)


async def test_what_is_assumed_about_a_time_is_said(store: Store, clock: ManualClock) -> None:
    mia = await start_session(store, clock, zone=ZoneInfo("Europe/Warsaw"))
    await mia.open_thread(CHLOE)
    await mia.type("r See you", "s", "29 march 2:30")
    await mia.shows("02:30 does not exist that day: 03:30.")
    await mia.type("n", "n", "s", "29 march")
    await mia.shows("No time given: 09:00 is taken.")
    await mia.type("n", "n", "n", "h 29 march 2:10")
    await mia.shows("02:10 does not exist that day: 03:10.")
    await mia.leave()


async def test_one_undo_takes_a_reply_back_and_reopens(store: Store, clock: ManualClock) -> None:
    mia = await start_session(store, clock, grace_seconds=30)
    await mia.type("1", "r Done", "e")
    await mia.shows("Closed Chloe Martin · Sending in 30 s · z cancels and reopens.")
    await mia.type("z")
    await mia.shows("the text is a draft again · the conversation is open again.")
    assert (await mia.conversation(CHLOE)).state is State.OPEN
    assert (await mia.messages(CHLOE))[-1].status is Status.CANCELLED
    await mia.leave()


async def test_a_retry_in_quiet_hours_asks(store: Store, clock: ManualClock) -> None:
    mia = await start_session(store, clock, quiet_hours=(0, 8))
    await mia.open_thread(BOB)
    before = await mia.messages(BOB)
    await mia.type("f", "1")
    await mia.shows("Send it again? y sends through au as +61491570006.")
    await mia.type("n")
    await mia.shows("Not sent again.")
    assert await mia.messages(BOB) == before
    await mia.type("f", "1", "y")
    assert len(await mia.messages(BOB)) == len(before) + 1
    await mia.leave()


async def _type_elsewhere(mia: Typist, change: str) -> None:
    """Change the stored draft as another window of the agent does."""
    chloe = await mia.conversation(CHLOE)
    known = await wait_until(lambda: mia.store.drafts.get_draft(chloe.id, AGENT), what="the draft")
    await mia.store.drafts.save_draft(
        chloe.id, AGENT, known.body + change, account="au", began_at=1, base=known
    )


async def test_a_draft_that_an_open_inbox_has_changed_is_read_before_it_is_sent(
    mia: Typist,
) -> None:
    await mia.type("1", "r", "Friday is fine", ".")
    before = await mia.messages(CHLOE)
    await _type_elsewhere(mia, " at two")
    await mia.type("y")
    await mia.shows("Your other window has changed this text: nothing was sent here")
    await mia.shows("Friday is fine at two")
    assert await mia.messages(CHLOE) == before
    await mia.type("y")
    assert (await mia.messages(CHLOE))[-1].body == "Friday is fine at two"


async def test_lines_typed_in_both_windows_stay_both(mia: Typist) -> None:
    await mia.type("1", "r", "Friday is fine")
    await _type_elsewhere(mia, "\nParking is free")
    await mia.type("at two", ".", "y")
    await mia.shows("nothing was sent here")
    await mia.type("y")
    sent = (await mia.messages(CHLOE))[-1].body
    assert set(sent.split("\n")) == {"Friday is fine", "at two", "Parking is free"}


async def test_a_text_that_an_open_inbox_has_sent_is_not_sent_again(mia: Typist) -> None:
    await mia.type("1", "r", "Friday is fine", ".")
    chloe = await mia.conversation(CHLOE)
    draft = await mia.store.drafts.get_draft(chloe.id, AGENT)
    new = NewMessage(chloe.address, "Friday is fine", "au", agent=AGENT)
    await mia.store.intents.queue_message(new, draft=draft)
    before = await mia.messages(CHLOE)
    await mia.type("y", "y")
    await mia.shows("Friday is fine")
    assert await mia.messages(CHLOE) == before


@pytest.mark.parametrize("text", ["\u200b", "\u2800 \u3164", "\ufe0f", "\u0301"])
async def test_nothing_to_see_is_no_reply_and_no_note(mia: Typist, text: str) -> None:
    before = await mia.messages(CHLOE)
    await mia.type("1", "r", text, ".")
    await mia.shows("Nothing was written")
    await mia.type("note", text, ".")
    assert await mia.messages(CHLOE) == before


async def test_a_reply_keeps_what_was_typed(mia: Typist) -> None:
    await mia.type("1", "r", "10\u00a0z\u0142 \u0645\u06cc\u200c\u062e", ".", "y")
    assert (await mia.messages(CHLOE))[-1].body == "10\u00a0z\u0142 \u0645\u06cc\u200c\u062e"
