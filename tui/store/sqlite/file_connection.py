"""Give a connection to a file what the queries expect of one."""

import sqlite3
from contextlib import AbstractContextManager, nullcontext


class FileConnection(sqlite3.Connection):
    """Connection to an inbox file."""

    dialect = "sqlite"
    """Name of the folder in `sql/` with the statements that only SQLite has."""

    def send_together(self) -> AbstractContextManager[None]:
        """Return a context that changes nothing: there are no round trips."""
        return nullcontext()
