"""Test that files of customers are saved by number, under harmless names."""

from pathlib import Path

from tests.contexts import change_context, make_context
from tests.plain.conftest import Typist
from tests.ui.history import CHLOE, write_history
from tui.clock import ManualClock
from tui.domain.events import Reply
from tui.domain.message import Attachment
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
