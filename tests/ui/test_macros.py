"""Test macros on the screen: previewed, sent through the checks, and undone as one."""

import pytest

from tests.ui.desk import NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, CHLOE
from tui.domain.conversation import State
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.domain.templates import CannedReply

Size = tuple[int, int]
_THANKS = CannedReply("thanks", "Thanks, {first_name}!", actions="label done\nnote Paid\nclose")


async def _list_sent(desk: Desk) -> list[str]:
    """Return the texts to Chloe that were not cancelled."""
    return [
        m.body
        for m in await desk.messages(CHLOE)
        if m.direction is Direction.OUT and m.status is not Status.CANCELLED
    ]


async def _notes(desk: Desk) -> list[str]:
    """Return the private notes about Chloe."""
    return [m.body for m in await desk.messages(CHLOE) if m.direction is Direction.NOTE]


@presses("macro")
async def test_a_macro_is_previewed_and_undone_as_one(desk: Desk, size: Size) -> None:
    await desk.store.templates.save_template(CannedReply("hours", "9 to 5"), AGENT)
    await desk.store.templates.save_template(_THANKS, AGENT)
    before = await desk.thread(CHLOE)
    async with desk.open(size, grace_seconds=30):
        await desk.open_thread(CHLOE)
        await desk.press("m")
        await desk.shows("Macros", "Thanks, Chloe!", "then label done; note Paid; close")
        await desk.press("enter")
        await desk.shows("Enter does it · Esc does nothing", "sends “Thanks, Chloe!” (1 part)")
        await desk.press("escape")
        assert await _list_sent(desk) == []
        await desk.press("2")
        await desk.shows("#done", "closes it")
        await desk.press("enter")
        await desk.shows("z cancels and undoes the rest")
        after = await desk.thread(CHLOE)
        assert (after.state, after.labels) == (State.CLOSED, ("done",))
        assert (await _list_sent(desk), await _notes(desk)) == (["Thanks, Chloe!"], ["Paid"])
        await desk.press("z")
        await desk.shows("Cancelled: not sent, the text is a draft again")
        assert await _list_sent(desk) == []
        assert await _notes(desk) == []
        undone = await desk.thread(CHLOE)
        assert await desk.store.drafts.get_note_draft(undone.id, AGENT) == ""
        assert (undone.state, undone.labels, undone.assignee, undone.waiting_since) == (
            before.state,
            before.labels,
            before.assignee,
            before.waiting_since,
        )


async def test_after_the_text_has_left_undo_says_what_stays(desk: Desk) -> None:
    await desk.store.templates.save_template(_THANKS, AGENT)
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.press("1", "enter")
        await desk.until(lambda: _is_closed(desk), "closed")
        await desk.store.outbox.claim_due_messages("sync", "au", 5)
        await desk.press("z")
        await desk.shows("Too late", "the rest is undone")
        assert (await desk.thread(CHLOE)).state is State.OPEN
        assert await _list_sent(desk) == ["Thanks, Chloe!"]


async def test_undo_leaves_what_a_colleague_has_changed_since(mia: Desk, bo: Desk) -> None:
    await mia.store.templates.save_template(_THANKS, AGENT)
    async with mia.open(WIDE, grace_seconds=30):
        await mia.open_thread(CHLOE)
        await mia.press("1", "enter")
        await mia.shows("z cancels and undoes the rest")
        here = [(await bo.thread(CHLOE)).id]
        await bo.store.triage.set_label(here, "bo", "urgent", on=True)
        await bo.store.triage.snooze_conversations(here, "bo", None)
        await mia.press("z")
        await mia.shows("Cancelled: not sent", "what was changed again since stays")
        after = await mia.thread(CHLOE)
        assert (after.state, after.labels) == (State.SNOOZED, ("urgent",))
        await mia.press("A")
        await mia.shows("to you · z undoes")
        await bo.store.triage.assign_conversations(here, "bo", "bo")
        await mia.press("z")
        await mia.shows("Not undone", "it was changed again since, and stays as it is now")
        assert (await mia.thread(CHLOE)).assignee == "bo"


async def _is_closed(desk: Desk) -> bool:
    """Return whether the conversation with Chloe is closed."""
    return (await desk.thread(CHLOE)).state is State.CLOSED


