"""Implement `smsdesk import contacts FILE`: read names for numbers from CSV or vCard."""

import asyncio
import random
import sys
from argparse import Namespace
from dataclasses import replace
from functools import partial

from tui.cli import context
from tui.cli.context import convert_store_errors
from tui.cli.errors import BAD_USE, DONE, CommandError
from tui.cli.show import show_progress, write_line
from tui.clock import SystemClock
from tui.desk.contact_files import (
    NO_FIELDS,
    ColumnChoice,
    ContactFileError,
    ReadContacts,
    UnclearColumnsError,
    read_contacts,
)
from tui.domain.text import one_line
from tui.settings.public import Preferences
from tui.startup.wiring import open_store
from tui.store.contacts import Contact, Contacts, ImportResult, format_contacts

_MANY_ROWS = 2_000
"""Rows whose reading is worth a progress bar."""
_LONGEST = 300
"""Characters of a line that says what was not taken."""


def run(arguments: Namespace) -> int:
    """Import every contact that has a number; a file without any is a usage error.

    Args:
        arguments: Parsed arguments with `config`, `file`, the chosen columns and `dry_run`.
    """
    desk = context.load_public_settings(arguments)
    read = _read_file(arguments, desk.default_region)
    if not read.contacts:
        raise CommandError(
            f"{arguments.file} has no contact with a valid number{read.summary};"
            " write numbers with + and the country code, or set default_region",
            BAD_USE,
        )
    if arguments.dry_run:
        for contact in read.contacts:
            fields = "".join(f"  {{{name}}}={value}" for name, value in contact.fields)
            write_line(one_line(f"{contact.address}  {contact.name}{fields}", _LONGEST))
        further = sum(bool(contact.beside) for contact in read.contacts)
        contacts = format_contacts(len(read.contacts) - further, further)
        result = f"{contacts} would be imported"
    else:
        with convert_store_errors():
            result = asyncio.run(_add_contacts(desk, read.contacts)).summary
    write_line(one_line(f"{result}{read.summary}", _LONGEST))
    for detail in read.details:
        print(f"smsdesk: {one_line(detail, _LONGEST)}", file=sys.stderr)
    return DONE


def _read_file(arguments: Namespace, region: str | None) -> ReadContacts:
    """Return what was read of the file.

    Raises:
        CommandError: The file cannot be read, or its columns are not understood.
    """
    named = (
        *(arguments.number_column, arguments.name_column),
        *(arguments.note_column, arguments.field_column),
    )
    choice = ColumnChoice(*(tuple(names) or None for names in named)) if any(named) else None
    if arguments.no_fields:
        if arguments.field_column:
            raise CommandError("--no-fields and --field-column exclude each other", BAD_USE)
        choice = replace(choice, fields=()) if choice else NO_FIELDS
    progress = _show_reading_progress if sys.stderr.isatty() else None
    try:
        return read_contacts(arguments.file, region=region, choice=choice, progress=progress)
    except UnclearColumnsError as problem:
        raise CommandError(
            f"{problem}. Nothing was imported: say which column is what with"
            " --number-column COLUMN --name-column COLUMN (a heading, or 1 for the first)",
            BAD_USE,
        ) from None
    except ContactFileError as problem:
        raise CommandError(str(problem), BAD_USE) from None


async def _add_contacts(desk: Preferences, contacts: list[Contact]) -> ImportResult:
    """Store the contacts, with a progress bar if stderr is a terminal."""
    progress = partial(_show_import_progress, total=len(contacts)) if sys.stderr.isatty() else None
    clock, rng = SystemClock(), random.Random()
    async with open_store(desk, clock, rng) as store:
        book = Contacts(store.database, clock, rng)
        return await book.import_contacts(contacts, region=desk.default_region, progress=progress)


def _show_reading_progress(done: int, total: int) -> None:
    """Show how many rows are read."""
    if total >= _MANY_ROWS:
        show_progress(done, total, "rows read")


def _show_import_progress(done: int, total: int) -> None:
    """Show how many contacts are stored."""
    show_progress(done, total, "contacts")
