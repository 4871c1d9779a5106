"""Test that the help is about where the agent is, and works in every dialog."""

import pytest
from textual.widgets import Input, TextArea

from tests.ui.desk import BOTH_SIZES, LONG_AT_BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import BOB, CHLOE
from tests.ui.test_setup import FakeSetup
from tui.domain.message import MmsContent
from tui.screens.base import DialogScreen, to_plain_text
from tui.screens.key_help import HelpScreen, format_help, list_dialog_sections
from tui.screens.palette import Palette
from tui.screens.pictures import PicturesScreen
from tui.terminal.cell_diff import TerminalCells

Size = tuple[int, int]

DIALOGS: dict[str, tuple[str, ...]] = {
    "accounts": ("f3",),
    "search": ("g", "slash"),
    "new conversation": ("c",),
    "canned replies": ("g", "t"),
    "canned reply": ("g", "t", "a"),
    "own fields": ("g", "t", "v"),
    "own field": ("g", "t", "v", "a"),
    "import replies": ("g", "t", "i"),
    "statistics": ("f4",),
    "timeline": ("enter", "full_stop"),
    "history": ("H",),
    "held": ("g", "h"),
    "contact": ("C",),
    "import contacts": ("g", "p"),
    "snooze": ("h",),
    "assign": ("a",),
    "label": ("l",),
    "views": ("v",),
    "commands": ("colon",),
    "prefix": ("g",),
    "schedule": ("r", "y", "f5"),
    "pictures": (),
    "quit": ("r", "y", "escape", "q"),
    "opt-out": ("exclamation_mark",),
    "pipe": ("vertical_line",),
    "pick a canned reply": ("f2",),
    "set-up": ("g", "n"),
    "merge": ("ampersand",),
    "save a view": ("V",),
    "agents and teams": ("g", "w"),
    "new team": ("g", "w", "t"),
    "rules": ("g", "r"),
    "rule": ("g", "r", "a"),
    "people": ("g", "b"),
    "texts to many": ("g", "x"),
    "write to many": ("x", "j", "x", "r"),
}
"""Every dialog that keys open from the list, with those keys."""


async def open_dialog(desk: Desk, dialog: str) -> DialogScreen[object]:
    """Open a dialog over the conversation with Chloe, or Bob, whose message has a timeline."""
    await desk.move_to(BOB if dialog == "timeline" else CHLOE)
    if dialog == "pictures":  # no account of the history sends pictures
        await desk.app.push_screen(PicturesScreen(MmsContent(())))
    await desk.press(*DIALOGS[dialog])
    await desk.until(lambda: len(desk.app.screen_stack) > 1, f"{dialog} is open")
    await desk.work_done()
    screen = desk.app.screen
    assert isinstance(screen, DialogScreen)
    return screen


async def close_dialogs(desk: Desk) -> None:
    """Go back to the list."""
    while len(desk.app.screen_stack) > 1:
        await desk.press("escape")
    await desk.press("escape", "escape")
    await desk.until(lambda: desk.app.focused is desk.inbox.threads, "the list")


@LONG_AT_BOTH_SIZES
async def test_f1_shows_the_keys_of_a_dialog_and_leads_back(desk: Desk, size: Size) -> None:
    async with desk.open(size, account_setup=FakeSetup().account_setup):
        for dialog in DIALOGS:
            screen = await open_dialog(desk, dialog)
            focused = screen.focused
            keys = screen.describe_keys()
            assert keys and all(key and text for key, text in keys), dialog
            await desk.press("f1")
            await desk.shows("Keys · ", "This dialog", *list_dialog_sections(screen)[0].lines[0])
            await desk.press("escape")
            assert desk.app.screen is screen and screen.focused is focused, dialog
            await close_dialogs(desk)


async def test_a_question_mark_is_help_unless_it_is_typed(desk: Desk) -> None:
    async with desk.open(WIDE, account_setup=FakeSetup().account_setup):
        for dialog in DIALOGS:
            screen = await open_dialog(desk, dialog)
            field = screen.focused if isinstance(screen.focused, Input | TextArea) else None
            await desk.press("question_mark")
            if field is None:
                assert isinstance(desk.app.screen, HelpScreen), dialog
                await desk.press("question_mark")
                assert desk.app.screen is screen, dialog
            else:
                assert desk.app.screen is screen, dialog
                assert "?" in (field.value if isinstance(field, Input) else field.text), dialog
            await close_dialogs(desk)


@LONG_AT_BOTH_SIZES
async def test_no_key_hint_of_a_dialog_is_cut(desk: Desk, size: Size) -> None:
    async with desk.open(size, account_setup=FakeSetup().account_setup):
        for dialog in DIALOGS:
            screen = await open_dialog(desk, dialog)
            for box in screen.query(".dialog"):
                for text in (box.border_title, box.border_subtitle):
                    await desk.shows(to_plain_text(text))
            await close_dialogs(desk)


