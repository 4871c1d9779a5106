"""The private API of aiosqlite: a failure names what an upgrade has changed.

Then read the new source of that name, adapt `tui/store/sqlite/file_engine.py`, and the table in
`tui/README.md`. That no other module uses it is in `tests/terminal/test_private_api.py`.
"""

import inspect
import sqlite3
import threading

import aiosqlite


def test_aiosqlite_still_has_execute() -> None:
    method = aiosqlite.Connection._execute
    assert list(inspect.signature(method).parameters) == ["self", "fn", "args", "kwargs"]
    assert inspect.iscoroutinefunction(method)


async def test_execute_still_runs_a_function_on_the_connections_thread() -> None:
    async with aiosqlite.connect(":memory:") as connection:
        run = connection._execute
        here = threading.get_ident()
        there = await run(threading.get_ident)  # type: ignore[no-untyped-call]
        again = await run(threading.get_ident)  # type: ignore[no-untyped-call]
    assert here != there == again


async def test_aiosqlite_still_has_conn() -> None:
    async with aiosqlite.connect(":memory:") as connection:
        assert isinstance(connection._conn, sqlite3.Connection)
