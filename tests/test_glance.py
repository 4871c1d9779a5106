"""The first picture shows who waits, is harmless, and never stands in the way."""

import os
from pathlib import Path

import pytest

from tui.clock import MINUTE, ManualClock
from tui.domain.events import Reply
from tui.domain.message import Format, NewMessage
from tui.startup.first_paint import COLOURS, render_rows
from tui.store.glimpse import ConversationPreview, read_top_conversations
from tui.store.store import Store
from tui.widgets.themes import THEMES

NOW = 1_772_611_200_000
WIDE, SMALL = os.terminal_size((160, 48)), os.terminal_size((80, 24))


def row(title: str = "Ana Kowalska", preview: str = "Where is my order?") -> ConversationPreview:
    """A customer who has waited for twelve minutes."""
    return ConversationPreview(title, preview, ours=False, unread=True, since=NOW - 12 * MINUTE)


@pytest.mark.parametrize("size", [WIDE, SMALL])
def test_who_waits_is_shown_with_the_time_and_the_text(size: os.terminal_size) -> None:
    shown = render_rows([row()], "dark", size, NOW)
    assert "Ana Kowalska" in shown
    assert "12m" in shown
    assert "Where is my order?" in shown


def test_what_customers_send_cannot_drive_the_terminal() -> None:
    evil = "\x1b]52;c;aGk=\x07\x9b2J\r\n\x00[@click=x]"
    harmless = render_rows([row()], "terminal", WIDE, NOW).count("\x1b")
    shown = render_rows([row(evil, evil)], "terminal", WIDE, NOW)
    assert shown.count("\x1b") == harmless
    assert not {"\x9b", "\x07", "\r", "\n", "\x00"} & set(shown)


def test_a_poor_terminal_gets_nothing_but_ascii() -> None:
    long = row(preview="Where is my order? " * 20)
    assert "●" in render_rows([long], "dark", SMALL, NOW)
    assert render_rows([long], "dark", SMALL, NOW, ascii=True).isascii()


def test_no_more_rows_are_painted_than_the_list_has_lines() -> None:
    shown = render_rows([row(f"Customer {n:02d}") for n in range(30)], "dark", SMALL, NOW)
    assert "Customer 09" in shown
    assert "Customer 10" not in shown


def test_its_colours_are_the_themes_own() -> None:
    themes = {f"smsdesk-{name}": colours for name, colours in COLOURS.items()}
    known = {t.name: (t.foreground, t.background) for t in THEMES if t.name in themes}
    assert known == themes


async def test_the_top_of_the_list_is_read_while_the_store_is_open_and_after(
    store: Store, clock: ManualClock
) -> None:
    said = Reply("r1", "+61491570156", "Is anybody there?", clock.now() - MINUTE, "{}")
    await store.ingest.store_events("au", [said])
    (while_open,) = read_top_conversations(store.path, 5)
    assert while_open.preview == "Is anybody there?"
    assert while_open.unread
    assert not while_open.ours
    await store.database.close()
    assert read_top_conversations(store.path, 5) == [while_open]
    assert [file.name for file in store.path.parent.iterdir()] == [store.path.name]


async def test_a_ping_is_no_text_of_ours(store: Store) -> None:
    ping = NewMessage("+61491570156", "Is this phone on?", "au", format=Format.PING)
    await store.intents.queue_message(ping)
    (shown,) = read_top_conversations(store.path, 5)
    assert (shown.preview, shown.ours) == ("Ping: is the phone on?", False)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_a_file_that_is_no_inbox_shows_nothing(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    if content is not None:
        path.write_bytes(content)
    assert read_top_conversations(path, 5) == []
    assert (path.read_bytes() if path.exists() else None) == content
