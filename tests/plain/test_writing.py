"""Answers in lines: written, looked at, sent, followed; and what keeps them from being sent."""

import pytest

from tests.plain.conftest import WITH_PICTURES, Typist, sit_down
from tests.ui.history import (
    AGENT,
    ANA,
    CHLOE,
    COLLEAGUE,
    INES,
)
from tui.clock import ManualClock
from tui.domain.conversation import State
from tui.domain.message import Format
from tui.domain.status import Status
from tui.domain.templates import CannedReply
from tui.store.presence import ComposeLocks
from tui.store.store import Store


async def test_a_reply_of_several_lines_goes_out_and_is_followed(mia: Typist) -> None:
    await mia.type("1", "r", "Of course.", "See you Friday", ".")
    await mia.hears("To Chloe Martin through au MessageMedia")
    await mia.hears("25 characters, 1 part. Send? y sends")
    assert (await mia.messages(CHLOE))[-1].body != "Of course.\nSee you Friday"
    await mia.type("y")
    await mia.hears("Queued")
    sent = (await mia.messages(CHLOE))[-1]
    assert (sent.body, sent.agent) == ("Of course.\nSee you Friday", AGENT)
    await mia.store.outbox.claim_due_messages("sync", "au", 5)
    await mia.world.provider_says(sent, Status.DELIVERED)
    await mia.hears("* Your message: delivered")


async def test_a_reply_on_the_line_of_its_command_needs_no_end(mia: Typist) -> None:
    await mia.type("1", "r Friday it is", "e")
    await mia.hears("Closed Chloe Martin")
    assert (await mia.messages(CHLOE))[-1].body == "Friday it is"
    assert (await mia.conversation(CHLOE)).state is State.CLOSED


@pytest.mark.parametrize("typed", [("text", "!"), ("text", ".", "n"), (".",), ("x", ".", "!")])
async def test_what_is_called_off_is_not_sent(mia: Typist, typed: tuple[str, ...]) -> None:
    before = await mia.messages(CHLOE)
    await mia.type("1", "r", *typed)
    assert await mia.messages(CHLOE) == before


async def test_a_draft_is_kept_line_by_line_and_gone_on_with(mia: Typist) -> None:
    await mia.type("1", "r", "Friday", "is fine", ".", "n")
    await mia.hears("kept as a draft. r goes on with it.")
    chloe = await mia.conversation(CHLOE)
    draft = await mia.store.drafts.get_draft(chloe.id, AGENT)
    assert draft is not None and draft.body == "Friday\nis fine"
    await mia.type("r", "y", "at two", ".", "y")
    assert (await mia.messages(CHLOE))[-1].body == "Friday\nis fine\nat two"
    assert await mia.store.drafts.get_draft(chloe.id, AGENT) is None


async def test_a_draft_outlives_the_end_of_the_input(store: Store, clock: ManualClock) -> None:
    mia = await sit_down(store, clock)
    await mia.type("1", "r", "half an ans")
    await mia.leave()
    chloe = await mia.conversation(CHLOE)
    draft = await store.drafts.get_draft(chloe.id, AGENT)
    assert draft is not None and draft.body == "half an ans"
    assert await ComposeLocks(store.database, clock, "bo's").acquire_lock(chloe.id, COLLEAGUE) == ""


async def test_a_text_that_comes_while_writing_is_read_before_the_question(mia: Typist) -> None:
    await mia.type("1", "r", "Friday it is")
    await mia.world.writes(CHLOE, "No, Monday please")
    await mia.type(".")
    await mia.hears("Chloe Martin: No, Monday please")
    await mia.hears("Chloe Martin has written meanwhile, see above · y sends anyway.")
    await mia.type("y")
    assert (await mia.messages(CHLOE))[-1].body == "Friday it is"


async def test_a_text_that_crosses_the_answer_is_read_first(mia: Typist) -> None:
    await mia.type("1", "r", "Friday it is", ".")
    await mia.world.writes(CHLOE, "No, Monday please")
    await mia.type("y")
    await mia.hears("your text is kept.")
    await mia.hears("Chloe Martin: No, Monday please")
    assert (await mia.messages(CHLOE))[-1].body == "No, Monday please"
    await mia.type("y")
    await mia.hears("Queued")
    assert (await mia.messages(CHLOE))[-1].body == "Friday it is"


async def test_a_text_is_taken_back_within_its_grace(store: Store, clock: ManualClock) -> None:
    mia = await sit_down(store, clock, grace_seconds=5)
    await mia.type("1", "r Friday it is", "y")
    await mia.hears("Sending in 5 s · z cancels.")
    await mia.type("z")
    await mia.hears("Cancelled: not sent, the text is a draft again.")
    assert (await mia.messages(CHLOE))[-1].status is Status.CANCELLED
    await mia.leave()


async def test_where_a_colleague_writes_it_asks_before_taking_over(mia: Typist) -> None:
    chloe = await mia.conversation(CHLOE)
    pens = ComposeLocks(mia.store.database, mia.clock, "bo's")
    await pens.acquire_lock(chloe.id, COLLEAGUE)
    await mia.type("1", "r", "n")
    await mia.hears("bo is writing here. Take over? y or n: ")
    await mia.hears("Left to them")
    await mia.type("r", "y", "Mine now", ".")
    assert await pens.get_holder(chloe.id) == AGENT
    await mia.type("y")
    await mia.hears("Queued")
    assert await pens.get_holder(chloe.id) == ""


