"""Inboxes to measure: the same content in a file and on a server."""

import contextlib
import os
import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from tests.database_server import DatabaseServer, create_database, make_home
from tests.store.builders import ACCOUNT
from tui.clock import DAY, ManualClock
from tui.domain.database import Database, ServerDatabase
from tui.domain.record_type import record
from tui.store.postgres.server_schema import create_partitions
from tui.store.sample_data import write_sample_data
from tui.store.sample_source import SampleSource
from tui.store.store import Store

_SETTINGS = {"autovacuum": "on", "shared_buffers": "256MB"}
_HISTORY_MS = 400 * DAY
_MESSAGES_OF_A_CUSTOMER = 10


@record
class Inboxes:
    """Where the measured inboxes are."""

    address: str
    """Address of a database on the server whose user may create others."""
    folder: Path
    messages: int
    """Messages of a big inbox."""

    def create_database(self, name: str) -> ServerDatabase:
        """Return a new database on the server.

        Args:
            name: Name of the database.
        """
        create_database(self.address, name)
        return ServerDatabase(make_conninfo(self.address, dbname=name), name)

    def list_empty(self) -> dict[str, Database]:
        """Return an empty inbox of each engine, by its name."""
        file = Path(tempfile.mkdtemp(dir=self.folder)) / "inbox.db"
        return {"SQLite": file, "PostgreSQL": self.create_database("bench")}

    @property
    def _big_address(self) -> str:
        """Return the address of the big inbox."""
        return make_conninfo(self.address, dbname="bench_big")

    async def fill_big(self) -> dict[str, Database]:
        """Return a big inbox of each engine, by its name; they are filled once."""
        file = self.folder / "big.db"
        server = ServerDatabase(self._big_address, "bench_big")
        if not file.exists():
            print(f"  filling two inboxes with {self.messages:,} messages")
            self.create_database("bench_big")
            await _fill(server, self.messages)
            await _fill(file, self.messages)
            with psycopg.connect(self._big_address, autocommit=True) as connection:
                connection.execute("vacuum analyze")
        return {"SQLite": file, "PostgreSQL": server}


@contextlib.contextmanager
def open_inboxes(messages: int) -> Iterator[Inboxes]:
    """Run a server for the time of the block, unless one is named, and remove what was made.

    Args:
        messages: Messages of a big inbox.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = os.environ.get("SMSDESK_TEST_POSTGRES", "")
        if not address:
            home = make_home()
            stack.callback(shutil.rmtree, home)
            server = DatabaseServer(home)
            server.initialize()
            server.start(**_SETTINGS)
            stack.callback(server.stop)
            address = server.get_address("postgres")
        yield Inboxes(address, folder, messages)


@contextlib.asynccontextmanager
async def open_inbox(database: Database, owner: str = "a") -> AsyncIterator[Store]:
    """Open a store whose clock stands.

    Args:
        database: Where it is stored.
        owner: Name of the process.
    """
    clock = ManualClock()
    async with Store(database, clock=clock, rng=random.Random(1), owner=owner) as store:
        yield store


async def _fill(database: Database, messages: int) -> None:
    """Write the same sample history into an inbox of either engine."""
    async with open_inbox(database) as store:
        now = ManualClock().now()
        if isinstance(database, ServerDatabase):
            begin = now - _HISTORY_MS
            await store.database.write(lambda t: create_partitions(t.connection, begin, now))
        await write_sample_data(
            store,
            threads=messages // _MESSAGES_OF_A_CUSTOMER,
            messages=messages,
            now=now,
            rng=random.Random(2),
            source=SampleSource(accounts=((ACCOUNT, "+61491570157"),)),
        )
