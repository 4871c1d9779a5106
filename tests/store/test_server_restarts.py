"""Test that a restart of the database server, or a standby that takes over, loses nothing."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.database_server import DatabaseServer, make_home
from tests.store.server_load import Load
from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.domain.database import ServerDatabase

pytestmark = [pytest.mark.timeout(180), pytest.mark.slow]

_LASTING = {"synchronous_commit": "on"}
"""A crash may lose nothing that was confirmed."""


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    server = DatabaseServer(make_home())
    server.initialize()
    server.start(**_LASTING)
    yield server
    server.stop(signal.SIGQUIT)
    shutil.rmtree(server.folder.parent)


def create_inbox(server: DatabaseServer, name: str) -> ServerDatabase:
    """Return an empty database."""
    server.run_sql(f"create database {name}")
    return server.get_database(name)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_work_goes_on_after_a_restart(server: DatabaseServer, how: signal.Signals) -> None:
    load = Load(create_inbox(server, f"restart_{how.name.lower()}"), SystemClock())
    async with load.run():
        await asyncio.to_thread(server.stop, how)
        await wait_until(lambda: load.failures["Unreachable"] + load.failures["UnknownOutcome"])
        await asyncio.to_thread(server.start, **_LASTING)


async def test_work_goes_on_after_a_process_of_the_server_was_killed(
    server: DatabaseServer,
) -> None:
    inbox = create_inbox(server, "killed")
    load = Load(inbox, SystemClock())
    async with load.run():
        for _ in range(2):
            with psycopg.connect(inbox.address) as connection:
                found = connection.execute(
                    "select pid from pg_stat_activity where application_name = 'smsdesk'"
                ).fetchall()
            os.kill(found[0][0], signal.SIGKILL)  # the server ends all its processes then
            await load.wait_for_progress()


async def test_work_goes_on_after_connections_were_ended_one_by_one(
    server: DatabaseServer,
) -> None:
    inbox = create_inbox(server, "ended")
    load = Load(inbox, SystemClock())
    async with load.run():
        for _ in range(5):
            with psycopg.connect(inbox.address, autocommit=True) as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'smsdesk'"
                )
            await load.wait_for_progress()


@pytest.mark.slow
async def test_work_goes_on_on_a_standby_that_takes_over() -> None:
    home = make_home()
    primary, standby = DatabaseServer(home), DatabaseServer(home, name="standby")
    try:
        primary.initialize()
        primary.start(synchronous_commit="remote_apply")
        inbox = create_inbox(primary, "desk")
        standby.copy(primary)
        standby.start(synchronous_commit="on")
        primary.run_sql("alter system set synchronous_standby_names = '*'")
        primary.run_sql("select pg_reload_conf()")
        await wait_until(lambda: _is_synchronous(primary))
        address = make_conninfo(
            inbox.address,
            host="127.0.0.1,127.0.0.1",
            port=f"{primary.port},{standby.port}",
            target_session_attrs="read-write",
        )
        load = Load(ServerDatabase(address, name="postgresql://both/desk"), SystemClock())
        async with load.run():
            await asyncio.to_thread(primary.stop, signal.SIGQUIT)
            await wait_until(lambda: load.failures["Unreachable"] + load.failures["UnknownOutcome"])
            standby.run_program("pg_ctl", "promote", "-D", standby.folder)
    finally:
        primary.stop(signal.SIGQUIT)
        standby.stop(signal.SIGQUIT)
        shutil.rmtree(home)


def _is_synchronous(primary: DatabaseServer) -> bool:
    """Return whether a standby confirms each commit."""
    with psycopg.connect(primary.get_address("postgres")) as connection:
        found = connection.execute("select sync_state from pg_stat_replication").fetchall()
    return ("sync",) in found
