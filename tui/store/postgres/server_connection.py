"""Connect to the server, and give a connection the shape that the queries expect."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import psycopg
from psycopg.abc import AdaptContext
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.numeric import Int8Dumper

from tui.domain.database import ServerDatabase
from tui.store.errors import CannotOpen
from tui.store.postgres.server_errors import translate_error
from tui.store.postgres.statements import translate_statement

OLDEST_SERVER = 150_000
"""Version of PostgreSQL that is needed, as the driver counts them."""
_NO_VALUES: Mapping[str, Any] = {}
_PREPARED_AFTER, _MOST_PREPARED = 3, 512
_DEFAULTS = {
    "application_name": "smsdesk",
    "connect_timeout": "10",
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
_SEARCH_SETTINGS = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "plan_cache_mode": "force_custom_plan",
    "work_mem": "32MB",
}
"""How searches are planned: the index of words first, then message by message of the result."""


_PATH = "search_path"
"""Setting whose value is not a text but names."""
_SESSION_POOLERS: set[str] = set()
"""Addresses of poolers that give each connection one of its own: found out once."""


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
        self._name = name

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
            raise translate_error(error, self._name) from error

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
            raise translate_error(error, self._name) from error

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
            raise translate_error(error, self._name) from error
        return cursor


def connect(database: ServerDatabase, *, searches: bool = False) -> ServerConnection:
    """Return an open connection.

    Args:
        database: Address and password.
        searches: Whether it is for searches.

    Raises:
        StoreError: The server cannot be reached, refuses us, or is too old.
    """
    try:
        driver: psycopg.Connection[ServerRow] = psycopg.connect(
            **_make_parameters(database),
            autocommit=True,
            row_factory=_make_rows,
            cursor_factory=psycopg.RawCursor,
            prepare_threshold=None if database.pooled else _PREPARED_AFTER,
            context=_create_adapters(),
        )
    except psycopg.ProgrammingError as error:  # of the driver, about the address itself
        text = " ".join(str(error).split())
        raise CannotOpen(
            f"`database`: {database.name} has an option that cannot be used: {text}"
        ) from None
    except psycopg.Error as error:
        raise translate_error(error, database.name) from None
    driver.prepared_max = _MOST_PREPARED
    connection = ServerConnection(driver, database.name)
    try:
        _check_version(driver, database.name)
        if not database.pooled:
            _set_up_session(connection, database, searches=searches)
    except BaseException:
        driver.close()
        raise
    return connection


def _make_parameters(database: ServerDatabase) -> dict[str, Any]:
    """Return the parameters of a connection."""
    parameters = {**_DEFAULTS, **conninfo_to_dict(database.address)}
    if database.password:
        parameters["password"] = database.password
    return parameters


def _set_up_session(
    connection: ServerConnection, database: ServerDatabase, *, searches: bool
) -> None:
    """Set up the session of a connection that is ours alone.

    Raises:
        CannotOpen: It is not: a pooler gives each transaction another connection.
    """
    pid = connection.driver.info.backend_pid
    settings = _collect_settings(database, searches=searches)
    # Only for this statement if it is a pooler's: nothing of ours may stay on a shared connection.
    calls = [f"set_config('{name}', :{name}, pg_backend_pid() <> {pid})" for name in settings]
    row = connection.execute(f"select pg_backend_pid(), {', '.join(calls)}", settings).fetchone()
    if row is not None and row[0] == pid:
        return
    if database.address not in _SESSION_POOLERS and is_pooled(connection, database):
        raise CannotOpen(
            f"{database.name} leads to a pooler that gives each transaction another connection:"
            " set database_pooled = true, or name the server itself in `database`"
        )
    _SESSION_POOLERS.add(database.address)
    connection.run_script("; ".join(list_settings(database, searches=searches)))


def is_behind_pooler(connection: ServerConnection) -> bool:
    """Return whether something between us and the server answers in its place."""
    return _get_pid(connection.driver) != connection.driver.info.backend_pid


def is_pooled(connection: ServerConnection, database: ServerDatabase) -> bool:
    """Return whether another user of the pooler gets our connection between two statements.

    Args:
        connection: Connection outside of a transaction.
        database: Its address and password.
    """
    first = _get_pid(connection.driver)
    with psycopg.connect(**_make_parameters(database), prepare_threshold=None) as other:
        # It keeps what it got to the end of its transaction.
        return _get_pid(other) == first or _get_pid(connection.driver) != first


def _get_pid(driver: psycopg.Connection[Any]) -> int:
    """Return the number of the server's process that answers."""
    row = driver.execute(b"select pg_backend_pid()").fetchone()
    return int(row[0]) if row else 0


def _collect_settings(database: ServerDatabase, *, searches: bool) -> dict[str, str]:
    """Return the settings of a session by name."""
    path = {_PATH: quote_name(database.schema)} if database.schema else {}
    return {**_SETTINGS, **(_SEARCH_SETTINGS if searches else {}), **path}


def list_settings(database: ServerDatabase, *, searches: bool = False) -> Iterator[str]:
    """Yield the statements that set up a session, or a transaction behind a pooler.

    Args:
        database: Address and schema.
        searches: Whether it is for searches.
    """
    scope = "set local" if database.pooled else "set"
    for name, value in _collect_settings(database, searches=searches).items():
        yield f"{scope} {name} = {value}" if name == _PATH else f"{scope} {name} = '{value}'"


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
            f" smsdesk needs {OLDEST_SERVER // 10_000} or later; upgrade the server, or name"
            " another one in `database`"
        )
