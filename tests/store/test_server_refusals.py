"""Test that what a server refuses becomes one clear line, and never a loop or a password."""

import contextlib
import random
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.database_server import DatabaseServer, make_home
from tests.store.builders import ACCOUNT, get_conversation, make_reply
from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.domain.agent_level import Level, Team
from tui.domain.conversation import View
from tui.domain.database import ServerDatabase
from tui.store.errors import (
    Busy,
    CannotOpen,
    CannotWrite,
    NotPermitted,
    StoreError,
    Unreachable,
)
from tui.store.postgres import server_session, server_writing
from tui.store.postgres.server_errors import translate_error
from tui.store.store import Store

_PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    """Return a server with few connections, where the user `guarded` needs a password."""
    server = DatabaseServer(make_home())
    server.initialize()
    access = server.folder / "pg_hba.conf"
    rules = "host all guarded 127.0.0.1/32 scram-sha-256\nhostssl all secret 127.0.0.1/32 trust\n"
    rules += "host all secret 127.0.0.1/32 reject\n"
    access.write_text(rules + access.read_text())
    server.start(max_connections="14", superuser_reserved_connections="3")
    server.run_sql(
        f"create role guarded login password '{_PASSWORD}'",
        "create role secret login",
        "create role plain login",
        "create database desk",
        "grant create on database desk to guarded, plain",
        "alter database desk owner to plain",
    )
    yield server
    server.stop(signal.SIGQUIT)
    shutil.rmtree(server.folder.parent)


@contextlib.asynccontextmanager
async def open_inbox(database: ServerDatabase, owner: str = "a") -> AsyncIterator[Store]:
    """Open a store in real time."""
    rng = random.Random(owner)
    async with Store(database, clock=SystemClock(), rng=rng, owner=owner) as store:
        yield store


async def get_refusal(database: ServerDatabase) -> StoreError:
    """Return the error of opening an inbox."""
    with pytest.raises(StoreError) as caught:
        async with open_inbox(database):
            pass
    assert "\n" not in str(caught.value)
    return caught.value


async def test_a_wrong_password_is_named_without_showing_it(server: DatabaseServer) -> None:
    database = replace(
        server.get_database("desk"), address=server.get_address("desk", user="guarded")
    )
    for password in ("wrong-secret", ""):
        error = await get_refusal(replace(database, password=password))
        assert isinstance(error, CannotOpen)
        assert "refused the user or the password" in str(error)
        assert "wrong-secret" not in f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"
    async with open_inbox(replace(database, password=_PASSWORD, schema="mine")):
        pass


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"user": "stranger"}, CannotOpen, "refused the user"),
        ({"dbname": "nothing"}, CannotOpen, "no database of this name"),
        ({"sslmode": "require"}, CannotOpen, "encrypted connection"),
        ({"sslmode": "verify-full"}, CannotOpen, "encrypted connection"),
        ({"user": "secret"}, CannotOpen, "does not accept this user from this host"),
        ({"host": "127.0.0.1", "port": "1"}, Unreachable, "cannot be reached"),
        ({"host": "no-such-host.invalid"}, Unreachable, "cannot be reached"),
    ],
)
async def test_what_is_wrong_at_the_start_is_one_line(
    server: DatabaseServer, options: dict[str, str], kind: type[StoreError], words: str
) -> None:
    address = make_conninfo(server.get_address("desk"), **options)
    error = await get_refusal(ServerDatabase(address, name="postgresql://host/desk"))
    assert isinstance(error, kind)
    assert words in str(error)


async def test_a_server_without_free_connections_is_tried_again(server: DatabaseServer) -> None:
    database = replace(
        server.get_database("desk"), address=server.get_address("desk", user="plain")
    )
    async with open_inbox(database) as store:
        with contextlib.ExitStack() as held:
            while True:
                try:
                    held.enter_context(psycopg.connect(database.address))
                except psycopg.OperationalError:
                    break
            with pytest.raises(Unreachable, match="no connection left"):
                await store.ingest.store_events(ACCOUNT, [make_reply()])
            outage = store.database.outage
            assert outage is not None and outage.what == "has no connection left"
            assert await store.feed.get_last_number() >= 0  # reading goes on
        await wait_until(lambda: _try_to_store(store))
        assert store.database.outage is None


async def _can_read(store: Store) -> bool:
    """Return whether the store can be read."""
    with contextlib.suppress(Unreachable):
        return await store.feed.get_last_number() > 0
    return False


async def _try_to_store(store: Store) -> bool:
    """Store a reply, and return whether that was possible."""
    with contextlib.suppress(Unreachable):
        await store.ingest.store_events(ACCOUNT, [make_reply()])
        return True
    return False


