"""Test keys that a slow line joins, and texts pasted without marks, through a real terminal."""

import contextlib
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import OpenStore
from tests.ui.history import CHLOE, DAWIT, EventWriter
from tests.ui.terminal import Terminal
from tests.ui.test_keyboard import equals, list_sent, read_draft, run_inbox, start_reply
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.domain.conversation import State
from tui.domain.message import Direction
from tui.domain.status import Status
from tui.store.messages import NEWEST
from tui.store.store import Store

GRACE = 30


@contextlib.contextmanager
def run_replying(path: Path, text: bytes = b"") -> Iterator[Terminal]:
    """Run the app with a grace period, and begin a reply to Chloe."""
    with run_inbox(path, grace_seconds=GRACE) as desk:
        start_reply(desk, text)
        yield desk


async def list_unsent(store: Store) -> list[Status | None]:
    """Return the statuses of the texts to Chloe that were not cancelled."""
    chloe = await EventWriter(store, ManualClock(), "reader").conversation(CHLOE)
    messages = await store.messages.list_before(chloe.id, NEWEST, 100)
    return [m.status for m in messages if m.direction is Direction.OUT and m.body == "see you"]


def type_apart(desk: Terminal, *keys: bytes, seconds: float = 0.0) -> None:
    """Type keys with a delay between them; without one they are one packet."""
    if not seconds:
        desk.type(b"".join(keys))
        return
    for key in keys:
        desk.type(key)
        time.sleep(seconds)


# Esc and a key ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.1, 0.3])
async def test_esc_z_cancels_and_types_nothing(
    tmp_path: Path, open_store: OpenStore, seconds: float
) -> None:
    path = tmp_path / "desk.db"
    with run_replying(path, b"see ") as desk:
        desk.type(b"you")
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "see you"), what="typed")
        desk.type(b"\r")
        desk.shows("Sending in")
        type_apart(desk, b"\x1b", b"z", seconds=seconds)
        desk.shows("Cancelled: not sent")
        await wait_until(lambda: equals(read_draft(store), "see you"), what="given back")
        assert await list_unsent(store) == [Status.CANCELLED]


@pytest.mark.parametrize(
    "key", [b"\x1bs", b"\x1b\x1bs", b"\x1bs\x1b", b"\x1b1\x1bs", b"\x1b:\x1bs"]
)
async def test_alt_and_a_key_is_esc_and_the_key(
    tmp_path: Path, open_store: OpenStore, key: bytes
) -> None:
    path = tmp_path / "desk.db"
    with run_replying(path, b"abc") as desk:
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "abc"), what="typed")
        desk.type(key)
        chloe = EventWriter(store, ManualClock(), "reader")
        await wait_until(lambda: _is_starred(chloe), what="the command has run")
        assert await read_draft(store) == "abc"


async def _is_starred(events: EventWriter) -> bool:
    """Return whether Chloe's conversation is starred."""
    return (await events.conversation(CHLOE)).starred


async def test_ctrl_g_takes_back_the_text_in_the_composer(
    tmp_path: Path, open_store: OpenStore
) -> None:
    path = tmp_path / "desk.db"
    with run_replying(path, b"see") as desk:
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "see"), what="typed")
        desk.type(b"\r")
        desk.shows("Ctrl+G cancels")
        desk.type(b"\x07")
        desk.shows("Cancelled: not sent")
        await wait_until(lambda: equals(read_draft(store), "see"), what="given back")
        desk.type(b"n")
        await wait_until(lambda: equals(read_draft(store), "seen"), what="still in the composer")
        desk.type(b"\x07")
        desk.sees("Nothing to take back here")


# Texts without marks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pieces",
    [
        (b"alpha\rbeta\rgamma\r",),
        (b"alpha\r\nbeta\r\ngamma\r\n",),
        (b"alpha\nbeta\ngamma\n",),
        (b"alpha\rbe", b"ta\rgamma\r"),
        (b"alpha\r", b"beta\rgam", b"ma\r"),
        tuple(bytes([byte]) for byte in b"alpha\rbeta\rgamma\r"),
        (b"alpha\rbeta\r", b"\x1b[200~gamma\x1b[201~"),
    ],
)
async def test_a_pasted_text_is_one_draft_and_is_not_sent(
    tmp_path: Path, open_store: OpenStore, pieces: tuple[bytes, ...]
) -> None:
    path = tmp_path / "desk.db"
    with run_replying(path) as desk:
        store = await open_store(path)
        type_apart(desk, *pieces, seconds=0.001 if len(pieces) > 5 else 0.05)
        wanted = "alpha\nbeta\ngamma"
        if pieces[-1].endswith(b"~"):
            wanted = "alpha\nbetagamma"
        else:
            desk.shows("Enter was not pressed")
        await wait_until(lambda: equals(read_draft(store), wanted), what=f"one draft: {pieces}")
        assert await list_sent(store) == []


