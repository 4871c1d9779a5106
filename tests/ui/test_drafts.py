"""Test that unsent text is stored at once, for its conversation and its agent."""

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import ANA, CHLOE, COLLEAGUE, DAWIT
from tui.store.errors import Busy

Size = tuple[int, int]


async def wait_for_draft(desk: Desk, number: str, text: str) -> None:
    """Wait until a text is the stored draft.

    Args:
        desk: Desk of the agent.
        number: Phone number of the customer.
        text: Text to wait for; empty for no draft.
    """

    async def is_saved() -> bool:
        draft = await desk.draft(number)
        return (draft.body if draft else "") == text

    await desk.until(is_saved, f"{text!r} stored")


@BOTH_SIZES
async def test_typed_text_is_stored_with_every_key(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        for text in ("F", "Fr", "Fri"):
            await desk.type(text[-1])
            await wait_for_draft(desk, CHLOE, text)
        await desk.press("backspace", "backspace", "backspace")
        await wait_for_draft(desk, CHLOE, "")


@BOTH_SIZES
async def test_every_conversation_has_its_own_draft(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        for number, text in ((CHLOE, "to Chloe"), (DAWIT, "to Dawit")):
            await desk.open_thread(number)
            await desk.command("reply")
            await desk.type(text)
            await desk.press("escape", "escape")
        await desk.open_thread(CHLOE)
        await desk.until(lambda: desk.typed == "to Chloe")
        await desk.press("escape")
        await desk.open_thread(DAWIT)
        await desk.until(lambda: desk.typed == "to Dawit")
        await desk.press("escape")
        await desk.open_thread(ANA)
        await desk.until(lambda: desk.typed == "")


async def test_moving_through_the_list_changes_no_draft(desk: Desk) -> None:
    chloe = await desk.thread(CHLOE)
    await desk.store.drafts.save_draft(chloe.id, "mia", "half a", began_at=desk.clock.now())
    async with desk.open(WIDE):
        for _ in range(3):
            await desk.press("j", "j", "k", "k", "G", "home")
        draft = await desk.draft(CHLOE)
        assert draft is not None and draft.body == "half a"
        assert [d.conversation_id for d in await desk.store.drafts.list_drafts("mia")] == [chloe.id]


async def test_every_agent_has_a_draft_of_their_own(desk: Desk) -> None:
    chloe = await desk.thread(CHLOE)
    await desk.store.drafts.save_draft(chloe.id, COLLEAGUE, "by Bo", began_at=desk.clock.now())
    async with desk.open(NARROW):
        await desk.open_thread(CHLOE)
        assert desk.typed == ""
        await desk.command("reply")
        await desk.type("by Mia")
        await wait_for_draft(desk, CHLOE, "by Mia")
        theirs = await desk.draft(CHLOE, COLLEAGUE)
        assert theirs is not None and theirs.body == "by Bo"


async def test_a_draft_and_its_account_are_restored_after_a_restart(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("see you")
        await desk.command("account")
        await desk.shows("pl SerwerSMS")
        await wait_for_draft(desk, CHLOE, "see you")
        await desk.press("escape", "escape", "q")
    async with desk.open(WIDE):
        await desk.shows("see you", "pl SerwerSMS · 48500100200")


async def test_an_unsaved_draft_is_reported_and_saved_with_the_next_key(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object, **__: object) -> None:
        raise Busy("The database is locked")

    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        monkeypatch.setattr(desk.store.drafts, "save_draft", busy)
        await desk.type("a")
        await desk.shows("The draft is not saved: The database is locked")
        monkeypatch.undo()
        await desk.type("b")
        await wait_for_draft(desk, CHLOE, "ab")


async def test_quitting_waits_until_the_last_key_is_saved(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("last words")
        await desk.press("escape", "q")
        await desk.shows("Your draft to Chloe Martin is saved")
        await desk.press("enter")
        await desk.until(lambda: not desk.app.is_running)
    await wait_for_draft(desk, CHLOE, "last words")
