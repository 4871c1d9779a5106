"""One database server for all workers of a run, with an empty inbox for each test."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.database_server import DatabaseServer, create_database, make_home
from tui.clock import ManualClock
from tui.domain.database import ServerDatabase
from tui.store.postgres.server_schema import update_schema
from tui.store.postgres.server_session import connect
from tui.store.progress_report import ignore_progress

_VARIABLE = "SMSDESK_TEST_POSTGRES"
"""Names the address of another server: its user may create databases."""
_NOTE = "server"
"""File of the run that says where the server is."""
_KEPT = ("meta", "search_partitions", "feed")


class SharedServer:
    """Databases of one worker on the server."""

    def __init__(self, address: str, worker: str) -> None:
        """Create nothing yet.

        Args:
            address: Address of a database on the server, whose user may create others.
            worker: Name of the worker.
        """
        self._address = address
        self._worker = worker
        self._connections: dict[str, psycopg.Connection[tuple[object, ...]]] = {}
        self._emptying: dict[str, bytes] = {}

    def get_empty_inbox(self, name: str = "inbox") -> ServerDatabase:
        """Return a database with the schema and without content.

        Args:
            name: Name, different for each inbox of one test.
        """
        database = self.get_database(name)
        if name not in self._connections:
            self.create_database(name)
            _build_schema(database)
            self._connections[name] = psycopg.connect(database.address, autocommit=True)
            self._emptying[name] = _build_script(self._connections[name])
        self._connections[name].execute(self._emptying[name])
        return database

    def close(self) -> None:
        """Close the connections of this worker."""
        for connection in self._connections.values():
            connection.close()

    def get_database(self, name: str) -> ServerDatabase:
        """Return the address of a database of this worker.

        Args:
            name: Name of the database, which others may use too.
        """
        name = f"test_{self._worker}_{name}"
        address = make_conninfo(self._address, dbname=name)
        return ServerDatabase(address, name=f"postgresql://server/{name}")

    def create_database(self, name: str) -> ServerDatabase:
        """Return a new database without any table.

        Args:
            name: Name of the database, which others may use too.
        """
        create_database(self._address, f"test_{self._worker}_{name}")
        return self.get_database(name)


def share_server(tmp_path_factory: pytest.TempPathFactory, worker: str) -> SharedServer:
    """Return the server of this run; the first worker that asks starts it.

    Args:
        tmp_path_factory: Folders of this run.
        worker: Name of the worker.
    """
    address = os.environ.get(_VARIABLE, "")
    if not address:
        base = tmp_path_factory.getbasetemp()
        folder = base if worker == "master" else base.parent
        with _lock(folder / "server.lock"):
            server = _find_server(folder)
            if server is None:
                server = DatabaseServer(make_home())
                server.initialize()
                server.start()
                (folder / _NOTE).write_text(f"{server.folder.parent}\n{server.port}")
        address = server.get_address("postgres")
    return SharedServer(address, worker)


def stop_shared_server(config: pytest.Config) -> None:
    """Stop the server of this run if one was started.

    Args:
        config: Configuration of the run.
    """
    factory = getattr(config, "_tmp_path_factory", None)
    base = getattr(factory, "_basetemp", None)
    server = _find_server(base) if base is not None else None
    if server is not None:
        server.stop()
        shutil.rmtree(server.folder.parent)


def _find_server(folder: Path) -> DatabaseServer | None:
    """Return the server that another worker has started, or None."""
    try:
        home, port = (folder / _NOTE).read_text().splitlines()
    except FileNotFoundError:
        return None
    return DatabaseServer(Path(home), port=int(port))


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold a lock that only one worker holds."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build_schema(database: ServerDatabase) -> None:
    """Create the tables as the first start of a desk does."""
    connection = connect(database)
    update_schema(connection, database, ManualClock().now(), ignore_progress)
    connection.driver.close()


def _build_script(connection: psycopg.Connection[tuple[object, ...]]) -> bytes:
    """Return the statements that empty all tables; most of them are empty already."""
    tables = connection.execute(
        "select cast(c.relname as text) from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace"
        " where nspname = current_schema() and relkind in ('r', 'p') and not relispartition"
    )
    sequences = connection.execute("select cast(sequencename as text) from pg_sequences")
    lines = ["begin; set constraints all deferred"]
    lines += [f"delete from {name}" for (name,) in tables.fetchall() if name not in _KEPT]
    lines += ["update feed set last = 0, events = 0"]
    lines += [f"select setval('{name}', 1, false)" for (name,) in sequences.fetchall()]
    return "; ".join([*lines, "commit"]).encode()
