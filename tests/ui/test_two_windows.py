"""Test one agent who works in two windows, which are two processes on one database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest

from tests.conftest import OpenStore
from tests.ui.desk import NARROW, WIDE, Desk
from tests.ui.history import ANA, CHLOE
from tui.clock import ManualClock
from tui.desk.context import AppContext
from tui.domain.account import Health
from tui.domain.message import Direction, MmsContent


@pytest.fixture
async def other(
    mia: Desk, open_store: OpenStore, clock: ManualClock, app_context: AppContext
) -> Desk:
    """Return Mia's second window, on the same file."""
    return Desk(await open_store(owner="mia-2", seed=3), clock, app_context)


@contextlib.asynccontextmanager
async def open_both(mia: Desk, other: Desk) -> AsyncIterator[None]:
    """Show the conversation in both windows."""
    async with mia.open(NARROW), other.open(NARROW):
        for desk in (mia, other):
            await desk.open_thread(CHLOE)
        yield


async def begin_reply(desk: Desk) -> None:
    """Put the cursor into the composer."""
    await desk.command("reply")
    await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")


async def is_stored(desk: Desk) -> bool:
    """Return whether the draft is stored as it is shown."""
    draft = await desk.draft(CHLOE)
    return draft is not None and draft.body == desk.typed


async def list_sent(desk: Desk, direction: Direction = Direction.OUT) -> list[str]:
    """Return the texts that the agent has sent."""
    return [m.body for m in await desk.messages(CHLOE) if m.direction is direction and m.agent]


async def test_an_idle_window_shows_what_is_typed_in_the_other(mia: Desk, other: Desk) -> None:
    async with open_both(mia, other):
        await begin_reply(mia)
        await mia.type("Friday is fine")
        await other.until(lambda: other.typed == "Friday is fine", "the draft follows")
        await begin_reply(other)
        await other.type("!")
        await mia.until(lambda: mia.typed == "Friday is fine!", "and back")
        await mia.press("home")
        await mia.type("Hi, ")
        await other.until(lambda: other.typed == "Hi, Friday is fine!")
        await other.press("end", "backspace")
        await mia.until(lambda: mia.typed == "Hi, Friday is fine")
        await mia.type("x")  # the cursor is where it was
        assert mia.typed == "Hi, xFriday is fine"


async def test_texts_typed_in_both_windows_at_once_stay_both(mia: Desk, other: Desk) -> None:
    async with open_both(mia, other):
        await begin_reply(mia)
        await begin_reply(other)
        await asyncio.gather(mia.type("We open at nine"), other.type("Parking is free"))
        await mia.until(lambda: mia.typed == other.typed, "one draft")
        for words in ("We open at nine", "Parking is free"):
            assert words in mia.typed
        assert len(mia.typed.split("\n")) == 2
        await mia.until(lambda: is_stored(mia), "stored")


async def test_the_notice_about_both_texts_is_not_replaced_unread(mia: Desk, other: Desk) -> None:
    async with open_both(mia, other):
        await begin_reply(mia)
        await mia.type("We open at nine")
        await mia.until(lambda: is_stored(mia), "stored")
        known = await mia.draft(CHLOE)
        assert known is not None
        await mia.press("ctrl+u")
        conversation_id, keys = known.conversation_id, mia.inbox.keys
        base = replace(known, body="")
        for text in ("Parking is free", "Parking is not free"):
            await other.store.drafts.save_draft(conversation_id, "mia", text, began_at=1, base=base)
            await mia.type("x")
        await mia.shows("both are here, read it first")
        await mia.store.accounts.save_health("au", Health.STOPPED, line="The key is wrong")
        await mia.app._check_accounts()
        await mia.shows("✗ au")
        assert "both are here" in keys.shown_status
        mia.inbox.show_status("2 drafts kept from your last session")
        assert "both are here" in keys.shown_status
        await mia.press("escape", "s")  # the answer to a key is shown at once
        await mia.shows("Starred Chloe Martin · z undoes")


