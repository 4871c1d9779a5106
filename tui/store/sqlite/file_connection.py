"""Name the engine of a connection, so that a query finds its statement."""

import sqlite3


class FileConnection(sqlite3.Connection):
    """Connection to an inbox file."""

    dialect = "sqlite"
    """Name of the folder in `sql/` with the statements that only SQLite has."""
