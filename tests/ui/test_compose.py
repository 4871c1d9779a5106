"""Test writing on the screen: notes, scheduling, cancelling, pictures, the editor and the hints."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.ui.desk import BOTH_SIZES, WIDE, Desk, presses
from tests.ui.history import ACCOUNTS, AGENT, ANA, CHLOE, COLLEAGUE
from tui.clock import HOUR, MINUTE
from tui.desk.routes import Route, format_answerability
from tui.domain.message import Direction, Format, Message
from tui.domain.status import Status
from tui.providers.catalog import SERWERSMS

Size = tuple[int, int]


def _with_capabilities(**capabilities: Any) -> dict[str, Any]:
    """Return the change of the context that gives the first account these capabilities."""
    first = ACCOUNTS[0]
    assert first.capabilities is not None
    able = replace(first, capabilities=replace(first.capabilities, **capabilities))
    return {"accounts": (able, *ACCOUNTS[1:])}


async def _type_reply(desk: Desk, number: str, text: str) -> None:
    """Type into the composer of a conversation."""
    await desk.open_thread(number)
    await desk.command("reply")
    await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
    await desk.type(text)


async def _list_sent(desk: Desk, number: str) -> list[Message]:
    """Return the messages that were queued for a customer."""
    return [m for m in await desk.messages(number) if m.direction is Direction.OUT]


@presses("note", "show_mentions")
async def test_a_note_is_saved_never_sent_and_mentions_a_colleague(desk: Desk, size: Size) -> None:
    await desk.store.agents.record_agent(COLLEAGUE)
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.command("note")
        await desk.shows("private note · colleagues only")
        await desk.type("call her @b")
        await desk.shows("Tab inserts @bo")
        await desk.press("tab")
        await desk.type("please")
        await desk.press("enter")
        await desk.shows("bo will see it")
        await desk.until(lambda: not desk.inbox.is_composer_focused, "out of the composer")
        note = await desk.last(CHLOE)
        assert (note.direction, note.body) == (Direction.NOTE, "call her @bo please")
        assert await desk.store.messages.has_mention(note.id, COLLEAGUE)
        assert await _list_sent(desk, CHLOE) == []
        await desk.command("show_mentions")
        await desk.shows("Mentions")
        await desk.until(lambda: desk.inbox.threads.current_row is None, "no mention of mia")


async def test_a_mention_is_reported_and_listed(desk: Desk) -> None:
    async with desk.open(WIDE):
        chloe = await desk.thread(CHLOE)
        await desk.store.messages.add_note(chloe.id, COLLEAGUE, f"@{AGENT} help", [AGENT])
        await desk.shows("bo mentions you in a note on Chloe Martin")
        await desk.command("show_mentions")
        await desk.until(lambda: [row.id for row in desk.inbox.threads.rows] == [chloe.id])


@BOTH_SIZES
async def test_a_withdrawn_note_becomes_the_draft_of_a_note(desk: Desk, size: Size) -> None:
    await desk.store.agents.record_agent(COLLEAGUE)
    async with desk.open(size):
        await desk.move_to(CHLOE)
        await desk.command("note")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("call her @bo")
        await desk.press("enter")
        await desk.shows("bo will see it · z undoes", "note · mia")
        note = await desk.last(CHLOE)
        await desk.command("undo")
        await desk.shows("Withdrawn: the note is gone, its text is a draft again")
        await desk.hides("note · mia")
        assert await desk.store.messages.get(note.id) is None
        assert not await desk.store.messages.has_mention(note.id, COLLEAGUE)
        await desk.command("note")
        await desk.until(lambda: desk.typed == "call her @bo", "the text again")
        await desk.press("escape")
        await desk.command("history")
        await desk.shows("withdrew a private note")


async def test_a_withdrawn_note_is_put_before_a_note_that_was_begun(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("note")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("one")
        await desk.press("enter")
        await desk.shows("Note saved")
        await desk.command("note")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("two")
        await desk.press("escape")
        await desk.command("undo")
        await desk.until(lambda: desk.typed == "one\ntwo", "both")


async def test_a_note_and_an_answer_are_kept_apart(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _type_reply(desk, CHLOE, "An answer")
        await desk.press("escape")
        await desk.command("note")
        await desk.until(lambda: desk.typed == "", "an empty note")
        await desk.type("A note")
        await desk.press("escape")
        await desk.command("reply")
        await desk.until(lambda: desk.typed == "An answer", "the answer")
        await desk.press("escape")
        await desk.command("note")
        await desk.until(lambda: desk.typed == "A note", "the note")
        draft = await desk.draft(CHLOE)
        assert draft is not None and draft.body == "An answer"


@presses("schedule", "cancel_scheduled")
async def test_a_scheduled_message_is_held_here_if_the_provider_cannot(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await _type_reply(desk, CHLOE, "See you")
        await desk.command("schedule")
        await desk.shows("it waits here")
        await desk.type("2h")
        await desk.press("f5")
        await desk.shows("[x] cancel it if they reply")
        await desk.press("enter")
        await desk.shows("⏲ scheduled for 16:02, unless they reply, held here")
        message = await desk.last(CHLOE)
        at = desk.clock.now() + 2 * HOUR
        assert (message.scheduled_at, message.hold_until, message.cancel_on_reply) == (at, at, True)
        claimed = await desk.store.outbox.claim_due_messages("x", "au", 10)
        assert message.id not in [one.message.id for one in claimed]
        await desk.press("escape")
        await desk.command("cancel_scheduled")
        await desk.shows("⊘ cancelled")
        assert (await desk.last(CHLOE)).status is Status.CANCELLED
        await desk.until(lambda: desk.typed == "See you", "the text again")


async def test_a_scheduling_provider_gets_the_message_at_once(desk: Desk) -> None:
    async with desk.open(WIDE, **_with_capabilities(can_schedule=True, can_cancel=True)):
        await _type_reply(desk, CHLOE, "See you")
        await desk.command("schedule")
        await desk.shows("au stores it and sends it")
        await desk.type("tomorrow 9")
        await desk.press("enter")
        await desk.shows("Goes out tomorrow 09:00")
        message = await desk.last(CHLOE)
        assert message.hold_until <= desk.clock.now()
        await desk.store.outbox.claim_due_messages("x", "au", 10)
        await desk.events.report_status(message, Status.SCHEDULED)
        await desk.shows("⏲ scheduled for Thu 5 Mar 09:00")
        await desk.press("escape")
        await desk.command("cancel_scheduled")
        await desk.shows("Asked au to cancel it")
        wanted = await desk.store.outbox.list_cancel_requests("au")
        assert message.id in [found.id for found in wanted]


async def test_cancelling_returns_the_text_to_the_composer(desk: Desk) -> None:
    async with desk.open(WIDE, grace_seconds=5):
        await _type_reply(desk, CHLOE, "Too early")
        await desk.press("enter")
        await desk.shows("Sending in 5 s · Ctrl+G cancels")
        desk.clock.advance(2)
        await desk.shows("Sending in 3 s · Ctrl+G cancels")
        await desk.press("escape")
        await desk.command("undo")
        await desk.until(lambda: desk.typed == "Too early", "the text")
        assert (await desk.last(CHLOE)).status is Status.CANCELLED
        draft = await desk.draft(CHLOE)
        assert draft is not None and draft.body == "Too early"


async def test_the_countdown_disappears_at_its_end(desk: Desk) -> None:
    async with desk.open(WIDE, grace_seconds=2):
        await _type_reply(desk, CHLOE, "On its way")
        await desk.press("enter")
        await desk.shows("Sending in 2 s · Ctrl+G cancels")
        desk.clock.advance(2)
        await desk.hides("Sending in")
        assert desk.inbox.keys.shown_status == ""


async def test_in_quiet_hours_the_first_enter_asks_and_the_second_sends(desk: Desk) -> None:
    async with desk.open(WIDE, quiet_hours=(15, 8)):
        await _type_reply(desk, ANA, "Dobrze")
        await desk.press("enter")
        await desk.shows("It is 15:02 there · F5 waits until 08:00 · Enter again sends")
        assert desk.typed == "Dobrze"
        await desk.press("f5")
        await desk.shows("tomorrow 07:00", "08:00 there")
        await desk.press("escape")
        await desk.press("enter")
        await desk.shows("queued")
        assert [m.body for m in await _list_sent(desk, ANA)][-1] == "Dobrze"


@pytest.mark.parametrize("key", ["escape", "x"])
async def test_an_objection_disappears_when_the_text_is_changed_or_left(
    desk: Desk, key: str
) -> None:
    async with desk.open(WIDE, quiet_hours=(15, 8)):
        await _type_reply(desk, ANA, "Dobrze")
        await desk.press("enter")
        await desk.shows("Enter again sends anyway")
        await desk.press(key)
        await desk.hides("Enter again sends anyway")


async def test_a_newer_status_message_stays(desk: Desk) -> None:
    async with desk.open(WIDE, quiet_hours=(15, 8)):
        await _type_reply(desk, ANA, "Dobrze")
        await desk.press("enter")
        await desk.shows("Enter again sends anyway")
        await desk.press("f6")
        await desk.shows("now through au")
        await desk.press("escape")
        await desk.until(lambda: not desk.inbox.is_composer_focused, "left")
        await desk.shows("now through au")


async def test_the_heading_shows_the_customers_time(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(ANA)
        await desk.shows("15:02 there")


async def test_a_note_that_came_meanwhile_is_shown_with_its_author(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _type_reply(desk, CHLOE, "Fine")
        chloe = await desk.thread(CHLOE)
        await desk.store.messages.add_note(chloe.id, COLLEAGUE, "hold on")
        await desk.shows("note · bo")
        await desk.press("enter")
        await desk.shows("bo has left a note meanwhile, see above · Enter again sends anyway")
        await desk.press("enter")
        await desk.shows("queued")


@presses("pictures")
async def test_pictures_make_the_message_an_mms(desk: Desk, size: Size) -> None:
    formats = frozenset({Format.SMS, Format.MMS})
    async with desk.open(size, **_with_capabilities(formats=formats)):
        await _type_reply(desk, CHLOE, "Look")
        await desk.command("pictures")
        await desk.type("ftp://x")
        await desk.shows("An address begins with https://")
        await desk.press("home", "delete", "delete", "delete")
        await desk.type("https")
        await desk.shows("MMS: 1 picture")
        await desk.press("enter")
        await desk.hides("they must be public")
        await desk.until(lambda: _has_media(desk), "kept with the draft")
        await desk.press("enter")
        await desk.shows("queued")
        message = await desk.last(CHLOE)
        assert (message.format, message.media) == (Format.MMS, ("https://x",))


async def _has_media(desk: Desk) -> bool:
    """Return whether the pictures are on disk with the draft."""
    draft = await desk.draft(CHLOE)
    return draft is not None and draft.mms.media == ("https://x",)


async def test_an_account_without_mms_says_so(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _type_reply(desk, CHLOE, "Look")
        await desk.command("pictures")
        await desk.shows("au cannot send pictures")


async def test_one_key_replaces_costly_characters_and_shows_the_saving(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _type_reply(desk, CHLOE, "x" * 80)
        desk.inbox.pane.compose_pane.composer.insert("’")
        await desk.shows("F8 replaces ’ with ' (saves 1 part)", "2 parts")
        await desk.press("f8")
        await desk.shows("Replaced ’ with ' (saves 1 part)", "81/160 · 1 part")


@pytest.fixture
def suspended_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the suspension of the app, as a test has no terminal to hand over."""

    @contextlib.contextmanager
    def suspend(app: object) -> Iterator[None]:
        yield

    monkeypatch.setattr("textual.app.App.suspend", suspend)


