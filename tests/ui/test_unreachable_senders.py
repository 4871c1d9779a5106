"""Test what the composer says of a sender that cannot be answered, before anything is typed."""

import pytest

from tests.ui.desk import BOTH_SIZES, Desk

Size = tuple[int, int]


@BOTH_SIZES
async def test_a_name_takes_no_replies_and_the_composer_says_so(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.events.receive_texts("INFO", "Your parcel comes tomorrow")
        await desk.open_thread("info")
        await desk.shows("this sender takes no replies")
        assert "replies reach us" not in desk.text()
        await desk.command("reply")
        await desk.shows(
            "This sender takes no replies", "p writes a private note, c writes to a number"
        )
        assert not desk.inbox.is_composer_focused


async def test_a_private_note_can_still_be_left(desk: Desk) -> None:
    async with desk.open():
        await desk.events.receive_texts("INFO", "Your parcel comes tomorrow")
        await desk.open_thread("info")
        await desk.command("note")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("Ask the courier")
        await desk.press("enter")
        await desk.shows("Ask the courier", "note · mia")


@pytest.mark.parametrize("sender", ["Post Nord", "MYBANK", "no-reply@shop.example"])
async def test_every_kind_of_name_is_refused(desk: Desk, sender: str) -> None:
    async with desk.open():
        await desk.events.receive_texts(sender, "Hello")
        await desk.open_thread(sender.lower())
        await desk.shows("this sender takes no replies")
        await desk.command("reply")
        await desk.shows("This sender takes no replies")
        assert not desk.inbox.is_composer_focused


async def test_a_number_can_be_answered(desk: Desk) -> None:
    async with desk.open():
        await desk.events.receive_texts("+48500600777", "Hello")
        await desk.open_thread("+48500600777")
        await desk.command("reply")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        assert "takes no replies" not in desk.text()