async def test_esc_within_a_pasted_text_stays_visible_in_the_draft(
    tmp_path: Path, open_store: OpenStore
) -> None:
    path = tmp_path / "desk.db"
    with run_replying(path) as desk:
        store = await open_store(path)
        desk.type(b"alpha\x1beta\x1bold\rgamma\r")
        desk.shows("Enter was not pressed")
        wanted = "alpha\u241beta\u241bold\ngamma"
        await wait_until(lambda: equals(read_draft(store), wanted), what="one draft")
        assert await list_sent(store) == []


async def test_a_line_that_came_with_its_enter_waits_for_another(
    tmp_path: Path, open_store: OpenStore
) -> None:
    path = tmp_path / "desk.db"
    with run_replying(path) as desk:
        store = await open_store(path)
        desk.type(b"see you at ten\r")
        desk.shows("Enter was not pressed")
        await wait_until(lambda: equals(read_draft(store), "see you at ten"), what="a draft")
        assert await list_sent(store) == []
        time.sleep(0.6)  # a person reads before the next key
        desk.type(b"\r")
        await wait_until(lambda: equals(list_sent(store), ["see you at ten"]), what="sent")


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [
        ((b"\x15New text",), "New text"),
        ((b"\x15\x15N",), "N"),
        ((b"\x17New text",), "two New text"),
        ((b"\x01New text, ",), "New text, two words"),
        ((b"\x01\x04T",), "Two words"),
        ((b"\x7f\x7f\x17New text",), "two New text"),
        ((b"\x15New text\r",), "New text"),
        ((b"\x15one\rtwo\r",), "one\ntwo"),
        ((b" and\x15New text",), "two words and\u2415New text"),
        ((b", and these\r", b"\x15New text"), "two words, and these\n\u2415New text"),
        ((b"\x07New text",), "two words\u2407New text"),
        ((b"\x05New text",), "two words\u2405New text"),
        ((b"\x0bNew text",), "two words\nNew text"),  # here Ctrl+K opens the palette
        ((b"\x1b[200~\x15New text\x1b[201~",), "two words\u2415New text"),
        ((b"\x1b[200~ and\x1b[201~\x15New text",), "two words and\u2415New text"),
    ],
)
async def test_only_keys_at_the_beginning_of_a_packet_edit_the_text(
    tmp_path: Path, open_store: OpenStore, pieces: tuple[bytes, ...], wanted: str
) -> None:
    path = tmp_path / "desk.db"
    with run_replying(path) as desk:
        store = await open_store(path)
        type_apart(desk, b"two", b" ", b"wor", b"ds", seconds=0.05)
        await wait_until(lambda: equals(read_draft(store), "two words"), what="typed")
        type_apart(desk, *pieces, seconds=0.05)
        await wait_until(lambda: equals(read_draft(store), wanted), what=f"edited: {pieces}")
        assert await list_sent(store) == []