async def test_who_sleeps_is_said_and_the_morning_offered(store: Store, clock: ManualClock) -> None:
    mia = await sit_down(store, clock, quiet_hours=(20, 8))
    clock.advance(9 * 3_600)
    await mia.opens(ANA)
    await mia.type("r Good night")
    await mia.hears("It is 00:02 there · s waits until 08:00 · y sends anyway.")
    await mia.type("s", "", "y", "y")
    await mia.hears("empty for 2026-03-05 07:00")
    await mia.hears("It would go out tomorrow 07:00, in 8 hours, 08:00 there.")
    await mia.hears("Goes out tomorrow 07:00")
    (*_, later) = await mia.messages(ANA)
    assert later.scheduled_at is not None and later.cancel_on_reply
    await mia.type("d")
    assert (await mia.messages(ANA))[-1].status is Status.CANCELLED
    await mia.leave()


async def test_a_canned_reply_asks_for_its_blanks_one_by_one(mia: Typist) -> None:
    await mia.store.templates.save_template(
        CannedReply("Ready", "Dear {name}, {what} is {how}."), AGENT
    )
    await mia.type("1", "t", "1")
    await mia.hears("1. Ready: Dear {name}")
    await mia.hears("{what}: ")
    await mia.type("your parcel", "here")
    await mia.hears("Dear Chloe Martin, your parcel is here.")
    await mia.type(".", "y")
    assert (await mia.messages(CHLOE))[-1].body == "Dear Chloe Martin, your parcel is here."


async def test_no_canned_reply_chosen_begins_nothing(mia: Typist) -> None:
    await mia.type("1", "t")
    await mia.hears("There are no canned replies yet.")
    await mia.store.templates.save_template(CannedReply("Ready", "It is ready."), AGENT)
    await mia.type("t", "0")
    await mia.hears("Nothing chosen.")
    assert mia.said[-1] == "Chloe Martin? "


async def test_two_colons_take_a_canned_reply_into_the_answer(mia: Typist) -> None:
    await mia.store.templates.save_template(CannedReply("Ready", "It is ready."), AGENT)
    await mia.type("1", "r", "Hello.", "::", "9", "ready", ".", "y")
    await mia.hears("That is none of the 1")
    assert (await mia.messages(CHLOE))[-1].body == "Hello.\nIt is ready."


async def test_an_empty_field_is_not_sent(mia: Typist) -> None:
    before = await mia.messages(CHLOE)
    await mia.type("1", "r", "Hello {title}", ".", "", "y")
    await mia.hears("Not sent: {title} is not filled in")
    await mia.hears("Type one of")
    await mia.type("n")
    assert await mia.messages(CHLOE) == before


async def test_signs_that_cost_are_replaced_by_a_letter(mia: Typist) -> None:
    await mia.type("1", "r It’s fine", "g", "y")
    await mia.hears("g ’→'")
    assert (await mia.messages(CHLOE))[-1].body == "It's fine"


async def test_a_text_that_has_not_changed_is_not_read_twice(mia: Typist) -> None:
    await mia.type("1", "r Hello", "yesterday", "nonsense", "s", "", "w", "1", "no")
    assert (await mia.messages(CHLOE))[-1].body != "Hello"
    await mia.hears("That is the current route.")
    await mia.type("r", "y", ".")
    after = [line for line in mia.said if line == "Hello"]
    assert len(after) == 2, "the draft, and once before the question"


async def test_another_way_is_chosen_by_number(mia: Typist) -> None:
    await mia.type("1", "r Hello", "w", "3", "y")
    await mia.hears("now through pl")
    (*_, sent) = await mia.messages(CHLOE)
    assert (sent.account, sent.sender) == ("pl", "48500100200")


async def test_pictures_go_along_where_the_provider_can(store: Store, clock: ManualClock) -> None:
    mia = await sit_down(store, clock, accounts=(WITH_PICTURES,))
    address = "https://shop.example/a.png"
    await mia.type("1", "r Look", "p", "ftp://x", address, "Your order")
    await mia.hears("An address begins with https:// or http://.")
    await mia.hears('MMS: 1 picture "Your order"')
    await mia.type("y")
    (*_, sent) = await mia.messages(CHLOE)
    assert (sent.format, sent.media, sent.subject) == (Format.MMS, (address,), "Your order")
    await mia.leave()


async def test_an_account_without_pictures_does_not_offer_them(mia: Typist) -> None:
    await mia.type("1", "r Look", "p")
    await mia.hears("Type one of y e s w n !.")


async def test_who_has_opted_out_is_not_written_to(mia: Typist) -> None:
    await mia.opens(INES)
    await mia.hears(
        "OPTED OUT: nothing can be sent · ! allows messages again · recorded by mia: STOP"
    )
    before = await mia.messages(INES)
    await mia.type("r", "t", "r Hello")
    assert await mia.messages(INES) == before


async def test_who_opts_out_while_one_writes_is_not_written_to(mia: Typist) -> None:
    await mia.type("1", "r Hello")
    chloe = await mia.conversation(CHLOE)
    await mia.store.consent.record_decision(chloe.id, COLLEAGUE, opted_out=True, evidence="phone")
    await mia.type("y")
    await mia.hears("has opted out: nothing was queued")
    assert (await mia.messages(CHLOE))[-1].body != "Hello"


async def test_without_an_account_nothing_is_sent(store: Store, clock: ManualClock) -> None:
    mia = await sit_down(store, clock, accounts=())
    await mia.hears("No account is set up yet: smsdesk doctor says how")
    before = await mia.messages(CHLOE)
    await mia.type("1", "r", "c")
    await mia.hears("No account is configured · smsdesk doctor tells how.")
    assert await mia.messages(CHLOE) == before
    await mia.leave()