_EDITOR = """
import os, pathlib, stat, sys
path = pathlib.Path(sys.argv[-1])
mode = stat.S_IMODE(path.stat().st_mode)
text = path.read_text()
path.write_bytes(f"{text} and {mode:o}\\x1b[31m\\n".encode())
pathlib.Path(__file__).with_name("seen").write_text(str(path))
"""


@presses("editor")
async def test_the_editor_gets_a_private_file_that_is_removed_afterwards(
    desk: Desk, size: Size, tmp_path: Path, suspended_terminal: None
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(_EDITOR)
    async with desk.open(size, editor=f"{sys.executable} {script}"):
        await _type_reply(desk, CHLOE, "Hello")
        await desk.command("editor")
        await desk.until(lambda: desk.typed == "Hello and 600␛[31m", "the edited text")
        assert not Path((tmp_path / "seen").read_text()).exists()


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        ("/nowhere/vi", "/nowhere/vi cannot be run"),
        ("'", "$EDITOR cannot be read"),
        ("", "No editor is set"),
        ("false", "false ended with 1: the draft is as it was"),
    ],
)
async def test_a_failed_editor_leaves_the_draft(
    desk: Desk, suspended_terminal: None, editor: str, expected: str
) -> None:
    async with desk.open(WIDE, editor=editor):
        await _type_reply(desk, CHLOE, "Hello")
        await desk.command("editor")
        await desk.shows(expected)
        assert desk.typed == "Hello"


