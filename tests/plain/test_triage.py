"""Test triage of a conversation and of messages in trouble, by numbers and commands."""

from tests.conftest import OpenStore
from tests.contexts import make_context
from tests.plain.conftest import WITH_PICTURES, Typist, start_session
from tests.ui.history import (
    AGENT,
    BOB,
    CHLOE,
    COLLEAGUE,
    DAWIT,
    INES,
    PRIYA,
    write_history,
)
from tests.waiting import wait_until
from tui.clock import HOUR, ManualClock
from tui.domain.conversation import State
from tui.domain.message import Direction, Format, NewMessage
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.startup.wiring import create_consent_judge
from tui.store.store import Store

_PLEASE = "please stop texting me"


async def test_a_snooze_is_chosen_by_number_or_typed(mia: Typist) -> None:
    now = mia.clock.now()
    await mia.type("1", "h", "2")
    await mia.shows("2. 2h")
    await mia.shows("Snoozed Chloe Martin until today 16:02")
    row = await mia.conversation(CHLOE)
    assert (row.state, row.snoozed_until) == (State.SNOOZED, now + 2 * HOUR)
    await mia.type("z")
    await mia.open_thread(CHLOE)
    await mia.type("h never", "until reply")
    await mia.shows("Not understood")
    row = await mia.conversation(CHLOE)
    assert (row.state, row.snoozed_until) == (State.SNOOZED, None)


async def test_a_conversation_is_assigned_by_number_or_name(mia: Typist) -> None:
    await mia.store.agents.record_agent(COLLEAGUE)
    await mia.type("1", "a", "1")
    assert (await mia.conversation(CHLOE)).assignee == AGENT
    await mia.type("a bo")
    await mia.shows("Assigned Chloe Martin to bo")
    assert (await mia.conversation(CHLOE)).assignee == COLLEAGUE
    await mia.type("a no one")
    assert (await mia.conversation(CHLOE)).assignee == ""


async def test_labels_are_added_and_removed_by_number_or_name(mia: Typist) -> None:
    await mia.type("1", "#", "1")
    await mia.shows("1. parcels")
    assert (await mia.conversation(CHLOE)).labels == ("parcels",)
    await mia.type("#", "1")
    await mia.shows("1. parcels (set: removes it)")
    assert (await mia.conversation(CHLOE)).labels == ()
    await mia.type("# vip", "#", "3", "late")
    assert (await mia.conversation(CHLOE)).labels == ("late", "vip")


async def test_a_note_is_saved_and_mentions_a_colleague(mia: Typist) -> None:
    await mia.store.agents.record_agent(COLLEAGUE)
    await mia.type("1", "p", "@bo, can you", "call her?", ".")
    await mia.shows("These are notified when you mention them: @bo")
    await mia.shows("Note saved, for colleagues only · bo will see it")
    (*_, note) = await mia.messages(CHLOE)
    assert (note.direction, note.body) == (Direction.NOTE, "@bo, can you\ncall her?")
    assert await mia.store.messages.has_mention(note.id, COLLEAGUE)


async def test_a_cancelled_note_is_not_saved(mia: Typist) -> None:
    before = await mia.messages(CHLOE)
    await mia.type("1", "p", "hm", "!")
    await mia.shows("No note saved.")
    assert await mia.messages(CHLOE) == before
    chloe = await mia.conversation(CHLOE)

    async def is_discarded() -> bool:
        return await mia.store.drafts.get_note_draft(chloe.id, AGENT) == ""

    # Drafts are written in the background, so that no typed line waits for the disk.
    await wait_until(is_discarded, what="the draft of the note is discarded")


async def test_a_failed_message_is_sent_again_after_advice(mia: Typist) -> None:
    await mia.open_thread(BOB)
    await mia.type("f")
    await mia.shows("failed: the number is not in use")
    await mia.shows("Best: 1 sends it again now.")
    await mia.type("1")
    await mia.shows("Queued")
    (*_, old, new) = await mia.messages(BOB)
    assert (new.body, new.retry_of, old.handled) == (old.body, old.id, True)
    await mia.type("f")
    await mia.shows("No failed message here")


async def test_a_failed_message_is_sent_through_another_account(mia: Typist) -> None:
    await mia.open_thread(BOB)
    await mia.type("f", "2", "1")
    await mia.shows("1. pl SerwerSMS")
    assert (await mia.messages(BOB))[-1].account == "pl"


