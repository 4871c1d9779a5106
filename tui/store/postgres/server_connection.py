"""Connect to the server, and give a connection the shape that the queries expect."""

import contextlib
import functools
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import psycopg
from psycopg.abc import AdaptContext
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.numeric import Int8Dumper

from tui.domain.database import ServerDatabase
from tui.store.errors import CannotOpen, StoreError
from tui.store.postgres.server_errors import UNDECLARED_POOLER, translate_error
from tui.store.postgres.statements import translate_statement

OLDEST_SERVER = 150_000
"""Version of PostgreSQL that is needed, as the driver counts them."""
_BACKEND = "select pg_backend_pid()"
_POOLER_TRIES = 3
_FIRST_ANSWER_SECONDS = 10.0
_TIMELINE = "select left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)"
_NO_VALUES: Mapping[str, Any] = {}
_PREPARED_AFTER, _MOST_PREPARED = 3, 512
_DEFAULTS = {
    "application_name": "smsdesk",
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""Parameters of libpq that the address may replace."""
_SETTINGS = {
    "client_min_messages": "warning",
    "idle_in_transaction_session_timeout": "30s",
    "jit": "off",
    "lock_timeout": "5s",
    "max_parallel_workers_per_gather": "0",
}
"""Settings of each session. A host that stops while it writes may block others for 30 s."""


class ServerRow(tuple[Any, ...]):
    """Row of a result, by the name or the place of a column."""

    __slots__ = ()
    _places: ClassVar[dict[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        """Return the value of a column."""
        return tuple.__getitem__(self, self._places[key] if isinstance(key, str) else key)

    def keys(self) -> Iterable[str]:
        """Return the names of the columns."""
        return self._places.keys()


@functools.lru_cache(maxsize=512)
def _create_row_type(names: tuple[str, ...]) -> type[ServerRow]:
    """Return the type of the rows with these columns."""
    places = {name: place for place, name in enumerate(names)}
    return type("ServerRow", (ServerRow,), {"__slots__": (), "_places": places})


def _make_rows(cursor: psycopg.Cursor[Any]) -> Callable[[Iterable[Any]], ServerRow]:
    """Return the function that makes a row of a result."""
    names = tuple(column.name for column in cursor.description or ())
    return _create_row_type(names)


class _NumberDumper(Int8Dumper):
    """Send every integer as `bigint`, so that a statement is prepared once; also True and False."""

    def dump(self, obj: Any) -> bytes:
        """Return the number as text."""
        return b"%d" % obj


class ServerConnection:
    """Connection to the server, for queries with values by name."""

    dialect = "postgres"
    """Name of the folder in `sql/` with the statements that only PostgreSQL has."""

    def __init__(self, driver: psycopg.Connection[ServerRow], name: str) -> None:
        """Create the connection.

        Args:
            driver: Open connection of the driver.
            name: Address of the database as it is shown.
        """
        self.driver = driver
        self.timeline = ""
        """History of the server, which changes when a standby takes over; empty if unknown."""
        self.name = name

    def execute(
        self, sql: str, values: Mapping[str, Any] = _NO_VALUES
    ) -> psycopg.Cursor[ServerRow]:
        """Run a statement.

        Args:
            sql: The statement.
            values: Its values by name.

        Raises:
            StoreError: The server refuses it or does not answer.
        """
        statement = translate_statement(sql)
        try:
            if not statement.names:
                return self.driver.execute(statement.sql)
            return self.driver.execute(statement.sql, [values[name] for name in statement.names])
        except psycopg.Error as error:
            raise translate_error(error, self.name) from error

    def executemany(self, sql: str, values: Iterable[Mapping[str, Any]]) -> None:
        """Run the same statement for every set of values, in one round trip.

        Args:
            sql: The statement.
            values: Its values by name, for each time.

        Raises:
            StoreError: The server refuses it or does not answer.
        """
        statement = translate_statement(sql)
        rows = [[row[name] for name in statement.names] for row in values]
        try:
            with self.driver.cursor() as cursor:
                cursor.executemany(statement.sql, rows)
        except psycopg.Error as error:
            raise translate_error(error, self.name) from error

    def run_script(self, script: str) -> psycopg.Cursor[ServerRow]:
        """Run several statements without values in one round trip; return the last result.

        Args:
            script: Statements.

        Raises:
            StoreError: The server refuses one or does not answer.
        """
        try:
            cursor = self.driver.execute(script.encode())
            while cursor.nextset():
                pass
        except psycopg.Error as error:
            raise translate_error(error, self.name) from error
        return cursor


def connect(database: ServerDatabase) -> ServerConnection:
    """Return an open connection.

    Args:
        database: Address and password.

    Raises:
        StoreError: The server cannot be reached, refuses us, or is too old.
    """
    parameters = {**_DEFAULTS, **conninfo_to_dict(database.address)}
    if database.password:
        parameters["password"] = database.password
    try:
        driver: psycopg.Connection[ServerRow] = psycopg.connect(
            **parameters,  # type: ignore[arg-type]
            autocommit=True,
            row_factory=_make_rows,
            cursor_factory=psycopg.RawCursor,
            prepare_threshold=None if database.pooled else _PREPARED_AFTER,
            context=_create_adapters(),
        )
    except psycopg.Error as error:
        raise translate_error(error, database.name) from None
    driver.prepared_max = _MOST_PREPARED
    connection = ServerConnection(driver, database.name)
    try:
        _check_version(driver, database.name)
        if not database.pooled:
            with _limit_time(driver):
                script = "; ".join([*list_settings(database), _BACKEND])
                backend = connection.run_script(script).fetchall()[0][0]
                if backend != driver.info.backend_pid:  # something stands before the server
                    _refuse_pooler(connection, parameters)
    except BaseException:
        driver.close()
        raise
    return connection


def cut(driver: psycopg.Connection[Any]) -> None:
    """Cut a connection, from another thread than the one that waits for its answer.

    Args:
        driver: Connection of the driver.
    """
    with (
        contextlib.suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(driver.fileno())) as duplicate,
    ):
        duplicate.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _limit_time(driver: psycopg.Connection[Any]) -> Iterator[None]:
    """Cut a connection whose first statements are not answered: a pooler accepts, then waits."""
    timer = threading.Timer(_FIRST_ANSWER_SECONDS, cut, [driver])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _refuse_pooler(connection: ServerConnection, parameters: Mapping[str, Any]) -> None:
    """Refuse a pooler that gives the server's connection to others after each transaction.

    Settings, prepared statements and news would be lost. One that keeps it for us is fine.

    Args:
        connection: Connection through the pooler.
        parameters: What it was opened with.
    """
    try:
        with psycopg.connect(**parameters, autocommit=True, prepare_threshold=None) as other:
            for _ in range(_POOLER_TRIES):
                mine = connection.execute(_BACKEND).fetchall()[0][0]
                with other.transaction():
                    found = other.execute(_BACKEND.encode()).fetchall()[0][0]
                    if found == mine:
                        raise CannotOpen(
                            f"The database server of {connection.name} {UNDECLARED_POOLER}"
                        )
    except psycopg.Error:
        return  # another attempt to connect finds it out, or a statement that fails


def read_timeline(connection: ServerConnection) -> None:
    """Learn which history of the server a connection belongs to, where the server says it.

    Args:
        connection: Connection outside of a transaction.
    """
    with contextlib.suppress(StoreError):
        row = connection.execute(_TIMELINE).fetchone()
        connection.timeline = str(row[0]) if row else ""


def list_settings(database: ServerDatabase) -> Iterator[str]:
    """Yield the statements that set up a session, or a transaction behind a pooler.

    Args:
        database: Address and schema.
    """
    scope = "set local" if database.pooled else "set"
    for name, value in _SETTINGS.items():
        yield f"{scope} {name} = '{value}'"
    if database.schema:
        yield f"{scope} search_path = {quote_name(database.schema)}"


def quote_name(name: str) -> str:
    """Return the name of a schema or table as it stands in a statement."""
    quoted = name.replace('"', '""')
    return f'"{quoted}"'


@functools.cache
def _create_adapters() -> AdaptContext:
    """Return how Python's values become those of the server."""
    from psycopg.adapt import AdaptersMap

    class Context:
        adapters = AdaptersMap(psycopg.adapters)
        connection = None

    for kind in (int, bool):
        Context.adapters.register_dumper(kind, _NumberDumper)
    return Context()


def _check_version(driver: psycopg.Connection[ServerRow], name: str) -> None:
    """Refuse a server that lacks what the statements use."""
    version = driver.info.server_version
    if version < OLDEST_SERVER:
        raise CannotOpen(
            f"The database server of {name} is PostgreSQL {version // 10_000}:"
            f" smsdesk needs {OLDEST_SERVER // 10_000} or later"
        )
