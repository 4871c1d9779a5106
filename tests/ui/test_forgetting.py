"""Test that a customer is forgotten on screen only after the number was typed again."""

import pytest

from tests.ui.desk import WIDE, Desk, presses
from tests.ui.history import CHLOE, DAWIT
from tui.domain.agent_level import Level
from tui.domain.phone import parse_address
from tui.store.store import Store


async def is_stored(store: Store, number: str) -> bool:
    """Return whether there is a conversation with a number."""
    return await store.conversations.find_by_address(parse_address(number)) is not None


async def run_forget(desk: Desk) -> None:
    """Choose the command from the palette: it has no key, so that none is pressed by accident."""
    await desk.command("palette")
    await desk.type("forget this")
    await desk.press("enter")
    await desk.shows("Forget Chloe Martin", "It cannot be undone")


@presses("forget")
async def test_a_customer_is_forgotten_once_the_number_was_typed(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await run_forget(desk)
        await desk.type(DAWIT)
        await desk.press("enter")
        await desk.shows("Nothing was erased: that is not the number")
        assert await is_stored(desk.store, CHLOE)
        await run_forget(desk)
        await desk.type(CHLOE)
        await desk.press("enter")
        await desk.shows("Erased")
        await desk.hides("Chloe Martin")
        assert not await is_stored(desk.store, CHLOE)
        assert desk.inbox.pane.conversation is None or desk.inbox.pane.conversation.party != CHLOE


async def test_an_agent_is_refused_before_the_number_is_asked(desk: Desk) -> None:
    await desk.store.team.set_level("bo", Level.LEAD)
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("palette")
        await desk.type("forget this")
        await desk.press("enter")
        await desk.shows("Only leads change what is kept of customers", "ask bo")
        assert "type the number again" not in desk.text()
        assert await is_stored(desk.store, CHLOE)


async def test_a_draft_is_not_stored_again_when_a_colleague_forgets_the_customer(
    desk: Desk,
) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("half a zebrafish")
        await desk.store.forgetting.forget(parse_address(CHLOE), "bo")
        await desk.until(lambda: desk.inbox.composer.text == "")
        await desk.shows("This customer was erased, and your text with it")
        assert not await is_stored(desk.store, CHLOE)
        await desk.hides("Chloe Martin")
        await desk.until(lambda: not desk.inbox.is_composer_focused)
        await desk.open_thread(DAWIT)
        await desk.shows("Dawit Bekele")


@pytest.mark.parametrize("command", ["label", "consent", "snooze", "edit_contact"])
async def test_a_dialog_about_a_customer_whom_a_colleague_forgets_says_so(
    desk: Desk, command: str
) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command(command)
        await desk.store.forgetting.forget(parse_address(CHLOE), "bo")
        await desk.type("2h" if command == "snooze" else "an")
        await desk.press("enter")
        await desk.shows("This customer was forgotten meanwhile: nothing was changed")
    assert not await is_stored(desk.store, CHLOE)