async def test_a_notice_that_has_waited_is_shown_in_its_turn(mia: Desk) -> None:
    async with mia.open(NARROW):
        keys = mia.inbox.keys
        keys.show_status("Read this", 0.2, needs_reading=True)
        keys.show_status("Account au has stopped", is_general=True)
        assert keys.shown_status == "Read this"
        await mia.shows("Account au has stopped")
        keys.show_status("Read this", needs_reading=True)
        keys.show_status("No longer true")
        keys.show_status("Read that", needs_reading=True)
        keys.withdraw_status("No longer true")
        assert keys.shown_status == "Read that"
        keys.withdraw_status("Read that")
        assert keys.shown_status == ""


async def test_nothing_is_sent_unseen_when_both_type(mia: Desk, other: Desk) -> None:
    async with open_both(mia, other):
        before = await list_sent(mia)
        await begin_reply(mia)
        await mia.type("We open at nine")
        await other.until(lambda: other.typed == "We open at nine")
        # The other window stores words that this one has not shown when Enter is pressed.
        known = await mia.draft(CHLOE)
        assert known is not None
        hidden = "We open at nine\nParking is free"
        save = partial(other.store.drafts.save_draft, known.conversation_id, "mia", hidden)
        await asyncio.gather(save(began_at=1, base=known), mia.press("enter"))
        if await list_sent(mia) == before:
            await mia.until(lambda: mia.typed == hidden, "both are shown")
        else:  # sent before the other words were stored: they are a draft of their own
            await mia.until(lambda: mia.typed == "Parking is free")


async def test_a_text_sent_in_one_window_is_gone_from_the_other(mia: Desk, other: Desk) -> None:
    async with open_both(mia, other):
        before = await list_sent(mia)
        await begin_reply(mia)
        await mia.type("Friday is fine")
        await begin_reply(other)
        await other.until(lambda: other.typed == "Friday is fine")
        await mia.press("enter")
        await other.until(lambda: other.typed == "", "the other composer is emptied")
        await other.shows("sent in your other window")
        await other.press("enter")
        assert await list_sent(mia) == [*before, "Friday is fine"]
        assert await mia.draft(CHLOE) is None


async def test_enter_in_both_windows_sends_once(mia: Desk, other: Desk) -> None:
    async with open_both(mia, other):
        before = await list_sent(mia)
        await begin_reply(mia)
        await mia.type("Friday is fine")
        await begin_reply(other)
        await other.until(lambda: other.typed == "Friday is fine")
        await asyncio.gather(mia.press("enter"), other.press("enter"))
        await mia.until(lambda: mia.typed == "")
        await other.until(lambda: other.typed == "")
        assert await list_sent(mia) == [*before, "Friday is fine"]


async def test_what_is_typed_after_the_other_window_sent_is_kept(mia: Desk, other: Desk) -> None:
    async with open_both(mia, other):
        before = await list_sent(mia)
        await begin_reply(mia)
        await mia.type("Friday is fine")
        await begin_reply(other)
        await other.until(lambda: other.typed == "Friday is fine")
        await asyncio.gather(mia.press("enter"), other.type(" for us"))
        await mia.until(lambda: mia.typed == other.typed, "one draft")
        sent = (await list_sent(mia))[len(before) :]
        words = " ".join([*sent, other.typed])
        assert "Friday is fine" in words and "for us" in words
        assert words.count("Friday") == 1


@pytest.mark.parametrize("edit", ["emptied", "changed"])
async def test_a_note_follows_too(mia: Desk, other: Desk, edit: str) -> None:
    async with open_both(mia, other):
        for desk in (mia, other):
            await desk.command("note")
            await desk.until(lambda desk=desk: desk.inbox.is_composer_focused)
        await mia.type("call")
        await other.until(lambda: other.typed == "call")
        if edit == "changed":
            await other.type(" back")
            await mia.until(lambda: mia.typed == "call back")
        await mia.press("enter")
        await other.until(lambda: other.typed == "")
        await other.press("enter")
        notes = await list_sent(mia, Direction.NOTE)
        assert notes[-1] == ("call back" if edit == "changed" else "call")
        assert len([note for note in notes if note.startswith("call")]) == 1


