"""Test an inbox behind pgbouncer, where each transaction may get another connection."""

import os
import random
import shutil
import signal
from collections.abc import Iterator

import psycopg
import pytest

from tests.database_server import DatabaseServer, find_free_port, make_home, run_quietly
from tests.store.server_load import Load
from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.domain.database import ServerDatabase
from tui.domain.searching import parse_search
from tui.store.errors import CannotOpen
from tui.store.store import Store

_PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

pytestmark = [
    pytest.mark.skipif(_PROGRAM is None, reason="pgbouncer is not installed"),
    pytest.mark.slow,
]


class Pooler:
    """pgbouncer in front of a server."""

    def __init__(self, server: DatabaseServer, mode: str, size: int) -> None:
        """Start it.

        Args:
            server: Server behind it.
            mode: `transaction` or `session`.
            size: Most connections to the server.
        """
        self.port = find_free_port()
        self._pid_file = server.folder.with_name(f"{mode}.pid")
        settings = server.folder.with_name(f"{mode}.ini")
        users = server.folder.with_name("users")
        users.write_text('"desk" ""\n')
        settings.write_text(
            f"[databases]\n* = host=127.0.0.1 port={server.port}\n[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {users}\npool_mode = {mode}\n"
            f"default_pool_size = {size}\nlogfile = {settings.with_suffix('.log')}\n"
            f"pidfile = {self._pid_file}\nserver_round_robin = 0\n"
        )
        server.folder.parent.chmod(0o777)
        run_quietly([str(_PROGRAM), "-d", settings])

    async def wait(self) -> None:
        """Wait until it answers."""
        await wait_until(self._answers)

    def _answers(self) -> bool:
        """Return whether it accepts connections."""
        address = f"postgresql://desk@127.0.0.1:{self.port}/postgres"
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def get_database(self, name: str, *, pooled: bool, schema: str = "") -> ServerDatabase:
        """Return a database behind it."""
        address = f"postgresql://desk@127.0.0.1:{self.port}/{name}"
        return ServerDatabase(
            address, name="postgresql://pooler/desk", schema=schema, pooled=pooled
        )

    def stop(self) -> None:
        """End it."""
        os.kill(int(self._pid_file.read_text()), signal.SIGQUIT)


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    server = DatabaseServer(make_home())
    server.initialize()
    server.start()
    yield server
    server.stop(signal.SIGQUIT)
    shutil.rmtree(server.folder.parent)


@pytest.fixture(scope="module")
def pooler(server: DatabaseServer) -> Iterator[Pooler]:
    pooler = Pooler(server, "transaction", 3)
    yield pooler
    pooler.stop()


def open_store(database: ServerDatabase, owner: str) -> Store:
    """Return the store of one process, in real time."""
    return Store(database, clock=SystemClock(), rng=random.Random(owner), owner=owner)


@pytest.mark.parametrize("schema", ["", "mine"])
async def test_everything_works_behind_a_pooler_that_the_settings_name(
    server: DatabaseServer, pooler: Pooler, schema: str
) -> None:
    await pooler.wait()
    name = f"pooled_{schema or 'plain'}"
    server.run_sql(f"create database {name}")
    database = pooler.get_database(name, pooled=True, schema=schema)
    load = Load(database, SystemClock())
    async with load.run():
        pass
    async with open_store(database, "reader") as store:
        query = parse_search("reply", SystemClock().now(), None)
        assert await store.search.find_messages(query, limit=5)


async def test_a_pooler_that_the_settings_do_not_name_is_refused(
    server: DatabaseServer, pooler: Pooler
) -> None:
    await pooler.wait()
    server.run_sql("create database unnamed")
    with pytest.raises(CannotOpen, match="set database_pooled = true"):
        async with open_store(pooler.get_database("unnamed", pooled=False), "a"):
            pass


async def test_a_pooler_that_keeps_connections_needs_no_setting(server: DatabaseServer) -> None:
    pooler = Pooler(server, "session", 20)
    try:
        await pooler.wait()
        server.run_sql("create database kept")
        load = Load(pooler.get_database("kept", pooled=False), SystemClock())
        async with load.run():
            pass
    finally:
        pooler.stop()
