"""Test macros, the helper and the last time in line mode."""

from tests.plain.conftest import Typist, start_session
from tests.ui.history import AGENT, CHLOE
from tui.clock import ManualClock
from tui.domain.conversation import State
from tui.domain.message import Direction
from tui.domain.templates import CannedReply
from tui.store.store import Store


async def test_a_macro_is_shown_and_run_and_undone_as_one(mia: Typist) -> None:
    thanks = CannedReply("thanks", "Thanks, {first_name}!", actions="label done\nclose")
    await mia.store.templates.save_template(thanks, AGENT)
    await mia.type("1", "macro thanks")
    await mia.shows("thanks: sends “Thanks, Chloe!” (1 part) to Chloe Martin, labels it #done")
    await mia.type("n")
    await mia.shows("Nothing was done.")
    await mia.type("t 1", "y")
    await mia.shows("thanks: label done, close · z undoes")
    row = await mia.conversation(CHLOE)
    assert (row.state, row.labels) == (State.CLOSED, ("done",))
    assert (await mia.messages(CHLOE))[-1].body == "Thanks, Chloe!"
    await mia.type("z")
    await mia.shows("the rest is undone")
    row = await mia.conversation(CHLOE)
    assert (row.state, row.labels) == (State.OPEN, ())


async def test_a_macro_without_a_text_only_acts(mia: Typist) -> None:
    await mia.type("1", "macro")
    await mia.shows("smsdesk canned import reads them from a file")
    spam = CannedReply("spam", "", actions="label spam", owner=AGENT)
    await mia.store.templates.save_template(spam, AGENT)
    await mia.type("macro", "1", "y")
    await mia.shows("Done: spam for Chloe Martin: labels it #spam")
    assert (await mia.conversation(CHLOE)).labels == ("spam",)


async def test_what_a_colleague_does_before_the_answer_is_asked_about(mia: Typist) -> None:
    thanks = CannedReply("thanks", "Thanks!", actions="label done")
    await mia.store.templates.save_template(thanks, AGENT)
    await mia.type("1", "macro thanks")
    await mia.shows("Do it? y or n")
    await mia.store.triage.close_conversations([(await mia.conversation(CHLOE)).id], "bo")
    await mia.type("y")
    await mia.shows("Meanwhile closed by bo. Do it all the same?")
    await mia.type("n")
    await mia.shows("Nothing was done.")
    assert (await mia.conversation(CHLOE)).labels == ()


async def test_the_last_snooze_is_the_first_choice(mia: Typist) -> None:
    await mia.type("1", "h fri 9")
    await mia.shows("Snoozed Chloe Martin")
    await mia.type("1", "h")
    await mia.shows("1. again: fri 9")
    await mia.type("1")
    await mia.shows("Snoozed")


async def test_a_suggestion_becomes_a_draft_and_is_sent_by_a_second_answer(
    store: Store, clock: ManualClock
) -> None:
    mia = await start_session(store, clock, assist=("echo", "On its way"))
    before = len(await mia.messages(CHLOE))
    await mia.type("1", "assist", "n")
    await mia.shows("Not asked: nothing has left smsdesk.")
    await mia.type("assist", "y", "1")
    await mia.shows("Suggestion:")
    await mia.shows("Keep it as your draft")
    await mia.type("y")
    await mia.shows("Send? y sends")
    assert len(await mia.messages(CHLOE)) == before
    await mia.type("y")
    await mia.shows("Queued")
    sent = (await mia.messages(CHLOE))[-1]
    assert (sent.body, sent.direction) == ("On its way", Direction.OUT)
    await mia.leave()


async def test_without_a_helper_the_word_says_how_to_switch_it_on(mia: Typist) -> None:
    await mia.type("1", "assist")
    await mia.shows("No helper is set")