async def test_an_open_field_an_own_draft_and_an_opt_out_stop_a_macro(desk: Desk) -> None:
    ready = CannedReply("ready", "{order} is ready", actions="close")
    await desk.store.templates.save_template(ready, AGENT)
    await desk.store.templates.save_template(_THANKS, AGENT)
    async with desk.open(NARROW):
        await desk.open_thread(CHLOE)
        await desk.press("1")
        await desk.shows("ready did nothing: no value for {order} · C edits the contact")
        await desk.command("reply")
        await desk.type("Dear")
        await desk.press("escape", "2")
        await desk.shows("Your own text here comes first")
        await desk.press("r", *["backspace"] * 4, "escape")
        await desk.store.consent.record_decision(
            (await desk.thread(CHLOE)).id, "bo", opted_out=True, evidence="by phone"
        )
        await desk.shows("opted out")
        await desk.press("2")
        await desk.shows("This customer has opted out")
        assert desk.app.screen is desk.inbox
        assert await _list_sent(desk) == []


async def test_a_text_that_arrives_during_the_preview_is_shown_before_anything_is_sent(
    desk: Desk,
) -> None:
    await desk.store.templates.save_template(_THANKS, AGENT)
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.press("1")
        await desk.shows("sends “Thanks, Chloe!”")
        await desk.events.receive_texts(CHLOE, "Not Friday after all")
        await desk.shows("Not Friday after all")
        await desk.press("enter")
        await desk.shows("Enter does it", "Enter again sends")
        assert await _list_sent(desk) == []
        await desk.press("enter")
        await desk.until(lambda: _is_closed(desk), "closed")
        assert await _list_sent(desk) == ["Thanks, Chloe!"]


async def test_a_colleague_who_writes_stops_a_macro(mia: Desk, bo: Desk) -> None:
    await mia.store.templates.save_template(_THANKS, AGENT)
    async with mia.open(WIDE):
        await mia.open_thread(CHLOE)
        await mia.press("1")
        await mia.shows("sends “Thanks, Chloe!”")
        await bo.store.compose_locks.acquire_lock((await bo.thread(CHLOE)).id, "bo")
        await mia.press("enter")
        await mia.shows("bo", "thanks did nothing")
        assert await _list_sent(mia) == []


async def test_a_colleague_who_writes_already_is_named_before_the_preview(
    mia: Desk, bo: Desk
) -> None:
    await mia.store.templates.save_template(_THANKS, AGENT)
    async with mia.open(WIDE):
        await mia.open_thread(CHLOE)
        await bo.store.compose_locks.acquire_lock((await bo.thread(CHLOE)).id, "bo")
        await mia.shows("bo is writing here")
        await mia.press("1")
        await mia.shows("bo is writing here: T takes over")
        assert mia.app.screen is mia.inbox


@pytest.mark.parametrize("actions", ["label done", "label done\nclose"])
@pytest.mark.parametrize("text", ["", "Thanks"])
async def test_what_a_colleague_does_during_the_preview_is_asked_about(
    mia: Desk, bo: Desk, text: str, actions: str
) -> None:
    macro = CannedReply("done", text, actions=actions)
    await mia.store.templates.save_template(macro, AGENT)
    async with mia.open(WIDE):
        await mia.open_thread(CHLOE)
        await mia.press("1")
        await mia.shows("Enter does it")
        here = [(await bo.thread(CHLOE)).id]
        await bo.store.triage.close_conversations(here, "bo")
        await mia.press("enter")
        await mia.shows("Meanwhile closed by bo · Enter does it all the same")
        assert await _list_sent(mia) == []
        assert (await mia.thread(CHLOE)).labels == ()
        await mia.press("enter")
        await mia.until(lambda: _is_labelled(mia), "labelled")
        assert await _list_sent(mia) == [text] * bool(text)


async def _is_labelled(desk: Desk) -> bool:
    """Return whether the conversation with Chloe has the label of the macro."""
    return (await desk.thread(CHLOE)).labels == ("done",)


