"""Test the first picture: it is the list as the app shows it, is harmless and never fails."""

import asyncio
import contextlib
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest
from rich.console import Console

from tests.startup.list_styles import render_file
from tests.store.builders import get_path
from tests.ui.history import AGENT, BOB, CHLOE, HUGO, EventWriter
from tests.ui.terminal import Terminal, draw_screen, open_terminal
from tui.clock import MINUTE, ManualClock
from tui.domain.conversation import ListGlimpse
from tui.domain.events import Reply
from tui.domain.message import Format, NewMessage
from tui.settings.public import Preferences
from tui.startup.first_paint import STYLES_FILE, find_colour_depth, render_list
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection
from tui.store.sqlite.glimpse import is_outdated, read_open_list
from tui.store.store import Store
from tui.widgets.themes import THEMES as ALL_THEMES
from tui.widgets.themes import to_theme_setting

NOW = 1_772_611_200_000
WIDE, SMALL = (160, 40), (80, 24)
ACCOUNT = "SMSDESK_ACCOUNTS__AU__"
TRUECOLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
CUSTOMERS = {
    "+61491570801": ("", "no name, an Australian number"),
    "+48512345678": ("", "no name, a Polish number " * 10),
    "+37251234567": ("Jõgi, Õie-Liis", "žluťoučký kůň “quoted” – dashed…"),
    "+61491570802": ("山田 太郎", "明日の予約を変更できますか。よろしくお願いします。" * 4),
    "+61491570803": ("🎉 Family", "👍🎉 thanks"),
    "+61491570804": ("A very long name that does not fit into the list " * 2, "x" * 300),
    "+61491570805": ("שלום עולם", "مرحبا"),
    "+61491570806": ("Empty", ""),
    "19915": ("", "a short code"),
    "MyBank": ("", "a name"),
}


