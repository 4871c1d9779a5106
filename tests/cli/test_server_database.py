"""Test the whole program on a database server: commands, inbox, demo, and what it refuses."""

import contextlib
import functools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.cli.conftest import Desk, Ran, Sandbox, read_error_line, run_sandbox
from tests.cli.test_sync import make_push_only_settings
from tests.database_server import DatabaseServer, find_free_port, make_home
from tests.shared_server import SharedServer
from tests.ui.terminal import open_terminal
from tests.waiting import wait_until
from tui.cli import main as run_command_line
from tui.domain.database import ServerDatabase
from tui.store.postgres.server_schema import list_files

ANN, BEN = "+61491570156", "+61491570157"
PASSWORD = "S3cret-of-this-test"
SIZE = (100, 30)


def make_url(database: ServerDatabase, *, user: str = "", port: int = 0, options: str = "") -> str:
    """Return the address of a database as it stands in the settings.

    Args:
        database: Database of the test's server.
        user: Another user.
        port: Another port of this machine.
        options: What follows the name of the database.
    """
    parts = conninfo_to_dict(database.address)
    name = quote(user or str(parts["user"]))
    place = f"127.0.0.1:{port}" if port else f"{parts['host']}:{parts['port']}"
    return f"postgresql://{name}@{place}/{parts['dbname']}{options}"


