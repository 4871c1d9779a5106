"""Test that files of customers are saved by number, under harmless names."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contexts import change_context, make_context
from tests.plain.conftest import Typist
from tests.ui.history import CHLOE, HUGO, write_history
from tui.clock import ManualClock
from tui.domain.events import Reply
from tui.domain.message import Attachment, Direction, Message
from tui.domain.status import Status
from tui.plain.lines import format_conversation, format_message_line
from tui.store.store import Store


async def test_a_message_without_text_is_read_as_the_names_of_its_files(
    mia: Typist, clock: ManualClock
) -> None:
    files = (Attachment("a\x1b.png", "image/png", b"123"), Attachment("", "video/mp4", b"1"))
    reply = Reply("mms9", CHLOE, "", clock.now(), "{}", attachments=files)
    await mia.store.ingest.store_events("au", [reply])
    await mia.shows("New from Chloe Martin: 2 files: a␛.png, video")
    await mia.type("w")
    await mia.shows("Chloe Martin: 2 files: a␛.png, video [x saves]")


async def test_a_file_is_saved_and_its_path_is_shown(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    await write_history(store, clock)
    app_context = make_context(clock, downloads=tmp_path / "saved")
    mia = Typist(store, clock, app_context)
    picture = Attachment("../a\x1b.png", "image/png", b"PNG")
    reply = Reply("mms-1", CHLOE, "Look", clock.now(), "{}", attachments=(picture,))
    await store.ingest.store_events("au", [reply])
    mia.start()
    await mia.type("1")
    await mia.shows("Look [1 file: x saves]")
    await mia.type("x", "1")
    await mia.shows("Saved as ")
    (saved,) = (tmp_path / "saved").iterdir()
    assert saved.read_bytes() == b"PNG" and saved.name.isprintable()
    assert not mia.has_shown("\x1b")
    await mia.leave()
    blocked = tmp_path / "file"
    blocked.write_text("")
    other = Typist(store, clock, change_context(app_context, downloads=blocked))
    other.start()
    await other.open_thread(CHLOE)
    await other.type("x", "1")
    await other.shows("Not saved into")
    await other.leave()


async def test_a_conversation_without_files_says_so(mia: Typist) -> None:
    await mia.type("1", "x")
    await mia.shows("No files came in this conversation.")


async def test_late_texts_are_announced_and_shown_once(mia: Typist) -> None:
    await mia.open_thread(CHLOE)
    await mia.events.receive_late_text(CHLOE, "Written long before", 400)
    await mia.shows("Arrived late: ")
    await mia.shows("Written long before")
    await mia.events.receive_texts(CHLOE, "And now this")
    await mia.shows("And now this")
    await mia.type("l")
    await mia.open_thread(CHLOE)
    await mia.shows("And now this")
    assert not mia.has_shown("Arrived late: ")


async def test_a_late_text_above_the_page_is_shown_when_opened(mia: Typist) -> None:
    await mia.open_thread(HUGO)
    await mia.type("l")
    await mia.events.receive_late_text(HUGO, "Written at half past eight", 332)
    assert (await mia.events.conversation(HUGO)).unread == 1
    await mia.open_thread(HUGO)
    await mia.shows("Arrived late: ")
    await mia.shows("Written at half past eight")
    assert (await mia.events.conversation(HUGO)).unread == 0
    await mia.type("o")
    await mia.shows("Line ")


async def test_a_late_text_elsewhere_is_announced(mia: Typist) -> None:
    await mia.open_thread(CHLOE)
    await mia.events.receive_late_text(HUGO, "Written at half past eight", 332)
    await mia.shows("New from ")
    await mia.shows("Written at half past eight")


@pytest.mark.parametrize(
    ("status", "label"),
    [
        (Status.QUEUED, "Written by "),
        (Status.SCHEDULED, "Written by "),
        (Status.CANCELLED, "Written by "),
        (Status.FAILED, "Written by "),
        (Status.UNCERTAIN, "Written by "),
        (Status.ACCEPTED, "Sent by "),
        (Status.DELIVERED, "Sent by "),
    ],
)
def test_only_what_was_sent_is_called_sent(clock: ManualClock, status: Status, label: str) -> None:
    message = Message(1, 1, Direction.OUT, status, "au", "Hello", clock.now(), agent="bo")
    line = format_message_line(message, "Chloe", make_context(clock))
    assert f", {label}bo: Hello" in line


def test_a_note_is_called_a_note_wherever_it_stands(clock: ManualClock) -> None:
    note = Message(1, 1, Direction.NOTE, None, "au", "Hello", clock.now(), agent="bo")
    line = format_message_line(note, "Chloe", make_context(clock))
    assert ", Private note of bo: Hello" in line


async def test_the_last_message_of_a_conversation_is_named_for_what_it_is(mia: Typist) -> None:
    row = await mia.conversation(CHLOE)
    context = make_context(mia.clock)
    assert "; wrote: " in format_conversation(
        replace(row, last_direction=Direction.IN, last_status=None), context
    )
    sent = replace(row, last_direction=Direction.OUT, last_status=Status.FAILED)
    # A colleague may have written it.
    assert "; from us: " in format_conversation(sent, context)
    assert "you wrote" not in format_conversation(sent, context)
    assert "; automatic answer: " in format_conversation(replace(sent, last_rule="night"), context)
    await mia.store.messages.add_note(row.id, "bo", "Call her back")
    await mia.type("l")
    await mia.shows("; private note: Call her back")
    assert not any("wrote: Call her back" in line for line in mia.output)


async def test_a_note_above_the_page_is_not_called_arrived(mia: Typist) -> None:
    await mia.open_thread(CHLOE)
    await mia.type("l")
    row = await mia.conversation(CHLOE)
    mia.clock.advance(60)
    await mia.store.messages.add_note(row.id, "bo", "Call her back")
    for number in range(12):
        await mia.events.receive_texts(CHLOE, f"Text {number}")
    await mia.events.receive_late_text(CHLOE, "Written long before", 5_000)
    await mia.open_thread(CHLOE)
    await mia.shows("Written meanwhile: ")
    assert "Private note of bo: Call her back" in mia.output[0]
    await mia.shows("Arrived late: ")
