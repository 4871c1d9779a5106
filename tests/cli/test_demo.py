"""Test `smsdesk demo`: it shows a lively inbox and leaves no files behind."""

import os
import pty
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Desk, read_error_line
from tests.conftest import OpenStore
from tests.slow_cases import slow_case
from tests.store.consistency import check_counters_and_summaries
from tests.ui.desk import read_screen
from tests.ui.terminal import Terminal, list_changed_modes, open_terminal
from tests.waiting import wait_until
from tui.app import SmsDeskApp
from tui.clock import DAY, ManualClock, SystemClock
from tui.commands import get_first_keys, get_line_keys
from tui.demo.accounts import ACCOUNTS, AGENT, format_banner, make_demo_settings
from tui.demo.sample_history import CUSTOMERS, TEMPLATES, write_history
from tui.demo.world import run_demo_world
from tui.domain.conversation import Conversation, State, View
from tui.domain.message import NewMessage
from tui.domain.status import Status
from tui.startup.wiring import create_context
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store

FIRST_CUSTOMERS = {customer.provider: customer for customer in reversed(CUSTOMERS)}


async def read_conversations_by_name(store: Store) -> dict[str, Conversation]:
    """Return all conversations by name, or by number if they have none."""
    found = [
        await store.conversations.list_after(View(state=state), FIRST_POSITION, 100)
        for state in State
    ]
    return {conversation.title: conversation for page in found for conversation in page}


async def test_the_demo_history_is_a_plausible_day(
    tmp_path: Path, clock: ManualClock, open_store: OpenStore
) -> None:
    await write_history(tmp_path / "inbox.db", clock.now(), random.Random(1))
    store = await open_store()
    people = await read_conversations_by_name(store)
    assert set(people) == {customer.name for customer in CUSTOMERS}
    assert {one.account for one in people.values()} == {account.name for account in ACCOUNTS}
    assert {one.state for one in people.values()} == set(State)
    assert all(clock.now() - 4 * DAY < one.last_at <= clock.now() for one in people.values())
    assert people["Aisha Rahman"].unread == 1
    assert people["Aisha Rahman"].waiting_since == clock.now() - 88 * 60_000
    assert people["Giorgos Pappas"].starred
    assert people["Giorgos Pappas"].labels == ("refund",)
    assert people["Marco Rossi"].opted_out
    (trouble,) = await store.messages.list_failed(people["Hannah Reed"].id)
    assert (trouble.status, trouble.reason) == (Status.FAILED, "The phone cannot be reached")
    assert (await store.drafts.list_drafts(AGENT))[0].body.startswith("Dziękujemy")
    assert await store.templates.list_by_name()
    await check_counters_and_summaries(store)


async def test_customers_write_by_themselves_within_seconds(
    tmp_path: Path, open_store: OpenStore
) -> None:
    clock = SystemClock()
    store = await open_store(clock=clock)
    async with run_demo_world(store, clock, random.Random(1)):
        await wait_until(lambda: list_waiting(store), timeout=60)


async def list_waiting(store: Store) -> list[Conversation]:
    """Return the conversations in which a customer waits."""
    return [one for one in (await read_conversations_by_name(store)).values() if one.waiting_since]


async def test_every_account_delivers_and_brings_a_reply(open_store: OpenStore) -> None:
    clock = SystemClock()
    store = await open_store(clock=clock)
    async with run_demo_world(store, clock, random.Random(1)):
        queued = {}
        for account in ACCOUNTS:
            to = FIRST_CUSTOMERS[account.provider].number
            new = NewMessage(to, "Hello", account.name, account.own_number, AGENT)
            queued[account.name] = (await store.intents.queue_message(new)).id

        async def all_delivered() -> bool:
            """Return whether every message is delivered."""
            found = [await store.messages.get(identity) for identity in queued.values()]
            return all(one is not None and one.status is Status.DELIVERED for one in found)

        async def all_answered() -> bool:
            """Return whether a customer waits at every account."""
            return {one.account for one in await list_waiting(store)} == set(queued)

        await wait_until(all_delivered, timeout=60)
        await wait_until(all_answered, timeout=60)


def count_rows(path: Path) -> tuple[int, int]:
    """Return the numbers of conversations and messages in a file."""
    with closing(sqlite3.connect(path)) as connection:
        threads = connection.execute("select count(*) from conversations").fetchone()[0]
        messages = connection.execute("select count(*) from messages").fetchone()[0]
    return int(threads), int(messages)