async def test_a_failed_picture_is_sent_again_with_its_picture(
    store: Store, clock: ManualClock
) -> None:
    mia = await start_session(store, clock, accounts=(WITH_PICTURES,))
    media = ("https://shop.example/a.png",)
    new = NewMessage(
        BOB, "Look", "au", agent=AGENT, format=Format.MMS, media=media, subject="Ready"
    )
    sent = await mia.store.intents.queue_message(new)
    await mia.store.outbox.claim_due_messages("sync", "au", 5)
    await mia.events.report_status(sent, Status.FAILED, "the network refused it")
    await mia.type(f"c {BOB}", "f", "1", "1")
    await mia.shows("Queued")
    (*_, again) = await mia.messages(BOB)
    assert (again.format, again.media, again.subject) == (Format.MMS, media, "Ready")
    await mia.leave()


async def test_all_failed_messages_are_sent_again_after_one_question(mia: Typist) -> None:
    await mia.type("f")
    await mia.shows("y sends all that failed again.")
    await mia.type("y", "n")
    await mia.shows("Left out: 1 maybe sent (f resolves it)")
    assert (await mia.messages(BOB))[-1].status is Status.FAILED
    await mia.type("y", "y")
    await mia.shows("Sent ")
    (*_, old, new) = await mia.messages(BOB)
    assert (new.status, new.retry_of) == (Status.QUEUED, old.id)
    await mia.type("z")
    await mia.shows("Cancelled:")


async def test_conversations_with_failed_messages_are_listed(mia: Typist) -> None:
    await mia.type("f")
    await mia.shows("Listed: Failed.")
    await mia.shows("Bob Nilsson, 1 failed")


async def test_the_agent_resolves_a_maybe_sent_message(mia: Typist) -> None:
    await choose_maybe_sent(mia)
    await mia.shows("Maybe sent.")
    await mia.type("1")
    await mia.shows("Resolved: it was sent.")
    (doubtful,) = [m for m in await mia.messages(PRIYA) if "uncertain" in m.body]
    assert (doubtful.status, doubtful.handled) == (Status.ACCEPTED, True)


async def test_a_maybe_sent_message_is_sent_again_only_by_choice(mia: Typist) -> None:
    before = len(await mia.messages(PRIYA))
    await choose_maybe_sent(mia)
    await mia.type("0")
    assert len(await mia.messages(PRIYA)) == before
    await choose_maybe_sent(mia)
    await mia.type("2")
    (*_, again) = await mia.messages(PRIYA)
    assert again.body == "This one is uncertain" and again.retry_of is not None


async def choose_maybe_sent(mia: Typist) -> None:
    """Select the message among Priya's failed and maybe sent ones."""
    await mia.open_thread(PRIYA)
    await mia.type("f")
    await mia.shows("Failed or maybe sent:")
    number = next(line.split(".")[0] for line in mia.output if "This one is uncertain" in line)
    await mia.type(number)


async def test_an_opt_out_is_recorded_and_lifted_with_a_reason(mia: Typist) -> None:
    await mia.type("1", "!", "", "! said so on the phone")
    await mia.shows("Nothing was recorded.")
    assert (await mia.conversation(CHLOE)).opted_out
    await mia.type("r")
    await mia.shows("recorded by mia: said so on the phone")
    await mia.open_thread(INES)
    await mia.type("! asked for it")
    assert not (await mia.conversation(INES)).opted_out


async def test_a_suspected_opt_out_is_confirmed_or_dismissed(
    open_store: OpenStore, clock: ManualClock
) -> None:
    store = await open_store(classify=create_consent_judge({}))
    await write_history(store, clock)
    mia = Typist(store, clock, make_context(clock))
    await mia.events.receive_texts(CHLOE, _PLEASE)
    await mia.events.receive_texts(DAWIT, _PLEASE)
    mia.start()
    await mia.open_thread(CHLOE)
    await mia.shows("May want to stop · ! confirms the opt-out · ~ dismisses this")
    await mia.type("!", "y")
    assert (await mia.conversation(CHLOE)).opted_out
    await mia.open_thread(DAWIT)
    await mia.type("~", "~")
    await mia.shows("No possible opt-out here.")
    assert not (await mia.conversation(DAWIT)).opted_out
    await mia.leave()


