"""Give a connection to the server the shape that the queries expect."""

import contextlib
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

import psycopg
from psycopg.abc import AdaptContext
from psycopg.types.numeric import Int8Dumper

from tui.store.postgres.server_errors import translate_error

_NO_VALUES: Mapping[str, Any] = {}
_PART = re.compile(
    r"(?P<kept>'(?:[^']|'')*'|--[^\n]*|::)"  # a colon in these names no value
    r"|:(?P<value>[a-z_]\w*)"
    r"|(?P<hint>\s+(?:not\s+indexed|indexed\s+by\s+\w+))"  # the planner has its own
)


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


def make_rows(cursor: psycopg.Cursor[Any]) -> Callable[[Iterable[Any]], ServerRow]:
    """Return the function that makes a row of a result."""
    names = tuple(column.name for column in cursor.description or ())
    return _create_row_type(names)


class _NumberDumper(Int8Dumper):
    """Send every integer as `bigint`, so that a statement is prepared once; also True and False."""

    def dump(self, obj: Any) -> bytes:
        """Return the number as text."""
        return b"%d" % obj


class ServerStatement(NamedTuple):
    """Statement as the driver takes it."""

    sql: bytes
    """With `$1`, `$2`… in place of the values."""
    names: tuple[str, ...]
    """Names of the values in their order."""


@functools.cache
def _translate_statement(sql: str) -> ServerStatement:
    """Return a statement of a SQL file as the driver takes it.

    Args:
        sql: Statement with `:name` for each value.
    """
    names: list[str] = []

    def replace(part: re.Match[str]) -> str:
        """Return what stands in place of a part of the statement."""
        if part["hint"]:
            return ""
        name = part["value"]
        if name is None:
            return part[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    text = _PART.sub(replace, sql)
    return ServerStatement(text.encode(), tuple(names))


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
        self._is_together = False

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
        statement = _translate_statement(sql)
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
        statement = _translate_statement(sql)
        rows = [[row[name] for name in statement.names] for row in values]
        try:
            # Not closed here: together with other statements the answers come later.
            self.driver.cursor().executemany(statement.sql, rows)
        except psycopg.Error as error:
            raise translate_error(error, self.name) from error

    @contextlib.contextmanager
    def send_together(self) -> Iterator[None]:
        """Send the statements of a block without waiting for the answer to each.

        Raises:
            StoreError: The server refuses one or does not answer; at the latest at the end.
        """
        if self._is_together or not psycopg.Pipeline.is_supported():  # a libpq of before 2021
            yield
            return
        self._is_together = True
        try:
            with self.driver.pipeline():
                yield
        except psycopg.Error as error:
            raise translate_error(error, self.name) from error
        finally:
            self._is_together = False

    def send(self, sql: str) -> None:
        """Run a statement without values and without a result, which is not prepared.

        Args:
            sql: The statement.

        Raises:
            StoreError: The server refuses it or does not answer.
        """
        try:
            self.driver.execute(sql.encode(), prepare=False)
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


@functools.cache
def create_adapters() -> AdaptContext:
    """Return how Python's values become those of the server."""
    from psycopg.adapt import AdaptersMap

    class Context:
        adapters = AdaptersMap(psycopg.adapters)
        connection = None

    for kind in (int, bool):
        Context.adapters.register_dumper(kind, _NumberDumper)
    return Context()
