"""`smsdesk demo` shows a desk in the middle of its day, alive, and leaves nothing behind."""

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

from tests.cli.conftest import ROOT, Desk, one_line
from tests.conftest import OpenStore
from tests.store.truth import assert_true_to_the_rows
from tests.waiting import wait_until
from tui.clock import DAY, ManualClock, SystemClock
from tui.demo.accounts import ACCOUNTS, AGENT
from tui.demo.history import CUSTOMERS, write_history
from tui.demo.world import run_demo_world
from tui.domain.conversation import Conversation, State, View
from tui.domain.message import NewMessage
from tui.domain.status import Status
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store

FIRST_CUSTOMERS = {customer.provider: customer for customer in reversed(CUSTOMERS)}


async def everybody(store: Store) -> dict[str, Conversation]:
    """All conversations by name, or by number where there is none."""
    found = [
        await store.conversations.list_after(View(state=state), FIRST_POSITION, 100)
        for state in State
    ]
    return {conversation.title: conversation for page in found for conversation in page}


async def test_the_past_is_a_believable_day(
    tmp_path: Path, clock: ManualClock, open_store: OpenStore
) -> None:
    await write_history(tmp_path / "inbox.db", clock.now(), random.Random(1))
    store = await open_store()
    people = await everybody(store)
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
    await assert_true_to_the_rows(store)


async def test_customers_write_by_themselves_within_seconds(
    tmp_path: Path, open_store: OpenStore
) -> None:
    clock = SystemClock()
    store = await open_store(clock=clock)
    async with run_demo_world(store, clock, random.Random(1)):
        await wait_until(lambda: everybody_who_wrote(store), timeout=60)


async def everybody_who_wrote(store: Store) -> list[Conversation]:
    """Conversations in which somebody waits."""
    return [one for one in (await everybody(store)).values() if one.waiting_since]


async def test_every_account_delivers_and_brings_the_answer(open_store: OpenStore) -> None:
    clock = SystemClock()
    store = await open_store(clock=clock)
    async with run_demo_world(store, clock, random.Random(1)):
        queued = {}
        for account in ACCOUNTS:
            to = FIRST_CUSTOMERS[account.provider].number
            new = NewMessage(to, "Hello", account.name, account.own_number, AGENT)
            queued[account.name] = (await store.intents.queue_message(new)).id

        async def all_delivered() -> bool:
            """Whether each badge says so."""
            found = [await store.messages.get(identity) for identity in queued.values()]
            return all(one is not None and one.status is Status.DELIVERED for one in found)

        async def all_answered() -> bool:
            """Whether somebody waits at every account."""
            return {one.account for one in await everybody_who_wrote(store)} == set(queued)

        await wait_until(all_delivered, timeout=60)
        await wait_until(all_answered, timeout=60)


def counted(path: Path) -> tuple[int, int]:
    """Conversations and messages in a file."""
    with closing(sqlite3.connect(path)) as connection:
        threads = connection.execute("select count(*) from conversations").fetchone()[0]
        messages = connection.execute("select count(*) from messages").fetchone()[0]
    return int(threads), int(messages)


def test_a_kept_demo_can_be_filled_and_is_not_furnished_twice(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    ran = bare.run("demo", "--keep", str(path), "--no-open")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert str(path) in ran.stdout
    threads, messages = counted(path)
    assert threads == len(CUSTOMERS)
    line = ["demo", "--keep", str(path), "--no-open", "--threads", "30", "--messages", "200"]
    ran = bare.run(*line)
    assert ran.returncode == 0
    assert "100%  200 messages" in ran.stderr
    assert counted(path) == (threads + 30, messages + 200)


def test_filling_for_nothing_is_bad_use(bare: Desk) -> None:
    ran = bare.run("demo", "--no-open", "--threads", "10")
    assert ran.returncode == 2
    assert "--keep" in one_line(ran)


def test_a_file_of_something_else_is_left_alone(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear all, " * 100)
    ran = bare.run("demo", "--keep", str(path), "--no-open")
    assert ran.returncode == 2
    assert "is not a database" in one_line(ran)
    assert path.read_text().startswith("Dear all")


def test_without_a_terminal_it_says_so_and_leaves_nothing(bare: Desk, tmp_path: Path) -> None:
    room = tmp_path / "tmp"
    room.mkdir()
    ran = bare.run("demo", TMPDIR=str(room))
    assert ran.returncode == 2
    assert "no terminal" in one_line(ran)
    assert list(room.iterdir()) == []


@pytest.mark.parametrize(
    "leave",
    [
        lambda process, terminal: os.write(terminal, b"q"),
        lambda process, terminal: process.send_signal(signal.SIGTERM),
        lambda process, terminal: process.send_signal(signal.SIGHUP),
    ],
    ids=["key", "stop", "hang-up"],
)
def test_on_a_terminal_it_opens_and_is_gone_when_left(
    bare: Desk, tmp_path: Path, leave: Callable[[subprocess.Popen[bytes], int], object]
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
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
            os.close(ours)
    assert b"Traceback" not in seen
    assert list(room.iterdir()) == []


def read_until(terminal: int, word: bytes | None) -> bytes:
    """What comes on a terminal until `word` has come, or until its other end is closed."""
    seen, end = b"", time.monotonic() + 60
    while word is None or word not in seen:
        assert time.monotonic() < end, f"{word!r} did not come: {seen[-500:]!r}"
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
    return seen