def run_sql(database: ServerDatabase, *statements: str) -> None:
    """Run statements as the owner of a database."""
    with psycopg.connect(database.address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def move_desk(desk: Desk, url: str, **environ: str) -> Desk:
    """Return the same home with its inbox on a server."""
    return replace(desk, environ={**desk.environ, "SMSDESK_DATABASE": url, **environ})


@pytest.fixture
def inbox(database_server: SharedServer) -> ServerDatabase:
    """Return an inbox without content on the server."""
    return database_server.get_empty_inbox()


@pytest.fixture
def empty(database_server: SharedServer) -> ServerDatabase:
    """Return a database without any table."""
    return database_server.create_database("empty")


def test_every_command_works_on_a_server(
    desk: Desk, sandbox: Sandbox, empty: ServerDatabase, tmp_path: Path
) -> None:
    served = move_desk(desk, make_url(empty, options="?schema=support"))
    unopened = served.run("threads")
    assert (unopened.returncode, unopened.stdout) == (2, "")
    assert "there is no inbox in this schema" in unopened.stderr
    sandbox.post_control("inbound", provider="messagemedia", **{"from": ANN}, text="Är ni öppna?")
    once = served.run("sync", "--once")
    assert (once.returncode, once.stdout, once.stderr) == (0, "sent 0, received 1\n", "")
    (tmp_path / "people.csv").write_text(f"number,name\n{ANN},Ann\n")
    imported = served.run("import", "contacts", str(tmp_path / "people.csv"))
    assert imported.stdout == "1 contact imported, 1 conversation renamed\n"
    sent = served.run("send", "--to", BEN, "--text", "Ready", "--wait")
    assert sent.stdout.splitlines()[-1].startswith("delivered")
    threads = served.read_objects("threads")
    assert {(row["name"], row["preview"]) for row in threads} == {
        ("Ann", "Är ni öppna?"),
        ("", "Ready"),
    }
    assert [row["text"] for row in served.read_objects("messages", "Ann")] == ["Är ni öppna?"]
    assert [row["text"] for row in served.read_objects("search", "oppna")] == ["Är ni öppna?"]
    assert {json.loads(line)["text"] for line in served.run("export").stdout.splitlines()} == {
        "Är ni öppna?",
        "Ready",
    }
    held = served.run("held", "list")
    assert (held.returncode, held.stdout, held.stderr) == (0, "", "smsdesk: nothing is held\n")
    assert served.run("close", "Ann").stdout == "closed Ann\n"
    events = served.read_objects("follow", "--since", "0", "--once")
    assert [one["id"] for one in events] == list(range(1, len(events) + 1))
    assert (events[-1]["change"], events[-1]["agent"]) == ({"state": "closed"}, "mia")
    assert served.run("reopen", "Ann").stdout == "reopened Ann\n"
    assert served.run("hooks").returncode == 0
    plain = served.run("--plain", input="n\nq\n")
    assert plain.returncode == 0 and "Är ni öppna?" in plain.stdout
    refused = served.run("backup", str(tmp_path / "copy.db"))
    assert refused.returncode == 2 and "pg_dump" in read_error_line(refused)
    checked = served.run("doctor", "--offline", "--json")
    found = {row["subject"]: row for row in map(json.loads, checked.stdout.splitlines())}
    assert found["schema"]["line"] == f"version {list_files()[-1][0]} in support"
    assert found["news"]["verdict"] == found["connections"]["verdict"] == "good"
    assert "sqlite" not in found and not list(desk.home.glob("*.db*"))


async def test_pushes_arrive_on_a_server(bare: Desk, inbox: ServerDatabase) -> None:
    place = f"127.0.0.1:{find_free_port()}"
    with run_sandbox("--push-to", f"http://{place}") as sandbox:
        served = move_desk(bare, make_url(inbox), **make_push_only_settings(sandbox))
        with served.start("sync", "--listen", place) as service:
            try:
                assert service.stdout is not None
                assert service.stdout.readline() == f"listening on http://{place}\n"
                sandbox.post_control("inbound", provider="messageport", text="Hi", **{"from": ANN})
                await wait_until(lambda: "Hi" in served.run("threads").stdout)
            finally:
                service.terminate()
            assert service.communicate(timeout=60)[1] == ""


def test_two_inboxes_on_a_server_see_each_other(
    desk: Desk, sandbox: Sandbox, inbox: ServerDatabase, tmp_path: Path
) -> None:
    sandbox.post_control("inbound", provider="messagemedia", **{"from": ANN}, text="Open today?")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    environ = {
        **desk.environ,
        "SMSDESK_DATABASE": make_url(inbox),
        "SMSDESK_QUIET_HOURS": "off",
        "XDG_RUNTIME_DIR": str(runtime),
    }
    opened = functools.partial(open_terminal, ["-m", "tui"], SIZE)
    with (
        opened(tmp_path / "a", {**environ, "LOGNAME": "mia"}) as mia,
        opened(tmp_path / "b", {**environ, "LOGNAME": "tom"}) as tom,
    ):
        mia.sees("Open today?")
        tom.sees("Open today?")
        mia.type(b"r")
        mia.sees("Enter Send")
        mia.type_line("Yes, until six")
        tom.sees("Yes, until six")
        for one in (mia, tom):
            one.process.terminate()
            one.wait()
    kept = sorted((runtime / "smsdesk").iterdir())
    assert len(kept) == 2 and {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert all(b"Yes, until six" in path.read_bytes() for path in kept)
    # From what was kept: a server that does not answer, named by the same address.
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        port = deaf.getsockname()[1]
        own = next(path for path in kept if path.name == name_kept(make_url(inbox), "mia"))
        own.rename(own.with_name(name_kept(make_url(inbox, port=port), "mia")))
        environ |= {"SMSDESK_DATABASE": make_url(inbox, port=port), "LOGNAME": "mia"}
        with opened(tmp_path / "a", environ) as waiting:
            waiting.sees("Yes, until six")
    # A user whom the server refuses does not see it again.
    url = make_url(inbox, user="test_missing")
    refused = next((runtime / "smsdesk").glob("*.list")).rename(
        runtime / "smsdesk" / name_kept(url, "mia")
    )
    with opened(tmp_path / "a", {**environ, "SMSDESK_DATABASE": url}) as inbox_of_other:
        assert inbox_of_other.wait() == 2
        inbox_of_other.sees("refused")
    assert not refused.exists()


def name_kept(url: str, agent: str) -> str:
    """Return the name of the file in which the list of an agent is kept."""
    from tui.settings.database_address import parse_database
    from tui.store.postgres.kept_window import find_kept_file

    path = find_kept_file(parse_database(url), agent, {"XDG_RUNTIME_DIR": "/run"})
    assert path is not None
    return path.name


def test_the_demo_fills_an_empty_schema_and_nothing_else(
    bare: Desk,
    inbox: ServerDatabase,
    empty: ServerDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_sql(inbox, "insert into agents (name, seen_at) values ('mia', 1)")
    url = make_url(empty, options="?schema=demo")
    first = bare.run("demo", "--database", url, "--no-open")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.endswith(f"smsdesk demo --database '{url}'\n")
    again = bare.run("demo", "--database", url, "--no-open", "--threads", "3")
    assert again.returncode == 0
    assert "Tom Baker" in move_desk(bare, url).run("threads").stdout
    real = bare.run("demo", "--database", make_url(inbox), "--no-open")
    assert real.returncode == 2 and "not a demo inbox" in read_error_line(real)
    assert move_desk(bare, make_url(inbox)).run("threads").stdout == ""
    run_sql(empty, "create schema shop; create table shop.orders (id bigint)")
    other = make_url(empty, options="?schema=shop")
    foreign = bare.run("demo", "--database", other, "--no-open")
    assert foreign.returncode == 2 and "tables of another program" in read_error_line(foreign)
    for name, value in bare.environ.items():
        monkeypatch.setenv(name, value)
    for wrong, words in (
        (["--keep", url], "name a server with --database"),
        (["--database", "demo.db"], "name a file with --keep"),
        (["--database", "mysql://x/y"], "on a server with an address like"),
        (["--database", "postgresql://x.example/y?sslmode=require"], "sslmode=verify-full"),
        (["--database", url, "--keep", "demo.db"], "leave one out"),
    ):
        assert run_command_line(["demo", *wrong, "--no-open"]) == 2
        assert words in capsys.readouterr().err
    assert not any("postgres" in path.name for path in Path.cwd().iterdir())


def test_a_server_that_cannot_be_used_is_one_line_with_the_fix(
    bare: Desk,
    inbox: ServerDatabase,
    database_server: SharedServer,
    empty: ServerDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_sql(
        inbox,
        *(
            f"do $$ begin create role {name} login; exception when duplicate_object then end $$"
            for name in ("test_reader", "test_nothing", "test_agent")
        ),
        "grant select on all tables in schema public to test_reader",
        "grant select, insert, update, delete on all tables in schema public to test_agent",
        "revoke delete on events, audit from test_agent",
    )
    run_sql(inbox, "create schema if not exists closed")
    newer = database_server.get_empty_inbox("newer")
    run_sql(newer, "update meta set version = 999")
    run_sql(empty, "create schema shop", "create table shop.orders (id bigint)")
    url, threads, sync = make_url(inbox), ["threads"], ["sync", "--once"]
    cases: list[tuple[str, list[str], str]] = [
        ("mysql://inbox.example/desk", threads, "on a server with an address like"),
        ("sqlite:///inbox.db", threads, "on a server with an address like"),
        ("postgresql:/inbox.example/desk", sync, "must be an address like"),
        ("host=inbox.example dbname=desk", sync, "must be an address like"),
        ("postgresql://desk:secret@inbox.example/desk", threads, "must not contain the password"),
        ("postgresql://inbox.example/desk?sslmode=require", threads, "sslmode=verify-full"),
        ("postgresql://127.0.0.1,x.example/d?sslmode=prefer", threads, "that x.example is"),
        (f"{url}?sslmode=require", threads, "did not agree on an encrypted connection"),
        (f"{url}?colour=red", threads, "has an option that cannot be used"),
        (f"{url}-missing", threads, "has no database of this name: create it"),
        (make_url(inbox, user="test_missing"), threads, "refused the user or the password"),
        (make_url(inbox, user="test_nothing"), threads, "grant the user the privileges"),
        (make_url(inbox, user="test_reader"), sync, "may not write"),
        (
            make_url(inbox, user="test_agent", options="?schema=closed"),
            sync,
            "grant usage on schema closed",
        ),
        (make_url(empty, user="test_reader"), sync, "grant the user the privileges"),
        (make_url(newer), threads, "was written by a newer smsdesk"),
        (make_url(empty, options="?schema=shop"), threads, "name a schema of its own"),
        (make_url(empty, options="?schema=shop"), sync, "name a schema of its own"),
    ]
    account = "SMSDESK_ACCOUNTS__AU__"
    environ = {f"{account}PROVIDER": "messagemedia", f"{account}API_KEY": "key"}
    environ |= {f"{account}API_SECRET": "word", f"{account}BASE_URL": "http://127.0.0.1:9"}
    for name, value in {**bare.environ, **environ}.items():
        monkeypatch.setenv(name, value)
    for address, command, expected in cases:
        monkeypatch.setenv("SMSDESK_DATABASE", address)
        code = run_command_line(command)  # in this process: there are many
        output, line = capsys.readouterr()
        assert (code, output, line.count("\n"), expected in line) == (2, "", 1, True), line
        assert "secret" not in line
    assert move_desk(bare, make_url(inbox, user="test_reader")).run("threads").returncode == 0
    (bare.home / "people.csv").write_text(f"number,name\n{ANN},Ann\n")
    agent = move_desk(bare, make_url(inbox, user="test_agent"))
    assert agent.run("import", "contacts", str(bare.home / "people.csv")).returncode == 0


def test_the_roles_of_the_manual_can_work(bare: Desk, empty: ServerDatabase) -> None:
    manual = (Path(__file__).parents[2] / "tui" / "docs" / "postgresql.md").read_text()
    roles, schema, narrower = re.findall(r"^```sql\n(.*?)^```", manual, re.MULTILINE | re.DOTALL)
    server = replace(empty, address=make_conninfo(empty.address, dbname="postgres"))
    leave = ["drop database if exists desk", "drop role if exists mia, agents, smsdesk"]
    run_sql(server, *leave, *roles.split(";"))
    url = make_url(empty, user="smsdesk").rpartition("/")[0] + "/desk?schema=support"
    owner = move_desk(bare, url)
    agent = move_desk(bare, url.replace("smsdesk@", "mia@"))
    run_sql(replace(empty, address=url.partition("?")[0]), *schema.split(";"))
    (bare.home / "people.csv").write_text(f"number,name\n{ANN},Ann\n")
    try:
        book = ("import", "contacts", str(bare.home / "people.csv"))
        assert owner.run(*book).returncode == 0
        run_sql(replace(empty, address=url.partition("?")[0]), *narrower.split(";"))
        assert agent.run(*book).stdout == "1 contact imported, 0 conversations renamed\n"
        found = agent.run("doctor", "--offline").stdout
        assert "mia can read and write; another role owns them" in found
        with psycopg.connect(url.partition("?")[0].replace("smsdesk@", "mia@")) as connection:
            for table in ("events", "audit"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(f"delete from support.{table}".encode())
    finally:
        run_sql(server, *leave)


def test_a_server_of_an_earlier_version_is_refused(bare: Desk, inbox: ServerDatabase) -> None:
    found = conninfo_to_dict(inbox.address)
    place = str(found["host"]), int(str(found["port"]))
    with psycopg.connect(inbox.address) as connection:
        version = str(connection.info.parameter_status("server_version")).encode()
    older = b"14" + version[2:]

    def pretend(data: bytes) -> bytes:
        return data.replace(b"server_version\0" + version, b"server_version\0" + older)

    with relay(place, pretend) as port:
        ran = move_desk(bare, make_url(inbox, port=port)).run("threads")
    assert ran.returncode == 2
    assert "is PostgreSQL 14: smsdesk needs 15 or later; upgrade" in read_error_line(ran)


@contextlib.contextmanager
def relay(place: tuple[str, int], change: Callable[[bytes], bytes]) -> Iterator[int]:
    """Yield a port whose first connection leads to a server, with its answers changed."""
    with socket.create_server(("127.0.0.1", 0)) as entrance:

        def serve() -> None:
            """Pass on what both sides send until one ends."""
            near, _ = entrance.accept()
            with near, socket.create_connection(place) as far, contextlib.suppress(OSError):
                thread = threading.Thread(target=pump, args=(near, far, bytes), daemon=True)
                thread.start()
                pump(far, near, change)

        threading.Thread(target=serve, daemon=True).start()
        yield entrance.getsockname()[1]


def pump(source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]) -> None:
    """Pass on what one side sends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(change(data))
        target.shutdown(socket.SHUT_WR)


def test_a_missing_driver_names_the_command_that_installs_it(bare: Desk, tmp_path: Path) -> None:
    (tmp_path / "psycopg").mkdir()
    (tmp_path / "psycopg" / "__init__.py").write_text("raise ImportError('no pq wrapper')")
    served = move_desk(bare, "postgresql://127.0.0.1/desk", PYTHONPATH=str(tmp_path))
    account = {
        "SMSDESK_ACCOUNTS__AU__PROVIDER": "messagemedia",
        "SMSDESK_ACCOUNTS__AU__API_KEY": "k",
    }
    account |= {"SMSDESK_ACCOUNTS__AU__API_SECRET": "s"}
    for command in (["threads"], ["sync", "--once"]):
        ran = served.run(*command, **account)
        assert ran.returncode == 2
        assert f"run {sys.executable} -m pip install 'psycopg[binary]" in read_error_line(ran)
    checked = served.run("doctor", "--offline")
    assert checked.returncode == 1 and "-m pip install 'psycopg[binary]" in checked.stdout


@pytest.fixture(scope="module")
def locked() -> Iterator[DatabaseServer]:
    """Yield a server whose user needs a password."""
    home = make_home()
    server = DatabaseServer(home, password=PASSWORD)
    server.initialize()
    server.start()
    server.run_sql("create database inbox")
    yield server
    server.stop()
    shutil.rmtree(home)


async def test_the_password_is_written_nowhere(desk: Desk, locked: DatabaseServer) -> None:
    served = move_desk(desk, locked.get_address("inbox"), SMSDESK_LOG_LEVEL="debug")
    file = desk.home / "elsewhere" / "database-password"
    file.parent.mkdir()
    file.write_text(f"{PASSWORD}\n")
    given = {"SMSDESK_DATABASE_PASSWORD": PASSWORD}
    named = {"SMSDESK_DATABASE_PASSWORD_FILE": str(file)}
    runs: list[Ran] = [
        served.run("sync", "--once", **named),
        served.run("threads", "--json", **given),
        served.run("doctor", "--offline", **given),
        served.run("export", **named),
    ]
    assert [ran.returncode for ran in runs] == [0, 0, 0, 0], runs
    with served.start("sync", **given) as service:
        try:
            assert service.stdout is not None and service.stdout.readline()
            listed = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True)
        finally:
            service.terminate()
        output, errors = service.communicate(timeout=60)
    wrong = {"SMSDESK_DATABASE_PASSWORD": f"{PASSWORD}-wrong"}
    refused = [served.run("threads", **wrong), served.run("threads")]
    for ran in refused:
        assert ran.returncode == 2 and "refused the user or the password" in read_error_line(ran)
    # The server vanishes in the middle, which is written to the log.
    locked.run_sql("alter database inbox rename to gone")
    refused.append(served.run("sync", "--once", **given))
    locked.run_sql("alter database gone rename to inbox")
    shown = [*(ran.stdout + ran.stderr for ran in (*runs, *refused)), output, errors, listed.stdout]
    assert not any(PASSWORD in text for text in shown)
    file.unlink()
    written = [path for path in desk.home.rglob("*") if path.is_file()]
    assert {"smsdesk.log", "settings.json"} <= {path.name for path in written}
    assert not [path for path in written if PASSWORD.encode() in path.read_bytes()]


@pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed")
async def test_a_pooler_is_recognised(bare: Desk, inbox: ServerDatabase) -> None:
    with run_pooler(inbox, "transaction") as port:
        served = move_desk(bare, make_url(inbox, port=port))
        ran = served.run("threads")
        assert ran.returncode == 2 and "set database_pooled = true" in read_error_line(ran)
        assert served.run("threads", SMSDESK_DATABASE_POOLED="true").returncode == 0
        # Beside the inbox in the schema that a connection begins with.
        second = make_url(inbox, port=port, options="?schema=second")
        filled = bare.run(
            *("demo", "--database", second, "--no-open"), SMSDESK_DATABASE_POOLED="true"
        )
        assert (filled.returncode, filled.stderr) == (0, "")
        shown = move_desk(bare, second).run("threads", SMSDESK_DATABASE_POOLED="true")
        assert "Tom Baker" in shown.stdout
        run_sql(inbox, "drop schema second cascade")
        checked = served.run("doctor", "--offline", SMSDESK_DATABASE_POOLED="true")
        assert "transactions are pooled, as database_pooled says" in checked.stdout
        # Nothing of ours has stayed on the connection that all users of the pooler share.
        with psycopg.connect(make_url(inbox, port=port), prepare_threshold=None) as other:
            assert other.execute("show lock_timeout").fetchone() == ("0",)
    with run_pooler(inbox, "session") as port:
        served = move_desk(bare, make_url(inbox, port=port))
        assert served.run("threads").returncode == 0
        checked = served.run("doctor", "--offline")
        assert "announced to other desks at once, through a pooler" in checked.stdout
    direct = move_desk(bare, make_url(inbox), SMSDESK_DATABASE_POOLED="true")
    assert "but no pooler is there" in direct.run("doctor", "--offline").stdout


@contextlib.contextmanager
def run_pooler(database: ServerDatabase, mode: str) -> Iterator[int]:
    """Run pgbouncer before a server and yield its port.

    Args:
        database: Database behind it.
        mode: How it shares connections: "transaction" or "session".
    """
    home, port = make_home(), find_free_port()
    found = conninfo_to_dict(database.address)
    (home / "users").write_text(f'"{found["user"]}" ""\n')
    (home / "pooler.ini").write_text(
        f"[databases]\n* = host={found['host']} port={found['port']}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
        f"auth_file = {home / 'users'}\npool_mode = {mode}\n"
    )
    command = ["pgbouncer", "-q", str(home / "pooler.ini")]
    user = 65_534 if os.geteuid() == 0 else None  # it refuses to run as root
    with subprocess.Popen(command, user=user, stderr=subprocess.DEVNULL) as pooler:
        try:
            wait_for_port(port)
            yield port
        finally:
            pooler.terminate()
    shutil.rmtree(home)


def wait_for_port(port: int) -> None:
    """Wait until a program listens at a port."""
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        threading.Event().wait(0.02)
    raise AssertionError("nothing listens")
