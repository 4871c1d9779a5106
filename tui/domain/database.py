"""Name the database of an inbox: a file, or a PostgreSQL server that several hosts share."""

from dataclasses import field
from pathlib import Path

from tui.domain.record_type import record


@record
class ServerDatabase:
    """Database on a PostgreSQL server."""

    address: str
    """Address as the driver takes it: `postgresql://…` without a password."""
    name: str
    """Address as it is shown, without options."""
    schema: str = ""
    """Schema of this inbox; empty for the one that the server chooses for the user."""
    password: str = field(default="", repr=False)
    """Empty if the server asks for none, or the driver finds it in `PGPASSFILE`."""
    pooled: bool = False
    """Whether a pooler such as pgbouncer gives each transaction another connection."""

    def __str__(self) -> str:
        """Return the address as it is shown."""
        return self.name


Database = Path | ServerDatabase
"""Where an inbox is stored."""
