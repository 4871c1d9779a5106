"""One number of a file of contacts, its key and id, and the result of an import."""

from tui.domain.phone import parse_address
from tui.domain.record_type import record
from tui.domain.text import format_count, repair_text
from tui.store.connections import Connection
from tui.store.queries import queries


@record
class Contact:
    """One number of an address book. All fields are text from outside."""

    address: str
    """Number, short code or name, in any notation."""
    name: str
    note: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    """Names and values of own fields."""
    beside: str = ""
    """First number of the same person; empty for that number itself."""


@record
class ImportResult:
    """Result of an import."""

    contacts: int = 0
    """Number of people."""
    renamed: int = 0
    """Number of conversations that have a different name now."""
    further_numbers: int = 0
    """Number of numbers beside the first one of each person."""

    @property
    def summary(self) -> str:
        """Return the result in words: "3 contacts imported, 1 conversation renamed"."""
        contacts = format_contacts(self.contacts, self.further_numbers)
        return f"{contacts} imported, {format_count(self.renamed, 'conversation')} renamed"


def format_contacts(contacts: int, further_numbers: int) -> str:
    """Return how many contacts there are: "3 contacts with 5 numbers".

    Args:
        contacts: Number of people.
        further_numbers: Numbers beside the first one of each; 0 is not named.
    """
    numbers = f" with {contacts + further_numbers} numbers" if further_numbers else ""
    return f"{format_count(contacts, 'contact')}{numbers}"


def create_person_id(connection: Connection, first: int, count: int) -> int:
    """Return the first of as many ids that no contact has.

    Args:
        connection: Connection of the caller's transaction.
        first: Id to begin at.
        count: Number of ids.
    """
    while queries("contacts").has_ids(connection, first=first, last=first + count - 1):
        first += count
    return first


def parse_party(number: str, region: str | None) -> str:
    """Return the conversation key of a number in any notation.

    Args:
        number: Number, short code or name.
        region: ISO code of the country of numbers without a country code.
    """
    return parse_address(repair_text(number), region).conversation_key
