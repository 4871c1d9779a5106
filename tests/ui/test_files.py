"""Test the files of a message: listed under it, shown, saved."""

from dataclasses import replace
from pathlib import Path

from tests.terminal.test_picture_decoding import make_bomb, make_png
from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import CHLOE
from tui.domain.events import Reply
from tui.domain.message import Attachment, Format, NewMessage
from tui.screens.files import FilesScreen, HalfBlocks
from tui.terminal.picture_decoding import can_draw_graphics


async def receive_files(desk: Desk, *files: Attachment) -> None:
    """Store an MMS of Chloe."""
    reply = Reply("mms1", CHLOE, "Look", desk.clock.now(), "{}", attachments=files)
    await desk.store.ingest.store_events("au", [reply])


CAT = Attachment("cat.png", "image/png", make_png(60, 40))
BOMB = Attachment("big.png", "image/png", make_bomb(8_000, 8_000))
CARD = Attachment("../[b]me\x1b[2J.vcf", "text/x-vcard", b"BEGIN:VCARD")


@presses("files")
async def test_files_are_listed_under_their_message_and_open(
    desk: Desk, size: tuple[int, int], tmp_path: Path
) -> None:
    await receive_files(desk, CAT, CARD)
    async with desk.open(size, downloads=tmp_path):
        await desk.open_thread(CHLOE)
        await desk.shows("▣ cat.png · image/png", "[b]me", "text/x-vcard · 11 B")
        await desk.command("files")
        await desk.shows("1 of 2 · cat.png")
        await desk.until(lambda: bool(desk.app.screen.query(HalfBlocks)), "the picture")
        await desk.shows("▀▀▀▀")
        await desk.press("right")
        await desk.shows("2 of 2", "Not a picture. s saves it.")
        await desk.press("escape")
        await desk.hides("This is no picture")


@BOTH_SIZES
async def test_a_message_without_text_shows_its_files_in_the_list(
    desk: Desk, size: tuple[int, int]
) -> None:
    hostile = Attachment("[b]x\x1b[2J.jpg", "image/jpeg", b"12345")
    reply = Reply("mms1", CHLOE, "", desk.clock.now(), "{}", attachments=(hostile,))
    await desk.store.ingest.store_events("au", [reply])
    async with desk.open(size):
        await desk.shows("[b]x␛[2J.jpg (image, 5 B)")
        await desk.store.ingest.store_events("au", [replace(reply, event_id="mms2", text="Look")])
        await desk.shows("Look")


async def test_a_sent_mms_without_text_is_named_in_list_and_conversation(desk: Desk) -> None:
    pictures = ("https://shop.example/order%201.png", "https://shop.example/b.png")
    await desk.store.intents.queue_message(
        NewMessage(to=CHLOE, body="", account="au", format=Format.MMS, media=pictures)
    )
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.until(lambda: desk.text().count("2 files: order 1.png") == 2, "the names")
        assert "(no text)" not in desk.text()


async def test_a_file_is_saved_under_a_safe_name(desk: Desk, tmp_path: Path) -> None:
    await receive_files(desk, CARD)
    async with desk.open(WIDE, downloads=tmp_path / "saved"):
        await desk.open_thread(CHLOE)
        await desk.command("files")
        await desk.press("s")
        await desk.shows("Saved as")
        (saved,) = (tmp_path / "saved").iterdir()
        assert saved.read_bytes() == b"BEGIN:VCARD"
        assert saved.suffix == ".vcf" and "\x1b" not in saved.name
        await desk.press("s")
        await desk.until(
            lambda: len(list(tmp_path.glob("saved/*"))) == 2, "a second copy beside it"
        )


async def test_a_folder_that_cannot_be_written_is_reported(desk: Desk, tmp_path: Path) -> None:
    await receive_files(desk, CAT)
    (tmp_path / "file").write_text("")
    async with desk.open(WIDE, downloads=tmp_path / "file"):
        await desk.open_thread(CHLOE)
        await desk.command("files")
        await desk.press("s")
        await desk.shows("Not saved:")


async def test_a_decompression_bomb_is_named_and_not_unpacked(desk: Desk) -> None:
    await receive_files(desk, BOMB)
    async with desk.open(NARROW):
        await desk.open_thread(CHLOE)
        await desk.command("files")
        await desk.shows("too large to be shown here (8000×8000); it can be saved")


async def test_without_colours_a_picture_is_not_drawn(desk: Desk) -> None:
    await receive_files(desk, CAT)
    async with desk.open(WIDE, colours=False):
        await desk.open_thread(CHLOE)
        await desk.command("files")
        await desk.shows("Pictures need colours")


async def test_a_message_without_files_says_so(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("files")
        await desk.shows("No files in this conversation")
        assert not isinstance(desk.app.screen, FilesScreen)


def test_graphics_are_used_only_where_the_terminal_can_draw_them() -> None:
    assert can_draw_graphics({"TERM": "xterm-kitty"})
    assert can_draw_graphics({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"})
    assert not can_draw_graphics({"TERM": "xterm-256color"})
    assert not can_draw_graphics(
        {"TERM": "tmux-256color", "TERM_PROGRAM": "WezTerm", "TMUX": "/tmp/x"}
    )