@presses("help")
async def test_help_in_the_list_begins_with_the_list(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.move_to(CHLOE)
        await desk.press("question_mark")
        await desk.shows("Keys · in the list", "Next conversation")
        await desk.press("escape")
        row = desk.inbox.threads.current_row
        assert row is not None and row.party == CHLOE and desk.app.focused is desk.inbox.threads


@BOTH_SIZES
async def test_help_in_a_conversation_begins_with_it(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.press("question_mark")
        await desk.shows("Keys · in a conversation", "Write an answer")
        await desk.hides("Next conversation") if size == NARROW else None
        await desk.press("f1")
        assert desk.inbox.is_reading


@BOTH_SIZES
@pytest.mark.parametrize(
    ("key", "place"), [("r", "writing a message"), ("p", "writing a private note")]
)
async def test_help_while_writing_leads_back_to_the_cursor(
    desk: Desk, size: Size, key: str, place: str
) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.press(key)
        await desk.type("Is it?")
        await desk.press("left", "left", "f1")
        await desk.shows(f"Keys · {place}", "Send the message")
        await desk.press("escape")
        await desk.type("X")
        assert desk.typed == "Is iXt?"


@BOTH_SIZES
async def test_help_in_triage_and_in_the_filter(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("t", "question_mark")
        await desk.shows("Keys · in triage", "Leave for later")
        await desk.press("escape")
        assert desk.inbox.triage.is_on
        await desk.press("escape", "slash", "f1")
        await desk.shows("Keys · in the filter of the list", "press Esc first")
        await desk.press("escape")
        assert desk.app.focused is desk.inbox.filter


@BOTH_SIZES
async def test_the_help_is_filtered_by_what_is_typed(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("question_mark")
        await desk.type("snooze")
        await desk.shows("Snooze", "Until a time or a reply")
        await desk.hides("Next conversation")
        await desk.type(" qqq?")
        await desk.shows('Nothing contains "snooze qqq?"')
        await desk.press("ctrl+u")
        await desk.shows("Next conversation")
        await desk.type("F5")
        await desk.shows("Schedule what you have written")


@presses("palette")
async def test_the_palette_begins_with_the_commands_of_the_place(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.command("palette")
        await desk.shows("Commands · in a conversation", "Write an answer", " r  i")
        await desk.press("escape")
        await desk.command("reply")
        await desk.press("ctrl+k")
        await desk.shows("Commands · writing a message", "Send the message", "Alt+Enter  Ctrl+J")


@BOTH_SIZES
async def test_the_palette_is_never_blank(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("palette")
        await desk.type("zzqx")
        await desk.shows("No command matches: Backspace shows more")
        await desk.press("enter", "down", "up", "pagedown", "pageup", "tab")
        assert isinstance(desk.app.screen, Palette)
        await desk.press(*["backspace"] * 4)
        await desk.shows("Next conversation")
        await desk.type("longest wait")
        await desk.shows("Next waiting")


@presses("redraw")
async def test_the_screen_is_drawn_again(
    desk: Desk, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[bool] = []
    forget = TerminalCells.forget_cells

    def record(cells: TerminalCells) -> None:
        forgotten.append(True)
        forget(cells)

    async with desk.open(size):
        monkeypatch.setattr(TerminalCells, "forget_cells", record)
        await desk.command("redraw")
        await desk.until(lambda: len(forgotten) == 1, "from the list")
        await desk.press("f4", "ctrl+l")
        await desk.until(lambda: len(forgotten) == 2, "from a dialog")
        await desk.press("escape", "r", "ctrl+l")
        await desk.until(lambda: len(forgotten) == 3, "from the composer")
        await desk.press("escape", "colon")
        await desk.type("draw again")
        await desk.press("enter")
        await desk.until(lambda: len(forgotten) == 4, "from the palette")


async def test_the_help_of_a_dialog_reads_as_columns(desk: Desk) -> None:
    async with desk.open(WIDE, account_setup=FakeSetup().account_setup):
        for dialog in DIALOGS:
            sections = list_dialog_sections(await open_dialog(desk, dialog))
            shown = format_help(sections).plain.split("\n")
            begins = set()
            for line in [line for section in sections for line in section.lines]:
                assert line.title[0].isupper() and "TAB" not in line.keys, line
                (row,) = (one for one in shown if one.startswith(f"{line.keys} "))
                begins.add(row.index(f" {line.title}", len(line.keys)))
            assert len(begins) == 1, dialog
            await close_dialogs(desk)


@pytest.mark.parametrize(("dialog", "removes"), [("assign", False), ("views", True)])
async def test_the_help_names_f8_only_where_it_removes_a_line(
    desk: Desk, dialog: str, removes: bool
) -> None:
    async with desk.open(WIDE):
        screen = await open_dialog(desk, dialog)
        keys = [keys for keys, text in screen.describe_keys() if text == "Remove"]
        assert ("F8" in " ".join(keys)) is removes


@pytest.mark.parametrize(("dialog", "scrolls"), [("accounts", True), ("snooze", False)])
async def test_the_help_names_the_keys_that_scroll_a_page(
    desk: Desk, dialog: str, scrolls: bool
) -> None:
    async with desk.open(NARROW):
        await open_dialog(desk, dialog)
        await desk.press("f1")
        await desk.shows("This dialog")
        await (desk.shows if scrolls else desk.hides)("↑  ↓  PgUp  PgDn")
