"""Values of an import of contacts: one number of a file, and what came of all of them."""

from dataclasses import dataclass

from tui.domain.text import format_count


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
