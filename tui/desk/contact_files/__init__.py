"""Files of contacts: CSV in the dialects of the common programs, vCard 2.1 to 4.0, jCard."""

from tui.desk.contact_files.column_choice import ColumnChoice
from tui.desk.contact_files.csv_columns import (
    ColumnPreview,
    ContactFileError,
    UnclearColumnsError,
)
from tui.desk.contact_files.found_contacts import ReadContacts, Skipped
from tui.desk.contact_files.read_file import (
    NO_FIELDS,
    list_columns,
    read_contacts,
)

__all__ = [
    "NO_FIELDS",
    "ColumnChoice",
    "ColumnPreview",
    "ContactFileError",
    "ReadContacts",
    "Skipped",
    "UnclearColumnsError",
    "list_columns",
    "read_contacts",
]
