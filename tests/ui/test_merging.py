"""Test merging two conversations on the screen: choose, confirm, undo, and with a colleague."""

import pytest
from rich.cells import cell_len
from textual.events import Key

from tests.contexts import change_context
from tests.ui.desk import NARROW, WIDE, Desk, presses
from tests.ui.history import ANA, BOB, CHLOE, DAWIT, INES, UNNAMED
from tui.desk.key_guard import READING_SECONDS
from tui.screens.pick import Choices
from tui.screens.pick_conversation import ConversationChoice

Size = tuple[int, int]


async def merge(desk: Desk, kept: str, typed: str, shown: str) -> None:
    """Merge the conversation that a typed text finds into another one, by keys.

    Args:
        desk: Desk of the agent.
        kept: Number of the conversation that stays.
        typed: Part of the name or number of the other one.
        shown: Name or number that the question must show.
    """
    await desk.open_thread(kept)
    await desk.command("merge")
    await desk.shows("Merge into", "type to filter")
    await desk.type(typed)
    await desk.shows(shown)
    await desk.press("enter")
    await desk.shows(f"Merge {shown}", "Enter merges")
    await desk.press("enter")


@presses("merge", "undo")
async def test_two_conversations_of_one_customer_are_merged_and_separated(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        chloe, dawit = await desk.messages(CHLOE), await desk.messages(DAWIT)
        before = [await desk.thread(number) for number in (CHLOE, DAWIT)]
        await merge(desk, CHLOE, "dawit", "Dawit Bekele")
        await desk.shows("Merged Dawit Bekele into Chloe Martin · z undoes")
        await desk.until(lambda: len(desk.inbox.message_view.messages) == len(chloe + dawit))
        await desk.hides("Dawit Bekele  ")
        merged = await desk.thread(DAWIT)
        assert merged.id == before[0].id
        assert {m.id for m in await desk.messages(CHLOE)} == {m.id for m in [*chloe, *dawit]}
        await desk.command("undo")
        await desk.shows("Separated: Chloe Martin and Dawit Bekele are two conversations again")
        assert [await desk.messages(number) for number in (CHLOE, DAWIT)] == [chloe, dawit]
        await desk.until(lambda: len(desk.inbox.message_view.messages) == len(chloe))


async def test_the_question_says_what_is_joined(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("merge")
        await desk.type("costa")
        await desk.shows("Inês Costa")
        await desk.press("enter")
        await desk.shows(
            "1 message of Inês Costa moves to Chloe Martin",
            "Notes, drafts, labels and history are joined",
            "answers go to",
            "Inês Costa has opted out: neither number can be texted",
        )
        await desk.press("escape")
        await desk.hides("Enter merges")
        assert not (await desk.thread(CHLOE)).opted_out
        assert (await desk.thread(INES)).id != (await desk.thread(CHLOE)).id


async def test_a_merge_with_an_opted_out_customer_locks_the_composer(desk: Desk) -> None:
    async with desk.open(WIDE):
        await merge(desk, CHLOE, "costa", "Inês Costa")
        await desk.shows("opted out: nothing can be sent", "OPTED OUT")
        await desk.command("reply")
        assert not desk.inbox.is_composer_focused


async def test_a_conversation_is_found_by_any_part_of_its_number(desk: Desk) -> None:
    async with desk.open(WIDE):
        await merge(desk, CHLOE, "570110", "+61 491 570 110")
        await desk.shows("Merged +61 491 570 110 into Chloe Martin")
        assert (await desk.thread(UNNAMED)).id == (await desk.thread(CHLOE)).id


async def test_two_selected_conversations_are_merged_without_choosing(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("mark")
        await desk.command("mark")
        await desk.command("merge")
        await desk.shows("Enter merges")
        await desk.press("y")
        await desk.shows("Merged Dawit Bekele into Chloe Martin")


async def test_nothing_that_matches_cannot_be_chosen(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.open_thread(CHLOE)
        await desk.command("merge")
        await desk.type("zzzz")
        await desk.shows("Nothing matches")
        await desk.press("enter")
        await desk.shows("Nothing matches")
        await desk.press("escape")


async def test_the_composer_shows_which_number_the_answer_goes_to(desk: Desk) -> None:
    async with desk.open((160, 40)):
        await merge(desk, CHLOE, "dawit", "Dawit Bekele")
        await desk.shows("to +61 491 570 157", "also +61 491 570 156")
        desk.clock.advance(60)
        await desk.events.receive_texts(CHLOE, "From this phone now")
        await desk.shows("to +61 491 570 156", "also +61 491 570 157")
        await desk.command("reply")
        await desk.type("Noted")
        await desk.press("enter")
        await desk.shows("queued")
        claimed = await desk.store.outbox.claim_due_messages("a", "au", 10)
        assert [c.to for c in claimed if c.message.body == "Noted"] == [CHLOE]


async def test_a_merged_conversation_is_found_by_either_number(desk: Desk) -> None:
    async with desk.open(WIDE):
        await merge(desk, CHLOE, "dawit", "Dawit Bekele")
        await desk.shows("Merged")
        for number in (CHLOE, DAWIT):
            await desk.press("escape")
            await desk.command("filter")
            await desk.type(number[-6:])
            await desk.shows("Chloe Martin")
            await desk.press("escape")


async def test_the_draft_of_both_is_in_the_composer(desk: Desk) -> None:
    async with desk.open(WIDE):
        for number, text in ((DAWIT, "Dear Dawit"), (CHLOE, "Dear Chloe")):
            await desk.open_thread(number)
            await desk.command("reply")
            await desk.type(text)
            await desk.press("escape", "escape")
        await merge(desk, CHLOE, "dawit", "Dawit Bekele")
        await desk.until(lambda: desk.typed == "Dear Chloe\nDear Dawit", "both drafts")
        await desk.command("undo")
        await desk.until(lambda: desk.typed == "Dear Chloe", "the own draft")
        draft = await desk.draft(DAWIT)
        assert draft is not None
        assert draft.body == "Dear Dawit"


async def test_a_colleague_goes_on_writing_in_the_merged_conversation(mia: Desk, bo: Desk) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await bo.open_thread(DAWIT)
        await bo.command("reply")
        await bo.type("On my w")
        await merge(mia, CHLOE, "dawit", "Dawit Bekele")
        await bo.shows("part of the one with Chloe Martin now")
        chloe = (await mia.thread(CHLOE)).id
        assert (bo.shown_id, bo.typed) == (chloe, "On my w")
        assert bo.inbox.is_composer_focused
        await bo.type("ay")
        await bo.until(lambda: bo.typed == "On my way", "the rest of the text")

        async def is_saved() -> bool:
            draft = await bo.draft(CHLOE)
            return draft is not None and draft.body == "On my way"

        await bo.until(is_saved, "the rest of the text is saved")
        await mia.shows("bo is writing here")
        await bo.press("enter")
        await bo.press("enter")
        await bo.shows("queued")
        assert (await mia.last(CHLOE)).body == "On my way"


async def test_a_colleague_goes_on_with_a_note_in_the_merged_conversation(
    mia: Desk, bo: Desk
) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await bo.open_thread(DAWIT)
        await bo.command("note")
        await bo.type("Same per")
        await merge(mia, CHLOE, "dawit", "Dawit Bekele")
        await bo.shows("part of the one with Chloe Martin now")
        await bo.type("son")
        await bo.press("enter")
        await bo.shows("Note saved")
        assert (await mia.last(CHLOE)).body == "Same person"


async def test_the_list_of_a_colleague_follows_merge_and_undo(mia: Desk, bo: Desk) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await bo.move_to(BOB)
        await bo.shows("Dawit Bekele")
        await merge(mia, CHLOE, "dawit", "Dawit Bekele")
        await bo.hides("Dawit Bekele")
        await mia.press("escape")
        await mia.command("undo")
        await bo.shows("Dawit Bekele")
        assert bo.shown_id == (await bo.thread(BOB)).id


async def test_a_reader_of_the_vanished_conversation_sees_what_comes_next(
    mia: Desk, bo: Desk
) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await bo.open_thread(DAWIT)
        await merge(mia, CHLOE, "dawit", "Dawit Bekele")
        await bo.shows("part of the one with Chloe Martin now")
        mia.clock.advance(60)
        await mia.events.receive_texts(DAWIT, "One more question")
        await bo.shows("One more question")
        await mia.shows("One more question")
        assert (await mia.thread(ANA)).id != bo.shown_id


@pytest.mark.parametrize("width", [60, 80, 160])
async def test_the_conversations_to_choose_stand_in_columns(desk: Desk, width: int) -> None:
    names = {ANA: "王小明 (上海)", BOB: "Bartholomew Maximilian Kowalski-Nowak", DAWIT: "Al"}
    for number, name in names.items():
        row = await desk.thread(number)
        await desk.store.contacts.rename_contact(row.id, name, "", "mia")
    async with desk.open((width, 24)):
        await desk.open_thread(CHLOE)
        await desk.command("merge")
        await desk.shows("type to filter", "+61 491 570 110")
        choices = desk.app.screen.query_one(Choices)
        assert check_columns(choices) == 9


def check_columns(choices: Choices) -> int:
    """Check that number, text and age begin or end below each other; return the lines."""
    lines = [choices.render_line(y).text for y in range(len(choices.rows))]
    rows = [row for row in choices.rows if isinstance(row, ConversationChoice)]
    places: set[tuple[int, int]] = set()
    for row, line in zip(rows, lines, strict=True):
        before, number, after = line.partition(row.number)
        assert number and before.startswith("   ") and after.startswith("  ")
        assert after.rstrip().endswith(f"  {row.age}") and cell_len(line) == choices.size.width
        places.add((cell_len(before), cell_len(line.rstrip())))
    assert len(places) == 1
    return len(lines)


async def _begin_and_merge(mia: Desk, bo: Desk, text: str = "Dear Dawit") -> None:
    """Let Bo write to Dawit; then Mia merges Dawit into Chloe, who has written last."""
    await bo.open_thread(DAWIT)
    await bo.command("reply")
    await bo.type(text)
    mia.clock.advance(60)
    await mia.events.receive_texts(CHLOE, "Are you there?")
    await merge(mia, CHLOE, "dawit", "Dawit Bekele")
    await bo.shows("part of the one with Chloe Martin now")


MOVED = "This conversation is part of the one with Chloe Martin now · "


@pytest.mark.parametrize("change", ["", "notice gone", "typed on", "left", "restart", "note"])
async def test_a_text_begun_for_another_number_is_not_sent_without_a_question(
    mia: Desk, bo: Desk, change: str
) -> None:
    async with mia.open(WIDE):
        async with bo.open(WIDE):
            await _begin_and_merge(mia, bo)
            if change == "notice gone":
                bo.inbox.show_status("")
                bo.inbox.keys.withdraw_status(bo.inbox.keys.shown_status)
            elif change == "typed on":
                await bo.type("!")
            elif change in ("left", "note"):
                await bo.press("escape", "r" if change == "left" else "p")
                await bo.shows("press the key again")
                bo.clock.advance(READING_SECONDS)
                await bo.press(*(["r"] if change == "left" else ["p", "escape", "r"]))
            if change != "restart":
                await _send_after_question(bo, "enter")
                return
        async with bo.open(WIDE):
            await bo.open_thread(CHLOE)
            await bo.press("r")
            await bo.type("!")
            await _send_after_question(bo, "enter")


async def _send_after_question(desk: Desk, key: str, action: str = "Enter again sends") -> None:
    """Press a key, which has to ask, and the same key again, which has to send."""
    before = len(await desk.messages(CHLOE))
    await desk.press(key)
    await desk.shows(MOVED, f"{action} to +61 491 570 156")
    assert len(await desk.messages(CHLOE)) == before
    await desk.press(key)
    await desk.until(lambda: _has_count(desk, before + 1), "sent")


async def _has_count(desk: Desk, count: int) -> bool:
    """Return whether Chloe's conversation has this many messages."""
    return len(await desk.messages(CHLOE)) == count


async def test_sending_and_closing_asks_after_a_merge(mia: Desk, bo: Desk) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await _begin_and_merge(mia, bo)
        await _send_after_question(bo, "ctrl+e", "Ctrl+E again sends")
        await bo.shows("Closed Chloe Martin")


async def test_scheduling_asks_after_a_merge(mia: Desk, bo: Desk) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await _begin_and_merge(mia, bo)
        before = len(await bo.messages(CHLOE))
        await bo.press("f5")
        await bo.shows("Send later")
        await bo.press("backspace")
        await bo.type("tomorrow 6")
        await bo.press("enter")
        await bo.shows(MOVED, "schedules for tomorrow 06:00 to +61 491 570 156")
        assert len(await bo.messages(CHLOE)) == before
        await bo.press("enter")
        await bo.shows("Goes out tomorrow 06:00")


async def test_a_second_window_asks_about_a_text_begun_before_a_merge(mia: Desk, bo: Desk) -> None:
    second = Desk(mia.store, mia.clock, change_context(mia.app_context, agent="bo"))
    async with mia.open(WIDE), bo.open(WIDE), second.open(WIDE):
        await second.open_thread(CHLOE)
        await _begin_and_merge(mia, bo)
        await bo.press("escape")
        await second.until(lambda: second.typed == "Dear Dawit", "the draft")
        await second.press("r")
        await _send_after_question(second, "enter")


async def test_enters_pressed_at_once_do_not_answer_the_question_about_a_merge(
    mia: Desk, bo: Desk
) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await _begin_and_merge(mia, bo)
        before = len(await bo.messages(CHLOE))
        composer, pressed_at = bo.inbox.composer, bo.clock.monotonic() + 1
        composer.submit_text(close=False, pressed_at=pressed_at)
        bo.clock.advance(2)
        await bo.shows(MOVED)
        composer.submit_text(close=False, pressed_at=pressed_at)
        await bo.work_done()
        await bo.shows(MOVED)
        assert len(await bo.messages(CHLOE)) == before


async def test_a_text_begun_after_a_merge_is_sent_without_a_question(mia: Desk, bo: Desk) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await _begin_and_merge(mia, bo, "x")
        await bo.press("backspace")
        mia.clock.advance(1)
        await bo.type("Dear Chloe")
        before = len(await bo.messages(CHLOE))
        await bo.press("enter")
        await bo.until(lambda: _has_count(bo, before + 1), "sent")


async def _read_and_merge(mia: Desk, bo: Desk, *, opens: bool = True) -> int:
    """Let Bo read Dawit's conversation; then Mia merges Dawit into Chloe."""
    await (bo.open_thread if opens else bo.move_to)(DAWIT)
    await merge(mia, CHLOE, "dawit", "Dawit Bekele")
    await mia.press("escape")
    await bo.shows("part of the one with Chloe Martin now")
    return (await mia.thread(CHLOE)).id


@pytest.mark.parametrize("opens", [True, False], ids=["open", "in the list"])
@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("e", "Closed Chloe Martin"),
        ("E", "Closed Chloe Martin"),
        ("s", "Starred Chloe Martin"),
        ("h", "Snooze"),
        ("l", "Label"),
        ("r", "Enter"),
        ("p", "Enter"),
    ],
)
async def test_a_key_pressed_just_after_a_merge_does_nothing_the_first_time(
    mia: Desk, bo: Desk, key: str, shown: str, opens: bool
) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await _read_and_merge(mia, bo, opens=opens)
        before = await mia.thread(CHLOE)
        await bo.press("pagedown", "J")
        await bo.press(key)
        await bo.shows("part of the one with Chloe Martin now: press the key again")
        assert await mia.thread(CHLOE) == before
        assert not bo.inbox.is_composer_focused and bo.app.screen is bo.inbox
        mia.clock.advance(READING_SECONDS)
        await bo.press(key)
        await bo.hides("press the key again")
        await bo.shows(shown)


async def test_keys_pressed_twice_at_once_do_not_act_after_a_merge(mia: Desk, bo: Desk) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await _read_and_merge(mia, bo)
        before = await mia.thread(CHLOE)
        pressed_at = bo.clock.monotonic()
        bo.clock.advance(2)
        for _ in range(2):
            press = Key("e", "e")
            press.time = pressed_at
            bo.app.post_message(press)
        await bo.keys_done()
        await bo.shows("press the key again")
        assert await mia.thread(CHLOE) == before
        await bo.press("e")
        await bo.shows("Closed Chloe Martin")


async def test_a_key_for_another_conversation_acts_after_a_merge(mia: Desk, bo: Desk) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await _read_and_merge(mia, bo)
        await bo.press("escape")
        await bo.move_to(BOB)
        await bo.press("s")
        await bo.shows("Starred Bob")


@pytest.mark.parametrize("key", ["reply", "note"])
async def test_who_writes_stays_with_the_customer_when_a_merge_is_undone(
    mia: Desk, bo: Desk, key: str
) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        await bo.open_thread(DAWIT)
        await bo.command(key)
        await bo.type("Dear Daw")
        await merge(mia, CHLOE, "dawit", "Dawit Bekele")
        await bo.shows("part of the one with Chloe Martin now")
        await mia.press("escape")
        await mia.command("undo")
        await bo.shows("are two conversations again · your text is to Dawit Bekele")
        assert (bo.shown_id, bo.typed) == ((await mia.thread(DAWIT)).id, "Dear Daw")
        assert bo.inbox.is_composer_focused
        await bo.type("it")
        await bo.press("enter")
        await bo.until(lambda: _has_last(bo, "Dear Dawit"), "the text is Dawit's")
        await bo.press("escape", "escape")
        row = bo.inbox.threads.current_row
        assert row is not None and row.id == (await mia.thread(DAWIT)).id


async def _has_last(desk: Desk, text: str) -> bool:
    """Return whether this is the last message of Dawit's conversation."""
    return (await desk.last(DAWIT)).body == text


@pytest.mark.parametrize("focused", [True, False])
async def test_an_undone_merge_says_where_the_draft_is(mia: Desk, bo: Desk, focused: bool) -> None:
    async with mia.open(WIDE), bo.open(WIDE):
        numbers = [(CHLOE, "Dear Chloe"), (DAWIT, "Dear Dawit")]
        for number, text in numbers if focused else numbers[1:]:
            await bo.open_thread(number)
            await bo.command("reply")
            await bo.type(text)
            await bo.press("escape", "escape")
        await merge(mia, CHLOE, "dawit", "Dawit Bekele")
        await bo.open_thread(CHLOE)
        await bo.until(lambda: bo.typed.endswith("Dear Dawit"), "the draft")
        await bo.shows("part of the one with")
        if focused:
            await bo.press("r")
            bo.clock.advance(READING_SECONDS)
            await bo.press("r")
        await mia.press("escape")
        await mia.command("undo")
        key = "Esc g d" if focused else "g d"
        await bo.shows(f"your draft is with Dawit Bekele: {key} lists drafts")
        assert bo.typed == ("Dear Chloe" if focused else "")
