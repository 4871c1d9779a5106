"""Test real keys on a real terminal: the bytes of keyboards and pastes, and killed programs."""

import contextlib
from collections.abc import Awaitable, Iterator
from pathlib import Path

from tests.conftest import OpenStore
from tests.ui.desk import NARROW, WIDE
from tests.ui.history import AGENT, CHLOE, EventWriter
from tests.ui.terminal import (
    Terminal,
    find_harmful_characters,
    list_sequence_kinds,
    open_terminal,
    strip_sequences,
)
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.domain.message import Direction
from tui.store.messages import NEWEST
from tui.store.store import Store


@contextlib.contextmanager
def run_inbox(
    database: Path, size: tuple[int, int] = NARROW, grace_seconds: int = 0
) -> Iterator[Terminal]:
    """Run the app on a terminal of its own, and wait for the first picture.

    Args:
        database: File of the inbox.
        size: Columns and lines of the terminal.
        grace_seconds: Time in which a message can be taken back.
    """
    arguments = ("-m", "tests.ui.inbox_process", str(database), str(grace_seconds))
    with open_terminal(arguments, size, database.parent) as opened:
        opened.shows("Chloe Martin")
        yield opened


async def read_draft(store: Store) -> str:
    """Return Mia's draft to Chloe, as another process reads it."""
    chloe = await EventWriter(store, ManualClock(), "reader").conversation(CHLOE)
    found = await store.drafts.get_draft(chloe.id, AGENT)
    return found.body if found else ""


async def list_sent(store: Store) -> list[str]:
    """Return the texts sent to Chloe."""
    chloe = await EventWriter(store, ManualClock(), "reader").conversation(CHLOE)
    messages = await store.messages.list_before(chloe.id, NEWEST, 100)
    return [message.body for message in messages if message.direction is Direction.OUT]


def start_reply(desk: Terminal, keys: bytes) -> None:
    """Open Chloe's conversation and type a reply."""
    desk.type(b"\r")
    desk.shows("Friday afternoon?")
    desk.type(b"r")
    desk.shows("Send")
    desk.type(keys)


async def test_a_draft_survives_kill_9_while_typing(tmp_path: Path, open_store: OpenStore) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        start_reply(desk, b"Friday at thr")
        store = await open_store(path)
        await wait_until(
            lambda: equals(read_draft(store), "Friday at thr"), what="the draft on disk"
        )
        desk.process.kill()
        desk.process.wait()
    assert await read_draft(store) == "Friday at thr"
    with run_inbox(path, WIDE) as desk:
        desk.shows("Friday at thr")


async def equals(found: Awaitable[object], wanted: object) -> bool:
    """Return whether an awaited value is the wanted one."""
    return await found == wanted


async def test_alt_enter_and_ctrl_j_break_the_line_and_enter_sends(
    tmp_path: Path, open_store: OpenStore
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        start_reply(desk, b"one\x1b\rtwo\nthree")
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "one\ntwo\nthree"), what="three lines")
        desk.type(b"\r\r")
        await wait_until(
            lambda: equals(list_sent(store), ["one\ntwo\nthree"]), what="sent as written"
        )


async def test_keys_in_one_burst_are_handled_in_order(
    tmp_path: Path, open_store: OpenStore
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        start_reply(desk, b"one")
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "one"), what="on the screen")
        desk.type(b"\rtwo")
        await wait_until(lambda: equals(read_draft(store), "two"), what="the rest is a draft")
        assert await list_sent(store) == ["one"]


def test_two_keys_of_a_chord_in_one_burst_are_one_command(tmp_path: Path) -> None:
    with run_inbox(tmp_path / "desk.db") as desk:
        desk.type(b"gi")
        desk.shows("Mine")
        desk.type(b"gogs")
        desk.shows("Snoozed 1")


async def test_a_reply_typed_in_one_burst_is_a_reply(tmp_path: Path, open_store: OpenStore) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        desk.type(b"jkrhi")
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "hi"), what="a draft")
        desk.type(b"\r")
        await wait_until(lambda: equals(list_sent(store), ["hi"]), what="sent by a key of its own")


async def test_a_filter_an_opening_and_a_reply_in_bursts(
    tmp_path: Path, open_store: OpenStore
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        desk.type(b"/chl")
        desk.shows("Keep the filter")
        desk.type(b"\r")
        desk.shows("Reply")
        desk.type(b"\rrYes")
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "Yes"), what="typed into the composer")


async def test_a_paste_is_harmless_and_never_sends(tmp_path: Path, open_store: OpenStore) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        start_reply(desk, b"\x1b[200~A\x1b]52;c;RVZJTA==\x07\rB\xe2\x80\xae\x1b[201~C")
        store = await open_store(path)
        wanted = "A\u241b]52;c;RVZJTA==\u2407\nBC"
        await wait_until(lambda: equals(read_draft(store), wanted), what="pasted as it is shown")
        desk.shows("RVZJTA")
        await wait_until(
            lambda: not find_harmful_characters(strip_sequences(desk.output)),
            what="nothing but text",
        )
        assert "osc 52" not in list_sequence_kinds(desk.output)
        assert await list_sent(store) == []


def test_an_invalid_byte_does_not_end_the_app(tmp_path: Path) -> None:
    with run_inbox(tmp_path / "desk.db") as desk:
        desk.type(b"\xff\xe9")
        desk.type(b"?")
        desk.shows("Move down the list")


def test_quitting_restores_the_terminal(tmp_path: Path) -> None:
    with run_inbox(tmp_path / "desk.db") as desk:
        desk.type(b"q")
        assert desk.wait() == 0
        assert {"csi ?1049l", "csi ?25h"} <= list_sequence_kinds(desk.output)
