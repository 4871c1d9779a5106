"""Connect to the server, set up the session, and find out whether a pooler stands in between."""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tui.domain.database import ServerDatabase
from tui.store.errors import CannotOpen, StoreError
from tui.store.postgres.server_connection import (
    ServerConnection,
    ServerRow,
    create_adapters,
    make_rows,
)
from tui.store.postgres.server_errors import UNDECLARED_POOLER, translate_error

# Its warnings repeat errors that are raised, with the address of the server.
logging.getLogger("psycopg").setLevel(logging.ERROR)

OLDEST_SERVER = 150_000
"""Version of PostgreSQL that is needed, as the driver counts them."""
_FIRST_ANSWER_SECONDS = 10.0
_TIMELINE = "select left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)"
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
            row_factory=make_rows,
            cursor_factory=psycopg.RawCursor,
            prepare_threshold=None if database.pooled else _PREPARED_AFTER,
            context=create_adapters(),
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
            with _limit_time(driver):
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


def read_timeline(connection: ServerConnection) -> None:
    """Learn which history of the server a connection belongs to, where the server says it.

    Args:
        connection: Connection outside of a transaction.
    """
    with contextlib.suppress(StoreError):
        row = connection.execute(_TIMELINE).fetchone()
        connection.timeline = str(row[0]) if row else ""


def _check_version(driver: psycopg.Connection[ServerRow], name: str) -> None:
    """Refuse a server that lacks what the statements use."""
    version = driver.info.server_version
    if version < OLDEST_SERVER:
        raise CannotOpen(
            f"The database server of {name} is PostgreSQL {version // 10_000}:"
            f" smsdesk needs {OLDEST_SERVER // 10_000} or later; upgrade the server, or name"
            " another one in `database`"
        )


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
        raise CannotOpen(f"The database server of {database.name} {UNDECLARED_POOLER}")
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