@pytest.fixture(scope="module")
def busy(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an inbox whose rows show everything that a row can show, and which has no alarms."""
    path = tmp_path_factory.mktemp("busy") / "inbox.db"
    shutil.copy(history, path)

    async def write() -> None:
        clock = ManualClock()
        EventWriter(None, clock, "").move_clock_to(14, 2)  # type: ignore[arg-type]
        async with Store(path, clock=clock, rng=random.Random(3), owner="busy") as store:
            events = EventWriter(store, clock, "busy")
            for number, (name, text) in CUSTOMERS.items():
                clock.advance(600)
                row = await events.receive_texts(number, text)
                if name:
                    await store.contacts.rename_contact(row.id, name, "", AGENT)
            chloe = await events.conversation(CHLOE)
            await store.drafts.save_draft(chloe.id, AGENT, "half", began_at=clock.now())
            await store.triage.set_label([chloe.id], AGENT, "billing", True)
            await store.triage.set_label([chloe.id], AGENT, "a label that is long", True)
            hugo = await events.conversation(HUGO)
            await store.messages.add_note(hugo.id, AGENT, "a note of ours")
            ping = NewMessage(BOB, "Is this phone on?", "au", format=Format.PING)
            await store.intents.queue_message(ping)
            automatic = NewMessage("+61491570803", "We are closed", "au", rule="night")
            await store.intents.queue_message(automatic)

    asyncio.run(write())
    with (
        contextlib.closing(sqlite3.connect(path, factory=FileConnection)) as connection,
        connection,
    ):
        # What is shown below the list appears after the first frame of the app.
        connection.execute("update messages set handled = 1")
        # The day of the history is long over: who is snoozed until then would wake at the start,
        # and what is queued would be tried.
        connection.execute("update conversations set snoozed_until = snoozed_until * 2")
        connection.execute("update messages set hold_until = at * 2 where status = 'queued'")
        connection.execute("pragma journal_mode = delete")
    return path


def list_cells(screen: pyte.Screen, columns: range, lines: range) -> list[list[object]]:
    """Return the cells of a part of a screen; a blank has no foreground."""

    def look(cell: pyte.screens.Char) -> object:
        return (" ", cell.bg, cell.reverse) if cell.data == " " else cell

    return [[look(screen.buffer[line][column]) for column in columns] for line in lines]


@contextlib.contextmanager
def open_inbox(path: Path, size: tuple[int, int], home: Path, **changed: str) -> Iterator[Terminal]:
    """Run `smsdesk` on this database."""
    environ = {
        "LOGNAME": AGENT,
        "SMSDESK_DATABASE": str(path),
        f"{ACCOUNT}PROVIDER": "messagemedia",
        f"{ACCOUNT}API_KEY": "key",
        f"{ACCOUNT}API_SECRET": "secret",
        f"{ACCOUNT}BASE_URL": "http://127.0.0.1:9",
        **changed,
    }
    with open_terminal(["-m", "tui"], size, home, environ) as opened:
        yield opened


THEMES = [{"SMSDESK_THEME": to_theme_setting(theme.name)} for theme in ALL_THEMES]
TERMINALS = [
    {"NO_COLOR": "1"},
    {"NO_COLOR": ""},
    {"SMSDESK_ASCII": "true"},
    {"SMSDESK_ASCII": "true", "NO_COLOR": "1"},
    {"LANG": "C"},
    {"LC_ALL": "pl_PL.ISO-8859-2"},
    {"TERM": "linux", "COLORTERM": ""},
    {"TERM": "xterm-256color", "COLORTERM": ""},
    {"TERM": "xterm", "COLORTERM": ""},
    {"TERM": "xterm", "COLORTERM": "", "SMSDESK_THEME": "light"},
    {"TERM": "tmux-256color", "COLORTERM": "", "SMSDESK_THEME": "high-contrast"},
]


SIZES = [SMALL, WIDE, (120, 31)]
STARTS = [
    # Every theme and terminal once, in turn at each size, and the first of them at every size.
    *((size, THEMES[0]) for size in SIZES),
    *((SIZES[n % 3], changed) for n, changed in enumerate([*THEMES[1:], *TERMINALS])),
]


@pytest.mark.parametrize(("size", "changed"), STARTS, ids=str)
def test_the_app_changes_no_cell_of_the_list(
    busy: Path, tmp_path: Path, size: tuple[int, int], changed: dict[str, str]
) -> None:
    shutil.copy(busy, tmp_path / "inbox.db")
    with open_inbox(tmp_path / "inbox.db", size, tmp_path, **changed) as inbox:
        inbox.sees("? Help")
        # What was written by now can end within a frame.
        inbox.until(lambda: not find_changed_line(inbox.output, size), "no cell has changed")


def find_changed_line(output: str, size: tuple[int, int]) -> str:
    """Return a line of the list that the app has changed, "" if there is none."""
    first, second = split_first_paint(output, size)
    assert "Chloe" in first.display[2]
    width = 80 if size == SMALL else 56 if size == WIDE else 42
    for line in range(1, size[1] - 1):
        one, other = (list_cells(s, range(width), range(line, line + 1)) for s in (first, second))
        if one != other:
            return f"{first.display[line]} became {second.display[line]}"
    return ""


def split_first_paint(output: str, size: tuple[int, int]) -> tuple[pyte.Screen, pyte.Screen]:
    """Return the first picture, and what the app made of it."""
    start = "\x1b[?1049h"
    begin = output.index(start)
    end = output.index(start, begin + 1)
    return draw_screen(output[begin:end], size), draw_screen(output, size)


@pytest.mark.parametrize("size", [(20, 5), (5, 2), (1, 1), (40, 9), (103, 12)], ids=str)
def test_a_terminal_of_any_size_shows_what_fits(
    busy: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    shutil.copy(busy, tmp_path / "inbox.db")
    glimpse = read_open_list(tmp_path / "inbox.db", AGENT, size[1])
    shown = render_list(glimpse, Preferences(agent=AGENT), os.terminal_size(size), NOW, TRUECOLOR)
    screen = draw_screen(shown, size)  # raises nothing, and nothing was scrolled
    assert (screen.cursor.x, screen.cursor.y) == (0, 0)
    with open_inbox(tmp_path / "inbox.db", size, tmp_path) as inbox:
        inbox.shows("\x1b[?1004h")
        inbox.resize(SMALL)
        inbox.sees("? Help")


def test_a_new_size_during_the_first_paint_is_painted(busy: Path, tmp_path: Path) -> None:
    shutil.copy(busy, tmp_path / "inbox.db")
    with open_inbox(tmp_path / "inbox.db", SMALL, tmp_path) as inbox:
        inbox.shows("longest waiting")
        inbox.resize(WIDE)
        inbox.sees("? Help")
        inbox.until(lambda: "? Help" in inbox.picture[WIDE[1] - 1], "the new size")
        assert inbox.picture[1].startswith("╭─ Open") and inbox.picture[1][55] == "╮"


def test_a_theme_is_painted_as_its_stylesheet_says() -> None:
    written = asyncio.run(render_file())
    assert STYLES_FILE.read_text() == written, (
        f"run python -m tests.startup.list_styles > {STYLES_FILE}"
    )


@pytest.mark.parametrize("term", ["xterm", "xterm-256color", "xterm-kitty", "linux", "screen", ""])
@pytest.mark.parametrize("colorterm", ["", "truecolor", "24bit", "yes"])
def test_the_colours_are_those_of_the_library(term: str, colorterm: str) -> None:
    environ = {"TERM": term, "COLORTERM": colorterm}
    console = Console(_environ=environ, force_terminal=True)
    assert find_colour_depth(environ) == console.color_system


async def receive(store: Store, text: str, number: str = "+61491570156") -> None:
    """Store a text of a customer."""
    await store.ingest.store_events("au", [Reply(text[:9], number, text, NOW - MINUTE, "{}")])


async def test_texts_of_customers_cannot_drive_the_terminal(store: Store) -> None:
    preferences = Preferences(agent=AGENT)
    size = os.terminal_size(WIDE)
    await receive(store, "harmless")
    glimpse = read_open_list(get_path(store), AGENT, 5)
    harmless = render_list(glimpse, preferences, size, NOW, TRUECOLOR).count("\x1b")
    await receive(store, "\x1b]52;c;aGk=\x07\x9b2J\r\n\x00[@click=x]")
    glimpse = read_open_list(get_path(store), AGENT, 5)
    shown = render_list(glimpse, preferences, size, NOW, TRUECOLOR)
    assert shown.count("\x1b") == harmless
    assert not {"\x9b", "\x07", "\r", "\n", "\x00"} & set(shown)


async def test_an_automatic_answer_does_not_look_like_one_of_an_agent(store: Store) -> None:
    await receive(store, "Hello")
    size = os.terminal_size(WIDE)
    for rule, author in (("night", "Auto: "), ("", "You: ")):
        await store.intents.queue_message(
            NewMessage("+61491570156", "We are closed", "au", rule=rule)
        )
        glimpse = read_open_list(get_path(store), AGENT, 5)
        shown = render_list(glimpse, Preferences(agent=AGENT), size, NOW, TRUECOLOR)
        assert f"{author}We are closed" in shown


async def test_an_ascii_terminal_gets_only_ascii(store: Store) -> None:
    await receive(store, "Where is my order? " * 20)
    glimpse, size = read_open_list(get_path(store), AGENT, 5), os.terminal_size(SMALL)
    for preferences, environ in (
        (Preferences(agent=AGENT, ascii=True), TRUECOLOR),
        (Preferences(agent=AGENT), {**TRUECOLOR, "TERM": "linux"}),
        (Preferences(agent=AGENT), {**TRUECOLOR, "LC_ALL": "POSIX"}),
    ):
        assert render_list(glimpse, preferences, size, NOW, environ).isascii()
    assert not render_list(glimpse, Preferences(agent=AGENT), size, NOW, TRUECOLOR).isascii()


async def test_without_colours_nothing_is_coloured(store: Store) -> None:
    await receive(store, "Hello")
    glimpse, size = read_open_list(get_path(store), AGENT, 5), os.terminal_size(SMALL)
    environ = {**TRUECOLOR, "NO_COLOR": "1"}
    shown = render_list(glimpse, Preferences(agent=AGENT), size, NOW, environ)
    codes = {code for found in re.findall(r"\x1b\[([0-9;]*)m", shown) for code in found.split(";")}
    assert codes <= {"0", "1", "2", "7"}
    assert "7" in codes


async def test_the_top_of_the_list_is_read_while_the_store_is_open_and_after(store: Store) -> None:
    await receive(store, "Is anybody there?")
    while_open = read_open_list(get_path(store), AGENT, 5)
    assert [row.preview for row in while_open.rows] == ["Is anybody there?"]
    assert while_open.total == 1
    await store.database.close()
    assert read_open_list(get_path(store), AGENT, 5) == while_open
    assert [file.name for file in get_path(store).parent.iterdir()] == [get_path(store).name]


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_a_file_that_is_not_an_inbox_shows_nothing(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    if content is not None:
        path.write_bytes(content)
    assert read_open_list(path, AGENT, 5) == ListGlimpse([])
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_file_of_an_earlier_version_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    assert not is_outdated(path)
    for version, outdated in ((12, True), (None, False)):
        with contextlib.closing(
            sqlite3.connect(path, isolation_level=None, factory=FileConnection)
        ) as connection:
            migrations.apply_migrations(connection, upto=version)
        assert is_outdated(path) is outdated
    path.write_bytes(b"no database")
    assert not is_outdated(path)
