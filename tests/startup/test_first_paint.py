"""Test the first picture: it shows who waits, is harmless and never fails."""

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from tui.clock import MINUTE, ManualClock
from tui.domain.events import Reply
from tui.domain.message import Format, NewMessage
from tui.startup.first_paint import COLOURS, render_rows
from tui.store import migrations
from tui.store.glimpse import ConversationPreview, is_outdated, read_top_conversations
from tui.store.store import Store
from tui.widgets.themes import THEMES

NOW = 1_772_611_200_000
WIDE, SMALL = os.terminal_size((160, 48)), os.terminal_size((80, 24))


def make_preview(
    title: str = "Ana Kowalska", preview: str = "Where is my order?"
) -> ConversationPreview:
    """Return the preview of a customer who has waited for twelve minutes."""
    return ConversationPreview(title, preview, ours=False, unread=True, since=NOW - 12 * MINUTE)


@pytest.mark.parametrize("size", [WIDE, SMALL])
def test_a_waiting_customer_is_shown_with_time_and_text(size: os.terminal_size) -> None:
    shown = render_rows([make_preview()], "dark", size, NOW)
    assert "Ana Kowalska" in shown
    assert "12m" in shown
    assert "Where is my order?" in shown


def test_texts_of_customers_cannot_drive_the_terminal() -> None:
    evil = "\x1b]52;c;aGk=\x07\x9b2J\r\n\x00[@click=x]"
    harmless = render_rows([make_preview()], "terminal", WIDE, NOW).count("\x1b")
    shown = render_rows([make_preview(evil, evil)], "terminal", WIDE, NOW)
    assert shown.count("\x1b") == harmless
    assert not {"\x9b", "\x07", "\r", "\n", "\x00"} & set(shown)


def test_an_ascii_terminal_gets_only_ascii() -> None:
    long = make_preview(preview="Where is my order? " * 20)
    assert "●" in render_rows([long], "dark", SMALL, NOW)
    assert render_rows([long], "dark", SMALL, NOW, ascii=True).isascii()


def test_no_more_rows_are_painted_than_the_list_has_lines() -> None:
    shown = render_rows([make_preview(f"Customer {n:02d}") for n in range(30)], "dark", SMALL, NOW)
    assert "Customer 09" in shown
    assert "Customer 10" not in shown


def test_its_colours_are_those_of_the_themes() -> None:
    themes = {f"smsdesk-{name}": colours for name, colours in COLOURS.items()}
    known = {t.name: (t.foreground, t.background) for t in THEMES if t.name in themes}
    assert known == themes


async def test_the_top_of_the_list_is_read_while_the_store_is_open_and_after(
    store: Store, clock: ManualClock
) -> None:
    received = Reply("r1", "+61491570156", "Is anybody there?", clock.now() - MINUTE, "{}")
    await store.ingest.store_events("au", [received])
    (while_open,) = read_top_conversations(store.path, 5)
    assert while_open.preview == "Is anybody there?"
    assert while_open.unread
    assert not while_open.ours
    await store.database.close()
    assert read_top_conversations(store.path, 5) == [while_open]
    assert [file.name for file in store.path.parent.iterdir()] == [store.path.name]


async def test_a_ping_is_not_shown_as_our_text(store: Store) -> None:
    ping = NewMessage("+61491570156", "Is this phone on?", "au", format=Format.PING)
    await store.intents.queue_message(ping)
    (shown,) = read_top_conversations(store.path, 5)
    assert (shown.preview, shown.ours) == ("Ping: is the phone on?", False)


@pytest.mark.parametrize("content", [None, b"", b"not a database at all" * 100])
def test_a_file_that_is_not_an_inbox_shows_nothing(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    if content is not None:
        path.write_bytes(content)
    assert read_top_conversations(path, 5) == []
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_file_of_an_earlier_version_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    assert not is_outdated(path)
    for version, outdated in ((12, True), (None, False)):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            migrations.apply_migrations(connection, upto=version)
        assert is_outdated(path) is outdated
    path.write_bytes(b"no database")
    assert not is_outdated(path)