async def test_a_lock_that_another_transaction_holds_is_waited_for_but_not_for_ever(
    server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(server_session._SETTINGS, "lock_timeout", "200ms")
    database = server.get_database("desk")
    async with open_inbox(database) as store:
        await store.ingest.store_events(ACCOUNT, [make_reply("before")])
        with psycopg.connect(database.address) as other:
            other.execute(
                "select pg_advisory_xact_lock(%s, cast(oid as int))"
                " from pg_namespace where nspname = current_schema()",
                [server_writing._LOCK_CLASS],
            )
            with pytest.raises(Busy, match="nothing was written, try again"):
                await store.ingest.store_events(ACCOUNT, [make_reply("meanwhile")])
        await store.ingest.store_events(ACCOUNT, [make_reply("after")])


async def test_a_server_that_only_reads_says_so(server: DatabaseServer) -> None:
    database = server.get_database("desk")
    async with open_inbox(database):
        pass
    address = make_conninfo(database.address, options="-c default_transaction_read_only=on")
    async with open_inbox(replace(database, address=address)) as store:
        with pytest.raises(CannotWrite, match="standby that only reads"):
            await store.ingest.store_events(ACCOUNT, [make_reply()])
    address = make_conninfo(address, target_session_attrs="read-write")
    error = await get_refusal(replace(database, address=address))
    assert isinstance(error, Unreachable) and "there is no primary" in str(error)


async def test_a_password_that_is_changed_while_the_desk_runs_does_not_end_it(
    server: DatabaseServer,
) -> None:
    address = server.get_address("desk", user="guarded")
    database = ServerDatabase(address, name="desk", schema="changed", password=_PASSWORD)
    async with open_inbox(database) as store:
        server.run_sql("alter role guarded password 'another'")
        try:
            server.run_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'guarded'"
            )
            with pytest.raises(Unreachable, match="refused the user or the password"):
                await store.feed.get_last_number()
            outage = store.database.outage
            assert outage is not None and outage.what == "refuses smsdesk"
        finally:
            server.run_sql(f"alter role guarded password '{_PASSWORD}'")
        await wait_until(lambda: _try_to_store(store))
        await wait_until(lambda: _can_read(store))
        assert store.database.outage is None


async def test_a_full_disk_refuses_what_is_new_until_there_is_room(server: DatabaseServer) -> None:
    folder = server.folder.with_name("small")
    folder.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder))
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be made here")
    try:
        server.give_away(folder)
        server.run_sql(
            f"create tablespace small location '{folder}'",
            "create database full_disk tablespace small",
        )
        stored: list[str] = []
        async with open_inbox(server.get_database("full_disk")) as store:
            with pytest.raises(CannotWrite, match="no disk space left: nothing was written"):
                for number in range(2_000):
                    body = "".join(random.Random(number).choices("abcdefgh ", k=20_000))
                    await store.ingest.store_events(ACCOUNT, [make_reply(body)])
                    stored.append(body)
            thread = await get_conversation(store)
            found = await store.messages.list_before(thread.id, 1 << 62, 3_000)
            assert [message.body for message in found] == stored
    finally:
        server.run_sql(
            "drop database if exists full_disk with (force)", "drop tablespace if exists small"
        )
        subprocess.run(("umount", str(folder)), check=True)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (psycopg.errors.DiskFull("could not extend file"), CannotWrite, "no disk space left"),
        (psycopg.errors.OutOfMemory("x"), CannotWrite, "short of resources"),
        (psycopg.errors.ReadOnlySqlTransaction("x"), CannotWrite, "only reads"),
        (psycopg.errors.InsufficientPrivilege("x"), CannotWrite, "does not permit"),
        (psycopg.errors.AdminShutdown("x"), Unreachable, "closed the connection, or is stopping"),
        (psycopg.errors.CannotConnectNow("x"), Unreachable, "starting or stopping"),
        (psycopg.errors.DeadlockDetected("x"), Busy, "nothing was written"),
        (psycopg.errors.InvalidSqlStatementName("x"), Unreachable, "database_pooled = true"),
        (psycopg.OperationalError("SSL SYSCALL error: EOF detected"), Unreachable, "reached"),
        (
            psycopg.OperationalError("SSL connection has been closed unexpectedly"),
            Unreachable,
            "reached",
        ),
        (
            psycopg.OperationalError('root certificate file "/x" does not exist'),
            CannotOpen,
            "certificate",
        ),
        (
            psycopg.OperationalError("server closed the connection unexpectedly"),
            Unreachable,
            "reached",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_errors_of_the_server_have_one_meaning(
    error: psycopg.Error, kind: type[StoreError], words: str
) -> None:
    found = translate_error(error, "postgresql://host/desk")
    assert isinstance(found, kind)
    assert words in str(found)


async def test_a_role_without_the_right_cannot_change_teams_but_works_otherwise(
    server: DatabaseServer,
) -> None:
    owner = replace(server.get_database("desk"), address=server.get_address("desk", user="plain"))
    async with open_inbox(replace(owner, schema="team")) as store:
        await store.team.save_team("sales", ["bo"])
    names = ["agent_levels", "teams", "team_members", "rules", "desk_hours"]
    tables = ", ".join(f"team.{name}" for name in names)
    server.run_sql(
        "create role limited login",
        "grant usage on schema team to limited",
        "grant select, insert, update, delete on all tables in schema team to limited",
        "revoke insert, update, delete on team.meta, team.search_partitions from limited",
        f"revoke insert, update, delete on {tables} from limited",
        database="desk",
    )
    limited = replace(owner, address=server.get_address("desk", user="limited"), schema="team")
    async with open_inbox(limited, "b") as store:
        for change in (
            store.team.save_team("shop", ["bo"]),
            store.team.delete_team("sales", "bo"),
            store.team.rename_team("sales", "shop", "bo"),
            store.team.set_level("bo", Level.LEAD),
        ):
            with pytest.raises(NotPermitted, match="Your role on the database server"):
                await change
        assert await store.team.list_teams() == [Team("sales", ("bo",))]
        assert await store.team.list_leads() == []
        await store.team.set_away("bo", SystemClock().now() + 60_000)
        await store.views.save_view("mine", View(assignee="bo"), "bo")
        await store.ingest.store_events(ACCOUNT, [make_reply()])