async def test_a_macro_without_a_text_acts_on_the_selection(desk: Desk) -> None:
    spam = CannedReply("spam", "", actions="label spam\nclose")
    await desk.store.templates.save_template(spam, AGENT)
    await desk.store.templates.save_template(_THANKS, AGENT)
    async with desk.open(WIDE):
        for number in (CHLOE, ANA):
            await desk.move_to(number)
            await desk.press("x")
        await desk.press("m", "down", "enter")
        await desk.shows("thanks sends a text, to one customer at a time")
        await desk.press("m", "enter")
        await desk.shows("labels 2 conversations #spam, closes 2 conversations")
        await desk.press("enter")
        await desk.shows("Done: spam", "z undoes")
        assert (await desk.thread(ANA)).labels == ("spam",)
        assert await _is_closed(desk)
        await desk.press("z")
        await desk.shows("Undone: spam")
        assert (await desk.thread(ANA)).labels == ()
        assert not await _is_closed(desk)


async def test_macros_are_made_ordered_and_given_away_in_the_list(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("m")
        await desk.shows("There are no macros yet: g t adds actions")
        await desk.press("g", "t", "a")
        await desk.type("bye")
        await desk.press("tab")
        await desk.type("Bye")
        await desk.press("tab")
        await desk.type("shut")
        await desk.press("enter")
        await desk.shows('Not saved: bye: "shut" is no action here')
        await desk.press(*["backspace"] * 4)
        await desk.type("close; star")
        await desk.press("f4")
        await desk.shows("[x] only for you")
        await desk.press("enter")
        await desk.shows("Saved bye", "1 part · 2 actions · yours")
        await desk.store.templates.save_template(CannedReply("hi", "Hi"), "bo")
        await desk.press("escape", "g", "t")
        await desk.shows("1 bye", "2 hi")
        await desk.press("J")
        await desk.shows("1 hi", "2 bye")
        await desk.store.templates.save_template(CannedReply("ok", "OK"), "bo")
        await desk.shows("3 ok")
        await desk.store.templates.delete_template("ok", "bo")
        await desk.hides("ok")
        await desk.press("e", "f4", "enter")
        await desk.shows("1 part · 2 actions")
        assert await desk.store.templates.list_in_order() == [
            CannedReply("hi", "Hi"),
            CannedReply("bye", "Bye", actions="close\nstar"),
        ]


async def test_a_macro_that_assigns_to_an_unknown_agent_does_nothing(desk: Desk) -> None:
    await desk.store.team.add_agent("bo")
    macro = CannedReply("over", "", actions="assign boo; label late")
    await desk.store.templates.save_template(macro, AGENT)
    async with desk.open(NARROW):
        await desk.open_thread(CHLOE)
        await desk.press("1")
        await desk.shows("over did nothing: There is no agent or team", "did you mean bo?")
        assert (await desk.thread(CHLOE)).labels == ()


async def test_the_cursor_is_on_what_was_saved_and_whose_it_is_counts_as_a_change(
    desk: Desk,
) -> None:
    for name in ("one", "two"):
        await desk.store.templates.save_template(CannedReply(name, name), AGENT)
    async with desk.open(NARROW):
        await desk.press("g", "t", "a")
        await desk.type("three")
        await desk.press("tab")
        await desk.type("Text three")
        await desk.press("enter")
        await desk.shows("Saved three", "3 three")
        await desk.press("K")
        await desk.shows("2 three", "3 two")
        await desk.press("e", "f4", "escape")
        await desk.shows("Not saved yet · Enter saves · Esc again discards it")


async def test_the_digits_of_triage_follow_the_list_of_the_team(mia: Desk, bo: Desk) -> None:
    for name in ("alpha", "beta"):
        await mia.store.templates.save_template(CannedReply(name, f"Text of {name}"), AGENT)
    async with mia.open(WIDE):
        await mia.press("t")
        await mia.shows("1 alpha", "2 beta")
        moved = (await bo.store.templates.list_all())[1]
        await bo.store.templates.move_template(moved, "bo", -1)
        await mia.shows("1 beta", "2 alpha")


async def test_the_editor_says_where_the_fields_of_a_macro_come_from(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("g", "t", "a", "tab")
        await desk.type("{order} is ready")
        await desk.shows("to be typed each time: {order}")
        await desk.press("tab")
        await desk.type("close")
        await desk.shows("from the contact: {order}")