async def test_a_customer_is_renamed_and_the_name_is_undone(mia: Typist) -> None:
    await mia.type("1", "k Chloe M.")
    assert (await mia.conversation(CHLOE)).name == "Chloe M."
    await mia.type("z")
    assert (await mia.conversation(CHLOE)).name == "Chloe Martin"


async def test_star_and_unread_are_toggled(mia: Typist) -> None:
    await mia.type("1", "s", "u")
    row = await mia.conversation(CHLOE)
    assert row.starred and row.unread
    await mia.type("star")
    await mia.shows("Unstarred Chloe Martin")


async def test_the_timeline_of_a_message_is_shown(mia: Typist) -> None:
    await mia.open_thread(BOB)
    await mia.type(".")
    await mia.shows("failed, failed, code 330, the number is not in use")
    await mia.type(". 7")
    await mia.shows("There is no such message")


async def test_two_conversations_of_a_customer_are_merged_and_separated(mia: Typist) -> None:
    chloe, dawit = await mia.messages(CHLOE), await mia.messages(DAWIT)
    await mia.open_thread(CHLOE)
    await mia.type("& dawit")
    await mia.shows("1. Dawit Bekele  +61 491 570 157")
    await mia.type("1", "n")
    await mia.shows("of Dawit Bekele")
    await mia.shows("Merge them? y or n")
    await mia.shows("Nothing was merged.")
    await mia.type("& dawit", "1", "y")
    await mia.shows("Merged Dawit Bekele into Chloe Martin · z undoes.")
    assert len(await mia.messages(DAWIT)) == len(chloe + dawit)
    await mia.type("z")
    await mia.shows("Separated: Chloe Martin and Dawit Bekele are two conversations again")
    assert [await mia.messages(number) for number in (CHLOE, DAWIT)] == [chloe, dawit]


async def test_the_newest_conversations_can_be_merged_without_typing_a_name(mia: Typist) -> None:
    await mia.open_thread(CHLOE)
    await mia.type("& zzzz")
    await mia.shows("No other conversation has that in its name or number")
    await mia.type("&", "0")
    await mia.shows("Merge into this conversation:")
    await mia.shows("Nothing chosen.")


async def test_an_answer_in_a_merged_conversation_names_the_number(mia: Typist) -> None:
    await mia.open_thread(CHLOE)
    await mia.type("& dawit", "1", "y", "r", "Noted", ".")
    await mia.shows("To Chloe Martin at +61 491 570 157 through")
    await mia.type("!")


async def test_a_colleague_in_line_mode_follows_a_merge(mia: Typist, open_store: OpenStore) -> None:
    await mia.open_thread(DAWIT)
    other = await open_store(owner="bo-1", seed=2)
    chloe, dawit = await mia.conversation(CHLOE), await mia.conversation(DAWIT)
    await other.merges.merge_conversations(chloe.id, dawit.id, COLLEAGUE)
    await mia.shows("* This conversation is part of the one with Chloe Martin now.")
    await mia.type("p Same person")
    assert (await mia.messages(CHLOE))[-1].body == "Same person"


async def test_all_maybe_sent_messages_are_resolved_with_one_answer(mia: Typist) -> None:
    await mia.type("maybe")
    await mia.shows("1 text maybe sent in 1 conversation.")
    await mia.shows("It was sent. Nothing more is sent.")
    await mia.type("1")
    await mia.shows("Resolved: 1 text counted as sent")
    (doubtful,) = [m for m in await mia.messages(PRIYA) if "uncertain" in m.body]
    assert (doubtful.status, doubtful.handled) == (Status.ACCEPTED, True)
    await mia.type("z")
    await mia.shows("Undone: 1 text maybe sent again")
    await mia.type("l", "maybe", "2")
    await mia.shows("Sent 1 text again")


async def test_a_customer_is_forgotten_once_the_number_was_typed_again(mia: Typist) -> None:
    await mia.type("1", "forget", "+61491570159")
    await mia.shows("It cannot be undone.")
    await mia.shows("Nothing was erased: that is not the number.")
    await mia.type("forget", CHLOE)
    await mia.shows("Erased")
    assert await mia.store.conversations.find_by_address(parse_address(CHLOE)) is None
    await mia.type("1")
    await mia.shows("Dawit")
