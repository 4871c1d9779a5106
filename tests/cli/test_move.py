"""Test `smsdesk import INBOX --into DATABASE` as an operator uses it."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, Ran, Sandbox, read_error_line
from tests.shared_server import SharedServer
from tests.store.builders import MIA, make_outgoing, make_reply
from tests.ui.terminal import Terminal
from tui.clock import ManualClock
from tui.domain.database import ServerDatabase
from tui.store.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def server(database_server: SharedServer) -> ServerDatabase:
    """Return a new database on the server."""
    return database_server.create_database("command")


def to_address(server: ServerDatabase) -> str:
    """Return the address as an operator writes it."""
    parts = dict(part.split("=", 1) for part in server.address.split(" "))
    return f"postgresql://{parts['user']}@{parts['host']}:{parts['port']}/{parts['dbname']}"


async def fill_store(store: Store, clock: ManualClock) -> None:
    """Store a question and an answer that waits to be sent."""
    await store.ingest.store_events("support", [make_reply("Żółw?", MIA)])
    clock.advance(1)
    await store.intents.queue_message(make_outgoing("Hello", MIA))


def read_counts(ran: Ran) -> dict[str, list[str]]:
    """Return the numbers of the printed tables, by label."""
    found = re.findall(r"^ *(.+?) {2,}([\d,]+) +([\d,]+)$", ran.stdout, re.MULTILINE)
    return {label: [source, target] for label, source, target in found}


async def test_an_inbox_is_moved_to_a_server_and_back(
    bare: Desk, store: Store, clock: ManualClock, server: ServerDatabase
) -> None:
    await fill_store(store, clock)
    before = bare.run("export").stdout
    address, back = f"{to_address(server)}?connect_timeout=20", bare.home / "back.db"
    ran = bare.run("import", str(bare.database), "--into", address)
    assert ran.returncode == 0, ran.stderr
    counts = read_counts(ran)
    assert counts["messages"] == ["2", "2"]
    assert counts["conversations"] == counts["open"] == ["1", "1"]
    assert counts["to be sent"] == ["1", "1"]
    assert f'database = "{address}"' in ran.stdout
    assert f"smsdesk import '{address}' --into" in ran.stdout
    assert f"{bare.database} is marked as moved" in ran.stdout
    assert str(bare.database) in ran.stdout
    assert bare.run("export", SMSDESK_DATABASE=address).stdout == before
    again = bare.run("import", address, "--into", str(back))
    assert again.returncode == 0, again.stderr
    assert bare.run("export", SMSDESK_DATABASE=str(back)).stdout == before


@pytest.mark.parametrize(
    ("into", "expected"),
    [
        ("mysql://host/desk", '--into names "mysql"'),
        ("postgresql://host", "--into does not name a database after the host"),
        ("postgresql://mia:secret@host/desk", "--into must not contain the password"),
        ("postgresql://far.example/desk?sslmode=require", "database: sslmode=require does not"),
        ("", "--into must not be empty"),
        ("/no/such/folder/inbox.db", "--into /no/such/folder/inbox.db: there is no folder /no/"),
        ("inbox.db", "source and target are the same database"),
    ],
)
def test_a_bad_target_is_one_line_with_the_fix(bare: Desk, into: str, expected: str) -> None:
    into = str(bare.database) if into == "inbox.db" else into
    ran = bare.run("import", str(bare.database), "--into", into)
    assert ran.returncode == 2
    assert read_error_line(ran).startswith(expected)
    assert "secret" not in ran.stderr


async def test_a_bad_source_is_one_line_with_the_fix(bare: Desk, store: Store) -> None:
    target = bare.home / "new.db"
    for name, expected in (("nowhere.db", "there is no inbox at"), (".", "is a directory")):
        ran = bare.run("import", str(bare.home / name), "--into", str(target))
        assert ran.returncode == 2
        assert expected in read_error_line(ran)
    notes = bare.home / "notes.txt"
    notes.write_text("milk\n" * 300)
    ran = bare.run("import", str(notes), "--into", str(target))
    assert ran.returncode == 2
    assert "is not a readable SQLite database" in read_error_line(ran)
    assert not target.exists()


async def test_a_target_that_is_not_new_is_one_line_and_stays_as_it_is(
    bare: Desk, store: Store, clock: ManualClock
) -> None:
    await fill_store(store, clock)
    full = bare.home / "full.db"
    assert bare.run("import", str(bare.database), "--into", str(full)).returncode == 0
    before = full.read_bytes()
    assert bare.run("import", str(bare.database), "--reopen", "--yes").returncode == 0
    ran = bare.run("import", str(bare.database), "--into", str(full))
    assert ran.returncode == 2
    assert "is not empty" in read_error_line(ran)
    assert full.read_bytes() == before


def test_a_server_that_does_not_answer_is_one_line(bare: Desk, store: Store) -> None:
    address = "postgresql://desk@127.0.0.1:9/desk"
    ran = bare.run("import", str(bare.database), "--into", address)
    assert ran.returncode == 1
    line = read_error_line(ran)
    assert "cannot be reached" in line
    assert "run the same command again" in line


def test_a_running_service_is_named_and_nothing_is_moved_until_it_ends(
    desk: Desk, server: ServerDatabase
) -> None:
    address, target = to_address(server), desk.home / "new.db"
    command = ("import", address, "--into", str(target))
    with desk.start("sync", SMSDESK_DATABASE=address) as service:
        assert service.stdout is not None
        assert service.stdout.readline().startswith("serving")
        assert service.stdout.readline() == "support_au: ok\n"
        ran = desk.run(*command)
        service.terminate()
        service.communicate(timeout=60)
    assert ran.returncode == 2
    assert re.search(r"is in use by mia \(\w+, [\w.-]+\): close every inbox", read_error_line(ran))
    assert not target.exists()
    assert desk.run(*command).returncode == 0


def test_a_missing_driver_is_one_line_with_the_command_to_install_it(
    bare: Desk, store: Store
) -> None:
    (bare.home / "psycopg.py").write_text("raise ModuleNotFoundError('none', name='psycopg')")
    ran = bare.run(
        *("import", str(bare.database), "--into", "postgresql://127.0.0.1/desk"),
        PYTHONPATH=str(bare.home),
    )
    assert ran.returncode == 2
    assert "pip install 'psycopg" in read_error_line(ran)


async def test_ctrl_c_ends_the_move_and_the_next_run_goes_on(
    bare: Desk, server: ServerDatabase
) -> None:
    filled = bare.run(
        *("demo", "--keep", str(bare.database), "--threads", "3000", "--messages", "60000"),
        "--no-open",
    )
    assert filled.returncode == 0, filled.stderr
    address = to_address(server)
    process = bare.start("import", str(bare.database), "--into", address)
    assert process.stderr is not None
    line = process.stderr.readline()  # the first progress, after a second
    assert "Moving the inbox" in line
    os.kill(process.pid, signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert (process.returncode, rest) == (130, "")
    refused = bare.run("threads", SMSDESK_DATABASE=address)
    assert refused.returncode == 2
    assert "a move into it has not ended" in read_error_line(refused)
    began = time.monotonic()
    ran = bare.run("import", str(bare.database), "--into", address)
    assert ran.returncode == 0, (ran.stderr, time.monotonic() - began)
    assert len(set(read_counts(ran)["messages"])) == 1


def test_each_form_of_import_has_its_arguments(bare: Desk) -> None:
    for arguments, expected in (
        (("inbox.db",), '"inbox.db" is not contacts: write smsdesk import contacts FILE, or name'),
        (("contacts",), "the following arguments are required: FILE"),
        (("contacts", "a.csv", "--into", "b.db"), "--into moves one inbox"),
        (("a.db", "b.db", "--into", "c.db"), "--into moves one inbox"),
        (("a.db", "--rehearse"), "--rehearse needs --into"),
        (("a.db", "--yes"), "--yes needs --reopen"),
        (("a.db", "--into", "b.db", "--yes"), "--yes needs --reopen"),
        (("contacts", "--reopen"), "--reopen names one inbox"),
        (("a.db", "b.db", "--reopen"), "--reopen names one inbox"),
        (("a.db", "--into", "b.db", "--reopen"), "--reopen names one inbox"),
        (("contacts", "a.csv", "--rehearse"), "--rehearse needs --into"),
    ):
        ran = bare.run("import", *arguments)
        assert ran.returncode == 2
        assert read_error_line(ran).startswith(expected)
    assert "--into DATABASE" in bare.run("import", "--help").stdout
    assert not list(Path(bare.home).glob("*.db"))


_TEXT = ("send", "--to", "+61491570156", "--text", "Hello")


@pytest.mark.parametrize("engine", ["file", "server"])
def test_a_moved_inbox_is_refused_by_everything_and_sends_nothing(
    desk: Desk, sandbox: Sandbox, server: ServerDatabase, engine: str
) -> None:
    source = str(desk.database) if engine == "file" else to_address(server)
    target, old = str(desk.home / "new.db"), {"SMSDESK_DATABASE": source}
    assert desk.run(*_TEXT, **old).returncode == 0
    moved = desk.run("import", source, "--into", target)
    assert moved.returncode == 0, moved.stderr
    for command in (
        ("sync",),
        ("sync", "--once"),
        _TEXT,
        ("threads",),
        ("search", "hello"),
        ("export",),
        ("--plain",),
        ("demo", "--keep", source, "--no-open") if engine == "file" else ("threads", "--json"),
        ("backup", str(desk.home / "copy.db")) if engine == "file" else ("threads", "--json"),
    ):
        ran = desk.run(*command, input="", **old)
        assert ran.returncode == 2, (command, ran)
        line = read_error_line(ran)
        assert re.search(
            rf"{re.escape(source)} was moved to {target} on \d\d \w+ \d{{4}} \d\d:\d\d: set"
            rf" `database` to that; .*: smsdesk import {re.escape(source)} --reopen$",
            line,
        ), (command, line)
    terminal = Terminal(["-m", "tui"], (100, 24), desk.home, {**desk.environ, **old})
    try:
        assert terminal.process.wait(timeout=60) == 2
    finally:
        terminal.close()
    doctor = desk.run("doctor", "--offline", **old)
    assert doctor.returncode == 1
    assert f"{source} was moved to {target} on " in doctor.stdout
    assert sandbox.accepted == []
    with desk.start("sync", SMSDESK_DATABASE=target) as service:
        end = time.monotonic() + 60
        while not sandbox.accepted and time.monotonic() < end:
            time.sleep(0.05)
        service.terminate()
        service.communicate(timeout=60)
    assert [message["text"] for message in sandbox.accepted] == ["Hello"]


def test_a_moved_inbox_is_reopened_with_a_warning(desk: Desk, server: ServerDatabase) -> None:
    source, address = str(desk.database), to_address(server)
    desk.run(*_TEXT)
    refused = desk.run("import", source, "--reopen", "--yes")
    assert refused.returncode == 2
    assert read_error_line(refused) == f"{source} was not moved: it can be used as it is"
    assert desk.run("import", source, "--into", address).returncode == 0
    asked = desk.run("import", source, "--reopen")
    assert asked.returncode == 2
    assert "add --yes" in read_error_line(asked)
    assert desk.run("threads").returncode == 2
    ran = desk.run("import", source, "--reopen", "--yes")
    assert (ran.returncode, ran.stderr) == (0, "")
    first, warning = ran.stdout.splitlines()
    assert first == f"{source} can be used again"
    assert warning.startswith("1 message was not sent yet when it was moved: postgresql://")
    assert "may have sent it since" in warning
    assert len(desk.read_objects("threads")) == 1
    missing = desk.run("import", str(desk.home / "none.db"), "--reopen", "--yes")
    assert (missing.returncode, "no inbox at" in read_error_line(missing)) == (2, True)


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("", 1), ("y", 0), ("YES", 0)])
def test_reopening_asks_on_a_terminal(desk: Desk, answer: str, code: int) -> None:
    desk.run(*_TEXT)
    desk.run("import", str(desk.database), "--into", str(desk.home / "new.db"))
    arguments = ["-m", "tui", "import", str(desk.database), "--reopen"]
    terminal = Terminal(arguments, (100, 24), desk.home, desk.environ)
    try:
        terminal.shows("[y/N]")
        terminal.type(f"{answer}\r".encode())
        assert terminal.process.wait(timeout=60) == code
    finally:
        terminal.close()
    assert desk.run("threads").returncode == (2 if code else 0)


def test_a_rehearsal_leaves_the_inbox_in_use_and_the_copy_closed(desk: Desk) -> None:
    source, target = str(desk.database), str(desk.home / "new.db")
    desk.run(*_TEXT)
    ran = desk.run("import", source, "--into", target, "--rehearse")
    assert ran.returncode == 0, ran.stderr
    assert "this was a rehearsal" in ran.stdout
    assert read_counts(ran)["messages"] == ["1", "1"]
    assert desk.run("threads").returncode == 0
    refused = desk.run("sync", SMSDESK_DATABASE=target)
    assert refused.returncode == 2
    assert "a move into it was a rehearsal" in read_error_line(refused)
    assert desk.run("import", source, "--into", target).returncode == 0
    assert desk.run("threads").returncode == 2
    assert desk.run("threads", SMSDESK_DATABASE=target).returncode == 0


def test_backups_keep_the_mark_and_older_ones_can_be_restored(desk: Desk) -> None:
    source, older, newer = desk.database, desk.home / "older.db", desk.home / "newer.db"
    desk.run(*_TEXT)
    assert desk.run("backup", str(older)).returncode == 0
    desk.run("import", str(source), "--into", str(desk.home / "new.db"))
    newer.write_bytes(source.read_bytes())
    for copy, name in ((newer, newer), (older, source)):  # over a moved inbox: reopen it first
        ran = desk.run("restore", str(copy), "--yes")
        assert ran.returncode == 2
        assert read_error_line(ran).startswith(f"{name} was moved to {desk.home}/new.db on ")
    source.unlink()
    assert desk.run("restore", str(newer), "--yes").returncode == 2
    assert desk.run("restore", str(older), "--yes").returncode == 0
    assert len(desk.read_objects("threads")) == 1
