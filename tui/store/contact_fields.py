"""Read the own fields of contacts: named values that fill `{fields}` in texts."""

from collections.abc import Iterable, Mapping

from tui.store.connections import Connection
from tui.store.engine import Engine
from tui.store.queries import queries


class ContactFields:
    """Own fields of the contacts of one database."""

    def __init__(self, database: Engine) -> None:
        """Create the reader of one database."""
        self._database = database
        self._sql = queries("contacts")

    async def get_fields(self, party: str) -> Mapping[str, str]:
        """Return the own fields of the contact that has a number; empty for no contact.

        Args:
            party: Conversation key of the number.
        """
        return (await self.get_fields_of([party])).get(party, {})

    async def list_field_names(self) -> list[str]:
        """Return the names of all own fields that a contact has."""
        return [row["name"] for row in await self._database.read(self._sql.field_names)]

    async def get_fields_of(self, parties: Iterable[str]) -> dict[str, Mapping[str, str]]:
        """Return the own fields of several contacts in one reading, by number.

        Args:
            parties: Conversation keys of the numbers.
        """
        wanted = list(parties)

        def read_fields(connection: Connection) -> dict[str, Mapping[str, str]]:
            found: dict[str, Mapping[str, str]] = {}
            for party in wanted:
                contact = self._sql.contact(connection, party=party)
                if contact is not None:
                    rows = self._sql.fields_of(connection, person=contact["person"])
                    found[party] = {row["name"]: row["value"] for row in rows}
            return found

        return await self._database.read(read_fields)