async def test_a_draft_is_marked_in_the_list(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.hides("✎")
        await _type_reply(desk, CHLOE, "Well")
        await desk.shows("✎")
        await desk.press("enter")
        await desk.hides("✎")


def test_the_two_way_name_of_serwersms_can_be_answered() -> None:
    serwersms = replace(ACCOUNTS[1], capabilities=SERWERSMS.capabilities)
    assert format_answerability(Route(serwersms, "2waySMS")) == "replies reach us"
    assert format_answerability(Route(serwersms, "MYSHOP")) == "no replies: the sender is a name"
    assert format_answerability(Route(ACCOUNTS[0], "2waySMS")) == "no replies: the sender is a name"


async def test_a_reply_of_the_customer_cancels_the_scheduled_message(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _type_reply(desk, CHLOE, "Still there?")
        await desk.command("schedule")
        await desk.type("30m")
        await desk.press("f5", "enter")
        await desk.shows("unless they reply")
        planned = await desk.last(CHLOE)
        desk.clock.advance(5 * MINUTE // 1_000)
        await desk.events.receive_texts(CHLOE, "Yes!")
        await desk.shows("⊘ cancelled: The customer wrote first")
        kept = await desk.store.messages.get(planned.id)
        assert kept is not None and kept.status is Status.CANCELLED