@pytest.mark.parametrize("keys", [b"ok\x05", b"hello\x05", b"rok\r", b"ok\r\r"])
async def test_few_joined_keys_send_at_most_once(
    tmp_path: Path, open_store: OpenStore, keys: bytes
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        if keys[:1] != b"r":
            start_reply(desk, b"")
        store = await open_store(path)
        desk.type(keys)
        is_typed = keys.startswith(b"ok")
        word = keys.strip(b"r\r\x05").decode()
        if is_typed:
            await wait_until(lambda: equals(list_sent(store), [word]), what="sent once")
        else:
            await wait_until(lambda: equals(read_draft(store), word), what="a draft")
            assert await list_sent(store) == []


def open_and_close_help(desk: Terminal) -> None:
    """Wait until the inbox reads its keys: more of those that it finds waiting are commands."""
    desk.type(b"?")
    desk.sees("type to filter")
    desk.type(b"\x1b")
    desk.until(lambda: not any("type to filter" in line for line in desk.picture), "help closed")


@pytest.mark.parametrize(
    "text",
    [
        b"The parcel is ready\r",
        b"see you\re\re\r",
        b"answer",
        b"a\tb\tc\td",
        b"\rEeeAaa\r",
        b"some text\x1bemore text\rA\r",
    ],
)
async def test_a_text_pasted_into_the_list_runs_no_command(
    tmp_path: Path, open_store: OpenStore, text: bytes
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        store = await open_store(path)
        before = await store.conversations.get_counts()
        open_and_close_help(desk)
        desk.type(text)
        desk.shows("Nothing was done with")
        desk.type(b"j")
        assert await store.conversations.get_counts() == before
        chloe = await EventWriter(store, ManualClock(), "reader").conversation(CHLOE)
        assert (chloe.state, chloe.starred, chloe.assignee) == (State.OPEN, False, "")


@pytest.mark.parametrize("place", [b"", b"\r", b"t", b"gs", b"g", b"gt", b"gh"])
async def test_a_paste_with_marks_outside_a_text_field_is_reported(
    tmp_path: Path, open_store: OpenStore, place: bytes
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        store = await open_store(path)
        open_and_close_help(desk)
        type_apart(desk, *(bytes([key]) for key in place), seconds=0.3)
        desk.type(b"\x1b[200~eAe\x1b[201~")
        desk.shows("Nothing was done with")
        counts = await store.conversations.get_counts()
        assert (counts.open, counts.closed) == (7, 2)


async def test_a_repeated_key_of_a_stalled_line_is_no_text(
    tmp_path: Path, open_store: OpenStore
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path) as desk:
        desk.type(b"jjjjjjjjjjkkkkkkkkkkkkkk")
        desk.type(b"rY")
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "Y"), what="back at the first row")


async def test_five_kilobytes_are_one_paste(tmp_path: Path, open_store: OpenStore) -> None:
    path = tmp_path / "desk.db"
    text = "\n".join(itertools.repeat("0123456789 abcdefgh", 250))
    with run_replying(path) as desk:
        store = await open_store(path)
        began = time.monotonic()
        desk.type(text.replace("\n", "\r").encode())
        await wait_until(lambda: equals(read_draft(store), text), what="all of it")
        assert time.monotonic() - began < 10
        assert await list_sent(store) == []


# Before the first picture -------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [0.0, 0.2, 0.5, 0.8])
async def test_keys_typed_before_the_first_picture_act_as_typed(
    tmp_path: Path, open_store: OpenStore, delay: float
) -> None:
    path = tmp_path / "desk.db"
    with run_inbox(path):
        pass
    with run_inbox_at_once(path) as desk:
        time.sleep(delay)
        # Keys that wait until the app reads them arrive at once, the others as they are typed.
        type_apart(desk, *(bytes([key]) for key in b"jkrhello"), seconds=0.03 if delay else 0.0)
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "hello"), what="typed ahead")


@contextlib.contextmanager
def run_inbox_at_once(path: Path) -> Iterator[Terminal]:
    """Run the app, and do not wait for a picture."""
    from tests.ui.terminal import open_terminal

    arguments = ("-m", "tests.ui.inbox_process", str(path))
    with open_terminal(arguments, (80, 24), path.parent) as opened:
        yield opened


# After a merge ------------------------------------------------------------------------------------


async def test_two_enters_at_once_do_not_send_to_the_customer_of_a_merge(
    tmp_path: Path, open_store: OpenStore
) -> None:
    path = tmp_path / "desk.db"
    with run_replying(path, b"see ") as desk:
        desk.type(b"you")
        store = await open_store(path)
        await wait_until(lambda: equals(read_draft(store), "see you"), what="typed")
        events = EventWriter(store, ManualClock(), "reader")
        chloe, dawit = await events.conversation(CHLOE), await events.conversation(DAWIT)
        await store.merges.merge_conversations(dawit.id, chloe.id, "bo")
        desk.sees("part of the one with Dawit Bekele now")
        desk.type(b"\r\r")
        desk.sees("Enter again sends to +61 491 570 15")
        assert await list_unsent(store) == []
        time.sleep(0.3)
        desk.type(b"\r")
        desk.sees("Sending in")