def test_a_kept_demo_can_be_filled_and_is_filled_only_once(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    ran = bare.run("demo", "--keep", str(path), "--no-open")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert str(path) in ran.stdout
    threads, messages = count_rows(path)
    assert threads == len(CUSTOMERS)
    line = ["demo", "--keep", str(path), "--no-open", "--threads", "30", "--messages", "200"]
    ran = bare.run(*line)
    assert ran.returncode == 0
    assert "100%  200 messages" in ran.stderr
    assert count_rows(path) == (threads + 30, messages + 200)


def test_filling_without_keeping_is_a_usage_error(bare: Desk) -> None:
    ran = bare.run("demo", "--no-open", "--threads", "10")
    assert ran.returncode == 2
    assert "--keep" in read_error_line(ran)


def test_a_file_that_is_no_inbox_is_left_unchanged(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear all, " * 100)
    ran = bare.run("demo", "--keep", str(path), "--no-open")
    assert ran.returncode == 2
    assert "is not a database" in read_error_line(ran)
    assert path.read_text().startswith("Dear all")


def test_no_demo_customer_writes_into_the_inbox_of_real_ones(desk: Desk) -> None:
    assert desk.run("send", "--to", "+61491570156", "--text", "Ready").returncode == 0
    before = count_rows(desk.database)
    ran = desk.run("demo", "--keep", str(desk.database), "--no-open", "--threads", "10")
    assert ran.returncode == 2
    assert "is not a demo inbox" in read_error_line(ran)
    assert count_rows(desk.database) == before


def test_without_a_terminal_it_fails_and_leaves_no_file(bare: Desk, tmp_path: Path) -> None:
    room = tmp_path / "tmp"
    room.mkdir()
    ran = bare.run("demo", TMPDIR=str(room))
    assert ran.returncode == 2
    assert "no terminal" in read_error_line(ran)
    assert list(room.iterdir()) == []


@pytest.mark.parametrize(
    ("leave", "code"),
    [
        (lambda process, terminal: os.write(terminal, b"q"), 0),
        (lambda process, terminal: process.send_signal(signal.SIGTERM), 143),
        (lambda process, terminal: process.send_signal(signal.SIGHUP), 129),
    ],
    ids=["key", "stop", "hang-up"],
)
def test_on_a_terminal_it_opens_and_is_removed_on_exit(
    bare: Desk, tmp_path: Path, leave: Callable[[subprocess.Popen[bytes], int], object], code: int
) -> None:
    room = tmp_path / "tmp"
    room.mkdir()
    ours, theirs = pty.openpty()
    environ = {**bare.environ, "TMPDIR": str(room), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "tui", "demo"]
    with subprocess.Popen(
        command, env=environ, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        try:
            seen = read_until(ours, b"Aisha")
            leave(process, ours)
            seen += read_until(ours, None)
            assert process.wait(timeout=60) == code
        finally:
            process.kill()
            os.close(ours)
    assert b"Traceback" not in seen
    assert list(room.iterdir()) == []
    on_normal_screen = seen.rpartition(b"\x1b[?1049l")[2]
    assert b"are gone" in on_normal_screen and b"smsdesk demo --keep FILE" in on_normal_screen


DEMO_STARTS: dict[str, Callable[[Terminal, Path], bool]] = {
    "folder": lambda demo, room: any(room.iterdir()),
    "database": lambda demo, room: any(room.glob("*/inbox.db")),
    "screen": lambda demo, room: "\x1b[?1049h" in demo.output,
    "list": lambda demo, room: "Aisha" in demo.output,
}
"""Moments of the demo's start, in their order, once a signal ends it in order."""


@pytest.mark.parametrize("moment", DEMO_STARTS)
@pytest.mark.parametrize("number", [signal.SIGINT, slow_case(signal.SIGTERM), signal.SIGHUP])
def test_a_signal_during_the_start_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals, moment: str
) -> None:
    room = tmp_path / "tmp"
    room.mkdir()
    command = ["-m", "tui", "demo"]
    with open_terminal(command, (100, 30), tmp_path, {"TMPDIR": str(room)}) as demo:
        demo.until(lambda: DEMO_STARTS[moment](demo, room), moment)
        demo.process.send_signal(number)
        assert demo.wait() == 128 + number, demo.tail()
        assert demo.attributes == demo.first_attributes
    assert list_changed_modes(demo.output) == set()
    assert not any(word in demo.output for word in ("Traceback", "Exception", "Warning"))
    assert list(room.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_modules_are_imported_is_quiet(
    tmp_path: Path, number: signal.Signals
) -> None:
    with open_terminal(["-c", IMPORTING], (100, 30), tmp_path) as demo:
        demo.shows("importing")
        demo.process.send_signal(number)
        # A shell shows the same 128 + number for a process that its signal has ended.
        assert demo.wait() in (-number, 128 + number), demo.tail()
    assert "Traceback" not in demo.output


IMPORTING = """
import sys, time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "tui.cli.demo":
            print("importing", flush=True)
            time.sleep(60)
sys.meta_path.insert(0, Slow())
from tui.cli import main
sys.exit(main(["demo"]))
"""
"""Program whose command takes a minute to be imported."""


def test_a_kept_demo_says_where_it_is_and_how_to_go_on(bare: Desk, tmp_path: Path) -> None:
    kept = tmp_path / "my demo.db"
    ran = bare.run("demo", "--plain", "--keep", str(kept), input="q\n")
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[-1].endswith(f"go on with: smsdesk demo --keep '{kept}'")
    assert kept.exists()


def read_until(terminal: int, word: bytes | None) -> bytes:
    """Return the terminal output until `word` has come or the other end is closed."""
    seen, end = b"", time.monotonic() + 60
    while word is None or word not in seen:
        assert time.monotonic() < end, f"{word!r} did not come: {seen[-500:]!r}"
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # Linux raises this when the other end is closed
                break
    return seen


@pytest.mark.parametrize("size", [(80, 24), (130, 40)])
async def test_the_demo_says_that_it_is_one_and_what_to_try(
    open_store: OpenStore, tmp_path: Path, size: tuple[int, int]
) -> None:
    store = await open_store()
    context = create_context(make_demo_settings(tmp_path / "demo.db", None), SystemClock(), {})
    context.banner = format_banner(get_first_keys(context.commands))
    app = SmsDeskApp(store, context)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        shown = read_screen(app)[1]
    assert shown.strip() == context.banner
    assert "DEMO" in shown and all(f" {key} " in shown for key in "rt:")


def test_the_banner_has_the_words_of_line_mode() -> None:
    banner = format_banner(get_line_keys(), plain=True)
    assert banner == "DEMO: nothing is sent · try n next, r reply, ? help"


def test_the_canned_replies_of_the_demo_greet_by_first_name() -> None:
    assert any("{first_name}" in reply.body for reply in TEMPLATES)
    assert not any("{name}" in reply.body for reply in TEMPLATES)