async def test_pictures_and_the_route_follow(mia: Desk, other: Desk) -> None:
    async with open_both(mia, other):
        await begin_reply(mia)
        await mia.type("See")
        mia.inbox.compose_pane.set_attachments(MmsContent(("https://a.example/1.jpg",), "Photo"))
        await other.until(lambda: bool(other.inbox.compose_pane.enclosed), "the picture")
        mia.inbox.compose_pane.set_attachments(MmsContent())
        await other.until(lambda: not other.inbox.compose_pane.enclosed, "removed again")
        await mia.command("account")
        assert mia.inbox.compose_pane.route is not None
        name = mia.inbox.compose_pane.route.account.name

        def has_followed() -> bool:
            route = other.inbox.compose_pane.route
            return route is not None and route.account.name == name

        await other.until(has_followed, "the account")


async def test_retrying_a_message_leaves_the_draft(mia: Desk) -> None:
    async with mia.open(NARROW):
        await mia.open_thread(CHLOE)
        await begin_reply(mia)
        await mia.type("half a")
        other = await mia.thread(CHLOE)
        from tui.domain.message import NewMessage

        await mia.store.intents.queue_message(
            NewMessage(other.party, "another text", account="au", agent="mia")
        )
        draft = await mia.draft(CHLOE)
        assert draft is not None and draft.body == "half a"


async def list_ana_texts(desk: Desk) -> list[str]:
    """Return the texts that Ana has been sent."""
    return [m.body for m in await desk.messages(ANA) if m.direction is Direction.OUT]


async def test_a_question_is_gone_when_the_other_window_drops_the_time(
    mia: Desk, other: Desk
) -> None:
    async with mia.open(WIDE, quiet_hours=(3, 8)), other.open(WIDE, quiet_hours=(3, 8)):
        for desk in (mia, other):
            await desk.open_thread(ANA)
        before = await list_ana_texts(mia)
        await begin_reply(mia)
        await mia.type("Friday is fine")
        await mia.press("f5")
        await mia.shows("Send later")
        await mia.press("backspace")
        await mia.type("tomorrow 5")
        await mia.press("enter")
        await mia.shows("Enter again schedules for tomorrow 05:00")
        await begin_reply(other)
        await other.shows("scheduled for tomorrow 05:00")
        await other.press("f5")
        await other.shows("Send later")
        await other.press("backspace", "enter")
        await other.shows("No time is planned any more")
        # Enter would send at once now: the old question must not stand there.
        await mia.shows("your other window has changed this reply")
        await mia.hides("Enter again schedules")
        assert await list_ana_texts(mia) == before
        assert mia.typed == "Friday is fine"


@pytest.fixture
def lasting_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let notices stay until something removes them."""
    monkeypatch.setattr("tui.widgets.key_bar.STATUS_SECONDS", 600.0)


@pytest.mark.usefixtures("lasting_notices")
async def test_that_a_text_was_sent_is_not_said_once_it_is_taken_back(
    mia: Desk, other: Desk
) -> None:
    async with mia.open(NARROW, grace_seconds=30), other.open(NARROW, grace_seconds=30):
        for desk in (mia, other):
            await desk.open_thread(CHLOE)
        await begin_reply(mia)
        await mia.type("Friday is fine")
        await begin_reply(other)
        await other.until(lambda: other.typed == "Friday is fine", "the draft follows")
        await mia.press("enter")
        await other.shows("This text was sent in your other window")
        await mia.press("ctrl+g")
        await mia.shows("Cancelled: not sent")
        await other.until(lambda: other.typed == "Friday is fine", "the draft is back")
        await other.until(lambda: other.inbox.keys.shown_status == "", "no false notice")


async def test_that_a_text_was_sent_stays_while_the_next_one_is_begun(
    mia: Desk, other: Desk
) -> None:
    async with open_both(mia, other):
        await begin_reply(mia)
        await mia.type("Friday is fine")
        await begin_reply(other)
        await other.until(lambda: other.typed == "Friday is fine", "the draft follows")
        await mia.press("enter")
        await other.shows("This text was sent in your other window")
        await mia.type("See you")
        await other.until(lambda: other.typed == "See you", "the next draft")
        await other.shows("This text was sent in your other window")
